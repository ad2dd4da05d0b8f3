"""The desk with accounts in a real browser: the sign-in page, who may do what, accounts and tokens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from account_desk import PASSWORD, desk_with, quick_passwords
from desk_browser import NEEDS_BROWSER, address_of, opened
from oidc_issuer import CLIENT, SECRET, issuing
from seamwatch.model.account import OidcSettings
from seamwatch.pipeline.accounts import add_account, set_oidc
from seamwatch.pipeline.issuer_secret import save_secret
from seamwatch.store import open_store
from seamwatch.vocabulary.coordination import Role
from test_desk_access import AXE, BEYOND, violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = NEEDS_BROWSER


@pytest.fixture(scope="module")
def desk(samples_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx.Client, Path]]:
    """Yield a desk with ada (admin), ben (reviewer) and vic (viewer)."""
    folder = tmp_path_factory.mktemp("people")
    with desk_with(samples_db, folder, ben=Role.REVIEWER, vic=Role.VIEWER) as made:
        yield made


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def an_incident(desk: tuple[httpx.Client, Path]) -> str:
    """Return the id of an incident."""
    with open_store(str(desk[1])) as store:
        return store.incident_ids()[0]


def test_who_is_not_signed_in_comes_to_the_sign_in_page_and_back(
    page: Page, desk: tuple[httpx.Client, Path]
) -> None:
    """A wrong password is said; after the right one the page that was asked for opens, with its query."""
    root = address_of(desk[0])
    page.goto(f"{root}/list?since=2024-03-01")
    page.get_by_role("heading", name="Sign in").wait_for()
    assert page.url.startswith(f"{root}/signin?next=")
    assert page.get_by_role("link", name="List").count() == 0
    sign_in(page, "ben", "a wrong password")
    page.get_by_role("alert").get_by_text("The name or the password is wrong.").wait_for()
    sign_in(page, "ben")
    page.wait_for_url(f"{root}/list?since=2024-03-01")
    page.get_by_role("link", name="ben: account and tokens").wait_for()


def test_signing_out_leaves_nothing_to_go_back_to(page: Page, desk: tuple[httpx.Client, Path]) -> None:
    """After it the sign-in page stands there; the page before asks to sign in again."""
    root = address_of(desk[0])
    page.goto(f"{root}/list")
    sign_in(page, "ben")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Sign in").wait_for()
    page.goto(f"{root}/list")
    page.get_by_role("heading", name="Sign in").wait_for()
    assert page.get_by_role("row").count() == 0


def test_a_viewer_sees_no_buttons_for_what_only_others_may(
    page: Page, desk: tuple[httpx.Client, Path]
) -> None:
    """No adding, no report, no export, no decisions; reading works."""
    root = address_of(desk[0])
    page.goto(f"{root}/incident/{an_incident(desk)}")
    sign_in(page, "vic")
    page.locator("[data-fact]").first.wait_for()
    links = page.get_by_role("navigation", name="Pages").get_by_role("link")
    assert {"Add", "Sitrep"}.isdisjoint(links.all_inner_texts())
    assert page.get_by_role("button", name="Confirm …").count() == 0
    page.goto(f"{root}/list")
    page.get_by_role("row").nth(1).wait_for()
    assert page.get_by_role("button", name="Export").count() == 0


def test_a_reviewer_decides_under_the_accounts_name(page: Page, desk: tuple[httpx.Client, Path]) -> None:
    """The dialog asks for no name; the decision bears the account's; the write carries the CSRF word."""
    root = address_of(desk[0])
    page.goto(f"{root}/incident/{an_incident(desk)}")
    sign_in(page, "ben")
    page.get_by_role("button", name="Confirm …", exact=True).click()
    dialog = page.get_by_role("dialog")
    assert dialog.get_by_label("Your name").count() == 0
    dialog.locator("button.primary").click()
    page.get_by_text("ben on ").first.wait_for()
    with open_store(str(desk[1])) as store:
        assert store.decisions()[-1].by == "ben"


def test_a_session_that_ends_leads_to_the_sign_in_page(page: Page, desk: tuple[httpx.Client, Path]) -> None:
    """The next thing that the page asks for leads there, and back again afterwards."""
    root = address_of(desk[0])
    page.goto(f"{root}/list")
    sign_in(page, "vic")
    page.get_by_role("row").nth(1).wait_for()
    page.context.clear_cookies()
    page.get_by_role("link", name="Review").click()
    page.get_by_role("heading", name="Sign in").wait_for()
    sign_in(page, "vic")
    page.wait_for_url(f"{root}/review")


