"""URLs to raw articles: a page, a document, JSON Lines, or a feed with all its entries, by content."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from seamwatch.errors import FetchError
from seamwatch.ingest.address import show_url
from seamwatch.ingest.feeds import Entry, Feed, is_feed, is_html, named_feed, parse_feed
from seamwatch.ingest.files import JSONL_SUFFIXES, MEDIA_TYPES, fill_in, reject, sniff_media_type
from seamwatch.ingest.jsonl import read_jsonl_lines
from seamwatch.ingest.options import IngestOptions
from seamwatch.ingest.web import Page, PoliteClient
from seamwatch.model.text import RawArticle, Rejected

MOST_ENTRIES = 500
_XML = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/xml", "text/xml")
_FEED_PATH = re.compile(r"(?:/(?:feed|rss|atom)/?|\.(?:rss|atom|rdf|xml))$", re.IGNORECASE)
_JSONL = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines")
_DOCUMENTS = frozenset((*MEDIA_TYPES.values(), "application/xhtml+xml"))
# Servers send these for anything: the path's suffix or the content tells more.
_VAGUE = ("application/octet-stream", "binary/octet-stream", "application/zip", "text/plain")
# Failures that pass by themselves: the feed that named the page is asked for in full next time.
_PASSING = ("timeout", "too_slow", "unreachable", "bad_answer", "http_429", "http_5")


def read_url(url: str, options: IngestOptions, client: PoliteClient) -> Iterator[RawArticle | Rejected]:
    """Yield the articles that a URL gives; one that can't be fetched gives a rejection."""
    try:
        page = client.fetch(url)
        if page is None:
            options.note(f"{show_url(url)}: not changed since it was last read")
            return
        whole = True
        if is_feed(page.content):
            feed = parse_feed(page.content, page.url)
            whole = yield from _read_feed(feed, page, options, client)
        else:
            yield from _read_page(page, options)
    except FetchError as wrong:
        yield reject(show_url(url), wrong.code, str(wrong))
        return
    if whole:
        client.remember(url, page)


def _read_feed(
    feed: Feed, page: Page, options: IngestOptions, client: PoliteClient
) -> Generator[RawArticle | Rejected, None, bool]:
    """Yield the feed's articles; return whether none was missed for a reason that passes."""
    if not feed.entries:
        options.note(f"{page.url}: the feed has no entries")
    if len(feed.entries) > MOST_ENTRIES:
        options.note(f"{page.url}: only the first {MOST_ENTRIES} of {len(feed.entries)} entries are read")
    whole = True
    seen: set[str] = set()
    for number, entry in enumerate(feed.entries[:MOST_ENTRIES], 1):
        link = entry.link
        if link is not None and link in seen:
            continue
        seen.add(link or "")
        body = entry.content or (entry.teaser if link is None else None)
        if body is not None:
            origin = show_url(link) if link else f"{page.url}#{number}"
            raw = _entry_article(entry, feed, page, body, options)
            yield replace(raw, origin=origin)
        elif link is None:
            yield reject(
                f"{page.url}#{number}", "no_text", f"entry {number} has neither text nor a link; skip it"
            )
        else:
            try:
                found = client.fetch(link, found_on=page.url)
                if found is None:
                    continue
                for item in _read_page(found, options):
                    yield _with_entry(item, entry, options)
                client.remember(link, found)
            except FetchError as wrong:
                whole = whole and not wrong.code.startswith(_PASSING)
                yield reject(show_url(link), wrong.code, str(wrong))
    return whole


def _entry_article(entry: Entry, feed: Feed, page: Page, body: str, options: IngestOptions) -> RawArticle:
    link = show_url(entry.link) if entry.link else None
    return RawArticle(
        origin=link or page.url,
        media_type="text/html",
        content=body,
        title=options.title or entry.title,
        published=options.published or entry.published,
        source=options.source or feed.title or urlsplit(page.url).hostname,
        url=link,
        language=options.language,
        author=entry.author,
        retrieved=page.retrieved,
    )


def _with_entry(item: RawArticle | Rejected, entry: Entry, options: IngestOptions) -> RawArticle | Rejected:
    if isinstance(item, Rejected):
        return item
    return replace(
        item,
        title=options.title or entry.title,
        published=options.published or entry.published,
        author=entry.author,
    )


def _read_page(page: Page, options: IngestOptions) -> Iterator[RawArticle | Rejected]:
    path = unquote(urlsplit(page.url).path)
    suffix = path[path.rfind(".") :].lower() if "." in path.rsplit("/", 1)[-1] else ""
    if page.media_type in _JSONL or (suffix in JSONL_SUFFIXES and not is_html(page.content)):
        for item in read_jsonl_lines(page.content.splitlines(), page.url):
            yield fill_in(item, options)
        return
    if is_html(page.content) and (page.media_type in _XML or _FEED_PATH.search(path)):
        yield _not_a_feed(page)
        return
    media_type = _media_type(page, suffix)
    if media_type not in _DOCUMENTS:
        yield reject(
            page.url,
            "unsupported",
            f"{media_type} can't be read; give a page, a feed, text, PDF, DOCX or e-mail",
        )
        return
    yield RawArticle(
        origin=page.url,
        media_type=media_type,
        content=_content(page, media_type),
        title=options.title,
        published=options.published,
        source=options.source or (None if media_type == "text/html" else urlsplit(page.url).hostname),
        url=page.url,
        language=options.language,
        retrieved=page.retrieved,
    )


def _media_type(page: Page, suffix: str) -> str:
    if is_html(page.content):
        return "text/html"
    named = page.media_type
    if named in _VAGUE:
        named = MEDIA_TYPES.get(suffix, "text/plain" if named == "text/plain" else "")
    return sniff_media_type(page.content, named)


def _content(page: Page, media_type: str) -> bytes | str:
    """Return text where the server names a charset that holds; else the bytes, for the reader to tell."""
    if page.charset is None or not (media_type.startswith("text/") or media_type == "application/xhtml+xml"):
        return page.content
    try:
        return page.content.decode("utf-8-sig" if page.charset == "utf-8" else page.charset)
    except (UnicodeDecodeError, LookupError, ValueError):
        return page.content


def _not_a_feed(page: Page) -> Rejected:
    named = named_feed(page.content, page.url)
    do = (
        f"the page names this feed: {show_url(named)}"
        if named
        else "open it in a browser and look for the feed's address"
    )
    return reject(page.url, "not_a_feed", f"this should be a feed but is an HTML page; {do}")
