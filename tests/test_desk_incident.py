"""The incident page and the review page in a real browser, against a server on a database of samples."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from desk_browser import NEEDS_BROWSER, address_of, served
from link_tellings import telling
from seamwatch.model.incident import Extraction
from seamwatch.model.text import Article
from seamwatch.pipeline.decide import Decider
from seamwatch.pipeline.linking import Linker
from seamwatch.store import open_store
from told_store import BOMB, RAID, opened, tell, unsure

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = NEEDS_BROWSER
# Articles of the samples: one bomb as four of them tell it, two died first, later a third.
FIRST, LAST = "riyadh-bomb-first-report#1", "riyadh-bomb-claim#1"


@pytest.fixture
def desk(client: httpx.Client) -> str:
    """Return the address of a server on the samples, for tests that only read."""
    return address_of(client)


@pytest.fixture
def own_desk(own_client: httpx.Client) -> str:
    """Return the address of a server on a copy of the samples, for one test that decides."""
    return address_of(own_client)


def incident_of(desk: str, mention: str) -> dict[str, Any]:
    """Return the incident that tells a mention, as the API gives it."""
    rows = httpx.get(f"{desk}/api/v1/incidents", params={"status": "all"}).json()["incidents"]
    told = (httpx.get(f"{desk}/api/v1/incidents/{row['id']}").json()["incident"] for row in rows)
    return next(i for i in told if mention in {m["id"] for m in i["mentions"]})


def open_bomb(page: Page, desk: str, query: str = "") -> dict[str, Any]:
    """Open the incident of the bomb and wait until its values stand; return it."""
    incident = incident_of(desk, FIRST)
    page.goto(f"{desk}/incident/{incident['id']}{query}")
    page.locator("[data-fact]").first.wait_for()
    return incident


def marked(page: Page) -> dict[str, list[str]]:
    """Return the marked words by article: pieces of one passage joined."""
    script = """() => Object.fromEntries([...document.querySelectorAll('[data-article]')].map(a => [
        a.dataset.article, [...a.querySelectorAll('mark.chosen')].map(m => m.textContent)]))"""
    found: dict[str, list[str]] = page.evaluate(script)
    return {article: words for article, words in found.items() if words}


def test_choosing_a_value_marks_its_quotes_in_the_articles(page: Page, desk: str) -> None:
    """The words marked are those of the value's evidence, in the articles that say them and in no other."""
    incident = open_bomb(page, desk)
    page.locator("[data-fact^='killed ']").click()
    expected: dict[str, str] = {}
    for passage in sorted(incident["killed"]["evidence"], key=lambda e: e["start"]):
        article = passage["mention"].split("#")[0]
        expected[article] = expected.get(article, "") + passage["quote"]
    assert {article: "".join(words) for article, words in marked(page).items()} == expected
    page.locator("[data-fact^='killed ']").click()
    assert marked(page) == {}


def test_offsets_hold_behind_emoji_in_arabic_and_in_text_that_looks_like_html(
    page: Page, tmp_path: Path
) -> None:
    """Offsets count code points, and the browser's strings do not; markup in an article stays text."""
    text = (
        "🚨🚨 <img src=x onerror=alert(1)> 👨‍👩‍👧 عاجل: مقتل شخصين في انفجار عبوة ناسفة قرب داقوق.\n"
        "\u202eTwo were killed, <b>three</b> wounded 💥."
    )
    quote = "عبوة ناسفة قرب داقوق"
    told = telling("A#1", {**BOMB, "article": "A"})
    article = Article(
        id="A", text=text, title="🚨 عاجل", published=told.article.published, source=told.article.source
    )
    at = text.index(quote)
    evidence = (article.evidence(at, at + len(quote)),)
    assert told.mention.place is not None
    place = replace(told.mention.place, evidence=evidence)
    quoted = replace(told.mention, evidence=evidence, place=place)
    path = tmp_path / "own.db"
    with open_store(str(path)) as store, store.transaction():
        store.add_article(article)
        store.store_extraction("A", Extraction(mentions=(quoted,)), given=True)
        Linker(store).link(store.mentions_of("A"))
    with served(path) as desk:
        page.goto(f"{desk}/incident/{incident_of(desk, 'A#1')['id']}")
        page.locator("[data-fact^='place ']").click()
        assert marked(page) == {"A": [quote]}
        assert page.locator("[data-article] [data-part=text]").text_content() == text
        assert page.locator("[data-article] :is(img, b, script)").count() == 0


