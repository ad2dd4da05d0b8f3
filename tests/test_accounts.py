"""Accounts in the store and on the command line: passwords, roles, sessions and tokens at rest."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from account_desk import PASSWORD, quick_passwords
from seamwatch.errors import FieldError, StoreError, UnknownIdError
from seamwatch.model.account import OidcSettings
from seamwatch.pipeline.accounts import (
    account_by_issuer,
    add_account,
    change_account,
    remove_account,
    set_oidc,
    sign_in,
)
from seamwatch.pipeline.passwords import Passwords
from seamwatch.pipeline.sessions import (
    ABSOLUTE,
    IDLE,
    digest_of_secret,
    new_token,
    open_session,
    revoke_token,
    session_identity,
    token_identity,
)
from seamwatch.store import Store, open_store
from seamwatch.vocabulary.coordination import Role, Tlp
from test_cli import run

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
QUICK = quick_passwords()
ISSUER = OidcSettings(issuer="https://id.example.org", client_id="desk", name="Ours", create=True)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Return a store with an admin, ada, and an analyst, ben."""
    with open_store(str(tmp_path / "desk.db")) as opened:
        for name, role in (("ada", Role.ADMIN), ("ben", Role.ANALYST)):
            add_account(opened, name, role=role, password=PASSWORD, by="test", passwords=QUICK)
        yield opened


class Counting(PasswordHasher):
    """The library's own hasher, which counts what it verifies, with which parameters."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.verified: list[str] = []

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:
        self.verified.append(str(hash))
        return super().verify(hash, password)


def test_a_password_is_kept_as_argon2id_with_the_recommended_parameters(tmp_path: Path) -> None:
    """The hash is argon2id, with at least what RFC 9106 says for little memory: 3 passes over 64 MiB."""
    with open_store(str(tmp_path / "a.db")) as store:
        add_account(store, "ada", role=Role.ADMIN, password=PASSWORD, by="test")
        kept = store.password_hash("ada")
    assert kept is not None
    found = extract_parameters(kept)
    assert (found.type, found.memory_cost >= 64 * 1024, found.time_cost >= 3) == (Type.ID, True, True)
    raw = (tmp_path / "a.db").read_bytes()
    assert PASSWORD.encode() not in raw


def test_the_first_account_must_be_an_admin(tmp_path: Path) -> None:
    """Nobody could add another one."""
    with open_store(str(tmp_path / "a.db")) as store, pytest.raises(FieldError, match="must be an admin"):
        add_account(store, "ben", role=Role.LIAISON, password=PASSWORD, by="test", passwords=QUICK)


@pytest.mark.parametrize(
    "name", ["", "LOCAL", "nobody", "Node", "cli", "ｅxchange", "a b", "../x", "x" * 65, "-a", "a\nb", "<b>"]
)
def test_a_name_that_could_mislead_is_refused(store: Store, name: str) -> None:
    """Blanks, signs of markup and paths, and the names that the audit log has for what no account did."""
    with pytest.raises(FieldError) as refused:
        add_account(store, name, role=Role.VIEWER, password=PASSWORD, by="test", passwords=QUICK)
    assert refused.value.field == "name"


@pytest.mark.parametrize("name", ["ADA", "Ada", "ａｄａ"])
def test_a_name_in_other_letters_is_the_same_name(store: Store, name: str) -> None:
    """Case and width make no second account that looks like the first."""
    with pytest.raises(StoreError, match="already"):
        add_account(store, name, role=Role.VIEWER, password=PASSWORD, by="test", passwords=QUICK)


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaa", "shirin.kurdish", "x" * 1025])
def test_a_weak_password_is_refused(store: Store, password: str) -> None:
    """Too short, one letter, the name itself, too long."""
    with pytest.raises(FieldError) as refused:
        add_account(store, "shirin.kurd", role=Role.VIEWER, password=password, by="test", passwords=QUICK)
    assert refused.value.field == "password"


SIGN_INS = {
    "right": ("ben", PASSWORD, True),
    "right in another form": ("BEN", PASSWORD, True),
    "wrong password": ("ben", PASSWORD + "x", False),
    "unknown name": ("nobody", PASSWORD, False),
    "disabled, right password": ("dan", PASSWORD, False),
    "disabled, wrong password": ("dan", "wrong", False),
    "no password": ("eve", PASSWORD, False),
    "a lone surrogate": ("ben", "\ud800" * 20, False),
}


@pytest.mark.parametrize("case", SIGN_INS)
def test_every_sign_in_runs_one_full_verification(store: Store, case: str) -> None:
    """Whatever is wrong: one verification, against a hash of the same parameters."""
    hasher = Counting(time_cost=1, memory_cost=64, parallelism=1)
    set_oidc(store, ISSUER, by="test")
    add_account(store, "dan", role=Role.VIEWER, password=PASSWORD, by="test", passwords=QUICK)
    change_account(store, "dan", disabled=True, by="test")
    add_account(store, "eve", role=Role.VIEWER, subject="s-1", by="test")
    name, password, right = SIGN_INS[case]
    found = sign_in(store, name, password, Passwords(hasher))
    assert (found is not None) == right
    assert len(hasher.verified) == 1
    assert extract_parameters(hasher.verified[0]) == extract_parameters(store.password_hash("ben") or "")


def test_a_hash_of_older_parameters_is_made_anew(store: Store) -> None:
    """At the next right password, and only then."""
    newer = Passwords(PasswordHasher(time_cost=2, memory_cost=128, parallelism=1))
    before = store.password_hash("ben")
    assert sign_in(store, "ben", "wrong", newer) is None
    assert store.password_hash("ben") == before
    assert sign_in(store, "ben", PASSWORD, newer) is not None
    kept = store.password_hash("ben")
    assert kept is not None and extract_parameters(kept).time_cost == 2
    assert sign_in(store, "ben", PASSWORD, newer) is not None


def test_the_last_admin_stays(store: Store) -> None:
    """No role, no disabling and no removal may leave accounts without an admin."""
    with pytest.raises(FieldError, match="only admin"):
        change_account(store, "ada", role=Role.VIEWER, by="test")
    with pytest.raises(FieldError, match="only admin"):
        change_account(store, "ada", disabled=True, by="test")
    with pytest.raises(FieldError, match="only admin"):
        remove_account(store, "ada", by="test")
    change_account(store, "ben", role=Role.ADMIN, by="test")
    assert not remove_account(store, "ada", by="test")
    assert remove_account(store, "ben", by="test")


# --- sessions


def test_of_a_session_only_the_digest_of_its_id_is_stored(store: Store, tmp_path: Path) -> None:
    """Who reads the database can't take over a session."""
    ben = store.account("ben")
    assert ben is not None
    session_id = open_session(store, ben, at=AT)
    assert len(session_id) >= 43
    held = "".join(p.read_bytes().decode("latin-1") for p in tmp_path.iterdir())
    assert session_id not in held and digest_of_secret(session_id) in held


