"""Learns vocabulary/recognition_weights.yaml from articles whose place names are marked.

    python training/learn_recognition_weights.py GOLD.xml [GOLD.xml ...] [--rounds 3]

GOLD.xml is a corpus in the format of LGL, TR-News or GeoVirus (Gritta et al. 2019). Every known name of its
articles is a case: its signs, and whether the gold marks it as a place. Two logistic models are fitted, one
of a name by itself and one with what the article's other names say. The signs of lists, persons and company
hang on what was accepted before, so that cases are read anew with the weights of each round. Names that the
gold marks without coordinates are left out, neither right nor wrong. With several corpora it tells first how
weights learned on the others do on each (transfer), and what cross-validation by article gives.
It needs scipy. Nothing of the corpora goes into the file but these weights.
"""

from __future__ import annotations

import argparse
import dataclasses
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from scipy.optimize import minimize

from seamwatch.model.text import Article
from seamwatch.resolve import place
from seamwatch.resolve.gazetteer import Gazetteer, load_gazetteer
from seamwatch.resolve.place_weights import BIAS, RecognitionWeights

OUT = Path(__file__).parent.parent / "src/seamwatch/vocabulary/recognition_weights.yaml"
SHRINK = 1e-4
# What the corpora hardly hold and reports of attacks are full of: "near Bashiqa", "the Ajil oil field".
LEAST = {
    "near": 2.0, "near_other": 1.3, "outskirts": 2.0, "direction": 1.5, "road": 1.0, "in": 1.5, "at": 0.8,
    "place_after": 1.5, "place_before": 2.5, "district_after": 1.5, "district_before": 1.5,
    "province_after": 1.0, "district_after_capital": 1.0, "province_before": 1.0, "feature_before": 1.0,
    "site_or_event": 1.0, "written_from": 2.5, "kind_told": 1.0,
}  # fmt: skip
RARE = 8
FOLDS = 5
# where nothing was learned yet: well-known names are places, small ones are not
START = RecognitionWeights(
    alone={BIAS: -1.0, "country": 3.0, "division1": 2.0, "metropolis": 2.0, "feature": 1.5, "in": 1.5,
           "in_person": -4.0, "word": -2.0, "first_name": -2.0},
    together={BIAS: 0.0},
)  # fmt: skip
HEAD = """# What each sign weighs for a known name being a place where it stands (logarithmic odds), of a name
# by itself and with what the article's other names say. Learned by
# training/learn_recognition_weights.py; signs that the corpora hardly hold have a least weight there.
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Case:
    """A known name of an article: its signs alone and together, and whether it is a place (None: unsure)."""

    article: str
    alone: tuple[str, ...]
    together: tuple[str, ...]
    right: bool | None


def read_marks(path: Path) -> Iterator[tuple[str, list[tuple[int, int]], list[tuple[int, int]]]]:
    """Yield each article's text, its place names with coordinates (start, end), and those without."""
    for article in ET.parse(path).getroot().iter("article"):
        marked: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])
        for kind in ("toponym", "location"):
            for top in article.iter(kind):
                begin = int(top.findtext("start") or 0) - (kind == "location")  # one corpus counts from 1
                said, end = top.findtext("name") or top.findtext("phrase") or "", top.findtext("end")
                last = int(end) - (kind == "location") if end else begin + len(said)
                marked[not (top.findtext(".//lat") or "").strip()].append((begin, last))
        yield article.findtext("text") or "", *marked


def read_cases(path: Path, gazetteer: Gazetteer) -> list[Case]:
    """Return the known names of a corpus, with the signs that the gazetteer's present weights give."""
    caught: list[Any] = []
    judge = place.judge_together

    def catch(readings: Any, gazetteer: Gazetteer) -> None:
        hits = [h for r in readings for h in r.hits if h.nationality is None]
        alone = [tuple(h.clues) for h in hits]
        judge(readings, gazetteer)
        caught.extend(zip(hits, alone, strict=True))

    place.judge_together = catch
    cases = []
    for number, (text, located, others) in enumerate(read_marks(path)):
        caught.clear()
        place.find_places(Article(id=str(number), text=text), gazetteer)
        for hit, alone in caught:
            right: bool | None = any(hit.start < e and b < hit.end for b, e in located)
            if not right and any(hit.start < e and b < hit.end for b, e in others):
                right = None
            cases.append(Case(f"{path.name} {number}", alone, tuple(hit.clues), right))
    place.judge_together = judge
    return cases


