"""Parties are asked side by side: who is slow or dead holds up nobody, and the store is for one at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exchange_serving import QUICK, TestParty, parties, put_notice, release, shown
from seamwatch.errors import SeamwatchError
from seamwatch.model.exchange import Heads
from seamwatch.model.party import Party
from seamwatch.pipeline.centre import side_by_side
from seamwatch.pipeline.centre.lines import PartyLine, http_lines
from seamwatch.pipeline.centre.parting import suspend
from seamwatch.pipeline.centre.side_by_side import Turns, ask_all
from seamwatch.pipeline.centre.syncing import sync

SOON = 60.0


class Line:
    """A line on which something happens before the heads come, and when it is closed."""

    def __init__(
        self,
        inner: PartyLine,
        before: Callable[[], object] = lambda: None,
        after: Callable[[], object] = lambda: None,
    ) -> None:
        self._inner, self._before, self._after = inner, before, after

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def heads(self, etag: str | None) -> tuple[Heads | None, str | None]:
        self._before()
        return self._inner.heads(etag)

    def close(self) -> None:
        self._inner.close()
        self._after()


def lines_of(party: TestParty) -> Callable[[Party], PartyLine]:
    return http_lines(party.node, private_addresses=True, limits=QUICK)


def test_a_slow_party_does_not_hold_up_the_others(tmp_path: Path) -> None:
    """A answers only when C is through; all are dealt with, and told in the charter's order."""
    with parties(tmp_path, ["a", "b", "c"]) as made:
        a, b, c = (made[name] for name in "abc")
        records = [*release(a, "b", 1), *release(c, "b", 1)]
        through = threading.Event()
        lines = lines_of(b)

        def opened(party: Party) -> PartyLine:
            if party.id == "a":
                return Line(lines(party), before=lambda: through.wait(SOON))
            return Line(lines(party), after=through.set)

        results = sync(b.node, opened, own_work=False)
        assert [(r.party, r.came, r.error) for r in results] == [("a", 1, None), ("c", 1, None)]
        assert shown(b) == set(records)


def test_the_store_is_never_worked_on_by_two_at_once(tmp_path: Path) -> None:
    """While answers are waited for by several, one alone takes what came."""
    names = ["a", "b", "c", "d", "e"]
    with parties(tmp_path, names) as made:
        a = made["a"]
        records = {r for name in names[1:] for r in release(made[name], "a", 12)}
        store: Any = a.node.store
        busy, met = threading.Lock(), []
        real = store.read, store.write

        def alone(work: Callable[..., Any]) -> Callable[..., Any]:
            def done(*args: Any) -> Any:
                mine = busy.acquire(blocking=False)
                met.append(mine or holder[-1] == threading.get_ident())
                holder.append(threading.get_ident())
                try:
                    return work(*args)
                finally:
                    holder.pop()
                    if mine:
                        busy.release()

            return done

        holder: list[int] = [0]
        store.read, store.write = map(alone, real)
        lines = lines_of(a)
        ready = threading.Barrier(4)
        results = sync(
            a.node, lambda party: Line(lines(party), before=lambda: ready.wait(SOON)), own_work=False
        )
        store.read, store.write = real
        assert [(r.party, r.came, r.error) for r in results] == [(name, 12, None) for name in names[1:]]
        assert all(met) and shown(a) == records


def test_what_one_exchange_changes_in_the_charter_holds_for_the_others_at_once(tmp_path: Path) -> None:
    """B brings the notice that C is suspended while C's answer is waited for: C gets nothing any more."""
    with parties(tmp_path, ["a", "b", "c"], silent=["a"]) as made:
        a, b, c = (made[name] for name in "abc")
        put_notice(b, suspend(a.node, "c"))
        given = suspend(b.node, "c")
        release(a, "c", 1)
        through = threading.Event()
        lines = lines_of(a)

        def opened(party: Party) -> PartyLine:
            if party.id == "c":
                return _Slow(lines(party), through)
            return Line(lines(party), after=through.set)

        sync(a.node, opened, own_work=False)
        assert given.digest in {n.digest for n in a.node.state().notices}
        kinds = {
            item.entry.kind.value
            for item in c.node.store.feed_items("a", "c", 1, after=0, limit=9, most_bytes=1 << 20)
        }
        assert "release" not in kinds


