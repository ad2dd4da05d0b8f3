"""Signing in and out over real HTTP: cookies, fixation, ends, CSRF, waits, and what tells people apart."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import argon2
import httpx
import pytest

from account_desk import (
    PASSWORD,
    SESSION,
    another,
    cookie_of,
    desk_with,
    error_code,
    sign_in,
    with_accounts,
)
from seamwatch.pipeline.accounts import change_account
from seamwatch.pipeline.sessions import ABSOLUTE, IDLE, digest_of_secret
from seamwatch.serve.limits import FREE_ADDRESS, FREE_PAIR, LONGEST, UNDER_ATTACK, Pace, SignInLimits
from seamwatch.store import open_store
from seamwatch.vocabulary.coordination import Role
from serving import serving

JSON = {"Content-Type": "application/json"}
OUTSIDE = {
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "desk.example.org",
    "X-Forwarded-For": "192.0.2.7",
}


@pytest.fixture
def desk(samples_db: Path, tmp_path: Path) -> Iterator[tuple[httpx.Client, Path]]:
    """Yield a desk with ada (admin), ben (analyst) and vic (viewer)."""
    with desk_with(samples_db, tmp_path, ben=Role.ANALYST, vic=Role.VIEWER) as made:
        yield made


def test_without_accounts_nobody_signs_in(client: httpx.Client) -> None:
    """Who sits at the machine may do everything; a sign-in is refused with what to do."""
    state = client.get(SESSION).json()
    assert (state["accounts"], state["account"], state["csrf"], state["oidc"]) == (False, None, None, None)
    assert {"read", "decide", "accounts", "admin"} <= set(state["can"])
    assert error_code(sign_in(client, "ada")) == (409, "no_accounts")


def test_signing_in_tells_who_one_is_and_what_one_may_do(desk: tuple[httpx.Client, Path]) -> None:
    """Before: nobody. After: name, role, clearance, permissions, and the CSRF word."""
    client, _ = desk
    before = client.get(SESSION).json()
    assert (before["accounts"], before["account"], before["can"], before["csrf"]) == (True, None, [], None)
    state = sign_in(client, "BEN").json()
    assert state["account"] == {"name": "ben", "role": "analyst", "clearance": "TLP:RED"}
    assert state["can"] == ["read", "add", "export"]
    assert client.get(SESSION).json() == state


def test_the_cookie_is_for_this_desk_alone(desk: tuple[httpx.Client, Path]) -> None:
    """HttpOnly, SameSite=Strict, for all paths, without an end of its own; its name has the port."""
    client, _ = desk
    [cookie] = sign_in(client, "ben").headers.get_list("set-cookie")
    flags = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert flags == {"httponly", "path=/", "samesite=strict"}
    assert cookie.startswith(f"seamwatch-{client.base_url.port}=")


def test_under_tls_the_cookie_is_secure(samples_db: Path, tmp_path: Path) -> None:
    """Behind a proxy with TLS: the __Host- prefix, Secure, and HSTS. In clear on the machine neither."""
    db = tmp_path / "desk.db"
    shutil.copyfile(samples_db, db)
    with_accounts(db)
    options: dict[str, Any] = {"behind_proxy": True, "allowed_hosts": ("desk.example.org",), "shared": True}
    with serving(db, **options) as client:
        form = {"name": "ada", "password": PASSWORD}
        answer = client.post(SESSION, json=form, headers={**OUTSIDE, "Origin": "https://desk.example.org"})
        assert answer.status_code == 200
        [cookie] = answer.headers.get_list("set-cookie")
        assert cookie.startswith("__Host-seamwatch-")
        assert {"secure", "httponly", "path=/", "samesite=strict"} == {
            part.strip().lower() for part in cookie.split(";")[1:]
        }
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        assert "strict-transport-security" not in client.get("/healthz").headers
        for change in ({"Origin": "http://desk.example.org"}, {"Origin": "https://evil.example"}):
            refused = client.post(SESSION, json=form, headers={**OUTSIDE, **change})
            assert error_code(refused) == (403, "wrong_origin")
        other = client.get(SESSION, headers={**OUTSIDE, "X-Forwarded-Host": "evil.example"})
        assert error_code(other) == (403, "wrong_host")
        clear = client.get(SESSION, headers={**OUTSIDE, "X-Forwarded-Proto": "http"})
        assert error_code(clear) == (403, "not_secure")


def test_without_a_proxy_nothing_that_a_client_forwards_is_believed(desk: tuple[httpx.Client, Path]) -> None:
    """X-Forwarded headers change neither the host, nor the scheme, nor the address that waits."""
    client, _ = desk
    answer = client.get(SESSION, headers={**OUTSIDE})
    assert answer.status_code == 200 and "strict-transport-security" not in answer.headers
    for number in range(FREE_PAIR):
        tried = client.post(
            SESSION, json={"name": "ben", "password": "x"}, headers={"X-Forwarded-For": f"192.0.2.{number}"}
        )
        assert tried.status_code == 401
    last = client.post(
        SESSION, json={"name": "ben", "password": "x"}, headers={"X-Forwarded-For": "198.51.100.1"}
    )
    assert last.status_code == 429


# --- fixation and ends


def test_an_id_that_was_there_before_is_worth_nothing_after_the_sign_in(
    desk: tuple[httpx.Client, Path],
) -> None:
    """Session fixation: neither an id that somebody made up nor one of an earlier session goes on."""
    client, _ = desk
    name = f"seamwatch-{client.base_url.port}"
    planted = {"Cookie": f"{name}=planted-by-somebody"}
    answer = client.post(SESSION, json={"name": "ben", "password": PASSWORD}, headers=planted)
    assert answer.status_code == 200
    first = cookie_of(client)[1]
    assert first != "planted-by-somebody"
    with another(client) as attacker:
        attacker.cookies.set(name, "planted-by-somebody")
        assert attacker.get("/api/v1/config").status_code == 401
        attacker.cookies.clear()
        attacker.cookies.set(name, first)
        assert attacker.get("/api/v1/config").status_code == 200
        sign_in(client, "ben")
        assert cookie_of(client)[1] != first
        assert attacker.get("/api/v1/config").status_code == 401


def test_signing_out_ends_the_session_also_for_a_copy_of_its_id(desk: tuple[httpx.Client, Path]) -> None:
    """The cookie is taken away, and the id is good for nothing."""
    client, _ = desk
    sign_in(client, "ben")
    name, value = cookie_of(client)
    answer = client.delete(SESSION, headers=JSON)
    assert answer.status_code == 204 and "Max-Age=0" in answer.headers["set-cookie"]
    with another(client) as copy:
        copy.cookies.set(name, value)
        assert copy.get("/api/v1/config").status_code == 401
    assert client.delete(SESSION, headers=JSON).status_code == 204


@pytest.mark.parametrize("column", ["seen", "ends"])
def test_a_session_that_has_ended_is_refused(desk: tuple[httpx.Client, Path], column: str) -> None:
    """Not used for too long, or open for too long."""
    client, db = desk
    sign_in(client, "ben")
    digest = digest_of_secret(cookie_of(client)[1])
    past = datetime.now(UTC) - (IDLE if column == "seen" else timedelta())
    with sqlite3.connect(db) as rows:
        rows.execute(f"UPDATE sessions SET {column} = ? WHERE digest = ?", (past.isoformat(), digest))
    assert client.get("/api/v1/config").status_code == 401
    assert timedelta(hours=1) < IDLE < ABSOLUTE <= timedelta(days=1)


def test_a_role_that_changes_needs_a_new_session(desk: tuple[httpx.Client, Path]) -> None:
    """What was opened as a viewer never becomes an admin's, and the other way round."""
    client, _ = desk
    sign_in(client, "ada")
    with another(client) as vic:
        sign_in(vic, "vic")
        before = cookie_of(vic)[1]
        assert client.patch("/api/v1/accounts/vic", json={"role": "admin"}).status_code == 200
        assert vic.get("/api/v1/config").status_code == 401
        sign_in(vic, "vic")
        assert cookie_of(vic)[1] != before and vic.get("/api/v1/accounts").status_code == 200
        assert client.patch("/api/v1/accounts/vic", json={"disabled": True}).status_code == 200
        assert vic.get("/api/v1/config").status_code == 401
        assert error_code(sign_in(vic, "vic")) == (401, "sign_in_failed")


