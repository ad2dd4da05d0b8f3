"""Rules for times that are relative to the publication day: weekdays, today, last week, two days ago."""

from __future__ import annotations

from datetime import date

from seamwatch.resolve.time_amount import read_amount, unit_of
from seamwatch.resolve.time_clock import clock_suffix
from seamwatch.resolve.time_scene import Found
from seamwatch.resolve.time_values import (
    Meaning,
    days_of,
    move,
    of_day,
    of_days,
    of_duration,
    of_month,
    of_quarter,
    of_week,
    of_year,
    shift,
)
from seamwatch.vocabulary.codes import TimexType

_PAPERS = frozenset("times telegraph mail herald express mirror post independent".split())


def weekday_of(f: Found, number: int, published: date) -> date:
    """Return the day that a weekday means: the last one, today included, unless the words look ahead."""
    back = (published.isoweekday() - number) % 7
    last = shift(published, -back)
    if f.has("unit"):
        monday = shift(published, 1 - published.isoweekday())
        return shift(monday, number - 1 + 7 * (f.has("next") - f.has("last", "prev", "past")))
    if f.has("last", "past"):
        return last if back else shift(last, -7)
    if f.has("prev"):
        anchor = f.scene.day_before(f.first) or published
        return shift(anchor, -((anchor.isoweekday() - number) % 7 or 7))
    if f.has("next", "coming", "following"):
        return shift(last, 7)
    if f.has("this"):
        return last if back == 0 or f.direction < 0 else shift(last, 7)
    if f.direction > 0 and back:
        return shift(last, 7)
    return last


def read_weekday(f: Found) -> Meaning | None:
    """Return the day of a weekday, with a part of the day where one is named: Tuesday night."""
    number, published = f.number("weekday", "wday"), f.scene.published
    if f.after() in _PAPERS and f.scene.tokens.text[f.scene.tokens.starts[f.last + 1]].isupper():
        return None
    suffix = f.text("part")
    if published is None:
        return Meaning(type=TimexType.TIME if suffix else TimexType.DATE, value=f"XXXX-WXX-{number}{suffix}")
    day = weekday_of(f, number, published)
    numbers = f.numbers("weekday")
    if len(numbers) > 1 and (numbers[1] - numbers[0]) % 7 == 1:
        # "Saturday night into Sunday": the second day fixes the first.
        second = weekday_of(f, numbers[1], published)
        days = of_days(f"{shift(second, -1).isoformat()}TNI", shift(second, -1), second, TimexType.TIME)
        return days
    if len(numbers) > 1 and numbers[0] != numbers[1] and f.has("to"):
        last = weekday_of(f, numbers[1], published)
        first = shift(last, -((numbers[1] - numbers[0]) % 7))
        return of_days(f"{first.isoformat()}{suffix}", first, last, TimexType.TIME)
    if f.has("overnight"):
        first = shift(day, -1) if day == published else day
        return of_days(f"{first.isoformat()}TNI", first, shift(first, 1), TimexType.TIME)
    return of_day(day, suffix)


def read_hour_of_weekday(f: Found) -> Meaning | None:
    """Return "at about 9 on Monday night"."""
    suffix, published = clock_suffix(f), f.scene.published
    if suffix is None:
        return None
    number = f.number("weekday")
    if published is None:
        return Meaning(type=TimexType.TIME, value=f"XXXX-WXX-{number}{suffix}")
    return of_day(weekday_of(f, number, published), suffix)


def read_today(f: Found) -> Meaning | None:
    """Return today, yesterday, tomorrow or tonight, with a part of the day where one is named."""
    published, suffix = f.scene.published, f.text("part")
    if not suffix and f.word("today") == "tonight":
        suffix = "TNI"
    offset = f.number("today")
    index = f.at("today") or 0
    start, _ = f.scene.sentence(f.first)
    written, tokens = f.scene.tokens.text, f.scene.tokens
    if (
        start < index == f.first
        and written[tokens.starts[index]].isupper()
        and written[tokens.starts[index - 1]].isupper()
    ):
        return None  # an outlet: USA Today
    if f.has("before", "after"):
        offset *= 2
        if (offset < 0) != f.has("before") or not offset:
            return None
    if published is None:
        return Meaning(type=TimexType.TIME if suffix else TimexType.DATE, value=f"XXXX-XX-XX{suffix}")
    return of_day(shift(published, offset), suffix)


