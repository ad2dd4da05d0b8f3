"""Which larger unit the text itself names for a place: "X, in the Y district", "Y's X", "Y / X"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from seamwatch.resolve.gazetteer import Unit
from seamwatch.resolve.place_reading import Found
from seamwatch.resolve.place_relative import Relative, read_relative

_UNITS = (
    r"(?:village|hamlet|town|city|(?:sub-?)?district|dist\.|province|governorate|neighbou?rhood|quarter|area|checkpoint"
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
_APPOSED = re.compile(
    rf"\s*(?:{_UNITS}\s*){{0,2}}[,(–—-]?\s*(?:(?:which|that)\s+)?(?:(?:is|was|lies|stands)\s+)?"
    rf"(?:(?:an?|the)\s+(?:[\w-]+\s+){{0,3}}?{_UNITS}\s+)?(?:(?:which|that)\s+(?:is|lies)\s+)?"
    r"(?:(?:located|situated|lying|just|only)\s+)?(?:in\s+the\s+(?:area|desert|hills|countryside)\s+)?",
    re.IGNORECASE,
)
_VILLAGE_OF = re.compile(
    r",?\s*(?:in|at|near|on)?\s*(?:the|an?)?\s*(?:[\w-]+\s+)?(?:village|hamlet|town|settlement|farm)"
    r"\s*,?\s*(?:of|called|named|known\s+as)?\s*",
    re.IGNORECASE,
)
_FARTHEST_NEIGHBOUR_KM = 100.0
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
    neither a gazetteer nor the words around it make the name a place. `said` is what the words beside the
    name tell of distance and direction from it, `measured` what they tell of this place by others' names.
    `confidence` is the probability that the unit is the right one; `hint` is the country of an open name
    where all likely meanings share it.
    """

    found: Found
    unit: Unit | None = None
    around: list[int] = field(default_factory=list)
    beside: list[int] = field(default_factory=list)
    score: float = 0.0
    reasons: list[str] = field(default_factory=list)
    firm: set[int] = field(default_factory=set)
    doubtful: bool = False
    confidence: float = 0.0
    hint: str = ""
    said: Relative | None = None
    measured: dict[int, Relative] = field(default_factory=dict)


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
    _measure(resolved, texts)
    _follow_on(found, resolved, texts)
    return resolved


def _measure(resolved: list[Resolved], texts: dict[str, str]) -> None:
    """Note distances and directions ("5 km south of X"): of which place they tell, who lies beside whom."""
    for at, item in enumerate(resolved):
        right = item.found
        if right.source_name or right.dateline or right.nationality:
            continue
        text = texts[right.part]
        item.said = said = read_relative(text, right.start, right.end)
        if said is None or said.kind == "outskirts":
            continue
        left = resolved[at - 1].found if at else None
        if left is not None and left.part == right.part and left.end <= said.start <= left.end + 70:
            between = text[left.end : said.start]
            if not left.nationality and not left.source_name and _APPOSED.fullmatch(between):
                # "Kulajo in the Kifri district, 9 km south of Kalar": of the village, too
                for other in (r for r in resolved[: at - 1] if at - 1 in r.around):
                    other.measured[at] = said
                told = resolved[at - 1]
                told.measured[at] = said
                # "Kulajo, 9 km south of Kalar, in Diyala": what is around the measure is said of Kulajo
                told.around += [i for i in item.around if i != at - 1 and i not in told.around]
                _neighbour(told, at, said)
                continue
        after = resolved[at + 1].found if at + 1 < len(resolved) else None
        if after is not None and after.part == right.part and not after.nationality:
            between = text[said.end : after.start]
            if len(between) < 40 and _VILLAGE_OF.fullmatch(between):
                resolved[at + 1].measured[at] = said
                item.around = [i for i in item.around if i != at + 1]


def _neighbour(item: Resolved, at: int, said: Relative) -> None:
    """Keep as a neighbour what a place is told to lie near; what is far only tells where it is."""
    far = said.km is not None and (said.km > _FARTHEST_NEIGHBOUR_KM or said.problem != "")
    item.beside = [i for i in item.beside if i != at or not far]
    if not far and at not in item.beside and at not in item.around:
        item.beside.append(at)


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
