"""People change their own password: with the old one, under the waits of a sign-in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

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
    token_for,
)
from seamwatch.serve.limits import FREE_PAIR
from seamwatch.store import open_store
from seamwatch.vocabulary.coordination import Role

OWN = "/api/v1/session/password"
NEW = "seven other loud words"


@pytest.fixture
def desk(samples_db: Path, tmp_path: Path) -> Iterator[tuple[httpx.Client, Path]]:
    with desk_with(samples_db, tmp_path, ben=Role.ANALYST, vic=Role.VIEWER) as made:
        yield made


def change(client: httpx.Client, old: str = PASSWORD, new: str = NEW) -> httpx.Response:
    return client.patch(OWN, json={"old": old, "new": new})


def test_the_new_password_holds_and_other_sessions_end(desk: tuple[httpx.Client, Path]) -> None:
    """Who changes it goes on in a new session, another browser's ends; others' sessions are untouched."""
    client, db = desk
    with another(client) as elsewhere, another(client) as vic:
        sign_in(client, "ben")
        sign_in(elsewhere, "ben")
        sign_in(vic, "vic")
        answer = change(client)
        assert (answer.status_code, answer.json()["account"]["name"]) == (200, "ben")
        assert client.get("/api/v1/config").status_code == 200
        assert answer.json() == client.get(SESSION).json()
        assert elsewhere.get("/api/v1/config").status_code == 401
        assert vic.get("/api/v1/config").status_code == 200
        assert error_code(sign_in(elsewhere, "ben")) == (401, "sign_in_failed")
        assert sign_in(elsewhere, "ben", NEW).status_code == 200
    with open_store(str(db)) as store:
        (told,) = [e for e in store.audit_entries() if e.kind == "account.changed"]
        assert (told.actor, told.subject, told.details) == ("ben", "ben", {"password": "changed"})
        assert NEW not in str([e.details for e in store.audit_entries()])


def test_a_copy_of_the_session_ends_with_the_old_password(desk: tuple[httpx.Client, Path]) -> None:
    """Who has stolen the cookie of the very session is put out by the new password, as its owner expects."""
    client, _ = desk
    sign_in(client, "ben")
    name, stolen = cookie_of(client)
    with another(client) as thief:
        thief.cookies.set(name, stolen)
        assert thief.get("/api/v1/config").status_code == 200
        assert change(client).status_code == 200
        assert cookie_of(client)[1] != stolen
        assert thief.get("/api/v1/config").status_code == 401


def test_a_wrong_old_password_changes_nothing_and_waits_grow(desk: tuple[httpx.Client, Path]) -> None:
    """Whoever finds a desk left open can't guess: the waits are those of a sign-in, and counted with them."""
    client, db = desk
    sign_in(client, "ben")
    for _ in range(FREE_PAIR):
        answer = change(client, old="guessed")
        assert error_code(answer) == (403, "wrong_password")
        assert answer.json()["error"]["field"] == "old"
    waits = change(client)
    assert error_code(waits) == (429, "too_many") and int(waits.headers["retry-after"]) >= 1
    with another(client) as elsewhere:
        assert sign_in(elsewhere, "ben").status_code == 429
    assert client.get("/api/v1/config").status_code == 200
    with open_store(str(db)) as store:
        failed = [e for e in store.audit_entries() if e.kind == "account.sign_in_failed"]
        assert {(e.actor, e.subject) for e in failed} == {("ben", "ben")} and len(failed) == FREE_PAIR


@pytest.mark.parametrize("new", ["short", "aaaaaaaaaaaaaaaaaa", "ben-ben-ben-ben", PASSWORD])
def test_a_new_password_that_can_not_be_is_refused(desk: tuple[httpx.Client, Path], new: str) -> None:
    """Too short, a few characters, the name, the old one: told at the field, and no attempt is counted."""
    client, _ = desk
    sign_in(client, "ben")
    for _ in range(FREE_PAIR + 1):
        answer = change(client, new=new)
        assert error_code(answer) == (400, "weak_password")
        assert answer.json()["error"]["field"] == "new"
    assert change(client).status_code == 200


def test_one_verification_of_the_library_each(
    samples_db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A right and a wrong old password cost one verification, also where the account has no password."""
    verified: list[str] = []

    class Counting(argon2.PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            verified.append(str(hash))
            return super().verify(hash, password)

    monkeypatch.setattr(argon2, "PasswordHasher", Counting)
    with desk_with(samples_db, tmp_path, ben=Role.ANALYST) as (client, db):
        sign_in(client, "ben")
        verified.clear()
        assert change(client, old="guessed").status_code == 403
        assert len(verified) == 1
        answer = change(client)
        assert answer.status_code == 200
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
        assert len(verified) == 2
        with open_store(str(db)) as store:
            store.set_password_hash("ben", None)  # signs in at the issuer alone
        assert error_code(change(client, old=NEW, new=PASSWORD)) == (403, "wrong_password")
        assert len(verified) == 3


def test_a_token_and_who_is_not_signed_in_change_no_password(desk: tuple[httpx.Client, Path]) -> None:
    """A token that leaks must not take the account over; without the session's word nothing is changed."""
    client, db = desk
    assert error_code(change(client)) == (401, "not_signed_in")
    with another(client) as program:
        program.headers["Authorization"] = f"Bearer {token_for(db, 'ben', 'read')}"
        assert error_code(change(program)) == (403, "not_allowed")
    sign_in(client, "ben")
    del client.headers["X-CSRF-Token"]
    assert error_code(change(client)) == (403, "wrong_csrf")


def test_a_desk_without_accounts_has_no_password(client: httpx.Client) -> None:
    """Whoever sits at the machine is told how to add an account."""
    assert error_code(change(client)) == (409, "no_accounts")
