"""Roads, borders and land between two names: "the road between Daquq and Tikrit", "the Iraq-Syria border"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from seamwatch.resolve.place_containers import Resolved

_ROAD = r"(?:roads?|highways?|routes?|motorways?|expressways?|tracks?|railways?|lines?|pipelines?|streets?)"
_OF = r"(?:the\s+)?(?:(?:[\w-]+\s+)?(?:city|town|village|district|cities|towns|villages)\s+(?:of\s+)?)?"
_LEAD = re.compile(
    r"(?:\b(?:on|along|off|beside|near|down)\s+)?(?:\b(?:the|a)\s+)?(?:\b[\w-]+\s+)?$", re.IGNORECASE
)
_ROAD_BEFORE = re.compile(
    rf"\b{_ROAD}\s+(?:(?:that|which)\s+)?(?:(?:runs?|running|leads?|leading|goes|going)\s+)?"
    rf"(?:between|from|linking|links|connecting|connects|joining|joins)\s+{_OF}$",
    re.IGNORECASE,
)
_ROAD_TO = re.compile(
    rf"\b{_ROAD}\s+(?:(?:that|which)\s+)?(?:runs?|running|leads?|leading|goes|going|coming)\s+"
    rf"(?:to|towards?|from|into|out\s+of)\s+{_OF}$",
    re.IGNORECASE,
)
_ROAD_AFTER = re.compile(rf"\s+(?:\d+\s*\w*\s+)?(?:(?!and\b|to\b)[\w-]+\s+){{0,2}}?{_ROAD}\b", re.IGNORECASE)
_BORDER_AFTER = re.compile(r"(?:['’]s)?\s+(?:border|frontier)s?\b", re.IGNORECASE)
_BORDER_BEFORE = re.compile(r"\b(?:border|frontier)s?\s+(?:between\s+(?:the\s+)?)$", re.IGNORECASE)
_BORDER_WITH = re.compile(
    r"(?:\b(?:on|along|near|at)\s+)?(?:\b(?:the|its|their|Iraq's|a)\s+)?(?:\w+\s+)?\b(?:border|frontier)s?"
    r"\s+(?:with|to|of)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    rf"(?:\b(?:in|on|at)\s+)?(?:\b(?:the|an?)\s+)?(?:\b(?P<noun>[\w-]+),?\s+)?\b(?P<between>between)\s+{_OF}$",
    re.IGNORECASE,
)
# What lies between two capitals or provinces in another sense than that of the map.
_TALKS = frozenset(
    "talks talk dispute disputes tension tensions war wars agreement agreements deal deals clashes clash "
    "fighting relations relation ceasefire truce match game cooperation coordination trade differences "
    "difference conflict conflicts battle battles negotiations ties links contacts meeting meetings exchange "
    "gap rift ways visits calls rivalry border borders distinction torn divided alliance pact treaty split "
    "choose flights travel".split()
)
_AND = re.compile(rf"\s+and\s+{_OF}", re.IGNORECASE)
_TO = re.compile(rf"\s+(?:and|to|with)\s+{_OF}", re.IGNORECASE)
_HYPHEN = re.compile(r"\s?[-–—]\s?|/")

PairKind = Literal["road", "between", "border"]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two names that together say where: the other one's index, and where the words for both stand."""

    kind: PairKind
    first: int
    second: int
    start: int
    end: int


def read_pairs(resolved: Sequence[Resolved], texts: dict[str, str]) -> dict[int, Pair]:
    """Return the pair that a name makes with the one beside it, by the index of either."""
    pairs: dict[int, Pair] = {}
    for at in range(len(resolved) - 1):
        left, right = resolved[at].found, resolved[at + 1].found
        if at in pairs or left.part != right.part or not 0 < right.start - left.end <= 40:
            continue
        text = texts[left.part]
        pair = _read_pair(text, at, resolved)
        if pair is not None:
            pairs[at] = pairs[at + 1] = pair
    return pairs


def _read_pair(text: str, at: int, resolved: Sequence[Resolved]) -> Pair | None:
    left, right = resolved[at].found, resolved[at + 1].found
    between, low = text[left.end : right.start], max(0, left.start - 90)
    before = text[low : left.start]
    if _HYPHEN.fullmatch(between):
        start = low + _starts(before, len(before))
        road = _ROAD_AFTER.match(text, right.end)
        if road is not None and not left.nationality and not right.nationality:
            return Pair("road", at, at + 1, start, road.end())
        border = _BORDER_AFTER.match(text, right.end)
        return None if border is None else Pair("border", at, at + 1, start, border.end())
    if left.nationality or right.nationality or left.source_name or right.source_name:
        return None
    if _TO.fullmatch(between) and (road := _ROAD_BEFORE.search(before)):
        return Pair("road", at, at + 1, low + _starts(before, road.start()), right.end)
    if _AND.fullmatch(between):
        if (border := _BORDER_BEFORE.search(before)) is not None:
            return Pair("border", at, at + 1, low + _starts(before, border.start()), right.end)
        land = _BETWEEN.search(before)
        if land is not None and (land["noun"] or "").lower() not in _TALKS:
            return Pair("between", at, at + 1, low + land.start("between"), right.end)
    return None


def _starts(before: str, end: int) -> int:
    """Return where "on the", "along the old" before a road's words begins."""
    lead = _LEAD.search(before[:end])
    words = lead.group().split() if lead is not None else []
    if (
        lead is None
        or not words
        or words[0].lower() not in ("on", "along", "off", "beside", "near", "down", "the")
    ):
        return end
    return lead.start()


def road_to(text: str, start: int) -> int | None:
    """Return where the words begin that put something on a road to or from a name, or None."""
    low = max(0, start - 90)
    before = text[low:start]
    found = _ROAD_TO.search(before)
    return None if found is None else low + _starts(before, found.start())


def border_with(text: str, start: int) -> int | None:
    """Return where the words begin that make a country's name a border ("the border with Iran"), or None."""
    low = max(0, start - 60)
    found = _BORDER_WITH.search(text[low:start])
    return None if found is None else low + found.start()
