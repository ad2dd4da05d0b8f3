"""Learns vocabulary/place_weights.yaml from articles whose place names have gold coordinates.

    python training/learn_place_weights.py GOLD.xml [GOLD.xml ...] [--least 0.28]

GOLD.xml is a corpus in the format of LGL, TR-News or GeoVirus (Gritta et al. 2019). First the weights by
which the names of an article are resolved together, in rounds: beliefs under the last weights, then a softmax
over each name's candidates. Then those of the confidence: every name that was resolved rightly is resolved
once more with all its candidates near the right point taken away; what is then chosen is wrong by
construction.
It needs scipy. Nothing of the corpora goes into the file but these weights.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from scipy.optimize import minimize

from seamwatch.model.text import Article
from seamwatch.resolve import place, place_resolution
from seamwatch.resolve.gazetteer import Gazetteer, load_gazetteer
from seamwatch.resolve.place_joint import (
    CONFIDENCE_SIGNS,
    FEATURES,
    Candidates,
    confidence_features,
    weigh,
)

sys.path.insert(0, str(Path(__file__).parent.parent / "bench"))
from gold_places import NEAR_KM, distance, read_gold

OUT = Path(__file__).parent.parent / "src/seamwatch/vocabulary/place_weights.yaml"
START = {
    "country": 6.0, "division1": 4.0, "division2": 2.4, "feature": 4.5, "log_population": 1.0, "capital": 1.0,
    "alias": -1.2, "minor_alias": -0.8, "said": 5.0, "level": 3.0, "country_share": 3.0,
    "division1_share": 2.0, "division1_any": 1.0, "division2_any": 1.0, "near": 0.7,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    """An article's candidates, what its nationality words speak for, each row's km to its name's gold.

    A row of a name without gold is infinitely far. `times` says how often each name stands in the gold.
    """

    found: Candidates
    nations: dict[int, float]
    km: Any
    times: tuple[int, ...]


def read_samples(path: Path, gazetteer: Gazetteer) -> list[Sample]:
    """Return the articles of a corpus as they come before the joint resolution."""
    samples: list[Sample] = []
    caught: list[Any] = []
    resolve = place_resolution.resolve_names

    def catch(resolved: Any, gazetteer: Gazetteer, home: str = "") -> Any:
        spans: dict[str, list[tuple[int, int]]] = {}
        for item in resolved:
            if item.found.candidates:
                spans.setdefault(item.found.key, []).append((item.found.start, item.found.end))
        caught.append((place_resolution.joint_candidates(resolved, gazetteer, home), spans))
        return resolve(resolved, gazetteer, home)

    place.resolve_names = catch
    for number, (text, gold) in enumerate(read_gold(path)):
        caught.clear()
        place.find_places(Article(id=str(number), text=text), gazetteer)
        (keys, found, nations), spans = caught[0]
        if not keys:
            continue
        km = np.full(len(found.units), np.inf)
        times = []
        for at, key in enumerate(keys):
            points = [(la, lo) for b, e, la, lo in gold for s, t in spans[key] if s < e and b < t]
            times.append(len(points))
            first, last = found.rows(at)
            for row in range(first, last if points else first):
                unit = found.units[row]
                if unit.lat is not None and unit.lon is not None:
                    km[row] = distance(*points[0], unit.lat, unit.lon)
        samples.append(Sample(found, nations, km, tuple(times)))
    place.resolve_names = resolve
    return samples


def learn_weights(samples: Sequence[Sample]) -> Any:
    """Return the weights of FEATURES."""
    start = np.array([START.get(name, 0.0) for name in FEATURES])
    weights = start.copy()
    for _ in range(4):
        cases = []
        for sample in samples:
            features, _scores = weigh(sample.found, sample.nations, weights)
            for at, times in enumerate(sample.times):
                first, last = sample.found.rows(at)
                km = sample.km[first:last]
                good = km <= max(25.0, km.min() + 10) if km.min() <= NEAR_KM else km < 0
                if times and good.any() and not good.all():
                    cases.append((features[first:last], good, min(times, 2)))

        def loss(w: Any, cases: Any = cases) -> tuple[float, Any]:
            total, slope = 0.0, np.zeros(len(FEATURES))
            for rows, good, times in cases:
                scores = rows @ w
                e = np.exp(scores - scores.max())
                right = e[good].sum()
                total -= times * math.log(right / e.sum() + 1e-12)
                slope -= times * (rows.T @ (np.where(good, e, 0) / right - e / e.sum()))
            drift = w - 0.3 * start
            return total / len(cases) + 0.002 * float(drift @ drift), slope / len(cases) + 0.004 * drift

        weights = minimize(loss, weights, jac=True, method="L-BFGS-B", options={"maxiter": 100}).x
    return weights


def without(found: Candidates, kept: Any) -> Candidates:
    """Return the candidates with some rows taken out (no name may lose all of its rows)."""
    rows = np.flatnonzero(kept)
    owner = found.owner[rows]
    starts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
    return Candidates(
        tuple(found.units[row] for row in rows), owner, found.fixed[rows], found.country[rows],
        found.division1[rows], found.division2[rows], found.lat[rows], found.lon[rows], starts, found.codes,
    )  # fmt: skip


def learn_confidence(
    samples: Sequence[Sample], weights: Any
) -> tuple[Any, list[tuple[float, bool, bool, int]]]:
    """Return the weights of CONFIDENCE_SIGNS, and each case's probability, right, hidden, times."""
    cases: list[tuple[Any, bool, bool, int]] = []
    for sample in samples:
        features, scores = weigh(sample.found, sample.nations, weights)
        for at, times in enumerate(sample.times):
            if not times:
                continue
            best, signs = confidence_features(sample.found, at, features, scores)
            right = bool(sample.km[best] <= NEAR_KM)
            cases.append((signs, right, False, times))
            first, last = sample.found.rows(at)
            near = sample.km[first:last] <= NEAR_KM
            if right and not near.all():
                kept = np.ones(len(sample.found.units), bool)
                kept[first:last] = ~near
                found = without(sample.found, kept)
                again, anew = weigh(found, sample.nations, weights)
                cases.append((confidence_features(found, at, again, anew)[1], False, True, 1))
    rows = np.array([signs for signs, *_ in cases])
    right = np.array([float(r) for _, r, _, _ in cases])
    times = np.array([float(min(t, 2)) for *_, t in cases])
    middle, spread = rows.mean(0), rows.std(0) + 1e-6
    middle[0], spread[0] = 0.0, 1.0
    scaled = (rows - middle) / spread

    def loss(v: Any) -> tuple[float, Any]:
        p = 1 / (1 + np.exp(-(scaled @ v)))
        cost = (
            -(times * (right * np.log(p + 1e-12) + (1 - right) * np.log(1 - p + 1e-12))).sum() / times.sum()
        )
        slope = scaled.T @ (times * (p - right)) / times.sum()
        slope[1:] += 0.004 * v[1:]
        return float(cost + 0.002 * (v[1:] ** 2).sum()), slope

    v = minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B").x
    found_weights = v / spread
    found_weights[0] -= float((v * middle / spread)[1:].sum())
    p = 1 / (1 + np.exp(-(rows @ found_weights)))
    return found_weights, [(float(q), r, h, t) for q, (_, r, h, t) in zip(p, cases, strict=True)]


