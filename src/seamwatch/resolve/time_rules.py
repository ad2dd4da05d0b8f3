"""The rules of times: patterns over word classes, and the function that reads what they match.

A pattern is a row of items: a class of the lexicon, or several with |, followed by nothing, ?, * or {m,n}.
The longest match wins; of equal ones the earlier rule. A function that returns None gives way to the next.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from seamwatch.resolve import time_absolute as absolute
from seamwatch.resolve import time_clock as clock
from seamwatch.resolve import time_event as event
from seamwatch.resolve import time_periods as periods
from seamwatch.resolve import time_relative as relative
from seamwatch.resolve import time_seasons as seasons
from seamwatch.resolve.time_scene import Found
from seamwatch.resolve.time_values import Meaning
from seamwatch.resolve.time_words import CODES

Reader = Callable[[Found], Meaning | None]

_AMOUNT = "num|day|few|some|half|a num|day|few|half|-|/|of|and|to|more|a{0,5}"
_MDY = "month|mon .? day|ord"
_DMY = "day|ord of? month|mon"
_CLOCK = "clock|day|num|hhmm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One pattern: its kind, its compiled form, and its reader; `late` waits for the days of the sentence."""

    kind: str
    pattern: re.Pattern[str]
    first: frozenset[str]
    read: Reader
    late: bool


def _compile(pattern: str) -> tuple[re.Pattern[str], frozenset[str]]:
    """Return a pattern as a regular expression over codes, with the codes that it can start with."""
    parts: list[str] = []
    first: set[str] = set()
    open_start = True
    for item in pattern.split():
        body = re.fullmatch(r"(.+?)(\?|\*|\+|\{\d,\d\})?", item)
        assert body is not None
        names, repeat = body[1].split("|"), body[2] or ""
        codes = "".join(CODES[name] for name in names)
        parts.append(f"[{codes}]{repeat}")
        if open_start:
            first.update(codes)
            open_start = repeat in ("?", "*") or repeat.startswith("{0")
    return re.compile("".join(parts)), frozenset(first)