def test_an_admin_adds_changes_and_disables_accounts(page: Page, desk: tuple[httpx.Client, Path]) -> None:
    """On the page Accounts; one's own role is not to be changed there."""
    root = address_of(desk[0])
    page.goto(f"{root}/accounts")
    sign_in(page, "ada")
    page.get_by_role("heading", name="Everybody").wait_for()
    assert page.get_by_label("Role of ada").is_disabled()
    page.get_by_label("Name", exact=True).fill("zoe")
    page.get_by_label("Password", exact=True).fill("a password for zoe")
    page.get_by_role("button", name="Add", exact=True).click()
    row = page.locator("[data-account=zoe]")
    row.wait_for()
    page.get_by_label("Role of zoe").select_option("analyst")
    page.get_by_text("zoe was changed and signs in again.").wait_for()
    page.get_by_role("button", name="Disable zoe").click()
    row.get_by_text("disabled").wait_for()
    with open_store(str(desk[1])) as store:
        made = store.account("zoe")
    assert made is not None and (made.role, made.disabled) == (Role.ANALYST, True)


def test_one_changes_ones_own_password(page: Page, desk: tuple[httpx.Client, Path]) -> None:
    """Under My account: what is wrong stands beside its field; the new one holds, and one stays signed in."""
    with open_store(str(desk[1])) as store:
        add_account(store, "eli", role=Role.VIEWER, password=PASSWORD, by="test", passwords=quick_passwords())
    page.goto(f"{address_of(desk[0])}/accounts")
    sign_in(page, "eli")
    mine = page.get_by_role("region", name="My account")

    def change(old: str, new: str, again: str) -> None:
        given = {"Current password": old, "New password": new, "New password again": again}
        for label, value in given.items():
            mine.get_by_label(label, exact=True).fill(value)
        mine.get_by_role("button", name="Change it").click()

    change(PASSWORD, "seven other loud words", "seven other quiet words")
    mine.get_by_text("The two new passwords differ").wait_for()
    change("guessed", "seven other loud words", "seven other loud words")
    mine.get_by_text("the current password is wrong").wait_for()
    assert mine.get_by_label("Current password").get_attribute("aria-invalid") == "true"
    change(PASSWORD, "seven other loud words", "seven other loud words")
    mine.get_by_text("The password is changed.").wait_for()
    assert mine.get_by_label("Current password").input_value() == ""
    page.reload()
    page.get_by_role("heading", name="My account").wait_for()
    form = {"name": "eli", "password": "seven other loud words"}
    assert desk[0].post("/api/v1/session", json=form).status_code == 200


def test_a_token_is_shown_once_and_can_be_revoked(page: Page, desk: tuple[httpx.Client, Path]) -> None:
    """A viewer offers no more than reading; the token works until it is revoked."""
    root = address_of(desk[0])
    page.goto(f"{root}/accounts")
    sign_in(page, "vic")
    page.get_by_label("What it is for").fill("nightly")
    assert page.get_by_role("checkbox").count() == 1
    page.get_by_role("button", name="Make a token").click()
    secret = page.get_by_test_id("secret").inner_text()
    headers = {"Authorization": f"Bearer {secret}"}
    assert desk[0].get("/api/v1/config", headers=headers).status_code == 200
    page.reload()
    page.get_by_text(f"{secret[:10]}…").wait_for()
    assert secret not in page.content()
    page.get_by_role("button", name="Revoke the token for nightly").click()
    page.get_by_text(f"{secret[:10]}…").wait_for(state="detached")
    assert desk[0].get("/api/v1/config", headers=headers).status_code == 401


def test_one_signs_in_at_the_issuer(browser: Browser, samples_db: Path, tmp_path: Path) -> None:
    """By a link: there, back, and to the page that was asked for; the strict cookie holds."""
    with issuing() as issuer, desk_with(samples_db, tmp_path) as (client, db):
        with open_store(str(db)) as store:
            settings = OidcSettings(issuer=issuer.address, client_id=CLIENT, name="Our sign-in")
            set_oidc(store, settings, by="test")
            add_account(store, "dilan", role=Role.VIEWER, subject="subject-1", by="test")
        save_secret(str(db), SECRET)
        with opened(browser) as page:
            page.goto(f"{address_of(client)}/list?since=2024-03-01")
            page.get_by_role("link", name="Sign in with Our sign-in").click()
            page.wait_for_url(f"{address_of(client)}/list?since=2024-03-01")
            page.get_by_role("link", name="dilan: account and tokens").wait_for()
            page.get_by_role("row").nth(1).wait_for()


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed: npm ci in web/")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_are_accessible(browser: Browser, desk: tuple[httpx.Client, Path], theme: str) -> None:
    """The sign-in page and the accounts hold what axe can test; on a phone nothing is wider than it."""
    root = address_of(desk[0])
    with opened(browser) as page:
        page.emulate_media(color_scheme="light" if theme == "light" else "dark", reduced_motion="reduce")
        page.goto(f"{root}/signin?next=/accounts")
        page.get_by_role("heading", name="Sign in").wait_for()
        assert violations(page) == []
        page.set_viewport_size({"width": 390, "height": 800})
        assert page.evaluate(BEYOND) == []
        sign_in(page, "ada")
        page.locator("[data-account=vic]").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        assert page.evaluate(BEYOND) == []
        page.set_viewport_size({"width": 1300, "height": 900})
        assert violations(page) == []
