"""Looking one name up: by name, alias, transliteration and likeness; and whether its meaning is clear."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from seamwatch.model.own_place import FIRST_OWN
from seamwatch.model.place import Place
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
from seamwatch.resolve.place_names import bare_name, fold_name, skeleton, without_generic

How = Literal["own name", "alias", "transliteration", "fuzzy"]
# How much a match is worth; a fuzzy one is worth its likeness of these.
_WORTH = {"own name": 1.0, "alias": 0.95, "transliteration": 0.9, "fuzzy": 0.9}
_LIKE = 80.0
_LEAST_FUZZY = 5
# First letters that transliterations exchange.
_FIRST = {
    "q": "kg", "k": "qg", "g": "jq", "j": "g", "w": "vou", "v": "w", "y": "ij", "i": "ye", "u": "ow",
    "o": "u", "e": "ia", "a": "e", "d": "zt", "z": "d", "t": "d",
}  # fmt: skip
_PRECISION = {COUNTRY: 6, DIVISION1: 4, DIVISION2: 3, POPULATED: 1, FEATURE: 5}
# Namesakes nearer than this are the same for who asks where it is: a town and its district.
_SAME_KM = 25.0
_CLEAR = 1.0
# A place that the analyst added on purpose may be meant although another is this much better known.
_CLEAR_OWN = 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A place that a name may mean: how it was found, and how sure that is, 0 to 1."""

    unit: Unit
    how: How
    score: float


def search_places(
    name: str, gazetteer: Gazetteer, *, country: str | None = None, limit: int = 20
) -> list[Match]:
    """Return the places that a name may mean, the likeliest first; `country` (ISO code) leaves others out.

    Names that are only alike are given where no place has the name itself or another spelling of it.

    >>> from seamwatch.resolve.gazetteer import load_gazetteer
    >>> [(m.unit.name, m.how) for m in search_places("Hewîce", load_gazetteer())][:1]
    [('Hawija', 'own name')]
    """
    key = fold_name(name)
    if not key:
        return []
    keys = dict.fromkeys((key, bare_name(key), fold_name(without_generic(name))))
    spoken = "~" + skeleton(key)
    names = gazetteer.names((*keys, spoken))
    found: dict[int, Match] = {}

    def add(ids: Sequence[int], how: How, likeness: float = 1.0) -> None:
        for unit in gazetteer.units(ids):
            if country is None or unit.country == country:
                found.setdefault(unit.id, Match(unit=unit, how=how, score=round(_WORTH[how] * likeness, 3)))

    for one in keys:
        add(names[one].own, "own name")
    for one in keys:
        add(names[one].alias, "alias")
    if len(spoken) > _LEAST_FUZZY:
        add(names[spoken].ids, "transliteration")
    if not found and len(key) >= _LEAST_FUZZY:
        alike = _alike(key, gazetteer)
        names = gazetteer.names(alike)
        for one, likeness in alike.items():
            add(names[one].ids, "fuzzy", likeness / 100)
    ranked = sorted(found.values(), key=lambda m: -(m.score * 10 + _known(m.unit, gazetteer)))
    return ranked[:limit]


def _alike(key: str, gazetteer: Gazetteer) -> dict[str, float]:
    """Return the names that differ from a key by little, each with its likeness of 100."""
    from rapidfuzz import fuzz, process

    keys = [k for first in key[0] + _FIRST.get(key[0], "") for k in gazetteer.keys_from(first)]
    close = [k for k in keys if abs(len(k) - len(key)) <= 2]
    best = process.extract(key, close, scorer=fuzz.ratio, score_cutoff=_LIKE, limit=40)
    return {name: score for name, score, _ in best}


