"""What a document shows of its own damage, and what is then read differently."""

from __future__ import annotations

import pytest

from ita_extract.model.step import replay
from ita_extract.repair import Evidence, damage, observing, repair_text, survey
from tests.repair.words import places

PLACES = places()
SOME = damage.dice(11).sample([name for name in PLACES if "." not in name], 400)
DOCUMENT = [*(f"องค์การบริหารส่วนตำบล{name}" for name in SOME), *SOME]
EXACT = {"lost_am": 0.99, "mai_tho": 0.99, "low_as_blank": 0.98, "letter_spaced": 0.98}
"""Shares below 1 - 1/200: kinds after which two names may look alike, or of which the last letter of a text is gone."""


@pytest.mark.parametrize("kind", damage.KINDS)
def test_names_of_places_come_back_from_every_damage(kind: str) -> None:
    dice = damage.dice(5)
    pairs = [(damage.KINDS[kind](name, dice), name) for name in DOCUMENT]
    assert any(broken != name for broken, name in pairs)
    evidence = survey((broken, "") for broken, _ in pairs)
    done = [(repair_text(broken, "", evidence), broken, name) for broken, name in pairs]
    assert all(replay(broken, result.steps) == result.text for result, broken, _ in done)
    wrong = [(broken, result.text) for result, broken, name in done if result.text != name]
    assert len(wrong) <= (1 - EXACT.get(kind, 0.995)) * len(done), wrong[:10]


def test_names_of_places_are_left_alone_without_damage() -> None:
    evidence = survey((name, "") for name in DOCUMENT)
    assert not evidence.damaged
    assert [name for name in DOCUMENT if repair_text(name, "", evidence).text != name] == []


MOJIBAKE = [damage.mojibake(text, damage.dice(1)) for text in ("สำนักงาน", "หน่วยงาน", "ประเมิน")]


@pytest.mark.parametrize("text", ["ปี", "๒๕๖๘", "ที่", "พ.ศ.", "๗", "ลำดับ\nที่", "๒๕.๐๐%", "คะแนน\n๒๕๖3"])
def test_a_font_of_mojibake_is_read_to_the_last_digit(text: str) -> None:
    evidence = survey((line, "") for line in MOJIBAKE)
    assert evidence.is_mojibake
    assert repair_text(damage.mojibake(text, damage.dice(1)), "", evidence).text == text


def test_other_documents_keep_their_latin() -> None:
    assert repair_text("café à 25°").text == "café à 25°"
    assert repair_text("25½", "", survey((line, "") for line in MOJIBAKE)).text == "25½"


def test_ligature_of_nikhahit_and_tone() -> None:
    """A font that keeps its nikhahit but where a tone stands on it."""
    evidence = survey([("ต\ufffdาบล", ""), ("ส\ufffdานักงาน", ""), ("อ\ufffdาเภอ", ""), ("กรมทรัพยากรน้าบาดาล", "")])
    assert evidence.ligature_lost
    assert repair_text("กรมทรัพยากรน้าบาดาล", "", evidence).text == "กรมทรัพยากรน้ำบาดาล"
    assert repair_text("เพื่อนาส่ง", "", evidence).text == "เพื่อนาส่ง"


def test_two_mai_tho_are_a_mai_tho_and_a_nikhahit_only_where_the_font_makes_them() -> None:
    evidence = survey([("ต้าบล", ""), ("ส้านักงาน", ""), ("จ้านวน", "")])
    assert evidence.tone_for_nikhahit
    assert repair_text("ถ้้าผาแดง", "", evidence).text == "ถ้ำผาแดง"
    assert repair_text("หน้้า").text == "หน้า"


def test_map_of_private_use_is_the_one_that_makes_words() -> None:
    windows = [("ป\uf710จจุบัน", ""), ("ฟ\uf710ง", ""), ("ฝ\uf710ง", "")]
    other = [("ป\uf710องกัน", ""), ("ฝ\uf710าย", ""), ("เป\uf710าหมาย", "")]
    assert survey(windows).lean_to_first_map > 0 > survey(other).lean_to_first_map
    assert repair_text("ป\uf710ญหา", "", survey(windows)).text == "ปัญหา"
    assert repair_text("ป\uf710าย", "", survey(other)).text == "ป้าย"


def test_a_document_of_two_fonts_is_read_text_by_text() -> None:
    both = survey([("ป\uf710จจุบัน", ""), ("ฟ\uf710ง", ""), ("ป\uf710องกัน", ""), ("ฝ\uf710าย", "")])
    assert repair_text("ป\uf710ญหา", "", both).text == "ปัญหา"
    assert repair_text("เป\uf710าหมาย", "", both).text == "เป้าหมาย"
    name = "ป\uf710นป\uf710น"  # hardly a word by either map: the document decides, and without one the commoner map
    assert repair_text(name).text == repair_text(name, "", survey([("ป\uf710ญหา", "")])).text == "ปันปัน"


def test_low_vowels_come_back_only_where_the_document_has_none() -> None:
    evidence = Evidence(texts=50, letters=1000)
    assert evidence.loses_low_vowels
    assert repair_text("สาธารณส ข", "", evidence).text == "สาธารณสุข"
    assert repair_text("อำเภอก ดช ม", "", evidence).text == "อำเภอกุดชุม"
    assert repair_text("เทศบาล ตำบล", "", evidence).text == "เทศบาล ตำบล"


def test_evidence_that_contradicts_itself_still_repairs() -> None:
    evidence = Evidence(texts=10, lost=5, toned=5, aa=20)
    assert evidence.loses_nikhahit and evidence.tone_for_nikhahit
    assert repair_text("การดาเนินงาน", "", evidence).text == "การดำเนินงาน"


def test_survey_reads_a_sample_and_counts_it_up(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    real = observing.read_line

    def counted(draft: observing.Draft, evidence: Evidence | None) -> None:
        read.append(draft.text)
        real(draft, evidence)

    monkeypatch.setattr(observing, "read_line", counted)
    texts = [(f"เทศบาลต าบล{one}และ{two}", "") for one in PLACES[:60] for two in PLACES[100:160]]
    evidence = survey(texts)
    assert sum(map(len, read)) < 2 * observing.SAMPLE < sum(len(text) for text, _ in texts)
    assert 0.8 * len(texts) < evidence.mended < 1.5 * len(texts)
