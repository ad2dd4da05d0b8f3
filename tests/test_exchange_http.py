"""The exchange over real HTTPS on loopback: fetching, bringing, a relay, cut lines, idle lines, removal."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exchange_serving import QUICK, TestParty, content, notice, parties, put_notice, release, shown
from seamwatch.errors import FetchError, SeamwatchError
from seamwatch.model.exchange import Heads, Page
from seamwatch.model.party import Party
from seamwatch.pipeline.centre import exchanging
from seamwatch.pipeline.centre.lines import PartyLine, http_lines
from seamwatch.pipeline.centre.node import Node
from seamwatch.pipeline.centre.parting import leave as leave_charter
from seamwatch.pipeline.centre.syncing import partners, sync
from seamwatch.store import open_store
from seamwatch.vocabulary.coordination import NoticeKind

HEADS = "/exchange/v1/heads"


def receipted(party: TestParty, receiver: str) -> list[bool]:
    return [r.receipted is not None for r in party.node.store.sent_records(receiver=receiver)]


def test_what_is_released_arrives_and_is_receipted(tmp_path: Path) -> None:
    """B fetches what A released to it; A fetches B's receipt."""
    with parties(tmp_path, ["a", "b"]) as made:
        a, b = made["a"], made["b"]
        records = release(a, "b", 3)
        (result,) = b.sync()
        assert (result.party, result.ok, result.came) == ("a", True, 3)
        assert shown(b) == set(records)
        (result,) = a.sync()
        assert result.ok
        assert receipted(a, "b") == [True] * 3


def test_an_idle_exchange_is_one_conditional_request(tmp_path: Path) -> None:
    """Where nothing changed, a sync asks each party once, and the answer is 304."""
    with parties(tmp_path, ["a", "b"]) as made:
        a, b = made["a"], made["b"]
        release(a, "b", 1)
        for _ in range(3):
            b.sync()
            a.sync()
        for party in (a, b):
            party.counted()
        for asking, asked in ((b, a), (a, b)):
            assert [r.ok for r in asking.sync()] == [True]
            assert asked.counted() == {(HEADS, 304): 1}


def test_an_idle_exchange_with_a_relay_is_one_conditional_request(tmp_path: Path) -> None:
    """With a relay a party asks that alone, also where it has entries of its own there."""
    with parties(tmp_path, ["a", "b", "c", "relay"], silent=["a", "b", "c"]) as made:
        release(made["a"], "b", 2)
        for _ in range(4):
            for name in "abc":
                made[name].sync()
        made["relay"].counted()
        for name in "abc":
            assert [r.ok for r in made[name].sync()] == [True]
            assert made["relay"].counted() == {(HEADS, 304): 1}


def test_a_withdrawal_arrives_with_the_next_exchange_and_is_receipted(tmp_path: Path) -> None:
    """A polling interval after it was said, a withdrawal is carried out; its receipt comes with the next."""
    with parties(tmp_path, ["a", "b"]) as made:
        a, b = made["a"], made["b"]
        first, second = release(a, "b", 2)
        b.sync()
        a.node.withdraw("b", first, "wrong place")
        (waiting,) = a.node.withdrawals()
        assert [at for _, at in waiting.receivers] == [None]
        b.sync()
        assert shown(b) == {second}
        a.sync()
        (done,) = a.node.withdrawals()
        assert [(party, at is not None) for party, at in done.receivers] == [("b", True)]


def test_a_relay_passes_on_what_it_cannot_read(tmp_path: Path) -> None:
    """Three parties without addresses meet at a relay; what it holds is sealed for the receiver."""
    with parties(tmp_path, ["a", "b", "c", "relay"], silent=["a", "b", "c"]) as made:
        a, b, c, relay = (made[name] for name in ("a", "b", "c", "relay"))
        to_b, to_c = release(a, "b", 2), release(a, "c", 1, start=1)
        assert [r.party for r in a.sync()] == ["relay"]
        b.sync()
        c.sync()
        assert (shown(b), shown(c)) == (set(to_b), set(to_c))
        a.sync()
        assert receipted(a, "b") == [True, True]
        assert shown(relay) == set()
        stored = relay.db.read_bytes() + Path(f"{relay.db}-wal").read_bytes()
        assert b"Place 1" not in stored


def test_a_party_without_an_address_brings_and_fetches_itself(tmp_path: Path) -> None:
    """Between two parties of which one has no server, that one does both directions."""
    with parties(tmp_path, ["a", "b"], silent=["b"]) as made:
        a, b = made["a"], made["b"]
        to_b, to_a = release(a, "b", 2), release(b, "a", 3, start=10)
        (result,) = b.sync()
        assert (result.ok, result.came) == (True, 2)
        assert result.went == 4  # three records, one receipt
        a.node.carry_out()
        assert (shown(a), shown(b)) == (set(to_a), set(to_b))
        assert a.sync() == ()


