"""A corrected value as a person writes it, turned into what the record holds."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from seamwatch.errors import InputError
from seamwatch.model.codec import TOLLS, place_json
from seamwatch.vocabulary.acled import SubEventType
from seamwatch.vocabulary.codes import ActorKind, Certainty, Status

if TYPE_CHECKING:
    from seamwatch.resolve.gazetteer import Gazetteer
    from seamwatch.resolve.place_search import Answer
    from seamwatch.store.base import Store

# What a person may call a field, and its name in an incident.
FIELDS: Mapping[str, str] = {
    **{name: name for name in TOLLS},
    "date": "date",
    "place": "place",
    "type": "sub_event_type",
    "sub_event_type": "sub_event_type",
    "perpetrators": "perpetrators",
    "status": "status",
}
UNKNOWN = "none"
NEAR_KM = 15.0
_NUMBERS = re.compile(r"(\d{1,7})(?:(\.\.|-|/)(\d{1,7})(?:/(\d{1,7}))?|(\+))?")
_UP_TO = re.compile(r"up to (\d{1,7})")
_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_NEAR = re.compile(r"near\s+(?=\S)", re.IGNORECASE)


def field_name(written: str) -> str:
    """Return the incident's field that a person names; InputError with the list where it is none."""
    found = FIELDS.get(written.strip().lower())
    if found is None:
        known = ", ".join(dict.fromkeys(name for name in FIELDS if name != "sub_event_type"))
        raise InputError(f"{written!r} is no field that can be corrected; give one of: {known}")
    return found


def written_value(field: str, text: str, store: Store) -> object:
    """Return the JSON value of a field as a person writes it; InputError says how to write it.

    `field` is the incident's own name for it. "none" is None, or no perpetrator: nobody knows. Places are
    looked up in the gazetteer with the store's own places, perpetrators in the register.
    """
    text = " ".join(text.split())
    if not text:
        raise InputError(f"{field}: the value is empty; write {UNKNOWN} where it is not known")
    if text.lower() == UNKNOWN:
        if field in ("sub_event_type", "status"):
            raise InputError("an incident always has a type and a status: give the one that it has")
        return [] if field == "perpetrators" else None
    if field in TOLLS:
        return written_toll(field, text)
    if field == "date":
        return written_date(text)
    if field == "sub_event_type":
        return _one_of("type", SubEventType, text)
    if field == "status":
        return _one_of(field, Status, text)
    if field == "perpetrators":
        return _perpetrators(text)
    return _place(text, store)


def written_toll(field: str, text: str) -> dict[str, int | None]:
    """Return the toll of one number, a range, low/best/high, an open top or an open bottom.

    >>> written_toll("killed", "2..4"), written_toll("killed", "2/3/4")
    ({'low': 2, 'best': None, 'high': 4}, {'low': 2, 'best': 3, 'high': 4})
    >>> written_toll("killed", "3+"), written_toll("killed", "up to 9")
    ({'low': 3, 'best': None, 'high': None}, {'low': None, 'best': None, 'high': 9})
    """
    up_to = _UP_TO.fullmatch(text.lower())
    if up_to:
        return {"low": None, "best": None, "high": int(up_to[1])}
    match = _NUMBERS.fullmatch(text.replace(" ", ""))
    if match and (match[4] is None) == (match[2] != "/"):
        first = int(match[1])
        if match[5]:
            return {"low": first, "best": None, "high": None}
        if match[3] is None:
            return {"low": first, "best": first, "high": first}
        last = int(match[4] or match[3])
        best = int(match[3]) if match[4] else first if first == last else None
        if first <= (first if best is None else best) <= last:
            return {"low": first, "best": best, "high": last}
    raise InputError(
        f"{field}: {text!r} is no number of people; write 3, a range as 2..4, low/best/high as 2/3/4, 3+, "
        f"up to 9, or {UNKNOWN} where it is not known"
    )


def written_date(text: str) -> dict[str, Any]:
    """Return the date of a day, a month, a year, or two of them with .. between.

    >>> written_date("2024-03-02")
    {'start': '2024-03-02', 'end': '2024-03-02', 'precision': 1}
    >>> written_date("2024-03-01..2024-03-07")["precision"], written_date("2024-02")["end"]
    (3, '2024-02-29')
    """
    from seamwatch.resolve.time_values import precision_of

    first, dots, last = text.replace(" ", "").partition("..")
    try:
        start, end = _days(first)[0], _days(last if dots else first)[1]
    except ValueError as wrong:
        raise InputError(
            f"date: {text!r} is no day of the calendar ({wrong}); write 2024-03-02, 2024-03-01..2024-03-07, "
            f"2024-03, 2024, or {UNKNOWN} where it is not known"
        ) from None
    if end < start:
        raise InputError(f"date: {text!r} ends before it begins; write the first day first")
    return {"start": start.isoformat(), "end": end.isoformat(), "precision": precision_of(start, end)}


