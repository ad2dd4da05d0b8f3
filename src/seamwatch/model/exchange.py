"""Feeds: signed, numbered, hash-chained entries from one party to another, their contents beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from seamwatch.vocabulary.coordination import EntryKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of the feed from `sender` to `receiver`. It holds no content, so that it can stay for ever.

    `epoch` and `number` count from 1; a sender whose database was restored from a backup begins a new epoch.
    `subject` is the id of the record, request or document, `version` counts what was said of it. `digest` is
    the hex SHA-256 of the content's salt and box, "" where there is no content. `at` is the sender's clock.
    `previous` is the hash of the entry before in the epoch ("" for its first); `hash` is that of all fields
    above it, `signature` the sender's over that hash; all in hex.
    """

    sender: str
    receiver: str
    epoch: int
    number: int
    kind: EntryKind
    subject: str
    version: int
    digest: str
    at: datetime
    previous: str
    hash: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A content for two parties alone: a salt (32 bytes) and an encrypted box, erased together."""

    salt: bytes
    box: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An entry with its content, None where that was erased (withdrawn, or a newer version went out)."""

    entry: Entry
    sealed: Sealed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """How far a feed goes: its newest entry. Number 0 and hash "" of a feed without entries."""

    sender: str
    receiver: str
    epoch: int = 1
    number: int = 0
    hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """What a node tells a party that asks.

    `feeds` are the heads of all feeds to the party that the node holds; `held` those of the feeds from the
    party that the node has accepted. `charter` is the digest of the versions and notices in force there.
    """

    feeds: tuple[Head, ...] = ()
    held: tuple[Head, ...] = ()
    charter: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Consecutive entries of one feed, in order, and the head of that feed at the node that gave them."""

    items: tuple[Item, ...]
    head: Head


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a page: how many entries were new, how many known, and what was refused and why.

    `problem` is None or one stable word: "forged" (hash, signature or content does not fit), "fork" (another
    entry of this number was accepted before), "gap" (entries before it are missing), "not_party" (its sender
    is not active in the charter), "not_for_us", "rollback" (of an epoch that its sender left), "too_large".
    Nothing of a page after a problem is accepted.
    """

    new: int = 0
    known: int = 0
    problem: str | None = None
    text: str = ""
    head: Head | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedRecord:
    """One record of another party as it stands here.

    `state`: "shown", "withdrawn" (content erased), "held" (released again although withdrawn before at this
    version or a later one: the sender must say so anew), "missing" (its content was erased or lost on the
    way). `withdrawn` is the highest version that was withdrawn, 0 for none. `content` is the JSON as
    released, None where erased.
    """

    party: str
    record: str
    version: int
    state: str
    withdrawn: int = 0
    content: dict[str, Any] | None = None
    epoch: int = 1
    number: int = 0
    at: datetime | None = None
    carried_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SentRecord:
    """What the last entry about one own record to one party says, and whether that party has receipted it.

    `state`: "released" or "withdrawn". `digest` is that of the canonical content in clear, keyed with a
    secret of this node, so that the same content is not sent twice. `receipted` is when the receipt came,
    None yet. `field` is the one that the last release withdrew, None of others.
    """

    receiver: str
    record: str
    incident: str
    version: int
    state: str
    digest: str = ""
    epoch: int = 1
    number: int = 0
    at: datetime | None = None
    receipted: datetime | None = None
    why: str = ""
    field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """What is known of the line to one party: last contact, last success, last problem."""

    party: str
    tried: datetime | None = None
    reached: datetime | None = None
    problem: str | None = None
    etag: str | None = None
    counts: dict[str, int] = field(default_factory=dict)
