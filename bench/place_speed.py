"""How long it takes to open the gazetteer, and to find and resolve the places of a 400-word article.

    python bench/place_speed.py [--out bench/results/place_speed.json]

The articles are put together from the samples' sentences until they have 400 words and name about 15 places.
Times are those of one process on one core, in milliseconds: the first pass reads names from the file, later
ones find many of them in memory. The opening is measured in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

from seamwatch.model.text import Article
from seamwatch.pipeline.kit import keep_loaded
from seamwatch.resolve import place
from seamwatch.resolve.gazetteer import load_gazetteer
from seamwatch.samples import sample_articles

WORDS, NAMES, ARTICLES = 400, 15, 40
OPEN = """
import json, time
from pathlib import Path
from seamwatch.resolve import gazetteer

def held():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6

before = held()
start = time.perf_counter()
found = gazetteer.load_gazetteer()
found.look_up("Kirkuk")
opened = time.perf_counter() - start
print(json.dumps([1000 * opened, held() - before]))
"""


def make_articles() -> list[Article]:
    """Return articles of 400 words that name about 15 places."""
    gazetteer = load_gazetteer()
    sentences = []
    for raw in sample_articles():
        for sentence in re.split(r"(?<=[.!?])\s+", str(raw.content)):
            named = len(place.find_places(Article(id="s", text=sentence), gazetteer))
            if len(sentence.split()) > 3:
                sentences.append((sentence, named))
    made = []
    for first in range(ARTICLES):
        chosen: list[str] = []
        words = names = 0
        for sentence, named in sentences[first * 7 :] + sentences[: first * 7]:
            share = words / WORDS * NAMES
            if (named and names + named <= share + 3) or (not named and names >= share - 3):
                chosen.append(sentence)
                words += len(sentence.split())
                names += named
            if words >= WORDS:
                break
        made.append(Article(id=str(first), text=" ".join(chosen)))
    return made


def measure(articles: list[Article]) -> dict[str, object]:
    """Return the times of a first and of a later pass over the articles."""
    gazetteer = load_gazetteer()
    keep_loaded()  # as the program does
    spent: list[float] = []
    resolve = place.resolve_names

    def timed(*args: object, **named: object) -> object:
        start = time.perf_counter()
        done = resolve(*args, **named)  # type: ignore[arg-type]
        spent.append(1000 * (time.perf_counter() - start))
        return done

    place.resolve_names = timed  # type: ignore[assignment]
    figures: dict[str, object] = {}
    for name in ("first_pass", "second_pass", "third_pass"):
        spent.clear()
        whole, names = [], []
        for article in articles:
            start = time.perf_counter()
            names.append(len(place.find_places(article, gazetteer)))
            whole.append(1000 * (time.perf_counter() - start))
        figures[name] = {
            "found_and_resolved_ms": round(statistics.fmean(whole), 2),
            "slowest_ms": round(max(whole), 2),
            "resolved_together_ms": round(statistics.fmean(spent), 2),
            "names": round(statistics.fmean(names), 1),
        }
    place.resolve_names = resolve
    figures["words"] = round(statistics.fmean(len(a.text.split()) for a in articles))
    return figures


def main() -> None:
    """Measure, print and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("bench/results/place_speed.json"))
    options = parser.parse_args()
    runs = [
        json.loads(subprocess.run([sys.executable, "-c", OPEN], capture_output=True, check=True).stdout)
        for _ in range(5)
    ]
    figures = {
        "command": "python bench/place_speed.py",
        "open_and_look_up_ms": round(statistics.median(run[0] for run in runs), 1),
        "open_memory_mb": round(statistics.median(run[1] for run in runs), 1),
        **measure(make_articles()),
        "whole_process_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    print(json.dumps(figures, indent=1))
    options.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
