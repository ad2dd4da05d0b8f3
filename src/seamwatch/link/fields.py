"""What holds of an incident when its tellings differ: type, date, place, actors, status."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from seamwatch.link.compare import Profile, Where
from seamwatch.link.judge import compare_places
from seamwatch.link.names import fold
from seamwatch.link.order import WEIGHT, voice_of
from seamwatch.link.rules import LinkRules
from seamwatch.link.tolls import toll_words
from seamwatch.model.incident import Actor, Claim, SourcedMention, Target, Victim, Weapon
from seamwatch.model.place import Place
from seamwatch.model.text import Evidence
from seamwatch.model.time import TimeRange
from seamwatch.vocabulary.acled import SubEventType
from seamwatch.vocabulary.codes import ActorKind, Certainty, Modality, Outcome, Status, VictimGroup

T = TypeVar("T", Actor, Target, Victim, Weapon, Claim)
VAGUE = {SubEventType.OTHER: 0.3, SubEventType.ATTACK: 0.9}
CERTAINTY = tuple(Certainty)  # from surest to least sure
CONFLICTS = frozenset(
    {"place.far", "place.very_far", "place.country_differs", "place.admin1_differs", "place.admin2_differs"}
    | {"place.other_site", "place.other_near", "place.other_seat"}
)


def resolve_type(mentions: Sequence[SourcedMention]) -> SubEventType:
    """Return the sub-type with most weight behind it: surer tellings weigh more, vague types less."""
    votes: dict[SubEventType, float] = {}
    for m in mentions:
        kind = m.mention.sub_event_type
        votes[kind] = votes.get(kind, 0.0) + WEIGHT.get(m.mention.modality, 0.1) * VAGUE.get(kind, 1.0)
    return max(votes, key=lambda kind: (round(votes[kind], 6), -list(votes).index(kind)))


def resolve_date(mentions: Sequence[SourcedMention]) -> TimeRange | None:
    """Return the date that is most precise, then most corroborated, then told most surely and first."""
    dated = [(m, m.mention.date) for m in mentions if m.mention.date]
    best: tuple[tuple[float, ...], TimeRange] | None = None
    for number, (m, when) in enumerate(dated):
        voices = {voice_of(o) for o, theirs in dated if theirs.start <= when.start and when.end <= theirs.end}
        rank = (-when.precision, len(voices), WEIGHT.get(m.mention.modality, 0.0), -number)
        if best is None or rank > best[0]:
            best = (rank, when)
    return best[1] if best else None


def _fits(a: Where, b: Where) -> bool:
    return not any(name in CONFLICTS for name, _ in compare_places(a, b))


def resolve_place(mentions: Sequence[SourcedMention], profiles: Sequence[Profile]) -> Place | None:
    """Return the most precise and most specific place, completed by those that agree with it."""
    placed = [(m, m.mention.place, p.where) for m, p in zip(mentions, profiles, strict=True)]
    known = [(m, place, where) for m, place, where in placed if place is not None]
    best: tuple[tuple[float, ...], Place, Where] | None = None
    for number, (m, place, where) in enumerate(known):
        voices = {voice_of(o) for o, _, theirs in known if _fits(where, theirs)}
        spelt = {voice_of(o) for o, theirs, _ in known if theirs.name == place.name}
        exact = 2 if where.site else where.level
        rank = (
            -max(exact, 2),
            where.site,
            len(voices),
            -where.level,
            place.lat is not None,
            len(spelt),
            WEIGHT.get(m.mention.modality, 0.0),
            -number,
        )
        if best is None or rank > best[0]:
            best = (rank, place, where)
    if best is None:
        return None
    _, place, chosen = best
    agree = [(other, theirs) for _, other, theirs in known if _fits(chosen, theirs)]
    country = place.country or _most(p.country for p, _ in agree)
    admin1 = place.admin1 or _most(p.admin1 for p, _ in agree if p.country in (None, country))
    admin2 = place.admin2 or (
        _most(p.admin2 for p, _ in agree if admin1 is None or p.admin1 in (None, admin1))
        if place.precision <= 3
        else None
    )
    place = replace(place, country=country, admin1=admin1, admin2=admin2)
    if place.lat is None:
        names = {n[1] for n in chosen.parts}
        for other, theirs in agree:
            if other.lat is not None and names & {n[1] for n in theirs.parts}:
                return replace(
                    place,
                    lat=other.lat,
                    lon=other.lon,
                    radius_km=other.radius_km,
                    geonameid=other.geonameid,
                )
    return place


def _most(values: Iterable[str | None]) -> str | None:
    """Return the value given most often, the first of equals."""
    counts: dict[str, int] = {}
    for value in values:
        if value:
            counts[value] = counts.get(value, 0) + 1
    return max(counts, key=lambda v: counts[v]) if counts else None


def _joined(one: tuple[Evidence, ...], other: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    return one + tuple(e for e in other if e not in one)


def _union(values: Iterable[T], key: Callable[[T], Hashable], merge: Callable[[T, T], T]) -> tuple[T, ...]:
    """Return one value for each key, in order of first telling, merged with what later ones add."""
    held: dict[Hashable, T] = {}
    for value in values:
        name = key(value)
        held[name] = merge(held[name], value) if name in held else value
    return tuple(held.values())


def resolve_perpetrators(mentions: Iterable[SourcedMention]) -> tuple[Actor, ...]:
    """Return all perpetrators by name, each at its surest; unnamed ones only while none is named."""

    def merge(one: Actor, other: Actor) -> Actor:
        surest = min(one.certainty, other.certainty, key=CERTAINTY.index)
        return replace(one, certainty=surest, evidence=_joined(one.evidence, other.evidence))

    everyone = _union((a for m in mentions for a in m.mention.perpetrators), lambda a: fold(a.name), merge)
    named = tuple(a for a in everyone if a.kind is not ActorKind.GROUP)
    return named or everyone


def resolve_targets(mentions: Iterable[SourcedMention]) -> tuple[Target, ...]:
    """Return all targets, each name once."""
    return _union(
        (t for m in mentions for t in m.mention.targets),
        lambda t: fold(t.name),
        lambda one, other: replace(one, evidence=_joined(one.evidence, other.evidence)),
    )


def resolve_victims(mentions: Iterable[SourcedMention]) -> tuple[Victim, ...]:
    """Return all victims by name and outcome; a later count wins, a known group wins over an unknown one."""

    def merge(one: Victim, other: Victim) -> Victim:
        return replace(
            one,
            count=other.count if other.count is not None else one.count,
            group=other.group if one.group is VictimGroup.UNKNOWN else one.group,
            evidence=_joined(one.evidence, other.evidence),
        )

    def key(victim: Victim) -> tuple[str, Outcome]:
        return (fold(victim.name), victim.outcome)

    return _union((v for m in mentions for v in m.mention.victims), key, merge)


def resolve_weapons(mentions: Iterable[SourcedMention]) -> tuple[Weapon, ...]:
    """Return all weapons, each name once."""
    return _union(
        (w for m in mentions for w in m.mention.weapons),
        lambda w: fold(w.name),
        lambda one, other: replace(one, evidence=_joined(one.evidence, other.evidence)),
    )


def resolve_claims(mentions: Iterable[SourcedMention]) -> tuple[Claim, ...]:
    """Return all claims, denials and accusations by who makes them."""
    return _union(
        (c for m in mentions for c in m.mention.claims),
        lambda c: (c.kind, fold(c.by)),
        lambda one, other: replace(
            one, via=one.via or other.via, evidence=_joined(one.evidence, other.evidence)
        ),
    )


def resolve_status(mentions: Sequence[SourcedMention], rules: LinkRules) -> Status:
    """Return what is believed, given the mentions in telling order.

    A voice that withdraws its report no longer counts. Confirmed needs a telling in the outlet's or an
    official's own name, or two independent voices.
    """
    counting = [m for m in mentions if m.mention.modality.counts]
    denied = [m for m in mentions if m.mention.modality is Modality.DENIED]
    if not counting:
        return Status.DENIED if denied else Status.FOILED
    order = {m.mention.id: number for number, m in enumerate(mentions)}
    first_denial = {voice_of(m): order[m.mention.id] for m in reversed(denied)}
    withdrawn = [
        m for m in counting if first_denial.get(voice_of(m), -1) > order[m.mention.id] or _pulled(m, denied)
    ]
    remaining = [m for m in counting if m not in withdrawn]
    if not remaining:
        return Status.RETRACTED
    told = {m.mention.modality for m in remaining}
    if Modality.ASSERTED in told:
        return Status.CONFIRMED
    voices = {voice_of(m) for m in remaining if m.mention.modality is Modality.REPORTED}
    if len(voices) >= 2:
        return Status.CONFIRMED
    last = max(order[m.mention.id] for m in remaining)
    if any(order[m.mention.id] > last for m in denied):
        return Status.RETRACTED if any(_withdraws(m, rules) for m in denied) else Status.DENIED
    return Status.UNCONFIRMED if voices else Status.CLAIMED


def _pulled(told: SourcedMention, denied: Iterable[SourcedMention]) -> bool:
    """Return whether a later version of the same article takes the report back."""
    first = told.article.version_of or told.article.id
    return any((m.article.version_of or "") == first for m in denied)


def _withdraws(sourced: SourcedMention, rules: LinkRules) -> bool:
    return "withdrawn" in toll_words(sourced.mention, rules)
