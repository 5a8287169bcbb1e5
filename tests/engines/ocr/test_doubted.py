"""Running text with a misread letter is put right where the language leaves no choice; names and what is right stay as they are."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ita_extract.engines.ocr.doubted import Doubted
from ita_extract.repair.reading import standing_cost
from ita_extract.rulebook.load import load_rulebook

REGISTRY = load_rulebook().registry
DOUBTED = Doubted(standing_cost, REGISTRY.lookalikes, REGISTRY.knows_agency)
RIGHT = (
    "ประกาศแผนจัดซื้อทั้งปีภายใน 30 วัน",
    "การขอยืมรถยนต์และเครื่องมือของหน่วยงานท่าน",
    "และปิดประกาศไว้หน้าห้องบริการ",
    "โปร่งใสและแข่งขันได้ตามระเบียบ",
    "หน่วยงานแจ้งเหตุผลที่ล่าช้าให้ผู้รับบริการทราบ",
    "อบรมเรื่องผลประโยชน์ทับซ้อนแก่บุคลากร",
    "สำนักงานคณะกรรมการข้าราชการพลเรือน",
)


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("ประกาศแผนจัอซื้อทั้งปีภายใน 30 วัน", RIGHT[0]),  # another letter
        ("การขอยีมรถยนต์และเครื่องมือของหน่วยงานท่าน", RIGHT[1]),  # another vowel
        ("และปิดประกาศเไว้หน้าห้องบริการ", RIGHT[2]),  # a letter more
        ("โปร่งใสและแบ่งขันได้ตามระเบียบ", RIGHT[3]),  # another word
        ("ภายในวันที 10 ของเดอนถัดไป", "ภายในวันที่ 10 ของเดือนถัดไป"),  # two marks lost
        ("กรมทรัพยากรน้าบาดาล", "กรมทรัพยากรน้ำบาดาล"),  # the ring below a tone
    ],
)
def test_a_line_that_is_thai_but_for_a_letter_is_put_right(read: str, printed: str) -> None:
    assert DOUBTED.reread(read) == printed


@pytest.mark.parametrize("line", RIGHT)
def test_what_is_right_stays(line: str) -> None:
    assert DOUBTED.reread(line) == line


@pytest.mark.parametrize(
    "line",
    [
        "องค์การบริหารส่วนตำบลจัอซื้อ ได้รับการประเมิน",  # names are nobody's vocabulary
        "ผู้จัดทำรายงาน นายสมชาย ใจอืม",
        "แผนจัอซื้อ",  # too short to tell
        "ฟหกดฟหกดฟหกดฟหกด",  # no Thai at all: no letter of it is sure
    ],
)
def test_names_and_what_tells_too_little_stay(line: str) -> None:
    assert DOUBTED.reread(line) == line


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(RIGHT), st.data())
def test_one_misread_letter_makes_no_line_worse(line: str, data: st.DataObject) -> None:
    """Whatever letter is taken for a look-alike, as many letters are right afterwards as were before, or more."""
    places = [at for at, letter in enumerate(line) if REGISTRY.lookalikes.get(letter)]
    at = data.draw(st.sampled_from(places))
    read = line[:at] + data.draw(st.sampled_from(sorted(REGISTRY.lookalikes[line[at]]))) + line[at + 1 :]
    assert DOUBTED.reread(read) in (read, line)


def test_each_reading_is_weighed_once_or_twice_not_for_every_letter_of_the_line() -> None:
    asked = Counter[int]()

    def weigh(text: str) -> float:
        asked[len(text)] += 1
        return standing_cost(text)

    Doubted(weigh, REGISTRY.lookalikes).reread(" ".join(RIGHT))
    assert max(asked) == len(" ".join(RIGHT))
    assert asked[max(asked)] <= 4  # the whole line: only what its surroundings make likely


def test_a_strange_name_is_what_another_reading_has_and_a_list_too() -> None:
    first = "เทศบาลตำบลดอนฉิมหลี"
    assert DOUBTED.strange_in(first) == first
    assert DOUBTED.named(first, ["เทศบาลตําบลดอนฉิมพธี", "เทศบาลตำบลดอนฉิมพลี"]) == "เทศบาลตำบลดอนฉิมพลี"
    assert DOUBTED.named(first, ["เทศบาลตำบลดอนฉิมพธี"]) == first  # no name is made up
    assert DOUBTED.named(first, ["เทศบาลตำบลหนองยวง", "เทศบาลตำบลลี้"]) == first  # nor taken from afar
    assert DOUBTED.strange_in("เทศบาลตำบลดอนฉิมพลี") == ""
    assert DOUBTED.strange_in("ประกาศแผนจัดซื้อทั้งปี") == ""


def test_a_strange_name_in_a_sentence_is_known_by_the_province_behind_it() -> None:
    line = "คะแนนภาพรวมของหน่วยงาน เทศบาลตําบลบางหน้าจึด จังหวัดชุมพร = ๘๑.๕๑"
    name = DOUBTED.strange_in(line)
    assert name == "เทศบาลตําบลบางหน้าจึด"
    again = [line.replace(name, f"เทศบาลตําบล{one}") for one in ("บางน้าจึด", "บางน้าจืด", "บาง น้ำจืด")]
    assert DOUBTED.named(name, again) == "เทศบาลตำบลบางน้ำจืด"  # the ring below the tone was seen by none
    assert DOUBTED.strange_in(line.replace(" จังหวัดชุมพร", "")) == ""


def test_two_known_names_among_the_readings_tell_nothing() -> None:
    names = Doubted(lambda text: 0.0, {}, lambda line: line[-1] in "กข")
    assert names.named("เทศบาลตำบลนาค", ["เทศบาลตำบลนาก", "เทศบาลตำบลนาข"]) == "เทศบาลตำบลนาค"
