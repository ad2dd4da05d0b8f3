"""What coordination needs of a store: feeds and their contents, and what became of entries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from seamwatch.model.exchange import Entry, Head, Item
from seamwatch.store.base_records import RecordStore


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedMarks:
    """What is kept of a feed beside its head.

    `complete` is the newest epoch that has restated all that its feed says; `owed`: a receipt is owed to the
    sender; `restart`: the next entry must begin a new epoch; `sealed_for` is the receiver's public key for
    boxes (own feeds). `receipted`: epoch and number up to which the receiver has receipted (own feeds).
    `lost`: of an own feed the entry that another party has proven to hold and that is lost here, of another
    party's feed the entry after which its sender has lost its own; (0, 0): nothing is. `told_at`: when the
    newest bundle of the sender was made whose heads were believed.
    """

    complete: int = 1
    owed: bool = False
    restart: bool = False
    sealed_for: str = ""
    receipted: tuple[int, int] = (0, 0)
    receipted_at: datetime | None = None
    lost: tuple[int, int] = (0, 0)
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An entry that was refused: through whom it came, why, when first and last, how often."""

    sender: str
    receiver: str
    epoch: int
    number: int
    via: str
    problem: str
    text: str
    first: datetime
    last: datetime
    times: int = 1


class ExchangeStore(RecordStore, Protocol):
    """Feeds of this node, to this node, and of others where it is a relay."""

    def feed_head(self, sender: str, receiver: str) -> Head:
        """Return the newest entry of a feed; number 0 where there is none."""
        ...

    def feed_heads(self, *, sender: str | None = None, receiver: str | None = None) -> tuple[Head, ...]:
        """Return the heads of all feeds with entries, or of those from a sender or to a receiver."""
        ...

    def feed_marks(self, sender: str, receiver: str) -> FeedMarks:
        """Return what is kept of a feed beside its head."""
        ...

    def mark_feed(self, sender: str, receiver: str, **marks: Any) -> None:
        """Change marks of a feed, named as in FeedMarks."""
        ...

    def add_items(self, items: Sequence[Item], *, pending: bool = False) -> None:
        """Append items of one feed and move its head; `pending`: they wait to be carried out.

        Releases and withdrawals do not wait themselves: their records do.
        """
        ...

    def add_items_before(self, items: Sequence[Item]) -> None:
        """Store items of one feed without moving its head: entries of an earlier epoch."""
        ...

    def feed_items(
        self, sender: str, receiver: str, epoch: int, *, after: int, limit: int, most_bytes: int
    ) -> tuple[Item, ...]:
        """Return the items after a number, in order: `limit` or so many bytes of boxes, at least one."""
        ...

    def feed_item(self, sender: str, receiver: str, epoch: int, number: int) -> Item | None:
        """Return one item, or None."""
        ...

    def feed_hashes(self, sender: str, receiver: str, epoch: int, first: int, last: int) -> dict[int, str]:
        """Return the hashes of the entries held from a number to another, by number."""
        ...

    def feed_epochs(self, sender: str, receiver: str) -> tuple[int, ...]:
        """Return the epochs of which entries are held, without those set aside, in order."""
        ...

    def last_number(self, sender: str, receiver: str, epoch: int) -> int:
        """Return the number of the newest entry held of an epoch, 0 where there is none."""
        ...

    def feed_items_of(
        self, sender: str, receiver: str, kinds: Collection[str], after: tuple[int, int]
    ) -> tuple[Item, ...]:
        """Return items of these kinds after an epoch and number, and those set aside, in order."""
        ...

    def set_aside(self, sender: str, receiver: str, epoch: int, number: int) -> None:
        """Put own entries from a number on out of an epoch, into the negative one: others hold others."""
        ...

    def add_contents(self, items: Iterable[Item]) -> int:
        """Store contents of entries that are held without them; return how many."""
        ...

    def erase_earlier(self, entries: Iterable[Entry]) -> int:
        """Erase the contents of what earlier entries of the same feed said of the same record."""
        ...

    def erase_contents(self, entries: Iterable[Entry]) -> int:
        """Erase the contents of these entries."""
        ...

    def erase_epochs(self, sender: str, receiver: str, before: int) -> int:
        """Erase all contents of a feed's epochs before one."""
        ...

    def flush_erased(self) -> bool:
        """Take erased contents out of the database's log too; False where another program holds it open.

        It does nothing where nothing was erased since, or within a transaction.
        """
        ...

    def pending_entries(self, limit: int) -> tuple[Item, ...]:
        """Return the items that wait to be carried out, in the order of their feeds."""
        ...

    def end_pending(self, entries: Iterable[Entry]) -> None:
        """Take note that entries were carried out."""
        ...

    def has_pending(self, sender: str, receiver: str) -> bool:
        """Return whether anything of a feed to this node waits to be carried out, records too."""
        ...

    def add_refused(self, refused: Refused) -> bool:
        """Take note of a refused entry; return whether it was refused for the same before (it is counted)."""
        ...

    def refused_entries(self, limit: int = 100) -> tuple[Refused, ...]:
        """Return what was refused, the latest first."""
        ...
