"""Every route of the app for every role, every scope of a token and nobody: as a table, over real HTTP."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from account_desk import another, desk_with, error_code, sign_in, token_for
from seamwatch.errors import SeamwatchError
from seamwatch.serve.access import ROUTES
from seamwatch.serve.access_rules import Rules, routes_of
from seamwatch.serve.app import make_app
from seamwatch.serve.options import ServeOptions
from seamwatch.vocabulary.coordination import Role
from seamwatch.vocabulary.permissions import Permission
from serving import serving

ROLES = list(Role)
CASES: dict[str, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "cases/access.yaml").read_text(encoding="utf-8")
)
# Values that no route takes: who may ask is told so, and nothing is made or computed.
NOTHING = {"since": "never", "limit": "none", "to": "", "bbox": "x"}
PARAMETER = re.compile(r"\{[^}]*\}")
SIGNED = {role.value: f"the-{role.value}" for role in Role}


def plain(route: str) -> str:
    return PARAMETER.sub("{}", route)


@pytest.fixture(scope="module")
def desk(samples_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx.Client, Path]]:
    """Yield a desk with an account of each role, for tests that change nothing of the record."""
    accounts = {f"the-{role.value}": role for role in Role}
    with desk_with(samples_db, tmp_path_factory.mktemp("access"), **accounts) as made:
        yield made


@pytest.fixture(scope="module")
def routes(samples_db: Path) -> list[str]:
    """Return every route of the app, as "METHOD /path"."""
    app = make_app(ServeOptions(db=str(samples_db)))
    app.state.desk.close()
    return [f"{method} {path}" for method, path in routes_of(app)]


def ask(client: httpx.Client, route: str, **more: Any) -> httpx.Response:
    """Return the answer to a request of a route with ids that nobody has, and nothing to do."""
    method, path = route.split(" ", 1)
    body = {} if method in ("GET", "HEAD") else {"json": {}}
    return client.request(method, PARAMETER.sub("1", path), params=NOTHING, **body, **more)


def expected(route: str) -> dict[str, Any]:
    known = {plain(row): case for row, case in CASES.items()}
    assert plain(route) in known, f"{route} has no row in tests/cases/access.yaml: say there who may ask it"
    return known[plain(route)]


def test_every_route_has_a_row_in_both_tables(routes: list[str]) -> None:
    """What the app serves, what the program says of it, and what the table of this test says."""
    assert len(routes) > 30
    for route in routes:
        assert expected(route), route
    assert {plain(row) for row in CASES} == {plain(row) for row in ROUTES}


def test_nobody_gets_past_the_sign_in(desk: tuple[httpx.Client, Path], routes: list[str]) -> None:
    """Without a session every route but the public ones says 401, whatever the id; with a bad cookie too."""
    client, _ = desk
    name = f"seamwatch-{client.base_url.port}"
    for more in ({}, {"headers": {"Cookie": f"{name}=guessed"}}):
        for route in routes:
            status = ask(client, route, **more).status_code
            assert (status == 401) == (expected(route)["role"] != "anybody"), (route, status)


@pytest.mark.parametrize("role", [role.value for role in ROLES])
def test_every_route_for_every_role(desk: tuple[httpx.Client, Path], routes: list[str], role: str) -> None:
    """A role is let in where the table says so, and is told 403 everywhere else."""
    rank = [one.value for one in ROLES].index(role)
    with another(desk[0]) as client:
        assert sign_in(client, SIGNED[role]).status_code == 200
        for route in routes:
            if route == "DELETE /api/v1/session":
                continue
            least = expected(route)["role"]
            may = least == "anybody" or rank >= [one.value for one in ROLES].index(least)
            answer = ask(client, route)
            assert (answer.status_code not in (401, 403)) == may, (route, answer.status_code)
            if not may:
                assert error_code(answer) == (403, "not_allowed")


@pytest.mark.parametrize("scope", [one.value for one in Permission])
def test_every_route_for_every_scope(desk: tuple[httpx.Client, Path], routes: list[str], scope: str) -> None:
    """An admin's token with one scope does what that scope allows, and nothing else of what an admin may."""
    client, db = desk
    secret = token_for(db, SIGNED["admin"], scope)
    for route in routes:
        case = expected(route)
        if case["role"] == "anybody":
            continue
        answer = ask(client, route, headers={"Authorization": f"Bearer {secret}"})
        assert (answer.status_code not in (401, 403)) == (scope in case["scopes"]), (
            route,
            answer.status_code,
        )


