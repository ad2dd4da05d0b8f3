"""Who stands behind a claim: the speaker's phrase, the actor it names or means, and the outlet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seamwatch.extract.speakers import own_subject, phrase_range
from seamwatch.extract.syntax import ParsedSentence
from seamwatch.model.reading import ActorMention, Reading
from seamwatch.vocabulary.codes import ActorKind, VictimGroup

if TYPE_CHECKING:
    from spacy.tokens import Token

PRONOUNS = frozenset("it they he she we its their this which who that i".split())
_PERSONS = frozenset(("he", "she", "i"))
_DEFINITE = frozenset(("the", "its", "this", "that"))
_NAMING = frozenset(
    "calling styling naming dubbing signing called named dubbed styled calls styles names known".split()
)
_LINKS = frozenset("of the al el and for in".split())
_IN_NAME = ("in the name of", "on behalf of", "under the name of", "under the name", "signed by")


@dataclass(frozen=True, slots=True)
class Scene:
    """A sentence with what is known around it: the reading, the sentences before it, its words."""

    parsed: ParsedSentence
    reading: Reading
    before: Sequence[ParsedSentence]
    words: Sequence[str]
    violent: frozenset[int]

    def actors_in(self, first: int, last: int) -> tuple[ActorMention, ...]:
        """Return the actors that tokens first..last name."""
        span = self.parsed.span(first, last)
        return tuple(a for a in self.reading.actors if span.overlaps(a.span))


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks: the name for `by`, the outlet, the phrase's tokens, and the actor if one is meant."""

    by: str
    via: str | None
    first: int
    last: int
    actor: ActorMention | None

    @property
    def nonstate(self) -> bool:
        """Return whether an armed organisation of the register speaks."""
        return self.actor is not None and (self.actor.side is VictimGroup.NONSTATE or self.actor.outlet)


@dataclass(frozen=True, slots=True)
class SpeakerWords:
    """The word lists that tell groups, mouthpieces, media and authorities."""

    groups: frozenset[str]
    mouthpieces: frozenset[str]
    media: frozenset[str]
    authorities: frozenset[str]


def named_before(scene: Scene, token: int, *, outlet: bool = False) -> ActorMention | None:
    """Return the actor named last before a token of the article, an armed organisation preferred.

    With `outlet`, the mouthpiece named last (what "the agency" means), in the title as a last resort.
    """
    here = scene.parsed.span(token, token)
    before = [
        a
        for a in scene.reading.actors
        if (a.span.end <= here.start if a.span.part == here.part else a.span.part == "title")
        and (a.outlet or not outlet)
    ]
    armed = [a for a in before if a.kind is ActorKind.ORGANIZATION and a.side is VictimGroup.NONSTATE]
    pool = armed or before
    return max(pool, key=lambda a: (a.span.part == here.part, a.span.start)) if pool else None


def _subject_before(scene: Scene, head: Token, words: SpeakerWords) -> Speaker | None:
    """Return the speaker of the sentence before; for "he" and "she", of one of the three before."""
    person = head.lower_ in _PERSONS
    for before in reversed(scene.before[-3:] if person else scene.before[-1:]):
        if before.sentence.span.part != scene.parsed.sentence.span.part:
            return None
        root = next((t for t in before.doc if t.head == t), None)
        subject = own_subject(root) if root is not None else None
        if subject is None or subject.lower_ in PRONOUNS or subject.tag_ in ("EX", "WP", "WDT"):
            continue
        texts = [t.lower_ for t in before.doc]
        return read_speaker(Scene(before, scene.reading, (), texts, frozenset()), subject, words)
    return None


def _medium(scene: Scene, first: int, head: Token, words: SpeakerWords) -> str | None:
    """Return the medium that a claim went through: "on Telegram", "the weekly bulletin of ..."."""
    for i, word in enumerate(scene.words):
        if word not in words.media:
            continue
        if i == head.i or (i and scene.words[i - 1] in ("on", "via", "through")):
            start = i - 1 if i == head.i and i > first else i
            return head.doc[start : i + 1].text
    return None


def signed_name(scene: Scene, head: Token) -> tuple[int, int] | None:
    """Return the tokens of the name that a message speaks for: "in the name of a Wolves of Dawn"."""
    doc, words = head.doc, scene.words
    for phrase in _IN_NAME:
        parts = phrase.split()
        for i in range(len(words) - len(parts)):
            if list(words[i : i + len(parts)]) != parts:
                continue
            first = i + len(parts)
            while first < len(words) and (words[first] in ("a", "an", "the", "group") or doc[first].is_punct):
                first += 1
            last = first
            while last < len(words) and (
                doc[last].text[:1].isupper() or words[last] in ("of", "the", "al", "-")
            ):
                last += 1
            if last > first:
                return first, last - 1
    return None


