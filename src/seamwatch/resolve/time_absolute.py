"""Rules for dates of the calendar: days, months and years."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from seamwatch.resolve.time_scene import Found
from seamwatch.resolve.time_values import (
    Meaning,
    make_date,
    nearest_year,
    of_day,
    of_days,
    of_month,
    of_year,
    precision_of,
)
from seamwatch.resolve.time_words import CODES

_YEAR_AFTER = frozenset(
    "in since of by until till from to between before after during through and or for the around about late "
    "early mid".split()
)

# First and last day of the third of a month that a word means (0: the month's last day).
_THIRDS = {
    "early": (1, 10),
    "beginning": (1, 10),
    "start": (1, 10),
    "mid": (11, 20),
    "middle": (11, 20),
    "late": (21, 0),
    "end": (21, 0),
    "close": (21, 0),
}


def absolute(meaning: Meaning) -> Meaning:
    """Return the same meaning, marked as needing no publication day."""
    return Meaning(
        type=meaning.type,
        value=meaning.value,
        start=meaning.start,
        end=meaning.end,
        precision=meaning.precision,
        anchor="absolute",
    )


def read_date(f: Found) -> Meaning | None:
    """Return a day in figures: 2020-04-12, 12.04.2020, 10/23/98."""
    token = f.word("date")
    parts = [int(p) for p in re.split(r"[./-]", token)]
    if parts[0] > 999:
        year, month, day = parts
    else:
        day, month, year = parts
        if "/" in token and (month > 12 or (day <= 12 and len(str(parts[2])) <= 2)):
            day, month = month, day
        year += (1900 if year > 50 else 2000) if year < 100 else 0
    found = make_date(year, month, day)
    return absolute(of_day(found)) if found else None


def _year_of(f: Found, month: int, day: int) -> int | None:
    """Return the year that stands in the expression, or the one that fits the publication day."""
    year = f.number("year")
    if year:
        return year
    days = [
        value
        for value, code in zip(f.scene.tokens.values[f.first : f.last + 1], f.codes, strict=True)
        if code == CODES["day"] and isinstance(value, int)
    ]
    if len(days) == 2 and not f.has("-", "to", "and", "/", ","):
        return 2000 + days[1]
    published = f.scene.published
    if published is None:
        return None
    weekday = f.number("weekday", "wday")
    if weekday and day:
        for candidate in (published.year, published.year - 1, published.year + 1):
            there = make_date(candidate, month, day)
            if there and there.isoweekday() == weekday and -300 <= (there - published).days <= 120:
                return candidate
    return year_near(f, month, day or 1)


def year_near(f: Found, month: int, day: int) -> int | None:
    """Return the year that fits the publication day, whatever figures stand beside."""
    published = f.scene.published
    if published is None:
        return None
    if f.has("unit") and f.text("unit") == "Y":
        return published.year + f.has("next", "coming") - f.has("last", "past", "prev")
    direction = -1 if f.has("last") else f.direction
    if direction < 0 and f.scene.surely_past(f.first):
        direction = -2
    return nearest_year(month, day, published, direction)


def read_month_day(f: Found) -> Meaning | None:
    """Return a day of a month, with or without a year: Sept. 5, 7 November 2021, 25 SEP / 0715."""
    month, day = f.number("month", "mon"), f.number("day", "ord")
    if not 1 <= day <= 31:
        return None
    if f.scene.tokens.codes[f.last] == CODES["day"] and f.codes[0] == CODES["day"] and len(f.codes) == 3:
        at = f.first + 1  # a log's "25 SEP 23"; elsewhere "25 Sept 23" is no date
        if not f.scene.tokens.text[f.scene.tokens.starts[at] : f.scene.tokens.ends[at]].isupper():
            return None
    year = _year_of(f, month, day)
    suffix = f.text("part")
    if f.has("hhmm", "/"):
        clock = f.word("hhmm") or f.word("year")
        if int(clock[:2]) > 23 or int(clock[2:]) > 59:
            return None
        suffix = f"T{clock[:2]}:{clock[2:]}"
        year = _year_of(f, month, day) if f.has("hhmm") else year_near(f, month, day)
    if year is None:
        return Meaning(value=f"XXXX-{month:02d}-{day:02d}{suffix}", anchor="published")
    found = make_date(year, month, day)
    if found is None:
        return None
    last = _second_day(f, found)
    meaning = of_days(found.isoformat(), found, last) if last else of_day(found, suffix)
    return absolute(meaning) if f.has("year") and not f.has("/") else meaning


def read_dashed_date(f: Found) -> Meaning | None:
    """Return a day with its month as a word and a short year, or in slashes: 9-Apr-22, 9/Apr/2022."""
    days, month = f.numbers("day"), f.number("month", "mon")
    found = make_date(f.number("year") or 2000 + days[-1], month, days[0])
    return absolute(of_day(found)) if found else None


def _second_day(f: Found, first: date) -> date | None:
    """Return the last day of "Sept. 5-7"."""
    days = [
        f.scene.tokens.values[i]
        for i in range(f.first, f.last + 1)
        if isinstance(f.scene.tokens.values[i], int)
        and f.scene.tokens.codes[i] == f.scene.tokens.codes[f.at("day", "ord") or 0]
    ]
    if len(days) < 2 or not f.has("-", "to", "and"):
        return None
    last = make_date(first.year, first.month, int(days[1] or 0))
    return last if last and last > first else None


def read_month(f: Found) -> Meaning | None:
    """Return a month, with or without a year, cut to the third that is named: late September."""
    whole = _whole_month(f)
    if whole is None or whole.start is None or whole.end is None:
        return whole
    third = _THIRDS.get(f.word("early") or f.word("end"))
    if third is None:
        return whole
    start, end = whole.start.replace(day=third[0]), whole.start.replace(day=third[1] or whole.end.day)
    return replace(whole, start=start, end=end, precision=precision_of(start, end))


def _whole_month(f: Found) -> Meaning | None:
    """Return a month, with or without a year: April 2022, last November."""
    month = f.number("month", "mon")
    published = f.scene.published
    if f.before() == "black":
        return None  # Black September, the group
    if f.has("year"):
        return absolute(of_month(f.number("year"), month))
    if (
        f.has("mon")
        and not f.has("last", "next", "this", "early", "past", "end", "unit")
        and not _is_month(f)
    ):
        return None
    if published is None:
        return Meaning(value=f"XXXX-{month:02d}")
    if f.has("unit"):
        return of_month(published.year + f.has("next") - f.has("last"), month)
    if f.has("last", "past"):
        return of_month(published.year - (month >= published.month), month)
    if f.has("next", "coming"):
        return of_month(published.year + (month <= published.month), month)
    if f.has("this"):
        return of_month(published.year, month)
    direction = f.direction
    if direction > 0:
        return of_month(published.year + (month < published.month - 4), month)
    return of_month(published.year - (month > published.month), month)


def _is_month(f: Found) -> bool:
    """Return whether May, March or a short form is a month here: "in May", not "May God" or "Jan Egeland"."""
    word = f.word("mon").rstrip(".")
    if word in ("may", "march"):
        index, tokens = f.last + 1, f.scene.tokens
        if index < len(tokens.starts) and tokens.text[tokens.starts[index]].isupper():
            return False  # "in May City"
        return f.before() in _YEAR_AFTER - {"the", "to", "and", "or", "for"}
    return f.before() in ("in", "since", "until", "by", "of") and f.after() == "."


def read_year(f: Found) -> Meaning | None:
    """Return a year; a bare number is one only where the words around allow it."""
    year = f.number("year")
    if not 1400 <= year <= 2100 and f.before() not in ("in", "since", "year"):
        return None
    if f.first == f.at("year"):
        before, after = f.before(), f.after()
        if before in (
            "$",
            "£",
            "€",
            "#",
            "no",
            "at",
            "nos",
            "some",
            "than",
            "least",
            "nearly",
            "/",
            "-",
            "over",
        ):
            if not (before in ("-", "/", "than") and 1900 <= year <= 2100):
                return None
        elif before not in _YEAR_AFTER and not 1900 <= year <= 2100:
            return None
        plural = len(after) > 3 and after.endswith("s") and after.isalpha()
        if plural and before not in ("in", "since", "the", "of", "from", "by", "until"):
            return None
        if after in (
            "people",
            "men",
            "women",
            "children",
            "km",
            "mm",
            "m",
            "%",
            "percent",
            "a.m",
            "dead",
            "wounded",
        ):
            return None
    return absolute(of_year(year))
