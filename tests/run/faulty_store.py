"""An object store in memory that fails when it is told to, and that can lose its client in the middle: what a SIGKILL leaves."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, ClassVar

import fsspec
from fsspec.implementations.local import LocalFileSystem
from fsspec.implementations.memory import MemoryFile, MemoryFileSystem

LOCKED = threading.RLock()


class Killed(BaseException):
    """The process is gone: nothing that it would do in leaving is done."""


class FaultyStore(MemoryFileSystem):
    """`fault` is asked before each request, with what it does and the name; what it raises is the answer."""

    protocol = ("faulty", "memory")
    store: ClassVar[dict[str, Any]] = {}
    pseudo_dirs: ClassVar[list[str]] = [""]
    fault: ClassVar[Callable[[str, str], None]] = staticmethod(lambda _does, _name: None)
    asked: ClassVar[list[tuple[str, str]]] = []
    exclusive = True

    @classmethod
    def _strip_protocol(cls, path: Any) -> str:
        return MemoryFileSystem._strip_protocol(str(path).removeprefix("faulty://"))

    def _ask(self, does: str, path: str) -> None:
        name = self._strip_protocol(path).removeprefix("/bucket/data").lstrip("/")
        with LOCKED:
            type(self).asked.append((does, name))
            type(self).fault(does, name)

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **_: Any) -> None:
        with LOCKED:
            self._ask("create" if mode == "create" else "put", path)
            super().pipe_file(path, value, mode=mode if self.exclusive else "overwrite")

    def cat_file(self, path: str, start: int | None = None, end: int | None = None, **_: Any) -> bytes:
        self._ask("get", path)
        return super().cat_file(path, start, end)

    def ls(self, path: str, detail: bool = True, **_: Any) -> Any:
        self._ask("list", path)
        with LOCKED:
            return super().ls(path, detail)

    def rm_file(self, path: str) -> None:
        with LOCKED:
            self._ask("delete", path)
            super().rm_file(path)

    @classmethod
    def clear(cls) -> None:
        cls.store.clear()
        cls.pseudo_dirs[:] = [""]
        cls.fault, cls.exclusive, cls.asked = staticmethod(lambda _does, _name: None), True, []

    @classmethod
    def lay(cls, name: str) -> None:
        """Puts an object under a name as it stands, whatever it looks like."""
        cls.store[f"/bucket/data/{name}"] = MemoryFile(None, f"/bucket/data/{name}", b"x")

    @classmethod
    def objects(cls) -> dict[str, bytes]:
        """What lies there, by its name."""
        return {path.removeprefix("/bucket/data/"): file.getvalue() for path, file in cls.store.items()}


class Folder(LocalFileSystem):
    """A folder of another machine: it shows files that are not yet written to their end."""

    protocol = "folder"

    @classmethod
    def _strip_protocol(cls, path: Any) -> str:
        return str(LocalFileSystem._strip_protocol(str(path).removeprefix("folder://")))


fsspec.register_implementation("folder", Folder, clobber=True)
fsspec.register_implementation("faulty", FaultyStore, clobber=True)
