"""A UCDP GED file into a database and out again: how many events, which cells differ, how long it takes.

    python bench/ged_round_trip.py GED.csv

Reads the file, reads it again, writes all incidents by `--format ucdp`, and compares every cell with the
file's, column by column; columns that the file lacks must come out empty. Writes
bench/results/ged_round_trip.json.
"""

from __future__ import annotations

import csv
import io
import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from seamwatch.pipeline.listing import list_incidents
from seamwatch.pipeline.reading import ReadOptions, read_into
from seamwatch.publish import writer_of
from seamwatch.store import open_store
from seamwatch.store.base import IncidentFilter, Store
from seamwatch.vocabulary.coded import UCDP

RESULTS = Path(__file__).parent / "results" / "ged_round_trip.json"


def read(store: Store, path: Path) -> tuple[dict[str, int], float]:
    """Return what became of the rows of a file by kind, and how many seconds reading took."""
    begun = time.perf_counter()
    options = ReadOptions(sources=(str(path),))
    kinds = Counter(getattr(r, "kind", "rejected") for r in read_into(store, options, note=print))
    return dict(kinds), round(time.perf_counter() - begun, 1)


def compare(before: list[dict[str, str]], after: list[dict[str, str]]) -> tuple[Counter[str], int]:
    """Return how many cells of each column differ, and how many events are missing or come up twice."""
    written = {row["id"]: row for row in after}
    differing: Counter[str] = Counter()
    lost = len(after) - len(written)
    for row in before:
        other = written.get(row["id"])
        if other is None:
            lost += 1
            continue
        for column in UCDP.columns:
            differing[column] += (row.get(column) or "") != other[column]
    return +differing, lost


def main(path: Path) -> None:
    """Measure, print and write the figures."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        before = list(csv.DictReader(file))
    with tempfile.TemporaryDirectory() as folder, open_store(str(Path(folder) / "ged.db")) as store:
        first, reading = read(store, path)
        again, reading_again = read(store, path)
        begun = time.perf_counter()
        out = io.StringIO()
        wanted = IncidentFilter(statuses=None)
        writer_of("ucdp", store)(list_incidents(store, wanted), out)
        writing = round(time.perf_counter() - begun, 1)
        shown = sum(1 for _ in list_incidents(store, IncidentFilter()))
        alone = Counter(len(i.mentions) for i in list_incidents(store, wanted))
        evidenced = sum(
            bool(value.evidence)
            for i in list_incidents(store, wanted)
            for value in (i.date, i.place, i.killed, *i.perpetrators, *i.victims)
            if value is not None
        )
        values = sum(
            sum(v is not None for v in (i.date, i.place, i.killed)) + len(i.perpetrators) + len(i.victims)
            for i in list_incidents(store, wanted)
        )
    after = list(csv.DictReader(io.StringIO(out.getvalue(), newline="")))
    differing, lost = compare(before, after)
    found = {
        "events in the file": len(before),
        "columns in the file": len(before[0]),
        "read": first,
        "read again": again,
        "incidents": sum(alone.values()),
        "incidents told by one row": alone[1],
        "incidents shown": shown,
        "values": values,
        "values with a quote": evidenced,
        "rows written": len(after),
        "events lost": lost,
        "cells compared": len(before) * len(UCDP.columns),
        "cells that differ": sum(differing.values()),
        "differing by column": dict(differing),
        "seconds": {"reading": reading, "reading again": reading_again, "listing and writing": writing},
    }
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python bench/ged_round_trip.py GED.csv")
    main(Path(sys.argv[1]))
