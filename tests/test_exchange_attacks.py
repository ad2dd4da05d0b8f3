"""What a party, a relay or a carrier may try against a node, and how each try ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from centre_parties import RELAY, Parties, parties, pull, push, record_content, say, settle
from seamwatch.coordinate.feed import entry_hash, head_of, make_entry
from seamwatch.coordinate.keys import KeyRing, box_digest
from seamwatch.errors import InputError, SeamwatchError
from seamwatch.model.exchange import Head, Item
from seamwatch.pipeline.centre.node import Node
from seamwatch.vocabulary.coordination import EntryKind, PartyState


def items_of(node: Node, asker: str, sender: str, receiver: str) -> tuple[Item, ...]:
    return node.page(asker, sender, receiver, epoch=1, after=0).items


def forged(made: Parties, keys: KeyRing, content: bytes, kind: EntryKind = EntryKind.RELEASE) -> Item:
    """Return the next entry of north to south as somebody with these keys would make it."""
    head = made["north"].store.feed_head("north", "south")
    south = made.charter.party("south")
    assert south is not None
    sealed = keys.seal(content, south.agree_key, b"north>south")
    entry = make_entry(
        keys, head, kind=kind, subject="r", version=1, digest=box_digest(sealed), at=made.clock()
    )
    return Item(entry=entry, sealed=sealed)


def test_an_altered_content_is_refused_and_what_comes_before_it_is_taken(tmp_path: Path) -> None:
    """A relay that changes a box is found out by the digest that the sender signed."""
    with parties(tmp_path) as made:
        say(made["north"], "south", 1, "I1")
        say(made["north"], "south", 2, "I2")
        first, second = items_of(made["north"], "south", "north", "south")
        assert second.sealed is not None
        bad = replace(second, sealed=replace(second.sealed, box=second.sealed.box[::-1]))
        taken = made["south"].take([first, bad], via="north")
        assert (taken.new, taken.problem) == (1, "forged")
        refused = made["south"].store.refused_entries()[0]
        assert (refused.number, refused.problem, refused.via) == (2, "forged", "north")


def test_an_entry_that_another_party_signs_in_a_partys_name_is_refused(tmp_path: Path) -> None:
    """Only the key that the charter names signs for a party."""
    with parties(tmp_path, ("north", "south", "east")) as made:
        say(made["north"], "south")
        pull(made["south"], made["north"], "north")
        item = forged(made, made.rings["east"], b"{}")
        assert made["south"].take([item], via="east").problem == "forged"


def test_a_page_for_another_receiver_is_refused_but_by_the_relay(tmp_path: Path) -> None:
    """What north says to south is nothing for east."""
    with parties(tmp_path, ("north", "south", "east"), relay=True) as made:
        say(made["north"], "south")
        items = items_of(made["north"], "south", "north", "south")
        assert made["east"].take(items, via="north").problem == "not_for_us"
        assert made["north"].take(items, via="south").problem == "not_for_us"
        assert made[RELAY].take(items, via="north").new == 1


def test_a_box_for_another_party_can_not_be_read(tmp_path: Path) -> None:
    """A sender that puts a box of another feed into an entry has released nothing; it is noted."""
    with parties(tmp_path, ("north", "south", "east")) as made:
        say(made["north"], "south")
        pull(made["south"], made["north"], "north")
        keys, head = made.rings["north"], made["north"].store.feed_head("north", "south")
        east = made.charter.party("east")
        assert east is not None
        sealed = keys.seal(b"{}", east.agree_key, b"north>east")
        entry = make_entry(
            keys,
            head,
            kind=EntryKind.RELEASE,
            subject="r2",
            version=1,
            digest=box_digest(sealed),
            at=made.clock(),
        )
        made["south"].take([Item(entry=entry, sealed=sealed)], via="north")
        made["south"].carry_out()
        assert len(made.shown("south")) == 1
        assert made["south"].store.refused_entries()[0].problem == "unreadable"
        assert [r.record for r in made["south"].received(state="missing")] == ["r2"]


@pytest.mark.parametrize(
    "content",
    [
        b"no JSON",
        b"[]",
        b'{"record":"other","version":1}',
        b'{"record":"r","version":2}',
        b"\xff\xfe",
        b'{"record":"r","version":' + b"[" * 5000,
    ],
)
def test_a_content_that_is_no_record_is_noted_and_stops_nothing(tmp_path: Path, content: bytes) -> None:
    """One bad entry of a party does not hold up what it said before and after."""
    with parties(tmp_path) as made:
        say(made["north"], "south", 1, "I1")
        item = forged(made, made.rings["north"], content)
        made["north"].store.add_items([item])
        say(made["north"], "south", 2, "I2")
        assert pull(made["south"], made["north"], "north").problem is None
        made["south"].carry_out()
        assert sorted(made.shown("south").values()) == [1, 2]
        assert made["south"].store.refused_entries()[0].number == 2


def test_a_receipt_of_what_was_not_said_is_refused(tmp_path: Path) -> None:
    """A receipt must name the entry's hash: nobody can receipt what it has not seen."""
    with parties(tmp_path) as made:
        say(made["north"], "south")
        false = {"epoch": 1, "number": 1, "hash": "0" * 64, "held": []}
        made["south"].append("north", EntryKind.RECEIPT, "", 0, false)
        pull(made["north"], made["south"], "south")
        made["north"].carry_out()
        assert made["north"].store.sent_records()[0].receipted is None
        assert made["north"].store.refused_entries()[0].problem == "fork"


