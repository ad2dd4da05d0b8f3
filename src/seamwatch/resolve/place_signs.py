"""What the text says for or against each meaning of a name: words beside it, what it puts around it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

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
from seamwatch.resolve.place_containers import Resolved
from seamwatch.resolve.place_phrases import PlaceWords
from seamwatch.resolve.place_reading import Found
from seamwatch.resolve.place_relative import supports

SAID = 6.0  # what a container named in the text counts
_ANCHORS = 8
_METROPOLIS = 300_000
_FITTING = 0.5
_LEVEL_KIND = {"place": POPULATED, "district": DIVISION2, "province": DIVISION1, "feature": FEATURE}


@dataclass(frozen=True, slots=True)
class Named:
    """The names of an article that have candidates, with what the text beside them says of each."""

    groups: Mapping[str, list[Resolved]]
    fits: Mapping[tuple[int, int], float]
    said: Mapping[str, set[int]]
    told: frozenset[int]


def read_names(resolved: Sequence[Resolved], gazetteer: Gazetteer) -> Named:
    """Return the names of an article that have candidates."""
    groups: dict[str, list[Resolved]] = defaultdict(list)
    for item in resolved:
        if item.found.candidates:
            groups[item.found.key].append(item)
    fits, said = _said_in_text(groups, resolved, gazetteer)
    return Named(groups, fits, said, frozenset(mention for mention, _ in fits))


def _prior(unit: Unit, alias: bool, gazetteer: Gazetteer) -> float:
    """Return how likely a unit is meant when nothing else is known, on a scale of about 0 to 8."""
    if unit.kind == COUNTRY:
        score = 8.2
    elif unit.kind == DIVISION1:
        score = 5.2
    elif unit.kind == FEATURE:
        score = 5.5
    elif unit.kind == DIVISION2:
        score = 3.4
    else:
        size = unit.population or 5000
        score = len(str(size)) - 1 + int(str(size)[0]) / 10 + (1.0 if unit.id in gazetteer.capitals else 0.0)
    if not alias:
        return score
    return score - (2.0 if unit.kind == POPULATED and unit.population < 100_000 else 1.2)


def priors_of(found: Found, gazetteer: Gazetteer) -> dict[int, float]:
    """Return how likely each candidate is meant when nothing else is known."""
    large = any(u.kind <= DIVISION1 and u.id not in found.aliases for u in found.candidates)
    priors = {}
    for unit in found.candidates:
        alias = unit.id in found.aliases
        minor = 2.0 if large and alias and unit.kind == POPULATED else 0.0
        priors[unit.id] = _prior(unit, alias, gazetteer) - minor
    return priors


def level_bonus(found: Found, unit: Unit, words: PlaceWords) -> float:
    """Return what the generic word beside the name, or at its end, says for or against a unit's kind."""
    level = found.setting.level or words.generic.get(found.key.rpartition(" ")[2], "")
    if not level:
        return 0.0
    wanted = _LEVEL_KIND.get(level)
    if unit.kind == wanted:
        return 4.0
    if level == "place":
        return -2.0 if unit.kind in (COUNTRY, DIVISION1) else -0.5
    if level == "district":
        return 0.0 if unit.kind == POPULATED else -2.0
    if level == "province":
        return 1.0 if unit.kind in (COUNTRY, FEATURE, DIVISION2) else -1.5
    return 0.0


def _fits(unit: Unit, container: Found, gazetteer: Gazetteer) -> bool:
    """Return whether a unit can lie in (or, for two towns, beside) what a container's name may mean."""
    for other in container.candidates:
        if other.id == unit.id:
            continue
        if other.kind == POPULATED:
            if distance_km(unit, other) < 60:
                return True
        elif other.kind == FEATURE:
            if other.country == unit.country and distance_km(unit, other) < other.radius_km:
                return True
        elif gazetteer.inside(unit, other):
            return True
    return False


def _said_in_text(
    groups: dict[str, list[Resolved]], resolved: Sequence[Resolved], gazetteer: Gazetteer
) -> tuple[dict[tuple[int, int], float], dict[str, set[int]]]:
    """Return what named containers add to candidates, by mention and unit, and the units that fit a name."""
    fits: dict[tuple[int, int], float] = {}
    said: dict[str, set[int]] = {key: set() for key in groups}
    for key, items in groups.items():
        found = items[0].found
        largest = min((u.kind for u in found.candidates if u.id not in found.aliases), default=POPULATED)
        for item in items:
            for other in (*item.around, *item.beside):
                container = resolved[other].found
                of_country = bool(container.candidates) and container.candidates[0].kind == COUNTRY
                # "Texas, California, Pennsylvania" is a list, not a town of that name
                listed = largest == COUNTRY or (largest == DIVISION1 and not of_country)
                for unit in item.found.candidates:
                    if not _fits(unit, container, gazetteer):
                        continue
                    # "Washington, D.C." is no list
                    if listed and unit.kind >= DIVISION2 and unit.population < _METROPOLIS:
                        fits[id(item), unit.id] = 2.0
                    else:
                        fits[id(item), unit.id] = 6.0
                        said[key].add(unit.id)
                for outer in container.candidates:
                    if outer.kind <= DIVISION2 and _holds(outer, item.found, gazetteer):
                        mark = id(resolved[other]), outer.id
                        fits[mark] = max(fits.get(mark, 0.0), 2.5)
            for unit, fit in _measured(item, resolved):
                fits[id(item), unit.id] = max(fits.get((id(item), unit.id), 0.0), SAID * fit)
                said[key].add(unit.id)
    return fits, said


def _measured(item: Resolved, resolved: Sequence[Resolved]) -> Iterator[tuple[Unit, float]]:
    """Yield the candidates that lie where a distance or direction from another name puts them."""
    for at, told in item.measured.items():
        anchors = [u for u in resolved[at].found.candidates[:_ANCHORS] if u.kind == POPULATED]
        if told.problem or not anchors:
            continue
        for unit in item.found.candidates:
            fit = max(supports(unit, anchor, told.km, told.bearing) for anchor in anchors)
            if fit > _FITTING:
                yield unit, min(1.0, fit)


def _holds(outer: Unit, inner: Found, gazetteer: Gazetteer) -> bool:
    """Return whether one of the things that a name may mean lies in a division or country."""
    return any(u.id != outer.id and gazetteer.inside(u, outer) for u in inner.candidates)
