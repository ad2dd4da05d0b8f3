"""The shapes of accounts, sessions and tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from seamwatch.model.account import Account, ApiToken
from seamwatch.vocabulary.coordination import Role, Tlp
from seamwatch.vocabulary.permissions import Permission

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Password = Annotated[str, StringConstraints(min_length=1, max_length=1024)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SignInForm(_Form):
    """A name and its password."""

    name: Text
    password: Password


class PasswordForm(_Form):
    """One's own password: the one of now, and the new one."""

    old: Password
    new: Password


class WhoValue(BaseModel):
    """Who is signed in, with the strictest label that the account may read."""

    name: str
    role: Role
    clearance: Tlp


class IssuerValue(BaseModel):
    """The issuer at which people sign in too: open /api/v1/session/oidc/start."""

    name: str


class SessionState(BaseModel):
    """Who uses the desk. `csrf` goes as X-CSRF-Token with every write; without `accounts` nobody signs in."""

    accounts: bool
    account: WhoValue | None
    csrf: str | None
    can: list[Permission]
    oidc: IssuerValue | None


class AccountValue(WhoValue):
    """An account. `signs_in` says how: with a password, at the issuer, or both."""

    disabled: bool
    signs_in: list[str]
    subject: str | None
    created: datetime | None

    @classmethod
    def of(cls, account: Account, *, password: bool) -> AccountValue:
        """Return the shape of an account."""
        ways = [*(["password"] if password else []), *(["issuer"] if account.subject else [])]
        return cls(
            name=account.name,
            role=account.role,
            clearance=account.clearance,
            disabled=account.disabled,
            signs_in=ways,
            subject=account.subject,
            created=account.created,
        )


class AccountList(BaseModel):
    """All accounts by name."""

    accounts: list[AccountValue]


class OneAccount(BaseModel):
    """One account."""

    account: AccountValue


class NewAccount(_Form):
    """A new account: with a password, or the subject by which the issuer knows the person."""

    name: Text
    role: Role
    clearance: Tlp = Tlp.AMBER_STRICT
    password: Password | None = None
    subject: Text | None = None


class AccountChange(_Form):
    """What to change of an account; what is not given stays."""

    role: Role | None = None
    clearance: Tlp | None = None
    disabled: bool | None = None
    password: Password | None = None
    subject: Text | None = None


class TokenValue(BaseModel):
    """A token. `prefix` is how its secret begins; the secret itself is shown once, when it is made."""

    id: str
    account: str
    label: str
    prefix: str
    scopes: list[Permission]
    created: datetime
    ends: datetime
    used: datetime | None

    @classmethod
    def of(cls, token: ApiToken) -> TokenValue:
        """Return the shape of a token."""
        return cls(
            id=token.id,
            account=token.account,
            label=token.label,
            prefix=token.prefix,
            scopes=[Permission(one) for one in token.scopes],
            created=token.created,
            ends=token.ends,
            used=token.used,
        )


class TokenList(BaseModel):
    """Tokens, the oldest first."""

    tokens: list[TokenValue]


class NewToken(_Form):
    """A token to make for oneself: what it may do at most, and for how many days."""

    label: Text
    scopes: list[Permission] = Field(min_length=1, max_length=20)
    days: int = Field(90, ge=1, le=366)


class MadeToken(BaseModel):
    """A new token with its secret, which goes as `Authorization: Bearer SECRET`. It is not shown again."""

    token: TokenValue
    secret: str
