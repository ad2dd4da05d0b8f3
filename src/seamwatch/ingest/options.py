"""What a caller says about its sources, and the limits that hold for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from seamwatch.ingest.web import PoliteClient

MOST_BYTES = 20_000_000


def _say_nothing(note: str) -> None:
    """Take a note and drop it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestOptions:
    """Options of `gather`.

    `title`, `published`, `source` and `language` win over what a document says; JSON lines keep their
    own and take only the missing ones (never the title, which belongs to one article). With `jsonl`
    every file is JSON Lines, whatever its name. `note` gets one line for what is no article and no
    error: files of other kinds in a folder, a page that did not change. `client` fetches URLs; without
    one `gather` makes its own, which remembers nothing between runs.
    """

    title: str | None = None
    published: date | None = None
    source: str | None = None
    language: str | None = None
    jsonl: bool = False
    most_bytes: int = MOST_BYTES
    stdin: BinaryIO | None = None
    note: Callable[[str], None] = _say_nothing
    client: PoliteClient | None = None
