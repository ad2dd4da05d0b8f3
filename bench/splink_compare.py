"""splink on the same simulated reports: how well and how fast it finds the events, for comparison.

    python -m venv ENV && ENV/bin/pip install "splink>=5,<6"
    PYTHONPATH=src ENV/bin/python bench/splink_compare.py GED.csv [--events N] [--out FILE]

splink is no dependency of this project: give it an environment of its own. Two models are trained without
labels (EM) and clustered by connected components at several thresholds; all are reported, and the best by
pair F1, which the gold picks in splink's favour. "ready-made" compares days, names and points with splink's
library, "fitted" with levels written for such reports: ranges of days, places that hold one another. A third,
"taught", is "fitted" with what the gold says of each level: as good as training could ever be.
A run on all events is written to bench/results/splink.json. See LINKING.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.blocking_rule_library import CustomRule

from ged_linking import write_simulated
from ged_scores import Truth, halves, read_truth, recall_by_noise, score

RECORD = Path("bench/results/splink.json")
THRESHOLDS = (0.5, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99999, 0.999999)
COLUMNS = (
    "unique_id VARCHAR, event VARCHAR, start_date DATE, end_date DATE, week DATE, fortnight DATE, exact "
    "BOOLEAN, name VARCHAR, level INTEGER, admin2 VARCHAR, admin1 VARCHAR, country VARCHAR, lat DOUBLE, "
    "lon DOUBLE, killed INTEGER, event_type VARCHAR, sub_type VARCHAR, actors VARCHAR, sides VARCHAR[], "
    "harmed VARCHAR, deaths VARCHAR"
)
OVERLAP = "start_date_l <= end_date_r AND start_date_r <= end_date_l"
NEXT_DAY = "start_date_l <= end_date_r + 1 AND start_date_r <= end_date_l + 1"
WITHIN = (
    "(level_r = 3 AND name_r = admin2_l AND level_l <= 2) "
    "OR (level_l = 3 AND name_l = admin2_r AND level_r <= 2)"
)
WITHIN_WIDER = (
    "(level_r = 4 AND name_r = admin1_l AND level_l <> 4) "
    "OR (level_l = 4 AND name_l = admin1_r AND level_r <> 4)"
)
BLOCKING = (
    block_on("start_date", "country"),
    CustomRule("l.start_date = r.start_date + 1 AND l.country = r.country"),
    CustomRule("l.start_date + 1 = r.start_date AND l.country = r.country"),
    block_on("week", "country", "admin1"),
    block_on("week", "country", "actors"),
    block_on("week", "country", "killed"),
    CustomRule("l.week = r.week + 7 AND l.admin1 = r.admin1 AND l.country = r.country"),
    CustomRule("l.week + 7 = r.week AND l.admin1 = r.admin1 AND l.country = r.country"),
    block_on("fortnight", "country", "name"),
)
# EM needs pairs of which many are one event: rare tolls, or fields that agree.
TRAINING = (
    block_on("start_date", "name", "harmed"),
    CustomRule(
        "l.start_date = r.start_date AND l.actors = r.actors AND l.killed = r.killed AND l.killed >= 6"
    ),
    CustomRule("l.name = r.name AND l.actors = r.actors AND l.killed = r.killed AND l.killed >= 8"),
)


def rows_of(reports: Path, event_of: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield one record a mention with the fields that are compared, and its event as a label."""
    with reports.open(encoding="utf-8") as lines:
        for line in lines:
            for mention in json.loads(line)["mentions"]:
                when, place = mention["date"], mention["place"]
                start = date.fromisoformat(when["start"])
                sides = [actor["name"] for actor in mention["perpetrators"]]
                victims = sorted((victim["group"], victim["count"]) for victim in mention["victims"])
                yield {
                    "unique_id": mention["id"],
                    "event": event_of[mention["id"]],
                    "start_date": when["start"],
                    "end_date": when["end"],
                    "week": (start - timedelta(days=start.weekday())).isoformat(),
                    "fortnight": (start - timedelta(days=start.toordinal() % 14)).isoformat(),
                    "exact": when["precision"] == 1,
                    "name": place["name"].casefold(),
                    "level": place["precision"],
                    "admin2": place["admin2"] and place["admin2"].casefold(),
                    "admin1": place["admin1"] and place["admin1"].casefold(),
                    "country": place["country"],
                    "lat": place["lat"],
                    "lon": place["lon"],
                    "killed": mention["killed"]["best"],
                    "event_type": mention["event_type"],
                    "sub_type": mention["sub_event_type"],
                    "actors": " | ".join(sorted(sides)),
                    "sides": sides,
                    "harmed": " ".join(group for group, _ in victims) or None,
                    "deaths": " ".join(f"{group} {count}" for group, count in victims) or None,
                }


def ready_made() -> list[Any]:
    """Return comparisons of splink's library, one a field."""
    return [
        cl.AbsoluteDateDifferenceAtThresholds(
            "start_date", input_is_string=False, metrics=["day", "day", "day"], thresholds=[1, 3, 7]
        ),
        cl.JaroWinklerAtThresholds("name", [0.95, 0.9, 0.8]).configure(term_frequency_adjustments=True),
        cl.DistanceInKMAtThresholds("lat", "lon", [0.5, 5, 25, 75]),
        _toll(),
        _type(),
        _sides(),
        _harmed(),
    ]


