"""Signing in and out, and who is signed in."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from seamwatch.errors import FieldError
from seamwatch.model.account import LOCAL, Account, Identity
from seamwatch.serve.access import TheIdentity, allowed
from seamwatch.serve.faults import RequestError
from seamwatch.serve.people import People, ThePeople
from seamwatch.serve.schemas_people import IssuerValue, PasswordForm, SessionState, SignInForm, WhoValue

router = APIRouter(tags=["people"])


@router.get("/session", summary="Who is signed in, and what they may do")
def session(request: Request, people: ThePeople) -> SessionState:
    """Return who uses the desk: nobody, a person, a program, or, without accounts, whoever sits here."""
    from seamwatch.pipeline.sessions import csrf_of

    identity: Identity | None = request.state.identity
    session_id = people.session_id(request.scope)
    csrf = csrf_of(session_id) if identity and identity.session and session_id else None
    return _state(people, identity, csrf)


@router.post(
    "/session",
    summary="Sign in",
    responses={429: {"description": "too many wrong attempts: Retry-After says how long to wait"}},
)
def sign_in(request: Request, response: Response, people: ThePeople, form: SignInForm) -> SessionState:
    """Open a session, whose id goes into a cookie; what is wrong with a name or password is not told.

    The id is new at every sign-in. It ends after 2 hours without a request, and in any case after 12.
    """
    if not people.needed():
        raise RequestError(
            "this desk has no accounts: add the first with `seamwatch account add`",
            code="no_accounts",
            status=409,
        )
    account = people.sign_in(request, form.name, form.password)
    return _opened(people, request, response, account)


@router.delete("/session", summary="Sign out", status_code=204, response_class=Response)
def sign_out(request: Request, people: ThePeople) -> Response:
    """End the session, if there is one. Its id is worth nothing from now on."""
    response = Response(status_code=204)
    identity: Identity | None = request.state.identity
    if identity is not None and identity is not LOCAL:
        people.close(request, response, identity)
    return response


@router.patch(
    "/session/password",
    summary="Change one's own password",
    responses={429: {"description": "too many wrong attempts: Retry-After says how long to wait"}},
)
def change_password(
    request: Request, response: Response, people: ThePeople, identity: TheIdentity, form: PasswordForm
) -> SessionState:
    """Change the password of who is signed in, and open a new session in place of this one.

    All other sessions of the account end, and a copy of this one's id is worth nothing. Its tokens stay.
    """
    if identity is LOCAL:
        raise RequestError(
            "this desk has no accounts: add the first with `seamwatch account add`",
            code="no_accounts",
            status=409,
        )
    try:
        account = people.change_password(request, identity, form.old, form.new)
    except FieldError as wrong:
        raise RequestError(str(wrong), code=wrong.code, status=400, field=wrong.field) from wrong
    return _opened(people, request, response, account)


def _opened(people: People, request: Request, response: Response, account: Account) -> SessionState:
    """Return the state of a session that is opened now for who gave a password."""
    from seamwatch.pipeline.sessions import csrf_of

    session_id = people.open(request, response, account, "password")
    identity = Identity(name=account.name, role=account.role, clearance=account.clearance)
    return _state(people, identity, csrf_of(session_id))


def _state(people: People, identity: Identity | None, csrf: str | None) -> SessionState:
    needed = people.needed()
    with people.desk.store() as store:
        issuer = store.oidc() if needed else None
    shown = None if identity is None or identity is LOCAL else identity
    return SessionState(
        accounts=needed,
        account=WhoValue(name=shown.name, role=shown.role, clearance=shown.clearance) if shown else None,
        csrf=csrf,
        can=list(allowed(identity)) if identity else [],
        oidc=IssuerValue(name=issuer.name) if issuer else None,
    )