class _Slow(Line):
    """A line on which the heads' answer comes late."""

    def __init__(self, inner: PartyLine, when: threading.Event) -> None:
        super().__init__(inner)
        self._when = when

    def heads(self, etag: str | None) -> tuple[Heads | None, str | None]:
        found = self._inner.heads(etag)
        assert self._when.wait(SOON)
        return found


def party(name: str) -> Party:
    return Party(id=name, name=name, sign_key="", agree_key="")


def named(*names: str) -> dict[str, Party]:
    return {name: party(name) for name in names}


def test_only_so_many_are_asked_at_a_time() -> None:
    """Twenty parties: never more than the bound wait for an answer at once, and all are asked."""
    waiting, most, lock = [0], [0], threading.Lock()
    full = threading.Event()

    def ask(one: Party, turns: Turns) -> str:
        with turns.away():
            with lock:
                waiting[0] += 1
                most[0] = max(most[0], waiting[0])
                if most[0] == side_by_side.MOST_AT_ONCE:
                    full.set()
            assert full.wait(SOON)
            with lock:
                waiting[0] -= 1
        return one.id

    names = [f"p{at:02}" for at in range(20)]
    assert ask_all(named(*names), ask) == dict(zip(names, names, strict=True))
    assert most[0] == side_by_side.MOST_AT_ONCE


@pytest.mark.parametrize("raised", [KeyboardInterrupt, ZeroDivisionError])
def test_what_breaks_in_one_ends_all(raised: type[BaseException]) -> None:
    """After it nobody has a turn again: a late answer is not dealt with."""
    late, broken, touched = threading.Event(), threading.Event(), []

    def ask(one: Party, turns: Turns) -> None:
        if one.id == "a":
            broken.set()
            raise raised
        assert broken.wait(SOON)
        with turns.away():
            late.wait(SOON)
        touched.append(one.id)

    with pytest.raises(raised):
        ask_all(named("a", "b"), ask)
    late.set()
    assert touched == []


def test_who_is_asked_by_the_way_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its answer is not waited for when all others are through, and is not dealt with when it comes."""
    monkeypatch.setattr(side_by_side, "GRACE", 0.01)
    late, ended = threading.Event(), threading.Event()

    def ask(one: Party, turns: Turns) -> str:
        if one.id == "slow":
            try:
                with turns.away():
                    late.wait(SOON)
            finally:
                ended.set()
            raise AssertionError("its answer was dealt with")
        return one.id

    assert ask_all(named("a", "slow", "b"), ask, by_the_way=["slow"]) == {"a": "a", "b": "b"}
    late.set()
    assert ended.wait(SOON)


def test_who_is_waited_for_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person sees every few seconds whose answer is still to come."""
    monkeypatch.setattr(side_by_side, "TOLD_EVERY", 0.01)
    told: list[tuple[str, ...]] = []
    seen = threading.Event()

    def waiting(names: tuple[str, ...]) -> None:
        told.append(names)
        if names == ("b",):
            seen.set()

    def ask(one: Party, turns: Turns) -> str:
        if one.id == "b":
            with turns.away():
                assert seen.wait(SOON)
        return one.id

    assert list(ask_all(named("a", "b", "c"), ask, waiting=waiting)) == ["a", "b", "c"]
    assert told[-1] == ("b",)


def test_a_dead_suspended_party_is_no_fault_of_the_exchange(tmp_path: Path) -> None:
    """It is asked for its papers by the way; that nobody answers there is in nobody's result."""
    with parties(tmp_path, ["a", "b", "c"], served=False) as made:
        a, b = made["a"], made["b"]
        put_notice(a, suspend(b.node, "c"))
        suspend(a.node, "c")
        asked = []

        def opened(party: Party) -> PartyLine:
            asked.append(party.id)
            raise SeamwatchError("nobody answers", code="unreachable")

        results = sync(a.node, opened, own_work=False)
        assert sorted(asked) == ["b", "c"]
        assert [r.party for r in results] == ["b"]
        asked.clear()
        sync(a.node, opened, own_work=False)
        assert asked == ["b"]  # who is suspended is asked now and then
