"""Blanks that the reader of a line saw: those go that the picture has no white for."""

from __future__ import annotations

import pytest

from ita_extract.engines.ocr.blanks import without_false_blanks

from .scans import printed

LETTER = 30.0


@pytest.mark.parametrize(
    ("shown", "read", "told"),
    [
        ("กรมทรัพยากรน้ำบาดาล", "กรม ทรัพยากรน้ำบา ดาล", "กรมทรัพยากรน้ำบาดาล"),
        ("จังหวัดลำพูน อำเภอเมือง", "จังหวัด ลำพูน อำเภอเมือง", "จังหวัดลำพูน อำเภอเมือง"),
        ("จังหวัด ลำพูน", "จังหวัด ลำพูน", "จังหวัด ลำพูน"),
        ("1) ทบทวน", "1 ) ทบทวน", "1) ทบทวน"),
    ],
)
def test_the_white_of_the_picture_tells_the_blanks(shown: str, read: str, told: str) -> None:
    assert without_false_blanks(read, printed(shown), LETTER) == told


def test_blanks_beside_numbers_and_latin_letters_stay() -> None:
    assert without_false_blanks("ITA 2564 ก", printed("ITA2564ก"), LETTER) == "ITA 2564 ก"
