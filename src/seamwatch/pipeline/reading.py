"""Sources of all kinds into a store: what `seamwatch read` does, for the command line and the server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from seamwatch.errors import InputError, ShapeError, StoreError
from seamwatch.model.decoding import mention_from_json
from seamwatch.model.incident import Extraction
from seamwatch.model.text import Article, RawArticle, Rejected
from seamwatch.pipeline.bulletins import Kind as BulletinKind
from seamwatch.pipeline.bulletins import bulletin_kind, read_bulletins
from seamwatch.pipeline.coded import coded_table, given_rows
from seamwatch.pipeline.given import check_mention
from seamwatch.pipeline.record import Recorded, Recorder

if TYPE_CHECKING:
    from seamwatch.ingest.memory import Validators
    from seamwatch.pipeline.kit import Kit
    from seamwatch.store.base import Store
    from seamwatch.vocabulary.coded import Table

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """What to read, and what to assume of articles that do not say it themselves.

    Without `private` no address of the private network is fetched, not even one that is given itself. Once
    `stopped` says so nothing more is taken in.
    """

    sources: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    published: date | None = None
    source: str | None = None
    jsonl: bool = False
    workers: int = 1
    private: bool = True
    stopped: Callable[[], bool] = lambda: False


Given = tuple[Article, Extraction, str]

# The article was not stored, and will be when the same command is run again.
_COMES_AGAIN = ("store_full", "store_busy")


class _PageMemory:
    """The store as the web client's memory of pages: none is known before its articles are stored.

    Pages are fetched ahead of what is stored: what is known of them waits for `flush`.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[tuple[str, Validators]] = []
        self._missed = False

    def missed(self) -> None:
        """Take note that an article was not stored: its page must be asked for in full next time."""
        self._missed = True

    def flush(self) -> None:
        """Keep the pages that wait, unless an article was missed."""
        waiting, self._waiting = self._waiting, []
        if self._missed:
            return
        for url, validators in waiting:
            try:
                self._store.remember_fetch(url, validators.etag, validators.last_modified)
            except StoreError as wrong:
                # Not to remember a page only means to fetch it again.
                if wrong.code not in _COMES_AGAIN:
                    raise

    def get(self, url: str) -> Validators | None:
        """Return what is known of a URL, or None."""
        from seamwatch.ingest.memory import Validators

        known = self._store.fetch_memory(url)
        return Validators(etag=known.etag, last_modified=known.last_modified) if known else None

    def put(self, url: str, validators: Validators) -> None:
        """Take what is known of a URL, to keep it once its articles are stored."""
        self._waiting.append((url, validators))


def read_into(
    store: Store, options: ReadOptions, *, note: Callable[[str], None], kit: Kit | None = None
) -> Iterator[Recorded | Rejected]:
    """Yield what became of each input, in order; `note` takes remarks that concern no single article.

    A `kit` that is given is used with one worker; else one is loaded when it is needed.
    """
    recorder = Recorder(store, kit, published=options.published, source=options.source, note=note)
    for name in options.mentions:
        yield from recorder.store_all_given(_until(options.stopped, _given(name)))

    def form(source: str) -> Table | BulletinKind | None:
        return None if options.jsonl else coded_table(source) or bulletin_kind(source)

    for coded, sources in groupby(options.sources, key=form):
        if isinstance(coded, str):
            for source in sources:
                found = _until(options.stopped, read_bulletins(source, coded))
                yield from _read_bulletins(recorder, found, options.workers)
        elif coded is not None:
            for source in sources:
                yield from recorder.store_all_given(_until(options.stopped, given_rows(source, coded, note)))
        else:
            yield from _read_sources(store, recorder, replace(options, sources=tuple(sources)), note)


def _read_bulletins(
    recorder: Recorder, found: Iterable[Given | RawArticle | Rejected], workers: int
) -> Iterator[Recorded | Rejected]:
    """Yield what became of bulletins: those with their incident are linked, the others extracted first."""
    for raw, items in groupby(found, key=lambda item: isinstance(item, RawArticle)):
        if raw:
            yield from recorder.read((i for i in items if isinstance(i, RawArticle)), workers=workers)
        else:
            yield from recorder.store_all_given(i for i in items if not isinstance(i, RawArticle))


