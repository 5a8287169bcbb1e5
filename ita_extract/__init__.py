"""Thailand's published integrity assessments (ITA) as verified data.

Text that a PDF damaged, mended:

    >>> import ita_extract
    >>> ita_extract.repair_text("การด าเนินงาน").text
    'การดำเนินงาน'

One document, with everything that it says and what is known of every number:

    >>> from ita_extract.model.source import SourceDocument
    >>> note = SourceDocument.of("บันทึกข้อความ".encode(), "note.txt", "text/plain")  # a path will do as well
    >>> result = ita_extract.extract(note)
    >>> result.document.status, result.document.error_code, result.records
    ('unrecognised', 'NOT_ITA', ())

Many documents into a data folder, one dataset of it for pandas, and everything else that a command does:

    ita_extract.run_documents(["announcements/"], "data")                what `run` does; `preview_documents` is --dry-run
    ita_extract.read_dataset("data", "national_scores", 2567)            a DataFrame; as_arrow=True gives an Arrow table
    ita_extract.write_dataset([ita_extract.extract("a.pdf")], "data")    what `extract` gave, published
    ita_extract.verify("data")                                           () where the release is whole
    ita_extract.export_datasets("data", "ita.xlsx", "xlsx")              CSV, JSON Lines, Excel, DuckDB
    ita_extract.diff_releases("data/5f3a", "data")                       what changed, and why
    ita_extract.write_site("data", "site")                               what `report` does
    ita_extract.fetch_documents(...), ita_extract.prune(...)             documents from the web; old releases out
    ita_extract.inspect_page(...), ita_extract.read_contents(...)        one page as it was found; text and tables of a document

A data folder may be an address as well, such as "s3://bucket/data". Everything has type hints, and each name is imported when it
is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .lazy import lazily

__version__ = "0.1.0"

if TYPE_CHECKING:
    from .api import diff_releases, export_datasets, extract, prune, read_dataset, verify, write_dataset, write_site
    from .contents import read_contents
    from .corrections import read_corrections
    from .fetching import fetch_documents
    from .inspect import inspect_page
    from .job import run_documents
    from .preview import preview_documents
    from .repair import repair_text

_HOME = {
    "diff_releases": "api",
    "export_datasets": "api",
    "extract": "api",
    "fetch_documents": "fetching",
    "inspect_page": "inspect",
    "preview_documents": "preview",
    "prune": "api",
    "read_contents": "contents",
    "read_corrections": "corrections",
    "read_dataset": "api",
    "repair_text": "repair",
    "run_documents": "job",
    "verify": "api",
    "write_dataset": "api",
    "write_site": "api",
}

__all__ = [
    "__version__",
    "diff_releases",
    "export_datasets",
    "extract",
    "fetch_documents",
    "inspect_page",
    "preview_documents",
    "prune",
    "read_contents",
    "read_corrections",
    "read_dataset",
    "repair_text",
    "run_documents",
    "verify",
    "write_dataset",
    "write_site",
]

__getattr__, __dir__ = lazily(__name__, _HOME, "__version__")
