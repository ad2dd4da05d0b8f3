"""What takes a passage out of plain fact: negation, hedging, plans, history, habit, accident, figure.

Named, directed rules in the manner of ConText: each entry of the lexicon `scope` says which words make
a cue, in which direction and how far it reaches, and what ends its reach.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from seamwatch.errors import VocabularyError
from seamwatch.extract.patterns import PhraseBook
from seamwatch.extract.syntax import ParsedSentence
from seamwatch.model.text import Evidence
from seamwatch.vocabulary.lexicon import Entry, read_entries

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_NOUNS = frozenset(("NOUN", "PROPN", "NUM", "PRON"))
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_YEAR = re.compile(r"(?:19|20)\d\d$")
_RECENT_DAYS = 366


class ScopeKind(StrEnum):
    """Why a passage is not, or not plainly, an incident that happened."""

    NEGATED = "negated"
    HEDGED = "hedged"
    HYPOTHETICAL = "hypothetical"
    PLANNED = "planned"
    HISTORICAL = "historical"
    HABITUAL = "habitual"
    EXERCISE = "exercise"
    ACCIDENT = "accident"
    FIGURATIVE = "figurative"
    FOILED = "foiled"
    RETRACTED = "retracted"
    RUMOUR = "rumour"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The kinds of scope that a passage stands in, and the words that put it there."""

    kinds: frozenset[ScopeKind] = frozenset()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeRule:
    """One rule. `reach`: a number of tokens, "sentence", "clause" (what hangs on the cue's governor) or
    "head" (the cue's own head and the verb that the head is subject or object of)."""

    id: str
    kind: ScopeKind | None
    direction: str
    reach: int | str
    terminators: frozenset[str]
    past_year: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """A rule's words at tokens first..last (both included) of a sentence."""

    rule: ScopeRule
    first: int
    last: int


def word_classes(entries: tuple[Entry, ...]) -> dict[str, tuple[str, ...]]:
    """Return the word classes of a lexicon: the patterns of the entries that have a `class`."""
    return {str(e.fields["class"]): e.patterns for e in entries if "class" in e.fields}


def _rule(entry: Entry) -> ScopeRule:
    fields: Mapping[str, Any] = entry.fields
    category, reach = fields.get("category"), fields.get("reach", 8)
    direction = fields.get("direction", "forward")
    where = f"lexicons/en/scope.yaml, entry {entry.id}"
    if direction not in ("forward", "backward", "both"):
        raise VocabularyError(f"{where}: direction must be forward, backward or both, not {direction!r}")
    if not isinstance(reach, int) and reach not in ("sentence", "clause", "head"):
        raise VocabularyError(f"{where}: reach must be a number, sentence, clause or head, not {reach!r}")
    if category != "pseudo" and category not in set(ScopeKind):
        raise VocabularyError(f"{where}: {category!r} is no category of scope")
    return ScopeRule(
        id=entry.id,
        kind=None if category == "pseudo" else ScopeKind(category),
        direction=direction,
        reach=reach,
        terminators=frozenset(fields.get("terminators", (";", "but", "although", "though", "however"))),
        past_year=bool(fields.get("past_year")),
    )


def _period(words: Sequence[str], first: int, last: int) -> tuple[int, int | None] | None:
    """Return year and month (or None) that tokens first..last name."""
    for at in range(last, first - 1, -1):
        if _YEAR.match(words[at]):
            before = words[at - 1][:3] if at else ""
            day = words[at - 2][:3] if at > 1 else ""
            month = next((_MONTHS.index(w) + 1 for w in (before, day) if w in _MONTHS), None)
            return int(words[at]), month
    return None


def _is_past(words: Sequence[str], cue: Cue, published: date | None) -> bool:
    """Return whether the year that a cue names ended more than a year before publication."""
    period = _period(words, cue.first, cue.last)
    if period is None or published is None:
        return False
    year, month = period
    opens = words[cue.first] in ("since", "from")
    month = month or (1 if opens else 12)
    return (published - date(year, month, 1 if opens else 28)).days > _RECENT_DAYS


def _governor(doc: Doc, cue: Cue) -> Token:
    """Return the word outside the cue that the cue hangs on (its own root where there is none)."""
    token = doc[cue.first : cue.last + 1].root
    if cue.first <= token.head.i <= cue.last:
        return token
    token = token.head
    # A preposition or a bare number only ties the cue to what it is about.
    while token.dep_ in ("prep", "pobj", "nummod", "npadvmod", "advmod", "compound") and (
        token.pos_ in ("ADP", "NUM", "ADV", "SCONJ") or token.tag_ == "CD"
    ):
        if token.head == token:
            break
        token = token.head
    return token


