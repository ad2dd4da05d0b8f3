"""The pages of the centre in a real browser, for accounts that may do or see less than all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from account_desk import PASSWORD, another, error_code, quick_passwords
from account_desk import sign_in as signed_in
from centre_desk import centre
from desk_browser import NEEDS_BROWSER, address_of, opened
from party_records import picture_of, record
from seamwatch.model.request import Answer, Request
from seamwatch.pipeline.accounts import add_account
from seamwatch.vocabulary.coordination import RequestKind, RequestState, Role, Tlp
from serving import serving
from test_desk_accounts import sign_in
from test_desk_centre import Desk

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from seamwatch.pipeline.kit import Kit

pytestmark = NEEDS_BROWSER
RAWA = {"name": "Rawa", "admin1": "Anbar", "admin2": "Ana", "country": "IQ", "lat": 34.5, "lon": 41.9}
PEOPLE = (
    ("ada", Role.ADMIN, Tlp.RED),
    ("vic", Role.VIEWER, Tlp.RED),
    ("lia", Role.LIAISON, Tlp.RED),
    ("low", Role.LIAISON, Tlp.AMBER),
)


@pytest.fixture(scope="module")
def desk(samples_db: Path, kit: Kit, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Yield the desk of kirkuk with accounts, and one more record that a party released as TLP:RED."""
    folder = tmp_path_factory.mktemp("roles")
    with centre(folder, samples_db, kit) as parties:
        store = parties["kirkuk"].node.store
        place = {**RAWA, "precision": 1, "radius_km": 3, "evidence": []}
        picture_of(store).show([record("garmian", "r1", tlp="TLP:RED", place=place)])
        for name, role, clearance in PEOPLE:
            add_account(
                store,
                name,
                role=role,
                clearance=clearance,
                password=PASSWORD,
                by="test",
                passwords=quick_passwords(),
            )
        with serving(parties["kirkuk"].db, exchange_private=True) as client:
            yield Desk(at=address_of(client), client=client, parties=parties)


@pytest.mark.parametrize("width", [360, 390, 768])
def test_no_link_of_the_head_is_out_of_sight(browser: Browser, desk: Desk, width: int) -> None:
    """On a phone and a tablet too, with a name beside them; and no page is wider than the screen."""
    with opened(browser, width=width, height=800) as page:
        page.goto(desk.at)
        sign_in(page, "ada")
        page.locator("header .who").wait_for()
        for path in ("/", "/centre", "/accounts"):
            page.goto(desk.at + path)
            links = page.locator("header nav a")
            links.last.wait_for()
            boxes = [link.bounding_box() for link in links.all()]
            assert len(boxes) == 6
            assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes)
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_is_over_is_fetched_page_by_page(page: Page, desk: Desk) -> None:
    """The board begins with fifty that are done; a button brings the older ones."""
    store, now = desk.parties["kirkuk"].node.store, datetime.now(UTC)
    for number in range(60):
        at = now - timedelta(hours=number + 1)
        asked = Request(
            id=str(UUID(int=number + 1)),
            sender="garmian",
            to=("kirkuk",),
            kind=RequestKind.INFORMATION,
            text=f"Is road {number} open?",
            at=at,
            deadline=at + timedelta(days=3),
        )
        done = Answer(
            request=asked.id, sender="garmian", party="kirkuk", state=RequestState.DONE, at=now, text="Yes."
        )
        store.add_request(asked)
        store.add_answer(done)
    page.goto(f"{desk.at}/requests")
    sign_in(page, "lia")
    column = page.locator("[data-column=done]")
    column.get_by_text("(50+)").wait_for()
    assert column.locator("[data-request]").count() == 50
    column.get_by_role("button", name="Show older ones").click()
    column.get_by_text("(61)").wait_for()
    assert column.get_by_role("button", name="Show older ones").count() == 0


