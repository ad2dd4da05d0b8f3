"""Who told what when: the order of tellings, independent voices, and ids of incidents."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, time

from seamwatch.link.names import fold
from seamwatch.model.incident import SourcedMention, Toll
from seamwatch.vocabulary.codes import Modality

ALWAYS = datetime.min.replace(tzinfo=UTC)
WEIGHT = {
    Modality.ASSERTED: 1.0,
    Modality.REPORTED: 0.8,
    Modality.CLAIMED: 0.5,
    Modality.FOILED: 0.4,
    Modality.DENIED: 0.3,
}


def known_at(sourced: SourcedMention) -> datetime:
    """Return the moment from which a mention counts as known; one without any is known always."""
    article = sourced.article
    if article.known is not None:
        return article.known if article.known.tzinfo else article.known.replace(tzinfo=UTC)
    if article.published is not None:
        return datetime.combine(article.published, time.min, UTC)
    return ALWAYS


def _turn(sourced: SourcedMention) -> tuple[bool, datetime]:
    """Return when a mention's turn is: its publication day; undated articles last, not as they came in."""
    published = sourced.article.published
    if published is None and sourced.article.known is not None:
        return (True, ALWAYS)
    return (False, known_at(sourced))


def known_by(mentions: Iterable[SourcedMention], as_of: datetime | None) -> tuple[SourcedMention, ...]:
    """Return the mentions known at a moment (all, where it is None), in order of being known."""
    if as_of is not None and as_of.tzinfo is None:
        as_of = as_of.replace(tzinfo=UTC)
    held = [m for m in mentions if as_of is None or known_at(m) <= as_of]
    return tuple(sorted(held, key=lambda m: (_turn(m), m.article.id, m.mention.id)))


def incident_id(mention_id: str) -> str:
    """Return the id of the incident whose earliest mention this is.

    Each mention has one such id for ever, so that every id once given leads to a mention, and through
    it to its incident.

    >>> incident_id("A1#1")
    'i-4fqy5saj5l'
    """
    digest = hashlib.sha256(mention_id.encode()).digest()
    return "i-" + base64.b32encode(digest).decode().lower()[:10]


def voice_of(sourced: SourcedMention) -> str:
    """Return who speaks: the outlet, else the article. Copies of one text are one voice."""
    article = sourced.article
    names = sorted(fold(s).strip() for s in (article.sources or (article.source,)) if s)
    return names[0] if names else f"article {article.version_of or article.id}"


def name_of(sourced: SourcedMention) -> str:
    """Return how a reader is told who speaks."""
    return sourced.article.source or f"article {sourced.article.id}"


def best_of(toll: Toll | None) -> int | None:
    """Return the figure a telling stands by: best, else low, else high."""
    if toll is None:
        return None
    return next((n for n in (toll.best, toll.low, toll.high) if n is not None), None)


def telling_order(mentions: Iterable[SourcedMention]) -> tuple[SourcedMention, ...]:
    """Return the mentions as their figures follow one another: within one moment a lower toll is older."""

    def key(m: SourcedMention) -> tuple[tuple[bool, datetime], int, int, str, str]:
        killed, injured = best_of(m.mention.killed), best_of(m.mention.injured)
        return (
            _turn(m),
            -1 if killed is None else killed,
            -1 if injured is None else injured,
            m.article.id,
            m.mention.id,
        )

    return tuple(sorted(mentions, key=key))
