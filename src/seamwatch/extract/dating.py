"""Which of a sentence's times dates the event, which its report, and which nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from seamwatch.extract.syntax import ParsedSentence
from seamwatch.model.time import TimeMention
from seamwatch.vocabulary.codes import TimexType

if TYPE_CHECKING:
    from spacy.tokens import Token

_REPORTING = frozenset(
    "said says say saying told reported reports report announced announces stated states confirmed "
    "added reiterated warned quoted declared revealed indicated published released issued revised "
    "denied denies rejected condemned called claimed claims according posted tweeted spoke blamed "
    "accused noted explained sentenced ordered listed".split()
)
_BOUNDS = frozenset("since until till".split())
_CLAIMING = frozenset("claimed claims claiming boasted".split())
# A wounded man's death has its own day: "hurt in the blast, he died in hospital on Friday".
_DYING = frozenset("died dies die succumbed succumbs passed dying found discovered buried".split())
_LATER = re.compile(
    r"\b(?:hospitals?|clinic|wounds|injur\w+|wounded|hurt|intensive care|succumb\w*|treatment)\b",
    re.IGNORECASE,
)
_FOUND = re.compile(r"\b(?:body|bodies|corpses?)\b.*\b(?:found|discovered|recovered)\b", re.IGNORECASE)
_DAY_WORDS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun "
    "january february march april may june july august september october november december jan feb mar apr "
    "jun jul aug sep sept oct nov dec today yesterday tonight overnight week weeks month months year years "
    "day days last this previous earlier ago weekend fortnight".split()
)


class Dates(StrEnum):
    """What a time says something about."""

    EVENT = "event"
    DEATH = "death"
    REPORT = "report"
    CLAIM = "claim"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dating:
    """A time of a sentence with what it dates; `distance` is in tokens from the trigger."""

    time: TimeMention
    dates: Dates
    distance: int


def names_a_day(time: TimeMention) -> bool:
    """Return whether a time says which day it is, and not only the hour ("around 7 a.m.")."""
    if any(c.isdigit() for c in time.quote) and time.type is TimexType.DATE:
        return True
    words = time.quote.lower().replace("'s", "").replace("’s", "").replace("-", " ").replace(".", "").split()
    return any(word.strip(",") in _DAY_WORDS for word in words)


def _governor(token: Token) -> Token:
    """Return the verb above a token."""
    while token.head.i != token.i and not token.tag_.startswith("VB"):
        token = token.head
    return token


def _reports(verb: Token) -> bool:
    return verb.lower_ in _REPORTING


def date_sentence(
    parsed: ParsedSentence, times: tuple[TimeMention, ...], trigger: int, heads: frozenset[int]
) -> tuple[Dating, ...]:
    """Return the sentence's times that name a day, with what each dates.

    `trigger` and `heads` are token indices: the leading event word, and all words that tell an event.

    "Police said on Tuesday that a bomb went off on Monday." gives Tuesday (report), Monday (event).
    """
    found = []
    for time in times:
        relative = time.anchor == "event" and time.offset_days is not None
        if time.range is None and not relative:
            continue
        if not relative and not names_a_day(time):
            continue
        if relative and time.type is TimexType.TIME and not names_a_day(time):
            continue
        tokens = parsed.tokens_in(time.span)
        if tokens is None or len(tokens) == 0:
            continue
        if tokens.start and parsed.doc[tokens.start - 1].lower_ in _BOUNDS:
            continue  # "since January" bounds a stretch of time and dates nothing in it
        verb = _governor(tokens.root)
        # "Saturday's bombing", "the ambush of Tuesday": the time qualifies the event word itself.
        if _under(tokens.root, verb, heads):
            dates = Dates.EVENT
        elif verb.i not in heads and _reports(verb) and not _told_before(tokens.start, verb, heads):
            dates = Dates.CLAIM if verb.lower_ in _CLAIMING else Dates.REPORT
        elif not relative and _dates_death(parsed, verb, tokens.start, heads):
            dates = Dates.DEATH
        else:
            dates = Dates.EVENT
        found.append(Dating(time=time, dates=dates, distance=abs(tokens.start - trigger)))
    return tuple(found)


def _told_before(at: int, verb: Token, heads: frozenset[int]) -> bool:
    """Return whether a time at token `at` closes what is told: "... on Tuesday, a source said"."""
    return at < verb.i and any(head < at for head in heads)


def _dates_death(parsed: ParsedSentence, verb: Token, at: int, heads: frozenset[int]) -> bool:
    """Return whether a time at token `at` is the day of a wounded person's death, or of a body's finding."""
    text = parsed.sentence.text
    found = _FOUND.search(text)
    if found is not None and found.end() <= parsed.doc[at].idx:
        return True
    if verb.lower_ not in _DYING or not _LATER.search(text):
        return False
    return not any(verb.i < head < at for head in heads)


def _under(token: Token, verb: Token, heads: frozenset[int]) -> bool:
    """Return whether an event word stands between a time and the verb above it in the tree."""
    while token.i not in (token.head.i, verb.i):
        token = token.head
        if token.i in heads and token.i != verb.i:
            return True
    return False
