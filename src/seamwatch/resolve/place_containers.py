"""Which larger unit the text itself names for a place: "X, in the Y district", "Y's X", "Y / X"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from seamwatch.resolve.gazetteer import Unit
from seamwatch.resolve.place_reading import Found

_UNITS = (
    r"(?:village|town|city|(?:sub-?)?district|dist\.|province|governorate|neighbou?rhood|quarter|area|checkpoint"
    r"|region|county|state|base|camp|desert|mountains?|hills|valley|suburb|road|junction|square|roundabout|crossing"
    r"|fronts?|frontlines?|barracks|caves?|outpost|refinery|(?:oil|gas) ?fields?|(?:police )?station|market"
    r"|prison|hospital)"
)
_WITHIN = re.compile(
    rf"\s*(?:{_UNITS}\s*){{0,2}}(?:,|\(|;)?\s*(?:(?:which is|located|situated|a village|a town)\s+)?"
    r"(?:(?:in|of|at|on|part of|inside|on the outskirts of|near)\s+)?"
    r"(?:(?:the|a)\s+)?(?:[\w'’-]+\s+){0,3}?(?:of\s+(?:the\s+)?)?"
    rf"(?:{_UNITS}\s+(?:of|in)\s+)?",
    re.IGNORECASE,
)
_DIRECTION = re.compile(
    r"(?:\s+[\w-]+){0,3}?(?:,|,? a (?:[\w-]+ ){1,3})?\s*(?:in the |on the |in )?"
    r"(?:[\w.]+ (?:km|kilomet\w+|miles) )?"
    r"(?:(?:(?:north|south)(?:-?(?:east|west))?|east|west|[ns][ew]?|[ew]) of|outskirts of|near|outside)"
    r"\s+(?:the\s+)?(?:(?:city|town) of\s+)?",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(r"['’]s\s+(?:[\w-]+\s+){0,2}?(?:(?:village|town|city|district|province) of\s+)?")
_SLASH = re.compile(r"(?:\s+\w+\.?)?\s*/\s*(?:\w+\.?\s+){0,3}?")
_SIGN = re.compile(r"[,(]|\b(?:in|of|at|on)\b")
_FIRM = re.compile(r"\b(?:in|of)\b")
_STOPS = re.compile(
    r"\b(?:and|or|to|from|but|by|with|as|said|told|is|was|were|are|for|that|after|while|killed|between)\b"
    r"|[.!?\"“”]",
    re.IGNORECASE,
)
_ABBREVIATIONS = re.compile(r"\b(?:St|Dist|Mt)\.", re.IGNORECASE)


@dataclass(slots=True)
class Resolved:
    """A name with its unit (None: unknown), what contains it, its score and the reasons.

    `firm` holds those of `around` that a preposition or a possessive makes certain; `doubtful` says that
    neither a gazetteer nor the words around it make the name a place.
    """

    found: Found
    unit: Unit | None = None
    around: list[int] = field(default_factory=list)
    beside: list[int] = field(default_factory=list)
    score: float = 0.0
    reasons: list[str] = field(default_factory=list)
    firm: set[int] = field(default_factory=set)
    doubtful: bool = False


def link_containers(found: Sequence[Found], texts: dict[str, str]) -> list[Resolved]:
    """Return the names in order with the larger units that the text names for each (`around`, as indexes)."""
    resolved = [Resolved(f) for f in found]
    for at in range(len(found) - 1):
        left, right = found[at], found[at + 1]
        if left.part != right.part or right.start - left.end > 70 or left.source_name or right.source_name:
            continue
        between = texts[left.part][left.end : right.start]
        slash = "/" in between and "\n" not in between and _SLASH.fullmatch(between)
        if _POSSESSIVE.fullmatch(between) or slash:
            resolved[at + 1].around.append(at)
            if not slash:
                resolved[at + 1].firm.add(at)
        elif "\n" in between or left.nationality or right.nationality:
            continue
        elif _DIRECTION.fullmatch(between) and not _stops(between):
            resolved[at].beside.append(at + 1)
        elif _WITHIN.fullmatch(between) and _SIGN.search(between) and not _stops(between):
            resolved[at].around.append(at + 1)
            if _FIRM.search(between):
                resolved[at].firm.add(at + 1)
    _follow_on(found, resolved, texts)
    return resolved


def _stops(between: str) -> bool:
    """Return whether words between two names say that the second does not contain the first."""
    return _STOPS.search(_ABBREVIATIONS.sub("", between)) is not None


def _follow_on(found: Sequence[Found], resolved: list[Resolved], texts: dict[str, str]) -> None:
    """Pass containers on along a possessive, and a road's phrase to both of its ends."""
    for at in range(len(found) - 1):
        inner = resolved[at + 1]
        if inner.around == [at]:  # "X in Kirkuk's Daquq district": X lies in Daquq
            for item in resolved[:at]:
                if at in item.around:
                    item.around = [at + 1, at]
        left, right = found[at], found[at + 1]
        if left.part == right.part and 0 < right.start - left.end <= 5:
            between = texts[left.part][left.end : right.start].strip()
            pair = left.setting.relation == "road" and between in ("and", "to")
            if pair and left.setting.strong:
                right.setting.relation, right.setting.start = "road", left.setting.start
                left.setting.end = right.setting.end
            elif (
                right.setting.relation == "road"
                and between in ("-", "–", "to")
                and right.setting.end > right.end
            ):
                left.setting.relation, left.setting.end = "road", right.setting.end
                right.setting.start = left.setting.start
