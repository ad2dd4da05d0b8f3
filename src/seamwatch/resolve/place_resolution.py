"""Joint resolution: every name of an article is weighed against what the other names say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

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
from seamwatch.resolve.place_coherence import Tally, drop_strangers, tally_names
from seamwatch.resolve.place_containers import Resolved
from seamwatch.resolve.place_reading import Found

_LEVEL_KIND = {"place": POPULATED, "district": DIVISION2, "province": DIVISION1, "feature": FEATURE}


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


def _level_bonus(found: Found, unit: Unit) -> float:
    """Return what the generic word beside the name says for or against a unit's kind."""
    level = found.setting.level
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


def resolve_names(resolved: list[Resolved], gazetteer: Gazetteer) -> Tally:
    """Give every name its unit, by what the text says around it, its neighbours and how well known it is."""
    groups: dict[str, list[Resolved]] = defaultdict(list)
    for item in resolved:
        if item.found.candidates:
            groups[item.found.key].append(item)
    fits, said = _said_in_text(groups, resolved, gazetteer)
    tally = Tally()
    priors = {}
    for key, items in groups.items():
        found = items[0].found
        large = any(u.kind <= DIVISION1 and u.id not in found.aliases for u in found.candidates)
        for unit in found.candidates:
            alias = unit.id in found.aliases
            minor = 2.0 if large and alias and unit.kind == POPULATED else 0.0
            priors[key, unit.id] = _prior(unit, alias, gazetteer) - minor
    for turn in range(3):
        for key, items in groups.items():
            shared = _context_scores(key, items[0].found.candidates, tally, gazetteer) if turn else {}
            scores = {u.id: priors[key, u.id] + shared.get(u.id, 0.0) for u in items[0].found.candidates}
            for item in items:
                _choose(item, scores, fits, said[key])
        _even_lists(resolved)
        tally = tally_names(resolved, gazetteer)
    if drop_strangers(resolved, tally, fits, said, gazetteer):
        tally = tally_names(resolved, gazetteer)
    for item in resolved:
        place = item.unit
        if place is not None and place.kind != FEATURE:  # a neighbour in a list is no container
            item.around = [i for i in item.around if _contains(resolved[i].unit, place, gazetteer)]
    return tally


def _contains(outer: Unit | None, unit: Unit, gazetteer: Gazetteer) -> bool:
    """Return whether a neighbour may be around a place; an unknown one and a feature may."""
    if outer is None or outer.kind == FEATURE:
        return True
    if outer.kind == POPULATED and unit.kind == POPULATED:
        return outer.population > unit.population and distance_km(unit, outer) < 60
    return outer.id != unit.id and (
        gazetteer.inside(unit, outer) or (outer.kind == POPULATED and distance_km(unit, outer) < 60)
    )


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
                    if listed and unit.kind >= DIVISION2:
                        fits[id(item), unit.id] = 2.0
                    else:
                        fits[id(item), unit.id] = 6.0
                        said[key].add(unit.id)
                for outer in container.candidates:
                    if outer.kind <= DIVISION2 and _holds(outer, item.found, gazetteer):
                        mark = id(resolved[other]), outer.id
                        fits[mark] = max(fits.get(mark, 0.0), 2.5)
    return fits, said


def _holds(outer: Unit, inner: Found, gazetteer: Gazetteer) -> bool:
    """Return whether one of the things that a name may mean lies in a division or country."""
    return any(u.id != outer.id and gazetteer.inside(u, outer) for u in inner.candidates)


SHARE_COUNTRY, SHARE_DIVISION, ANY_DIVISION, NEAR_POINT, MOST_NEAR = 3.3, 2.0, 1.0, 0.7, 2.0


def _context_scores(key: str, units: Sequence[Unit], tally: Tally, gazetteer: Gazetteer) -> dict[int, float]:
    """Return what the other names of the article speak for each candidate."""
    countries, divisions = tally.by_country(key), tally.by_division(key)
    total = sum(countries.values()) or 1.0
    trust = min(1.0, total / 2.0)
    share = sum(divisions.values()) or 1.0
    points = [p for other, p in tally.points if other != key][:40]
    scores = {}
    for unit in units:
        score = SHARE_COUNTRY * trust * countries[unit.country] / total if unit.country else 0.0
        if score and unit.kind != COUNTRY:
            division = gazetteer.above(unit, DIVISION1)
            if division is not None and divisions[division.id]:
                score += ANY_DIVISION + SHARE_DIVISION * divisions[division.id] / share
            if unit.kind in (POPULATED, DIVISION2):
                near = sum(1 for point in points if distance_km(unit, point) < 120)
                score += min(MOST_NEAR, NEAR_POINT * near)
        scores[unit.id] = score
    return scores


def _choose(
    item: Resolved, scores: dict[int, float], fits: dict[tuple[int, int], float], said: set[int]
) -> None:
    """Give a name the best of its candidates: shared scores, the generic word beside it, what contains it."""
    best: tuple[float, Unit] | None = None
    fitting = False
    for unit in item.found.candidates:
        score = scores[unit.id] + _level_bonus(item.found, unit)
        fit = fits.get((id(item), unit.id))
        if fit is not None:
            score += fit
        elif unit.id in said and not item.around:
            score += 4.0
        if best is None or score > best[0]:
            best, fitting = (score, unit), fit is not None
    if best is not None:
        item.score, item.unit = best
        item.reasons = ["said in the text"] if fitting else ["best known, fits the other names"]


def _even_lists(resolved: Sequence[Resolved]) -> None:
    """Read "Kirkuk, Nineveh and Diyala" as divisions throughout where one of the list can be nothing else."""
    for left, right in pairwise(resolved):
        one, two = left.found, right.found
        if one.part != two.part or not 0 < two.start - one.end <= 6:
            continue
        for sure, open_ in ((left, right), (right, left)):
            if (
                sure.unit is None
                or open_.unit is None
                or sure.unit.kind != DIVISION1
                or open_.unit.kind != POPULATED
            ):
                continue
            if any(u.kind == POPULATED for u in sure.found.candidates):
                continue
            same = [
                u for u in open_.found.candidates if u.kind == DIVISION1 and u.country == sure.unit.country
            ]
            if same and not open_.found.setting.level:
                open_.unit = same[0]
