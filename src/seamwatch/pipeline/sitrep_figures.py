"""Figures of a situation report: sums of tolls, incidents by type and by day, what is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from seamwatch.model.incident import Incident, Toll
from seamwatch.model.sitrep import Bar, Figures, Period, Step, TollSum, Unknown
from seamwatch.vocabulary.acled import EventType
from seamwatch.vocabulary.codes import Certainty

# Up to so many days a bar is a day, a week, a month: a chart of more bars can't be read in print.
_DAYS_BY_STEP: tuple[tuple[int, Step], ...] = ((62, "day"), (430, "week"), (3660, "month"))
_NOT_DRAWN = 6
"""From this where_prec on a place is a whole country or not resolved."""


def total(incidents: Iterable[Incident]) -> Figures:
    """Return how many incidents there are, and their tolls."""
    found = list(incidents)
    return Figures(
        incidents=len(found),
        killed=toll_sum(i.killed for i in found),
        injured=toll_sum(i.injured for i in found),
    )


def toll_sum(tolls: Iterable[Toll | None]) -> TollSum:
    """Return the sums of tolls, each end for itself.

    An open end adds the nearest figure that is known: "at least 3" adds 3 to low, best and high, and counts
    as open.

    >>> toll_sum([Toll(low=2, best=3, high=5), Toll(low=3, best=None, high=None), None])
    TollSum(low=5, best=6, high=8, open=1, untold=1)
    """
    low = best = high = opened = untold = 0
    for toll in tolls:
        figures = () if toll is None else (toll.low, toll.best, toll.high)
        known = [n for n in figures if n is not None]
        if toll is None or not known:
            untold += 1
            continue
        middle = toll.best if toll.best is not None else known[0]
        low += toll.low if toll.low is not None else 0
        best += middle
        high += toll.high if toll.high is not None else max(known)
        opened += toll.high is None
    return TollSum(low=low, best=best, high=high, open=opened, untold=untold)


def period_of(since: date, until: date, incidents: Sequence[Incident]) -> Period:
    """Return a period with the figures of its incidents, by type in the order of the vocabulary."""
    by_type = {
        kind: total(found) for kind in EventType if (found := [i for i in incidents if i.event_type is kind])
    }
    return Period(since=since, until=until, figures=total(incidents), by_type=by_type)


def step_for(days: int) -> Step:
    """Return how long the bars of a chart of so many days are."""
    return next((step for most, step in _DAYS_BY_STEP if days <= most), "year")


def bars_of(since: date, until: date, step: Step, incidents: Iterable[Incident]) -> tuple[Bar, ...]:
    """Return the bars of a period, those without an incident too."""
    types: dict[date, Counter[EventType]] = {}
    killed: Counter[date] = Counter()
    inexact: Counter[date] = Counter()
    for incident in incidents:
        if incident.date is None:
            continue
        start = max(_start(max(incident.date.start, since), step), since)
        types.setdefault(start, Counter())[incident.event_type] += 1
        killed[start] += toll_sum([incident.killed]).best
        inexact[start] += incident.date.start < start or incident.date.end >= _next(start, step)
    bars: list[Bar] = []
    at = since
    while at <= until:
        bars.append(Bar(start=at, by_type=types.get(at, {}), killed=killed[at], inexact=inexact[at]))
        if at.year == date.max.year:
            break
        at = _next(at, step)
    return tuple(bars)


def _start(day: date, step: Step) -> date:
    if step == "day":
        return day
    if step == "week":
        return day - timedelta(days=min(day.weekday(), (day - date.min).days))
    return day.replace(day=1) if step == "month" else day.replace(month=1, day=1)


def _next(day: date, step: Step) -> date:
    if step == "day":
        return day + timedelta(days=1)
    if step == "week":
        return day + timedelta(days=7 - day.weekday())
    if step == "year" or day.month == 12:
        return date(day.year + 1, 1, 1)
    return date(day.year, day.month + 1, 1)


def unknown_of(incidents: Sequence[Incident], since: date, until: date) -> tuple[Unknown, ...]:
    """Return how many of a period's incidents lack what; what none lacks is left out.

    `what` is one of day (not known exactly), outside (some of its possible days are outside of the period),
    district, province, wide (a line, a region, a country, or no place resolved), killed, injured (nobody
    says how many), perpetrators (nobody names any), unsure (each is claimed, accused or suspected), single
    (one independent source) and disputed (the sources differ on a value).
    """
    unsure = (Certainty.CLAIMED, Certainty.ACCUSED, Certainty.SUSPECTED)
    counted: Counter[str] = Counter()
    for i in incidents:
        when, precision = i.date, i.place.precision if i.place else 7
        counted["day"] += when is None or when.precision > 1 or when.start != when.end
        counted["outside"] += when is not None and (when.start < since or when.end > until)
        counted["district"] += precision == 3
        counted["province"] += precision == 4
        counted["wide"] += precision >= 5
        counted["killed"] += toll_sum([i.killed]).untold
        counted["injured"] += toll_sum([i.injured]).untold
        counted["perpetrators"] += not i.perpetrators
        counted["unsure"] += bool(i.perpetrators) and all(a.certainty in unsure for a in i.perpetrators)
        counted["single"] += i.voices <= 1
        counted["disputed"] += bool(i.disagreements)
    return tuple(Unknown(what=what, number=number) for what, number in counted.items() if number)


def drawable(incident: Incident) -> bool:
    """Return whether a map can show where an incident may lie."""
    place = incident.place
    return (
        place is not None and place.precision < _NOT_DRAWN and place.lat is not None and place.lon is not None
    )