def read_part(f: Found) -> Meaning | None:
    """Return this morning, last night, later this evening."""
    published, suffix = f.scene.published, f.text("part")
    if published is None:
        return Meaning(type=TimexType.TIME, value=f"XXXX-XX-XX{suffix}")
    return of_day(shift(published, -f.has("last", "past") - f.has("before")), suffix)


def read_overnight(f: Found) -> Meaning | None:
    """Return the night before publication: two dates."""
    published = f.scene.published
    if f.before() in ("an", "the", "-") or f.after() == "-":
        return None
    if published is None:
        return Meaning(type=TimexType.TIME, value="XXXX-XX-XXTNI")
    first = shift(published, -1)
    return of_days(f"{first.isoformat()}TNI", first, published, TimexType.TIME)


def _clip(meaning: Meaning, f: Found, published: date) -> Meaning:
    """Return a running week, month or year cut at the publication day, on the side that is meant."""
    start, end = meaning.start, meaning.end
    if start is None or end is None or not start <= published <= end:
        return meaning
    opening = f.word("end") in ("start", "beginning")
    if f.has("later") or (f.has("end") and not opening) or (not f.has("earlier", "end") and f.direction > 0):
        start = published
    else:
        end = published
    cut = of_days(meaning.value, start, end)
    return cut if (end - start).days else Meaning(value=meaning.value, start=start, end=end, precision=1)


def read_unit(f: Found) -> Meaning | None:
    """Return this week, last month, earlier this year, next quarter, last weekend, the week of March 6."""
    unit, published = unit_of(f), f.scene.published
    if f.has("month", "mon"):
        return None
    step = f.has("next", "coming", "following") - f.has("last", "past", "prev")
    if len(f.codes) - f.has("fiscal") - f.has("late") == 2 and not f.has(
        "last", "next", "this", "past", "current", "coming"
    ):
        return _bare_year(f, unit)
    if published is None:
        forms = {"D": "XXXX-XX-XX", "W": "XXXX-WXX", "WE": "XXXX-WXX-WE", "M": "XXXX-XX", "Q": "XXXX-QX"}
        return Meaning(value=forms.get(unit, "XXXX"))
    if unit == "D":
        return None
    if unit == "WE":
        if step > 0 or (not step and f.direction > 0):
            return of_week(shift(published, 7 if step > 0 and published.weekday() > 4 else 0), weekend=True)
        inside = published.weekday() > 4 and not step
        return of_week(shift(published, 0 if inside else -7), weekend=True)
    if f.has("past") and unit in ("W", "M", "Y", "2W", "10Y"):
        return past_stretch(f, 1, unit, published)
    if unit == "10Y":
        decade = published.year // 10 + step
        return Meaning(value=f"{decade}")
    if unit in ("100Y", "2W"):
        return of_duration("1", unit)
    moved = move(published, step, unit)
    return None if moved is None else _clip(moved, f, published)


def _bare_year(f: Found, unit: str) -> Meaning | None:
    """Return "the year" and "the weekend"; other units with a bare article name no time of their own."""
    published = f.scene.published
    if unit == "WE" and published:
        ahead = f.direction > 0
        return of_week(published if ahead or published.weekday() > 4 else shift(published, -7), weekend=True)
    if unit != "Y":
        return Meaning(value="XXXX-WXX-WE") if unit == "WE" else None
    if f.after() in ("ended", "ending", "to") or published is None:
        return of_duration("1", "Y")
    return of_year(published.year - f.has("late"))


def past_stretch(f: Found, amount: int, unit: str, published: date) -> Meaning:
    """Return the days of "the past two weeks" as a duration with its days."""
    plain = of_duration(str(amount), unit)
    days = days_of(amount, unit)
    if days is None or days > 40000:
        return plain
    stretch = of_days(plain.value, shift(published, -days), published, TimexType.DURATION)
    return stretch


def read_stretch(f: Found) -> Meaning | None:
    """Return the past two weeks, the last ten days, the next three months, recent years."""
    amount, unit, published = read_amount(f), unit_of(f), f.scene.published
    if amount is None:
        return None
    if f.after() == "of":
        return of_duration(amount, unit)  # "the last days of the war"
    if (
        amount == "X"
        and published
        and unit in ("D", "W")
        and (f.has("last", "past") or "recent" in f.word("few"))
    ):
        vague = of_duration(amount, unit)
        return of_days(
            vague.value, shift(published, -6 if unit == "D" else -28), published, TimexType.DURATION
        )
    if amount == "X" or not amount.isdigit() or published is None or not f.has("last", "past"):
        return of_duration(amount, unit)
    return past_stretch(f, int(amount), unit, published)


