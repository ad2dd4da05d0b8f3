"""The centre at the desk: the parties and what came and went, an exchange at a wish, withdrawals."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from exchange_serving import notice, parties, put_notice, release, shown
from seamwatch.pipeline.centre.auditing import record
from seamwatch.pipeline.centre.overview import centre_json
from seamwatch.store import open_store
from seamwatch.vocabulary.coordination import NoticeKind
from serving import serving

CARD = {"id": "b", "name": "B", "sign_key": "00" * 32}


def test_a_record_that_is_no_party_says_so(tmp_path: Path) -> None:
    """Without a party there is no centre, and an exchange is refused with what to do."""
    db = tmp_path / "alone.db"
    open_store(str(db)).close()
    with serving(db) as desk:
        found = desk.get("/api/v1/centre").json()
        assert (found["me"], found["charter"], found["parties"]) == (None, None, [])
        assert desk.get("/api/v1/centre/withdrawals").json() == {"withdrawals": []}
        answer = desk.post("/api/v1/centre/sync", json={})
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "no_keys")


def test_the_centre_tells_what_came_and_went(tmp_path: Path) -> None:
    """After an exchange from the desk, the other party was reached and its records stand in the counts."""
    with parties(tmp_path, ["a", "b"]) as made:
        a, b = made["a"], made["b"]
        records = release(a, "b", 3)
        b.node.store.put_own_party(CARD)
        with serving(b.db, exchange_private=True) as desk:
            (result,) = desk.post("/api/v1/centre/sync", json={"party": None}).json()["results"]
            assert result == {"party": "a", "ok": True, "came": 3, "went": 0, "error": None}
            found = desk.get("/api/v1/centre").json()
            assert found["me"]["id"] == "b"
            assert (found["charter"]["name"], found["charter"]["relay"]) == ("Test", None)
            rows = {party["id"]: party for party in found["parties"]}
            assert (rows["b"]["me"], rows["a"]["me"]) == (True, False)
            assert rows["a"]["sent"] == {"number": 1, "released": 0, "withdrawn": 0, "unreceipted": 0}
            assert rows["a"]["received"] == {"number": 3, "shown": 3, "withdrawn": 0, "held": 0}
            assert rows["a"]["reached"] is not None and rows["a"]["problem"] is None
            unknown = desk.post("/api/v1/centre/sync", json={"party": "nobody"})
            assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "not_party")
        assert shown(b) == set(records)


def test_withdrawals_tell_who_has_receipted_them(tmp_path: Path) -> None:
    """A withdrawal waits for each receiver until its receipt came."""
    with parties(tmp_path, ["a", "b", "c"]) as made:
        a, b, c = (made[name] for name in "abc")
        (record,) = release(a, "b", 1)
        release(a, "c", 1)
        for party in (b, c):
            party.sync("a")
        for receiver in ("b", "c"):
            a.node.withdraw(receiver, record, "wrong place")
        b.sync("a")
        a.sync("b")
        a.node.store.put_own_party(CARD)
        with serving(a.db, exchange_private=True) as desk:
            (row,) = desk.get("/api/v1/centre/withdrawals").json()["withdrawals"]
        assert (row["record"], row["field"], row["why"]) == (record, None, "wrong place")
        assert {r["party"]: r["state"] for r in row["receivers"]} == {"b": "receipted", "c": "waiting"}


def test_a_problem_with_a_party_stands_in_the_centre(tmp_path: Path) -> None:
    """Where we are suspended, the other's row says what the signed papers say, and so does the result."""
    with parties(tmp_path, ["a", "b"]) as made:
        a, b = made["a"], made["b"]
        put_notice(a, notice(NoticeKind.SUSPEND, b, [a]))
        b.node.store.put_own_party(CARD)
        with serving(b.db, exchange_private=True) as desk:
            (result,) = desk.post("/api/v1/centre/sync", json={}).json()["results"]
            assert not result["ok"] and "by the signed papers this party is suspended" in result["error"]
            row = next(p for p in desk.get("/api/v1/centre").json()["parties"] if p["id"] == "a")
            assert row["problem"] == result["error"]


@pytest.mark.parametrize("every", [0.2])
def test_the_desk_exchanges_by_itself_where_it_was_started_so(tmp_path: Path, every: float) -> None:
    """With a number of seconds between exchanges, what the others released comes without a wish."""
    with parties(tmp_path, ["a", "b"]) as made:
        a, b = made["a"], made["b"]
        with serving(b.db, exchange_private=True, exchange_every=every):
            records = release(a, "b", 2)
            end = time.monotonic() + 30
            while shown(b) != set(records):
                assert time.monotonic() < end, "nothing came"
                time.sleep(0.05)


def test_the_log_tells_of_a_feed_that_was_rolled_back(tmp_path: Path) -> None:
    """A sender that shows fewer entries than before is told of in words, not as any refused entry."""
    with open_store(str(tmp_path / "log.db")) as store:
        record(store, None, "node", "entry.refused", "north", sender="north", number=3, problem="rollback")
        (line,) = centre_json(store)["log"]
    assert line["party"] == "north"
    assert line["text"].startswith("shows fewer entries than it has sent")
