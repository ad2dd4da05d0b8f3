"""What is kept of a page between runs, so that it is asked for again only if it changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """A page's ETag and Last-Modified, as its server gave them."""

    etag: str | None = None
    last_modified: str | None = None

    def headers(self) -> dict[str, str]:
        """Return the request headers of a conditional GET."""
        pairs = (("If-None-Match", self.etag), ("If-Modified-Since", self.last_modified))
        return {name: value for name, value in pairs if value}


class FetchMemory(Protocol):
    """Keeps validators by URL. A store implements it; `put` replaces what was there."""

    def get(self, url: str) -> Validators | None:
        """Return what is known of a URL, or None."""
        ...

    def put(self, url: str, validators: Validators) -> None:
        """Keep what is known of a URL."""
        ...


class SessionMemory:
    """A FetchMemory that lasts as long as the program."""

    def __init__(self) -> None:
        self._known: dict[str, Validators] = {}

    def get(self, url: str) -> Validators | None:
        """Return what is known of a URL, or None."""
        return self._known.get(url)

    def put(self, url: str, validators: Validators) -> None:
        """Keep what is known of a URL."""
        self._known[url] = validators
