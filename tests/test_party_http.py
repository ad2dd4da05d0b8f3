"""Asking another party: what a hostile server answers does no harm, and what failed is tried again."""

from __future__ import annotations

import gzip
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from hostile_server import answer_with, hostile, make_certificate
from seamwatch.errors import FetchError
from seamwatch.ingest.party_http import PartyHttp, PartyLimits

QUICK = PartyLimits(connect=5, read=5, total=20, back_off=0.01, retries=2, most_bytes=1_000_000)


def unsigned(method: str, path: str, query: str, body: bytes, ahead: timedelta) -> str:
    return f"Test ahead={ahead.total_seconds():.0f}"


def party(address: str, **more: Any) -> PartyHttp:
    return PartyHttp(address, unsigned, **{"private_addresses": True, "limits": QUICK, **more})


def code_of(line: PartyHttp) -> str:
    with line, pytest.raises(FetchError) as caught:
        line.get("/exchange/v1/heads")
    return caught.value.code


def test_an_answer_comes_with_its_etag_and_the_next_may_be_304() -> None:
    """The ETag of an answer is sent back as it was given; nothing changed is 304 without a body."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if handler.headers["If-None-Match"] == '"one"':
            answer_with(handler, 304, b"")
        else:
            answer_with(handler, 200, b'{"feeds":[]}', ETag='"one"')

    with hostile(answer) as address, party(address) as line:
        first = line.get("/exchange/v1/heads")
        assert (first.body, first.etag) == (b'{"feeds":[]}', '"one"')
        assert line.get("/exchange/v1/heads", etag=first.etag).status == 304
        assert line.asked == 2


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(status: int) -> None:
    """A server that sends us elsewhere is told of; the other place is not asked."""
    seen: list[str] = []

    def inner(handler: BaseHTTPRequestHandler) -> None:
        seen.append(handler.path)
        answer_with(handler, 200)

    with (
        hostile(inner) as inside,
        hostile(lambda h: answer_with(h, status, Location=f"{inside}/secret")) as address,
    ):
        assert code_of(party(address)) == "redirected"
    assert seen == []


def test_a_loopback_address_is_not_asked_without_leave(tmp_path: Path) -> None:
    """Nothing is sent to this machine unless private addresses are allowed."""
    seen: list[str] = []
    certificate = make_certificate(tmp_path, "a")
    with hostile(lambda h: seen.append(h.path), certificate=certificate) as address:
        pem = certificate[0].read_text("ascii")
        assert code_of(party(address, certificate=pem, private_addresses=False)) == "private_address"
    assert seen == []


def test_a_gzip_bomb_is_not_unpacked() -> None:
    """An answer of 200 MB in 200 kB is refused after the limit's bytes."""
    bomb = gzip.compress(bytes(200_000_000), 9)
    with hostile(lambda h: answer_with(h, 200, bomb, Content_Encoding="gzip")) as address:
        assert code_of(party(address)) == "too_large"


def test_a_large_answer_is_cut_off() -> None:
    """More bytes than the limit are not read, whether their number is said or not."""
    with hostile(lambda h: answer_with(h, 200, bytes(2_000_000))) as address:
        assert code_of(party(address)) == "too_large"


def test_an_answer_that_drips_ends_at_the_deadline() -> None:
    """A server that sends a byte now and then can't hold us longer than the limit, within the head too."""

    def drip(handler: BaseHTTPRequestHandler) -> None:
        try:
            for byte in b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000:
                handler.wfile.write(bytes([byte]))
                time.sleep(0.05)
        except OSError:
            pass

    with hostile(drip) as address:
        limits = PartyLimits(read=5, total=0.5, retries=0)
        assert code_of(party(address, limits=limits)) == "timeout"


def test_all_requests_of_one_exchange_have_a_limit_together() -> None:
    """A server whose every answer is just in time can't hold us for ever: then it is asked no more."""
    clock = [0.0]

    def answer(handler: BaseHTTPRequestHandler) -> None:
        clock[0] += 4
        answer_with(handler, 200, b"[]")

    with hostile(answer) as address:
        limits = PartyLimits(overall=10, total=5, retries=0)
        with party(address, limits=limits, clock=lambda: clock[0]) as line:
            line.get("/exchange/v1/heads")
            line.get("/exchange/v1/heads")
            for said in ("try again later", "goes on there"):
                with pytest.raises(FetchError, match=said) as told:
                    line.get("/exchange/v1/heads")
                assert told.value.code == "timeout"
            assert line.asked == 3


