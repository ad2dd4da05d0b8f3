"""Counts as news writes them: digits, words, dozens, ranges, "at least", "up to"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

Count = tuple[int | None, int | None, int | None]

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS = {w: n for n, w in enumerate(_UNITS)} | {w: 10 * n for n, w in enumerate(_TENS, 2)}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
# ACLED's conventions: dozens 12, tens 10, hundreds 100; the true number is open upwards.
_VAGUE = {
    "several dozen": 24, "several hundred": 200, "dozens": 12, "tens": 10, "scores": 20, "hundreds": 100,
    "thousands": 1000, "several": 2, "some": 2, "a few": 2, "few": 2, "a number": 2, "an unknown number": 1,
    "a handful": 2, "many": 2, "multiple": 2, "various": 2, "numerous": 2,
}  # fmt: skip
_FIXED = {
    "a couple": 2,
    "both": 2,
    "a pair": 2,
    "a duo": 2,
    "a trio": 3,
    "a quartet": 4,
    "half a dozen": 6,
    "a dozen": 12,
    "dozen": 12,
}

_SMALL = f"(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_UNITS[1:10])}))?|{'|'.join(reversed(_UNITS))}"
_DIGITS = r"\d{1,3}(?:,\d{3})+|\d+"
_ONE = (
    rf"(?:(?:(?:{_SMALL}|an?|{_DIGITS})[ -](?:hundred|thousand|million)(?: and)?(?: (?:{_SMALL}))?)"
    rf"|(?:{_SMALL}|half a|a)[ -]dozen|{_SMALL}|{_DIGITS}|a couple|a pair|a duo|a trio|a quartet|both|dozen)"
)
_QUALIFIER = (
    r"at least|at the least|upwards of|in excess of|not fewer than|well over|a further|"
    r"no fewer than|no less than|not less than|more than|over|about|around|some|nearly|"
    r"almost|roughly|approximately|an estimated|up to|as many as|at most|fewer than|less than|under|"
    r"a total of|just|only|close to"
)
_VAGUE_PATTERN = "|".join(sorted((re.escape(w) for w in _VAGUE), key=len, reverse=True))
_NUMBER = re.compile(
    rf"(?P<qualifier>(?:(?:{_QUALIFIER})\s+)*)"
    rf"(?:between\s+(?P<low>{_ONE})\s+and\s+(?P<high>{_ONE})"
    rf"|(?P<from>{_ONE})(?:\s+(?:to|or)\s+|(?<=\d)\s?[-–]\s?)(?P<to>{_ONE})"
    rf"|(?P<one>{_ONE})|(?P<vague>{_VAGUE_PATTERN}))"
)
# A number inside a lexicon's own pattern: one group `n`, read with parse_number.
NUMBER_SLOT = rf"(?P<n>(?:(?:{_QUALIFIER})\s+)*(?:{_ONE}|{_VAGUE_PATTERN}))\b(?!:)"
_IN_TEXT = re.compile(rf"(?<![\w.,:$€£'’/-])(?:{_NUMBER.pattern})(?![\w:/]|[.,]\d)")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\b"
)
_NO_COUNT_AFTER = re.compile(
    r"[-\s]*(?:(?:year|month|week|day|night|hour|minute|second|decade|met(?:er|re)|mile)s?\b|centur|km\b|"
    r"kilo|kg\b|mm\b|cm\b|m\b|tons?\b|tonne|percent|per cent|%|a\.?m\b|p\.?m\b|o'clock|dinar|dollar|bullet|"
    r"round|times\b|more than\b|fewer than\b|less than\b|degree|hectare|dunam|acre|storey|time\b|"
    rf"{_MONTH}(?!\s+(?:have|be|also)))"
)
_NO_COUNT_BEFORE = re.compile(
    rf"(?:\b{_MONTH}\.?|\bno\.?|\bevery|\barticle|\bhighway|\broute|\bno|\bage|\baged|\bsince|\bchapter)\s+$"
)
# "a man of 40" is his age.
_AGE_BEFORE = re.compile(
    r"\b(?:an?|the|one) (?:[\w-]+ )?(?!number|quarter|order)"
    r"(?:man|woman|boy|girl|child|youth|lad|lady|[a-z]+(?:er|or|man|ist)) of $"
)
# "has gone up to 12" is twelve, "up to 12 were killed" at most twelve.
_RISEN = re.compile(
    r"\b(?:gone|go|goes|went|going|moved?s?|risen|rose|climbed|crept|is|was|now|pushed|brought|it) $"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A count found in a text: its characters and its low, best and high."""

    start: int
    end: int
    count: Count


def _value(text: str) -> int:
    """Return the integer of one plain number, in digits or words."""
    text = " ".join(text.replace(",", "").split())
    if text in _FIXED:
        return _FIXED[text]
    total, current = 0, 0
    for word in re.split(r"[\s-]+", text):
        if word in ("and", ""):
            continue
        if word in _SCALES:
            current = max(1, current) * _SCALES[word]
            total, current = total + current, 0
        elif word == "dozen":
            current = max(1, current) * 12
        else:
            current += 1 if word in ("a", "an") else int(word) if word.isdigit() else _WORDS[word]
    return total + current


def _count(match: re.Match[str]) -> Count:
    """Return low, best, high of a matched number."""
    if match["vague"]:
        return _VAGUE[match["vague"]], None, None
    if match["one"]:
        n = _value(match["one"])
        if re.search(r"up to|at most|fewer|less than\s*$|under", match["qualifier"]) and not re.search(
            r"no less|not less|no fewer", match["qualifier"]
        ):
            return None, None, n
        return n, n, n
    low, high = sorted(_value(match[a] or match[b]) for a, b in (("low", "from"), ("high", "to")))
    return low, low, high


def parse_number(text: str) -> Count | None:
    """Return (low, best, high) of a text that is a count, None if it is none; an open end is None.

    >>> parse_number("at least seven"), parse_number("24"), parse_number("a dozen")
    ((7, 7, 7), (24, 24, 24), (12, 12, 12))
    >>> parse_number("dozens"), parse_number("several"), parse_number("up to 20")
    ((12, None, None), (2, None, None), (None, None, 20))
    >>> parse_number("between five and 8"), parse_number("two hundred and six"), parse_number("the farm")
    ((5, 5, 8), (206, 206, 206), None)
    """
    match = _NUMBER.fullmatch(" ".join(text.lower().split()))
    return _count(match) if match else None


def find_numbers(text: str) -> Iterator[Number]:
    """Yield the counts in a lower-case text; ages, clock times, distances, dates and years are left out.

    >>> [n.count[1] for n in find_numbers("at 7 a.m. two men, one aged 14, were killed 30 km away in 2014")]
    [2, 1]
    """
    for match in _IN_TEXT.finditer(text):
        one = match["one"] or ""
        if len(one) == 4 and one.isdigit() and one[:2] in ("19", "20"):
            continue
        if _NO_COUNT_AFTER.match(text, match.end()):
            continue
        if _NO_COUNT_BEFORE.search(text, max(0, match.start() - 14), match.start()):
            continue
        before = text[max(0, match.start() - 30) : match.start()]
        if _AGE_BEFORE.search(before):
            continue
        if match["from"] and before.endswith("from "):  # "rose from three to five" are two counts
            for part in ("from", "to"):
                n = _value(match[part])
                yield Number(start=match.start(part), end=match.end(part), count=(n, n, n))
            continue
        count = _count(match)
        if count[0] is None and _RISEN.search(text, max(0, match.start() - 12), match.start()):
            count = (count[2], count[2], count[2])
        yield Number(start=match.start(), end=match.end(), count=count)
