"""Attacks on people's access, tried at a real server: what is told, who waits, what ends, who is between."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
import yaml
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.responses import StreamingResponse
from typer.testing import CliRunner

from account_desk import (
    PASSWORD,
    SESSION,
    another,
    desk_with,
    error_code,
    sign_in,
    token_for,
    with_accounts,
)
from seamwatch.cli.main import app as cli
from seamwatch.model.account import OidcSettings
from seamwatch.pipeline.accounts import add_account, change_account, remove_account, set_oidc
from seamwatch.pipeline.sessions import open_session
from seamwatch.serve import access, faults
from seamwatch.serve.access import ROUTES, Access
from seamwatch.serve.access_rules import Rules
from seamwatch.serve.app import make_app
from seamwatch.serve.clearance import TheClearance
from seamwatch.serve.context import Desk
from seamwatch.serve.limits import FREE_ADDRESS, FREE_PAIR, MOST_KEPT, Pace, SignInLimits
from seamwatch.serve.options import ServeOptions
from seamwatch.serve.people import People
from seamwatch.serve.security import MOST_SIGN_IN, Gate, response_headers
from seamwatch.store import Store, open_store
from seamwatch.vocabulary.coordination import Role
from serving import serving

PAGES: list[dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "cases/whose_page.yaml").read_text(encoding="utf-8")
)
JSON = {"Content-Type": "application/json"}
Made = tuple[httpx.Client, Path]


@pytest.fixture(scope="module")
def desk(samples_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """Yield a desk with ada (admin) and vic (viewer), for tests that leave no waits behind."""
    with desk_with(samples_db, tmp_path_factory.mktemp("attacks"), vic=Role.VIEWER) as made:
        yield made


@pytest.fixture
def own_desk(samples_db: Path, tmp_path: Path) -> Iterator[Made]:
    with desk_with(samples_db, tmp_path, ben=Role.ANALYST) as made:
        yield made


@pytest.fixture
def copied(samples_db: Path, tmp_path: Path) -> Path:
    """Return a copy of the samples, without accounts."""
    return Path(shutil.copyfile(samples_db, tmp_path / "desk.db"))


# --- what every answer has, and what none tells


def test_every_kind_of_answer_has_the_security_headers(desk: Made) -> None:
    """Pages, files, tiles, streams, 304, refusals at every stage: none is without them."""
    with another(desk[0]) as client:
        assert sign_in(client, "ada").status_code == 200
        tag = client.get("/api/v1/incidents").headers["etag"]
        answers = [
            *map(client.get, ("/", "/healthz", "/icon.svg", "/nothing", "/api/v1/nothing", SESSION)),
            client.get("/api/v1/tiles/0/0/0.mvt"),
            client.get("/api/v1/export", params={"format": "jsonl"}),
            client.get("/basemap.pmtiles", headers={"Range": "bytes=0-10"}),
            client.get("/api/v1/incidents", headers={"If-None-Match": tag}),
            client.get("/api/v1/incidents", headers={"Host": "evil.example"}),
            client.get("/api/v1/incidents", headers={"Authorization": "Bearer guessed"}),
            client.post("/api/v1/extract", content=b"{}", headers={"Content-Type": "text/plain"}),
            client.post(SESSION, content=b" " * (MOST_SIGN_IN + 1), headers=JSON),
            client.put("/api/v1/incidents", json={}),
            client.get("/api/v1/session/oidc/callback"),
            client.delete(SESSION, headers=JSON),
        ]
    assert {200, 204, 206, 303, 304, 401, 403, 404, 405, 413, 415} <= {a.status_code for a in answers}
    for name, value in response_headers(ServeOptions(db="")).items():
        assert all(answer.headers[name] == value for answer in answers), name


def test_a_failure_of_the_server_itself_has_them_too_and_tells_nothing(own_desk: Made) -> None:
    """Where even finding out who asks fails: the headers, no cache, and not a word of what went wrong."""
    client, db = own_desk
    sign_in(client, "ada")
    with sqlite3.connect(db) as rows:
        rows.execute("UPDATE accounts SET role = 'emperor' WHERE name = 'ada'")
    failed = client.get("/api/v1/config")
    assert error_code(failed) == (500, "server_error") and "emperor" not in failed.text
    assert failed.headers["cache-control"] == "no-store"
    assert all(failed.headers[name] == value for name, value in response_headers(ServeOptions(db="")).items())


def test_a_broken_database_does_not_tell_where_it_lies(own_desk: Made) -> None:
    """Neither to who has not signed in, nor to who has; the log says it."""
    client, db = own_desk
    sign_in(client, "ada")
    with sqlite3.connect(db) as rows:
        rows.execute("ALTER TABLE articles RENAME TO gone")
    signed = client.get("/api/v1/articles")
    with sqlite3.connect(db) as rows:
        rows.execute("ALTER TABLE sessions RENAME TO gone_too")
    for answer in (signed, client.get("/api/v1/articles")):
        assert answer.status_code == 500 and str(db.parent) not in answer.text and "gone" not in answer.text


@pytest.mark.parametrize("password", ["S3cret " * 200, 1234567890, ["S3cret"], {"S3cret": 1}, True])
def test_a_password_that_can_not_be_read_is_not_repeated(desk: Made, password: Any) -> None:
    """An error page is copied into a mail sooner than a password is."""
    answer = desk[0].post(SESSION, json={"name": "nobody-here", "password": password})
    assert answer.status_code == 400 and answer.json()["error"]["field"] == "password"
    assert "S3cret" not in answer.text and "1234567890" not in answer.text


def test_what_an_issuer_is_made_to_say_stays_on_one_line_of_the_log(
    own_desk: Made, caplog: pytest.LogCaptureFixture
) -> None:
    """Anybody may begin a sign-in and come back with any text: no line of the log can be forged with it."""
    from seamwatch.serve.oidc_journeys import Journeys

    client, db = own_desk
    with open_store(str(db)) as store:
        settings = OidcSettings(issuer="http://127.0.0.1:9", client_id="x", name="Down")
        set_oidc(store, settings, by="test")
    kept: list[str] = []
    begin = Journeys.begin

    def telling(self: Journeys, redirect: str, path: str) -> Any:
        made = begin(self, redirect, path)
        kept.append(made[0])
        client.cookies.set(f"seamwatch-{client.base_url.port}-oidc", made[1].browser)
        return made

    with pytest.MonkeyPatch.context() as patch, caplog.at_level(logging.WARNING, "seamwatch.serve"):
        patch.setattr(Journeys, "begin", telling)
        client.get(f"{SESSION}/oidc/start")
        client.get(f"{SESSION}/oidc/callback", params={"state": kept[0], "error": "a\nERROR: all is lost"})
    assert "all is lost" in caplog.text and "\nERROR: all is lost" not in caplog.text


# --- routes by another way


def test_no_other_way_to_a_route_gets_past_the_sign_in(desk: Made) -> None:
    """A slash more, double slashes, capitals, encoded signs, dots, another method by a header."""
    client, _ = desk
    base = str(client.base_url).rstrip("/")
    ways: list[Callable[[str], str]] = [
        lambda path: f"{path}/",
        lambda path: f"/{path}",
        str.upper,
        lambda path: path.replace("/v1/", "/v1%2F"),
        lambda path: path.replace("/api", "/%61pi"),
        lambda path: path.replace("/v1/", "/v1/session/..%2f"),
        lambda path: f"{path}%0a",
        lambda path: f"{path}%00",
        lambda path: f"{path};x",
    ]
    override = {"X-HTTP-Method-Override": "GET", "X-Original-URL": "/healthz", "X-Rewrite-URL": "/healthz"}
    for row in (row for row, permission in ROUTES.items() if permission != "public"):
        method, path = row.replace("{", "").replace("}", "").split(" ", 1)
        tried = [(method, way(path)) for way in ways] + [(other, path) for other in ("HEAD", "OPTIONS")]
        for asked, one in tried:
            answer = client.request(asked, base + one, headers={**JSON, **override})
            assert answer.status_code in (401, 404, 405), (asked, one, answer.status_code)


def test_a_websocket_is_no_way_in(desk: Made) -> None:
    """An upgrade is read as the request that it comes with."""
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
    }
    assert desk[0].get("/api/v1/incidents", headers=upgrade).status_code == 401


# --- pages of other sites


@pytest.mark.parametrize("case", PAGES, ids=[case["why"] for case in PAGES])
def test_a_page_of_another_site_gets_nothing_of_the_api(client: httpx.Client, case: dict[str, str]) -> None:
    """Not even how long an answer takes: on a desk without accounts no cookie stands before a search."""
    method, path = case["asks"].split(" ")
    headers = {f"Sec-Fetch-{key.title()}": case[key] for key in ("site", "mode", "dest") if key in case}
    body = {"json": {}} if method == "POST" else {}
    answer = client.request(method, path, headers=headers, **body)
    if "refused" in case:
        assert error_code(answer) == (403, case["refused"])
    else:
        assert answer.status_code == 200


# --- waits


def test_no_spelling_of_a_name_has_tries_of_its_own(own_desk: Made) -> None:
    """Wide letters, mathematical ones, capitals: the store knows one name by them, so they are one count."""
    client, _ = own_desk
    spelled = ["ben", "BEN", "\uff42en", "b\uff45n", "\U0001d41ben", "\uff22\uff25\uff2e", " ben "]
    statuses = [sign_in(client, name, "wrong").status_code for name in spelled]
    assert statuses == [401] * FREE_PAIR + [429] * (len(spelled) - FREE_PAIR)


def test_refused_attempts_drive_nothing_out() -> None:
    """Thousands of names from an address that waits already: who waits at another one still does."""
    limits = SignInLimits(lambda: 1000.0)
    while not limits.attempt("accomplice", "ben"):
        pass
    for number in range(FREE_ADDRESS):
        limits.attempt("attacker", f"name-{number}")
    for number in range(MOST_KEPT + 1):
        assert limits.attempt("attacker", f"other-{number}") > 0
    assert limits.attempt("accomplice", "ben") > 0


def test_who_finds_no_place_in_the_queue_has_not_tried(copied: Path) -> None:
    """While others fill the queue, a person who tries again and again is not made to wait for it later."""
    with_accounts(copied)
    app = make_app(ServeOptions(db=str(copied), port=80))
    queue = app.state.people._queue
    with TestClient(app, base_url="http://127.0.0.1") as client:
        taken = 0
        while queue.acquire(blocking=False):
            taken += 1
        assert 2 <= taken <= 16, "so many passwords are verified or wait at once, whatever comes"
        for _ in range(FREE_PAIR * 3):
            assert client.post(SESSION, json={"name": "ada", "password": PASSWORD}).status_code == 429
        queue.release(taken)
        assert client.post(SESSION, json={"name": "ada", "password": PASSWORD}).status_code == 200


def test_a_flood_of_wrong_passwords_does_not_fill_the_audit_log(copied: Path) -> None:
    """After sixty at once an entry each five seconds, which says how many it stands for; none is lost."""
    at = [1000.0]
    with_accounts(copied)
    people = People(Desk(ServeOptions(db=str(copied))))
    people.failures = Pace(60, 0.2, lambda: at[0])
    with open_store(str(copied)) as store:
        for _ in range(100):
            people.tell_failure(store, "nobody", "ada")
        at[0] += 5
        people.tell_failure(store, "nobody", "ada")
        told = [e.details for e in store.audit_entries() if e.kind == "account.sign_in_failed"]
    people.desk.close()
    assert len(told) == 61 and sum(int(one.get("times") or 1) for one in told) == 101


@pytest.mark.parametrize("body", [b"[" * 8000, b'{"name":' + b"9" * 8000 + b"}", b'{"name":1e999}', b"\xff"])
def test_json_that_breaks_readers_is_refused(desk: Made, body: bytes) -> None:
    """Too deep, a number without end, bytes that are no text: 400 in the one shape."""
    answer = desk[0].post(SESSION, content=body, headers=JSON)
    assert answer.status_code == 400 and answer.json()["error"]["message"]


def test_a_crowd_of_strangers_leaves_room_for_who_has_been_here(copied: Path) -> None:
    """All places that strangers get are taken: who has signed in from there before still finds one."""
    with_accounts(copied, ben=Role.ANALYST)
    app = make_app(ServeOptions(db=str(copied), port=80))
    people = app.state.people
    with TestClient(app, base_url="http://127.0.0.1") as client:
        assert client.post(SESSION, json={"name": "ada", "password": PASSWORD}).status_code == 200
        while people._strange.acquire(blocking=False):
            assert people._queue.acquire(blocking=False)
        statuses = {
            name: client.post(SESSION, json={"name": name, "password": PASSWORD}).status_code
            for name in ("ben", "ada")
        }
    assert statuses == {"ben": 429, "ada": 200}


def test_a_route_that_knows_nobody_shows_nothing() -> None:
    """What is public by mistake fails closed: without a known person there is no clearance."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    faults.install(app)

    @app.get("/forgotten")
    def forgotten(clearance: TheClearance) -> str:
        return clearance.value

    with TestClient(app) as client:
        assert error_code(client.get("/forgotten")) == (401, "not_signed_in")