def test_an_own_entry_made_after_an_idle_exchange_is_brought(tmp_path: Path) -> None:
    """304 says that nothing came; what we have to bring is brought nevertheless."""
    with parties(tmp_path, ["a", "b"], silent=["b"]) as made:
        a, b = made["a"], made["b"]
        for start in (0, 5):
            release(b, "a", 1, start=start)
            b.sync()
            b.sync()
            b.sync()
        a.node.carry_out()
        assert len(shown(a)) == 2


class CutLine:
    """A line that breaks after so many pages."""

    def __init__(self, inner: PartyLine, pages: int) -> None:
        self._inner, self._left = inner, pages

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def page(self, *args: Any, **more: Any) -> Page:
        if not self._left:
            raise FetchError("the line broke", code="unreachable")
        self._left -= 1
        return self._inner.page(*args, **more)


def test_a_cut_line_goes_on_where_it_broke(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What came before the cut is kept and shown; the next exchange fetches only the rest."""
    monkeypatch.setattr(exchanging, "PAGE_ITEMS", 4)
    with parties(tmp_path, ["a", "b"]) as made:
        a, b = made["a"], made["b"]
        records = release(a, "b", 10)
        lines = http_lines(b.node, private_addresses=True, limits=QUICK)

        def cut(party: Party) -> Any:
            return CutLine(lines(party), 1)

        (result,) = sync(b.node, cut, own_work=False)
        assert (result.ok, result.came, result.error) == (False, 4, "the line broke")
        assert b.node.store.contact("a").problem == "the line broke"
        a.counted()
        (result,) = b.sync()
        assert (result.ok, result.came) == (True, 6)
        assert a.counted()["/exchange/v1/feeds/a/b", 200] == 2
        assert shown(b) == set(records)
        assert b.node.store.contact("a").problem is None


def test_one_party_that_fails_does_not_stop_the_others(tmp_path: Path) -> None:
    """With one party's server down, the exchange with the other goes on; the failure is told and kept."""
    with parties(tmp_path, ["a", "b", "c"], served=True) as made:
        a, b, c = (made[name] for name in "abc")
        records = release(c, "b", 1)
        lines = http_lines(b.node, private_addresses=True, limits=QUICK)

        def broken(party: Party) -> PartyLine:
            if party.id == "a":
                raise ZeroDivisionError
            return lines(party)

        results = {r.party: r for r in sync(b.node, broken, own_work=False)}
        assert (results["a"].ok, results["c"].ok) == (False, True)
        assert shown(b) == set(records)
        assert "ZeroDivisionError" in (b.node.store.contact("a").problem or "")
        assert a.asked == []


def test_answers_and_large_bodies_are_packed(tmp_path: Path) -> None:
    """Pages come as gzip, and many entries are brought as gzip."""
    import httpx

    from seamwatch.coordinate.http_signature import authorization, request_of

    with parties(tmp_path, ["a", "b"], silent=["b"]) as made:
        a, b = made["a"], made["b"]
        release(a, "b", 20)
        release(b, "a", 50, start=100)
        url = "/exchange/v1/feeds/a/b?epoch=1&after=0&limit=500"
        signed = authorization(b.keys, "a", request_of("GET", url), at=b.node.clock())
        answer = httpx.get(a.address + url, headers={"Authorization": signed}, verify=False)
        assert answer.headers["content-encoding"] == "gzip"
        assert len(answer.json()["items"]) == 20
        assert b.sync()[0].went == 51


def leave(a: TestParty, b: TestParty) -> None:
    put_notice(a, notice(NoticeKind.LEAVE, b, [b]))


def suspend(a: TestParty, b: TestParty) -> None:
    put_notice(a, notice(NoticeKind.SUSPEND, b, [a]))


@pytest.mark.parametrize("removed", [leave, suspend], ids=["left", "suspended"])
def test_who_is_removed_gets_nothing_from_that_moment(
    tmp_path: Path, removed: Callable[[TestParty, TestParty], None]
) -> None:
    """The charter's state is asked at each request: the very next one is refused."""
    with parties(tmp_path, ["a", "b"]) as made:
        a, b = made["a"], made["b"]
        release(a, "b", 1)
        assert b.sync()[0].ok
        release(a, "b", 1, start=1)
        removed(a, b)
        a.counted()
        (result,) = b.sync()
        assert (result.ok, result.came) == (False, 0)
        assert a.counted() == {(HEADS, 403): 1}
        assert partners(a.node.state(), "a") == ()


def test_who_was_taken_back_is_served_again(tmp_path: Path) -> None:
    """A suspended party that the others take back goes on where it stood."""
    with parties(tmp_path, ["a", "b"]) as made:
        a, b = made["a"], made["b"]
        suspend(a, b)
        assert not b.sync()[0].ok
        put_notice(a, notice(NoticeKind.RESUME, b, [a]))
        records = release(a, "b", 1)
        assert b.sync()[0].ok
        assert shown(b) == set(records)


def test_a_party_restored_from_a_backup_fetches_its_entries_back(tmp_path: Path) -> None:
    """A's database goes back to before a withdrawal: it learns from B what it said, and that holds."""
    with parties(tmp_path, ["a", "b"]) as made:
        a, b = made["a"], made["b"]
        first, second = release(a, "b", 2)
        b.sync()
        with closing(sqlite3.connect(a.db)) as live:
            live.execute("VACUUM INTO ?", [str(tmp_path / "backup.db")])
        a.node.withdraw("b", first, "wrong")
        b.sync()
        assert shown(b) == {second}

        # Another database in the place of the old one, while the server still holds that.
        a.node = Node(open_store(str(tmp_path / "backup.db")), a.keys)
        (result,) = a.sync()
        assert result.ok
        assert a.node.store.feed_head("a", "b").epoch == 2
        kept = {r.record: r.state for r in a.node.store.sent_records(receiver="b")}
        # What no rule gives, as all that these tests release, is weighed anew after a restore.
        assert kept[first] == "withdrawn"
        a.node.store.close()


class BoastingLine(CutLine):
    """A line to a party that says to hold more of our entries than we ever made, and shows none."""

    def heads(self, etag: str | None) -> tuple[Heads | None, str | None]:
        heads, etag = self._inner.heads(etag)
        assert heads is not None
        return replace(heads, held=tuple(replace(h, number=h.number + 5) for h in heads.held)), etag


def test_a_number_that_is_only_told_begins_nothing_anew(tmp_path: Path) -> None:
    """That others hold more of our entries is shown by entries with our signature, not by a number."""
    with parties(tmp_path, ["a", "b"]) as made:
        a, b = made["a"], made["b"]
        release(a, "b", 2)
        b.sync()
        lines = http_lines(a.node, private_addresses=True, limits=QUICK)
        (result,) = sync(a.node, lambda party: BoastingLine(lines(party), 9), own_work=False)
        assert "nothing was begun anew" in (result.error or "")
        assert a.node.store.feed_head("a", "b").epoch == 1
        assert a.sync()[0].ok


def test_only_named_parties_are_asked_where_some_are_named(tmp_path: Path) -> None:
    """A sync with one party leaves the others alone; a name that is none is told of."""
    with parties(tmp_path, ["a", "b", "c"]) as made:
        assert [r.party for r in made["b"].sync("c")] == ["c"]
        assert made["a"].asked == []
        with pytest.raises(SeamwatchError, match="no other active party"):
            made["b"].sync("nobody")


def test_a_content_that_is_new_again_is_exchanged(tmp_path: Path) -> None:
    """A record that changes goes out as a new version in place of the old one."""
    with parties(tmp_path, ["a", "b"]) as made:
        a, b = made["a"], made["b"]
        (record,) = release(a, "b", 1)
        b.sync()
        a.node.release("b", record, "i-0", content("Erbil"))
        b.sync()
        (held,) = b.node.received(state="shown")
        assert held.version == 2
        assert held.content is not None and held.content["incident"]["place"] == {"name": "Erbil"}


def test_who_leaves_says_so_to_all(tmp_path: Path) -> None:
    """The others fetch the notice from who has left, and take nothing from it after that."""
    with parties(tmp_path, ["a", "b"]) as made:
        a, b = made["a"], made["b"]
        leave_charter(a.node, "our work here ends")
        assert [(r.ok, r.came, r.went) for r in a.sync()] == [(True, 0, 0)]
        (result,) = b.sync()
        assert (result.ok, result.came) == (True, 1)
        assert b.node.state().active("a") is None
        assert b.sync() == ()


def test_who_leaves_says_so_through_the_relay(tmp_path: Path) -> None:
    """A party without an address brings its notice to the relay before it falls silent."""
    with parties(tmp_path, ["a", "b", "relay"], silent=["a", "b"]) as made:
        a, b, relay = made["a"], made["b"], made["relay"]
        b.sync()
        leave_charter(a.node, "")
        (result,) = a.sync()
        assert (result.ok, result.went) == (True, 2)
        b.sync()
        assert (b.node.state().active("a"), relay.node.state().active("a")) == (None, None)
        relay.counted()
        assert [r.ok for r in a.sync()] == [True]
        assert relay.counted() == {}
