"""Rules for days told by a week, a month or another day: Friday a week ago, the 9th, the eve of Friday."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from seamwatch.resolve.time_absolute import absolute, year_near
from seamwatch.resolve.time_amount import read_amount, unit_of
from seamwatch.resolve.time_relative import read_weekday, weekday_of
from seamwatch.resolve.time_scene import Found
from seamwatch.resolve.time_seasons import read_holiday
from seamwatch.resolve.time_values import Meaning, make_date, move, of_day, of_month, shift
from seamwatch.resolve.time_words import CODES
from seamwatch.vocabulary.codes import TimexType

_ON = frozenset(("on", "since", "until", "by", "from"))
_CLOSED = frozenset(
    CODES[name] for name in ("in", "at", "and", "to", "after", "before", "pastcue", "presentcue", "the", "a")
)
_WORDS = frozenset("near when as by that with for from while but he she it they its his killing".split())


def _stands_alone(f: Found) -> bool:
    """Return whether no noun follows that the words would describe: "on the 9th floor"."""
    tokens, after = f.scene.tokens, f.after()
    if not after[:1].isalpha():
        return after != "-"
    return tokens.codes[f.last + 1] in _CLOSED or after in _WORDS


def read_weekday_ago(f: Found) -> Meaning | None:
    """Return Friday a week ago, two weeks ago on Thursday: the weekday nearest to that many days ago."""
    amount, unit, published = read_amount(f), unit_of(f), f.scene.published
    if amount is None or not amount.isdigit() or len(amount) > 3 or unit not in ("W", "2W"):
        return None
    suffix, number = f.text("part"), f.number("weekday")
    if published is None:
        return Meaning(type=TimexType.TIME if suffix else TimexType.DATE, value=f"XXXX-WXX-{number}{suffix}")
    there = shift(published, -int(amount) * (7 if unit == "W" else 14) + 3)
    return of_day(shift(there, -((there.isoweekday() - number) % 7)), suffix)


def read_weekday_of_week(f: Found) -> Meaning | None:
    """Return last week's Friday, Friday of last week, the start of the week, on Monday."""
    return read_weekday(f) if f.text("unit") == "W" else None


def read_weekday_past(f: Found) -> Meaning | None:
    """Return Monday past."""
    return read_weekday(f) if _stands_alone(f) else None


def read_ordinal_day(f: Found) -> Meaning | None:
    """Return "the 9th" and "the 9th of last month": in the month last spoken of, else the last such day."""
    number, published = f.number("ord"), f.scene.published
    if not f.word("ord")[:1].isdigit() or not 1 <= number <= 31:
        return None
    if f.has("unit"):
        if f.text("unit") != "M":
            return None
    elif f.before() not in _ON or not _stands_alone(f):
        return None
    if published is None:
        return Meaning(value=f"XXXX-XX-{number:02d}")
    step = f.has("next", "coming") - f.has("last", "past", "prev")
    if step or f.has("this"):
        month = of_month(published.year, published.month + step).start
        found = make_date(month.year, month.month, number) if month else None
        return of_day(found) if found else None
    named = f.scene.named_before(f.first) or published
    if 28 < (published - named).days < 400:
        there = make_date(named.year, named.month, number)
        if there and there <= published:
            return of_day(there)
    ahead = f.direction > 0
    for back in (0, -1, 1, -2) if ahead else (0, -1, -2):
        month = of_month(published.year, published.month + back).start
        there = make_date(month.year, month.month, number) if month else None
        if there and (there >= published if ahead else there <= published):
            return of_day(there)
    return None


def _named_day(f: Found, published: date) -> date | None:
    """Return the day that is named behind "the eve of"."""
    if f.has("weekday"):
        return weekday_of(f, f.number("weekday"), published)
    if f.has("today"):
        return shift(published, f.number("today"))
    if f.has("holiday"):
        holiday = read_holiday(f)
        return holiday.start if holiday else None
    month, day = f.number("month", "mon"), f.number("day", "ord")
    return make_date(f.number("year") or year_near(f, month, day) or 0, month, day)


def read_eve(f: Found) -> Meaning | None:
    """Return the day before a named day: the eve of Friday's vote, the eve of 11 September."""
    published = f.scene.published
    if published is None:
        return Meaning(value="XXXX-XX-XX")
    day = _named_day(f, published)
    if day is None:
        return None
    return absolute(of_day(shift(day, -1))) if f.has("year") else of_day(shift(day, -1))


def read_years_ago_this(f: Found) -> Meaning | None:
    """Return "ten years ago this month" and "a year ago today"."""
    amount, published = read_amount(f), f.scene.published
    if amount is None or not amount.isdigit() or len(amount) > 3 or f.text("unit", "units") != "Y":
        return None
    if published is None:
        return Meaning(value="PAST_REF")
    year = published.year - int(amount)
    there = make_date(year, published.month, min(published.day, 28))
    if there is None:
        return None
    if f.has("today"):
        day = make_date(year, published.month, published.day)
        return of_day(shift(day, f.number("today"))) if day else None
    second = f.scene.tokens.values[f.last]
    moved = move(there, 0, second) if isinstance(second, str) else None
    return replace(moved, anchor="published") if moved else None
