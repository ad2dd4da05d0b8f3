"""Decisions of people: what each changes in the record, that it survives, and that it can be undone."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seamwatch.errors import InputError, SeamwatchError, ShapeError, StoreError, UnknownIdError
from seamwatch.pipeline.decide import Decided, Decider
from seamwatch.pipeline.linking import relink
from seamwatch.store import Store, open_store
from seamwatch.vocabulary.codes import DecisionKind, Status
from test_cli import run
from told_store import BOMB, RAID, groups, incident_of, opened, tell

# Three attacks that nobody would take for one, so that only decisions bring them together.
OTHER = {**RAID, "day": 26, "place": "Hit", "admin2": "Hit", "lat": 33.64, "lon": 42.83, "killed": 1}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Return a store with a bomb told by A and B, a raid told by C, and another attack told by D."""
    with opened(tmp_path) as made:
        tell(made, "A", BOMB)
        tell(made, "B", BOMB)
        tell(made, "C", RAID)
        tell(made, "D", OTHER)
        assert groups(made) == {"A#1 B#1", "C#1", "D#1"}
        yield made


@pytest.fixture
def ana(store: Store) -> Decider:
    return Decider(store, by="ana")


def state(store: Store) -> list[Any]:
    """Return all that the store holds of incidents and decisions."""
    return [tuple(store.incidents()), store.decisions(), groups(store)]


def numbers(decided: Decided) -> list[list[int]]:
    return [[d.number for d in c.decisions] for c in decided.contradictions]


# --- one and two


def test_same_makes_two_incidents_one_and_the_other_id_leads_to_it(store: Store, ana: Decider) -> None:
    """All mentions of both are one incident; the earlier one's id stays, the other becomes an alias."""
    bomb, raid = incident_of(store, "A#1"), incident_of(store, "C#1")
    done = ana.same(raid, bomb, why="one night")
    assert groups(store) == {"A#1 B#1 C#1", "D#1"}
    assert store.resolve_id(raid) == store.resolve_id(bomb) == bomb
    assert [i.id for i in done.before] == sorted([bomb, raid])
    assert [i.id for i in done.after] == [bomb]
    made = done.decision
    assert (made.kind, made.by, made.why, made.number) == (DecisionKind.SAME, "ana", "one night", 1)
    assert {*made.mentions, *made.others} == {"A#1", "B#1", "C#1"}


def test_mentions_name_their_incidents(store: Store, ana: Decider) -> None:
    """Two mentions stand for the incidents that they are in; the named ones come first."""
    made = ana.same("B#1", "C#1").decision
    assert (made.mentions, made.others) == (("B#1", "A#1"), ("C#1",))
    assert groups(store) == {"A#1 B#1 C#1", "D#1"}


def test_different_parts_two_mentions_of_one_incident(store: Store, ana: Decider) -> None:
    """Two mentions that the rules put together are two incidents; the earlier keeps the id."""
    bomb = incident_of(store, "A#1")
    done = ana.different("A#1", "B#1")
    assert groups(store) == {"A#1", "B#1", "C#1", "D#1"}
    assert incident_of(store, "A#1") == bomb
    assert [i.id for i in done.before] == [bomb]
    assert len(done.after) == 2


def test_different_of_two_incidents_names_their_likest_mentions(store: Store, ana: Decider) -> None:
    """A decision about two incidents is kept as one about the two mentions that bind them most."""
    ana.different("A#1", "B#1")
    tell(store, "E", BOMB, killed=3)
    owner = incident_of(store, "E#1")
    alone = "A#1" if owner != incident_of(store, "A#1") else "B#1"
    made = ana.different(owner, incident_of(store, alone)).decision
    assert made.mentions in (("E#1",), ("A#1",), ("B#1",))
    assert made.others == (alone,)


def test_unsure_settles_nothing_and_holds_nothing_apart(store: Store, ana: Decider) -> None:
    """Unsure is kept as a decision of its own and contradicts none."""
    done = ana.unsure("A#1", "C#1")
    assert done.contradictions == ()
    assert groups(store) == {"A#1 B#1", "C#1", "D#1"}
    assert store.decisions()[0].kind is DecisionKind.UNSURE


