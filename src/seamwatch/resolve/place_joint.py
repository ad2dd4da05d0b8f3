"""How well each meaning of an article's names fits what its other names may mean, weighed together.

Every name holds a belief over its candidates. What the candidates of the other names speak for (countries,
divisions, points nearby) is weighed by those beliefs, and the beliefs are renewed a few times: two names of
which each has ten namesakes settle on the pair that lies in one county. The weights are learned
(training/learn_place_weights.py), those of the confidence too: it is learned from articles of which the
right place of a name was taken out of the gazetteer, so that only its namesakes were left.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from seamwatch.model.own_place import FIRST_OWN
from seamwatch.resolve.gazetteer import COUNTRY, DIVISION1, DIVISION2, FEATURE, POPULATED, Gazetteer, Unit

if TYPE_CHECKING:
    from seamwatch.resolve.place_weights import PlaceWeights

Array = np.ndarray[Any, np.dtype[np.float64]]

FEATURES = (
    "country",
    "division1",
    "division2",
    "feature",
    "log_population",
    "capital",
    "alias",
    "minor_alias",
    "said",
    "level",
    "country_share",
    "country_any",
    "division1_share",
    "division1_any",
    "division2_any",
    "near",
    "nearest",
)
COUNTRY_ANY = FEATURES.index("country_any")
CONFIDENCE = (
    "belief",
    "log_candidates",
    "others",
    "alone_population",
    "no_country",
    "no_division1",
    "lone_country",
    "nothing_near",
    "no_division1_many",
    "no_division1_others",
    "no_country_others",
)
CONFIDENCE_SIGNS = ("constant", *FEATURES, *CONFIDENCE)
ROUNDS = 3
_NEAR_KM = 60.0
_MOST_ANCHORS = 40
_DENSE = 200_000
_EARTH_KM = 12742.0
_SAME_RADIANS = float(np.radians(1.0))


@dataclass(frozen=True, slots=True)
class Candidates:
    """The candidates of all names of an article, one row each; `owner` is the number of the row's name."""

    units: tuple[Unit, ...]
    owner: Any
    fixed: Array
    country: Any
    division1: Any
    division2: Any
    lat: Array
    lon: Array
    starts: Any
    codes: Mapping[str, int]

    def rows(self, name: int) -> tuple[int, int]:
        """Return the first row of a name, and the row behind its last."""
        first = int(self.starts[name])
        return first, int(self.starts[name + 1]) if name + 1 < len(self.starts) else len(self.units)


def _population(unit: Unit) -> float:
    if unit.kind != POPULATED:
        return 0.0
    # 0 is not known: in the gazetteer it is the seat of some division. A place that the user added counts
    # like a town of 30,000: somebody thought it worth the line.
    return math.log10(max(unit.population or 5_000, 30_000 if unit.id >= FIRST_OWN else 300))


def candidate_weights(weights: PlaceWeights) -> Array:
    """Return the weights of the candidates' features, in their order."""
    return np.array([weights.candidate[name] for name in FEATURES])


def confidence_weights(weights: PlaceWeights) -> Array:
    """Return the weights of the confidence's signs, in their order."""
    return np.array([weights.confidence[name] for name in CONFIDENCE_SIGNS])


def judge_confidence(signs: Array, weights: Array) -> float:
    """Return the probability that a name's best candidate is right, from its confidence features."""
    whole = float(signs @ weights)
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, whole))))


def gather(
    names: Sequence[Sequence[Unit]],
    aliases: Sequence[frozenset[int]],
    said: Sequence[Mapping[int, float]],
    level: Sequence[Mapping[int, float]],
    gazetteer: Gazetteer,
) -> Candidates:
    """Return the candidates of the names with what holds of each whatever the other names mean.

    `said` and `level` give what the text beside a name says for its candidates, by unit id (1.0: it names
    what is around it, or its kind).
    """
    units = [unit for name in names for unit in name]
    owner = np.repeat(np.arange(len(names)), [len(name) for name in names])
    codes: dict[str, int] = {"": 0}
    firsts: dict[int, int] = {-1: 0}
    seconds: dict[int, int] = {-1: 0}
    fixed = np.zeros((len(units), len(FEATURES)))
    country = np.empty(len(units), dtype=np.int64)
    first = np.empty(len(units), dtype=np.int64)
    second = np.empty(len(units), dtype=np.int64)
    lat, lon = np.full(len(units), np.nan), np.full(len(units), np.nan)
    for row, unit in enumerate(units):
        at = int(owner[row])
        alias = unit.id in aliases[at]
        fixed[row, :10] = (
            unit.kind == COUNTRY,
            unit.kind == DIVISION1,
            unit.kind == DIVISION2,
            unit.kind == FEATURE,
            _population(unit),
            unit.id in gazetteer.capitals,
            alias,
            alias and unit.kind == POPULATED and unit.population < 100_000,
            said[at].get(unit.id, 0.0),
            level[at].get(unit.id, 0.0),
        )
        country[row] = codes.setdefault(unit.country, len(codes))
        outer = inner = -1
        for above in gazetteer.chain(unit.id):
            if above.kind == DIVISION1:
                outer = above.id
            elif above.kind == DIVISION2:
                inner = above.id
        first[row] = firsts.setdefault(outer, len(firsts))
        second[row] = seconds.setdefault(inner, len(seconds))
        if unit.lat is not None and unit.lon is not None:
            lat[row], lon[row] = np.radians(unit.lat), np.radians(unit.lon)
    starts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]]) if units else np.zeros(0, dtype=int)
    return Candidates(tuple(units), owner, fixed, country, first, second, lat, lon, starts, codes)


