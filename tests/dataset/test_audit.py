"""`verify`: one changed byte is found, and so is a release whose hashes are right and whose rows are not."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from ita_extract.dataset import Problem, current_release, publish, put, verify
from ita_extract.dataset.audit import PROBLEM_CODES
from ita_extract.model.record import Check
from tests.dataset.build import FIELDS, KEY, MADE_BY, rich_result, score
from tests.dataset.build import result as made


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of two documents."""
    folder = tmp_path_factory.mktemp("sound")
    put(folder, rich_result("a"), KEY)
    put(folder, rich_result("b", 2564), KEY)
    publish(folder, MADE_BY)
    return folder


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    """A copy of it to spoil."""
    shutil.copytree(sound, tmp_path, symlinks=True, dirs_exist_ok=True)
    return tmp_path


def codes(problems: tuple[Problem, ...]) -> set[str]:
    assert all(problem.code in PROBLEM_CODES for problem in problems)
    return {problem.code for problem in problems}


def test_a_published_release_is_sound(folder: Path) -> None:
    assert verify(folder) == ()


def changes(whole: bytes) -> tuple[bytes, ...]:
    """The bytes of a file with one changed: the first, the middle, the last; and with one too many."""
    changed = [whole[:at] + bytes([whole[at] ^ 0x01]) + whole[at + 1 :] for at in (0, len(whole) // 2, len(whole) - 1)]
    return (*changed, whole + b"\n")


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["one for each file", "all"])
def test_one_changed_byte_anywhere_is_found(every: bool, folder: Path) -> None:
    release = current_release(folder)
    files = sorted([folder / "CURRENT", *(path for path in release.rglob("*") if path.is_file())])
    assert len(files) > 15
    for number, path in enumerate(files):
        whole = path.read_bytes()
        all_of_them = changes(whole)
        for other in all_of_them if every else all_of_them[number % 4 :][:1]:
            path.write_bytes(other)
            assert verify(folder), path
        path.write_bytes(whole)
    assert verify(folder) == ()


def test_files_missing_and_files_too_many_are_found(folder: Path) -> None:
    release = current_release(folder)
    (release / "checks" / "extra.parquet").write_bytes(b"x")
    (release / "notes.txt").write_text("x")
    assert {problem.where for problem in verify(folder) if problem.code == "UNEXPECTED"} == {"checks/extra.parquet", "notes.txt"}
    (release / "checks" / "all.parquet").unlink()
    assert ("MISSING", "checks/all.parquet") in {(problem.code, problem.where) for problem in verify(folder)}


def test_a_folder_without_a_release_says_so(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "missing"):
        assert codes(verify(place)) == {"NO_RELEASE"}
    (tmp_path / "CURRENT").write_text("0" * 32 + "\n")
    assert codes(verify(tmp_path)) == {"NO_RELEASE"}


def test_the_descriptor_is_bound_to_the_releases_name(folder: Path) -> None:
    path = current_release(folder) / "datapackage.json"
    whole = path.read_text()
    path.write_text(whole.replace('"maximum": 100', '"maximum": 999'))
    assert codes(verify(folder)) == {"DESCRIPTOR"}
    path.unlink()
    assert codes(verify(folder)) == {"DESCRIPTOR"}


def test_a_link_that_leads_to_no_release_is_found_and_one_that_lags_is_not(folder: Path) -> None:
    link, old = folder / "current", current_release(folder)
    put(folder, rich_result("c"), KEY)
    publish(folder, MADE_BY)
    for target, wanted in ((f"releases/{old.name}", set()), ("releases/none", {"LINK"}), ("store", {"LINK"})):
        link.unlink()
        link.symlink_to(target)
        assert codes(verify(folder)) == wanted, target
    link.unlink()
    assert verify(folder) == ()


# ------------------------------------------------------------------------------------------- right hashes around wrong rows


def forge(folder: Path, path: str, change: Callable[[pa.Table], pa.Table]) -> None:
    """Changes a file of the current release and makes hashes, sizes, row counts, id and CURRENT fit, as a faulty writer would."""
    release = current_release(folder)
    table = change(pq.read_table(release / path, partitioning=None))
    pq.write_table(table, release / path)
    restamp(folder, {path: table.num_rows})


def restamp(folder: Path, rows: dict[str, int], edit: Callable[[dict[str, Any]], None] = lambda _: None) -> None:
    release = current_release(folder)
    package = json.loads((release / "datapackage.json").read_bytes())
    for resource in package["resources"]:
        joint = hashlib.sha256()
        for entry in resource["files"]:
            data = (release / entry["path"]).read_bytes()
            joint.update(data)
            entry.update(bytes=len(data), hash=f"sha256:{hashlib.sha256(data).hexdigest()}")
            entry["rows"] = rows.get(entry["path"], entry["rows"])
        resource["hash"] = f"sha256:{joint.hexdigest()}"
    edit(package)
    data = json.dumps(package, ensure_ascii=False).encode()
    (release / "datapackage.json").write_bytes(data)
    name = hashlib.sha256(data).hexdigest()[:32]
    release.rename(release.with_name(name))
    (folder / "CURRENT").write_text(f"{name}\n")
    (folder / "current").unlink(missing_ok=True)


def set_column(table: pa.Table, name: str, values: Any) -> pa.Table:
    at = table.column_names.index(name)
    return table.set_column(at, table.schema.field(name), pa.array(values, table.schema.field(name).type))


def set_cell(name: str, row: int, value: Any) -> Callable[[pa.Table], pa.Table]:
    def change(table: pa.Table) -> pa.Table:
        values = table[name].to_pylist()
        values[row] = value
        return set_column(table, name, values)

    return change


SCORES, YEAR = "agency_scores/2563.parquet", "type_summaries/2563.parquet"
FORGERIES: list[tuple[str, str, Callable[[pa.Table], pa.Table], set[str]]] = [
    ("nothing", SCORES, lambda table: table, set()),
    ("score above its limit", SCORES, set_cell("score", 2, 100.01), {"LIMIT"}),
    ("score that is not finite", SCORES, set_cell("score", 2, float("nan")), {"LIMIT"}),
    ("verification that does not exist", SCORES, set_cell("verification", 2, "sure"), {"LIMIT"}),
    ("empty text", SCORES, set_cell("grade", 2, ""), {"LIMIT"}),
    ("short bbox", SCORES, set_cell("bbox", 2, [1.0, 2.0, 3.0]), {"LIMIT"}),
    ("wrong document", "checks/all.parquet", set_cell("document_id", -1, "0" * 64), {"REFERENCE", "ORDER"}),
    ("short document id", "repairs/all.parquet", set_cell("document_id", 0, "0" * 63), {"LIMIT", "REFERENCE"}),
    ("unknown agency", SCORES, set_cell("agency_id", 2, "nobody"), {"REFERENCE"}),
    ("row lost", SCORES, lambda table: table.slice(1), {"COUNT", "ORDINAL"}),
    ("last row lost", YEAR, lambda table: table.slice(0, 0), {"COUNT"}),
    ("row twice", SCORES, lambda table: pa.concat_tables([table.slice(0, 1), table]), {"KEY", "COUNT"}),
    ("rows turned round", SCORES, lambda table: table.take(list(range(table.num_rows))[::-1]), {"ORDER"}),
    ("row of another year", SCORES, set_cell("fiscal_year", 2, 2564), {"YEAR"}),
    ("document counts", "documents/all.parquet", set_cell("record_count", 0, 3), {"COUNT"}),
    ("reject counts", "documents/all.parquet", set_cell("reject_count", 0, 3), {"COUNT"}),
    ("column gone", SCORES, lambda table: table.drop_columns(["district"]), {"SCHEMA"}),
    ("column of another type", SCORES, lambda t: t.set_column(0, "document_id", t["document_id"].cast("large_string")), {"SCHEMA"}),
    ("description changed", SCORES, lambda t: t.set_column(12, t.schema.field(12).with_metadata({"a": "b"}), t[12]), {"SCHEMA"}),
    ("dataset described otherwise", SCORES, lambda t: t.replace_schema_metadata({"title": "x"}), {"SCHEMA"}),
]


@pytest.mark.parametrize(("path", "change", "wanted"), [case[1:] for case in FORGERIES], ids=[case[0] for case in FORGERIES])
def test_wrong_rows_under_right_hashes_are_found(folder: Path, path: str, change: Any, wanted: set[str]) -> None:
    forge(folder, path, change)
    found = codes(verify(folder, rows=2))
    assert found >= wanted
    assert bool(found) is bool(wanted)
    assert "HASH" not in found


@pytest.mark.slow
@pytest.mark.parametrize(("path", "change"), [case[1:3] for case in FORGERIES], ids=[case[0] for case in FORGERIES])
def test_the_same_is_found_however_many_rows_are_read_at_a_time(folder: Path, path: str, change: Any) -> None:
    forge(folder, path, change)
    assert verify(folder) == verify(folder, rows=2) == verify(folder, rows=3)


def test_a_row_count_that_is_not_that_of_the_file_is_found(folder: Path) -> None:
    restamp(folder, {SCORES: 7})
    assert "ROWS" in codes(verify(folder))


def test_what_is_no_parquet_file_is_found_and_the_rest_still_judged(folder: Path) -> None:
    (current_release(folder) / "repairs" / "all.parquet").write_bytes(b"PAR1 nothing PAR1")
    restamp(folder, {})
    assert codes(verify(folder)) == {"UNREADABLE"}


@pytest.mark.parametrize("edit", [lambda p: p.pop("resources"), lambda p: p["resources"][2].pop("schema"), lambda p: p.clear()])
def test_a_descriptor_that_says_too_little_is_no_traceback(folder: Path, edit: Any) -> None:
    restamp(folder, {}, edit)
    assert codes(verify(folder)) == {"DESCRIPTOR"}


def test_a_million_faults_are_not_a_million_lines(folder: Path) -> None:
    put(folder, made("many", *(score(str(number), "50") for number in range(500))), KEY)
    publish(folder, MADE_BY)
    forge(folder, SCORES, lambda table: set_column(table, "score", [101.0] * table.num_rows))
    problems = verify(folder)
    assert len(problems) < 30
    assert any("more of this kind" in problem.detail for problem in problems)


# ------------------------------------------------------------------------------------------------- one thing with two values


def conflict(name: str) -> tuple[Any, Any]:
    return score("1", "80", row_no=4), score("1", "81", row_no=4)


def test_two_values_of_one_thing_in_a_document_need_a_check_that_says_so(tmp_path: Path) -> None:
    one, two = conflict("a")
    put(tmp_path, made("a", one, two), KEY)
    publish(tmp_path, MADE_BY)
    problems = verify(tmp_path)
    assert codes(problems) == {"CONFLICT"}
    dataset = FIELDS.dataset("agency_scores")
    thing = dataset.thing(lambda column: getattr(one, column, None))
    assert thing in problems[0].detail
    told = Check(identity=FIELDS.conflict_identity, subject=thing, expected="80", observed="81", tolerance="0", outcome="fails")
    put(tmp_path, made("a", one, two, checks=(told,)), KEY)
    publish(tmp_path, MADE_BY)
    assert verify(tmp_path) == ()


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (score("1", "80", row_no=4), score("1", "80", row_no=4)),
        (score("1", "80", row_no=4), score("1", "81", row_no=5)),
        (score("1", "80", 2563), score("1", "81", 2564)),
        (score("1", "80"), score("2", "81")),
        (score("1", "80", grade=None), score("1", "80", grade="A")),
        (score(None, "80", row_no=1, agency_name="ก"), score(None, "81", row_no=1, agency_name="ข")),
        (score(None, "80", row_no=1, district="ก"), score(None, "81", row_no=1, district="ข")),
    ],
    ids=["same value", "other row", "other year", "other agency", "one absent", "other name", "other place"],
)
def test_different_things_and_equal_values_are_no_conflict(tmp_path: Path, left: Any, right: Any) -> None:
    put(tmp_path, made("a", left, right), KEY)
    publish(tmp_path, MADE_BY)
    assert verify(tmp_path) == ()


