"""Entries, pages and heads as JSON, and back: strict and sized. Contents are base64 of salt and box."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

from seamwatch.coordinate.canonical import moment_text
from seamwatch.coordinate.feed import MOST_BOX, MOST_EPOCH
from seamwatch.coordinate.keys import SALT_BYTES
from seamwatch.errors import ShapeError
from seamwatch.model.exchange import Entry, Head, Heads, Item, Page, Sealed, Taken
from seamwatch.vocabulary.coordination import EntryKind

Json = dict[str, Any]

MOST_ITEMS = 1000
MOST_PAGE_BYTES = 24 << 20
MOST_HEADS = 10_000
MOST_NUMBER = 1 << 53
_MOST_HEADS_BYTES = 8 << 20
_EARLIEST, _LATEST = 1970, 2200

PartyId = Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,40}\Z")]
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
DigestOrNone = Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?\Z")]
Epoch = Annotated[int, Meta(ge=1, le=MOST_EPOCH)]
Number = Annotated[int, Meta(ge=1, le=MOST_NUMBER)]
Count = Annotated[int, Meta(ge=0, le=MOST_NUMBER)]


class EntryRow(Struct, forbid_unknown_fields=True):
    """An entry as JSON has it: `read_entry` makes one of it."""

    sender: PartyId
    receiver: PartyId
    epoch: Epoch
    number: Number
    kind: EntryKind
    subject: Annotated[str, Meta(pattern=r"^[ -~]{0,200}\Z")]
    version: Count
    digest: DigestOrNone
    at: Annotated[datetime, Meta(tz=True)]
    previous: DigestOrNone
    hash: Digest
    signature: Annotated[str, Meta(pattern=r"^[0-9a-f]{128}\Z")]


class _Sealed(Struct, forbid_unknown_fields=True):
    salt: Annotated[bytes, Meta(min_length=SALT_BYTES, max_length=SALT_BYTES)]
    box: Annotated[bytes, Meta(min_length=16, max_length=MOST_BOX)]


class _Item(Struct, forbid_unknown_fields=True):
    entry: EntryRow
    sealed: _Sealed | None


class HeadRow(Struct, forbid_unknown_fields=True):
    """A head as JSON has it: `read_head` makes one of it."""

    sender: PartyId
    receiver: PartyId
    epoch: Epoch
    number: Count
    hash: DigestOrNone


class _Heads(Struct, forbid_unknown_fields=True):
    feeds: Annotated[list[HeadRow], Meta(max_length=MOST_HEADS)]
    held: Annotated[list[HeadRow], Meta(max_length=MOST_HEADS)]
    charter: DigestOrNone


class _Page(Struct, forbid_unknown_fields=True):
    items: Annotated[list[_Item], Meta(max_length=MOST_ITEMS)]
    head: HeadRow


class _Taken(Struct, forbid_unknown_fields=True):
    new: Count
    known: Count
    problem: Annotated[str, Meta(pattern=r"^[a-z_]{1,40}\Z")] | None
    text: Annotated[str, Meta(max_length=1000)]
    head: HeadRow | None


# --- to JSON


def entry_json(entry: Entry) -> Json:
    """Return an entry as JSON."""
    return {
        "sender": entry.sender,
        "receiver": entry.receiver,
        "epoch": entry.epoch,
        "number": entry.number,
        "kind": entry.kind.value,
        "subject": entry.subject,
        "version": entry.version,
        "digest": entry.digest,
        "at": moment_text(entry.at),
        "previous": entry.previous,
        "hash": entry.hash,
        "signature": entry.signature,
    }


def item_json(item: Item) -> Json:
    """Return an item as JSON."""
    sealed = item.sealed
    return {
        "entry": entry_json(item.entry),
        "sealed": None if sealed is None else {"salt": _base64(sealed.salt), "box": _base64(sealed.box)},
    }


def head_json(head: Head) -> Json:
    """Return a head as JSON."""
    return {
        "sender": head.sender,
        "receiver": head.receiver,
        "epoch": head.epoch,
        "number": head.number,
        "hash": head.hash,
    }


def heads_json(heads: Heads) -> Json:
    """Return heads as JSON."""
    return {
        "feeds": [head_json(head) for head in heads.feeds],
        "held": [head_json(head) for head in heads.held],
        "charter": heads.charter,
    }


def page_json(page: Page) -> Json:
    """Return a page as JSON."""
    return {"items": [item_json(item) for item in page.items], "head": head_json(page.head)}


def taken_json(taken: Taken) -> Json:
    """Return what became of a page as JSON."""
    return {
        "new": taken.new,
        "known": taken.known,
        "problem": taken.problem,
        "text": taken.text[:1000],
        "head": None if taken.head is None else head_json(taken.head),
    }


def _base64(value: bytes) -> str:
    from base64 import b64encode

    return b64encode(value).decode("ascii")


# --- from JSON


def read_heads(body: bytes) -> Heads:
    """Return heads from JSON; ShapeError where it is none or too large."""
    row = _read(body, _HEADS, _MOST_HEADS_BYTES, "heads")
    return Heads(
        feeds=tuple(map(read_head, row.feeds)), held=tuple(map(read_head, row.held)), charter=row.charter
    )


def read_page(body: bytes) -> Page:
    """Return a page from JSON; ShapeError where it is none or too large."""
    return _page(_read(body, _PAGE, MOST_PAGE_BYTES, "page"))


def read_pages(body: bytes, most: int = 50) -> tuple[Page, ...]:
    """Return pages from a JSON list of at most `most`; ShapeError where it is none or too large."""
    rows = _read(body, _PAGES, MOST_PAGE_BYTES, "list of pages")
    if len(rows) > most:
        raise ShapeError(f"{len(rows)} pages at once, more than {most}: send fewer", code="too_large")
    return tuple(map(_page, rows))


def read_taken(body: bytes) -> tuple[Taken, ...]:
    """Return from a JSON list what became of pages; ShapeError where it is none."""
    rows = _read(body, _TAKENS, _MOST_HEADS_BYTES, "answer")
    return tuple(
        Taken(
            new=row.new,
            known=row.known,
            problem=row.problem,
            text=_line(row.text),
            head=None if row.head is None else read_head(row.head),
        )
        for row in rows
    )


T = TypeVar("T")
_HEADS = msgspec.json.Decoder(_Heads)
_PAGE = msgspec.json.Decoder(_Page)
_PAGES = msgspec.json.Decoder(list[_Page])
_TAKENS = msgspec.json.Decoder(list[_Taken])


def _read(body: bytes, decoder: msgspec.json.Decoder[T], most: int, what: str) -> T:
    if len(body) > most:
        raise ShapeError(
            f"the {what} has {len(body):,} bytes, more than {most:,}: it was not read", code="too_large"
        )
    try:
        return decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, OverflowError) as wrong:
        raise ShapeError(f"this is no {what} of an exchange: {str(wrong)[:300]}") from None


def read_head(row: HeadRow) -> Head:
    """Return the head of a row."""
    return Head(sender=row.sender, receiver=row.receiver, epoch=row.epoch, number=row.number, hash=row.hash)


def read_entry(row: EntryRow) -> Entry:
    """Return the entry of a row."""
    return Entry(
        sender=row.sender,
        receiver=row.receiver,
        epoch=row.epoch,
        number=row.number,
        kind=row.kind,
        subject=row.subject,
        version=row.version,
        digest=row.digest,
        at=_moment(row.at),
        previous=row.previous,
        hash=row.hash,
        signature=row.signature,
    )


def _line(text: str) -> str:
    # Another party's words are shown in a terminal: nothing in them steers it, or passes for a line of ours.
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _moment(at: datetime) -> datetime:
    # At the ends of the calendar a moment has none after it, or no place in UTC.
    if not _EARLIEST <= at.year <= _LATEST:
        raise ShapeError(f"an entry is dated {at.year}: its sender's clock is wrong")
    return at.astimezone(UTC)


def _items(rows: Sequence[_Item]) -> tuple[Item, ...]:
    return tuple(
        Item(
            entry=read_entry(row.entry),
            sealed=None if row.sealed is None else Sealed(salt=row.sealed.salt, box=row.sealed.box),
        )
        for row in rows
    )


def _page(row: _Page) -> Page:
    return Page(items=_items(row.items), head=read_head(row.head))
