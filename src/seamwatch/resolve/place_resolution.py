"""Joint resolution: every name of an article is weighed against what the other names say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from seamwatch.resolve.gazetteer import (
    DIVISION1,
    FEATURE,
    POPULATED,
    Gazetteer,
    Unit,
    distance_km,
)
from seamwatch.resolve.place_coherence import Tally, drop_strangers, tally_names
from seamwatch.resolve.place_containers import Resolved
from seamwatch.resolve.place_joint import (
    COUNTRY_ANY,
    Array,
    Candidates,
    candidate_weights,
    confidence_features,
    confidence_weights,
    gather,
    judge_confidence,
    weigh,
)
from seamwatch.resolve.place_signs import SAID, Named, level_bonus, priors_of, read_names

_NATION = 0.4
_HOME = 1.5
_SPOKEN_OF = 0.3
_SHARED = 0.9
_WEAK = 2.0  # signs below which a name that means nothing likely is no place name at all
_ELSEWHERE = -2  # the number of every country of which no name has a candidate
_SURE = 2.0
_SAID_SO = 0.9  # the least confidence of a place that lies in what the text names around it


def joint_candidates(
    resolved: Sequence[Resolved], gazetteer: Gazetteer, home: str = ""
) -> tuple[list[str], Candidates, dict[int, float]]:
    """Return the names with candidates, those candidates, and what each country is spoken of besides.

    The last is by the number that `Candidates.codes` gives a country: nationality words, and the source's
    own country.
    """
    return _joint(read_names(resolved, gazetteer), resolved, gazetteer, home)


def _joint(
    named: Named, resolved: Sequence[Resolved], gazetteer: Gazetteer, home: str
) -> tuple[list[str], Candidates, dict[int, float]]:
    keys = list(named.groups)
    founds = [named.groups[key][0].found for key in keys]
    said, level = [], []
    for key, found in zip(keys, founds, strict=True):
        items = named.groups[key]
        said.append({
            u.id: max(named.fits.get((id(i), u.id), 0.0) for i in items) / SAID for u in found.candidates
        })  # fmt: skip
        words, share = gazetteer.words, 4 * len(items)
        level.append({
            u.id: sum(level_bonus(i.found, u, words) for i in items) / share for u in found.candidates
        })  # fmt: skip
    found_all = gather([f.candidates for f in founds], [f.aliases for f in founds], said, level, gazetteer)
    nations: dict[int, float] = defaultdict(float)
    for item in resolved:
        if item.found.nationality is not None:
            nations[found_all.codes.get(item.found.nationality.country, _ELSEWHERE)] += _NATION
    if home:
        nations[found_all.codes.get(home, _ELSEWHERE)] += _HOME
    return keys, found_all, dict(nations)


def resolve_names(resolved: list[Resolved], gazetteer: Gazetteer, home: str = "") -> Tally:
    """Give every name its unit, by what the text says around it, its neighbours and how well known it is.

    A name of which no meaning is likely enough stays open. `home` is the country that the source reports
    from (ISO 3166-1 alpha-2).
    """
    named = read_names(resolved, gazetteer)
    if named.groups:
        _settle(named, resolved, gazetteer, home)
    _even_lists(resolved, gazetteer)
    tally = tally_names(resolved, gazetteer)
    if drop_strangers(resolved, tally, named.fits, named.said, gazetteer):
        tally = tally_names(resolved, gazetteer)
    for item in resolved:
        place = item.unit
        if place is not None and place.kind != FEATURE:  # a neighbour in a list is no container
            item.around = [i for i in item.around if _contains(resolved[i].unit, place, gazetteer)]
    return tally


def _settle(named: Named, resolved: Sequence[Resolved], gazetteer: Gazetteer, home: str) -> None:
    """Give the names their units by the beliefs that all of them settle on together."""
    keys, found, nations = _joint(named, resolved, gazetteer, home)
    weights = gazetteer.weights
    judging = confidence_weights(weights)
    features, scores = weigh(found, nations, candidate_weights(weights))
    for number, key in enumerate(keys):
        best, signs = confidence_features(found, number, features, scores)
        confidence = judge_confidence(signs, judging)
        first, last = found.rows(number)
        units = found.units[first:last]
        shared = dict(zip((u.id for u in units), scores[first:last].tolist(), strict=True))
        # the only meaning of the only name: there is nothing that could speak against it
        alone = len(keys) == 1 and not nations
        least = weights.least / 3 if alone else weights.least
        name = _Name(named, key, shared, gazetteer)
        for item in name.mentions:
            name.choose(item)
            sure = name.is_said(item)
            item.confidence = max(confidence, _SAID_SO) if sure else confidence
            # another spelling counts only in a country of which something else speaks
            strange = item.found.respelt and features[best, COUNTRY_ANY] < _SPOKEN_OF
            if item.unit is not None and not sure and (strange or confidence < least):
                item.hint = _shared_country(units, scores[first:last])
                _leave_open(item, f"{item.unit.name} in {_where(item.unit, gazetteer)} is too unlikely here")


def _shared_country(units: Sequence[Unit], scores: Array) -> str:
    """Return the country in which nearly all likely meanings of a name lie, or ""."""
    weight = np.exp(scores - scores.max())
    shares: dict[str, float] = defaultdict(float)
    for unit, part in zip(units, (weight / weight.sum()).tolist(), strict=True):
        shares[unit.country] += part
    code, most = max(shares.items(), key=lambda pair: pair[1])
    return code if most > _SHARED and len(units) > 1 else ""


def _where(unit: Unit, gazetteer: Gazetteer) -> str:
    division = gazetteer.above(unit, DIVISION1)
    return division.name if division is not None and division.id != unit.id else unit.country or "no country"


def _leave_open(item: Resolved, reason: str) -> None:
    item.unit, item.score, item.confidence, item.reasons = None, 0.0, 0.0, [reason]
    item.found.candidates = []
    found = item.found
    item.doubtful = item.found.strength < _WEAK and not (
        found.setting.relation or found.setting.level or found.label
    )


def _contains(outer: Unit | None, unit: Unit, gazetteer: Gazetteer) -> bool:
    """Return whether a neighbour may be around a place; an unknown one and a feature may."""
    if outer is None or outer.kind == FEATURE:
        return True
    if outer.kind == POPULATED and unit.kind == POPULATED:
        return outer.population > unit.population and distance_km(unit, outer) < 60
    return outer.id != unit.id and (
        gazetteer.inside(unit, outer) or (outer.kind == POPULATED and distance_km(unit, outer) < 60)
    )


def _one_place(unit: Unit, other: Unit, gazetteer: Gazetteer) -> bool:
    """Return whether two units of one name are one spot: a town, its district, its province, its country."""
    if unit.id == other.id:
        return True
    if unit.country != other.country:
        return False
    return gazetteer.inside(unit, other) or gazetteer.inside(other, unit) or distance_km(unit, other) < 100


class _Name:
    """One name of an article with the scores of its candidates, while its mentions get their units."""

    def __init__(self, named: Named, key: str, scores: Mapping[int, float], gazetteer: Gazetteer) -> None:
        self.mentions = named.groups[key]
        self._fits, self._said, self._gazetteer = named.fits, named.said[key], gazetteer
        self._units = self.mentions[0].found.candidates
        self._scores = scores
        self._priors = priors_of(self.mentions[0].found, gazetteer)
        self._told = any(id(item) in named.told for item in self.mentions)

    def is_said(self, item: Resolved) -> bool:
        """Return whether the text names what is around the unit that a mention was given."""
        unit = item.unit
        return unit is not None and ((id(item), unit.id) in self._fits or unit.id in self._said)

    def choose(self, item: Resolved) -> None:
        """Give a mention the likeliest spot, and of the units there the one that its words name."""
        best = max(self._units, key=lambda u: (self._spot(item, u), -u.id))
        near = [u for u in self._units if _one_place(u, best, self._gazetteer)]
        unit = max(near, key=lambda u: (self._kind(item, u), self._spot(item, u)))
        item.unit, item.score = unit, self._kind(item, unit) + _SURE
        fitting = (id(item), unit.id) in self._fits
        item.reasons = ["said in the text"] if fitting else ["best known, fits the other names"]

    def _own(self, item: Resolved, unit: Unit) -> float:
        """Return what is named around this very mention says for a unit."""
        fit = self._fits.get((id(item), unit.id))
        if fit is not None:
            return fit
        return 4.0 if unit.id in self._said and not item.around else 0.0

    def _spot(self, item: Resolved, unit: Unit) -> float:
        if not self._told:
            return self._scores[unit.id]
        most = max(self._fits.get((id(other), unit.id), 0.0) for other in self.mentions)
        weight = self._gazetteer.weights.candidate["said"]
        return self._scores[unit.id] + weight * (self._own(item, unit) - most) / SAID

    def _kind(self, item: Resolved, unit: Unit) -> float:
        """Return what speaks for a unit among those of one spot: how well known it is, its generic word."""
        level = level_bonus(item.found, unit, self._gazetteer.words)
        return self._priors[unit.id] + level + self._own(item, unit)


def _even_lists(resolved: Sequence[Resolved], gazetteer: Gazetteer) -> None:
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
            if gazetteer.inside(open_.unit, sure.unit):  # "Washington, D.C." is no list
                continue
            same = [
                u for u in open_.found.candidates if u.kind == DIVISION1 and u.country == sure.unit.country
            ]
            if same and not open_.found.setting.level:
                open_.unit = same[0]
