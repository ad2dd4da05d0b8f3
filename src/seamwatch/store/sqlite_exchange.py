"""In SQLite: contents erased, what waits to be carried out, and what was refused."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from seamwatch.model.exchange import Entry, Item
from seamwatch.store.base_exchange import Refused
from seamwatch.store.sqlite_database import moment
from seamwatch.store.sqlite_feeds import FEED, ITEM, SPOKEN, FeedTables, item_of, place_of

# So many refusals are kept: who sends rubbish without end must not fill the disk.
_MOST_REFUSED = 10_000


class ExchangeTables(FeedTables):
    """The part of the store for feeds, contents, what was sent and received, contacts."""

    _to_flush = False

    # --- contents

    def add_contents(self, items: Iterable[Item]) -> int:
        """Store contents of entries that are held without them; return how many."""
        with self.transaction():
            return sum(
                self.write(
                    "INSERT OR IGNORE INTO feed_contents SELECT key, ?, ? FROM feed_entries "
                    f"WHERE {FEED} AND epoch = ? AND number = ?",
                    (item.sealed.salt, item.sealed.box, *place_of(item.entry)),
                )
                for item in items
                if item.sealed is not None
            )

    def erase_earlier(self, entries: Iterable[Entry]) -> int:
        """Erase the contents of what earlier entries of the same feed said of the same record."""
        return self._erase_where(
            f"SELECT key FROM feed_entries WHERE subject = ? AND {FEED} AND kind IN {SPOKEN} "
            "AND (epoch < ? OR (epoch = ? AND number < ?))",
            ((e.subject, e.sender, e.receiver, e.epoch, e.epoch, e.number) for e in entries),
        )

    def erase_contents(self, entries: Iterable[Entry]) -> int:
        """Erase the contents of these entries."""
        return self._erase_where(
            f"SELECT key FROM feed_entries WHERE {FEED} AND epoch = ? AND number = ?", map(place_of, entries)
        )

    def erase_epochs(self, sender: str, receiver: str, before: int) -> int:
        """Erase all contents of a feed's epochs before one."""
        return self._erase_where(
            f"SELECT key FROM feed_entries WHERE {FEED} AND epoch < ?", [(sender, receiver, before)]
        )

    def _erase_where(self, which: str, rows: Iterable[tuple[Any, ...]]) -> int:
        # Freed bytes are overwritten at once, so that an erased content can't be read out of the file.
        self.read("PRAGMA secure_delete = ON")
        with self.transaction():
            sql = f"DELETE FROM feed_contents WHERE entry IN ({which})"
            count = sum(self.write(sql, row) for row in rows)
        self._to_flush = self._to_flush or count > 0
        return count

    def flush_erased(self) -> bool:
        """Take erased contents out of the database's log too; False where another program holds it open.

        It does nothing where nothing was erased since, or within a transaction.
        """
        if self._to_flush and self._depth == 0:
            # A reader in another process keeps the log: it goes at the next occasion.
            self._to_flush = bool(self.read("PRAGMA wal_checkpoint(TRUNCATE)")[0][0])
        return not self._to_flush

    # --- what waits, and what was refused

    def pending_entries(self, limit: int) -> tuple[Item, ...]:
        """Return the items that wait to be carried out, in the order of their feeds."""
        rows = self.read(
            f"{ITEM} WHERE e.key IN (SELECT entry FROM feed_pending ORDER BY entry LIMIT ?) ORDER BY e.key",
            (limit,),
        )
        return tuple(map(item_of, rows))

    def end_pending(self, entries: Iterable[Entry]) -> None:
        """Take note that entries were carried out."""
        self.write_all(
            "DELETE FROM feed_pending WHERE entry = (SELECT key FROM feed_entries "
            f"WHERE {FEED} AND epoch = ? AND number = ?)",
            map(place_of, entries),
        )

    def has_pending(self, sender: str, receiver: str) -> bool:
        """Return whether anything of a feed to this node waits to be carried out, records too."""
        rows = self.read(
            "SELECT EXISTS (SELECT 1 FROM feed_pending p CROSS JOIN feed_entries e ON e.key = p.entry "
            "WHERE e.sender = ? AND e.receiver = ?) "
            "OR EXISTS (SELECT 1 FROM received_records INDEXED BY received_records_pending "
            "WHERE party = ? AND NOT carried_out)",
            (sender, receiver, sender),
        )
        return bool(rows[0][0])

    def add_refused(self, refused: Refused) -> bool:
        """Take note of a refused entry; return whether it was refused for the same before (it is counted)."""
        r = refused
        with self.transaction():
            known = self.read(
                "SELECT 1 FROM refused_entries WHERE sender = ? AND receiver = ? AND epoch = ? "
                "AND number = ? AND via = ? AND problem = ?",
                (r.sender, r.receiver, r.epoch, r.number, r.via, r.problem),
            )
            self.write(
                "INSERT INTO refused_entries (sender, receiver, epoch, number, via, problem, text, first, "
                "last, times) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
                "last = excluded.last, text = excluded.text, times = times + 1",
                (
                    *(r.sender, r.receiver, r.epoch, r.number, r.via, r.problem, r.text),
                    *(moment(r.first), moment(r.last), r.times),
                ),
            )
            self.write(
                "DELETE FROM refused_entries WHERE key <= (SELECT max(key) FROM refused_entries) - ?",
                (_MOST_REFUSED,),
            )
        return bool(known)

    def refused_entries(self, limit: int = 100) -> tuple[Refused, ...]:
        """Return what was refused, the latest first."""
        rows = self.read(
            "SELECT sender, receiver, epoch, number, via, problem, text, first, last, times "
            "FROM refused_entries ORDER BY last DESC, key DESC LIMIT ?",
            (limit,),
        )
        names = ("sender", "receiver", "epoch", "number", "via", "problem", "text")
        return tuple(
            Refused(
                **dict(zip(names, row[:7], strict=True)),
                first=datetime.fromisoformat(row[7]),
                last=datetime.fromisoformat(row[8]),
                times=row[9],
            )
            for row in rows
        )
