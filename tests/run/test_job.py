"""What a run reads again and what it keeps, what it tells, and what it leaves behind when it is stopped."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import redirect_stderr
from pathlib import Path

import pytest

from ita_extract.dataset import verify
from ita_extract.dataset.store import recall
from ita_extract.errors import RulesError, StorageError, UsageError
from ita_extract.job import Summary, refuse_bad_rules, run_documents
from ita_extract.reader import key_of
from ita_extract.run.journal import Event, journal
from ita_extract.run.limits import Limits

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"
OF_2563 = SAMPLES / "announcement_2563_merged_head_no_title.pdf"
OF_2564 = SAMPLES / "announcement_2564_towns_split_am.pdf"
MEASURES = SAMPLES / "measures_2567_rows_parted_split_am.pdf"
ALL = (OF_2563, OF_2564, MEASURES)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "rules", tmp_path / "rules"))


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Summary]:
    """A data folder into which three documents were run; not to be changed."""
    out = tmp_path_factory.mktemp("done") / "data"
    return out, run_documents(ALL, out, workers=1)


@pytest.fixture
def again(done: tuple[Path, Summary], tmp_path: Path) -> Path:
    """A copy of it, to go on with."""
    return Path(shutil.copytree(done[0], tmp_path / "data", symlinks=True))


def reread(summary: Summary) -> set[str]:
    return {outcome.name for outcome in summary.outcomes if not outcome.reused}


def change(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def test_what_was_read_is_not_read_again(done: tuple[Path, Summary], again: Path) -> None:
    summary = run_documents(ALL, again, workers=1)
    assert reread(summary) == set()
    assert summary.release == done[1].release
    told = [(outcome.name, outcome.status, outcome.records, outcome.engine, outcome.pages) for outcome in summary.outcomes]
    assert told == [(outcome.name, outcome.status, outcome.records, outcome.engine, outcome.pages) for outcome in done[1].outcomes]


def test_without_resume_all_is_read_again_to_the_same_release(done: tuple[Path, Summary], again: Path) -> None:
    summary = run_documents(ALL[:1], again, workers=1, resume=False)
    assert reread(summary) == {OF_2563.name}
    assert summary.release == done[1].release


def test_a_torn_result_is_read_again(done: tuple[Path, Summary], again: Path) -> None:
    path = next((again / "store").glob(f"*/{done[1].outcomes[0].document_id}.arrow"))
    path.write_bytes(path.read_bytes()[:-100])
    summary = run_documents(ALL, again, workers=1)
    assert reread(summary) == {done[1].outcomes[0].name}
    assert summary.release == done[1].release


CHANGES: dict[str, tuple[str, str, str, set[str]]] = {
    "a remark": ("frameworks/2564.toml", "\n", "\n# changed\n", set()),
    "an item of another year": ("frameworks/2566.toml", 'section = "', 'section = "ใหม่ ', set()),
    "the target of a year": ("frameworks/2564.toml", "score = 85", "score = 84", {OF_2564.name}),
    "a mark of the script": ("thai/terms.tsv", "\n", "\n# changed\n", {path.name for path in ALL}),
    "what announcements call a year": (
        "layouts/announcement.toml",
        'year = ["',
        'year = ["ประจำปีใหม่ พ.ศ. {year}", "',
        {OF_2564.name},  # the other one has no title
    ),
    "a heading that any document could have": (
        "layouts/regional_report.toml",
        'headings = ["',
        'headings = ["หัวใหม่", "',
        {path.name for path in ALL},
    ),
}


def rules_again() -> None:
    """As a new process would: rules are read once in each."""
    from ita_extract.rulebook import fields, layouts, load

    for cached in (load.load_rulebook, layouts.load_layouts, key_of, fields._load):
        cached.cache_clear()


@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_rule_touches_only_those_documents_that_asked_it(what: str, rules: Path, done: tuple[Path, Summary]) -> None:
    def touched() -> set[str]:
        rules_again()
        key_now = key_of("auto", rules, Limits())
        return {outcome.name for outcome in done[1].outcomes if recall(done[0], outcome.document_id, key_now) is None}

    file, before, after, want = CHANGES[what]
    assert touched() == set(), "the same rules in another folder are the same rules"
    change(rules / file, before, after)
    assert touched() == want
    change(rules / file, after, before)
    assert touched() == set()


def test_a_year_that_is_new_touches_no_document_that_never_asked_for_it(rules: Path, done: tuple[Path, Summary]) -> None:
    """The change that is made every year; its grades are those of the year before."""
    text = (rules / "frameworks" / "2567.toml").read_text(encoding="utf-8")
    (rules / "frameworks" / "2570.toml").write_text(text.replace("2567", "2570"), encoding="utf-8")
    rules_again()
    key_now = key_of("auto", rules, Limits())
    assert all(recall(done[0], outcome.document_id, key_now) for outcome in done[1].outcomes)


def test_rules_that_changed_are_looked_through_again(rules: Path) -> None:
    """Those that were found good are not, by a process that runs often."""
    refuse_bad_rules(rules)
    change(rules / "frameworks" / "2564.toml", "score = 85", "scor = 85")
    for _ in range(2):
        with pytest.raises(RulesError, match=r"2564\.toml"):
            refuse_bad_rules(rules)
    change(rules / "frameworks" / "2564.toml", "scor = 85", "score = 85")
    refuse_bad_rules(rules)


@pytest.mark.slow
def test_what_is_kept_when_rules_change_is_what_would_be_read_today(rules: Path, again: Path, tmp_path: Path) -> None:
    change(rules / "frameworks" / "2564.toml", "score = 85", "score = 84")
    rules_again()
    summary = run_documents(ALL, again, workers=1, rules=rules)
    assert reread(summary) == {OF_2564.name}
    fresh = run_documents(ALL, tmp_path / "fresh", workers=1, rules=rules)
    assert summary.release == fresh.release


@pytest.mark.slow
def test_documents_that_come_later_are_published_with_those_before(done: tuple[Path, Summary], tmp_path: Path) -> None:
    out = tmp_path / "data"
    run_documents([OF_2563], out, workers=1)
    run_documents([MEASURES], out, workers=1)
    last = run_documents([OF_2564], out, workers=1)
    assert last.release == done[1].release
    assert len(last.outcomes) == 1


def test_a_document_that_took_too_long_is_quarantined_until_the_limits_change(tmp_path: Path) -> None:
    out = tmp_path / "data"
    few = Limits(max_pages=1)
    first = run_documents([OF_2563], out, workers=1, limits=few)
    assert [outcome.code for outcome in first.outcomes] == ["LIMIT_PAGES"]
    assert reread(run_documents([OF_2563], out, workers=1, limits=few)) == set()
    more = run_documents([OF_2563], out, workers=1)
    assert [(outcome.code, outcome.reused) for outcome in more.outcomes] == [(None, False)]
    assert reread(run_documents([OF_2563], out, workers=1, limits=few)) == set(), "a good result holds under any limits"


def test_a_file_that_could_not_be_had_leaves_no_trace_once_it_can(tmp_path: Path) -> None:
    source = tmp_path / "sources" / "a.pdf"
    source.parent.mkdir()
    source.symlink_to(tmp_path / "nowhere.pdf")
    out = tmp_path / "data"
    summary = run_documents([source.parent], out, workers=1)
    assert [outcome.code for outcome in summary.outcomes] == ["IO"]
    assert summary.exit_code() == 7
    source.unlink()
    shutil.copy(OF_2563, source)
    summary = run_documents([source.parent], out, workers=1)
    assert [outcome.code for outcome in summary.outcomes] == [None]
    assert summary.rows["documents"] == 1


def test_a_file_that_is_too_large_is_not_even_looked_at(tmp_path: Path) -> None:
    source = tmp_path / "large.pdf"
    with source.open("wb") as file:
        file.truncate(10 << 30)  # sparse
    began = time.process_time()
    summary = run_documents([source], tmp_path / "data", workers=1)
    assert [outcome.code for outcome in summary.outcomes] == ["LIMIT_BYTES"]
    assert time.process_time() - began < 5


def test_everything_that_happens_is_told_as_it_happens(tmp_path: Path) -> None:
    events: list[Event] = []
    (tmp_path / "bad.pdf").write_bytes(b"no")
    run_documents([OF_2563, tmp_path / "bad.pdf"], tmp_path / "data", workers=1, on_event=events.append)
    assert [event["event"] for event in events] == ["start", "document", "document", "end"]
    told = {event["name"]: event for event in events if event["event"] == "document"}
    assert told["bad.pdf"]["code"] == "NOT_PDF"
    assert told[OF_2563.name]["engine"] == "pdfium"
    assert told[OF_2563.name]["pages"] == 3
    assert 0 < told[OF_2563.name]["seconds"] < 60
    assert 20 << 20 < told[OF_2563.name]["memory"] < 1 << 30


def test_the_journal_is_one_line_of_json_an_event(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    for number in range(2):
        with journal(str(path)) as tell:
            tell({"event": "document", "name": "ประกาศ\n", "n": number})
            assert len(path.read_text(encoding="utf-8").splitlines()) == number + 1, "written at once"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [(line["name"], line["n"]) for line in lines] == [("ประกาศ\n", 0), ("ประกาศ\n", 1)]
    assert all(line["time"].endswith("Z") for line in lines)
    told = io.StringIO()
    with redirect_stderr(told), journal("-") as tell:
        tell({"event": "end"})
    assert json.loads(told.getvalue())["event"] == "end"
    with pytest.raises(StorageError, match="journal"), journal(str(tmp_path / "no" / "folder")):
        pass


def test_no_reader_is_left_behind_by_a_run_that_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        run_documents([tmp_path / "nothing.pdf"], tmp_path / "data")
    mine = subprocess.run(["ps", "-o", "args=", "--ppid", str(os.getpid())], capture_output=True, text=True, check=False).stdout
    assert "nursery" not in mine


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)], check=False).returncode:
        pytest.skip("only the superuser may mount a small disk")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=False)


@pytest.mark.slow
def test_a_disk_that_is_full_at_any_point_leaves_the_release_before(
    small_disk: Path, again: Path, done: tuple[Path, Summary]
) -> None:
    """Twenty amounts of room, from none to nearly enough."""
    out = Path(shutil.copytree(again, small_disk / "data", symlinks=True))
    before = done[1].release
    ballast = small_disk / "ballast"
    refused = 0
    for free in range(0, 400_000, 20_000):
        ballast.write_bytes(b"")
        shutil.rmtree(out)
        shutil.copytree(again, out, symlinks=True)
        ballast.write_bytes(bytes(max(0, shutil.disk_usage(small_disk).free - free)))
        try:
            run_documents([SAMPLES / "announcement_2565_subdistricts_private_use.pdf"], out, workers=1)
        except StorageError as error:
            assert error.exit_code == 5
            assert "space" in str(error)
            assert (out / "CURRENT").read_text().strip() == before
            refused += 1
        assert verify(out) == ()
        assert list((out / "releases").glob(".*")) == []
    assert refused >= 5


KILLED = "import sys; from ita_extract.job import run_documents; run_documents(sys.argv[2:], sys.argv[1], workers=2)"


@pytest.mark.slow
def test_a_run_that_is_killed_at_any_moment_goes_on_where_it_was(tmp_path: Path) -> None:
    """Twenty times, the run or one of its readers; `bench.kills` does it more often."""
    sources = sorted(SAMPLES.glob("announcement_*.pdf"))
    want = run_documents(sources, tmp_path / "whole", workers=2)
    seeded = random.Random(8)  # noqa: S311
    for turn in range(20):
        out = tmp_path / "killed"
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(out), *map(str, sources)], cwd=ROOT, stderr=subprocess.DEVNULL
        )
        time.sleep(seeded.uniform(0.2, 5))
        if turn % 2:
            process.kill()
        else:
            kill_one_of(process.pid, seeded)
        process.wait()
        if (out / "CURRENT").exists():
            assert verify(out) == (), turn
        if turn % 5 == 4:
            summary = run_documents(sources, out, workers=2)
            assert summary.release == want.release
            shutil.rmtree(out)


def kill_one_of(pid: int, seeded: random.Random) -> None:
    """Kills a process that another has started, or that those have started."""
    table = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(one): int(above) for one, above in (line.split() for line in table.splitlines())}
    below = [one for one in parents if pid in (parents[one], parents.get(parents[one]))]
    if below:
        os.kill(seeded.choice(below), signal.SIGKILL)
