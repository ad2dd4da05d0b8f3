"""Drafts: what one sentence (or one part of it) tells of one event, before tellings are joined."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from seamwatch.extract.casualties import CasualtyExpression
from seamwatch.extract.dating import Dates, Dating, SpeechBook, date_sentence
from seamwatch.extract.roles import RoleFinder, Roles
from seamwatch.extract.scope import ScopeKind, ScopeReader
from seamwatch.extract.syntax import ParsedSentence
from seamwatch.extract.things import Thing
from seamwatch.extract.triggers import HARM, VIOLENCE, EventWord, Trigger
from seamwatch.model.place import PlaceMention
from seamwatch.model.reading import Reading
from seamwatch.model.text import Evidence, Span
from seamwatch.model.time import TimeMention
from seamwatch.vocabulary.acled import SubEventType
from seamwatch.vocabulary.codes import Outcome

if TYPE_CHECKING:
    from spacy.tokens import Doc

# Where a sentence may be cut when both sides tell an event with a day of its own.
_CUT = re.compile(r"(?:;|,? and |,? while |,? whereas )")
_LABEL = re.compile(r"(?:[-–•*]\s*)?[A-ZÀ-Þ][\w'’ -]{2,40}(?:,[^:.]{0,40})?:\s")
_MODALS = frozenset("will would could may might shall should 'll ’ll can must".split())
_DIED = re.compile(r"\b(?:died|dies|succumbed|passed away|lost (?:his|her) life)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One telling: its triggers and scope, its times and places, who was harmed, and its roles."""

    sentence: int
    paragraph: int
    title: bool
    clause: Evidence
    triggers: tuple[Trigger, ...]
    lead: Trigger
    scope: frozenset[ScopeKind]
    datings: tuple[Dating, ...] = ()
    places: tuple[PlaceMention, ...] = ()
    casualties: tuple[CasualtyExpression, ...] = ()
    roles: Roles = field(default_factory=Roles)
    definite: bool = False
    fresh: bool = False
    unreal: bool = False

    @property
    def types(self) -> Mapping[SubEventType, int]:
        """Return the types that the triggers name, with their greatest strength.

        A weapon that is only spoken of ("looking for a missing drone") has none; people taken away make
        an abduction whatever the verb.
        """
        votes: dict[SubEventType, int] = {}
        busy = [t for t in self.triggers if not t.idle and t.word.gives != HARM]
        for trigger in busy or self.triggers:
            kind = trigger.sub_event_type
            if kind is not None:
                votes[kind] = max(votes.get(kind, 0), trigger.word.strength)
        if self.abducts:
            votes[SubEventType.ABDUCTION] = max(votes.get(SubEventType.ABDUCTION, 0), 2)
        return votes

    @property
    def strong(self) -> bool:
        """Return whether a trigger tells an event, and not only that somebody was harmed."""
        retracted = ScopeKind.RETRACTED in self.scope
        return retracted or self.abducts or any(t.word.gives != HARM for t in self.triggers)

    @property
    def abducts(self) -> bool:
        """Return whether the draft tells of people abducted."""
        return any(c.outcome is Outcome.ABDUCTED and c.kind not in ("zero", "ratio") for c in self.casualties)

    @property
    def specific(self) -> bool:
        """Return whether a day or a count pins the draft to one event, whatever habit stands around it."""
        day = any(t.range is not None and t.range.precision <= 2 for t in self.event_times())
        counted = any(c.kind in ("total", "update") for c in self.casualties)
        return counted or (day and not is_generic(self))

    def event_times(self) -> tuple[TimeMention, ...]:
        """Return the times that date the event itself, nearest to the trigger first."""
        own = [d for d in self.datings if d.dates is Dates.EVENT]
        return tuple(d.time for d in sorted(own, key=lambda d: d.distance))


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceFacts:
    """Everything found in one parsed sentence before it is cut into drafts."""

    parsed: ParsedSentence
    triggers: tuple[Trigger, ...]
    things: dict[int, Thing]
    times: tuple[TimeMention, ...]
    places: tuple[PlaceMention, ...]
    casualties: tuple[CasualtyExpression, ...]
    all_places: tuple[PlaceMention, ...] = ()


