"""Rules for longer stretches of the calendar: quarters, seasons, holidays, decades, centuries."""

from __future__ import annotations

from datetime import date

from seamwatch.resolve.time_absolute import absolute
from seamwatch.resolve.time_scene import Found
from seamwatch.resolve.time_values import (
    Meaning,
    make_date,
    nearest_year,
    of_century,
    of_day,
    of_decade,
    of_half,
    of_month,
    of_quarter,
    of_season,
    of_year,
)
from seamwatch.resolve.time_words import CODES


def read_decade(f: Found) -> Meaning | None:
    """Return a decade: the 1980s, the early '90s, the nineties."""
    if f.has("year"):
        year = f.number("year")
        return absolute(of_decade(year // 10)) if year % 10 == 0 else None
    decade = f.number("decade")
    if f.before() in ("his", "her", "their"):
        return None  # "in his 30s"
    if decade < 150 and f.word("decade").isalpha():
        return None
    if not f.has("the") and f.word("decade").isalpha():
        return None
    return absolute(of_decade(decade))


def read_spoken_year(f: Found) -> Meaning | None:
    """Return a year in words: nineteen ninety-six."""
    numbers = [
        value
        for value, code in zip(f.scene.tokens.values[f.first : f.last + 1], f.codes, strict=True)
        if isinstance(value, int) and code in (CODES["num"], CODES["day"])
    ]
    if numbers[:1] == [2] and numbers[1:2] == [1000]:
        return absolute(of_year(2000 + sum(numbers[2:]))) if f.has("unit") or f.before() == "year" else None
    if len(numbers) < 2 or numbers[0] not in (18, 19, 20) or not 10 <= numbers[1] <= 90:
        return None
    if len(numbers) > 2 and (numbers[1] % 10 or not 1 <= numbers[2] <= 9):
        return None
    year = of_year(numbers[0] * 100 + sum(numbers[1:]))
    if f.has("month", "mon"):
        return absolute(of_month(int(year.value), f.number("month", "mon")))
    if f.has("season"):
        return absolute(of_season(int(year.value), f.text("season")))
    return absolute(year)


def read_century(f: Found) -> Meaning | None:
    """Return a century: the 20th century."""
    number = f.number("ord")
    return absolute(of_century(number)) if 1 <= number <= 21 and f.text("unit") == "100Y" else None


def read_quarter(f: Found) -> Meaning | None:
    """Return a quarter or half of a year; without a year the last one of that number."""
    published = f.scene.published
    number = f.number("ord")
    if f.has("half"):
        number = 2 if f.has("last") else number
        return absolute(of_half(f.number("year"), number)) if number in (1, 2) and f.has("year") else None
    if not 1 <= number <= 4:
        return None
    if f.has("year"):
        return absolute(of_quarter(f.number("year"), number))
    if published is None:
        return Meaning(value=f"XXXX-Q{number}")
    if f.has("this", "last", "next") and f.has("unit"):
        return of_quarter(published.year + f.has("next") - f.has("last"), number)
    now = (published.month + 2) // 3
    if f.has("earlier", "ago"):
        return of_quarter(published.year - 1 - (number > now), number)
    if number == now:
        return of_quarter(published.year, number)
    ahead = number > now and (f.direction > 0 or number == now + 1)
    return of_quarter(published.year - (number > now and not ahead), number)


def read_season(f: Found) -> Meaning | None:
    """Return a season: last summer, the winter of 2014, this fall."""
    season, published = f.text("season"), f.scene.published
    if f.has("year"):
        return absolute(of_season(f.number("year"), season))
    bare = f.codes == f.scene.tokens.codes[f.at("season") or 0]
    if bare and (
        f.word("season") in ("fall", "spring") or f.before() not in ("in", "since", "of", "until", "by")
    ):
        return None
    if f.word("season") in ("fall", "spring") and not f.has(
        "last", "this", "next", "coming", "past", "early"
    ):
        return None
    if published is None:
        return Meaning(value=f"XXXX-{season}")
    year = published.year
    started = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}[season] <= published.month
    if f.has("last", "past"):
        inside = of_season(year, season)
        running = (
            inside.start is not None and inside.end is not None and inside.start <= published <= inside.end
        )
        return of_season(year if started and not running else year - 1, season)
    if f.has("next", "coming"):
        return of_season(year + started, season)
    if f.has("this") or f.direction > 0 or started:
        return of_season(year, season)
    return of_season(year - 1, season)


def read_holiday(f: Found) -> Meaning | None:
    """Return a holiday of a fixed day (12-25) or of the nth weekday of a month (11-4-3)."""
    rule, published = [int(p) for p in f.text("holiday").split("-")], f.scene.published

    def day_in(year: int) -> date | None:
        if len(rule) == 2:
            return make_date(year, rule[0], rule[1])
        days = [
            d for d in (make_date(year, rule[0], n) for n in range(1, 32)) if d and d.weekday() == rule[2]
        ]
        return days[min(rule[1], len(days)) - 1] if days else None

    if f.has("year"):
        day = day_in(f.number("year"))
        return absolute(of_day(day)) if day else None
    if published is None:
        return Meaning(
            value=f"XXXX-{rule[0]:02d}-XX" if len(rule) > 2 else f"XXXX-{rule[0]:02d}-{rule[1]:02d}"
        )
    direction = -1 if f.has("last") else f.direction
    year = nearest_year(rule[0], rule[1] if len(rule) == 2 else 15, published, direction)
    day = day_in(year)
    if day and day > published and direction < 0:
        day = day_in(year - 1)
    return of_day(day) if day else None
