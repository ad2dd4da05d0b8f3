"""Articles into the record: each stored once, its versions and copies known, its mentions linked."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from seamwatch.errors import StoreError
from seamwatch.model.incident import Extraction, Incident, SourcedMention
from seamwatch.model.place import PlaceMention
from seamwatch.model.report import ArticleReport
from seamwatch.model.text import Article, RawArticle, Rejected
from seamwatch.model.time import TimeMention
from seamwatch.pipeline.areas import AreaFinder
from seamwatch.pipeline.extraction import extract_all
from seamwatch.pipeline.kit import Kit
from seamwatch.pipeline.place_loading import own_places_url
from seamwatch.pipeline.privacy import load_privacy_rules, withhold_private_names

if TYPE_CHECKING:
    from seamwatch.link.rules import LinkRules
    from seamwatch.read.fingerprint import Fingerprint
    from seamwatch.store.base import Store

# What concerns one article, or passes: it is rejected, the next may fit.
_PASSING = ("store_full", "store_busy", "id_taken")


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
    """An article ready to be extracted, with its fingerprint and the input that it came from."""

    article: Article
    print: Fingerprint
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What an article says, as it is stored."""

    extraction: Extraction
    places: Sequence[PlaceMention] = ()
    times: Sequence[TimeMention] = ()
    warnings: tuple[str, ...] = ()
    given: bool = False


def _age(name: str, published: date | None) -> tuple[date, str]:
    """Return by what the first of several copies or versions is told, in whatever order they come in."""
    return (published or date.max, name)


def _own_id(article: Article) -> str:
    """Return the id of an article whose own was used for another text before."""
    return f"{article.id}@{article.content_hash[:8]}"


