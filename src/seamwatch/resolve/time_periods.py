"""Rules for lengths, repeated times and vague times: three days, every Friday, recently, at dawn."""

from __future__ import annotations

from seamwatch.resolve.time_amount import half_value, read_amount, unit_of
from seamwatch.resolve.time_clock import of_moment
from seamwatch.resolve.time_relative import past_stretch
from seamwatch.resolve.time_scene import Found
from seamwatch.resolve.time_values import Meaning, of_duration
from seamwatch.vocabulary.codes import TimexType

_CLOSED = frozenset("and or but is was has had have to for in on at with by from when that".split())
_IN = frozenset("for in within during over after last lasted take took takes spent of past".split())


def read_bare_part(f: Found) -> Meaning | None:
    """Return a part of the day without a day ("at dawn"), on the day that the sentence names."""
    word = f.word("part")
    if f.after() == "of":
        return None  # "the early hours of the war"
    if f.before() in ("at", "before", "since", "until", "by", "after", "around", "about") and word != "night":
        return of_moment(f, f.text("part"))
    if f.has("in", "the") and f.before() in ("in", "during", "of", "this", "by"):
        return of_moment(f, f.text("part"))
    return None


def read_reference(f: Found) -> Meaning | None:
    """Return a vague time: now, recently, soon."""
    if f.has("current"):
        return Meaning(value="PRESENT_REF")
    if f.word("ref") == "soon" and (f.before() == "as" or f.after() in ("as", "after")):
        return None
    return Meaning(value=f.text("ref"))


def read_past(f: Found) -> Meaning | None:
    """Return "the past" where no noun follows that it describes."""
    after = f.after()
    return None if after.isalpha() and after not in _CLOSED else Meaning(value="PAST_REF")


def read_frequency(f: Found) -> Meaning | None:
    """Return a repeated time in one word: daily, weekly."""
    return Meaning(type=TimexType.SET, value=f.text("freq"))


def read_set(f: Found) -> Meaning | None:
    """Return a repeated time: every day, each Friday night, Tuesday nights."""
    if f.has("weekday"):
        suffix = f.text("part") or f.text("parts")
        return Meaning(type=TimexType.SET, value=f"XXXX-WXX-{f.number('weekday')}{suffix}")
    if f.has("month", "mon"):
        return Meaning(type=TimexType.SET, value=f"XXXX-{f.number('month', 'mon'):02d}")
    if f.has("weekend"):
        return Meaning(type=TimexType.SET, value="XXXX-WXX-WE")
    if f.has("part"):
        return Meaning(type=TimexType.SET, value=f"XXXX-XX-XX{f.text('part')}")
    amount = read_amount(f) if f.has("num", "day", "few") else "1"
    return of_duration(amount, unit_of(f), TimexType.SET) if amount else None


def read_duration(f: Found) -> Meaning | None:
    """Return a length of time: three days, two-year, a couple of weeks, 30 minutes."""
    unit = unit_of(f)
    amount = read_amount(f)
    if amount is None or not unit:
        return None
    if f.codes == f.scene.tokens.codes[f.first] and f.before() not in _IN:
        return None
    if f.after() == "old" or (f.after() == "-" and f.after(2) == "old"):
        return None
    half = half_value(amount, unit)
    if half is not None:
        return Meaning(type=TimexType.DURATION, value=half)
    if f.before() == "for" and f.after() == "now" and amount.isdigit() and f.scene.published:
        return past_stretch(f, int(amount), unit, f.scene.published)
    return of_duration(amount, unit)
