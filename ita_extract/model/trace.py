"""What the page tells of each character, beside the character itself: one letter a character, in a string of the same length.

A text layer that says "space" where the page draws ink is the commonest accident of Thai PDFs: the glyph of the nikhahit has no
Unicode of its own in the font's map, so "ดำเนิน" is read as "ด าเนิน". Text alone can only guess; the trace knows.
"""

from __future__ import annotations

DRAWN = "."
"""a glyph that the page draws"""
BLANK = "_"
"""a space that the producer wrote, drawing nothing"""
GAP = "~"
"""a space that was not written: the reader saw a gap"""
INK_ABOVE = "^"
"""read as a blank or as nothing at all, yet the page draws ink above the letters"""
INK_BELOW = "v"
"""the same, with the ink below the baseline"""
UNMAPPED = "?"
"""the font has no Unicode for this glyph; the character is a guess of the reader's"""
BREAK = "|"
"""a line break"""
