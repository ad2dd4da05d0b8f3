"""Killed at any point of reading, linking, deciding or forgetting, the record is whole and can go on."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from link_faults import Faulted, commands, record_of
from seamwatch.cli.main import app
from seamwatch.pipeline.relinking import relink_all
from seamwatch.store import open_store
from told_articles import EVENTS, OUTLETS, told, village_events, write_lines

KILLS = 20
SEED = 4
DECISIONS = 50


def test_killed_at_any_point_the_record_is_whole(tmp_path: Path) -> None:
    """After each of twenty kills the file is sound, no promise is broken, and the command can go on."""
    with commands(tmp_path) as warm:
        record = Faulted(folder=tmp_path, commands=warm, chance=random.Random(SEED))
        while len(record.kills) < KILLS:
            record.kill_one()
    assert {kill.verb for kill in record.tries} == {"read", "link", "decide", "forget"}
    assert {kill.how for kill in record.kills} == {"delay", "statement"}


def test_two_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    """Two processes read into one store and decide fifty times each: all is there, and incidents follow."""
    db = tmp_path / "record.db"
    events = village_events(45)
    given = [
        told(e, outlet, f"N{n}-{k}")
        for n, e in enumerate(events)
        for k, outlet in enumerate(list(OUTLETS)[:2])
    ]
    first = write_lines(tmp_path / "first.jsonl", given[:10])
    assert run("read", "--mentions", str(first), db=db).exit_code == 0
    script = Path(__file__).parent / "link_faults.py"
    writers = [
        subprocess.Popen(
            [sys.executable, str(script), str(db), str(lines), name, str(DECISIONS)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name, lines in (
            ("ana", write_lines(tmp_path / "ana.jsonl", given[10:50])),
            ("ben", write_lines(tmp_path / "ben.jsonl", given[50:])),
        )
    ]
    said = [writer.communicate(timeout=300) for writer in writers]
    assert [(w.returncode, err) for w, (_, err) in zip(writers, said, strict=True)] == [(0, "")] * 2
    with open_store(str(db)) as store:
        decisions = {d.number: d.by for d in store.decisions()}
        articles = {a.id for a in store.articles()}
        for name, (out, _) in zip(("ana", "ben"), said, strict=True):
            lines = [line.split() for line in out.splitlines()]
            assert [decisions[int(n)] for what, n in lines if what == "decided"] == [name] * DECISIONS
            stored = {article for what, article in lines if what == "stored"}
            assert len(stored) == 40
            assert stored <= articles
        assert len(decisions) == 2 * DECISIONS
        found = record_of(store)
        relink_all(store)
        assert record_of(store) == found


# --- a cycle of judgements


def run(*arguments: str, db: Path) -> Result:
    return CliRunner().invoke(app, [*arguments, "--db", str(db)])


def queue(db: Path) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = json.loads(run("review", "--format", "json", db=db).stdout)["queue"]
    return rows


AB, BC, NOT_AC = ("same", "a#1", "b#1"), ("same", "b#1", "c#1"), ("different", "a#1", "c#1")


@pytest.mark.parametrize("order", [(AB, BC, NOT_AC), (NOT_AC, AB, BC), (BC, NOT_AC, AB)])
def test_a_cycle_of_judgements_is_shown(tmp_path: Path, order: tuple[tuple[str, str, str], ...]) -> None:
    """Where a is b, b is c and a is not c, deciding says so and the queue shows it, until it is undone."""
    db = tmp_path / "record.db"
    abc = (told(event, "Tigris Wire", name) for event, name in zip(EVENTS[2:], "abc", strict=True))
    lines = write_lines(tmp_path / "abc.jsonl", abc)
    assert run("read", "--mentions", str(lines), db=db).exit_code == 0
    for decision in order[:2]:
        done = run("decide", *decision, "--by", "ana", db=db)
        assert (done.exit_code, done.stderr) == (0, "")
    assert not any(item["contradiction"] for item in queue(db))

    done = run("decide", *order[2], "--by", "ben", db=db)
    assert done.exit_code == 0
    different = f"d{order.index(NOT_AC) + 1}"
    assert "contradiction: " in done.stderr
    assert f"{different} (by {'ben' if different == 'd3' else 'ana'}) says that they do not" in done.stderr
    shown = queue(db)[0]["contradiction"]
    assert isinstance(shown, dict)
    assert different in shown["decisions"]
    assert "d3" in shown["decisions"]
    assert "say that a#1 and c#1" in shown["text"].replace("says", "say")
    assert different in run("review", db=db).stdout

    assert run("decide", "undo", "d3", "--by", "ana", db=db).exit_code == 0
    assert not any(item["contradiction"] for item in queue(db))