@pytest.mark.parametrize("packing", ["br", "deflate, gzip"])
def test_an_unknown_packing_is_refused(packing: str) -> None:
    """Only gzip is asked for, so only gzip is unpacked."""
    with hostile(lambda h: answer_with(h, 200, b"x", Content_Encoding=packing)) as address:
        assert code_of(party(address)) == "bad_answer"


def test_a_damaged_gzip_is_refused() -> None:
    """What is no gzip gives an error of ours."""
    with hostile(lambda h: answer_with(h, 200, b"no gzip", Content_Encoding="gzip")) as address:
        assert code_of(party(address)) == "bad_answer"


def test_a_busy_server_is_asked_again() -> None:
    """503 and a broken connection are tried again, each time with a new signature."""
    seen: list[int] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        seen.append(1)
        if len(seen) == 1:
            answer_with(handler, 503)
        elif len(seen) == 2:
            handler.close_connection = True  # no answer at all
        else:
            answer_with(handler, 200, b"[]")

    with hostile(answer) as address, party(address) as line:
        assert line.post("/exchange/v1/entries", b"[]").body == b"[]"
        assert line.asked == 3


def test_a_refusal_is_not_asked_again() -> None:
    """401 says what the other said, and asking again would not help."""
    body = b'{"error":{"code":"not_accepted","message":"who are\\u202e you"}}'
    with hostile(lambda h: answer_with(h, 401, body)) as address:
        line = party(address)
        with line, pytest.raises(FetchError, match="who are you") as caught:
            line.get("/exchange/v1/heads")
        assert (caught.value.code, line.asked) == ("refused", 1)


def test_a_skewed_clock_is_corrected_once() -> None:
    """Where the other says that our clock is wrong, we sign with its moment; but only once."""
    body = b'{"error":{"code":"clock","message":"late","now":"2031-01-01T00:00:00.000000+00:00"}}'
    said: list[str] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        said.append(handler.headers["Authorization"])
        answer_with(handler, 401, body)

    with hostile(answer) as address:
        assert code_of(party(address)) == "refused"
    assert [float(s.split("=")[1]) > 86_400 for s in said] == [False, True]


def test_only_the_agreed_certificate_is_trusted(tmp_path: Path) -> None:
    """The agreed certificate passes, another one's does not, and to that nothing is sent."""
    ours, others = make_certificate(tmp_path, "a"), make_certificate(tmp_path, "b")
    seen: list[str] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        seen.append(handler.path)
        answer_with(handler, 200)

    agreed = ours[0].read_text("ascii")
    with hostile(answer, certificate=ours) as address, party(address, certificate=agreed) as line:
        assert line.get("/exchange/v1/heads").status == 200
    with hostile(answer, certificate=others) as address:
        assert code_of(party(address, certificate=agreed)) == "wrong_certificate"
        assert code_of(party(address)) == "wrong_certificate"  # no public authority knows it
    assert len(seen) == 1


def test_an_expired_certificate_is_not_trusted(tmp_path: Path) -> None:
    """The agreed certificate counts until it expires."""
    expired = make_certificate(tmp_path, "a", days=-1)
    with hostile(lambda h: answer_with(h, 200), certificate=expired) as address:
        assert code_of(party(address, certificate=expired[0].read_text("ascii"))) == "wrong_certificate"


def test_a_charters_certificate_that_is_none_is_told_of() -> None:
    """A PEM that can't be read gives an error of ours, not one of the TLS library."""
    assert code_of(party("https://127.0.0.1:1", certificate="no PEM")) == "bad_certificate"


def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """What HTTP_PROXY names gets nothing: the checked address is asked itself."""
    seen: list[str] = []
    with hostile(lambda h: seen.append(h.path)) as proxy, hostile(lambda h: answer_with(h, 200)) as address:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy)
        with party(address) as line:
            assert line.get("/exchange/v1/heads").status == 200
    assert seen == []


def test_a_port_where_nobody_answers_is_told_of() -> None:
    """A party whose server does not run is unreachable, after the retries."""
    with hostile(lambda h: None) as address:
        pass
    line = party(address)
    assert (code_of(line), line.asked) == ("unreachable", 3)
