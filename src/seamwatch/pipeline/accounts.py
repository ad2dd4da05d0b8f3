"""Accounts: made, changed, removed, and signed in. The last admin is never lost."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from seamwatch.errors import FieldError, UnknownIdError
from seamwatch.model.account import LOCAL, Account, Identity, OidcSettings
from seamwatch.pipeline.passwords import Passwords, check_new_password, check_password
from seamwatch.vocabulary.coordination import Role, Tlp

if TYPE_CHECKING:
    from seamwatch.store.base import Store

MOST_NAME = 64
RESERVED = frozenset({LOCAL.name, "nobody", "node", "cli", "exchange"})
"""Names that the audit log has for what no account did: a person of such a name would hide behind it."""
_NAME = re.compile(r"[^\W_][\w.@-]*")


def checked_name(name: str) -> str:
    """Return a name as it is stored; FieldError where it can't be one.

    >>> checked_name(" azad.karim ")
    'azad.karim'
    """
    plain = unicodedata.normalize("NFKC", name).strip()
    if len(plain) > MOST_NAME or not _NAME.fullmatch(plain) or plain.casefold() in RESERVED:
        raise FieldError(
            f"{plain[:MOST_NAME]!r} is no name for an account: take letters, digits, . _ @ and -, "
            f"at most {MOST_NAME}, and none of {', '.join(sorted(RESERVED))}",
            field="name",
        )
    return plain


def add_account(
    store: Store,
    name: str,
    *,
    role: Role,
    by: str,
    clearance: Tlp = Tlp.AMBER_STRICT,
    password: str | None = None,
    subject: str | None = None,
    passwords: Passwords | None = None,
) -> Account:
    """Return a new account. It needs a password, or the subject by which the issuer knows the person.

    FieldError where the name, the password or the subject can't be, or where the first is no admin;
    StoreError where the name is taken.
    """
    plain = checked_name(name)
    if password is None and subject is None:
        raise FieldError("give a password, or the issuer's subject", field="password")
    if password is not None:
        check_password(password, plain)
    issuer = _issuer(store, subject)
    hashed = None if password is None else (passwords or Passwords()).hash(password)
    account = Account(
        name=plain, role=role, clearance=clearance, issuer=issuer, subject=subject, created=datetime.now(UTC)
    )
    with store.transaction():
        if role is not Role.ADMIN and not store.has_accounts():
            raise FieldError(
                "the first account must be an admin: nobody else could add another", field="role"
            )
        store.add_account(account, hashed)
        audit(store, by, "account.added", plain, role=role.value, clearance=clearance.value)
    return account


def change_account(
    store: Store,
    name: str,
    *,
    by: str,
    role: Role | None = None,
    clearance: Tlp | None = None,
    disabled: bool | None = None,
    password: str | None = None,
    subject: str | None = None,
    passwords: Passwords | None = None,
) -> Account:
    """Return an account with what was given changed; what is None stays.

    Its sessions end where the role, the clearance or the password changes, and where it is disabled: who is
    signed in signs in again, with a new id. UnknownIdError where there is no such account; FieldError where
    a value can't be, or no admin would be left.
    """
    hashed = None
    known = _known(store, name)
    if password is not None:
        check_password(password, known.name)
        hashed = (passwords or Passwords()).hash(password)
    with store.transaction():
        before = _known(store, name)
        after = replace(
            before,
            role=role or before.role,
            clearance=clearance or before.clearance,
            disabled=before.disabled if disabled is None else disabled,
            issuer=_issuer(store, subject) or before.issuer,
            subject=subject or before.subject,
        )
        if before.role is Role.ADMIN and (after.role is not Role.ADMIN or after.disabled):
            _check_admin_left(store, before)
        store.set_account(after)
        if hashed is not None:
            store.set_password_hash(after.name, hashed)
        if hashed is not None or after != before:
            store.end_sessions(after.name)
            told = _told(before, after)
            if hashed is not None:
                told["password"] = "changed"
            audit(store, by, "account.changed", after.name, **told)
    return after


def change_own_password(
    store: Store, identity: Identity, old: str, new: str, passwords: Passwords
) -> Account | None:
    """Return the account of who is signed in, with a new password; None where the old one is wrong.

    A wrong old password, and an account that signs in at the issuer alone, cost one full verification. All
    sessions of the account end, also the one in which it is changed: somebody may hold a copy of its id.
    FieldError where the new password can't be.
    """
    check_new_password(old, new, identity.name)
    account = store.account(identity.name)
    kept = None if account is None else store.password_hash(account.name)
    if not passwords.matches(kept, old) or account is None or account.disabled or kept is None:
        return None
    hashed = passwords.hash(new)
    with store.transaction():
        # What an admin has set meanwhile holds.
        if store.password_hash(account.name) != kept:
            return None
        store.set_password_hash(account.name, hashed)
        store.end_sessions(account.name)
        audit(store, identity.name, "account.changed", account.name, password="changed")
    return account


def remove_account(store: Store, name: str, *, by: str) -> bool:
    """Remove an account with its sessions and tokens; return whether none is left: nobody signs in then.

    UnknownIdError where there is none; FieldError where others are left without an admin.
    """
    with store.transaction():
        account = _known(store, name)
        if len(store.accounts()) > 1 and account.role is Role.ADMIN:
            _check_admin_left(store, account)
        store.remove_account(account.name)
        audit(store, by, "account.removed", account.name)
        return not store.has_accounts()


def sign_in(store: Store, name: str, password: str, passwords: Passwords) -> Account | None:
    """Return the account whose name and password these are, or None, without telling what was wrong.

    An unknown name, a wrong password, a disabled account and one without a password cost the same: one full
    verification. A hash of other parameters than those of now is made anew.
    """
    account = store.account(name)
    kept = None if account is None else store.password_hash(name)
    right = passwords.matches(kept, password)
    if account is None or account.disabled or not right or kept is None:
        return None
    if passwords.is_outdated(kept):
        store.set_password_hash(account.name, passwords.hash(password))
    return account


def account_by_issuer(store: Store, issuer: str, subject: str, wanted: str | None) -> Account | None:
    """Return the account of a person whom the issuer named, or None where there is none, or a disabled one.

    Only issuer and subject count: an e-mail address may be another person's tomorrow. Where the settings say
    so, a person without an account gets one as viewer, named `wanted` where that is free.
    """
    with store.transaction():
        account = store.account_of_subject(issuer, subject)
        settings = store.oidc()
        if account is not None:
            return None if account.disabled else account
        if settings is None or not settings.create or settings.issuer != issuer:
            return None
        made = Account(
            name=_free_name(store, wanted or subject),
            role=Role.VIEWER,
            clearance=Tlp.GREEN,
            issuer=issuer,
            subject=subject,
            created=datetime.now(UTC),
        )
        store.add_account(made, None)
        audit(store, made.name, "account.added", made.name, role=made.role.value, issuer=issuer)
        return made


def set_oidc(store: Store, settings: OidcSettings | None, *, by: str) -> None:
    """Store at which issuer people sign in, or that there is none.

    Where it is another issuer than before, the sessions end of all whom the one before vouched for.
    """
    with store.transaction():
        before = store.oidc()
        if before is not None and (settings is None or settings.issuer != before.issuer):
            for account in store.accounts():
                if account.issuer == before.issuer:
                    store.end_sessions(account.name)
        store.set_oidc(settings)
        audit(store, by, "account.issuer", settings.issuer if settings else "")


def audit(store: Store, actor: str, kind: str, subject: str, **details: Any) -> None:
    """Write what happened to an account into the audit log. Names only: no password, no id of a session."""
    from seamwatch.pipeline.centre.auditing import record

    record(store, None, actor, kind, subject, **details)


def _known(store: Store, name: str) -> Account:
    account = store.account(name)
    if account is None:
        raise UnknownIdError(f"there is no account {name[:MOST_NAME]}: `seamwatch account list` lists them")
    return account


def _issuer(store: Store, subject: str | None) -> str | None:
    if subject is None:
        return None
    settings = store.oidc()
    if settings is None:
        raise FieldError(
            "a subject needs an issuer: set it first with `seamwatch account oidc set`", field="subject"
        )
    return settings.issuer


def _check_admin_left(store: Store, leaving: Account) -> None:
    others = (a for a in store.accounts() if a.name != leaving.name and a.role is Role.ADMIN)
    if all(other.disabled for other in others):
        raise FieldError(
            f"{leaving.name} is the only admin: make another account an admin first",
            field="name",
            code="last_admin",
        )


def _told(before: Account, after: Account) -> dict[str, str | int | bool | None]:
    told: dict[str, str | int | bool | None] = {}
    for field in ("role", "clearance", "disabled", "subject"):
        old, new = getattr(before, field), getattr(after, field)
        if old != new:
            told[field] = new if isinstance(new, bool) or new is None else str(new)
    return told


def _free_name(store: Store, wanted: str) -> str:
    plain = re.sub(r"[^\w.@-]+", "-", unicodedata.normalize("NFKC", wanted)).strip("-._@")[: MOST_NAME - 4]
    base = plain if _NAME.fullmatch(plain) and plain.casefold() not in RESERVED else "person"
    for number in range(1, 1000):
        name = base if number == 1 else f"{base}-{number}"
        if store.account(name) is None:
            return name
    raise FieldError(f"too many accounts are called {base}", field="name")
