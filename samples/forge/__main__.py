"""Write every document of the catalogue and its expected rows: `python -m samples.forge [FOLDER]`."""

from __future__ import annotations

import sys
from pathlib import Path

from .catalogue import DOCUMENTS
from .ledger import table


def main(folder: Path) -> None:
    """Write `<stem>.pdf` and `expected/<stem>.<dataset>.csv` into `folder`; what the catalogue no longer has is removed."""
    expected = folder / "expected"
    expected.mkdir(parents=True, exist_ok=True)
    written = set()
    for stem, forge in DOCUMENTS.items():
        document = forge()
        written.add(folder / f"{stem}.pdf")
        (folder / f"{stem}.pdf").write_bytes(document.pdf)
        for dataset, rows in document.expected.items():
            path = expected / f"{stem}.{dataset}.csv"
            path.write_text(table(dataset, rows), encoding="utf-8", newline="\n")
            written.add(path)
        print(
            f"{stem}.pdf  {len(document.pdf):,} bytes, "
            + ", ".join(f"{len(rows)} {name}" for name, rows in document.expected.items())
        )
    for path in {*folder.glob("*.pdf"), *expected.glob("*.csv")} - written:
        path.unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent)