# kind, reader, patterns. The kinds `quarter` and `year` are looked up by readers of later expressions.
_TABLE: tuple[tuple[str, Reader, tuple[str, ...]], ...] = (
    ("day", absolute.read_date, ("date", "weekday|wday .? ,? date")),
    ("day", clock.read_dtg, ("dtg", "dtg month|mon day|year|num")),
    (
        "day",
        absolute.read_month_day,
        (
            f"early? weekday|wday .? ,? the? {_MDY} ,? year",
            f"early? weekday|wday .? ,? the? {_MDY}",
            f"last {_MDY}",
            f"the? part of weekday ,? {_MDY} ,? year?",
            f"the? part of weekday ,? {_DMY} year?",
            f"{_MDY} ,? year",
            f"{_MDY}",
            f"{_MDY} -|to day ,? year?",
            f"day -|to|and {_DMY} ,? year?",
            f"weekday|wday .? ,? the? {_DMY} .? ,? year?",
            f"the? {_DMY} .? ,? year",
            f"the? {_DMY}",
            f"the? part of the? {_DMY} year?",
            f"the? part of {_MDY} ,? year?",
            f"{_MDY} ,? part",
            "day month|mon / hhmm|year",
            "day month|mon day",
            "day - month|mon - year",
        ),
    ),
    (
        "month",
        absolute.read_month,
        (
            "the? early -? month|mon .? ,? of? year?",
            "month|mon .? ,? of? year",
            "the? end of month|mon year?",
            "month|mon of? last|this|next unit",
            "early? last|this|next|past|coming month|mon",
            "month|mon",
        ),
    ),
    (
        "year",
        absolute.read_year,
        (
            "early -? year",
            "the? end of year",
            "the? fiscal year",
            "year",
            "the unit year",
            "a? some part of year",
        ),
    ),
    (
        "year",
        seasons.read_spoken_year,
        (
            "month? num|day - num -? num|day?",
            "month? num|day num -? num|day?",
            "the unit num num num?",
            "the season of num num -? num?",
        ),
    ),
    ("decade", seasons.read_decade, ("the? early? -? '? decade", "the early? -? year '")),
    ("century", seasons.read_century, ("the? early? -? ord -? unit",)),
    (
        "quarter",
        seasons.read_quarter,
        (
            "the? fiscal? -? ord -? quarter",
            "the? fiscal? -? ord -? quarter of? fiscal? year",
            "the? fiscal? ord quarter of? last|this|next unit",
            "last|this|next unit ' fiscal? ord -? quarter",
            "the? year fiscal? ord quarter",
            "the? unit - ago|earlier ord quarter",
            "year ' ord quarter",
            "the? ord|last half of year",
        ),
    ),
    (
        "season",
        seasons.read_season,
        (
            "season",
            "the? early? -? season of? year",
            "early? this|last|next|coming|past past? season",
            "this past season",
            "the early? season",
        ),
    ),
    ("holiday", seasons.read_holiday, ("last? holiday ,? year?",)),
    (
        "day",
        relative.read_weekday,
        (
            "early? weekday",
            "early? weekday early? part",
            "early? last|this|next|coming|past|prev weekday part?",
            "this coming|past weekday part?",
            "the last|past|next|prev|following weekday part?",
            "earlier|later on? weekday part?",
            "weekday part? last|this|next unit",
            "weekday part of last|this|next unit",
            "the? part of weekday",
            "the? part of weekday to|and|- weekday",
            "weekday part to weekday part?",
            "the? part between weekday and weekday",
            "weekday -|/ weekday part",
            "part on weekday",
            "long? before|after part on weekday",
            "weekday at part",
            "weekday in the part",
            "overnight on? weekday",
            "overnight weekday to|and weekday",
            "weekday overnight",
        ),
    ),
    (
        "day",
        relative.read_today,
        (
            "early? today part?",
            "earlier|later today part?",
            "early? part today",
            "today ,? weekday",
            "the? unit before|after today",
            "part of? today",
            "early part - part today",
        ),
    ),
    (
        "day",
        relative.read_part,
        (
            "the part before last",
            "early? this|last part",
            "earlier|later|early this|last early? part",
            "long? before part this part",
        ),
    ),
    ("day", relative.read_hour_of_weekday, ("at at? day on? weekday part",)),
    ("night", relative.read_overnight, ("overnight",)),
    (
        "unit",
        relative.read_unit,
        (
            "early? this|last|next|coming|current unit|weekend",
            "the? current fiscal unit",
            "earlier|later this|last|next unit|weekend",
            "the last|next|past|coming|current unit|weekend",
            "the prev|following weekend",
            "past unit",
            "the? end of this|last|next|the unit",
            "earlier|later in? the unit",
            "this past unit|weekend",
            "the weekend",
            "the fiscal? unit",
            "the late fiscal unit",
        ),
    ),
    (
        "day",
        relative.read_year_end,
        ("unit - end", "unit end", "unit ' end", "the unit ' end", "last unit ' end"),
    ),
    ("ref", periods.read_past, ("the past",)),
    ("week", relative.read_week_of, ("the unit of month|mon .? day",)),
    (
        "stretch",
        relative.read_stretch,
        (
            f"the? last|past|prev|next|coming|following|ord {_AMOUNT} units",
            "the? coming|past|last|next units",
            f"these past|last {_AMOUNT} units",
            f"the? {_AMOUNT} past|last|coming units",
            "few units",
        ),
    ),
    (
        "ago",
        relative.read_ago,
        (f"{_AMOUNT} unit|units|parts ago", "units ago", f"{_AMOUNT} unit|units and half ago"),
    ),
    (
        "year-ago",
        relative.read_year_ago,
        (
            "the|a? unit - ago|earlier",
            "the? unit - ago|earlier quarter|period",
            "the? unit - ago|earlier num|day units",
            "the? same quarter|period of? last unit",
            "the quarter a unit ago|earlier",
            "last unit ' quarter",
        ),
    ),
    (
        "quarter",
        relative.read_same_quarter,
        (
            "the|this|last|next|that|current quarter",
            "the late quarter|period",
            "the current|coming|following quarter",
        ),
    ),
    ("shifted", event.read_shifted, (f"{_AMOUNT} unit|units|parts earlier|later|before",)),
    ("after", event.read_after, (f"{_AMOUNT} unit|units|parts after|before",)),
    (
        "neighbour",
        event.read_neighbour,
        (
            "the unit before|after",
            "the prev|following|next unit|part",
            "the same next|following unit|part",
            "that|the same unit|part",
            "same unit|part",
            "that unit|part",
            "earlier|later that same? unit|part",
            "the part before|after",
            "the prev|following|next unit ' part?",
            "the ord? following|next unit",
        ),
    ),
    (
        "clock",
        clock.read_clock,
        (
            f"{_CLOCK} ampm zone?",
            "clock zone?",
            "clock oclock",
            f"{_CLOCK} oclock",
            f"{_CLOCK} oclock? in|at the? part",
            f"{_CLOCK} oclock? at part",
            "at hhmm|year",
        ),
    ),
    (
        "part",
        periods.read_bare_part,
        ("part", "the? part", "long before part", "the early? part", "early part"),
    ),
    ("ref", periods.read_reference, ("ref", "current")),
    ("set", periods.read_frequency, ("freq",)),
    (
        "set",
        periods.read_set,
        (
            "every unit|part|quarter|weekend",
            "every weekday|month|mon part?",
            f"every {_AMOUNT} units",
            "num|day per unit",
            "per unit",
            "weekday|weekday parts",
        ),
    ),
    (
        "duration",
        periods.read_duration,
        (
            f"{_AMOUNT} unit|units",
            f"{_AMOUNT} quarter",
            f"{_AMOUNT} unit|units and a half",
            "units",
            f"the {_AMOUNT} units",
            "the units before|after",
        ),
    ),
)
_LATE = frozenset(("shifted", "after", "neighbour", "clock", "part"))


@cache
def load_rules() -> dict[str, tuple[Rule, ...]]:
    """Return the rules by the class codes that they can start with, in the order of the table."""
    rules: list[Rule] = []
    for kind, read, patterns in _TABLE:
        for pattern in patterns:
            compiled, first = _compile(pattern)
            rules.append(Rule(kind=kind, pattern=compiled, first=first, read=read, late=kind in _LATE))
    codes = {code for rule in rules for code in rule.first}
    return {code: tuple(rule for rule in rules if code in rule.first) for code in codes}