def test_merge_makes_several_incidents_one(store: Store, ana: Decider) -> None:
    """Three incidents become one under the earliest one's id."""
    bomb = incident_of(store, "A#1")
    done = ana.merge([incident_of(store, "D#1"), incident_of(store, "C#1"), bomb])
    assert groups(store) == {"A#1 B#1 C#1 D#1"}
    assert [i.id for i in done.after] == [bomb]


def test_split_parts_mentions_and_holds_each_side_together(store: Store, ana: Decider) -> None:
    """What is parted off is one incident, what stays is one; the id stays with the earliest mention."""
    tell(store, "E", BOMB)
    bomb = incident_of(store, "A#1")
    ana.split(bomb, ["B#1", "E#1"])
    assert groups(store) == {"A#1", "B#1 E#1", "C#1", "D#1"}
    assert incident_of(store, "A#1") == bomb


def test_a_merge_overrides_an_earlier_split_and_says_so(store: Store, ana: Decider) -> None:
    """A merge wins over what was decided of its mentions before, and names it."""
    ana.split(incident_of(store, "A#1"), ["B#1"])
    done = ana.merge([incident_of(store, "A#1"), incident_of(store, "B#1")])
    assert groups(store) == {"A#1 B#1", "C#1", "D#1"}
    assert [d.number for d in done.overridden] == [1]
    assert done.contradictions == ()


# --- one incident


def test_confirm_and_retract_set_the_status_and_the_later_wins(store: Store, ana: Decider) -> None:
    """A retracted incident is no longer listed; confirmed again it is."""
    raid = incident_of(store, "C#1")
    ana.retract(raid)
    assert store.incident(raid).status is Status.RETRACTED
    assert raid not in {i.id for i in store.incidents()}
    ana.confirm(raid)
    assert store.incident(raid).status is Status.CONFIRMED


def test_a_correction_sets_the_value_and_keeps_what_the_articles_say(store: Store, ana: Decider) -> None:
    """The corrected toll is the incident's; the figure of the articles stays as a disagreement."""
    bomb = incident_of(store, "A#1")
    ana.correct(bomb, "killed", {"low": 5, "best": 5, "high": 5}, why="the hospital's list")
    incident = store.incident(bomb)
    assert incident.killed is not None and incident.killed.best == 5
    assert "killed" in {d.field for d in incident.disagreements}


def test_what_is_no_value_is_refused_before_it_is_stored(store: Store, ana: Decider) -> None:
    """A field that can't be corrected, or a value of another kind, leaves no decision."""
    for field, value in (("killed", {"low": 3, "best": 2, "high": 1}), ("weapons", []), ("date", "May")):
        with pytest.raises(ShapeError):
            ana.correct("A#1", field, value)
    assert store.decisions() == ()


# --- later


@pytest.mark.parametrize("later", ["same", "different"])
def test_a_decision_survives_new_articles(store: Store, ana: Decider, later: str) -> None:
    """What a person decided holds after further tellings that resemble one side or both."""
    if later == "same":
        ana.same("A#1", "C#1")
    else:
        ana.different("A#1", "B#1")
    for name in ("E", "F", "G"):
        tell(store, name, BOMB)
        tell(store, f"{name}2", RAID)
    together = incident_of(store, "A#1") == incident_of(store, "C#1" if later == "same" else "B#1")
    assert together is (later == "same")


def test_undo_gives_back_the_record_as_it_was(store: Store, ana: Decider) -> None:
    """Each kind of decision can be undone: the incidents and their values are those of before."""
    before = tuple(store.incidents())
    bomb, raid = incident_of(store, "A#1"), incident_of(store, "C#1")
    decide = (
        lambda: ana.confirm(raid),
        lambda: ana.same(bomb, raid),
        lambda: ana.different("A#1", "B#1"),
        lambda: ana.unsure("A#1", "B#1"),
        lambda: ana.split(bomb, ["B#1"]),
        lambda: ana.merge([bomb, raid, "D#1"]),
        lambda: ana.correct(bomb, "killed", 9),
        lambda: ana.retract(bomb),
    )
    shown = [(i.id, i.status, i.killed, groups(store)) for i in before]
    for one in decide:
        number = one().decision.number
        ana.undo(number)
        assert [(i.id, i.status, i.killed, groups(store)) for i in store.incidents()] == shown