def read_ago(f: Found) -> Meaning | None:
    """Return two days ago, a year ago, three nights ago; vague amounts are only past."""
    amount, unit, published = read_amount(f), unit_of(f), f.scene.published
    if amount is None:
        return None
    if amount == "X":
        return (
            Meaning(value="PAST_REF")
            if unit not in ("D", "TH", "TM") or published is None
            else _few_days(f, unit)
        )
    if published is None:
        return Meaning(value="XXXX-XX-XX" if unit in ("D", "TNI") else "PAST_REF")
    if not amount.isdigit():
        return Meaning(value="PAST_REF")
    if unit == "TNI":
        return of_day(shift(published, -int(amount)), "TNI")
    if unit == "Y" and amount == "1" and (recalled := _last_quarter(f)):
        return recalled
    return move(published, -int(amount), unit) or of_day(published)


def _few_days(f: Found, unit: str) -> Meaning | None:
    published = f.scene.published
    if published is None or unit != "D":
        return Meaning(value="PAST_REF")
    start, end = shift(published, -6), shift(published, -2)
    return Meaning(value="PAST_REF", start=start, end=end, precision=2)


def _last_quarter(f: Found) -> Meaning | None:
    """Return the same quarter a year before, where the text has just spoken of a quarter."""
    first, _ = f.scene.sentence(f.first)
    quarter = f.scene.last_of("quarter", f.first, reach=f.first - first + 60)
    if quarter is None or quarter.start is None:
        return None
    return of_quarter(quarter.start.year - 1, (quarter.start.month + 2) // 3)


def read_year_ago(f: Found) -> Meaning | None:
    """Return a year earlier, the year-ago quarter, compared with the quarter or year that stands before."""
    published = f.scene.published
    if published is None:
        return Meaning(value="XXXX")
    if f.has("unit") and f.text("unit") != "Y":
        return None
    if f.has("units"):
        return of_duration(str(f.number("num", "day")), f.text("units"))
    if (recalled := _last_quarter(f)) is not None:
        return recalled
    if f.has("quarter"):
        return of_quarter(published.year - 1, (published.month + 2) // 3 - 1)
    named = f.scene.last_of("year", f.first)
    if named is not None and named.start is not None and f.has("earlier", "before"):
        return of_year(named.start.year - 1)
    return of_year(published.year - 1)


def read_same_quarter(f: Found) -> Meaning | None:
    """Return the quarter that the text speaks of: the quarter, the latest quarter."""
    named = f.scene.last_of("quarter", f.first)
    published = f.scene.published
    if published is None:
        return Meaning(value="XXXX-QX")
    ended = Found(f.scene, f.last + 2, min(f.last + 2, len(f.scene.tokens.codes) - 1))
    if f.after() == "ended" and (month := ended.number("month", "mon")):
        return of_quarter(published.year - (month > published.month), (month + 2) // 3)
    if named is None and not f.has("last", "this", "next", "current", "coming", "following", "late"):
        return None
    if named is not None and named.start is not None and not f.has("last", "this", "next", "current", "late"):
        return of_quarter(named.start.year, (named.start.month + 2) // 3)
    step = f.has("next", "coming") - (not f.has("this", "current", "next", "coming"))
    return of_quarter(published.year, (published.month + 2) // 3 + step)


def read_year_end(f: Found) -> Meaning | None:
    """Return the last day of the year: year-end, year's end."""
    published = f.scene.published
    if f.text("unit") != "Y" or f.word("end") != "end":
        return None
    if published is None:
        return Meaning(value="XXXX-12-31")
    return of_day(date(published.year - (f.has("last") or f.direction < 0), 12, 31))


def read_week_of(f: Found) -> Meaning | None:
    """Return the week of March 6."""
    month, day, published = f.number("month", "mon"), f.number("day"), f.scene.published
    if published is None:
        return Meaning(value="XXXX-WXX")
    here = of_month(published.year, month).start
    return of_week(shift(here, day - 1)) if here and 1 <= day <= 31 else None