def test_a_token_has_no_more_than_its_account_has_now(samples_db: Path, tmp_path: Path) -> None:
    """An admin who became a viewer: the token with all scopes only reads."""
    from seamwatch.pipeline.accounts import change_account
    from seamwatch.store import open_store

    with desk_with(samples_db, tmp_path, bea=Role.ADMIN) as (client, db):
        client.headers["Authorization"] = f"Bearer {token_for(db, 'bea', *Permission)}"
        assert client.get("/api/v1/accounts").status_code == 200
        with open_store(str(db)) as store:
            change_account(store, "bea", role=Role.VIEWER, by="test")
        assert error_code(client.get("/api/v1/accounts")) == (403, "not_allowed")
        assert client.get("/api/v1/config").status_code == 200


@pytest.mark.parametrize("where", ["token", "access_token", "authorization", "api_key"])
def test_a_token_in_the_address_is_not_read(desk: tuple[httpx.Client, Path], where: str) -> None:
    """Addresses are kept in logs and histories: a token there is no token."""
    client, db = desk
    secret = token_for(db, SIGNED["viewer"], "read")
    for value in (secret, f"Bearer {secret}"):
        assert client.get("/api/v1/config", params={where: value}).status_code == 401


def test_a_bad_token_does_not_fall_back_to_the_cookie(desk: tuple[httpx.Client, Path]) -> None:
    """Who sends a token means it."""
    with another(desk[0]) as client:
        sign_in(client, SIGNED["viewer"])
        answer = client.get("/api/v1/config", headers={"Authorization": "Bearer swt_guessed"})
        assert error_code(answer) == (401, "bad_token")


# --- ids of others


def test_ids_of_others_answer_like_ids_that_nobody_has(desk: tuple[httpx.Client, Path]) -> None:
    """Another's token can't be revoked or seen, nor is it told that it is there."""
    from seamwatch.store import open_store

    db = desk[1]
    token_for(db, SIGNED["admin"], "admin")
    with open_store(str(db)) as store:
        other = store.tokens(SIGNED["admin"])[-1].id
    with another(desk[0]) as client:
        sign_in(client, SIGNED["liaison"])
        kind = {"Content-Type": "application/json"}
        for asked, nobody in ((f"tokens/{other}", "tokens/t-000000000000"),):
            theirs = client.delete(f"/api/v1/{asked}", headers=kind)
            none = client.delete(f"/api/v1/{nobody}", headers=kind)
            assert (theirs.status_code, none.status_code) == (404, 404)
            assert theirs.text.replace(other, "ID") == none.text.replace("t-000000000000", "ID")
        seen = client.get("/api/v1/tokens", params={"account": SIGNED["admin"]})
        unseen = client.get("/api/v1/tokens", params={"account": "nobody-here"})
        assert (seen.status_code, unseen.status_code) == (404, 404)
        assert seen.text.replace(SIGNED["admin"], "A") == unseen.text.replace("nobody-here", "A")
        for name in (SIGNED["admin"], "nobody-here"):
            answer = client.patch(f"/api/v1/accounts/{name}", json={"role": "admin"})
            assert error_code(answer) == (403, "not_allowed")
    with open_store(str(db)) as store:
        assert any(token.id == other for token in store.tokens())


# --- in whose name


def test_a_decision_bears_the_accounts_name(samples_db: Path, tmp_path: Path) -> None:
    """The name in the body is not believed; a viewer's attempt changes nothing."""
    with desk_with(samples_db, tmp_path, ben=Role.REVIEWER, vic=Role.VIEWER) as (client, _):
        with another(client) as viewer:
            sign_in(viewer, "vic")
            [row, *_] = viewer.get("/api/v1/incidents").json()["incidents"]
            ask_body = {"kind": "confirm", "mentions": [row["id"]], "by": "ada"}
            assert error_code(viewer.post("/api/v1/decisions", json=ask_body)) == (403, "not_allowed")
        sign_in(client, "ben")
        made = client.post("/api/v1/decisions", json=ask_body).json()["decision"]
        assert made["by"] == "ben"
        undone = client.post(f"/api/v1/decisions/{made['number']}/undo", json={}).json()["decision"]
        assert undone["by"] == "ben"


