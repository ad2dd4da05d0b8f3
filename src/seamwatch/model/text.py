"""Articles, spans and evidence: every value leads back to a slice of the original text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from seamwatch.model.party_record import PartyRecord
from seamwatch.vocabulary.coordination import Tlp

Part = Literal["text", "title"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Half-open code-point offsets into an article's text or title."""

    part: Part = "text"
    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"a span must have 0 <= start <= end, not {self.start}..{self.end}")

    def overlaps(self, other: Span) -> bool:
        """Return whether the two spans share a character."""
        return self.part == other.part and self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        """Return whether the other span lies inside this one."""
        return self.part == other.part and self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A span with its quote (`part[start:end] == quote`, always) and the rule that found it."""

    span: Span
    quote: str
    by: str = "rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class RawArticle:
    """What ingest hands to read: bytes or text of one document as it came in.

    `media_type` is one of text/plain, text/markdown, text/html, application/pdf, message/rfc822,
    application/vnd.openxmlformats-officedocument.wordprocessingml.document. `content` is text where
    the input was a JSON line. `origin` is the path or URL that messages name; `id` is the input's own
    id, if it had one. The remaining fields are what the input itself said (a JSON line, a feed entry,
    a command line option) and win over what is found in the document.
    """

    origin: str
    media_type: str
    content: bytes | str
    id: str | None = None
    title: str | None = None
    published: date | None = None
    source: str | None = None
    url: str | None = None
    language: str | None = None
    author: str | None = None
    retrieved: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article, immutable. Offsets everywhere are into exactly this `text` and `title`.

    `party` is the id of the party whose record it is, None of an own article; then `record` says which.
    `tlp` is its label, None where it has none of its own.
    """

    id: str
    text: str
    title: str | None = None
    published: date | None = None
    source: str | None = None
    url: str | None = None
    language: str | None = None
    author: str | None = None
    retrieved: datetime | None = None
    content_hash: str = ""
    warnings: tuple[str, ...] = field(default=())
    party: str | None = None
    tlp: Tlp | None = None
    record: PartyRecord | None = None

    def part(self, name: Part) -> str:
        """Return the text or the title ("" where there is none)."""
        return self.text if name == "text" else (self.title or "")

    def evidence(self, start: int, end: int, *, part: Part = "text", by: str = "rule") -> Evidence:
        """Return the evidence of a slice; leading and trailing white space is left out.

        >>> Article(id="a", text="Two men died. ").evidence(3, 14).quote
        'men died.'
        """
        whole = self.part(part)
        quote = whole[start:end]
        start += len(quote) - len(quote.lstrip())
        quote = quote.strip()
        return Evidence(span=Span(part=part, start=start, end=start + len(quote)), quote=quote, by=by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """An input that gave no article: where, at which stage, and why, in one line."""

    origin: str
    stage: str
    code: str
    reason: str
    id: str | None = None