def _known(unit: Unit, gazetteer: Gazetteer) -> float:
    """Return how likely a place is meant where nothing else is known, about 0 to 8."""
    if unit.kind == COUNTRY:
        return 8.0
    if unit.kind == DIVISION1:
        return 5.2
    if unit.kind == FEATURE:
        return 3.5 if unit.id >= FIRST_OWN else 5.0
    if unit.kind == DIVISION2:
        return 3.4
    return math.log10(max(unit.population, 1000)) + (1.0 if unit.id in gazetteer.capitals else 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a name means: the unit, or None where that is not clear, with the reasons and all candidates."""

    unit: Unit | None
    score: float
    reasons: tuple[str, ...]
    candidates: tuple[Match, ...] = ()


def resolve_name(
    name: str,
    gazetteer: Gazetteer,
    *,
    country: str | None = None,
    admin1: str | None = None,
    admin2: str | None = None,
    near: Sequence[Place] = (),
) -> Answer:
    """Return which place a name means within what is said to be around it; no guess where that is not clear.

    `near` are places named beside it: they speak for candidates in the same country and division.
    """
    matches = search_places(name, gazetteer, limit=60)
    if not matches:
        return Answer(unit=None, score=0.0, reasons=("no place of this name is known",))
    said = [s for s in (admin2, admin1, country) if s]
    fitting = [m for m in matches if _within(m.unit, gazetteer, country, admin1, admin2)]
    if not fitting:
        best = matches[0].unit
        where = ", ".join(u.name for u in gazetteer.chain(best.id)[1:]) or best.country
        return Answer(
            unit=None,
            score=0.0,
            reasons=(f"no place of this name is known in {', '.join(said)}; a namesake lies in {where}",),
            candidates=tuple(matches[:10]),
        )
    weights = {
        m.unit.id: m.score * 10 + _known(m.unit, gazetteer) + _beside(m.unit, near, gazetteer)
        for m in fitting
    }
    fitting.sort(key=lambda m: -weights[m.unit.id])
    first = fitting[0]
    near_best = [m for m in fitting[1:] if weights[first.unit.id] - weights[m.unit.id] < _reach(m, first)]
    rivals = [m for m in near_best if not _same(first.unit, m.unit, gazetteer)]
    candidates = tuple(fitting[:10])
    own = [m for m in (first, *rivals) if m.unit.id >= FIRST_OWN]
    if rivals and len(own) == 1:  # the analyst added it on purpose
        first, rivals = own[0], []
    if rivals:
        reason = f"{len(rivals) + 1} places fit equally well: say the country, admin1 or admin2"
        return Answer(unit=None, score=0.0, reasons=(reason,), candidates=candidates)
    if first.how == "fuzzy" and first.score < 0.8:
        reason = f"only a name like it is known: {first.unit.name}"
        return Answer(unit=None, score=0.0, reasons=(reason,), candidates=candidates)
    reasons = [f"found by {first.how}"]
    if said:
        reasons.append(f"lies in {', '.join(said)}")
    if near and _beside(first.unit, near, gazetteer) > 0:
        reasons.append("fits the other places of the text")
    if len(fitting) > 1:
        reasons.append(f"the best known of {len(fitting)}")
    rest = 0.75 if len(fitting) > 1 and not said and not near else 0.9 if len(fitting) > 1 else 1.0
    return Answer(
        unit=first.unit, score=round(first.score * rest, 3), reasons=tuple(reasons), candidates=candidates
    )


def _reach(match: Match, first: Match) -> float:
    """Return how much less likely than the first a match may be and still rival it."""
    own = match.unit.id >= FIRST_OWN and first.unit.id < FIRST_OWN and match.how != "fuzzy"
    return _CLEAR_OWN if own else _CLEAR


def _within(
    unit: Unit, gazetteer: Gazetteer, country: str | None, admin1: str | None, admin2: str | None
) -> bool:
    """Return whether a unit lies in what is said to be around it; a level that it leaves open may fit."""
    if country is not None and unit.country != country:
        return False
    for kind, wanted in ((DIVISION1, admin1), (DIVISION2, admin2)):
        if wanted is None or unit.kind < kind:
            continue
        around = gazetteer.above(unit, kind)
        if around is None:
            if kind == DIVISION1:
                return False
            continue
        known = gazetteer.names([fold_name(wanted), bare_name(fold_name(wanted))])
        if around.name != wanted and all(around.id not in name.ids for name in known.values()):
            return False
    return True


def _same(one: Unit, other: Unit, gazetteer: Gazetteer) -> bool:
    """Return whether it makes little difference which of two is meant: a town and its district."""
    if distance_km(one, other) < _SAME_KM:
        return True
    return one.kind != other.kind and (gazetteer.inside(one, other) or gazetteer.inside(other, one))


def _beside(unit: Unit, near: Sequence[Place], gazetteer: Gazetteer) -> float:
    """Return what the places beside a name speak for a candidate, 0 to about 4."""
    if not near or not unit.country:
        return 0.0
    division = gazetteer.above(unit, DIVISION1)
    shares = [2.5 for p in near if p.country == unit.country]
    inside = [1.5 for p in near if division and p.country == unit.country and p.admin1 == division.name]
    return (sum(shares) + sum(inside)) / len(near)


def place_of_unit(unit: Unit, gazetteer: Gazetteer, precision: int | None = None) -> Place:
    """Return a unit as a place of the record, but for evidence, with its kind's precision or another."""
    first, second = gazetteer.above(unit, DIVISION1), gazetteer.above(unit, DIVISION2)
    return Place(
        name=unit.name,
        admin1=first.name if first else None,
        admin2=second.name if second else None,
        country=unit.country or None,
        lat=unit.lat,
        lon=unit.lon,
        precision=_PRECISION[unit.kind] if precision is None else precision,
        radius_km=float(unit.radius_km),
        geonameid=unit.geonameid,
    )
