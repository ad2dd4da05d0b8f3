"""What a liaison does at the desk in a day, in a real browser: the centre, requests, releases, audit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from centre_desk import centre, exchange
from desk_browser import NEEDS_BROWSER, address_of, opened
from exchange_serving import TestParty
from seamwatch.coordinate.keys import fingerprint
from seamwatch.pipeline.centre.auditing import export_log
from seamwatch.pipeline.kit import Kit
from serving import serving
from test_desk_access import BEYOND, violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = NEEDS_BROWSER
GARMIAN, RELIEF = "Garmian desk", "Relief committee"
# What to open, and what is there when the page is ready.
PAGES = {
    "centre": ("/centre", "[data-party=garmian]"),
    "requests": ("/requests", "[data-request]"),
    "new request": ("/requests?new=1", "dialog"),
    "releases": ("/releases?to=garmian", "[data-item]"),
    "rules": ("/releases?tab=rules", "textarea"),
    "audit": ("/audit", "[data-number]"),
}


@dataclass(slots=True, kw_only=True)
class Desk:
    """The desk of kirkuk: its address, a client of its API, and all parties."""

    at: str
    client: httpx.Client
    parties: dict[str, TestParty]

    def preview(self, to: str = "garmian", **query: Any) -> list[dict[str, Any]]:
        """Return what a party would receive."""
        asked = {"to": to, "limit": 200, **query}
        items: list[dict[str, Any]] = self.client.get("/api/v1/releases/preview", params=asked).json()[
            "items"
        ]
        return items


@pytest.fixture(scope="module")
def desk(samples_db: Path, kit: Kit, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Yield one desk for all these tests."""
    folder = tmp_path_factory.mktemp("centre")
    with (
        centre(folder, samples_db, kit) as parties,
        serving(parties["kirkuk"].db, exchange_private=True) as client,
    ):
        yield Desk(at=address_of(client), client=client, parties=parties)


def show(page: Page, desk: Desk, name: str) -> None:
    """Open a page of the centre and wait until it is there."""
    path, ready = PAGES[name]
    page.goto(desk.at + path)
    page.locator(ready).first.wait_for()
    page.wait_for_load_state("networkidle")


def column(page: Page, state: str) -> Locator:
    """Return a column of the board."""
    return page.locator(f"[data-column={state}]")


def order(page: Page, why: str) -> None:
    """Fill in the dialog that is open, and order."""
    page.get_by_label("Why", exact=True).fill(why)
    page.get_by_label("Your name").fill("Bea")
    page.get_by_role("button", name="Order", exact=True).click()


# --- the centre


def test_the_centre_tells_each_party_by_its_line(page: Page, desk: Desk) -> None:
    """Who was reached and who never, what went, and our own fingerprint to read aloud."""
    show(page, desk, "centre")
    garmian, relief = page.locator("[data-party=garmian]"), page.locator("[data-party=relief]")
    assert re.search(r"just now|ago", garmian.inner_text())
    assert "active" in garmian.inner_text()
    assert re.search(r"[1-9]\d* records? released", garmian.inner_text())
    assert RELIEF in relief.inner_text()
    own = fingerprint(desk.parties["kirkuk"].keys.sign_key)
    assert own in page.get_by_role("region", name="This party").inner_text()


def test_the_charter_is_told_in_words(page: Page, desk: Desk) -> None:
    """Its version, areas, what is expected within which time, and whose signatures a change needs."""
    show(page, desk, "centre")
    charter = page.get_by_role("region", name="Charter").inner_text()
    assert "Kirkuk and Garmian coordination centre, version 1" in charter
    assert "Response, immediate: acknowledged within 1 hour, answered within 6 hours" in charter
    assert f"then to {RELIEF}" in charter
    assert "More than half of the parties must sign a change." in charter
    assert f"Kirkuk desk, {GARMIAN}, {RELIEF}" in charter


def test_the_charters_rules_are_told_in_words(page: Page, desk: Desk) -> None:
    """To whom which incidents go, and which fields are not given: no braces, no ids of areas."""
    show(page, desk, "rules")
    told = page.get_by_role("region", name="The charter's rules").inner_text()
    assert "To all parties, as TLP:GREEN." in told
    assert "Incidents in: Qara Tapa–Hamrin front." in told
    assert "Place: only the district." in told
    assert "Not given: Sources, Quotes." in told
    assert "{" not in told


