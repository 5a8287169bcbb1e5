"""Text on its way into a spreadsheet: shown, and never run. Whole columns at a time.

What stands in a document was written by anybody. Excel and LibreOffice take a CSV cell that begins with =, +, - or @ for a formula,
and a formula can fetch a web page or start a program: an agency named `=HYPERLINK("http://…")` must stay a name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from ..rulebook.fields import Column, Dataset

_OPENER = r"^'*[\s\p{Z}\p{Cf}]*[=+\-@＝＋－＠\t\r\n]"
"""What may open a formula, behind blanks that some programs pass over; or is such a thing quoted already, so that every quote can
be told from an apostrophe that was printed."""
_CONTROLS = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
"""Control characters but for tab and line breaks; marks that turn the direction of reading, under which a text shows as another;
and what XML cannot hold."""


def without_controls(texts: pa.Array) -> pa.Array:
    """A column of strings without control characters, and with line breaks of one kind.

    >>> without_controls(pa.array(["a\\x00b\\x1b[31m", "1.\\r\\n2.", None])).to_pylist()
    ['ab[31m', '1.\\n2.', None]
    """
    return pc.replace_substring_regex(pc.replace_substring_regex(texts, "\r\n?", "\n"), _CONTROLS, "")


def inert_texts(texts: pa.Array) -> pa.Array:
    """A column of strings with an apostrophe before everything that a spreadsheet may take for a formula.

    To undo it take away the first apostrophe of each cell of this form.

    >>> inert_texts(pa.array(["=cmd|' /C calc'!A0", " @SUM(1)", "'-", "-", "ผ่าน", "", None])).to_pylist()
    ["'=cmd|' /C calc'!A0", "' @SUM(1)", "''-", "'-", 'ผ่าน', '', None]
    """
    quoted = pc.binary_join_element_wise("'", texts, "")
    return pc.if_else(pc.match_substring_regex(texts, _OPENER), quoted, texts)


def widths(texts: pa.Array) -> pa.Array:
    """How many columns of a terminal or a sheet each text takes: Thai vowels and tone marks stand over and under letters.

    >>> widths(pa.array(["ที่", "กำ", "abc", None])).to_pylist()
    [1, 2, 3, None]
    """
    return pc.utf8_length(pc.replace_substring_regex(texts, "[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]", ""))


def texts_of(column: Column, values: pa.Array) -> tuple[pa.Array, int]:
    """A column as strings, null where it is null, and in how many of its cells control characters were left out."""
    if column.type.startswith("list") or column.type == "bbox":
        values = pa.array(
            [None if value is None else json.dumps(value, ensure_ascii=False) for value in values.to_pylist()], pa.string()
        )
    elif column.type == "float64":
        return pa.array([None if value is None else repr(value) for value in values.to_pylist()], pa.string()), 0
    elif column.type != "string":
        return pc.cast(values, pa.string()), 0
    clean = without_controls(values)
    return clean, pc.sum(pc.not_equal(clean, values)).as_py() or 0


def told_controls(dataset: Dataset, changed: int) -> Iterator[str]:
    if changed:
        yield f"{dataset.name}: control characters were left out of {changed:,} cells"
