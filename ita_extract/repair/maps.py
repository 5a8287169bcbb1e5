"""Which of two makers' maps a text's private-use marks follow, where the makers disagree.

A page says which font drew a glyph, never whose map the font follows. The words say it: under the wrong map a mark lands on a
letter where no word has it. A document may mix fonts of both makers, so each text is judged for itself, against what the
document has shown elsewhere.
"""

from __future__ import annotations

from functools import cache

from ..rulebook import thai
from . import glyphs, marks
from .draft import Draft
from .evidence import Evidence
from .reading import standing_cost


@cache
def _disputed() -> frozenset[str]:
    first, other = thai.glyphs().private_use, thai.glyphs().private_use_other
    return frozenset(char for char in other if first.get(char) != other[char])


def gain_of_other(text: str) -> float:
    """What the second map saves in the cost of the words of `text`; below 0 where the first reads better, 0.0 where no mark tells.

    >>> gain_of_other("เป\\uf710าหมาย") > 3, gain_of_other("ฝ\\uf710ง") < -3, gain_of_other("ป\\uf701ด")
    (True, True, 0.0)
    """
    if _disputed().isdisjoint(text):
        return 0.0
    costs = []
    for other in (False, True):
        draft = Draft(text)
        glyphs.private_use(draft, other)
        marks.mark_order(draft)
        costs.append(standing_cost(draft.text))
    return costs[0] - costs[1]


def takes_other(text: str, evidence: Evidence) -> bool:
    """Whether the disputed marks of `text` are to be read by the second map.

    >>> takes_other("ป\\uf710น", Evidence()), takes_other("ป\\uf710น", Evidence(other_map=400))
    (False, True)
    """
    return gain_of_other(text) > evidence.lean_to_first_map