ids = st.sampled_from(["A#1", "B#1", "C#1", "D#1"])
works = st.one_of(
    st.tuples(st.sampled_from(["same", "different", "unsure"]), st.tuples(ids, ids)),
    st.tuples(st.just("merge"), st.tuples(st.lists(ids, min_size=2, max_size=3))),
    st.tuples(st.just("split"), st.tuples(ids, st.lists(ids, min_size=1, max_size=2))),
    st.tuples(st.sampled_from(["confirm", "retract"]), st.tuples(ids)),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=st.lists(works, max_size=6), data=st.data())
def test_whatever_was_decided_can_be_undone_in_any_order(
    store: Store, ana: Decider, chosen: list[Any], data: st.DataObject
) -> None:
    """After any decisions, undone in any order, the record is as it was; no id is lost on the way."""
    before = [(i.id, i.status, tuple(m.mention.id for m in i.mentions)) for i in store.incidents()]
    made = []
    given_ids = set(store.incident_ids())
    for verb, arguments in chosen:
        with contextlib.suppress(InputError):  # one that makes no sense by now
            made.append(getattr(ana, verb)(*arguments).decision.number)
        given_ids |= set(store.incident_ids())
        assert {store.resolve_id(name) for name in given_ids} <= set(store.incident_ids())
    for number in data.draw(st.permutations(made)):
        ana.undo(number)
    assert [(i.id, i.status, tuple(m.mention.id for m in i.mentions)) for i in store.incidents()] == before


def test_what_is_undone_cannot_be_undone_again(store: Store, ana: Decider) -> None:
    """A second undoing is refused, and nothing is stored of it."""
    ana.same("A#1", "C#1")
    ana.undo(1)
    for number in (1, 2, 9):
        with pytest.raises(StoreError):
            ana.undo(number)
    assert len(store.decisions()) == 2


def test_linking_the_same_mentions_again_changes_nothing(store: Store, ana: Decider) -> None:
    """The record after a decision is what linking makes of it, however often."""
    ana.same("A#1", "C#1")
    ana.split(incident_of(store, "A#1"), ["B#1"])
    before = state(store)
    with store.transaction():
        relink(store, ["A#1", "B#1", "C#1", "D#1"])
    assert state(store) == before


def test_an_alias_is_as_good_as_the_id(store: Store, ana: Decider) -> None:
    """An id that an incident no longer has leads to it in a decision too."""
    raid = incident_of(store, "C#1")
    ana.same("A#1", "C#1")
    done = ana.confirm(raid)
    assert set(done.decision.mentions) == {"A#1", "B#1", "C#1"}


# --- contradictions


def test_a_cycle_is_told_at_once_with_the_decisions_that_make_it(store: Store, ana: Decider) -> None:
    """a = c, c = d, but a is not d: told by the last of the three, whichever that is."""
    assert numbers(ana.different("A#1", "D#1")) == []
    assert numbers(ana.same("A#1", "C#1")) == []
    assert numbers(ana.same("C#1", "D#1")) == [[1, 2, 3]]
    assert numbers(ana.unsure("A#1", "B#1")) == []


def test_a_cycle_is_gone_when_one_of_it_is_undone(store: Store, ana: Decider) -> None:
    """After undoing one of the three the others hold."""
    ana.same("A#1", "C#1")
    ana.same("C#1", "D#1")
    assert numbers(ana.different("A#1", "D#1")) == [[2, 3]]
    ana.undo(3)
    assert groups(store) == {"A#1 B#1 C#1 D#1"}


def test_linking_tells_the_same_conflicts(store: Store, ana: Decider) -> None:
    """Where decisions contradict one another, linking finds it too, and keeps apart what is to be apart."""
    ana.different("A#1", "D#1")
    ana.same("A#1", "C#1")
    ana.same("C#1", "D#1")
    with store.transaction():
        change = relink(store, ["A#1", "C#1", "D#1"])
    assert change.conflicts
    assert groups(store) == {"A#1 B#1", "C#1 D#1"}


