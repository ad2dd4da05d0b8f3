"""A sender, a receiver or a relay is restored from a backup: nothing withdrawn comes back, all converge."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from centre_parties import RELAY, Parties, parties, pull, push, record_content, recover, say, settle
from seamwatch.coordinate.keys import KeyRing
from seamwatch.model.exchange import Head
from seamwatch.pipeline.centre.sending import BEFORE_RESTORE
from seamwatch.vocabulary.coordination import EntryKind


def agree(made: Parties, sender: str, receiver: str) -> None:
    """Assert that a receiver shows exactly what its sender says to it."""
    released = {
        (sender, row.record) for row in made[sender].store.sent_records(receiver=receiver, state="released")
    }
    assert {key for key in made.shown(receiver) if key[0] == sender} == released
    mine, theirs = (made[name].store.feed_head(sender, receiver) for name in (sender, receiver))
    assert mine == theirs


def test_a_restored_sender_takes_its_entries_back_and_begins_a_new_epoch(tmp_path: Path) -> None:
    """What it said after its backup is known to it again, and what it withdrew stays withdrawn."""
    with parties(tmp_path) as made:
        early = say(made["north"], "south", 1, "I1")
        settle(made, 2)
        made["north"].record_of("I2")  # its incident is in the backup
        backup = made.back_up("north")
        made["north"].withdraw("south", early, "wrong")
        late = say(made["north"], "south", 7, "I2")
        settle(made, 2)
        made.restore("north", backup)
        # It does not know yet that it was restored.
        assert made["north"].store.sent_records()[0].state == "released"
        settle(made, 3)
        assert made["north"].store.feed_head("north", "south").epoch == 2
        assert made.shown("south") == {("north", late): 7}
        agree(made, "north", "south")
        row = next(r for r in made["north"].store.sent_records() if r.record == early)
        assert (row.state, row.why) == ("withdrawn", BEFORE_RESTORE)
        assert all(r.receipted for r in made["north"].store.sent_records())


def test_what_was_withdrawn_before_a_restore_needs_a_persons_word(tmp_path: Path) -> None:
    """The order that withdrew it may be lost with the database: rules alone do not release it again."""
    with parties(tmp_path) as made:
        record = say(made["north"], "south")
        settle(made, 2)
        backup = made.back_up("north")
        made["north"].withdraw("south", record, "wrong")
        settle(made, 2)
        made.restore("north", backup)
        settle(made, 2)
        node = made["north"]
        assert node.release("south", record, "I1", record_content()) is None
        assert node.release("south", record, "I1", record_content(), anew=True) is not None
        settle(made, 2)
        assert made.shown("south") == {("north", record): 1}


def test_a_restored_sender_that_went_on_counting_is_a_fork_until_it_looks(tmp_path: Path) -> None:
    """Another entry of a number that was accepted is refused; then the sender recovers and says it again."""
    with parties(tmp_path) as made:
        say(made["north"], "south", 1, "I1")
        settle(made, 1)
        made["north"].record_of("I2")  # its incident is in the backup
        backup = made.back_up("north")
        lost = say(made["north"], "south", 2, "I2")
        settle(made, 1)
        made.restore("north", backup)
        other = say(made["north"], "south", 3, "I3")
        say(made["north"], "south", 4, "I4")
        assert pull(made["south"], made["north"], "north").problem == "fork"
        settle(made, 3)
        shown = made.shown("south")
        assert (shown["north", other], shown["north", lost]) == (3, 2)
        assert len(shown) == 4
        agree(made, "north", "south")


def test_requests_that_were_not_receipted_are_said_again_in_the_new_epoch(tmp_path: Path) -> None:
    """What was said beside records is not lost with the epoch that it was said in."""
    with parties(tmp_path) as made:
        say(made["north"], "south", 1, "I1")
        settle(made, 2)
        made["north"].record_of("I2")  # its incident is in the backup
        backup = made.back_up("north")
        say(made["north"], "south", 2, "I2")
        made["north"].append("south", EntryKind.REQUEST, "r0", 1, {"id": "r0"})
        settle(made, 2)
        made.restore("north", backup)
        made["north"].append("south", EntryKind.REQUEST, "r1", 1, {"id": "r1"})
        settle(made, 1)
        items = made["north"].store.feed_items("north", "south", 2, after=0, limit=99, most_bytes=1 << 20)
        kinds = [item.entry.kind.value for item in items]
        assert kinds[:4] == ["release", "release", "receipt", "request"]
        assert {row.incident for row in made["north"].store.sent_records()} == {"I1", "I2"}


def test_a_restored_receiver_fetches_again_and_shows_no_withdrawn_record(tmp_path: Path) -> None:
    """It goes on from its older head; its own receipts are taken back first."""
    with parties(tmp_path) as made:
        first = say(made["north"], "south", 1, "I1")
        settle(made, 2)
        backup = made.back_up("south")
        made["north"].withdraw("south", first, "wrong")
        second = say(made["north"], "south", 2, "I2")
        settle(made, 2)
        made.restore("south", backup)
        settle(made, 3)
        assert made.shown("south") == {("north", second): 2}
        agree(made, "north", "south")
        assert made["south"].store.feed_head("south", "north").epoch == 2
        assert made["north"].store.feed_head("south", "north").epoch == 2


def test_a_restored_relay_is_filled_again_by_its_parties(tmp_path: Path) -> None:
    """The relay's older head shows what it lacks; what was withdrawn since is erased in it."""
    with parties(tmp_path, relay=True) as made:
        north, south = made["north"], made["south"]
        first = say(north, "south", 1, "I1")
        push(north, made[RELAY], "south")
        backup = made.back_up(RELAY)
        north.withdraw("south", first, "wrong")
        second = say(north, "south", 2, "I2")
        push(north, made[RELAY], "south")
        relay = made.restore(RELAY, backup)
        push(north, relay, "south")
        item = relay.store.feed_item("north", "south", 1, 1)
        assert item is not None and item.sealed is None
        pull(south, relay, "north")
        south.carry_out()
        assert made.shown("south") == {("north", second): 2}


