"""Tesseract behind one call. It is optional: an extra and two packages of the system; where they are missing, that is said.

The binding that works inside the process is used. The one that starts the program for every picture takes fifty times as long for
the cell of a table, which is read in three milliseconds.
"""

from __future__ import annotations

import hashlib
import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .memory import Memory, Said

LANGUAGES = ("tha", "eng")
FOLDERS = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
)
MODULES = {"tesserocr": "tesserocr", "cv2": "opencv-python-headless", "PIL": "pillow"}
MARGIN = 14
"""White pixels around a piece: without them the first letter is taken for a part of the border."""
PATIENCE = 20_000
"""Milliseconds after which the reading of one piece is given up."""
ONE_LINE, ONE_BLOCK = 7, 6
"""Page segmentation modes of Tesseract: a line, a block of lines."""


def missing() -> str | None:
    """What has to be installed before pictures can be read, in words for people; None where nothing is missing."""
    modules = [package for module, package in MODULES.items() if find_spec(module) is None]
    if modules:
        return f"{' and '.join(modules)} cannot be imported; pip install 'ita-extract[ocr]'"
    folder = data_folder()
    if folder is None:
        return (
            "Tesseract has no data for Thai and English; on Debian and Ubuntu apt-get install tesseract-ocr tesseract-ocr-tha, "
            "elsewhere let TESSDATA_PREFIX name the folder that holds tha.traineddata and eng.traineddata"
        )
    return None


def data_folder() -> Path | None:
    """The folder with the trained data of all `LANGUAGES`: what `TESSDATA_PREFIX` names, or where systems keep it."""
    told = os.environ.get("TESSDATA_PREFIX")
    known = (*((told, f"{told}/tessdata") if told else ()), *FOLDERS)
    folders = (Path(folder) for folder in known)
    return next((f for f in folders if all((f / f"{one}.traineddata").is_file() for one in LANGUAGES)), None)


def settings() -> str:
    """What a reading depends on beside the picture and the code: the version of Tesseract, the size of its data, and
    what was learnt of shapes; "" where it is missing."""
    folder = data_folder()
    if missing() or folder is None:
        return ""
    from importlib.metadata import version

    sizes = [(folder / f"{one}.traineddata").stat().st_size for one in LANGUAGES]
    learnt = hashlib.sha256(Path(__file__).with_name("glance.npz").read_bytes()).hexdigest()[:16]
    return f"tesserocr {version('tesserocr')} {sizes} {learnt}"


def read_line(image: NDArray[np.uint8], languages: str = "tha+eng", only: str = "", memory: Memory | None = None) -> Said:
    """The text of a picture of one line and how sure Tesseract is, 0 to 1. `only` are the characters that there may be.

    `memory`: what is known of the page; then LateError where the page has taken too long.
    """
    return _remembered(image, languages, only, ONE_LINE, memory)


def read_block(image: NDArray[np.uint8], languages: str = "tha+eng", memory: Memory | None = None) -> Said:
    """The same of several lines, parted by "\n"."""
    return _remembered(image, languages, "", ONE_BLOCK, memory)


def _remembered(image: NDArray[np.uint8], languages: str, only: str, mode: int, memory: Memory | None) -> Said:
    if memory is None:
        return _read(image, languages, only, mode)
    return memory.ask(image, f"{languages} {only} {mode}", lambda: _read(image, languages, only, mode))


def _read(image: NDArray[np.uint8], languages: str, only: str, mode: int) -> Said:
    import numpy as np

    framed = np.pad(image, MARGIN, constant_values=255)
    height, width = framed.shape
    api = _opened(languages, only)
    api.SetPageSegMode(mode)
    api.SetImageBytes(framed.tobytes(), width, height, 1, width)
    if not api.Recognize(PATIENCE):
        return "", 0.0
    lines = (" ".join(line.split()) for line in api.GetUTF8Text().splitlines())
    return "\n".join(line for line in lines if line), max(0, api.MeanTextConf()) / 100


@cache
def _opened(languages: str, only: str) -> Any:
    """Tesseract with these languages, opened once in a process: opening takes as long as thirty cells.

    It stays on one processor: the workers are processes, and its threads take longer over a cell than one of them.
    """
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    import tesserocr

    api = tesserocr.PyTessBaseAPI(path=str(data_folder()), lang=languages, oem=tesserocr.OEM.LSTM_ONLY)
    api.SetVariable("user_defined_dpi", "300")
    api.SetVariable("tessedit_char_whitelist", only)
    return api