def main() -> None:
    """Learn both tables and write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--least", type=float, default=0.28)
    options = parser.parse_args()
    gazetteer = load_gazetteer()
    samples = [s for path in options.gold for s in read_samples(path, gazetteer)]
    weights = learn_weights(samples)
    confidence, judged = learn_confidence(samples, weights)
    for least in (0.2, 0.25, 0.3, 0.35, 0.4, 0.5):
        whole = sum(t for _, _, hidden, t in judged if not hidden)
        kept = sum(t for p, right, hidden, t in judged if not hidden and right and p >= least)
        hidden_ps = [p for p, _, hidden, _ in judged if hidden]
        open_ = sum(p < least for p in hidden_ps)
        print(
            f"least {least}: right {100 * kept / whole:.1f} %, "
            f"hidden left open {100 * open_ / len(hidden_ps):.1f} %"
        )
    table = {
        "least": options.least,
        "candidate": {n: round(float(w), 3) for n, w in zip(FEATURES, weights, strict=True)},
        "confidence": {n: round(float(w), 3) for n, w in zip(CONFIDENCE_SIGNS, confidence, strict=True)},
    }
    head = (
        "# How the names of an article are resolved together (resolve/place_joint.py). Learned by\n"
        "# training/learn_place_weights.py; `least` is the confidence below which a name stays open.\n"
    )
    OUT.write_text(head + yaml.safe_dump(table, sort_keys=False), encoding="utf-8")
    print(f"{OUT.name}: {len(samples)} articles")


if __name__ == "__main__":
    main()
