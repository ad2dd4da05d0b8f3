"""A field report: what somebody on the spot fills into a form, and its JSON shape."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from seamwatch.errors import FieldError
from seamwatch.model.place import Place
from seamwatch.vocabulary.acled import SubEventType
from seamwatch.vocabulary.codes import HowKnown, VictimGroup

E = TypeVar("E", bound=StrEnum)
MOST_WORDS = 300
"""Characters of a name or phrase."""
MOST_NOTES = 20_000
MOST_NAMES = 20
MOST_PEOPLE = 1_000_000
_MOST_RADIUS = 2000.0
_FIRST_YEAR = 1900
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn")
# Ends of lines, and what joins and parts letters in Kurdish and Persian.
_JOINERS = "\n\t\u200c\u200d"
_FIELDS = (
    "what when where who targets killed injured abducted missing victims weapon how_known how_words notes by "
    "organisation reported"
).split()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedPlace:
    """Where, as the form says it: a name with what it lies in, a point (degrees), or both.

    `country` is a name or an ISO code. `precision` (UCDP where_prec) and `radius_km` are None where they
    follow from the place.
    """

    name: str | None = None
    admin2: str | None = None
    admin1: str | None = None
    country: str | None = None
    lat: float | None = None
    lon: float | None = None
    precision: int | None = None
    radius_km: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedCount:
    """How many; None is open: at least `low`, at most `high`."""

    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldReport:
    """One filled-in form. `by` is who wrote it, a private person; `reported` the day it was written."""

    what: SubEventType
    start: date
    end: date
    where: ReportedPlace
    who: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    killed: ReportedCount | None = None
    injured: ReportedCount | None = None
    missing: ReportedCount | None = None
    abducted: ReportedCount | None = None
    victims: VictimGroup | None = None
    weapon: str | None = None
    how_known: HowKnown
    how_words: str | None = None
    notes: str | None = None
    by: str | None = None
    organisation: str | None = None
    reported: date | None = None


class AmbiguousPlaceError(FieldError):
    """A place's name that several places have; `candidates` are these, the likeliest first."""

    code = "ambiguous_place"

    def __init__(self, message: str, *, candidates: tuple[Place, ...]) -> None:
        super().__init__(message, field="where.name")
        self.candidates = candidates


def field_report_from_json(row: Mapping[str, Any]) -> FieldReport:
    """Return the report of a JSON object; FieldError names the field that is missing or can't be."""
    for key in row:
        if key not in _FIELDS:
            raise FieldError(
                f"{str(key)[:60]}: no field of a report; it has {', '.join(_FIELDS)}", field=str(key)
            )
    start, end = _days(row.get("when"))
    how, words = row.get("how_known"), row.get("how_words")
    return FieldReport(
        what=_word(row.get("what"), "what", SubEventType),
        start=start,
        end=end,
        where=_place(row.get("where")),
        who=_names(row.get("who"), "who"),
        targets=_names(row.get("targets"), "targets"),
        killed=_count(row.get("killed"), "killed"),
        injured=_count(row.get("injured"), "injured"),
        missing=_count(row.get("missing"), "missing"),
        abducted=_count(row.get("abducted"), "abducted"),
        victims=None if row.get("victims") in (None, "") else _word(row["victims"], "victims", VictimGroup),
        weapon=_line(row.get("weapon"), "weapon"),
        how_known=_word(how, "how_known", HowKnown),
        how_words=_text(words, "how_words"),
        notes=_text(row.get("notes"), "notes"),
        by=_line(row.get("by"), "by"),
        organisation=_line(row.get("organisation"), "organisation"),
        reported=None if row.get("reported") in (None, "") else _day(row["reported"], "reported"),
    )


def _word(value: object, field: str, kind: type[E]) -> E:
    try:
        return kind(str(value))
    except ValueError:
        given = "it is missing" if value in (None, "") else f"{str(value)[:60]!r} is none of them"
        raise FieldError(f"{field}: {given}; give one of: {', '.join(kind)}", field=field) from None


