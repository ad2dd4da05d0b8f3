"""One row of a file of areas: its columns as an `Area`, or what is wrong with them."""

from __future__ import annotations

import json
import re
import unicodedata
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeGuard

from seamwatch.errors import InputError
from seamwatch.model.area import (
    AREA_KINDS,
    AUTHORITY_ROLES,
    Area,
    AreaKind,
    Authority,
    AuthorityRole,
    Polygon,
)

NAME_FIELDS = tuple(
    "name name_en shapeName ADM3_EN ADM2_EN ADM1_EN ADM0_EN NAME_3 NAME_2 NAME_1 NAME_EN NAME NAME_0 "
    "ADM3NAME ADM2NAME ADM1NAME title".split()
)
"""Columns that hold the name in common files (Natural Earth, geoBoundaries, GADM, OCHA), the first wins."""

ID_FIELDS = tuple(
    "id shapeID ADM3_PCODE ADM2_PCODE ADM1_PCODE ADM0_PCODE GID_3 GID_2 GID_1 GID_0 pcode adm1_code".split()
)
COUNTRY_FIELDS = ("country", "iso_a2", "ISO_A2", "iso2", "ISO2", "ADM0_PCODE")
LONGEST_NAME, LONGEST_TEXT, MOST_NAMES, MOST_AUTHORITIES = 200, 2_000, 50, 50
FIRST_YEAR, LAST_YEAR = 1000, 2200
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_SPACE = re.compile(r"\s+")
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:T00:00:00.*)?")
_TRUE, _FALSE = ("true", "yes", "1"), ("false", "no", "0")


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaDefaults:
    """What to take where a row does not say it, and which columns hold its name and id."""

    name_field: str | None = None
    id_field: str | None = None
    kind: AreaKind = "own"
    country: str | None = None
    source: str | None = None
    indicative: bool = True


def is_kind(text: object) -> TypeGuard[AreaKind]:
    """Return whether a text is one of the kinds of areas."""
    return text in AREA_KINDS


def _is_role(text: object) -> TypeGuard[AuthorityRole]:
    return text in AUTHORITY_ROLES


def slug(name: str) -> str:
    """Return an id made of a name: its letters and digits in small letters, hyphens between.

    >>> slug("Qara Tapa–Hamrin front"), slug("گەرمیان")
    ('qara-tapa-hamrin-front', 'گەرمیان')
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return "-".join("".join(c if c.isalnum() else " " for c in plain.casefold()).split())


def row_id(row: Mapping[str, Any], defaults: AreaDefaults) -> str | None:
    """Return a row's id; None where it has none, InputError where it lacks the column asked for."""
    if defaults.id_field is not None:
        value = row.get(defaults.id_field)
        if value is None:
            raise InputError(
                f"it has no {defaults.id_field!r}; give it one, or another column with --id-field"
            )
    else:
        value = next((row[f] for f in ID_FIELDS if row.get(f) not in (None, "")), None)
    return _line(value, "id") if value is not None else None


def row_name(row: Mapping[str, Any], defaults: AreaDefaults) -> str:
    """Return a row's name; InputError where it has none or one that is too long."""
    fields = (defaults.name_field,) if defaults.name_field is not None else NAME_FIELDS
    for field in fields:
        if row.get(field) not in (None, ""):
            name = _line(row[field], "name")
            if name:
                return name
    wanted = repr(fields[0]) if defaults.name_field is not None else "name"
    raise InputError(f"it has no {wanted}; give it one, or say which column holds it with --name-field")


def make_area(
    area_id: str,
    row: Mapping[str, Any],
    polygons: tuple[Polygon, ...],
    defaults: AreaDefaults,
    notes: list[str],
) -> Area:
    """Return the area of a row; InputError names the column that is wrong and what to do.

    What can be left out without a change of meaning (an alias that is too long, a country that is no code)
    is left out and told in `notes`. A wrong authority or day is not: the row would say something else.
    """
    kind = row.get("kind") or defaults.kind
    if not is_kind(kind):
        raise InputError(f"its kind {str(kind)[:40]!r} is none; give one of: {', '.join(AREA_KINDS)}")
    since, until = _day(row, "since", last=False), _day(row, "until", last=True)
    _check_order(since, until, "it")
    name = row_name(row, defaults)
    return Area(
        id=area_id,
        name=name,
        kind=kind,
        polygons=polygons,
        names=_names(row, name, notes),
        country=_country(row, defaults, notes),
        authorities=_authorities(row),
        since=since,
        until=until,
        indicative=_flag(row, defaults),
        source=_text(row, "source") or defaults.source,
        note=_text(row, "note"),
    )


def _clean(text: str) -> str:
    """Return a text on one line, without signs that act on a screen or that no database holds."""
    shown = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in text)
    return _SPACE.sub(" ", shown).strip()


