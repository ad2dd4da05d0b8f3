"""Signing in at an issuer (OpenID Connect, authorization code flow with PKCE)."""

from __future__ import annotations

import logging
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse

from seamwatch.errors import SeamwatchError
from seamwatch.serve.faults import RequestError
from seamwatch.serve.hosts import client_key
from seamwatch.serve.oidc_issuer import Issuer, IssuerError
from seamwatch.serve.oidc_journeys import SECONDS, own_path
from seamwatch.serve.people import People, ThePeople, WaitError

LOG = logging.getLogger("seamwatch.serve")
router = APIRouter(tags=["people"], include_in_schema=False)
CALLBACK = "/api/v1/session/oidc/callback"


@router.get("/session/oidc/start")
def start(request: Request, people: ThePeople, next: str | None = None) -> RedirectResponse:
    """Lead the browser to the issuer. Afterwards it comes back to the path `next` of this desk."""
    wait = people.strangers.take(client_key(request.scope))
    if wait:
        raise WaitError(wait)
    issuer = _issuer(people)
    redirect = f"{request.url.scheme}://{request.url.netloc}{CALLBACK}"
    state, journey = people.journeys.begin(redirect, own_path(next))
    try:
        address = issuer.address(
            redirect=redirect, state=state, nonce=journey.nonce, verifier=journey.verifier
        )
    except IssuerError as wrong:
        return _failed(wrong)
    answer = RedirectResponse(address, 303, headers={"cache-control": "no-store"})
    answer.set_cookie(
        _cookie(people, request),
        journey.browser,
        path="/",
        max_age=int(SECONDS),
        secure=request.url.scheme == "https",
        httponly=True,
        # The issuer leads the browser back here: a strict cookie would not come along.
        samesite="lax",
    )
    return answer


@router.get("/session/oidc/callback")
def callback(
    request: Request, people: ThePeople, state: str = "", code: str = "", error: str = ""
) -> RedirectResponse:
    """Open a session for whom the issuer vouches for, and lead the browser to where it wanted to go."""
    from seamwatch.pipeline.accounts import account_by_issuer

    wait = people.strangers.take(client_key(request.scope))
    if wait:
        raise WaitError(wait)
    cookie = _cookie(people, request)
    journey = people.journeys.end(state, request.cookies.get(cookie, ""))
    try:
        if journey is None:
            raise IssuerError("nobody here began this sign-in, or it took too long")
        if error or not code:
            # Of anybody's choice: as one line, whatever is in it.
            raise IssuerError(f"the issuer refused: {error[:100]!r}" if error else "the issuer sent no code")
        issuer = _issuer(people)
        person = issuer.person(
            code, redirect=journey.redirect, nonce=journey.nonce, verifier=journey.verifier
        )
        with people.desk.store() as store:
            account = account_by_issuer(store, issuer.settings.issuer, person.subject, person.wanted)
        if account is None:
            raise IssuerError("the person has no account here, or a disabled one", code="no_account")
    except SeamwatchError as wrong:
        return _failed(wrong)
    answer = RedirectResponse(journey.next, 303, headers={"cache-control": "no-store"})
    people.open(request, answer, account, "issuer")
    answer.delete_cookie(
        cookie, path="/", secure=request.url.scheme == "https", httponly=True, samesite="lax"
    )
    return answer


def _issuer(people: People) -> Issuer:
    from seamwatch.pipeline.issuer_secret import load_secret

    with people.desk.store() as store:
        settings = store.oidc() if store.has_accounts() else None
    if settings is None:
        raise RequestError(
            "no issuer is set: `seamwatch account oidc set` sets one", code="no_oidc", status=404
        )
    return people.journeys.issuer(settings, load_secret(people.desk.options.db))


def _cookie(people: People, request: Request) -> str:
    # With __Host- under TLS, as the session's: a neighbour's page can't plant the start of its own sign-in.
    return f"{people.cookie_name(request.scope)}-oidc"


def _failed(wrong: SeamwatchError) -> RedirectResponse:
    """Lead the browser to the sign-in page, which says that it failed; the log says why."""
    LOG.warning("sign-in at the issuer: %s", wrong)
    code = "no_account" if wrong.code == "no_account" else "issuer"
    return RedirectResponse(
        f"/signin?{urlencode({'failed': code})}", 303, headers={"cache-control": "no-store"}
    )
