"""What is said of one article after extraction: the contract's output line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from seamwatch.model.codec import (
    mention_json,
    other_json,
    place_mention_json,
    statement_json,
    time_mention_json,
)
from seamwatch.model.incident import Extraction
from seamwatch.model.reading import Reading
from seamwatch.model.text import Article, Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleReport:
    """One article with what was recognised and extracted, and what its reader should know."""

    reading: Reading
    extraction: Extraction
    warnings: tuple[str, ...] = ()

    @property
    def article(self) -> Article:
        """Return the article itself."""
        return self.reading.article


def report_json(report: ArticleReport) -> dict[str, Any]:
    """Return the contract's output line of `extract`; `places` and `dates` are those of the text."""
    reading, extraction = report.reading, report.extraction
    return {
        "id": reading.article.id,
        "language": reading.article.language,
        "mentions": [mention_json(m) for m in extraction.mentions],
        "others": [other_json(o) for o in extraction.others],
        "statements": [statement_json(s) for s in extraction.statements],
        "places": [place_mention_json(p) for p in reading.places if p.span.part == "text"],
        "dates": [time_mention_json(t) for t in reading.times if t.span.part == "text"],
        "warnings": list(report.warnings),
    }


def rejected_json(rejected: Rejected) -> dict[str, Any]:
    """Return the output line of an input that gave no article."""
    return {"id": rejected.id, "error": {"code": rejected.code, "message": rejected.reason}}
