"""What a newcomer does at the desk on the first day, in a real browser: from a pasted text to a report."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from desk_browser import NEEDS_BROWSER, address_of
from serving import serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = NEEDS_BROWSER
# One sentence, two people, a sign beyond the first plane before all of them.
SHORT = "🚨 Two policemen were killed by a roadside bomb near Daquq on Sunday, police said.\n"
OTHER = (
    "Two policemen were killed and three others were wounded when a roadside bomb hit their patrol in Hawija "
    "on Monday, a police officer said.\n"
)
# Another day and another toll: the rules take it for another bomb.
LATER = "A soldier was wounded by a roadside bomb near Daquq on Friday, an army officer said.\n"
# The downloads of a situation report by the names of their links, and how each file begins.
REPORTS = {"PDF": b"%PDF-", "Word": b"PK", "HTML": b"<!doctype html>", "Markdown": b"# The first day"}
PANE = "[aria-label='Text with what it says highlighted']"
# Selects words in the highlighted text, as a pointer does.
SELECT = """([pane, words]) => {
  const walker = document.createTreeWalker(document.querySelector(pane), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.data.indexOf(words);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + words.length);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    return true;
  }
  return false;
}"""
# Pastes a text into the field that has the focus, as the keyboard does; says whether the page let it in.
PASTE = """([field, length]) => {
  const data = new DataTransfer();
  data.setData("text/plain", "word ".repeat(length / 5));
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  return document.querySelector(field).dispatchEvent(event);
}"""


@pytest.fixture(scope="module")
def desk(samples_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Yield a client of one server for all these tests: each stores articles of its own."""
    with serving(shutil.copy(samples_db, tmp_path_factory.mktemp("newcomer") / "desk.db")) as made:
        yield made


def open_sample(page: Page, client: httpx.Client) -> None:
    """Open the page and fill in its own sample article."""
    page.goto(f"{address_of(client)}/add")
    page.get_by_role("button", name="Fill in a sample").click()
    page.get_by_text("2 incidents found.").wait_for()


def paste(page: Page, client: httpx.Client, text: str, *, published: str = "2024-04-16") -> None:
    """Open the page, give a day and a text, and wait until it is read."""
    page.goto(f"{address_of(client)}/add")
    page.get_by_label("Day of publication").fill(published)
    page.get_by_label("Text of the article").fill(text)
    page.get_by_text(re.compile("incidents? found")).wait_for()


def marked(page: Page, field: str) -> str:
    """Return the words of the text that are highlighted for a field, one after another."""
    return "".join(page.locator(f"{PANE} .passage[data-fields~={field}]").all_text_contents())


def incident(client: httpx.Client, name: str) -> dict[str, Any]:
    """Return an incident as the API gives it."""
    told: dict[str, Any] = client.get(f"/api/v1/incidents/{name}").raise_for_status().json()["incident"]
    return told


def store(page: Page, client: httpx.Client, text: str) -> str:
    """Paste a text that tells one incident and store it; return the incident's id."""
    paste(page, client, text)
    page.get_by_role("button", name="Store").click()
    page.locator("[data-fate=new]").wait_for()
    return page.locator("[data-fate=new] a").inner_text()


def tellings(client: httpx.Client, name: str) -> int:
    """Return how many mentions an incident has."""
    return len(incident(client, name)["mentions"])


