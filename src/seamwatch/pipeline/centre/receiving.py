"""Taking pages of other parties: checked, kept, and put in the place of what was said before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from seamwatch.coordinate.feed import SPOKEN, head_of, is_whole, verify_items
from seamwatch.coordinate.received import folded
from seamwatch.model.exchange import Entry, Head, Item, ReceivedRecord, Taken
from seamwatch.pipeline.centre.noting import audit, refuse
from seamwatch.vocabulary.coordination import EntryKind, PartyRole

if TYPE_CHECKING:
    from seamwatch.pipeline.centre.node import Node

AT_ONCE = (EntryKind.CHARTER, EntryKind.NOTICE)
"""What may change who takes part: carried out before anything after it is taken."""


def take(node: Node, items: Sequence[Item], *, via: str) -> Taken:
    """Take consecutive items of one feed; see `Node.take`."""
    if not items:
        return Taken()
    with node.store.transaction():
        return _taken(node, items, via)


def _taken(node: Node, items: Sequence[Item], via: str) -> Taken:
    first = items[0].entry
    head = node.store.feed_head(first.sender, first.receiver)
    known = new = 0
    problem, text = _not_allowed(node, first, via)
    refused = first
    rest = list(items)
    while rest and problem is None:
        run = _run(node, rest)
        rest = rest[len(run) :]
        party = node.state().active(first.sender)
        if party is None:
            problem, text = "not_party", f"{first.sender} takes no part in the charter any more"
            refused = run[0].entry
            break
        checked = verify_items(run, head=head, sign_key=party.sign_key, known=_known(node, run, head))
        known += checked.known
        new += len(checked.new)
        _fill(node, run[: checked.known])
        if checked.new:
            _keep(node, checked.new, via)
            head = head_of(checked.new[-1].entry)
        if checked.problem is not None:
            problem, text = checked.problem, checked.text
            refused = run[checked.known + len(checked.new)].entry
    if problem is not None:
        at = replace(head_of(refused), sender=first.sender, receiver=first.receiver)
        refuse(node, at, via=via, problem=problem, text=text)
    return Taken(new=new, known=known, problem=problem, text=text, head=head)


def _run(node: Node, items: Sequence[Item]) -> Sequence[Item]:
    """Return the items up to the first that may change who takes part, with it."""
    for at, item in enumerate(items):
        if item.entry.kind in AT_ONCE and item.entry.receiver == node.me:
            return items[: at + 1]
    return items


def _not_allowed(node: Node, entry: Entry, via: str) -> tuple[str | None, str]:
    state = node.state()
    mine = state.active(node.me)
    for party in (node.me, via, entry.sender):
        if state.active(party) is None:
            return "not_party", f"{party[:80]} takes no part in the charter now"
    if entry.sender == node.me:
        return "not_for_us", "these are entries of this party's own: they are taken back after a restore only"
    if entry.receiver == node.me:
        return None, ""
    if mine is None or mine.role is not PartyRole.RELAY:
        return "not_for_us", f"these entries are for {entry.receiver[:80]}, and this party is no relay"
    if state.active(entry.receiver) is None:
        return "not_party", f"{entry.receiver[:80]} takes no part in the charter now"
    return None, ""


def _known(node: Node, run: Sequence[Item], head: Head) -> dict[int, str]:
    first = run[0].entry
    if first.epoch > head.epoch or (first.epoch == head.epoch and first.number > head.number):
        return {}
    return node.store.feed_hashes(
        head.sender, head.receiver, first.epoch, first.number, first.number + len(run)
    )


def _keep(node: Node, items: Sequence[Item], via: str) -> None:
    """Append verified items, and erase what they put an end to."""
    from seamwatch.pipeline.centre.carrying import carry_entry

    store = node.store
    first, last = items[0].entry, items[-1].entry
    sender, receiver = last.sender, last.receiver
    ours = receiver == node.me
    store.add_items(items, pending=ours)
    spoken = [item for item in items if item.entry.kind in SPOKEN]
    store.erase_earlier(i.entry for i in spoken if i.entry.version > 1 or not _is_release(i))
    if ours:
        _fold(node, sender, spoken)
        if any(item.entry.kind is not EntryKind.RECEIPT for item in items):
            store.mark_feed(sender, receiver, owed=True)
    complete_epoch(node, items)
    audit(
        node,
        "entry.taken",
        sender,
        sender=sender,
        receiver=receiver,
        via=via,
        epoch=last.epoch,
        first=first.number,
        number=last.number,
        hash=last.hash,
    )
    if ours and items[-1].entry.kind in AT_ONCE:
        carry_entry(node, items[-1])
        store.end_pending([items[-1].entry])


def _is_release(item: Item) -> bool:
    return item.entry.kind is EntryKind.RELEASE


def _fold(node: Node, sender: str, spoken: Sequence[Item]) -> None:
    if not spoken:
        return
    store = node.store
    names = {item.entry.subject for item in spoken}
    rows: dict[str, ReceivedRecord] = {
        row.record: row for row in store.received_records(party=sender, records=names)
    }
    useless: list[Entry] = []
    changed: dict[str, ReceivedRecord] = {}
    for item in spoken:
        old = rows.get(item.entry.subject)
        row, useful = folded(old, item)
        if not useful:
            useless.append(item.entry)
        if row is not old:
            rows[row.record] = changed[row.record] = replace(row, carried_out=False)
    store.save_received(changed.values())
    store.erase_contents(useless)


def complete_epoch(node: Node, items: Sequence[Item]) -> None:
    """End the epochs before, where the items hold the receipt that closes what their epoch restates."""
    closing = next((i.entry for i in items if i.entry.kind is EntryKind.RECEIPT and i.entry.epoch > 1), None)
    if closing is None:
        return
    store = node.store
    sender, receiver, epoch = closing.sender, closing.receiver, closing.epoch
    if store.feed_marks(sender, receiver).complete >= epoch:
        return
    store.mark_feed(sender, receiver, complete=epoch)
    store.erase_epochs(sender, receiver, epoch)
    if receiver == node.me:
        store.end_epochs(sender, epoch)


def _fill(node: Node, items: Sequence[Item]) -> None:
    """Take contents that are missing here: who brought the entries first had lost or kept them."""
    found = [i for i in items if i.sealed is not None and _is_release(i) and i.entry.receiver == node.me]
    if not found:
        return
    store = node.store
    sender = found[0].entry.sender
    rows = {
        (row.record, row.epoch, row.number): row
        for row in store.received_records(
            party=sender, records={i.entry.subject for i in found}, state="missing"
        )
    }
    for item in found:
        entry = item.entry
        row = rows.get((entry.subject, entry.epoch, entry.number))
        if row is not None and is_whole(item) and store.add_contents([item]):
            store.save_received([replace(row, state="shown", carried_out=False)])
            store.mark_feed(sender, node.me, owed=True)


def rolled_back(node: Node, heads: Sequence[Head], *, via: str) -> tuple[Head, ...]:
    """Return which heads of a sender's own feeds to us lie before ours; see `Node.rolled_back`."""
    found = []
    for head in heads:
        if head.sender != via or head.receiver != node.me:
            continue
        ours = node.store.feed_head(head.sender, head.receiver)
        if (head.epoch, head.number) < (ours.epoch, ours.number):
            found.append(head)
            refuse(
                node,
                head,
                via=via,
                problem="rollback",
                text=f"{via} tells of entry {head.number} of epoch {head.epoch} as its newest, but entry "
                f"{ours.number} of epoch {ours.epoch} was taken before: its database is an older copy",
            )
    return tuple(found)
