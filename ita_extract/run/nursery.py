"""Where reader processes are born: one process that has loaded all they need and forks one whenever it is asked to.

A fresh Python takes a second to load what a reader needs; a fork of one that has loaded it takes some milliseconds. So a document
that kills its reader costs little, and so does a reader that is replaced to be on the safe side.

The nursery is also the guardian: it alone waits for its children and so knows which of their ids are still theirs, it alone kills
them, with all that they have started, and it kills them all when whoever started it is gone, however that went.
"""

from __future__ import annotations

import gc
import os
import pickle
import selectors
import signal
import socket
import struct
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from . import child

FORK, KILL = 1, 2
_REQUEST = struct.Struct("=Bq")
_STATUS = struct.Struct("=idq")
_LENGTH = struct.Struct("=Q")
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1", "MKL_NUM_THREADS": "1"}
"""A reader is one of many and works alone: threads of its libraries would only take the place of other readers."""


class Nursery:
    """The nursery as seen by the process that started it. Any thread may ask it.

    `work` is what children do with a step; `prepare` is called once, before the first is born, with `arguments`. All must be
    importable.
    """

    def __init__(
        self,
        work: Callable[[Any], Any],
        preload: Iterable[str] = (),
        prepare: Callable[..., None] | None = None,
        arguments: tuple[Any, ...] = (),
    ) -> None:
        order = pickle.dumps((tuple(preload), prepare, arguments, work))
        brief = pickle.dumps((list(sys.path), order))
        self._control, theirs = socket.socketpair()
        root = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        command = [sys.executable, "-m", __name__, str(theirs.fileno())]
        self._process = subprocess.Popen(  # noqa: S603  our own module, under our own Python
            command,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            env={**ONE_THREAD, **os.environ, "PYTHONPATH": path},
        )
        theirs.close()
        self._lock = threading.Lock()
        self._asked = False
        with suppress(OSError):  # it died at once: the first who wants a child will see
            self._control.sendall(_LENGTH.pack(len(brief)) + brief)

    @property
    def pid(self) -> int:
        return self._process.pid

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def bear(self) -> tuple[socket.socket, int]:
        """A new child: the socket that leads to it, and a pipe that will say how it ended. Raises OSError where the nursery is
        gone."""
        ours, theirs = socket.socketpair()
        told, tell = os.pipe()
        try:
            with self._lock:
                self._asked = True
                socket.send_fds(self._control, [_REQUEST.pack(FORK, 0)], [theirs.fileno(), tell])
        except OSError:
            ours.close()
            os.close(told)
            raise
        finally:
            theirs.close()
            os.close(tell)
        return ours, told

    def kill(self, pid: int) -> None:
        """Ends a child and all that it has started, if it still lives."""
        with self._lock, suppress(OSError):
            self._control.sendall(_REQUEST.pack(KILL, pid))

    def close(self) -> None:
        """Ends the nursery and all its children. One that was never asked for a child is not waited for: it may still be loading,
        for a run that found nothing to read."""
        with self._lock:
            self._control.close()
            if not self._asked:
                self._process.kill()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@dataclass(frozen=True, slots=True)
class End:
    """How a child ended: its exit code, or minus the number of the signal that ended it; what it used of the processor, in seconds,
    in all its life; and the most bytes that it ever held."""

    code: int
    seconds: float
    memory: int


def how_it_ended(told: int, timeout: float) -> End | None:
    """The end of a child, from its pipe. None where its nursery is gone too."""
    with selectors.DefaultSelector() as selector:
        selector.register(told, selectors.EVENT_READ)
        if not selector.select(timeout):
            return None
    status = os.read(told, _STATUS.size)
    return End(*_STATUS.unpack(status)) if len(status) == _STATUS.size else None


def _serve(control: socket.socket) -> None:
    """The nursery's life."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    brief = _exactly(control, _LENGTH.unpack(_exactly(control, _LENGTH.size))[0])
    sys.path[:], order = pickle.loads(brief)  # noqa: S301  what the process that started this one has packed
    preload, prepare, arguments, work = pickle.loads(order)  # noqa: S301
    for name in preload:
        import_module(name)
    if prepare is not None:
        prepare(*arguments)
    gc.collect()
    gc.freeze()  # what is shared with the children stays shared
    warnings.filterwarnings("ignore", category=DeprecationWarning)  # of forks beside threads: there are none that work
    woken, wake = os.pipe()
    for handle in (woken, wake):
        os.set_blocking(handle, False)
    control.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    children: dict[int, int] = {}
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        selector.register(woken, selectors.EVENT_READ)
        while True:
            selector.select()
            with suppress(BlockingIOError):
                os.read(woken, 4096)
            _reap(children)
            with suppress(BlockingIOError):
                request, handles, _, _ = socket.recv_fds(control, _REQUEST.size, 2)
                if not request:
                    break
                kind, pid = _REQUEST.unpack(request)
                if kind == FORK:
                    _bear(children, handles, work)
                elif pid in children:
                    _kill(pid)
    for pid in children:
        _kill(pid)


def _bear(children: dict[int, int], handles: list[int], work: Callable[[Any], Any]) -> None:
    connection, tell = handles
    nursery = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            child.become_child(connection, nursery)
            child.live(Connection(connection), work)
        except BaseException:
            if os.environ.get("ITA_EXTRACT_DEBUG"):
                raise
        finally:
            os._exit(70)
    os.close(connection)
    children[pid] = tell


def _reap(children: dict[int, int]) -> None:
    """Tells of every child that has ended. What it had started is ended too: the id of its group is its own until it is waited
    for."""
    for pid in list(children):
        ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if ended is not None:
            _kill(pid)
            _, status, used = os.wait4(pid, 0)
            tell = children.pop(pid)
            peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
            with suppress(OSError):
                os.write(tell, _STATUS.pack(os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, peak))
            os.close(tell)


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    with suppress(ProcessLookupError, PermissionError):  # born a moment ago, it may not lead a group yet
        os.kill(pid, signal.SIGKILL)


def _exactly(stream: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        part = stream.recv(size - len(data))
        if not part:
            sys.exit(0)
        data += part
    return bytes(data)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
