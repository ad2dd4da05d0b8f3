"""Who uses one server: found out from a request's cookie or token, and signed in."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, cast

from fastapi import Depends, Request, Response
from starlette.datastructures import Headers
from starlette.types import Scope

from seamwatch.errors import SeamwatchError
from seamwatch.model.account import LOCAL, Account, Identity
from seamwatch.serve.context import Desk
from seamwatch.serve.faults import RequestError
from seamwatch.serve.hosts import client_key, is_forwarded
from seamwatch.serve.limits import Pace, SignInLimits
from seamwatch.serve.oidc_journeys import Journeys

if TYPE_CHECKING:
    from seamwatch.pipeline.passwords import Passwords
    from seamwatch.store.base import Store

# Passwords that are verified at once (each takes 64 MB and a core), and those that may wait for it; some of
# these places are for who has signed in from there before, so that a crowd of strangers can't fill them all.
_AT_ONCE, _WAITING, _KEPT_FREE = 2, 6, 3
MOST_COOKIE = 200


class WaitError(RequestError):
    """A request that came too soon."""

    def __init__(self, seconds: int) -> None:
        said = f"too many attempts: wait {seconds} second{'' if seconds == 1 else 's'}, then try again"
        super().__init__(said, code="too_many", status=429)
        self.headers = {"retry-after": str(seconds)}


class People:
    """Tells who makes a request, opens and ends sessions. One for each server."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.sign_ins = SignInLimits()
        self.costly = Pace(60, 0.5)
        self.strangers = Pace(100, 1.0)
        self.failures = Pace(60, 0.2)
        self._untold: Counter[str] = Counter()
        self.journeys = Journeys()
        self._lock = threading.Lock()
        self._passwords: Passwords | None = None
        self._verifying = threading.BoundedSemaphore(_AT_ONCE)
        self._queue = threading.BoundedSemaphore(_AT_ONCE + _WAITING)
        self._strange = threading.BoundedSemaphore(_AT_ONCE + _WAITING - _KEPT_FREE)
        # When each session was used last: the store is told so seldom only.
        self._seen: dict[str, datetime] = {}

    def needed(self) -> bool:
        """Return whether there are accounts, so that everybody must sign in."""

        def any_account() -> bool:
            with self.desk.store() as store:
                return store.has_accounts()

        return self.desk.remembered("accounts", any_account, shelf="people")

    def cookie_name(self, scope: Scope) -> str:
        """Return the name of the session's cookie: with the port, as browsers share cookies among ports."""
        port = self.desk.options.port or (scope.get("server") or (None, None))[1]
        return f"{'__Host-' if scope['scheme'] == 'https' else ''}seamwatch-{port}"

    def session_id(self, scope: Scope) -> str | None:
        """Return the session's id that a request's cookie has, or None."""
        found = Request(scope).cookies.get(self.cookie_name(scope), "")
        return found if 0 < len(found) <= MOST_COOKIE else None

    def identify(self, scope: Scope) -> Identity | None:
        """Return who makes a request: by token, else by cookie; None for nobody.

        RequestError for a token that is unknown or has ended, and where others reach a server that has no
        accounts. Without accounts it is whoever sits at the machine.
        """
        from seamwatch.pipeline.sessions import digest_of_secret, session_identity, token_identity

        if not self.needed():
            if is_forwarded(scope):
                raise RequestError(
                    "a proxy passed this on, so others may reach this desk, and it has no accounts: add one "
                    "with `seamwatch account add`, and start the desk with --behind-proxy",
                    code="no_accounts",
                    status=403,
                )
            if self.desk.options.shared:
                raise RequestError(
                    "this desk has no accounts and is open to others: add one with `seamwatch account add`",
                    code="no_accounts",
                    status=503,
                )
            return LOCAL
        at = datetime.now(UTC)
        kind, _, secret = Headers(scope=scope).get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            with self.desk.store() as store:
                found = token_identity(store, secret.strip()[:MOST_COOKIE], at=at)
            if found is None:
                raise RequestError(
                    "the token is unknown, revoked or has ended: make another one",
                    code="bad_token",
                    status=401,
                )
            return found
        session_id = self.session_id(scope)
        if session_id is None:
            return None
        digest = digest_of_secret(session_id)
        with self.desk.store() as store:
            found = session_identity(store, session_id, at=at, seen=self._seen.get(digest))
        with self._lock:
            if found is None:
                self._seen.pop(digest, None)
            else:
                self._seen[digest] = at
        return found

    def still(self, scope: Scope, identity: Identity | None) -> bool:
        """Return whether a request would still be one of the same person, with the same rights."""
        try:
            return self.identify(scope) == identity
        except SeamwatchError:
            return False

    def sign_in(self, request: Request, name: str, password: str) -> Account:
        """Return the account of a name and password; RequestError where they are wrong, or it is too soon.

        Nothing in the answer tells whether there is an account of the name.
        """
        from seamwatch.pipeline.accounts import sign_in

        with self._attempt(request, name) as store:
            account = sign_in(store, name, password, self.passwords())
            if account is None:
                # A name that is none may be a password typed in the wrong field: it is not written down.
                known = store.account(name)
                self.tell_failure(store, "nobody", known.name if known else "")
        if account is None:
            raise RequestError("the name or the password is wrong", code="sign_in_failed", status=401)
        self.sign_ins.succeeded(client_key(request.scope), name)
        return account

    def change_password(self, request: Request, identity: Identity, old: str, new: str) -> Account:
        """Return the account of who is signed in, with a new password; all its sessions have ended.

        RequestError where the old one is wrong or it is too soon.

        Wrong ones are counted as wrong sign-ins are: who finds a desk left open can't guess it there.
        """
        from seamwatch.pipeline.accounts import change_own_password
        from seamwatch.pipeline.passwords import check_new_password

        check_new_password(old, new, identity.name)
        with self._attempt(request, identity.name) as store:
            changed = change_own_password(store, identity, old, new, self.passwords())
            if changed is None:
                self.tell_failure(store, identity.name, identity.name)
        if changed is None:
            # Not 401: the session itself is good.
            raise RequestError(
                "the current password is wrong",
                code="wrong_password",
                status=403,
                field="old",
            )
        self.sign_ins.succeeded(client_key(request.scope), identity.name)
        return changed

    def tell_failure(self, store: Store, actor: str, subject: str) -> None:
        """Write a wrong password into the audit log, or count it for the next entry where many come.

        Whoever reaches the desk could else fill a log that keeps everything, and every write makes what the
        desk remembers stale. The pace is one for all names: that nothing was written tells nothing of one.
        """
        from seamwatch.pipeline.accounts import audit

        with self._lock:
            self._untold[subject] += 1
            if self.failures.take(""):
                return
            times = self._untold.pop(subject)
        audit(store, actor, "account.sign_in_failed", subject, **({"times": times} if times > 1 else {}))

    @contextmanager
    def _attempt(self, request: Request, name: str) -> Iterator[Store]:
        """Return a context in which one password may be verified; RequestError where it is too soon."""
        address = client_key(request.scope)
        # A place first: who finds none has not tried, so a crowd makes nobody's next wait longer.
        with ExitStack() as places:
            known = self.sign_ins.knows(address, name)
            for wanted in (self._queue,) if known else (self._strange, self._queue):
                if not wanted.acquire(blocking=False):
                    raise WaitError(1)
                places.callback(wanted.release)
            wait = self.sign_ins.attempt(address, name)
            if wait:
                raise WaitError(wait)
            with self._verifying, self.desk.store() as store:
                yield store

    def passwords(self) -> Passwords:
        """Return what verifies passwords, made at the first sign-in."""
        from seamwatch.pipeline.passwords import Passwords

        with self._lock:
            if self._passwords is None:
                self._passwords = Passwords()
            return self._passwords

    def open(self, request: Request, response: Response, account: Account, how: str) -> str:
        """Open a session for an account, set its cookie, and return its id. The browser's older one ends."""
        from seamwatch.pipeline.accounts import audit
        from seamwatch.pipeline.sessions import open_session

        old = self.session_id(request.scope)
        with self.desk.store() as store, store.transaction():
            session_id = open_session(store, account, at=datetime.now(UTC), old=old)
            audit(store, account.name, "account.signed_in", account.name, how=how)
        response.set_cookie(
            self.cookie_name(request.scope),
            session_id,
            path="/",
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
        return session_id

    def close(self, request: Request, response: Response, identity: Identity) -> None:
        """End a request's session, and take its cookie and what the browser keeps of the desk away."""
        from seamwatch.pipeline.accounts import audit

        if identity.session is not None:
            with self.desk.store() as store, store.transaction():
                store.end_session(identity.session)
                audit(store, identity.name, "account.signed_out", identity.name)
            with self._lock:
                self._seen.pop(identity.session, None)
        response.delete_cookie(
            self.cookie_name(request.scope),
            path="/",
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
        response.headers["clear-site-data"] = '"cache"'


def people_of(request: Request) -> People:
    """Return who uses the app that answers a request."""
    return cast("People", request.app.state.people)


ThePeople = Annotated[People, Depends(people_of)]
"""Declare a route's parameter `people: ThePeople` to get who uses the server."""
