"""A desk for tests: a real server on loopback, on a database with the sample articles read.

conftest.py makes the fixtures known everywhere:

- `samples_db`: the path of the database, made once a session; never write into it.
- `client`: an httpx client of a server on `samples_db`, for tests that only read.
- `own_client`: an httpx client of a server on a copy of it, for one test that writes.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from seamwatch.pipeline.kit import Kit

STARTED_SECONDS = 60


@contextmanager
def serving(db: Path | str, **options: Any) -> Iterator[httpx.Client]:
    """Yield a client of a server on a database; `options` are those of ServeOptions."""
    import uvicorn

    from seamwatch.serve.app import make_app
    from seamwatch.serve.options import ServeOptions

    app = make_app(ServeOptions(db=str(db), **options))
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", proxy_headers=False)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        end = time.monotonic() + STARTED_SECONDS
        while not server.started:
            assert thread.is_alive(), "the server ended at its start"
            assert time.monotonic() < end, "the server does not start"
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as made:
            yield made
    finally:
        server.should_exit = True
        thread.join()


def make_samples(path: Path, kit: Kit) -> Path:
    """Return the path of a new database with the sample articles and areas."""
    from seamwatch.ingest.area_files import read_areas
    from seamwatch.pipeline.areas import add_areas
    from seamwatch.pipeline.record import Recorder
    from seamwatch.samples import EXAMPLE_AREAS, example_areas, sample_articles
    from seamwatch.store import open_store

    with open_store(str(path)) as store:
        for name in EXAMPLE_AREAS:
            add_areas(store, read_areas(example_areas(name), name).areas)
        for _ in Recorder(store, kit=kit).read(sample_articles()):
            pass
    return path


@pytest.fixture(scope="session")
def samples_db(kit: Kit, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the path of a database with the samples read; never write into it."""
    return make_samples(tmp_path_factory.mktemp("desk") / "samples.db", kit)


@pytest.fixture(scope="session")
def client(samples_db: Path) -> Iterator[httpx.Client]:
    """Yield a client of a server on the samples, for tests that only read."""
    with serving(samples_db) as made:
        yield made


@pytest.fixture
def own_client(samples_db: Path, tmp_path: Path) -> Iterator[httpx.Client]:
    """Yield a client of a server on a copy of the samples, for one test that writes."""
    copy = tmp_path / "desk.db"
    shutil.copyfile(samples_db, copy)
    with serving(copy) as made:
        yield made
