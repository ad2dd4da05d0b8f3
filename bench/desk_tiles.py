"""How long tiles and sums take from a desk's server, over HTTP on loopback, by zoom and filter.

    python bench/desk_tiles.py STORE.db [--requests 30] [--seed 1] [--out FILE]

STORE.db is made by desk_store.py. Each tile is the one around an incident drawn by the seed, so most of them
are where most incidents are. `same filter` asks for other tiles of a filter that was asked for before, as a
map that is moved does; `new filter` gives each request a filter that was never asked for, as each first
request after a change of filters. No tile is asked for twice. `a_view` is twelve neighbouring tiles over six
connections under a new filter: what a browser asks for after a change. `spread` are the dearest tiles, in
this process and without HTTP: of as many incidents, each at a place of its own; these are times of the
processor. Times are in milliseconds.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import socket
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from seamwatch.serve.map_columns import columns_from, mercator
from seamwatch.serve.map_selection import select_all
from seamwatch.serve.map_tiles import tile_of
from seamwatch.store.base_map import MAP_COLUMNS

ZOOMS = (0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 18, 22)
VIEW_ZOOMS = (2, 4, 6, 8)
SUMMED = ("day", "week", "month", "year", "type", "status", "country", "admin1")
SERVER = (
    "import sys, uvicorn; from seamwatch.serve.app import make_app; "
    "from seamwatch.serve.options import ServeOptions; "
    "uvicorn.run(make_app(ServeOptions(db=sys.argv[1])), host='127.0.0.1', port=int(sys.argv[2]), "
    "log_level='warning')"
)
Query = dict[str, Any]


def drawn_days(chance: random.Random) -> Query:
    """Return some months of the record."""
    since = date(1990, 1, 1) + timedelta(days=chance.randrange(13_000))
    return {
        "since": since.isoformat(),
        "until": (since + timedelta(days=chance.randrange(60, 3000))).isoformat(),
    }


def drawn_box(chance: random.Random) -> Query:
    """Return a box around much of the Middle East, each time another one."""
    west, south = 36 + chance.random(), 30 + chance.random()
    return {"bbox": f"{west:.5f},{south:.5f},{west + 10:.5f},{south + 6:.5f}"}


# A filter that every request shares, and one that every request draws anew. Days are in each new one, because
# there are only so many areas and words.
FILTERS: dict[str, tuple[Query, Callable[[random.Random], Query]]] = {
    "none": ({}, lambda _: {}),
    "days": ({"since": "2010-03-02", "until": "2019-09-14"}, drawn_days),
    "types and killed": (
        {"type": ["Battles", "Grenade"], "min_killed": 2},
        lambda c: {"type": ["Battles", "Grenade"], "min_killed": c.randrange(6), **drawn_days(c)},
    ),
    "box": ({"bbox": "37,31,46.5,37"}, drawn_box),
    "area": (
        {"area": "Diyala"},
        lambda c: {"area": c.choice(("Diyala", "Aleppo", "Borno")), **drawn_days(c)},
    ),
    "country": ({"area": "IQ"}, lambda c: {"area": c.choice(("IQ", "SY", "AF")), **drawn_days(c)}),
    "actor": ({"actor": "brigade"}, lambda c: {"actor": c.choice(("brigade", "M23")), **drawn_days(c)}),
    # Some thousand articles.
    "words": (
        {"text": '"Diyala 7"'},
        lambda c: {"text": f'"{c.choice(("Diyala", "Idlib", "Kivu"))} {c.randrange(60)}"', **drawn_days(c)},
    ),
    # Half of all articles.
    "common word": ({"text": "clinic"}, lambda c: {"text": c.choice(("river", "dawn")), **drawn_days(c)}),
}


@contextmanager
def server(store: Path) -> Iterator[tuple[httpx.Client, subprocess.Popen[bytes], float]]:
    """Yield a client of a new server, its process, and how many seconds it took to answer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", SERVER, str(store), str(port)])
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as client:
            while True:
                try:
                    client.get("/healthz")
                    break
                except httpx.TransportError:
                    if process.poll() is not None:
                        raise SystemExit("the server ended at its start") from None
                    time.sleep(0.02)
            yield client, process, time.perf_counter() - began
    finally:
        process.terminate()
        process.wait()