def test_the_slider_shows_what_was_believed(page: Page, desk: str) -> None:
    """On the first day two were dead and two articles unknown; at the end of the slider it is now again."""
    open_bomb(page, desk)
    fact = page.locator("[data-fact^='killed '] .words")
    slider = page.get_by_role("slider", name="As believed on")
    assert fact.text_content() == "3"
    slider.focus()
    slider.press("Home")
    page.get_by_text("You see what was believed on 4 March 2024").wait_for()
    assert fact.text_content() == "2"
    assert "as_of=2024-03-04" in page.url
    assert page.get_by_text("Not known yet on 4 March 2024").count() == 3
    assert slider.get_attribute("aria-valuetext") == "4 March 2024"
    slider.press("End")
    page.locator("[data-fact='killed 3']").wait_for()
    assert "as_of" not in page.url


def test_a_day_before_the_first_report_says_so(page: Page, desk: str) -> None:
    """An address with a day on which nothing was known opens, says it and leads back."""
    incident = incident_of(desk, FIRST)
    page.goto(f"{desk}/incident/{incident['id']}?as_of=2024-03-01")
    page.get_by_text("Nothing was known of this incident on 1 March 2024").wait_for()
    page.get_by_role("button", name="Back to now").click()
    page.locator("[data-fact='killed 3']").wait_for()


def test_the_way_back_keeps_the_filters(page: Page, desk: str) -> None:
    """Whoever came with filters goes back with them, wherever the slider is by then."""
    open_bomb(page, desk, "?type=Battles&min_killed=2")
    page.get_by_role("slider", name="As believed on").press("Home")
    page.wait_for_url("**as_of=2024-03-04**")
    back = page.get_by_role("link", name="Back to the map")
    assert back.get_attribute("href") == "/?min_killed=2&type=Battles"


def test_who_came_from_the_list_goes_back_to_the_same_list(page: Page, desk: str) -> None:
    """The list's filters are those that it was left with."""
    page.goto(f"{desk}/list?min_killed=3")
    page.locator("a[href^='/incident/']").first.click()
    back = page.get_by_role("link", name="Back to the list")
    back.wait_for()
    assert back.get_attribute("href") == "/list?min_killed=3"


def test_selected_words_correct_a_value_and_it_can_be_undone(page: Page, own_desk: str) -> None:
    """The word "four" of an article becomes the injured, with who did it and why; undo takes it back."""
    incident = open_bomb(page, own_desk)
    page.evaluate(
        """() => {
        const text = document.querySelector('[data-article=riyadh-bomb-hospital] [data-part=text]');
        const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const at = node.data.indexOf('four');
            if (at < 0) continue;
            getSelection().setBaseAndExtent(node, at, node, at + 4);
            return;
        }
    }"""
    )
    page.get_by_role("toolbar").get_by_role("button", name="Injured").click()
    assert page.get_by_label("What it is").input_value() == "4"
    page.get_by_label("Your name").fill("ana")
    page.get_by_role("button", name="Store").click()
    page.locator("[data-fact='injured 4']").wait_for()
    page.get_by_text("Set by").first.wait_for()
    stored = httpx.get(f"{own_desk}/api/v1/incidents/{incident['id']}").json()
    assert stored["incident"]["injured"]["best"] == 4
    assert "four" in stored["decisions"][0]["why"]
    page.get_by_role("status").get_by_role("button", name="Undo d1").click()
    page.locator("[data-fact='injured 3']").wait_for()


def test_a_mention_is_split_off(page: Page, own_desk: str) -> None:
    """The chosen telling becomes an incident of its own, and the page links to it."""
    open_bomb(page, own_desk)
    page.get_by_role("button", name="Split off").click()
    page.get_by_role("button", name="Store").click()
    page.get_by_label("Your name").fill("ana")
    page.get_by_role("button", name="Store").click()
    page.get_by_text("Choose at least one telling").wait_for()
    page.get_by_role("checkbox", name=LAST).check()
    page.get_by_role("button", name="Store").click()
    page.get_by_text("Split off.").wait_for()
    other = page.get_by_role("status").get_by_role("link").text_content()
    assert other == incident_of(own_desk, LAST)["id"] != incident_of(own_desk, FIRST)["id"]


def test_the_articles_of_an_incident_are_labelled(page: Page, own_desk: str) -> None:
    """The page shows the label that own articles bear; a freer one without a reason is refused and said."""
    open_bomb(page, own_desk)
    shown = page.get_by_test_id("label")
    assert "no label" in (shown.text_content() or "")
    for label, said in (("TLP:RED", "Label stored"), ("TLP:GREEN", "would become freer")):
        page.get_by_role("button", name="Label …").click()
        page.get_by_role("combobox", name="Label").select_option(label)
        page.get_by_label("Your name").fill("ana")
        page.get_by_role("button", name="Store").click()
        page.get_by_text(said).wait_for()
    assert shown.text_content() == "Our articles that tell it: TLP:RED."


