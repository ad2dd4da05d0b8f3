"""One incident's toll from all that an article says: repeats, totals, updates and rival figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from seamwatch.extract.casualties import CasualtyExpression
from seamwatch.model.incident import Toll
from seamwatch.model.text import Evidence
from seamwatch.vocabulary.codes import Outcome, VictimGroup

_TALLY_FROM = 40


@dataclass(slots=True)
class _Tally:
    """The count of one outcome as the article is read on: changed in place, thrown away after."""

    total: int | None = None
    low: int | None = None
    high: int | None = None
    groups: dict[VictimGroup, int] = field(default_factory=dict)
    stated: int | None = None
    updates: int = 0
    none_stated: bool = False
    rivals: list[int] = field(default_factory=list)
    combined: int | None = None
    floor: int | None = None
    evidence: list[Evidence] = field(default_factory=list)
    other_evidence: list[Evidence] = field(default_factory=list)


def _tellings(expressions: Iterable[CasualtyExpression]) -> Iterator[tuple[CasualtyExpression, ...]]:
    """Yield the expressions of one passage together: "two policemen and a civilian" is three."""
    for _, group in groupby(expressions, key=lambda e: (e.evidence.span, e.outcome, e.kind)):
        yield tuple(group)


def _sum(telling: Sequence[CasualtyExpression], bound: str) -> int | None:
    numbers = [n for n in (getattr(e, bound) for e in telling) if n is not None]
    return sum(numbers) if numbers else None


def _add_absolute(tally: _Tally, telling: Sequence[CasualtyExpression]) -> None:
    """Take one count into the tally: a repeat, a new figure, another group, or a part of what is known."""
    n = _sum(telling, "best")
    if n is None:
        low, high = _sum(telling, "low"), _sum(telling, "high")
        tally.floor = max(filter(None, (tally.floor, low)), default=None)
        if high is not None and tally.total is None:
            tally.high = max(high, tally.high or 0)
        return
    groups: dict[VictimGroup, int] = {}
    for e in telling:
        groups[e.group] = groups.get(e.group, 0) + (e.best or 0)
    spread = _sum(telling, "high")
    if tally.total is None:
        tally.total, tally.groups, tally.high = n, groups, spread
        return
    if n >= _TALLY_FROM and n > 10 * tally.total:  # "the war has claimed 567 lives" after "a guard was shot"
        return
    known = VictimGroup.UNKNOWN not in groups and VictimGroup.UNKNOWN not in tally.groups
    definite = all(e.definite for e in telling)
    if any(e.adds for e in telling) and not definite:
        tally.total += n
        for g, m in groups.items():
            tally.groups[g] = tally.groups.get(g, 0) + m
        return
    if n == tally.total:
        tally.groups = groups if VictimGroup.UNKNOWN in tally.groups else tally.groups
        return
    if known and not groups.keys() & tally.groups.keys() and not definite:
        tally.total += n
        tally.groups |= groups
        return
    if n > tally.total:
        kept = {g: m for g, m in tally.groups.items() if known and g not in groups}
        tally.total = n + sum(kept.values())
        tally.groups = kept | groups
        tally.high = max(spread or n, tally.total)


def _add_ordinal(tally: _Tally, ordinal: int, *, alone: bool) -> None:
    """Take "a second fighter died" into the tally: there are two of them, one told before or elsewhere."""
    if tally.total is None:
        tally.total = ordinal if alone else 1
    elif tally.total < ordinal:
        tally.total = ordinal if alone else tally.total + 1


def _is_retold(tally: _Tally, injured: _Tally | None, one: CasualtyExpression, n: int) -> bool:
    """Return whether a later death is one of those counted as killed already.

    "A guard was killed. The victim succumbed to his wounds in hospital." tells of one man: nobody was
    counted as injured whom the death could take away.
    """
    if tally.total is None or n > tally.total or one.adds or one.ordinal:
        return False
    if injured is not None and injured.total:
        return False
    named = any(word[:1].isupper() for word in one.name.split()[-1:])
    return one.definite or named


def _read(tallies: dict[Outcome, _Tally], telling: tuple[CasualtyExpression, ...]) -> None:
    """Take one telling into the tallies."""
    first = telling[0]
    tally = tallies.setdefault(first.outcome, _Tally())
    n = _sum(telling, "best")
    if first.outdated:
        return
    if first.kind == "zero":
        tally.none_stated = tally.none_stated or not first.rival
        if first.rival:
            tally.rivals.append(0)
        tally.other_evidence.append(first.evidence)
        return
    if first.combined:
        tally.combined = max(filter(None, (tally.combined, _sum(telling, "high"))), default=None)
        tally.other_evidence.append(first.evidence)
        return
    if first.rival:
        if n is not None:
            tally.rivals.append(n)
            tally.other_evidence.append(first.evidence)
        return
    tally.evidence.append(first.evidence)
    if first.ordinal and first.kind in ("absolute", "update") and n == 1:
        others = any(t.total for o, t in tallies.items() if o != first.outcome)
        _add_ordinal(tally, first.ordinal, alone=not others)
    elif first.kind == "total":
        tally.stated = n if n is not None else tally.stated
    elif first.kind == "update" and n is not None:
        if _is_retold(tally, tallies.get(Outcome.INJURED), first, n):
            return
        if first.adds and tally.updates:
            tally.updates += n
        else:
            tally.updates = max(tally.updates, n)
    else:
        _add_absolute(tally, telling)


def _best(outcome: Outcome, tallies: dict[Outcome, _Tally]) -> int | None:
    """Return the figure that the article supports, None where it leaves it open."""
    tally = tallies[outcome]
    if tally.stated is not None:
        return tally.stated
    moved = tallies[Outcome.KILLED].updates if Outcome.KILLED in tallies else 0
    if outcome == Outcome.KILLED and tally.updates:
        return (tally.total or 0) + tally.updates
    if outcome == Outcome.INJURED and tally.total is not None:
        return max(0, tally.total - moved)
    if tally.total is None and tally.none_stated and not tally.floor:
        return 0
    if tally.total is None and tally.rivals and not tally.floor:
        return tally.rivals[0]
    return tally.total


def combine_tolls(expressions: Sequence[CasualtyExpression]) -> dict[Outcome, Toll]:
    """Return the toll of one incident by outcome, from all casualty expressions about it in text order.

    Totals win over counts, a later larger count over an earlier one; parts are not added; a wounded person
    who dies moves from injured to killed; rival figures widen low and high and are never best while there
    is another; corrected figures fall out. "The bomb wounded two. One later died." gives killed 1, injured 1.
    """
    tallies: dict[Outcome, _Tally] = {}
    counted = [e for e in expressions if e.kind not in ("part", "ratio")]
    for telling in _tellings(counted):
        _read(tallies, telling)
    tolls: dict[Outcome, Toll] = {}
    for outcome, tally in tallies.items():
        best = _best(outcome, tallies)
        evidence = tally.evidence + [e for e in tally.other_evidence if e not in tally.evidence]
        if outcome == Outcome.INJURED and Outcome.KILLED in tallies and tallies[Outcome.KILLED].updates:
            evidence += [e.evidence for e in counted if e.kind == "update" and e.evidence not in evidence]
        if not evidence:
            continue
        if best is None:
            tolls[outcome] = _open_toll(tally, evidence)
            continue
        low = min([best, *tally.rivals])
        moved = any(t.updates for t in tallies.values())
        spread = tally.high or best if tally.stated is None and not moved else best
        high = max([best, *tally.rivals, spread])
        tolls[outcome] = Toll(low=low, best=best, high=high, evidence=tuple(dict.fromkeys(evidence)))
    return tolls


def _open_toll(tally: _Tally, evidence: list[Evidence]) -> Toll:
    """Return a toll without a best figure ("dozens", "up to 20", "six killed or wounded")."""
    high = max(filter(None, (tally.high, tally.combined)), default=None)
    low = tally.floor
    if low is not None and high is not None and low > high:
        high = None
    return Toll(low=low, best=None, high=high, evidence=tuple(dict.fromkeys(evidence)))
