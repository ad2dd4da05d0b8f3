"""Type, date, actors and claims of an incident while its tellings come in, in telling order."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from seamwatch.link.names import fold
from seamwatch.link.order import Telling
from seamwatch.model.incident import Actor, Claim, SourcedMention, Target, Victim, Weapon
from seamwatch.model.text import Evidence
from seamwatch.model.time import TimeRange
from seamwatch.vocabulary.acled import SubEventType
from seamwatch.vocabulary.codes import ActorKind, Certainty, Outcome, Policy, VictimGroup

T = TypeVar("T", Target, Victim, Weapon)
V = TypeVar("V", bound=Hashable)
VAGUE = {SubEventType.OTHER: 0.3, SubEventType.ATTACK: 0.9}
CERTAINTY = {certainty: number for number, certainty in enumerate(Certainty)}  # from surest to least sure
NIGHT = 2  # voices from which a night of two dates is not narrowed down by one voice that names one of them


def most_given(voices: dict[V, set[str]], choice: V) -> V:
    """Return the value that most voices give; of equals `choice`, else the one given last."""
    most = max(len(names) for names in voices.values())
    if len(voices[choice]) == most:
        return choice
    return [value for value, names in voices.items() if len(names) == most][-1]


class TypeField:
    """The sub-type that holds.

    UCDP and CONSERVATIVE: that with most weight behind it; surer tellings weigh more, vague types less.
    LATEST: the last one told, a vague one only where no other is. CORROBORATED: that of most voices.
    """

    __slots__ = ("_policy", "_voices", "_votes", "value")

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._votes: dict[SubEventType, float] = {}
        self._voices: dict[SubEventType, set[str]] = {}
        self.value = SubEventType.OTHER

    def tell(self, t: Telling) -> None:
        """Take in one telling."""
        kind = t.mention.sub_event_type
        votes = self._votes
        votes[kind] = votes.get(kind, 0.0) + t.weight * VAGUE.get(kind, 1.0)
        if self._policy is Policy.LATEST:
            if len(votes) == 1 or kind not in VAGUE or self.value in VAGUE:
                self.value = kind
            return
        if len(votes) == 1:
            self.value = kind
        else:
            # The first of equals; rounded, so that it does not depend on the order of adding.
            self.value = max(votes, key=lambda k: round(votes[k], 6))
        if self._policy is Policy.CORROBORATED:
            self._voices[kind] = self._voices.pop(kind, set()) | {t.voice}  # the last one told stands last
            self.value = most_given(self._voices, self.value)


@dataclass(slots=True)
class _Dated:
    """One stretch of days: the telling of it that weighs most, who gives it, who gives it or a wider one."""

    range: TimeRange
    weight: float
    number: int
    own: set[str]
    support: set[str]

    def holds(self, other: TimeRange) -> bool:
        """Return whether another stretch of days lies within this one."""
        return self.range.start <= other.start and other.end <= self.range.end


class DateField:
    """The date that holds.

    UCDP and CONSERVATIVE: the most precise, then the one that most voices give or hold within a wider one,
    then the one told most surely and first. A night of two dates that several voices give stays one, unless
    as many give one of its days. LATEST: the last one told; one that only holds the date before it within a
    wider stretch changes nothing. CORROBORATED: that which most voices give or hold; of equals as UCDP.
    """

    __slots__ = ("_count", "_policy", "_ranges", "value")

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._ranges: dict[tuple[date, date, int], _Dated] = {}
        self._count = 0
        self.value: TimeRange | None = None

    def tell(self, t: Telling) -> None:
        """Take in one telling."""
        when = t.mention.date
        if when is None:
            return
        if self._policy is Policy.LATEST:
            held = self.value
            if held is None or not (when.start <= held.start and held.end <= when.end):
                self.value = when
            return
        self._count += 1
        ranges = self._ranges
        key = (when.start, when.end, when.precision)
        mine = ranges.get(key)
        if mine is None:
            mine = _Dated(when, t.weight, self._count, set(), set())
            for other in ranges.values():
                if other.holds(when):
                    mine.support |= other.own
            ranges[key] = mine
        elif t.weight > mine.weight:
            mine.range, mine.weight, mine.number = when, t.weight, self._count
        mine.own.add(t.voice)
        if len(ranges) == 1:
            mine.support.add(t.voice)
            self.value = mine.range
            return
        for other in ranges.values():
            if mine.holds(other.range):
                other.support.add(t.voice)
        self.value = self._choose().range

    def _choose(self) -> _Dated:
        held = self._ranges.values()
        if self._policy is Policy.CORROBORATED:
            return max(held, key=lambda d: (len(d.support), *_rank(d)))
        best = max(held, key=_rank)
        if best.range.precision == 1:
            for night in held:
                days = (night.range.end - night.range.start).days
                if days == 1 and night.holds(best.range) and NIGHT <= len(night.own) > len(best.own):
                    return night
        return best


def _rank(dated: _Dated) -> tuple[float, ...]:
    return (-dated.range.precision, len(dated.support), dated.weight, -dated.number)


@dataclass(slots=True)
class _Part:
    """One perpetrator: as told first, at its surest, with all its passages, and who names it."""

    actor: Actor
    certainty: Certainty
    evidence: list[tuple[Evidence, ...]]
    voices: set[str]


class ActorField:
    """The perpetrators that hold: all that are told, each at its surest; unnamed ones while none is named.

    CORROBORATED: of these the ones that most voices name.
    """

    __slots__ = ("_corroborated", "_named", "_parts", "names")

    def __init__(self, policy: Policy) -> None:
        self._corroborated = policy is Policy.CORROBORATED
        self._parts: dict[str, _Part] = {}
        self._named = False
        self.names: tuple[str, ...] = ()

    def tell(self, t: Telling) -> None:
        """Take in one telling."""
        actors = t.mention.perpetrators
        if not actors:
            return
        fresh = False
        for actor in actors:
            key = fold(actor.name)
            part = self._parts.get(key)
            if part is None:
                self._parts[key] = _Part(actor, actor.certainty, [actor.evidence], {t.voice})
                self._named = self._named or actor.kind is not ActorKind.GROUP
                fresh = True
                continue
            part.evidence.append(actor.evidence)
            part.voices.add(t.voice)
            if CERTAINTY[actor.certainty] < CERTAINTY[part.certainty]:
                part.certainty = actor.certainty
        if fresh or self._corroborated:
            self.names = tuple(part.actor.name for part in self._held())

    def _held(self) -> list[_Part]:
        held = list(self._parts.values())
        if self._named:
            held = [part for part in held if part.actor.kind is not ActorKind.GROUP]
        if self._corroborated and held:
            most = max(len(part.voices) for part in held)
            held = [part for part in held if len(part.voices) == most]
        return held

    def actors(self) -> tuple[Actor, ...]:
        """Return the perpetrators with all their passages."""
        return tuple(
            part.actor
            if len(part.evidence) == 1
            else Actor(
                name=part.actor.name,
                kind=part.actor.kind,
                certainty=part.certainty,
                evidence=_joined(part.evidence),
            )
            for part in self._held()
        )


class ClaimField:
    """All claims, denials and accusations, by who makes them."""

    __slots__ = ("_claims", "_evidence")

    def __init__(self) -> None:
        self._claims: dict[Hashable, Claim] = {}
        self._evidence: dict[Hashable, list[tuple[Evidence, ...]]] = {}

    def tell(self, t: Telling) -> Sequence[Claim]:
        """Take in one telling; return the claims that nobody told before."""
        fresh = []
        for claim in t.mention.claims:
            key = (claim.kind, fold(claim.by))
            held = self._claims.get(key)
            if held is None:
                self._claims[key] = claim
                self._evidence[key] = [claim.evidence]
                fresh.append(key)
                continue
            self._evidence[key].append(claim.evidence)
            if held.via is None and claim.via is not None:
                self._claims[key] = replace(held, via=claim.via)
        return [self._claims[key] for key in fresh]

    def claims(self) -> tuple[Claim, ...]:
        """Return the claims with all their passages."""
        return tuple(
            claim if len(self._evidence[key]) == 1 else replace(claim, evidence=_joined(self._evidence[key]))
            for key, claim in self._claims.items()
        )


def _joined(parts: Iterable[tuple[Evidence, ...]]) -> tuple[Evidence, ...]:
    """Return the passages of several tellings, each once."""
    return tuple(dict.fromkeys(e for part in parts for e in part))


def _union(
    values: Iterable[T], key: Callable[[T], Hashable], merge: Callable[[Sequence[T]], T]
) -> tuple[T, ...]:
    """Return one value for each key, in order of first telling, merged with what later ones add."""
    told = list(values)
    if len(told) < 2:
        return tuple(told)
    held: dict[Hashable, list[T]] = {}
    for value in told:
        held.setdefault(key(value), []).append(value)
    return tuple(same[0] if len(same) == 1 else merge(same) for same in held.values())


def _merged(same: Sequence[T]) -> T:
    return replace(same[0], evidence=_joined(value.evidence for value in same))


def resolve_targets(mentions: Iterable[SourcedMention]) -> tuple[Target, ...]:
    """Return all targets, each name once."""
    return _union((t for m in mentions for t in m.mention.targets), lambda t: fold(t.name), _merged)


def resolve_weapons(mentions: Iterable[SourcedMention]) -> tuple[Weapon, ...]:
    """Return all weapons, each name once."""
    return _union((w for m in mentions for w in m.mention.weapons), lambda w: fold(w.name), _merged)


def resolve_victims(mentions: Iterable[SourcedMention]) -> tuple[Victim, ...]:
    """Return all victims by name and outcome; a later count wins, a known group wins over an unknown one."""

    def merge(same: Sequence[Victim]) -> Victim:
        counts = [victim.count for victim in same if victim.count is not None]
        groups = [victim.group for victim in same if victim.group is not VictimGroup.UNKNOWN]
        return replace(
            same[0],
            count=counts[-1] if counts else None,
            group=groups[0] if groups else VictimGroup.UNKNOWN,
            evidence=_joined(victim.evidence for victim in same),
        )

    def key(victim: Victim) -> tuple[str, Outcome]:
        return (fold(victim.name), victim.outcome)

    return _union((v for m in mentions for v in m.mention.victims), key, merge)
