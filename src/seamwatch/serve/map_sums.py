"""Sums of incidents, killed and injured, by day, month, type, country and so on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from seamwatch.serve.map_selection import Selection
from seamwatch.store.base_map import OPEN

By = Literal["day", "week", "month", "year", "type", "status", "country", "admin1"]
_PERIODS = ("day", "week", "month", "year")
_COLUMNS = {"type": "event_type", "status": "status", "country": "country"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """How many incidents a bucket has, and the sums of their best figures. `key` None: it is not known."""

    key: str | None = None
    country: str | None = None
    incidents: int
    killed: int
    injured: int


def sums_by(selection: Selection, by: By) -> tuple[Sums, ...]:
    """Return the sums by the first day of incidents in order, or by a word, the most incidents first.

    A week's key is its Monday. Units of one name in two countries are two buckets. What has no such value
    comes last.
    """
    if by in _PERIODS:
        return _by_period(selection, by)
    words = selection.of.words
    if by == "admin1":
        return _by_admin1(selection)
    codes, sums = _summed(selection, _column(selection, _COLUMNS[by]))
    return _ranked([_sums(words.get(code), row) for code, row in zip(codes, sums, strict=True)])


def total(selection: Selection) -> Sums:
    """Return the sums of all."""
    killed, injured = (
        int(np.maximum(_column(selection, name), 0).sum(dtype=np.int64)) for name in ("killed", "injured")
    )
    return _sums(None, [len(selection.rows), killed, injured])


def _column(selection: Selection, name: str) -> NDArray[np.int32]:
    return selection.of.columns[name][selection.rows]


def _summed(selection: Selection, groups: NDArray[np.int32]) -> tuple[list[int], list[list[int]]]:
    """Return each group's number and its [incidents, killed, injured], by number; OPEN stays OPEN."""
    if not len(groups):
        return [], []
    known = groups[groups != OPEN]
    least = int(known.min()) if len(known) else 0
    # 0 stands for those without a number. Days and codes lie close together: counting needs no sorting.
    places = np.where(groups == OPEN, 0, groups.astype(np.int64) - least + 1)
    counts = np.bincount(places)
    used = np.flatnonzero(counts)
    sums = [counts]
    for name in ("killed", "injured"):
        # OPEN is below 0. Sums stay far below 2**53, so doubles hold them exactly.
        sums.append(np.bincount(places, weights=np.maximum(_column(selection, name), 0)))
    numbers = [OPEN if place == 0 else place + least - 1 for place in used.tolist()]
    return numbers, [[int(column[place]) for column in sums] for place in used.tolist()]


def _sums(key: str | None, row: list[int], country: str | None = None) -> Sums:
    return Sums(key=key, country=country, incidents=row[0], killed=row[1], injured=row[2])


def _by_period(selection: Selection, by: str) -> tuple[Sums, ...]:
    found: dict[str | None, list[int]] = {}
    for number, row in zip(*_summed(selection, _column(selection, "first")), strict=True):
        key = None if number == OPEN else _period(date.fromordinal(number), by)
        held = found.setdefault(key, [0, 0, 0])
        for n, figure in enumerate(row):
            held[n] += figure
    ordered = sorted(found.items(), key=lambda item: (item[0] is None, item[0] or ""))
    return tuple(_sums(key, row) for key, row in ordered)


def _period(day: date, by: str) -> str:
    if by == "week":
        # The week of 0001-01-01 begins with it: that was a Monday.
        day -= timedelta(days=day.weekday())
    return day.isoformat()[: {"month": 7, "year": 4}.get(by, 10)]


def _by_admin1(selection: Selection) -> tuple[Sums, ...]:
    words = selection.of.words
    units, countries = _column(selection, "admin1"), _column(selection, "country")
    # A unit and its country as one number; without a unit the country does not matter. 0 is no country.
    used = np.flatnonzero(np.bincount(np.maximum(countries, 0), minlength=1))
    place = np.zeros(int(used[-1]) + 1 if len(used) else 1, np.int32)
    place[used] = np.arange(len(used))
    codes = max(words, default=0) + 1
    pairs = np.where(units == OPEN, OPEN, place[np.maximum(countries, 0)] * codes + units).astype(np.int32)
    buckets = []
    for pair, row in zip(*_summed(selection, pairs), strict=True):
        if pair == OPEN:
            buckets.append(_sums(None, row))
        else:
            buckets.append(_sums(words.get(pair % codes), row, words.get(int(used[pair // codes]))))
    return _ranked(buckets)


def _ranked(buckets: list[Sums]) -> tuple[Sums, ...]:
    return tuple(sorted(buckets, key=lambda b: (b.key is None, -b.incidents, b.key or "", b.country or "")))
