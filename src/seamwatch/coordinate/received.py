"""How a received record stands after each entry: its sender's last word counts, withdrawals win."""

from __future__ import annotations

from dataclasses import replace

from seamwatch.model.exchange import Item, ReceivedRecord
from seamwatch.vocabulary.coordination import EntryKind


def folded(old: ReceivedRecord | None, item: Item) -> tuple[ReceivedRecord, bool]:
    """Return how a record stands after a release or withdrawal, and whether that item's content is of use.

    A withdrawal beats every release of its version or a lower one, whatever came first: such a release is
    held. Of two releases the one of the later epoch holds, within an epoch that of the higher version.
    """
    entry = item.entry
    new = ReceivedRecord(
        party=entry.sender,
        record=entry.subject,
        version=entry.version,
        state="shown" if item.sealed is not None else "missing",
        withdrawn=0 if old is None else old.withdrawn,
        epoch=entry.epoch,
        number=entry.number,
        at=entry.at,
    )
    if entry.kind is EntryKind.WITHDRAWAL:
        if old is not None and entry.epoch == old.epoch and entry.version < old.version:
            return replace(old, withdrawn=max(old.withdrawn, entry.version)), False
        highest = max(entry.version, 0 if old is None else old.version, new.withdrawn)
        return replace(new, state="withdrawn", version=highest, withdrawn=highest), True
    if old is None:
        return new, True
    if entry.version <= old.withdrawn:
        if entry.epoch > old.epoch or old.state in ("withdrawn", "held"):
            return replace(new, state="held"), False
        return old, False
    if (entry.epoch, entry.version) > (old.epoch, old.version):
        return new, True
    return old, False
