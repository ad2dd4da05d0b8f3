"""RSS and Atom feeds: their entries, with full text where the feed carries it."""

from __future__ import annotations

import calendar
import html
import io
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin

from seamwatch.errors import FetchError

_ROOT = re.compile(rb"<(rss|feed|(?:rdf:)?rdf)[\s>]", re.IGNORECASE)
_HTML = re.compile(rb"<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_CUT = re.compile(r"(?:\[?(?:…|\.\.\.|&hellip;|&#8230;)\]?|continue reading|read more)\W*$", re.IGNORECASE)
# Shorter content is a teaser: the page itself is fetched.
_FULL_TEXT = 600
_ALTERNATE = re.compile(rb"<link\b[^>]{0,500}application/(?:rss|atom)\+xml[^>]{0,500}>", re.IGNORECASE)
_HREF = re.compile(rb"href\s*=\s*[\"']([^\"']{1,500})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a feed. `content` is HTML, whole or None; `teaser` what stands there otherwise."""

    link: str | None
    title: str | None
    published: date | None
    author: str | None
    content: str | None
    teaser: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed's own title and its entries in the feed's order."""

    title: str | None
    entries: tuple[Entry, ...]


def is_html(content: bytes) -> bool:
    """Return whether the content begins as an HTML page."""
    return _HTML.search(content[:2048]) is not None


def is_feed(content: bytes) -> bool:
    """Return whether the content's root element is that of RSS, RDF or Atom."""
    head = content[:4096]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", errors="replace").encode()
    found = _ROOT.search(head)
    page = _HTML.search(head)
    return found is not None and (page is None or found.start() < page.start())


def named_feed(content: bytes, url: str) -> str | None:
    """Return the feed that an HTML page names in its head, or None."""
    link = _ALTERNATE.search(content[:100_000])
    href = _HREF.search(link.group(0)) if link else None
    return _absolute(url, html.unescape(href.group(1).decode("utf-8", errors="replace"))) if href else None


def parse_feed(content: bytes, url: str) -> Feed:
    """Return the feed; raise FetchError where it is too broken to give an entry."""
    import feedparser

    found = feedparser.parse(io.BytesIO(content), response_headers={"content-location": url})
    if found.bozo and not found.entries:
        wrong = " ".join(str(found.get("bozo_exception", "unknown")).split())[:120]
        raise FetchError(
            f"this feed is broken XML ({wrong}); tell its publisher, or give pages", code="bad_feed"
        )
    return Feed(title=_plain(found.feed.get("title")), entries=tuple(_entry(e, url) for e in found.entries))


def _entry(entry: Any, url: str) -> Entry:
    bodies = [str(part.get("value") or "") for part in entry.get("content", [])]
    body = max(bodies, key=len, default="")
    words = _plain(body) or ""
    whole = len(words) >= _FULL_TEXT and not _CUT.search(words)
    link = entry.get("link")
    return Entry(
        link=_absolute(url, link) if link else None,
        title=_plain(entry.get("title")),
        published=_day(entry, "published") or _day(entry, "updated"),
        author=_plain(entry.get("author")),
        content=_as_page(body) if whole else None,
        teaser=_as_page(max(body, str(entry.get("summary") or ""), key=len)) or None,
    )


def _absolute(base: str, link: str) -> str:
    try:
        return urljoin(base, link)
    except ValueError:  # the client will say what is wrong with it
        return link


def _as_page(body: str) -> str:
    """Return an entry's HTML fragment as a page with an article, so that it reads as main text."""
    if not body.strip():
        return ""
    if not re.search(r"<(?:p|div|br)\b", body, re.IGNORECASE):
        body = "".join(f"<p>{part}</p>" for part in re.split(r"\n\s*\n", body))
    return f"<html><body><article>{body}</article></body></html>"


def _day(entry: Any, name: str) -> date | None:
    """Return the day as the feed writes it, in its own time zone."""
    written = str(entry.get(name) or "").strip()
    for parse in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            return parse(written).date()
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    parsed = entry.get(f"{name}_parsed")
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC).date() if parsed else None
    except (ValueError, OverflowError, TypeError, OSError):
        return None


def _plain(value: Any) -> str | None:
    text = " ".join(html.unescape(_TAG.sub(" ", str(value or ""))).split())
    return text or None
