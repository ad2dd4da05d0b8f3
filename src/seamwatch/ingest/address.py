"""Web addresses: what may be fetched, how they are shown, and which lead into a private network."""

from __future__ import annotations

import ipaddress
import re
import socket
from urllib.parse import urlsplit, urlunsplit

from seamwatch.errors import FetchError

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")

_USER = re.compile(r"(?<=://)[^/?#]*@")


def is_url(source: str) -> bool:
    """Return whether a source is written as a URL of any kind, not as a path."""
    return _SCHEME.match(source) is not None


def check_url(url: str) -> str:
    """Return the URL without its fragment; raise FetchError where it is not http(s) or names no host."""
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
    except ValueError as wrong:
        raise FetchError(f"this is no valid URL ({wrong}); check it", code="bad_url") from None
    if parts.scheme.lower() not in ("http", "https"):
        raise FetchError(
            f"{parts.scheme}:// can't be fetched; give an http(s) URL, or a path for a file", code="bad_url"
        )
    if not host:
        raise FetchError("this URL names no host; write it as https://host/path", code="bad_url")
    return urlunsplit(parts._replace(fragment=""))


def show_url(url: str) -> str:
    """Return a URL without user name and password.

    >>> show_url("https://me:secret@example.org/a?b=1")
    'https://example.org/a?b=1'
    """
    shown = _USER.sub("", url)
    return shown.encode("utf-8", errors="replace").decode("utf-8")


class PrivateHosts:
    """Tells hosts of the private network (loopback, 10.0.0.0/8, ...); each is looked up once."""

    def __init__(self) -> None:
        self._known: dict[str, bool] = {}

    def is_private(self, url: str) -> bool:
        """Return whether any address of the URL's host is not a public one. An unknown host is public."""
        host = urlsplit(url).hostname or ""
        if host not in self._known:
            self._known[host] = _is_private(host)
        return self._known[host]


def _is_private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        pass
    try:
        found = socket.getaddrinfo(host, None, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError):
        return False
    return any(not ipaddress.ip_address(str(info[4][0]).partition("%")[0]).is_global for info in found)
