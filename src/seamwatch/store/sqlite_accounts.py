"""In SQLite: accounts, sessions, API tokens."""

from __future__ import annotations

import json
import unicodedata
from datetime import datetime

from seamwatch.errors import StoreError
from seamwatch.model.account import Account, ApiToken, OidcSettings, Session
from seamwatch.store.sqlite_database import Row, SqliteDatabase, moment, now, to_json
from seamwatch.vocabulary.coordination import Role, Tlp

_ACCOUNT = "SELECT name, role, clearance, disabled, issuer, subject, created FROM accounts"
_TOKEN = "SELECT id, account, label, prefix, scopes, created, ends, used FROM api_tokens"


class AccountTables(SqliteDatabase):
    """The part of the store for accounts, sessions, API tokens."""

    def has_accounts(self) -> bool:
        """Return whether there is any account: then everybody must sign in."""
        return bool(self.read("SELECT EXISTS (SELECT 1 FROM accounts)")[0][0])

    def accounts(self) -> tuple[Account, ...]:
        """Return all accounts by name."""
        return tuple(map(_account, self.read(f"{_ACCOUNT} ORDER BY key")))

    def account(self, name: str) -> Account | None:
        """Return the account of a name, or None."""
        rows = self.read(f"{_ACCOUNT} WHERE key = ?", (_key(name),))
        return _account(rows[0]) if rows else None

    def account_of_subject(self, issuer: str, subject: str) -> Account | None:
        """Return the account of a person whom an issuer calls `subject`, or None."""
        rows = self.read(f"{_ACCOUNT} WHERE issuer = ? AND subject = ?", (issuer, subject))
        return _account(rows[0]) if rows else None

    def add_account(self, account: Account, password: str | None) -> None:
        """Store a new account with the hash of its password; StoreError where the name is taken."""
        with self.transaction():
            if self.account(account.name) is not None:
                raise StoreError(f"there is an account {account.name} already", code="account_exists")
            self._check_subject(account)
            self.write(
                "INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    account.name,
                    _key(account.name),
                    account.role.value,
                    account.clearance.value,
                    account.disabled,
                    password,
                    account.issuer,
                    account.subject,
                    moment(account.created) or now(),
                ),
            )

    def set_account(self, account: Account) -> None:
        """Store an account in place of the one of its name; the password stays."""
        with self.transaction():
            self._check_subject(account)
            self.write(
                "UPDATE accounts SET role = ?, clearance = ?, disabled = ?, issuer = ?, subject = ? "
                "WHERE key = ?",
                (
                    account.role.value,
                    account.clearance.value,
                    account.disabled,
                    account.issuer,
                    account.subject,
                    _key(account.name),
                ),
            )

    def _check_subject(self, account: Account) -> None:
        if account.issuer is None or account.subject is None:
            return
        other = self.account_of_subject(account.issuer, account.subject)
        if other is not None and other.name != account.name:
            raise StoreError(
                f"{account.issuer} knows the account {other.name} by {account.subject} already",
                code="account_exists",
            )

    def remove_account(self, name: str) -> bool:
        """Remove an account with its sessions and tokens; return whether there was one."""
        return self.write("DELETE FROM accounts WHERE key = ?", (_key(name),)) > 0

    def password_hash(self, name: str) -> str | None:
        """Return the hash of an account's password; None where there is no account, or no password."""
        rows = self.read("SELECT password FROM accounts WHERE key = ?", (_key(name),))
        return rows[0][0] if rows else None

    def set_password_hash(self, name: str, password: str | None) -> None:
        """Store the hash of an account's password."""
        self.write("UPDATE accounts SET password = ? WHERE key = ?", (password, _key(name)))

    # --- sessions

    def add_session(self, session: Session) -> None:
        """Store a session."""
        self.write(
            "INSERT INTO sessions VALUES (?, ?, ?, ?, ?)",
            (session.digest, session.account, *map(moment, (session.created, session.seen, session.ends))),
        )

    def session(self, digest: str) -> Session | None:
        """Return the session of a digest, or None."""
        rows = self.read(
            "SELECT digest, account, created, seen, ends FROM sessions WHERE digest = ?", (digest,)
        )
        if not rows:
            return None
        found, account, *moments = rows[0]
        created, seen, ends = map(datetime.fromisoformat, moments)
        return Session(digest=found, account=account, created=created, seen=seen, ends=ends)

    def session_seen(self, digest: str, at: datetime) -> None:
        """Store when a session was used last."""
        self.write("UPDATE sessions SET seen = ? WHERE digest = ?", (moment(at), digest))

    def end_session(self, digest: str) -> bool:
        """Remove a session; return whether there was one."""
        return self.write("DELETE FROM sessions WHERE digest = ?", (digest,)) > 0

    def end_sessions(self, account: str, *, until: datetime | None = None) -> int:
        """Remove an account's sessions, or those that ended before `until`; return how many."""
        return self.write(
            "DELETE FROM sessions WHERE account IN (SELECT name FROM accounts WHERE key = ?1) "
            "AND (?2 IS NULL OR ends < ?2)",
            (_key(account), moment(until)),
        )

    # --- tokens

    def add_token(self, token: ApiToken, digest: str) -> None:
        """Store a token with the digest of its secret."""
        self.write(
            "INSERT INTO api_tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                token.id,
                digest,
                token.account,
                token.label,
                token.prefix,
                to_json(list(token.scopes)),
                moment(token.created),
                moment(token.ends),
                moment(token.used),
            ),
        )

    def token_of(self, digest: str) -> ApiToken | None:
        """Return the token whose secret has a digest, or None."""
        rows = self.read(f"{_TOKEN} WHERE digest = ?", (digest,))
        return _token(rows[0]) if rows else None

    def tokens(self, account: str | None = None) -> tuple[ApiToken, ...]:
        """Return an account's tokens, or all, the oldest first."""
        rows = self.read(
            f"{_TOKEN} WHERE ?1 IS NULL OR account IN (SELECT name FROM accounts WHERE key = ?1) "
            "ORDER BY created, id",
            (None if account is None else _key(account),),
        )
        return tuple(map(_token, rows))

    def token_used(self, token_id: str, at: datetime) -> None:
        """Store when a token was used last."""
        self.write("UPDATE api_tokens SET used = ? WHERE id = ?", (moment(at), token_id))

    def remove_token(self, token_id: str) -> bool:
        """Remove a token; return whether there was one."""
        return self.write("DELETE FROM api_tokens WHERE id = ?", (token_id,)) > 0

    # --- the issuer

    def oidc(self) -> OidcSettings | None:
        """Return the issuer at which people sign in, or None."""
        rows = self.read("SELECT issuer, client_id, name, makes FROM oidc")
        if not rows:
            return None
        issuer, client, name, makes = rows[0]
        return OidcSettings(issuer=issuer, client_id=client, name=name, create=bool(makes))

    def set_oidc(self, settings: OidcSettings | None) -> None:
        """Store the issuer at which people sign in, or that there is none."""
        with self.transaction():
            self.write("DELETE FROM oidc")
            if settings is not None:
                self.write(
                    "INSERT INTO oidc VALUES (1, ?, ?, ?, ?)",
                    (settings.issuer, settings.client_id, settings.name, settings.create),
                )


def _key(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _account(row: Row) -> Account:
    name, role, clearance, disabled, issuer, subject, created = row
    return Account(
        name=name,
        role=Role(role),
        clearance=Tlp(clearance),
        disabled=bool(disabled),
        issuer=issuer,
        subject=subject,
        created=datetime.fromisoformat(created),
    )


def _token(row: Row) -> ApiToken:
    name, account, label, prefix, scopes, created, ends, used = row
    return ApiToken(
        id=name,
        account=account,
        label=label,
        prefix=prefix,
        scopes=tuple(json.loads(scopes)),
        created=datetime.fromisoformat(created),
        ends=datetime.fromisoformat(ends),
        used=None if used is None else datetime.fromisoformat(used),
    )
