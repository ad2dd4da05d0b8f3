"""How well and how fast simulated reports of real events are linked, through the command line.

    python bench/ged_linking.py GED.csv [--events N | --mentions N] [--seed 1] [--rebuild] [--keep FOLDER]

Makes the reports (ged_reports.py), runs `seamwatch read --mentions` and `seamwatch incidents`, and compares
the incidents with the events. With --rebuild also `seamwatch link --rebuild`, after which the figures are
taken again. A run on all events with seed 1 is written to bench/results/ged_linking.json; any other is
printed, and written only where --out says. See LINKING.md for what the figures mean.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

from ged_events import Event, distance_km, read_events
from ged_reports import simulate
from ged_scores import (
    halves,
    incident_of_mention,
    read_mentions,
    read_truth,
    recall_by_conflict,
    recall_by_noise,
    score,
    wrong_pairs,
)

BIN = Path(sys.executable).parent
RECORD = Path("bench/results/ged_linking.json")


def timed(command: list[str], out: Path) -> dict[str, float]:
    """Return wall seconds, processor seconds and peak memory in MB of one command, its output in a file."""
    start = time.perf_counter()
    with out.open("wb") as target:
        process = subprocess.Popen(command, stdout=target, stderr=subprocess.PIPE)
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    code = os.waitstatus_to_exitcode(status)
    if code != 0:
        raise SystemExit(f"{' '.join(command)} ended with {code}: {said.decode(errors='replace')[-2000:]}")
    return {
        "wall_seconds": round(wall, 2),
        "processor_seconds": round(usage.ru_utime + usage.ru_stime, 2),
        "peak_memory_mb": round(usage.ru_maxrss / 1024),
    }


def write_simulated(
    ged: Path, folder: Path, *, seed: int = 1, count: int | None = None, mentions: int | None = None
) -> tuple[Path, Path]:
    """Return the paths of the reports and the gold, both written into the folder."""
    reports, gold = folder / "reports.jsonl", folder / "gold.jsonl"
    with reports.open("w", encoding="utf-8") as lines, gold.open("w", encoding="utf-8") as truths:
        for row, truth in simulate(read_events(ged), seed=seed, count=count, mentions=mentions):
            lines.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
            truths.write(json.dumps(truth, separators=(",", ":")) + "\n")
    return reports, gold


def relation(one: Event, other: Event) -> str:
    """Return in words what two events have in common."""
    apart = max(0, (other.start - one.end).days, (one.start - other.end).days)
    days = "same days" if apart == 0 else "next day" if apart == 1 else "two or more days apart"
    here, there = one.spot, other.spot
    km = distance_km(here.lat or 0, here.lon or 0, there.lat or 0, there.lon or 0)
    if here.name == there.name:
        place = "same place"
    elif here.admin2 and here.admin2 == there.admin2:
        place = "same district"
    else:
        place = "same governorate" if here.admin1 and here.admin1 == there.admin1 else "elsewhere"
    near = "" if place == "same place" else f" ({'within' if km <= 25 else 'over'} 25 km)"
    sides = "same sides" if (one.side_a, one.side_b) == (other.side_a, other.side_b) else "other sides"
    toll = "same toll" if one.best == other.best else "other toll"
    return f"{days}, {place}{near}, {sides}, {toll}"


def twins(events: Iterable[Event], told: Mapping[str, int]) -> dict[str, int]:
    """Return how many events are told alike in every coded field by another one, and the pairs between them.

    `told` is the number of mentions of each event. No linking can tell such events apart, only guess.
    """
    held: dict[Event, list[str]] = defaultdict(list)
    for event in events:
        if event.id in told:
            held[replace(event, id="")].append(event.id)
    alike = [names for names in held.values() if len(names) > 1]
    pairs = sum(told[a] * told[b] for names in alike for a, b in combinations(names, 2))
    return {"events": sum(map(len, alike)), "pairs_between_them": pairs}


def main() -> None:
    """Make the reports, link them, print the figures, and write those of a full run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("ged", type=Path, help="UCDP GED as CSV")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--events", type=int, help="draw so many events; default: all")
    size.add_argument("--mentions", type=int, help="draw fortnights until there are so many mentions")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rebuild", action="store_true", help="also run `seamwatch link --rebuild`")
    parser.add_argument("--keep", type=Path, help="keep reports, gold, database and incidents in this folder")
    parser.add_argument("--out", type=Path, help=f"default for a full run with seed 1: {RECORD}")
    options = parser.parse_args()
    full = options.events is None and options.mentions is None and options.seed == 1
    out = options.out or (RECORD if full else None)
    events = {event.id: event for event in read_events(options.ged).events}
    program = str(BIN / "seamwatch")
    figures: dict[str, Any] = {
        "command": "python bench/ged_linking.py GED.csv"
        + (f" --events {options.events}" if options.events else "")
        + (f" --mentions {options.mentions}" if options.mentions else "")
        + (f" --seed {options.seed}" if options.seed != 1 else "")
        + (" --rebuild" if options.rebuild else ""),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
    }
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        reports, gold = write_simulated(
            options.ged, folder, seed=options.seed, count=options.events, mentions=options.mentions
        )
        database = folder / "reports.db"
        for left in folder.glob("reports.db*"):
            left.unlink()
        read = timed(
            [program, "read", "--quiet", "--mentions", str(reports), "--db", str(database)],
            folder / "read.out",
        )
        truths, mentions = read_truth(gold), read_mentions(reports)
        read["mentions_per_second"] = round(len(truths) / read["wall_seconds"], 1)
        listing = [program, "incidents", "--format", "json", "--status", "all", "--db", str(database)]
        listed = timed(listing, folder / "incidents.json")
        found = incident_of_mention(folder / "incidents.json")
        figures |= {"read": read, "incidents": listed, "all": score(truths, found), **halves(truths, found)}
        figures["database_mb"] = round(database.stat().st_size / 1e6, 1)
        figures["mentions_in_no_incident"] = sum(1 for t in truths if t.mention not in found)
        if options.rebuild:
            rebuild = timed([program, "link", "--rebuild", "--db", str(database)], folder / "link.out")
            rebuild["mentions_per_second"] = round(len(truths) / rebuild["wall_seconds"], 1)
            timed(listing, folder / "again.json")
            again = incident_of_mention(folder / "again.json")
            figures["rebuild"] = rebuild | {
                "pair_f1": score(truths, again)["pair_f1"],
                "mentions_in_another_incident": sum(
                    1 for t in truths if found.get(t.mention) != again.get(t.mention)
                ),
            }
    figures["recall_by_noise"] = recall_by_noise(truths, found)
    figures["recall_by_conflict"] = recall_by_conflict(truths, found, mentions)
    figures["events_alike_in_every_field"] = twins(events.values(), Counter(t.event for t in truths))
    wrong = wrong_pairs(truths, found, lambda a, b: relation(events[a], events[b]))
    figures["wrong_pairs"] = dict(list(wrong.items())[:25])
    print(json.dumps(figures, indent=1))
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
