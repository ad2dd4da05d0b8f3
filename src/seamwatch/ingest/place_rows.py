"""Rows of place files: what a reader of any format yields, and the checks that all of them share."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from seamwatch.errors import InputError
from seamwatch.model.own_place import OwnKind

LONGEST_NAME = 200
MOST_ALIASES = 400
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffd]")
_BAD_BYTES = re.compile("[\udc80-\udcff]")
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "ARMENIAN", "GEORGIAN")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRow:
    """One place as its file tells it; what the file leaves open is None.

    `where` names the row. `admin1` and `admin2` are names; `admin1_code` and `admin2_code` GeoNames codes
    without those of what is around them ("13").
    """

    where: str
    name: str
    kind: OwnKind
    lat: float
    lon: float
    aliases: tuple[str, ...] = ()
    country: str | None = None
    admin1: str | None = None
    admin2: str | None = None
    admin1_code: str | None = None
    admin2_code: str | None = None
    population: int = 0
    radius_km: float | None = None
    geonameid: int | None = None
    ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRow:
    """Another name of the place with a GeoNames id; `preferred` where it is the usual English one."""

    where: str
    geonameid: int
    name: str
    preferred: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RowNote:
    """What is wrong with a row, and what to do; `kept` where the row was taken all the same."""

    where: str
    reason: str
    kept: bool = False


class RowError(InputError):
    """A row that can't be taken."""

    code = "bad_row"


def checked_name(name: str) -> str:
    """Return a name without outer spaces; RowError where it can't be one.

    >>> checked_name(" Kulajo ")
    'Kulajo'
    """
    name = name.strip()
    if len(name) > LONGEST_NAME:
        raise RowError(f"the name is {len(name):,} characters long ({name[:20]}...); at most {LONGEST_NAME}")
    if name.isascii() and name.isprintable():
        if not any(map(str.isalnum, name)):
            raise RowError("it has no name" if not name else f"{name!r} is no name")
        return name
    if _BAD_BYTES.search(name):
        raise RowError("it is not UTF-8; save the file as UTF-8")
    if _CONTROL.search(name):
        raise RowError(f"the name {name[:40]!r} holds control characters; take them out")
    if not any(map(str.isalnum, name)):
        raise RowError("it has no name" if not name else f"{name!r} is no name")
    return unicodedata.normalize("NFC", name)


def other_names(names: Iterable[str], own: str) -> tuple[str, ...]:
    """Return the other names that can be used; codes, and what is no name, are left out."""
    kept: dict[str, None] = {}
    for written in names:
        name = written.strip()
        if name == own or not 1 < len(name) <= LONGEST_NAME or (len(name) <= 4 and name.isupper()):
            continue
        if not name.isascii():
            if _CONTROL.search(name) or _BAD_BYTES.search(name):
                continue
        elif not name.isprintable() or "://" in name:
            continue
        if any(map(str.isalpha, name)):
            kept[name] = None
    return tuple(kept)[:MOST_ALIASES]


def mixed_scripts(name: str) -> str | None:
    """Return which scripts the letters of one word of a name mix, or None.

    >>> mixed_scripts("Kіrkuk"), mixed_scripts("Kirkuk"), mixed_scripts("Kerkûk")
    ('Latin and Cyrillic', None, None)
    """
    if name.isascii():
        return None
    for word in name.split():
        scripts = dict.fromkeys(
            s for c in word if c.isalpha() for s in _SCRIPTS if unicodedata.name(c, "").startswith(s)
        )
        if len(scripts) > 1:
            return " and ".join(s.capitalize() for s in scripts)
    return None


def checked_point(lat: str | float, lon: str | float) -> tuple[float, float]:
    """Return latitude and longitude in degrees; RowError where they are none, or look swapped."""
    try:
        y, x = _number(lat), _number(lon)
    except ValueError:
        shown = f"{str(lat)[:30]!r}, {str(lon)[:30]!r}"
        raise RowError(f"latitude and longitude are {shown}; they must be numbers of degrees") from None
    if not (math.isfinite(y) and math.isfinite(x)):
        raise RowError(f"latitude {lat}, longitude {lon}: they must be numbers of degrees")
    if not -90 <= y <= 90:
        if -90 <= x <= 90 and -180 <= y <= 180:
            raise RowError(f"latitude {y:g} is out of range and longitude {x:g} is not: they look swapped")
        raise RowError(f"latitude {y:g} is out of range; it must be -90 to 90")
    if not -180 <= x <= 180:
        raise RowError(f"longitude {x:g} is out of range; it must be -180 to 180")
    return y, x


def _number(value: str | float) -> float:
    if isinstance(value, bool) or value is None:
        raise ValueError
    if isinstance(value, str):
        text = value.strip()
        # A comma in the place of the point, as much of Europe writes it.
        return float(text.replace(",", ".", 1) if "." not in text else text)
    return float(value)


def whole_number(value: object, what: str, most: int = 10**11) -> int | None:
    """Return a whole number that is not negative, None for nothing; RowError for what is none."""
    if value is None or value == "":
        return None
    try:
        number = float(str(value).replace(" ", "").replace("_", ""))
        if not 0 <= number <= most or number != int(number):
            raise ValueError
    except (ValueError, OverflowError):
        raise RowError(f"{what} is {str(value)[:30]!r}; it must be a whole number") from None
    return int(number)