def _meant(scene: Scene, head: Token, words: SpeakerWords) -> ActorMention | None:
    """Return the actor that "it", "the group" or "the agency" means."""
    if head.lower_ in words.mouthpieces:
        return named_before(scene, head.i, outlet=True)
    if head.lower_ in PRONOUNS:
        return None if head.lower_ in _PERSONS else named_before(scene, head.i)
    if not any(c.lower_ in _DEFINITE for c in head.children):
        return None
    actor = named_before(scene, head.i)
    return actor if actor is not None and actor.side is VictimGroup.NONSTATE else None


def _own_name(head: Token) -> tuple[int, int] | None:
    """Return the tokens of the name that a phrase gives: "a group calling itself the Wolves of Dawn"."""
    for child in head.children:
        if child.dep_ not in ("acl", "relcl") or child.lower_ not in _NAMING:
            continue
        last = max(t.i for t in child.subtree)
        first = next((i for i in range(child.i + 1, last + 1) if head.doc[i].text[:1].isupper()), None)
        if first is not None:
            while head.doc[last].is_punct and last > first:
                last -= 1
            return first, last
    return _set_off_name(head)


def _set_off_name(head: Token) -> tuple[int, int] | None:
    """Return the tokens of a name set off by commas: "a group new to the valley, Sons of the Ford, said"."""
    doc, verb = head.doc, head.head.i
    for i in range(head.i + 1, verb):
        if doc[i].text != "," or i + 1 >= verb or not doc[i + 1].text[:1].isupper():
            continue
        last = i + 1
        while last + 1 < verb and doc[last + 1].text != ",":
            last += 1
        inner = [t for t in doc[i + 1 : last + 1] if not t.is_punct and t.lower_ not in _LINKS]
        if last + 1 < len(doc) and doc[last + 1].text == "," and all(t.text[:1].isupper() for t in inner):
            return i + 1, last
    return None


def read_speaker(scene: Scene, head: Token, words: SpeakerWords) -> Speaker | None:
    """Return who speaks: the register's name, or the phrase as written; None for an unknown pronoun."""
    parsed = scene.parsed
    first, last = phrase_range(head)
    wide_first, wide_last = phrase_range(head, whole=True)
    inside = scene.actors_in(min(first, wide_first), max(last, wide_last))
    own = [a for a in scene.actors_in(first, last) if not a.outlet]
    word = head.lower_
    outlet = next((a for a in inside if a.outlet), None)
    if outlet is None:
        sentence = parsed.sentence.span
        outlet = next((a for a in scene.reading.actors if a.outlet and sentence.contains(a.span)), None)
    via = outlet.quote if outlet is not None else _medium(scene, first, head, words)
    quote = parsed.evidence(first, last, "").quote
    group = word in words.groups or word in words.mouthpieces or word in words.media
    at_head = [a for a in own if a.span.overlaps(parsed.span(head.i, head.i))]
    actor: ActorMention | None = None
    if outlet is not None and outlet in inside:
        actor = outlet
    elif at_head:
        actor = at_head[-1]
    elif own and group:
        actor = own[-1]
    elif word in PRONOUNS:
        told = _subject_before(scene, head, words)
        if told is not None:
            return Speaker(told.by, via or told.via, first, last, told.actor)
        actor = _meant(scene, head, words)
        if actor is None and word not in _PERSONS:
            return None
    elif group and not own:
        actor = _meant(scene, head, words)
        if actor is not None and actor.outlet and via is None:
            via = actor.quote
    if actor is None and any(c.lower_ in ("that", "same") for t in (head, *head.children) for c in t.subtree):
        actor = named_before(scene, first)  # "a spokesman of that army"
        if actor is not None and actor.kind is ActorKind.ORGANIZATION:
            return Speaker(actor.name, via, first, last, actor)
        actor = None
    named = _own_name(head) if actor is None else None
    if named is None and (actor is None or actor.outlet) and (group or outlet is not None):
        named = signed_name(scene, head)
        actor = None if named is not None else actor
    if named is not None:
        quote = parsed.evidence(*named, "").quote
    if actor is None:
        return Speaker(quote, via, first, last, own[0] if own and not group else None)
    whole = actor.kind is ActorKind.ORGANIZATION or actor.outlet or actor not in own
    # "Turkey's defence ministry" stays as written: the body that speaks is not all of Turkey.
    covers = actor.span.start <= parsed.span(first, last).start and last - first <= len(actor.quote.split())
    return Speaker(actor.name if whole or covers else quote, via, first, last, actor)
