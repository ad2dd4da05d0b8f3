"""Carrying out what was taken: records into the picture, all else to who handles it; then the receipts."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from seamwatch.coordinate.feed import MOST_EPOCH, context_of, head_of
from seamwatch.errors import InputError, SeamwatchError, StoreError
from seamwatch.model.exchange import Entry, Head, Item, ReceivedRecord
from seamwatch.pipeline.centre.noting import audit, refuse
from seamwatch.pipeline.centre.sending import BEFORE_RESTORE, Draft, append_all, withdraw
from seamwatch.vocabulary.coordination import EntryKind

if TYPE_CHECKING:
    from seamwatch.model.charter import Charter
    from seamwatch.pipeline.centre.node import Node

Handler = Callable[["Node", Entry, Mapping[str, Any]], None]

RUN = 500
RUN_RECORDS = 2000  # each commit writes the pages of every index that it met
MOST_HELD = 1000
"""Records held back that one receipt names; when their sender has dealt with these, it hears of others."""

# Nobody says a record as often: who tells a higher version would have ours pass what a feed can hold.
_MOST_OVER = 1 << 32

# Numbers that are too large for what they are put into are no ValueError.
_UNREADABLE = (
    SeamwatchError,
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
    RecursionError,
    ArithmeticError,
)


def _request(node: Node, entry: Entry, content: Mapping[str, Any]) -> None:
    from seamwatch.pipeline.centre.requesting import take_request

    take_request(node, entry, content)


def _answer(node: Node, entry: Entry, content: Mapping[str, Any]) -> None:
    from seamwatch.pipeline.centre.requesting import take_answer

    take_answer(node, entry, content)


def _charter(node: Node, entry: Entry, content: Mapping[str, Any]) -> None:
    from seamwatch.pipeline.centre.charter_taking import take_charter

    take_charter(node, entry, content)


def _notice(node: Node, entry: Entry, content: Mapping[str, Any]) -> None:
    from seamwatch.pipeline.centre.charter_taking import take_notice

    take_notice(node, entry, content)


def _receipt(node: Node, entry: Entry, content: Mapping[str, Any]) -> None:
    """Take note that a party has carried out what it says, and withdraw what it holds back."""
    store, party = node.store, entry.sender
    if "number" in content:
        epoch, number = _count(content["epoch"], MOST_EPOCH), _count(content["number"], 1 << 53)
        made = str(content["hash"])
        ours = store.feed_hashes(node.me, party, epoch, number, number).get(number)
        if ours is not None and ours != made:
            raise InputError(
                f"{party} receipts another entry {number} of epoch {epoch} than was sent", code="fork"
            )
        # One that is unknown here was sent before this node was restored from a backup.
        if ours is not None:
            store.receipt(party, epoch, number, node.clock())
            if (epoch, number) > store.feed_marks(node.me, party).receipted:
                store.mark_feed(node.me, party, receipted=(epoch, number), receipted_at=node.clock())
    for record, told in content.get("held", ()):
        version = _count(told, _MOST_OVER)
        for row in store.sent_records(receiver=party, records={str(record)}, state="released"):
            if row.version <= version:
                withdraw(node, party, row.record, BEFORE_RESTORE, over=version)


def _count(value: object, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise InputError(f"a receipt names {str(value)[:40]!r}, which counts no entry")
    return value


HANDLERS: dict[EntryKind, Handler] = {
    EntryKind.REQUEST: _request,
    EntryKind.ANSWER: _answer,
    EntryKind.CHARTER: _charter,
    EntryKind.NOTICE: _notice,
    EntryKind.RECEIPT: _receipt,
}
"""Who carries out an entry with its content; each may be called twice for it. Records go to the picture."""


def carry_out(node: Node) -> int:
    """Carry out what was taken, then receipt it; return how many entries and records that were."""
    from seamwatch.pipeline.centre.restoring import renew_feeds

    done = 0
    while count := _carry_entries(node):
        done += count
    node.picture.expect(node.store.count_pending_records())
    while count := _carry_records(node):
        done += count
    node.picture.settle()
    renew_feeds(node)
    _give_receipts(node)
    node.store.flush_erased()
    return done


def content_of(node: Node, item: Item, charter: Charter | None = None) -> dict[str, Any] | None:
    """Return an item's content in clear, None where it was erased; InputError where it can't be read.

    Who opens many gives the charter in force, so that it is not looked up for each.
    """
    if item.sealed is None:
        return None
    entry = item.entry
    other = entry.sender if entry.receiver == node.me else entry.receiver
    party = (node.state().charter if charter is None else charter).party(other)
    if party is None:
        raise InputError(f"{other} is not in the charter any more: its contents can't be opened")
    return opened(node, item, party.agree_key)


def opened(node: Node, item: Item, agree_key: str) -> dict[str, Any] | None:
    """Return an item's content in clear, by the other party's key."""
    entry = item.entry
    if item.sealed is None:
        return None
    clear = node.keys.open(item.sealed, agree_key, context_of(entry.sender, entry.receiver))
    value = json.loads(clear)
    if not isinstance(value, dict):
        raise InputError(f"the content of entry {entry.number} of {entry.sender} is no JSON object")
    return value


def carry_entry(node: Node, item: Item) -> None:
    """Hand one entry to its handler. What it can't read is noted as refused, and stops nothing else."""
    entry = item.entry
    handler = HANDLERS.get(entry.kind)
    try:
        # What a handler that fails has half done is undone.
        with node.store.transaction():
            content = content_of(node, item)
            if content is not None and handler is not None:
                handler(node, entry, content)
    except StoreError:
        raise
    except _UNREADABLE as wrong:
        code = getattr(wrong, "code", "unreadable")
        refuse(node, head_of(entry), via=entry.sender, problem=code, text=str(wrong) or type(wrong).__name__)


