"""The names of an article resolved together: coherence, home, open names, other spellings."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from seamwatch.model.place import PlaceMention
from seamwatch.model.text import Article
from seamwatch.read.article import read_article
from seamwatch.resolve.gazetteer import Gazetteer, Unit, load_gazetteer
from seamwatch.resolve.place import find_places
from seamwatch.resolve.place_home import home_country
from seamwatch.resolve.place_joint import FEATURES, believe, candidate_weights, gather, weigh
from seamwatch.samples import sample_articles

sys.path.insert(0, str(Path(__file__).parent.parent / "bench"))
from abstention import at, judge, load_without_some

CASES: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "cases" / "spellings.yaml").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer()


def found(gazetteer: Gazetteer, text: str, source: str | None = None) -> dict[str, PlaceMention]:
    """Return the places of a text by their quotes."""
    return {m.quote: m for m in find_places(Article(id="a", text=text, source=source), gazetteer)}


def test_names_settle_on_the_pair_that_lies_together(gazetteer: Gazetteer) -> None:
    """Neither is the best known of its name; together they are the town and its county in Texas."""
    places = found(gazetteer, "The burn ban for Walker County ends. Police in Huntsville welcomed it.")
    assert [(m.place and m.place.admin1) for m in places.values()] == ["Texas", "Texas"]


@pytest.mark.parametrize(
    ("source", "country"), [("Beirut Post", "LB"), ("Libya Tribune", "LY"), ("The Evening Post", "LY")]
)
def test_a_name_in_two_countries_is_that_of_the_source(
    gazetteer: Gazetteer, source: str, country: str
) -> None:
    """Tripoli is Lebanon's for a source of Lebanon, else the better known one."""
    place = found(gazetteer, "Clashes broke out in Tripoli on Sunday.", source)["Tripoli"].place
    assert place is not None
    assert place.country == country


@pytest.mark.parametrize(
    ("source", "url", "home"),
    [
        ("Kirkuk Now", None, "IQ"),
        ("Syrian Observatory", None, "SY"),
        ("Agency", "https://news.example.iq/a", "IQ"),
        ("Agency", "https://example.co.uk/a", "GB"),
        ("Agency", "https://example.tv/a", ""),
        (None, "http://[broken", ""),
        ("Reading Times", None, ""),
    ],
)
def test_the_home_of_a_source(gazetteer: Gazetteer, source: str | None, url: str | None, home: str) -> None:
    """It is told by a place in its name, else by the end of its address, where that is not sold to all."""
    assert home_country(Article(id="a", text="", source=source, url=url), gazetteer) == home


def test_an_unlikely_name_is_left_open_with_the_reason(gazetteer: Gazetteer) -> None:
    """A namesake in a country of which nothing else speaks is no answer; the others' province is."""
    text = (
        "Iraqi forces searched Baqubah, Muqdadiya and Khanaqin in Diyala on Sunday. "
        "Two men were killed in Rockford."
    )
    mention = found(gazetteer, text)["Rockford"]
    assert mention.kind == "unknown"
    assert mention.score == 0.0
    assert mention.place is not None
    assert (mention.place.name, mention.place.admin1, mention.place.precision) == ("Rockford", "Diyala", 4)
    assert "too unlikely here" in " ".join(mention.reasons)


def test_what_the_text_says_is_no_guess(gazetteer: Gazetteer) -> None:
    """A small place is taken where its state stands beside it, with a high score."""
    mention = found(gazetteer, "A man was shot in Rockford, Ohio, on Sunday.")["Rockford"]
    assert mention.place is not None
    assert (mention.place.admin1, mention.score >= 0.9) == ("Ohio", True)


@pytest.mark.parametrize(
    ("name", "case"),
    [(name, case) for case in CASES["looked_up"] for name in case["names"]],
    ids=lambda x: str(x)[:20],
)
def test_all_spellings_and_scripts_lead_to_the_place(
    gazetteer: Gazetteer, name: str, case: dict[str, str]
) -> None:
    """A place is found by its spellings in Latin and Arabic letters, with the article and without."""
    best = gazetteer.look_up(name)[0]
    assert (best.name, best.country) == (case["is"], case["country"])


