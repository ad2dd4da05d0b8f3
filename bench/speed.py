"""How fast and how heavy the program is, measured as whole processes.

    python bench/speed.py [--articles 300] [--out bench/results/speed.json]

Articles of about 400 words are put together from the samples. One worker; the start of the process
(about two seconds for the parser) is in the figure, and given beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from itertools import cycle
from pathlib import Path

from seamwatch.samples import sample_articles

BIN = Path(sys.executable).parent


def sample_lines(count: int, words: int = 400) -> list[str]:
    """Return `count` input lines of about `words` words each, every one different."""
    texts = cycle(str(raw.content) for raw in sample_articles())
    lines = []
    for number in range(count):
        text = ""
        while len(text.split()) < words:
            text += next(texts) + "\n\n"
        text = " ".join(text.split(" ")[:words])
        lines.append(json.dumps({"id": f"B{number}", "text": text, "published": "2024-05-20"}))
    return lines


def timed(command: list[str], stdin: Path | None = None) -> tuple[float, float, float]:
    """Return wall seconds, processor seconds and peak memory in MB of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    with stdin.open("rb") if stdin else open(os.devnull, "rb") as source:  # noqa: PTH123
        process = subprocess.Popen(
            command, stdin=source, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    del before
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def median_of(command: list[str], runs: int = 7) -> float:
    """Return the median wall seconds of some runs, after one that warms the file cache."""
    timed(command)
    return sorted(timed(command)[0] for _ in range(runs))[runs // 2]


def main() -> None:
    """Measure, print and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--out", type=Path, default=Path("bench/results/speed.json"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "articles.jsonl"
        lines = sample_lines(options.articles)
        source.write_text("\n".join(lines) + "\n", encoding="utf-8")
        single = Path(folder) / "one.jsonl"
        single.write_text(lines[0] + "\n", encoding="utf-8")
        command = [str(BIN / "seamwatch"), "extract", "--jsonl", "-"]
        start, _, _ = timed(command, single)
        wall, processor, memory = timed(command, source)
    figures = {
        "command": f"python bench/speed.py --articles {options.articles}",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "articles": options.articles,
        "words_per_article": round(sum(len(json.loads(line)["text"].split()) for line in lines) / len(lines)),
        "articles_per_second_whole_process": round(options.articles / wall, 1),
        "articles_per_processor_second": round(options.articles / processor, 1),
        "articles_per_second_without_start": round((options.articles - 1) / (wall - start), 1),
        "start_seconds": round(start, 2),
        "peak_memory_mb": round(memory),
        "import_seconds": round(median_of([sys.executable, "-c", "import seamwatch"]), 3),
        "bare_python_seconds": round(median_of([sys.executable, "-c", "pass"]), 3),
        "help_seconds": round(median_of([str(BIN / "seamwatch"), "--help"]), 3),
    }
    print(json.dumps(figures, indent=1))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
