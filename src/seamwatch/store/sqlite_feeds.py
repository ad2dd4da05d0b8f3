"""In SQLite: the heads of feeds, and their entries with contents."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from seamwatch.model.exchange import Entry, Head, Item, Sealed
from seamwatch.store.base_exchange import FeedMarks
from seamwatch.store.sqlite_database import Row, moment, to_json
from seamwatch.store.sqlite_records import RecordTables
from seamwatch.vocabulary.coordination import EntryKind

_ENTRY = (
    "e.sender, e.receiver, e.epoch, e.number, e.kind, e.subject, e.version, e.digest, e.at, e.previous, "
    "e.hash, e.signature"
)
ITEM = f"SELECT {_ENTRY}, c.salt, c.box FROM feed_entries e LEFT JOIN feed_contents c ON c.entry = e.key"
FEED = "sender = ? AND receiver = ?"
SPOKEN = "('release', 'withdrawal')"
_HEAD = "SELECT sender, receiver, epoch, number, hash FROM feed_heads"
RUN = 200


def item_of(row: Row) -> Item:
    """Return the item of a row of entry, salt and box."""
    *_, salt, box = row
    return Item(entry=_entry(row), sealed=None if salt is None else Sealed(salt=salt, box=box))


def _entry(row: Row) -> Entry:
    return Entry(
        sender=row[0],
        receiver=row[1],
        epoch=row[2],
        number=row[3],
        kind=EntryKind(row[4]),
        subject=row[5],
        version=row[6],
        digest=row[7],
        at=datetime.fromisoformat(row[8]),
        previous=row[9],
        hash=row[10],
        signature=row[11],
    )


def place_of(entry: Entry) -> tuple[str, str, int, int]:
    """Return by what an entry is found: its feed, epoch and number."""
    return entry.sender, entry.receiver, entry.epoch, entry.number


class FeedTables(RecordTables):
    """The part of the store for feeds."""

    # --- heads

    def feed_head(self, sender: str, receiver: str) -> Head:
        """Return the newest entry of a feed; number 0 where there is none."""
        rows = self.read(f"{_HEAD} WHERE {FEED}", (sender, receiver))
        return _head(rows[0]) if rows else Head(sender=sender, receiver=receiver)

    def feed_heads(self, *, sender: str | None = None, receiver: str | None = None) -> tuple[Head, ...]:
        """Return the heads of all feeds with entries, or of those from a sender or to a receiver."""
        rows = self.read(
            f"{_HEAD} WHERE number > 0 AND (?1 IS NULL OR sender = ?1) AND (?2 IS NULL OR receiver = ?2) "
            "ORDER BY sender, receiver",
            (sender, receiver),
        )
        return tuple(map(_head, rows))

    def feed_marks(self, sender: str, receiver: str) -> FeedMarks:
        """Return what is kept of a feed beside its head."""
        rows = self.read(
            "SELECT complete, owed, restart, sealed_for, receipted_epoch, receipted_number, receipted_at, "
            f"lost_epoch, lost_number, told_at FROM feed_heads WHERE {FEED}",
            (sender, receiver),
        )
        if not rows:
            return FeedMarks()
        complete, owed, restart, sealed_for, epoch, number, at, lost_epoch, lost_number, told = rows[0]
        return FeedMarks(
            complete=complete,
            owed=bool(owed),
            restart=bool(restart),
            sealed_for=sealed_for,
            receipted=(epoch, number),
            receipted_at=None if at is None else datetime.fromisoformat(at),
            lost=(lost_epoch, lost_number),
            told_at=None if told is None else datetime.fromisoformat(told),
        )

    def mark_feed(self, sender: str, receiver: str, **marks: Any) -> None:
        """Change marks of a feed, named as in FeedMarks."""
        for name in ("receipted", "lost"):
            if name in marks:
                marks[f"{name}_epoch"], marks[f"{name}_number"] = marks.pop(name)
        for name in ("receipted_at", "told_at"):
            if name in marks:
                marks[name] = moment(marks[name])
        known = {
            "complete",
            "owed",
            "restart",
            "sealed_for",
            "receipted_epoch",
            "receipted_number",
            "receipted_at",
            "lost_epoch",
            "lost_number",
            "told_at",
        }
        if not known.issuperset(marks):
            raise TypeError(f"no marks of a feed: {sorted(set(marks) - known)}")
        with self.transaction():
            self.write(
                "INSERT OR IGNORE INTO feed_heads (sender, receiver) VALUES (?, ?)", (sender, receiver)
            )
            names = ", ".join(f"{name} = ?" for name in marks)
            self.write(f"UPDATE feed_heads SET {names} WHERE {FEED}", (*marks.values(), sender, receiver))

    # --- items

    def add_items(self, items: Sequence[Item], *, pending: bool = False) -> None:
        """Append items of one feed and move its head; `pending`: they wait to be carried out.

        Releases and withdrawals do not wait themselves: their records do.
        """
        if not items:
            return
        last = items[-1].entry
        with self.transaction():
            start = self._insert_items(items)
            if pending:
                self.write(
                    "INSERT INTO feed_pending SELECT key FROM feed_entries "
                    f"WHERE key >= ? AND kind NOT IN {SPOKEN}",
                    (start,),
                )
            self.write(
                "INSERT INTO feed_heads (sender, receiver, epoch, number, hash) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT DO UPDATE SET epoch = excluded.epoch, number = excluded.number, "
                "hash = excluded.hash",
                (*place_of(last), last.hash),
            )

    def add_items_before(self, items: Sequence[Item]) -> None:
        """Store items of one feed without moving its head: entries of an earlier epoch."""
        with self.transaction():
            self._insert_items(items)

    def _insert_items(self, items: Sequence[Item]) -> int:
        start = int(self.read("SELECT coalesce(max(key), 0) + 1 FROM feed_entries")[0][0])
        entries = ((key, item.entry) for key, item in enumerate(items, start))
        self.write_all(
            "INSERT INTO feed_entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    key,
                    *place_of(e),
                    e.kind.value,
                    e.subject,
                    e.version,
                    e.digest,
                    moment(e.at),
                    e.previous,
                    e.hash,
                    e.signature,
                )
                for key, e in entries
            ),
        )
        self.write_all(
            "INSERT INTO feed_contents VALUES (?, ?, ?)",
            (
                (key, item.sealed.salt, item.sealed.box)
                for key, item in enumerate(items, start)
                if item.sealed is not None
            ),
        )
        return start

    def feed_items(
        self, sender: str, receiver: str, epoch: int, *, after: int, limit: int, most_bytes: int
    ) -> tuple[Item, ...]:
        """Return the items after a number, in order: `limit` or so many bytes of boxes, at least one."""
        found: list[Item] = []
        size = 0
        for item in self._walk(sender, receiver, epoch, after, limit):
            size += 0 if item.sealed is None else len(item.sealed.box)
            if found and size > most_bytes:
                break
            found.append(item)
        return tuple(found)

    def _walk(self, sender: str, receiver: str, epoch: int, after: int, limit: int) -> Iterator[Item]:
        # Few at a time: boxes may be large, and most of what was read would be thrown away.
        while limit > 0:
            rows = self.read(
                f"{ITEM} WHERE e.sender = ? AND e.receiver = ? AND e.epoch = ? AND e.number > ? "
                "ORDER BY e.number LIMIT ?",
                (sender, receiver, epoch, after, min(limit, RUN)),
            )
            if not rows:
                return
            yield from map(item_of, rows)
            after, limit = rows[-1][3], limit - len(rows)

    def feed_item(self, sender: str, receiver: str, epoch: int, number: int) -> Item | None:
        """Return one item, or None."""
        rows = self.read(
            f"{ITEM} WHERE e.sender = ? AND e.receiver = ? AND e.epoch = ? AND e.number = ?",
            (sender, receiver, epoch, number),
        )
        return item_of(rows[0]) if rows else None

    def feed_hashes(self, sender: str, receiver: str, epoch: int, first: int, last: int) -> dict[int, str]:
        """Return the hashes of the entries held from a number to another, by number."""
        return dict(
            self.read(
                f"SELECT number, hash FROM feed_entries WHERE {FEED} AND epoch = ? "
                "AND number BETWEEN ? AND ?",
                (sender, receiver, epoch, first, last),
            )
        )

    def feed_epochs(self, sender: str, receiver: str) -> tuple[int, ...]:
        """Return the epochs of which entries are held, without those set aside, in order."""
        rows = self.read(
            f"SELECT DISTINCT epoch FROM feed_entries WHERE {FEED} AND epoch > 0 ORDER BY epoch",
            (sender, receiver),
        )
        return tuple(int(row[0]) for row in rows)

    def last_number(self, sender: str, receiver: str, epoch: int) -> int:
        """Return the number of the newest entry held of an epoch, 0 where there is none."""
        rows = self.read(
            f"SELECT coalesce(max(number), 0) FROM feed_entries WHERE {FEED} AND epoch = ?",
            (sender, receiver, epoch),
        )
        return int(rows[0][0])

    def feed_items_of(
        self, sender: str, receiver: str, kinds: Collection[str], after: tuple[int, int]
    ) -> tuple[Item, ...]:
        """Return items of these kinds after an epoch and number, and those set aside, in order."""
        rows = self.read(
            f"{ITEM} WHERE e.sender = ? AND e.receiver = ? AND e.kind IN (SELECT value FROM json_each(?)) "
            "AND (e.epoch < 0 OR e.epoch > ? OR (e.epoch = ? AND e.number > ?)) "
            "ORDER BY abs(e.epoch), e.number",
            (sender, receiver, to_json(sorted(kinds)), after[0], after[0], after[1]),
        )
        return tuple(map(item_of, rows))

    def set_aside(self, sender: str, receiver: str, epoch: int, number: int) -> None:
        """Put own entries from a number on out of an epoch, into the negative one: others hold others."""
        where = f"{FEED} AND epoch = ? AND number >= ?"
        with self.transaction():
            self.write(f"DELETE FROM feed_entries WHERE {where}", (sender, receiver, -epoch, number))
            self.write(
                f"UPDATE feed_entries SET epoch = -epoch WHERE {where}", (sender, receiver, epoch, number)
            )
            self.write(
                "UPDATE sent_records SET epoch = -epoch WHERE receiver = ? AND epoch = ? AND number >= ?",
                (receiver, epoch, number),
            )


def _head(row: Row) -> Head:
    sender, receiver, epoch, number, made = row
    return Head(sender=sender, receiver=receiver, epoch=epoch, number=number, hash=made)
