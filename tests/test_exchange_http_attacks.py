"""Attacks on the exchange's server: each is refused, and none tells more than a stranger may know."""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from exchange_serving import TestParty, notice, parties, put_notice, release, shown
from seamwatch.coordinate.canonical import canonical
from seamwatch.coordinate.exchange_codec import page_json
from seamwatch.coordinate.http_signature import authorization, request_of
from seamwatch.coordinate.keys import KeyRing
from seamwatch.errors import SeamwatchError
from seamwatch.model.exchange import Page
from seamwatch.serve.exchange_options import Rate
from seamwatch.serve.exchange_run import check_exchange_host
from seamwatch.vocabulary.coordination import NoticeKind

API = "/exchange/v1"
ROUTES = [
    ("GET", f"{API}/heads"),
    ("GET", f"{API}/feeds/a/b?epoch=1&after=0&limit=5"),
    ("GET", f"{API}/feeds/nobody/b"),
    ("POST", f"{API}/entries"),
    ("POST", f"{API}/papers"),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, TestParty]]:
    """Yield parties whose servers many tests ask: c has left, d is suspended."""
    folder = tmp_path_factory.mktemp("attacks")
    free = Rate(a_second=10_000, at_once=10_000)
    names = ["a", "b", "c", "d", "e"]
    with parties(
        folder, names, silent=names[1:], address_rate=free, party_rate=free, most_bytes=100_000
    ) as found:
        put_notice(found["a"], notice(NoticeKind.LEAVE, found["c"], [found["c"]]))
        by = [found["a"], found["b"], found["e"]]
        put_notice(found["a"], notice(NoticeKind.SUSPEND, found["d"], by))
        release(found["a"], "b", 3)
        yield found


def signed(keys: KeyRing, method: str, url: str, body: bytes = b"", **more: Any) -> dict[str, str]:
    given = {"to": "a", "at": datetime.now(UTC), **more}
    to = given.pop("to")
    header = authorization(keys, to, request_of(method, url, body), **given)
    return {"Authorization": header, "Content-Type": "application/json"}


def asked(party: TestParty, method: str, url: str, body: bytes = b"", **headers: str) -> httpx.Response:
    return httpx.request(
        method, party.address + url, content=body or None, headers=headers, verify=False, timeout=30
    )


def refusal(answer: httpx.Response) -> tuple[int, Any, dict[str, str]]:
    """Return all that a stranger sees of an answer, but for the time."""
    headers = {k: v for k, v in answer.headers.items() if k != "date"}
    return answer.status_code, answer.json(), headers


@pytest.mark.parametrize(("method", "url"), ROUTES)
def test_nobody_can_tell_which_parties_there_are(made: dict[str, TestParty], method: str, url: str) -> None:
    """No signature, a wrong one, an unknown party, another's signature: one and the same answer."""
    body = b"[]" if method == "POST" else b""
    a, b = made["a"], made["b"]
    headers = [
        {},
        {"Authorization": "Bearer x"},
        signed(KeyRing.new("stranger"), method, url, body),
        signed(KeyRing.new("b"), method, url, body),
        signed(KeyRing.new("c"), method, url, body),
        signed(b.keys, method, url, body, to="e"),
        signed(a.keys, method, url, body),
    ]
    answers = [refusal(asked(a, method, url, body, **one)) for one in headers]
    assert answers[0][0] == 401
    assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize(("method", "url"), ROUTES)
def test_who_takes_part_no_longer_gets_nothing_but_the_papers_that_say_so(
    made: dict[str, TestParty], method: str, url: str
) -> None:
    """A departed and a suspended party that prove to be it are refused, with the signed papers."""
    body = b"[]" if method == "POST" else b""
    for name in "cd":
        answer = asked(made["a"], method, url, body, **signed(made[name].keys, method, url, body))
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (403, "not_party")
        assert set(error["papers"]) == {"versions", "notices"}


@pytest.mark.parametrize("url", ["/", "/docs", "/openapi.json", f"{API}/nothing", "/api/v1/incidents"])
def test_what_is_not_there_is_refused_in_the_same_way(made: dict[str, TestParty], url: str) -> None:
    """No route of the desk and no description is served; a path that is none is the same refusal."""
    none = refusal(asked(made["a"], "GET", f"{API}/heads"))
    assert refusal(asked(made["a"], "GET", url)) == none