def test_the_relay_gives_a_restored_sender_its_entries_back(tmp_path: Path) -> None:
    """The receiver may be out of reach: what the relay holds is enough to begin anew."""
    with parties(tmp_path, relay=True) as made:
        say(made["north"], "south", 1, "I1")
        made["north"].record_of("I2")  # its incident is in the backup
        backup = made.back_up("north")
        say(made["north"], "south", 2, "I2")
        push(made["north"], made[RELAY], "south")
        north = made.restore("north", backup)
        assert len(recover(north, made[RELAY])) == 1
        assert recover(north, made[RELAY]) == ()
        push(north, made[RELAY], "south")
        pull(made["south"], made[RELAY], "north")
        made["south"].carry_out()
        assert sorted(made.shown("south").values()) == [1, 2]
        agree(made, "north", "south")


def test_a_receiver_that_knows_of_a_later_withdrawal_holds_the_record_back(tmp_path: Path) -> None:
    """A sender restored by a relay that was behind releases what it had withdrawn: it is held back."""
    with parties(tmp_path, relay=True) as made:
        north, south = made["north"], made["south"]
        record = say(north, "south", 1, "I1")
        push(north, made[RELAY], "south")
        backup = made.back_up("north")
        say(made["north"], "south", 2, "I2")
        push(made["north"], made[RELAY], "south")
        for _ in range(3):  # up to a version that the restored sender does not reach by itself
            made["north"].withdraw("south", record, "wrong")
            made["north"].release("south", record, "I1", record_content())
        made["north"].withdraw("south", record, "wrong")
        pull(south, made["north"], "north")
        south.carry_out()
        north = made.restore("north", backup)
        recover(north, made[RELAY])
        push(north, made[RELAY], "south")
        pull(south, made[RELAY], "north")
        south.carry_out()
        assert ("north", record) not in made.shown("south")
        assert [r.record for r in south.received(state="held")] == [record]
        pull(north, south, "south")
        north.carry_out()
        settle(made, 3)
        assert south.received(state="held") == ()
        agree(made, "north", "south")
        row = next(r for r in north.store.sent_records() if r.record == record)
        assert row.state == "withdrawn"


