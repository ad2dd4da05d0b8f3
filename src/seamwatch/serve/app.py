"""The app: middleware, the one error shape, and every router."""

from __future__ import annotations

import threading
from asyncio import to_thread
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module

from fastapi import FastAPI

from seamwatch import __version__
from seamwatch.errors import SeamwatchError
from seamwatch.serve import faults
from seamwatch.serve.access import ROUTES, Access
from seamwatch.serve.access_rules import Rules
from seamwatch.serve.centre_sync import SyncThread
from seamwatch.serve.context import Desk
from seamwatch.serve.description import describe
from seamwatch.serve.etags import Tagger
from seamwatch.serve.options import ServeOptions
from seamwatch.serve.people import People
from seamwatch.serve.security import Gate

API = "/api/v1"
# Seconds that the server waits for its map before it answers; a larger record is read while it answers.
MOST_WARMING = 10.0
# Modules of this package with a `router`, whose paths stand under API.
ROUTERS: tuple[str, ...] = (
    "sessions",
    "oidc",
    "accounts",
    "config",
    "incidents",
    "articles",
    "areas",
    "decisions",
    "labels",
    "review",
    "export",
    "extract",
    "jobs",
    "reports",
    "tiles",
    "summary",
    "sitrep",
    "centre",
    "audit",
    "releases",
    "requests",
)
# Those whose paths stand as they are; the site, which takes every other path, is the last.
ROOT_ROUTERS: tuple[str, ...] = ("health", "site")


def make_app(options: ServeOptions) -> FastAPI:
    """Return the app on a database; StoreError where that can't be opened. It is closed when the app ends."""
    desk = Desk(options)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        # A million incidents take some two seconds; who opens the page then need not wait for them.
        threading.Thread(target=desk.warm, name="map", daemon=True).start()
        await to_thread(desk.map_is_warm.wait, MOST_WARMING)
        every = options.exchange_every
        exchanging = None if every is None else SyncThread(desk, every)
        if exchanging is not None:
            exchanging.start()
        try:
            yield
        finally:
            if exchanging is not None:
                exchanging.close()
            desk.close()

    app = FastAPI(
        title="Seamwatch",
        version=__version__,
        description="One sourced record of armed incidents: what happened, who says so, in which words.",
        openapi_url=f"{API}/openapi.json",
        # Both pages would load scripts from another machine.
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.desk = desk
    app.state.people = People(desk)
    describe(app)
    faults.install(app)
    for names, prefix in ((ROUTERS, API), (ROOT_ROUTERS, "")):
        for name in names:
            app.include_router(import_module(f"seamwatch.serve.{name}").router, prefix=prefix)
    try:
        rules = Rules(app, ROUTES)
    except SeamwatchError:
        desk.close()
        raise
    app.add_middleware(Tagger)
    app.add_middleware(Access, rules=rules, people=app.state.people)
    # The last added is the first that a request meets.
    app.add_middleware(Gate, options=options)
    return app
