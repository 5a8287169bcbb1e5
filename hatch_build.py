"""Compiles the C files of the package when it is built or installed, where a C compiler is found.

The package works without: a compiler that is missing, or that fails, is a message (`hatchling build`, `pip install -v`) and never a
failed install. A wheel that holds compiled parts says in its name for which platform it is, whatever the version of Python; one
that does not is for all. An editable install gets each part beside its source.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shlex
import shutil
import subprocess
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from packaging.tags import platform_tags

PARTS = (
    ("ita_extract/engines", "batch.c", "_batch.so", "pages will be read"),
    ("ita_extract/repair", "walk.c", "_walk.so", "text will be repaired"),
)
"""Folder, source, library, and what is slower without it."""
FLAGS = ("-O2", "-std=c99", "-ffp-contract=off", "-fPIC", "-shared")
"""Contracted, sums of doubles differ in the last bit from those of Python, on the machines that can."""


class CompiledPart(BuildHookInterface):  # type: ignore[type-arg]
    """hatchling's hook; `initialize` runs before the files of a wheel are gathered."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        self._made = Path(tempfile.mkdtemp(prefix="ita-extract-"))
        for folder, source, library, slower in PARTS:
            made = self._made / library
            if why := compile_part(Path(self.root) / folder / source, made):
                self.app.display_warning(f"{library} is not built, {slower} more slowly: {why}")
            elif version == "editable":
                replace(made, Path(self.root) / folder / library)
            else:
                build_data["force_include"][str(made)] = f"{folder}/{library}"
                build_data["pure_python"] = False
                build_data["tag"] = f"py3-none-{platform()}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        shutil.rmtree(self._made, ignore_errors=True)


def compile_part(source: Path, to: Path) -> str:
    """Compiles `source` into `to` and tries it. Returns why it could not be, "" where it could."""
    if os.name == "nt":
        return "it is not built on Windows"
    compiler = find_compiler()
    if not compiler:
        return "there is no C compiler (CC names none, and cc, gcc and clang are not on the path)"
    digest = hashlib.sha256(source.read_bytes().replace(b"\r\n", b"\n")).hexdigest()[:32]
    command = [*compiler, *FLAGS, f'-DITA_SOURCE="{digest}"', "-o", str(to), str(source)]
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, errors="replace", timeout=120)  # noqa: S603
        if done.returncode:
            return f"{shlex.join(command)} ended with {done.returncode}: {done.stderr.strip()[-500:]}"
        ctypes.CDLL(str(to))  # a compiler for another machine makes what cannot be loaded here
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return ""


def find_compiler() -> list[str]:
    """The command of a C compiler: what CC says, or the first of the usual ones."""
    named = os.environ.get("CC")
    if named is not None:
        return shlex.split(named)
    return next(([found] for found in map(shutil.which, ("cc", "gcc", "clang")) if found), [])


def replace(made: Path, place: Path) -> None:
    """Puts the new library in place at once: a process that runs keeps the one that it has loaded."""
    beside = place.with_name(f"{place.name}.{os.getpid()}")
    shutil.copyfile(made, beside)
    beside.replace(place)


def platform() -> str:
    """The platform part of the wheel's tag: of this machine alone, since no other was tried."""
    plain = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    return plain if plain.startswith("linux") else next(platform_tags(), plain)