def test_a_session_ends_when_unused_and_in_any_case_after_a_while(store: Store) -> None:
    """It lives while it is used, up to its end."""
    ben = store.account("ben")
    assert ben is not None
    idle = open_session(store, ben, at=AT)
    assert session_identity(store, idle, at=AT + IDLE - timedelta(seconds=1)) is not None
    used = open_session(store, ben, at=AT)
    assert session_identity(store, used, at=AT + IDLE) is None
    kept = open_session(store, ben, at=AT)
    at = AT
    while at < AT + ABSOLUTE:
        assert session_identity(store, kept, at=at) is not None
        at += IDLE / 2
    assert session_identity(store, kept, at=AT + ABSOLUTE) is None


CHANGES: dict[str, dict[str, Any]] = {
    "role": {"role": Role.LIAISON},
    "clearance": {"clearance": Tlp.GREEN},
    "password": {"password": "another four words"},
    "disabled": {"disabled": True},
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_of_the_account_ends_its_sessions(store: Store, what: str) -> None:
    """Nothing of before is good afterwards; the sessions of others stay."""
    ada, ben = store.account("ada"), store.account("ben")
    assert ada is not None and ben is not None
    ours, others = open_session(store, ben, at=AT), open_session(store, ada, at=AT)
    change_account(store, "ben", by="test", passwords=QUICK, **CHANGES[what])
    assert session_identity(store, ours, at=AT) is None
    assert session_identity(store, others, at=AT) is not None


# --- tokens


def test_of_a_token_only_its_beginning_and_a_digest_are_stored(store: Store, tmp_path: Path) -> None:
    """The secret is shown once; its first letters tell it apart from others."""
    token, secret = new_token(store, "ben", label=" nightly  export ", scopes=["export", "read"], by="test")
    assert (token.scopes, token.label) == (("read", "export"), "nightly export")
    assert secret.startswith(token.prefix) and len(token.prefix) == 10
    held = "".join(p.read_bytes().decode("latin-1") for p in tmp_path.iterdir())
    assert secret not in held


def test_a_token_has_no_more_than_its_account(store: Store) -> None:
    """An analyst's token can't decide; one of an admin who became a viewer can only read."""
    with pytest.raises(FieldError, match="'decide' is none of them"):
        new_token(store, "ben", label="x", scopes=["read", "decide"], by="test")
    with pytest.raises(FieldError, match="name at least one"):
        new_token(store, "ben", label="x", scopes=[], by="test")


def test_a_token_ends_and_can_be_revoked(store: Store) -> None:
    """By its day, by its account and by hand; another account's token is unknown."""
    token, secret = new_token(store, "ben", label="x", scopes=["read"], days=1, by="test")
    now = datetime.now(UTC)
    assert token_identity(store, secret, at=now) is not None
    assert token_identity(store, secret, at=now + timedelta(days=1, seconds=1)) is None
    change_account(store, "ben", disabled=True, by="test")
    assert token_identity(store, secret, at=now) is None
    change_account(store, "ben", disabled=False, by="test")
    with pytest.raises(UnknownIdError):
        revoke_token(store, token.id, by="ada", of="ada")
    revoke_token(store, token.id, by="ben", of="ben")
    assert token_identity(store, secret, at=now) is None


# --- the issuer


def test_an_account_is_matched_by_issuer_and_subject_only(store: Store) -> None:
    """The name that the issuer sends never leads to an account that is there already."""
    set_oidc(store, ISSUER, by="test")
    made = account_by_issuer(store, ISSUER.issuer, "s-9", "ada")
    assert made is not None and (made.name, made.role) == ("ada-2", Role.VIEWER)
    again = account_by_issuer(store, ISSUER.issuer, "s-9", "whoever")
    assert again == made
    assert account_by_issuer(store, "https://other.example", "s-9", "ada") is None
    change_account(store, "ada-2", disabled=True, by="test")
    assert account_by_issuer(store, ISSUER.issuer, "s-9", "ada") is None


def test_without_create_nobody_gets_an_account(store: Store) -> None:
    """Who has none stays outside."""
    set_oidc(store, OidcSettings(issuer=ISSUER.issuer, client_id="desk", name="Ours"), by="test")
    assert account_by_issuer(store, ISSUER.issuer, "s-9", "zoe") is None
    assert len(store.accounts()) == 2


# --- the audit log and the command line


def test_what_happens_to_accounts_is_in_the_audit_log(store: Store) -> None:
    """Who did what to which account; no password, no secret, no digest."""
    change_account(store, "ben", role=Role.REVIEWER, password="another four words", by="ada", passwords=QUICK)
    token, secret = new_token(store, "ben", label="x", scopes=["read"], by="ben")
    revoke_token(store, token.id, by="ada")
    remove_account(store, "ben", by="ada")
    rows = [(e.actor, e.kind, e.subject) for e in store.audit_entries()]
    assert rows[-4:] == [
        ("ada", "account.changed", "ben"),
        ("ben", "account.token", "ben"),
        ("ada", "account.token_revoked", "ben"),
        ("ada", "account.removed", "ben"),
    ]
    text = str([e.details for e in store.audit_entries()])
    assert not any(
        word in text for word in ("another four words", "argon2", secret, digest_of_secret(secret))
    )


def test_the_command_line_adds_lists_changes_and_removes(tmp_path: Path) -> None:
    """A password comes from standard input; the first account is told to be the beginning of signing in."""
    db = str(tmp_path / "desk.db")
    refused = run("account", "add", "ben", "--role", "viewer", "--db", db, stdin=PASSWORD)
    assert refused.returncode == 1 and "must be an admin" in refused.stderr
    first = run("account", "add", "ada", "--role", "admin", "--clearance", "red", "--db", db, stdin=PASSWORD)
    assert first.stdout.splitlines()[-1] == "the desk now asks everybody to sign in"
    assert run("account", "add", "ben", "--db", db, stdin=PASSWORD).returncode == 0
    changed = run("account", "set", "ben", "--role", "liaison", "--disable", "--db", db)
    assert "liaison" in changed.stdout and "disabled" in changed.stdout
    rows = [json.loads(one) for one in run("account", "list", "--json", "--db", db).stdout.splitlines()]
    assert [(r["name"], r["role"], r["disabled"]) for r in rows] == [
        ("ada", "admin", False),
        ("ben", "liaison", True),
    ]
    assert rows[0]["clearance"] == "TLP:RED"
    secret = run("account", "token", "new", "ada", "--scope", "audit", "--db", db).stdout.strip()
    listed = run("account", "token", "list", "--db", db).stdout
    assert secret[:10] in listed and secret not in listed
    token = listed.split()[0]
    assert run("account", "token", "revoke", token, "--db", db).returncode == 0
    assert run("account", "remove", "ada", "--db", db).returncode == 1
    assert run("account", "remove", "ben", "--db", db).returncode == 0
    assert "last account" in run("account", "remove", "ada", "--db", db).stdout
    assert sqlite3.connect(db).execute("SELECT count(*) FROM api_tokens").fetchone() == (0,)


def test_the_issuers_secret_lies_beside_the_database(tmp_path: Path) -> None:
    """In a file that only its owner can read; never in the database, never shown."""
    db = tmp_path / "desk.db"
    assert run("account", "add", "ada", "--role", "admin", "--db", str(db), stdin=PASSWORD).returncode == 0
    given = ("account", "oidc", "set", "https://id.example.org", "--client-id", "desk", "--db", str(db))
    assert run(*given, stdin="the-issuers-secret\n").returncode == 0
    file = tmp_path / "desk.db.oidc"
    assert (file.read_text().strip(), file.stat().st_mode & 0o777) == ("the-issuers-secret", 0o600)
    assert all(b"the-issuers-secret" not in p.read_bytes() for p in tmp_path.iterdir() if p != file)
    assert "the-issuers-secret" not in run("account", "oidc", "show", "--db", str(db)).stdout
    assert run("account", "oidc", "remove", "--db", str(db)).returncode == 0
    assert not file.exists()
    plain = run("account", "oidc", "set", "http://id.example.org", "--client-id", "x", "--db", str(db))
    assert plain.returncode == 1 and "https" in plain.stderr