def table(cases: Sequence[Case], part: str, names: Sequence[str]) -> Any:
    """Return the signs of cases as rows of 0 and 1; the last column is always 1."""
    place_of = {name: at for at, name in enumerate(names)}
    rows = np.zeros((len(cases), len(names) + 1))
    rows[:, -1] = 1.0
    for row, case in zip(rows, cases, strict=True):
        for sign in getattr(case, part):
            if sign in place_of:
                row[place_of[sign]] = 1.0
    return rows


def fit(cases: Sequence[Case], part: str) -> dict[str, float]:
    """Return the weights of a logistic model, small ones preferred, none below LEAST; rare ones none."""
    sure = [case for case in cases if case.right is not None]
    counts = Counter(sign for case in sure for sign in getattr(case, part))
    names = sorted(sign for sign, count in counts.items() if count >= RARE)
    rows = table(sure, part, names)
    right = np.array([case.right for case in sure], dtype=float)
    shrink = np.full(rows.shape[1], SHRINK)
    shrink[-1] = 0.0

    def loss(w: Any) -> tuple[float, Any]:
        odds = rows @ w
        error = 1 / (1 + np.exp(-odds)) - right
        value = (np.logaddexp(0, odds) - right * odds).mean() + float(shrink @ (w * w))
        return value, rows.T @ error / len(sure) + 2 * shrink * w

    least = [(LEAST.get(name), None) for name in names] + [(None, None)]
    start = np.zeros(rows.shape[1])
    weights = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=least, options={"maxiter": 500}).x
    learned = {name: round(float(w), 2) for name, w in zip([*names, BIAS], weights, strict=True)}
    return {**LEAST, **learned}


def learn(paths: Sequence[Path], gazetteer: Gazetteer, rounds: int) -> tuple[RecognitionWeights, list[Case]]:
    """Return the weights after some rounds, and the cases as the last round read them."""
    gazetteer.recognition = START
    cases: list[Case] = []
    for _ in range(rounds):
        cases = [case for path in paths for case in read_cases(path, gazetteer)]
        alone = fit(cases, "alone")
        gazetteer.recognition = RecognitionWeights(alone=alone, together=gazetteer.recognition.together)
        cases = [case for path in paths for case in read_cases(path, gazetteer)]
        gazetteer.recognition = RecognitionWeights(alone=alone, together=fit(cases, "together"))
    return gazetteer.recognition, cases


def figures(cases: Sequence[Case], weights: RecognitionWeights, part: str = "together") -> str:
    """Return precision, recall and F1 of the known names under some weights."""
    values = getattr(weights, part)
    chosen = [values[BIAS] + sum(values.get(s, 0.0) for s in getattr(case, part)) >= 0 for case in cases]
    both = sum(c and case.right is True for c, case in zip(chosen, cases, strict=True))
    precision = both / max(1, sum(chosen))
    recall = both / max(1, sum(case.right is True for case in cases))
    return f"P {precision:.1%} R {recall:.1%} F1 {2 * precision * recall / (precision + recall):.1%}"


def validate(cases: Sequence[Case]) -> str:
    """Return the figures of cross-validation by article."""
    articles = list(dict.fromkeys(case.article for case in cases))
    fold = {article: at % FOLDS for at, article in enumerate(articles)}
    chosen: list[Case] = []
    for number in range(FOLDS):
        weights = fit([c for c in cases if fold[c.article] != number], "together")
        for case in cases:
            if fold[case.article] == number:
                odds = weights[BIAS] + sum(weights.get(s, 0.0) for s in case.together)
                chosen.append(dataclasses.replace(case, together=("yes",) if odds >= 0 else ()))
    verdict = RecognitionWeights(alone={BIAS: 0.0}, together={BIAS: -1.0, "yes": 2.0})
    return "; ".join(
        f"{name}: {figures([c for c in chosen if c.article.startswith(name)], verdict)}"
        for name in dict.fromkeys(case.article.split()[0] for case in cases)
    )


def main() -> None:
    """Learn the weights of recognition and write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path, nargs="+")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    gazetteer = load_gazetteer()
    for path in args.gold if len(args.gold) > 1 else ():
        weights, _ = learn([p for p in args.gold if p != path], gazetteer, args.rounds)
        print(f"learned on the others, {path.name}: {figures(read_cases(path, gazetteer), weights)}")
    weights, cases = learn(args.gold, gazetteer, args.rounds)
    print(f"cross-validation by article: {validate(cases)}")
    body = yaml.safe_dump(
        {"alone": dict(weights.alone), "together": dict(weights.together)}, sort_keys=True, width=110
    )
    OUT.write_text(HEAD + body, encoding="utf-8")


if __name__ == "__main__":
    main()
