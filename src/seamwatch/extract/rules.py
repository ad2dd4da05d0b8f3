"""The rule extractor: lexicons and syntax, no learned model beyond the parser."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Protocol

from seamwatch.extract.casualties import CasualtyExpression, find_casualties
from seamwatch.extract.casualty_words import CasualtyWords, load_casualty_words
from seamwatch.extract.claims import ClaimReader, FoundClaim, load_claims
from seamwatch.extract.context import add_context
from seamwatch.extract.dating import SpeechBook
from seamwatch.extract.domain import Domain, DomainReader, load_domain
from seamwatch.extract.drafts import (
    Books,
    Draft,
    SentenceFacts,
    harm_beside,
    is_generic,
    make_drafts,
)
from seamwatch.extract.event_places import event_places
from seamwatch.extract.fill import Filling, fill_mention
from seamwatch.extract.headers import with_headers
from seamwatch.extract.scope import ScopeKind, load_scope
from seamwatch.extract.sentences import split_sentences
from seamwatch.extract.statements import StatementReader, load_statements
from seamwatch.extract.suspects import SuspectBook
from seamwatch.extract.syntax import ParsedSentence, load_parser, parse_sentences
from seamwatch.extract.tellings import Telling, draft_day, join_drafts, main_again
from seamwatch.extract.things import ThingBook
from seamwatch.extract.triggers import HARM, TriggerBook
from seamwatch.model.incident import Extraction, OtherPassage
from seamwatch.model.reading import Reading
from seamwatch.model.time import TimeMention
from seamwatch.vocabulary.codes import OtherKind

if TYPE_CHECKING:
    from spacy.language import Language


class Extractor(Protocol):
    """What finds the incidents of one article: rules now, learned models later."""

    def extract(self, reading: Reading) -> Extraction:
        """Return the article's incidents, each once, and its other passages and statements."""
        ...