def test_health_is_all_that_a_stranger_gets(made: dict[str, TestParty]) -> None:
    """/healthz says that the server answers; no header names the software."""
    answer = asked(made["a"], "GET", "/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "server" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        (f"{API}/feeds/a/e", "not_allowed"),  # another party's feed
        (f"{API}/feeds/e/a", "not_allowed"),
        (f"{API}/feeds/a/nobody", "not_allowed"),
        (f"{API}/feeds/nobody/b", "not_allowed"),
        (f"{API}/feeds/..%2f..%2fetc/b", "not_accepted"),
        (f"{API}/feeds/A/b", "not_allowed"),
        (f"{API}/feeds/a/b?after=-1", "bad_value"),
        (f"{API}/feeds/a/b?after=1&after=2", "bad_value"),
        (f"{API}/feeds/a/b?epoch=99999999999999999999", "bad_value"),
        (f"{API}/feeds/a/b?limit=1e9", "bad_value"),
    ],
)
def test_a_party_reads_only_its_own_feeds(made: dict[str, TestParty], url: str, code: str) -> None:
    """Feeds of others, feeds that are none, and numbers that are none are refused with a code."""
    answer = asked(made["a"], "GET", url, **signed(made["b"].keys, "GET", url))
    assert answer.status_code in (400, 401, 403)
    assert answer.json()["error"]["code"] == code


def test_a_replayed_request_is_refused(made: dict[str, TestParty]) -> None:
    """The same signed request is taken once."""
    url = f"{API}/feeds/a/b?epoch=1&after=0"
    headers = signed(made["b"].keys, "GET", url)
    assert asked(made["a"], "GET", url, **headers).status_code == 200
    again = asked(made["a"], "GET", url, **headers)
    assert (again.status_code, again.json()["error"]["code"]) == (401, "replayed")


@pytest.mark.parametrize("minutes", [-60, -16, 16, 60])
def test_an_old_or_future_request_is_told_the_time(made: dict[str, TestParty], minutes: int) -> None:
    """Outside the window a rightly signed request is refused, with the moment of this clock."""
    url = f"{API}/heads"
    at = datetime.now(UTC) + timedelta(minutes=minutes)
    answer = asked(made["a"], "GET", url, **signed(made["b"].keys, "GET", url, at=at))
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (401, "clock")
    assert abs(datetime.fromisoformat(error["now"]) - datetime.now(UTC)) < timedelta(minutes=1)


def test_what_was_signed_before_the_server_started_is_refused(made: dict[str, TestParty]) -> None:
    """Replays of what an earlier run of the server took do not pass, although it has forgotten them."""
    url = f"{API}/heads"
    at = datetime.now(UTC) - timedelta(minutes=10)
    answer = asked(made["a"], "GET", url, **signed(made["b"].keys, "GET", url, at=at))
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "clock")


@pytest.mark.parametrize("clock", [-3600, 3600])
def test_a_party_with_a_wrong_clock_gets_through(tmp_path: Path, clock: int) -> None:
    """The client takes the server's moment from the refusal and signs with that."""
    with parties(tmp_path, ["a", "b"], silent=["b"]) as found:
        a, b = found["a"], found["b"]
        records = release(a, "b", 1)
        b.node.clock = lambda: datetime.now(UTC) + timedelta(seconds=clock)
        (result,) = b.sync()
        assert (result.ok, shown(b)) == (True, set(records))


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("/heads", "/heads?x=1"),
        ("/feeds/a/b?after=2", "/feeds/a/b?after=0"),
        ("/feeds/a/b", "/feeds/a/b?after=0"),
        ("/feeds/a/e", "/feeds/a/b"),
    ],
)
def test_a_changed_path_or_query_is_refused(made: dict[str, TestParty], given: str, sent: str) -> None:
    """What was not signed is not answered."""
    headers = signed(made["b"].keys, "GET", API + given)
    assert asked(made["a"], "GET", API + sent, **headers).json()["error"]["code"] == "not_accepted"


