"""Profiles, blocks and links in SQLite."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator

from seamwatch.model.link import Link
from seamwatch.store.base_linking import Found, ProfileRow
from seamwatch.store.sqlite_database import SqliteDatabase, chunks, to_json

_RUN = 10_000
UNSURE = 1400  # thousandths: a probability between 0.2 and 0.8
_IN = "IN (SELECT value FROM json_each(?))"


def _in_order(blocks: array[int]) -> Iterator[list[int]]:
    """Yield rows of four numbers sorted: in order of their keys they go in without a search for each."""
    import numpy as np

    rows = np.array(blocks, np.int64).reshape(-1, 4)
    order = np.lexsort(rows.T[::-1])
    for start in range(0, len(order), _RUN):
        yield from rows[order[start : start + _RUN]].tolist()


class LinkTables(SqliteDatabase):
    """The part of the store that keeps what linking works on."""

    def put_profiles(self, rows: Iterable[ProfileRow]) -> None:
        """Store profiles, each in place of the mention's old one; the links of these mentions are gone."""
        given = list(rows)
        with self.transaction():
            for run in chunks(given):
                keys = self._link_keys(row.id for row in run)
                held = to_json(list(keys.values()))
                self.write(f"DELETE FROM blocks WHERE mention {_IN}", (held,))
                self.write(
                    f"DELETE FROM links WHERE mention IN (SELECT other FROM links WHERE mention {_IN}) "
                    f"AND other {_IN}",
                    (held, held),
                )
                self.write(f"DELETE FROM links WHERE mention {_IN}", (held,))
                self.write_all(
                    "INSERT OR REPLACE INTO profiles VALUES (?, ?)",
                    ((keys[row.id], row.data) for row in run if row.id in keys),
                )
                self.write_all(
                    "INSERT OR IGNORE INTO blocks VALUES (?, ?, ?, ?)",
                    (
                        (int(key), row.first, row.last, keys[row.id])
                        for row in run
                        if row.id in keys
                        for key in row.keys
                    ),
                )

    def profiles_in(self, keys: Collection[int]) -> Found:
        """Return the profiles under any of these keys, and which stand under each."""
        rows = self.read(
            "SELECT b.block, b.mention FROM json_each(?) k CROSS JOIN blocks b ON b.block = k.value",
            (to_json([int(key) for key in keys]),),
        )
        held = sorted({mention for _, mention in rows})
        ids: dict[int, str] = {}
        profiles: dict[str, str] = {}
        for run in chunks(held):
            for mention, name, data in self.read(
                "SELECT p.mention, m.id, p.data FROM profiles p JOIN mentions m ON m.key = p.mention "
                f"WHERE p.mention {_IN}",
                (to_json(run),),
            ):
                ids[mention] = name
                profiles[name] = data
        under: dict[int, list[str]] = {}
        for key, mention in rows:
            if mention in ids:
                under.setdefault(key, []).append(ids[mention])
        return Found(profiles, under)

    def profiles(self, ids: Iterable[str]) -> dict[str, str]:
        """Return the profiles of these mentions by id; a mention that has none is left out."""
        return dict(
            self.read(
                f"SELECT m.id, p.data FROM mentions m JOIN profiles p ON p.mention = m.key WHERE m.id {_IN}",
                (to_json(list(ids)),),
            )
        )

    def add_links(self, links: Iterable[Link]) -> None:
        """Store links, each in place of an older one of its pair; not those of mentions not stored."""
        given = list(links)
        with self.transaction():
            for run in chunks(given):
                keys = self._link_keys({name for link in run for name in (link.left, link.right)})
                known = [
                    (keys[link.left], keys[link.right], link.odds)
                    for link in run
                    if link.left in keys and link.right in keys
                ]
                self.write_all(
                    "INSERT OR REPLACE INTO links VALUES (?, ?, ?)",
                    (row for a, b, odds in known for row in ((a, b, odds), (b, a, odds))),
                )

    def links_of(self, ids: Collection[str]) -> list[Link]:
        """Return the links with any of these mentions on either side, sorted."""
        rows = self.read(
            "SELECT a.id, b.id, l.odds FROM mentions a JOIN links l ON l.mention = a.key "
            f"JOIN mentions b ON b.key = l.other WHERE a.id {_IN}",
            (to_json(list(ids)),),
        )
        return sorted({Link(min(a, b), max(a, b), odds) for a, b, odds in rows})

    def near_counts(self, ids: Collection[str]) -> dict[str, int]:
        """Return for each of these mentions how many links above zero it has; one without is left out."""
        return dict(
            self.read(
                "SELECT a.id, count(*) FROM mentions a JOIN links l ON l.mention = a.key "
                f"WHERE a.id {_IN} AND l.odds > 0 GROUP BY a.id",
                (to_json(list(ids)),),
            )
        )

    def unsure_links(self, limit: int | None = None) -> Iterator[Link]:
        """Return the links whose log-odds lie within UNSURE of zero, the least sure first."""
        most = -1 if limit is None else limit
        # How unsure the last one is by numbers alone: to sort all of them by their ids takes long.
        ((last,),) = self.read(
            "SELECT max(a) FROM (SELECT abs(odds) a FROM links "
            "WHERE odds BETWEEN ? AND ? AND mention < other ORDER BY a LIMIT ?)",
            (-UNSURE, UNSURE, most),
        )
        rows = self.read(
            "SELECT min(a.id, b.id) l, max(a.id, b.id) r, odds FROM links "
            "JOIN mentions a ON a.key = mention JOIN mentions b ON b.key = other "
            "WHERE odds BETWEEN ? AND ? AND mention < other ORDER BY abs(odds), l, r LIMIT ?",
            (-(last or 0), last or 0, most),
        )
        return (Link(*row) for row in rows)

    def mention_ids(self) -> tuple[str, ...]:
        """Return the ids of all mentions, in the order in which they were stored."""
        return tuple(name for (name,) in self.read("SELECT id FROM mentions ORDER BY key"))

    def fill_links(self, rows: Iterable[ProfileRow], links: Iterable[Link]) -> None:
        """Store these profiles and links in place of all."""
        with self.transaction():
            for table in ("blocks", "profiles", "links"):
                self.write(f"DELETE FROM {table}")
            keys: dict[str, int] = dict(self.read("SELECT id, key FROM mentions"))
            blocks = array("q")  # four numbers a row: a tenth of what tuples would take

            def profiles() -> Iterator[tuple[int, str]]:
                for row in rows:
                    if row.id in keys:
                        mention = keys[row.id]
                        for key in row.keys:
                            blocks.extend((key, row.first, row.last, mention))
                        yield mention, row.data

            self.write_all("INSERT INTO profiles VALUES (?, ?)", profiles())
            # An index is made from all rows in half the time in which it takes each at its place.
            self.write("DROP INDEX blocks_mention")
            self.write_all("INSERT OR IGNORE INTO blocks VALUES (?, ?, ?, ?)", _in_order(blocks))
            self.write("CREATE INDEX blocks_mention ON blocks (mention)")
            del blocks[:]
            pairs = [
                pair
                for left, right, odds in links
                if left in keys and right in keys
                for pair in ((keys[left], keys[right], odds), (keys[right], keys[left], odds))
            ]
            pairs.sort()
            self.write_all("INSERT OR REPLACE INTO links VALUES (?, ?, ?)", pairs)

    def link_mark(self) -> str | None:
        """Return by which rules the store is linked; None where it never was, or has to be linked anew."""
        rows = self.read("SELECT value FROM meta WHERE name = 'linked_by'")
        return str(rows[0][0]) if rows else None

    def set_link_mark(self, mark: str) -> None:
        """Store by which rules the store is linked."""
        self.write("INSERT OR REPLACE INTO meta VALUES ('linked_by', ?)", (mark,))

    def _link_keys(self, ids: Iterable[str]) -> dict[str, int]:
        return dict(self.read(f"SELECT id, key FROM mentions WHERE id {_IN}", (to_json(list(ids)),)))
