"""A desk on loopback and Debian's chromium, headless, for tests of the pages."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn

from seamwatch.serve.app import make_app
from seamwatch.serve.options import ServeOptions
from seamwatch.serve.site import site_path

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
NEEDS_BROWSER = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: install Debian's package chromium"),
    pytest.mark.skipif(
        not (site_path() / "index.html").is_file(), reason="the web app is not built: python hatch_build.py"
    ),
]
# Without a graphics card the map is drawn by the processor.
_FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--no-first-run"]
_QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser; the test is skipped where playwright is not installed."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: a dev dependency")
    with api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS + _QUIET)
        yield started
        started.close()


@contextmanager
def opened(browser: Browser, *, width: int = 1300, height: int = 900) -> Iterator[Page]:
    """Open a page with storage of its own. Script errors, refusals of the policy and remote requests fail."""
    context = browser.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(20_000)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None
    )
    page.on(
        "request",
        lambda sent: (
            None
            if sent.url.startswith(("http://127.0.0.1:", "blob:", "data:"))
            else wrong.append(f"a request leaves the machine: {sent.url}")
        ),
    )
    yield page
    context.close()
    assert wrong == []


@contextmanager
def served(db: Path) -> Iterator[str]:
    """Serve a database on a free port of this machine; return the address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(make_app(ServeOptions(db=str(db))), port=port, log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)
