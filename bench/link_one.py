"""How long it takes to record one new article's mentions in a store of many, in one process.

    python bench/link_one.py GED.csv STORE.db [--articles 200] [--seed 2] [--drawn-from N] [--out FILE]

STORE.db holds simulated reports (linking_growth.py keeps them with --keep); it is copied first, and the copy
is written to. With --drawn-from N only the first N mentions of the simulation count as held: the rest of the
store are copies (enlarge_store.py). Each of the new articles is a further report of an event drawn by the
seed. Times are those of `Recorder.store_given`: article, mentions, links and incidents, in one transaction
that is on the disk when it returns. The first article also loads the tables of the rules; it is given apart.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from ged_events import read_events
from ged_reports import fresh_reports
from seamwatch.ingest.jsonl import read_jsonl_lines
from seamwatch.model.decoding import mention_from_json
from seamwatch.model.incident import Extraction
from seamwatch.model.text import Article, RawArticle, Rejected
from seamwatch.pipeline.record import Recorder
from seamwatch.read.article import read_article
from seamwatch.store import open_store


def given(row: dict[str, Any]) -> tuple[Article, Extraction]:
    """Return the article and the mentions of one line, as `seamwatch read --mentions` takes it."""
    line = json.dumps({"id": row["id"], "language": row["language"], **row["article"]})
    [raw] = read_jsonl_lines([line], "bench")
    assert isinstance(raw, RawArticle)
    article = read_article(raw)
    assert isinstance(article, Article)
    mentions = tuple(mention_from_json(mention, row["id"]) for mention in row["mentions"])
    return article, Extraction(mentions=mentions)


def count_mentions(store: Path) -> int:
    """Return how many mentions a store holds."""
    connection = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    try:
        return int(connection.execute("SELECT count(*) FROM mentions").fetchone()[0])
    finally:
        connection.close()


def copy_store(store: Path, folder: Path) -> Path:
    """Return a copy of the store in the folder, with what its write-ahead log holds."""
    for part in store.parent.glob(f"{store.name}*"):
        if part.name.removeprefix(store.name) in ("", "-wal"):
            shutil.copyfile(part, folder / part.name)
    return folder / store.name


def measure(
    ged: Path, store: Path, articles: int, seed: int, drawn_from: int | None = None
) -> dict[str, Any]:
    """Return the times of new articles in milliseconds, with what became of them; the store is copied."""
    held = count_mentions(store)
    rows = list(fresh_reports(read_events(ged), articles + 1, seed=seed, mentions=drawn_from or held))
    pairs = [given(row) for row in rows]
    kinds: Counter[str] = Counter()
    times = []
    with tempfile.TemporaryDirectory(dir=store.parent) as folder:
        begin = time.perf_counter()
        with open_store(str(copy_store(store, Path(folder))), create=False) as opened:
            recorder = Recorder(opened)
            ready = time.perf_counter() - begin
            for article, extraction in pairs:
                start = time.perf_counter()
                result = recorder.store_given(article, extraction)
                times.append(1000 * (time.perf_counter() - start))
                if isinstance(result, Rejected):
                    raise SystemExit(result.reason)
                kinds["new incident" if result.opened else "joined an incident"] += 1
    first, *rest = times
    rest.sort()
    return {
        "mentions_in_store": held,
        "store_mb": round(store.stat().st_size / 1e6, 1),
        "articles": len(rest),
        "median_ms": round(statistics.median(rest), 2),
        "mean_ms": round(statistics.fmean(rest), 2),
        "p95_ms": round(rest[int(0.95 * (len(rest) - 1))], 2),
        "max_ms": round(rest[-1], 2),
        "first_ms": round(first, 2),
        "copy_and_open_seconds": round(ready, 2),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "became": dict(kinds),
    }


def main() -> None:
    """Measure, print, and write where --out says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("ged", type=Path, help="UCDP GED as CSV")
    parser.add_argument("store", type=Path)
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--seed", type=int, default=2, help="any but that of the reports in the store")
    parser.add_argument("--drawn-from", type=int, help="mentions of the simulation that the store began with")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    figures = {
        "command": f"python bench/link_one.py GED.csv STORE.db --articles {options.articles}"
        + (f" --drawn-from {options.drawn_from}" if options.drawn_from else ""),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        **measure(options.ged, options.store, options.articles, options.seed, options.drawn_from),
    }
    print(json.dumps(figures, indent=1))
    if options.out is not None:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
