"""https: a server that cannot prove who it is gives nothing; one that can is read."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import HTTPServer
from pathlib import Path

import pytest

from ita_extract.fetch.download import Downloader, FetchLimits
from ita_extract.fetch.failure import FetchError
from tests.fetch.server import Handler, Server, gives, pdf

QUICK = FetchLimits(seconds=10, stall=2, interval=0, backoff=0.01)
OPENSSL = shutil.which("openssl")
pytestmark = pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed: no certificate can be made")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of this machine's own, with its key in the same file."""
    path = tmp_path / "own.pem"
    name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        *name,
        "-keyout",
        path,
        "-out",
        tmp_path / "c.pem",
    ]
    subprocess.run(made, check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + (tmp_path / "c.pem").read_bytes())
    return path


@pytest.fixture
def secure(certificate: Path) -> Iterator[Server]:
    handler = type("SecureHandler", (Handler,), {})
    with HTTPServer(("127.0.0.1", 0), handler) as http:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        http.socket = context.wrap_socket(http.socket, server_side=True)
        http.handle_error = lambda *_: None  # type: ignore[method-assign]
        handler.owner = owner = Server(http.server_address[1])  # type: ignore[attr-defined]
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield owner
        http.shutdown()
        thread.join(5)


def test_a_certificate_that_nobody_trusts(secure: Server, tmp_path: Path) -> None:
    secure.pages["/a.pdf"] = gives(pdf())
    with pytest.raises(FetchError) as error:
        Downloader("t", QUICK, allow_private=True).fetch(f"https://localhost:{secure.port}/a.pdf", tmp_path / "a.part")
    assert error.value.code == "CERTIFICATE"
    assert secure.asked == []


def test_a_certificate_that_is_trusted(secure: Server, certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secure.pages["/a.pdf"] = gives(pdf())
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "c.pem"))
    downloader = Downloader("t", QUICK, allow_private=True)
    downloader.fetch(f"https://localhost:{secure.port}/a.pdf", tmp_path / "a.part")
    assert (tmp_path / "a.part").read_bytes() == pdf()
    with pytest.raises(FetchError) as error:
        downloader.fetch(f"https://127.0.0.1:{secure.port}/a.pdf", tmp_path / "b.part")
    assert error.value.code == "CERTIFICATE", "the name is judged, not the address"
