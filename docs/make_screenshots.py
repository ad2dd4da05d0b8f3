"""Takes the pictures of the desk for the documentation: docs/images/desk-*.png.

    python docs/make_screenshots.py [NAME...]

It reads the sample articles into a database of its own, serves it on loopback and opens every page in
Debian's chromium. The pages of the centre are those of a desk that shares a charter with two others, as the
tests set it up. Needed are the dev and training dependencies, the built web app and the package chromium.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

IMAGES = Path(__file__).parent / "images"
SIZE = (1200, 760)
TALL = (1200, 1080)
COLOURS = 255
"""Of a picture: enough to tell all apart, and a third of the size."""
PHONE = (390, 760)
PATIENCE = 60_000  # ms


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve the samples, read into a new database; return the address."""
    from seamwatch.ingest.area_files import read_areas
    from seamwatch.pipeline.areas import add_areas
    from seamwatch.pipeline.kit import load_kit
    from seamwatch.pipeline.record import Recorder
    from seamwatch.samples import EXAMPLE_AREAS, example_areas, sample_articles
    from seamwatch.store import open_store

    db = str(folder / "samples.db")
    if not Path(db).is_file():
        with open_store(db) as store:
            for name in EXAMPLE_AREAS:
                add_areas(store, read_areas(example_areas(name), name).areas)
            for _ in Recorder(store, kit=load_kit()).read(sample_articles()):
                pass
    with serving(db) as address:
        yield address


@contextmanager
def served_centre(folder: Path) -> Iterator[str]:
    """Serve a desk that is one of three parties, on a copy of the samples; return the address."""
    sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
    from centre_desk import centre  # type: ignore[import-not-found,unused-ignore]
    from seamwatch.pipeline.kit import load_kit

    shared = folder / "centre"
    shared.mkdir()
    with (
        centre(shared, folder / "samples.db", load_kit()) as parties,
        serving(str(parties["kirkuk"].db)) as address,
    ):
        yield address


