"""Amounts and units inside an expression: three days, two and a half years, a couple of weeks."""

from __future__ import annotations

from seamwatch.resolve.time_scene import Found
from seamwatch.resolve.time_words import CODES

_NUMBERS = (CODES["num"], CODES["day"], CODES["year"])
_HALF_OF = {"Y": "6M", "TH": "30M", "TM": "30S"}


def unit_of(f: Found) -> str:
    """Return the unit of an expression as in the lexicon (D, W, TH; WE, Q, TNI), "" without one."""
    if f.has("quarter"):
        return "Q"
    if f.has("weekend"):
        return "WE"
    return f.text("unit", "units") or f.text("parts")


def read_amount(f: Found) -> str | None:
    """Return the amount before the unit: a number, X for a vague one, None where it makes no sense.

    "2.5" is two and a half; of a range ("two to three weeks") the first number counts.
    """
    tokens = f.scene.tokens
    stop = f.at("unit", "units", "parts", "quarter")
    if stop is None or f.before() == "as":  # "the second attack in as many days"
        return None
    total = current = 0
    seen = vague = half = single = False
    decimal = ""
    index = f.first
    while index < stop:
        code, value, word = tokens.codes[index], tokens.values[index], tokens.lower(index)
        if code in _NUMBERS:
            if word == "1" and tokens.lower(index + 1) == "/":
                half, index = True, index + 3
                continue
            if isinstance(value, str):
                decimal = value
            elif isinstance(value, int):
                if word in ("hundred", "thousand", "dozen"):
                    current = max(current, 1) * value
                else:
                    current += value
            seen = True
        elif code == CODES["few"]:
            if word == "couple":
                current, seen = 2, True
            else:
                vague = True
        elif code == CODES["half"]:
            half = True
        elif code == CODES["a"]:
            if seen and tokens.codes[index - 1] != CODES["and"]:
                return None  # "$1.76 a year" is a rate: the year stands alone
            single = True
        elif seen and (code == CODES["to"] or word == "or"):
            break
        index += 1
    total = current
    if vague:
        return "X"
    if decimal:
        return decimal
    if half:
        return f"{total}.5" if seen or total else ("1.5" if stop - f.first > 2 and not single else "0.5")
    if seen:
        return str(total) if total else None
    if single and tokens.codes[stop] == CODES["units"]:
        return None  # "an hours-long assault"
    return "1" if single else "X"


def half_value(amount: str, unit: str) -> str | None:
    """Return the TIMEX3 value of an amount with a half (P2Y6M), or None where the unit has no such form."""
    if not amount.endswith(".5") or unit not in _HALF_OF:
        return None
    whole = amount[:-2]
    time = "T" if unit.startswith("T") else ""
    first = f"{whole}{unit[-1]}" if whole != "0" else ""
    return f"P{time}{first}{_HALF_OF[unit]}"