def test_the_first_day(page: Page, own_client: httpx.Client) -> None:
    """Paste, store, open the quotes, merge two tellings and undo it, draw an area, export, make a report."""
    address = address_of(own_client)
    open_sample(page, own_client)
    assert page.locator("[data-incident]").count() == 2
    page.get_by_role("button", name="Store").click()
    page.locator("[data-fate=new] a").last.click()
    page.locator("[data-fact^='killed ']").click()
    assert page.locator("[data-article] mark.chosen").count() > 0

    one, other = store(page, own_client, SHORT), store(page, own_client, LATER)
    assert one != other
    page.goto(f"{address}/incident/{one}")
    page.get_by_role("button", name="Merge").click()
    page.get_by_role("radio", name=other).check()
    page.get_by_label("Your name").fill("Ana")
    page.get_by_role("button", name="Store").click()
    page.get_by_text("Merged.").wait_for()
    assert incident(own_client, one)["id"] == incident(own_client, other)["id"]
    assert tellings(own_client, one) == page.locator("[data-article]").count() == 2
    page.get_by_role("status").get_by_role("button", name="Undo d1").click()
    page.get_by_text("d1 is undone").wait_for()
    assert tellings(own_client, one) == tellings(own_client, other) == 1

    page.goto(f"{address}/?map=5/35/43")
    box = page.locator("[data-testid=map]")
    page.locator("[data-testid=map][data-incidents]").wait_for()
    page.get_by_role("button", name="Draw a box").click()
    frame = box.bounding_box()
    assert frame is not None
    x, y = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2
    page.mouse.move(x, y - 60)
    page.mouse.down()
    page.mouse.move(x + 250, y + 150, steps=6)
    page.mouse.up()
    page.wait_for_function("location.search.includes('bbox=')")
    area = parse_qs(urlsplit(page.url).query)["bbox"][0]

    page.goto(f"{address}/list?bbox={area}")
    page.get_by_role("heading", name=re.compile(r"\d+ incidents?")).wait_for()
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("^CSV")).click()
    rows = list(csv.DictReader(download.value.path().read_text(encoding="utf-8-sig").splitlines()))
    count = own_client.get("/api/v1/summary", params={"bbox": area}).json()["total"]["incidents"]
    assert len(rows) == count > 0

    # The report is of the area that was drawn.
    page.goto(f"{address}/sitrep?bbox={area}")
    page.get_by_label("From").fill("2024-04-01")
    page.get_by_label("To", exact=True).fill("2024-04-30")
    page.get_by_label("Title").fill("The first day")
    page.get_by_label("For", exact=True).fill("Ana's team")
    page.keyboard.press("Enter")
    shown = page.frame_locator("iframe[sandbox=allow-popups]")
    shown.get_by_role("heading", name="The first day", level=1).wait_for()
    asked = {"bbox": area, "since": "2024-04-01", "until": "2024-04-30"}
    april = own_client.get("/api/v1/incidents", params=asked).json()["incidents"]
    told = shown.locator("body").inner_text()
    assert "Ana's team" in told
    assert len(april) > 0
    assert all(row["id"] in told for row in april)
    for name, begins in REPORTS.items():
        with page.expect_download() as download:
            page.get_by_role("link", name=name).click()
        assert download.value.path().read_bytes().startswith(begins)


@pytest.mark.parametrize(
    ("wrong", "says", "mended"),
    [
        ("since=2024-04-30&until=2024-04-01", "since", "From"),
        ("since=2024-04-01&until=2024-04-30&since_report=2024-99-99", "since_report", "Last report made on"),
    ],
)
def test_a_report_that_cannot_be_made_says_why(
    page: Page, client: httpx.Client, wrong: str, says: str, mended: str
) -> None:
    """One message, no preview and nothing to download; with another value the report is there again."""
    refused = client.get(f"/api/v1/sitrep?{wrong}").json()["error"]
    assert refused["field"] == says
    page.goto(f"{address_of(client)}/sitrep?{wrong}")
    page.get_by_role("alert").wait_for()
    assert page.get_by_role("alert").all_inner_texts() == [refused["message"]]
    assert page.locator("iframe").count() == page.get_by_role("link", name="PDF").count() == 0
    page.get_by_label(mended).fill("2024-03-31")
    page.locator("iframe").wait_for()
    assert page.get_by_role("alert").count() == 0
    assert page.get_by_role("link", name="PDF").count() == 1


def test_a_pasted_article_shows_its_two_incidents_before_anything_is_stored(
    page: Page,
    desk: httpx.Client,
) -> None:
    """The sample tells a bomb and a clash; its road accident is said not to count; nothing is stored."""
    before = desk.get("/api/v1/config").json()["counts"]
    open_sample(page, desk)
    assert page.locator("[data-incident]").count() == 2
    assert "Remote explosive/landmine/IED" in page.locator("[data-incident='0']").inner_text()
    assert "Armed clash" in page.locator("[data-incident='1']").inner_text()
    assert "an accident" in page.locator(".others").inner_text()
    assert "Monday morning" in marked(page, "date")
    assert "Two policemen were killed" in marked(page, "toll")
    assert desk.get("/api/v1/config").json()["counts"] == before


def test_what_is_stored_is_said_and_leads_to_its_incidents(page: Page, desk: httpx.Client) -> None:
    """After storing, the page names what is new and links to it; the same text again is known."""
    open_sample(page, desk)
    page.get_by_role("button", name="Store").click()
    page.locator("[data-fate=new]").wait_for()
    links = page.locator("[data-fate=new] a")
    assert links.count() == 2
    names = links.all_text_contents()
    assert all(desk.get(f"/api/v1/incidents/{name}").status_code == 200 for name in names)
    page.get_by_role("button", name="Store").click()
    page.locator("[data-fate=known]").wait_for()


def test_quotes_stand_where_they_are_said_after_an_emoji(page: Page, desk: httpx.Client) -> None:
    """Offsets of the API are code points, those of a page UTF-16 units: highlights are not shifted."""
    paste(page, desk, SHORT)
    assert marked(page, "weapons") == "a roadside bomb"
    assert marked(page, "date") == "Sunday"
    assert page.locator(PANE).text_content() == SHORT


