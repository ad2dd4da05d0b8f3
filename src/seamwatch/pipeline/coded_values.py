"""Cells of a coded row as values: numbers, days, points, names; what is wrong with one says where."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, datetime

from seamwatch.errors import InputError
from seamwatch.model.place import Place
from seamwatch.model.text import Evidence
from seamwatch.pipeline.given import MOST_PEOPLE
from seamwatch.resolve.actor_register import ActorRegister, fold
from seamwatch.resolve.place_keys import shown_name
from seamwatch.resolve.place_names import without_generic

# How far from its point a place may lie, in km, by UCDP's where_prec. 25 is the codebook's own for 2.
RADIUS_KM = {1: 3.0, 2: 25.0, 3: 30.0, 4: 75.0, 5: 75.0, 6: 300.0}
_KIND = re.compile(r"\s+(?:town|city|village|suburb|sub-?district|neighbou?rhood|camp)$", re.IGNORECASE)
_DAYS = ("%Y-%m-%d", "%d %B %Y", "%d-%b-%Y", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f")


class Cells:
    """The cells of one row, read as values. InputError names the column that can't be."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self._cells = cells

    def text(self, column: str) -> str:
        """Return a cell without the white space around it; "" where it is empty or not there."""
        return self._cells.get(column, "").strip()

    def needed(self, column: str) -> str:
        """Return a cell that must not be empty."""
        found = self.text(column)
        if not found:
            raise InputError(f"{column} is empty; a row can't be read without it", code="bad_row")
        return found

    def number(self, column: str, least: int = 0, most: int = MOST_PEOPLE) -> int | None:
        """Return a whole number, also where it is written as 4.0; None where the cell is empty."""
        written = self.text(column)
        if not written:
            return None
        try:
            value = float(written.replace(",", ""))
            if value != int(value) or not least <= value <= most:
                raise ValueError
        except (ValueError, OverflowError):
            wanted = f"a whole number from {least} to {most}"
            raise InputError(f"{column} is {written[:40]!r}; it must be {wanted}", code="bad_row") from None
        return int(value)

    def code(self, column: str, most: int) -> int:
        """Return a code from 1 to `most`."""
        self.needed(column)
        return self.number(column, 1, most) or 1

    def day(self, column: str) -> date:
        """Return a day, written as 2016-01-31, 31 January 2016 or 31-Jan-2016."""
        written = self.needed(column)
        for form in _DAYS:
            try:
                return datetime.strptime(written, form).date()
            except ValueError:
                continue
        raise InputError(f"{column} is {written[:40]!r}; write the day as 2016-01-31", code="bad_row")

    def degrees(self, column: str, most: int) -> float | None:
        """Return degrees, at most this many north, south, east or west; None where the cell is empty."""
        written = self.text(column)
        try:
            value = float(written) if written else None
            if value is not None and not (math.isfinite(value) and abs(value) <= most):
                raise ValueError
        except ValueError:
            wanted = f"degrees from -{most} to {most}"
            raise InputError(f"{column} is {written[:40]!r}; it must be {wanted}", code="bad_row") from None
        return value


def place_of(
    cells: Cells,
    columns: tuple[str, str, str],
    country: str | None,
    precision: int,
    evidence: tuple[Evidence, ...],
) -> Place:
    """Return the place of a row; `columns` are those of its name, its province and its district."""
    name, admin1, admin2 = (_unit(cells.text(column), country) for column in columns)
    lat, lon = cells.degrees("latitude", 90), cells.degrees("longitude", 180)
    if lat is None or lon is None:
        lat = lon = None
    # A whole unit is no part of a smaller one, whatever the row says of its centre.
    return Place(
        name=name,
        admin1=admin1 if precision < 6 else None,
        admin2=admin2 if precision < 4 else None,
        country=country,
        lat=lat,
        lon=lon,
        precision=precision,
        radius_km=RADIUS_KM.get(precision) if lat is not None else None,
        evidence=evidence,
    )


def _unit(written: str, country: str | None) -> str | None:
    """Return a name as the record writes it: without its generic word and what it is called besides.

    >>> _unit("Tadmur/Palmyra town", "SY"), _unit("Homs Governorate", "SY"), _unit("", "SY")
    ('Tadmur', 'Homs', None)
    """
    first = re.sub(r"\s*\([^)]*\)", "", written).split("/")[0]
    # "Mintaqat" is the Arabic word for a district.
    plain = without_generic(_KIND.sub("", first.strip())).removeprefix("Mintaqat ")
    return shown_name(plain, (), country) or None


def known_name(register: ActorRegister, written: str) -> str:
    """Return the register's name of an actor where it knows exactly one that goes by this one."""
    found = {alias.entry for alias in register.aliases.get(fold(written), ()) if alias.entry >= 0}
    return register.entries[found.pop()].name if len(found) == 1 else written
