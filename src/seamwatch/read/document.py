"""What a reader of one format finds in a document, and lines of a page joined into paragraphs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parsedate_to_datetime

_HYPHEN = re.compile(r"(?<=[a-zà-öø-ÿ])[-\u00ad\u2010]$")
_ITEM = re.compile(r"\s*(?:[-*•▪◦·]|\(?\d{1,3}[.)])\s")
_END = re.compile(r"[.!?:;…؟][\"'”’»)\]]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Main text and what the document says of itself; None where it says nothing."""

    text: str
    title: str | None = None
    published: date | None = None
    author: str | None = None
    source: str | None = None
    language: str | None = None
    warnings: tuple[str, ...] = ()


def clean_line(value: str | None) -> str | None:
    """Return a title or name on one line with single spaces, or None where nothing is left.

    >>> clean_line(" Two killed\\n in  Kirkuk ")
    'Two killed in Kirkuk'
    """
    line = " ".join((value or "").split())
    return line or None


def describe_error(wrong: Exception) -> str:
    """Return a library's error in one line of at most 120 characters, or its kind where it says nothing."""
    return (clean_line(str(wrong)) or type(wrong).__name__)[:120]


def parse_header_date(value: str | None) -> date | None:
    """Return the day of an e-mail or feed date as it is written, in its own time zone, or None.

    >>> parse_header_date("Sun, 12 Apr 2020 00:30:00 +0300")
    datetime.date(2020, 4, 12)
    """
    if not value:
        return None
    try:
        return parsedate_to_datetime(value).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        pass
    try:
        return datetime.fromisoformat(value.strip()).date()
    except ValueError:
        return None


def join_lines(text: str) -> str:
    """Return hard-wrapped text with the lines of a paragraph joined and paragraphs a blank line apart.

    A line ends its paragraph where it ends a sentence well short of the page's width, or where a list
    item or a blank line follows.

    >>> join_lines("Two policemen were killed in an explo-\\nsion in Daquq on Sunday.\\n\\nPolice said.")
    'Two policemen were killed in an explosion in Daquq on Sunday.\\n\\nPolice said.'
    """
    lines = [line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    widths = sorted(len(line) for line in lines if len(line) > 20)
    width = widths[int(0.9 * (len(widths) - 1))] if widths else 0
    paragraphs: list[list[str]] = []
    open_ = False
    for line in lines:
        if not line:
            open_ = False
            continue
        if open_ and not _ITEM.match(line):
            pieces = paragraphs[-1]
            if _HYPHEN.search(pieces[-1]) and line[0].islower():
                pieces[-1] = pieces[-1][:-1]
                pieces.append(line)
            else:
                pieces += [" ", line]
        else:
            paragraphs.append([line])
        full = len(line) >= 0.75 * width
        open_ = full or (len(line) >= 0.5 * width and not _END.search(line))
    return "\n\n".join("".join(pieces) for pieces in paragraphs)
