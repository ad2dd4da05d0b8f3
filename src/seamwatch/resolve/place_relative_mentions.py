"""Which of an article's names are said to have something beside them, and where that lies."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from seamwatch.model.place import Place
from seamwatch.model.text import Article
from seamwatch.resolve.gazetteer import (
    COUNTRY,
    DIVISION1,
    DIVISION2,
    FEATURE,
    POPULATED,
    Gazetteer,
    Unit,
    distance_km,
)
from seamwatch.resolve.place_coherence import Tally
from seamwatch.resolve.place_containers import Resolved
from seamwatch.resolve.place_relative import Relative, supports
from seamwatch.resolve.place_relative_pairs import Pair, border_with, read_pairs, road_to
from seamwatch.resolve.place_relative_points import (
    between_divisions,
    keep_units,
    land_between,
    locate,
    road_between,
)

_SIDE = r"(?:(?:north|south)(?:-?(?:east|west))?|east|west|[NSEW]{1,2})"
_BESIDE = rf"(?:near|by|outside|close to|above|below|{_SIDE} of)"
_UNNAMED = re.compile(
    r"(?:(?:in|on|at|to|from|near|into|along|off|beside|by|over|close to|of)\s+)*"
    r"(?:an?|the|another|one|some)?\s*"
    r"(?P<name>(?:(?:main|old|desert|dirt|rural|remote|small|nearby|empty)\s+)?"
    r"(?:(?:road|highway|track|line|route)\s+(?:between|linking|connecting|from)\s.*"
    r"|(?:village|hamlet|farm|checkpoint|orchard|settlement|outpost|camp|area|desert|mountains|hills)\s+"
    rf"{_BESIDE}\s.*))",
)
_UNKNOWN_KM = 30.0
_NEAR_KM = 15.0
_FITS, _UNFIT = 0.3, -0.3


@dataclass(frozen=True, slots=True)
class Told:
    """Where a phrase puts something, where its words stand, and why."""

    place: Place
    start: int
    end: int
    reason: str


def unnamed(words: str) -> str | None:
    """Return how the article names a place that has no name of its own, or None where it has one.

    >>> unnamed("on the road between Khana Sor and Sinune"), unnamed("on a village by Jalula")
    ('road between Khana Sor and Sinune', 'village by Jalula')
    >>> unnamed("near Daquq"), unnamed("in the village of Kulajo")
    (None, None)
    """
    found = _UNNAMED.match(" ".join(words.split()))
    return None if found is None else found["name"]


class RelativePlaces:
    """The relative places of an article; `of_unit` makes a unit's place with a precision."""

    def __init__(
        self,
        article: Article,
        resolved: Sequence[Resolved],
        gazetteer: Gazetteer,
        of_unit: Callable[[Unit, int], Place],
        tally: Tally,
    ) -> None:
        self._texts: dict[str, str] = {"title": article.title or "", "text": article.text}
        self._resolved = resolved
        self._gazetteer = gazetteer
        self._of_unit = of_unit
        self._tally = tally
        self._pairs = read_pairs(resolved, self._texts)
        # "Kulajo, 9 km south of Kalar" tells of Kulajo, not of another spot beside Kalar
        self._taken = {
            other for item in resolved for other in item.measured
            if item.unit is None or item.unit.kind in (POPULATED, FEATURE)
        }  # fmt: skip

    def town(self, at: int) -> Unit | None:
        """Return the town that a name means where one measures from it: Kirkuk the city, not its province."""
        item = self._resolved[at]
        unit = item.unit
        if unit is None or unit.kind == POPULATED:
            return unit
        if unit.kind not in (DIVISION1, DIVISION2) or item.found.setting.level in ("province", "district"):
            return None
        towns = [
            u for u in item.found.candidates
            if u.kind == POPULATED and self._gazetteer.inside(u, unit) and u.lat is not None
        ]  # fmt: skip
        return max(towns, key=lambda u: u.population, default=None)

    def where(self, at: int) -> Told | None:
        """Return where the words around a known name put what they tell of; None where it is its place."""
        item = self._resolved[at]
        found = item.found
        if item.unit is None or found.dateline or found.source_name or found.nationality or found.region:
            return None
        pair = self._pairs.get(at)
        if pair is not None and (told := self._between(at, pair)) is not None:
            return told
        if item.unit.kind == COUNTRY:
            start = border_with(self._texts[found.part], found.start)
            return None if start is None else self._border(item.unit, start, found.end, "")
        if item.unit.kind == FEATURE:  # "the Tigris south of Mosul"
            found_put = self.put(at) if item.unit.radius_km >= _UNKNOWN_KM else None
            if found_put is None:
                return None
            return replace(found_put[0], place=replace(found_put[0].place, name=item.unit.name))
        town = self.town(at)
        if town is None:
            return None
        if item.said is None:
            start = road_to(self._texts[found.part], found.start)
            place = replace(self._of_unit(town, 2), radius_km=max(_NEAR_KM, float(town.radius_km)))
            return None if start is None else Told(place, start, found.end, "told: on a road to it")
        if item.said.rural and (province := self._province(at, town)) is not None:
            # "the eastern countryside of Homs" reaches through half of the province
            return Told(
                self._of_unit(province, 4), item.said.start, found.end, "told: a province's countryside"
            )
        there = None if at in self._taken else self._locate(town, item.said)
        reason = f"told: {self._words(at, item.said)}"
        return None if there is None else Told(there, item.said.start, item.said.end, reason)

    def _province(self, at: int, town: Unit) -> Unit | None:
        """Return the province of a town's name in which the town lies, or None."""
        units = self._resolved[at].found.candidates
        return next((u for u in units if u.kind == DIVISION1 and self._gazetteer.inside(town, u)), None)

    def put(self, at: int) -> tuple[Told, bool] | None:
        """Return where a name is told to lie, and whether a distance says it (else only a direction)."""
        for other, said in self._resolved[at].measured.items():
            town = self.town(other)
            place = None if town is None else self._locate(town, said)
            if place is not None:
                told = Told(replace(place, geonameid=None), said.start, said.end, self._words(other, said))
                return told, said.km is not None
        return None

    def reasons(self, at: int) -> tuple[str, ...]:
        """Return what measured words say for or against the place of a name, and which are ignored."""
        item = self._resolved[at]
        told = []
        if item.said is not None and item.said.problem:
            told.append(f"ignored: {self._words(at, item.said)} ({item.said.problem})")
        for other, said in item.measured.items():
            town = self.town(other)
            if item.unit is None or item.unit.kind != POPULATED or town is None or said.problem:
                continue
            fit = supports(item.unit, town, said.km, said.bearing)
            if fit >= _FITS:
                told.append(f"lies as told: {self._words(other, said)}")
            elif fit <= _UNFIT:
                apart = distance_km(item.unit, town)
                told.append(f"told to lie {self._words(other, said)}, but known {apart:.0f} km from it")
        return tuple(told)

    def _words(self, at: int, said: Relative) -> str:
        return " ".join(self._texts[self._resolved[at].found.part][said.start : said.end].split())

    def _locate(self, town: Unit, said: Relative) -> Place | None:
        place = locate(self._of_unit(town, 1), said, town.population)
        return None if place is None else keep_units(place, town, self._gazetteer)

    def _between(self, at: int, pair: Pair) -> Told | None:
        """Return the road, the land or the border between two names, under the name asked for."""
        other = pair.second if at == pair.first else pair.first
        words = "told: " + " ".join(self._texts[self._resolved[at].found.part][pair.start : pair.end].split())
        mine, theirs = self._resolved[at].unit, self._resolved[other].unit
        if mine is None or theirs is None:
            return None
        if pair.kind == "border":
            if mine.kind == theirs.kind == COUNTRY and mine.id != theirs.id:
                return self._border(mine, pair.start, pair.end, theirs.country)
            return None
        one, two = self.town(at), self.town(other)
        if pair.kind == "between" and mine.kind == theirs.kind == DIVISION1:
            place = between_divisions(self._of_unit(mine, 4), self._of_unit(theirs, 4))
        elif one is None or two is None or one.id == two.id:
            return None
        else:
            # the line is drawn from the end that is named first
            first, second = (one, two) if at == pair.first else (two, one)
            ends = self._of_unit(first, 1), self._of_unit(second, 1)
            place = road_between(*ends) if pair.kind == "road" else land_between(*ends)
            if place is not None:
                name = unnamed(words.removeprefix("told: ")) if pair.kind == "road" else None
                place = replace(place, name=name or one.name, geonameid=None if name else one.geonameid)
        return None if place is None else Told(place, pair.start, pair.end, words)

    def _border(self, unit: Unit, start: int, end: int, other: str) -> Told:
        """Return a border, without a point, in that country of the two of which the article speaks more."""
        shares = self._tally.by_country()
        codes = {unit.country, other} if other else set(shares) - {unit.country}
        most = max(codes, key=lambda code: (shares[code], code), default=None)
        spoken = most is not None and all(shares[most] > shares[c] for c in codes - {most})
        place = Place(name=f"border of {unit.name}", country=most if spoken else None, precision=5)
        return Told(place, start, end, "told: on a border")