def test_a_value_corrected_by_selecting_text_becomes_a_decision(page: Page, desk: httpx.Client) -> None:
    """Words that are selected become the value; after storing it is a decision with the reader's name."""
    paste(page, desk, OTHER)
    page.locator("[data-incident='0'] [data-correct=killed]").click()
    assert page.evaluate(SELECT, [PANE, "three others"])
    page.wait_for_function("document.querySelector('dd input').value === '3'")
    page.get_by_role("button", name="Set", exact=True).click()
    assert "corrected by you" in page.locator("[data-incident='0']").inner_text()
    assert page.get_by_role("alert").count() == 0
    page.get_by_role("button", name="Store").click()
    assert "Give your name" in page.get_by_role("alert").inner_text()
    page.get_by_label("Your name", exact=True).first.fill("Ana")
    page.get_by_role("button", name="Store").click()
    page.get_by_text("Decision stored.").wait_for()
    assert incident(desk, page.locator("[data-fate=new] a").inner_text())["killed"]["best"] == 3
    [decision] = desk.get("/api/v1/decisions").json()["decisions"]
    assert (decision["kind"], decision["field"], decision["by"]) == ("correct", "killed", "Ana")


def test_a_typed_correction_that_is_no_value_is_refused_at_its_field(page: Page, desk: httpx.Client) -> None:
    """A toll that is no number of people says how to write one, and is not taken."""
    open_sample(page, desk)
    page.locator("[data-incident='0'] [data-correct=injured]").click()
    page.locator("dd input").fill("many")
    page.get_by_role("button", name="Set", exact=True).click()
    assert "write 3, 2..4" in page.get_by_role("alert").inner_text()
    page.keyboard.press("Escape")
    page.locator("dd input").wait_for(state="detached")


def test_without_a_day_the_page_says_what_stays_open(page: Page, desk: httpx.Client) -> None:
    """Relative days need the day of publication: the warning leads to its field."""
    paste(page, desk, SHORT, published="")
    page.get_by_role("button", name="Give the day").click()
    assert page.evaluate("document.activeElement.id") == "add-published"


def test_ten_megabytes_are_refused_before_the_page_lays_them_out(page: Page, desk: httpx.Client) -> None:
    """A paste far too long is not taken: the message says how long it is and what to do."""
    page.goto(f"{address_of(desk)}/add")
    assert page.get_by_label("Text of the article").input_value() == ""
    assert page.evaluate(PASTE, ["#add-body", 10_000_000]) is False
    said = page.get_by_role("alert").inner_text()
    assert "10,000,000" in said and "400,000" in said
    assert page.get_by_label("Text of the article").input_value() == ""


def test_markup_and_marks_of_direction_in_an_article_stay_text(page: Page, desk: httpx.Client) -> None:
    """A script in a text does not run, markup is shown as it was pasted."""
    text = (
        SHORT
        + "<script>document.title='run'</script><img src=x onerror=\"document.title='run'\"> \u202egnp.exe\n"
    )
    paste(page, desk, text)
    assert page.locator(PANE).text_content() == text
    assert page.locator(f"{PANE} img, {PANE} script").count() == 0
    assert page.title() != "run"


def test_files_are_read_as_a_job_and_each_is_told(
    page: Page,
    desk: httpx.Client,
    tmp_path: Path,
) -> None:
    """Of two files one is new, one is empty and rejected with its reason."""
    good, empty = tmp_path / "daquq.txt", tmp_path / "empty.txt"
    good.write_text(SHORT, encoding="utf-8")
    empty.write_text("  \n", encoding="utf-8")
    page.goto(f"{address_of(desk)}/add?tab=files")
    page.get_by_label("Drop files here").set_input_files([str(good), str(empty)])
    page.get_by_role("button", name="Read 2 files").click()
    page.get_by_text("Done.").wait_for()
    assert page.locator("[data-fate=new]").count() == 1
    assert "empty" in page.locator("[data-fate=rejected]").inner_text()


def drop(page: Page, name: str, text: str) -> None:
    """Drop a file onto the page's zone, as a pointer does."""
    data = page.evaluate_handle(
        """([name, text]) => {
            const data = new DataTransfer();
            data.items.add(new File([text], name));
            return data;
        }""",
        [name, text],
    )
    for event in ("dragover", "drop"):
        page.locator("[data-zone]").dispatch_event(event, {"dataTransfer": data})


def test_a_file_is_dropped_and_read(page: Page, desk: httpx.Client) -> None:
    """What is dropped stands in the list of chosen files and is read like one that was chosen."""
    page.goto(f"{address_of(desk)}/add?tab=files")
    drop(
        page,
        "kifri.txt",
        "Gunmen shot dead two guards of a well near Kifri on Thursday, police said.",
    )
    page.get_by_role("list", name="Chosen files").get_by_text("kifri.txt").wait_for()
    page.get_by_role("button", name="Read 1 file").click()
    page.get_by_text("Done.").wait_for()
    assert page.locator("[data-fate=new]").count() == 1