def _until(stopped: Callable[[], bool], items: Iterable[T]) -> Iterator[T]:
    """Yield the items until it is to stop."""
    for item in items:
        if stopped():
            return
        yield item


def _read_sources(
    store: Store, recorder: Recorder, options: ReadOptions, note: Callable[[str], None]
) -> Iterator[Recorded | Rejected]:
    """Yield what became of the articles of these sources."""
    from seamwatch.ingest.address import is_url
    from seamwatch.ingest.options import IngestOptions
    from seamwatch.ingest.sources import gather

    client = None
    memory = _PageMemory(store)
    if any(is_url(source) for source in options.sources):
        from seamwatch.ingest.web import PoliteClient

        client = PoliteClient(memory=memory, private=options.private)
    ingest = IngestOptions(jsonl=options.jsonl, note=note, client=client)
    taken = settled = 0

    def raws() -> Iterator[RawArticle | Rejected]:
        nonlocal taken
        for raw in _until(options.stopped, gather(options.sources, ingest)):
            taken += 1
            yield raw

    try:
        for result in recorder.read(raws(), workers=options.workers):
            if isinstance(result, Rejected) and result.code in _COMES_AGAIN:
                memory.missed()
            settled += 1
            if settled == taken:  # all that was fetched so far is stored
                memory.flush()
            yield result
        memory.flush()
    finally:
        if client is not None:
            client.close()


def _given(name: str) -> Iterator[Given | Rejected]:
    """Yield the article and the mentions of each line of a file, and where it stands."""
    import sys

    if name == "-":
        yield from _given_lines(sys.stdin.buffer, "stdin")
        return
    with ExitStack() as stack:
        try:
            lines = stack.enter_context(Path(name).open("rb"))
        except OSError as wrong:
            reason = f"{name}: can't be read ({wrong.strerror}); check the path and its permissions"
            yield Rejected(origin=name, stage="ingest", code="not_found", reason=reason)
            return
        yield from _given_lines(lines, name)


def _given_lines(lines: BinaryIO, name: str) -> Iterator[Given | Rejected]:
    from seamwatch.ingest.jsonl import limit_lines, parse_line

    for number, line in enumerate(limit_lines(lines), 1):
        if not line.strip():
            continue
        where = f"{name}, line {number}"
        row: Any = None
        try:
            row = parse_line(line, where)
            article, extraction = _parse_given(row, where)
        except InputError as wrong:
            known = row.get("id") if isinstance(row, dict) else None
            yield Rejected(
                origin=where,
                stage="ingest",
                code=wrong.code,
                reason=str(wrong),
                id=None if known is None else str(known),
            )
            continue
        yield article, extraction, where


def _parse_given(row: Any, where: str) -> tuple[Article, Extraction]:
    """Return the article and mentions of one line in extract's output shape with its `article`."""
    from seamwatch.ingest.jsonl import read_jsonl_lines
    from seamwatch.read.article import read_article

    if not isinstance(row, dict) or not isinstance(row.get("article"), dict):
        raise ShapeError(f"{where}: expected an object with `id`, `article` and `mentions`")
    own = {key: value for key, value in row["article"].items() if value is not None}
    given = {"id": row.get("id"), "language": row.get("language"), **own}
    raw = next(read_jsonl_lines([json.dumps(given)], where))
    article = read_article(raw) if isinstance(raw, RawArticle) else raw
    if isinstance(article, Rejected):
        raise InputError(f"{where}: {article.reason}", code=article.code)
    mentions = row.get("mentions") or []
    if not isinstance(mentions, list):
        raise ShapeError(f"{where}: `mentions` must be a list")
    parsed = tuple(mention_from_json(m, f"{where}: mentions[{i}]") for i, m in enumerate(mentions))
    for mention in parsed:
        check_mention(mention, article, f"{where}: {mention.id}")
    return article, Extraction(mentions=parsed)