def start_review(page: Page, desk: str) -> None:
    """Open the queue, say who decides and wait for the first pair."""
    page.goto(f"{desk}/review")
    page.get_by_label("Your name").fill("ana")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Pair 1 of 1").wait_for()


def decisions(desk: str) -> list[dict[str, Any]]:
    """Return the decisions, the first first."""
    told: list[dict[str, Any]] = httpx.get(f"{desk}/api/v1/decisions").json()["decisions"]
    return told[::-1]


def test_a_pair_is_judged_by_keyboard_and_undone(page: Page, own_desk: str) -> None:
    """One key decides and is stored, another takes it back; both are said aloud and the pair comes back."""
    start_review(page, own_desk)
    page.keyboard.press("d")
    page.get_by_text("Different: stored as d1").wait_for()
    page.get_by_role("heading", name="Nothing to review").wait_for()
    assert [(d["kind"], d["by"], d["undone_by"]) for d in decisions(own_desk)] == [("different", "ana", None)]
    page.keyboard.press("z")
    page.get_by_text("d1 is undone").wait_for()
    heading = page.get_by_role("heading", name="Pair 1 of 1")
    heading.wait_for()
    assert heading.evaluate("node => node === document.activeElement")
    assert [d["undone_by"] for d in decisions(own_desk)] == ["d2", None]


def test_what_is_not_stored_is_said_and_the_pair_is_open_again(page: Page, desk: str) -> None:
    """The page goes on at once; where the desk does not answer it comes back to the pair and says so."""
    start_review(page, desk)
    page.route("**/api/v1/decisions", lambda route: route.abort())
    page.keyboard.press("s")
    page.get_by_role("alert").get_by_text("Same was not stored").wait_for()
    page.get_by_role("heading", name="Pair 1 of 1").wait_for()
    assert decisions(desk) == []


def test_single_keys_can_be_switched_off(page: Page, own_desk: str) -> None:
    """Who dictates or slips must not decide by accident: the keys can be taken out, and stay out."""
    start_review(page, own_desk)
    page.keyboard.press("?")
    page.get_by_label("Single keys decide").uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("d")
    page.get_by_text("Single keys are off").wait_for()
    page.get_by_role("button", name="Unsure").click()
    page.get_by_text("Unsure: stored as d1").wait_for()
    assert [d["kind"] for d in decisions(own_desk)] == ["unsure"]


def test_a_queue_of_a_contradiction_and_two_pairs(page: Page, tmp_path: Path) -> None:
    """One decision of a contradiction is undone there; skipping and deciding go on to what is still asked."""
    with opened(tmp_path) as store:
        for name, row in {"A": BOMB, "B": BOMB, "C": RAID}.items():
            tell(store, name, row)
        for name, day in {"D": 90, "E": 150, "F": 210, "G": 270}.items():
            tell(store, name, RAID, day=day)
        unsure(store, "E#1", "F#1", -100)
        unsure(store, "F#1", "G#1", -200)
        decider = Decider(store, by="ana")
        decider.same("A#1", "C#1")
        decider.different("A#1", "D#1")
        decider.same("C#1", "D#1")
    with served(tmp_path / "record.db") as desk:
        page.goto(f"{desk}/review")
        page.get_by_label("Your name").fill("ben")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Pair 1 of 3").wait_for()
        page.get_by_role("button", name="Undo d2").click()
        page.get_by_role("heading", name="Pair 1 of 2").wait_for()
        page.get_by_text("Decisions contradict one another").wait_for(state="detached")
        page.get_by_role("cell", name="So E tells it").wait_for()
        page.keyboard.press("j")
        page.get_by_role("heading", name="Pair 2 of 2").wait_for()
        page.get_by_role("cell", name="So G tells it").wait_for()
        page.keyboard.press("k")
        page.get_by_role("cell", name="So E tells it").wait_for()
        page.keyboard.press("s")
        page.get_by_text("Same: stored as d5").wait_for()
        page.get_by_role("cell", name="So G tells it").wait_for()
        page.keyboard.press("d")
        page.get_by_text("You decided 2 pairs in this sitting").wait_for()
        assert [(d["kind"], d["undone_by"]) for d in decisions(desk)][3:] == [
            ("undo", None),
            ("same", None),
            ("different", None),
        ]