def test_a_withdrawal_says_who_has_receipted_it(page: Page, desk: Desk) -> None:
    """The reason stands beside it, and what a receipt means."""
    show(page, desk, "centre")
    told = page.get_by_role("region", name="Withdrawals")
    assert "Receipted means that party's program says it erased it." in told.inner_text()
    assert "The source asked for it." in told.inner_text()
    assert f"{GARMIAN}: receipted" in told.inner_text()


def test_an_exchange_fetches_what_is_new(page: Page, desk: Desk) -> None:
    """The button says with how many parties, and the row of each what came and went."""
    show(page, desk, "centre")
    page.get_by_role("button", name="Exchange now").click()
    page.get_by_text("Exchanged with 1 party.").wait_for()
    assert "Exchanged:" in page.locator("[data-party=garmian]").inner_text()


def test_a_party_without_a_line_is_told_in_its_row(page: Page, desk: Desk) -> None:
    """Who has no address is not asked: no button, but why. What failed with another stands beside it."""
    store = desk.parties["kirkuk"].node.store
    store.save_contact(replace(store.contact("garmian"), problem="the line is cut"))
    show(page, desk, "centre")
    assert page.get_by_role("button", name=f"Exchange with {GARMIAN}").count() == 1
    assert page.get_by_role("button", name=f"Exchange with {RELIEF}").count() == 0
    assert "No address: it fetches from us." in page.locator("[data-party=relief]").inner_text()
    assert "the line is cut" in page.locator("[data-party=garmian]").inner_text()
    page.get_by_role("button", name=f"Exchange with {GARMIAN}").click()
    page.get_by_text("Exchanged:").wait_for()
    assert "the line is cut" not in page.locator("[data-party=garmian]").inner_text()


def test_a_desk_that_is_no_party_says_how_to_become_one(page: Page, client: httpx.Client) -> None:
    """The pages of the centre give the commands; the incident's page offers nothing to ask."""
    for path in ("centre", "requests", "releases"):
        page.goto(f"{address_of(client)}/{path}")
        page.get_by_text("seamwatch party init").wait_for()
    [row, *_] = client.get("/api/v1/incidents").json()["incidents"]
    page.goto(f"{address_of(client)}/incident/{row['id']}")
    page.locator("[data-fact]").first.wait_for()
    assert page.get_by_role("link", name="Ask another party").count() == 0


# --- requests


def test_the_board_has_a_column_for_each_state(page: Page, desk: Desk) -> None:
    """Requests stand under their state with who asks whom and until when; the other states are closed."""
    show(page, desk, "requests")
    first = column(page, "open").locator("[data-request]").filter(has_text="Who covers the road")
    assert "from Garmian desk" in first.inner_text()
    assert re.search(r"due in \d hours", first.inner_text())
    assert "Open for cars, closed for lorries." in column(page, "done").inner_text()
    assert not column(page, "declined").locator("p").first.is_visible()


def test_the_board_shows_one_direction_or_party(page: Page, desk: Desk) -> None:
    """The filters are part of the address."""
    show(page, desk, "requests")
    page.get_by_role("button", name="From us").click()
    page.get_by_text("Who covers the road").wait_for(state="detached")
    assert page.get_by_text("Can you confirm how many were hurt?").count() == 1
    page.get_by_label("Party", exact=True).select_option(label=RELIEF)
    page.get_by_text("Is the bridge at Jalawla open?").wait_for(state="detached")
    assert page.url.endswith("/requests?direction=out&party=relief")


def test_a_request_is_accepted_and_done(page: Page, desk: Desk) -> None:
    """Each answer moves the card on; the other party has it after the next exchange."""
    show(page, desk, "requests")
    card = page.locator("[data-request]").filter(has_text="Which villages")
    number = card.get_attribute("data-request")
    card.get_by_role("button", name="Accept").click()
    column(page, "accepted").get_by_text("Which villages").wait_for()
    card.get_by_role("button", name="Done").click()
    page.get_by_label("What was done or found").fill("Three: a list follows by voice.")
    page.get_by_role("button", name="Send answer").click()
    column(page, "done").get_by_text("Which villages").wait_for()
    desk.client.post("/api/v1/centre/sync", json={"party": None}).raise_for_status()
    exchange(desk.parties["garmian"])
    answers = desk.parties["garmian"].node.store.answers_to([number or ""])[number or ""]
    assert [answer.state.value for answer in answers] == ["accepted", "done"]


