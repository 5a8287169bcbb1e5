"""A release in parts: each document whole in one of them, and all together the release."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ita_extract.dataset import publish, put
from ita_extract.dataset.descriptor import read_descriptor
from ita_extract.dataset.parts import ReleaseTables
from tests.dataset.build import KEY, MADE_BY, result, rich_result, score

DOCUMENTS = 9


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Documents of one to many rows, of years that are files of their own; two speak of several years."""
    folder = tmp_path_factory.mktemp("parts")
    for number in range(DOCUMENTS - 2):
        rows = [score(str(row), f"{50 + row}", 2563 + number % 3) for row in range(number % 7)]
        put(folder, result(str(number), *rows), KEY)
    put(folder, rich_result("rich"), KEY)
    put(folder, result("years", *(score(str(year), "60", year) for year in (2563, 2564, 2565, 2563))), KEY)
    return publish(folder, MADE_BY).path


def tables(release: Path, rows: int) -> ReleaseTables:
    return ReleaseTables(release, read_descriptor((release / "datapackage.json").read_bytes()), rows)


def by_key(rows: list[dict[str, Any]], key: tuple[str, ...]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: tuple(row[name] for name in key))


@pytest.mark.parametrize("rows", [1, 3, 1_000])
def test_parts_are_whole_documents_and_together_the_release(rows: int, release: Path) -> None:
    whole = tables(release, rows)
    names = [name for name in whole.names if whole.by_document(name)]
    assert {"documents", "agency_scores", "checks", "rejects"} <= {*names} and "agencies" not in names
    seen: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    last, count = "", 0
    for part in whole.parts():
        ids = {row["document_id"] for name in names for row in part(name).to_pylist()}
        assert not ids or min(ids) > last, "none of them was there before"
        assert {row["document_id"] for row in part("documents").to_pylist()} == ids
        last, count = max(ids, default=last), count + 1
        assert part("agencies").num_rows == whole("agencies").num_rows
        for name in names:
            assert part(name).schema.equals(whole(name).schema, check_metadata=True)
            seen[name] += part(name).to_pylist()
    for name in names:
        key = whole.descriptor.resource(name).dataset.key  # type: ignore[union-attr]
        assert by_key(seen[name], key) == by_key(whole(name).to_pylist(), key), name
    assert len(seen["documents"]) == DOCUMENTS
    assert count >= DOCUMENTS / rows, "no more rows of a file than were asked for, and those of its last document"


def test_some_columns_of_some_datasets(release: Path) -> None:
    whole = tables(release, 3)
    parts = [part("agency_scores") for part in whole.parts(["agency_scores"], ["document_id", "record_no"])]
    assert {tuple(part.column_names) for part in parts} == {("document_id", "record_no")}
    assert sum(part.num_rows for part in parts) == whole("agency_scores").num_rows
    assert whole("agency_scores", ["score"]).column_names == ["score"]
    with pytest.raises(KeyError):
        whole("nothing")


def test_what_is_not_in_order_is_one_part(release: Path) -> None:
    """A dataset out of order could have rows of a document anywhere."""
    whole = tables(release, 2)
    whole.unsorted.add("checks")

    def parts(*names: str) -> Iterator[int]:
        return (part(names[0]).num_rows for part in whole.parts(names))

    assert [*parts("checks", "documents")] == [whole("checks").num_rows]
    assert len([*parts("documents")]) > 1
