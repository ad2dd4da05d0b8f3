"""After a restore from a backup: own entries back from others, and a new epoch that restates what holds.

A node that was restored does not know what it said since its backup; others do. If it went on counting, its
entries would contradict those that others hold, and what it had withdrawn would come back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from seamwatch.coordinate.feed import SPOKEN, entry_hash, head_of, is_signed, is_whole, next_epoch
from seamwatch.errors import InputError
from seamwatch.model.exchange import Entry, Head, Item, SentRecord, Taken
from seamwatch.pipeline.centre.carrying import opened
from seamwatch.pipeline.centre.charters import sign_keys
from seamwatch.pipeline.centre.noting import audit, refuse
from seamwatch.pipeline.centre.sending import (
    BEFORE_RESTORE,
    Draft,
    add_drafts,
    content_digest,
    withdrawal_of,
)
from seamwatch.vocabulary.coordination import EntryKind

if TYPE_CHECKING:
    from seamwatch.model.party import Party
    from seamwatch.pipeline.centre.node import Node

_OTHERS = (EntryKind.REQUEST, EntryKind.ANSWER, EntryKind.CHARTER, EntryKind.NOTICE)
RUN = 500
_LOST = "the party was restored from a backup that does not have it"


def restored_from(node: Node, held: Sequence[Head]) -> tuple[Head, ...]:
    """Return which heads of own feeds, as another node holds them, are unknown here."""
    store, state = node.store, node.state()
    found = []
    for head in held:
        # To who takes no part nothing is said, and so nothing said anew.
        if head.sender != node.me or head.number == 0 or state.active(head.receiver) is None:
            continue
        of = (node.me, head.receiver)
        if any(
            store.feed_hashes(*of, epoch, head.number, head.number).get(head.number) == head.hash
            for epoch in (head.epoch, -head.epoch)
        ):
            continue
        # Of an epoch that was left, only what goes on beyond what is known can tell something new.
        left = head.epoch < store.feed_head(*of).epoch
        if not left or head.number > store.last_number(*of, head.epoch):
            found.append(head)
    return tuple(found)


def proven(node: Node, entries: Sequence[Entry]) -> tuple[Head, ...]:
    """Return the heads of own feeds that others prove to hold, by entries with this party's own signature."""
    return tuple(head_of(entry) for entry in entries if entry.sender == node.me and is_own(node, entry))


def is_own(node: Node, entry: Entry) -> bool:
    """Return whether this party said an entry, with its key of now or one that a charter named before."""
    keys = (node.keys.sign_key, *sign_keys(node.store, node.me))
    return any(is_signed(entry, key) for key in dict.fromkeys(keys))


def adopt_tail(node: Node, items: Sequence[Item]) -> Taken:
    """Take own entries back; see `Node.adopt_tail`."""
    if not items:
        return Taken()
    with node.store.transaction():
        taken = _adopted(node, items)
        if taken.problem is not None and taken.problem != "gap":
            refuse(
                node,
                head_of(items[0].entry),
                via=items[0].entry.receiver,
                problem=taken.problem,
                text=taken.text,
            )
        return taken


