"""What coordination needs of a store: accounts, sessions, API tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from seamwatch.model.account import Account, ApiToken, OidcSettings, Session


class AccountStore(Protocol):
    """The part of the store's interface for accounts, sessions, API tokens.

    Names of accounts are found without regard to case.
    """

    def has_accounts(self) -> bool:
        """Return whether there is any account: then everybody must sign in."""
        ...

    def accounts(self) -> tuple[Account, ...]:
        """Return all accounts by name."""
        ...

    def account(self, name: str) -> Account | None:
        """Return the account of a name, or None."""
        ...

    def account_of_subject(self, issuer: str, subject: str) -> Account | None:
        """Return the account of a person whom an issuer calls `subject`, or None."""
        ...

    def add_account(self, account: Account, password: str | None) -> None:
        """Store a new account with the hash of its password; StoreError where the name is taken."""
        ...

    def set_account(self, account: Account) -> None:
        """Store an account in place of the one of its name; the password stays."""
        ...

    def remove_account(self, name: str) -> bool:
        """Remove an account with its sessions and tokens; return whether there was one."""
        ...

    def password_hash(self, name: str) -> str | None:
        """Return the hash of an account's password; None where there is no account, or no password."""
        ...

    def set_password_hash(self, name: str, password: str | None) -> None:
        """Store the hash of an account's password."""
        ...

    def add_session(self, session: Session) -> None:
        """Store a session."""
        ...

    def session(self, digest: str) -> Session | None:
        """Return the session of a digest, or None."""
        ...

    def session_seen(self, digest: str, at: datetime) -> None:
        """Store when a session was used last."""
        ...

    def end_session(self, digest: str) -> bool:
        """Remove a session; return whether there was one."""
        ...

    def end_sessions(self, account: str, *, until: datetime | None = None) -> int:
        """Remove an account's sessions, or those that ended before `until`; return how many."""
        ...

    def add_token(self, token: ApiToken, digest: str) -> None:
        """Store a token with the digest of its secret."""
        ...

    def token_of(self, digest: str) -> ApiToken | None:
        """Return the token whose secret has a digest, or None."""
        ...

    def tokens(self, account: str | None = None) -> tuple[ApiToken, ...]:
        """Return an account's tokens, or all, the oldest first."""
        ...

    def token_used(self, token_id: str, at: datetime) -> None:
        """Store when a token was used last."""
        ...

    def remove_token(self, token_id: str) -> bool:
        """Remove a token; return whether there was one."""
        ...

    def oidc(self) -> OidcSettings | None:
        """Return the issuer at which people sign in, or None."""
        ...

    def set_oidc(self, settings: OidcSettings | None) -> None:
        """Store the issuer at which people sign in, or that there is none."""
        ...
