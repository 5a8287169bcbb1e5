"""A release for other tools: every value arrives, none of them runs, and nothing that was there is lost."""

from __future__ import annotations

import csv
import errno
import io
import json
import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pyarrow as pa
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from ita_extract.cli import main
from ita_extract.dataset import publish, put, read_dataset, workbook
from ita_extract.dataset.export import BOM, FORMS, export_datasets
from ita_extract.dataset.read import DatasetRows
from ita_extract.dataset.sheet_text import inert_texts, widths, without_controls
from ita_extract.errors import StorageError, UsageError
from ita_extract.model.record import Reject
from tests.dataset.build import FIELDS, KEY, MADE_BY, result, rich_result, score

HOSTILE = (
    '=HYPERLINK("http://127.0.0.1/","x")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u200b=1",
    "＝1",
    "'=1",
    "<script>alert(1)</script>",
    "http://127.0.0.1/x",
    "mailto:a@b",
    "_x003D_1",
    "a\x00b\x1b[31m\x7f\u202e",
    "{=1}",
    '"=1"',
    "123",
    "TRUE",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with rows in many datasets, of two years, with hostile text."""
    data = tmp_path_factory.mktemp("data")
    rejects = tuple(
        Reject(page=1, target="agency_scores", reason="no_score", detail="", raw_text=text, bbox=None) for text in HOSTILE
    )
    put(data, rich_result("a", 2563), KEY)
    put(data, rich_result("b", 2564), KEY)
    put(data, result("c", score("x", "80", grade="=1+1"), rejects=rejects), KEY)
    publish(data, MADE_BY)
    return data


def table(folder: Path, name: str) -> pa.Table:
    return read_dataset(folder, name, as_arrow=True)


def csv_rows(path: Path) -> list[list[str]]:
    data = path.read_bytes().decode("utf-8")
    assert data.startswith(BOM)
    return list(csv.reader(io.StringIO(data.removeprefix(BOM), newline="")))


def opens_a_formula(text: str) -> bool:
    """Whether a spreadsheet may take it for a formula, also one that passes over blanks and over what nobody sees."""
    rest = text.lstrip("".join(one for one in set(text) if is_blank(one)))
    return rest[:1] in tuple("=+-@＝＋－＠") or bool(set("\t\r\n") & set(text[: len(text) - len(rest)]))


def is_blank(one: str) -> bool:
    return one.isspace() or unicodedata.category(one) in ("Zs", "Zl", "Zp", "Cf")


def unquoted(cell: str) -> str:
    """What the text was before it was made inert, by the rule that the documentation gives."""
    return cell[1:] if cell.startswith("'") and opens_a_formula(cell.lstrip("'")) else cell


def test_csv_holds_every_value_of_every_dataset(folder: Path, tmp_path: Path) -> None:
    done = export_datasets(folder, tmp_path / "out")
    assert [path.name for path in done.files] == [f"{name}.csv" for name in FIELDS.names]
    for path in done.files:
        expected, (head, *rows) = table(folder, path.stem), csv_rows(path)
        assert tuple(head) == FIELDS.dataset(path.stem).names
        assert len(rows) == expected.num_rows == done.rows[path.stem]
        for row, want in zip(rows, expected.to_pylist(), strict=True):
            for cell, (name, value) in zip(row, want.items(), strict=True):
                assert cell_says(cell, value), (path.stem, name)


def cell_says(cell: str, value: Any) -> bool:
    if value is None:
        return cell == ""
    if isinstance(value, bool):
        return cell == str(value).lower()
    if isinstance(value, int | float):
        return float(cell) == value and not cell.startswith("'")
    if isinstance(value, list):
        return bool(json.loads(cell) == value)
    return unquoted(cell) == without_controls(pa.array([value]))[0].as_py()


def test_no_cell_of_a_csv_file_opens_a_formula_or_holds_a_control_character(folder: Path, tmp_path: Path) -> None:
    done = export_datasets(folder, tmp_path / "out")
    cells = [cell for path in done.files for row in csv_rows(path) for cell in row]
    assert [cell for cell in cells if opens_a_formula(cell)] == []
    assert [cell for cell in cells if re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", cell)] == []
    assert any("control characters were left out of" in note for note in done.notes)


@given(
    st.lists(st.none() | st.text(max_size=8) | st.from_regex("['\\s\u200b]{0,3}[=+@-][a-z1(]{0,3}", fullmatch=True), max_size=20)
)
def test_any_text_can_be_had_back(texts: list[str | None]) -> None:
    plain = without_controls(pa.array(texts, pa.string()))
    inert = inert_texts(plain)
    for before, after in zip(plain.to_pylist(), inert.to_pylist(), strict=True):
        assert (after is None) is (before is None)
        if after is not None:
            assert unquoted(after) == before
            assert not opens_a_formula(after)


def test_json_lines_are_the_rows_as_they_are(folder: Path, tmp_path: Path) -> None:
    for path in export_datasets(folder, tmp_path / "out", "jsonl").files:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=False) if path.stat().st_size else []
        assert [json.loads(line) for line in path.read_bytes().decode().split("\n")[:-1]] == table(folder, path.stem).to_pylist()
        assert "\\u0e" not in "".join(lines)


def test_a_workbook_is_typed_frozen_and_filtered(folder: Path, tmp_path: Path) -> None:
    export_datasets(folder, tmp_path / "ita.xlsx", "xlsx")
    book = openpyxl.load_workbook(tmp_path / "ita.xlsx")
    assert book.sheetnames == [*FIELDS.names, "columns"]
    for name in FIELDS.names:
        sheet, rows = book[name], table(folder, name).to_pylist()
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref.startswith("A1:")
        assert tuple(cell.value for cell in sheet[1]) == FIELDS.dataset(name).names
        assert sheet.max_row == len(rows) + 1
        for cells, row in zip(sheet.iter_rows(min_row=2), rows, strict=True):
            for cell, value in zip(cells, row.values(), strict=True):
                assert sheet_says(cell, value), (name, cell.coordinate)
    meanings = [tuple(cell.value for cell in row[:2]) for row in book["columns"].iter_rows(min_row=2)]
    assert meanings == [(dataset.name, column) for dataset in FIELDS.datasets for column in dataset.names]


def sheet_says(cell: Any, value: Any) -> bool:
    if value is None or value == "":
        return cell.value in (None, "")
    if isinstance(value, bool):
        return cell.data_type == "b" and cell.value is value
    if isinstance(value, int | float):
        return cell.data_type == "n" and float(cell.value) == value
    text = re.sub("_x005F_", "_", cell.value)  # openpyxl leaves undone what Excel undoes
    if isinstance(value, list):
        return bool(json.loads(text) == value)
    return cell.data_type == "s" and cell.number_format == "@" and text == without_controls(pa.array([value]))[0].as_py()


def test_a_workbook_has_no_formula_and_no_address(folder: Path, tmp_path: Path) -> None:
    export_datasets(folder, tmp_path / "ita.xlsx", "xlsx", ["rejects", "agency_scores"])
    book = openpyxl.load_workbook(tmp_path / "ita.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"s", "n", "b"}
    assert [cell.coordinate for cell in cells if cell.hyperlink] == []
    assert sum(cell.value == HOSTILE[0] for cell in cells) == 1


def test_csv_json_lines_and_workbooks_are_the_same_bytes_every_time(folder: Path, tmp_path: Path) -> None:
    for form in ("csv", "jsonl", "xlsx"):
        one, two = (export_datasets(folder, tmp_path / f"{form}{time}.xlsx", form) for time in (1, 2))
        assert [path.read_bytes() for path in one.files] == [path.read_bytes() for path in two.files]


def test_what_is_too_long_for_a_cell_is_cut_and_told(tmp_path: Path) -> None:
    texts = ("ก" * 32_767, "ก" * 32_768, "😀" * 16_384, "😀" * 16_383)
    rejects = tuple(
        Reject(page=1, target="agency_scores", reason="no_score", detail="", raw_text=text, bbox=None) for text in texts
    )
    put(tmp_path, result("a", rejects=rejects), KEY)
    publish(tmp_path, MADE_BY)
    done = export_datasets(tmp_path, tmp_path / "ita.xlsx", "xlsx")
    [note] = done.notes
    assert note.startswith("rejects: 2 cells are longer")
    assert note.endswith("row 2, raw_text; row 3, raw_text")
    sheet = openpyxl.load_workbook(tmp_path / "ita.xlsx")["rejects"]
    values = [cell.value for cell in next(sheet.iter_cols(min_col=7, max_col=7, min_row=2))]
    assert values[0] == texts[0]
    assert values[3] == texts[3]
    assert all(value.endswith(workbook.CUT) and len(value.encode("utf-16-le")) // 2 <= 32_767 for value in values[1:3])


def test_rows_beyond_a_sheet_go_on_in_the_next(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "SHEET_ROWS", 10)
    done = export_datasets(folder, tmp_path / "ita.xlsx", "xlsx", ["agency_scores"])
    book = openpyxl.load_workbook(tmp_path / "ita.xlsx")
    assert book.sheetnames == ["agency_scores", "agency_scores (2)", "agency_scores (3)", "columns"]
    assert [book[name].max_row for name in book.sheetnames[:3]] == [10, 10, 4]
    ids = [row[1].value for name in book.sheetnames[:3] for row in book[name].iter_rows(min_row=2)]
    assert ids == table(folder, "agency_scores")["record_no"].to_pylist()
    assert done.notes == ("agency_scores: 21 rows are more than one sheet holds and stand on 3",)


def test_a_database_holds_the_same_rows_types_and_meanings(folder: Path, tmp_path: Path) -> None:
    export_datasets(folder, tmp_path / "ita.duckdb", "duckdb")
    with duckdb.connect(str(tmp_path / "ita.duckdb"), read_only=True) as database:
        for dataset in FIELDS.datasets:
            found = database.sql(f"select * from {dataset.name}").to_arrow_table()
            assert found.to_pylist() == table(folder, dataset.name).to_pylist()
            assert [kind.id for kind in found.schema.types] == [kind.id for kind in table(folder, dataset.name).schema.types]
        comments = dict(
            database.sql("select column_name, comment from duckdb_columns() where table_name = 'agency_scores'").fetchall()
        )
    score_column = FIELDS.dataset("agency_scores").column("score")
    assert comments["score"] == f"{score_column.description}\n{score_column.description_th}"
    assert [path.name for path in tmp_path.iterdir()] == ["ita.duckdb"]


def test_without_duckdb_the_message_says_what_to_install(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(UsageError, match="not installed") as caught:
        export_datasets(folder, tmp_path / "ita.duckdb", "duckdb")
    assert "ita-extract[duckdb]" in caught.value.advice
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", list(FORMS))
def test_what_is_there_already_is_left_alone_unless_it_is_to_be_replaced(form: str, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    place = out / f"agencies.{form}" if form in ("csv", "jsonl") else out
    place.parent.mkdir(exist_ok=True)
    place.write_text("mine")
    beside = place.with_name("other.txt")
    beside.write_text("mine too")
    with pytest.raises(UsageError, match="is there already") as caught:
        export_datasets(folder, out, form, ["documents", "agencies"])
    assert "--force" in caught.value.advice
    assert place.read_text() == "mine"
    export_datasets(folder, out, form, ["documents", "agencies"], force=True)
    assert place.stat().st_size > 100
    assert beside.read_text() == "mine too"


def test_a_full_disk_leaves_nothing_behind(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, datasets: Sequence[DatasetRows]) -> Iterator[str]:
        (path / "agencies.csv").write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device", str(path))
        yield ""

    monkeypatch.setitem(FORMS, "csv", full)
    with pytest.raises(StorageError, match="No space left"):
        export_datasets(folder, tmp_path / "new" / "out", "csv", ["agencies"])
    assert not (tmp_path / "new" / "out").exists()
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "agencies.csv").write_text("mine")
    with pytest.raises(StorageError):
        export_datasets(folder, tmp_path / "there", "csv", ["agencies"], force=True)
    assert [path.name for path in (tmp_path / "there").iterdir()] == ["agencies.csv"]
    assert (tmp_path / "there" / "agencies.csv").read_text() == "mine"


def test_mistakes_are_named(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no dataset 'agency'"):
        export_datasets(folder, tmp_path / "out", "csv", ["agency"])
    with pytest.raises(UsageError, match="no form 'ods'"):
        export_datasets(folder, tmp_path / "out", "ods")
    with pytest.raises(UsageError, match="no release"):
        export_datasets(tmp_path, tmp_path / "out")
    with pytest.raises(UsageError, match="is a folder"):
        export_datasets(folder, tmp_path, "xlsx")
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="is a file"):
        export_datasets(folder, tmp_path / "file", "csv")
    for inside in ("releases/mine", "store/mine", "current/mine"):
        with pytest.raises(UsageError, match="own files"):
            export_datasets(folder, folder / inside, "csv")


def test_the_command_says_what_was_written(folder: Path, tmp_path: Path) -> None:
    arguments = [
        "export",
        str(folder),
        "--format",
        "csv",
        "--out",
        str(tmp_path / "o"),
        "--dataset",
        "documents",
        "--dataset",
        "rejects",
    ]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    assert done.stdout.split("\n")[:2] == ["         3  documents", f"{len(HOSTILE) + 2:>10}  rejects"]
    assert "2 files" in done.stderr
    assert sorted(path.name for path in (tmp_path / "o").iterdir()) == ["documents.csv", "rejects.csv"]
    assert CliRunner().invoke(main, arguments).exit_code == 2


def test_thai_marks_take_no_width() -> None:
    texts = ["เมืองลำพูนที่นี่", "ก็", "น้ำ", "ผู้ใหญ่", "abc"]
    assert widths(pa.array(texts)).to_pylist() == list(map(cell_len, texts)) == [10, 1, 2, 4, 3]
