"""The engine for pictures of text: scans, photographs, pages whose text layer says nothing.

`read` gives the same `Page` as the other engines: characters with boxes, and the ruling lines as edges. How sure a page can be is
not the same: a number is read by the shapes of its digits, and a shape that cannot be told is U+FFFD, never a guess.
"""

from __future__ import annotations

from .memory import Cache, FolderCache
from .tesseract import missing, settings

__all__ = ["Cache", "FolderCache", "missing", "settings"]
"""What can be asked without loading OpenCV or Tesseract; the engine itself is `reading`."""
