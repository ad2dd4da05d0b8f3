"""From a gathered telling to the contract's mention: every field with its evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from seamwatch.extract.claims import FoundClaim, merge_claims
from seamwatch.extract.dating import Dates
from seamwatch.extract.drafts import Draft
from seamwatch.extract.event_types import decide_type
from seamwatch.extract.patterns import holds_phrase
from seamwatch.extract.places import choose_place
from seamwatch.extract.scope import ScopeKind
from seamwatch.extract.tellings import Telling, casualties_of, report_day
from seamwatch.extract.toll import combine_tolls
from seamwatch.model.incident import Actor, Claim, Mention, Target, Victim, Weapon
from seamwatch.model.reading import Reading
from seamwatch.model.text import Article, Evidence
from seamwatch.model.time import TimeMention, TimeRange
from seamwatch.vocabulary.acled import SubEventType
from seamwatch.vocabulary.codes import (
    ActorKind,
    Certainty,
    ClaimKind,
    Modality,
    Outcome,
)

_UNNAMED = re.compile(
    r"\b(?:sources?|witness(?:es)?|residents?|locals|villagers|relatives?|activists|reportedly|"
    r"unconfirmed|social media|farmers sa(?:y|id)|correspondent|allegedly|believed to)\b",
    re.IGNORECASE,
)
_BY_FORCES = (SubEventType.ARRESTS, SubEventType.DISRUPTED_WEAPONS_USE)
_REPORTEDLY = re.compile(r"\b(?:reportedly|allegedly|rumou?red)\b", re.IGNORECASE)
_CERTAINTY = {ClaimKind.CLAIMS: Certainty.CLAIMED, ClaimKind.ACCUSED: Certainty.ACCUSED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """What a mention is filled from: its drafts, and the claims made about it."""

    telling: Telling
    claims: tuple[FoundClaim, ...] = ()
    suspects: tuple[Actor, ...] = ()


def fill_mention(filling: Filling, reading: Reading, number: int) -> Mention:
    """Return the mention of one telling; `number` counts the article's mentions from 1."""
    telling, article = filling.telling, reading.article
    drafts = tuple(telling.drafts)
    kind = decide_type(drafts)
    tolls = combine_tolls(casualties_of(telling))
    found = merge_claims(filling.claims)
    if kind in _BY_FORCES:  # forces that announce their own operation claim nothing
        found = tuple(f for f in found if f.claim.kind is not ClaimKind.CLAIMS)
    claims = tuple(f.claim for f in found)
    victims = _victims(drafts)
    perpetrators = _perpetrators(drafts, found, reading)
    modality = _modality(drafts, claims)
    theirs = kind in _BY_FORCES and modality is not Modality.FOILED
    if theirs and not perpetrators:
        perpetrators = _forces(drafts, reading)
    if not theirs and not any(a.kind is ActorKind.ORGANIZATION for a in perpetrators):
        harmed = {v.name.lower() for v in victims}
        named = {a.name for a in perpetrators}
        perpetrators += tuple(
            a
            for a in filling.suspects
            if a.name not in named and not any(a.name.lower() in h for h in harmed)
        )
    return Mention(
        id=f"{article.id}#{number}",
        event_type=kind.event_type,
        sub_event_type=kind,
        modality=modality,
        date=_date(telling, reading),
        place=choose_place(article, telling.places),
        perpetrators=perpetrators,
        targets=_targets(drafts, victims, perpetrators),
        victims=victims,
        weapons=_weapons(drafts),
        killed=tolls.get(Outcome.KILLED),
        injured=tolls.get(Outcome.INJURED),
        missing=tolls.get(Outcome.MISSING),
        abducted=tolls.get(Outcome.ABDUCTED),
        claims=claims,
        evidence=_evidence(drafts),
    )


def _evidence(drafts: Sequence[Draft]) -> tuple[Evidence, ...]:
    """Return the tellings' passages, the one that tells the event best first."""
    return tuple(dict.fromkeys(d.clause for d in sorted(drafts, key=_telling_order)))


