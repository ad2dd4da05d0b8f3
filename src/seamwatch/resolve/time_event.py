"""Rules for times relative to an event or to another day: a day earlier, the same day, four days after."""

from __future__ import annotations

from dataclasses import replace

from seamwatch.resolve.time_amount import half_value, read_amount, unit_of
from seamwatch.resolve.time_relative import read_year_ago
from seamwatch.resolve.time_scene import Found
from seamwatch.resolve.time_values import Meaning, days_of, move, of_day, of_duration, shift
from seamwatch.resolve.time_words import CODES
from seamwatch.vocabulary.codes import TimexType

_ARRIVES = frozenset("came comes come coming happened happens occurred occurs followed took place".split())

_OPENERS = frozenset("the a an his her their its this that he she they it".split())
_COUNTED = frozenset(("D", "TNI", "W", "2W"))  # months and years later are too vague to count in days


def _moved(f: Found, days: int, suffix: str = "") -> Meaning:
    """Return the day some days from the one that the sentence names; without one only the value guesses."""
    near = f.scene.day_near(f.first)
    if near is not None:
        return of_day(shift(near, days), suffix, "event", days)
    guess = f.scene.day_before(f.first)
    value = shift(guess, days).isoformat() if guess else "XXXX-XX-XX"
    return Meaning(
        type=TimexType.TIME if suffix else TimexType.DATE,
        value=value + suffix,
        anchor="event",
        offset_days=days,
    )


def read_shifted(f: Found) -> Meaning | None:
    """Return a day earlier, two nights before, three weeks later."""
    amount, unit = read_amount(f), unit_of(f)
    sign = 1 if f.has("later", "after") else -1
    if amount is None or not unit:
        return None
    if f.has("before") and (f.after() in _OPENERS or f.after().endswith("ing")):
        return None  # "three days before the blast" names its event: see read_after
    half = half_value(amount, unit)
    if half is not None:
        length = Meaning(type=TimexType.DURATION, value=half)
        return _hours_away(f, length, 0) if unit.startswith("T") else replace(length, anchor="event")
    if amount == "X" or not amount.isdigit():
        vague = of_duration(amount, unit)
        return vague if f.has("before", "after") else Meaning(value="PAST_REF", anchor="event")
    if unit in ("D", "TNI"):
        return _moved(f, sign * int(amount), "TNI" if unit == "TNI" else "")
    if unit == "Y" and sign < 0 and amount == "1":
        return read_year_ago(f)
    anchor = f.scene.day_near(f.first) or f.scene.day_before(f.first)
    if unit.startswith("T") and not f.has("before", "after"):
        hours = int(amount) if unit == "TH" and len(amount) < 6 else 0
        return _hours_away(f, of_duration(amount, unit), sign * (hours // 24))
    if unit.startswith("T") or anchor is None:
        return of_duration(amount, unit)
    return _unplaced(move(anchor, sign * int(amount), unit), sign * int(amount), unit)


def _hours_away(f: Found, length: Meaning, days: int) -> Meaning:
    """Return a length in hours or minutes that lies beside an event: on its day, or whole days away."""
    near = f.scene.day_near(f.first)
    there = shift(near, days) if near else None
    precision = 1 if there else None
    return replace(length, start=there, end=there, precision=precision, anchor="event", offset_days=days)


def read_vaguely_shifted(f: Found) -> Meaning | None:
    """Return hours later, minutes earlier, days afterwards: beside an event, whose day only hours keep."""
    unit = unit_of(f)
    length = of_duration("X", unit)
    return _hours_away(f, length, 0) if unit.startswith("T") else replace(length, anchor="event")


def _unplaced(meaning: Meaning | None, amount: int, unit: str) -> Meaning | None:
    """Return a week, month or year relative to an event: its value, and no days."""
    if meaning is None:
        return None
    return Meaning(
        type=meaning.type,
        value=meaning.value,
        anchor="event",
        offset_days=days_of(amount, unit) if unit in _COUNTED else None,
    )


def read_after(f: Found) -> Meaning | None:
    """Return "four days after" with the event that follows: the length, and the days from the day named.

    "He died on Friday, three days after the blast" dates the blast (-3 from Friday);
    "he died three days after the blast on Tuesday" dates the death (+3 from Tuesday).
    """
    amount, unit = read_amount(f), unit_of(f)
    if amount is None or not unit:
        return None
    plain = half_value(amount, unit)
    if plain is not None:
        return Meaning(type=TimexType.DURATION, value=plain)
    length = of_duration(amount, "D" if unit == "TNI" else unit)
    if unit not in _COUNTED or not amount.isdigit() or len(amount) > 4:
        return length
    days = days_of(int(amount), "D" if unit == "TNI" else unit) or 0
    sign = 1 if f.has("after") else -1
    before, after = f.scene.days_around(f.first)
    arrives = any(f.before(back) in _ARRIVES for back in (1, 2, 3))
    start, _ = f.scene.sentence(f.first)
    # "Three weeks after the kidnapping, the men were freed on Sunday": the comma ends the clause.
    opens = f.first == start and after and CODES[","] in f.scene.tokens.codes[f.last : after.first]
    named = before or (None if arrives else after)
    if before or arrives or opens:
        sign = -sign
    day = named.meaning.start if named else None
    if day is None and f.first == start and f.has("after") and _has_happened(f):
        # "Six days after the blast one of the wounded has died": news of the publication day.
        day, sign = f.scene.published, -sign
    there = shift(day, sign * days) if day else None
    return Meaning(
        type=TimexType.DURATION,
        value=length.value,
        start=there,
        end=there,
        precision=1 if there else None,
        anchor="event",
        offset_days=sign * days,
    )


def _has_happened(f: Found) -> bool:
    """Return whether the sentence tells its news in the present perfect: "has died", "have been freed"."""
    tokens = f.scene.tokens
    _, end = f.scene.sentence(f.first)
    past = CODES["pastcue"]
    for at in range(f.last + 1, min(end, f.last + 30)):
        if tokens.lower(at) in ("has", "have") and past in tokens.codes[at + 1 : at + 3]:
            return True
    return False


def read_neighbour(f: Found) -> Meaning | None:
    """Return the day before, the following day, the same evening, that night, the next morning."""
    unit, suffix = unit_of(f), f.text("part")
    if suffix or unit == "D":
        if f.has("before", "prev"):
            days = -1
        elif f.has("next", "following", "after"):
            days = 1
        else:
            days = 0
        return _moved(f, days, suffix)
    step = f.has("next", "following", "after") - f.has("prev", "before")
    anchor = f.scene.named_before(f.first)
    if anchor is None:
        return Meaning(value="XXXX", anchor="event")
    return _unplaced(move(anchor, step, unit), step, unit)
