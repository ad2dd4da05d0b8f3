"""Under which names the server may be asked, and what a proxy on this machine says of a request."""

from __future__ import annotations

import ipaddress
from contextlib import suppress
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from seamwatch.serve.options import ServeOptions

_PORTS = {"http": 80, "https": 443}
_FORWARDED = frozenset({b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip"})


def is_loopback(host: str) -> bool:
    """Return whether a name or address means this machine alone.

    >>> [is_loopback(h) for h in ("localhost", "127.0.0.1", "::1", "0.0.0.0", "example.org")]
    [True, True, True, False, False]
    """
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def seen_from_outside(scope: Scope, options: ServeOptions) -> Scope:
    """Return a request as the client made it: with its address, its scheme and the host that it asked.

    Only a proxy on this machine is believed, and only where the server was told that there is one.
    """
    scheme = "https" if options.tls else "http"
    peer = (scope.get("client") or ("", 0))[0]
    seen = {**scope, "scheme": scheme}
    if not options.behind_proxy or not is_loopback(peer):
        return seen
    headers = Headers(scope=scope)
    if _last(headers, "x-forwarded-proto").lower() == "https":
        seen["scheme"] = "https"
    with suppress(ValueError):
        seen["client"] = (str(ipaddress.ip_address(_last(headers, "x-forwarded-for"))), 0)
    host = _last(headers, "x-forwarded-host")
    if host:
        kept = [(name, value) for name, value in scope["headers"] if name != b"host"]
        seen["headers"] = [*kept, (b"host", host.encode("latin-1", "replace"))]
    return seen


def _last(headers: Headers, name: str) -> str:
    """Return the last value of a header that may stand there several times, as a list each, "" for none.

    It is what the proxy itself has seen, whether it wrote a line of its own or added to the client's; the
    others are what the client claims.
    """
    return ",".join(headers.getlist(name)).rpartition(",")[2].strip()


def is_forwarded(scope: Scope) -> bool:
    """Return whether a request says of itself that a proxy has passed it on."""
    return any(name in _FORWARDED for name, _ in scope["headers"])


def is_own_host(header: str, port: int | None, scheme: str = "http") -> bool:
    """Return whether a Host header names this machine and the port on which the server listens."""
    found = _host_and_port(header)
    return found is not None and is_loopback(found[0]) and (found[1] or _PORTS.get(scheme)) == port


def is_allowed_host(header: str, scheme: str, allowed: tuple[str, ...]) -> bool:
    """Return whether a Host header is one of the names that were allowed, with the port said there.

    >>> is_allowed_host("desk.example.org:443", "https", ("Desk.example.org",))
    True
    >>> is_allowed_host("desk.example.org:8443", "https", ("desk.example.org",))
    False
    """
    found = _host_and_port(header)
    own = _PORTS.get(scheme, 0)
    if found is None:
        return False
    for one in allowed:
        name = _host_and_port(one)
        if name is not None and (name[0], name[1] or own) == (found[0], found[1] or own):
            return True
    return False


def is_host(name: str) -> bool:
    """Return whether a text can be an allowed host: a name or an address, with a port or without."""
    return _host_and_port(name) is not None


def client_key(scope: Scope) -> str:
    """Return what stands for a client's address in counts: of IPv6 the network of one customer (/64)."""
    address = (scope.get("client") or ("", 0))[0]
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return str(address)
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped is not None:
            return str(known.ipv4_mapped)
        return str(ipaddress.ip_network((known, 64), strict=False))
    return str(known)


def _host_and_port(header: str) -> tuple[str, int | None] | None:
    try:
        parts = urlsplit(f"//{header}")
        port = parts.port
    except ValueError:
        return None
    if parts.path or parts.query or parts.fragment or parts.username is not None or not parts.hostname:
        return None
    return parts.hostname.rstrip("."), port
