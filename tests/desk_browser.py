"""Debian's chromium, headless, for tests of the desk's pages.

conftest.py makes the fixtures known everywhere:

- `browser`: one browser for the whole session. Tests are skipped where there is none, or no pages.
- `page`: a page as wide as a screen, with storage of its own.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

import seamwatch
from serving import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SITE = Path(seamwatch.__file__).parent / "serve" / "site"
NEEDS_BROWSER = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: install Debian's package chromium"),
    pytest.mark.skipif(
        not (SITE / "index.html").is_file(), reason="the web app is not built: python hatch_build.py"
    ),
]
# Without a graphics card the map is drawn by the processor.
_FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--no-first-run"]
_QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return the browser; the test is skipped where playwright is not installed."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: a dev dependency")
    with api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS + _QUIET)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Return a page as wide as a screen."""
    with opened(browser) as one:
        yield one


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


def address_of(client: httpx.Client) -> str:
    """Return a client's server as an address without a closing slash."""
    return str(client.base_url).rstrip("/")


@contextmanager
def served(db: Path) -> Iterator[str]:
    """Serve a database on a free port of this machine; return the address."""
    with serving(db) as client:
        yield address_of(client)