def test_a_new_password_ends_the_sessions_of_the_old_one(desk: tuple[httpx.Client, Path]) -> None:
    """Changed on the command line while somebody is signed in."""
    client, db = desk
    sign_in(client, "ben")
    with open_store(str(db)) as store:
        change_account(store, "ben", password="another four words", by="test")
    assert client.get("/api/v1/config").status_code == 401
    assert error_code(sign_in(client, "ben")) == (401, "sign_in_failed")
    assert sign_in(client, "ben", "another four words").status_code == 200


# --- CSRF


@pytest.mark.parametrize("word", [None, "", "0" * 64, "of another session"])
def test_a_write_by_cookie_needs_the_sessions_own_word(
    desk: tuple[httpx.Client, Path], word: str | None
) -> None:
    """Missing, empty, guessed, another session's: refused, before anything is done. The right one passes."""
    client, db = desk
    sign_in(client, "ada")
    right = client.headers.pop("X-CSRF-Token")
    if word == "of another session":
        with another(client) as other:
            word = sign_in(other, "ada").json()["csrf"]
    headers = {} if word is None else {"X-CSRF-Token": word}
    body = {"name": "mallory", "role": "admin", "password": PASSWORD}
    assert error_code(client.post("/api/v1/accounts", json=body, headers=headers)) == (403, "wrong_csrf")
    assert error_code(client.delete(SESSION, headers={**JSON, **headers})) == (403, "wrong_csrf")
    with open_store(str(db)) as store:
        assert store.account("mallory") is None
    made = client.post("/api/v1/accounts", json=body, headers={"X-CSRF-Token": right})
    assert made.status_code == 201 and "password" not in made.json()["account"]


