"""The review queue: what is in it, in what order, and going through it on a terminal."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from seamwatch.pipeline.decide import Decider
from seamwatch.pipeline.review import refreshed, review_queue
from seamwatch.pipeline.review_memory import ReviewMemory
from seamwatch.store import Store
from seamwatch.vocabulary.codes import DecisionKind, Status
from test_cli import PROGRAM, run
from told_store import BOMB, RAID, groups, incident_of, opened, tell, unsure

CASES = yaml.safe_load((Path(__file__).parent / "cases/review.yaml").read_text(encoding="utf-8"))
_STYLE = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Return a store with a bomb told by A and B, and a raid told by C; nothing is uncertain."""
    with opened(tmp_path) as made:
        tell(made, "A", BOMB)
        tell(made, "B", BOMB)
        tell(made, "C", RAID)
        assert list(made.unsure_links()) == []
        yield made


def pairs(store: Store) -> list[str]:
    return [f"{item.left.mention.id} {item.right.mention.id}" for item in review_queue(store)]


# --- the queue


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_order_of_the_table(case: dict[str, Any], tmp_path: Path) -> None:
    """The queue has the rows in the table's order, and no others."""
    with opened(tmp_path) as store:
        for number, (name, row) in enumerate(case["rows"].items()):
            # Months apart, so that only the table's odds bring any together.
            told = {**BOMB, "day": 1 + 60 * number}
            for side, letter in enumerate("ab"):
                tolls = {toll: row.get(toll, (None, None))[side] for toll in ("killed", "injured")}
                day = told["day"] + 20 * side
                tell(store, f"{name}_{letter}", {**told, **tolls}, day=day)
            unsure(store, f"{name}_a#1", f"{name}_b#1", row["odds"])
        assert [pair.split("_a#1")[0] for pair in pairs(store)] == case["order"]


def test_pairs_that_connect_the_same_incidents_are_one_question(store: Store) -> None:
    """Two incidents are asked about once, by their likest pair; what would change is told."""
    unsure(store, "A#1", "C#1", -900)
    unsure(store, "B#1", "C#1", -300)
    (item,) = review_queue(store)
    assert (item.left.mention.id, item.right.mention.id, item.pairs) == ("B#1", "C#1", 2)
    assert (item.inside, item.killed, item.others, item.moved) == (False, 2, 0, 1)
    assert {i.id for i in item.incidents} == {incident_of(store, "A#1"), incident_of(store, "C#1")}


def test_a_queue_with_a_memory_is_the_queue_without_one(store: Store) -> None:
    """After a decision, after one taken back, and after a new article: the same items in the same order."""
    memory = ReviewMemory()

    def same() -> int:
        queue = review_queue(store, memory=memory)
        assert queue == review_queue(store)
        return len(queue)

    unsure(store, "A#1", "C#1", -900)
    assert same() == 1
    Decider(store, by="ana").same("A#1", "C#1")
    assert same() == 0
    Decider(store, by="ana").undo(store.decisions()[-1].number or 0)
    assert same() == 1
    tell(store, "E", RAID, killed=9)
    unsure(store, "B#1", "C#1", -300)
    assert same() == 1
    tell(store, "F", {**BOMB, "day": 60})
    unsure(store, "F#1", "C#1", 100)
    assert same() == 2


def test_a_doubt_inside_one_incident_is_asked_once(store: Store) -> None:
    """A telling that the rules put beside two others, of which they are sure, is one question."""
    tell(store, "E", BOMB)
    for name in ("A#1", "B#1"):
        unsure(store, name, "E#1", 800)
    (item,) = review_queue(store)
    assert (item.inside, item.pairs, item.moved) == (True, 2, 1)
    Decider(store, by="ana").same(item.left.mention.id, item.right.mention.id)
    assert review_queue(store) == ()


@pytest.mark.parametrize("kind", ["same", "different", "unsure"])
@pytest.mark.parametrize("odds", [-500, 500])
def test_what_a_person_has_decided_is_not_asked_again(store: Store, kind: str, odds: int) -> None:
    """Any answer settles the question, between two incidents or inside one; undone it is asked again."""
    for name in ("A#1", "B#1"):
        unsure(store, name, "C#1", odds)
    (item,) = review_queue(store)
    decider = Decider(store, by="ana")
    done = getattr(decider, kind)(item.left.mention.id, item.right.mention.id)
    assert review_queue(store) == ()
    assert refreshed(store, item) is None
    decider.undo(done.decision.number)
    assert pairs(store) == [f"{item.left.mention.id} {item.right.mention.id}"]


def test_a_contradiction_comes_first_until_it_is_gone(store: Store) -> None:
    """Decisions that can't all hold are on top of the queue, with their numbers."""
    tell(store, "D", RAID, day=90)
    tell(store, "E", RAID, day=150)
    unsure(store, "A#1", "E#1", -100)
    decider = Decider(store, by="ana")
    decider.same("A#1", "C#1")
    decider.different("A#1", "D#1")
    decider.same("C#1", "D#1")
    first, second = review_queue(store)
    assert [d.number for d in first.against] == [1, 2, 3]
    assert "d1 (by ana) and d3 (by ana) say that A#1 and D#1 tell one incident" in first.conflict
    assert second.against == ()
    decider.undo(3)
    assert [item.against for item in review_queue(store)] == [()]


