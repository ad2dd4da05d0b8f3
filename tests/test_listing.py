"""Listing by a policy and at a moment: what is listed is what whoever links it all anew would find."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from seamwatch.model.decision import Decision
from seamwatch.model.incident_codec import incident_json
from seamwatch.pipeline.linking import relink
from seamwatch.pipeline.listing import incident_by, list_incidents
from seamwatch.pipeline.relinking import relink_all
from seamwatch.store import IncidentFilter, Store
from seamwatch.vocabulary.codes import DecisionKind, Policy
from test_cli import run
from told_store import BOMB, RAID, incident_of, opened, tell

ALL = IncidentFilter(statuses=None)
MOMENTS = [datetime(2022, 3, 1, 12, tzinfo=UTC) + timedelta(days=n) for n in range(34)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Return a store with a bomb told by three outlets: 2, 5 and 3 dead, the last as another type."""
    with opened(tmp_path) as made:
        relink_all(made)
        tell(made, "A", BOMB, told=5)
        tell(made, "B", BOMB, told=6, killed=5)
        tell(made, "C", BOMB, told=7, killed=3, type="Suicide bomb")
        yield made


def decide(store: Store, day: int, kind: DecisionKind, *names: str, **more: Any) -> int:
    """Store a decision as made at noon of a day in March, and link again; return its number."""
    at = datetime(2022, 3, 1, 12, tzinfo=UTC) + timedelta(days=day - 1)
    held = {"mentions": names[:1], "others": names[1:], **more}
    with store.transaction():
        made = store.add_decision(Decision(kind=kind, by="ana", at=at, **held))
        about = store.decision(made.undoes) if made.undoes else made
        relink(store, (*about.mentions, *about.others))
    return made.number


@pytest.fixture
def decided(store: Store) -> Store:
    """Return the store with a raid, told late by two, and decisions on several days, one undone."""
    tell(store, "D", RAID, told=21)
    tell(store, "E", RAID, told=25, killed=8)
    tell(store, "F", {**BOMB, "day": 20, "place": "Hawija", "lat": 35.32, "lon": 43.77}, told=22)
    first = decide(
        store, 9, DecisionKind.CORRECT, "A#1", field="killed", value={"low": 4, "best": 4, "high": 4}
    )
    decide(store, 12, DecisionKind.RETRACT, "A#1")
    decide(store, 14, DecisionKind.UNDO, undoes=first)
    second = decide(store, 23, DecisionKind.SAME, "D#1", "F#1")
    decide(store, 26, DecisionKind.UNDO, undoes=second)
    decide(store, 28, DecisionKind.SPLIT, "C#1", others=("A#1", "B#1"))
    return store


def listed(store: Store, **options: Any) -> list[dict[str, Any]]:
    return [incident_json(incident) for incident in list_incidents(store, ALL, **options)]


@pytest.mark.parametrize("policy", [Policy.UCDP, Policy.CONSERVATIVE])
def test_a_moment_is_as_if_all_known_then_were_linked_anew(decided: Store, policy: Policy) -> None:
    """What is taken from the store as it is equals what linking everything known by then would give."""
    quick = [listed(decided, as_of=moment, policy=policy) for moment in MOMENTS]
    # Linked by other rules, nothing of the store's is taken.
    mark = decided.link_mark()
    assert mark is not None
    decided.set_link_mark("rules of another day")
    whole = [listed(decided, as_of=moment, policy=policy) for moment in MOMENTS]
    decided.set_link_mark(mark)
    assert quick == whole
    assert len({json.dumps(state) for state in quick}) > 8


def test_a_moment_after_all_is_the_record_as_it_is(decided: Store) -> None:
    """As of a day after the last telling and decision, the incidents are those stored."""
    assert listed(decided, as_of=MOMENTS[-1]) == listed(decided)


def test_a_decision_is_told_of_its_own_incident_alone(decided: Store) -> None:
    """As of a day, an incident carries the decisions about its mentions and no others."""
    held = {
        incident["id"]: [d["id"] for d in incident["decisions"]]
        for incident in listed(decided, as_of=datetime(2022, 3, 24, tzinfo=UTC))
    }
    bomb, raid = incident_of(decided, "A#1"), incident_of(decided, "D#1")
    assert (held[bomb], held[raid]) == (["d2"], ["d4"])


def test_another_policy_gives_the_values_that_it_chooses(store: Store) -> None:
    """The figure is the newest, the lowest, or the last told; the record itself stays as it is."""
    before = listed(store)
    name = incident_of(store, "A#1")
    killed = {policy: incident_by(store, name, policy).killed for policy in Policy}
    assert [toll.best for toll in killed.values() if toll] == [3, 2, 3, 3]
    assert [row["policy"] for row in listed(store, policy=Policy.LATEST)] == ["latest"]
    assert listed(store) == before
    assert incident_by(store, name) == store.incident(name)


def test_filters_look_at_the_values_of_the_policy(store: Store) -> None:
    """An incident is found by the type that the policy gives it, and no longer by the other one."""

    def found(kind: str, policy: Policy) -> int:
        return len(list(list_incidents(store, IncidentFilter(type=kind), policy=policy)))

    assert (found("Suicide bomb", Policy.UCDP), found("Suicide bomb", Policy.LATEST)) == (0, 1)
    other = "Remote explosive/landmine/IED"
    assert (found(other, Policy.UCDP), found(other, Policy.LATEST)) == (1, 0)


def test_a_policy_and_a_moment_go_together(store: Store) -> None:
    """As of a day, the policy chooses among what was told by then."""
    at = datetime(2022, 3, 6, tzinfo=UTC)
    (row,) = listed(store, as_of=at, policy=Policy.CONSERVATIVE)
    assert (row["killed"]["best"], row["policy"]) == (2, "conservative")
    (row,) = listed(store, as_of=at, policy=Policy.LATEST)
    assert row["killed"]["best"] == 5


def test_text_is_searched_at_a_moment_too(decided: Store) -> None:
    """A search finds the incidents whose articles have the word, among those known by then."""
    wanted = IncidentFilter(statuses=None, text="Rutba")
    found = [
        len(list(list_incidents(decided, wanted, datetime(2022, 3, day, tzinfo=UTC)))) for day in (20, 22)
    ]
    assert found == [0, 1]


def test_incidents_and_explain_take_a_policy(tmp_path: Path, store: Store) -> None:
    """On the command line the policy is named in the JSON, and said above an explained incident."""
    db = ("--db", str(tmp_path / "record.db"), "--policy", "conservative")
    (row,) = json.loads(run("incidents", "--format", "json", *db).stdout)["incidents"]
    assert (row["policy"], row["killed"]["best"]) == ("conservative", 2)
    told = run("explain", row["id"], *db).stdout
    assert "by the policy 'conservative'" in told


def test_a_policy_that_is_none_is_wrong_usage(tmp_path: Path, store: Store) -> None:
    """The message names the policies that there are."""
    done = run("incidents", "--policy", "highest", "--db", str(tmp_path / "record.db"))
    assert done.returncode == 2
    assert "corroborated" in done.stderr
