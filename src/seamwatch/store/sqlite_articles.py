"""Articles, their copies, their bands and their words, in SQLite."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time

from seamwatch.errors import StoreError
from seamwatch.model.incident import ArticleRef
from seamwatch.model.party_codec import record_from_json, record_json
from seamwatch.model.party_record import PartyRecord
from seamwatch.model.text import Article
from seamwatch.store.base import ArticleHit, FetchMemory
from seamwatch.store.sqlite_database import Row, SqliteDatabase, chunks, moment, now, to_json
from seamwatch.vocabulary.coordination import Tlp

_ARTICLE = (
    "id, text, title, published, source, url, language, author, retrieved, content_hash, warnings, party, "
    "tlp, released"
)
REF = (
    "a.id, a.title, a.source, a.url, a.published, a.stored_at, a.version_of, "
    "(SELECT json_group_array(s.source) FROM article_sources s "
    "WHERE s.article_id = a.id AND s.source <> ''), "
    "(SELECT r.source FROM articles r WHERE r.id = a.version_of), a.party, a.tlp, a.released"
)


def article_ref(row: Row) -> ArticleRef:
    """Return the reference of one row of the columns REF."""
    name, title, source, url, published, stored_at, version_of, copies, origin, party, tlp, released = row
    sources = set(json.loads(copies)) | ({source} if source else set())
    day = date.fromisoformat(published) if published else None
    return ArticleRef(
        id=name,
        title=title,
        source=source,
        # Sorted: whichever outlet's copy came in first, the reference is the same.
        sources=tuple(sorted(sources)),
        url=url,
        published=day,
        known=datetime.combine(day, time(), UTC) if day else datetime.fromisoformat(stored_at),
        version_of=version_of,
        origin=origin,
        party=party,
        tlp=Tlp(tlp) if tlp else None,
        record=_record(released),
    )


def _article(row: Row) -> Article:
    name, text, title, published, source, url, language, author, retrieved, content_hash, *more = row
    warnings, party, tlp, released = more
    return Article(
        id=name,
        text=text,
        title=title,
        published=date.fromisoformat(published) if published else None,
        source=source,
        url=url,
        language=language,
        author=author,
        retrieved=datetime.fromisoformat(retrieved) if retrieved else None,
        content_hash=content_hash,
        warnings=tuple(json.loads(warnings)),
        party=party,
        tlp=Tlp(tlp) if tlp else None,
        record=_record(released),
    )


def _record(text: str | None) -> PartyRecord | None:
    return record_from_json(json.loads(text), "a party's record in the database") if text else None


def _signed(band: int) -> int:
    # SQLite's integers are signed; a 64-bit hash need not be.
    return (band + 2**63) % 2**64 - 2**63


def match_words(text: str) -> str:
    """Return the FTS5 query for all words of a text and its phrases in double quotes; "" where it has none.

    Every word is quoted, so that none is read as an operator of FTS5.

    >>> match_words('car bomb NOT "near Kirkuk"')
    '"car" "bomb" "NOT" "near Kirkuk"'
    """
    parts: list[str] = []
    for number, piece in enumerate(text.replace("\0", " ").split('"')):
        parts.extend([piece] if number % 2 else piece.split())
    return " ".join(f'"{part}"' for part in parts if any(c.isalnum() for c in part))


class ArticleTables(SqliteDatabase):
    """The part of the store that keeps articles."""

    def add_article(
        self,
        article: Article,
        *,
        content_key: str = "",
        fingerprint: str = "",
        bands: Iterable[int] = (),
        version_of: str | None = None,
    ) -> None:
        """Store a new article; StoreError where its id is taken or `version_of` names none."""
        with self.transaction():
            if self.read("SELECT 1 FROM articles WHERE id = ?", (article.id,)):
                raise StoreError(
                    f"an article with the id {article.id} is stored already: give the new one another id",
                    code="id_taken",
                )
            if version_of is not None and not self.read("SELECT 1 FROM articles WHERE id = ?", (version_of,)):
                raise StoreError(
                    f"article {article.id}: no article {version_of} that it could be a version of"
                )
            self.write(
                f"INSERT INTO articles ({_ARTICLE}, content_key, fingerprint, version_of, stored_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    article.id,
                    article.text,
                    article.title,
                    article.published.isoformat() if article.published else None,
                    article.source,
                    article.url,
                    article.language,
                    article.author,
                    moment(article.retrieved),
                    article.content_hash,
                    to_json(article.warnings),
                    article.party,
                    article.tlp.value if article.tlp else None,
                    to_json(record_json(article.record)) if article.record else None,
                    content_key,
                    fingerprint,
                    version_of,
                    now(),
                ),
            )
            key = self.read("SELECT key FROM articles WHERE id = ?", (article.id,))[0][0]
            self.write_all(
                "INSERT OR IGNORE INTO article_bands (value, article_key) VALUES (?, ?)",
                ((_signed(band), key) for band in bands),
            )

    def add_source(
        self, article_id: str, source: str | None, url: str | None, retrieved: datetime | None
    ) -> bool:
        """Store that another outlet carried the article word for word; return whether that is new."""
        with self.transaction():
            original = self.read("SELECT source, url FROM articles WHERE id = ?", (article_id,))
            if not original:
                raise StoreError(f"no article {article_id} that could have another source")
            if original[0] == (source, url):
                return False
            self.forget([article_id])
            return bool(
                self.write(
                    "INSERT OR IGNORE INTO article_sources VALUES (?, ?, ?, ?)",
                    (article_id, source or "", url or "", moment(retrieved)),
                )
            )

    def version_family(self, ids: Iterable[str]) -> tuple[tuple[str, date | None], ...]:
        """Return (id, publication day) of these articles and of all versions of the same reports."""
        roots = to_json(
            [
                root
                for (root,) in self.read(
                    "SELECT DISTINCT coalesce(version_of, id) FROM articles "
                    "WHERE id IN (SELECT value FROM json_each(?))",
                    (to_json(list(ids)),),
                )
            ]
        )
        # Each half by its own index: as one condition all articles would be read.
        rows = self.read(
            "SELECT id, published FROM articles WHERE key IN ("
            "SELECT key FROM articles WHERE id IN (SELECT value FROM json_each(?)) UNION "
            "SELECT key FROM articles WHERE version_of IN (SELECT value FROM json_each(?))) ORDER BY key",
            (roots, roots),
        )
        return tuple((name, date.fromisoformat(day) if day else None) for name, day in rows)

    def set_versions(self, root: str, ids: Iterable[str]) -> tuple[str, ...]:
        """Make these articles versions of `root`, and `root` a version of none; return whose mark changed."""
        wanted: dict[str, str | None] = dict.fromkeys(ids, root)
        wanted[root] = None
        changed = []
        with self.transaction():
            for name, known in self.read(
                "SELECT id, version_of FROM articles "
                "WHERE id IN (SELECT value FROM json_each(?)) ORDER BY key",
                (to_json(list(wanted)),),
            ):
                if known != wanted[name]:
                    self.write("UPDATE articles SET version_of = ? WHERE id = ?", (wanted[name], name))
                    changed.append(name)
            self.forget(changed)
        return tuple(changed)

    def replace_article(self, old_id: str, new_id: str) -> None:
        """Make an article a mere source of another that is stored too and reads word for word the same."""
        with self.transaction():
            rows = self.read("SELECT source, url, retrieved FROM articles WHERE id = ?", (old_id,))
            own = self.read("SELECT source, url FROM articles WHERE id = ?", (new_id,))
            if not rows or not own or old_id == new_id:
                raise StoreError(f"articles {old_id} and {new_id} must both be stored to become one")
            rows += self.read(
                "SELECT source, url, retrieved FROM article_sources WHERE article_id = ?", (old_id,)
            )
            mine = (own[0][0] or "", own[0][1] or "")
            self.write_all(
                "INSERT OR IGNORE INTO article_sources VALUES (?, ?, ?, ?)",
                (
                    (new_id, source or "", url or "", retrieved)
                    for source, url, retrieved in rows
                    if (source or "", url or "") != mine
                ),
            )
            self.write("UPDATE articles SET version_of = ? WHERE version_of = ?", (new_id, old_id))
            self.write("UPDATE articles SET version_of = NULL WHERE id = ? AND version_of = id", (new_id,))
            self.write("DELETE FROM articles WHERE id = ?", (old_id,))
            self.forget()

    def article(self, article_id: str) -> Article | None:
        """Return the article, or None where there is none of this id."""
        rows = self.read(f"SELECT {_ARTICLE} FROM articles WHERE id = ?", (article_id,))
        return _article(rows[0]) if rows else None

    def articles(self, ids: Iterable[str] | None = None) -> Iterator[Article]:
        """Return the articles of these ids, or all, in the order in which they were stored."""
        if ids is None:
            keys = self.read("SELECT key FROM articles ORDER BY key")
        else:
            keys = self.read(
                "SELECT key FROM articles WHERE id IN (SELECT value FROM json_each(?)) ORDER BY key",
                (to_json(list(ids)),),
            )
        return self._articles([key for (key,) in keys])

    def _articles(self, keys: list[int]) -> Iterator[Article]:
        for run in chunks(keys):
            rows = self.read(
                f"SELECT {_ARTICLE} FROM articles WHERE key IN (SELECT value FROM json_each(?)) ORDER BY key",
                (to_json(run),),
            )
            yield from map(_article, rows)

    def article_ref(self, article_id: str) -> ArticleRef | None:
        """Return the article as linking and display need it, or None."""
        rows = self.read(f"SELECT {REF} FROM articles a WHERE a.id = ?", (article_id,))
        return article_ref(rows[0]) if rows else None

    def find_by_content_key(self, content_key: str) -> str | None:
        """Return the id of the first article stored with this content key, or None."""
        rows = self.read(
            "SELECT id FROM articles WHERE content_key = ? AND content_key <> '' ORDER BY key LIMIT 1",
            (content_key,),
        )
        return str(rows[0][0]) if rows else None

    def find_by_url(self, url: str) -> str | None:
        """Return the id of the article read from this URL last, as itself or as a copy, or None."""
        rows = self.read(
            "SELECT id FROM articles WHERE url = ? ORDER BY key DESC LIMIT 1", (url,)
        ) or self.read(
            "SELECT article_id FROM article_sources WHERE url = ? ORDER BY retrieved DESC LIMIT 1", (url,)
        )
        return str(rows[0][0]) if rows else None

    def articles_with_bands(self, bands: Iterable[int]) -> tuple[tuple[str, str], ...]:
        """Return (id, fingerprint) of the articles that share a band, most shared bands first."""
        rows = self.read(
            "SELECT a.id, a.fingerprint FROM article_bands b JOIN articles a ON a.key = b.article_key "
            "WHERE b.value IN (SELECT value FROM json_each(?)) GROUP BY a.key ORDER BY count(*) DESC, a.key",
            (to_json(sorted({_signed(band) for band in bands})),),
        )
        return tuple((name, fingerprint) for name, fingerprint in rows)

    def search_articles(self, text: str, *, limit: int = 50) -> tuple[ArticleHit, ...]:
        """Return the articles with all these words, or phrases in double quotes, best first."""
        words = match_words(text)
        if not words:
            return ()
        rows = self.read(
            f"SELECT snippet(article_words, -1, '[', ']', '…', 24), {REF} "
            "FROM article_words JOIN articles a ON a.key = article_words.rowid "
            "WHERE article_words MATCH ? ORDER BY article_words.rank, a.key LIMIT ?",
            (words, limit),
        )
        return tuple(ArticleHit(article=article_ref(row[1:]), passage=row[0]) for row in rows)

    def fetch_memory(self, url: str) -> FetchMemory | None:
        """Return what was remembered of a URL, or None."""
        rows = self.read("SELECT etag, last_modified FROM fetch_memory WHERE url = ?", (url,))
        return FetchMemory(etag=rows[0][0], last_modified=rows[0][1]) if rows else None

    def remember_fetch(self, url: str, etag: str | None, last_modified: str | None) -> None:
        """Remember what a server said of a URL's version."""
        self.write(
            "INSERT OR REPLACE INTO fetch_memory VALUES (?, ?, ?, ?)", (url, etag, last_modified, now())
        )
