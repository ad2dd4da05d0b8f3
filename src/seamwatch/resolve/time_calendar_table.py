"""Rows of the table of time rules: days, months, years, quarters and seasons of the calendar."""

from __future__ import annotations

from collections.abc import Callable

from seamwatch.resolve import time_absolute as absolute
from seamwatch.resolve import time_clock as clock
from seamwatch.resolve import time_figures as figures
from seamwatch.resolve import time_night as night
from seamwatch.resolve import time_seasons as seasons
from seamwatch.resolve import time_spans as spans
from seamwatch.resolve.time_scene import Found
from seamwatch.resolve.time_values import Meaning

Reader = Callable[[Found], Meaning | None]

_MDY = "month|mon .? day|ord"
_DMY = "day|ord of? month|mon"
_SPAN_MDY = f"weekday? ,? {_MDY} ,? year?"
_SPAN_DMY = "weekday? ,? the? day|ord of? month|mon ,? year?"
_TO = "to|and|-|/"
_NIGHT = "the? part|overnight from|between|of|on?"

# The kinds `quarter` and `year` are looked up by readers of later expressions.
CALENDAR: tuple[tuple[str, Reader, tuple[str, ...]], ...] = (
    ("day", absolute.read_date, ("date", "weekday|wday .? ,? date")),
    ("row-hour", figures.read_row_hour, ("hhmm|year|mil",)),
    (
        "day",
        figures.read_short_date,
        ("weekday|wday? .? ,? day / day", "weekday? ,? num", "weekday? ,? num .", "weekday? ,? num stop"),
    ),
    ("day", absolute.read_dashed_date, ("day - month|mon - day", "day / month|mon / day|year")),
    ("day", clock.read_dtg, ("dtg", "dtg month|mon day|year|num")),
    (
        "day",
        absolute.read_month_day,
        (
            f"{_MDY} ,? of? last|this|next unit",
            f"{_DMY} ,? of? last|this|next unit",
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
        "day",
        spans.read_date_span,
        (
            f"{_SPAN_MDY} {_TO} {_SPAN_MDY}",
            f"{_SPAN_DMY} {_TO} {_SPAN_DMY}",
            f"{_MDY} and day ,? year?",
        ),
    ),
    (
        "night",
        night.read_date_night,
        (
            f"{_NIGHT} weekday? ,? the? day|ord of? {_TO} weekday? ,? the? {_DMY} ,? year?",
            f"{_NIGHT} {_MDY} {_TO} the? day|ord ,? year?",
            f"{_NIGHT} {_SPAN_MDY} {_TO} {_SPAN_MDY}",
            f"{_NIGHT} {_SPAN_DMY} {_TO} {_SPAN_DMY}",
            f"the? part to {_SPAN_MDY}",
            f"the? part to {_SPAN_DMY}",
        ),
    ),
    (
        "night",
        night.read_weekday_night,
        (
            "the? part to weekday",
            f"{_NIGHT} weekday {_TO} weekday",
            "early weekday to early weekday",
            "early? weekday part? to early? weekday part?",
            "weekday part and weekday part",
        ),
    ),
    (
        "span",
        spans.read_days_of_month,
        (
            "the? ord|last unit of|in month|mon ,? of? year?",
            "the? ord|last day|num|few? unit|units of month|mon ,? of? year?",
            "the? ord|last half of month|mon ,? of? year?",
        ),
    ),
    ("day", spans.read_nth_weekday, ("the? ord|last weekday of|in month|mon ,? year?",)),
    (
        "month",
        absolute.read_month,
        (
            "the? early -? month|mon .? ,? of? year?",
            "early in month|mon of? year?",
            "early in month|mon ,? of? last|this|next unit",
            "the? early -? month|mon ,? of? last|this|next unit",
            "the? end of month|mon ,? of? last|this|next unit",
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
)
