"""`seamwatch link`: linked anew after new rules or on request, told what changes, nothing in a dry run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from seamwatch.model.incident import Toll
from seamwatch.model.incident_codec import incident_json
from seamwatch.pipeline import relinking
from seamwatch.pipeline.decide import Decider
from seamwatch.pipeline.relinking import is_linked, relink_all
from seamwatch.store import IncidentFilter, Store, open_store
from test_cli import run
from told_store import BOMB, RAID, groups, incident_of, opened, tell

OTHER = "rules of another day"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Return a store with a bomb told by B, then by A, and a raid told by C; linked by today's rules."""
    with opened(tmp_path) as made:
        relink_all(made)
        tell(made, "B", BOMB, told=8, killed=3)
        tell(made, "A", BOMB, told=5)
        tell(made, "C", RAID)
        assert groups(made) == {"A#1 B#1", "C#1"}
        yield made


def link(tmp_path: Path, *arguments: str, code: int = 0) -> tuple[str, str]:
    done = run("link", *arguments, "--db", str(tmp_path / "record.db"))
    assert done.returncode == code, done.stderr
    return done.stdout, done.stderr


def told(tmp_path: Path, *arguments: str) -> dict[str, Any]:
    out, _ = link(tmp_path, *arguments, "--format", "json")
    row: dict[str, Any] = json.loads(out)
    return row


def state(store: Store) -> list[dict[str, Any]]:
    return [incident_json(i) for i in store.incidents(IncidentFilter(statuses=None))]


def test_a_rebuild_after_another_order_changes_nothing(tmp_path: Path, store: Store) -> None:
    """Articles that came in one by one, the later first, are linked as all at once: ids and values too."""
    before = state(store)
    out, err = link(tmp_path, "--rebuild")
    assert out.splitlines() == [
        "linked anew: 3 mentions with 1 link, which tell 2 incidents",
        "no incident changed",
    ]
    assert err == ""
    assert state(store) == before


def test_a_store_linked_by_todays_rules_is_left_as_it_is(tmp_path: Path, store: Store) -> None:
    """Without --rebuild nothing is done where the rules are today's, and the way to do it is told."""
    out, _ = link(tmp_path)
    assert out == "all 3 mentions are linked by today's rules; to link anew all the same, add --rebuild\n"
    assert told(tmp_path, "--dry-run")["linked_anew"] is False


def test_a_dry_run_tells_and_changes_nothing(tmp_path: Path, store: Store) -> None:
    """Where the rules are other ones, a dry run says what would change; state and mark stay."""
    bomb = incident_of(store, "A#1")
    store.replace_incidents([replace(store.incident(bomb), killed=Toll(low=9, best=9, high=9))])
    store.set_link_mark(OTHER)
    before = state(store)
    out, _ = link(tmp_path, "--dry-run")
    assert out.splitlines() == [
        "the database is linked by other rules than today's",
        "to link anew: 3 mentions with 1 link, which would tell 2 incidents",
        "would change: 1 with other values",
        f"  values     {bomb}: killed",
        "nothing was changed",
    ]
    assert (state(store), store.link_mark()) == (before, OTHER)


def test_linking_anew_writes_what_the_dry_run_told(tmp_path: Path, store: Store) -> None:
    """After it the incidents are those of today's rules, and the store says so."""
    right = state(store)
    raid, bomb = incident_of(store, "C#1"), incident_of(store, "A#1")
    with store.transaction():
        one = store.incident(bomb)
        both = replace(
            one,
            mentions=(*one.mentions, *store.incident(raid).mentions),
            aliases=(*one.aliases, raid),
        )
        store.replace_incidents([both], [raid])
    store.set_link_mark(OTHER)
    assert store.resolve_id(raid) == bomb
    would = told(tmp_path, "--dry-run")
    assert would["counts"]["split"] == 2
    assert {change["id"] for change in would["changed"]} == {raid, bomb}
    done = told(tmp_path)
    assert (would["linked_anew"], done["linked_anew"]) == (False, True)
    assert done["changed"] == would["changed"]
    assert state(store) == right
    assert is_linked(store)


def test_incidents_that_become_one_are_told_with_their_ids(tmp_path: Path, store: Store) -> None:
    """What the old rules had as two is told as merged, and both ids lead to it."""
    bomb = incident_of(store, "A#1")
    held = store.incident(bomb)
    late = next(alias for alias in held.aliases)
    with store.transaction():
        first, second = held.mentions
        store.replace_incidents([replace(held, mentions=(first,), aliases=())])
        store.replace_incidents([replace(held, id=late, mentions=(second,), aliases=())])
    store.set_link_mark(OTHER)
    out, _ = link(tmp_path)
    assert "changed: 1 merged\n" in out
    assert f"  merged     {bomb} with {late}\n" in out
    assert store.resolve_id(late) == bomb


def test_many_changed_incidents_are_written_as_well(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where more change than are held in memory, the same is told and the same is stored."""
    right = state(store)
    monkeypatch.setattr(relinking, "MOST_HELD", 0)
    for incident in list(store.incidents()):
        store.replace_incidents([replace(incident, injured=Toll(low=7, best=7, high=7))])
    done = relink_all(store)
    assert [(change.kind, change.fields) for change in done.changed] == [("values", ("injured",))] * 2
    assert state(store) == right


def test_contradictions_are_told(tmp_path: Path, store: Store) -> None:
    """Decisions that can't all hold are named on standard error, and in the JSON."""
    tell(store, "D", {**RAID, "day": 60})
    ana = Decider(store, by="ana")
    ana.same("A#1", "C#1")
    ana.same("C#1", "D#1")
    ana.different("A#1", "D#1")
    _, err = link(tmp_path, "--rebuild")
    assert err.startswith("contradiction: d2 (by ana) says that A#1 and D#1 ")
    (one,) = told(tmp_path, "--rebuild")["contradictions"]
    assert one["decisions"] == ["d2", "d3"]


def test_decisions_outlive_linking_anew(tmp_path: Path, store: Store) -> None:
    """What people decided stands after new rules too."""
    Decider(store, by="ana").same("A#1", "C#1")
    Decider(store, by="ana").correct("A#1", "killed", 4)
    before = state(store)
    store.set_link_mark(OTHER)
    out, _ = link(tmp_path)
    assert "no incident changed\n" in out
    assert state(store) == before


def test_an_empty_store_has_nothing_to_link(tmp_path: Path) -> None:
    """It says so, and becomes one linked by today's rules."""
    with open_store(str(tmp_path / "record.db")) as store:
        out, _ = link(tmp_path)
        assert out == "the database holds no mentions: there is nothing to link\n"
        assert is_linked(store)


def test_a_missing_store_is_an_error(tmp_path: Path) -> None:
    """The error says which file is not there, and the exit code is 1."""
    out, err = link(tmp_path, code=1)
    assert out == ""
    assert "record.db" in err
