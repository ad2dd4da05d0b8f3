"""Situation reports: the record of a period and an area gathered into one frozen report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from seamwatch.errors import InputError
from seamwatch.model.area import Area
from seamwatch.model.incident import Incident
from seamwatch.model.sitrep import Section, Sitrep
from seamwatch.pipeline.listing import end_of
from seamwatch.pipeline.sitrep_changes import changes_between
from seamwatch.pipeline.sitrep_figures import bars_of, period_of, step_for, total, unknown_of
from seamwatch.pipeline.sitrep_notes import Notes
from seamwatch.pipeline.sitrep_view import country_names, map_view
from seamwatch.pipeline.visibility import FULL, list_visible
from seamwatch.publish.labels import strictest_said
from seamwatch.store.base import IncidentFilter
from seamwatch.vocabulary.codes import Policy, Status
from seamwatch.vocabulary.coordination import Tlp

if TYPE_CHECKING:
    from seamwatch.store.base import Store

Lister = Callable[[IncidentFilter], Iterable[Incident]]
MOST = 5_000
"""Incidents that one report tells. More of them are no document that anybody reads."""
LONGEST = 120  # years
DAYS = 7
"""How long a report is that is given only its last day."""


def days_of(since: date | None, until: date | None, today: date) -> tuple[date, date]:
    """Return the first and last day of a report; without a last day today, without a first the week to it.

    InputError where the first is after the last, or where the period and the one before it, of equal
    length, don't fit into the calendar.
    """
    last = until or (max(today, since) if since else today)
    first = since or max(date.min, last - timedelta(days=min(DAYS - 1, (last - date.min).days)))
    if first > last:
        raise InputError(
            f"the period begins on {first} and ends on {last}: give a first day that is not after the last",
            code="bad_period",
        )
    if last.year - first.year > LONGEST or (first - date.min).days <= (last - first).days:
        raise InputError(
            f"the period {first} to {last} is too long: a report covers at most {LONGEST} years, and the "
            "period of equal length before it must be in the calendar",
            code="bad_period",
        )
    return first, last


def gather_sitrep(
    store: Store,
    wanted: IncidentFilter,
    *,
    made: datetime,
    title: str | None = None,
    recipient: str | None = None,
    as_of: datetime | None = None,
    since_report: datetime | None = None,
    policy: Policy = Policy.UCDP,
    lister: Lister | None = None,
    clearance: Tlp = FULL,
) -> Sitrep:
    """Return the situation report of a filter's period, compared with the period of equal length before.

    `made` is the moment of making; without `since` or `until` the period ends on its day. `as_of` and
    `since_report` are moments; a midnight stands for the whole of its day, as in every list. `lister` gives
    the incidents of a filter in place of the record's own list; `clearance` leaves out what is above.
    InputError where the period is none, where the last report is not before this one, or where there are
    more than 5,000 incidents.
    """
    since, until = days_of(wanted.since, wanted.until, (as_of or made).date())
    if since_report is not None and end_of(since_report) >= end_of(as_of or _utc(made)):
        raise InputError(
            f"the last report was made at {since_report}, which is not before the state of this one "
            f"({as_of or made}): give an earlier moment, or leave it out",
            code="bad_last_report",
        )
    period = replace(wanted, since=since, until=until, statuses=None)
    wide = replace(period, since=_earlier(since, until))
    if lister is not None:
        found = lister(wide)
    else:
        found = list_visible(store, wide, clearance, as_of=as_of, policy=policy)
    then = None
    if since_report is not None:
        then = list(list_visible(store, period, clearance, as_of=since_report, policy=policy))
    return sitrep_of(
        list(found),
        replace(wanted, since=since, until=until),
        areas=store.areas(),
        then=then,
        made=made,
        title=title,
        recipient=recipient,
        as_of=as_of,
        since_report=since_report,
        policy=policy,
    )


def sitrep_of(
    found: Sequence[Incident],
    wanted: IncidentFilter,
    *,
    made: datetime,
    areas: Iterable[Area] = (),
    then: Sequence[Incident] | None = None,
    title: str | None = None,
    recipient: str | None = None,
    as_of: datetime | None = None,
    since_report: datetime | None = None,
    policy: Policy = Policy.UCDP,
) -> Sitrep:
    """Return the report that incidents make: those of every status of the period and of the one before it.

    `wanted` has both days; its other filters are only told. `then` are the incidents of the period as they
    were believed at the last report, of every status. InputError where more than 5,000 count.
    """
    assert wanted.since is not None and wanted.until is not None
    since, until, statuses = wanted.since, wanted.until, wanted.statuses
    earlier = _earlier(since, until)
    within = [i for i in found if _overlaps(i, since, until)]
    counted = [i for i in within if _counts(i, statuses)]
    if len(counted) > MOST:
        raise InputError(
            f"{len(counted)} incidents are too many for one report, which tells {MOST} at most: give a "
            "shorter period (since, until), a smaller area or one type",
            code="too_many",
        )
    previous = [i for i in found if _counts(i, statuses) and _overlaps(i, earlier, since - _DAY)]
    notes = Notes()
    sections = _sections(counted, notes)
    changes = None
    if since_report is not None and then is not None:
        changes = changes_between(then, within, end_of(since_report), statuses, notes)
    step = step_for((until - since).days + 1)
    label = strictest_said([*found, *(then or ())])
    return Sitrep(
        title=title or None,
        recipient=recipient or None,
        label=None if label is None else label.value,
        made=_utc(made),
        area=wanted.area,
        asked=_asked(wanted),
        as_of=as_of,
        since_report=since_report,
        policy=policy,
        statuses=tuple(Status) if statuses is None else statuses,
        period=period_of(since, until, counted),
        before=period_of(earlier, since - _DAY, previous),
        by_status=_by_status(counted),
        not_counted=_by_status(i for i in within if not _counts(i, statuses)),
        step=step,
        bars=bars_of(since, until, step, counted),
        view=map_view(areas, wanted.area, counted),
        sections=sections,
        unknown=unknown_of(counted, since, until),
        changes=changes,
        notes=notes.all(),
    )


_DAY = timedelta(days=1)


def _earlier(since: date, until: date) -> date:
    """Return the first day of the period of equal length before."""
    return since - timedelta(days=(until - since).days + 1)


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


def _overlaps(incident: Incident, since: date, until: date) -> bool:
    when = incident.date
    return when is not None and when.end >= since and when.start <= until


def _counts(incident: Incident, statuses: Sequence[Status] | None) -> bool:
    return statuses is None or incident.status in statuses


def _by_status(incidents: Iterable[Incident]) -> dict[Status, int]:
    counted = Counter(i.status for i in incidents)
    return {status: counted[status] for status in Status if counted[status]}


def _asked(wanted: IncidentFilter) -> tuple[str, ...]:
    """Return what a filter keeps beside period, area and status, in words."""
    words: list[str] = []
    for name in ("type", "types", "actor", "text", "min_killed", "precision"):
        value = getattr(wanted, name, None)
        if value:
            shown = ", ".join(map(str, value)) if isinstance(value, tuple | list | frozenset) else str(value)
            words.append(f"{name.replace('_', ' ')}: {shown}")
    if wanted.bbox is not None:
        west, south, east, north = wanted.bbox
        words.append(f"within {south:g} to {north:g} north, {west:g} to {east:g} east")
    if wanted.within is not None:
        words.append(f"within a drawn polygon of {len(wanted.within)} corners")
    return tuple(words)


def _sections(incidents: Sequence[Incident], notes: Notes) -> tuple[Section, ...]:
    """Return the incidents by province, or by district where all lie in one province.

    Sections stand by country and name; what has no area stands last.
    """
    units = {(i.place.country, i.place.admin1) for i in incidents if i.place and i.place.admin1}
    field = "admin2" if len(units) == 1 else "admin1"
    grouped: dict[tuple[bool, str, str], list[Incident]] = {}
    for incident in incidents:
        place = incident.place
        name = (getattr(place, field) if place else None) or ""
        country = (place.country if place else None) or ""
        grouped.setdefault((not name, country, name), []).append(incident)
    names = country_names()
    made: list[Section] = []
    for (_, country, name), members in sorted(grouped.items()):
        told = sorted(members, key=_order)
        made.append(
            Section(
                name=name,
                country=names.get(country, country) or None,
                figures=total(told),
                incidents=tuple(notes.reported(incident) for incident in told),
            )
        )
    return tuple(made)


def _order(incident: Incident) -> tuple[date, date, str]:
    when = incident.date
    return (when.start, when.end, incident.id) if when else (date.max, date.max, incident.id)