def test_a_job_is_cancelled(page: Page, own_client: httpx.Client) -> None:
    """The button ends the job; all that was stored is told, and most is not read."""
    many = 2_000
    lines = (json.dumps({"id": f"a{n}", "text": f"{n} were killed in Hawija."}) for n in range(many))
    page.goto(f"{address_of(own_client)}/add?tab=files")
    before = own_client.get("/api/v1/config").json()["counts"]["articles"]
    drop(page, "many.jsonl", "\n".join(lines))
    page.get_by_role("button", name="Read 1 file").click()
    page.locator("[data-fate=new]").first.wait_for()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("Cancelled. What was stored before stays stored.").wait_for()
    read = page.locator("[data-fate]").count()
    assert 0 < read < many
    assert own_client.get("/api/v1/config").json()["counts"]["articles"] == before + read
    assert page.get_by_role("button", name="Cancel").count() == 0


def test_an_address_that_is_none_is_refused_at_its_field(page: Page, desk: httpx.Client) -> None:
    """What is no address is said at the field; an address that this desk may not open, too."""
    page.goto(f"{address_of(desk)}/add?tab=files")
    field = page.get_by_label("Address of a page or feed")
    field.fill("not an address")
    page.get_by_role("button", name="Read", exact=True).click()
    assert "https://" in page.get_by_role("alert").inner_text()
    assert field.get_attribute("aria-invalid") == "true"


def test_tabs_work_by_keyboard_and_keep_what_was_typed(page: Page, desk: httpx.Client) -> None:
    """Arrow keys go from tab to tab; the address names the tab; the text is still there."""
    page.goto(f"{address_of(desk)}/add")
    page.get_by_label("Title").fill("Kept")
    page.get_by_role("tab", name="Text").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.url.endswith("/add?tab=report")
    page.keyboard.press("ArrowRight")
    assert page.get_by_label("Title").input_value() == "Kept"


def test_a_field_report_becomes_an_incident(page: Page, desk: httpx.Client) -> None:
    """A form with a point from the map is stored; what is missing is said at its field first."""
    page.goto(f"{address_of(desk)}/add?tab=report")
    page.get_by_role("button", name="Store the report").click()
    assert page.get_by_label("What happened").get_attribute("aria-invalid") == "true"
    page.get_by_label("What happened").select_option("Armed clash")
    page.get_by_label("Day, or first day").fill("2024-04-20")
    page.get_by_label("By whom").fill("gunmen")
    page.locator("#report-killed-low").fill("1")
    page.locator("#report-killed-high").fill("3")
    page.get_by_label("How it is known", exact=True).select_option("told by a witness")
    page.get_by_label("Organisation").fill("Kifri Watch")
    page.locator(".map canvas").wait_for()
    page.locator(".map").click(position={"x": 300, "y": 150})
    page.wait_for_function("document.querySelector('#report-lat').value !== ''")
    page.get_by_role("button", name="Store the report").click()
    link = page.locator("[data-stored] a")
    link.wait_for()
    told = incident(desk, link.inner_text())
    assert (told["sub_event_type"], told["killed"]["low"], told["killed"]["high"]) == ("Armed clash", 1, 3)


def test_a_name_that_several_places_have_is_chosen_from_a_list(page: Page, desk: httpx.Client) -> None:
    """The places of that name stand under its field; a press takes one."""
    page.goto(f"{address_of(desk)}/add?tab=report")
    page.get_by_label("What happened").select_option("Attack")
    page.get_by_label("Day, or first day").fill("2024-04-20")
    page.get_by_label("Place by name").fill("San Jose")
    page.get_by_label("How it is known", exact=True).select_option("seen")
    page.get_by_role("button", name="Store the report").click()
    choices = page.get_by_role("list", name="Places of this name").get_by_role("button")
    choices.first.wait_for()
    assert choices.count() > 1
    choices.first.click()
    assert page.get_by_label("Country").input_value() != ""


def test_no_request_leaves_the_machine(page: Page, client: httpx.Client) -> None:
    """All pages, with maps and fonts, ask nobody but the own server."""
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    address = address_of(client)
    [row, *_] = client.get("/api/v1/incidents").json()["incidents"]
    for path in ("/", "/list", "/review", "/add", "/add?tab=report", "/sitrep", f"/incident/{row['id']}"):
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
    assert len(asked) > 20
    assert [url for url in asked if not url.startswith((f"{address}/", "blob:", "data:"))] == []