_OTHER = {
    ScopeKind.NEGATED: OtherKind.NEGATED,
    ScopeKind.RUMOUR: OtherKind.NEGATED,
    ScopeKind.PLANNED: OtherKind.PLANNED,
    ScopeKind.HYPOTHETICAL: OtherKind.HYPOTHETICAL,
    ScopeKind.HISTORICAL: OtherKind.BACKGROUND,
    ScopeKind.HABITUAL: OtherKind.ROUNDUP,
    ScopeKind.EXERCISE: OtherKind.EXERCISE,
    ScopeKind.ACCIDENT: OtherKind.ACCIDENT,
    ScopeKind.FIGURATIVE: OtherKind.FIGURATIVE,
}
_QUIET = {
    Domain.SPORTS: OtherKind.FIGURATIVE,
    Domain.MARKETS: OtherKind.FIGURATIVE,
    Domain.WEATHER: OtherKind.FIGURATIVE,
    Domain.CULTURE: OtherKind.FIGURATIVE,
    Domain.ACCIDENT: OtherKind.ACCIDENT,
    Domain.EXERCISE: OtherKind.EXERCISE,
    Domain.CLEARANCE: OtherKind.BACKGROUND,
}
# Sentences, title and dateline counted, in which an article says what it is about.
_LEAD = 4
_SPREADING = (OtherKind.EXERCISE, OtherKind.ACCIDENT, OtherKind.FIGURATIVE, OtherKind.BACKGROUND)
# The word of armies and groups for those that they say they killed: their own count, never the best one.
_OWN_COUNT = re.compile(r"\b(?:neutrali[sz]ed|eliminated|liquidated|rendered ineffective)\b", re.IGNORECASE)
_YEAR = timedelta(days=366)
# What is told of a longer time than this, in days, is no single incident.
_LONG = 62


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The parser and the lexicons that the rules stand on."""

    nlp: Language
    triggers: TriggerBook
    things: ThingBook
    books: Books
    domains: DomainReader
    claims: ClaimReader
    suspects: SuspectBook
    statements: StatementReader
    casualties: CasualtyWords


class RuleExtractor:
    """Finds incidents by triggers, syntax and scope, and joins what one article tells twice."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def extract(self, reading: Reading) -> Extraction:
        """Return the article's incidents, each once, and its other passages and statements."""
        sentences = split_sentences(reading.article)
        parsed = tuple(parse_sentences(self._words.nlp, sentences))
        domain = self._words.domains.article_domain(reading.article).domain
        facts = [self._facts(p, reading) for p in parsed]
        if domain is Domain.CLEARANCE and any(c.best for f in facts for c in f.casualties):
            domain = Domain.CONFLICT  # a mine that killed is an incident, whoever clears the field
        published = reading.article.published
        drafts = [d for f in facts for d in make_drafts(f, reading, published, self._words.books)]
        drafts = with_headers(drafts, facts)
        kinds = [self._other(d, domain, reading) for d in drafts]
        kinds = _spread(drafts, kinds, self._lead_kind(parsed, drafts, published))
        by_sentence = {f.parsed.sentence.index: f for f in facts}
        real = []
        for draft, kind in zip(drafts, kinds, strict=True):
            kept: Draft | None = draft if kind is None else None
            if kind is OtherKind.NEGATED and draft.casualties:
                kept = harm_beside(by_sentence[draft.sentence], draft, published, self._words.books)
            if kept is not None:
                real.append(kept)
        others = [
            OtherPassage(kind=kind, evidence=(d.clause,))
            for d, kind in zip(drafts, kinds, strict=True)
            if kind is not None and (d.strong or kind is not OtherKind.BACKGROUND)
        ]
        tellings = join_drafts(real, published)
        if any(not p.sentence.headline for p in parsed) and others:
            # Where the text tells only what is no incident, its title does not tell one either.
            tellings = [t for t in tellings if not all(d.title for d in t.drafts)]
        add_context(tellings, facts, self._words.books.speech)
        claims = self._assign_claims(parsed, reading, tellings)
        alone = len(tellings) == 1
        mentions = tuple(
            fill_mention(
                Filling(
                    telling=t,
                    claims=tuple(claims[i]),
                    suspects=self._words.suspects.find(_paragraphs(t, parsed, alone=alone), reading),
                ),
                reading,
                i + 1,
            )
            for i, t in enumerate(tellings)
        )
        others = merge_others(others + list(self._words.statements.find_hearsay(parsed)))
        return Extraction(
            mentions=mentions,
            others=tuple(others),
            statements=self._words.statements.find_statements(parsed, reading),
        )

    def _facts(self, parsed: ParsedSentence, reading: Reading) -> SentenceFacts:
        span = parsed.sentence.span
        triggers = self._words.triggers.find(parsed)
        places = tuple(p for p in reading.places if span.contains(p.span))
        times = tuple(t for t in reading.times if span.contains(t.span))
        casualties = self._casualties(parsed, times)
        told = bool(triggers or casualties)
        heads = frozenset(t.head for t in triggers if t.word.gives != HARM)
        return SentenceFacts(
            parsed=parsed,
            triggers=triggers,
            things=self._words.things.find(parsed) if told else {},
            times=times,
            places=event_places(parsed, places, heads, self._words.books.speech),
            casualties=casualties,
            all_places=places,
        )

    def _casualties(
        self, parsed: ParsedSentence, times: tuple[TimeMention, ...]
    ) -> tuple[CasualtyExpression, ...]:
        """Return the casualties of a sentence; a day that the parser took for an object is nobody."""
        found = find_casualties(parsed, self._words.casualties)
        found = tuple(
            replace(c, rival=True, by_group=True) if _OWN_COUNT.search(c.evidence.quote) else c for c in found
        )
        return tuple(
            replace(c, who=None, name="") if c.who and any(c.who.span.overlaps(t.span) for t in times) else c
            for c in found
        )

    def _other(self, draft: Draft, domain: Domain, reading: Reading) -> OtherKind | None:
        """Return what a draft is if it is no incident, else None."""
        if domain in _QUIET:
            return _QUIET[domain]
        if ScopeKind.RETRACTED in draft.scope:
            return None
        if not draft.strong and draft.casualties and all(c.kind == "zero" for c in draft.casualties):
            return None  # "Nobody was hurt" negates harm, not the incident
        if _nobody(draft):
            return OtherKind.NEGATED
        if _present(draft):
            return OtherKind.ROUNDUP
        if draft.unreal and not draft.scope:
            return OtherKind.HYPOTHETICAL
        for scope, kind in _OTHER.items():
            if scope not in draft.scope or (scope is ScopeKind.HABITUAL and draft.specific):
                continue
            if scope is ScopeKind.FIGURATIVE and any(c.best for c in draft.casualties):
                continue  # nobody dies of a figure of speech
            return kind
        published = reading.article.published
        when = draft_day(draft, None, None)
        if when is not None and published is not None:
            if when.end < published - _YEAR:
                return OtherKind.BACKGROUND
            if (when.end - when.start).days > _LONG:
                return OtherKind.ROUNDUP
            if when.start > published + timedelta(days=1):
                return OtherKind.PLANNED
        return None

    def _lead_kind(
        self, parsed: tuple[ParsedSentence, ...], drafts: list[Draft], published: date | None
    ) -> OtherKind | None:
        """Return whether title and lead say that all is an exercise or accident before any event is told.

        "... completed a training course that ended with an exercise. In it gunmen seized a bus."
        """
        told = next((d.sentence for d in drafts if d.strong and not d.title and not is_generic(d)), 0)
        for sentence in parsed[: min(told, _LEAD)]:
            for cue in self._words.books.scopes.cues_of(sentence, published):
                if cue.rule.kind in (ScopeKind.EXERCISE, ScopeKind.ACCIDENT):
                    return _OTHER[cue.rule.kind]
        return None

    def _assign_claims(
        self, parsed: tuple[ParsedSentence, ...], reading: Reading, tellings: list[Telling]
    ) -> list[list[FoundClaim]]:
        """Return the claims of each telling: its own sentences', else those that follow it."""
        claims: list[list[FoundClaim]] = [[] for _ in tellings]
        owner = {d.sentence: t for t in tellings for d in t.drafts}
        index = {id(t): i for i, t in enumerate(tellings)}
        current, paragraph = (tellings[0] if tellings else None), 0
        for number, sentence in enumerate(parsed):
            if current is None:
                break
            if sentence.sentence.paragraph != paragraph:
                current, paragraph = main_again(current, tellings[0]), sentence.sentence.paragraph
            teller = owner.get(sentence.sentence.index, current)
            current = current if sentence.sentence.headline else teller
            before = parsed[max(0, number - 3) : number]
            claims[index[id(teller)]] += self._words.claims.find_claims(sentence, reading, before)
        return claims


