"""A party that is never asked, as it has no address, is in contact where it reaches our exchange server."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from exchange_serving import TestParty, parties, release
from seamwatch.coordinate.http_signature import authorization, request_of
from seamwatch.coordinate.keys import KeyRing
from seamwatch.pipeline.centre.overview import centre_json
from seamwatch.serve.exchange_nodes import RARELY

HEADS = "/exchange/v1/heads"


def reached(asked: TestParty, party: str, after: datetime | None = None) -> datetime:
    """Return when a party was last in contact, as soon as that is later than a moment."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        found = asked.node.store.contact(party).reached
        if found is not None and (after is None or found > after):
            return found
        time.sleep(0.01)
    raise AssertionError(f"{party} is not in contact")


def test_who_asks_us_is_in_contact(tmp_path: Path) -> None:
    """B has no address and fetches from A: A's centre tells the contact; it never asked B."""
    with parties(tmp_path, ["a", "b"], silent=["b"]) as made:
        a, b = made["a"], made["b"]
        a.node.store.put_own_party({"id": "a", "name": "A", "sign_key": "00" * 32})
        release(a, "b", 1)
        assert b.sync()[0].ok
        at = reached(a, "b")
        (shown,) = [p for p in centre_json(a.node.store)["parties"] if p["id"] == "b"]
        assert shown["reached"] == at.isoformat()
        assert a.node.store.contact("b").tried is None


def test_contact_is_written_rarely_and_goes_on(tmp_path: Path) -> None:
    """Requests soon after one another are one contact; one after a while is a new one."""
    with parties(tmp_path, ["a", "b"], silent=["b"]) as made:
        a, b = made["a"], made["b"]
        b.sync()
        first = reached(a, "b")
        for _ in range(5):
            b.sync()
        exchange = a.app.state.exchange
        exchange.clock = lambda: datetime.now(UTC) + RARELY
        b.sync()
        second = reached(a, "b", first)
        assert second - first >= RARELY


def test_what_we_know_of_the_line_stays(tmp_path: Path) -> None:
    """Their contact with us says nothing of our own attempts: the problem we had with them stays."""
    with parties(tmp_path, ["a", "b"], silent=["b"]) as made:
        a, b = made["a"], made["b"]
        before = a.node.store.contact("b")
        a.node.store.save_contact(replace(before, problem="the line is down", etag='"x"', counts={"n": 1}))
        b.sync()
        reached(a, "b")
        after = a.node.store.contact("b")
        assert (after.problem, after.etag, after.counts) == ("the line is down", '"x"', {"n": 1})


def test_who_only_says_to_be_a_party_is_not_in_contact(tmp_path: Path) -> None:
    """A request signed with another key, and a replay of an old moment, are no contact."""
    with parties(tmp_path, ["a", "b", "c"], silent=["b", "c"]) as made:
        a, b = made["a"], made["b"]
        url = a.address + HEADS
        wrong = KeyRing.new("b")
        old = datetime.now(UTC) - timedelta(hours=1)
        for keys, at in ((wrong, datetime.now(UTC)), (b.keys, old)):
            header = authorization(keys, "a", request_of("GET", url, b""), at=at)
            with httpx.Client(verify=False) as client:
                assert client.get(url, headers={"authorization": header}).status_code == 401
        made["c"].sync()
        reached(a, "c")  # what came before has been dealt with
        assert a.node.store.contact("b").reached is None
