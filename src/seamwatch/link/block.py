"""Which mentions are worth comparing: near in time, in one country, of types that can be one event."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Protocol

from seamwatch.link.compare import Profile, day_range, links, told_on
from seamwatch.model.incident import SourcedMention

SLACK = 2  # days by which two tellings of one incident may miss one another
LATEST_REPORT = 45  # days after an incident within which an article without its date may tell it
NEAR_KM = 30.0


class MentionIndex(Protocol):
    """What linking asks of a store: mentions by their days."""

    def mentions_between(
        self, start: date, end: date, *, told: tuple[date, date] | None = None
    ) -> Iterable[SourcedMention]:
        """Yield the mentions whose days overlap start..end (inclusive).

        With `told` also those without days that were told between these two days.
        """
        ...


class MemoryIndex:
    """A MentionIndex in memory: for bulk runs and tests. Mentions of modalities not linked are left out."""

    def __init__(self, mentions: Iterable[SourcedMention] = ()) -> None:
        self._days: dict[int, list[SourcedMention]] = {}
        self._long: dict[str, tuple[int, int, SourcedMention]] = {}
        self._undated: dict[str, SourcedMention] = {}
        self._by_id: dict[str, SourcedMention] = {}
        self.add(mentions)

    def add(self, mentions: Iterable[SourcedMention]) -> None:
        """Add mentions; one that is there already stays as it is."""
        for sourced in mentions:
            if sourced.mention.id in self._by_id or not links(sourced.mention):
                continue
            self._by_id[sourced.mention.id] = sourced
            days = day_range(sourced)
            if days is None:
                self._undated[sourced.mention.id] = sourced
            elif days[1] == days[0]:
                self._days.setdefault(days[0], []).append(sourced)
            else:
                self._long[sourced.mention.id] = (*days, sourced)

    def mentions(self, ids: Iterable[str]) -> dict[str, SourcedMention]:
        """Return the mentions of these ids by id; an id that the index does not hold is left out."""
        return {name: self._by_id[name] for name in ids if name in self._by_id}

    def mentions_between(
        self, start: date, end: date, *, told: tuple[date, date] | None = None
    ) -> Iterator[SourcedMention]:
        """Yield the mentions whose days overlap start..end, and those without days told between two days."""
        first, last = start.toordinal(), end.toordinal()
        if last - first < len(self._days):
            for day in range(first, last + 1):
                yield from self._days.get(day, ())
        else:
            for day, held in self._days.items():
                if first <= day <= last:
                    yield from held
        for begin, finish, sourced in self._long.values():
            if begin <= last and finish >= first:
                yield sourced
        for sourced in self._undated.values() if told is not None else ():
            when = told_on(sourced)
            if told is not None and when is not None and told[0] <= when <= told[1]:
                yield sourced


def _window(sourced: SourcedMention) -> tuple[int, int] | None:
    """Return the days on which the incident may lie: its own, else those before the telling."""
    days = day_range(sourced)
    if days is not None:
        return (days[0] - SLACK, days[1] + SLACK)
    told = told_on(sourced)
    return (told.toordinal() - LATEST_REPORT, told.toordinal() + SLACK) if told else None


def _day(ordinal: int) -> date:
    return date.fromordinal(max(1, min(ordinal, date.max.toordinal())))


def candidates(sourced: SourcedMention, index: MentionIndex) -> Iterator[SourcedMention]:
    """Yield the mentions of the index worth comparing with this one, by time alone.

    Symmetric: if it yields b for a, it yields a for b. A mention with neither a date nor a day on which
    it was told has none. Use `comparable` on profiles for place and type.
    """
    window = _window(sourced)
    if window is None or not links(sourced.mention):
        return
    own = day_range(sourced) or window
    told = (_day(own[0] - SLACK), _day(own[1] + LATEST_REPORT))
    for other in index.mentions_between(_day(window[0]), _day(window[1]), told=told):
        if other.mention.id == sourced.mention.id or not links(other.mention):
            continue
        if other.mention.date is None:
            theirs = _window(other)
            if theirs is None or own[0] > theirs[1] or theirs[0] > own[1]:
                continue
        yield other


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Return the great-circle distance in kilometres.

    >>> round(distance_km(36.19, 44.01, 35.47, 44.39))
    87
    """
    a, b = math.radians(lat1), math.radians(lat2)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 12742.018 * math.asin(min(1.0, math.sqrt(h)))


def comparable(a: Profile, b: Profile) -> bool:
    """Return whether days and places allow one event: the cheap test before a pair is judged.

    Exact days may miss one another by one. Places that both name their province must share a name or
    lie near one another; else the words of the telling decide.
    """
    if (
        a.start is not None
        and b.start is not None
        and a.day_precision == 1 == b.day_precision
        and abs(a.start - b.start) > 1
    ):
        return False
    one, two = a.where, b.where
    if one.country and two.country and one.country != two.country:
        return False
    if not one.admin1 or not two.admin1 or not one.keys.isdisjoint(two.keys):
        return True
    if one.lat is None or two.lat is None or one.lon is None or two.lon is None:
        return False
    reach = (one.radius + two.radius + NEAR_KM) / 111.0
    return abs(one.lat - two.lat) <= reach and abs(one.lon - two.lon) <= 2 * reach