def memory(process: subprocess.Popen[bytes], name: str) -> int:
    """Return a figure of a process's memory (VmRSS now, VmHWM the most) in MB."""
    lines = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith(f"{name}:"))


def processor_ms(process: subprocess.Popen[bytes]) -> float:
    """Return how long a process has computed, in milliseconds."""
    parts = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return 1000 * (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


def drawn_places(store: Path, count: int, chance: random.Random) -> list[tuple[int, int]]:
    """Return where some incidents are, as x and y in 2**-32 of the world."""
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as db:
        last = db.execute("SELECT max(key) FROM incident_map").fetchone()[0]
        keys = json.dumps([chance.randint(1, last) for _ in range(count)])
        rows = db.execute(
            "SELECT lat, lon FROM incident_map WHERE lat NOT NULL AND key IN "
            "(SELECT value FROM json_each(?))",
            (keys,),
        ).fetchall()
    chance.shuffle(rows)
    x, y = mercator(np.array([r[0] for r in rows], np.int32), np.array([r[1] for r in rows], np.int32))
    return list(zip(x.tolist(), y.tolist(), strict=True))


def fetch(client: httpx.Client, path: str, query: Query) -> tuple[float, int]:
    """Return how many milliseconds an answer took, and its bytes."""
    start = time.perf_counter()
    answer = client.get(f"/api/v1/{path}", params=query)
    taken = 1000 * (time.perf_counter() - start)
    if answer.status_code != 200:
        raise SystemExit(f"{path} {query}: {answer.status_code} {answer.text[:300]}")
    return taken, len(answer.content)


def said(times: list[float]) -> dict[str, float]:
    """Return the figures of some times."""
    ordered = sorted(times)
    return {
        "requests": len(ordered),
        "p50": round(statistics.median(ordered), 1),
        "p95": round(ordered[round(0.95 * (len(ordered) - 1))], 1),
        "most": round(ordered[-1], 1),
    }


def tiles_of(places: list[tuple[int, int]], zoom: int, count: int) -> list[str]:
    """Return the paths of different tiles of a zoom with incidents in them."""
    paths = dict.fromkeys(f"tiles/{zoom}/{x >> (32 - zoom)}/{y >> (32 - zoom)}.mvt" for x, y in places)
    return list(paths)[:count]


def measure_tiles(
    client: httpx.Client,
    process: subprocess.Popen[bytes],
    places: list[tuple[int, int]],
    count: int,
    chance: random.Random,
) -> dict[str, Any]:
    """Return the times by filter and zoom, and what a request costs the server."""
    figures: dict[str, Any] = {}
    for name, (shared, draw) in FILTERS.items():
        fetch(client, "summary", shared)
        began = processor_ms(process)
        same = {zoom: [fetch(client, p, shared) for p in tiles_of(places, zoom, count)] for zoom in ZOOMS}
        figures[name] = {"same filter": _by_zoom(same, processor_ms(process) - began)}
        if name != "none":
            new = {}
            began = processor_ms(process)
            for zoom in ZOOMS:
                paths = tiles_of(places, zoom, count)
                new[zoom] = [fetch(client, paths[n % len(paths)], draw(chance)) for n in range(count)]
            figures[name]["new filter"] = _by_zoom(new, processor_ms(process) - began)
        print(name, {kind: rows["all zooms"] for kind, rows in figures[name].items()}, flush=True)
    return figures


def _by_zoom(found: dict[int, list[tuple[float, int]]], computed: float) -> dict[str, Any]:
    rows: dict[str, Any] = {
        str(zoom): {**said([t for t, _ in got]), "kb": round(max(size for _, size in got) / 1000)}
        for zoom, got in found.items()
    }
    times = [t for got in found.values() for t, _ in got]
    return {"all zooms": {**said(times), "mean_processor_ms": round(computed / len(times), 1)}, **rows}


def measure_views(
    client: httpx.Client, places: list[tuple[int, int]], count: int, chance: random.Random
) -> dict[str, Any]:
    """Return how long twelve tiles take that are asked for at once, the first under their filter."""
    times: dict[str, list[float]] = {}
    with ThreadPoolExecutor(6) as pool:
        for zoom in VIEW_ZOOMS:
            for _ in range(count):
                x, y = (one >> (32 - zoom) for one in chance.choice(places))
                side = 1 << zoom
                paths = [
                    f"tiles/{zoom}/{(x + dx) % side}/{min(y + dy, side - 1)}.mvt"
                    for dx in range(4)
                    for dy in range(3)
                ]
                query = drawn_days(chance)
                start = time.perf_counter()
                list(pool.map(lambda path, query=query: fetch(client, path, query), paths))
                times.setdefault(str(zoom), []).append(1000 * (time.perf_counter() - start))
    return {zoom: said(taken) for zoom, taken in times.items()}


def measure_sums(client: httpx.Client, count: int, chance: random.Random) -> dict[str, Any]:
    """Return the times of sums by what they are by: of all, and each under a new filter."""
    figures: dict[str, Any] = {}
    for by in SUMMED:
        new = [fetch(client, "summary", {"by": by, **drawn_days(chance)})[0] for _ in range(count)]
        whole = [fetch(client, "summary", {"by": by, "status": "all"})[0] for _ in range(count)]
        figures[by] = {"all incidents": said(whole), "new filter": said(new)}
    return figures


def measure_spread(count: int) -> dict[str, Any]:
    """Return the times of tiles of incidents that are spread over the world, by zoom."""
    chance = np.random.default_rng(1)
    run = {name: chance.integers(1, 7, count) for name in MAP_COLUMNS}
    run["key"] = np.arange(count)
    run["lat"] = (chance.uniform(-60, 70, count) * 1e7).astype(np.int64)
    run["lon"] = (chance.uniform(-180, 180, count) * 1e7).astype(np.int64)
    run["first"] = 727_000 + chance.integers(0, 12_000, count)
    columns = columns_from([run], {code: f"Word {code}" for code in range(1, 7)}, 1)
    selection = select_all(columns)
    figures: dict[str, Any] = {"incidents": count}
    for zoom in range(9):
        times, size = [], 0
        for at in chance.integers(0, count, 20).tolist():
            x, y = (int(place[at]) >> (32 - zoom) for place in (columns.x, columns.y))
            start = time.perf_counter()
            size = max(
                size, len(tile_of(selection, zoom, x, y, lambda keys: {k: f"I{k:012d}" for k in keys}))
            )
            times.append(1000 * (time.perf_counter() - start))
        figures[str(zoom)] = {**said(times), "kb": round(size / 1000)}
    return figures


def main() -> None:
    """Measure, print, and write where --out says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("store", type=Path)
    parser.add_argument("--requests", type=int, default=30, help="for each filter and zoom")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    places = drawn_places(options.store, 100 * options.requests, chance)
    with server(options.store) as (client, process, ready):
        began = time.perf_counter()
        first = fetch(client, "tiles/0/0/0.mvt", {})
        figures: dict[str, Any] = {
            "command": f"python bench/desk_tiles.py STORE.db --requests {options.requests}",
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
            "load_average_at_start": round(os.getloadavg()[0], 1),
            "incidents": client.get("/api/v1/summary?status=all").json()["total"]["incidents"],
            "server_answers_after_seconds": round(ready, 2),
            "first_tile_after_further_seconds": round(time.perf_counter() - began, 2),
            "first_tile_ms": round(first[0]),
            "memory_mb_at_start": memory(process, "VmRSS"),
            "tiles": measure_tiles(client, process, places, options.requests, chance),
            "a_view": measure_views(client, places, options.requests, chance),
            "summary": measure_sums(client, options.requests, chance),
            "load_average_at_end": round(os.getloadavg()[0], 1),
            "memory_mb": memory(process, "VmRSS"),
            "most_memory_mb": memory(process, "VmHWM"),
        }
    figures["spread"] = measure_spread(figures["incidents"])
    print(json.dumps(figures, indent=1))
    if options.out is not None:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
