"""Which network addresses may be asked.

A list may come from a page that somebody else wrote, and any server may redirect: without a guard both could have this machine ask
its own neighbours (a router's settings, a cloud's store of keys at 169.254.169.254) and keep the answer.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import TypeAlias

from .failure import FetchError

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether a numeric IP address is one of the public internet, whatever IPv4 address it wraps included.

    >>> [is_public(one) for one in ("203.150.1.1", "2001:3c8::1", "127.0.0.1", "::ffff:10.0.0.1", "169.254.169.254")]
    [True, True, False, False, False]
    """
    number = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(number, ipaddress.IPv6Address):
        inner = number.ipv4_mapped or number.sixtofour
        if number in _NAT64:
            inner = ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
        if inner is not None:
            return _is_public(inner)
    return _is_public(number)


def _is_public(number: Address) -> bool:
    return number.is_global and not number.is_multicast


def addresses_of(host: str, port: int, *, allow_private: bool) -> tuple[str, ...]:
    """The numeric addresses of a host that may be asked, in the order in which the system would try them.

    FetchError PRIVATE_ADDRESS where it has none but private ones; UNREACHABLE where it has none at all.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise FetchError("UNREACHABLE", f"no address is known of {host}: {why}", again=True) from error
    every = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
    usable = every if allow_private else tuple(one for one in every if is_public(one))
    if not usable:
        raise FetchError("PRIVATE_ADDRESS", f"{host} is {', '.join(every[:3])}, of a private network")
    return usable
