"""Accounts of the people who use one node."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from seamwatch.vocabulary.coordination import Role, Tlp


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who may do what here. `clearance` is the strictest label that the account may read."""

    name: str
    role: Role
    clearance: Tlp = Tlp.AMBER_STRICT
    disabled: bool = False
    issuer: str | None = None
    subject: str | None = None
    created: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who makes a request. Without accounts set up, the one local user may do everything.

    `scopes` are None for a person, and the only permissions of an API token.
    """

    name: str
    role: Role
    clearance: Tlp
    scopes: tuple[str, ...] | None = None
    session: str | None = None


LOCAL = Identity(name="local", role=Role.ADMIN, clearance=Tlp.RED)
"""Who uses a desk that has no accounts: whoever sits at the machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A person who is signed in. `digest` is the SHA-256 of the id that only the browser holds.

    It ends at `ends`, or earlier when it was not used for a while since `seen`.
    """

    digest: str
    account: str
    created: datetime
    seen: datetime
    ends: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """A program's key to an account. `prefix` is how its secret begins; the rest is stored nowhere.

    `scopes` are the permissions that it has at most: what the account's role lacks, the token lacks too.
    """

    id: str
    account: str
    label: str
    prefix: str
    scopes: tuple[str, ...]
    created: datetime
    ends: datetime
    used: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcSettings:
    """The issuer at which people sign in. With `create`, whom it knows first gets an account as viewer."""

    issuer: str
    client_id: str
    name: str
    create: bool = False
