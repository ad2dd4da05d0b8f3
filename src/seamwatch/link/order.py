"""Who told what when: the order of tellings, and ids of incidents."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from seamwatch.link.rules import LinkRules
from seamwatch.link.voices import Voices
from seamwatch.model.incident import Mention, SourcedMention, Toll
from seamwatch.vocabulary.codes import Modality

ALWAYS = datetime.min.replace(tzinfo=UTC)
WEIGHT = {
    Modality.ASSERTED: 1.0,
    Modality.REPORTED: 0.8,
    Modality.CLAIMED: 0.5,
    Modality.FOILED: 0.4,
    Modality.DENIED: 0.3,
}
COUNTS = frozenset(modality for modality in Modality if modality.counts)
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [one + other for one in _LETTERS for other in _LETTERS]
Turn = tuple[bool, datetime]


@dataclass(slots=True, kw_only=True)
class Telling:
    """One mention at its place in the story.

    `at` is the moment from which it counts as known; `weight` how much its modality weighs.
    """

    sourced: SourcedMention
    mention: Mention
    voice: str
    source: str
    at: datetime
    weight: float
    counts: bool


def aware(moment: datetime) -> datetime:
    """Return a moment with its time zone; one without any is UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def known_at(sourced: SourcedMention) -> datetime:
    """Return the moment from which a mention counts as known; one without any is known always."""
    article = sourced.article
    if article.known is not None:
        return aware(article.known)
    if article.published is not None:
        return datetime.combine(article.published, time.min, UTC)
    return ALWAYS


def _turn(sourced: SourcedMention) -> Turn:
    """Return when a mention's turn is: its publication day; undated articles last, not as they came in."""
    article = sourced.article
    if article.published is None and article.known is not None:
        return (True, ALWAYS)
    return (False, known_at(sourced))


def known_by(mentions: Iterable[SourcedMention], as_of: datetime | None) -> tuple[SourcedMention, ...]:
    """Return the mentions known at a moment (all, where it is None), in order of being known."""
    held = list(mentions)
    if as_of is not None:
        moment = aware(as_of)
        held = [m for m in held if known_at(m) <= moment]
    if len(held) > 1:
        held.sort(key=lambda m: (_turn(m), m.article.id, m.mention.id))
    return tuple(held)


def incident_id(mention_id: str) -> str:
    """Return the id of the incident whose earliest mention this is.

    Each mention has one such id for ever, so that every id once given leads to a mention, and through
    it to its incident.

    >>> incident_id("A1#1")
    'i-4fqy5saj5l'
    """
    # The first ten letters of the digest in base 32, as RFC 4648 has it.
    number = int.from_bytes(hashlib.sha256(mention_id.encode()).digest()[:7], "big") >> 6
    return "i-" + "".join([_PAIRS[(number >> shift) & 1023] for shift in (40, 30, 20, 10, 0)])


def best_of(toll: Toll | None) -> int | None:
    """Return the figure a telling stands by: best, else low, else high."""
    if toll is None:
        return None
    if toll.best is not None:
        return toll.best
    return toll.low if toll.low is not None else toll.high


def telling_order(mentions: Iterable[SourcedMention]) -> tuple[SourcedMention, ...]:
    """Return the mentions as their figures follow one another: within one moment a lower toll is older."""

    def key(m: SourcedMention) -> tuple[Turn, int, int, str, str]:
        killed, injured = best_of(m.mention.killed), best_of(m.mention.injured)
        return (
            _turn(m),
            -1 if killed is None else killed,
            -1 if injured is None else injured,
            m.article.id,
            m.mention.id,
        )

    held = list(mentions)
    if len(held) > 1:
        held.sort(key=key)
    return tuple(held)


def tellings(mentions: Iterable[SourcedMention], rules: LinkRules) -> Sequence[Telling]:
    """Return the mentions in telling order, each with who speaks."""
    voices = Voices(rules)
    told = []
    for sourced in telling_order(mentions):
        modality = sourced.mention.modality
        article = sourced.article
        told.append(
            Telling(
                sourced=sourced,
                mention=sourced.mention,
                voice=voices.of(sourced),
                source=article.source or f"article {article.id}",
                at=known_at(sourced),
                weight=WEIGHT.get(modality, 0.1),
                counts=modality in COUNTS,
            )
        )
    return told