def test_reasons_say_what_agrees_and_what_does_not(store: Store) -> None:
    """A shown item has the reasons of its pair, for and against."""
    tell(store, "D", {**BOMB, "day": 5, "killed": 9})
    unsure(store, "A#1", "D#1", -400)
    shown = refreshed(store, review_queue(store)[0])
    assert shown is not None
    assert {"place", "toll", "date"} <= {reason.feature for reason in shown.reasons}
    assert any(r.weight > 0 for r in shown.reasons) and any(r.weight < 0 for r in shown.reasons)


# --- the list


def test_the_queue_is_listed_where_there_is_no_terminal(tmp_path: Path, store: Store) -> None:
    """A pipe gets a table, --format json the whole of each item; --limit shortens both."""
    tell(store, "D", {**RAID, "day": 90})
    unsure(store, "A#1", "C#1", -100)
    unsure(store, "A#1", "D#1", -100)
    db = str(tmp_path / "record.db")
    table = run("review", "--db", db, env={"COLUMNS": "160"})
    assert (table.returncode, table.stderr) == (0, "")
    assert "A#1 · outlet of A#1" in table.stdout and "two incidents now" in table.stdout
    short = run("review", "--db", db, "--limit", "1")
    assert "1 more; --limit shows them" in short.stdout
    row = json.loads(run("review", "--db", db, "--format", "json", "--limit", "1").stdout)
    assert (row["total"], len(row["queue"])) == (2, 1)
    item = row["queue"][0]
    assert item["would_change"] == {"killed": 2, "others": 0, "mentions": 1}
    assert item["reasons"] and item["contradiction"] is None


def test_an_empty_queue_is_one_clear_line(tmp_path: Path, store: Store) -> None:
    """Nothing to review is said in one line, as a table and on a terminal."""
    done = run("review", "--db", str(tmp_path / "record.db"))
    assert (done.returncode, done.stdout.count("\n")) == (0, 1)
    assert "Nothing to review" in done.stdout
    assert "Nothing to review" in Terminal(tmp_path).end()


# --- on a terminal


class Terminal:
    """`seamwatch review` on a terminal of its own: keys in, what is shown out."""

    def __init__(self, folder: Path, columns: int = 110) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        self._process = subprocess.Popen(
            [PROGRAM, "review", "--db", str(folder / "record.db"), "--by", "ana"],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm"},
        )
        os.close(slave)
        self.shown = ""

    def _read(self) -> bool:
        """Read what is shown now; return False at its end."""
        ready, _, _ = select.select([self._master], [], [], 0.2)
        if not ready:
            return True
        with contextlib.suppress(OSError):  # how Linux says that the other end is closed
            if seen := os.read(self._master, 65536):
                self.shown += _STYLE.sub("", seen.decode("utf-8", "replace")).replace("\r\n", "\n")
                return True
        return False

    def until(self, words: str, times: int = 1) -> str:
        """Return what is shown when some words have been shown so many times."""
        end = time.monotonic() + 60
        while self.shown.count(words) < times:
            assert time.monotonic() < end and self._read(), self.shown
        return self.shown

    def press(self, key: str) -> None:
        # A program that switches the terminal to single keys drops what was typed before.
        end = time.monotonic() + 60
        while termios.tcgetattr(self._master)[3] & termios.ICANON and time.monotonic() < end:
            time.sleep(0.01)
        os.write(self._master, key.encode())

    def end(self) -> str:
        """Return all that was shown when the program has ended."""
        while self._read():
            pass
        assert self._process.wait(60) == 0
        os.close(self._master)
        return self.shown


@pytest.fixture
def doubts(store: Store) -> Store:
    """Return the store with two doubts: whether A and C are one (first in the queue), and B and D."""
    tell(store, "D", RAID, day=90, killed=None)
    unsure(store, "A#1", "C#1", -100)
    unsure(store, "B#1", "D#1", -100)
    return store


def test_each_key_decides_and_is_stored_at_once(tmp_path: Path, doubts: Store) -> None:
    """Same and different are stored as they are pressed, each with a line of what changed."""
    screen = Terminal(tmp_path)
    shown = screen.until("q quit")
    assert "1 of 2" in shown and "probability" in shown
    line = next(row for row in shown.splitlines() if row.startswith("telling"))
    assert "A#1" in line and "C#1" in line, "two tellings stand side by side"
    screen.press("s")
    screen.until("q quit", 2)
    assert groups(doubts) == {"A#1 B#1 C#1", "D#1"}
    assert [d.kind for d in doubts.decisions()] == [DecisionKind.SAME]
    screen.press("d")
    shown = screen.end()
    assert "d1: " in shown and "are one incident now" in shown and "2 of 2" in shown
    assert "2 decisions stored; the queue is done" in shown
    assert [(d.kind, d.by) for d in doubts.decisions()][1] == (DecisionKind.DIFFERENT, "ana")


