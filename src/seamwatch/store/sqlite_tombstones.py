"""Forgetting articles, in SQLite: rows and what hangs on them. Their bytes: sqlite_anew.py."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection, Iterable
from datetime import datetime

from seamwatch.errors import UnknownIdError
from seamwatch.model.tombstone import Tombstone
from seamwatch.store.base_tombstones import DecisionsTouched
from seamwatch.store.sqlite_anew import TRACES, AnewTables
from seamwatch.store.sqlite_database import Row, moment, now, to_json

_IN = "IN (SELECT value FROM json_each(?))"
_TOMBSTONE = 'article_id, "by", at, why FROM tombstones'
# The row of `meta` that has the key of the digests.
_KEY = "tombstone_key"
_UNDONE = "its article was forgotten"


def _tombstone(row: Row) -> Tombstone:
    article, by, at, why = row
    return Tombstone(article=article, by=by, at=datetime.fromisoformat(at), why=why)


class TombstoneTables(AnewTables):
    """The part of the store that forgets articles."""

    def forget_article(self, tombstone: Tombstone) -> None:
        """Erase an article, its copies, what it says, and what was kept of its mentions; leave the tombstone.

        Incidents are not rewritten: the caller derives those that its mentions told anew, in the same
        transaction. `erase_traces` makes it final.
        """
        with self.transaction():
            content_key = self._erase(tombstone)
            self.write(
                'INSERT OR REPLACE INTO tombstones (article_id, "by", at, why, digest) '
                "VALUES (?, ?, ?, ?, ?)",
                (
                    tombstone.article,
                    tombstone.by,
                    moment(tombstone.at),
                    tombstone.why,
                    self._digest(content_key, make=True),
                ),
            )

    def erase_record(self, article_id: str, by: str, at: datetime) -> None:
        """Erase a party's record with all that hangs on it, as `forget_article` does, without a tombstone."""
        self._erase(Tombstone(article=article_id, by=by, at=at, why=""))

    def _erase(self, tombstone: Tombstone) -> str:
        """Erase an article with all that hangs on it; return its content key."""
        name = tombstone.article
        with self.transaction():
            rows = self.read("SELECT content_key, url FROM articles WHERE id = ?", (name,))
            if not rows:
                raise UnknownIdError(f"no article {name} in {self.path}")
            # Freed bytes are overwritten at once, so that little is left where writing the file anew fails.
            self.read("PRAGMA secure_delete = ON")
            self.write("INSERT OR REPLACE INTO meta VALUES (?, ?)", (TRACES, now()))
            content_key, url = rows[0]
            mentions = self._mentions_ever([name])
            touched = self._touched(mentions)
            urls = [url, *self._column("SELECT url FROM article_sources WHERE article_id = ?", name)]
            self.write(f"DELETE FROM fetch_memory WHERE url {_IN}", (to_json([u for u in urls if u]),))
            self.write(f"DELETE FROM place_revisions WHERE mention {_IN}", (to_json(sorted(mentions)),))
            self._erase_words(touched.erased, tombstone)
            self.write(
                f"DELETE FROM stand_ins WHERE mention_id {_IN} OR stands {_IN}",
                (to_json(sorted(mentions)), to_json(sorted(mentions))),
            )
            # Who forgets has given the versions another root already; this is for those who have not.
            self.write("UPDATE articles SET version_of = NULL WHERE version_of = ?", (name,))
            # What hangs on the article and its mentions falls with them.
            self.write("DELETE FROM articles WHERE id = ?", (name,))
            self.forget()
        return str(content_key)

    def _column(self, sql: str, value: str) -> list[str]:
        return [row[0] for row in self.read(sql, (value,))]

    def _mentions_ever(self, article_ids: Iterable[str]) -> set[str]:
        """Return the ids of all mentions that these articles have or had, and of those they stand in for."""
        found: set[str] = set()
        for name in article_ids:
            found.update(self._column("SELECT id FROM mentions WHERE article_id = ?", name))
            # A mention that a later extraction no longer finds is known by its id alone ("A1#2").
            low, high = f"{name}#", f"{name}$"
            for sql in (
                "SELECT DISTINCT mention_id FROM decision_mentions WHERE mention_id > ? AND mention_id < ?",
                "SELECT DISTINCT mention FROM place_revisions WHERE mention > ? AND mention < ?",
            ):
                had = [row[0] for row in self.read(sql, (low, high)) if row[0][len(low) :].isdigit()]
                others = self.read(
                    f"SELECT id FROM mentions WHERE id {_IN} AND article_id <> ?", (to_json(had), name)
                )
                found.update(set(had).difference(other for (other,) in others))
        rows = self.read(
            "WITH RECURSIVE old (id) AS (SELECT value FROM json_each(?) UNION "
            "SELECT s.mention_id FROM stand_ins s JOIN old ON s.stands = old.id) SELECT id FROM old",
            (to_json(sorted(found)),),
        )
        return {name for (name,) in rows}

    # --- decisions

    def decisions_touched(self, article_ids: Iterable[str]) -> DecisionsTouched:
        """Return which decisions are about mentions of these articles: what forgetting them would erase."""
        return self._touched(self._mentions_ever(article_ids))

    def _touched(self, mentions: Collection[str]) -> DecisionsTouched:
        erased: list[int] = []
        kept: list[int] = []
        for (number,) in self.read(
            f"SELECT DISTINCT number FROM decision_mentions WHERE mention_id {_IN} ORDER BY number",
            (to_json(sorted(mentions)),),
        ):
            left = self.read(
                "WITH RECURSIVE about (id) AS (SELECT mention_id FROM decision_mentions WHERE number = ? "
                "UNION SELECT s.stands FROM stand_ins s JOIN about ON s.mention_id = about.id) "
                f"SELECT 1 FROM mentions WHERE id IN (SELECT id FROM about) AND NOT id {_IN} LIMIT 1",
                (number, to_json(sorted(mentions))),
            )
            (kept if left else erased).append(number)
        erased += self._undoing(erased)
        return DecisionsTouched(erased=tuple(sorted(erased)), kept=tuple(kept))

    def _undoing(self, undone: list[int]) -> list[int]:
        rows = self.read(f"SELECT number FROM decisions WHERE undoes {_IN}", (to_json(undone),))
        return [number for (number,) in rows]

    def _erase_words(self, numbers: Iterable[int], tombstone: Tombstone) -> None:
        """Erase value and reason of decisions, and undo corrections: without its value none can hold."""
        ids = to_json(list(numbers))
        self.write(f"UPDATE decisions SET value = NULL, why = '' WHERE number {_IN}", (ids,))
        self.write(
            'INSERT INTO decisions (kind, mentions, others, "by", at, why, undoes) '
            f"SELECT 'undo', '[]', '[]', ?, ?, ?, d.number FROM decisions d WHERE d.number {_IN} "
            "AND d.kind = 'correct' AND NOT EXISTS (SELECT 1 FROM decisions u WHERE u.undoes = d.number) "
            "ORDER BY d.number",
            (tombstone.by, moment(tombstone.at), _UNDONE, ids),
        )

    # --- tombstones

    def tombstone(self, article_id: str) -> Tombstone | None:
        """Return the tombstone of an article, or None where it was not forgotten."""
        rows = self.read(f"SELECT {_TOMBSTONE} WHERE article_id = ?", (article_id,))
        return _tombstone(rows[0]) if rows else None

    def tombstones(self) -> tuple[Tombstone, ...]:
        """Return the tombstones, the oldest first."""
        return tuple(map(_tombstone, self.read(f"SELECT {_TOMBSTONE} ORDER BY at, article_id")))

    def forgotten_as(self, content_key: str) -> Tombstone | None:
        """Return the tombstone of the article with this content key, or None where none was forgotten."""
        digest = self._digest(content_key)
        if not digest:
            return None
        rows = self.read(f"SELECT {_TOMBSTONE} WHERE digest = ? ORDER BY at LIMIT 1", (digest,))
        return _tombstone(rows[0]) if rows else None

    def lift_tombstone(self, article_id: str) -> bool:
        """Remove a tombstone, so that the text can be stored again; return whether there was one."""
        return bool(self.write("DELETE FROM tombstones WHERE article_id = ?", (article_id,)))

    def _digest(self, content_key: str, *, make: bool = False) -> str:
        """Return what a text is known again by; "" where nothing was forgotten or the key is empty.

        The key of the hash is random and this database's own: tombstones of two databases can't be compared,
        nor looked up in a table of known texts.
        """
        rows = self.read("SELECT value FROM meta WHERE name = ?", (_KEY,))
        if not rows and make:
            self.write("INSERT INTO meta VALUES (?, ?)", (_KEY, secrets.token_hex(32)))
            return self._digest(content_key)
        if not rows or not content_key:
            return ""
        return hmac.new(bytes.fromhex(rows[0][0]), content_key.encode(), hashlib.sha256).hexdigest()
