"""The map with its timeline, and the list, in a real browser on a database of samples."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from desk_browser import NEEDS_BROWSER, address_of, opened, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = NEEDS_BROWSER
MAP = "[data-testid=map]"
IRAQ = "map=5/35/43"
BENCH = Path(__file__).parent.parent / "bench"


@pytest.fixture
def desk(client: httpx.Client) -> str:
    """Return the address of a desk on the samples and the examples of contested areas."""
    return address_of(client)


def asked(page: Page) -> dict[str, list[str]]:
    """Return the query of the page's address."""
    return parse_qs(urlsplit(page.url).query)


def has(page: Page, *parts: str) -> None:
    """Wait until the query of the page's address has all parts."""
    page.wait_for_function("parts => parts.every(part => location.search.includes(part))", arg=list(parts))


def drawn(page: Page) -> None:
    """Wait until the map has drawn incidents and stands still."""
    page.locator(f"{MAP}[data-incidents]").wait_for()
    page.wait_for_function(
        f"() => {{ const map = document.querySelector('{MAP}').map; return map.loaded() && !map.isMoving() }}"
    )


def on_map(page: Page, layer: str) -> tuple[float, float]:
    """Return where on the page the first feature of a layer is drawn."""
    found: dict[str, float] = page.evaluate(
        """([box, layer]) => {
            const map = document.querySelector(box).map, frame = document.querySelector(box)
                .getBoundingClientRect();
            const shape = map.queryRenderedFeatures({layers: [layer]})[0].geometry;
            const at = map.project(shape.coordinates);
            return {x: at.x + frame.x, y: at.y + frame.y};
        }""",
        [MAP, layer],
    )
    return found["x"], found["y"]


def summed(desk: str, **filters: Any) -> int:
    """Return how many incidents the API counts."""
    total = httpx.get(f"{desk}/api/v1/summary", params=filters).json()["total"]
    return int(total["incidents"])


def test_the_map_draws_every_incident_and_imprecise_places_as_shapes(page: Page, desk: str) -> None:
    """All incidents of the record are on the map; those of a district or province as shapes."""
    page.goto(f"{desk}/?{IRAQ}")
    drawn(page)
    box = page.locator(MAP)
    assert box.get_attribute("data-incidents") == str(summed(desk))
    page.goto(f"{desk}/?map=7/34.5/43.8")
    page.wait_for_function(f"() => Number(document.querySelector('{MAP}')?.dataset.reaches) > 0")
    # The map cuts the shapes into tiles in a worker: they are there a moment later.
    shapes = f"document.querySelector('{MAP}').map.querySourceFeatures('reach').map(f => f.geometry.type)"
    page.wait_for_function(f"() => {shapes}.length > 0")
    assert set(page.evaluate(shapes)) == {"Polygon"}


def test_a_cluster_opens_on_a_click(page: Page, desk: str) -> None:
    """A click on a mark of several incidents goes nearer, until they part."""
    page.goto(f"{desk}/?map=3/35/43")
    drawn(page)
    page.mouse.click(*on_map(page, "cluster-dots"))
    page.wait_for_function(f"() => document.querySelector('{MAP}').map.getZoom() > 3.5")


def test_a_click_on_an_incident_shows_it_with_a_link(page: Page, desk: str) -> None:
    """What is clicked is told beside the map and leads to the incident's page."""
    page.goto(f"{desk}/?map=8/36.5/41.0")
    drawn(page)
    page.mouse.click(*on_map(page, "single-dots"))
    page.locator(".picked a[href^='/incident/']").first.click()
    page.wait_for_url("**/incident/i-*")


def test_a_click_on_a_contested_area_names_its_authorities(page: Page, desk: str) -> None:
    """The areas under the click are told with who administers, claims and secures them."""
    page.goto(f"{desk}/?map=8/36.35/42.1")
    drawn(page)
    page.wait_for_function(
        "box => document.querySelector(box).map.queryRenderedFeatures({layers: ['area-fills']}).length",
        arg=MAP,
    )
    frame = page.locator(MAP).bounding_box()
    assert frame is not None
    page.mouse.click(frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2)
    told = page.locator(".picked article").first
    told.wait_for()
    assert "claimed by" in told.inner_text()


def test_a_bar_of_the_timeline_chooses_its_period_and_gives_it_back(page: Page, desk: str) -> None:
    """A click on a bar limits map and list to its days; a second one takes the limit out."""
    page.goto(f"{desk}/?{IRAQ}")
    drawn(page)
    bars = page.locator("[data-testid=timeline] .u-over")
    bars.click(position={"x": 3, "y": 40})
    has(page, "since=")
    since = asked(page)["since"][0]
    page.get_by_text("1 incident in view").wait_for()
    assert summed(desk, since=since, until=asked(page)["until"][0]) == 1
    bars.click(position={"x": 3, "y": 40})
    page.wait_for_function("() => !location.search.includes('since')")


