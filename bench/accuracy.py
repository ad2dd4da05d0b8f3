"""Accuracy on gold data that lies elsewhere: runs the program, then that data's scorers.

    python bench/accuracy.py GOLD_FOLDER SCORERS_FOLDER [--only linked,timex] [--out FILE]

GOLD_FOLDER holds linked/, aec/, timex/, toponym/ and muc4/ (those that are there are measured);
SCORERS_FOLDER holds inputs.py and one scorer a set. A full run is written to bench/results/accuracy.json; a
run with --only is printed, and written only where --out says.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

BIN = Path(sys.executable).parent
OWN_SETS = Path(__file__).parent / "sets"
RECORD = Path("bench/results/accuracy.json")
# name, kind of input, gold, scorer
SETS = (
    ("aec", "aec", "aec/validation.jsonl", "aec.py"),
    ("timex", "timex", "timex/TBAQ-cleaned", "timex.py"),
    ("toponyms", "toponyms", "toponym/lgl.xml", "toponyms.py"),
    ("geovirus", "toponyms", "toponym/GeoVirus.xml", "toponyms.py"),
    ("trnews", "toponyms", "toponym/TR-News.xml", "toponyms.py"),
    ("muc4", "muc4", "muc4/grit/dev.json", "muc4.py"),
)


def run(command: list[str], out: Path) -> None:
    """Run a command with its output in a file; exit code 3 (some inputs rejected) is fine."""
    with out.open("wb") as target:
        done = subprocess.run(command, stdout=target, stderr=subprocess.PIPE, check=False)
    if done.returncode not in (0, 3):
        raise SystemExit(f"{' '.join(command)}: {done.stderr.decode(errors='replace')}")


def main() -> None:
    """Measure every set that is there; print the figures, and write those of a full run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path)
    parser.add_argument("scorers", type=Path)
    parser.add_argument("--out", type=Path, help=f"default: {RECORD}; with --only: nothing is written")
    parser.add_argument("--only", default="", help="names of sets, split at commas")
    options = parser.parse_args()
    only = {name.strip() for name in options.only.split(",")} - {""}
    out = options.out or (None if only else RECORD)
    command = "python bench/accuracy.py GOLD_FOLDER SCORERS_FOLDER"
    if only:
        command += f" --only {','.join(sorted(only))}"
    figures: dict[str, object] = {"command": command}
    program = str(BIN / "seamwatch")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)

        def scorer(script: str, *arguments: str) -> object:
            line = [sys.executable, str(options.scorers / script), *arguments]
            return json.loads(subprocess.run(line, capture_output=True, check=True).stdout)

        for name, kind, path, script in SETS:
            gold = options.gold / path
            if not gold.exists() or (only and name not in only):
                continue
            lines, found = folder / f"{name}.in", folder / f"{name}.out"
            run([sys.executable, str(options.scorers / "inputs.py"), kind, str(gold)], lines)
            run([program, "extract", "--jsonl", str(lines)], found)
            figures[name] = scorer(script, str(gold), str(found))
        for linked in (options.gold / "linked", *sorted(OWN_SETS.iterdir())):
            name = linked.name
            if not (linked / "mentions.jsonl").exists() or (only and name not in only):
                continue
            lines, found, incidents = (folder / f"{name}.{end}" for end in ("jsonl", "out", "json"))
            run([sys.executable, str(options.scorers / "inputs.py"), "linked", str(linked)], lines)
            run([program, "extract", "--jsonl", str(lines)], found)
            database = str(folder / f"{name}.db")
            run([program, "read", str(lines), "--db", database], folder / "read.out")
            run([program, "incidents", "--db", database, "--format", "json", "--status", "all"], incidents)
            figures[name] = scorer("linked.py", str(linked), str(found), str(incidents))
    print(json.dumps(figures, indent=1))
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
