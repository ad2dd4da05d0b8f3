"""Run random histories of parties that exchange: partitions, losses, crashes, restores, suspensions.

    python bench/exchange_histories.py --histories 2000

In each history up to five parties and perhaps a relay read reports, change rules, order, exchange over lines
that lose, repeat and delay, are killed, restored from backups, suspended, and leave. After every step it is
checked that nobody sees what the rules did not release to it, and in the end that all agree, that every
withdrawal is receipted, that no content of it is left, and that audit logs verify (tests/history_world.py).
A test plants breaches and sees that each is caught (tests/test_histories.py).
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
RUN = 200
sys.path.insert(0, str(HERE.parent / "tests"))


def main() -> None:
    """Run them and write bench/results/exchange_histories.json."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--histories", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=None, help="Always the same histories.")
    wanted = parser.parse_args()
    import random

    import test_histories
    from history_world import World

    if wanted.seed is not None:
        random.seed(wanted.seed)
    seen: Counter[str] = Counter()
    close = World.close

    def counting(world: World) -> None:
        seen["parties"] += len(world.members)
        for step in world.steps:
            words = step.split()
            if not words[2].startswith("SyncResult"):
                seen[f"step: {words[2]}"] += 1
        for member in world.members.values():
            rows = member.node.store.read("SELECT kind, count(*) FROM audit GROUP BY kind")
            seen.update({f"audit: {kind}": int(count) for kind, count in rows})
        close(world)

    World.close = counting  # type: ignore[method-assign]
    began, processor = time.perf_counter(), time.process_time()
    done = 0
    path = HERE / "results" / "exchange_histories.json"
    while done < wanted.histories:
        # In runs: each begins with histories of its own, and what was done is kept if the machine is stopped.
        done += test_histories.run_histories(min(RUN, wanted.histories - done))
        result = {
            "command": f"python bench/exchange_histories.py --histories {wanted.histories}",
            "machine": f"{platform.machine()}, Python {platform.python_version()}",
            "histories": done,
            "broken": 0,
            "wall_seconds": round(time.perf_counter() - began, 1),
            "processor_seconds": round(time.process_time() - processor, 1),
            "happened": dict(sorted(seen.items())),
        }
        path.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
        print(f"{done} histories, none broken, {result['wall_seconds']} s", flush=True)


if __name__ == "__main__":
    main()
