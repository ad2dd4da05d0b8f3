"""Rules for times of day: the clock, military date-time groups, and the day that they fall on."""

from __future__ import annotations

import re
from datetime import date

from seamwatch.resolve.time_absolute import absolute
from seamwatch.resolve.time_scene import Found
from seamwatch.resolve.time_values import Meaning, make_date, of_day, of_month
from seamwatch.resolve.time_words import CODES, load_time_words
from seamwatch.vocabulary.codes import TimexType

_BEFORE_CLOCK = frozenset("at by from since until till before after between around about to - | /".split())


def read_dtg(f: Found) -> Meaning | None:
    """Return the minute of a military date-time group: 251300 SEP 23, 251300ZSEP23."""
    token = f.word("dtg")
    parts = re.fullmatch(r"([0-9]{2})([0-9]{2})([0-9]{2})[lzcd]?(?:([a-z]{3})([0-9]{2}|[0-9]{4}))?", token)
    if parts is None:
        return None
    if parts[4]:
        word = load_time_words().words.get(parts[4])
        month = word.value if word and isinstance(word.value, int) else 0
        year = int(parts[5])
    elif f.has("month", "mon"):
        month, year = f.number("month", "mon"), f.number("year", "day", "num")
    elif token[-1].isalpha() and f.scene.published:
        return _minute_of_day(f.scene.published, int(parts[1]), int(parts[2]), int(parts[3]))
    else:
        return None
    found = make_date(year + (2000 if year < 100 else 0), month, int(parts[1]))
    if found is None or int(parts[2]) > 23 or int(parts[3]) > 59:
        return None
    return absolute(of_day(found, f"T{parts[2]}:{parts[3]}"))


def _minute_of_day(published: date, day: int, hour: int, minute: int) -> Meaning | None:
    """Return the minute of the last such day of a month: 251300L without month and year."""
    if hour > 23 or minute > 59:
        return None
    for month in (published.month, published.month - 1, published.month - 2):
        first = of_month(published.year, month).start
        found = make_date(first.year, first.month, day) if first else None
        if found and found <= published:
            return of_day(found, f"T{hour:02d}:{minute:02d}")
    return None


def clock_suffix(f: Found) -> str | None:
    """Return T10:35 for a time of the clock, or None where it is none.

    "9 p.m.", "15:30", "4 in the morning", "9 o'clock on Tuesday night", "at 9 on Monday night".
    """
    words = f.word("clock", "mil") or f.word("day", "num", "hhmm", "year")
    if not words:
        return None
    if f.has("mil"):
        hour, minute = int(words[:2]), int(words[2:4])
    elif f.has("clock"):
        hour, minute = (int(p) for p in words.split(":")[:2])
    elif f.has("hhmm", "year"):
        hour, minute = int(words[:2]), int(words[2:])
    else:
        value = f.value("day", "num")
        parts = str(value).split(".")
        hour, minute = int(parts[0]), int(parts[1]) if len(parts) > 1 else 0
    part = f.text("part")
    late = f.text("ampm") == "pm" or part in ("TAF", "TEV") or (part == "TNI" and hour > 5)
    if f.has("ampm", "part"):
        if hour > 12 and f.has("ampm"):
            return f"T{hour:02d}:{minute:02d}" if hour < 24 and minute < 60 else None
        hour = hour % 12 + (12 if late else 0) if hour <= 12 else hour
    return f"T{hour:02d}:{minute:02d}" if minute < 60 and hour * 60 + minute <= 24 * 60 else None


def read_clock(f: Found) -> Meaning | None:
    """Return a time of the clock; its day is the one that the sentence names."""
    suffix = clock_suffix(f)
    if suffix is None:
        return None
    return of_moment(f, suffix)


def read_military_clock(f: Found) -> Meaning | None:
    """Return a time of the clock in four figures: 1920L, 0300 hrs, 1420Z, by 0715."""
    tokens, word = f.scene.tokens, f.word("hhmm", "year", "mil")
    fits = word[:1] == "0" or f.has("at", "zone") or f.first == 0 or f.before() in _BEFORE_CLOCK
    if f.codes == CODES["hhmm"]:
        fits = word[:1] == "0" and f.before() in _BEFORE_CLOCK
    if f.has("zone") and not f.has("units", "mil") and f.before() == "(":
        return None  # "10:35 a.m. (0735 GMT)": the same moment once more
    if f.has("units") and f.text("units") != "TH":
        return None
    if f.has("mil"):
        at = f.at("mil") or 0
        litres = word[-1] == "l" and tokens.text[tokens.ends[at] - 1] == "l"
        fits = (fits or word[-1] != "l") and not litres
    return read_clock(f) if fits and f.after() not in ("of", "rounds", "people") else None


def of_moment(f: Found, suffix: str) -> Meaning:
    """Return a time of day on the day that the sentence names, else open, relative to the event."""
    near = f.scene.day_near(f.first)
    if near is not None:
        return of_day(near, suffix, "event", 0)
    guess = f.scene.day_before(f.first)
    value = f"{guess.isoformat() if guess else 'XXXX-XX-XX'}{suffix}"
    return Meaning(type=TimexType.TIME, value=value, anchor="event", offset_days=0)
