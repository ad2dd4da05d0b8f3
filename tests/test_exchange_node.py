"""What parties say to one another arrives, is superseded, withdrawn and receipted."""

from __future__ import annotations

from pathlib import Path

from centre_parties import parties, pull, say, settle


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
