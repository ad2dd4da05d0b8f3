"""Every page of the desk holds what axe can test of WCAG 2.2 A and AA, in light and dark; none too wide."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from desk_browser import NEEDS_BROWSER, address_of, opened

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
# What sticks out of the screen: what scrolls or is cut in a box of its own does not count.
BEYOND = """() => [...document.querySelectorAll("body *")].filter(node => {
  const box = node.getBoundingClientRect();
  if (!box.width || !box.height || (box.left > -1 && box.right < innerWidth + 1)) return false;
  for (let up = node; up !== document.body; up = up.parentElement) {
    const style = getComputedStyle(up);
    if (style.overflowX !== "visible" || style.clipPath !== "none") return false;
  }
  return true;
}).map(node => node.outerHTML.slice(0, 200))"""
# What to open, and what is there when the page is ready.
PAGES = {
    "map": ("/", "[data-testid=map][data-incidents]"),
    "list": ("/list", "h1"),
    "incident": ("/incident/{id}", "[data-fact]"),
    "review": ("/review", "h1"),
    "add": ("/add", "#add-body"),
    "files": ("/add?tab=files", "#add-url"),
    "report": ("/add?tab=report", ".map canvas"),
    "sitrep": ("/sitrep?since=2024-03-01&until=2024-03-31", "iframe"),
    "lost": ("/nowhere", "h1"),
}


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
        page.goto(address_of(client) + path.format(id=row["id"]))
        page.locator(ready).first.wait_for()
        if name == "add":
            page.get_by_role("button", name="Fill in a sample").click()
            page.get_by_text("2 incidents found.").wait_for()
        page.wait_for_load_state("networkidle")
        assert violations(page) == []
        page.set_viewport_size({"width": 390, "height": 800})
        page.wait_for_function("document.documentElement.scrollWidth <= 390")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_works_from_right_to_left(page: Page, client: httpx.Client, name: str) -> None:
    """With the other direction nothing is wider than the screen or sticks out of it, also on a phone."""
    path, ready = PAGES[name]
    [row, *_] = client.get("/api/v1/incidents").json()["incidents"]
    page.goto(address_of(client) + path.format(id=row["id"]))
    page.locator(ready).first.wait_for()
    page.evaluate("document.documentElement.dir = 'rtl'")
    for width in (1300, 390):
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_function("innerWidth >= document.documentElement.scrollWidth")
        assert page.evaluate(BEYOND) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_report_is_accessible(browser: Browser, client: httpx.Client, theme: str) -> None:
    """The page that is sent to others holds the same, and is no wider than a phone."""
    asked = {"format": "html", "since": "2024-03-01", "until": "2024-03-31"}
    made = client.get("/api/v1/sitrep", params=asked).raise_for_status().text
    with opened(browser, width=390) as page:
        page.emulate_media(color_scheme="light" if theme == "light" else "dark")
        page.set_content(made)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_is_not_accessible_would_be_found(browser: Browser, client: httpx.Client) -> None:
    """A picture without words, a faint text and one beyond the screen are found."""
    with opened(browser) as page:
        page.goto(address_of(client) + "/add")
        page.locator("#add-body").wait_for()
        page.evaluate("""() => {
            const made = document.createElement("p");
            made.append("faint", document.createElement("img"));
            made.style.color = "#eee";
            made.querySelector("img").src = "/icon.svg";
            const beyond = document.createElement("p");
            beyond.textContent = "beyond";
            beyond.style.translate = "-50vw";
            document.querySelector("main").append(made, beyond);
        }""")
        assert page.evaluate(BEYOND)
        assert {"image-alt", "color-contrast"} <= {one["id"] for one in violations(page)}