def _mass(
    numbers: Any, owner: Any, belief: Array, extra: Mapping[int, float] | None = None
) -> tuple[Array, Array]:
    """Return for each row what the other names believe of its number, and what they believe of any.

    Number 0 stands for none.
    """
    names, width = int(owner[-1]) + 1, int(numbers.max()) + 1
    counted = np.where(numbers == 0, 0.0, belief)
    whole = np.bincount(numbers, weights=counted, minlength=width)
    own_total = np.bincount(owner, weights=counted, minlength=names)
    pairs = owner * width + numbers
    if names * width <= _DENSE:
        own = np.bincount(pairs, weights=counted, minlength=names * width)[pairs]
    else:  # an article that lists thousands of places
        _, at = np.unique(pairs, return_inverse=True)
        own = np.bincount(at, weights=counted)[at]
    mine = whole[numbers] - own
    total = whole.sum() - own_total[owner]
    if extra:
        added = np.zeros(width)
        for number, weight in extra.items():
            if 0 < number < width:
                added[number] = weight
        mine = mine + added[numbers]
        total = total + sum(extra.values())
    return np.where(numbers == 0, 0.0, mine), total


def context(found: Candidates, belief: Array, nations: Mapping[int, float]) -> Array:
    """Return all features of the candidates under a belief; `nations` is the weight of nationality words."""
    features = found.fixed.copy()
    mine, total = _mass(found.country, found.owner, belief, nations)
    trust = np.minimum(1.0, total / 2.0)
    features[:, 10] = trust * mine / np.maximum(total, 1e-9)
    features[:, 11] = np.minimum(1.0, mine)
    # a continent or a sea is in no country, and of none
    vast = (found.country == 0) & (features[:, 3] > 0)
    features[vast, 10], features[vast, 11] = (0.5 * trust)[vast], np.minimum(1.0, total)[vast]
    mine, total = _mass(found.division1, found.owner, belief)
    features[:, 12] = np.minimum(1.0, total / 2.0) * mine / np.maximum(total, 1e-9)
    features[:, 13] = np.minimum(1.0, mine)
    mine, _ = _mass(found.division2, found.owner, belief)
    features[:, 14] = np.minimum(1.5, mine)
    features[:, 15], features[:, 16] = _nearness(found, belief)
    return features


def _nearness(found: Candidates, belief: Array) -> tuple[Array, Array]:
    """Return how many other places lie close to each candidate, and how near the nearest may be (0-1)."""
    vast = found.fixed[:, 0] + found.fixed[:, 1] + found.fixed[:, 3]  # countries, provinces, features
    local = (vast == 0) & ~np.isnan(found.lat)
    anchors = np.flatnonzero(local & (belief > 0.15))
    if len(anchors) > _MOST_ANCHORS:
        anchors = anchors[np.argsort(-belief[anchors], kind="stable")[:_MOST_ANCHORS]]
    size = len(found.units)
    if not len(anchors):
        return np.zeros(size), np.zeros(size)
    lat, lon = found.lat[:, None], found.lon[:, None]
    half = (
        np.sin((found.lat[anchors] - lat) / 2) ** 2
        + np.cos(lat) * np.cos(found.lat[anchors]) * np.sin((found.lon[anchors] - lon) / 2) ** 2
    )
    km = _EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
    close = np.exp(-km / _NEAR_KM) * belief[anchors]
    wide = np.exp(-km / (5 * _NEAR_KM)) * belief[anchors]
    other = (found.owner[:, None] != found.owner[anchors]) & ~np.isnan(found.lat)[:, None]
    close, wide = np.where(other, close, 0.0), np.where(other, wide, 0.0)
    return np.minimum(2.0, close.sum(axis=1)), wide.max(axis=1)


def believe(scores: Array, found: Candidates) -> Array:
    """Return each name's belief over its candidates: the softmax of their scores."""
    top = np.maximum.reduceat(scores, found.starts)[found.owner]
    weight = np.exp(scores - top)
    return np.asarray(weight / np.add.reduceat(weight, found.starts)[found.owner])


def weigh(found: Candidates, nations: Mapping[int, float], weights: Array) -> tuple[Array, Array]:
    """Return the candidates' features and scores after the beliefs have settled."""
    features = found.fixed
    scores = features @ weights
    for _ in range(ROUNDS):
        features = context(found, believe(scores, found), nations)
        scores = features @ weights
    return features, scores


def confidence_features(found: Candidates, name: int, features: Array, scores: Array) -> tuple[int, Array]:
    """Return the row of a name's best candidate, and what its confidence is judged by.

    That is a constant, the candidate's features, and those named in CONFIDENCE.
    """
    first, last = found.rows(name)
    best = first + int(np.argmax(scores[first:last]))
    weight = np.exp(scores[first:last] - scores[best])
    # units of one name a town's breadth apart are one place: the town, its district, its province
    same = (np.abs(found.lat[first:last] - found.lat[best]) < _SAME_RADIANS) & (
        np.abs(found.lon[first:last] - found.lon[best]) < 1.3 * _SAME_RADIANS
    )
    same[best - first] = True
    row = features[best]
    others = min(len(found.starts) - 1, 10) / 10
    many = np.log(last - first)
    no_country, no_division = 1 - row[11], 1 - row[13]
    return best, np.concatenate((
        (1.0,), row,
        (
            weight[same].sum() / weight.sum(), many, others, row[4] * no_country, no_country, no_division,
            row[0] * no_country, float(row[16] < 0.1), no_division * many, no_division * others,
            no_country * others,
        ),
    ))  # fmt: skip