def test_a_viewer_reads_the_centre_and_is_offered_nothing_else(page: Page, desk: Desk) -> None:
    """No exchange, no new request, no answer, no audit, no releases; the same calls say 403."""
    page.goto(f"{desk.at}/centre")
    sign_in(page, "vic")
    page.locator("[data-party=garmian]").wait_for()
    page.get_by_role("region", name="Withdrawals").wait_for()
    assert page.get_by_role("button", name="Exchange").count() == 0
    assert page.get_by_role("link", name="See the rules").count() == 0
    links = page.get_by_role("navigation", name="Pages of the centre").get_by_role("link").all_inner_texts()
    assert {"Releases", "Audit"}.isdisjoint(links)
    page.goto(f"{desk.at}/requests")
    page.locator("[data-request]").first.wait_for()
    for name in ("New request", "Accept", "Decline", "Done", "Cover", "Ask"):
        assert page.get_by_role("button", name=name).count() == 0, name
    with another(desk.client) as vic:
        assert signed_in(vic, "vic").status_code == 200
        [one, *_] = vic.get("/api/v1/requests").json()["requests"]
        [row, *_] = vic.get("/api/v1/incidents").json()["incidents"]
        order = {"incident": row["id"], "kind": "hold", "why": "x"}
        asked = {"to": ["garmian"], "kind": "information", "text": "x", "deadline": "2099-01-01T00:00:00Z"}
        for answer in (
            vic.post("/api/v1/centre/sync", json={}),
            vic.post("/api/v1/releases/orders", json=order),
            vic.get("/api/v1/releases/preview", params={"to": "garmian"}),
            vic.put("/api/v1/releases/rules", json={"yaml": ""}),
            vic.post("/api/v1/requests", json={**asked, "priority": "routine"}),
            vic.post(f"/api/v1/requests/{one['id']}/answers", json={"state": "accepted"}),
            vic.get("/api/v1/audit"),
            vic.get("/api/v1/accounts"),
        ):
            assert error_code(answer) == (403, "not_allowed")


def test_a_page_that_one_may_not_have_says_so(page: Page, desk: Desk) -> None:
    """A viewer who types the address of the releases or the log gets a sentence, no empty page."""
    page.goto(f"{desk.at}/audit")
    sign_in(page, "vic")
    page.get_by_text("this needs the permission audit").wait_for()
    page.goto(f"{desk.at}/releases")
    page.get_by_text("this needs the permission release or approve").first.wait_for()


def test_a_liaison_releases_under_the_accounts_name(page: Page, desk: Desk) -> None:
    """A hold is ordered without a name to fill in: it bears the account's. Others' accounts stay shut."""
    page.goto(f"{desk.at}/releases?to=garmian&state=released")
    sign_in(page, "lia")
    page.locator("[data-item]").first.wait_for()
    page.get_by_role("button", name="Look").first.click()
    page.locator("[data-field]").first.wait_for()
    page.get_by_role("button", name="Withdraw").first.click()
    page.get_by_label("Why", exact=True).fill("It was another village.")
    assert page.get_by_label("Your name").count() == 0
    page.get_by_role("button", name="Order", exact=True).click()
    page.get_by_text("Ordered.").first.wait_for()
    store = desk.parties["kirkuk"].node.store
    [order] = [e for e in store.audit_entries(kind="release.ordered") if e.actor == "lia"]
    assert order.details["order"] == "hold"
    page.goto(f"{desk.at}/centre")
    page.get_by_role("button", name="Exchange now").wait_for()
    page.goto(f"{desk.at}/accounts")
    page.get_by_role("heading", name="My account").wait_for()
    assert page.get_by_role("heading", name="Everybody").count() == 0


def test_what_a_clearance_hides_is_nowhere(page: Page, desk: Desk) -> None:
    """Not in the list, its search, its page, nor in what can be downloaded."""
    with another(desk.client) as ada:
        signed_in(ada, "ada")
        asked = {"status": "all", "text": "Rawa"}
        [row] = ada.get("/api/v1/incidents", params=asked).json()["incidents"]
        whole = ada.get("/api/v1/incidents", params={"status": "all"}).json()["total"]
    page.goto(f"{desk.at}/list?status=all&text=Rawa")
    sign_in(page, "low")
    page.get_by_role("heading", name="0 incidents").wait_for()
    page.goto(f"{desk.at}/list?status=all")
    page.get_by_role("heading", name="incidents").first.wait_for()
    shown = page.get_by_role("heading", name="incidents").first.inner_text()
    assert int("".join(c for c in shown if c.isdigit())) < whole
    for name in (row["id"], "i-0000000000"):
        page.goto(f"{desk.at}/incident/{name}")
        page.get_by_text(f"no incident has the id {name}").first.wait_for()
    with another(desk.client) as low:
        signed_in(low, "low")
        for path in ("export?format=jsonl&status=all", "export?format=cap&status=all", "decisions"):
            answer = low.get(f"/api/v1/{path}")
            assert answer.status_code == 200 and "Rawa" not in answer.text, path