def _telling_order(draft: Draft) -> tuple[bool, bool, bool, int]:
    """Return the key that puts the draft that tells the event best first."""
    return draft.title, not draft.strong, draft.lead.plural, draft.sentence


def _time_evidence(article: Article, time: TimeMention) -> Evidence:
    span = time.span
    return article.evidence(span.start, span.end, part=span.part, by=f"times.{time.by}")


def _date(telling: Telling, reading: Reading) -> TimeRange | None:
    """Return the days with their evidence; a report's day dates the incident only where nothing else does."""
    if telling.when is not None:
        when = telling.when
        evidence = [
            _time_evidence(reading.article, d.time)
            for draft in telling.drafts
            for d in draft.datings
            if d.dates is Dates.EVENT
            and (d.time.range is None or (d.time.range.start <= when.end and when.start <= d.time.range.end))
        ]
        evidence += [_time_evidence(reading.article, t) for t in telling.context]
        if not evidence:
            evidence = [
                _time_evidence(reading.article, d.time) for dr in telling.drafts for d in dr.datings
            ] or [telling.drafts[0].clause]
        return replace(when, evidence=tuple(dict.fromkeys(evidence)))
    reported = report_day(telling)
    if reported is None:
        return None
    when, dates = reported
    source = next(
        d.time
        for draft in telling.drafts
        for d in draft.datings
        if d.dates is dates and d.time.range is not None
    )
    precision = max(2, when.precision) if dates is Dates.CLAIM else when.precision
    return replace(when, precision=precision, evidence=(_time_evidence(reading.article, source),))


def _forces(drafts: Sequence[Draft], reading: Reading) -> tuple[Actor, ...]:
    """Return the force of a state that the first passage names: it made the arrest or the find."""
    clause = min(drafts, key=_telling_order).clause
    for actor in reading.actors:
        if actor.kind is ActorKind.STATE and clause.span.contains(actor.span):
            span = actor.span
            evidence = reading.article.evidence(span.start, span.end, part=span.part, by="forces")
            return (
                Actor(name=actor.name, kind=actor.kind, certainty=Certainty.ASSERTED, evidence=(evidence,)),
            )
    return ()


def _spoken(drafts: Sequence[Draft]) -> list[Draft]:
    """Return the drafts whose roles count: the text's, and the title's only where there are no others.

    Titles leave out words that tell who did what to whom.
    """
    body = [d for d in drafts if not d.title and (d.roles.perpetrators or d.roles.targets)]
    return body or list(drafts)


def _perpetrators(
    drafts: Sequence[Draft], claims: Sequence[FoundClaim], reading: Reading
) -> tuple[Actor, ...]:
    """Return who did it, claimed it or is accused of it, each actor once."""
    found: dict[str, Actor] = {}

    def add(actor: Actor) -> None:
        key = actor.name.lower()
        known = found.get(key)
        if known is None:
            found[key] = actor
        else:
            found[key] = replace(known, evidence=tuple(dict.fromkeys(known.evidence + actor.evidence)))

    for draft in _spoken(drafts):
        for actor in draft.roles.perpetrators:
            add(actor)
    register = {a.quote.lower(): a for a in reading.actors}
    for item in claims:
        certainty = _CERTAINTY.get(item.claim.kind)
        if certainty is None:
            continue
        if item.claim.kind is ClaimKind.CLAIMS:
            kind = next((a.kind for a in reading.actors if a.name == item.claim.by), ActorKind.ORGANIZATION)
            add(
                Actor(
                    name=item.claim.by,
                    kind=kind,
                    certainty=certainty,
                    evidence=((item.speaker,) if item.speaker else ()) + item.claim.evidence,
                )
            )
        elif item.accused is not None:
            name = item.accused_name or item.accused.quote
            actor_mention = register.get(name.lower()) or next(
                (a for a in reading.actors if a.name == name), None
            )
            kind = actor_mention.kind if actor_mention else ActorKind.GROUP
            add(Actor(name=name, kind=kind, certainty=certainty, evidence=(item.accused,)))
    named = [a for a in found.values() if a.kind in (ActorKind.ORGANIZATION, ActorKind.STATE)]
    harmed = {c.who.span for d in drafts for c in d.casualties if c.who is not None}
    return tuple(
        a
        for a in found.values()
        if not any(h.contains(e.span) for h in harmed for e in a.evidence[:1])
        and not (named and a.kind is ActorKind.INDIVIDUAL and a.name.lower() in ("attacker", "bomber"))
    )