def _hangs_on(trigger: Token, governor: Token) -> bool:
    """Return whether the trigger stands in what hangs on the governor, other joined clauses left out."""
    token = trigger
    while token != governor:
        if token.dep_ == "conj" and token.pos_ in ("VERB", "AUX") and token.head == governor:
            return False
        if token.head == token:
            return False
        token = token.head
    return True


def _near_head(trigger: Token, cue_root: Token) -> bool:
    """Return whether the trigger is the cue's head, or the verb that this head belongs to."""
    head = cue_root.head if cue_root.dep_ in ("det", "neg", "preconj", "advmod", "predet") else cue_root
    if trigger == head:
        return True
    if head.pos_ in _NOUNS:
        return head.dep_ in ("nsubj", "nsubjpass", "dobj", "attr") and trigger == head.head
    # "it was not an attack", "was not bombed", "did not carry out the attack", "the attack did not happen"
    if trigger.head == head and trigger.dep_ in ("attr", "acomp", "oprd", "xcomp", "auxpass"):
        return True
    light = head.lower_ in ("carry", "carried", "launch", "launched", "conduct", "stage", "mount", "carrying")
    return light and trigger.head == head and trigger.dep_ in ("dobj", "nsubjpass")


class ScopeReader:
    """Finds cues in sentences and says which of them reach a trigger."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        """Compile the lexicon's entries."""
        rules = [e for e in entries if "class" not in e.fields]
        self.rules = {e.id: _rule(e) for e in rules}
        self._book = PhraseBook(((e.id, e.patterns) for e in rules), word_classes(entries))

    def cues_of(self, parsed: ParsedSentence, published: date | None) -> tuple[Cue, ...]:
        """Return the cues of a sentence in order; what only looks like one ("not only") is left out."""
        words = parsed.words
        tags = parsed.tags
        cues: list[Cue] = []
        masked: set[int] = set()
        for match in self._book.find(words, tags):
            rule = self.rules[match.key]
            cue = Cue(rule=rule, first=match.first, last=match.last)
            if rule.kind is None:
                masked.update(range(match.first, match.last + 1))
            elif not rule.past_year or _is_past(words, cue, published):
                cues.append(cue)
        return tuple(c for c in cues if c.first not in masked or c.last not in masked)

    def _reaches(self, doc: Doc, cue: Cue, first: int, last: int) -> bool:
        rule = cue.rule
        if first <= cue.last and cue.first <= last:
            return True
        after = first > cue.last
        if rule.direction != "both" and after != (rule.direction == "forward"):
            return False
        between = range(cue.last + 1, first) if after else range(last + 1, cue.first)
        if rule.reach in ("clause", "head"):
            trigger = doc[first : last + 1].root
            if rule.reach == "clause":
                return _hangs_on(trigger, _governor(doc, cue))
            return _near_head(trigger, doc[cue.first : cue.last + 1].root)
        if isinstance(rule.reach, int) and len(between) >= rule.reach:
            return False
        return not any(doc[i].lower_ in rule.terminators for i in between)

    def scope_of(
        self,
        parsed: ParsedSentence,
        trigger_first: int,
        trigger_last: int,
        published: date | None,
        cues: tuple[Cue, ...] | None = None,
    ) -> Scope:
        """Return the scope of a trigger at tokens first..last (both included) of a sentence.

        `cues` saves finding them again where a sentence has several triggers.
        """
        found = self.cues_of(parsed, published) if cues is None else cues
        reaching = [c for c in found if self._reaches(parsed.doc, c, trigger_first, trigger_last)]
        return Scope(
            kinds=frozenset(c.rule.kind for c in reaching if c.rule.kind is not None),
            evidence=tuple(parsed.evidence(c.first, c.last, f"scope:{c.rule.id}") for c in reaching),
        )


def load_scope() -> ScopeReader:
    """Return the scope reader with the lexicon `scope`.

    >>> from seamwatch.extract.sentences import split_sentences
    >>> from seamwatch.extract.syntax import load_parser, parse_sentences
    >>> from seamwatch.model.text import Article
    >>> article = Article(id="a", text="No attack took place in the town.")
    >>> parsed = next(parse_sentences(load_parser(), split_sentences(article)))
    >>> sorted(load_scope().scope_of(parsed, 1, 1, None).kinds)
    [<ScopeKind.NEGATED: 'negated'>]
    """
    return ScopeReader(read_entries("scope"))
