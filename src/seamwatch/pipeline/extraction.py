"""Raw articles to reports: read, mark times, places and actors, extract; one process or several."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, TypeVar

from seamwatch.errors import SeamwatchError
from seamwatch.model.reading import Reading
from seamwatch.model.report import ArticleReport
from seamwatch.model.text import Article, RawArticle, Rejected
from seamwatch.pipeline.kit import Kit, kit_of

SUPPORTED = ("en",)
# Articles in flight for each worker: enough to keep it busy, few enough that memory stays flat.
IN_FLIGHT = 8
P = TypeVar("P")


def mark_article(kit: Kit, article: Article) -> Reading:
    """Return the article with its times, places and known actors marked."""
    from seamwatch.resolve.actor import find_actors
    from seamwatch.resolve.place import find_places
    from seamwatch.resolve.time import find_times

    return Reading(
        article=article,
        times=find_times(article),
        places=find_places(article, kit.gazetteer),
        actors=find_actors(article, kit.register),
    )


def _future(article: Article) -> bool:
    # A day's grace: somewhere it is tomorrow already.
    return article.published is not None and article.published > date.today() + timedelta(days=1)


def reader_warnings(article: Article) -> tuple[str, ...]:
    """Return what the reader should know: no usable publication date, a language without rules, a cut."""
    warnings = [w for w in article.warnings if not w.startswith("publication date")]
    if article.published is None:
        warnings.append("no publication date: relative dates stay unresolved; give one with --published")
    elif _future(article):
        warnings.append(
            f"publication date {article.published} lies in the future: relative dates stay unresolved; "
            "check it, or give another with --published"
        )
    if article.language is not None and article.language not in SUPPORTED:
        warnings.append(
            f"language {article.language!r} is not supported: read with the English rules, "
            "which will find little"
        )
    return tuple(warnings)


def extract_article(kit: Kit, article: Article) -> ArticleReport:
    """Return what one article says; relative dates stay open where its publication date can't be used."""
    from seamwatch.resolve.place_anaphora import add_references

    warnings = reader_warnings(article)
    reading = mark_article(kit, replace(article, published=None) if _future(article) else article)
    # "in the district" takes its place from the text before it; it names none, so `places` has it not.
    referring = replace(reading, places=add_references(reading.article, reading.places))
    extraction = kit.extractor.extract(referring)
    if reading.article is not article:
        reading = replace(reading, article=article)
    return ArticleReport(reading=reading, extraction=extraction, warnings=warnings + extraction.warnings)


def extract_one(kit: Kit, item: RawArticle | Article) -> ArticleReport | Rejected:
    """Return the report of one article; whatever goes wrong with it becomes a rejection."""
    from seamwatch.read.article import read_article

    origin = item.origin if isinstance(item, RawArticle) else item.id
    try:
        article = read_article(item) if isinstance(item, RawArticle) else item
        if isinstance(article, Rejected):
            return article
        with kit.lock:
            return extract_article(kit, article)
    except Exception as wrong:  # one bad article never stops a batch
        reason = (
            f"{origin}: could not be extracted ({type(wrong).__name__}: {wrong}); "
            "the rest of the batch goes on, please report this article"
        )
        return Rejected(origin=origin, stage="extract", code="internal", reason=reason, id=item.id)


_worker_kit: list[Kit] = []


# Where the own places of a worker's kit are stored.
_worker_places: list[str | None] = []


def _start_worker(places: str | None) -> None:
    import signal

    _worker_places.append(places)

    # Ctrl-C reaches every process of the terminal; the first one ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _work(item: RawArticle | Article) -> ArticleReport | Rejected:
    # Not in the initializer: where that fails nobody is told why.
    if not _worker_kit:
        _worker_kit.append(kit_of(_worker_places[0]))
    return extract_one(_worker_kit[0], item)


def extract_all(
    items: Iterable[RawArticle | Article | P],
    *,
    workers: int = 1,
    kit: Kit | None = None,
    places: str | None = None,
) -> Iterator[ArticleReport | Rejected | P]:
    """Yield one report (or rejection) for each article, in input order, whatever `workers` is.

    What is neither a raw article nor an article goes through in its place. With more than one worker
    each process loads a kit of its own (about 160 MB). `places` is the path of a store whose own places
    join the gazetteer; each process opens it for itself. A kit that is given has its own gazetteer.
    """
    if workers <= 1:
        ready = kit
        for item in items:
            if isinstance(item, (RawArticle, Article)):
                ready = ready or kit_of(places)
                yield extract_one(ready, item)
            else:
                yield item
        return
    import multiprocessing
    from concurrent.futures import Future, ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    # spawn, not fork: the parser's threads and open databases must not be shared.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker, initargs=(places,))
    waiting: deque[Any] = deque()

    def oldest() -> Any:
        item = waiting.popleft()
        return item.result() if isinstance(item, Future) else item

    try:
        for item in items:
            ours = isinstance(item, (RawArticle, Article))
            waiting.append(pool.submit(_work, item) if ours else item)  # type: ignore[arg-type]
            while len(waiting) >= workers * IN_FLIGHT:
                yield oldest()
        while waiting:
            yield oldest()
    except BrokenProcessPool as wrong:
        raise SeamwatchError(
            "a worker process was ended from outside, perhaps for lack of memory: what was printed is done; "
            "run the same command again with fewer --workers",
            code="worker_lost",
        ) from wrong
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