def test_a_page_of_another_site_can_not_sign_in_or_write(desk: tuple[httpx.Client, Path]) -> None:
    """A foreign Origin is refused, with the session's word too."""
    client, _ = desk
    sign_in(client, "ada")
    away = {"Origin": "https://evil.example"}
    assert error_code(client.delete(SESSION, headers={**JSON, **away})) == (403, "wrong_origin")
    form = {"name": "ben", "password": PASSWORD}
    assert error_code(client.post(SESSION, json=form, headers=away)) == (403, "wrong_origin")


# --- telling people apart


def test_an_unknown_name_and_a_wrong_password_are_answered_alike(
    samples_db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Byte for byte the same answer, and each runs one full verification of the library."""
    verified: list[str] = []

    class Counting(argon2.PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            verified.append(str(hash))
            return super().verify(hash, password)

    monkeypatch.setattr(argon2, "PasswordHasher", Counting)
    with desk_with(samples_db, tmp_path, ben=Role.ANALYST, dan=Role.VIEWER) as (client, db):
        with open_store(str(db)) as store:
            change_account(store, "ben", password=PASSWORD, by="test")
            change_account(store, "dan", password=PASSWORD, by="test")
            change_account(store, "dan", disabled=True, by="test")
        tried = [("nobody", PASSWORD), ("ben", "wrong"), ("dan", PASSWORD), ("dan", "wrong")]
        answers = []
        for name, password in tried:
            before = len(verified)
            answers.append(client.post(SESSION, json={"name": name, "password": password}))
            assert len(verified) == before + 1, name
    assert {a.status_code for a in answers} == {401}
    assert len({a.content for a in answers}) == 1
    heads = [sorted((k, v) for k, v in a.headers.items() if k != "date") for a in answers]
    assert all(head == heads[0] for head in heads)
    shape = argon2.extract_parameters(argon2.PasswordHasher().hash("x"))
    assert all(argon2.extract_parameters(kept) == shape for kept in verified)


def test_unknown_names_wait_like_known_ones(desk: tuple[httpx.Client, Path]) -> None:
    """The same number of wrong attempts leads to the same wait, in the same words."""
    client, _ = desk
    waits = []
    for name in ("ben", "nobody"):
        statuses = [error_code(sign_in(client, name, "wrong"))[0] for _ in range(FREE_PAIR + 1)]
        assert statuses == [401] * FREE_PAIR + [429]
        answer = sign_in(client, name, PASSWORD)
        waits.append((answer.status_code, answer.json(), answer.headers["retry-after"]))
    assert waits[0] == waits[1]
    assert sign_in(client, "vic").status_code == 200


def test_failures_are_in_the_audit_log_without_what_was_typed(desk: tuple[httpx.Client, Path]) -> None:
    """Sign-ins, failures and sign-outs with the account's name; a name that is none is not written down."""
    client, db = desk
    sign_in(client, "ben", "wrong")
    sign_in(client, "my-secret-password", "x")
    sign_in(client, "ben")
    client.delete(SESSION, headers=JSON)
    with open_store(str(db)) as store:
        found = [(e.kind, e.actor, e.subject) for e in store.audit_entries()][-4:]
        text = str([(e.subject, e.details) for e in store.audit_entries()])
    assert found == [
        ("account.sign_in_failed", "nobody", "ben"),
        ("account.sign_in_failed", "nobody", ""),
        ("account.signed_in", "ben", "ben"),
        ("account.signed_out", "ben", "ben"),
    ]
    assert "my-secret-password" not in text


# --- waits, with a clock of their own


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


def test_waits_grow_and_end() -> None:
    """1, 2, 4, ... seconds up to a quarter of an hour; after an hour of quiet all is forgotten."""
    clock = Clock()
    limits = SignInLimits(clock)
    waits = []
    for _ in range(FREE_PAIR + 14):
        wait = limits.attempt("a", "ben")
        while wait:
            waits.append(wait)
            clock.at += wait
            wait = limits.attempt("a", "ben")
    assert waits[:4] == [1, 2, 4, 8] and max(waits) == LONGEST
    clock.at += LONGEST + 3601
    assert [limits.attempt("a", "ben") for _ in range(FREE_PAIR)] == [0] * FREE_PAIR


def test_nobody_is_locked_out_by_others() -> None:
    """However often one address tries a name, or many do: from another address the first try is free."""
    clock = Clock()
    limits = SignInLimits(clock)
    for _ in range(100):
        limits.attempt("attacker", "ben")
    assert limits.attempt("home", "ben") == 0
    limits.succeeded("home", "ben")
    for number in range(UNDER_ATTACK + 10):
        limits.attempt(f"bot-{number}", "ben")
    assert limits.attempt("home", "ben") == 0
    assert limits.attempt("new place", "ben") == 0
    assert limits.attempt("new place", "ben") > 0


def test_one_address_can_not_try_all_names() -> None:
    """Many names from one address wait too; who has signed in from there before does not."""
    limits = SignInLimits(Clock())
    assert limits.attempt("office", "ben") == 0
    limits.succeeded("office", "ben")
    tried = [limits.attempt("office", f"name-{number}") for number in range(FREE_ADDRESS + 5)]
    assert tried[FREE_ADDRESS - 1] == 0 and all(tried[FREE_ADDRESS:])
    assert limits.attempt("office", "ben") == 0


def test_many_attempts_at_once_are_counted_one_by_one() -> None:
    """An attempt counts before its password is looked at."""
    limits = SignInLimits(Clock())
    assert sum(limits.attempt("a", "ben") == 0 for _ in range(50)) == FREE_PAIR


def test_a_pace_lets_some_through_and_then_so_many_a_second() -> None:
    """A burst, then as the clock goes; each key by itself."""
    clock = Clock()
    pace = Pace(3, 0.5, clock)
    assert [pace.take("a") for _ in range(4)] == [0, 0, 0, 2]
    assert pace.take("b") == 0
    clock.at += 2
    assert [pace.take("a") for _ in range(2)] == [0, 2]
