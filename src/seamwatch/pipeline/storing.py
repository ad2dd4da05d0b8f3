"""One article into the store: its text, what it says, its versions and copies. Linking comes after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from seamwatch.model.incident import Extraction
from seamwatch.model.place import PlaceMention
from seamwatch.model.text import Article
from seamwatch.model.time import TimeMention
from seamwatch.pipeline.forget import refuse_forgotten
from seamwatch.pipeline.linking import Linker
from seamwatch.pipeline.privacy import load_privacy_rules, withhold_private_names

if TYPE_CHECKING:
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
class Prepared:
    """An article ready to be extracted, with its fingerprint and the input that it came from."""

    article: Article
    print: Fingerprint
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What an article says, as it is stored."""

    extraction: Extraction
    places: Sequence[PlaceMention] = ()
    times: Sequence[TimeMention] = ()
    warnings: tuple[str, ...] = ()
    given: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An article that is stored, and what of it waits to be linked.

    `mentions` are the ids to link; `gone` and `beside` are what `Linker.link` takes.
    """

    record: Recorded
    mentions: tuple[str, ...] = ()
    gone: Mapping[str, str] = field(default_factory=dict)
    beside: frozenset[str] = frozenset()


def _age(name: str, published: date | None) -> tuple[date, str]:
    """Return by what the first of several copies or versions is told, in whatever order they come in."""
    return (published or date.max, name)


def _own_id(article: Article) -> str:
    """Return the id of an article whose own was used for another text before."""
    return f"{article.id}@{article.content_hash[:8]}"


class ArticleStorer:
    """Writes articles and what they say into a store; each call belongs into a transaction of the caller."""

    def __init__(self, store: Store, linker: Linker) -> None:
        self._store = store
        self._linker = linker
        self._privacy = load_privacy_rules()

    def is_known(self, ready: Prepared) -> bool:
        """Return whether an article with the same words is stored."""
        key = ready.print.content_key
        return self._store.find_by_content_key(key) is not None or self._store.forgotten_as(key) is not None

    def store(self, ready: Prepared, said: Said | None) -> Stored | None:
        """Return what became of an article.

        Without what it says only a word-for-word copy can be stored; None stands for all others. StoreError
        where its text was forgotten.
        """
        article = ready.article
        refuse_forgotten(self._store, ready.print.content_key)
        twin = self._store.find_by_content_key(ready.print.content_key)
        stored = self._store.article(twin) if twin is not None else None
        if stored is not None and (
            stored.id in (article.id, _own_id(article))
            or _age(stored.id, stored.published) <= _age(article.id, article.published)
        ):
            return self._copy(ready, stored)
        if said is None:
            return None
        used = self._store.article(article.id) is not None or self._store.tombstone(article.id) is not None
        reused = article.id if used else None
        if reused is not None:
            # The input uses an id again for another text: a version under an id of its own.
            article = replace(article, id=_own_id(article))
            said = replace(said, extraction=_renamed(said.extraction, reused, article.id))
        # The id of a forgotten article is never given to another text, and nothing is a version of it.
        similar = [reused] if reused and self._store.article(reused) is not None else []
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
        self._inherit_label(article, [*similar, *([twin] if twin else [])])
        moved = self._renew_family(article, similar, twin)
        gone: dict[str, str] = {}
        beside: frozenset[str] = frozenset()
        if twin is not None:
            beside, gone = self._take_over(twin, article.id)
        told = [m.mention.id for m in self._store.mentions_of(article.id)]
        if twin is not None:
            # Other incidents show the decisions that named the twin's mentions.
            about = self._store.decisions_about(told)
            moved += [name for d in about for name in (*d.mentions, *d.others) if name not in told]
        kind = "copy" if twin else "version" if similar else "new"
        record = Recorded(
            kind=kind,
            article=article.id,
            origin=ready.origin,
            title=article.title,
            other=twin or (similar[0] if similar else None),
            mentions=len(extraction.mentions),
            warnings=said.warnings,
        )
        return Stored(record=record, mentions=(*told, *moved), gone=gone, beside=beside)

    def _copy(self, ready: Prepared, twin: Article) -> Stored:
        """Return the record of a word-for-word copy, its outlet added to the sources where it is new."""
        article = ready.article
        same = (twin.source, twin.url) == (article.source, article.url)
        added = not same and self._store.add_source(twin.id, article.source, article.url, article.retrieved)
        record = Recorded(
            kind="copy" if added else "known",
            article=article.id,
            origin=ready.origin,
            title=article.title,
            other=twin.id,
        )
        # With another outlet the same words may be another voice's.
        again = tuple(m.mention.id for m in self._store.mentions_of(twin.id)) if added else ()
        return Stored(record=record, mentions=again)

    def _similar(self, made: Fingerprint) -> list[str]:
        """Return the ids of all stored articles that this one is a version of, the likest first."""
        from seamwatch.read.fingerprint import Fingerprint, is_version

        near = self._store.articles_with_bands(made.bands)
        return [name for name, text in near if text and is_version(made, Fingerprint.from_text(text))]

    def _inherit_label(self, article: Article, relatives: Sequence[str]) -> None:
        """Give an article that bears no label the strictest one of those that it is a version of."""
        refs = map(self._store.article_ref, relatives)
        labels = [ref.tlp for ref in refs if ref is not None and ref.party is None and ref.tlp]
        if article.tlp is None and labels:
            self._store.set_label(article.id, max(labels, key=lambda label: label.strictness))

    def _renew_family(self, article: Article, similar: Sequence[str], twin: str | None) -> list[str]:
        """Mark all versions of one report as versions of the first; return the mentions this concerns.

        The first is told by its day and id: whichever came in first, the same one is the root.
        """
        if not similar and twin is None:
            return []
        relatives = [twin] if twin else []
        family = dict(self._store.version_family([article.id, *similar, *relatives]))
        if twin is not None:
            del family[twin]
        root = min(family, key=lambda name: _age(name, family[name]))
        changed = self._store.set_versions(root, family) if len(family) > 1 else ()
        return [m.mention.id for name in changed if name != article.id for m in self._store.mentions_of(name)]

    def _take_over(self, twin: str, article_id: str) -> tuple[frozenset[str], dict[str, str]]:
        """Put an article in the place of its twin, which came out after it though it was read before.

        Return the mentions that were connected with the twin's, and of each incident that held one of those
        the id of the mention that stands for it now.
        """
        old = [m.mention.id for m in self._store.mentions_of(twin)]
        new = [m.mention.id for m in self._store.mentions_of(article_id)]
        stands_for = dict(zip(old, new, strict=False))
        held = self._store.incidents_of(old)
        beside = frozenset(self._linker.connected(old).difference(old))
        self._store.replace_article(twin, article_id)
        # What people decided about the twin's mentions holds of those that stand for them.
        for name, stand_in in stands_for.items():
            self._store.add_stand_in(name, stand_in)
        return beside, {held[name]: stands_for.get(name, "") for name in reversed(old) if name in held}


def _renamed(extraction: Extraction, old: str, new: str) -> Extraction:
    """Return the extraction with its mentions under another article's id."""
    return replace(
        extraction,
        mentions=tuple(
            replace(m, id=f"{new}{m.id[len(old) :]}" if m.id.startswith(f"{old}#") else f"{new}#{n}")
            for n, m in enumerate(extraction.mentions, 1)
        ),
    )
