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
