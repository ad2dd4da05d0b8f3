"""What an account may do, by one word each, and which words each role has."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from seamwatch.vocabulary.coordination import Role


class Permission(StrEnum):
    """One thing that a person or a program may do here."""

    READ = "read"
    DECIDE = "decide"
    ADD = "add"
    EXPORT = "export"
    RELEASE = "release"
    APPROVE = "approve"
    EXCHANGE = "exchange"
    REQUEST = "request"
    AUDIT = "audit"
    ACCOUNTS = "accounts"
    ADMIN = "admin"


# What each role has beside what the role before it has.
_ADDED: dict[Role, tuple[Permission, ...]] = {
    Role.VIEWER: (Permission.READ,),
    Role.ANALYST: (Permission.ADD, Permission.EXPORT),
    Role.REVIEWER: (Permission.DECIDE, Permission.APPROVE),
    Role.LIAISON: (Permission.RELEASE, Permission.REQUEST, Permission.EXCHANGE, Permission.AUDIT),
    Role.ADMIN: (Permission.ACCOUNTS, Permission.ADMIN),
}


def permissions_of(role: Role, scopes: Iterable[str] | None = None) -> tuple[Permission, ...]:
    """Return what a role may do, in the order of `Permission`; with a token's scopes only what both allow.

    >>> [one.value for one in permissions_of(Role.ANALYST)]
    ['read', 'add', 'export']
    >>> permissions_of(Role.VIEWER, ["admin"])
    ()
    """
    until = list(Role).index(role) + 1
    of_role = {one for step in list(Role)[:until] for one in _ADDED[step]}
    allowed = of_role if scopes is None else of_role & set(scopes)
    return tuple(one for one in Permission if one in allowed)