class Recorder:
    """Writes articles and what they say into a store, one transaction an article."""

    def __init__(
        self,
        store: Store,
        kit: Kit | None = None,
        *,
        published: date | None = None,
        source: str | None = None,
    ) -> None:
        """Take the store, and the day and outlet of articles that do not say theirs."""
        from seamwatch.link.compare import Profiles
        from seamwatch.link.rules import load_link_rules

        self._store = store
        self._kit = kit
        self._published = published
        self._source = source
        self._rules: LinkRules = load_link_rules()
        self._profiles = Profiles(self._rules)
        self._privacy = load_privacy_rules()
        self._areas = AreaFinder(store)

    def read(
        self, raws: Iterable[RawArticle | Rejected], *, workers: int = 1
    ) -> Iterator[Recorded | Rejected]:
        """Yield what became of each input, in order; what is yielded is stored and stays stored.

        An article and all that follows from it is written in one transaction: after a crash it is there
        whole, or not at all.
        """
        waiting: deque[_Prepared | None] = deque()

        def articles() -> Iterator[Article | Recorded | Rejected]:
            for raw in raws:
                ready = self._prepare(raw)
                waiting.append(ready if isinstance(ready, _Prepared) else None)
                yield ready.article if isinstance(ready, _Prepared) else ready

        places = own_places_url(self._store)
        for result in extract_all(articles(), workers=workers, kit=self._kit, places=places):
            ready = waiting.popleft()
            if isinstance(result, ArticleReport) and ready is not None:
                said = _Said(
                    extraction=result.extraction,
                    places=result.reading.places,
                    times=result.reading.times,
                    warnings=result.warnings,
                )
                yield self._store_or_reject(ready, said)
            elif isinstance(result, Rejected) and ready is not None:
                yield replace(result, origin=ready.origin)
            elif isinstance(result, (Recorded, Rejected)):
                yield result

    def store_given(
        self, article: Article, extraction: Extraction, *, origin: str = ""
    ) -> Recorded | Rejected:
        """Return what became of an article whose mentions were given: stored and linked as they are."""
        from seamwatch.read.fingerprint import fingerprint

        article = self._completed(article)
        ready = _Prepared(article=article, print=fingerprint(article), origin=origin or article.id)
        return self._store_or_reject(ready, _Said(extraction=extraction, given=True))

    def _completed(self, article: Article) -> Article:
        """Return the article with the day and outlet to assume where it does not say its own."""
        return replace(
            article,
            published=article.published or self._published,
            source=article.source or self._source,
        )

    def _prepare(self, raw: RawArticle | Rejected) -> _Prepared | Recorded | Rejected:
        """Return the article to extract, or what it is where it need not be extracted again."""
        from seamwatch.read.article import read_article
        from seamwatch.read.fingerprint import fingerprint

        if isinstance(raw, Rejected):
            return raw
        try:
            article = read_article(raw)
            if isinstance(article, Rejected):
                return article
            article = self._completed(article)
            ready = _Prepared(article=article, print=fingerprint(article), origin=raw.origin)
        except Exception as wrong:  # one bad article never stops a batch
            reason = f"{raw.origin}: could not be read ({type(wrong).__name__}: {wrong}); the rest goes on"
            return Rejected(origin=raw.origin, stage="read", code="internal", reason=reason, id=raw.id)
        if self._store.find_by_content_key(ready.print.content_key) is None:
            return ready
        return self._guarded(ready, lambda: self._record(ready, None)) or ready

    def _store_or_reject(self, ready: _Prepared, said: _Said) -> Recorded | Rejected:
        """Return the record of an article, or why it could not be stored."""
        result = self._guarded(ready, lambda: self._record(ready, said))
        assert result is not None
        return result

    def _guarded(self, ready: _Prepared, work: Callable[[], Recorded | None]) -> Recorded | Rejected | None:
        """Return what the work gives, in one transaction; a rejection where only this article fails."""
        try:
            with self._store.transaction():
                return work()
        except StoreError as wrong:
            if wrong.code not in _PASSING:
                raise
            code, reason = wrong.code, f"{ready.origin}: {wrong}"
        except Exception as wrong:  # one bad article never stops a batch
            code = "internal"
            reason = (
                f"{ready.origin}: could not be stored ({type(wrong).__name__}: {wrong}); "
                "the rest of the batch goes on, please report this article"
            )
        return Rejected(origin=ready.origin, stage="store", code=code, reason=reason, id=ready.article.id)

    def _record(self, ready: _Prepared, said: _Said | None) -> Recorded | None:
        """Return what became of an article; the caller holds the transaction.

        Without what it says only a word-for-word copy can be recorded; None stands for all others.
        """
        article = ready.article
        twin = self._store.find_by_content_key(ready.print.content_key)
        stored = self._store.article(twin) if twin is not None else None
        if stored is not None and (
            stored.id in (article.id, _own_id(article))
            or _age(stored.id, stored.published) <= _age(article.id, article.published)
        ):
            return self._copy(ready, stored)
        if said is None:
            return None
        reused = article.id if self._store.article(article.id) is not None else None
        if reused is not None:
            # The input uses an id again for another text: a version under an id of its own.
            article = replace(article, id=_own_id(article))
            said = replace(said, extraction=_renamed(said.extraction, reused, article.id))
        similar = [reused] if reused else []
        similar += [name for name in self._similar(ready.print) if name not in (reused, twin)]
        self._store.add_article(
            article,
            content_key=ready.print.content_key,
            fingerprint=ready.print.to_text(),
            bands=ready.print.bands,
        )
        extraction = withhold_private_names(
            said.extraction, self._privacy, (place.quote for place in said.places)
        )
        self._store.store_extraction(article.id, extraction, said.places, said.times, given=said.given)
        moved = self._renew_family(article, similar, twin)
        gone: dict[str, str] = {}
        if twin is not None:
            beside, gone = self._take_over(twin, article.id)
            moved += beside
        again = self._store.mentions(name for name in moved).values()
        opened, updated = self._link([*self._store.mentions_of(article.id), *again], gone)
        kind = "copy" if twin else "version" if similar else "new"
        return Recorded(
            kind=kind,
            article=article.id,
            origin=ready.origin,
            title=article.title,
            other=twin or (similar[0] if similar else None),
            mentions=len(extraction.mentions),
            opened=opened,
            updated=updated,
            warnings=said.warnings,
        )

    def _copy(self, ready: _Prepared, twin: Article) -> Recorded:
        """Return the record of a word-for-word copy, its outlet added to the sources where it is new."""
        article = ready.article
        same = (twin.source, twin.url) == (article.source, article.url)
        added = not same and self._store.add_source(twin.id, article.source, article.url, article.retrieved)
        _, updated = self._link(self._store.mentions_of(twin.id)) if added else ((), ())
        return Recorded(
            kind="copy" if added else "known",
            article=article.id,
            origin=ready.origin,
            title=article.title,
            other=twin.id,
            updated=updated,
        )

    def _similar(self, made: Fingerprint) -> list[str]:
        """Return the ids of all stored articles that this one is a version of, the likest first."""
        from seamwatch.read.fingerprint import Fingerprint, is_version

        near = self._store.articles_with_bands(made.bands)
        return [name for name, text in near if text and is_version(made, Fingerprint.from_text(text))]

    def _renew_family(self, article: Article, similar: Sequence[str], twin: str | None) -> list[str]:
        """Mark all versions of one report as versions of the first; return the mentions this concerns.

        The first is told by its day and id: whichever came in first, the same one is the root.
        """
        relatives = [twin] if twin else []
        family = dict(self._store.version_family([article.id, *similar, *relatives]))
        if twin is not None:
            del family[twin]
        root = min(family, key=lambda name: _age(name, family[name]))
        changed = self._store.set_versions(root, family) if len(family) > 1 else ()
        return [m.mention.id for name in changed if name != article.id for m in self._store.mentions_of(name)]

    def _take_over(self, twin: str, article_id: str) -> tuple[list[str], dict[str, str]]:
        """Put an article in the place of its twin, which came out after it though it was read before.

        Return the mentions that shared incidents with the twin's, and of each incident that held one of
        those the id of the mention that stands for it now.
        """
        old = [m.mention.id for m in self._store.mentions_of(twin)]
        new = [m.mention.id for m in self._store.mentions_of(article_id)]
        stands_for = dict(zip(old, new, strict=False))
        held = self._store.incidents_of(old)
        beside = {m.mention.id for i in set(held.values()) for m in self._store.incident(i).mentions}
        judged = [j for j in self._store.judgements_about(old) if j.by != "rules"]
        self._store.replace_article(twin, article_id)
        # What people judged of the twin's mentions holds of those that stand for them.
        for judgement in judged:
            left = stands_for.get(judgement.left, judgement.left)
            right = stands_for.get(judgement.right, judgement.right)
            if left != right:
                left, right = sorted((left, right))
                self._store.add_judgements([replace(judgement, left=left, right=right, supersedes=None)])
        return sorted(beside.difference(old)), {
            held[name]: stands_for[name] for name in old if name in held and name in stands_for
        }

    def _link(
        self, mentions: Sequence[SourcedMention], gone: Mapping[str, str] | None = None
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Link mentions against the store; return the ids of incidents opened and updated.

        `gone` are incidents that lost mentions, each with a mention whose incident its id leads to now.
        """
        from seamwatch.link.linker import link_new

        left = gone or {}
        result = link_new(mentions, self._store, self._store, self._rules, self._profiles)
        self._store.add_judgements(result.judgements)
        before = self._store.incidents_of([n for group in result.clusters for n in group])
        removed = (set(before.values()) | set(left)) - {i.id for i in result.incidents}
        leads = {old: mention for old, mention in left.items() if old in removed}
        named = [self._with_changes(_with_aliases(i, leads)) for i in result.incidents]
        incidents = list(self._areas.located(named))
        self._store.replace_incidents(incidents, sorted(removed))
        opened: list[str] = []
        updated: list[str] = []
        for incident in incidents:
            self._store.append_revisions(incident.id, incident.revisions)
            fresh = not any(m.mention.id in before for m in incident.mentions)
            fresh = fresh and not any(m.mention.id in left.values() for m in incident.mentions)
            (opened if fresh else updated).append(incident.id)
        return tuple(opened), tuple(updated)

    def _with_changes(self, incident: Incident) -> Incident:
        """Return the incident with what changes of the gazetteer made of its place."""
        more = self._store.place_revisions(m.mention.id for m in incident.mentions)
        return replace(incident, revisions=incident.revisions + more) if more else incident


def _with_aliases(incident: Incident, leads: Mapping[str, str]) -> Incident:
    """Return the incident with the ids that lead to one of its mentions among its aliases."""
    held = {m.mention.id for m in incident.mentions}
    more = tuple(old for old, mention in leads.items() if mention in held)
    return replace(incident, aliases=incident.aliases + more) if more else incident


def _renamed(extraction: Extraction, old: str, new: str) -> Extraction:
    """Return the extraction with its mentions under another article's id."""
    return replace(
        extraction,
        mentions=tuple(
            replace(m, id=f"{new}{m.id[len(old) :]}" if m.id.startswith(f"{old}#") else f"{new}#{n}")
            for n, m in enumerate(extraction.mentions, 1)
        ),
    )
