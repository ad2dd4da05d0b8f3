"""The table of time rules: kind, reader, and patterns over the word classes of time_words.

A pattern is a row of items: a class of the lexicon, or several with |, followed by nothing, ?, * or {m,n}.
The longest match wins; of equal ones the earlier row. A reader that returns None gives way to the next.
"""

from __future__ import annotations

from seamwatch.resolve import time_clock as clock
from seamwatch.resolve import time_event as event
from seamwatch.resolve import time_named as named
from seamwatch.resolve import time_periods as periods
from seamwatch.resolve import time_relative as relative
from seamwatch.resolve.time_calendar_table import CALENDAR, Reader

_AMOUNT = "num|day|few|some|half|a num|day|few|half|-|/|of|and|to|more|a{0,5}"
_MDY = "month|mon .? day|ord"
_DMY = "day|ord of? month|mon"
_CLOCK = "clock|day|num|hhmm"

TABLE: tuple[tuple[str, Reader, tuple[str, ...]], ...] = (
    *CALENDAR,
    (
        "day",
        named.read_weekday_ago,
        (
            "weekday part? a unit ago",
            "weekday part? num|day units ago",
            "a unit ago on? weekday part?",
            "num|day units ago on? weekday part?",
        ),
    ),
    (
        "day",
        named.read_weekday_of_week,
        (
            "weekday part? of the? last|this|next|prev unit",
            "last|this|next unit ' weekday part?",
            "earlier|early? last|this|next unit ,? on weekday part?",
            "the? end of the|this|last|next unit ,? on weekday part?",
        ),
    ),
    ("day", named.read_weekday_past, ("weekday past",)),
    (
        "day",
        named.read_ordinal_day,
        ("the ord", "the ord of the? last|this|next|prev unit", "the ord of the unit"),
    ),
    (
        "day",
        named.read_eve,
        (
            "the? eve of last|this|next? weekday",
            f"the? eve of the? {_MDY} ,? year?",
            f"the? eve of the? {_DMY} ,? year?",
            "the? eve of holiday ,? year?",
            "the? eve of today",
        ),
    ),
    (
        "unit",
        named.read_years_ago_this,
        ("a|num|day unit|units ago this unit", "a|num|day unit|units ago today"),
    ),
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
            "the? part of weekday part?",
            "the? part of the? part of weekday",
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
            "the? part of? today part?",
            "early part - part today",
        ),
    ),
    (
        "day",
        relative.read_part,
        (
            "the part before last",
            "early? this|last part",
            "the part of this part",
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
    ("shifted", event.read_vaguely_shifted, ("units later|earlier",)),
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
            "earlier|later in the unit",
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
        "clock",
        clock.read_military_clock,
        ("at? hhmm|year units zone?", "at? mil units? zone?", "hhmm|year zone", "hhmm"),
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
# Rules that lean on the days of their sentence, and so wait until those are read.
LATE = frozenset(("shifted", "after", "neighbour", "clock", "part"))