def _days(text: str) -> tuple[date, date]:
    match = _DAY.fullmatch(text)
    if match is None:
        raise ValueError("expected YYYY-MM-DD")
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if day is None:
        return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    return date(year, month, day), date(year, month, day)


def _one_of(field: str, kind: type[StrEnum], text: str) -> str:
    found = {name.value.lower(): name.value for name in kind}.get(text.lower())
    if found is None:
        raise InputError(f"{field}: {text!r} is none; give one of: {', '.join(kind)}")
    return found


def _perpetrators(text: str) -> list[dict[str, str]]:
    """Return the perpetrators of names with semicolons between, each as the register knows it."""
    from seamwatch.pipeline.privacy import find_person, load_privacy_rules
    from seamwatch.resolve.actor_register import load_register

    register, rules = load_register(), load_privacy_rules()
    found: dict[str, ActorKind] = {}
    for name in filter(None, (part.strip() for part in text.split(";"))):
        entry = register.resolve(name)
        unnamed = name[:1].islower()  # "gunmen", "the police"
        if entry is not None and not (entry.generic and unnamed):
            found[entry.name] = entry.kind
        elif find_person(name, rules, sure=False):
            raise InputError(
                f"perpetrators: {name!r} reads like a private person's name, which the record never holds; "
                "write the role, as in gunman, or the group"
            )
        else:
            found[name] = ActorKind.GROUP if unnamed else ActorKind.ORGANIZATION
    if not found:
        raise InputError(f"perpetrators: {text!r} names nobody; write names with ; between, or {UNKNOWN}")
    certainty = Certainty.ASSERTED.value
    return [{"name": name, "kind": kind.value, "certainty": certainty} for name, kind in found.items()]


def _place(text: str, store: Store) -> dict[str, Any]:
    from seamwatch.pipeline.place_loading import own_places_url
    from seamwatch.resolve.gazetteer import load_gazetteer

    gazetteer = load_gazetteer(own=store if own_places_url(store) else None)
    return written_place(text, gazetteer)


def written_place(text: str, gazetteer: Gazetteer) -> dict[str, Any]:
    """Return the place of a name and what is around it with commas between, as `places resolve` finds it.

    "near" before it says that it was not in the place itself.
    """
    from dataclasses import replace

    from seamwatch.pipeline.place_answers import country_code
    from seamwatch.resolve.place_search import place_of_unit

    near = _NEAR.match(text)
    name, *around = [
        part.strip() for part in text[near.end() if near else 0 :].split(",") if part.strip()
    ] or [""]
    country = country_code(around[-1], gazetteer) if around else None
    if country is not None:
        around.pop()
    answer = _answer(name, around, country, gazetteer)
    if answer.unit is None:
        raise InputError(f"place: {text!r} is not clear: {_why(answer, gazetteer)}")
    place = place_of_unit(answer.unit, gazetteer)
    if near and place.precision == 1:
        place = replace(place, precision=2, radius_km=max(NEAR_KM, place.radius_km or 0.0))
    return {
        key: value for key, value in (place_json(place) or {}).items() if key not in ("evidence", "shape")
    }


def _answer(name: str, around: list[str], country: str | None, gazetteer: Gazetteer) -> Answer:
    """Return what a name means in the units around it: a single one may be its province or its district."""
    from seamwatch.resolve.place_search import resolve_name

    if len(around) > 1:
        return resolve_name(name, gazetteer, country=country, admin2=around[-2], admin1=around[-1])
    if not around:
        return resolve_name(name, gazetteer, country=country)
    answer = resolve_name(name, gazetteer, country=country, admin1=around[0])
    if answer.unit is not None:
        return answer
    district = resolve_name(name, gazetteer, country=country, admin2=around[0])
    return district if district.unit is not None else answer


def _why(answer: Answer, gazetteer: Gazetteer) -> str:
    """Return why a name stays open, the places that it may mean, and what to do."""
    alike = [match for match in answer.candidates if match.how != "fuzzy"]
    reason = "; ".join(answer.reasons) if alike else "no place of this name is known there"
    namesakes = [", ".join(u.name for u in gazetteer.chain(match.unit.id)) for match in alike[:4]]
    known = f" ({'; '.join(dict.fromkeys(namesakes))})" if namesakes else ""
    return (
        f"{reason}{known}. Write it as Daquq, Kirkuk, IQ; see what there is with "
        "`seamwatch places search NAME`; a place that is missing is added with `seamwatch places add FILE`"
    )
