"""Where the time of `run` goes, room by room, in one process: `python -m bench.stages FILE`."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .measure import median, table, take

HEAD = ("room", "seconds of CPU", "share")


class Stages:
    """Seconds of CPU by stage, in the order in which they came."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        started = time.process_time()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.process_time() - started


def go(path: Path, out: Path) -> dict[str, float]:
    """Reads a document as `run` does, one room after another."""
    stage = Stages()
    with stage("loading libraries"):
        from ita_extract import contents, pipeline
        from ita_extract.dataset import Provenance, lock_folder, publish
        from ita_extract.dataset.store import put
        from ita_extract.engines import pdfium
        from ita_extract.job import Places, refuse_bad_rules
        from ita_extract.model.source import SourceDocument
        from ita_extract.reader import ready
        from ita_extract.repair import repair_text
        from ita_extract.rulebook.load import load_rulebook
        from ita_extract.tables.content import read_content

        ready()
    with stage("rules"):
        rulebook = load_rulebook()
        refuse_bad_rules(rulebook.folder)
    source = SourceDocument.of(path.read_bytes(), path.name, "application/pdf")
    pages = []
    engine = iter(pdfium.read(source))
    while True:
        with stage("engine"):
            page = next(engine, None)
        if page is None:
            break
        with stage("tables"):
            pages.append(read_content(page))
    raw = contents.Contents("pdfium", tuple(pages), ())
    with stage("repair: evidence"):
        texts = contents.texts_of(raw)
        evidence = contents.survey(texts)
    with stage("repair: texts"):
        for text, trace in texts:
            repair_text(text, trace, evidence)
    with stage("repair: cells"):
        done = contents.repair_contents(raw, lambda text, trace: repair_text(text, trace, evidence))
    with stage("records, identity, checks"):
        result = pipeline.extract_contents(source, done, rulebook)
    with stage("store"):
        out.mkdir()
        put(out, result, "bench", rulebook.fields)
    with stage("publishing"), lock_folder(out) as lock:
        provenance = Provenance("bench", rulebook.digest)
        publish(out, provenance, fields=rulebook.fields, places=Places(rulebook.folder), lock=lock)
    return stage.seconds


def profile(path: Path, rounds: int) -> str:
    """The stages of one document as a Markdown table: medians, each round in a process of its own."""
    outputs = [take([sys.executable, "-m", "bench.stages", str(path.resolve())]).output for _ in range(rounds)]
    found = [json.loads(output) for output in outputs]
    seconds = {name: median(one[name] for one in found) for name in found[0]}
    total = sum(seconds.values())
    rows = [(name, f"{value:.2f}", f"{value / total:.0%}") for name, value in seconds.items()]
    return table(HEAD, [*rows, ("together", f"{total:.2f}", "")])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    with tempfile.TemporaryDirectory() as out:
        print(json.dumps(go(parser.parse_args().file, Path(out, "data"))))


if __name__ == "__main__":
    main()
