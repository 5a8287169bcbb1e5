"""`ita-extract --help` answers at once: what costs a second to import is imported where it is used."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = {
    "numpy",
    "pandas",
    "pyarrow",
    "pdfplumber",
    "pdfminer",
    "pypdfium2",
    "pypdfium2_raw",
    "pythainlp",
    "rapidfuzz",
    "PIL",
    "httpcore",
    "httpx",
    "multiprocessing",
}
COMMANDS = ["run", "fetch", "prune", "text", "tables", "inspect", "repair", "verify", "report", "rules"]

PROGRAM = """
import json, sys
from ita_extract.cli import main
sys.argv = ["ita-extract", *json.loads(sys.argv[1])]
try:
    main()
except SystemExit as end:
    if end.code:
        raise
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})), file=sys.stderr)
"""


def modules_after(*arguments: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", PROGRAM, json.dumps(arguments)], capture_output=True, text=True, check=True)
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], *([command, "--help"] for command in COMMANDS)], ids=" ".join)
def test_nothing_heavy_is_imported_to_answer(arguments: list[str]) -> None:
    loaded = modules_after(*arguments)
    assert "click" in loaded
    assert loaded & HEAVY == set()
