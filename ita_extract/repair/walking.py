"""The two walks through the trie: by `walk.c` where it is compiled, else by `standing.py` and `lattice.py`, to the same paths.

Most of the time of repair goes into two loops that look, from every letter, at every word that may begin there. Compiled, all of
them take less time for a line than one look-up in Python takes for a letter.
"""

from __future__ import annotations

import codecs
import ctypes
import struct
import threading
from array import array
from functools import cache, lru_cache
from itertools import accumulate
from typing import Final, Protocol

from . import lattice, standing, trie
from .gate import TABLE
from .lattice import Mode
from .letters import LEAD_BEFORE_BLANK, Run, parse, prices
from .lexicon import lexicon
from .native import library
from .script import BLANK, LEADS, MARKS, RANK
from .standing import Word

CONSONANTS, TONES = map(chr, range(ord("ก"), ord("ฮ") + 1)), (mark for mark in RANK if RANK[mark])
KINDS: Final = tuple(map(frozenset, (BLANK, MARKS, TONES, LEADS, CONSONANTS, "า", "ำ", "ะ", "ฯๆ", "้")))
"""What `walk.c` wants to know of a character: the sorts of its first `enum`, in that order."""
STEP: Final = struct.Struct("6i2Id")
ROOM, LOOKED_AT = 1 << 10, 3
"""Letters for which a thread makes room at first; letters behind a stretch whose marks may be those of its last word."""


class Walker(Protocol):
    """Who walks."""

    def stand(self, text: str) -> tuple[Word, ...]:
        """The cheapest way to read a run as it stands."""

    def decode(self, run: Run, mode: Mode, near: bytes, first: int, end: int) -> tuple[Word, ...]:
        """The cheapest path through letters `first` to `end`. `near` has a 1 for every letter close to damage."""


class Plain:
    """In Python alone."""

    def stand(self, text: str) -> tuple[Word, ...]:
        return standing.as_it_stands(parse(text))

    def decode(self, run: Run, mode: Mode, near: bytes, first: int, end: int) -> tuple[Word, ...]:
        return lattice.decode(run, mode, near, first, end)


class _Tables(ctypes.Structure):
    """`tables` of `walk.c`."""

    _fields_ = (
        *((name, ctypes.c_void_p) for name in ("base", "check", "term", "first", "mask", "text_at", "flags", "cost")),
        *((name, ctypes.c_void_p) for name in ("text", "sort", "code", "bit")),
        *((name, ctypes.c_double) for name in ("unknown", "abbreviation", "misplaced", "marked", "lead_before_blank", "place")),
        *((name, ctypes.c_double) for name in ("later", "lost", "split", "surplus_split", "after_lead", "before_follow")),
        *((name, ctypes.c_double) for name in ("none", "prune", "prune_unknown", "beam")),
        *((name, ctypes.c_int64) for name in ("look_ahead", "mai_tho")),
    )


class _Room(threading.local):
    """Where a thread gets its answers."""

    def __init__(self) -> None:
        self.letters = 0
        self.make(ROOM)

    def make(self, letters: int) -> None:
        if letters > self.letters:
            self.letters = letters
            self.steps, self.plain = ctypes.create_string_buffer(letters * STEP.size), ctypes.create_string_buffer(letters)
            self.steps_seen, self.plain_seen = memoryview(self.steps), memoryview(self.plain)


