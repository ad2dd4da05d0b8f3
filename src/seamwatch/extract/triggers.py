"""Triggers: the words of a sentence that tell an event, with what the sentence says about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seamwatch.extract.syntax import ParsedSentence
from seamwatch.vocabulary.acled import SubEventType
from seamwatch.vocabulary.inflect import expand
from seamwatch.vocabulary.lexicon import read_entries
from seamwatch.vocabulary.phrases import PhraseBook, PhraseHit

if TYPE_CHECKING:
    from spacy.tokens import Token

VIOLENCE, HARM = "violence", "harm"
_NOVEL = frozenset("another second third fourth fifth similar new separate further fresh other".split())
_DEFINITE = frozenset("the this that these those its their his monday's tuesday's wednesday's".split())
_WEAPONS = frozenset("bomb-weapon bomb-word air-strike shelling suicide grenade".split())
_USING_PREPS = frozenset("with by from of in using via over under".split())
_USING_VERBS = frozenset(
    "fire fired fires firing launch launched launches throw threw thrown throws hurled hurl lobbed tossed "
    "detonate detonated detonates detonating exploded explode plant planted plants planting drop dropped "
    "drops use used uses using set triggered trigger laid lay left attached placed hid deployed shot "
    "carried carry carrying hit struck sent flew wore wearing ran stepped over".split()
)
_BURNED = frozenset("burned burnt burning".split())
_MANY = frozenset(
    "several many multiple numerous repeated frequent various dozens series string spate".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventWord:
    """What the lexicon says of a phrase: its type (or "violence", "harm") and how strong it is."""

    entry: str
    gives: str
    strength: int
    pos: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """An event word in a parsed sentence; token indices are into the sentence's doc.

    `noun` tells whether it stands as a noun; `plural`, `definite` and `novel` ("another", "a second")
    describe that noun. `modifier` marks an event word that only qualifies another noun ("bomb disposal").
    """

    word: EventWord
    phrase: str
    first: int
    last: int
    head: int
    noun: bool
    plural: bool = False
    definite: bool = False
    novel: bool = False
    modifier: bool = False
    idle: bool = False
    present: bool = False

    @property
    def strong_verb(self) -> bool:
        """Return whether the trigger is a verb that tells an event."""
        return not self.noun and self.word.gives != HARM

    @property
    def sub_event_type(self) -> SubEventType | None:
        """Return the type that the word names by itself, or None for plain violence and harm."""
        return None if self.word.gives in (VIOLENCE, HARM) else SubEventType(self.word.gives)


class TriggerBook:
    """The event lexicon, ready to search."""

    def __init__(self) -> None:
        pairs = []
        for entry in read_entries("events"):
            word = EventWord(
                entry=entry.id,
                gives=str(entry.fields["gives"]),
                strength=int(entry.fields["strength"]),
                pos=str(entry.fields["pos"]),
            )
            pairs += [(form, word) for pattern in entry.patterns for form in expand(pattern)]
        self._book = PhraseBook(pairs)

    def hits(self, text: str) -> tuple[PhraseHit[EventWord], ...]:
        """Return the event words of a plain text, without syntax: a cheap first look."""
        return self._book.find(text)

    def find(self, parsed: ParsedSentence) -> tuple[Trigger, ...]:
        """Return the triggers of a parsed sentence, in order.

        "A second bomb exploded near the bazaar." gives bomb (novel) and exploded.
        """
        found = []
        for hit in self._book.find(parsed.sentence.text):
            tokens = parsed.doc.char_span(hit.start, hit.end, alignment_mode="expand")
            if tokens is None:
                continue
            trigger = _describe(parsed, hit, tokens.start, tokens.end - 1, tokens.root.i)
            if trigger is not None:
                found.append(trigger)
        return tuple(found)


def _describe(
    parsed: ParsedSentence, hit: PhraseHit[EventWord], first: int, last: int, head: int
) -> Trigger | None:
    """Return the trigger of a hit, or None where its part of speech is wrong."""
    token = parsed.doc[head]
    if hit.phrase in _BURNED and not any(t.dep_ in ("dobj", "nsubjpass") for t in token.children):
        return None  # "the vehicle burned", "their clothes burning": what fire did, and nobody
    noun = token.tag_.startswith("NN") or (token.tag_ in ("CD", "VBG") and token.dep_ in ("pobj", "nsubj"))
    if hit.value.pos == "noun" and not (noun or last > first or token.tag_ == "JJ"):
        return None
    if not noun:
        helped = any(t.dep_ in ("aux", "auxpass") for t in token.lefts)
        present = token.tag_ in ("VBZ", "VBP") and not helped
        return Trigger(
            word=hit.value, phrase=hit.phrase, first=first, last=last, head=head, noun=False, present=present
        )
    words = {t.lower_ for t in token.lefts} | {t.lower_ for c in token.lefts for t in c.lefts}
    counted = any(t.tag_ == "CD" for t in token.lefts)  # "two rockets" are as definite as one
    plural = token.tag_ in ("NNS", "NNPS") and not counted
    possessive = any(t.dep_ == "poss" for t in token.lefts)
    return Trigger(
        word=hit.value,
        phrase=hit.phrase,
        first=first,
        last=last,
        head=head,
        noun=True,
        plural=plural or bool(words & _MANY),
        definite=bool(words & _DEFINITE) or possessive,
        novel=bool(words & _NOVEL),
        modifier=token.dep_ in ("compound", "amod", "nmod") and token.head.tag_.startswith("NN"),
        idle=hit.value.entry in _WEAPONS and _idle(token),
    )


def _idle(token: Token) -> bool:
    """Return whether a weapon is object of a verb or preposition that does not use it."""
    while token.dep_ == "conj" and token.head.i != token.i:
        token = token.head
    if token.dep_ == "pobj":
        return token.head.lower_ not in _USING_PREPS
    if token.dep_ == "dobj":
        return token.head.lower_ not in _USING_VERBS
    return False
