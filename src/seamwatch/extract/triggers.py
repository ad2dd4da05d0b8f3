"""Triggers: the words of a sentence that tell an event, with what the sentence says about them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seamwatch.extract.syntax import ParsedSentence
from seamwatch.vocabulary.acled import SubEventType
from seamwatch.vocabulary.inflect import expand
from seamwatch.vocabulary.lexicon import read_entries
from seamwatch.vocabulary.phrases import PhraseBook, PhraseHit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spacy.tokens import Token

VIOLENCE, HARM, NONE = "violence", "harm", "none"
_TRANSITIVE = "transitive"
_FILMED = frozenset(
    "film films video videos picture pictures photo photos scene scenes footage series goal".split()
)
# What is executed without killing anybody; "demonstrate" with any object is no protest.
_CARRIED_OUT = frozenset(
    "airstrike airstrikes strike strikes raid raids attack attacks operation operations search searches "
    "order orders plan plans warrant warrants project projects contract contracts task tasks mission "
    "missions work budget decision decisions manoeuvre manoeuvres sortie sorties bombing bombings".split()
)
_GAP = " ... "
_GAP_WORDS = 9
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
_FEW = frozenset("two three 2 3 both twin".split())
# Patterns that end in a preposition are no compound nouns, and never written with a hyphen.
_LOOSE = ("packed", "rigged", "laden", "booby")
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
        pairs: list[tuple[str, EventWord]] = []
        self._apart: dict[str, list[tuple[tuple[str, ...], EventWord]]] = {}
        sorts: dict[str, set[str]] = {}
        for entry in read_entries("events"):
            word = EventWord(
                entry=entry.id,
                gives=str(entry.fields["gives"]),
                strength=int(entry.fields["strength"]),
                pos=str(entry.fields["pos"]),
            )
            for pattern in entry.patterns:
                start, _, end = pattern.partition(_GAP)
                for form in expand(start):
                    if end:
                        self._apart.setdefault(form, []).append((tuple(end.split()), word))
                        continue
                    pairs.append((form, word))
                    sorts.setdefault(form, set()).add(pattern[:2])
        pairs += [
            (form.replace(" ", "-"), word)
            for form, word in pairs
            if word.pos == "noun" and form.count(" ") == 1 and not form.startswith(_LOOSE)
        ]
        self._book = PhraseBook(pairs)
        self._harm = {form: word for form, word in pairs if word.gives == HARM}
        single = {form: kinds for form, kinds in sorts.items() if " " not in form and "-" not in form}
        self._verbs = frozenset(form for form, kinds in single.items() if kinds == {"v:"})
        self._nouns = frozenset(form for form, kinds in single.items() if kinds == {"n:"})

    def hits(self, text: str) -> tuple[PhraseHit[EventWord], ...]:
        """Return the event words of a plain text, without syntax: a cheap first look."""
        return self._book.find(text)

    def find(self, parsed: ParsedSentence) -> tuple[Trigger, ...]:
        """Return the triggers of a parsed sentence, in order.

        "A second bomb exploded near the bazaar." gives bomb (novel) and exploded.
        """
        found: dict[int, Trigger] = {}
        for hit in self._book.find(parsed.sentence.text):
            if hit.value.gives == NONE:
                continue
            tokens = parsed.doc.char_span(hit.start, hit.end, alignment_mode="expand")
            if tokens is None:
                continue
            if self._wrong_part(parsed, hit.phrase, tokens.root):
                continue
            told = hit
            if hit.value.pos == _TRANSITIVE and not _has_object(tokens.root):
                if hit.phrase not in self._harm:
                    continue
                told = replace(hit, value=self._harm[hit.phrase])
            trigger = _describe(parsed, told, tokens.start, tokens.end - 1, tokens.root.i)
            if trigger is not None:
                found[trigger.first] = trigger
        for trigger in self._split(parsed):
            have = found.get(trigger.first)
            if have is None or have.word.gives in (HARM, VIOLENCE):
                found[trigger.first] = trigger
        return tuple(found[first] for first in sorted(found))

    def _wrong_part(self, parsed: ParsedSentence, phrase: str, token: Token) -> bool:
        """Return whether a word stands as a noun that tells an event as a verb only, or the reverse."""
        if parsed.sentence.headline:
            return False  # the parser often takes the verb of a headline for a noun
        if " " not in phrase and phrase.startswith(("execut", "demonstrat")) and token.tag_.startswith("VB"):
            objects = {t.lower_ for t in token.children if t.dep_ in ("dobj", "nsubjpass", "ccomp")}
            if objects and (phrase.startswith("demonstrat") or objects & _CARRIED_OUT):
                return True
        if phrase in self._verbs:
            return token.tag_ in ("NN", "NNS") and token.dep_ not in ("ROOT", "conj")
        helped = any(t.dep_ == "aux" for t in token.lefts)
        return phrase in self._nouns and (helped or token.tag_ in ("VB", "VBP", "VBZ"))

    def _split(self, parsed: ParsedSentence) -> Iterator[Trigger]:
        """Return the verbs whose particle stands apart: "tore two stalls apart"."""
        doc = parsed.doc
        for token in doc:
            for tail, word in self._apart.get(token.lower_, ()):
                if not token.tag_.startswith("VB"):
                    continue
                for i in range(token.i + 2, min(token.i + _GAP_WORDS, len(doc) - len(tail) + 1)):
                    same = all(doc[i + n].lower_ == w for n, w in enumerate(tail))
                    if same and doc[i].head.i <= i and _belongs(doc[i], token):
                        yield Trigger(
                            word=word,
                            phrase=f"{token.lower_} {' '.join(tail)}",
                            first=token.i,
                            last=token.i,
                            head=token.i,
                            noun=False,
                        )
                        break


def _has_object(verb: Token) -> bool:
    """Return whether a verb has an object that is harmed, not filmed."""
    return verb.tag_.startswith("VB") and any(
        t.dep_ in ("dobj", "nsubjpass") and t.lower_ not in _FILMED for t in verb.children
    )


def _belongs(particle: Token, verb: Token) -> bool:
    """Return whether a particle hangs on the verb, or on the verb's object."""
    head = particle.head
    return head == verb or (head.head == verb and head.i > verb.i)


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
    counted = any(t.lower_ in _FEW for t in token.lefts)  # "two rockets" are as definite as one
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