def test_little_is_read_before_somebody_has_signed_in(desk: Made) -> None:
    """A name and a password need no megabytes, neither announced nor sent bit by bit."""
    body = b" " * (MOST_SIGN_IN + 1)
    for content in (body, iter([body[: MOST_SIGN_IN // 2]] * 4)):
        answer = desk[0].post(SESSION, content=content, headers=JSON)
        assert error_code(answer) == (413, "too_large") and "16 kB" in answer.text
    bits = iter([b" " * 65536] * 4)
    assert desk[0].post("/api/v1/extract", content=bits, headers=JSON).status_code == 401


# --- proxies


PROXY: dict[str, Any] = {"behind_proxy": True, "allowed_hosts": ("desk.example.org",), "shared": True}


@pytest.mark.parametrize("lines", [True, False], ids=["a line of its own", "added to the client's"])
def test_the_address_that_waits_is_the_one_that_the_proxy_saw(copied: Path, lines: bool) -> None:
    """A client that sends X-Forwarded-For itself is told apart from the proxy in both ways of writing it."""
    with_accounts(copied)
    with serving(copied, **PROXY) as client:

        def tried(number: int) -> int:
            said, seen = f"192.0.2.{number}", "198.51.100.7"
            heads = [("X-Forwarded-For", said), ("X-Forwarded-For", seen)]
            heads = heads if lines else [("X-Forwarded-For", f"{said}, {seen}")]
            heads += [("Host", "desk.example.org"), ("X-Forwarded-Proto", "https")]
            body = {"name": "ada", "password": "wrong"}
            return client.post(SESSION, json=body, headers=heads).status_code

        assert [tried(number) for number in range(FREE_PAIR + 1)] == [401] * FREE_PAIR + [429]


def test_a_client_can_not_say_that_it_came_over_tls(copied: Path) -> None:
    """The proxy's own word is the last one: what came in clear gets no cookie that is secure."""
    with_accounts(copied)
    with serving(copied, **PROXY) as client:
        heads = [("Host", "desk.example.org"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Proto", "http")]
        answer = client.post(SESSION, json={"name": "ada", "password": PASSWORD}, headers=heads)
        assert error_code(answer) == (403, "not_secure")


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Via", "X-Forwarded-Host"])
def test_a_desk_without_accounts_does_not_answer_through_a_proxy(client: httpx.Client, name: str) -> None:
    """Of which nobody told it: whoever reaches the proxy would have the whole record."""
    answer = client.get("/api/v1/incidents", headers={name: "192.0.2.7"})
    assert error_code(answer) == (403, "no_accounts")
    assert client.get("/healthz", headers={name: "192.0.2.7"}).status_code == 200


# --- what ends


def endless() -> FastAPI:
    """Return an app whose export never ends, as one of many incidents or the events of a long job."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    @app.get("/api/v1/export")
    def export() -> StreamingResponse:
        def pieces() -> Iterator[bytes]:
            while True:
                yield b"more\n"
                time.sleep(0.01)

        return StreamingResponse(pieces())

    return app


@contextmanager
def streaming(db: Path) -> Iterator[tuple[httpx.Client, People]]:
    """Yield a client of that app behind the real gate and the real access check, and who uses it."""
    options = ServeOptions(db=str(db))
    desk, app = Desk(options), endless()
    people = People(desk)
    served = Gate(Access(app, Rules(app, ROUTES), people), options)
    server = uvicorn.Server(uvicorn.Config(served, port=0, log_level="critical", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
            yield client, people
    finally:
        server.should_exit = True
        thread.join()
        desk.close()


def end_sessions(store: Store) -> None:
    store.end_sessions("ben")


def disable(store: Store) -> None:
    change_account(store, "ben", disabled=True, by="test")


def lower(store: Store) -> None:
    change_account(store, "ben", role=Role.VIEWER, by="test")


def remove(store: Store) -> None:
    remove_account(store, "ben", by="test")


def revoke(store: Store) -> None:
    for token in store.tokens("ben"):
        store.remove_token(token.id)


@pytest.mark.parametrize(
    ("with_token", "end"),
    [
        (False, end_sessions),
        (False, disable),
        (False, lower),
        (True, disable),
        (True, remove),
        (True, revoke),
    ],
)
def test_a_long_answer_ends_with_the_right_to_it(
    copied: Path, monkeypatch: pytest.MonkeyPatch, with_token: bool, end: Callable[[Store], None]
) -> None:
    """Signed out, disabled, another role, removed, revoked: an export or a stream of events breaks off."""
    monkeypatch.setattr(access, "LOOK_SECONDS", 0.02)
    with_accounts(copied, ben=Role.ANALYST)
    with streaming(copied) as (client, _), open_store(str(copied)) as store:
        if with_token:
            client.headers["Authorization"] = f"Bearer {token_for(copied, 'ben', 'export')}"
        else:
            account = store.account("ben")
            assert account is not None
            session_id = open_session(store, account, at=datetime.now(UTC))
            client.cookies.set(f"seamwatch-{client.base_url.port}", session_id)
        with_end(client, lambda: end(store))


def test_a_long_answer_ends_when_the_desk_gets_its_first_account(
    copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What began while nobody needed to sign in does not go on after."""
    monkeypatch.setattr(access, "LOOK_SECONDS", 0.02)
    with streaming(copied) as (client, _):
        with_end(client, lambda: with_accounts(copied))


def with_end(client: httpx.Client, end: Callable[[], object]) -> None:
    """Read the endless export, do `end` after its first bytes, and check that it breaks off unfinished."""
    until = time.monotonic() + 15
    with client.stream("GET", "/api/v1/export") as answer:
        assert answer.status_code == 200
        pieces = answer.iter_raw()
        assert all(next(pieces) for _ in range(20)), "it goes on while nothing has changed"
        end()
        with pytest.raises(httpx.RemoteProtocolError):
            for _ in pieces:
                assert time.monotonic() < until, "it goes on"


def test_sessions_end_with_the_issuer_that_vouched_for_them(own_desk: Made) -> None:
    """An issuer that is taken away or replaced vouches for nobody; another name of it ends nothing."""
    client, db = own_desk
    settings = OidcSettings(issuer="https://id.example.org", client_id="x", name="Ours")
    replaced = OidcSettings(issuer="https://new.example.org", client_id="x", name="Ours")
    renamed = OidcSettings(issuer="https://id.example.org", client_id="x", name="Still ours")
    with open_store(str(db)) as store:
        for after, ended in ((renamed, False), (None, True), (replaced, True)):
            set_oidc(store, settings, by="test")
            if store.account("dilan") is None:
                add_account(store, "dilan", role=Role.VIEWER, subject="s-1", by="test")
            ids = {}
            for name in ("dilan", "ben"):
                account = store.account(name)
                assert account is not None
                ids[name] = open_session(store, account, at=datetime.now(UTC))
            set_oidc(store, after, by="test")
            with another(client) as browser:
                for name, session_id in ids.items():
                    browser.cookies.set(f"seamwatch-{client.base_url.port}", session_id)
                    status = browser.get("/api/v1/config").status_code
                    assert status == (401 if ended and name == "dilan" else 200), (after, name)


def test_under_tls_the_issuers_cookie_can_not_be_planted(copied: Path) -> None:
    """A page of a neighbouring name may set cookies for the whole domain, but none that begins so."""
    with_accounts(copied)
    with open_store(str(copied)) as store:
        set_oidc(store, OidcSettings(issuer="http://127.0.0.1:9", client_id="x", name="x"), by="test")
    outside = {"Host": "desk.example.org", "X-Forwarded-Proto": "https"}
    with serving(copied, **PROXY) as client:
        from seamwatch.serve.oidc_issuer import Issuer

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Issuer, "_endpoint", lambda *_: "https://id.example.org/authorize")
            answer = client.get(f"{SESSION}/oidc/start", headers=outside)
    [cookie] = answer.headers.get_list("set-cookie")
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert cookie.startswith("__Host-") and {"secure", "httponly", "path=/", "samesite=lax"} <= parts


# --- the file and the command


@pytest.mark.skipif(os.name == "nt", reason="rights of files are others there")
def test_a_new_database_is_its_owners_alone(tmp_path: Path) -> None:
    """Also the files that SQLite keeps beside it; the hashes of passwords are in there."""
    db = tmp_path / "record.db"
    before = os.umask(0o022)
    try:
        with open_store(str(db)) as store:
            add_account(store, "ada", role=Role.ADMIN, password=PASSWORD, by="test")
            files = [path for path in tmp_path.iterdir() if path.name.startswith("record.db")]
            assert len(files) > 1
            assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    finally:
        os.umask(before)


@pytest.mark.skipif(os.name == "nt", reason="rights of files are others there")
def test_the_command_says_what_accounts_do_not_guard(tmp_path: Path) -> None:
    """A database that others may read, made before; tokens that a new password leaves good."""
    db = tmp_path / "record.db"
    open_store(str(db)).close()
    db.chmod(0o644)
    told = {
        words: command("account", *words.split(), "--db", str(db))
        for words in ("add ada --role admin", "add ben", "set ben --password")
    }
    assert f"chmod 600 {db}" in told["add ada --role admin"] and "chmod" not in told["add ben"]
    assert "tokens" not in told["set ben --password"]
    token_for(db, "ben", "read")
    assert "the tokens of ben (1) stay good" in command(
        "account", "set", "ben", "--password", "--db", str(db)
    )


def command(*words: str) -> str:
    """Return what `seamwatch` says on standard error, given a password on standard input."""
    done = CliRunner().invoke(cli, [*words], input=f"{PASSWORD}\n")
    assert done.exit_code == 0, done.stderr
    return done.stderr
