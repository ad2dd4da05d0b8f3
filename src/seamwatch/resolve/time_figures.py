"""Rules for days and hours in figures alone, as logs and tables write them: 27/04 | 1920L, on 27.04."""

from __future__ import annotations

from seamwatch.resolve.time_absolute import year_near
from seamwatch.resolve.time_clock import clock_suffix
from seamwatch.resolve.time_scene import Found
from seamwatch.resolve.time_values import Meaning, make_date, nearest_year, of_day
from seamwatch.resolve.time_words import CODES
from seamwatch.vocabulary.codes import TimexType

# Figures that no other reading fits (27/04) need less around them than those that may be a fraction (3/4).
_BEFORE_ANY = frozenset(("on", "dated"))
_BEFORE_CLEAR = _BEFORE_ANY | frozenset(("of", "since", "until", "from", "by", "the", "("))
_BEFORE_DOTTED = _BEFORE_ANY | frozenset(("since", "until"))
_MEASURES = frozenset(
    "of percent per million billion trillion km kg miles mile inch inches hectares acres tons tonnes a an "
    "cents points dollars dinars euros pounds lira tomans barrels metres meters feet - / %".split()
)
_CELLS = (CODES["bar"], CODES["/"])


def _in_row(f: Found) -> bool:
    """Return whether the figures are a cell of a log's row: a bar beside them, or a slash and an hour."""
    codes, first, last = f.scene.tokens.codes, f.first, f.last
    if CODES["bar"] in (codes[first - 1 : first], codes[last + 1 : last + 2]):
        return True
    hour = codes[last + 2 : last + 3]
    return codes[last + 1 : last + 2] == CODES["/"] and hour in (CODES["hhmm"], CODES["year"], CODES["mil"])


def _opens_line(f: Found) -> bool:
    """Return whether the figures head a line: "27/04: patrol hit"."""
    text, start = f.scene.tokens.text, f.scene.tokens.starts[f.first]
    return f.after() in (":", "-", "–") and (not start or text[start - 1] == "\n")


def read_short_date(f: Found) -> Meaning | None:
    """Return a day and month in figures without a year, the day first unless only the month fits there.

    "27/04 | 1920L", "on 27/04", "on 27.04", "of 19.4."; never "3/4 of the men" or "won 3-1".
    """
    tokens = f.scene.tokens
    named = f.has("weekday", "wday")
    written = tokens.text[tokens.starts[f.at("day", "num") or 0] : tokens.ends[f.last]]
    dotted = "." in written
    parts = written.rstrip(".").split("." if dotted else "/")
    if len(parts) != 2 or not all(p.isdigit() and len(p) <= 2 for p in parts):
        return None
    day, month = int(parts[0]), int(parts[1])
    clear = max(day, month) > 12 or parts[0][0] == "0" or parts[1][0] == "0"
    if month > 12:
        if dotted:
            return None
        day, month = month, day
    row = _in_row(f)
    if not row and tokens.codes[f.last] == CODES["stop"]:
        return None  # a number that ends a sentence
    if not row and not named and not _opens_line(f):
        if (day, month) in ((9, 11), (24, 7)) or f.after() in _MEASURES:
            return None  # 9/11 is a name, 24/7 a manner of speaking
        if dotted:
            allowed = _BEFORE_CLEAR if written.endswith(".") else _BEFORE_DOTTED
        else:
            allowed = _BEFORE_CLEAR if clear else _BEFORE_ANY
        if f.before() not in allowed:
            return None
    elif not clear and tokens.codes[f.first - 1 : f.first] == CODES["/"]:
        return None
    published = f.scene.published
    if published is None:
        return Meaning(value=f"XXXX-{month:02d}-{day:02d}")
    year = nearest_year(month, day, published, -2) if row else year_near(f, month, day)
    found = make_date(year or 0, month, day)
    if found is None or (named and found.isoweekday() != f.number("weekday", "wday")):
        return None
    return of_day(found)


def read_row_hour(f: Found) -> Meaning | None:
    """Return the hour in the cell behind a day of a log: 12 SEP | 1920."""
    if not f.scene.placed:
        return None
    before = f.scene.placed[-1]
    gap = f.scene.tokens.codes[before.last + 1 : f.first]
    if before.last >= f.first or before.kind != "day" or not (gap in _CELLS or (not gap and f.has("mil"))):
        return None
    suffix = clock_suffix(f)
    day = before.meaning
    if suffix is None or "T" in day.value or (day.start is not None and day.start != day.end):
        return None
    if day.start is None:
        return Meaning(type=TimexType.TIME, value=day.value + suffix)
    return of_day(day.start, suffix)
