"""Articles into the record: each stored once, its versions and copies known, its mentions linked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seamwatch.model.incident import Extraction, SourcedMention
from seamwatch.model.place import PlaceMention
from seamwatch.model.report import ArticleReport
from seamwatch.model.text import Article, RawArticle, Rejected
from seamwatch.model.time import TimeMention
from seamwatch.pipeline.extraction import extract_all
from seamwatch.pipeline.kit import Kit
from seamwatch.pipeline.privacy import withhold_private_names

if TYPE_CHECKING:
    from seamwatch.link.rules import LinkRules
    from seamwatch.read.fingerprint import Fingerprint
    from seamwatch.store.base import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What became of one article.

    `kind`: "new", "version" (of `other`), "copy" (word for word the article `other`, which gained a
    source) or "known" (stored before). `opened` and `updated` are incident ids.
    """

    kind: str
    article: str
    origin: str = ""
    title: str | None = None
    other: str | None = None
    mentions: int = 0
    opened: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """An article ready to be extracted, with its fingerprint and what it is a version of."""

    article: Article
    print: Fingerprint
    version_of: str | None


class Recorder:
    """Writes articles and what they say into a store, one transaction an article."""

    def __init__(self, store: Store, kit: Kit | None = None) -> None:
        from seamwatch.link.rules import load_link_rules

        self._store = store
        self._kit = kit
        self._rules: LinkRules = load_link_rules()

    def read(
        self, raws: Iterable[RawArticle | Rejected], *, workers: int = 1
    ) -> Iterator[Recorded | Rejected]:
        """Yield what became of each input, in order; what is yielded is stored and stays stored.

        An article and all that follows from it is written in one transaction: after a crash it is there
        whole, or not at all.
        """
        prepared: dict[tuple[str, str], _Prepared] = {}

        def articles() -> Iterator[Article | Recorded | Rejected]:
            for raw in raws:
                ready = self._prepare(raw)
                if isinstance(ready, _Prepared):
                    prepared[ready.article.id, ready.article.content_hash] = ready
                    yield ready.article
                else:
                    yield ready

        for result in extract_all(articles(), workers=workers, kit=self._kit):
            if isinstance(result, ArticleReport):
                ready = prepared.pop((result.article.id, result.article.content_hash), None)
                yield self._stored_or_rejected(ready or self._again(result.article), result)
            elif isinstance(result, (Recorded, Rejected)):
                yield result

    def _prepare(self, raw: RawArticle | Rejected) -> _Prepared | Recorded | Rejected:
        """Return the article to extract, or what it is where it need not be extracted again."""
        from seamwatch.read.article import read_article

        if isinstance(raw, Rejected):
            return raw
        try:
            article = read_article(raw)
            return article if isinstance(article, Rejected) else self._known(article, raw.origin)
        except Exception as wrong:  # one bad article never stops a batch
            from seamwatch.errors import StoreError

            if isinstance(wrong, StoreError):
                raise
            reason = f"{raw.origin}: could not be read ({type(wrong).__name__}: {wrong}); the rest goes on"
            return Rejected(origin=raw.origin, stage="read", code="internal", reason=reason, id=raw.id)

    def _again(self, article: Article) -> _Prepared:
        from seamwatch.read.fingerprint import fingerprint

        return _Prepared(article=article, print=fingerprint(article), version_of=None)

    def _known(self, article: Article, origin: str) -> _Prepared | Recorded:
        """Return the record of an article that is stored already, else the article made ready."""
        from seamwatch.read.fingerprint import fingerprint

        made = fingerprint(article)
        twin = self._store.find_by_content_key(made.content_key)
        if twin is not None:
            return self._copy(article, twin, origin)
        version_of = self._older_version(article, made)
        if self._store.article(article.id) is not None:
            # The input uses an id again for another text: a version under an id of its own.
            version_of = article.id
            article = replace(article, id=f"{article.id}@{article.content_hash[:8]}")
        return _Prepared(article=article, print=made, version_of=version_of)

    def _copy(self, article: Article, twin: str, origin: str) -> Recorded:
        """Return the record of a word-for-word copy, its outlet added to the sources where it is new."""
        stored = self._store.article(twin)
        same = stored is not None and (stored.source, stored.url) == (article.source, article.url)
        added = not same and self._store.add_source(twin, article.source, article.url, article.retrieved)
        updated: tuple[str, ...] = ()
        if added:
            with self._store.transaction():
                _, updated = self._link(self._store.mentions_of(twin))
        return Recorded(
            kind="copy" if added else "known",
            article=twin,
            origin=origin,
            title=article.title,
            other=twin,
            updated=updated,
        )

    def _older_version(self, article: Article, made: Fingerprint) -> str | None:
        """Return the id of the stored article that this one is a new version of, if any."""
        from seamwatch.read.fingerprint import Fingerprint, is_version

        for other, text in self._store.articles_with_bands(made.bands):
            if other != article.id and text and is_version(made, Fingerprint.from_text(text)):
                return other
        return None

    def _stored_or_rejected(self, ready: _Prepared, report: ArticleReport) -> Recorded | Rejected:
        """Return the record of an article; rejected where the disk has no room for it."""
        from seamwatch.errors import StoreError

        try:
            return self._store_report(ready, report)
        except StoreError as wrong:
            if wrong.code != "store_full":
                raise
            return Rejected(
                origin=ready.article.id,
                stage="store",
                code=wrong.code,
                reason=str(wrong),
                id=ready.article.id,
            )

    def _store_report(self, ready: _Prepared, report: ArticleReport) -> Recorded:
        """Return the record of a newly extracted article, stored and linked in one transaction."""
        article = ready.article
        with self._store.transaction():
            # With several workers a twin may have come in while this one was being extracted.
            twin = self._store.find_by_content_key(ready.print.content_key)
            if twin is not None:
                return self._copy(article, twin, article.id)
            version_of = ready.version_of or self._older_version(article, ready.print)
            opened, updated = self._write(
                article,
                withhold_private_names(report.extraction),
                report.reading.places,
                report.reading.times,
                made=ready.print,
                version_of=version_of,
            )
        return Recorded(
            kind="version" if version_of else "new",
            article=article.id,
            origin=article.id,
            title=article.title,
            other=version_of,
            mentions=len(report.extraction.mentions),
            opened=opened,
            updated=updated,
            warnings=report.warnings,
        )

    def store_given(self, article: Article, extraction: Extraction) -> Recorded:
        """Return the record of an article whose mentions were given, stored and linked without extracting."""
        ready = self._known(article, article.id)
        if isinstance(ready, Recorded):
            return ready
        with self._store.transaction():
            opened, updated = self._write(
                ready.article, extraction, (), (), made=ready.print, version_of=ready.version_of
            )
        return Recorded(
            kind="version" if ready.version_of else "new",
            article=ready.article.id,
            origin=article.id,
            title=article.title,
            other=ready.version_of,
            mentions=len(extraction.mentions),
            opened=opened,
            updated=updated,
        )

    def _write(
        self,
        article: Article,
        extraction: Extraction,
        places: Sequence[PlaceMention],
        times: Sequence[TimeMention],
        *,
        made: Fingerprint,
        version_of: str | None,
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        self._store.add_article(
            article,
            content_key=made.content_key,
            fingerprint=made.to_text(),
            bands=made.bands,
            version_of=version_of,
        )
        self._store.store_extraction(article.id, extraction, places, times)
        return self._link(self._store.mentions_of(article.id))

    def _link(self, mentions: Sequence[SourcedMention]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Link mentions against the store; return the ids of incidents opened and updated."""
        from seamwatch.link.linker import link_new

        result = link_new(mentions, self._store, self._store, self._rules)
        self._store.add_judgements(result.judgements)
        before = self._store.incidents_of([n for group in result.clusters for n in group])
        removed = set(before.values()) - {i.id for i in result.incidents}
        self._store.replace_incidents(result.incidents, sorted(removed))
        opened: list[str] = []
        updated: list[str] = []
        for incident in result.incidents:
            self._store.append_revisions(incident.id, incident.revisions)
            fresh = not any(m.mention.id in before for m in incident.mentions)
            (opened if fresh else updated).append(incident.id)
        return tuple(opened), tuple(updated)
