"""What every store does with decisions of people."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from made_incidents import words
from seamwatch.errors import StoreError, UnknownIdError
from seamwatch.model.decision import Decision, standing
from seamwatch.store import Store, open_store
from seamwatch.vocabulary.codes import DecisionKind

Factory = Callable[[], Store]
BACKENDS: dict[str, Callable[[Path], Store]] = {
    "sqlite": lambda folder: open_store(str(folder / "record.db"))
}
NOON = datetime(2024, 4, 12, 12, tzinfo=UTC)


@pytest.fixture(params=sorted(BACKENDS))
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Factory]:
    """Return what opens the same database, each time as another program would."""
    opened: list[Store] = []

    def open_it() -> Store:
        opened.append(BACKENDS[request.param](tmp_path))
        return opened[-1]

    yield open_it
    for store in opened:
        store.close()


@pytest.fixture
def store(reopen: Factory) -> Store:
    return reopen()


def same(left: str, right: str, *, by: str = "ana", hour: int = 0) -> Decision:
    return Decision(
        kind=DecisionKind.SAME,
        mentions=(left,),
        others=(right,),
        by=by,
        at=NOON + timedelta(hours=hour),
        why="one road, one bomb",
    )


def undo(number: int) -> Decision:
    return Decision(kind=DecisionKind.UNDO, undoes=number, by="ben", at=NOON + timedelta(days=1))


def test_a_decision_comes_back_with_its_number(store: Store, reopen: Factory) -> None:
    """Decisions are numbered from 1 and are there again, whole, for another program."""
    first = store.add_decision(same("A#1", "B#1"))
    second = store.add_decision(
        Decision(
            kind=DecisionKind.CORRECT,
            mentions=("A#1",),
            field="killed",
            value={"low": 2, "best": 3, "high": 4},
            by="ana",
            at=NOON,
        )
    )
    assert (first.number, second.number) == (1, 2)
    assert reopen().decisions() == (first, second)
    assert store.decision(2) == second


def test_a_correction_to_unknown_is_kept_apart_from_no_value(store: Store) -> None:
    """A correction whose value is null comes back as one."""
    stored = store.add_decision(
        Decision(kind=DecisionKind.CORRECT, mentions=("A#1",), field="killed", value=None, by="a", at=NOON)
    )
    assert store.decisions() == (stored,)
    assert (stored.field, stored.value) == ("killed", None)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(by=words, why=st.text(max_size=40), value=st.none() | words | st.lists(words, max_size=3))
def test_any_words_come_back(store: Store, by: str, why: str, value: object) -> None:
    """Any text of who and why is kept; only lone surrogates are another character (U+FFFD)."""
    given_ = Decision(
        kind=DecisionKind.CORRECT, mentions=("A#1",), field="place", value=value, by=by, at=NOON, why=why
    )
    back = store.decision(store.add_decision(given_).number)
    assert (back.by, back.value, len(back.why)) == (by, value, len(why))


def test_what_is_undone_stays_in_the_list_and_no_longer_stands(store: Store) -> None:
    """An undoing is a decision of its own; what it undid is still told, but does not hold."""
    kept, gone = store.add_decision(same("A#1", "B#1")), store.add_decision(same("B#1", "C#1"))
    store.add_decision(undo(gone.number))
    assert [d.number for d in store.decisions()] == [1, 2, 3]
    assert standing(store.decisions()) == (kept,)


@pytest.mark.parametrize(
    ("number", "words"), [(7, "no decision d7"), (1, "undone already"), (2, "can't be undone")]
)
def test_what_cannot_be_undone_is_told(store: Store, number: int, words: str) -> None:
    """Undoing what is unknown, undone already or an undoing itself is refused, and nothing is stored."""
    store.add_decision(same("A#1", "B#1"))
    store.add_decision(undo(1))
    with pytest.raises(StoreError, match=words):
        store.add_decision(undo(number))
    assert len(store.decisions()) == 2


def test_decisions_are_found_by_the_mentions_they_name(store: Store) -> None:
    """Those that name a mention on either side are found, with what undid them, and no others."""
    for left, right in (("A#1", "B#1"), ("C#1", "D#1"), ("D#1", "B#1")):
        store.add_decision(same(left, right))
    store.add_decision(undo(1))
    assert [d.number for d in store.decisions_about(["B#1"])] == [1, 3, 4]
    assert [d.number for d in store.decisions_about(["C#1", "A#1"])] == [1, 2, 4]
    assert store.decisions_about(["X#1"]) == ()
    assert store.decisions_about([]) == ()


def test_a_decision_follows_a_mention_to_what_stands_for_it(store: Store) -> None:
    """A replaced mention's decisions name its stand-in, over several steps, and are found by either."""
    store.add_decision(same("A#1", "Z#1"))
    store.add_stand_in("A#1", "B#1")
    store.add_stand_in("B#1", "C#1")
    (found,) = store.decisions()
    assert (found.mentions, found.others) == (("C#1",), ("Z#1",))
    for name in ("A#1", "B#1", "C#1"):
        assert store.decisions_about([name]) == (found,)
    assert store.standing_in(["A#1", "Q#1"]) == {"A#1": "C#1", "Q#1": "Q#1"}


def test_a_mention_that_comes_back_stands_for_itself(store: Store) -> None:
    """Where the article that was replaced takes its place back, nothing runs in a circle."""
    store.add_decision(same("A#1", "B#1"))
    store.add_stand_in("A#1", "B#1")
    store.add_stand_in("B#1", "A#1")
    (found,) = store.decisions()
    assert (found.mentions, found.others) == (("A#1",), ("A#1",))


def test_two_that_one_mention_stands_for_are_named_once(store: Store) -> None:
    """A side of a decision names no mention twice."""
    store.add_decision(replace(same("A#1", "Z#1"), mentions=("A#1", "B#1")))
    store.add_stand_in("A#1", "B#1")
    assert store.decisions()[0].mentions == ("B#1",)


def test_an_unknown_number_is_told(store: Store) -> None:
    """Asking for a decision that does not exist says how to see which do."""
    with pytest.raises(UnknownIdError, match="decide list"):
        store.decision(3)


def test_a_decision_in_an_undone_transaction_is_gone(store: Store) -> None:
    """Nothing is left of a decision whose transaction failed, and its number is free."""
    with pytest.raises(ZeroDivisionError), store.transaction():
        store.add_decision(same("A#1", "B#1"))
        raise ZeroDivisionError
    assert store.decisions() == ()
    assert store.add_decision(same("A#1", "B#1")).number == 1


def test_two_programs_number_their_decisions_apart(store: Store, reopen: Factory) -> None:
    """Decisions of two programs on one database have numbers of their own, and both see all."""
    other = reopen()
    for hour in range(3):
        store.add_decision(same("A#1", "B#1", by="ana", hour=hour))
        other.add_decision(same("A#1", "B#1", by="ben", hour=hour))
    assert [(d.number, d.by) for d in store.decisions()] == [
        (n, "ana" if n % 2 else "ben") for n in range(1, 7)
    ]
    assert store.decisions() == other.decisions()


def test_decisions_cannot_be_changed_or_removed(tmp_path: Path) -> None:
    """The database itself refuses: what was decided stays as it was decided."""
    with open_store(str(tmp_path / "x.db")) as opened:
        opened.add_decision(same("A#1", "B#1"))
    db = sqlite3.connect(tmp_path / "x.db")
    for statement in ("UPDATE decisions SET \"by\" = 'eve'", "DELETE FROM decisions"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            db.execute(statement)
    db.close()
