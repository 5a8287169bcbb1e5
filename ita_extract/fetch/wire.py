"""The connection under httpx: no address that may not be asked, and no reading past the deadline.

A time limit on each read is none on the whole: a server that sends a byte of its headers every ten seconds passes it for days. And
an address that was looked up, judged, and is then looked up again to connect may be another one by then. So both are done here,
where the socket is opened and read.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from .address import addresses_of, is_public
from .failure import FetchError
from .pace import Clock


class Wire(httpx.BaseTransport):
    """An httpx transport that opens a connection of its own for every question.

    Connections are not kept: at one question a second nothing is won by it, and what a server sends beyond the length that it told
    would be read as the answer to the next question. Proxies of the environment (`https_proxy`, `no_proxy`) are used.
    """

    def __init__(self, clock: Clock, *, allow_private: bool) -> None:
        self._clock = clock
        self._allow_private = allow_private
        self._ssl: ssl.SSLContext | None = None
        self._proxies = getproxies()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        proxy = self._proxy(request.url)
        if proxy and not self._allow_private:
            _refuse_private_name(request.url.host)
        backend = _Backend(self._clock, allow_private=bool(proxy) or self._allow_private)
        if self._ssl is None and "https" in (request.url.scheme, (proxy or "").partition(":")[0]):
            self._ssl = httpx.create_ssl_context()
        if proxy:
            known = httpx.Proxy(proxy)  # takes name and password out of the address
            pool: httpcore.ConnectionPool = httpcore.HTTPProxy(
                str(known.url),
                proxy_auth=known.raw_auth,
                ssl_context=self._ssl,
                network_backend=backend,
                max_keepalive_connections=0,
            )
        else:
            pool = httpcore.ConnectionPool(ssl_context=self._ssl, network_backend=backend, max_keepalive_connections=0)
        url = request.url
        asked = httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            extensions=request.extensions,
        )
        try:
            answer = pool.handle_request(asked)
        except BaseException:
            pool.close()
            raise
        stream: Any = answer.stream
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(stream, pool), extensions=answer.extensions)

    def _proxy(self, url: httpx.URL) -> str | None:
        found = self._proxies.get(url.scheme) or self._proxies.get("all")
        return found if found and not proxy_bypass(url.host) else None


class _Body(httpx.SyncByteStream):
    """The body of an answer, with the connection that ends with it."""

    def __init__(self, stream: Any, pool: httpcore.ConnectionPool) -> None:
        self._stream = stream
        self._pool = pool

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        try:
            self._stream.close()
        finally:
            self._pool.close()


class _Backend(httpcore.NetworkBackend):
    def __init__(self, clock: Clock, *, allow_private: bool) -> None:
        self._inner = httpcore.SyncBackend()
        self._clock = clock
        self._allow_private = allow_private

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception | None = None
        for address in addresses_of(host, port, allow_private=self._allow_private):
            try:
                stream = self._inner.connect_tcp(address, port, self._clock.at_most(timeout), local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _Stream(stream, self._clock)
        raise failure or FetchError("UNREACHABLE")


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, clock: Clock) -> None:
        self._inner = inner
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._clock.at_most(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._clock.at_most(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, self._clock.at_most(timeout)), self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _refuse_private_name(host: str) -> None:
    """Behind a proxy it is the proxy that looks names up: what is left to judge here is a name that says itself where it leads."""
    try:
        private = not is_public(host)
    except ValueError:
        private = host.rstrip(".").rpartition(".")[2].lower() in ("localhost", "local", "internal", "")
    if private:
        raise FetchError("PRIVATE_ADDRESS", f"{host} is of a private network")
