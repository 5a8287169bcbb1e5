"""Which stretches of a document are of which kind. Most documents are one stretch; some files hold several documents.

A province binds the governor's policy, the national announcement, the report on its own assessment and the letters around them into
one file. Such a file is cut where a line opens a title, and each piece is of the kind that it shows evidence of by itself. A piece
that shows none (a chapter, a page that quotes another document's title) belongs to the piece before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..model.table import Document, LongTable, TextLine
from ..rulebook.frameworks import Framework
from ..rulebook.layouts import Layout
from ..rulebook.wording import squash
from .classify import Weighed, find_title, heaviest, opens_like, weigh
from .headings import Head

OTHER = "other"
"""The kind of letters and orders: nothing but their sentences is read."""
MAX_TITLE = 200
"""A line of more letters is a paragraph that begins like a title."""
TOP_LINES = 3
"""A title may stand under so many lines of its page: a letterhead, a running head."""
LARGER = 1.1
TOLD_LETTERS = 60


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a document that is of one kind. `heads` are the heads of its tables that the layout knows, by table number."""

    layout: Layout
    title: str | None
    document: Document
    heads: Mapping[int, Head]


@dataclass(frozen=True, slots=True)
class _Piece:
    """The blocks from one title to the next. `kind` is what it shows by itself, None where it shows nothing."""

    blocks: tuple[TextLine | LongTable, ...]
    weighed: tuple[Weighed, ...]
    kind: Layout | None


def split(
    document: Document, layouts: tuple[Layout, ...], frameworks: Mapping[int, Framework]
) -> tuple[tuple[Section, ...], tuple[str, ...]]:
    """The sections of a document in order, and the evidence for and against every kind.

    A document of letters only is of no kind: it has no sections. Where no piece shows enough by itself, the whole document may.
    """

    def weighed(blocks: tuple[TextLine | LongTable, ...]) -> _Piece:
        return _weighed(blocks, document, layouts, frameworks)

    pieces = _with_their_titles([weighed(blocks) for blocks in _cut(document.blocks, layouts)], weighed)
    known = [piece for piece in pieces if piece.kind is not None and piece.kind.document_type != OTHER]
    if not known:
        whole = weighed(document.blocks)
        evidence = tuple(one.told for one in whole.weighed)
        if whole.kind is not None and whole.kind.document_type != OTHER:
            return (_section(whole.kind, [whole], document),), evidence
        letters = tuple(_section(kind, run, document) for kind, run in _runs(pieces) if kind is not None)
        return letters, (*evidence, *(f"letters: {_told(run)}" for kind, run in _runs(pieces) if kind is not None))
    runs = [(kind, run) for kind, run in _runs(pieces) if kind is not None]
    return tuple(_section(kind, run, document) for kind, run in runs), tuple(_evidence(runs))


def _evidence(runs: Sequence[tuple[Layout, list[_Piece]]]) -> Iterator[str]:
    """For one section what spoke for each kind; for several what each of them is, and why."""
    if len(runs) == 1:
        best: dict[str, Weighed] = {}
        for piece in runs[0][1]:
            for one in piece.weighed:
                kind = one.layout.document_type
                if kind not in best or one.score > best[kind].score:
                    best[kind] = one
        yield from (one.told for one in best.values())
        return
    for number, (layout, run) in enumerate(runs, 1):
        kind = "letters" if layout.document_type == OTHER else layout.document_type
        signs = dict.fromkeys(sign for piece in run for one in piece.weighed if one.layout is layout for sign in one.signs)
        why = "; ".join(signs) or "opens like a letter, an order or a policy"
        yield f"section {number} is {kind}: {_told(run)}: {why}"


def _told(run: Sequence[_Piece]) -> str:
    blocks = [block for piece in run for block in piece.blocks]
    first = next((block for block in blocks if isinstance(block, TextLine) and block.text.strip()), None)
    pages = sorted({block.page for block in blocks})
    where = f"page {pages[0]}" if pages[0] == pages[-1] else f"pages {pages[0]} to {pages[-1]}"
    return f"{where}, {len(blocks)} blocks from {' '.join(first.text.split())[:TOLD_LETTERS] if first else 'a table'!r}"


