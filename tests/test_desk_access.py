"""Every page of the desk holds what axe can test of WCAG 2.2 A and AA, in light and dark; none too wide."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from desk_browser import NEEDS_BROWSER, chromium, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

AXE = Path(__file__).parent.parent / "web/node_modules/axe-core/axe.min.js"
pytestmark = [
    *NEEDS_BROWSER,
    pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed: npm ci in web/"),
]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """tags => axe.run(document, { runOnly: { type: "tag", values: tags } }).then(found =>
  found.violations.map(one => ({
    id: one.id,
    help: one.help,
    nodes: one.nodes.map(node => `${node.html.slice(0, 200)} | ${node.failureSummary.slice(0, 300)}`),
  })))"""
# What to open, and what is there when the page is ready.
PAGES = {
    "map": ("/", "[data-testid=map][data-incidents]"),
    "list": ("/list", "h1"),
    "incident": ("/incident/{id}", "[data-fact]"),
    "review": ("/review", "h1"),
    "add": ("/add", "#add-body"),
    "files": ("/add?tab=files", "#add-url"),
    "report": ("/add?tab=report", ".map canvas"),
    "sitrep": ("/sitrep", "h1"),
    "lost": ("/nowhere", "h1"),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return Debian's chromium, headless."""
    with chromium() as started:
        yield started


def violations(page: Page) -> list[dict[str, Any]]:
    """Return what axe finds on the open page."""
    # Not as a script element: the page's own policy would rightly refuse it.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(RUN, TAGS)
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible(browser: Browser, client: httpx.Client, name: str, theme: str) -> None:
    """Names, roles, contrasts and structure hold in both themes; on a phone nothing is wider than it."""
    path, ready = PAGES[name]
    [row, *_] = client.get("/api/v1/incidents").json()["incidents"]
    with opened(browser, width=1300) as page:
        page.emulate_media(color_scheme="light" if theme == "light" else "dark", reduced_motion="reduce")
        page.goto(str(client.base_url).rstrip("/") + path.format(id=row["id"]))
        page.locator(ready).first.wait_for()
        if name == "add":
            page.get_by_role("button", name="Fill in a sample").click()
            page.get_by_text("2 incidents found.").wait_for()
        page.wait_for_load_state("networkidle")
        assert violations(page) == []
        page.set_viewport_size({"width": 390, "height": 800})
        page.wait_for_function("document.documentElement.scrollWidth <= 390")


def test_what_is_not_accessible_would_be_found(browser: Browser, client: httpx.Client) -> None:
    """A picture without words and a faint text are found: the tests above would fail on them."""
    with opened(browser) as page:
        page.goto(str(client.base_url).rstrip("/") + "/add")
        page.locator("#add-body").wait_for()
        page.evaluate("""() => {
            const made = document.createElement("p");
            made.append("faint", document.createElement("img"));
            made.style.color = "#eee";
            made.querySelector("img").src = "/icon.svg";
            document.querySelector("main").append(made);
        }""")
        assert {"image-alt", "color-contrast"} <= {one["id"] for one in violations(page)}
