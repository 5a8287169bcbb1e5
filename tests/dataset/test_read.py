"""Releases are read by what people have: pandas, DuckDB, polars, and this package."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pytest

from ita_extract.dataset import current_release, publish, put, read_dataset
from ita_extract.dataset.descriptor import read_descriptor
from ita_extract.errors import DamagedReleaseError, UsageError
from tests.dataset.build import FIELDS, KEY, MADE_BY, rich_result, score
from tests.dataset.build import result as made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of two documents."""
    data = tmp_path_factory.mktemp("data")
    put(data, rich_result("a", 2563), KEY)
    put(data, rich_result("b", 2564), KEY)
    publish(data, MADE_BY)
    return data


def test_pandas_keeps_whole_numbers_whole_and_absent_values_absent(folder: Path) -> None:
    frame = read_dataset(folder, "agency_scores", 2563)
    assert isinstance(frame, pd.DataFrame)
    assert str(frame.fiscal_year.dtype) == "Int64"
    assert str(frame.target_passed.dtype) == "boolean"
    assert set(frame.fiscal_year) == {2563}
    assert sorted(frame[frame.is_current_year].score) == [61.25, 62.25, 63.25, 64.25, 65.25]
    earlier = frame[~frame.is_current_year]
    assert earlier.target_passed.isna().all()
    assert earlier.grade.isna().all()


def test_pandas_reads_a_file_and_a_folder_by_itself(folder: Path) -> None:
    release = current_release(folder)
    one = pd.read_parquet(release / "agency_scores" / "2563.parquet")
    both = pd.read_parquet(release / "agency_scores")
    assert len(one) == 10
    assert len(both) == 20
    assert set(one.agency_name_printed) == {f"ทต.lp-{n:03}" for n in range(1, 6)}


def test_duckdb_reads_all_years_through_the_link(folder: Path) -> None:
    rows = duckdb.sql(
        f"select fiscal_year, count(*), max(score) from '{folder}/current/national_scores/*.parquet' group by 1 order by 1"
    ).fetchall()
    assert rows == [(2562, 5, 55.5), (2563, 5, 65.25), (2564, 5, 65.25)]
    described = duckdb.sql(f"describe select * from '{folder}/current/agency_scores/2563.parquet'").fetchall()
    assert {name: kind for name, kind, *_ in described}["bbox"] == "DOUBLE[]"


def test_polars_reads_lists_and_nulls(folder: Path) -> None:
    frame = pl.read_parquet(current_release(folder) / "agency_scores" / "*.parquet")
    assert frame.schema["bbox"] == pl.List(pl.Float64)
    assert frame["bbox"].to_list()[0] == [10.0, 20.0, 30.0, 40.0]
    assert frame.filter(~pl.col("is_current_year"))["grade"].null_count() == 10


def test_every_dataset_is_the_same_in_pandas_duckdb_polars_and_arrow(folder: Path) -> None:
    for name in FIELDS.names:
        table = read_dataset(folder, name, as_arrow=True)
        assert tuple(table.column_names) == FIELDS.dataset(name).names
        files = current_release(folder) / name
        if files.is_dir():
            polars = pl.read_parquet(files / "*.parquet")
            duck = duckdb.sql(f"select * from '{files}/*.parquet'").to_arrow_table()
            assert polars.to_dicts() == table.to_pylist(), name
            assert duck.to_pylist() == table.to_pylist(), name
        else:
            assert table.num_rows == 0, name


def test_one_year_several_years_and_years_without_rows(folder: Path) -> None:
    assert set(read_dataset(folder, "agency_scores", [2563, 2564]).fiscal_year) == {2563, 2564}
    empty = read_dataset(folder, "agency_scores", 2599)
    assert len(empty) == 0
    assert tuple(empty.columns) == FIELDS.dataset("agency_scores").names
    assert list(read_dataset(folder, "documents", 2564).file_name) == ["b.pdf"]
    assert len(read_dataset(folder, "measures")) == 0


def test_mistakes_are_named_with_what_was_meant(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no dataset 'agency_score'") as caught:
        read_dataset(folder, "agency_score")
    assert "'agency_scores'" in caught.value.advice
    with pytest.raises(UsageError, match="no fiscal years"):
        read_dataset(folder, "checks", 2563)
    with pytest.raises(UsageError, match="no release"):
        read_dataset(tmp_path, "agency_scores")
    with pytest.raises(UsageError, match="no release"):
        read_dataset(tmp_path / "missing", "agency_scores")
    (tmp_path / "CURRENT").write_text("../../etc\n")
    with pytest.raises(DamagedReleaseError, match="no release"):
        read_dataset(tmp_path, "agency_scores")


def test_a_file_that_is_no_parquet_is_damage_and_no_traceback(tmp_path: Path) -> None:
    put(tmp_path, rich_result("a"), KEY)
    release = publish(tmp_path, MADE_BY).path
    (release / "checks" / "all.parquet").write_bytes(b"PAR1 not at all PAR1")
    with pytest.raises(DamagedReleaseError, match="checks"):
        read_dataset(tmp_path, "checks")


def test_a_releases_own_folder_can_be_read_too(folder: Path) -> None:
    release = current_release(folder)
    assert current_release(release) == release
    assert len(read_dataset(release, "documents")) == 2


def test_reading_follows_current_when_a_release_is_pruned_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ita_extract.dataset import read

    put(tmp_path, made("a", score("1", "50")), KEY)
    old = publish(tmp_path, MADE_BY).path
    put(tmp_path, made("a", score("1", "60")), KEY)
    publish(tmp_path, MADE_BY)
    (old / "agency_scores" / "2563.parquet").unlink()
    answers = iter([old])
    monkeypatch.setattr(read, "current_release", lambda folder: next(answers, None) or current_release(folder))
    assert list(read_dataset(tmp_path, "agency_scores").score) == [60.0]


def test_the_descriptor_follows_the_data_package_standard_and_says_all_that_the_rules_say(folder: Path) -> None:
    release = current_release(folder)
    data = (release / "datapackage.json").read_bytes()
    package = json.loads(data)
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert package["licenses"][0]["name"]
    assert package["sources"][0]["title"]
    assert [resource["name"] for resource in package["resources"]] == list(FIELDS.names)
    for resource in package["resources"]:
        assert ("path" in resource) != ("data" in resource)
        assert resource["rows"] == len(read_dataset(folder, resource["name"]))
        assert resource["bytes"] == sum((release / path).stat().st_size for path in resource.get("path", []))
        assert all(field["description"] and field["description_th"] and field["type"] for field in resource["schema"]["fields"])
        assert resource["schema"]["primaryKey"] == list(FIELDS.dataset(resource["name"]).key)
    assert tuple(resource.dataset for resource in read_descriptor(data).resources) == FIELDS.datasets


def test_scores_come_back_as_the_two_decimals_that_were_printed(tmp_path: Path) -> None:
    values = [Decimal(number) / 100 for number in range(10001)]
    put(tmp_path, made("a", *(score(str(number), str(value)) for number, value in enumerate(values))), KEY)
    publish(tmp_path, MADE_BY)
    frame = read_dataset(tmp_path, "agency_scores")
    assert [Decimal(repr(value)) for value in frame.score] == [Decimal(repr(float(value))) for value in values]
    assert (frame.score_printed.map(Decimal).map(float) == frame.score).all()