def _strength(trigger: Trigger) -> tuple[int, int, int]:
    """Return how well a trigger leads its draft: a verb before a noun, a type before plain harm."""
    kind = trigger.word.gives
    return (
        0 if kind == HARM else (1 if trigger.modifier or trigger.plural else 2),
        trigger.word.strength + (0 if trigger.noun else 2),
        -trigger.first,
    )


def _parts(facts: SentenceFacts) -> list[tuple[int, int]]:
    """Return the character ranges of the parts of a sentence that each tell an event on its own day."""
    text = facts.parsed.sentence.text
    doc, start = facts.parsed.doc, facts.parsed.start
    strong = [doc[t.head].idx for t in facts.triggers]
    days = [t.span.start - start for t in facts.times if t.range is not None or t.anchor == "event"]
    recalled = _recalled(facts)
    if recalled:
        return [(0, recalled), (recalled, len(text))]
    if len(days) < 2 or len(strong) < 2:
        return [(0, len(text))]
    cuts = [0]
    for match in _CUT.finditer(text):
        at = match.end()
        if not _joins_clauses(doc, match):
            continue
        left, right = range(cuts[-1], at), range(at, len(text))
        if all(any(x in side for x in xs) for side in (left, right) for xs in (strong, days)):
            cuts.append(at)
    cuts.append(len(text))
    return list(pairwise(cuts))


def _unreal(parsed: ParsedSentence, lead: Trigger) -> bool:
    """Return whether a verb hangs on a modal: "they will return and slaughter the mukhtars"."""
    if lead.noun:
        return False
    token = parsed.doc[lead.head]
    if token.tag_ not in ("VB", "VBP"):
        return False
    while True:
        if any(t.dep_ == "aux" and t.lower_ in _MODALS for t in token.lefts):
            return True
        if token.dep_ != "conj" or token.head.i == token.i:
            return False
        token = token.head


def is_item(parsed: ParsedSentence, places: tuple[PlaceMention, ...]) -> bool:
    """Return whether a sentence opens an item of a log, table or bulletin: each item tells another event.

    "Ser 4 | 27/04 | NINEWA: IED vs pickup", "- Raqqa, the same evening: unknown persons threw a grenade".
    """
    text = parsed.sentence.text
    if text.count("|") >= 2 or text.count(" / ") >= 2:
        return True
    label = _LABEL.match(text)
    if label is None:
        return False
    return any(p.span.start - parsed.start < label.end() for p in places)


def _definite(facts: SentenceFacts, lead: Trigger) -> bool:
    """Return whether a draft speaks of an event as known: "the blast", "the device went off"."""
    if lead.noun:
        return lead.definite
    for token in facts.parsed.doc[lead.head].lefts:
        if token.dep_ in ("nsubj", "nsubjpass"):
            thing = facts.things.get(token.i)
            known = any(t.lower_ in ("the", "this", "that") for t in token.lefts if t.dep_ == "det")
            return known and thing is not None and thing.gives != "armed"
    return False


def _joins_clauses(doc: Doc, match: re.Match[str]) -> bool:
    """Return whether a cut stands between clauses, and not inside "between Qamishli and Amuda"."""
    if match.group(0)[0] in ",;":
        return True
    word = doc.char_span(match.start() + 1, match.end() - 1, alignment_mode="expand")
    return word is not None and word[0].head.tag_.startswith("VB")


