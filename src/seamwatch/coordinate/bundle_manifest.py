"""What a bundle says of itself: its signed manifest, how far feeds go at its maker, and its parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from seamwatch.coordinate.exchange_codec import MOST_PAGE_BYTES, DigestOrNone, EntryRow, HeadRow, PartyId
from seamwatch.model.exchange import Entry, Head, Page

MOST_PAGES = 20_000
MOST_HELD = 1000
"""Newest entries of the receiver's own feeds: one for each party that its maker holds some for."""


class Part(Struct, forbid_unknown_fields=True):
    """A part of the zip: a page, or the papers."""

    name: Annotated[str, Meta(pattern=r"^(pages/[0-9]{6}|papers)\.json\Z")]
    bytes: Annotated[int, Meta(ge=1, le=MOST_PAGE_BYTES)]
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]


class Manifest(Struct, forbid_unknown_fields=True):
    """What the maker of a bundle signs."""

    seamwatch: Annotated[str, Meta(pattern=r"^bundle [12]\Z")]
    sender: PartyId
    receiver: PartyId
    made: Annotated[datetime, Meta(tz=True)]
    charter: DigestOrNone
    pages: Annotated[list[Part], Meta(max_length=MOST_PAGES)]
    signature: Annotated[str, Meta(pattern=r"^[0-9a-f]{128}\Z")]
    # Bundles of the first kind have none of these.
    head: HeadRow | None = None
    held: Annotated[list[EntryRow], Meta(max_length=MOST_HELD)] = []
    papers: Part | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleHeads:
    """What a bundle tells beside its pages.

    `head` is that of its maker's own feed to the receiver, None in bundles of the first kind. `held` are the
    newest entries of the receiver's own feeds that its maker holds, `papers` the charters and notices that it
    goes by, as JSON.
    """

    head: Head | None = None
    held: Sequence[Entry] = ()
    papers: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """An opened bundle: who wrote it for whom and when, under which charter, and its pages in order.

    `digest` is the hex SHA-256 of its manifest. `pages` can be gone through once, while the bundle is open;
    it raises InputError at the first page that is not what the manifest says.
    """

    sender: str
    receiver: str
    made: datetime
    charter: str
    digest: str
    pages: Iterator[Page]
    heads: BundleHeads = field(default_factory=BundleHeads)