def fitted() -> list[Any]:
    """Return comparisons for reports of one event: ranges of days, and places that may hold one another."""
    days = cl.CustomComparison(
        output_column_name="days",
        comparison_levels=[
            cll.NullLevel("start_date"),
            _level("exact_l AND exact_r AND start_date_l = start_date_r", "one exact day"),
            _level("start_date_l = start_date_r AND end_date_l = end_date_r", "one range"),
            _level(f"{OVERLAP} AND (exact_l OR exact_r)", "a day within a range"),
            _level(OVERLAP, "ranges overlap"),
            _level(f"exact_l AND exact_r AND {NEXT_DAY}", "the next day"),
            _level(NEXT_DAY, "ranges a day apart"),
            cll.ElseLevel(),
        ],
    )
    near = cll.DistanceInKMLevel("lat", "lon", 5, not_null=True)
    place = cl.CustomComparison(
        output_column_name="place",
        comparison_levels=[
            cll.NullLevel("name"),
            cll.ExactMatchLevel("name", term_frequency_adjustments=True),
            cll.And(cll.JaroWinklerLevel("name", 0.88), _level("level_l = level_r", "one level")),
            cll.And(
                cll.JaroWinklerLevel("name", 0.75), cll.DistanceInKMLevel("lat", "lon", 0.5, not_null=True)
            ),
            cll.DistanceInKMLevel("lat", "lon", 0.5, not_null=True),
            _level(WITHIN, "a place and its district"),
            _level(WITHIN_WIDER, "a place and its governorate"),
            _level("level_l = 6 OR level_r = 6", "a place and the country"),
            cll.And(cll.JaroWinklerLevel("name", 0.75), _level("admin2_l = admin2_r", "one district")),
            near,
            _level("admin2_l = admin2_r", "one district"),
            cll.DistanceInKMLevel("lat", "lon", 25, not_null=True),
            _level("admin1_l = admin1_r", "one governorate"),
            cll.ElseLevel(),
        ],
    )
    return [days, place, _toll(), _type(), _sides(), _harmed()]


def _level(condition: str, label: str) -> Any:
    return cll.CustomLevel(condition, label_for_charts=label)


def _toll() -> Any:
    apart = "abs(killed_l - killed_r)"
    return cl.CustomComparison(
        output_column_name="killed",
        comparison_levels=[
            cll.NullLevel("killed"),
            _level(
                "killed_l = killed_r AND deaths_l = deaths_r AND killed_l >= 8", "same deaths, 8 and more"
            ),
            _level("killed_l = killed_r AND deaths_l = deaths_r AND killed_l >= 3", "same deaths, 3 to 7"),
            _level("killed_l = killed_r AND deaths_l = deaths_r", "same deaths, 1 or 2"),
            cll.ExactMatchLevel("killed", term_frequency_adjustments=True),
            _level(f"{apart} <= 3 AND least(killed_l, killed_r) >= 8", "1 to 3 apart, 8 and more"),
            _level(f"{apart} <= 1", "1 apart"),
            _level(f"{apart} <= 3", "2 or 3 apart"),
            cll.ElseLevel(),
        ],
    )


def _type() -> Any:
    return cl.CustomComparison(
        output_column_name="sub_type",
        comparison_levels=[
            cll.NullLevel("sub_type"),
            cll.ExactMatchLevel("sub_type", term_frequency_adjustments=True),
            _level("event_type_l = event_type_r", "one group of types"),
            cll.ElseLevel(),
        ],
    )


def _sides() -> Any:
    return cl.CustomComparison(
        output_column_name="actors",
        comparison_levels=[
            cll.NullLevel("actors"),
            cll.ExactMatchLevel("actors", term_frequency_adjustments=True),
            cll.ArrayIntersectLevel("sides", 1),
            cll.ElseLevel(),
        ],
    )


def _harmed() -> Any:
    return cl.CustomComparison(
        output_column_name="harmed",
        comparison_levels=[
            cll.NullLevel("harmed"),
            cll.ExactMatchLevel("harmed", term_frequency_adjustments=True),
            cll.ElseLevel(),
        ],
    )