def test_a_request_is_declined_only_with_a_reason(page: Page, desk: Desk) -> None:
    """Without one the dialog stays open and says why; declined requests can be opened."""
    show(page, desk, "requests")
    card = page.locator("[data-request]").filter(has_text="Who covers the road")
    card.get_by_role("button", name="Decline").click()
    page.get_by_role("button", name="Send answer").click()
    page.get_by_text("Give the reason").wait_for()
    page.get_by_label("Reason").fill("The road is closed to us.")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Send answer").click()
    page.get_by_text("Answered: Declined.").wait_for()
    column(page, "declined").locator("summary").click()
    assert "The road is closed to us." in column(page, "declined").inner_text()


def test_a_new_request_says_beside_each_field_what_is_wrong(page: Page, desk: Desk) -> None:
    """What is missing before it is sent, and what the desk refuses after."""
    show(page, desk, "new request")
    page.get_by_role("button", name="Send request").click()
    for said in ("Choose at least one party.", "Say what is asked."):
        page.get_by_text(said).wait_for()
    page.get_by_role("checkbox", name=GARMIAN).check()
    page.get_by_label("What is asked").fill("Was Kulajo reached?")
    page.get_by_label("About which incident").fill("i-nowhere")
    page.get_by_role("button", name="Send request").click()
    page.get_by_text("no incident has this id").wait_for()
    assert page.get_by_label("About which incident").get_attribute("aria-invalid") == "true"


def test_an_unanswered_incident_is_asked_about(page: Page, desk: Desk) -> None:
    """From the list below the board: the incident and its area are filled in, the request goes out."""
    show(page, desk, "requests")
    row = page.locator("[data-unanswered]").first
    incident = row.get_attribute("data-unanswered")
    listed = desk.client.get("/api/v1/unanswered").json()["unanswered"]
    area = next(one["areas"][0] for one in listed if one["incident"]["id"] == incident)
    assert "answer overdue by" in row.inner_text()
    row.get_by_role("button", name="Ask …").click()
    assert page.get_by_label("About which incident").input_value() == incident
    assert page.get_by_label("Area", exact=True).input_value() == area
    page.get_by_role("checkbox", name=GARMIAN).check()
    page.get_by_label("What for").select_option("Response")
    page.get_by_label("What is asked").fill("Who goes there first?")
    page.get_by_role("button", name="Send request").click()
    column(page, "open").get_by_text("Who goes there first?").wait_for()
    assert "Asked with 1 request" in page.locator(f"[data-unanswered='{incident}']").inner_text()


def test_words_beyond_the_rules_need_a_second_step(page: Page, desk: Desk) -> None:
    """The dialog keeps what was typed, says what it tells, and offers to send that as it is written."""
    show(page, desk, "requests")
    row = page.locator("[data-unanswered]").first
    told = desk.client.get("/api/v1/unanswered").json()["unanswered"]
    where = next(o["incident"] for o in told if o["incident"]["id"] == row.get_attribute("data-unanswered"))
    words = f"Is {where['place']['name']} reached?"
    row.get_by_role("button", name="Ask …").click()
    page.get_by_role("checkbox", name=RELIEF).check()
    field, as_written = page.get_by_label("What is asked"), page.get_by_role("button", name="Send as written")
    field.fill(words)
    page.get_by_role("button", name="Send request").click()
    page.get_by_text("the words tell relief the place").wait_for()
    assert field.input_value() == words
    field.fill(f"{words} ")
    as_written.wait_for(state="detached")
    page.get_by_role("button", name="Send request").click()
    as_written.click()
    column(page, "open").get_by_text(words).wait_for()


def test_who_covers_an_incident_tells_all(page: Page, desk: Desk) -> None:
    """It is accepted at once, and the incident is no longer unanswered."""
    show(page, desk, "requests")
    row = page.locator("[data-unanswered]").last
    incident = row.get_attribute("data-unanswered")
    row.get_by_role("button", name="We cover it").click()
    page.get_by_label("What we do").fill("Our patrol is on its way.")
    page.get_by_role("button", name="Tell all parties").click()
    column(page, "accepted").get_by_text("Our patrol is on its way.").wait_for()
    assert page.locator(f"[data-unanswered='{incident}']").count() == 0