def test_without_accounts_the_name_must_be_given(client: httpx.Client) -> None:
    """As ever: who decides is asked for."""
    answer = client.post("/api/v1/decisions", json={"kind": "confirm", "mentions": ["i-x"]})
    assert (*error_code(answer), answer.json()["error"]["field"]) == (400, "bad_value", "by")


# --- the app


def test_a_route_that_was_forgotten_keeps_the_app_from_starting() -> None:
    """A new route needs a row, also one that another program's folder hangs in."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    @app.get("/api/v1/forgotten")
    def forgotten() -> None: ...

    with pytest.raises(SeamwatchError, match="GET /api/v1/forgotten has no row"):
        Rules(app, ROUTES)
    folder = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    folder.mount("/files", StaticFiles(directory="/", check_dir=False))
    with pytest.raises(SeamwatchError, match="whose access can be checked"):
        Rules(folder, ROUTES)


def test_what_one_account_was_given_is_no_answer_for_another(desk: tuple[httpx.Client, Path]) -> None:
    """The ETag of one account gives no 304 to another one, and no cache between may keep the answer."""
    with another(desk[0]) as client:
        sign_in(client, SIGNED["admin"])
        first = client.get("/api/v1/incidents")
        assert first.headers["cache-control"] == "private, no-cache"
        assert {"Cookie", "Authorization"} <= {v.strip() for v in first.headers["vary"].split(",")}
        held = {"If-None-Match": first.headers["etag"]}
        assert client.get("/api/v1/incidents", headers=held).status_code == 304
        sign_in(client, SIGNED["viewer"])
        assert client.get("/api/v1/incidents", headers=held).status_code == 200
        client.cookies.clear()
        assert client.get("/api/v1/incidents", headers=held).status_code == 401


def test_costly_routes_have_a_limit_for_each_account(samples_db: Path, tmp_path: Path) -> None:
    """Too many in a row are told to wait; another account is not."""
    with desk_with(samples_db, tmp_path, ben=Role.ANALYST) as (client, _):
        sign_in(client, "ben")
        statuses = [ask(client, "GET /api/v1/export").status_code for _ in range(70)]
        assert statuses[:60] == [400] * 60 and 429 in statuses[60:]
        refused = ask(client, "GET /api/v1/export")
        assert error_code(refused) == (429, "too_many") and int(refused.headers["retry-after"]) >= 1
        assert client.get("/api/v1/config").status_code == 200
        with another(client) as other:
            sign_in(other, "ada")
            assert ask(other, "GET /api/v1/export").status_code == 400


def test_a_desk_that_is_open_to_others_answers_nothing_without_accounts(
    samples_db: Path, tmp_path: Path
) -> None:
    """Also when the last account is removed while it runs: closed, not open."""
    from seamwatch.pipeline.accounts import remove_account
    from seamwatch.store import open_store

    db = tmp_path / "desk.db"
    shutil.copyfile(samples_db, db)
    with serving(db, shared=True) as client:
        assert error_code(client.get("/api/v1/incidents")) == (503, "no_accounts")
        assert client.get("/healthz").status_code == 200
    with desk_with(samples_db, tmp_path) as (client, db):
        assert client.get("/api/v1/incidents").status_code == 401
        with open_store(str(db)) as store:
            remove_account(store, "ada", by="test")
        assert client.get("/api/v1/incidents").status_code == 200


def test_an_account_that_is_added_while_the_desk_runs_closes_it(samples_db: Path, tmp_path: Path) -> None:
    """From the next request on everybody signs in."""
    from account_desk import with_accounts

    db = tmp_path / "desk.db"
    shutil.copyfile(samples_db, db)
    with serving(db) as client:
        assert client.get("/api/v1/incidents").status_code == 200
        with_accounts(db)
        assert error_code(client.get("/api/v1/incidents")) == (401, "not_signed_in")