def _carry_entries(node: Node) -> int:
    store = node.store
    with store.transaction():
        items = store.pending_entries(RUN)
        for item in items:
            carry_entry(node, item)
        store.end_pending(item.entry for item in items)
    return len(items)


def _carry_records(node: Node) -> int:
    store = node.store
    with store.transaction():
        pending = store.pending_records(node.me, RUN_RECORDS)
        if not pending:
            return 0
        charter = node.state().charter
        # Nothing is known before its time: who dates ahead would keep an answer from being due.
        now = node.clock()
        rows = [
            _with_content(node, replace(row, at=min(row.at or now, now)), item, charter)
            for row, item in pending
        ]
        shown = [row for row in rows if row.state == "shown"]
        gone = [row for row in rows if row.state != "shown"]
        failed = _show(node, shown)
        if gone or failed:
            node.picture.withdraw([*gone, *failed])
        lost = {(row.party, row.record) for row in failed}
        store.save_received(
            replace(
                row,
                content=None,
                carried_out=True,
                state="missing" if (row.party, row.record) in lost else row.state,
            )
            for row in rows
        )
    return len(pending)


def _show(node: Node, rows: Sequence[ReceivedRecord]) -> list[ReceivedRecord]:
    """Show records; return those that the picture can't read."""
    if not rows:
        return []
    try:
        with node.store.transaction():
            node.picture.show(rows)
        return []
    except StoreError:
        raise
    except _UNREADABLE as wrong:
        if len(rows) == 1:
            _unreadable(node, rows[0], wrong)
            return list(rows)
    # One of them is bad: the others are shown.
    middle = len(rows) // 2
    return _show(node, rows[:middle]) + _show(node, rows[middle:])


def _with_content(node: Node, row: ReceivedRecord, item: Item | None, charter: Charter) -> ReceivedRecord:
    if row.state != "shown":
        return row
    try:
        content = None if item is None else content_of(node, item, charter)
        if content is not None and (content.get("record"), content.get("version")) != (
            row.record,
            row.version,
        ):
            raise InputError(f"a content says that it is of record {str(content.get('record'))[:80]}")
    except _UNREADABLE as wrong:
        _unreadable(node, row, wrong)
        content = None
    return replace(row, content=content, state="missing" if content is None else "shown")


def _unreadable(node: Node, row: ReceivedRecord, wrong: Exception) -> None:
    at = Head(sender=row.party, receiver=node.me, epoch=row.epoch, number=row.number)
    refuse(node, at, via=row.party, problem="unreadable", text=str(wrong) or type(wrong).__name__)


def received(node: Node, *, party: str | None, state: str | None) -> tuple[ReceivedRecord, ...]:
    """Return records of other parties, with the contents of those that are shown."""
    store, charter = node.store, node.state().charter
    found = []
    for row in store.received_records(party=party, state=state):
        item = store.feed_item(row.party, node.me, row.epoch, row.number) if row.state == "shown" else None
        try:
            found.append(replace(row, content=None if item is None else content_of(node, item, charter)))
        except _UNREADABLE:  # its sender has new keys, and says it anew
            found.append(row)
    return tuple(found)


def _give_receipts(node: Node) -> None:
    """Receipt what was carried out, to every active party that said something since the last receipt."""
    store = node.store
    state = node.state()
    if state.active(node.me) is None:
        return
    for last in store.feed_heads(receiver=node.me):
        sender = last.sender
        if state.active(sender) is None or not store.feed_marks(sender, node.me).owed:
            continue
        with store.transaction():
            # Another process may have taken more, which is not carried out yet, or receipted this.
            if store.has_pending(sender, node.me) or not store.feed_marks(sender, node.me).owed:
                continue
            head = store.feed_head(sender, node.me)
            held = store.received_records(party=sender, state="held")
            content = {
                "epoch": head.epoch,
                "number": head.number,
                "hash": head.hash,
                # The sender must withdraw these, or say them anew with a version above the one withdrawn.
                "held": [[row.record, row.withdrawn] for row in held[:MOST_HELD]],
            }
            draft = Draft(kind=EntryKind.RECEIPT, subject="", version=0, content=content)
            append_all(node, sender, [draft])
            store.mark_feed(sender, node.me, owed=False)
            audit(
                node,
                "entry.receipted",
                sender,
                sender=sender,
                epoch=head.epoch,
                number=head.number,
                hash=head.hash,
                held=len(held),
            )
