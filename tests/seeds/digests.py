"""What tests of seeds share: a seed read from end to end, and texts compared by digest, so that no sentence of a seed is kept here.

The gold files were written by reading the seeds: for each cell the lines that hold it, for each finding its codes and scores.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pytest

from ita_extract.model.record import AgencyScore, DocumentResult, IndicatorScore, ItemFinding, Measure, Record
from ita_extract.model.source import SourceDocument
from ita_extract.pipeline import extract
from ita_extract.rulebook.load import load_rulebook

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT.parent / "shared" / "seeds"
GOLD = Path(__file__).parent / "gold"
needs_seeds = pytest.mark.skipif(not SEEDS.is_dir(), reason="the seeds are not here: ../shared/seeds")
TEXTS = ("topic", "measure", "period", "responsible", "result", "analysis", "follow_up")
LISTS = ("steps", "outcomes")
R = TypeVar("R", bound=Record)


@cache
def read_seed(name: str) -> DocumentResult:
    path = SEEDS / f"{name}.txt"
    return extract(SourceDocument.of(path.read_bytes(), path.name, "text/plain"), load_rulebook())


@cache
def gold(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((GOLD / f"{name}.json").read_text(encoding="utf-8"))
    return found


def digest(text: str | None) -> dict[str, object] | None:
    """White space left out: how a line was broken is no part of what it says."""
    if text is None:
        return None
    bare = "".join(text.split())
    return {"sha": hashlib.sha256(bare.encode()).hexdigest()[:16], "letters": len(bare)}


def of_kind(kind: type[R], records: Iterable[Record]) -> list[R]:
    return [record for record in records if isinstance(record, kind)]


def measures_told(records: Iterable[Record]) -> list[dict[str, object]]:
    """The measures as a gold file tells them."""
    told = []
    for one in of_kind(Measure, records):
        row: dict[str, object] = {"seq": one.seq, "indicator_no": one.indicator_no}
        row |= {name: digest(getattr(one, name)) for name in TEXTS}
        told.append(row | {name: [digest(text) for text in getattr(one, name)] for name in LISTS})
    return told


def findings_told(records: Iterable[Record]) -> list[dict[str, object]]:
    return [
        {
            "seq": one.seq,
            "instrument": one.instrument,
            "item_codes": list(one.item_codes),
            "scores": list(map(str, one.scores)),
            "topic": digest(one.topic),
            "text": digest(one.text),
        }
        for one in of_kind(ItemFinding, records)
    ]


def indicators_told(records: Iterable[Record]) -> list[tuple[int, int, str, str | None]]:
    return [(one.fiscal_year, one.indicator_no, str(one.score), one.agency_name) for one in of_kind(IndicatorScore, records)]


def totals_told(records: Iterable[Record]) -> list[tuple[int, str, str | None, str]]:
    return [(one.fiscal_year, str(one.score), one.grade, one.agency_name) for one in of_kind(AgencyScore, records)]