def test_a_third_telling_that_was_held_apart_stays_out(store: Store, ana: Decider) -> None:
    """Who joins two tellings does not join a third that only the rules put beside them."""
    ana.different("B#1", "C#1")
    done = ana.same("A#1", "C#1")
    assert (done.decision.mentions, done.contradictions) == (("A#1",), ())
    assert incident_of(store, "A#1") == incident_of(store, "C#1") != incident_of(store, "B#1")


# --- what is refused, and what is not kept


@pytest.mark.parametrize(
    ("work", "words"),
    [
        (lambda d, i: d.same(i("A#1"), i("B#1")), "one incident already"),
        (lambda d, i: d.same("A#1", "A#1"), "are one mention"),
        (lambda d, i: d.different(i("A#1"), "B#1"), "seamwatch decide split"),
        (lambda d, i: d.merge([i("A#1"), "B#1"]), "one incident already"),
        (lambda d, i: d.split(i("A#1"), ["C#1"]), "no mention of"),
        (lambda d, i: d.split(i("A#1"), ["A#1", "B#1"]), "all mentions"),
        (lambda d, i: d.confirm("i-nothing"), "seamwatch incidents"),
        (lambda d, i: d.same("A#1", "Z#9"), "no incident and no mention Z#9"),
    ],
)
def test_what_makes_no_sense_is_refused(store: Store, ana: Decider, work: Any, words: str) -> None:
    """A decision that can't be meant is refused in plain words, and nothing changes."""
    before = state(store)
    with pytest.raises(SeamwatchError, match=words):
        work(ana, lambda name: incident_of(store, name))
    assert state(store) == before


def test_somebody_decides(store: Store) -> None:
    """There is no decision without a name."""
    with pytest.raises(InputError, match="--by"):
        Decider(store, by=" \t")


def test_a_dry_run_tells_and_keeps_nothing(store: Store) -> None:
    """The change is told as it would be, and the store is as before."""
    before = state(store)
    done = Decider(store, by="ana", dry_run=True).same("A#1", "C#1")
    assert (len(done.before), len(done.after), done.kept) == (2, 1, False)
    assert state(store) == before


def test_an_unknown_id_leads_on(store: Store, ana: Decider) -> None:
    """The error for an unknown id says where the ids are listed."""
    with pytest.raises(UnknownIdError, match="lists the incidents"):
        ana.confirm("nope")


def _decide_many(path: str, by: str) -> None:
    with open_store(path) as store:
        for number in range(8):
            decider = Decider(store, by=by)
            done = decider.same("A#1", "C#1") if number % 2 else decider.different("A#1", "B#1")
            decider.undo(done.decision.number)
            decider.confirm("A#1")


def test_two_writers_at_once_lose_no_decision(tmp_path: Path, store: Store) -> None:
    """Two programs that decide about the same incidents at the same time: every decision is kept."""
    path = str(tmp_path / "record.db")
    context = multiprocessing.get_context("spawn")
    people = [context.Process(target=_decide_many, args=(path, name)) for name in ("ana", "ben")]
    for person in people:
        person.start()
    for person in people:
        person.join(240)
    assert [person.exitcode for person in people] == [0, 0]
    found = store.decisions()
    assert [d.number for d in found] == list(range(1, 49))
    assert {name: sum(d.by == name for d in found) for name in ("ana", "ben")} == {"ana": 24, "ben": 24}
    assert groups(store) == {"A#1 B#1", "C#1", "D#1"}


# --- the command


