"""A desk with accounts, for tests: real requests of people and programs to a real server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from seamwatch.model.account import Identity
from seamwatch.pipeline.accounts import add_account
from seamwatch.pipeline.passwords import Passwords
from seamwatch.pipeline.sessions import new_token
from seamwatch.store import open_store
from seamwatch.vocabulary.coordination import Role, Tlp
from serving import serving

PASSWORD = "four quiet words here"
SESSION = "/api/v1/session"


def quick_passwords() -> Passwords:
    """Return what makes hashes with small parameters: for tests in which the cost is not what counts."""
    from argon2 import PasswordHasher

    return Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


def with_accounts(db: Path, **roles: Role) -> Path:
    """Return a database with an account for each name; `ada`, an admin, is the first."""
    passwords = quick_passwords()
    with open_store(str(db)) as store:
        for name, role in {"ada": Role.ADMIN, **roles}.items():
            add_account(
                store, name, role=role, clearance=Tlp.RED, password=PASSWORD, by="test", passwords=passwords
            )
    return db


def token_for(db: Path, name: str, *scopes: str) -> str:
    """Return the secret of a new token of an account."""
    with open_store(str(db)) as store:
        return new_token(store, name, label="test", scopes=scopes, by="test")[1]


@contextmanager
def desk_with(samples: Path, folder: Path, **roles: Role) -> Iterator[tuple[httpx.Client, Path]]:
    """Yield a client, not signed in, of a desk with accounts on a copy of the samples; and the database."""
    db = folder / "desk.db"
    shutil.copyfile(samples, db)
    with_accounts(db, **roles)
    with serving(db) as client:
        yield client, db


def another(client: httpx.Client) -> httpx.Client:
    """Return a client of the same desk, as of another browser."""
    return httpx.Client(base_url=client.base_url, timeout=120)


def sign_in(client: httpx.Client, name: str, password: str = PASSWORD) -> httpx.Response:
    """Sign a client in; it sends the CSRF word from then on."""
    answer = client.post(SESSION, json={"name": name, "password": password})
    if answer.status_code == 200:
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return answer


def error_code(answer: httpx.Response) -> tuple[int, str]:
    """Return the status and the code of an error."""
    return answer.status_code, answer.json()["error"]["code"]


def cookie_of(client: httpx.Client) -> tuple[str, str]:
    """Return name and value of the session's cookie that a client holds."""
    [(name, value)] = [(c.name, c.value or "") for c in client.cookies.jar if c.name.startswith("seamwatch-")]
    return name, value


def someone(role: Role, **more: Any) -> Identity:
    """Return an identity of a role."""
    return Identity(name="x", role=role, clearance=Tlp.RED, **more)
