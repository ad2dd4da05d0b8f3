"""Times and the passages that name them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from seamwatch.model.text import Evidence, Span
from seamwatch.vocabulary.codes import TimexType


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRange:
    """First and last possible day, with UCDP date_prec: 1 day, 2 two to six days, 3 week, 4 month, 5 year."""

    start: date
    end: date
    precision: int
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeMention:
    """A passage that names a time: TIMEX3 type and value, and the days it may mean.

    `range` is None where the value is no stretch of days of the calendar (a duration, a set, or a
    relative date without a publication date). `anchor` says what it is relative to: "published",
    "absolute", or "event" ("four days after ...", "the previous day", "the same day"): then `offset_days`
    is added to the day of the event that the sentence names, and `range` is only set where the sentence
    itself gives that day.
    """

    span: Span
    quote: str
    type: TimexType
    value: str
    range: TimeRange | None = None
    anchor: str = "published"
    offset_days: int | None = None
    by: str = "time"