def _victims(drafts: Sequence[Draft]) -> tuple[Victim, ...]:
    """Return those harmed, each group and outcome once."""
    found: dict[tuple[str, Outcome], Victim] = {}
    for draft in sorted(drafts, key=lambda d: d.title):
        for c in draft.casualties:
            if c.who is None or c.kind in ("zero", "ratio") or not c.name:
                continue
            key = (c.name.lower(), c.outcome)
            if key not in found:
                found[key] = Victim(
                    name=c.name, group=c.group, outcome=c.outcome, count=c.best, evidence=(c.who, c.evidence)
                )
    return tuple(found.values())


def _targets(
    drafts: Sequence[Draft], victims: Sequence[Victim], perpetrators: Sequence[Actor]
) -> tuple[Target, ...]:
    """Return what was attacked: a person or group stands in targets or in victims, not in both."""
    spans = [e.span for v in victims for e in v.evidence[:1]]
    spans += [a.evidence[0].span for a in perpetrators if a.evidence]
    names = {v.name.lower() for v in victims} | {a.name.lower() for a in perpetrators}
    found: dict[str, Target] = {}
    for draft in _spoken(drafts):
        for target in draft.roles.targets:
            key = target.name.lower()
            if key in names or any(target.evidence[0].span.overlaps(s) for s in spans):
                continue
            if not any(holds_phrase(k, key) or holds_phrase(key, k) for k in found):
                found[key] = target
    return tuple(found.values())


def _weapons(drafts: Sequence[Draft]) -> tuple[Weapon, ...]:
    """Return the weapons, each word once, the longer name where one holds the other."""
    found: dict[str, Weapon] = {}
    for draft in sorted(drafts, key=lambda d: d.title):
        for weapon in draft.roles.weapons:
            key = weapon.name.lower()
            if any(holds_phrase(known, key) for known in found):
                continue
            for known in [k for k in found if holds_phrase(key, k)]:
                del found[known]
            found[key] = weapon
    return tuple(found.values())


def _modality(drafts: Sequence[Draft], claims: Sequence[Claim]) -> Modality:
    """Return how the article tells the incident as a whole."""
    body = [d for d in drafts if not d.title] or list(drafts)
    told = [d for d in body if d.strong] or body
    if any(ScopeKind.RETRACTED in d.scope or ScopeKind.NEGATED in d.scope for d in told):
        return Modality.DENIED
    first = min(told, key=_telling_order)
    if ScopeKind.FOILED in first.scope:
        return Modality.FOILED
    if any(_REPORTEDLY.search(d.clause.quote) for d in told):
        return Modality.REPORTED
    claimed = [c for c in claims if c.kind is ClaimKind.CLAIMS]
    if claimed and all(
        any(e.span.overlaps(d.clause.span) for c in claimed for e in c.evidence) for d in told
    ):
        speakers = {c.by for c in claimed}
        if any(c.kind is ClaimKind.DENIES and c.by not in speakers for c in claims):
            return Modality.DENIED  # only the group says so, and another denies it
        return Modality.CLAIMED
    if any(_UNNAMED.search(d.clause.quote) or ScopeKind.HEDGED in d.scope for d in body):
        return Modality.REPORTED
    return Modality.ASSERTED
