"""What an article's names speak for together, and which small namesakes are strangers to it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from seamwatch.resolve.gazetteer import DIVISION1, DIVISION2, FEATURE, POPULATED, Gazetteer, Unit, distance_km
from seamwatch.resolve.place_containers import Resolved
from seamwatch.resolve.place_reading import Found

# A place this large may be named without its country being spoken of: what `total` weighs, own name, alias.
_LARGE = ((1.4, 15_000, 100_000), (3.0, 60_000, 300_000))
_CLOSE_KM = 120.0
_BESIDE_KM = 150.0
_FAR_KM = 300.0
_FARTHER_KM = 600.0
_WIDE_KM = 150
_SMALL = 15_000
_KNOWN = 120_000
_TWO_NAMES = 1.5
_NOTHING = 1e-9
_ELSEWHERE_KM = 60.0
_PLAIN = 3.0  # signs from which a name is that of a place wherever it lies


@dataclass(slots=True)
class Shares:
    """Weights of countries or divisions, by the names that speak for them."""

    whole: defaultdict[Any, float] = field(default_factory=lambda: defaultdict(float))
    of_name: defaultdict[str, defaultdict[Any, float]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(float))
    )

    def add(self, name: str, what: object, weight: float) -> None:
        """Count a name for a country or a division."""
        self.whole[what] += weight
        self.of_name[name][what] += weight

    def without(self, name: str) -> defaultdict[Any, float]:
        """Return the weights with one name left out."""
        shares = self.whole.copy()
        if name in self.of_name:
            for what, weight in self.of_name[name].items():
                shares[what] -= weight
                if shares[what] < _NOTHING:
                    del shares[what]
        return shares


@dataclass(slots=True)
class Tally:
    """What the settled names of an article speak for: weights of countries and divisions, and points."""

    countries: Shares = field(default_factory=Shares)
    divisions: Shares = field(default_factory=Shares)
    points: list[tuple[str, Unit]] = field(default_factory=list)

    def by_country(self, without: str = "") -> defaultdict[str, float]:
        """Return the weight of each country, one name left out."""
        return self.countries.without(without)

    def by_division(self, without: str = "") -> defaultdict[int, float]:
        """Return the weight of each first-order division, one name left out."""
        return self.divisions.without(without)

    def country(self) -> str | None:
        """Return the country that more than half of the names speak for, or None."""
        shares = self.by_country()
        total = sum(shares.values())
        if not total:
            return None
        code, weight = max(shares.items(), key=lambda pair: pair[1])
        return code if weight > 0.5 * total else None

    def division(self) -> int | None:
        """Return the first-order division that four in five of the names speak for, or None."""
        shares = self.by_division()
        if not shares:
            return None
        ident, weight = max(shares.items(), key=lambda pair: pair[1])
        return ident if weight >= max(_TWO_NAMES, 0.8 * sum(shares.values())) else None


def tally_names(resolved: Sequence[Resolved], gazetteer: Gazetteer) -> Tally:
    """Return what the names that are settled so far speak for."""
    tally = Tally()
    seen: Counter[tuple[str, int]] = Counter()
    for item in resolved:
        found = item.found
        if found.nationality is not None:
            tally.countries.add(found.key, found.nationality.country, 0.4)
            continue
        if item.unit is None or item.score < 3.0:
            continue
        seen[found.key, item.unit.id] += 1
        if seen[found.key, item.unit.id] > 3:
            continue  # a name repeated often is still one witness
        unit = item.unit
        weight = 0.3 if found.dateline else 0.5 if found.source_name else 1.0
        if unit.country:
            tally.countries.add(found.key, unit.country, weight)
        division = gazetteer.above(unit, DIVISION1)
        if division is not None:
            tally.divisions.add(found.key, division.id, weight)
        if unit.kind in (POPULATED, DIVISION2):
            tally.points.append((found.key, unit))
    return tally


def drop_strangers(
    resolved: Sequence[Resolved],
    tally: Tally,
    fits: Mapping[tuple[int, int], float],
    said: Mapping[str, set[int]],
    gazetteer: Gazetteer,
) -> bool:
    """Leave small places open that lie where nothing else in the article speaks of; say if any was.

    "the Ajil oil field, north-east of Tikrit" is no town of that name in Malaysia.
    """
    changed = False
    for item in resolved:
        unit, found = item.unit, item.found
        if unit is None or unit.kind not in (POPULATED, DIVISION2, FEATURE):
            continue
        if (id(item), unit.id) in fits or unit.id in said.get(found.key, ()):
            continue
        reason = _stranger(item, unit, resolved, tally, gazetteer)
        if reason:
            item.unit, item.score, item.confidence, changed = None, 0.0, 0.0, True
            item.reasons = [reason]
            found.candidates = []
            item.doubtful = found.strength < _PLAIN and not (
                found.setting.relation or found.setting.level or found.label
            )
    return changed


def _stranger(
    item: Resolved, unit: Unit, resolved: Sequence[Resolved], tally: Tally, gazetteer: Gazetteer
) -> str:
    """Return why a unit does not fit the article, or "" where it may."""
    found = item.found
    if _abroad(found, unit, tally):
        return f"only known in {unit.country}, of which nothing else in the article speaks"
    if unit.kind == POPULATED and _far_off(found, unit, tally, gazetteer):
        return "too far from everything else that the article names"
    firm = [resolved[i] for i in item.firm if i in item.around and resolved[i].unit is not None]
    if firm and unit.kind == POPULATED and unit.population < _SMALL:
        return "no place of that name lies in what the article says is around it"
    # "Bafia, a village in Muyuka": not the town of Bafia, in another part of the same country
    village = found.setting.level == "place" and unit.kind == POPULATED and unit.population < _KNOWN
    if firm and village and all(f.unit is not None and _apart(unit, f.unit, gazetteer) for f in firm):
        return "too far from what the article says is around it"
    anchors = [resolved[i].unit for i in item.beside]
    for anchor in anchors:
        if anchor is None or anchor.kind != POPULATED or anchor.population <= unit.population:
            continue
        reach = unit.radius_km if unit.kind == FEATURE else 0.0
        if unit.population < 100_000 and distance_km(unit, anchor) > _BESIDE_KM + reach:
            return f"too far from {anchor.name}, beside which the article puts it"
    return ""


def _apart(unit: Unit, outer: Unit, gazetteer: Gazetteer) -> bool:
    """Return whether a place lies in the country of a larger one, but far outside of that."""
    far = distance_km(unit, outer) > _ELSEWHERE_KM + outer.radius_km
    return far and outer.country == unit.country and not gazetteer.inside(unit, outer)


def _abroad(found: Found, unit: Unit, tally: Tally) -> bool:
    """Return whether a unit's country is one that the article's other names do not speak of."""
    others = tally.by_country(found.key)
    if others[unit.country]:
        return False
    total = sum(others.values())
    points = [point for key, point in tally.points if key != found.key]
    if unit.kind == FEATURE:  # a wide one, or one near the other names, may lie in several countries
        reach = unit.radius_km + _CLOSE_KM
        return (
            unit.radius_km < _WIDE_KM
            and total >= 2.0
            and bool(points)
            and all(distance_km(unit, point) > reach for point in points)
        )
    alias = unit.id in found.aliases
    for weight, own, other in _LARGE:
        if total >= (weight / 2 if found.source_name else weight) and unit.population < (
            other if found.source_name or alias else own
        ):
            return not any(distance_km(unit, point) < _CLOSE_KM for point in points)
    return False


def _far_off(found: Found, unit: Unit, tally: Tally, gazetteer: Gazetteer) -> bool:
    """Return whether a small place lies in a division of which nothing speaks, far from all other names."""
    if unit.population >= _KNOWN:
        return False
    division = gazetteer.above(unit, DIVISION1)
    others = tally.by_division(found.key)
    if sum(others.values()) < 2.0 or (division is not None and others[division.id]):
        return False
    points = [point for key, point in tally.points if key != found.key]
    far = _FAR_KM if unit.population < _SMALL else _FARTHER_KM
    return len(points) > 1 and all(distance_km(unit, point) > far for point in points)
