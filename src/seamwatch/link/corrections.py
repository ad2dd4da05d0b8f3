"""What people's decisions set in an incident: values of fields, read and checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, TypeVar

from seamwatch.errors import ShapeError
from seamwatch.link.order import aware
from seamwatch.model.codec import TOLLS
from seamwatch.model.decision import Decision, field_set
from seamwatch.model.decoding import mention_from_json
from seamwatch.model.incident import Actor, Mention, Toll
from seamwatch.model.place import Place
from seamwatch.model.time import TimeRange
from seamwatch.vocabulary.acled import SubEventType
from seamwatch.vocabulary.codes import DecisionKind, Modality, Status

Corrected = Toll | TimeRange | Place | SubEventType | Status | tuple[Actor, ...] | None
FIELDS = (*TOLLS, "date", "place", "sub_event_type", "perpetrators", "status")
MOST = 10**9  # no toll is larger; more is a slip of the finger
SET = {DecisionKind.CONFIRM: Status.CONFIRMED, DecisionKind.RETRACT: Status.RETRACTED}
_SHAPES = {
    "date": 'give {"start": "2024-04-19", "end": "2024-04-19", "precision": 1}, or null where it is unknown',
    "place": 'give {"name": "Daquq", "admin2": "Daquq", "admin1": "Kirkuk", "country": "IQ", "precision": 1}'
    ", or null where it is unknown",
    "perpetrators": 'give a list like [{"name": "Islamic State", "kind": "organization", "certainty": '
    '"reported"}], or [] where nobody is known',
}
_TOLL = 'give a number, {"low": 2, "best": 3, "high": 5}, or null where it is not told'
_DAYS = ((1, 1), (6, 2), (8, 3), (31, 4))  # days of a stretch, and the date_prec that it is told with


def parse_correction(name: str, value: object) -> Corrected:
    """Return the value that a person gives a field; raise ShapeError that says what is wrong and what to do.

    `value` is JSON. A toll is a number, {low, best, high} or null; `date` {start, end, precision} or null;
    `place` an incident's own or null; `sub_event_type` and `status` a name; `perpetrators` a list of
    {name, kind, certainty}. What follows from the rest (end and precision of a date, a place's precision) may
    be left out. A value has no evidence: it rests on the decision.

    >>> parse_correction("killed", 3)
    Toll(low=3, best=3, high=3, evidence=())
    """
    if name in TOLLS:
        return _toll(name, value)
    if name == "sub_event_type":
        return _one_of(name, SubEventType, value)
    if name == "status":
        return _one_of(name, Status, value)
    if name == "date":
        return _date(value)
    if name == "place":
        return _place(value)
    if name == "perpetrators":
        return _perpetrators(value)
    more = "; the event type follows from sub_event_type" if name == "event_type" else ""
    raise ShapeError(f"{name}: no field that can be corrected{more}; these can: {', '.join(FIELDS)}")


E = TypeVar("E", bound=StrEnum)


def _one_of(name: str, kind: type[E], value: object) -> E:
    if isinstance(value, str):
        with suppress(ValueError):
            return kind(value)
    raise ShapeError(f"{name}: {value!r} is not one of: {', '.join(kind)}")


def _read(name: str, value: object, shape: str) -> Mention:
    """Return a mention with only this field, read as those of articles are."""
    kind = SubEventType.OTHER
    row = {"id": "", "event_type": kind.event_type.value, "sub_event_type": kind.value, name: value}
    try:
        return mention_from_json({**row, "modality": Modality.ASSERTED.value}, "correction")
    except ShapeError as wrong:
        said = str(wrong).removeprefix("correction.")
        raise ShapeError(f"{said}; {shape}") from None


def _toll(name: str, value: object) -> Toll | None:
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        value = {"low": value, "best": value, "high": value}
    toll = getattr(_read(name, value, _TOLL), name)
    assert isinstance(toll, Toll)
    known = [n for n in (toll.low, toll.best, toll.high) if n is not None]
    if not known or max(known) > MOST:
        problem = "no number" if not known else f"{max(known)} is too many"
        raise ShapeError(f"{name}: {problem}; {_TOLL}")
    return replace(toll, evidence=())


def _date(value: object) -> TimeRange | None:
    shape = _SHAPES["date"]
    if value is None:
        return None
    if isinstance(value, str):
        value = {"start": value, "end": value}
    when = _read("date", value, shape).date
    assert when is not None
    if when.end < when.start:
        raise ShapeError(f"date: its end {when.end} is before its start {when.start}; {shape}")
    precision = when.precision
    if isinstance(value, dict) and value.get("precision") is None:
        days = (when.end - when.start).days + 1
        precision = next((prec for most, prec in _DAYS if days <= most), 5)
    if not 1 <= precision <= 5:
        raise ShapeError(f"date.precision: {precision} is not UCDP's date_prec 1-5; {shape}")
    return TimeRange(start=when.start, end=when.end, precision=precision)


def _place(value: object) -> Place | None:
    shape = _SHAPES["place"]
    if value is None:
        return None
    place = _read("place", value, shape).place
    assert place is not None
    if (place.lat is None) != (place.lon is None):
        raise ShapeError(f"place: lat and lon go together; {shape}")
    parts = {
        1: place.name or place.lat is not None,
        3: place.admin2,
        4: place.admin1,
        6: place.country,
    }
    told = [precision for precision, known in parts.items() if known]
    if not told:
        raise ShapeError(f"place: it names nothing; {shape}")
    precision = place.precision
    if isinstance(value, dict) and value.get("precision") is None:
        precision = told[0]
    if not 1 <= precision <= 7:
        raise ShapeError(f"place.precision: {precision} is not UCDP's where_prec 1-7; {shape}")
    return replace(place, precision=precision, evidence=())


def _perpetrators(value: object) -> tuple[Actor, ...]:
    shape = _SHAPES["perpetrators"]
    if not isinstance(value, list):
        raise ShapeError(f"perpetrators: expected a list, got {type(value).__name__}; {shape}")
    actors = _read("perpetrators", value, shape).perpetrators
    if not all(actor.name.strip() for actor in actors):
        raise ShapeError(f"perpetrators: one has no name; {shape}")
    return tuple(replace(actor, evidence=()) for actor in actors)


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrections:
    """The values that decisions set; `given` names their fields, so that None can be a value too."""

    given: frozenset[str] = frozenset()
    date: TimeRange | None = None
    place: Place | None = None
    sub_event_type: SubEventType | None = None
    perpetrators: tuple[Actor, ...] = ()
    status: Status | None = None
    tolls: Mapping[str, Toll | None] = field(default_factory=dict)


def corrections_of(decisions: Iterable[Decision]) -> Corrections:
    """Return what standing decisions set: the later of two on one field wins.

    A stored value that can't be read changes nothing.
    """
    found: dict[str, Any] = {}
    for decision in sorted(decisions, key=lambda d: (aware(d.at), d.number)):
        name = field_set(decision)
        if name is None:
            continue
        if decision.kind in SET:
            found[name] = SET[decision.kind]
            continue
        with suppress(ShapeError):
            found[name] = parse_correction(name, decision.value)
    if not found:
        return UNCORRECTED
    return Corrections(
        given=frozenset(found),
        tolls={name: value for name, value in found.items() if name in TOLLS},
        **{name: value for name, value in found.items() if name not in TOLLS},
    )


UNCORRECTED = Corrections()