@pytest.mark.parametrize("case", CASES["in_text"], ids=lambda c: str(c["quote"]))
def test_a_misspelt_name_is_taken_only_where_nothing_else_can_be_meant(
    gazetteer: Gazetteer, case: dict[str, Any]
) -> None:
    """Vowels and exchanged consonants may differ, in a country of transliterated names that is spoken of."""
    mention = found(gazetteer, case["text"])[case["quote"]]
    if case["is"] is None:
        assert mention.kind == "unknown"
    else:
        assert mention.place is not None
        assert mention.place.name == case["is"]


def test_names_taken_out_of_the_gazetteer_are_not_replaced_by_namesakes() -> None:
    """Of the sample articles' names, each hidden by itself, four in five and more are left open or nearby."""
    gazetteer = load_without_some()
    outcomes = []
    for raw in sample_articles():
        article = read_article(raw)
        assert isinstance(article, Article)
        gazetteer.hidden = frozenset()
        names = {m.quote: m for m in find_places(article, gazetteer) if m.span.part == "text"}
        for name, mention in names.items():
            place = mention.place
            if place is None or place.lat is None or place.lon is None or mention.kind != "populated":
                continue
            if gazetteer.hide(name, place.lat, place.lon):
                again = at(find_places(article, gazetteer), mention.span.start, mention.span.end)
                outcomes.append(judge(again, place.lat, place.lon))
    assert len(outcomes) > 40
    assert outcomes.count("wrong") <= 0.2 * len(outcomes)


UNITS = st.builds(
    Unit,
    id=st.integers(1, 10_000_000),
    kind=st.just(3),
    name=st.just("X"),
    country=st.sampled_from(["IQ", "SY", "US"]),
    parent=st.none(),
    lat=st.floats(-80, 80),
    lon=st.floats(-180, 180),
    population=st.integers(0, 10_000_000),
    radius_km=st.just(5),
    geonameid=st.none(),
)
NAMES = st.lists(st.lists(UNITS, min_size=1, max_size=4, unique_by=lambda u: u.id), min_size=1, max_size=5)


@settings(max_examples=60, deadline=None)
@given(names=NAMES, data=st.data())
def test_beliefs_are_shares_and_the_order_of_names_is_nothing(
    gazetteer: Gazetteer, names: list[list[Unit]], data: st.DataObject
) -> None:
    """Each name's beliefs add up to one, and the names in another order get the same scores."""
    flat = [u for name in names for u in name]
    if len({u.id for u in flat}) < len(flat):
        return
    chain = gazetteer.chain
    gazetteer.chain = lambda ident: tuple(u for u in flat if u.id == ident)  # type: ignore[assignment]
    try:
        order = data.draw(st.permutations(range(len(names))))
        weights = candidate_weights(gazetteer.weights)
        assert len(weights) == len(FEATURES)
        scores: list[dict[int, float]] = []
        for some in (names, [names[i] for i in order]):
            none: list[dict[int, float]] = [{} for _ in some]
            rows = gather(some, [frozenset() for _ in some], none, none, gazetteer)
            _features, made = weigh(rows, {}, weights)
            shares = believe(made, rows)
            assert np.allclose(np.add.reduceat(shares, rows.starts), 1.0)
            scores.append(dict(zip((u.id for u in rows.units), made.tolist(), strict=True)))
        assert scores[0] == pytest.approx(scores[1])
    finally:
        gazetteer.chain = chain


def test_an_article_that_lists_thousands_of_places_is_weighed_alike(
    gazetteer: Gazetteer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The way of counting for very many names gives the same places as that for few."""
    text = "Fighting was told from Baghdad, Mosul, Kirkuk, Tikrit, Paris, Texas, Springfield and Basra."
    few = found(gazetteer, text)
    monkeypatch.setattr("seamwatch.resolve.place_joint._DENSE", 0)
    assert found(gazetteer, text) == few