def test_a_changed_body_or_method_is_refused(made: dict[str, TestParty]) -> None:
    """A body is signed, packed as it is sent; a GET's signature is none of a POST."""
    url = f"{API}/entries"
    keys = made["b"].keys
    for headers, body in (
        (signed(keys, "POST", url, b"[]"), b"[ ]"),
        (signed(keys, "POST", url, b"[]"), b""),
        (signed(keys, "GET", url, b"[]"), b"[]"),
        (signed(keys, "POST", url, b"[]") | {"Content-Encoding": "gzip"}, gzip.compress(b"[]")),
    ):
        answer = asked(made["a"], "POST", url, body, **headers)
        assert answer.json()["error"]["code"] == "not_accepted"


def posted(made: dict[str, TestParty], body: bytes, **headers: str) -> httpx.Response:
    url = f"{API}/entries"
    given = signed(made["b"].keys, "POST", url, body) | headers
    return asked(made["a"], "POST", url, body, **given)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"null",
        b"[1]",
        b"[{}]",
        b'[{"items":[],"head":{}}]',
        b"[" * 50_000,
        b"[NaN]",
        b"\xff\xfe[]",
        b'[{"items":[],"items":[],"head":null}]',
    ],
    ids=range(10),
)
def test_a_body_of_another_shape_is_refused(made: dict[str, TestParty], body: bytes) -> None:
    """What is no list of pages gives a short error, never a trace."""
    answer = posted(made, body)
    assert answer.status_code == 400
    assert len(answer.text) < 1000
    assert "Traceback" not in answer.text


def test_an_oversized_body_is_refused_before_it_is_read(made: dict[str, TestParty]) -> None:
    """More bytes than the limit are refused, whether their number is said or not."""
    assert posted(made, b" " * 200_000).status_code == 413

    def drops() -> Iterator[bytes]:
        for _ in range(200):
            yield b" " * 1000

    url = f"{made['a'].address}{API}/entries"
    answer = httpx.post(url, content=drops(), headers={"Authorization": "x"}, verify=False)
    assert answer.status_code == 413


def test_a_gzip_bomb_is_refused(made: dict[str, TestParty]) -> None:
    """A body that unpacks to more than the limit is refused after the limit."""
    bomb = gzip.compress(b" " * 60_000_000, 9)
    assert len(bomb) < 100_000
    assert posted(made, bomb, **{"Content-Encoding": "gzip"}).status_code == 413
    for damaged in (b"no gzip", gzip.compress(b"[]")[:-3], gzip.compress(b"[]") + b"more"):
        assert posted(made, damaged, **{"Content-Encoding": "gzip"}).status_code == 400
    assert posted(made, b"[]", **{"Content-Encoding": "br"}).status_code == 415


def test_entries_of_another_sender_can_not_be_made(made: dict[str, TestParty]) -> None:
    """B brings a page that says to be from E: its signatures are not E's, so nothing is taken."""
    b, e = made["b"], made["e"]
    forger = KeyRing.new("e")
    release(e, "a", 1)
    page = e.node.page("e", "e", "a", epoch=1, after=0)
    body = json.loads(canonical([page_json(page)]))
    body[0]["items"][0]["entry"]["signature"] = forger.sign(b"x")
    (taken,) = posted(made, canonical(body)).json()
    assert (taken["new"], taken["problem"]) == (0, "forged")
    assert b.keys.party == "b"


def test_a_party_that_is_no_relay_takes_nothing_for_others(made: dict[str, TestParty]) -> None:
    """A page for a third party is refused by who is no relay."""
    release(made["b"], "e", 1)
    page = made["b"].node.page("b", "b", "e", epoch=1, after=0)
    (taken,) = posted(made, canonical([page_json(page)])).json()
    assert (taken["new"], taken["problem"]) == (0, "not_for_us")


def test_who_has_left_can_not_bring_through_another(made: dict[str, TestParty]) -> None:
    """Entries that C signed are not taken after its notice, whoever brings them."""
    release(made["c"], "a", 1)
    page: Page = made["c"].node.page("c", "c", "a", epoch=1, after=0)
    (taken,) = posted(made, canonical([page_json(page)])).json()
    assert (taken["new"], taken["problem"]) == (0, "not_party")