def test_a_period_is_brushed(page: Page, desk: str) -> None:
    """Dragging over bars chooses from the first to the last of them, and the back button undoes it."""
    page.goto(f"{desk}/?{IRAQ}")
    drawn(page)
    frame = page.locator("[data-testid=timeline] .u-over").bounding_box()
    assert frame is not None
    y = frame["y"] + 30
    page.mouse.move(frame["x"] + frame["width"] * 0.25, y)
    page.mouse.down()
    page.mouse.move(frame["x"] + frame["width"] * 0.7, y, steps=6)
    page.mouse.up()
    has(page, "since=", "until=")
    count = summed(desk, since=asked(page)["since"][0], until=asked(page)["until"][0])
    assert 1 < count < summed(desk)
    page.get_by_text(f"{count} incidents in view").wait_for()
    page.go_back()
    page.get_by_text(f"{summed(desk)} incidents in view").wait_for()


def test_a_drawn_box_limits_the_list_and_stays_in_the_address(page: Page, desk: str) -> None:
    """A box drawn on the map is a filter; its address opens the same view, and the list exports just that."""
    page.goto(f"{desk}/?{IRAQ}")
    drawn(page)
    page.get_by_role("button", name="Draw a box").click()
    frame = page.locator(MAP).bounding_box()
    assert frame is not None
    x, y = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2
    page.mouse.move(x, y - 60)
    page.mouse.down()
    page.mouse.move(x + 250, y + 150, steps=6)
    page.mouse.up()
    has(page, "bbox=")
    bbox = asked(page)["bbox"][0]
    count = summed(desk, bbox=bbox)
    assert 0 < count < summed(desk)
    page.get_by_text(f"{count} incidents in view").wait_for()
    page.get_by_role("link", name="Open as a list").click()
    page.get_by_role("heading", name=f"{count} incidents").wait_for()
    page.get_by_role("button", name="Export").click()
    link = page.get_by_role("link", name="CSV (a row an incident)").get_attribute("href")
    assert link is not None
    assert len(httpx.get(f"{desk}{link}").text.splitlines()) == count + 1


def test_a_drawn_shape_limits_to_what_lies_in_it(page: Page, desk: str) -> None:
    """Corners are clicked, Enter closes the shape; what lies in its box but not in it is left out."""
    page.goto(f"{desk}/?{IRAQ}")
    drawn(page)
    page.get_by_role("button", name="Draw a shape").click()
    frame = page.locator(MAP).bounding_box()
    assert frame is not None
    x, y = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2
    for dx, dy in ((0, -60), (250, -60), (120, 150)):
        page.mouse.click(x + dx, y + dy, delay=20)
        page.wait_for_timeout(400)  # two clicks within less are a double click
    page.keyboard.press("Enter")
    has(page, "within=")
    within = asked(page)["within"][0]
    corners = [[float(n) for n in corner.split(",")] for corner in within.split(";")]
    lons, lats = zip(*corners, strict=True)
    box = f"{min(lons)},{min(lats)},{max(lons)},{max(lats)}"
    count = summed(desk, within=within)
    assert 0 < count < summed(desk, bbox=box)
    page.get_by_text(f"{count} incident{'s' * (count > 1)} in view").wait_for()
    page.wait_for_function(f"() => document.querySelector('{MAP}').dataset.incidents === '{count}'")
    page.get_by_role("link", name="Open as a list").click()
    page.get_by_role("heading", name=f"{count} incident{'s' * (count > 1)}", exact=True).wait_for()
    page.get_by_role("button", name="Take out: drawn shape").click()
    page.wait_for_function("() => !location.search.includes('within')")


def test_filters_that_match_nothing_say_so_and_can_be_taken_out(page: Page, desk: str) -> None:
    """Where nothing matches the list says what to do, and one button takes all filters out."""
    page.goto(f"{desk}/?{IRAQ}&text=zzzz&actor=nobody")
    page.get_by_test_id("empty").get_by_role("button", name="Clear all").click()
    page.get_by_text(f"{summed(desk)} incidents in view").wait_for()


def test_a_filter_that_the_server_refuses_is_told_at_the_filters(page: Page, desk: str) -> None:
    """The API's own words stand below the filters, not in a console."""
    page.goto(f"{desk}/list?since=2024-99-99")
    assert "is no day" in page.get_by_role("alert").inner_text()


