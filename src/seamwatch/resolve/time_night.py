"""Rules for nights that are named by both their days: the night from Monday to Tuesday, of 3-4 May."""

from __future__ import annotations

from datetime import date

from seamwatch.resolve.time_absolute import absolute, year_near
from seamwatch.resolve.time_relative import weekday_of
from seamwatch.resolve.time_scene import Found
from seamwatch.resolve.time_values import Meaning, make_date, of_days, shift
from seamwatch.resolve.time_words import CODES
from seamwatch.vocabulary.codes import TimexType

_UNKNOWN = Meaning(type=TimexType.TIME, value="XXXX-XX-XXTNI")


def _night(first: date) -> Meaning:
    """Return the night that begins on a day: two dates."""
    return of_days(f"{first.isoformat()}TNI", first, shift(first, 1), TimexType.TIME)


def _is_night(f: Found) -> bool:
    return f.has("overnight") or f.text("part") == "TNI"


def read_weekday_night(f: Found) -> Meaning | None:
    """Return the night to Monday, overnight from Sunday to Monday, late Sunday into early Monday."""
    days, published = f.numbers("weekday"), f.scene.published
    if len(days) == 2 and (days[1] - days[0]) % 7 != 1:
        return None
    if f.has("and") and not f.has("overnight") and f.codes[0] == CODES["weekday"] and f.before() != "between":
        return None
    if not _is_night(f) and f.before() in ("from", "between", "since"):
        return None  # "from late Sunday to early Monday" is a stretch of hours, and its days stand apart
    if f.has("part", "overnight") and not _is_night(f):
        return None
    if published is None:
        first = (days[-1] - 2) % 7 + 1
        return Meaning(type=TimexType.TIME, value=f"XXXX-WXX-{first}TNI")
    return _night(shift(weekday_of(f, days[-1], published), -1))


def read_date_night(f: Found) -> Meaning | None:
    """Return the night between 3 and 4 May, of 31 August to 1 September, to 5 September."""
    if not _is_night(f):
        return None
    months, days = f.numbers("month", "mon"), f.numbers("day", "ord")
    if not days or not months:
        return None
    year = f.number("year") or year_near(f, months[-1], days[-1])
    if year is None:
        return _UNKNOWN
    second = make_date(year, months[-1], days[-1])
    if second is None:
        return None
    first = shift(second, -1)
    if len(days) > 1 and (days[0] != first.day or (len(months) > 1 and months[0] != first.month)):
        return None
    return absolute(_night(first)) if f.has("year") else _night(first)
