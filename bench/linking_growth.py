"""How the time of linking grows with the number of mentions, through the command line.

    python bench/linking_growth.py GED.csv [--sizes 10000,100000,1000000] [--steps read,rebuild,one]
                                           [--keep FOLDER] [--out FILE]

For each size simulated reports of that number, as dense as the real events, are made (ged_reports.py) and
read into a new database with `seamwatch read --mentions`; "rebuild" links them all again with
`seamwatch link --rebuild`; "one" records 200 further articles one by one (link_one.py). Of the whole
processes' times an exponent is fitted by least squares on logarithms. Figures go to
bench/results/linking_growth.json, the chart to linking_growth.svg beside it. With --keep, reports and
databases stay in that folder, and what is there already is not made again.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from ged_events import Events, read_events
from ged_linking import timed
from ged_reports import simulate
from growth_chart import draw, fit_exponent
from link_one import measure

BIN = Path(sys.executable).parent
RECORD = Path("bench/results/linking_growth.json")
STEPS = ("read", "rebuild", "one")


def make_reports(events: Events, mentions: int, path: Path) -> None:
    """Write so many simulated reports to a file, unless it is there already."""
    if path.exists():
        return
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8") as lines:
        for row, _ in simulate(events, mentions=mentions, more=True):
            lines.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
    part.rename(path)


def run_size(ged: Path, events: Events, mentions: int, steps: set[str], folder: Path) -> dict[str, Any]:
    """Return the figures of one size; the reading is left out where its database is kept already."""
    program = str(BIN / "seamwatch")
    reports, database = folder / f"reports-{mentions}.jsonl", folder / f"reports-{mentions}.db"
    made = folder / f"read-{mentions}.json"
    figures: dict[str, Any] = {"mentions": mentions}
    if database.exists() and made.exists():
        figures["read"] = json.loads(made.read_text(encoding="utf-8"))
    else:
        make_reports(events, mentions, reports)
        for left in folder.glob(f"{database.name}*"):
            left.unlink()
        command = [program, "read", "--quiet", "--mentions", str(reports), "--db", str(database)]
        figures["read"] = timed(command, folder / "read.out")
        made.write_text(json.dumps(figures["read"]), encoding="utf-8")
    if "rebuild" in steps:
        figures["rebuild"] = timed([program, "link", "--rebuild", "--db", str(database)], folder / "link.out")
    for step in ("read", "rebuild"):
        if step in figures:
            figures[step]["mentions_per_second"] = round(mentions / figures[step]["wall_seconds"], 1)
    if "one" in steps:
        figures["one"] = measure(ged, database, 200, 2)
    figures["database_mb"] = round(database.stat().st_size / 1e6, 1)
    return figures


def fits(sizes: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Return the exponent of each step's wall and processor time over the sizes."""
    points: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for size in sizes:
        for step in ("read", "rebuild"):
            for time in ("wall_seconds", "processor_seconds"):
                if step in size:
                    points[step, time].append((size["mentions"], size[step][time]))
        if "one" in size:
            points["one", "median_ms"].append((size["mentions"], size["one"]["median_ms"]))
    found: dict[str, dict[str, float]] = {}
    for (step, time), values in points.items():
        if len(values) > 1:
            found.setdefault(step, {})[time] = round(fit_exponent(values)[0], 3)
    return found


def main() -> None:
    """Measure every size, print and write the figures and the chart."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("ged", type=Path, help="UCDP GED as CSV")
    parser.add_argument(
        "--sizes", default="10000,100000,1000000", help="numbers of mentions, split at commas"
    )
    parser.add_argument("--steps", default=",".join(STEPS), help=f"of {', '.join(STEPS)}, split at commas")
    parser.add_argument("--keep", type=Path, help="keep reports and databases in this folder")
    parser.add_argument("--out", type=Path, default=RECORD)
    options = parser.parse_args()
    steps = {step.strip() for step in options.steps.split(",")}
    if unknown := steps - {*STEPS}:
        parser.error(f"unknown steps: {', '.join(sorted(unknown))}")
    events = read_events(options.ged)
    figures: dict[str, Any] = {
        "command": f"python bench/linking_growth.py GED.csv --sizes {options.sizes} --steps {options.steps}",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "sizes": [],
    }
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for mentions in sorted(int(size) for size in options.sizes.split(",")):
            figures["sizes"].append(run_size(options.ged, events, mentions, steps, folder))
            print(json.dumps(figures["sizes"][-1]), file=sys.stderr)
    figures["exponents"] = fits(figures["sizes"])
    print(json.dumps(figures, indent=1))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    series = {
        label: [(s["mentions"], s[step]["wall_seconds"]) for s in figures["sizes"] if step in s]
        for step, label in (("read", "read --mentions"), ("rebuild", "link --rebuild"))
    }
    chart = draw("Linking: time over mentions", "mentions", "seconds", {k: v for k, v in series.items() if v})
    options.out.with_suffix(".svg").write_text(chart, encoding="utf-8")


if __name__ == "__main__":
    main()