@pytest.mark.parametrize("gone", [PartyState.LEFT, PartyState.SUSPENDED])
def test_a_party_that_takes_no_part_gets_nothing_and_nothing_is_taken_from_it(
    tmp_path: Path, gone: PartyState
) -> None:
    """Its signature still verifies: that does not help it, nor who brings its entries."""
    with parties(tmp_path, ("north", "south", "east"), relay=True) as made:
        record = say(made["north"], "south")
        settle(made, 2)
        made["north"].release("south", record, "I1", record_content(9))
        late = items_of(made["north"], "south", "north", "south")
        say(made["south"], "north", 5, "S1")
        for_north = items_of(made["south"], "north", "south", "north")
        made.states["north"] = gone
        for node, via in ((made["south"], "north"), (made["south"], RELAY), (made[RELAY], "north")):
            taken = node.take(late, via=via)
            assert (taken.new, taken.problem) == (0, "not_party")
        calls: list[Callable[[], object]] = [
            lambda: made["south"].heads_for("north"),
            lambda: made["south"].page("north", "south", "north", epoch=1, after=0),
            lambda: made[RELAY].page("south", "north", "south", epoch=1, after=0),
            lambda: say(made["south"], "north", 6, "S2"),
            lambda: say(made["north"], "south", 6, "N2"),
        ]
        for call in calls:
            with pytest.raises(SeamwatchError) as told:
                call()
            assert told.value.code in ("not_party", "unknown_id")
        assert made["north"].take(for_north, via="south").problem == "not_party"
        # What it said before stays as it was said.
        assert made.shown("south") == {("north", record): 1}


def test_nothing_after_the_notice_of_leave_is_taken_from_the_same_page(tmp_path: Path) -> None:
    """The notice is carried out before the entry after it is looked at."""
    with parties(tmp_path) as made:
        say(made["north"], "south", 1, "I1")
        made["north"].append("south", EntryKind.NOTICE, "n", 1, {"kind": "leave"})
        say(made["north"], "south", 2, "I2")
        items = items_of(made["north"], "south", "north", "south")

        class Leaves(dict[str, PartyState]):
            """States in which north has left as soon as its notice was taken."""

            def get(self, key: str, default: PartyState | None = None) -> PartyState | None:  # type: ignore[override]
                held = made["south"].store.feed_head("north", "south").number
                return PartyState.LEFT if key == "north" and held >= 2 else super().get(key, default)

        made.states = Leaves(made.states)
        taken = made["south"].take(items, via="north")
        assert (taken.new, taken.problem) == (2, "not_party")


def test_a_relay_can_neither_add_nor_leave_out_unnoticed(tmp_path: Path) -> None:
    """It can keep entries back; it can't skip one, and can't replace one."""
    with parties(tmp_path, relay=True) as made:
        for number in range(3):
            say(made["north"], "south", number, f"I{number}")
        push(made["north"], made[RELAY], "south")
        items = items_of(made[RELAY], "south", "north", "south")
        assert made["south"].take(items[1:], via=RELAY).problem == "gap"
        assert made["south"].take([items[0], items[2]], via=RELAY).problem == "gap"
        bare = replace(items[1].entry, subject="other")
        made_hash = entry_hash(bare)
        entry = replace(bare, hash=made_hash, signature=made.rings[RELAY].sign(bytes.fromhex(made_hash)))
        assert made["south"].take([replace(items[1], entry=entry)], via=RELAY).problem == "forged"


