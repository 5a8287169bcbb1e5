"""The calls that take what is at hand: a path instead of bytes, the installed rules instead of others, a data folder here or at an
address."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .corrections import Corrections, read_corrections
from .datafolder import at_hand, held, prune_there
from .errors import DocumentError, ItaError, NothingReadError, UsageError
from .model.record import DocumentResult
from .model.source import SourceDocument
from .rulebook.load import Rulebook, load_rulebook
from .run.bucket import folder_here, is_address

if TYPE_CHECKING:
    from .dataset import Problem, Published
    from .dataset.diff import ReleaseDiff
    from .dataset.export import Exported
    from .dataset.prune import Pruned
    from .site import Site


def extract(
    source: str | Path | SourceDocument,
    rulebook: Rulebook | None = None,
    engine: str = "auto",
    *,
    corrections: str | Path | Corrections | None = None,
) -> DocumentResult:
    """All that one document gives: its records, rejects, checks and repairs, with what is known of every number.

    `source` is a file or its bytes; `engine` is `auto`, `pdfium`, `pdfplumber` or `ocr`; `corrections` is a file of decisions about
    its values. It is read here and now, by this process: `run_documents` is for many, and for those that nobody knows.
    A document that cannot be read is a result that says so in `document.error_code`. UsageError for a path that is no file;
    NothingReadError for a file whose bytes cannot be had.

        result = ita_extract.extract("announcement.pdf")
        [record for record in result.records if record.dataset == "agency_scores"]
    """
    from .pipeline import extract as extract_source

    rulebook = rulebook or load_rulebook()
    document = source if isinstance(source, SourceDocument) else source_at(Path(source))
    if corrections is not None and not isinstance(corrections, Corrections):
        corrections = read_corrections(corrections, rulebook.fields)
    decisions = corrections.of(document.document_id) if corrections else ()
    return extract_source(document, rulebook, engine, decisions=decisions)


def source_at(path: Path) -> SourceDocument:
    """The bytes of one file; fails as `extract` does."""
    from .reader import source_of
    from .run.sources import find_sources

    if path.is_dir():
        raise UsageError(f"{str(path)!r} is a folder", advice="Name one file; `run_documents` reads folders.")
    try:
        return source_of(find_sources([str(path)])[0])
    except DocumentError as error:
        raise NothingReadError(f"{path}: {error}", advice="See the list of codes in docs/errors.md.") from error


def write_dataset(results: Iterable[DocumentResult], folder: str | Path, rulebook: Rulebook | None = None) -> Published:
    """Publishes what `extract` gave into a data folder, here or at an address, beside all that is there already; `rulebook` is the
    one that read it.

    The release is the one that `run_documents` would make of the same documents. LockedError where another run holds the folder;
    StorageError where the disk refuses: then the previous release stands.

        ita_extract.write_dataset([ita_extract.extract("announcement.pdf")], "data")
    """
    from . import __version__
    from .dataset import Provenance, publish, put
    from .job import Places
    from .settling import settler

    rulebook = rulebook or load_rulebook()
    with held(folder) as data:
        for result in results:
            data.kept(put(data.folder, result, ONE_BY_ONE, rulebook.fields))
        provenance = Provenance(__version__, rulebook.digest)
        published = publish(
            data.folder,
            provenance,
            fields=rulebook.fields,
            places=Places(rulebook.folder),
            lock=data.lock,
            settle=settler(rulebook.frameworks),
        )
        data.published(published.release_id)
        return published


def verify(folder: str | Path) -> tuple[Problem, ...]:
    """All that is wrong with the current release of a data folder, () where all is well: files, hashes, schema, keys, counts.

    Where the release was made by the rules and the version installed here its arithmetic is proved again too; else it cannot be.
    StorageError where the disk refuses to be read.
    """
    from .dataset import verify as verify_release
    from .proof import prover

    with at_hand(folder) as here:
        older = read_by_others(here)
        return verify_release(here, None if older is None else prover(load_rulebook().frameworks, older))


def read_dataset(folder: str | Path, name: str, fiscal_year: int | Iterable[int] | None = None, *, as_arrow: bool = False) -> Any:
    """One dataset of the current release of a data folder, as a pandas DataFrame, or with `as_arrow` as an Arrow table.

    All years, one, or several (Buddhist Era); a year without rows gives none. In pandas whole numbers and truth values are the
    nullable `Int64` and `boolean`. From an address only the files of the dataset are brought.
    UsageError for a dataset or year that cannot be; DamagedReleaseError where the files are not what the release says.

        scores = ita_extract.read_dataset("data", "national_scores", 2567)
        scores.sort_values("rank_national").head(10)
    """
    from .dataset import read_dataset as read_here

    with at_hand(folder, (name,)) as here:
        return read_here(here, name, fiscal_year, as_arrow=as_arrow)


def export_datasets(
    folder: str | Path, out: str | Path, form: str = "csv", datasets: Iterable[str] = (), *, force: bool = False
) -> Exported:
    """Writes a release for other tools: the current one of a data folder or an address, or the one whose id begins as its end.

    `form` is `csv` or `jsonl`: a file for each dataset, all years together, in the folder `out`; or `xlsx` or `duckdb`: the file
    `out`. `datasets` names those wanted, all where it is empty. With `force` files of the same name are replaced.
    UsageError for a dataset or form that cannot be, and where a file is there already; StorageError where the disk refuses: then
    nothing of the export is there.

        ita_extract.export_datasets("data", "ita.xlsx", "xlsx", ["national_scores", "agencies"])
    """
    from .dataset.export import export_datasets as export_here

    chosen = tuple(datasets)
    with at_hand(folder, chosen) as here:
        return export_here(here, folder_here(out), form, chosen, force=force)


def diff_releases(old: str | Path, new: str | Path, most: int | None = None) -> ReleaseDiff:
    """Compares two releases, each a data folder or an address, which stand for the current one there, or with the beginning of an
    id behind it; keeps `most` changes of each dataset and kind, all where it is None.

    UsageError where one is no release; DamagedReleaseError where one cannot be read; StorageError where the disk refuses.

        diff = ita_extract.diff_releases("data/releases/5f3a…", "data")
        [change for change in diff.changes if change.dataset == "national_scores"]
    """
    from .dataset.diff import diff_releases as diff_here

    with at_hand(old) as one, at_hand(new) as other:
        return diff_here(one, other, most)


def write_site(folder: str | Path, out: str | Path, sources: Iterable[str | Path] = ()) -> Site:
    """Writes the site of a release into `out`: of the current release of a data folder or an address.

    `sources` are files and folders with the documents themselves; a document is known by its sha256, whatever its name. The review
    shows pictures of the rows of those that are found, and names page and box for the others. The same release and documents
    give the same bytes. `out` is replaced at once or not at all; UsageError where it is something else than a site.
    """
    from .site import write_site as write_here

    with at_hand(folder) as here:
        return write_here(here, folder_here(out), sources)


def prune(folder: str | Path, keep: int, *, dry_run: bool = False) -> Pruned:
    """Removes all releases of a data folder, here or at an address, but the `keep` newest (1 or more); never the current one.

    With `dry_run` nothing is removed, and what would be is told. What documents gave, in the store, stays.
    UsageError where there is no release, LockedError where a run holds the folder, StorageError where the disk refuses.
    """
    from .dataset.prune import prune as prune_here

    return (
        prune_there(str(folder), keep, dry_run=dry_run)
        if is_address(folder)
        else prune_here(folder_here(folder), keep, dry_run=dry_run)
    )


def read_by_others(folder: Path) -> frozenset[str] | None:
    """The documents of the current release that other code or rules read than those which published it, by the beginnings of ids.

    None where the release was not made by the rules and the version installed here, or that cannot be told.
    """
    from . import __version__
    from .dataset.descriptor import DescriptorError
    from .dataset.read import current_release, release_descriptor

    try:
        made = release_descriptor(current_release(folder)).provenance
        return frozenset(made.older) if (made.rules, made.code) == (load_rulebook().digest, __version__) else None
    except (ItaError, DescriptorError, OSError, ValueError):
        return None


ONE_BY_ONE = ""
"""The key of results that somebody made by hand: a run reads their documents again, for it cannot know how they were read."""
