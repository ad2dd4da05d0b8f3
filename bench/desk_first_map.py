"""How long the first map takes: from opening the page in Chromium until the map is at rest.

    python bench/desk_first_map.py STORE.db [--rounds 3] [--out FILE]

STORE.db is made by desk_store.py. For each round a server of its own is started as a process, so no tile was
made before, and a browser profile without anything in its cache opens the page. It counts as shown when the
map has drawn incidents and nothing is loading or moving. Times are in milliseconds since the page was asked
for, seen by the page itself; memory is the server's resident set. The map is drawn by the processor
(SwiftShader), as on a machine without a graphics card, and the browser shares the cores with the server.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from desk_speed import memory_mb, served

FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--no-first-run"]
LIMIT_MS = 3_000
SHOWN = """() => {
    const holder = document.querySelector('[data-testid="map"]');
    const map = holder?.map;
    if (!map || !(Number(holder.dataset.incidents) > 0) || !map.loaded() || map.isMoving()) return null;
    return {shown: performance.now(), incidents: Number(holder.dataset.incidents)};
}"""


def opened(browser: Browser, address: str) -> dict[str, Any]:
    """Return what one opening of the page took."""
    context = browser.new_context(viewport={"width": 1300, "height": 900})
    page = context.new_page()
    tiles: list[float] = []
    began = time.perf_counter()
    page.on(
        "requestfinished",
        lambda sent: tiles.append(1000 * (time.perf_counter() - began)) if ".mvt" in sent.url else None,
    )
    page.goto(address, wait_until="commit")
    found = page.wait_for_function(SHOWN, polling="raf", timeout=120_000).json_value()
    first = page.evaluate("() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime")
    context.close()
    return {
        "shown_ms": round(found["shown"]),
        "first_paint_ms": None if first is None else round(first),
        "last_tile_ms": round(max(tiles)) if tiles else None,
        "tiles": len(tiles),
        "incidents_on_the_map": found["incidents"],
    }


def measured(store: Path, rounds: int) -> dict[str, Any]:
    """Return all figures."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    load = round(os.getloadavg()[0], 1)
    rows: list[dict[str, Any]] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for _ in range(rounds):
            began = time.perf_counter()
            with served(store) as (client, pid):
                ready = time.perf_counter() - began
                row = opened(browser, str(client.base_url))
                row["server_open_after_seconds"] = round(ready, 1)
                row["server_memory_mb"] = memory_mb(pid).get("most")
                rows.append(row)
                incidents = client.get("/api/v1/config").json()["counts"]["incidents"]
        browser.close()
    return {
        "command": f"python bench/desk_first_map.py STORE.db --rounds {rounds}",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "load_average_at_start": load,
        "load_average_at_end": round(os.getloadavg()[0], 1),
        "incidents": incidents,
        "median_ms": statistics.median(row["shown_ms"] for row in rows),
        "limit_ms": LIMIT_MS,
        "rounds": rows,
    }


def main() -> int:
    """Measure, print, and write where --out says; return 1 where the limit is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("store", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    figures = measured(asked.store, asked.rounds)
    text = json.dumps(figures, indent=1) + "\n"
    print(text)
    if asked.out is not None:
        asked.out.write_text(text, encoding="utf-8")
    return int(figures["median_ms"] > LIMIT_MS)


if __name__ == "__main__":
    raise SystemExit(main())
