"""Records of other parties, and labels, in SQLite."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import islice
from typing import Any

from seamwatch.errors import StoreError, UnknownIdError
from seamwatch.model.party_codec import record_json
from seamwatch.model.text import Article
from seamwatch.store.base_parties import LabelledIncident, RecordRow
from seamwatch.store.sqlite_articles import ArticleTables
from seamwatch.store.sqlite_database import Row, chunks, moment, now, to_json
from seamwatch.store.sqlite_mentions import mention_row
from seamwatch.vocabulary.coordination import Tlp

_IN = "IN (SELECT value FROM json_each(?))"
_RUN = 2000
# KiB of the file held in memory (as a negative number), and pages of the log before it is written back: what
# SQLite takes by itself, and what is worth it for many thousand records.
_HELD, _LOGGED = -2000, 1000
_MUCH_HELD, _MUCH_LOGGED = -64_000, 16_000
_MENTION = (
    "ordinal, json, event_type, sub_event_type, modality, date_start, date_end, lat, lon, radius, country, "
    "admin1"
)


def _row(row: RecordRow) -> Row:
    article = row.article
    return (
        article.text,
        article.title,
        article.source,
        article.language,
        moment(article.retrieved),
        article.content_hash,
        article.party,
        article.tlp.value if article.tlp else None,
        to_json(record_json(article.record)),
        moment(row.known),
        article.id,
    )


class PartyRecordTables(ArticleTables):
    """The part of the store that keeps records of other parties."""

    def put_records(self, rows: Iterable[RecordRow]) -> None:
        """Store records as articles, new or in place of those of their ids; ids of mentions stay."""
        left = iter(rows)
        with self.transaction():
            while run := list(islice(left, _RUN)):
                self._put(run)

    def _put(self, run: list[RecordRow]) -> None:
        ids = to_json([row.article.id for row in run])
        held: dict[str, str | None] = dict(
            self.read(f"SELECT id, party FROM articles WHERE id {_IN}", (ids,))
        )
        for name, party in held.items():
            if party is None:
                raise StoreError(
                    f"an own article has the id {name}: it can't be a party's record too", code="id_taken"
                )
        if held:
            self.read("PRAGMA secure_delete = ON")
            self.may_hold_traces()
        older = [row for row in run if row.article.id in held]
        new = [row for row in run if row.article.id not in held]
        columns = "text, title, source, language, retrieved, content_hash, party, tlp, released, stored_at"
        self.write_all(
            f"UPDATE articles SET ({columns}) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) WHERE id = ?", map(_row, older)
        )
        self.write_all(
            f"INSERT INTO articles ({columns}, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", map(_row, new)
        )
        self.write_all(
            "INSERT OR REPLACE INTO extractions VALUES (?, '[]', '[]', '[]', '[]', ?, ?, 1)",
            ((row.article.id, to_json(row.article.warnings), moment(row.known)) for row in run),
        )
        # A record has one mention for ever. Its row stays, so that its links and its incident do.
        self.write_all(
            f"UPDATE mentions SET ({_MENTION}) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) WHERE id = ?",
            ((*mention_row(r.article.id, 1, r.mention)[2:], r.mention.id) for r in older),
        )
        self.write_all(
            f"INSERT INTO mentions (id, article_id, {_MENTION}) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (mention_row(r.article.id, 1, r.mention) for r in new),
        )
        if older:
            self.forget({row.article.id for row in older})

    def record_articles(self, ids: Iterable[str]) -> dict[str, Article]:
        """Return the articles of these ids that are records of parties."""
        found: dict[str, Article] = {}
        for run in chunks(list(ids)):
            found.update((a.id, a) for a in self.articles(run) if a.party is not None)
        return found

    def set_label(self, article_id: str, tlp: Tlp | None) -> None:
        """Give an article a label, or take it away; UnknownIdError where there is no such article."""
        with self.transaction():
            value = tlp.value if tlp else None
            if not self.write("UPDATE articles SET tlp = ? WHERE id = ?", (value, article_id)):
                raise UnknownIdError(f"no article {article_id} in {self.path}")
            self.forget([article_id])

    def incidents_labelled(
        self, labels: Collection[Tlp], *, unlabelled: bool = False
    ) -> tuple[LabelledIncident, ...]:
        """Return the incidents that an article with one of these labels tells, by their numbers."""
        if not labels and not unlabelled:
            return ()
        condition = f"tlp {_IN}" + (" OR tlp IS NULL" if unlabelled else "")
        named = to_json([label.value for label in labels])
        # Few articles have a label: the index of labels leads to them, and from them to their incidents.
        rows = self.read(
            f"WITH labelled AS MATERIALIZED (SELECT key FROM articles WHERE {condition}) "
            "SELECT i.key, i.id, EXISTS (SELECT 1 FROM told_in o WHERE o.incident = i.key "
            "AND o.article NOT IN (SELECT key FROM labelled)) FROM incidents i WHERE i.key IN "
            "(SELECT t.incident FROM labelled l JOIN told_in t ON t.article = l.key) ORDER BY i.key",
            (named,),
        )
        return tuple(LabelledIncident(key, name, bool(mixed)) for key, name, mixed in rows)

    def count_labelled(
        self, labels: Collection[Tlp], *, unlabelled: bool = False, party: str | None = None
    ) -> dict[str, int]:
        """Return how many articles have one of these labels, and how many mentions these tell."""
        which = f"(a.tlp {_IN}" + (" OR a.tlp IS NULL)" if unlabelled else ")")
        values = [to_json([label.value for label in labels])]
        if party is not None:
            which, values = f"{which} AND a.party = ?", [*values, party]
        tables = {
            "articles": "articles a",
            "mentions": "mentions m JOIN articles a ON a.id = m.article_id",
        }
        return {
            name: int(self.read(f"SELECT count(*) FROM {rows} WHERE {which}", values)[0][0])
            for name, rows in tables.items()
        }

    def map_keys_of(self, incident_ids: Iterable[str]) -> tuple[int, ...]:
        """Return the store's own number of each of these incidents, in their order; 0 of one not stored."""
        ids = list(incident_ids)
        keys: dict[str, int] = dict(
            self.read(f"SELECT id, key FROM incidents WHERE id {_IN}", (to_json(ids),))
        )
        return tuple(keys.get(name, 0) for name in ids)

    def parties_of(self, incident_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return for each of these incidents the parties whose records tell it; one without is left out."""
        found: dict[str, Any] = {}
        for name, party in self.read(
            "SELECT DISTINCT i.id, a.party FROM incidents i JOIN told_in t ON t.incident = i.key "
            f"JOIN articles a ON a.key = t.article WHERE i.id {_IN} AND a.party IS NOT NULL ORDER BY 1, 2",
            (to_json(list(incident_ids)),),
        ):
            found[name] = (*found.get(name, ()), party)
        return found

    def count_pending_records(self) -> int:
        """Return how many received records were not carried out yet."""
        return int(self.read("SELECT count(*) FROM received_records WHERE NOT carried_out")[0][0])

    def may_hold_traces(self) -> None:
        """Take note that bytes of what was replaced or erased may be in the files."""
        self.write("INSERT OR REPLACE INTO meta VALUES ('traces_since', ?)", (now(),))

    def size(self) -> int:
        """Return the bytes of the database's file."""
        pages, each = self.read("SELECT page_count, page_size FROM pragma_page_count, pragma_page_size")[0]
        return int(pages) * int(each)

    def make_room(self, much: bool) -> None:
        """Hold more of the file in memory while very much is written, or as much as usual again."""
        # Keys are random: with little room nearly every row reads and writes pages of every index anew.
        held, logged = (_MUCH_HELD, _MUCH_LOGGED) if much else (_HELD, _LOGGED)
        self.read(f"PRAGMA cache_size = {held}")
        self.read(f"PRAGMA wal_autocheckpoint = {logged}")

    def in_transaction(self) -> bool:
        """Return whether a transaction is open: then the files can't be written anew."""
        return self._depth > 0
