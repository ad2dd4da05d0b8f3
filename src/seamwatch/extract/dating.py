"""Which of a sentence's times dates the event, which its report, and which nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from seamwatch.extract.syntax import ParsedSentence
from seamwatch.model.time import TimeMention
from seamwatch.vocabulary.codes import TimexType
from seamwatch.vocabulary.inflect import expand
from seamwatch.vocabulary.lexicon import read_entries

if TYPE_CHECKING:
    from spacy.tokens import Token

# Tokens within which a time stands beside an event word: "an ambush on Feb. 12".
_BESIDE = 3
_BOUNDS = frozenset("since until till".split())
# A wounded man's death has its own day: "hurt in the blast, he died in hospital on Friday".
_DYING = frozenset("died dies die succumbed succumbs passed dying found discovered buried".split())
_LATER = re.compile(
    r"\b(?:hospitals?|clinic|wounds|injur\w+|wounded|hurt|intensive care|succumb\w*|treatment)\b",
    re.IGNORECASE,
)
_FOUND = re.compile(r"\b(?:body|bodies|corpses?)\b.*\b(?:found|discovered|recovered)\b", re.IGNORECASE)
_POINTING = frozenset("same that next following previous".split())
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


class SpeechBook:
    """The verbs of saying, ready to ask."""

    def __init__(self) -> None:
        entries = read_entries("reporting")
        self._gives = {
            form: str(e.fields["gives"])
            for e in entries
            for pattern in e.patterns
            for form in expand(pattern)
        }

    def gives(self, verb: Token) -> str:
        """Return "report" or "claim" for a verb of saying, "" for any other."""
        return self._gives.get(verb.lower_, "") if verb.tag_.startswith("VB") else ""

    def speaks(self, parsed: ParsedSentence, first: int, heads: frozenset[int]) -> str:
        """Return what the verb above token `first` gives where the token says when or where it was said.

        In "A bomb went off in Baiji on Monday, police in Tikrit said on Tuesday" Tikrit and Tuesday belong
        to "said"; `heads` are the tokens that tell an event.
        """
        verb = _governor(parsed.doc[first])
        if verb.i in heads or _under(parsed.doc[first], verb, heads) or _told_before(first, verb, heads):
            return ""
        gives = self.gives(verb)
        # "announced the arrest of five men on Sunday": what is nearer to the day than the verb happened then.
        if gives == "report" and any(verb.i < head < first for head in heads):
            return ""
        return gives


def date_sentence(
    parsed: ParsedSentence,
    times: tuple[TimeMention, ...],
    heads: frozenset[int],
    speech: SpeechBook,
    trigger: int = 0,
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
        words = time.quote.lower().split()
        if not names_a_day(time) and not (
            relative and (time.type is TimexType.DATE or _POINTING & set(words))
        ):
            continue
        tokens = parsed.tokens_in(time.span)
        if tokens is None or len(tokens) == 0:
            continue
        root = tokens.root.i
        bounds = tokens.start and parsed.doc[tokens.start - 1].lower_ in _BOUNDS
        if bounds and not _under(tokens.root, _governor(tokens.root), heads):
            continue  # "since January" bounds a stretch of time; "since Monday's blast" dates the blast
        said = speech.speaks(parsed, root, heads)
        # "Saturday's bombing", "the ambush of Tuesday": the time qualifies the event word itself.
        if said:
            dates = Dates.CLAIM if said == "claim" else Dates.REPORT
        elif not relative and dates_death(parsed, root, heads):
            dates = Dates.DEATH
        else:
            dates = Dates.EVENT
        found.append(Dating(time=time, dates=dates, distance=abs(tokens.start - trigger)))
    return tuple(found)


def _told_before(at: int, verb: Token, heads: frozenset[int]) -> bool:
    """Return whether a time at token `at` closes what is told: "... on Tuesday, a source said"."""
    return at < verb.i and any(head < at for head in heads)


def dates_death(parsed: ParsedSentence, first: int, heads: frozenset[int]) -> bool:
    """Return whether a time or place at token `first` is that of a later death, or of a body's finding."""
    token, text = parsed.doc[first], parsed.sentence.text
    verb = _governor(token)
    if _under(token, verb, heads):
        return False
    if any(0 < first - head <= _BESIDE for head in heads):
        return False
    found = _FOUND.search(text)
    if found is not None and found.end() <= token.idx:
        return True
    if verb.lower_ not in _DYING or not _LATER.search(text):
        return False
    return not any(verb.i < head < first for head in heads)


def _under(token: Token, verb: Token, heads: frozenset[int]) -> bool:
    """Return whether an event word stands between a time and the verb above it in the tree."""
    while token.i not in (token.head.i, verb.i):
        token = token.head
        if token.i in heads and token.i != verb.i:
            return True
    return False
