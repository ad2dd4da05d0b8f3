"""What parties say to one another arrives, is superseded, withdrawn and receipted."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from centre_parties import parties, pull, record_content, say, settle
from seamwatch.vocabulary.coordination import PartyState


def test_a_release_arrives_is_shown_and_receipted(tmp_path: Path) -> None:
    """What one party releases is shown by the other, and its receipt comes back."""
    with parties(tmp_path) as made:
        record = say(made["north"], "south", killed=3)
        taken = pull(made["south"], made["north"], "north")
        assert (taken.new, taken.problem) == (1, None)
        assert made["south"].carry_out() == 1
        assert made.shown("south") == {("north", record): 3}
        pull(made["north"], made["south"], "south")
        made["north"].carry_out()
        assert made["north"].store.sent_records()[0].receipted is not None


def test_a_withdrawal_erases_the_content_on_both_sides(tmp_path: Path) -> None:
    """After a withdrawal neither side holds the content, and the chain still continues."""
    with parties(tmp_path) as made:
        record = say(made["north"], "south")
        settle(made, 1)
        made["north"].withdraw("south", record, "wrong village")
        settle(made, 2)
        assert made.shown("south") == {}
        for name in ("north", "south"):
            item = made[name].store.feed_item("north", "south", 1, 1)
            assert item is not None and item.sealed is None
        withdrawal = made["north"].withdrawals()[0]
        assert withdrawal.record == record
        assert withdrawal.receivers[0][1] is not None


def test_a_withdrawal_waits_for_a_suspended_party(tmp_path: Path) -> None:
    """It is not delivered while the party is out, and is the first thing that it gets when it is back."""
    with parties(tmp_path) as made:
        record = say(made["north"], "south")
        settle(made, 2)
        made.states["south"] = PartyState.SUSPENDED
        assert made["north"].withdraw("south", record, "wrong") is not None
        assert made["north"].withdrawals()[0].receivers == (("south", None),)
        made.states["south"] = PartyState.ACTIVE
        settle(made, 2)
        assert made.shown("south") == {}
        assert made["north"].withdrawals()[0].receivers[0][1] is not None


def test_a_field_is_withdrawn_by_a_newer_version_without_it(tmp_path: Path) -> None:
    """The older content is erased on both sides; the withdrawal is listed with its receipt."""
    with parties(tmp_path) as made:
        record = say(made["north"], "south", 5)
        settle(made, 2)
        content = {**record_content(), "withheld": ["killed"]}
        made["north"].release("south", record, "I1", content, "named by mistake", field="killed")
        settle(made, 2)
        (listed,) = made["north"].withdrawals()
        assert (listed.field, listed.why) == ("killed", "named by mistake")
        assert listed.receivers[0][1] is not None
        for name in ("north", "south"):
            item = made[name].store.feed_item("north", "south", 1, 1)
            assert item is not None and item.sealed is None


def test_the_same_content_is_not_sent_twice(tmp_path: Path) -> None:
    """Nor is a withdrawal of what is withdrawn already."""
    with parties(tmp_path) as made:
        record = say(made["north"], "south", 5)
        assert made["north"].release("south", record, "I1", record_content(5)) is None
        assert made["north"].withdraw("south", record, "wrong") is not None
        assert made["north"].withdraw("south", record, "wrong") is None
        assert made["north"].store.feed_head("north", "south").number == 2


def test_clocks_that_differ_by_years_harm_nothing(tmp_path: Path) -> None:
    """Nothing is decided by another party's clock."""
    with parties(tmp_path) as made:
        moments = {"north": timedelta(days=-4000), "south": timedelta(days=4000)}
        for name, shift in moments.items():
            made[name].clock = lambda shift=shift: made.clock() + shift  # type: ignore[misc]
        record = say(made["north"], "south", 5)
        settle(made, 2)
        made["north"].withdraw("south", record, "wrong")
        say(made["north"], "south", 6)
        settle(made, 2)
        assert made.shown("south") == {("north", record): 6}
        assert all(row.receipted for row in made["north"].store.sent_records())


def test_what_was_erased_is_in_neither_file_nor_log(tmp_path: Path) -> None:
    """The box of a withdrawn record can't be found in the bytes of either database."""
    with parties(tmp_path) as made:
        record = say(made["north"], "south")
        settle(made, 1)
        item = made["south"].store.feed_item("north", "south", 1, 1)
        assert item is not None and item.sealed is not None
        box = item.sealed.box[:64]
        assert any(box in path.read_bytes() for path in tmp_path.iterdir())
        made["north"].withdraw("south", record, "wrong")
        settle(made, 2)
        assert not any(box in path.read_bytes() for path in tmp_path.iterdir())


def test_a_feed_of_long_silence_is_taken_page_by_page(tmp_path: Path) -> None:
    """Pages of any size give the same, and none is larger than its limit in bytes."""
    with parties(tmp_path) as made:
        for number in range(23):
            say(made["north"], "south", number, f"I{number}")
        large = {**record_content(), "sources": ["x" * 900_000]}
        for number in range(6):
            record = made["north"].record_of(f"L{number}")
            made["north"].release("south", record, f"L{number}", large)
        page = made["north"].page("south", "north", "south", epoch=1, after=0, limit=1000)
        assert len(page.items) == 27
        assert page.head.number == 29
        pull(made["south"], made["north"], "north", limit=4)
        made["south"].carry_out()
        assert len(made.shown("south")) == 29
