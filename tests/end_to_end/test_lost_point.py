"""A score that lost its point on the way: put right by the grade beside it, published, and proved again from the release."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from ita_extract.dataset import publish, put, read_dataset, verify
from ita_extract.dataset.descriptor import Provenance
from ita_extract.model.record import AgencyScore
from ita_extract.model.source import SourceDocument
from ita_extract.pipeline import extract
from ita_extract.proof import prover
from ita_extract.rulebook.load import load_rulebook

RULES = load_rulebook()
TITLE = "ประกาศผลการประเมินคุณธรรมและความโปร่งใสในการดำเนินงานของหน่วยงานภาครัฐ ประจำปีงบประมาณ พ.ศ. 2563"
HEAD = ("ที่", "หน่วยงาน", "คะแนน 2562", "คะแนน 2563", "ระดับผลการประเมิน", "ค่าเป้าหมายแผนแม่บท")
ROWS = (
    ("1", "จังหวัดลำปาง", "80.12", "{read}", "A", "ผ่าน"),
    ("2", "จังหวัดลำพูน", "81.12", "85.96", "A", "ผ่าน"),
    ("3", "จังหวัดเลย", "71.12", "75.96", "B", "ไม่ผ่าน"),
)


@pytest.mark.parametrize(
    ("read", "score", "state"), [("8796", "87.96", "corrected"), ("879.6", "87.96", "corrected"), ("7796", None, None)]
)
def test_a_lost_point(read: str, score: str | None, state: str | None, tmp_path: Path) -> None:
    """77.96 has no grade A: then the row's score is a reject, as it is printed, and what is left proves as it was published."""
    lines = "\n".join("\t".join(row) for row in (HEAD, *ROWS)).format(read=read)
    text = f"{TITLE}\n\nประเภทจังหวัด\n\n{lines}\n"
    found = extract(SourceDocument.of(text.encode(), "announcement.txt", "text/plain"), RULES)
    put(tmp_path, found, "key")
    publish(tmp_path, Provenance("1", "rules"))
    rows = read_dataset(tmp_path, "agency_scores", as_arrow=True).to_pylist()
    first = [row for row in rows if row["agency_id"] == "PROV-52" and row["is_current_year"]]
    rejects = read_dataset(tmp_path, "rejects", as_arrow=True).to_pylist()
    if score:
        assert [(row["score"], row["score_printed"], row["verification"]) for row in first] == [(float(score), read, state)]
        assert rejects == []
    else:
        assert first == []
        assert [(row["reason"], row["raw_text"]) for row in rejects] == [("out_of_limits", f"จังหวัดลำปาง\t{read}")]
    assert sum(isinstance(one, AgencyScore) and one.score == Decimal("85.96") for one in found.records) == 1
    assert verify(tmp_path, prover(RULES.frameworks)) == ()
