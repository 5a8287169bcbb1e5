"""Nobody's list and nobody's redirect has this machine ask its own neighbours."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from ita_extract.fetch.address import addresses_of, is_public
from ita_extract.fetch.download import Downloader, FetchLimits
from ita_extract.fetch.failure import FetchError
from tests.fetch.server import Server, gives, pdf

QUICK = FetchLimits(seconds=5, stall=0.5, interval=0, backoff=0.01)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "255.255.255.255",  # noqa: S104
        "224.0.0.1", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::a00:1",
        "fd00:ec2::254",
    ],
)  # fmt: skip
def test_private_addresses_however_they_are_wrapped(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["203.150.1.1", "1.1.1.1", "2001:3c8:1::1", "::ffff:1.1.1.1", "64:ff9b::101:101"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0x7f.1", "2130706433", "127.1"])
def test_this_machine_is_not_asked_under_any_of_its_names(server: Server, tmp_path: Path, host: str) -> None:
    server.pages["/a.pdf"] = gives(pdf())
    downloader = Downloader("t", QUICK)
    with pytest.raises(FetchError) as error:
        downloader.fetch(f"http://{host}:{server.port}/a.pdf", tmp_path / "a.part")
    assert error.value.code in ("PRIVATE_ADDRESS", "UNREACHABLE")
    assert server.asked == []


def names(monkeypatch: pytest.MonkeyPatch, **hosts: tuple[str, ...]) -> None:
    def look_up(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        addresses = hosts.get(host.replace(".", "_"), (host,))
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def test_a_public_name_for_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, evil_test=("169.254.169.254",), mixed_test=("10.0.0.1", "1.1.1.1"))
    with pytest.raises(FetchError, match="PRIVATE_ADDRESS"):
        addresses_of("evil.test", 80, allow_private=False)
    assert addresses_of("evil.test", 80, allow_private=True) == ("169.254.169.254",)
    assert addresses_of("mixed.test", 80, allow_private=False) == ("1.1.1.1",)


def test_the_address_that_was_judged_is_the_one_that_is_asked(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that is public when it is looked up first and private the second time is looked up once."""
    asked: list[str] = []

    def look_up(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        address = "1.1.1.1" if asked.count(host) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    reached: list[str] = []

    def connect(address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
        reached.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", connect)
    limits = FetchLimits(seconds=5, stall=0.5, interval=0, attempts=1)
    downloader = Downloader("t", limits)
    with pytest.raises(FetchError):
        downloader.fetch("http://rebinding.test/a.pdf", tmp_path / "a.part")
    assert (asked, reached) == (["rebinding.test"], ["1.1.1.1"])


@pytest.mark.parametrize(
    ("host", "code"), [("127.0.0.1", "PRIVATE_ADDRESS"), ("localhost", "PRIVATE_ADDRESS"), ("metadata.internal", "PRIVATE_ADDRESS")]
)
def test_a_proxy_is_not_asked_for_private_addresses_either(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, code: str
) -> None:
    monkeypatch.setenv("http_proxy", server.url("/"))
    downloader = Downloader("t", QUICK)
    with pytest.raises(FetchError) as error:
        downloader.fetch(f"http://{host}/a.pdf", tmp_path / "a.part")
    assert error.value.code == code
    assert server.asked == []


def test_the_proxy_of_the_environment_is_used(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may lie in a private network, as most do, and looks up names that this machine cannot."""
    monkeypatch.setenv("http_proxy", f"http://user:word@127.0.0.1:{server.port}")
    server.pages["http://www.no-such.invalid/a.pdf"] = gives(pdf())
    downloader = Downloader("t", QUICK)
    downloader.fetch("http://www.no-such.invalid/a.pdf", tmp_path / "a.part")
    assert (tmp_path / "a.part").read_bytes() == pdf()
    (headers,) = server.headers("http://www.no-such.invalid/a.pdf")
    assert headers["proxy-authorization"].startswith("Basic ")
