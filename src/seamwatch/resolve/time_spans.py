"""Rules for stretches inside and across months: the first week of June, 28 July to 3 August."""

from __future__ import annotations

import calendar
from datetime import date

from seamwatch.resolve.time_absolute import absolute, year_near
from seamwatch.resolve.time_amount import read_amount
from seamwatch.resolve.time_scene import Found
from seamwatch.resolve.time_values import Meaning, make_date, of_day, of_days, of_week, shift


def read_date_span(f: Found) -> Meaning | None:
    """Return the days of "28 July to 3 August", and of "between May 3 and 5"."""
    if f.has("and") and f.before() != "between":
        return None
    months, days = f.numbers("month", "mon"), f.numbers("day", "ord")
    if len(days) != 2 or not 1 <= days[0] <= 31 or not 1 <= days[1] <= 31:
        return None
    year = f.number("year") or year_near(f, months[-1], days[1])
    if year is None:
        return Meaning(value=f"XXXX-{months[0]:02d}-{days[0]:02d}")
    last = make_date(year, months[-1], days[1])
    first = make_date(year - (months[0] > months[-1]), months[0], days[0])
    if first is None or last is None or not 0 < (last - first).days <= 31:
        return None
    meaning = of_days(first.isoformat(), first, last)
    return absolute(meaning) if f.has("year") else meaning


def _of_month_days(f: Found, year: int, month: int) -> tuple[date, date] | None:
    """Return first and last day of the week, the days or the half that is named of a month."""
    end = date(year, month, calendar.monthrange(year, month)[1])
    start = date(year, month, 1)
    last, number = f.has("last", "past"), f.number("ord")
    if f.has("half"):
        middle = date(year, month, 15)
        return (shift(middle, 1), end) if last or number == 2 else (start, middle)
    unit = f.text("unit", "units")
    amount = read_amount(f) if f.has("num", "day", "few") else None
    if unit == "D" and f.has("unit"):
        day = end if last else make_date(year, month, number)
        return (day, day) if day else None
    if unit not in ("D", "W") or (f.has("units") and not last and number != 1):
        return None
    each = 1 if unit == "D" else 7
    length = each * int(amount) if amount and amount.isdigit() else 7 if f.has("unit") or each == 1 else 14
    length = min(length, end.day)
    if last:
        return shift(end, 1 - length), end
    first = shift(start, (number - 1) * 7)
    return (first, min(end, shift(first, length - 1))) if 1 <= number <= 5 and first <= end else None


def read_days_of_month(f: Found) -> Meaning | None:
    """Return the first week of June, the last days of May, the second half of August 2022."""
    month, published = f.number("month", "mon"), f.scene.published
    year = f.number("year") or year_near(f, month, 28 if f.has("last") else 1)
    if year is None or published is None:
        return Meaning(value=f"XXXX-{month:02d}")
    days = _of_month_days(f, year, month)
    if days is None:
        return None
    start, end = days
    week = f.text("unit") == "W"
    value = of_week(shift(start, 3)).value if week else f"{year:04d}-{month:02d}"
    meaning = of_day(start) if start == end else of_days(value, start, end)
    return absolute(meaning) if f.has("year") else meaning


def read_nth_weekday(f: Found) -> Meaning | None:
    """Return the first Monday of September, the last Friday in May."""
    month, weekday = f.number("month", "mon"), f.number("weekday")
    year = f.number("year") or year_near(f, month, 28 if f.has("last") else 7)
    if year is None:
        return Meaning(value=f"XXXX-{month:02d}-XX")
    days = [d for d in (make_date(year, month, n) for n in range(1, 32)) if d and d.isoweekday() == weekday]
    index = -1 if f.has("last") else f.number("ord") - 1
    if not -1 <= index < len(days):
        return None
    return absolute(of_day(days[index])) if f.has("year") else of_day(days[index])