def test_who_asks_too_often_must_wait(tmp_path: Path) -> None:
    """Beyond the rate 429 says how long to wait; guesses cost more than requests."""
    with parties(tmp_path, ["a", "b"], silent=["b"], address_rate=Rate(a_second=0.001, at_once=20)) as found:
        answers = [asked(found["a"], "GET", f"{API}/heads") for _ in range(6)]
        codes = [answer.status_code for answer in answers]
        assert codes == [401, 401, 401, 401, 429, 429]
        assert int(answers[-1].headers["retry-after"]) >= 1


def test_one_party_that_asks_too_often_stops_no_other(tmp_path: Path) -> None:
    """Parties are counted one by one, also where they come from one address."""
    rate = Rate(a_second=0.001, at_once=2)
    with parties(tmp_path, ["a", "b", "c"], silent=["b", "c"], party_rate=rate) as found:
        url = f"{API}/heads"

        def status(name: str) -> int:
            return asked(found["a"], "GET", url, **signed(found[name].keys, "GET", url)).status_code

        assert [status("b") for _ in range(3)] == [200, 200, 429]
        assert status("c") == 200


def test_a_slow_body_and_a_slow_head_are_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who opens a connection and sends next to nothing does not hold it."""
    monkeypatch.setattr("seamwatch.serve.exchange_protocol.HEAD_SECONDS", 0.3)
    with parties(tmp_path, ["a", "b"], silent=["b"], grace=0.3) as found:
        context = ssl._create_unverified_context()

        def opened() -> ssl.SSLSocket:
            plain = socket.create_connection(("127.0.0.1", found["a"].port), timeout=20)
            return context.wrap_socket(plain)

        with opened() as silent, opened() as head, opened() as body:
            head.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: ")
            body.sendall(b"POST /exchange/v1/entries HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n[")
            assert silent.recv(100) == b""
            assert head.recv(100) == b""
            assert body.recv(100).startswith(b"HTTP/1.1 408")
        assert asked(found["a"], "GET", "/healthz").status_code == 200


def test_a_body_that_came_fast_and_stops_is_not_held_for_long(tmp_path: Path) -> None:
    """Bytes that were sent buy no hours: what a stranger sends lies in memory until it is whole."""
    with parties(tmp_path, ["a", "b"], silent=["b"], grace=0.3, longest=0.6) as found:
        plain = socket.create_connection(("127.0.0.1", found["a"].port), timeout=20)
        with ssl._create_unverified_context().wrap_socket(plain) as body:
            head = b"POST /exchange/v1/entries HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"
            body.sendall(head + b"[" * 500_000)
            assert body.recv(100).startswith(b"HTTP/1.1 408")


def test_one_address_can_not_take_all_connections(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those beyond its share are closed; when it gives one back, the next is served."""
    monkeypatch.setattr("seamwatch.serve.exchange_protocol.MOST_OF_ONE", 3)
    with parties(tmp_path, ["a", "b"], silent=["b"]) as found:
        context = ssl._create_unverified_context()

        def opened() -> ssl.SSLSocket:
            plain = socket.create_connection(("127.0.0.1", found["a"].port), timeout=20)
            return context.wrap_socket(plain)

        held = [opened() for _ in range(3)]
        for line in held:  # answered, so the server knows of all of them
            line.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert line.recv(100).startswith(b"HTTP/1.1 200")
        with opened() as more, pytest.raises(OSError):
            more.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            raise OSError if more.recv(100) == b"" else AssertionError
        for line in held:
            line.close()
        for _ in range(200):  # until the server has heard of it
            with suppress(httpx.TransportError):
                assert asked(found["a"], "GET", "/healthz").status_code == 200
                break
            time.sleep(0.05)
        else:
            pytest.fail("the address is served no more")


def test_the_server_refuses_to_listen_without_tls_beyond_loopback() -> None:
    """Without a certificate only this machine may ask, unless a proxy before it holds one."""
    for host in ("0.0.0.0", "::", "192.0.2.1", "example.org"):
        with pytest.raises(SeamwatchError, match="without TLS"):
            check_exchange_host(host, tls=False, behind_proxy=False)
        check_exchange_host(host, tls=True, behind_proxy=False)
        check_exchange_host(host, tls=False, behind_proxy=True)
    check_exchange_host("127.0.0.1", tls=False, behind_proxy=False)