def test_the_same_thing_in_two_documents_may_differ(tmp_path: Path) -> None:
    for name, row in zip("ab", conflict("a"), strict=True):
        put(tmp_path, made(name, row), KEY)
    publish(tmp_path, MADE_BY)
    assert verify(tmp_path) == ()


# ------------------------------------------------------------------------------------------------------------------ the prover


def test_a_prover_reads_the_tables_and_its_findings_are_problems(folder: Path) -> None:
    def prove(read: Callable[[str], pa.Table]) -> Iterator[tuple[str, str, str]]:
        low = read("agency_scores").filter(pc.less(pc.field("score"), 52))
        for row in low.to_pylist():
            yield "CONFLICT", "agency_scores", f"{row['score']} is low"

    found = verify(folder, prove)
    assert [problem.detail for problem in found] == ["51.5 is low"] * 2
    assert verify(folder, lambda read: ()) == ()


def test_a_prover_is_not_asked_about_a_damaged_release(folder: Path) -> None:
    (current_release(folder) / "notes.txt").write_text("x")
    assert codes(verify(folder, lambda read: pytest.fail("asked"))) == {"UNEXPECTED"}


def test_problems_say_code_place_and_detail() -> None:
    assert str(Problem("HASH", "checks/all.parquet", "1 byte")) == "HASH checks/all.parquet: 1 byte"
