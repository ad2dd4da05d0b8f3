"""What several tellings of one incident say together, as a profile of its own."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from seamwatch.link.compare import MOST_NAMES, Name, Profile, Where
from seamwatch.vocabulary.acled import SubEventType

T = TypeVar("T")
_VAGUE = {SubEventType.OTHER: 0.3, SubEventType.ATTACK: 0.9}  # what is told where nobody knows


def consensus_of(profiles: Sequence[Profile]) -> Profile:
    """Return the profile of what most of these tellings say; a single one's is its own.

    The slips of several tellings differ, what they tell does not: the day, the place and the figure that
    most of them give are surer than any one's. The order of the tellings does not matter.
    """
    if len(profiles) == 1:
        return profiles[0]
    told = sorted(profiles, key=lambda p: p.id)
    start, end, precision = _days(told)
    first = told[0]
    days = [p.told for p in told if p.told is not None]
    killed = _figure([p.killed for p in told])
    where, support = _place(told)
    injured = _figure([p.injured for p in told])
    return Profile(
        id=first.id,
        article=f"several, from {first.id}",
        told=min(days) if days else None,
        start=start,
        end=end,
        day_precision=precision,
        where=where,
        support=support,
        type=_type(told),
        killed=killed,
        injured=injured,
        abducted=_figure([p.abducted for p in told]),
        losses=None,
        best=(killed[0] if killed else None, injured[0] if injured else None),
        actors=_most_named(told),
        sides=_common(told, lambda p: p.sides),
        things=frozenset().union(*(p.things for p in told)),
        weapons=_common(told, lambda p: p.weapons),
        rare=frozenset().union(*(p.rare for p in told)),
    )


def _most(votes: Iterable[tuple[T, float]], rank: Callable[[T], Any]) -> T:
    """Return the value with most votes; of equals the first by rank."""
    counts: dict[T, float] = {}
    for value, weight in votes:
        counts[value] = counts.get(value, 0.0) + weight
    best = max(counts.values())
    return min((v for v, n in counts.items() if n >= best - 1e-9), key=rank)


def _days(told: Sequence[Profile]) -> tuple[int | None, int | None, int]:
    dated = [(p.start, p.end, p.day_precision) for p in told if p.start is not None and p.end is not None]
    if not dated:
        return None, None, 0
    exact = [(start, end) for start, end, precision in dated if precision == 1 and start == end]
    if exact:
        # A week that holds the day speaks for it, though less than one who gives it.
        votes = [(day, 1.0) for day, _ in exact]
        votes += [
            (day, 0.5)
            for day in {day for day, _ in exact}
            for start, end, precision in dated
            if (precision > 1 or start != end) and start <= day <= end
        ]
        day = _most(votes, lambda d: d)
        return day, day, 1
    best = min(precision for _, _, precision in dated)
    start, end = _most(
        [((start, end), 1.0) for start, end, precision in dated if precision == best], lambda d: d
    )
    return start, end, best


def _place(told: Sequence[Profile]) -> tuple[Where, int]:
    """Return the finest place that most name, and how many do."""
    wheres = [p.where for p in told if p.where.known]
    if not wheres:
        return told[0].where, 1

    def fine(where: Where) -> int:
        return 2 if where.site else max(where.level, 2)

    best = min(fine(w) for w in wheres)
    finest = [w for w in wheres if fine(w) == best]
    groups: dict[Hashable, list[Where]] = {}
    for where in finest:
        groups.setdefault(where.parts[0][1] if where.parts else where.keys, []).append(where)
    most = max(len(group) for group in groups.values())
    held = min((g for g in groups.values() if len(g) == most), key=lambda g: repr(sorted(map(repr, g))))
    chosen = min(held, key=lambda w: (w.level, w.lat is None, repr(w)))
    spellings = tuple(dict.fromkeys(name for w in (chosen, *sorted(held, key=repr)) for name in w.parts[:1]))
    admin2 = chosen.admin2 or next((w.admin2 for w in wheres if w.admin2), None)
    admin1 = chosen.admin1 or next((w.admin1 for w in wheres if w.admin1), None)
    parts = chosen.parts if len(chosen.parts) > 1 else spellings[:MOST_NAMES]
    return replace(chosen, parts=parts, admin1=admin1, admin2=admin2), len(held)


def _type(told: Sequence[Profile]) -> SubEventType:
    return _most([(p.type, _VAGUE.get(p.type, 1.0)) for p in told], lambda kind: kind.value)


def _figure(ranges: Sequence[tuple[int, int] | None]) -> tuple[int, int] | None:
    given = sorted(r for r in ranges if r is not None)
    if not given:
        return None
    middle = given[len(given) // 2]
    return _most([(r, 1.0) for r in given], lambda r: (abs(r[0] - middle[0]), r))


def _most_named(told: Sequence[Profile]) -> tuple[Name, ...]:
    counts: dict[Name, int] = {}
    for profile in told:
        for name in profile.actors:
            counts[name] = counts.get(name, 0) + 1
    return tuple(sorted(counts, key=lambda name: (-counts[name], name)))[:MOST_NAMES]


def _common(told: Sequence[Profile], groups: Callable[[Profile], frozenset[str]]) -> frozenset[str]:
    """Return the groups that at least half of those name who name any."""
    counts: dict[str, int] = {}
    speak = [found for profile in told if (found := groups(profile))]
    for found in speak:
        for group in found:
            counts[group] = counts.get(group, 0) + 1
    return frozenset(group for group, n in counts.items() if 2 * n >= len(speak))
