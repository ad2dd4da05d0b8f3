"""Commands of linking and deciding killed at random moments, many times.

    python bench/link_kills.py [--kills 200] [--seed 1] [--out bench/results/link_kills.json]

`read --mentions`, `link --rebuild`, `decide ...` and `forget` run as real processes on one growing database.
Each is killed by SIGKILL: half of them after a random part of the time that the same command took on a copy,
half before a random one of the statements that it ran there. After each kill the file must be sound, what was
printed as stored, decided or erased must be so, every id ever shown must lead to the incident that holds its
mention, the incidents must be those that linking everything anew gives, and the same command must go on. The
first that is not so ends the run with an error. Every 25 kills it begins with a new database. `make test`
runs a tenth of it.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from link_faults import Faulted, Kill, commands  # noqa: E402

A_RECORD = 25


def run(kills: int, seed: int) -> list[Kill]:
    """Return the kills; AssertionError where something did not hold after one."""
    done: list[Kill] = []
    with tempfile.TemporaryDirectory() as folder, commands(Path(folder)) as warm:
        for number in range(0, kills, A_RECORD):
            place = Path(folder) / str(number)
            place.mkdir()
            record = Faulted(folder=place, commands=warm, chance=random.Random(f"{seed} {number}"))
            while len(record.kills) < min(A_RECORD, kills - number):
                record.kill_one()
            done += record.kills
            print(f"{len(done)} of {kills} kills, all well", file=sys.stderr)
    return done


def main() -> None:
    """Run the kills and write how many there were of each kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=ROOT / "bench/results/link_kills.json")
    arguments = parser.parse_args()
    start = time.monotonic()
    kills = run(arguments.kills, arguments.seed)
    figures = {
        "command": f"python bench/link_kills.py --kills {arguments.kills} --seed {arguments.seed}",
        "kills": len(kills),
        "seed": arguments.seed,
        "of_each_command": dict(sorted(Counter(kill.verb for kill in kills).items())),
        "of_each_kind": dict(sorted(Counter(kill.how for kill in kills).items())),
        "in_each_tenth_of_the_run": [
            sum(1 for kill in kills if int(min(kill.share, 0.999) * 10) == tenth) for tenth in range(10)
        ],
        "broken_promises": 0,
        "seconds": round(time.monotonic() - start),
    }
    text = json.dumps(figures, indent=2)
    print(text)
    arguments.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