def test_types_are_chosen_in_the_menu_and_the_address_holds_them(page: Page, desk: str) -> None:
    """Ticking a type narrows the map's list; the chip takes it out again."""
    page.goto(f"{desk}/?{IRAQ}")
    page.get_by_role("button", name="Type").click()
    page.get_by_label("Battles", exact=True).check()
    has(page, "type=Battles")
    page.get_by_text(f"{summed(desk, type='Battles')} incidents in view").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Take out: Battles").click()
    page.get_by_text(f"{summed(desk)} incidents in view").wait_for()


def test_heat_and_dark_are_one_click_each(page: Page, desk: str) -> None:
    """Heat takes the place of the marks; the dark style draws the same incidents."""
    page.goto(f"{desk}/?{IRAQ}")
    drawn(page)
    page.get_by_role("button", name="Heat by rate").click()
    has(page, "heat=1")
    shown = "box => document.querySelector(box).map.getLayoutProperty('heat-incidents', 'visibility')"
    assert page.evaluate(shown, MAP) == "visible"
    page.get_by_label("Colours").select_option("dark")
    page.wait_for_function(f"() => document.querySelector('{MAP}').map.getLayer('heat-incidents')")
    drawn(page)
    assert page.evaluate(shown, MAP) == "visible"


def test_heat_tells_its_unit_and_compares_the_period(page: Page, desk: str) -> None:
    """The legend has incidents a month of the period beside those of all the time, on one scale for both."""
    page.goto(f"{desk}/?{IRAQ}&heat=1")
    drawn(page)
    page.get_by_text("Legend", exact=True).click()
    legend = page.locator(".legend")
    assert "Incidents a month within about" in legend.inner_text()
    told = page.get_by_test_id("rate")
    assert "Over all the time" not in told.inner_text()
    top = page.locator(".legend .ticks").inner_text()
    page.goto(f"{desk}/?{IRAQ}&heat=1&since=2024-03-01&until=2024-03-31")
    drawn(page)
    page.get_by_text("Legend", exact=True).click()
    rate = summed(desk, since="2024-03-01", until="2024-03-31") / (31 / 30.44)
    page.get_by_text(f": {rate:.2g} a month in view").wait_for()
    assert "Over all the time" in told.inner_text()
    assert page.locator(".legend .ticks").inner_text() == top
    shown = "box => document.querySelector(box).map.getPaintProperty('heat-incidents', 'heatmap-intensity')"
    assert page.evaluate(shown, MAP) > 0


def test_the_legend_says_where_only_counts_are_shown(page: Page, desk: str) -> None:
    """Tiles with more incidents than they may hold have counts alone: the reader is told."""
    page.goto(f"{desk}/?{IRAQ}")
    page.get_by_text("Legend", exact=True).click()
    assert "more than 2,000 incidents, only their counts" in page.locator(".legend").inner_text()


def test_the_map_fits_a_phone(browser: Browser, desk: str) -> None:
    """At phone width nothing is wider than the screen, and the filters unfold."""
    with opened(browser, width=390, height=844) as phone:
        phone.goto(f"{desk}/")
        drawn(phone)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390
        phone.get_by_role("button", name="Filters").click()
        phone.get_by_role("button", name="Status").click()
        phone.get_by_label("denied").check()
        has(phone, "status=denied")
        phone.goto(f"{desk}/list")
        phone.locator("[data-at='0'] a").wait_for()
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a desk on 3,000 invented incidents."""
    path = tmp_path_factory.mktemp("many") / "record.db"
    subprocess.run([sys.executable, BENCH / "desk_store.py", path, "3000"], check=True, capture_output=True)
    with served(path) as address:
        yield address


def test_a_long_list_keeps_few_rows_and_can_be_walked_by_keyboard(page: Page, many: str) -> None:
    """Only rows near those seen are in the page; End goes to the last one, and back."""
    page.goto(f"{many}/list")
    first = page.locator("[data-at='0'] a")
    first.wait_for()
    assert page.locator("[data-at]").count() < 80
    first.focus()
    page.keyboard.press("ArrowDown")
    page.locator("[data-at='1'] a:focus").wait_for()
    page.keyboard.press("End")
    last = summed(many) - 1
    page.locator(f"[data-at='{last}'] a").wait_for()
    assert page.locator("[data-at]").count() < 80


def test_a_view_is_kept_under_a_name(page: Page, many: str) -> None:
    """A kept view is there after the page is loaded anew, and opens the same filters and order."""
    page.goto(f"{many}/list?min_killed=5&sort=-killed")
    page.get_by_role("button", name="Saved views").click()
    page.get_by_label("Name").fill("Worst")
    page.get_by_role("button", name="Keep this view").click()
    page.goto(f"{many}/list")
    page.get_by_role("button", name="Saved views").click()
    page.get_by_role("button", name="Worst", exact=True).click()
    has(page, "min_killed=5")
    assert asked(page) == {"min_killed": ["5"], "sort": ["-killed"]}