def test_a_crash_between_taking_back_and_beginning_anew_loses_nothing(tmp_path: Path) -> None:
    """Whatever is said next begins the new epoch, even if the node was stopped in between."""
    with parties(tmp_path) as made:
        say(made["north"], "south", 1, "I1")
        settle(made, 2)
        backup = made.back_up("north")
        say(made["north"], "south", 2, "I2")
        settle(made, 2)
        north = made.restore("north", backup)
        page = made["south"].page("north", "north", "south", epoch=1, after=1)
        assert north.adopt_tail(page.items).problem is None
        north = made.open("north")
        entry = north.append("south", EntryKind.REQUEST, "r1", 1, {"id": "r1"})
        assert entry.epoch == 2


def test_a_head_that_nobody_can_prove_changes_nothing(tmp_path: Path) -> None:
    """A party that invents a head of ours has no entries with our signature for it."""
    with parties(tmp_path) as made:
        north, south = made["north"], made["south"]
        say(north, "south")
        false = Head(sender="north", receiver="south", epoch=9, number=3, hash="a" * 64)
        assert north.restored_from([false]) == (false,)
        say(south, "north")
        theirs = north.page("south", "north", "south", epoch=1, after=0)
        assert south.adopt_tail(theirs.items).problem == "not_for_us"
        assert north.store.feed_head("north", "south").epoch == 1


@pytest.mark.parametrize("how", ["another content", "another signature", "another record"])
def test_what_is_brought_back_as_ours_must_bear_our_signature(tmp_path: Path, how: str) -> None:
    """Whoever holds the lost entries of a restored party can change nothing in them."""
    with parties(tmp_path) as made:
        say(made["north"], "south", 1, "I1")
        backup = made.back_up("north")
        say(made["north"], "south", 2, "I2")
        pull(made["south"], made["north"], "north")
        north = made.restore("north", backup)
        (item,) = made["south"].page("north", "north", "south", epoch=1, after=1).items
        assert item.sealed is not None
        other = made["south"].keys.sign(b"anything")
        forged = {
            "another content": replace(item, sealed=replace(item.sealed, box=b"x" * 100)),
            "another signature": replace(item, entry=replace(item.entry, signature=other)),
            "another record": replace(item, entry=replace(item.entry, subject="0" * 8)),
        }[how]
        taken = north.adopt_tail([forged])
        assert (taken.problem, taken.new) == ("forged", 0)
        assert north.store.feed_head("north", "south").number == 1
        assert north.adopt_tail([item]).new == 1


def test_a_new_epoch_ends_the_old_one_only_when_it_is_whole(tmp_path: Path) -> None:
    """While its first entries are here and its closing receipt is not, nothing of the old epoch is lost."""
    with parties(tmp_path) as made:
        records = {("north", say(made["north"], "south", n, f"I{n}")) for n in (1, 2, 3)}
        pull(made["south"], made["north"], "north")
        made["south"].carry_out()
        made["north"].begin_epoch("south")
        page = made["north"].page("south", "north", "south", epoch=2, after=0, limit=1)
        assert made["south"].take(page.items, via="north").new == 1
        made["south"].carry_out()
        assert set(made.shown("south")) == records
        pull(made["south"], made["north"], "north")
        made["south"].carry_out()
        assert set(made.shown("south")) == records