def test_the_incident_page_leads_to_a_request_about_it(page: Page, desk: Desk) -> None:
    """The form has its id; closing it leaves the board."""
    [row, *_] = desk.client.get("/api/v1/incidents").json()["incidents"]
    page.goto(f"{desk.at}/incident/{row['id']}")
    page.get_by_role("link", name="Ask another party").click()
    assert page.get_by_label("About which incident").input_value() == row["id"]
    page.keyboard.press("Escape")
    page.locator("dialog").wait_for(state="detached")
    assert page.url == f"{desk.at}/requests"


# --- releases


def test_what_a_party_receives_stands_beside_what_we_know(page: Page, desk: Desk) -> None:
    """Field by field with its reason; the JSON shown is exactly what the API says goes out."""
    item = next(i for i in desk.preview() if "place" in ((i["content"] or {}).get("coarse") or {}))
    page.goto(f"{desk.at}/releases?to=garmian&incident={item['incident']['id']}")
    place = page.locator("[data-field=place]")
    place.wait_for()
    page.wait_for_load_state("networkidle")
    assert place.get_attribute("data-fate") == "coarse"
    assert "district" in place.inner_text()
    assert page.locator("[data-field=sources]").get_attribute("data-fate") == "withheld"
    page.get_by_text(f"Exactly what {GARMIAN} receives, as JSON").click()
    assert json.loads(page.locator("pre").inner_text()) == item["content"]


def test_each_state_can_be_listed(page: Page, desk: Desk) -> None:
    """Released, waits, approval missing, not released: the buttons count, and the list shows only those."""
    show(page, desk, "releases")
    page.get_by_label("Party", exact=True).select_option(label=RELIEF)
    page.get_by_role("button", name=re.compile("Waits")).click()
    page.locator("[data-item]:not([data-state=waits])").first.wait_for(state="detached")
    assert "until" in page.locator("[data-item]").first.inner_text()


def test_an_approval_is_given_after_a_look(page: Page, desk: Desk) -> None:
    """What would go out is shown before; then it is released."""
    page.goto(f"{desk.at}/releases?to=garmian&state=approval")
    page.get_by_role("button", name="Look").first.click()
    page.get_by_text(f"What {GARMIAN} would receive").wait_for()
    page.get_by_role("button", name="Approve").click()
    page.get_by_role("button", name="Order", exact=True).click()
    page.get_by_text("Say why").wait_for()
    order(page, "Read and checked with the source.")
    page.get_by_text("Approved. It goes out with the next exchange.").wait_for()


def test_a_field_is_withheld_and_given_again(page: Page, desk: Desk) -> None:
    """Each order asks for its reason, which stands below with who ordered it."""
    item = next(i for i in desk.preview(state="released") if i["content"]["incident"]["date"])
    page.goto(f"{desk.at}/releases?to=garmian&incident={item['incident']['id']}")
    day = page.locator("[data-field=date]")
    day.get_by_role("button", name="Withhold: Date").click()
    order(page, "The day tells who was there.")
    page.locator("[data-field=date][data-fate=withheld]").wait_for()
    assert "The day tells who was there." in page.get_by_role("region", name="Orders so far").inner_text()
    day.get_by_role("button", name="Give again: Date").click()
    order(page, "It is public now.")
    page.locator("[data-field=date][data-fate=given]").wait_for()


def test_what_went_out_is_withdrawn_and_receipted(page: Page, desk: Desk) -> None:
    """The order is made here; after an exchange the centre shows the receipt."""
    item = next(i for i in desk.preview(state="released") if i["sent"])
    page.goto(f"{desk.at}/releases?to=garmian&incident={item['incident']['id']}")
    page.get_by_role("button", name="Withdraw …").click()
    order(page, "It was another village.")
    page.locator("[data-state=held]").wait_for()
    for _ in range(2):
        desk.client.post("/api/v1/centre/sync", json={"party": None}).raise_for_status()
        exchange(desk.parties["garmian"])
    show(page, desk, "centre")
    line = page.get_by_role("listitem").filter(has_text="It was another village.").first
    assert f"{GARMIAN}: receipted" in line.inner_text()


