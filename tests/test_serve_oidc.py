"""Signing in at an issuer: the whole flow with a real issuer on loopback, and everything it may lie about."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey

from account_desk import SESSION, another, desk_with, error_code
from oidc_issuer import CLIENT, SECRET, TestIssuer, issuing
from seamwatch.model.account import OidcSettings
from seamwatch.pipeline.accounts import add_account, change_account, set_oidc
from seamwatch.pipeline.issuer_secret import save_secret
from seamwatch.serve.oidc_issuer import IssuerError, check_issuer
from seamwatch.serve.oidc_journeys import own_path
from seamwatch.store import open_store
from seamwatch.vocabulary.coordination import Role

START = f"{SESSION}/oidc/start"
Desk = tuple[httpx.Client, TestIssuer, Path]


def configure(db: Path, issuer: TestIssuer, *, create: bool) -> None:
    with open_store(str(db)) as store:
        settings = OidcSettings(issuer=issuer.address, client_id=CLIENT, name="Our sign-in", create=create)
        set_oidc(store, settings, by="test")
    save_secret(str(db), SECRET)


@pytest.fixture
def desk(samples_db: Path, tmp_path: Path) -> Iterator[Desk]:
    """Yield a desk and its issuer, which knows dilan, an analyst, as subject-1."""
    with made_desk(samples_db, tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def kept_desk(samples_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Yield such a desk for all tests that sign nobody in."""
    with made_desk(samples_db, tmp_path_factory.mktemp("issuer")) as made:
        yield made


@pytest.fixture
def liar(kept_desk: Desk) -> Iterator[Desk]:
    """Yield the kept desk; its issuer tells the truth again afterwards."""
    yield kept_desk
    client, issuer, _ = kept_desk
    issuer.lie, issuer.sign = {}, "RS256"
    client.cookies.clear()


@contextmanager
def made_desk(samples: Path, folder: Path) -> Iterator[Desk]:
    with issuing() as issuer, desk_with(samples, folder) as (client, db):
        configure(db, issuer, create=False)
        with open_store(str(db)) as store:
            add_account(store, "dilan", role=Role.ANALYST, subject="subject-1", by="test")
        yield client, issuer, db


def to_callback(client: httpx.Client, path: str | None = None) -> str:
    """Return where the issuer sends a browser back to, after it began at the desk and signed in there."""
    began = client.get(START, params={} if path is None else {"next": path})
    assert began.status_code == 303, began.text
    back = httpx.get(began.headers["location"])
    return str(back.headers["location"])


def failed(answer: httpx.Response) -> bool:
    """Return whether a callback led to the sign-in page, without a session."""
    cookies = [c for c in answer.headers.get_list("set-cookie") if "-oidc=" not in c]
    return answer.headers["location"].startswith("/signin?failed=") and not cookies


def test_who_the_issuer_vouches_for_is_signed_in(desk: Desk) -> None:
    """With code, PKCE, state and nonce; the session is like any other; the browser goes where it wanted."""
    client, issuer, _ = desk
    assert client.get(SESSION).json()["oidc"] == {"name": "Our sign-in"}
    began = client.get(START, params={"next": "/list?since=2024-01-01"})
    asked = {key: value[0] for key, value in parse_qs(urlsplit(began.headers["location"]).query).items()}
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert len(asked["state"]) >= 43 and len(asked["nonce"]) >= 43 and len(asked["code_challenge"]) == 43
    [cookie] = began.headers.get_list("set-cookie")
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie
    back = httpx.get(began.headers["location"]).headers["location"]
    done = client.get(back)
    assert (done.status_code, done.headers["location"]) == (303, "/list?since=2024-01-01")
    [session] = [c for c in done.headers.get_list("set-cookie") if "-oidc=" not in c]
    assert "samesite=strict" in session.lower() and "httponly" in session.lower()
    state = client.get(SESSION).json()
    assert (state["account"]["name"], state["account"]["role"]) == ("dilan", "analyst")
    assert issuer.refused == []


NOW = int(time.time())
LIES: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "guessed"},
    "no nonce": {"nonce": None},
    "for another client": {"aud": "another"},
    "for several, made for another": {"aud": [CLIENT, "another"], "azp": "another"},
    "for several, for whom is not said": {"aud": [CLIENT, "another"]},
    "for us, made for another": {"azp": "another"},
    "no audience": {"aud": None},
    "of another issuer": {"iss": "https://evil.example"},
    "no issuer": {"iss": None},
    "expired": {"exp": NOW - 3600},
    "no end": {"exp": None},
    "made in the future": {"iat": NOW + 3600},
    "no subject": {"sub": None},
    "an empty subject": {"sub": ""},
    "a number as subject": {"sub": 1},
    "a subject that nobody has": {"sub": "subject-2"},
    "an e-mail address as subject": {"sub": "ada@example.org"},
    "a name that somebody has": {"sub": "ada", "preferred_username": "ada"},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_says_the_wrong_thing_signs_nobody_in(liar: Desk, lie: str) -> None:
    """Each claim is checked; who they are is issuer and subject alone."""
    client, issuer, _ = liar
    issuer.lie = LIES[lie]
    assert failed(client.get(to_callback(client)))
    assert client.get(SESSION).json()["account"] is None