def merge_others(found: list[OtherPassage]) -> list[OtherPassage]:
    """Return the passages without those that stand inside another of their kind, in order of position."""
    kept: list[OtherPassage] = []
    for one in sorted(found, key=lambda o: len(o.evidence[0].quote), reverse=True):
        span = one.evidence[0].span
        if not any(o.kind is one.kind and o.evidence[0].span.contains(span) for o in kept):
            kept.append(one)
    return sorted(kept, key=lambda o: (o.evidence[0].span.part != "title", o.evidence[0].span.start))


def _paragraphs(telling: Telling, parsed: tuple[ParsedSentence, ...], *, alone: bool) -> list[ParsedSentence]:
    """Return the sentences of the paragraphs in which a telling stands; all where it is the only one."""
    own = {d.paragraph for d in telling.drafts if not d.title}
    body = [p for p in parsed if not p.sentence.headline]
    return body if alone else [p for p in body if p.sentence.paragraph in own]


def _spread(
    drafts: list[Draft], kinds: list[OtherKind | None], said: OtherKind | None
) -> list[OtherKind | None]:
    """Return the kinds with that of the lead spread over what follows it without a day of its own.

    `said` is what the lead is by its own words, where it tells no event.

    A report of an exercise goes on in plain words ("all militants were killed"), one of an anniversary
    tells the old event on.
    """
    lead = next((i for i, d in enumerate(drafts) if d.strong and not d.title and not is_generic(d)), None)
    if lead is None or any(d.fresh for d in drafts):
        return kinds  # the items of a log or bulletin have nothing to do with one another
    kind = kinds[lead] or said
    if kind not in _SPREADING:
        return kinds
    first = drafts[lead]

    def own(draft: Draft) -> bool:
        days = [t.range for t in draft.event_times() if t.range is not None and t.range.precision <= 2]
        told = {t.range.start for t in first.event_times() if t.range is not None}
        return any(day.start not in told for day in days)

    return [kind if k is None and (i <= lead or not own(drafts[i])) else k for i, k in enumerate(kinds)]


def _present(draft: Draft) -> bool:
    """Return whether a draft tells what is done again and again: "the group imposes levies on farmers"."""
    lead = draft.lead
    habit = lead.strong_verb and lead.present
    return habit and not draft.title and not draft.casualties and not draft.event_times()


def _nobody(draft: Draft) -> bool:
    """Return whether the event's doer is nobody: "none of them had fired a shot"."""
    return draft.strong and draft.clause.quote.lower().startswith(("none ", "nobody ", "no one "))


def load_rule_extractor() -> RuleExtractor:
    """Return the rule extractor with its parser and lexicons loaded (about two seconds)."""
    return RuleExtractor(
        Words(
            nlp=load_parser(),
            triggers=TriggerBook(),
            things=ThingBook(),
            books=Books(scopes=load_scope(), speech=SpeechBook()),
            domains=load_domain(),
            claims=load_claims(),
            suspects=SuspectBook(),
            statements=load_statements(),
            casualties=load_casualty_words(),
        )
    )
