"""Accounts, for admins; and everybody's own tokens."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from seamwatch.errors import FieldError, UnknownIdError
from seamwatch.model.account import LOCAL, Account, Identity
from seamwatch.serve.access import TheIdentity, allowed
from seamwatch.serve.context import TheDesk
from seamwatch.serve.faults import RequestError, unknown_id
from seamwatch.serve.people import ThePeople
from seamwatch.serve.schemas_people import (
    AccountChange,
    AccountList,
    AccountValue,
    MadeToken,
    NewAccount,
    NewToken,
    OneAccount,
    TokenList,
    TokenValue,
)
from seamwatch.store.base import Store
from seamwatch.vocabulary.permissions import Permission

router = APIRouter(tags=["people"])


@router.get("/accounts", summary="The accounts")
def list_accounts(desk: TheDesk) -> AccountList:
    """Return all accounts by name. No password is in it, nor a digest of one."""
    with desk.store() as store:
        return AccountList(accounts=[_shown(store, account) for account in store.accounts()])


@router.post("/accounts", summary="Add an account", status_code=201)
def add(desk: TheDesk, people: ThePeople, identity: TheIdentity, form: NewAccount) -> OneAccount:
    """Return a new account. The first one is made on the command line: from then on everybody signs in."""
    from seamwatch.pipeline.accounts import add_account

    _check_accounts(identity)
    try:
        with desk.store() as store:
            made = add_account(
                store,
                form.name,
                role=form.role,
                clearance=form.clearance,
                password=form.password,
                subject=form.subject,
                by=identity.name,
                passwords=people.passwords(),
            )
            return OneAccount(account=_shown(store, made))
    except FieldError as wrong:
        raise _refused(wrong) from wrong


@router.patch("/accounts/{name}", summary="Change an account")
def change(
    desk: TheDesk, people: ThePeople, identity: TheIdentity, name: str, form: AccountChange
) -> OneAccount:
    """Return an account with what was given changed. Its sessions end: who is signed in signs in again."""
    from seamwatch.pipeline.accounts import change_account

    _check_accounts(identity)
    try:
        with desk.store() as store:
            changed = change_account(
                store,
                name,
                role=form.role,
                clearance=form.clearance,
                disabled=form.disabled,
                password=form.password,
                subject=form.subject,
                by=identity.name,
                passwords=people.passwords(),
            )
            return OneAccount(account=_shown(store, changed))
    except UnknownIdError:
        raise unknown_id("account", name[:60], "GET /api/v1/accounts") from None
    except FieldError as wrong:
        raise _refused(wrong) from wrong


@router.get("/tokens", summary="One's own tokens")
def list_tokens(
    desk: TheDesk,
    identity: TheIdentity,
    account: Annotated[
        str | None, Query(max_length=200, description="Those of another account, for an admin.")
    ] = None,
) -> TokenList:
    """Return the tokens of who asks; an admin may ask for those of another account."""
    name = identity.name
    if account is not None and account != name:
        if Permission.ACCOUNTS not in allowed(identity):
            raise unknown_id("account", account[:60], "an admin's list")
        name = account
    with desk.store() as store:
        return TokenList(tokens=[TokenValue.of(token) for token in store.tokens(name)])


@router.post("/tokens", summary="Make a token", status_code=201)
def make_token(desk: TheDesk, identity: TheIdentity, form: NewToken) -> MadeToken:
    """Return a new token of who asks, with its secret. It may do no more than the account itself."""
    from seamwatch.pipeline.sessions import new_token

    _check_accounts(identity)
    try:
        with desk.store() as store:
            token, secret = new_token(
                store, identity.name, label=form.label, scopes=form.scopes, days=form.days, by=identity.name
            )
    except FieldError as wrong:
        raise _refused(wrong) from wrong
    return MadeToken(token=TokenValue.of(token), secret=secret)


@router.delete("/tokens/{token_id}", summary="Revoke a token", status_code=204, response_class=Response)
def revoke(desk: TheDesk, identity: TheIdentity, token_id: str) -> Response:
    """Revoke a token of one's own, an admin any. Another's answers as one that is not there."""
    from seamwatch.pipeline.sessions import revoke_token

    _check_accounts(identity)
    of = None if Permission.ACCOUNTS in allowed(identity) else identity.name
    try:
        with desk.store() as store:
            revoke_token(store, token_id, by=identity.name, of=of)
    except UnknownIdError:
        raise unknown_id("token", token_id[:60], "GET /api/v1/tokens") from None
    return Response(status_code=204)


def _shown(store: Store, account: Account) -> AccountValue:
    return AccountValue.of(account, password=store.password_hash(account.name) is not None)


def _check_accounts(identity: Identity) -> None:
    """Raise RequestError where there are no accounts yet."""
    if identity is LOCAL:
        raise RequestError(
            "this desk has no accounts: add the first with `seamwatch account add`",
            code="no_accounts",
            status=409,
        )


def _refused(wrong: FieldError) -> RequestError:
    status = 409 if wrong.code == "last_admin" else 400
    return RequestError(str(wrong), code=wrong.code, status=status, field=wrong.field)