def test_undo_goes_back_to_the_item(tmp_path: Path, doubts: Store) -> None:
    """z takes the last decision of the sitting back and shows its item again."""
    screen = Terminal(tmp_path)
    screen.until("q quit")
    screen.press("s")
    screen.until("2 of 2")
    screen.until("q quit", 2)
    screen.press("z")
    screen.until("1 of 2", 2)
    screen.until("q quit", 3)
    screen.press("q")
    assert "0 decisions stored; 2 of 2 left to review" in screen.end()
    assert groups(doubts) == {"A#1 B#1", "C#1", "D#1"}
    assert [d.undoes for d in doubts.decisions()] == [None, 1]


def test_skip_unsure_and_a_key_that_means_nothing(tmp_path: Path, doubts: Store) -> None:
    """k leads on without a decision, u decides unsure, an arrow or another letter does nothing."""
    screen = Terminal(tmp_path)
    screen.until("q quit")
    for key in ("x", "\x1b[A", "k"):
        screen.press(key)
        time.sleep(0.3)
    screen.until("q quit", 2)
    screen.press("u")
    assert "1 decision stored" in screen.end()
    assert [(d.kind, d.mentions) for d in doubts.decisions()] == [(DecisionKind.UNSURE, ("B#1",))]


def test_open_explains_and_confirm_asks_which(tmp_path: Path, doubts: Store) -> None:
    """o shows both incidents with their quotes; c confirms the one that the next key names."""
    Decider(doubts, by="ben").retract("C#1")
    screen = Terminal(tmp_path)
    screen.until("q quit")
    screen.press("o")
    shown = screen.until("q quit", 2)
    assert "KILLED" in shown and "SOURCES" in shown and "Armed clash in Rutba" in shown
    screen.press("c")
    screen.until("l left")
    screen.press("r")
    screen.until("d2: ")
    screen.press("q")
    screen.end()
    assert doubts.incident(incident_of(doubts, "C#1")).status is Status.CONFIRMED
    assert [d.kind for d in doubts.decisions()] == [DecisionKind.RETRACT, DecisionKind.CONFIRM]


def test_a_narrow_terminal_has_one_telling_below_the_other(tmp_path: Path, doubts: Store) -> None:
    """At 70 columns no line is wider, and each telling stands by itself."""
    screen = Terminal(tmp_path, columns=70)
    shown = screen.until("quit")
    screen.press("q")
    screen.end()
    assert sum(row.startswith("telling") for row in shown.splitlines()) == 2
    assert max(len(row) for row in shown.splitlines()) <= 70


def test_ctrl_c_leaves_as_q_does(tmp_path: Path, doubts: Store) -> None:
    """An interrupt ends the sitting; what was decided stays."""
    screen = Terminal(tmp_path)
    screen.until("q quit")
    screen.press("d")
    screen.until("q quit", 2)
    screen.press("\x03")
    assert "1 decision stored; 1 of 2 left to review" in screen.end()
    assert len(doubts.decisions()) == 1


def test_a_contradiction_is_settled_by_undoing_one_decision(tmp_path: Path, store: Store) -> None:
    """A contradiction shows its decisions, and a number undoes one of them."""
    tell(store, "D", RAID, day=90)
    decider = Decider(store, by="ben")
    decider.same("A#1", "C#1")
    decider.different("A#1", "D#1")
    decider.same("C#1", "D#1", why="one group")
    screen = Terminal(tmp_path)
    shown = screen.until("q quit")
    assert "Contradiction: " in shown and "d3 same by ben" in shown and "one group" in shown
    assert "1 undo d1  2 undo d2  3 undo d3" in shown
    screen.press("2")
    assert "the queue is done" in screen.end()
    assert [d.undoes for d in store.decisions()] == [None, None, None, 2]
    assert groups(store) == {"A#1 B#1 C#1 D#1"}


def test_a_decision_that_contradicts_is_asked_about_next(tmp_path: Path, store: Store) -> None:
    """What a key brings up as a contradiction is told at once and stands next in the queue."""
    tell(store, "D", RAID, day=90)
    unsure(store, "C#1", "D#1", -100)
    screen = Terminal(tmp_path)
    screen.until("q quit")
    decider = Decider(store, by="ben")
    decider.same("A#1", "C#1")
    decider.different("A#1", "D#1")
    screen.press("s")
    shown = screen.until("3 undo d3")
    assert "contradiction: " in shown
    screen.press("3")
    screen.end()
    assert groups(store) == {"A#1 B#1 C#1", "D#1"}


def test_somebody_elses_decision_is_not_asked_again(tmp_path: Path, doubts: Store) -> None:
    """An item that another person settles meanwhile is passed over."""
    screen = Terminal(tmp_path)
    screen.until("q quit")
    Decider(doubts, by="ben").different("B#1", "D#1")
    screen.press("k")
    assert "0 decisions stored; the queue is done" in screen.end()