def _adopted(node: Node, items: Sequence[Item]) -> Taken:
    store, first = node.store, items[0].entry
    receiver, epoch = first.receiver, first.epoch
    came_back = _came_back(node, receiver)
    for item, before in zip(items, (None, *items), strict=False):
        entry = item.entry
        name = f"entry {entry.number} of epoch {entry.epoch}"
        if (entry.sender, entry.receiver, entry.epoch) != (node.me, receiver, epoch):
            return Taken(problem="not_for_us", text=f"{name} is not of the feed to {receiver}")
        signed = is_signed(entry, node.keys.sign_key) or (came_back and entry_hash(entry) == entry.hash)
        if not signed or not is_whole(item):
            return Taken(problem="forged", text=f"{name} does not bear this party's own signature")
        if before is not None and (entry.number, entry.previous) != (
            before.entry.number + 1,
            before.entry.hash,
        ):
            return Taken(problem="gap", text=f"{name} does not continue the one before it")
    own = store.feed_hashes(node.me, receiver, epoch, first.number - 1, items[-1].entry.number)
    rest = [item for item in items if own.get(item.entry.number) != item.entry.hash]
    known = len(items) - len(rest)
    if came_back:  # the receiver can seal a box in our name too: one that we did not sign is not opened
        rest = [i if is_signed(i.entry, node.keys.sign_key) else replace(i, sealed=None) for i in rest]
    if not rest:
        return Taken(known=known, head=store.feed_head(node.me, receiver))
    start = rest[0].entry
    if start.previous != own.get(start.number - 1, ""):
        return Taken(
            known=known,
            problem="gap",
            text=f"entry {start.number} of epoch {epoch} does not continue what is held here: fetch the "
            "epoch from its start",
            head=Head(sender=node.me, receiver=receiver, epoch=epoch),
        )
    head = store.feed_head(node.me, receiver)
    if store.last_number(node.me, receiver, epoch) >= start.number:
        store.set_aside(node.me, receiver, epoch, start.number)
    if epoch >= head.epoch:
        store.add_items(rest)
    else:
        store.add_items_before(rest)
    _adopt_records(node, receiver, [item for item in rest if item.entry.kind in SPOKEN])
    # Whatever is said next begins a new epoch, even if this node is stopped before the last page.
    store.mark_feed(node.me, receiver, restart=True)
    # By the rules of now less may go out than was said: the next release run weighs all anew.
    store.set_release_mark("")
    last = rest[-1].entry
    audit(
        node,
        "feed.adopted",
        receiver,
        receiver=receiver,
        epoch=epoch,
        first=start.number,
        number=last.number,
        hash=last.hash,
    )
    return Taken(new=len(rest), known=known, head=store.feed_head(node.me, receiver))


def _came_back(node: Node, receiver: str) -> bool:
    """Return whether this party joined again with new keys and nothing else: old entries bear the old one.

    Nothing is believed of them but that they were said: a new epoch withdraws what they released.
    """
    own = node.state().charter.party(node.me)
    if own is None or own.term == 1:
        return False
    head = node.store.feed_head(node.me, receiver)
    last = node.store.feed_item(node.me, receiver, head.epoch, head.number)
    return last is None or not is_signed(last.entry, node.keys.sign_key)


def _adopt_records(node: Node, receiver: str, spoken: Sequence[Item]) -> None:
    store = node.store
    names = {item.entry.subject for item in spoken}
    rows = {row.record: row for row in store.sent_records(receiver=receiver, records=names)}
    changed: dict[str, SentRecord] = {}
    for item in spoken:
        entry = item.entry
        old = rows.get(entry.subject)
        if old is not None and old.version > entry.version:
            continue
        rows[entry.subject] = changed[entry.subject] = _adopted_record(node, item, old)
    store.save_sent(changed.values())
    store.erase_earlier(item.entry for item in spoken)


def _adopted_record(node: Node, item: Item, old: SentRecord | None) -> SentRecord:
    entry = item.entry
    incident = node.store.incident_of_record(entry.subject) or ("" if old is None else old.incident)
    released = entry.kind is EntryKind.RELEASE
    digest, why = "", ""
    if released:
        content = _content(node, item)
        digest = "" if content is None else content_digest(node, content)
    elif old is not None and old.state == "withdrawn":
        why = old.why
    else:
        why = BEFORE_RESTORE
    return SentRecord(
        receiver=entry.receiver,
        record=entry.subject,
        incident=incident,
        version=entry.version,
        state="released" if released else "withdrawn",
        digest=digest,
        epoch=entry.epoch,
        number=entry.number,
        at=entry.at,
        why=why,
    )