def _recalled(facts: SentenceFacts) -> int:
    """Return where the recalled event begins in "X came four days after Y", or 0.

    Both sides must tell an event: in "he died three days after the blast" there is only one.
    """
    for time in facts.times:
        if time.anchor != "event" or not time.quote.lower().endswith(("after", "before", "since")):
            continue
        at = time.span.start - facts.parsed.start
        heads = [(facts.parsed.doc[t.head].idx, t) for t in facts.triggers if t.word.gives != HARM]
        told = [i for i, t in heads if i < at and (not t.noun or t.definite) and t.word.entry != "harm"]
        behind = [i for i, t in heads if i > at]
        if told and behind and not _DIED.search(facts.parsed.sentence.text[:at]):
            return at
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What drafts are read with: the scope rules and the verbs of saying."""

    scopes: ScopeReader
    speech: SpeechBook


def make_drafts(
    facts: SentenceFacts, reading: Reading, published: date | None, books: Books
) -> tuple[Draft, ...]:
    """Return the drafts of one sentence: one for each event that has a day of its own."""
    parsed = facts.parsed
    drafts: list[Draft] = []
    finder = RoleFinder(parsed, reading, facts.things)
    cues = books.scopes.cues_of(parsed, published) if facts.triggers else ()
    for start, end in _parts(facts):
        first, last = start + parsed.start, end + parsed.start

        def inside(span: Span, first: int = first, last: int = last) -> bool:
            return first <= span.start < last

        triggers = tuple(t for t in facts.triggers if start <= parsed.doc[t.head].idx < end)
        if not triggers and facts.casualties:
            triggers = _harm_alone(facts.parsed, facts.casualties[0])
        if not triggers:
            continue
        lead = max(triggers, key=_strength)
        scope = books.scopes.scope_of(parsed, lead.first, lead.last, published, cues)
        drafts.append(
            Draft(
                sentence=parsed.sentence.index,
                paragraph=parsed.sentence.paragraph,
                title=parsed.sentence.headline,
                clause=_clause(parsed, start, end),
                triggers=triggers,
                lead=lead,
                definite=_definite(facts, lead),
                unreal=_unreal(parsed, lead),
                fresh=not drafts and is_item(parsed, facts.all_places),
                scope=scope.kinds,
                datings=date_sentence(
                    parsed,
                    tuple(t for t in facts.times if inside(t.span)),
                    frozenset(t.head for t in triggers if t.word.gives != HARM),
                    books.speech,
                    lead.head,
                ),
                places=tuple(p for p in facts.places if inside(p.span)),
                casualties=tuple(c for c in facts.casualties if inside(c.evidence.span)),
                roles=finder.roles(tuple(t for t in triggers if not t.modifier)),
            )
        )
    return tuple(drafts)


def harm_beside(facts: SentenceFacts, draft: Draft, published: date | None, books: Books) -> Draft | None:
    """Return the harm that a negated draft tells besides: "there were no shells and one wounded guard"."""
    for harmed in draft.casualties:
        triggers = _harm_alone(facts.parsed, harmed)
        if not harmed.best or not triggers:
            continue
        lead = triggers[0]
        scope = books.scopes.scope_of(facts.parsed, lead.first, lead.last, published)
        if ScopeKind.NEGATED not in scope.kinds:
            return replace(draft, triggers=triggers, lead=lead, scope=scope.kinds, definite=False)
    return None


def _harm_alone(parsed: ParsedSentence, harmed: CasualtyExpression) -> tuple[Trigger, ...]:
    """Return a trigger for casualties that no event word tells ("four remain in hospital")."""
    tokens = parsed.tokens_in(harmed.evidence.span)
    if tokens is None or len(tokens) == 0:
        return ()
    word = EventWord(entry=HARM, gives=HARM, strength=0, pos="any")
    head = tokens.root.i
    return (Trigger(word=word, phrase=tokens.text, first=head, last=head, head=head, noun=False),)


def _clause(parsed: ParsedSentence, start: int, end: int) -> Evidence:
    """Return the evidence of a part of the sentence, trimmed of white space and connecting signs."""
    text = parsed.sentence.text[start:end]
    left = len(text) - len(text.lstrip(" ,;"))
    right = len(text.rstrip(" ,;"))
    if right <= left:
        left, right = 0, len(text)
    return parsed.chars(start + left, start + right, "events")


def is_generic(draft: Draft) -> bool:
    """Return whether only plural or modifying nouns tell the event ("several attacks")."""
    told = [t for t in draft.triggers if t.word.gives != HARM]
    return bool(told) and all(t.noun and (t.plural or t.modifier) for t in told)


def tells_violence(draft: Draft) -> bool:
    """Return whether a trigger says plain violence, whose type target and weapon decide."""
    return any(t.word.gives == VIOLENCE for t in draft.triggers)
