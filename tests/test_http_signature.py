"""Signed requests: only what was signed passes, from who signed it, to whom it was signed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamwatch.coordinate.http_signature import (
    Claim,
    HttpRequest,
    authorization,
    in_window,
    is_signed,
    read_authorization,
)
from seamwatch.coordinate.keys import KeyRing
from seamwatch.errors import InputError

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEYS, OTHER = KeyRing("a", bytes(range(32))), KeyRing("b", bytes(range(1, 33)))
ASKED = HttpRequest(method="GET", path="/exchange/v1/feeds/a/b", query="epoch=1&after=5")
HEADER = authorization(KEYS, "b", ASKED, at=NOW)


def test_a_signed_request_is_known_again() -> None:
    """The header says who asks whom and when, and its signature fits."""
    claim = read_authorization(HEADER)
    assert (claim.party, claim.to, claim.at) == ("a", "b", NOW)
    assert is_signed(claim, KEYS.sign_key, ASKED)


@pytest.mark.parametrize(
    "changed",
    [
        replace(ASKED, method="POST"),
        replace(ASKED, path="/exchange/v1/feeds/c/b"),
        replace(ASKED, query="epoch=1&after=0"),
        replace(ASKED, query=""),
        replace(ASKED, body=b"x"),
    ],
    ids=["method", "path", "query", "no query", "body"],
)
def test_a_changed_request_is_not_signed(changed: HttpRequest) -> None:
    """Method, path, query and body are all signed."""
    assert not is_signed(read_authorization(HEADER), KEYS.sign_key, changed)


@pytest.mark.parametrize(
    "change",
    [{"party": "c"}, {"to": "c"}, {"at": NOW + timedelta(seconds=1)}, {"nonce": "0" * 32}],
    ids=lambda c: next(iter(c)),
)
def test_a_changed_claim_is_not_signed(change: dict[str, object]) -> None:
    """Who, to whom, when and the nonce are signed too."""
    claim: Claim = replace(read_authorization(HEADER), **change)  # type: ignore[arg-type]
    assert not is_signed(claim, KEYS.sign_key, ASKED)


def test_another_partys_key_and_no_key_do_not_pass() -> None:
    """Neither another party's key nor an unknown party has signed."""
    claim = read_authorization(HEADER)
    assert not is_signed(claim, OTHER.sign_key, ASKED)
    assert not is_signed(claim, None, ASKED)
    nobody = KeyRing("nobody", bytes(32))
    assert not is_signed(read_authorization(authorization(nobody, "b", ASKED, at=NOW)), None, ASKED)


@pytest.mark.parametrize("minutes", [-16, -14, 0, 14, 16])
def test_clocks_may_differ_by_a_quarter_of_an_hour(minutes: int) -> None:
    """Within the window a request passes, beyond it not, in both directions."""
    assert in_window(read_authorization(HEADER), NOW + timedelta(minutes=minutes)) == (abs(minutes) < 15)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer x",
        "Seamwatch",
        HEADER.replace("Seamwatch", "seamwatch"),
        HEADER + ', party="b"',
        HEADER + ', extra="b"',
        HEADER.replace('party="a"', 'party="A"'),
        HEADER.replace('party="a"', 'party=""'),
        HEADER.replace("+00:00", "+02:00"),
        HEADER.replace("2026-11-23", "2026-13-45"),
        HEADER.replace('nonce="', 'nonce="x'),
        HEADER[:-3] + '"',
        HEADER + " " * 1000,
    ],
)
def test_another_shape_is_refused(header: str) -> None:
    """A header that is not exactly of the one shape is refused."""
    with pytest.raises(InputError) as caught:
        read_authorization(header)
    assert caught.value.code == "not_accepted"


@given(st.text(max_size=300))
def test_any_text_is_refused_without_a_crash(header: str) -> None:
    """Whatever the header holds, it is read or refused with an error of ours."""
    for text in (header, "Seamwatch " + header):
        with pytest.raises(InputError):
            read_authorization(text)