def _content(node: Node, item: Item | None) -> dict[str, object] | None:
    """Return an own content in clear, by the key that the feed was last sealed for, else the charter's."""
    if item is None:
        return None
    receiver = item.entry.receiver
    party = node.state().charter.party(receiver)
    sealed_for = node.store.feed_marks(node.me, receiver).sealed_for
    for key in dict.fromkeys((sealed_for, "" if party is None else party.agree_key)):
        if key:
            try:
                return opened(node, item, key)
            except (InputError, ValueError):
                continue
    return None


def renew_feeds(node: Node) -> None:
    """Begin new epochs of feeds whose receivers came back with new keys: boxes for the old ones are lost."""
    store, state = node.store, node.state()
    if state.active(node.me) is None:
        return
    for head in store.feed_heads(sender=node.me):
        party = state.active(head.receiver)
        if party is not None and store.feed_marks(node.me, head.receiver).sealed_for != party.agree_key:
            begin_epoch(node, head.receiver)


def begin_epoch(node: Node, receiver: str) -> Head:
    """Begin a new epoch of the feed to a party, which restates all that holds; return its head.

    First every released record and every withdrawal, each with a higher version; then the receipt that
    closes them; then what else was said and not receipted.
    """
    store = node.store
    with store.transaction():
        node.active(node.me)
        party = node.active(receiver)
        before = store.feed_head(node.me, receiver)
        if before.number == 0:
            return before
        others = [*_unreceipted(node, receiver)]
        head = next_epoch(before)
        count = 0
        rows = store.sent_records(receiver=receiver)
        for at in range(0, len(rows), RUN):
            head, made = _restate(node, party, head, rows[at : at + RUN])
            count += made
        closing = Draft(kind=EntryKind.RECEIPT, subject="", version=0, content={"complete": True})
        head = head_of(add_drafts(node, party, head, [closing, *others])[-1])
        store.mark_feed(node.me, receiver, restart=False, complete=head.epoch, lost=(0, 0))
        store.erase_epochs(node.me, receiver, head.epoch)
        # What the rules give may differ from what was said since the backup: all is weighed anew.
        store.all_changed()
        # Receipts that were given in the epoch before may be lost with it.
        if store.feed_head(receiver, node.me).number:
            store.mark_feed(receiver, node.me, owed=True)
        audit(node, "feed.restarted", receiver, receiver=receiver, epoch=head.epoch, records=count)
        return head


def _restate(node: Node, party: Party, head: Head, rows: Sequence[SentRecord]) -> tuple[Head, int]:
    store = node.store
    drafts: list[Draft] = []
    said: list[SentRecord] = []
    for row in rows:
        version = row.version + 1
        content = None
        # Of what came after the backup nothing of ours tells any longer; read again, it goes out again.
        lost = row.state == "released" and not row.incident
        if row.state == "released" and not lost:
            content = _content(node, store.feed_item(node.me, party.id, row.epoch, row.number))
        if content is None:
            why = row.why if row.state == "withdrawn" else _LOST if lost else BEFORE_RESTORE
            drafts.append(withdrawal_of(row.record, version, why))
            said.append(replace(row, version=version, state="withdrawn", digest="", why=why, field=None))
        else:
            drafts.append(
                Draft(
                    kind=EntryKind.RELEASE,
                    subject=row.record,
                    version=version,
                    content={**content, "version": version},
                )
            )
            said.append(replace(row, version=version))
    entries = add_drafts(node, party, head, drafts)
    store.save_sent(
        replace(row, epoch=entry.epoch, number=entry.number, at=entry.at, receipted=None)
        for row, entry in zip(said, entries, strict=True)
    )
    return head_of(entries[-1]), len(entries)


def _unreceipted(node: Node, receiver: str) -> Iterator[Draft]:
    """Yield anew what was said beside records, and is not known to be carried out."""
    store = node.store
    after = store.feed_marks(node.me, receiver).receipted
    for item in store.feed_items_of(node.me, receiver, [kind.value for kind in _OTHERS], after):
        content = _content(node, item)
        if content is not None:
            entry: Entry = item.entry
            yield Draft(kind=entry.kind, subject=entry.subject, version=entry.version, content=content)
