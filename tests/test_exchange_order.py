"""Whatever the order, copies and losses of pages, and whatever crashes: the same stores come of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from centre_parties import RELAY, Parties, parties, pull, push, record_content, say, settle
from seamwatch.model.exchange import Item
from seamwatch.store.sqlite import SqliteStore

INCIDENTS = ("I1", "I2", "I3")
NAMES = ("north", "south")


def steps() -> st.SearchStrategy[list[tuple[str, ...]]]:
    """Return histories: what is said, which pages are cut, kept, lost, brought twice or late, and crashes."""
    who, what = st.sampled_from(NAMES), st.sampled_from(INCIDENTS)
    number = st.integers(0, 30).map(str)
    return st.lists(
        st.one_of(
            st.tuples(st.just("release"), who, what, number),
            st.tuples(st.just("withdraw"), who, what),
            st.tuples(st.just("cut"), who, number, number),
            st.tuples(st.just("bring"), number),
            st.tuples(st.just("pull"), who),
            st.tuples(st.just("relay"), who),
            st.tuples(st.just("crash"), who),
            st.tuples(st.just("carry"), who),
        ),
        min_size=1,
        max_size=40,
    )


def other(name: str) -> str:
    return NAMES[1 - NAMES.index(name)]


def play(made: Parties, history: list[tuple[str, ...]]) -> None:
    kept: list[tuple[str, tuple[Item, ...]]] = []
    for step, *words in history:
        if step == "bring":
            if kept:
                to, items = kept[int(words[0]) % len(kept)]
                made[to].take(items, via=other(to))
            continue
        name = words[0]
        node = made[name]
        if step == "release":
            node.release(other(name), node.record_of(words[1]), words[1], record_content(int(words[2])))
        elif step == "withdraw":
            node.withdraw(other(name), node.record_of(words[1]), "wrong")
        elif step == "cut":
            page = node.page(
                other(name), name, other(name), epoch=1, after=int(words[1]) % 10, limit=int(words[2])
            )
            kept.append((other(name), page.items))
        elif step == "pull":
            pull(node, made[other(name)], other(name))
        elif step == "relay":
            push(node, made[RELAY], other(name))
            if made[RELAY].store.feed_head(name, other(name)).number:
                pull(made[other(name)], made[RELAY], name)
        elif step == "crash":
            made.open(name)
        elif step == "carry":
            node.carry_out()


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(history=steps())
def test_order_copies_losses_and_crashes_do_not_matter(history: list[tuple[str, ...]]) -> None:
    """In the end each shows exactly what the other says, all is receipted, and nothing withdrawn is left."""
    with tempfile.TemporaryDirectory() as folder, parties(Path(folder), NAMES, relay=True) as made:
        play(made, history)
        for name in NAMES:
            push(made[name], made[RELAY], other(name))
        made.states.pop(RELAY)
        settle(made, 3)
        for name in NAMES:
            rows = made[name].store.sent_records(receiver=other(name))
            released = {(name, row.record) for row in rows if row.state == "released"}
            assert set(made.shown(other(name))) == released
            assert all(row.receipted for row in rows)
            for holder in (*NAMES, RELAY):
                items = made[holder].store.feed_items(
                    name, other(name), 1, after=0, limit=999, most_bytes=1 << 24
                )
                now = {row.record: row.number for row in rows if row.state == "released"}
                for item in items:
                    if item.entry.kind.value == "release":
                        assert (item.sealed is not None) == (now.get(item.entry.subject) == item.entry.number)


def test_a_picture_that_fails_leaves_everything_to_be_carried_out_again(tmp_path: Path) -> None:
    """Nothing is receipted that was not carried out."""
    with parties(tmp_path) as made:
        say(made["north"], "south")
        pull(made["south"], made["north"], "north")
        picture = made["south"].picture

        class Fails(type(picture)):  # type: ignore[misc]
            """A picture on a machine that fails."""

            def show(self, records: object) -> None:
                raise MemoryError

        made["south"].picture = Fails()
        with pytest.raises(MemoryError):
            made["south"].carry_out()
        made["south"].picture = picture
        assert made["south"].store.feed_head("south", "north").number == 0
        assert made["south"].carry_out() == 1
        assert len(made.shown("south")) == 1
        assert made["south"].store.feed_head("south", "north").number == 1


CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from centre_parties import parties, pull, say
with parties(Path(sys.argv[1])) as made:
    print("ready", flush=True)
    for number in range(100_000):
        record = say(made["north"], "south", number, f"I{number % 7}")
        if number % 3 == 0:
            made["north"].withdraw("south", record, "wrong")
        pull(made["south"], made["north"], "north")
        made["south"].carry_out()
        pull(made["north"], made["south"], "south")
        made["north"].carry_out()
"""


@pytest.mark.parametrize("after", [0.05, 0.2, 0.45])
def test_a_process_that_is_killed_leaves_whole_entries_and_goes_on(tmp_path: Path, after: float) -> None:
    """Kill it at any moment: the chains continue, and both stores come to say the same."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path), str(Path(__file__).parent)], stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"ready\n"
    try:
        child.wait(after)
    except subprocess.TimeoutExpired:
        os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    with parties(tmp_path) as made:
        for node in made.nodes.values():
            store = node.store
            assert isinstance(store, SqliteStore)
            assert store.read("PRAGMA integrity_check") == [("ok",)]
        settle(made, 3)
        rows = made["north"].store.sent_records(receiver="south")
        released = {row.record for row in rows if row.state == "released"}
        shown = made["south"].received(party="north", state="shown")
        assert {row.record for row in shown} == released
        assert all(row.receipted for row in rows)
