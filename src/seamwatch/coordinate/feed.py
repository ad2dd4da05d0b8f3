"""The rules of a feed: how an entry is made, what makes a run of entries genuine, what each refusal means.

An entry's hash covers all its fields and the hash before, its signature covers the hash. Whoever holds the
newest entry can therefore tell every change, loss and insertion before it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from seamwatch.coordinate.canonical import canonical, moment_text
from seamwatch.coordinate.keys import box_digest, verifies
from seamwatch.model.exchange import Entry, Head, Item
from seamwatch.vocabulary.coordination import EntryKind

if TYPE_CHECKING:
    from seamwatch.coordinate.keys import KeyRing

MOST_CONTENT = 1 << 20
"""Bytes of one content in clear."""

MOST_BOX = MOST_CONTENT + 16
"""Bytes of one box: the content and its tag."""

MOST_EPOCH = 1 << 31
SPOKEN = (EntryKind.RELEASE, EntryKind.WITHDRAWAL)
"""The kinds that say what holds of a record: of them the last word counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What of a run of items is genuine: how many are known, which are new, and the first problem."""

    known: int = 0
    new: tuple[Item, ...] = ()
    problem: str | None = None
    text: str = ""


def context_of(sender: str, receiver: str) -> bytes:
    """Return what a box says that it belongs to: its feed."""
    return f"{sender}>{receiver}".encode()


def entry_hash(entry: Entry) -> str:
    """Return the hash that an entry must bear: hex SHA-256 of the canonical JSON of its fields."""
    return hashlib.sha256(
        canonical(
            {
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
            }
        )
    ).hexdigest()


def make_entry(
    keys: KeyRing, head: Head, *, kind: EntryKind, subject: str, version: int, digest: str, at: datetime
) -> Entry:
    """Return the entry that follows a head, hashed and signed by its sender."""
    bare = Entry(
        sender=head.sender,
        receiver=head.receiver,
        epoch=head.epoch,
        number=head.number + 1,
        kind=kind,
        subject=subject,
        version=version,
        digest=digest,
        at=at,
        previous=head.hash,
    )
    made = entry_hash(bare)
    return replace(bare, hash=made, signature=keys.sign(bytes.fromhex(made)))


def head_of(entry: Entry) -> Head:
    """Return the head of a feed whose newest entry this is."""
    return Head(
        sender=entry.sender,
        receiver=entry.receiver,
        epoch=entry.epoch,
        number=entry.number,
        hash=entry.hash,
    )


def next_epoch(head: Head) -> Head:
    """Return the head from which a new epoch of a feed begins."""
    return Head(sender=head.sender, receiver=head.receiver, epoch=head.epoch + 1)


def is_signed(entry: Entry, sign_key: str) -> bool:
    """Return whether an entry bears its own hash, and the signature of this key over it."""
    return entry_hash(entry) == entry.hash and verifies(sign_key, bytes.fromhex(entry.hash), entry.signature)


def is_whole(item: Item) -> bool:
    """Return whether a content is the one that its entry names. An erased one always is."""
    return item.sealed is None or (item.entry.digest != "" and box_digest(item.sealed) == item.entry.digest)


def verify_items(items: Sequence[Item], *, head: Head, sign_key: str, known: Mapping[int, str]) -> Checked:
    """Return what of consecutive items of one epoch of a feed can be taken after its head.

    `known` holds the hashes of the entries held in the items' epoch, by number. The problem is None or a word
    of `Taken`: "forged", "fork" (signed by its sender, and yet another one than was accepted before), "gap"
    (entries before it are missing), "rollback" (of an epoch that its sender left), "too_large",
    "not_for_us" (of another feed).
    """
    seen = 0
    new: list[Item] = []
    at = head

    def stop(problem: str, text: str) -> Checked:
        return Checked(known=seen, new=tuple(new), problem=problem, text=text)

    for item in items:
        entry = item.entry
        name = f"entry {entry.number} of epoch {entry.epoch} from {entry.sender}"
        if (entry.sender, entry.receiver) != (head.sender, head.receiver):
            return stop("not_for_us", f"{name} to {entry.receiver} is of another feed than the page")
        if entry.epoch != items[0].entry.epoch:
            return stop("gap", f"{name}: a page holds entries of one epoch only")
        old = entry.epoch < head.epoch or (entry.epoch == head.epoch and entry.number <= head.number)
        if old and known.get(entry.number) == entry.hash:
            seen += 1
            continue
        # A new epoch begins from nothing.
        if at.epoch != entry.epoch:
            at = Head(sender=head.sender, receiver=head.receiver, epoch=entry.epoch)
        if not old and entry.number != at.number + 1:
            return stop("gap", f"{name}: {at.number + 1} comes next, fetch the entries from there")
        if not is_signed(entry, sign_key):
            return stop("forged", f"{name} does not bear its sender's signature")
        if old:
            if entry.number in known:
                return stop("fork", f"{name}: another one of this number was accepted before")
            return stop("rollback", f"{name}: its sender is in epoch {head.epoch} since")
        if entry.previous != at.hash:
            return stop("fork", f"{name} does not continue the entries that were accepted before it")
        if item.sealed is not None and len(item.sealed.box) > MOST_BOX:
            return stop("too_large", f"{name}: its content has more than {MOST_CONTENT} bytes")
        if not is_whole(item):
            return stop("forged", f"{name}: its content is not the one that it was signed with")
        new.append(item)
        at = head_of(entry)
    return Checked(known=seen, new=tuple(new))