@contextmanager
def _taking(seconds: dict[str, float], name: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[name] = round(time.perf_counter() - start, 2)


def _processor_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _pairs_alone(connection: duckdb.DuckDBPyConnection, predictions: str, real: int) -> dict[str, Any]:
    """Return the best pair F1 over all match weights before clustering, and what blocking and 0.5 leave."""
    rows = connection.execute(
        f"""SELECT floor(match_weight * 4) / 4 AS weight, count(*), sum(CAST(a.event = b.event AS INTEGER))
        FROM {predictions}
        JOIN reports a ON a.unique_id = unique_id_l JOIN reports b ON b.unique_id = unique_id_r
        GROUP BY weight ORDER BY weight DESC"""
    ).fetchall()
    made = right = 0
    best = {"pair_f1": 0.0}
    for weight, count, hits in rows:
        made, right = made + count, right + int(hits)
        f1 = round(200 * right / (made + real), 2)
        if f1 > best["pair_f1"]:
            best = {
                "pair_f1": f1, "match_weight": weight,
                "precision": round(100 * right / made, 2), "recall": round(100 * right / real, 2),
            }  # fmt: skip
    return {"best": best, "recall_of_all_predicted": round(100 * right / max(1, real), 2)}


def run(
    name: str, comparisons: list[Any], records: Path, truths: list[Truth], *, taught: bool = False
) -> dict[str, Any]:
    """Return the figures of one model: trained on the records, clustered at every threshold.

    What is `taught` takes the m of each level from the gold: the best that such a model can learn.
    """
    seconds: dict[str, float] = {}
    used = _processor_seconds()
    with _taking(seconds, "load"):
        connection = duckdb.connect()
        connection.execute(f"CREATE TABLE reports ({COLUMNS})")
        connection.execute(f"INSERT INTO reports BY NAME SELECT * FROM read_json_auto('{records}')")
        api = DuckDBAPI(connection=connection)
        settings = SettingsCreator(
            link_type="dedupe_only",
            comparisons=comparisons,
            blocking_rules_to_generate_predictions=list(BLOCKING),
            retain_matching_columns=False,
        )
        linker = Linker(api.register("reports", dataset_display_name="records"), settings, log_level=30)
    with _taking(seconds, "train"):
        training = linker.training
        training.estimate_probability_two_random_records_match(
            [block_on("start_date", "name", "killed", "actors")], recall=0.2
        )
        training.estimate_u_using_random_sampling(max_pairs=5e7, seed=1)
        if taught:
            training.estimate_m_from_label_column("event")
        else:
            for rule in TRAINING:
                training.estimate_parameters_using_expectation_maximisation(rule)
    with _taking(seconds, "predict"):
        predictions = linker.inference.predict(threshold_match_probability=min(THRESHOLDS))
    [(edges,)] = connection.execute(f"SELECT count(*) FROM {predictions.physical_name}").fetchall()
    used = _processor_seconds() - used
    by_threshold: dict[str, Any] = {}
    real = sum(n * (n - 1) // 2 for n in Counter(truth.event for truth in truths).values())
    pairs = _pairs_alone(connection, predictions.physical_name, real)
    best: tuple[float, float, dict[str, str]] = (-1.0, 0.0, {})
    with _taking(seconds, "cluster_at_all_thresholds"):
        for threshold in THRESHOLDS:
            start = time.perf_counter()
            clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
                predictions, threshold_match_probability=threshold
            )
            wall = time.perf_counter() - start
            query = f"SELECT unique_id, cluster_id FROM {clusters.physical_name}"
            found = dict(connection.execute(query).fetchall())
            figures = score(truths, found)
            by_threshold[str(threshold)] = figures | {"cluster_seconds": round(wall, 2)}
            if figures["pair_f1"] > best[0]:
                best = (figures["pair_f1"], threshold, found)
    one = by_threshold[str(best[1])]["cluster_seconds"]
    total = seconds["load"] + seconds["train"] + seconds["predict"] + one
    connection.close()
    return {
        "model": name,
        "best_threshold": best[1],
        "best": by_threshold[str(best[1])],
        **halves(truths, best[2]),
        "recall_by_noise": recall_by_noise(truths, best[2]),
        "seconds": seconds,
        "seconds_to_the_best_clusters": round(total, 2),
        "processor_seconds_without_clustering": round(used, 2),
        "mentions_per_second": round(len(truths) / total, 1),
        "predicted_pairs": edges,
        "pairs_before_clustering": pairs,
        "thresholds": by_threshold,
    }


def main() -> None:
    """Make the reports, run both models, print and write the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("ged", type=Path, help="UCDP GED as CSV")
    parser.add_argument("--events", type=int, help="draw so many events; default: all")
    parser.add_argument("--only", choices=("ready-made", "fitted", "taught"))
    parser.add_argument("--out", type=Path, help=f"default for a full run: {RECORD}")
    options = parser.parse_args()
    out = options.out or (None if options.events or options.only else RECORD)
    figures: dict[str, Any] = {
        "command": "python bench/splink_compare.py GED.csv"
        + (f" --events {options.events}" if options.events else ""),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "versions": {name: version(name) for name in ("splink", "duckdb")},
        "models": [],
    }
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        reports, gold = write_simulated(options.ged, folder, count=options.events)
        records, truths = folder / "records.jsonl", read_truth(gold)
        with records.open("w", encoding="utf-8") as lines:
            for row in rows_of(reports, {truth.mention: truth.event for truth in truths}):
                lines.write(json.dumps(row) + "\n")
        for name, comparisons in (("ready-made", ready_made), ("fitted", fitted), ("taught", fitted)):
            if options.only in (None, name):
                made = run(name, comparisons(), records, truths, taught=name == "taught")
                figures["models"].append(made)
    figures["peak_memory_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(json.dumps(figures, indent=1))
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
