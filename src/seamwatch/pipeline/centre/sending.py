"""Saying something to another party: entries appended, records released and withdrawn."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from seamwatch.coordinate.canonical import canonical
from seamwatch.coordinate.feed import MOST_CONTENT, SPOKEN, context_of, head_of, make_entry
from seamwatch.coordinate.keys import box_digest
from seamwatch.errors import InputError, SeamwatchError
from seamwatch.model.exchange import Entry, Head, Item, SentRecord
from seamwatch.pipeline.centre.noting import audit
from seamwatch.vocabulary.coordination import EntryKind

if TYPE_CHECKING:
    from seamwatch.model.party import Party
    from seamwatch.pipeline.centre.node import Node
    from seamwatch.store.base import Store

BEFORE_RESTORE = "withdrawn before this node was restored from a backup"
"""Why a record stays withdrawn after a restore, until a person releases it anew."""

_ALWAYS = frozenset({EntryKind.NOTICE, EntryKind.CHARTER})
RUN = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What an entry is to say."""

    kind: EntryKind
    subject: str
    version: int
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A record to release: see `Node.release`."""

    record: str
    incident: str
    content: Mapping[str, Any]
    why: str = ""
    field: str | None = None
    anew: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A record, or one field of it, that was withdrawn; when each receiver receipted that (None: not yet)."""

    record: str
    incident: str
    field: str | None
    why: str
    at: datetime | None
    receivers: tuple[tuple[str, datetime | None], ...]


# --- entries


def append_all(node: Node, receiver: str, drafts: Sequence[Draft]) -> tuple[Entry, ...]:
    """Append entries to the feed to a party, all or none; see `Node.append` for what is refused."""
    with node.store.transaction():
        party = _receiver(node, receiver, [draft.kind for draft in drafts])
        return add_drafts(node, party, _ready(node, party), drafts)


def _ready(node: Node, party: Party) -> Head:
    """Return the head of the feed to a party, of a new epoch where one must begin.

    It restates all records with higher versions: who says a version must call it before it looks at the last.
    """
    from seamwatch.pipeline.centre.restoring import begin_epoch

    store, state = node.store, node.state()
    head = store.feed_head(node.me, party.id)
    marks = store.feed_marks(node.me, party.id)
    due = head.number and (marks.restart or marks.sealed_for != party.agree_key)
    if due and state.active(party.id) is not None and state.active(node.me) is not None:
        return begin_epoch(node, party.id)
    return head


def add_drafts(node: Node, party: Party, head: Head, drafts: Sequence[Draft]) -> tuple[Entry, ...]:
    """Append entries after a head of the feed to a party."""
    items = tuple(_items(node, party, head, drafts))
    if not items:
        return ()
    entries = tuple(item.entry for item in items)
    store = node.store
    with store.transaction():
        store.add_items(items)
        store.mark_feed(node.me, party.id, sealed_for=party.agree_key)
        store.erase_earlier(e for e in entries if e.kind in SPOKEN and e.version > 1)
        last = entries[-1]
        audit(
            node,
            "entry.sent",
            party.id,
            receiver=party.id,
            epoch=last.epoch,
            first=entries[0].number,
            number=last.number,
            hash=last.hash,
        )
    return entries


def _items(node: Node, party: Party, head: Head, drafts: Sequence[Draft]) -> Iterable[Item]:
    at = node.clock()
    context = context_of(node.me, party.id)
    for draft in drafts:
        clear = canonical(draft.content)
        if len(clear) > MOST_CONTENT:
            raise InputError(
                f"{draft.kind.value} {draft.subject} has {len(clear):,} bytes, more than one entry holds "
                f"({MOST_CONTENT:,}): shorten it",
                code="too_large",
            )
        sealed = node.keys.seal(clear, party.agree_key, context)
        entry = make_entry(
            node.keys,
            head,
            kind=draft.kind,
            subject=draft.subject,
            version=draft.version,
            digest=box_digest(sealed),
            at=at,
        )
        head = head_of(entry)
        yield Item(entry=entry, sealed=sealed)


def _receiver(node: Node, receiver: str, kinds: Collection[EntryKind]) -> Party:
    if receiver == node.me:
        raise SeamwatchError("a party sends nothing to itself", code="not_party")
    state = node.state()
    named = state.charter.party(receiver)
    if not _ALWAYS.issuperset(kinds):
        node.active(node.me)
    # A withdrawal waits for a party that is suspended, and is known to wait.
    if named is not None and (_ALWAYS | {EntryKind.WITHDRAWAL}).issuperset(kinds):
        return named
    return node.active(receiver)


# --- records


def record_of(node: Node, incident: str) -> str:
    """Return the public id of an own incident; it is given one where it has none.

    It follows from the party's secret, so that a node that was restored from a backup gives the same again,
    and nobody else can tell what it stands for.
    """
    store = node.store
    with store.transaction():
        found = store.record_id(incident)
        if found is None:
            made = node.keys.own_digest(b"record\0" + incident.encode())
            found = str(uuid.UUID(bytes=bytes.fromhex(made)[:16], version=4))
            store.add_record_id(incident, found)
    return found