def decide(tmp_path: Path, *arguments: str, code: int = 0, env: dict[str, str] | None = None) -> str:
    done = run("decide", *arguments, "--db", str(tmp_path / "record.db"), env=env)
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def test_each_verb_says_what_it_changed(tmp_path: Path, store: Store) -> None:
    """A line or two: what became one or two, which value changed, or that nothing did."""
    bomb, raid = incident_of(store, "A#1"), incident_of(store, "C#1")
    first, last = sorted((bomb, raid))
    one = f"{first} and {last} are one incident now: {bomb} (3 mentions)"
    assert decide(tmp_path, "same", bomb, raid, "--by", "ana") == f"d1: {one}\n"
    two = " and ".join(sorted([f"{bomb} (2 mentions)", f"{raid} (1 mention)"]))
    assert decide(tmp_path, "undo", "d1", "--by", "ana") == f"d2: {bomb} is two incidents now: {two}\n"
    assert decide(tmp_path, "correct", bomb, "killed", "4", "--by", "ana") == f"d3: {bomb}: killed 2 -> 4\n"
    assert decide(tmp_path, "retract", raid).startswith(f"d4: {raid}: status ")
    assert decide(tmp_path, "unsure", bomb, raid) == "d5: stored; no incident changed\n"
    dry = decide(tmp_path, "merge", bomb, raid, "--dry-run")
    assert dry.startswith("dry run: ") and "would be one incident" in dry
    assert len(store.decisions()) == 5


def test_the_command_tells_a_contradiction_plainly(tmp_path: Path, store: Store) -> None:
    """The third decision of a cycle names all three and says what to do."""
    decide(tmp_path, "same", "A#1", "C#1", "--by", "ana")
    decide(tmp_path, "different", "A#1", "D#1", "--by", "ben")
    said = decide(tmp_path, "same", "C#1", "D#1", "--by", "cem")
    assert "contradiction: " in said
    assert all(f"{name} (by {by})" in said for name, by in (("d1", "ana"), ("d2", "ben"), ("d3", "cem")))
    assert "seamwatch decide undo d3" in said


def test_who_decides_is_the_option_then_the_variable_then_the_login(tmp_path: Path, store: Store) -> None:
    """--by wins over SEAMWATCH_USER, and without both it is the login name."""
    decide(tmp_path, "confirm", "A#1", "--by", "ana", env={"SEAMWATCH_USER": "ben"})
    decide(tmp_path, "confirm", "A#1", env={"SEAMWATCH_USER": "ben"})
    decide(tmp_path, "confirm", "A#1", env={"LOGNAME": "cem"})
    assert [d.by for d in store.decisions()] == ["ana", "ben", "cem"]


def test_the_list_shows_each_decision_and_what_undid_it(tmp_path: Path, store: Store, ana: Decider) -> None:
    """The table and the JSON tell who, when, why, about what, and what no longer holds."""
    ana.same("A#1", "C#1", why="one night [of] two")
    ana.undo(1, why="no")
    ana.correct("D#1", "perpetrators", [{"name": "gunmen", "kind": "group"}])
    table = decide(tmp_path, "list", env={"COLUMNS": "160"})
    for words in ("d1", "d2", "d3", "ana", "one night [of] two", "same: A#1, B#1 | C#1 are one", "gunmen"):
        assert words in table
    rows = json.loads(decide(tmp_path, "list", "--format", "json"))["decisions"]
    assert [(r["id"], r["kind"], r["undoes"], r["undone_by"]) for r in rows] == [
        ("d3", "correct", None, None),
        ("d2", "undo", "d1", None),
        ("d1", "same", None, "d2"),
    ]
    assert set(rows[2]["incidents"]) == {incident_of(store, name) for name in ("A#1", "C#1")}
    about = json.loads(decide(tmp_path, "list", "--format", "json", "--about", incident_of(store, "D#1")))
    assert [r["id"] for r in about["decisions"]] == ["d3"]


def test_no_decisions_are_one_line(tmp_path: Path, store: Store) -> None:
    """An empty list says where there is something to decide."""
    assert decide(tmp_path, "list").count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("undo", "x12"),
        ("undo", "d7"),
        ("confirm", "i-nothing"),
        ("correct", "A#1", "weapon", "bomb"),
        ("correct", "A#1", "killed", "many"),
        ("split", "A#1", "Q#1"),
    ],
)
def test_a_wrong_word_is_one_line_and_exit_code_1(
    tmp_path: Path, store: Store, arguments: tuple[str, ...]
) -> None:
    """What can't be decided is one line that says what to do, and nothing is stored."""
    said = decide(tmp_path, *arguments, code=1)
    assert said.count("\n") == 1
    assert store.decisions() == ()