def test_wrong_rules_are_told_before_they_are_stored(page: Page, desk: Desk) -> None:
    """The message names the rule and the field; nothing is stored until all is right."""
    show(page, desk, "rules")
    box = page.get_by_label("Rules as YAML")
    before = box.input_value()
    box.fill(before.replace("place: district", "place: village"))
    page.get_by_role("button", name="Check").click()
    wrong = page.get_by_role("alert")
    wrong.wait_for()
    assert "kirkuk-to-garmian" in wrong.inner_text()
    selected = "box => box.value.slice(box.selectionStart, box.selectionEnd)"
    assert box.evaluate(selected).strip() == "place: village"
    assert desk.client.get("/api/v1/releases/rules").json()["yaml"] == before
    box.fill(before.replace("after_hours: 24", "after_hours: 36"))
    page.get_by_role("button", name="Check").click()
    page.get_by_text("4 rules, valid. Nothing is stored yet.").wait_for()
    page.get_by_label("Your name").fill("Bea")
    page.get_by_role("button", name="Store", exact=True).click()
    page.get_by_text("Stored: 4 rules.").wait_for()
    assert "after_hours: 36" in desk.client.get("/api/v1/releases/rules").json()["yaml"]


# --- audit


def test_the_log_is_filtered_by_kind_and_subject(page: Page, desk: Desk) -> None:
    """The head stands above; a click on a subject shows all about it."""
    show(page, desk, "audit")
    head = desk.client.get("/api/v1/audit").json()["head"]
    assert f"entry {head['number']:,}" in page.get_by_test_id("head").inner_text()
    page.get_by_label("Kind").select_option("Entry sent")
    page.locator("[data-number]").filter(has_not_text="Entry sent").first.wait_for(state="detached")
    subject = page.locator("[data-number] button").first
    name = subject.inner_text()
    subject.click()
    page.wait_for_url(re.compile("subject="))
    assert page.get_by_label("Subject").input_value() == name


def test_the_log_is_handed_over_signed(page: Page, desk: Desk, tmp_path: Path) -> None:
    """The file has every entry, with whose it is before them and a signature behind them."""
    show(page, desk, "audit")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download the export").click()
    saved = tmp_path / "log.jsonl"
    waiting.value.save_as(saved)
    first, *entries, last = map(json.loads, saved.read_text(encoding="utf-8").splitlines())
    assert first["party"] == "kirkuk"
    assert [entry["number"] for entry in entries] == list(range(1, len(entries) + 1))
    assert last["signature"]


def test_another_partys_log_is_checked_and_a_changed_one_refused(
    page: Page, desk: Desk, tmp_path: Path
) -> None:
    """One changed number is enough, and the list says where."""
    garmian = desk.parties["garmian"]
    lines = "".join(export_log(garmian.node.store, garmian.keys)).splitlines()
    show(page, desk, "audit")
    for name, number, verdict in (("whole", 0, "true"), ("changed", 77, "false")):
        told = [re.sub(r'"number":3\b', f'"number":{number or 3}', line) for line in lines]
        file = tmp_path / f"{name}.jsonl"
        file.write_text("\n".join(told) + "\n", encoding="utf-8")
        page.get_by_label("Exported log").set_input_files(file)
        page.get_by_role("button", name="Check", exact=True).click()
        page.locator(f"[data-verified={verdict}]").wait_for()
    said = page.get_by_role("region", name="Check another party's export").inner_text()
    assert "The log is not to be trusted" in said
    assert re.search(r"entry 3|77", said)


# --- all of them


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_centre_is_accessible(browser: Browser, desk: Desk, name: str, theme: str) -> None:
    """Axe finds nothing in both themes; on a phone nothing is wider than it, in both directions."""
    with opened(browser) as page:
        page.emulate_media(color_scheme="light" if theme == "light" else "dark", reduced_motion="reduce")
        show(page, desk, name)
        if name == "releases":
            page.get_by_role("button", name="Look").first.click()
            page.locator("[data-field]").first.wait_for()
        assert violations(page) == []
        page.set_viewport_size({"width": 390, "height": 800})
        for direction in ("ltr", "rtl"):
            page.evaluate("way => { document.documentElement.dir = way }", direction)
            page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
            assert page.evaluate(BEYOND) == []


def test_the_pages_of_the_centre_lead_to_one_another(page: Page, desk: Desk) -> None:
    """With the keyboard alone: the head leads to the centre, its own links to the other pages."""
    page.goto(desk.at + "/list")
    page.get_by_role("link", name="Centre").focus()
    page.keyboard.press("Enter")
    for name in ("Requests", "Releases", "Audit"):
        link = page.get_by_role("navigation", name="Pages of the centre").get_by_role("link", name=name)
        link.focus()
        page.keyboard.press("Enter")
        page.get_by_role("heading", name=name, exact=True).wait_for()
        assert link.get_attribute("aria-current") == "page"
