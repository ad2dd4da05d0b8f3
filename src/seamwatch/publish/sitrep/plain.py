"""How the values of a situation report read: days, tolls, places and counts in plain English."""

from __future__ import annotations

import re
from datetime import date, datetime

from seamwatch.model.incident import Toll
from seamwatch.model.place import Place
from seamwatch.model.sitrep import TollSum
from seamwatch.model.time import TimeRange
from seamwatch.publish.plain import printable

LONGEST = 400
# Code points that are no characters: XML has no way to write some of them.
_NONE = re.compile("[\ufdd0-\ufdef\ufffe\uffff]")


def clean(text: str, most: int = LONGEST) -> str:
    r"""Return one line of text that every format can hold: no control signs, at most so many characters.

    >>> clean("Al-Bab \x1b[2J\n market")
    'Al-Bab \ufffd[2J market'
    """
    line = " ".join(_NONE.sub("\ufffd", printable(text)).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def day_words(day: date) -> str:
    """Return a day as "4 March 2024"."""
    return f"{day.day} {day:%B} {day.year}"


def span_words(start: date, end: date) -> str:
    """Return the days from one to another, as short as they can be said.

    >>> span_words(date(2024, 3, 4), date(2024, 3, 10)), span_words(date(2024, 2, 28), date(2024, 3, 5))
    ('4 to 10 March 2024', '28 February to 5 March 2024')
    """
    if start == end:
        return day_words(start)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day} to {day_words(end)}"
    first = f"{start.day} {start:%B}" if start.year == end.year else day_words(start)
    return f"{first} to {day_words(end)}"


def when_words(when: TimeRange | None) -> str:
    """Return the day of an incident as precisely as it is known."""
    if when is None:
        return "day not known"
    if when.precision == 5 and when.start.year == when.end.year:
        return f"in {when.start.year}"
    if when.precision == 4 and (when.start.year, when.start.month) == (when.end.year, when.end.month):
        return f"in {when.start:%B} {when.start.year}"
    if when.start == when.end:
        return day_words(when.start) if when.precision == 1 else f"about {day_words(when.start)}"
    return f"between {span_words(when.start, when.end).replace(' to ', ' and ')}"


def moment_words(moment: datetime) -> str:
    """Return a moment: its day, and its time in UTC where it is none of midnight."""
    if (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return f"the end of {day_words(moment.date())}"
    return f"{day_words(moment.date())}, {moment:%H:%M}{' UTC' if moment.utcoffset() is not None else ''}"


def figure_words(toll: Toll) -> str:
    """Return a toll: one number, or the best with the range.

    >>> figure_words(Toll(low=2, best=3, high=5)), figure_words(Toll(low=3, best=None, high=None))
    ('3 (2 to 5)', '3 or more')
    """
    low, best, high = toll.low, toll.best, toll.high
    if low is not None and low == high:
        return str(low)
    if low is not None and high is not None:
        return f"{best} ({low} to {high})" if best is not None else f"{low} to {high}"
    if low is not None:
        return f"{best} ({low} or more)" if best is not None and best != low else f"{low} or more"
    if high is not None:
        return f"up to {high}"
    return str(best) if best is not None else "number not known"


def sum_words(toll: TollSum) -> str:
    """Return the low and high of a sum: "2 to 5", "3 or more" where a top is open, "" where all agree.

    >>> sum_words(TollSum(low=2, best=3, high=5)), sum_words(TollSum(low=3, best=3, high=3, open=1))
    ('2 to 5', '3 or more')
    """
    if toll.open:
        return f"{toll.low} or more"
    return "" if toll.low == toll.high else f"{toll.low} to {toll.high}"


def where_words(place: Place | None) -> str:
    """Return how precisely a place is known."""
    if place is None:
        return "the place is not known"
    radius = f", within about {place.radius_km:g} km" if place.radius_km else ""
    return {
        1: "the place itself is known",
        2: f"near the place{radius}",
        3: "only the district is known",
        4: "only the province is known",
        5: f"along a line or in a region{radius}",
        6: "only the country is known",
        7: "the place could not be resolved",
    }[place.precision if 1 <= place.precision <= 7 else 7]


def site_words(place: Place | None) -> str:
    """Return a place's name and district, each once, as they stand under the heading of a province."""
    names = [place.name, place.admin2] if place else []
    if place and not any(names):
        names = [place.admin1 or place.country]
    return ", ".join(dict.fromkeys(name for name in names if name)) or "place not known"


def count(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: "1 incident", "3 incidents"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def change_words(now: int, before: int) -> str:
    """Return how a figure compares with the one before: "5 more than", "as many as", "2 fewer than"."""
    if now == before:
        return "as many as"
    return f"{now - before:,} more than" if now > before else f"{before - now:,} fewer than"
