"""How quick the desk's API is on a record of many incidents, and how much memory it takes.

    python bench/desk_speed.py [-n 1000000] [--folder KEPT] [--out bench/results/desk_speed.json]

A database of invented incidents is made (`desk_store.py`), `seamwatch serve` is started on it as a process of
its own, and each question is asked over HTTP on loopback: once after the start, and then again and again with
other filters, so that no answer was made before. `first_names_ms` are the first
searches after the start. Times are in milliseconds at the client; memory is the
server's resident set at its highest. With --folder the database is kept there and taken again.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from desk_store import ACTORS, UNITS, make_store

ROUNDS = 12
KINDS = ("Battles", "Riots", "Grenade", "Attack", "Protests", "Air/drone strike", "Arrests", "Armed clash")
SLOW_WORDS = ("witness", "commander", "bridge", "river")
# Asked right after the start.
FIRST_NAMES = ({"actor": "north"}, {"area": "SY"}, {"text": "orchard"})
LIMIT_FILTER_MS, LIMIT_MEMORY_MB = 300, 1000


@contextlib.contextmanager
def served(db: Path) -> Iterator[tuple[httpx.Client, int]]:
    """Yield a client of a server on a database, and the server's process id."""
    command = [
        sys.executable,
        "-m",
        "seamwatch.cli.main",
        "serve",
        "--db",
        str(db),
        "--port",
        "0",
        "--no-open",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            with httpx.Client(base_url=address, timeout=600) as client:
                yield client, process.pid
        finally:
            process.send_signal(signal.SIGINT)


def memory_mb(pid: int) -> dict[str, float]:
    """Return the resident memory of a process now and at its highest, in MB; {} where that is unknown."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return {}
    found = dict(line.split(":", 1) for line in lines)
    return {
        name: round(int(found[key].split()[0]) / 1024, 1)
        for name, key in (("now", "VmRSS"), ("most", "VmHWM"))
    }


def timed(ask: Callable[[], httpx.Response]) -> float:
    """Return how many milliseconds an answer took."""
    began = time.perf_counter()
    answer = ask()
    took = (time.perf_counter() - began) * 1000
    answer.raise_for_status()
    return took


def summed(times: list[float]) -> dict[str, Any]:
    """Return median, 95th percentile and maximum of times in milliseconds."""
    ordered = sorted(times)
    return {
        "asked": len(ordered),
        "median": round(ordered[len(ordered) // 2], 1),
        "p95": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 1),
        "max": round(ordered[-1], 1),
    }


def questions(chance: random.Random) -> dict[str, Callable[[], dict[str, Any]]]:
    """Return for each kind of filter what asks it with other values each time."""

    def box() -> str:
        lat, lon, size = *chance.choice(UNITS)[2:4], chance.uniform(0.2, 5)
        return f"{lon - size:.3f},{lat - size:.3f},{lon + size:.3f},{lat + size:.3f}"

    def year() -> int:
        return chance.randint(1992, 2025)

    return {
        "a period": lambda: {"since": f"{year()}-{chance.randint(1, 12):02}-01", "until": "2026-11-22"},
        "a year": lambda: {"since": f"{(y := year())}-01-{chance.randint(1, 28):02}", "until": f"{y}-12-31"},
        "a box": lambda: {"bbox": box()},
        "a type": lambda: {"type": chance.choice(KINDS), "min_killed": chance.randint(0, 4)},
        "a province": lambda: {"area": chance.choice(UNITS)[0], "precision": chance.randint(1, 4)},
        "a country": lambda: {"area": chance.choice(UNITS)[1], "min_killed": chance.randint(0, 4)},
        "an actor": lambda: {"actor": chance.choice(ACTORS), "precision": chance.randint(1, 4)},
        "part of many actors' names": lambda: {"actor": "brigade", "min_killed": chance.randint(0, 9)},
        "two words of the articles": lambda: {"text": f'"{chance.choice(UNITS)[0]} {chance.randint(0, 59)}"'},
        "a word of every third article": lambda: {
            "text": chance.choice(SLOW_WORDS),
            "min_killed": chance.randint(0, 99),
        },
    }


def measured(db: Path) -> dict[str, Any]:
    """Return all figures of one server on a database."""
    chance = random.Random(7)
    with served(db) as (client, pid):
        first = _listed(client, {})
        fresh = _listed(client, {"status": "all"})
        config = client.get("/api/v1/config").json()["counts"]
        figures: dict[str, Any] = {"load_average_at_start": round(os.getloadavg()[0], 1)}
        figures |= {"incidents": config["incidents"], "articles": config["articles"]}
        figures["database_mb"] = round(db.stat().st_size / 2**20)
        figures["first_page_after_start_ms"] = round(first, 1)
        figures["first_page_of_all_ms"] = round(fresh, 1)
        tag = client.get("/api/v1/incidents").headers["etag"]
        figures["not_modified_ms"] = summed([_unchanged(client, tag) for _ in range(ROUNDS)])["median"]
        started = client.get("/api/v1/review")
        figures["review_page_ms"] = round(started.elapsed.total_seconds() * 1000, 1)
        figures["first_names_ms"] = {
            " ".join(query.values()): round(_listed(client, query), 1) for query in FIRST_NAMES
        }
        figures["filter_change_ms"] = {
            name: summed([_listed(client, make()) for _ in range(ROUNDS)])
            for name, make in questions(chance).items()
        }
        figures["orders_ms"] = {
            sort: summed([_listed(client, {"sort": sort, "min_killed": least}) for least in range(4)])
            for sort in ("-date", "date", "-killed", "-updated")
        }
        figures["next_page_ms"], figures["pages_turned"] = _paging(client)
        rows = client.get("/api/v1/incidents?limit=100&sort=date").json()["incidents"]
        paths = [f"/api/v1/incidents/{row['id']}" for row in rows]
        figures["detail_ms"] = summed([timed(partial(client.get, path)) for path in paths])
        figures["articles_ms"] = summed([timed(partial(client.get, f"{path}/articles")) for path in paths])
        figures["memory_mb"] = memory_mb(pid)
        figures["load_average_at_end"] = round(os.getloadavg()[0], 1)
    return figures


def _listed(client: httpx.Client, query: dict[str, Any]) -> float:
    return timed(partial(client.get, "/api/v1/incidents", params=query))


def _unchanged(client: httpx.Client, tag: str) -> float:
    began = time.perf_counter()
    answer = client.get("/api/v1/incidents", headers={"If-None-Match": tag})
    assert answer.status_code == 304
    return (time.perf_counter() - began) * 1000


def _paging(client: httpx.Client) -> tuple[dict[str, Any], int]:
    """Return what a page takes far down the list, and how many were turned."""
    cursor, times = "", []
    for _ in range(100):
        began = time.perf_counter()
        page = client.get("/api/v1/incidents", params={"limit": 500, "cursor": cursor}).json()
        times.append((time.perf_counter() - began) * 1000)
        if page["next"] is None:
            break
        cursor = page["next"]
    return summed(times[len(times) // 2 :]), len(times)


def main() -> int:
    """Measure, write the figures, and say which are beyond their limits; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = asked.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        db = folder / f"desk-{asked.n}.db"
        if not db.exists():
            make_store(db, asked.n, say=True)
        figures = measured(db)
    text = json.dumps(figures, indent=2) + "\n"
    print(text)
    if asked.out:
        asked.out.write_text(text, encoding="utf-8")
    slow = [k for k, v in figures["filter_change_ms"].items() if v["p95"] > LIMIT_FILTER_MS]
    large = figures["memory_mb"].get("most", 0) > LIMIT_MEMORY_MB
    for name in slow:
        print(f"slower than {LIMIT_FILTER_MS} ms: {name}", file=sys.stderr)
    if large:
        print(f"more than {LIMIT_MEMORY_MB} MB of memory", file=sys.stderr)
    return 1 if slow or large else 0


if __name__ == "__main__":
    sys.exit(main())