class Compiled:
    """By `walk.c`. `library` is what `native.library` gives."""

    def __init__(self, library: ctypes.CDLL) -> None:
        address, whole = ctypes.c_void_p, ctypes.c_int32
        self.library = library
        self._stand, self._decode = library.ita_stand, library.ita_decode
        self._stand.restype = self._decode.restype = whole
        self._stand.argtypes = [address, ctypes.c_char_p, whole, address, address]
        self._decode.argtypes = [address, address, ctypes.c_char_p, whole, whole, ctypes.c_char_p, whole, address, address]
        self._kept, self._tables = _tables()
        self._words, self._room = lexicon().words, _Room()
        self._at = ctypes.addressof(self._tables)

    def stand(self, text: str) -> tuple[Word, ...]:
        data, size = codecs.charmap_encode(text, "strict", TABLE)
        room = self._room
        room.make(size)
        return self._path(self._stand(self._at, data, size, room.steps, room.plain))

    def decode(self, run: Run, mode: Mode, near: bytes, first: int, end: int) -> tuple[Word, ...]:
        starts, last = run.starts, min(end + LOOKED_AT, len(run.letters))
        data, size = codecs.charmap_encode(run.text[starts[first] : starts[last]], "strict", TABLE)
        opens = not first or run.gaps[first - 1] > 0
        room = self._room
        room.make(size)
        count = self._decode(self._at, _told(mode), data, size, opens, near[first:end], end - first, room.steps, room.plain)
        return self._path(count, first)

    def _path(self, count: int, first: int = 0) -> tuple[Word, ...]:
        """The steps that stand in the room of this thread, as words. `first`: the number of the first letter."""
        if count < 0:
            raise MemoryError
        words, room = self._words, self._room
        path: list[Word] = []
        for step in STEP.iter_unpack(room.steps_seen[: count * STEP.size]):
            start, end, ordinal, late, shown, size, waiting, had, cost = step
            text = words[ordinal] if ordinal >= 0 else _letter(bytes(room.plain_seen[shown : shown + size]), had)
            path.append(new(Word, (start + first, end + first, text, ordinal, late > 0, cost, _marks(waiting) if waiting else "")))
        return tuple(path)


new: Final = tuple.__new__
"""A named tuple made by name takes twice as long."""


@lru_cache(maxsize=10_000)
def _letter(data: bytes, had: int) -> str:
    """A letter outside every word with its marks, but for those that a word before it took."""
    text = data.decode("cp874")
    for mark in _marks(had):
        text = text[0] + text[1:].replace(mark, "", 1)
    return text


@cache
def _marks(packed: int) -> str:
    """Marks as `walk.c` keeps them: one a byte, the first lowest."""
    return packed.to_bytes(4, "little").rstrip(b"\0").decode("cp874")


@cache
def _told(mode: Mode) -> ctypes.Array[ctypes.c_char]:
    """A mode as `prices` of `walk.c`."""
    numbers = mode.inside, mode.after_carried, mode.nikhahit_lost, mode.lost_under_tone, mode.surplus, mode.tone, mode.stray_aa
    data = struct.pack("9d2q", *numbers, mode.carried, mode.doubled, mode.letter_spaced, mode.swapped)
    return ctypes.create_string_buffer(data, len(data))


def _tables() -> tuple[tuple[object, ...], _Tables]:
    """The tables of `walk.c`, and what must be kept as long as they are used: they hold addresses."""
    known = lexicon()
    chars = [bytes((byte,)).decode("cp874", "replace") for byte in range(256)]
    sort = array("H", (sum((char in kind) << number for number, kind in enumerate(KINDS)) for char in chars))
    numbers = {
        "text_at": array("i", accumulate(map(len, known.words), initial=0)),
        "text": array("B", "".join(known.words).encode("cp874")),
        "sort": sort,
        "code": array("B", (trie.CODES.get(char, 0) for char in chars)),
        "bit": array("i", (trie.BIT.get(char, 0) for char in chars)),
        **{name: getattr(known, name) for name in ("base", "check", "term", "first", "mask", "flags", "cost")},
    }
    costs = lattice.prices()
    unknown, abbreviation, misplaced, marked = prices()
    told = _Tables(
        **{name: numbers[name].buffer_info()[0] for name in numbers},
        **{name: getattr(costs, name) for name in ("later", "lost", "split", "surplus_split", "after_lead", "before_follow")},
        unknown=unknown,
        abbreviation=abbreviation,
        misplaced=misplaced,
        marked=marked,
        lead_before_blank=LEAD_BEFORE_BLANK,
        place=standing.place_cost(),
        none=standing.LOST,
        prune=standing.PRUNE,
        prune_unknown=standing.PRUNE_UNKNOWN,
        beam=lattice.BEAM,
        look_ahead=standing.LOOK_AHEAD,
        mai_tho=lattice.TONE_BIT,
    )
    return tuple(numbers.values()), told


@cache
def walker() -> Walker:
    """The compiled walker, or the plain one where there is none; `native.how` says which and why."""
    found = library()[0]
    return Compiled(found) if found else Plain()
