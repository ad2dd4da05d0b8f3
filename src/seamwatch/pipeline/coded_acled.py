"""A row of ACLED as a mention: what its codes say, each value with its cell."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from seamwatch.errors import InputError
from seamwatch.model.coded import RowText
from seamwatch.model.incident import Actor, Mention, Target, Toll
from seamwatch.model.place import Place
from seamwatch.model.text import Evidence
from seamwatch.model.time import TimeRange
from seamwatch.pipeline.coded_values import Cells, known_name, place_of
from seamwatch.resolve.actor_register import ActorRegister
from seamwatch.vocabulary.acled import EventType, SubEventType
from seamwatch.vocabulary.codes import ActorKind, Certainty, Modality, TargetKind
from seamwatch.vocabulary.countries import country_code

# geo_precision as UCDP's where_prec: a town; near one or a part of a region; a larger region.
WHERE_PREC = {1: 1, 2: 2, 3: 4}
# Newer tables write inter in words.
INTER = {
    "state forces": 1, "rebel group": 2, "rebel forces": 2, "political militia": 3, "political militias": 3,
    "identity militia": 4, "identity militias": 4, "rioters": 5, "protesters": 6, "civilians": 7,
    "external/other forces": 8, "other forces": 8,
}  # fmt: skip
STATE, RIOTERS, PROTESTERS, CIVILIANS = 1, 5, 6, 7
_CROWDS = (RIOTERS, PROTESTERS)
_FORCES = ("Military Forces of", "Police Forces of", "Government of")
_WHERE = ("admin3", "admin2", "admin1", "country", "latitude", "longitude", "geo_precision")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """One of the actors of a row: its name, its inter code (None where the row gives none), its cell."""

    name: str
    inter: int | None
    evidence: tuple[Evidence, ...]


def acled_mention(name: str, row: RowText, cells: Cells, register: ActorRegister) -> Mention:
    """Return the mention of a row; InputError where a cell can't be read.

    ACLED's actors carry no direction: civilians are what was attacked, all others took part.
    """
    kind = _kind(cells)
    sides = [side for number in "12" if (side := _side(number, row, cells)) is not None]
    return Mention(
        id=name,
        event_type=kind.event_type,
        sub_event_type=kind,
        modality=Modality.ASSERTED,
        date=_date(row, cells),
        place=_place(row, cells),
        perpetrators=tuple(_actor(side, register) for side in sides if side.inter != CIVILIANS),
        targets=tuple(
            Target(name="civilians", kind=TargetKind.HUMAN, evidence=side.evidence)
            for side in sides
            if side.inter == CIVILIANS
        )[:1],
        killed=_killed(row, cells),
        evidence=row.value("notes") + row.line("sub_event_type") + row.line("event_id_cnty"),
    )


def acled_published(cells: Cells) -> date | None:
    """Return the day on which ACLED last changed the row, by its time stamp; None where it gives none."""
    seconds = cells.number("timestamp", most=32_503_680_000)
    return datetime.fromtimestamp(seconds, UTC).date() if seconds else None


def _kind(cells: Cells) -> SubEventType:
    written = cells.needed("sub_event_type")
    found = next((k for k in SubEventType if k.value.casefold() == written.casefold()), None)
    event = cells.needed("event_type")
    if found is None:
        raise InputError(f"sub_event_type {written[:60]!r} is none of ACLED's 25", code="bad_row")
    if event.casefold() != found.event_type.value.casefold():
        known = event.casefold() in {e.value.casefold() for e in EventType}
        why = f"{found.value} belongs to {found.event_type.value}" if known else "it is none of ACLED's 6"
        raise InputError(f"event_type {event[:60]!r}: {why}", code="bad_row")
    return found


def _date(row: RowText, cells: Cells) -> TimeRange:
    day, precision = cells.day("event_date"), cells.code("time_precision", 3)
    evidence = row.line("event_date") + row.line("time_precision")
    if precision == 1:
        return TimeRange(start=day, end=day, precision=1, evidence=evidence)
    if precision == 2:
        # The day stands for its week: three days before and after it.
        week = timedelta(days=3)
        return TimeRange(start=day - week, end=day + week, precision=3, evidence=evidence)
    last = calendar.monthrange(day.year, day.month)[1]
    start, end = day.replace(day=1), day.replace(day=last)
    return TimeRange(start=start, end=end, precision=4, evidence=evidence)


def _place(row: RowText, cells: Cells) -> Place:
    country = country_code(cells.text("country"), iso=cells.number("iso"))
    precision = WHERE_PREC[cells.code("geo_precision", 3)]
    evidence = row.value("location") + tuple(e for column in _WHERE for e in row.line(column))
    return place_of(cells, ("location", "admin1", "admin2"), country, precision, evidence)


def _side(number: str, row: RowText, cells: Cells) -> _Side | None:
    column = f"actor{number}"
    name = cells.text(column)
    if not name:
        return None
    return _Side(name=name, inter=_inter(name, f"inter{number}", cells), evidence=row.value(column))


def _inter(name: str, column: str, cells: Cells) -> int | None:
    written = cells.text(column)
    if written.casefold() in INTER:
        return INTER[written.casefold()]
    code = cells.number(column, most=8)
    return code or (CIVILIANS if name.startswith("Civilians") else None)


def _actor(side: _Side, register: ActorRegister) -> Actor:
    kind = ActorKind.ORGANIZATION
    if side.inter == STATE or side.name.startswith(_FORCES):
        kind = ActorKind.STATE
    elif side.inter in _CROWDS or side.name.startswith("Unidentified"):
        kind = ActorKind.GROUP
    name = known_name(register, side.name) if kind is ActorKind.ORGANIZATION else side.name
    return Actor(name=name, kind=kind, certainty=Certainty.ASSERTED, evidence=side.evidence)


def _killed(row: RowText, cells: Cells) -> Toll | None:
    count = cells.number("fatalities")
    if count is None:
        return None
    return Toll(low=count, best=count, high=count, evidence=row.line("fatalities"))
