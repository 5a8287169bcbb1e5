"""What a run learns of the documents that were fetched."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from ita_extract.fetch.download import FetchLimits
from ita_extract.fetch.list import Wanted
from ita_extract.fetch.origins import origins, package_sources
from ita_extract.fetching import fetch_documents
from ita_extract.run.sources import find_sources
from tests.fetch.server import Server, gives, pdf

QUICK = FetchLimits(seconds=5, stall=0.5, interval=0, backoff=0.01)


def test_a_run_finds_where_its_documents_came_from(server: Server, tmp_path: Path) -> None:
    server.pages = {"/a.pdf": gives(pdf()), "/b.pdf": gives(pdf()), "/c.pdf": gives(pdf("c"))}
    wanted = [Wanted(server.url("/a.pdf"), "ผล 2567"), Wanted(server.url("/b.pdf")), Wanted(server.url("/c.pdf"))]
    fetch_documents(wanted, tmp_path / "docs", limits=QUICK, allow_private=True)
    (tmp_path / "docs" / "by-hand.pdf").write_bytes(pdf("hand"))
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "x.pdf").write_bytes(pdf("x"))
    files = [source.path for source in find_sources([str(tmp_path / "docs"), str(tmp_path / "plain")])]
    assert len(files) == 4
    found = origins(files)
    assert {entry.url for entry in found} == {one.url for one in wanted}
    one, other = (hashlib.sha256(body).hexdigest() for body in (pdf(), pdf("c")))
    assert package_sources(found, {one}) == [
        {"title": "ผล 2567", "path": server.url("/a.pdf"), "version": f"sha256:{one}"},
        {"title": server.url("/b.pdf"), "path": server.url("/b.pdf"), "version": f"sha256:{one}"},
    ]
    later = [replace(entry, date="2030-01-01T00:00:00Z", checked="2030-01-01T00:00:00Z") for entry in reversed(found)]
    assert package_sources(later, {one, other}) == package_sources(found, {one, other})