def test_a_sender_that_tells_an_older_head_than_was_taken_is_told_of(tmp_path: Path) -> None:
    """A rolled-back feed is noted with both heads."""
    with parties(tmp_path) as made:
        say(made["north"], "south", 1, "I1")
        backup = made.back_up("north")
        say(made["north"], "south", 2, "I2")
        pull(made["south"], made["north"], "north")
        made.restore("north", backup)
        feeds = made["north"].heads_for("south").feeds
        # Another node that is behind proves nothing about the sender.
        assert made["south"].rolled_back(feeds, via="centre") == ()
        assert made["south"].store.refused_entries() == ()
        assert [h.number for h in made["south"].rolled_back(feeds, via="north")] == [1]
        assert made["south"].store.refused_entries()[0].problem == "rollback"


def test_a_party_that_came_back_with_new_keys_is_heard_and_reads_again(tmp_path: Path) -> None:
    """Without database and keys it joined again: what it released is withdrawn, what it gets is resealed."""
    with parties(tmp_path) as made:
        say(made["north"], "south", 1, "I1")
        mine = say(made["south"], "north", 2, "S1")
        settle(made, 2)
        made["north"].store.close()
        for path in tmp_path.glob("north.db*"):
            path.unlink()
        made.rings["north"] = KeyRing("north", b"new".ljust(32, b"."))
        ring = made.rings["north"]
        made.charter = replace(
            made.charter,
            parties=tuple(
                replace(p, sign_key=ring.sign_key, agree_key=ring.agree_key, term=2) if p.id == "north" else p
                for p in made.charter.parties
            ),
        )
        made.open("north")
        settle(made, 4)
        assert made.shown("south") == {}
        assert made.shown("north") == {("south", mine): 2}
        say(made["north"], "south", 4, "I9")
        settle(made, 2)
        assert list(made.shown("south").values()) == [4]


def test_a_release_that_begins_the_new_epoch_says_its_own_version(tmp_path: Path) -> None:
    """The new epoch restates the record first: what is said after it has a higher version, and is shown."""
    with parties(tmp_path) as made:
        record = say(made["north"], "south", 1, "I1")
        settle(made, 2)
        backup = made.back_up("north")
        say(made["north"], "south", 2, "I2")
        settle(made, 2)
        north = made.restore("north", backup)
        north.adopt_tail(made["south"].page("north", "north", "south", epoch=1, after=1).items)
        say(north, "south", 8, "I1")
        settle(made, 2)
        assert made.shown("south")["north", record] == 8
        agree(made, "north", "south")


def test_a_record_that_came_back_without_its_incident_finds_it_again(tmp_path: Path) -> None:
    """What the backup does not have is withdrawn; read again, it goes out again under its public id."""
    with parties(tmp_path) as made:
        say(made["north"], "south", 1, "I1")
        settle(made, 2)
        backup = made.back_up("north")
        record = say(made["north"], "south", 2, "I2")
        settle(made, 2)
        north = made.restore("north", backup)
        settle(made, 2)
        assert north.store.sent_records(records={record})[0].state == "withdrawn"
        assert ("north", record) not in made.shown("south")
        assert north.record_of("I2") == record
        assert north.release("south", record, "I2", record_content(2)) is not None
        settle(made, 2)
        assert made.shown("south")["north", record] == 2


def test_what_a_new_epoch_does_not_restate_is_shown_no_longer(tmp_path: Path) -> None:
    """Its sender does not know that it said it: the receipt that closes the epoch ends it, contents too."""
    with parties(tmp_path) as made:
        known = say(made["north"], "south", 1, "I1")
        backup = made.back_up("north")
        lost = say(made["north"], "south", 2, "I2")
        pull(made["south"], made["north"], "north")
        made["south"].carry_out()
        assert set(made.shown("south")) == {("north", known), ("north", lost)}
        north = made.restore("north", backup)
        north.begin_epoch("south")
        pull(made["south"], north, "north")
        made["south"].carry_out()
        assert set(made.shown("south")) == {("north", known)}
        old = made["south"].store.feed_items("north", "south", 1, after=0, limit=9, most_bytes=1 << 20)
        assert [item.sealed for item in old] == [None, None]