def _line(value: object, what: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise InputError(f"its {what} is {type(value).__name__}, no text")
    text = _clean(str(value))
    if len(text) > LONGEST_NAME:
        raise InputError(f"its {what} has {len(text):,} characters; give at most {LONGEST_NAME}")
    return text


def _text(row: Mapping[str, Any], field: str) -> str | None:
    value = row.get(field)
    if value is None:
        return None
    if not isinstance(value, str):
        raise InputError(f"its {field} is {type(value).__name__}, no text")
    text = _clean(value)
    if len(text) > LONGEST_TEXT:
        raise InputError(f"its {field} has {len(text):,} characters; give at most {LONGEST_TEXT:,}")
    return text or None


def _list(row: Mapping[str, Any], field: str) -> list[Any]:
    """Return a list; a GeoPackage, which has no lists, holds it as JSON text, or as names with ; between."""
    value = row.get(field)
    if isinstance(value, str):
        text = value.strip()
        if not text.startswith("["):
            return [part for part in text.split(";") if part.strip()]
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            raise InputError(f"its {field} is no JSON list; write it as in the reference") from None
    if value is None:
        return []
    if not isinstance(value, list):
        raise InputError(f"its {field} is {type(value).__name__}, no list")
    return value


def _names(row: Mapping[str, Any], name: str, notes: list[str]) -> tuple[str, ...]:
    found: list[str] = []
    for field in ("names", "aliases"):
        for value in _list(row, field):
            text = _clean(value) if isinstance(value, str) else ""
            if not text or len(text) > LONGEST_NAME or len(found) >= MOST_NAMES:
                notes.append(f"one of its {field} was left out: empty, too long, or one too many")
            elif text not in (name, *found):
                found.append(text)
    return tuple(found)


def _country(row: Mapping[str, Any], defaults: AreaDefaults, notes: list[str]) -> str | None:
    for field in COUNTRY_FIELDS:
        value = row.get(field)
        if isinstance(value, str) and _COUNTRY.fullmatch(value.strip()):
            return value.strip().upper()
        if value not in (None, "") and field == "country":
            notes.append(f"its country {str(value)[:40]!r} is no code of two letters; it was left out")
    return defaults.country


def _flag(row: Mapping[str, Any], defaults: AreaDefaults) -> bool:
    value = row.get("indicative")
    if value is None:
        return defaults.indicative
    text = str(value).strip().lower()
    if text not in _TRUE + _FALSE:
        raise InputError(f"its indicative is {text[:20]!r}; write true or false")
    return text in _TRUE


def _authorities(row: Mapping[str, Any]) -> tuple[Authority, ...]:
    values = _list(row, "authorities")
    if len(values) > MOST_AUTHORITIES:
        raise InputError(f"it has {len(values)} authorities; give at most {MOST_AUTHORITIES}")
    found: list[Authority] = []
    for number, value in enumerate(values, 1):
        if not isinstance(value, dict):
            raise InputError(f"its authority {number} is no object with name and role")
        name, role = value.get("name"), value.get("role")
        name = _line(name, f"authority {number}'s name") if name is not None else ""
        if not name:
            raise InputError(f"its authority {number} has no name")
        if not _is_role(role):
            given = f"{role[:40]!r} is none" if isinstance(role, str) else "is missing"
            raise InputError(f"the role of {name} {given}; give one of: {', '.join(AUTHORITY_ROLES)}")
        since, until = _day(value, "since", last=False), _day(value, "until", last=True)
        _check_order(since, until, name)
        source = _text(value, "source")
        found.append(Authority(name=name, role=role, since=since, until=until, source=source))
    return tuple(dict.fromkeys(found))


def _day(row: Mapping[str, Any], field: str, *, last: bool) -> date | None:
    """Return a day; a year or month alone stands for its first day, or for its last where that is asked."""
    value = row.get(field)
    if value is None or value == "":
        return None
    match = _DAY.fullmatch(str(value).strip()) if not isinstance(value, bool) else None
    said = InputError(f"its {field} {str(value)[:40]!r} is no day; write YYYY-MM-DD, YYYY-MM or YYYY")
    if match is None:
        raise said
    year, month, day = (int(part) if part else None for part in match.groups())
    if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
        raise InputError(f"its {field} {match[0]!r} is not between the years {FIRST_YEAR} and {LAST_YEAR}")
    month = month if month is not None else 12 if last else 1
    try:
        return date(year, month, day if day is not None else monthrange(year, month)[1] if last else 1)
    except ValueError:
        raise said from None


def _check_order(since: date | None, until: date | None, who: str) -> None:
    if since is not None and until is not None and since > until:
        raise InputError(f"{who} ends ({until}) before the beginning ({since}); set since and until right")
