"""Relative places as written: "some 20 km (12 miles) north-east of", "a few kilometres from"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from seamwatch.resolve.gazetteer import Unit
from seamwatch.resolve.place_relative_shapes import bearing_of, measure_km, turn_between

RelativeKind = Literal["distance", "direction", "outskirts"]

FARTHEST_KM = 500.0
"""What lies farther than this from a town is not placed by it: such distances are ignored."""

CLOSE_KM = 8.0
"""How far "just north of" a town reaches beyond its edge."""

_MILE_KM = 1.609344
_OF = ("of", "from", "outside")
_WINDS = {"n": 0.0, "e": 90.0, "s": 180.0, "w": 270.0}
# Half of the angle that a wind may mean: news says "north" for whatever is more north than east or west.
_HALF_ANGLES = {1: 45.0, 2: 30.0, 3: 15.0}
# With a distance beside it a direction is meant more closely.
_MEASURED_ANGLE = 22.5
_WINDOW = 160

_VAGUE: dict[str, tuple[float, float, float]] = {
    "a couple of": (1.5, 2.0, 3.0), "a few": (2.0, 3.5, 6.0), "few": (2.0, 3.5, 6.0), "some": (2.0, 4.0, 8.0),
    "several": (3.0, 5.0, 8.0), "a number of": (3.0, 5.0, 8.0), "a handful of": (3.0, 4.5, 6.0),
    "dozens of": (24.0, 40.0, 70.0), "tens of": (20.0, 40.0, 70.0), "scores of": (40.0, 60.0, 90.0),
    "hundreds of": (200.0, 300.0, 600.0), "thousands of": (2000.0, 3000.0, 6000.0),
}  # fmt: skip
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS = {word: float(at) for at, word in enumerate(_ONES)} | {
    word: 10.0 * at for at, word in enumerate(_TENS, 2)
}
_FRACTIONS = {"½": 0.5, "¼": 0.25, "¾": 0.75}

_SPACE = r"[\s\u00a0]"
_DASH = r"[-–—]"
_WORD = "(?:" + "|".join(sorted(_WORDS, key=len, reverse=True)) + ")"
_FIGURE = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?\s?[½¼¾]?|[½¼¾])"
_SPELT = rf"(?:{_WORD}(?:[-\s]{_WORD})?|a\s+dozen|half\s+a\s+dozen|(?:a|one)\s+hundred)"
_NUMBER = (
    rf"(?:{_FIGURE}|{_SPELT}(?:\s+and\s+a\s+half)?|half(?:\s+an?)?|one\s+and\s+a\s+half|an?(?:\s+half)?)"
)
_VAGUELY = "(?:" + "|".join(p.replace(" ", r"\s+") for p in sorted(_VAGUE, key=len, reverse=True)) + ")"
_UNIT = r"(?:km|kms|kilomet(?:er|re)s?|kilos|klicks?|miles?|mi|met(?:er|re)s?|yards|m)"
_HEDGE = (
    r"(?:no\s+more\s+than|not\s+more\s+than|more\s+than|less\s+than|at\s+least|up\s+to|at\s+most|fewer\s+than|"
    r"an?\s+estimated|close\s+to|within|about|around|some|roughly|approximately|approx\.?|circa|ca?\.|nearly|almost|"
    r"just|only|barely|over|under|beyond|another|between|~|≈)"
)
_LESS = ("less", "within", "up to", "at most", "under", "no more", "not more", "fewer", "barely")
_MORE = ("more", "at least", "over", "beyond")
_EXACT = ("", "just", "only", "another", "between")
_AMOUNT = re.compile(
    rf"(?<![\w.,'’$€£])(?P<hedge>(?:{_HEDGE}{_SPACE}*)*)(?<![\w.,])"
    rf"(?:an?{_SPACE}+(?=[\d.]+{_SPACE}*-?{_SPACE}*(?:km|kilomet|mile)))?(?:a{_SPACE}+distance{_SPACE}+of{_SPACE}+)?"
    rf"(?:(?P<vague>{_VAGUELY})(?:{_SPACE}+(?P<hundred>hundred|dozen))?"
    rf"|(?P<low>{_NUMBER})(?:{_SPACE}*(?:{_DASH}|to|and|or){_SPACE}*(?P<high>{_NUMBER}))?)"
    rf"(?:{_SPACE}|-)*(?P<unit>{_UNIT})\b\.?"
    rf"(?P<soft>{_SPACE}+or{_SPACE}+(?:so|more|thereabouts))?"
    rf"(?:{_SPACE}*\([^()]{{1,30}}\)|,?{_SPACE}+or{_SPACE}+[\w.,-]+{_SPACE}+(?:km|kilomet\w+|miles),?)?"
    rf"(?:{_SPACE}+(?:away|distant|radius|drive|outside|due|directly|straight|further|farther|inland|out|off|down|up|"
    rf"upriver|downriver|by{_SPACE}+road|as{_SPACE}+the{_SPACE}+crow{_SPACE}+flies))*,?{_SPACE}*(?:to{_SPACE}+the)?{_SPACE}*$",
    re.IGNORECASE,
)
_MEASURED = re.compile(r"km|kilo|klick|mile|met[er]|yard|\dmi?\b|\d\s*m\b", re.IGNORECASE)
_WIND = r"(?:north|south|east|west)(?:ern)?"
_SIDE = rf"(?:{_WIND}(?:{_SPACE}*{_DASH}?{_SPACE}*{_WIND}){{0,2}})"
_SIDE_WORD = re.compile(r"north|south|east|west", re.IGNORECASE)
_DIRECTION = re.compile(
    rf"(?<![\w'’])(?P<how>(?:due|just|immediately|directly|far|well|further){_SPACE}+)?"
    rf"(?P<the>(?:to{_SPACE}+)?the{_SPACE}+)?"
    rf"(?:(?P<also>{_SIDE}){_SPACE}+(?:and|or){_SPACE}+)?(?P<side>{_SIDE}|(?:[nsew]{{0,1}}[ns][ew]?|[ew])\.?){_SPACE}*$",
    re.IGNORECASE,
)
_PLACES = r"(?:city|town|village|hamlet|settlement|cent(?:er|re)|(?:sub-?)?district|camp|port|capital)"
_LEAD = re.compile(
    rf"(?<![\w'’])(?P<word>of|from|outside|beyond|off|around){_SPACE}+"
    rf"(?:(?:the|a){_SPACE}+)?(?:(?:[\w-]+{_SPACE}+){{0,2}}?{_PLACES}(?:{_SPACE}+{_PLACES})?{_SPACE}+(?:of{_SPACE}+)?"
    rf"|(?:central|downtown|the){_SPACE}+)?$",
    re.IGNORECASE,
)
_LEADS = ("of ", "from ", "outside ", "beyond ", "off ", "around ", "of\n", "from\n")
_EDGE_NOUN = r"(?:outskirts?|edges?|fringes?|periphery|suburbs?|outer\s+(?:districts|suburbs|areas))"
_SIDE_NOUN = r"(?:countryside|approaches|hinterland|surroundings)"
_EDGE = re.compile(
    rf"(?:(?<![\w'’])(?P<side>{_SIDE}){_SPACE}+)?(?<![\w'’])(?:(?P<edge>{_EDGE_NOUN})|(?P<land>{_SIDE_NOUN})){_SPACE}*$",
    re.IGNORECASE,
)
_EDGE_AFTER = re.compile(
    rf"(?:['’]s)?{_SPACE}+(?:(?P<side>{_SIDE}){_SPACE}+)?(?:(?P<edge>{_EDGE_NOUN})|(?P<land>{_SIDE_NOUN}))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """What a phrase says of where a thing lies from a town; `start` and `end` are where its words stand.

    `low`, `km` and `high` are the least, likeliest and greatest distance in km (None where none is said; of a
    direction alone `high` is how far beyond the town's edge it reaches, where the phrase says "just"),
    `bearing` the direction in degrees, `half_angle` how far it may be off. `problem` says why it is ignored;
    `rural` that it is the countryside of the name, which is that of a province where one has the name.
    """

    kind: RelativeKind
    start: int
    end: int
    low: float | None = None
    km: float | None = None
    high: float | None = None
    bearing: float | None = None
    half_angle: float = 180.0
    problem: str = ""
    rural: bool = False


def read_relative(text: str, start: int, end: int) -> Relative | None:
    """Return what the words before (or behind) the name at start..end say of distance and direction from it.

    >>> said = read_relative("about 5 to 7 km south-east of Daquq", 30, 35)
    >>> said.km, said.bearing, said.start
    (6.0, 135.0, 0)
    """
    low = max(0, start - _WINDOW)
    before = text[low:start]
    near = before[-60:].lower()
    # most names have none of these words before them, and looking for them is quicker than the pattern
    lead = _LEAD.search(before, max(0, len(before) - 60)) if any(w in near for w in _LEADS) else None
    if lead is None:
        return _behind(text, start, end)
    head, word = before[: lead.start()], lead["word"].lower()
    if word == "of" and (edge := _EDGE.search(head)):
        return _of_edge(edge, low + edge.start(), end)
    bearing, half_angle, stop, close = _bearing(head) if word in _OF else (None, 180.0, len(head), False)
    measured = _MEASURED.search(head, max(0, stop - 70), stop)
    if measured is not None and (amount := _AMOUNT.search(head[:stop])) is not None:
        radius = "radius" in amount.group().lower()
        within = radius or amount["hedge"].lower().startswith("within")
        if bearing is None and word == "of" and not within:
            return None  # "300 miles of road"
        said = _amount(amount, within)
        if said is not None:
            angle = min(half_angle, _MEASURED_ANGLE) if bearing is not None else 180.0
            return replace(said, start=low + amount.start(), end=end, bearing=bearing, half_angle=angle)
    if bearing is None or word != "of":
        return None
    return Relative(
        kind="direction", start=low + stop, end=end, bearing=bearing, half_angle=half_angle,
        high=CLOSE_KM if close else None,
    )  # fmt: skip


def _behind(text: str, start: int, end: int) -> Relative | None:
    """Return what stands behind a name: "Mosul's northern outskirts"."""
    after = _EDGE_AFTER.match(text, end)
    return None if after is None else _of_edge(after, start, after.end())


def _of_edge(found: re.Match[str], start: int, end: int) -> Relative | None:
    """Return outskirts, all around or to one side; the countryside to one side is a direction."""
    if found["side"] is None:
        return Relative(kind="outskirts", start=start, end=end) if found["edge"] else None
    bearing, half_angle = _wind(found["side"])
    kind: RelativeKind = "outskirts" if found["edge"] else "direction"
    return Relative(
        kind=kind, start=start, end=end, bearing=bearing, half_angle=half_angle, rural=not found["edge"]
    )


def _wind(side: str) -> tuple[float, float]:
    """Return the bearing of a direction as written and half of the angle that it may mean.

    >>> _wind("north-east"), _wind("SSW")
    ((45.0, 30.0), (202.5, 15.0))
    """
    words = _SIDE_WORD.findall(side)
    letters = [w[0].lower() for w in words] or [c for c in side.lower() if c in _WINDS]
    bearing = _WINDS[letters[-1]]
    for letter in reversed(letters[:-1]):  # south-south-west: half way from south to (south-west)
        other = _WINDS[letter]
        bearing = (other + ((bearing - other + 180.0) % 360.0 - 180.0) / 2) % 360.0
    return bearing, _HALF_ANGLES[min(3, len(letters))]


def _bearing(head: str) -> tuple[float | None, float, int, bool]:
    """Return the direction that ends a text, half of its angle, where it begins, and if it says "just"."""
    found = _DIRECTION.search(head, max(0, len(head) - 50))
    if found is None or (found["the"] and not found["the"].lower().startswith("to")):
        return None, 180.0, len(head), False  # "in the north of X" is in X
    bearing, half_angle = _wind(found["side"])
    if found["also"]:  # "north and east of": all of it
        other, wide = _wind(found["also"])
        turn = (bearing - other + 180.0) % 360.0 - 180.0
        bearing, half_angle = (other + turn / 2) % 360.0, abs(turn) / 2 + min(half_angle, wide)
    how = (found["how"] or "").strip().lower()
    return bearing, half_angle, found.start(), how in ("just", "immediately")


def _number(text: str) -> float | None:
    """Return a number in figures or words.

    >>> [_number(t) for t in ("5,000", "2.5", "twenty-five", "two and a half", "half a", "2 ½", "a")]
    [5000.0, 2.5, 25.0, 2.5, 0.5, 2.5, 1.0]
    """
    words = text.lower().replace("-", " ").split()
    if (words and words[0][0].isdigit()) or text[:1] in _FRACTIONS:
        more = sum(_FRACTIONS.get(c, 0.0) for c in text)
        figures = "".join(c for c in text if c not in _FRACTIONS).replace(" ", "")
        if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", figures):
            figures = figures.replace(",", "")
        return float(figures.replace(",", ".") or 0.0) + more
    total, seen = 0.0, False
    for word in words:
        if word in _WORDS:
            total, seen = total + _WORDS[word], True
        elif word in ("dozen", "hundred"):
            total, seen = (total or 1.0) * (12.0 if word == "dozen" else 100.0), True
        elif word == "half":
            if words[-1] == "dozen":
                return 6.0
            total, seen = total + 0.5, True
    return total if seen else 1.0 if words and words[0] in ("a", "an") else None


def _amount(found: re.Match[str], within: bool) -> Relative | None:
    """Return the distance of an amount: its least, likeliest and greatest value in km."""
    unit = found["unit"].lower()
    size = _MILE_KM if unit in ("mi", "mile", "miles") else 1.0
    if unit[:3] in ("met", "m") or unit == "yards":
        size = 0.001
    hedge = " ".join(found["hedge"].lower().split())
    if found["vague"]:
        low, km, high = _VAGUE[" ".join(found["vague"].lower().split())]
        size *= {"hundred": 100.0, "dozen": 12.0}.get((found["hundred"] or "").lower(), 1.0)
    else:
        number, other = _number(found["low"]), _number(found["high"]) if found["high"] else None
        if number is None:
            return None
        if other is not None and other > number:
            low, km, high = number, (number + other) / 2, other
        elif within or any(w in hedge for w in _LESS):
            low, km, high = 0.0 if within else number / 2, number * 0.75, number
        elif any(w in hedge for w in _MORE):
            low, km, high = number, number * 1.15, number * 1.4
        else:
            exact = hedge in _EXACT and not found["soft"]
            part = 0.15 if exact and number % 10 else 0.2 if exact else 0.3
            slack = number * part if size < 1.0 else max(1.0, number * part)
            low, km, high = max(0.0, number - slack), number, number + slack
    low, km, high = low * size, km * size, high * size
    problem = ""
    if km <= 0.0:
        problem = "a distance of nothing says no place"
    elif km > FARTHEST_KM:
        problem = f"{km:,.0f} km is too far for the town to tell the place"
    return Relative(
        kind="distance", start=0, end=0, low=low, km=round(km, 3), high=high, problem=problem,
        half_angle=180.0,
    )  # fmt: skip


def supports(unit: Unit, anchor: Unit, km: float | None, bearing: float | None) -> float:
    """Return how well a unit fits what is said of it from an anchor: 1 it lies there, 0 open, -1 implausible.

    `km` and `bearing` (degrees) are those of a Relative, None where the phrase gives none. The town's
    size, the roundness of spoken distances and directions, and distances by road are allowed for: half
    as far again, and 45 degrees to either side, still fit somewhat.
    """
    if (
        unit.lat is None
        or unit.lon is None
        or anchor.lat is None
        or anchor.lon is None
        or unit.id == anchor.id
    ):
        return 0.0
    there, here = (unit.lat, unit.lon), (anchor.lat, anchor.lon)
    apart = measure_km(here, there)
    size = float(anchor.radius_km) + (float(unit.radius_km) if unit.population < 1 else 0.0)
    fit = 1.0
    if km is not None:
        miss = abs(apart - km)
        reach = max(3.0, 0.3 * km) + size
        fit = min(fit, 1.5 - miss / reach)
    elif bearing is not None:  # a direction alone: towns and villages around it
        fit = min(fit, 1.8 - apart / (40.0 + size))
    if bearing is not None and apart > size:
        off = turn_between(bearing_of(here, there), bearing)
        fit = min(fit, 2.0 - off / 45.0)
    return max(-1.0, min(1.0, fit))