@pytest.mark.parametrize("sign", ["none", "HS256", "other key", "changed"])
def test_a_token_with_a_bad_signature_signs_nobody_in(liar: Desk, sign: str) -> None:
    """Without a signature, with a MAC of the public key, with another key, with changed claims."""
    client, issuer, _ = liar
    issuer.sign = sign
    assert failed(client.get(to_callback(client)))
    assert client.get(SESSION).json()["account"] is None


def test_a_state_is_good_once_and_in_one_browser(desk: Desk) -> None:
    """Replayed, guessed, or carried to another browser: nobody is signed in, no token is asked for."""
    client, issuer, _ = desk
    back = to_callback(client)
    with another(client) as victim:  # sign-in CSRF: the attacker's own code in somebody else's browser
        assert failed(victim.get(back))
    assert failed(client.get(back)), "the state was spent by the attempt"
    assert "/token" not in issuer.asked
    good = to_callback(client)
    assert client.get(good).headers["location"] == "/"
    client.cookies.clear()
    assert failed(client.get(good))
    assert failed(client.get(f"{SESSION}/oidc/callback", params={"code": "x", "state": "guessed"}))


def test_a_code_of_another_journey_is_refused_by_its_verifier(desk: Desk) -> None:
    """A stolen code does not fit the verifier of the thief's own journey."""
    client, issuer, _ = desk
    with another(client) as thief:
        stolen = parse_qs(urlsplit(to_callback(client)).query)["code"][0]
        own = parse_qs(urlsplit(to_callback(thief)).query)
        answer = thief.get(f"{SESSION}/oidc/callback", params={"code": stolen, "state": own["state"][0]})
        assert failed(answer) and issuer.refused == ["verifier"]


def test_a_disabled_account_is_not_signed_in(desk: Desk) -> None:
    """Whatever the issuer says."""
    client, _, db = desk
    with open_store(str(db)) as store:
        change_account(store, "dilan", disabled=True, by="test")
    answer = client.get(to_callback(client))
    assert failed(answer) and answer.headers["location"].endswith("no_account")


def test_with_create_a_new_person_becomes_a_viewer(desk: Desk) -> None:
    """Only as viewer, under a free name; an account of the same name or e-mail address is not theirs."""
    client, issuer, db = desk
    issuer.subject, issuer.username = "subject-new", "ada"
    assert failed(client.get(to_callback(client)))
    configure(db, issuer, create=True)
    assert client.get(to_callback(client)).headers["location"] == "/"
    state = client.get(SESSION).json()["account"]
    assert (state["name"], state["role"], state["clearance"]) == ("ada-2", "viewer", "TLP:GREEN")


def test_new_keys_of_the_issuer_are_found(desk: Desk) -> None:
    """A token with a key that is not known yet: the keys are read again, but not at every token."""
    import seamwatch.serve.oidc_issuer as module

    client, issuer, _ = desk
    assert client.get(to_callback(client)).headers["location"] == "/"
    issuer.key = RSAKey.generate_key(2048, {"kid": "k2", "use": "sig", "alg": "RS256"})
    assert failed(client.get(to_callback(client)))
    before, module.KEYS_AGAIN_SECONDS = module.KEYS_AGAIN_SECONDS, 0.0
    try:
        assert client.get(to_callback(client)).headers["location"] == "/"
    finally:
        module.KEYS_AGAIN_SECONDS = before


@pytest.mark.parametrize(
    "described",
    [
        {"issuer": "https://evil.example"},
        {"authorization_endpoint": "http://evil.example/authorize"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": None},
    ],
)
def test_a_description_that_leads_elsewhere_is_refused(desk: Desk, described: dict[str, Any]) -> None:
    """Another issuer's, or addresses in clear."""
    client, issuer, _ = desk
    issuer.described = described
    assert client.get(START).headers["location"] == "/signin?failed=issuer"


@pytest.mark.parametrize(
    "path",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)"]
    + ["/a\r\nSet-Cookie: x=1", "evil", "/" + "x" * 3000, "/api/v1/session", "/\t/evil.example"],
)
def test_the_desk_sends_browsers_to_itself_alone(liar: Desk, path: str) -> None:
    """No open redirect: what is no path of the desk becomes its first page."""
    client, _, _ = liar
    assert own_path(path) == "/"
    assert client.get(to_callback(client, path)).headers["location"] == "/"


def test_an_issuer_that_is_down_is_said_on_the_sign_in_page(desk: Desk) -> None:
    """And nothing hangs."""
    client, issuer, db = desk
    with open_store(str(db)) as store:
        settings = OidcSettings(issuer="http://127.0.0.1:9", client_id=CLIENT, name="Down")
        set_oidc(store, settings, by="test")
    assert client.get(START).headers["location"] == "/signin?failed=issuer"
    assert issuer.asked == []


def test_without_an_issuer_there_is_nothing_to_begin(samples_db: Path, tmp_path: Path) -> None:
    """404 in the one error shape."""
    with desk_with(samples_db, tmp_path) as (client, _):
        assert error_code(client.get(START)) == (404, "no_oidc")


@pytest.mark.parametrize(
    "address",
    ["http://id.example.org", "ftp://id.example.org", "https://user@id.example.org", "https://", "id.example"]
    + ["https://id.example.org?x=1", "https://id.example.org/#a"],
)
def test_an_issuer_in_clear_is_refused(address: str) -> None:
    """Only https, or http on this machine."""
    with pytest.raises(IssuerError):
        check_issuer(address)