def release_all(node: Node, receiver: str, said: Sequence[Said]) -> tuple[Entry, ...]:
    """Release records to a party, as `Node.release` does each; return the entries made, in order."""
    made: list[Entry] = []
    for start in range(0, len(said), RUN):
        made += _release_run(node, receiver, said[start : start + RUN])
    return tuple(made)


def _release_run(node: Node, receiver: str, run: Sequence[Said]) -> tuple[Entry, ...]:
    store = node.store
    with store.transaction():
        _ready(node, _receiver(node, receiver, [EntryKind.RELEASE]))
        last = {r.record: r for r in store.sent_records(receiver=receiver, records={s.record for s in run})}
        news: list[tuple[Said, Draft, str]] = []
        for one in run:
            old = last.get(one.record)
            digest = content_digest(node, one.content)
            if old is not None and not _is_news(old, digest, one.anew):
                if old.incident != one.incident:  # it came back from another node with its record's id alone
                    store.save_sent([replace(old, incident=one.incident)])
                continue
            version = 1 if old is None else old.version + 1
            content = {**one.content, "record": one.record, "version": version}
            draft = Draft(kind=EntryKind.RELEASE, subject=one.record, version=version, content=content)
            news.append((one, draft, digest))
            last[one.record] = _sent(receiver, one, draft, digest)
        entries = append_all(node, receiver, [draft for _, draft, _ in news]) if news else ()
        store.save_sent(
            _sent(receiver, one, draft, digest, entry)
            for (one, draft, digest), entry in zip(news, entries, strict=True)
        )
        return entries


def content_digest(node: Node, content: Mapping[str, Any]) -> str:
    """Return the keyed digest of what a record says, without its id and version."""
    return node.keys.own_digest(
        canonical({name: value for name, value in content.items() if name not in ("record", "version")})
    )


def _is_news(old: SentRecord, digest: str, anew: bool) -> bool:
    if old.state == "withdrawn":
        return anew or old.why != BEFORE_RESTORE
    return old.digest != digest


def _sent(receiver: str, said: Said, draft: Draft, digest: str, entry: Entry | None = None) -> SentRecord:
    return SentRecord(
        receiver=receiver,
        record=said.record,
        incident=said.incident,
        version=draft.version,
        state="released",
        digest=digest,
        epoch=1 if entry is None else entry.epoch,
        number=0 if entry is None else entry.number,
        at=None if entry is None else entry.at,
        why=said.why,
        field=said.field,
    )


def withdraw(node: Node, receiver: str, record: str, reason: str, *, over: int = 0) -> Entry | None:
    """Withdraw a record from a party; None where it is not released to it. The version is above `over`."""
    store = node.store
    with store.transaction():
        _ready(node, _receiver(node, receiver, [EntryKind.WITHDRAWAL]))
        found = store.sent_records(receiver=receiver, records={record})
        if not found or found[0].state == "withdrawn":
            return None
        old = found[0]
        version = max(old.version, over) + 1
        entry = append_all(node, receiver, [withdrawal_of(record, version, reason)])[0]
        store.save_sent([withdrawn(old, entry, reason)])
        return entry


def withdrawal_of(record: str, version: int, reason: str) -> Draft:
    """Return what withdraws a record."""
    return Draft(
        kind=EntryKind.WITHDRAWAL,
        subject=record,
        version=version,
        content={"record": record, "version": version, "reason": reason},
    )


def withdrawn(old: SentRecord, entry: Entry, why: str) -> SentRecord:
    """Return how a record stands after the entry that withdraws it."""
    return SentRecord(
        receiver=old.receiver,
        record=old.record,
        incident=old.incident,
        version=entry.version,
        state="withdrawn",
        epoch=entry.epoch,
        number=entry.number,
        at=entry.at,
        why=why,
    )


def withdrawals(store: Store) -> tuple[Withdrawal, ...]:
    """Return what was withdrawn, the latest first, and which receivers have receipted it."""
    by: dict[tuple[str, str | None], list[SentRecord]] = {}
    for row in store.sent_records(withdrawn=True):
        by.setdefault((row.record, None if row.state == "withdrawn" else row.field), []).append(row)
    found = [
        Withdrawal(
            record=record,
            incident=next((r.incident for r in rows if r.incident), ""),
            field=field,
            why=next((r.why for r in rows if r.why), ""),
            at=max((r.at for r in rows if r.at is not None), default=None),
            receivers=tuple((r.receiver, r.receipted) for r in rows),
        )
        for (record, field), rows in by.items()
    ]
    found.sort(key=lambda w: (w.at is not None, w.at, w.record), reverse=True)
    return tuple(found)
