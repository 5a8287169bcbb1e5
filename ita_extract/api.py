"""The calls for one document that take what is at hand: a path instead of bytes, the installed rules instead of others."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from .corrections import Corrections, read_corrections
from .errors import DocumentError, ItaError, NothingReadError, UsageError
from .model.record import DocumentResult
from .model.source import SourceDocument
from .rulebook.load import Rulebook, load_rulebook

if TYPE_CHECKING:
    from .dataset import Problem, Published


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
    """Publishes what `extract` gave into a data folder, beside all that is there already; `rulebook` is the one that read it.

    The release is the one that `run_documents` would make of the same documents. LockedError where another run holds the folder;
    StorageError where the disk refuses: then the previous release stands.

        ita_extract.write_dataset([ita_extract.extract("announcement.pdf")], "data")
    """
    from . import __version__
    from .dataset import Provenance, lock_folder, publish, put
    from .job import Places
    from .settling import settler

    rulebook, folder = rulebook or load_rulebook(), Path(folder)
    with lock_folder(folder) as lock:
        for result in results:
            put(folder, result, ONE_BY_ONE, rulebook.fields)
        provenance = Provenance(__version__, rulebook.digest)
        return publish(
            folder,
            provenance,
            fields=rulebook.fields,
            places=Places(rulebook.folder),
            lock=lock,
            settle=settler(rulebook.frameworks),
        )


def verify(folder: str | Path) -> tuple[Problem, ...]:
    """All that is wrong with the current release of a data folder, () where all is well: files, hashes, schema, keys, counts.

    Where the release was made by the rules and the version installed here its arithmetic is proved again too; else it cannot be.
    StorageError where the disk refuses to be read.
    """
    from .dataset import verify as verify_release
    from .proof import prover

    folder = Path(folder)
    older = read_by_others(folder)
    return verify_release(folder, None if older is None else prover(load_rulebook().frameworks, older))


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
