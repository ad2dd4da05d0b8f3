"""Articles into the record: each stored once, its versions and copies known, its mentions linked."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from seamwatch.errors import StoreError
from seamwatch.model.coded import event_of
from seamwatch.model.incident import Extraction
from seamwatch.model.report import ArticleReport
from seamwatch.model.text import Article, RawArticle, Rejected
from seamwatch.pipeline.extraction import extract_all
from seamwatch.pipeline.forget import FORGOTTEN
from seamwatch.pipeline.kit import Kit
from seamwatch.pipeline.linking import LinkChange, Linker
from seamwatch.pipeline.place_loading import own_places_url
from seamwatch.pipeline.relinking import link_anew_where_needed
from seamwatch.pipeline.storing import ArticleStorer, Prepared, Recorded, Said, Stored

if TYPE_CHECKING:
    from seamwatch.store.base import Store

__all__ = ["Recorded", "Recorder"]

T = TypeVar("T")

# What concerns one article, or passes: it is rejected, the next may fit.
_PASSING = ("store_full", "store_busy", "id_taken", FORGOTTEN)
_OWN_FAULT = ("id_taken", FORGOTTEN)
# Articles written and linked in one transaction: so many, or what came in within so many seconds.
BATCH = 250
BATCH_SECONDS = 0.5
# Given mentions need no extraction and come in fast: large batches link faster.
GIVEN_BATCH = 2000
GIVEN_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    """An input in a batch: an article with what it says, or what became of one that needs no batch."""

    ready: Prepared | None = None
    said: Said | None = None
    done: Recorded | Rejected | None = None


class Recorder:
    """Writes articles and what they say into a store, a batch in one transaction."""

    def __init__(
        self,
        store: Store,
        kit: Kit | None = None,
        *,
        published: date | None = None,
        source: str | None = None,
        note: Callable[[str], None] | None = None,
    ) -> None:
        """Take the store, and the day and outlet of articles that do not say theirs.

        A store that is linked by other rules is linked anew first; `note` is told so.
        """
        self._store = store
        self._kit = kit
        self._published = published
        self._source = source
        self._linker = Linker(store)
        link_anew_where_needed(store, self._linker.rules, note)
        self._storer = ArticleStorer(store, self._linker)

    def read(
        self, raws: Iterable[RawArticle | Rejected], *, workers: int = 1
    ) -> Iterator[Recorded | Rejected]:
        """Yield what became of each input, in order; what is yielded is stored and stays stored.

        Articles and all that follows from them are written in one transaction: after a crash they are there
        whole, or not at all.
        """
        return self._batched(self._extracted(raws, workers))

    def store_all_given(
        self, given: Iterable[tuple[Article, Extraction, str] | Rejected]
    ) -> Iterator[Recorded | Rejected]:
        """Yield what became of articles whose mentions were given with an origin each, in order."""
        return self._batched(
            (_Waiting(done=item) if isinstance(item, Rejected) else self._given(*item) for item in given),
            most=GIVEN_BATCH,
            seconds=GIVEN_SECONDS,
        )

    def store_given(
        self, article: Article, extraction: Extraction, *, origin: str = "", form: bool = False
    ) -> Recorded | Rejected:
        """Return what became of an article whose mentions were given: stored and linked as they are.

        A filled-in `form` is a version of no other article, though its words are alike.
        """
        (result,) = self._flush([self._given(article, extraction, origin, form=form)])
        return result

    def _given(
        self, article: Article, extraction: Extraction, origin: str, *, form: bool = False
    ) -> _Waiting:
        from seamwatch.read.fingerprint import fingerprint, row_fingerprint

        article = self._completed(article)
        coded = any(event_of(mention) for mention in extraction.mentions)
        made = row_fingerprint(article) if coded or form else fingerprint(article)
        ready = Prepared(article=article, print=made, origin=origin or article.id)
        return _Waiting(ready=ready, said=Said(extraction=extraction, given=True))

    def _extracted(self, raws: Iterable[RawArticle | Rejected], workers: int) -> Iterator[_Waiting]:
        """Yield each input with what it says, in order."""
        waiting: deque[Prepared | None] = deque()

        def articles() -> Iterator[Article | Recorded | Rejected]:
            for raw in raws:
                ready = self._prepare(raw)
                waiting.append(ready if isinstance(ready, Prepared) else None)
                yield ready.article if isinstance(ready, Prepared) else ready

        places = own_places_url(self._store)
        for result in extract_all(articles(), workers=workers, kit=self._kit, places=places):
            ready = waiting.popleft()
            if isinstance(result, ArticleReport) and ready is not None:
                said = Said(
                    extraction=result.extraction,
                    places=result.reading.places,
                    times=result.reading.times,
                    warnings=result.warnings,
                )
                yield _Waiting(ready=ready, said=said)
            elif isinstance(result, Rejected) and ready is not None:
                yield _Waiting(done=replace(result, origin=ready.origin))
            elif isinstance(result, (Recorded, Rejected)):
                yield _Waiting(done=result)

    def _completed(self, article: Article) -> Article:
        """Return the article with the day and outlet to assume where it does not say its own."""
        return replace(
            article,
            published=article.published or self._published,
            source=article.source or self._source,
        )

    def _prepare(self, raw: RawArticle | Rejected) -> Prepared | Recorded | Rejected:
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
            ready = Prepared(article=article, print=fingerprint(article), origin=raw.origin)
        except Exception as wrong:  # one bad article never stops a batch
            reason = f"{raw.origin}: could not be read ({type(wrong).__name__}: {wrong}); the rest goes on"
            return Rejected(origin=raw.origin, stage="read", code="internal", reason=reason, id=raw.id)
        if not self._storer.is_known(ready):
            return ready
        found = self._guarded(ready, lambda: self._alone(ready, None))
        return found or ready

    def _alone(self, ready: Prepared, said: Said | None) -> Recorded | None:
        """Return what became of one article, linked at once; None where it must be extracted first."""
        stored = self._storer.store(ready, said)
        if stored is None:
            return None
        return _told(stored, self._link([stored]), self._store)

    # --- batches

    def _batched(
        self, items: Iterable[_Waiting], *, most: int = BATCH, seconds: float = BATCH_SECONDS
    ) -> Iterator[Recorded | Rejected]:
        batch: list[_Waiting] = []
        begun = 0.0
        for item in items:
            if not batch:
                begun = time.monotonic()
            batch.append(item)
            if len(batch) >= most or time.monotonic() - begun >= seconds:
                yield from self._flush(batch)
                batch = []
        yield from self._flush(batch)

    def _flush(self, batch: Sequence[_Waiting]) -> list[Recorded | Rejected]:
        """Return what became of the inputs of a batch, in order; all is stored."""
        if not any(item.ready for item in batch):
            return [item.done for item in batch if item.done]
        if len(batch) > 1:
            try:
                with self._store.transaction():
                    stored = [self._stored(item) for item in batch]
                    change = self._link([s for s in stored if isinstance(s, Stored)])
            except StoreError as wrong:
                if wrong.code not in _PASSING:
                    raise
                if wrong.code == "store_busy":
                    return [item.done or self._rejected(item.ready, wrong) for item in batch]
            except Exception:  # which article it was shows when each is written by itself
                pass
            else:
                return [_told(s, change, self._store) if isinstance(s, Stored) else s for s in stored]
        return [found for item in batch for found in self._one(item)]

    def _one(self, item: _Waiting) -> Iterator[Recorded | Rejected]:
        ready = item.ready
        if ready is None:
            if item.done is not None:
                yield item.done
            return
        found = self._guarded(ready, lambda: self._alone(ready, item.said))
        assert found is not None
        yield found

    def _stored(self, item: _Waiting) -> Stored | Recorded | Rejected:
        """Return an article of a batch as it is stored, still to be linked, or why it can't be."""
        ready = item.ready
        if ready is None:
            assert item.done is not None
            return item.done
        try:
            with self._store.transaction():
                found = self._storer.store(ready, item.said)
        except Exception as wrong:  # one bad article never stops a batch
            # But what undoes the whole transaction does: a full disk.
            if isinstance(wrong, StoreError) and wrong.code not in _OWN_FAULT:
                raise
            return self._rejected(ready, wrong)
        assert found is not None
        return found

    def _guarded(self, ready: Prepared, work: Callable[[], T]) -> T | Rejected:
        """Return what the work gives, in one transaction; a rejection where only this article fails."""
        try:
            with self._store.transaction():
                return work()
        except Exception as wrong:  # one bad article never stops a batch
            if isinstance(wrong, StoreError) and wrong.code not in _PASSING:
                raise
            return self._rejected(ready, wrong)

    def _rejected(self, ready: Prepared | None, wrong: Exception) -> Rejected:
        assert ready is not None
        code, reason = "internal", f"{ready.origin}: {wrong}"
        if isinstance(wrong, StoreError):
            code = wrong.code
        else:
            reason = (
                f"{ready.origin}: could not be stored ({type(wrong).__name__}: {wrong}); "
                "the rest of the batch goes on, please report this article"
            )
        return Rejected(origin=ready.origin, stage="store", code=code, reason=reason, id=ready.article.id)

    def _link(self, stored: Sequence[Stored]) -> LinkChange:
        """Link what was stored; return what changed."""
        names = list(dict.fromkeys(name for one in stored for name in one.mentions))
        gone = {old: name for one in stored for old, name in one.gone.items()}
        # What stood for a mention may have been replaced itself in the same batch.
        now = self._store.standing_in(gone.values())
        gone = {old: now.get(name, name) for old, name in gone.items()}
        beside = {name for one in stored for name in one.beside}
        if not names and not gone:
            return LinkChange()
        return self._linker.link(tuple(self._store.mentions(names).values()), gone, beside)


def _told(stored: Stored, change: LinkChange, store: Store) -> Recorded:
    """Return the record of a stored article with the incidents that it opened and updated."""
    owners = dict.fromkeys(store.incidents_of(stored.mentions).values())
    opened = set(change.opened)
    return replace(
        stored.record,
        opened=tuple(name for name in owners if name in opened),
        updated=tuple(name for name in owners if name in change.updated),
    )