@contextmanager
def serving(db: str) -> Iterator[str]:
    """Serve a database on loopback; return the address."""
    import uvicorn

    from seamwatch.serve.app import make_app
    from seamwatch.serve.options import ServeOptions

    server = uvicorn.Server(uvicorn.Config(make_app(ServeOptions(db=db)), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.05)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def show_map(page: Page, address: str) -> None:
    """Open the map where the samples are, and wait until it is drawn."""
    page.goto(f"{address}/?map=5.6/35.4/42.5")
    page.locator("[data-testid=map][data-incidents]").wait_for()
    page.wait_for_function(
        "() => { const { map } = document.querySelector('[data-testid=map]');"
        " return map.loaded() && !map.isMoving() }"
    )


def show_incident(page: Page, address: str) -> None:
    """Open the incident that most articles tell."""
    rows = page.request.get(f"{address}/api/v1/incidents").json()["incidents"]
    most = max(rows, key=lambda row: (row["mentions"], row["id"]))
    page.goto(f"{address}/incident/{most['id']}")
    page.locator("[data-fact]").first.wait_for()


def show_review(page: Page, address: str) -> None:
    """Open the queue as somebody who has given a name."""
    page.goto(f"{address}/review")
    page.get_by_label("Your name").fill("Ana")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Pair 1 of").wait_for()


def show_add(page: Page, address: str) -> None:
    """Fill in the page's own sample and wait until it is read."""
    page.goto(f"{address}/add")
    page.get_by_role("button", name="Fill in a sample").click()
    page.get_by_text("2 incidents found.").wait_for()
    page.mouse.move(0, 0)


def show_highlights(page: Page, address: str) -> None:
    """Scroll to what is highlighted in the sample: it lies below on a phone."""
    show_add(page, address)
    page.locator(".legend").evaluate("node => scrollTo(0, node.offsetTop - 60)")


def show_report(page: Page, address: str) -> None:
    """Open the form with a point on its map."""
    page.goto(f"{address}/add?tab=report")
    page.locator(".map canvas").wait_for()
    page.get_by_label("What happened").select_option("Armed clash")
    page.get_by_label("Place by name").fill("Kifri")
    page.get_by_label("Latitude").fill("34.695")
    page.get_by_label("Longitude").fill("44.961")
    page.locator(".maplibregl-marker").wait_for()
    page.get_by_role("tab", name="Field report").focus()


def show_list(page: Page, address: str) -> None:
    """Open the list."""
    page.goto(f"{address}/list")
    page.get_by_role("heading", name="incidents").first.wait_for()


def show_sitrep(page: Page, address: str) -> None:
    """Open the situation report of the samples' time."""
    page.goto(f"{address}/sitrep?since=2024-03-01&until=2024-03-31&title=March+2024")
    page.frame_locator("iframe").get_by_role("heading").first.wait_for()


def show_centre(page: Page, address: str) -> None:
    """Open the centre."""
    page.goto(f"{address}/centre")
    page.locator("[data-party]").first.wait_for()


def show_requests(page: Page, address: str) -> None:
    """Open the board of requests."""
    page.goto(f"{address}/requests")
    page.locator("[data-request]").first.wait_for()


def show_releases(page: Page, address: str) -> None:
    """Open what a party receives of an incident whose place it is told less exactly."""
    asked: dict[str, str | float | bool] = {"to": "garmian", "state": "released"}
    items = page.request.get(f"{address}/api/v1/releases/preview", params=asked).json()["items"]
    item = max(items, key=lambda one: ("place" in one["content"]["coarse"], one["incident"]["mentions"]))
    page.goto(f"{address}/releases?to=garmian&incident={item['incident']['id']}")
    page.locator("[data-field]").first.wait_for()


def show_audit(page: Page, address: str) -> None:
    """Open the audit log."""
    page.goto(f"{address}/audit")
    page.locator("[data-number]").first.wait_for()


# What to show, whether in the dark, and on which screen.
PICTURES: dict[str, tuple[Callable[[Page, str], None], bool, tuple[int, int]]] = {
    "map": (show_map, False, SIZE),
    "map-dark": (show_map, True, SIZE),
    "incident": (show_incident, False, SIZE),
    "review": (show_review, False, SIZE),
    "add": (show_add, False, TALL),
    "add-phone": (show_highlights, False, PHONE),
    "report": (show_report, False, SIZE),
    "list": (show_list, False, SIZE),
    "sitrep": (show_sitrep, False, TALL),
    "centre": (show_centre, False, TALL),
    "requests": (show_requests, False, TALL),
    "releases": (show_releases, False, TALL),
    "audit": (show_audit, True, SIZE),
}
CENTRE = {"centre", "requests", "releases", "audit"}
"""Pictures of a desk that shares a charter with others."""


def main(names: list[str]) -> None:
    """Take the pictures of these names, or all."""
    from PIL import Image
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("no chromium here: install Debian's package chromium")
    if unknown := set(names) - set(PICTURES):
        sys.exit(f"no picture {', '.join(sorted(unknown))}; there are: {', '.join(PICTURES)}")
    IMAGES.mkdir(exist_ok=True)
    flags = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder)) as samples,
        sync_playwright() as playwright,
        ExitStack() as stack,
    ):
        shared = stack.enter_context(served_centre(Path(folder))) if CENTRE & set(names or PICTURES) else ""
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        for name in names or PICTURES:
            show, dark, (width, height) = PICTURES[name]
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if dark else "light",
                reduced_motion="reduce",
                locale="en-GB",
            )
            context.set_default_timeout(PATIENCE)
            page = context.new_page()
            show(page, shared if name in CENTRE else samples)
            page.wait_for_load_state("networkidle")
            path = IMAGES / f"desk-{name}.png"
            with Image.open(BytesIO(page.screenshot())) as taken:
                taken.convert("RGB").quantize(COLOURS).save(path, optimize=True)
            print(f"{path.relative_to(IMAGES.parent)}  {path.stat().st_size // 1024} kB")
            context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