def test_a_content_that_a_relay_keeps_back_is_told_as_missing_and_taken_later(tmp_path: Path) -> None:
    """Without its content an entry is accepted, and shows nothing; the sender can still give it."""
    with parties(tmp_path, relay=True) as made:
        record = say(made["north"], "south", 3)
        push(made["north"], made[RELAY], "south")
        items = items_of(made[RELAY], "south", "north", "south")
        assert made["south"].take([replace(i, sealed=None) for i in items], via=RELAY).problem is None
        made["south"].carry_out()
        assert made.shown("south") == {}
        assert made["south"].store.count_records("north") == {"received.missing": 1}
        assert made["south"].take(items, via="north").known == 1
        made["south"].carry_out()
        assert made.shown("south") == {("north", record): 3}


def test_only_sender_receiver_and_relay_may_ask_for_a_feed(tmp_path: Path) -> None:
    """Neither may a stranger, nor a party whose id was guessed."""
    with parties(tmp_path, ("north", "south", "east"), relay=True) as made:
        say(made["north"], "south")
        push(made["north"], made[RELAY], "south")
        for node in (made["north"], made[RELAY]):
            for asker, code in (("east", "not_for_you"), ("nobody", "not_party")):
                with pytest.raises(SeamwatchError) as told:
                    node.page(asker, "north", "south", epoch=1, after=0)
                assert told.value.code == code
        assert len(items_of(made[RELAY], "north", "north", "south")) == 1
        heads = made[RELAY].heads_for("east")
        assert (heads.feeds, heads.held) == ((), ())


def test_a_content_over_its_limit_is_not_sent(tmp_path: Path) -> None:
    """The error says how large it is and how large it may be; the feed goes on."""
    with parties(tmp_path) as made:
        with pytest.raises(InputError, match="more than one entry holds") as told:
            made["north"].append("south", EntryKind.REQUEST, "r", 1, {"text": "x" * (1 << 20)})
        assert told.value.code == "too_large"
        assert made["north"].store.feed_head("north", "south").number == 0


def test_the_same_refusal_is_counted_and_told_once(tmp_path: Path) -> None:
    """Who sends the same rubbish a thousand times fills no log."""
    with parties(tmp_path) as made:
        say(made["north"], "south")
        bad = [
            replace(i, sealed=None, entry=replace(i.entry, signature="0" * 128))
            for i in items_of(made["north"], "south", "north", "south")
        ]
        for _ in range(5):
            made["south"].take(bad, via="north")
        (refused,) = made["south"].store.refused_entries()
        assert refused.times == 5
        assert len(made["south"].store.audit_entries(kind="entry.refused", limit=10)) == 1


def test_a_rolled_back_feed_takes_nothing_away(tmp_path: Path) -> None:
    """Pages that end before what was accepted bring nothing new, and an older epoch is refused."""
    with parties(tmp_path) as made:
        say(made["north"], "south", 1, "I1")
        old = items_of(made["north"], "south", "north", "south")
        say(made["north"], "south", 2, "I2")
        made["north"].begin_epoch("south")
        pull(made["south"], made["north"], "north")
        taken = made["south"].take(old, via="north")
        assert (taken.new, taken.problem) == (0, "rollback")
        made["south"].carry_out()
        assert sorted(made.shown("south").values()) == [1, 2]


def test_an_epoch_that_begins_in_its_middle_is_a_gap(tmp_path: Path) -> None:
    """Whoever begins anew must say everything anew, from number 1."""
    with parties(tmp_path) as made:
        say(made["north"], "south")
        made["north"].begin_epoch("south")
        items = made["north"].page("south", "north", "south", epoch=2, after=1).items
        assert items[0].entry.number == 2
        assert made["south"].take(items, via="north").problem == "gap"


def test_keys_of_another_party_open_nothing(tmp_path: Path) -> None:
    """The relay holds boxes and salts, and can't open them."""
    with parties(tmp_path, relay=True) as made:
        say(made["north"], "south")
        push(made["north"], made[RELAY], "south")
        (item,) = items_of(made[RELAY], "south", "north", "south")
        assert item.sealed is not None
        for name in ("north", "south"):
            party = made.charter.party(name)
            assert party is not None
            with pytest.raises(InputError):
                made.rings[RELAY].open(item.sealed, party.agree_key, b"north>south")


def test_a_head_tells_nothing_of_feeds_of_others(tmp_path: Path) -> None:
    """Heads name only feeds to and from the party that asks."""
    with parties(tmp_path, ("north", "south", "east")) as made:
        say(made["north"], "south")
        say(made["north"], "east")
        head = made["north"].store.feed_head("north", "east")
        assert made["north"].heads_for("east").feeds == (head,)
        assert head_of(items_of(made["north"], "east", "north", "east")[-1].entry) == head
        assert Head(sender="north", receiver="south") not in made["north"].heads_for("east").feeds
