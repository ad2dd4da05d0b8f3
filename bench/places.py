"""How fast a full country dump is added, measured as a whole process.

    python bench/places.py [--rows 100000] [--out bench/results/places.json]

The dump is generated: rows of GeoNames' 19 columns in Iraq, with names of four spellings each, one in Arabic
script. `seamwatch places add` is run on it with a new database.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BIN = Path(sys.executable).parent
SOUNDS = "ba da ra ka la ma na sa ta ha ja shi khu qar zur baw dal fir gha mir tel wan yar zan hit".split()
LETTERS = dict(zip("bdrklmnsthjqzfgwy", "بدركلمنستهجقزفغوي", strict=True))
CLASSES = (("P", "PPL", 0.55), ("H", "WAD", 0.15), ("T", "HLL", 0.12), ("S", "FRM", 0.1), ("L", "AREA", 0.08))


def dump_rows(count: int, seed: int = 3) -> list[str]:
    """Return rows of a country dump, always the same for a seed."""
    chance = random.Random(seed)
    rows = []
    for number in range(count):
        sounds = chance.choices(SOUNDS, k=chance.randint(2, 4))
        name = "".join(sounds).capitalize()
        arabic = "".join(LETTERS.get(c, "ا") for c in name.lower())
        others = ",".join((f"Al {name}", name.replace("k", "q") + "a", arabic, name + " Village"))
        class_, code, _ = chance.choices(CLASSES, [c[2] for c in CLASSES])[0]
        lat, lon = chance.uniform(29.5, 37.2), chance.uniform(39.0, 48.4)
        rows.append(
            f"{50_000_000 + number}\t{name}\t{name}\t{others}\t{lat:.5f}\t{lon:.5f}\t{class_}\t{code}\tIQ\t\t"
            f"{chance.randint(1, 18):02d}\t\t\t\t{chance.choice((0, 0, 0, 800, 5000))}\t\t200\tAsia/Baghdad\t"
            "2020-01-01"
        )
    return rows


def main() -> None:
    """Measure, print and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--out", type=Path, default=Path("bench/results/places.json"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        dump, db = Path(folder) / "XX.txt", Path(folder) / "places.db"
        dump.write_text("\n".join(dump_rows(options.rows)) + "\n", encoding="utf-8")
        size = dump.stat().st_size
        start = time.perf_counter()
        process = subprocess.Popen(
            [str(BIN / "seamwatch"), "places", "add", str(dump), "--db", str(db)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        if os.waitstatus_to_exitcode(status) != 0:
            raise SystemExit(f"places add ended with {os.waitstatus_to_exitcode(status)}")
        import sqlite3

        with sqlite3.connect(db) as base:
            names = base.execute("SELECT count(*) FROM own_place_names").fetchone()[0]
        database = db.stat().st_size
    figures = {
        "command": f"python bench/places.py --rows {options.rows}",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "rows": options.rows,
        "names": names,
        "seconds": round(seconds, 1),
        "rows_per_second": round(options.rows / seconds),
        "peak_memory_mb": round(usage.ru_maxrss / 1024),
        "dump_mb": round(size / 1e6, 1),
        "database_mb": round(database / 1e6, 1),
    }
    print(said, end="")
    print(json.dumps(figures, indent=2))
    options.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