def _cut(blocks: Sequence[TextLine | LongTable], layouts: tuple[Layout, ...]) -> Iterator[tuple[TextLine | LongTable, ...]]:
    """The blocks parted before every line that opens a title."""
    start = 0
    for at, block in enumerate(blocks):
        if at > start and isinstance(block, TextLine) and _opens(blocks, at, block, layouts):
            yield tuple(blocks[start:at])
            start = at
    yield tuple(blocks[start:])


def _opens(blocks: Sequence[TextLine | LongTable], at: int, line: TextLine, layouts: tuple[Layout, ...]) -> bool:
    text = squash(line.text)
    if not text or len(text) > MAX_TITLE or "....." in text:
        return False
    return any(opens_like(text, layout) for layout in layouts) and _stands_alone(blocks, at, line)


def _stands_alone(blocks: Sequence[TextLine | LongTable], at: int, line: TextLine) -> bool:
    """Whether a line stands where titles stand: high on its page, behind a table or an empty line, or larger than the line before.

    A sentence that breaks before "รายงานผลการประเมิน…" has a line that opens like a title, and goes on in the same size.
    """
    before = blocks[at - 1]
    if isinstance(before, LongTable) or not before.text.strip() or line.size > before.size * LARGER:
        return True
    above = [block for block in blocks[max(0, at - TOP_LINES) : at] if block.page == line.page]
    return len(above) < TOP_LINES and all(isinstance(block, TextLine) for block in above)


def _weighed(
    blocks: tuple[TextLine | LongTable, ...], document: Document, layouts: tuple[Layout, ...], frameworks: Mapping[int, Framework]
) -> _Piece:
    weighed = weigh(replace(document, blocks=blocks), layouts, frameworks)
    best = heaviest(weighed)
    if best is not None:
        return _Piece(blocks, weighed, best.layout)
    piece = _Piece(blocks, weighed, None)
    letter = next((one for one in layouts if one.document_type == OTHER and opens_like(_first(piece), one)), None)
    return replace(piece, kind=letter)


def _first(piece: _Piece) -> str:
    return next((squash(block.text) for block in piece.blocks if isinstance(block, TextLine) and block.text.strip()), "")


def _with_their_titles(pieces: list[_Piece], weighed: Callable[[tuple[TextLine | LongTable, ...]], _Piece]) -> list[_Piece]:
    """A title that is a piece of its own, because the next line opens like one too, goes with the piece that it is the title of."""
    done: list[_Piece] = []
    for piece in reversed(pieces):
        following = done[-1] if done else None
        if (
            piece.kind is None
            and following is not None
            and following.kind is not None
            and opens_like(_first(piece), following.kind)
        ):
            done[-1] = weighed((*piece.blocks, *following.blocks))
        else:
            done.append(piece)
    return done[::-1]


def _runs(pieces: Sequence[_Piece]) -> Iterator[tuple[Layout | None, list[_Piece]]]:
    """Neighbouring pieces of one kind together; those of no kind go with the piece before, the first ones with the piece after."""
    kind: Layout | None = None
    run: list[_Piece] = []
    for piece in pieces:
        if piece.kind is not None and kind is not None and (piece.kind is not kind or _restarts(run, piece, kind)):
            yield kind, run
            run = []
        kind = piece.kind or kind
        run.append(piece)
    if run:
        yield kind, run


def _restarts(run: Sequence[_Piece], piece: _Piece, layout: Layout) -> bool:
    """Whether a piece is another document of the same kind: it says anew whom it is about, and says another."""
    if not layout.subjects:
        return False
    before = {line for one in run for line in _subjects(one, layout)}
    return bool(before) and bool(set(_subjects(piece, layout)) - before)


def _subjects(piece: _Piece, layout: Layout) -> Iterator[str]:
    for block in piece.blocks:
        if isinstance(block, TextLine) and (text := squash(block.text)).startswith(layout.subjects):
            yield text


def _section(layout: Layout, run: Sequence[_Piece], document: Document) -> Section:
    blocks = tuple(block for piece in run for block in piece.blocks)
    heads = {number: head for piece in run for one in piece.weighed if one.layout is layout for number, head in one.heads.items()}
    part = replace(document, blocks=blocks)
    return Section(layout, find_title(part, layout) or _first_line(part, layout), part, heads)


def _first_line(document: Document, layout: Layout) -> str | None:
    """A letter has no title but the line that it opens with; of the other kinds a title is known or there is none."""
    if layout.document_type != OTHER:
        return None
    lines = (" ".join(block.text.split()) for block in document.blocks if isinstance(block, TextLine))
    return next((line for line in lines if line), None)
