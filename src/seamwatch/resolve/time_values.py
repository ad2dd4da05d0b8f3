"""TIMEX3 values and the days they mean: calendar arithmetic without any text."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from seamwatch.vocabulary.codes import TimexType

SEASON_MONTHS = {"SP": (3, 5), "SU": (6, 8), "FA": (9, 11), "WI": (12, 2)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What an expression means: TIMEX3 type and value, first and last day, and what it is relative to."""

    type: TimexType = TimexType.DATE
    value: str
    start: date | None = None
    end: date | None = None
    precision: int | None = None
    anchor: str = "published"
    offset_days: int | None = None


def precision_of(start: date, end: date) -> int:
    """Return UCDP's date_prec of a stretch of days.

    >>> precision_of(date(2023, 9, 4), date(2023, 9, 10))
    3
    """
    days = (end - start).days + 1
    for precision, longest in ((1, 1), (2, 6), (3, 13), (4, 92)):
        if days <= longest:
            return precision
    return 5


def shift(day: date, days: int) -> date:
    """Return a day moved by a number of days, kept inside the calendar."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def make_date(year: int, month: int, day: int) -> date | None:
    """Return the day, or None where the calendar has no such day."""
    if 1 <= year <= 9998 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]:
        return date(year, month, day)
    return None


def of_day(day: date, suffix: str = "", anchor: str = "published", offset: int | None = None) -> Meaning:
    """Return one day; a suffix (TNI, T10:35) makes it a TIME."""
    return Meaning(
        type=TimexType.TIME if suffix else TimexType.DATE,
        value=day.isoformat() + suffix,
        start=day,
        end=day,
        precision=1,
        anchor=anchor,
        offset_days=offset,
    )


def of_days(value: str, start: date, end: date, type_: TimexType = TimexType.DATE) -> Meaning:
    """Return a stretch of days with its precision."""
    return Meaning(type=type_, value=value, start=start, end=end, precision=precision_of(start, end))


def of_week(day: date, weekend: bool = False) -> Meaning:
    """Return the ISO week that a day lies in, or its weekend.

    >>> of_week(date(2023, 9, 14)).value
    '2023-W37'
    """
    year, week, _ = day.isocalendar()
    monday = shift(day, -day.weekday())
    value = f"{year:04d}-W{week:02d}"
    if weekend:
        return of_days(f"{value}-WE", shift(monday, 5), shift(monday, 6))
    return of_days(value, monday, shift(monday, 6))


def of_months(value: str, year: int, first: int, last: int) -> Meaning:
    """Return the months first..last of a year (last below first runs into the next year)."""
    if not 1 <= year <= 9998:
        return Meaning(value=value)
    last_year = year if last >= first else year + 1
    end = date(last_year, last, calendar.monthrange(last_year, last)[1])
    return of_days(value, date(year, first, 1), end)


def of_month(year: int, month: int) -> Meaning:
    """Return one month; months below 1 or above 12 run into the years beside."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return of_months(f"{year:04d}-{month:02d}", year, month, month)


def of_quarter(year: int, quarter: int) -> Meaning:
    """Return one quarter; quarters below 1 or above 4 run into the years beside."""
    year, quarter = year + (quarter - 1) // 4, (quarter - 1) % 4 + 1
    return of_months(f"{year:04d}-Q{quarter}", year, 3 * quarter - 2, 3 * quarter)


def of_half(year: int, half: int) -> Meaning:
    """Return one half of a year."""
    return of_months(f"{year:04d}-H{half}", year, 6 * half - 5, 6 * half)


def of_season(year: int, season: str) -> Meaning:
    """Return a season of a year."""
    first, last = SEASON_MONTHS[season]
    return of_months(f"{year:04d}-{season}", year, first, last)


def of_year(year: int) -> Meaning:
    """Return one year."""
    return of_months(f"{year:04d}", year, 1, 12)


def of_decade(decade: int) -> Meaning:
    """Return a decade, given as its first three digits (198 for the 1980s)."""
    return of_days(f"{decade}", date(decade * 10, 1, 1), date(decade * 10 + 9, 12, 31))


def of_century(century: int) -> Meaning:
    """Return a century, given as its number (20 for 1900-1999)."""
    first = max(1, (century - 1) * 100)
    return of_days(f"{century - 1:02d}", date(first, 1, 1), date(first + 99, 12, 31))


def of_duration(amount: str, unit: str, type_: TimexType = TimexType.DURATION) -> Meaning:
    """Return a length of time: `amount` is a number or X, `unit` as in the lexicon (D, TH, 2W).

    >>> of_duration("3", "10Y").value, of_duration("5", "TH").value
    ('P30Y', 'PT5H')
    """
    time = unit.startswith("T")
    letters = unit.lstrip("T0123456789")
    times = unit.lstrip("T").rstrip("DWMYQHS")
    if times and amount == "X" and unit == "100Y":
        letters = "C"
    elif times and amount != "X":
        amount = str(int(amount) * int(times)) if amount.isdigit() else amount
    return Meaning(type=type_, value=f"P{'T' if time else ''}{amount}{letters}")


def days_of(amount: int, unit: str) -> int | None:
    """Return a length in days, hours as whole days; None for minutes and seconds."""
    if unit == "TH":
        return -(-amount // 24)
    each = {"D": 1, "W": 7, "2W": 14, "M": 30, "Q": 91, "Y": 365, "10Y": 3652, "100Y": 36525}.get(unit)
    return None if each is None else amount * each


def move(day: date, amount: int, unit: str) -> Meaning | None:
    """Return the day, week, month or year that lies some units from a day; None for hours and less.

    >>> move(date(2023, 9, 14), -2, "M").value, move(date(2023, 9, 14), -2, "D").value
    ('2023-07', '2023-09-12')
    """
    if abs(amount) > 5000:
        return None
    if unit == "D":
        return of_day(shift(day, amount))
    if unit in ("W", "2W"):
        return of_week(shift(day, amount * (7 if unit == "W" else 14)))
    if unit == "M":
        return of_month(day.year, day.month + amount)
    if unit == "Q":
        return of_quarter(day.year, (day.month + 2) // 3 + amount)
    if unit in ("Y", "10Y", "100Y"):
        return of_year(day.year + amount * {"Y": 1, "10Y": 10, "100Y": 100}[unit])
    return None


def nearest_year(month: int, day: int, published: date, direction: int) -> int:
    """Return the year of a month and day without one: the nearest, and back in doubt.

    A direction of -2 says that the day cannot lie ahead (a week's grace for wrong publication days).
    """
    here = make_date(published.year, month, min(day, 28)) or published
    gap = (here - published).days
    if direction < -1:
        return published.year - 1 if gap > 7 else published.year
    if direction < 0:
        return published.year - 1 if gap > 60 else published.year
    if direction > 0:
        return published.year + 1 if gap < -150 else published.year
    if gap > 150:
        return published.year - 1
    return published.year + 1 if gap < -300 else published.year
