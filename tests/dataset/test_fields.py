"""`rules/fields.toml` says what the contract says, and what the records carry; a typo in it is named where it stands."""

from __future__ import annotations

import re
from dataclasses import fields as dataclass_fields
from pathlib import Path

import pytest

from ita_extract.dataset.schema import published_name
from ita_extract.errors import RulesError
from ita_extract.rulebook.fields import load_fields
from tests.dataset.build import FIELDS, filled_columns, record_classes

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "rules" / "fields.toml"
CONTRACT = ROOT.parent / "shared" / "CONTRACT.md"


def contract_datasets() -> dict[str, tuple[list[str], set[str]]]:
    """Each dataset of the contract with its columns in order, and those printed in bold."""
    if not CONTRACT.is_file():
        pytest.skip(f"needs {CONTRACT.name} beside the project, in ../shared")
    text = CONTRACT.read_text(encoding="utf-8").partition("## Datasets")[2]
    found: dict[str, tuple[list[str], set[str]]] = {}
    for name, words in re.findall(r"^\*\*(\w+)\*\*(?: \([^\n]*?\))?:((?:.|\n)*?)\n\n", text, re.MULTILINE):
        body = re.sub(r"`[^`]*`", "", words)
        while (bare := re.sub(r"\([^()]*\)", "", body)) != body:
            body = bare
        columns = re.findall(r"\*{0,2}\b([a-z][a-z_]*)\b\*{0,2}", body)
        found[name] = (columns, set(re.findall(r"\*\*([a-z_]+)\*\*", body)))
    return found


def test_datasets_and_columns_are_those_of_the_contract_in_its_order() -> None:
    contract = contract_datasets()
    assert list(contract) == list(FIELDS.names)
    for dataset in FIELDS.datasets:
        columns, bold = contract[dataset.name]
        assert list(dataset.names) == columns, dataset.name
        assert set(dataset.about) == bold, dataset.name


@pytest.mark.parametrize("cls", record_classes(), ids=lambda cls: cls.__name__)
def test_a_record_carries_every_column_that_the_dataset_room_does_not_fill_in(cls: type) -> None:
    dataset = FIELDS.dataset(cls.dataset)  # type: ignore[attr-defined]
    carried = {published_name(field.name) for field in dataclass_fields(cls)}
    assert carried == set(dataset.names) - set(filled_columns(dataset))


def test_every_record_class_was_looked_at() -> None:
    assert {"AgencyScore", "Reject", "Check", "DocumentRecord", "RepairCount"} <= {cls.__name__ for cls in record_classes()}


def test_descriptions_are_whole_sentences_in_both_languages() -> None:
    for dataset in FIELDS.datasets:
        assert re.search("[\u0e00-\u0e7f]", dataset.title_th), dataset.name
        for column in dataset.columns:
            where = f"{dataset.name}.{column.name}"
            assert column.description.endswith("."), where
            assert re.search("[\u0e00-\u0e7f]{3}", column.description_th), where


def test_scores_and_shares_are_percentages() -> None:
    for dataset in FIELDS.datasets:
        for column in dataset.columns:
            if column.name in ("score", "mean_score") or column.name.startswith("share") or column.name.endswith("_share"):
                assert (column.type, column.unit, column.minimum, column.maximum) == ("float64", "percent", 0, 100), column.name


def broken_copy(tmp_path: Path, before: str, after: str) -> Path:
    text = SOURCE.read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "fields.toml"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    return path


TYPOS = [
    ('type = "float64"\nrequired = true\nunit', 'type = "float46"\nrequired = true\nunit', "float46", "Choose", "type"),
    ("\nrequired = true\npattern", "\nrequird = true\npattern", "unknown", "'required'", "requird"),
    ("minimum = 2500", 'minimum = "2500"', "not a number", "minimum", "minimum"),
    ("minimum = 2500", "minimum = 2700", "above maximum", "Swap", "minimum"),
    ('refers_to = "agencies"', 'refers_to = "agency"', "no dataset", "'agencies'", "refers_to"),
    ('ordinal = "check_no"', 'ordinal = "chek_no"', "no column 'chek_no'", "'check_no'", "ordinal"),
    ('"document_id", "check_no", "identity"', '"document_id", "check_no", "identety"', "identety", "'identity'", "columns"),
    ('partition = "fiscal_year"', 'partition = "year"', "'year'", "Choose", "partition"),
    ('key = ["document_id", "check_no"]', 'key = ["document_id", "check_no", "check_no"]', "twice", "Remove", "key"),
    ('key = ["agency_id", "fiscal_year"]', 'key = ["agency_id", "agency_type"]', "may be null", "required", "key"),
    ('pattern = "[0-9a-f]{64}"', 'pattern = "[0-9a-f{64}"', "no regular expression", "Mend", "pattern"),
    ('description_th = "หน้าที่มาตรการสิ้นสุด"', 'description_th = "page"', "no Thai letter", "Thai", "description_th"),
    ('type = "list<string>"\nrequired = true', 'type = "list<string>"\nrequired = false', "never null", "required", "type"),
    ("[column.table_no]", "[column.table_nr]", "table_no", "table_nr", "columns"),
    ("format = 1", "format = 2", "is 2", "this version", "format"),
]


@pytest.mark.parametrize(
    ("before", "after", "message", "advice", "key"), TYPOS, ids=[f"{n}-{typo[4]}" for n, typo in enumerate(TYPOS)]
)
def test_a_typo_is_refused_with_file_line_key_and_advice(
    tmp_path: Path, before: str, after: str, message: str, advice: str, key: str
) -> None:
    path = broken_copy(tmp_path, before, after)
    with pytest.raises(RulesError) as caught:
        load_fields(path)
    error = caught.value
    assert error.file == str(path)
    assert message in error.message
    assert advice in error.advice
    assert error.key == key
    assert error.line is not None
    lines = path.read_text(encoding="utf-8").splitlines()
    assert re.search(rf"\b{key}\b", lines[error.line - 1]), f"line {error.line} is {lines[error.line - 1]!r}"


def test_a_thing_has_the_agency_in_it_or_else_its_name() -> None:
    dataset = FIELDS.dataset("agency_scores")
    known = {"fiscal_year": 2563, "agency_id": "lp-1", "agency_name": "ก", "row_no": 1}
    assert dataset.thing(known.get) == "agency_scores: fiscal_year=2563, row_no=1, agency_id=lp-1"
    assert dataset.thing({**known, "agency_id": None}.get) == "agency_scores: fiscal_year=2563, row_no=1, agency_name=ก"
    assert FIELDS.dataset("type_summaries").thing(known.get) == "type_summaries: fiscal_year=2563"
