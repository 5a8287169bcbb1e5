"""How good repair is, measured on pairs of damaged and right text, beside the peers that happen to be installed.

    python -m ita_extract.repair.report ../shared

prints the table of docs/repair.md. FOLDER holds `gold/repair_*.tsv` and `seeds/`; a peer that is not installed is left out.
"""

from __future__ import annotations

import importlib
import re
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..rulebook import thai
from . import Evidence, damage, repair_text, survey
from .lexicon import lexicon
from .script import MARK

Repairer = Callable[[str], str]
MARKED = re.compile(f"[{MARK}]")
WARM_UP = "การ ดาเนิน งาน ท ี่ก าหนด ปฏิบตัิ"
"""Read before the clock starts: what is loaded once is no set's own."""


@dataclass(frozen=True, slots=True)
class Score:
    """One repairer on one set: lines exactly right, share of characters wrong, megabytes a second."""

    lines: int
    exact: int
    character_error: float
    speed: float


def rows(path: Path) -> list[list[str]]:
    """The rows of a TSV file without its head."""
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]


def score(repairer: Repairer, pairs: Sequence[tuple[str, str]]) -> Score:
    """Runs `repairer` over `(damaged, right)` pairs.

    >>> score(str.strip, [(" a ", "a"), ("b", "c")]).exact
    1
    """
    from rapidfuzz.distance import Levenshtein

    repairer(WARM_UP)
    start = time.process_time()
    done = [repairer(damaged) for damaged, _ in pairs]
    seconds = max(time.process_time() - start, 1e-9)
    wrong = sum(Levenshtein.distance(text, right) for text, (_, right) in zip(done, pairs, strict=True))
    exact = sum(text == right for text, (_, right) in zip(done, pairs, strict=True))
    size = sum(len(damaged.encode()) for damaged, _ in pairs)
    return Score(len(pairs), exact, wrong / max(sum(len(right) for _, right in pairs), 1), size / seconds / 1e6)


def peers() -> dict[str, Repairer]:
    """The public tools that are installed here, by name."""
    found: dict[str, Repairer] = {}
    for name, module, function in (("pythainlp normalize", "pythainlp.util", "normalize"), ("fixthaipdf", "fixthaipdf", "clean")):
        try:
            found[name] = getattr(importlib.import_module(module), function)
        except (ImportError, AttributeError):
            continue
    return found


def with_evidence(texts: Sequence[str]) -> Repairer:
    """Repair as a document is repaired: by what all of its lines show."""
    seen: Evidence = survey((text, "") for text in texts)
    return lambda text: repair_text(text, "", seen).text


def report(folder: Path) -> list[str]:
    """The table, a line a row."""
    lexicon()
    gold, synthetic, clean = (rows(folder / "gold" / f"repair_{name}.tsv") for name in ("gold", "synthetic", "clean"))
    sets = {
        "real lines": [(damaged, right) for _, _, damaged, right in gold],
        "damaged lines": [(damaged, right) for _, damaged, right in synthetic],
        "correct lines": [(text, text) for _, text in clean],
    }
    out = [f"{'':32} {'set':14} {'exact':>13} {'CER':>8} {'MB/s':>7}"]

    def line(who: str, name: str, result: Score) -> str:
        share = f"{result.exact}/{result.lines} {result.exact / result.lines:.1%}"
        return f"{who:32} {name:14} {share:>13} {result.character_error:>8.2%} {result.speed:>7.2f}"

    for who, repairer in {"ita_extract, line by line": lambda text: repair_text(text).text, **peers()}.items():
        out += [line(who, name, score(repairer, pairs)) for name, pairs in sets.items()]
    by_document: list[Score] = []
    for seed in sorted({row[0] for row in gold}):
        repairer = with_evidence((folder / "seeds" / f"{seed}.txt").read_text(encoding="utf-8").split("\n"))
        pairs = [(damaged, right) for where, _, damaged, right in gold if where == seed]
        by_document.append(score(repairer, pairs))
        out.append(line(f"ita_extract, document {seed}", "real lines", by_document[-1]))
    return out


def by_damage(lines: Sequence[str]) -> list[str]:
    """For each kind of damage the share of names and of lines of which repair makes exactly what they were, a line a kind.

    Names are 600 of the places that the lexicon knows, as agencies; each set is damaged throughout and repaired as one document.
    Damage that takes a mark away for good cannot all be undone: of two names alike but for it only one comes back.
    """
    places = sorted({name for source in thai.lexicon_sources() if source.kind == "names" for name, _ in thai.lexicon_words(source)})
    some = damage.dice(3).sample([name for name in places if "." not in name], 600)
    sets = {"names": [f"องค์การบริหารส่วนตำบล{name}" for name in some], "lines": list(lines)}
    out = [f"{'damage made on purpose':32} {'names':>8} {'lines':>8}"]
    for kind, harm in damage.KINDS.items():
        shares = []
        for texts in sets.values():
            chance = damage.dice(4)
            pairs = [(harm(text, chance), text) for text in texts]
            repairer = with_evidence([broken for broken, _ in pairs])
            shares.append(sum(repairer(broken) == text for broken, text in pairs) / max(len(pairs), 1))
        out.append(f"{kind:32} {shares[0]:>8.1%} {shares[1]:>8.1%}")
    return out


def main(arguments: Sequence[str]) -> int:
    """Prints the report for the folder named in `arguments`, `../shared` without one."""
    folder = Path(arguments[0] if arguments else "../shared")
    if not (folder / "gold").is_dir():
        print(f"{folder} has no gold/: name the folder that holds gold/repair_gold.tsv", file=sys.stderr)
        return 2
    clean = [text for _, text in rows(folder / "gold" / "repair_clean.tsv")]
    print("\n".join((*report(folder), "", *by_damage([text for text in clean if MARKED.search(text)][:250]))))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
