"""Every identity of the assessment, generated from the year's framework and the records that a document gave.

The assessment is a tree of weighted means: shares make a row, rows an item, items an indicator, indicators an instrument, and
instruments the overall score. An identity is made only where all its parts are printed: a report that holds a third of the items
contradicts nothing. Parts come before wholes, so that what is known more exactly below can be carried up.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from math import lcm
from operator import attrgetter

from ..model.record import (
    AgencyScore,
    Record,
    RespondentCount,
    SurveyRow,
    TypeSummary,
)
from ..rulebook.frameworks import Framework, Target
from ..rulebook.grades import GradeScale
from .fractions import Answers, Survey, survey_of, ways
from .interval import Interval
from .network import ZERO, Finding, Identity, Node, Rule, Sum, plain
from .order import order_identities
from .repeats import repeat_identities, row_mean_identities
from .scales import FOUR_STEP, YES_NO, RowWeights, Weights, row_weights, weighed
from .statements import Statement, Subject, statement_of
from .summaries import summary_identities

ONE = Decimal(1)
HUNDRED = Decimal(100)
MIDDLE = Decimal(50)
FINE = Decimal("0.0001")


@dataclass(slots=True)
class Tree:
    """What one statement about a subject prints: the places of its records. A document may state a thing in two tables."""

    overall: Node | None = None
    instruments: dict[str, int] = field(default_factory=dict)
    indicators: dict[int, int] = field(default_factory=dict)
    items: dict[str, int] = field(default_factory=dict)
    rows: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))


def identities(records: Sequence[Record], frameworks: Mapping[int, Framework]) -> Iterator[Identity]:
    """All identities of one document's records, parts before wholes. `subject` and nodes are places in `records`."""
    ways = row_weights(records, frameworks)
    for (year, _, _), trees in trees_of(records).items():
        framework = frameworks.get(year)
        if framework is None:
            continue
        whole = _together(trees)
        yield from _survey(records, whole, framework, ways)
        for tree in trees:
            yield from _means(tree, whole, framework)
            yield from _levels(tree, records, framework)
            yield from _item_scores(tree, framework)
    yield from _respondents(records)
    yield from order_identities(records)
    yield from summary_identities(records)
    yield from repeat_identities(records)
    yield from row_mean_identities(records, frameworks)


def trees_of(records: Sequence[Record]) -> dict[Subject, list[Tree]]:
    """The statements about each subject: the first has the first of every number, the second what is printed a second time.

    So the order in which datasets are mixed does not matter; a release keeps it only within each dataset.
    """
    found: dict[Subject, list[Tree]] = defaultdict(list)
    times: Counter[Statement] = Counter()
    for at, record in enumerate(records):
        known = statement_of(record)
        if known is None:
            continue
        subject, branch, key = known
        trees, time = found[subject], times[subject, branch, key]
        if branch != "row":
            times[subject, branch, key] += 1
        while len(trees) <= time:
            trees.append(Tree())
        _put(trees[time], branch, key, record, at)
    return found


def _put(tree: Tree, branch: str, key: object, record: Record, at: int) -> None:
    match branch, key:
        case "overall", _:
            tree.overall = (at, "mean_score" if isinstance(record, TypeSummary) else "score")
        case "instrument", str(code):
            tree.instruments[code] = at
        case "indicator", int(no):
            tree.indicators[no] = at
        case "item", str(code):
            tree.items[code] = at
        case "row", str(code):
            tree.rows[code].append(at)


def _together(trees: Sequence[Tree]) -> Tree:
    """All statements as one, the first of each number: a policy prints the instruments, the report behind it the indicators."""
    if len(trees) == 1:
        return trees[0]
    whole = Tree()
    for tree in trees:
        whole.overall = tree.overall if whole.overall is None else whole.overall
        for mine, theirs in ((whole.instruments, tree.instruments), (whole.items, tree.items)):
            mine.update({key: at for key, at in theirs.items() if key not in mine})
        whole.indicators.update({key: at for key, at in tree.indicators.items() if key not in whole.indicators})
        for code, places in tree.rows.items():
            whole.rows[code] = whole.rows[code] or places
    return whole