def _days(value: object) -> tuple[date, date]:
    if isinstance(value, str):
        value = {"start": value}
    if not isinstance(value, Mapping):
        raise FieldError(
            'when: it is missing; give {"start": "YYYY-MM-DD", "end": "YYYY-MM-DD"}', field="when"
        )
    start = _day(value.get("start"), "when.start")
    end = start if value.get("end") in (None, "") else _day(value["end"], "when.end")
    if end < start:
        raise FieldError(f"when.end: {end} is before the start, {start}", field="when.end")
    return start, end


def _day(value: object, field: str) -> date:
    try:
        if not isinstance(value, str):
            raise ValueError
        day = date.fromisoformat(value.strip())
        if day.year < _FIRST_YEAR:
            raise ValueError
    except ValueError:
        given = "it is missing" if value in (None, "") else f"{str(value)[:40]!r} is no day"
        raise FieldError(f"{field}: {given}; write it as YYYY-MM-DD, from 1900 on", field=field) from None
    return day


def _place(value: object) -> ReportedPlace:
    if not isinstance(value, Mapping):
        raise FieldError(
            'where: it is missing; give {"name": ...} or {"lat": ..., "lon": ...}', field="where"
        )
    known = ("name", "admin2", "admin1", "country", "lat", "lon", "precision", "radius_km")
    for key in value:
        if key not in known:
            raise FieldError(
                f"where.{str(key)[:40]}: no field of a place; it has {', '.join(known)}", field="where"
            )
    lat, lon = (
        _number(value.get(k), f"where.{k}", -most, most) for k, most in (("lat", 90.0), ("lon", 180.0))
    )
    if (lat is None) != (lon is None):
        raise FieldError(
            "where: a point needs both lat and lon", field="where.lat" if lat is None else "where.lon"
        )
    precision = value.get("precision")
    if precision is not None and (type(precision) is not int or not 1 <= precision <= 7):
        raise FieldError("where.precision: it must be a whole number from 1 to 7", field="where.precision")
    place = ReportedPlace(
        **{key: _line(value.get(key), f"where.{key}") for key in known[:4]},
        lat=lat,
        lon=lon,
        precision=precision,
        radius_km=_number(value.get("radius_km"), "where.radius_km", 0.0, _MOST_RADIUS),
    )
    if place.name is None and lat is None:
        raise FieldError("where: give the name of the place, or a point (lat and lon)", field="where.name")
    return place


def _number(value: object, field: str, least: float, most: float) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise FieldError(f"{field}: it must be a number", field=field)
    if not least <= value <= most:
        raise FieldError(f"{field}: it must be from {least:g} to {most:g}, not {value}", field=field)
    return float(value)


def _count(value: object, field: str) -> ReportedCount | None:
    given = (value.get("low"), value.get("high")) if isinstance(value, Mapping) else (value, value)
    for one in given:
        if one is not None and (type(one) is not int or not 0 <= one <= MOST_PEOPLE):
            raise FieldError(
                f'{field}: it must be a whole number up to {MOST_PEOPLE:,}, or {{"low": ..., "high": ...}}',
                field=field,
            )
    low, high = (one if isinstance(one, int) else None for one in given)
    if low is None and high is None:
        return None
    if low is not None and high is not None and high < low:
        raise FieldError(f"{field}: high ({high}) is below low ({low})", field=field)
    return ReportedCount(low=low, high=high)


def _names(value: object, field: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list | tuple) or len(value) > MOST_NAMES:
        raise FieldError(f"{field}: it must be a list of at most {MOST_NAMES} names", field=field)
    found = (_line(one, field) for one in value)
    return tuple(dict.fromkeys(one for one in found if one))


def _line(value: object, field: str) -> str | None:
    """Return a name or phrase on one line, None where it is empty."""
    text = _text(value, field, MOST_WORDS)
    return " ".join(text.split()).strip(" ;") or None if text else None


def _text(value: object, field: str, most: int = MOST_NOTES) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise FieldError(f"{field}: it must be a text", field=field)
    if len(value) > most:
        raise FieldError(f"{field}: it has {len(value)} characters; at most {most} are taken", field=field)
    # No signs that are not seen: they could turn what follows around.
    kept = (c for c in value.replace("\r\n", "\n") if c in _JOINERS or unicodedata.category(c) not in _UNSEEN)
    return "".join(kept).strip() or None
