"""Sessions of people who signed in, and tokens of programs. Of both only a digest of the secret is stored."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from seamwatch.errors import FieldError, UnknownIdError
from seamwatch.model.account import Account, ApiToken, Identity, Session
from seamwatch.pipeline.accounts import audit
from seamwatch.vocabulary.permissions import Permission, permissions_of

if TYPE_CHECKING:
    from seamwatch.store.base import Store

IDLE, ABSOLUTE = timedelta(hours=2), timedelta(hours=12)
"""A session ends when it was not used for so long, and in any case after so long."""
# Written so seldom: every write makes all that the desk remembers stale.
SEEN_EVERY, USED_EVERY = IDLE / 2, timedelta(days=1)
TOKEN_DAYS, MOST_TOKEN_DAYS = 90, 366
MOST_TOKENS = 50
_TOKEN_START = "swt_"


def digest_of_secret(secret: str) -> str:
    """Return the digest under which a secret is stored. It is random: no salt and no slow hash is needed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def csrf_of(session_id: str) -> str:
    """Return the word that a page must send with every write of a session; it follows from the id."""
    return hmac.new(session_id.encode("utf-8", "surrogatepass"), b"csrf", hashlib.sha256).hexdigest()


def open_session(store: Store, account: Account, *, at: datetime, old: str | None = None) -> str:
    """Return the id of a new session. The id that the browser had before is worth nothing from now on."""
    session_id = secrets.token_urlsafe(32)
    with store.transaction():
        if old is not None:
            store.end_session(digest_of_secret(old))
        store.end_sessions(account.name, until=at)
        store.add_session(
            Session(
                digest=digest_of_secret(session_id),
                account=account.name,
                created=at,
                seen=at,
                ends=at + ABSOLUTE,
            )
        )
    return session_id


def session_identity(
    store: Store, session_id: str, *, at: datetime, seen: datetime | None = None
) -> Identity | None:
    """Return who is signed in by a session's id, or None where it has ended or the account is disabled.

    `seen` is when it was used last, where the caller knows it better than the store.
    """
    session = store.session(digest_of_secret(session_id))
    if session is None:
        return None
    account = store.account(session.account)
    last = max(session.seen, seen or session.seen)
    if account is None or account.disabled or at >= session.ends or at - last >= IDLE:
        return None
    if at - session.seen >= SEEN_EVERY:
        store.session_seen(session.digest, at)
    return Identity(name=account.name, role=account.role, clearance=account.clearance, session=session.digest)


def token_identity(store: Store, secret: str, *, at: datetime) -> Identity | None:
    """Return whose program has a token's secret, or None where the token is unknown or has ended."""
    token = store.token_of(digest_of_secret(secret))
    account = None if token is None else store.account(token.account)
    if token is None or account is None or account.disabled or at >= token.ends:
        return None
    if token.used is None or at - token.used >= USED_EVERY:
        store.token_used(token.id, at)
    return Identity(name=account.name, role=account.role, clearance=account.clearance, scopes=token.scopes)


def new_token(
    store: Store, account: str, *, label: str, scopes: Iterable[str], by: str, days: int = TOKEN_DAYS
) -> tuple[ApiToken, str]:
    """Return a new token and its secret, which is shown this once.

    UnknownIdError where there is no such account; FieldError where a scope is none, or more than the
    account's role has.
    """
    known = store.account(account)
    if known is None:
        raise UnknownIdError(f"there is no account {account}: `seamwatch account list` lists them")
    allowed = {one.value for one in permissions_of(known.role)}
    wanted = tuple(one.value for one in Permission if one.value in set(scopes))
    wrong = sorted(set(scopes) - allowed)
    if wrong or not wanted:
        said = f"{wrong[0][:40]!r} is none of them" if wrong else "name at least one"
        raise FieldError(
            f"a token of {known.name} ({known.role.value}) can have: {', '.join(sorted(allowed))}; {said}",
            field="scopes",
        )
    if not 1 <= days <= MOST_TOKEN_DAYS:
        raise FieldError(f"a token is good for 1 to {MOST_TOKEN_DAYS} days, not {days}", field="days")
    if len(store.tokens(known.name)) >= MOST_TOKENS:
        raise FieldError(f"{known.name} has {MOST_TOKENS} tokens: revoke those not in use", field="account")
    secret = _TOKEN_START + secrets.token_urlsafe(32)
    at = datetime.now(UTC)
    token = ApiToken(
        id=f"t-{secrets.token_hex(6)}",
        account=known.name,
        label=" ".join(label.split())[:100],
        prefix=secret[: len(_TOKEN_START) + 6],
        scopes=wanted,
        created=at,
        ends=at + timedelta(days=days),
    )
    with store.transaction():
        store.add_token(token, digest_of_secret(secret))
        audit(store, by, "account.token", known.name, token=token.id, scopes=" ".join(wanted))
    return token, secret


def revoke_token(store: Store, token_id: str, *, by: str, of: str | None = None) -> None:
    """Remove a token, or only one of the account `of`; UnknownIdError where there is none such."""
    with store.transaction():
        found = next((t for t in store.tokens(of) if t.id == token_id), None)
        if found is None:
            raise UnknownIdError(f"no token {token_id[:40]}: `seamwatch account token list` lists them")
        store.remove_token(token_id)
        audit(store, by, "account.token_revoked", found.account, token=token_id)