def _means(tree: Tree, whole: Tree, framework: Framework) -> Iterator[Identity]:
    """Items to indicators, indicators to instruments, instruments to the overall score: of one statement, its missing parts from
    the others about the same subject."""
    for no, at in tree.indicators.items():
        yield from _indicator(no, at, whole, framework)
    if not whole.indicators and not whole.instruments:
        return
    indicators, instruments = {**whole.indicators, **tree.indicators}, {**whole.instruments, **tree.instruments}
    for code, at in tree.instruments.items():
        parts = [one.no for one in framework.indicators_of(code)]
        if parts and all(no in indicators for no in parts):
            yield Sum("instrument_from_indicators", at, (at, "score"), _equal(indicators[no] for no in parts), Decimal(len(parts)))
    if tree.overall is None:
        return
    at = tree.overall[0]
    weights = {one.code: one.weight for one in framework.instruments}
    if sum(weights.values()) == ONE:
        if all(code in instruments for code in weights):
            parts_of = {(instruments[code], "score"): weight for code, weight in weights.items()}
            yield Sum("overall_from_instruments", at, tree.overall, parts_of)
        groups = {code: [one.no for one in framework.indicators_of(code)] for code in weights}
        if all(groups.values()) and all(no in indicators for group in groups.values() for no in group):
            shared = lcm(*(len(group) for group in groups.values()))
            factors = {
                (indicators[no], "score"): weights[code] * (shared // len(group)) for code, group in groups.items() for no in group
            }
            yield Sum("overall_from_indicators", at, tree.overall, factors, Decimal(shared))


def _equal(places: Iterable[int]) -> dict[Node, Decimal]:
    return {(at, "score"): ONE for at in places}


def _indicator(no: int, at: int, whole: Tree, framework: Framework) -> Iterator[Identity]:
    items = framework.items_of(no)
    if items and all(item.code in whole.items for item in items):
        parts = _equal(whole.items[item.code] for item in items)
        yield Sum("indicator_from_items", at, (at, "score"), parts, Decimal(len(items)))
    listed = framework.oit_items_of(no)
    if not listed or framework.oit_roll_up is None or any(item.code not in whole.items for item in listed):
        return
    if framework.oit_roll_up == "means_of_items":
        yield Sum("indicator_from_oit_items", at, (at, "score"), _equal(whole.items[i.code] for i in listed), Decimal(len(listed)))
        return
    groups: dict[str, list[int]] = defaultdict(list)
    for item in listed:
        if item.sub_indicator is None:
            return
        groups[item.sub_indicator].append(whole.items[item.code])
    shared = lcm(*(len(group) for group in groups.values()))
    factors = {(place, "score"): Decimal(shared // len(group)) for group in groups.values() for place in group}
    yield Sum("indicator_from_oit_items", at, (at, "score"), factors, Decimal(shared * len(groups)))


def _survey(records: Sequence[Record], whole: Tree, framework: Framework, ways: RowWeights) -> Iterator[Identity]:
    """Shares to rows, rows to items."""
    rows = {at: record for places in whole.rows.values() for at in places if isinstance(record := records[at], SurveyRow)}
    for at, row in rows.items():
        shares = [(at, name) for name in (FOUR_STEP if row.scale == "four_step" else YES_NO)]
        if any(getattr(row, name) is None for _, name in shares):
            continue
        yield Rule("shares_add_up", at, tuple(shares), _adds_to_hundred)
        either = ways(row)
        if len(either) == 1:
            yield _row_from_shares(at, shares, either[0])
        elif either:
            yield Rule("row_from_shares", at, (*shares, (at, "score")), partial(_from_either, either))
    for code, places in whole.rows.items():
        item, known = whole.items.get(code), framework.survey_item(code)
        if item is not None and known is not None and len(places) == max(1, len(known.rows)):
            yield Sum("item_from_rows", item, (item, "score"), _equal(places), Decimal(len(places)))


def _row_from_shares(at: int, shares: Sequence[Node], weights: Sequence[Decimal]) -> Sum:
    """A row's score is its shares times the weights of the answers.

    The shares before rounding add up to 100, so any number may be taken from all weights and added to the sum; the middle of the
    scale leaves the least of what rounding hides: a third less.
    """
    parts = {node: weight - MIDDLE for node, weight in zip(shares, weights, strict=True)}
    return Sum("row_from_shares", at, (at, "score"), parts, HUNDRED, MIDDLE * HUNDRED)


def _from_either(either: Sequence[Weights], cells: Sequence[Interval]) -> Finding:
    """Nobody tells which way the answers of the row count: then it is one of the two."""
    *shares, score = cells
    sums = [weighed(shares, weights) for weights in either]
    width = (sums[0].high - sums[0].low + score.high - score.low) / 2
    expected = " or ".join(plain(found.middle.quantize(FINE)) for found in sums)
    return Finding(any(found.meets(score) for found in sums), expected, plain(score.middle), plain(width.quantize(FINE)))


def _adds_to_hundred(shares: Sequence[Interval]) -> Finding:
    total = sum(shares[1:], shares[0])
    holds = total.low <= HUNDRED <= total.high
    return Finding(holds, "100", plain(total.middle), plain((total.high - total.low) / 2))


def surveys(records: Sequence[Record]) -> dict[tuple[str, str], list[int]]:
    """The places of the answer rows of each survey, by whom it is about and instrument."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, record in enumerate(records):
        if isinstance(record, SurveyRow):
            found[f"{record.fiscal_year}/{record.agency_id}", record.item_code[:1]].append(at)
    return found


def counted_rows(
    records: Sequence[Record], values: Mapping[Node, Interval], frameworks: Mapping[int, Framework]
) -> Iterator[tuple[Rule, Interval | None]]:
    """`shares_are_counts` for every row of a survey that is counted by, with the exact score of the row where it is known."""
    known = row_weights(records, frameworks)
    for places in surveys(records).values():
        shares = {at: _shares_of(records[at], at) for at in places}
        whole = {at: nodes for at, nodes in shares.items() if all(node in values for node in nodes)}
        either = {at: known(row) for at in whole if isinstance(row := records[at], SurveyRow)}
        cells = {at: [values[node] for node in (*nodes, (at, "score"))] for at, nodes in whole.items()}
        survey = survey_of([found[:-1] for at, found in cells.items() if _is_sound(found, either[at])])
        if survey is None:
            continue
        for at, nodes in whole.items():
            rule = Rule("shares_are_counts", at, (*nodes, (at, "score")), partial(_are_counts, survey, either[at]))
            yield rule, exact_score(cells[at], survey, either[at])


def _is_sound(cells: Sequence[Interval], either: Sequence[Weights]) -> bool:
    """Whether a row adds up by itself: one that was misread tells nothing of how many answered, and must not speak for the rest."""
    *shares, score = cells
    return _adds_to_hundred(shares).holds and (not either or any(weighed(shares, weights).meets(score) for weights in either))


def _shares_of(record: Record, at: int) -> tuple[Node, ...]:
    names = FOUR_STEP if isinstance(record, SurveyRow) and record.scale == "four_step" else YES_NO
    return tuple((at, name) for name in names)


def exact_score(cells: Sequence[Interval], survey: Survey, either: Sequence[Weights]) -> Interval | None:
    """What the score of a row is exactly, by the numbers of answers that its shares can be of; None where they tell nothing."""
    scores = _scores(cells, survey, either)
    return Interval(min(scores), max(scores)) if scores else None


def _scores(cells: Sequence[Interval], survey: Survey, either: Sequence[Weights]) -> list[Decimal]:
    *shares, score = cells
    possible = ways(shares, survey.most) if either else []
    near = [way for way in possible if survey.near(way.total)]
    found = [value for weights in either for value in _scored(near, weights, score)]
    if found or len(shares) != len(YES_NO):
        return found
    return [value for weights in either for value in _scored(possible, weights, score)]


def _scored(possible: Sequence[Answers], weights: Sequence[Decimal], score: Interval) -> list[Decimal]:
    """The exact scores that rounding makes the printed one."""
    made = (way.score(weights) for way in possible)
    return [value for value in made if score.low <= value <= score.high]


def _are_counts(survey: Survey, either: Sequence[Weights], cells: Sequence[Interval]) -> Finding:
    found = ways(cells[:-1], survey.most)
    holds = bool(_scores(cells, survey, either)) if either else bool(found)
    expected = f"counts of at most {survey.most} answers"
    observed = f"{found[0].total} answers" if found else "of no number of answers"
    return Finding(holds, expected, observed)


def _levels(tree: Tree, records: Sequence[Record], framework: Framework) -> Iterator[Identity]:
    """Grade and target of an agency's score. Its instruments decide a level where the scale asks for them; where they are not
    printed the level is only bounded."""
    record = records[tree.overall[0]] if tree.overall else None
    if not isinstance(record, AgencyScore) or tree.overall is None:
        return
    codes = [code for code in tree.instruments if "/" not in code]
    nodes = (tree.overall, *((tree.instruments[code], "score") for code in codes))
    if record.grade is not None and framework.grades:
        yield Rule("grade_from_score", tree.overall[0], nodes, partial(_grade, framework.grades, codes, record.grade))
    if record.target_passed is not None and framework.target:
        judge = partial(_target, framework.target, record.target_passed)
        yield Rule("target_from_score", tree.overall[0], (tree.overall,), judge)


def _item_scores(tree: Tree, framework: Framework) -> Iterator[Identity]:
    """An examiner gives an item of OIT one of a few scores."""
    if framework.oit_item_scores:
        for code, at in tree.items.items():
            if framework.oit_item(code) is not None:
                yield Rule("oit_item_score", at, ((at, "score"),), partial(_allowed, framework.oit_item_scores))


def _allowed(scores: Sequence[Decimal], cells: Sequence[Interval]) -> Finding:
    told = "|".join(map(str, scores))
    return Finding(any(cells[0].low <= score <= cells[0].high for score in scores), told, plain(cells[0].middle))


def _grade(scale: GradeScale, codes: Sequence[str], grade: str, cells: Sequence[Interval]) -> Finding:
    score = cells[0]
    low, high = max(score.low, ZERO), min(score.high, HUNDRED)
    if codes:
        ends = ({code: end(cell) for code, cell in zip(codes, cells[1:], strict=True)} for end in (_low, _middle, _high))
        possible = frozenset(name for known in ends for value in (low, score.middle, high) for name in scale.grade_of(value, known))
    else:
        possible = scale.grade_of(low)
        if (above := scale.grade_of(high)) != possible:
            possible |= above | scale.grade_of(score.middle)
    return Finding(grade in possible, "|".join(sorted(possible)), grade, "0.005")


_low, _middle, _high = attrgetter("low"), attrgetter("middle"), attrgetter("high")


_WORDS = {True: "true", False: "false"}


def _target(target: Target, passed: bool, cells: Sequence[Interval]) -> Finding:
    low, high = target.passed(cells[0].low), target.passed(cells[0].high)
    expected = _WORDS[low] if low is high else "false|true"
    return Finding(passed in (low, high), expected, _WORDS[passed], "0.005")


def _respondents(records: Sequence[Record]) -> Iterator[Identity]:
    """Age, education and contact part the same people: of each gender they add to one number."""
    found: dict[tuple[object, ...], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    numbers: dict[int, int] = {}
    for at, record in enumerate(records):
        if isinstance(record, RespondentCount):
            numbers[at] = len(numbers) + 1
            found[record.fiscal_year, record.agency_id, record.instrument, record.gender][record.attribute].append(at)
    for (year, _, instrument, gender), blocks in found.items():
        if len(blocks) > 1:
            nodes = tuple((at, "count") for places in blocks.values() for at in places)
            sizes = tuple(len(places) for places in blocks.values())
            subject = f"respondents of {instrument} {year}, {gender}"
            named = [f"respondents/{numbers[places[0]]} to {numbers[places[-1]]}" for places in blocks.values()]
            told = tuple(f"{attribute} ({rows})" for attribute, rows in zip(blocks, named, strict=True))
            yield Rule("respondents_add_up", subject, nodes, partial(_same_totals, sizes, told))


def _same_totals(sizes: Sequence[int], names: Sequence[str], cells: Sequence[Interval]) -> Finding:
    totals, at = [], 0
    for size in sizes:
        totals.append(sum((cell.middle for cell in cells[at : at + size]), ZERO))
        at += size
    told = ", ".join(f"{name} {plain(total)}" for name, total in zip(names, totals, strict=True))
    return Finding(len(set(totals)) == 1, "the same total of each", told)
