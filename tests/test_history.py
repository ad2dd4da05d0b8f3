"""An incident's story in order of time: revisions, decisions, former ids."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from seamwatch.pipeline.decide import Decider
from seamwatch.store import Store
from seamwatch.vocabulary.codes import RevisionKind
from test_cli import run
from told_store import BOMB, RAID, incident_of, opened, tell


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Return a store with a bomb told by A, then with more dead by B, and a raid told by C."""
    with opened(tmp_path) as made:
        tell(made, "A", BOMB, told=5)
        tell(made, "B", BOMB, told=8, killed=3, injured=2)
        tell(made, "C", RAID)
        yield made


def history(tmp_path: Path, name: str) -> str:
    done = run("history", name, "--db", str(tmp_path / "record.db"))
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_revisions_and_decisions_stand_in_order_of_time(tmp_path: Path, store: Store) -> None:
    """What articles changed comes on their days, what people decided at its hour, undone or not."""
    ana, ben = Decider(store, by="ana"), Decider(store, by="ben")
    bomb = incident_of(store, "A#1")
    ana.correct(bomb, "killed", 4, why="the hospital's list")
    ana.same(bomb, incident_of(store, "C#1"))
    ben.undo(2, why="two towns")
    told = history(tmp_path, bomb)
    lines = [line for line in told.splitlines() if line[:2] == "20"]
    assert [line[:10] for line in lines] == sorted(line[:10] for line in lines)
    assert lines[0].startswith("2022-03-05  ")
    words = " ".join(told.split())
    assert "reported: " in words and "killed 2 -> 3" in words
    assert "d1 by ana, correct: killed is 4: the hospital's list; killed 3 -> 4" in words
    assert "(undone by ben, d3)" in words
    assert "d3 by ben, undo: d2 no longer holds: two towns" in words
    assert max(map(len, told.splitlines())) <= 80


def test_former_ids_are_told_with_what_they_were_made_of(tmp_path: Path, store: Store) -> None:
    """Any id that leads to the incident gives the same story, which names them all."""
    raid = incident_of(store, "C#1")
    Decider(store, by="ana").same("A#1", "C#1")
    bomb = incident_of(store, "A#1")
    told = history(tmp_path, raid)
    assert told == history(tmp_path, bomb)
    assert f"  {raid}, of C#1\n" in told


def test_the_json_has_every_event(tmp_path: Path, store: Store) -> None:
    """--format json gives each revision with its kind and each decision with what undid it."""
    decider = Decider(store, by="ana")
    bomb = incident_of(store, "A#1")
    decider.retract(bomb, why="a drill")
    decider.undo(1)
    done = run("history", bomb, "--db", str(tmp_path / "record.db"), "--format", "json")
    row = json.loads(done.stdout)
    assert (row["id"], row["status"]) == (bomb, store.incident(bomb).status.value)
    revisions = [event for event in row["events"] if event["what"] == "revision"]
    decisions = [event for event in row["events"] if event["what"] == "decision"]
    told = [r for r in store.incident(bomb).revisions if r.kind is not RevisionKind.DECIDED]
    assert len(revisions) == len(told)
    assert {"at", "field", "from", "to", "because", "mention", "kind"} <= revisions[0].keys()
    assert [(d["id"], d["kind"], d["undone_by"]) for d in decisions] == [
        ("d1", "retract", "d2"),
        ("d2", "undo", None),
    ]
    moments = [event["at"] for event in row["events"]]
    assert moments == sorted(moments)
    assert {entry["mention"] for entry in row["former_ids"]} == {"B#1"}


def test_what_a_decision_changed_is_told_once(tmp_path: Path, store: Store) -> None:
    """A corrected value stands in the decision's own event, and nowhere else."""
    bomb = incident_of(store, "A#1")
    Decider(store, by="ana").correct(bomb, "killed", 4)
    Decider(store, by="ana").confirm(bomb)
    done = run("history", bomb, "--db", str(tmp_path / "record.db"), "--format", "json")
    events = json.loads(done.stdout)["events"]
    assert "decided" not in {event["kind"] for event in events}
    assert [event["changed"] for event in events if event["what"] == "decision"] == [
        [{"field": "killed", "from": 3, "to": 4}],
        [],
    ]
    told = history(tmp_path, bomb)
    assert told.count("killed 3 -> 4") == 1
    assert "confirmed -> confirmed" not in told


def test_an_unknown_id_is_one_line(tmp_path: Path, store: Store) -> None:
    """An id that leads nowhere says where the ids are listed."""
    done = run("history", "i-nothing", "--db", str(tmp_path / "record.db"))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "seamwatch incidents" in done.stderr
