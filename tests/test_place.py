"""Places of an article: recognition, resolution, phrases, datelines and names of organisations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from seamwatch.model.place import PlaceMention
from seamwatch.model.text import Article
from seamwatch.resolve.gazetteer import Gazetteer, load_gazetteer
from seamwatch.resolve.place import find_places
from seamwatch.resolve.place_anaphora import add_references
from seamwatch.vocabulary.lexicon import read_entries

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "cases" / "places.yaml").read_text(encoding="utf-8")
)["cases"]
OF_MENTION = ("quote", "kind", "relation", "dateline", "source_name")


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    """The shipped file, opened once."""
    return load_gazetteer()


def told(article: Article, mention: PlaceMention, field: str) -> object:
    """Return a field of a case as the mention has it."""
    if field == "part":
        return mention.span.part
    if field == "phrase":
        return article.part(mention.phrase.part)[mention.phrase.start : mention.phrase.end]
    if field == "place":
        return mention.place
    if field == "within":
        return [article.part(w.part)[w.start : w.end] for w in mention.within]
    if field in OF_MENTION:
        return getattr(mention, field)
    return None if mention.place is None else getattr(mention.place, field)


@pytest.mark.parametrize("case", CASES, ids=lambda c: str(c["id"]))
def test_cases(gazetteer: Gazetteer, case: dict[str, Any]) -> None:
    """Each case's passage gives the places that an analyst reads in it."""
    article = Article(id="c", text=case["text"], title=case.get("title"), source=case.get("source"))
    found = [m for m in find_places(article, gazetteer) if m.kind != "nationality"]
    assert [m.quote for m in found] == [p["quote"] for p in case["places"]]
    for mention, wanted in zip(found, case["places"], strict=True):
        assert {f: told(article, mention, f) for f in wanted} == wanted


@pytest.mark.parametrize("lexicon", ["places", "features"])
def test_examples_of_the_lexicons(gazetteer: Gazetteer, lexicon: str) -> None:
    """Every example sentence of the lexicons gives the names it states."""
    for entry in read_entries(lexicon):
        for example in entry.examples:
            wanted = example.gives if isinstance(example.gives, list) else [example.gives]
            found = find_places(Article(id="e", text=example.text), gazetteer)
            quotes = [m.quote for m in found if m.kind != "nationality" and not m.dateline]
            if lexicon == "features":
                assert any(q in wanted[0] or wanted[0] in q for q in quotes), (entry.id, quotes)
            else:
                assert quotes == wanted, (entry.id, example.text)


def test_nationality_words_have_their_country(gazetteer: Gazetteer) -> None:
    """A nationality word is marked as such, with the country it means."""
    (mention,) = find_places(Article(id="n", text="A Turkish drone flew over them."), gazetteer)
    assert mention.kind == "nationality"
    assert mention.place is not None
    assert (mention.place.country, mention.place.precision) == ("TR", 6)


def test_an_unknown_village_has_the_point_of_its_district(gazetteer: Gazetteer) -> None:
    """A village that no gazetteer knows stands at its district's point, with the district's radius."""
    article = Article(id="v", text="A shell hit Serqulan, a village in the Kifri district.")
    village, district = find_places(article, gazetteer)
    assert village.place is not None
    assert district.place is not None
    assert (village.place.lat, village.place.lon) == (district.place.lat, district.place.lon)
    assert village.place.geonameid is None
    assert village.place.radius_km == district.place.radius_km
    assert village.within == (district.span,)


def test_a_small_namesake_elsewhere_is_no_answer(gazetteer: Gazetteer) -> None:
    """A name known only as a village of a far country is left open where the article speaks of another."""
    text = "In Mosul and Kirkuk, Iraq, calm held. A shell fell near Semmering on Sunday, Baghdad said."
    mention = next(m for m in find_places(Article(id="s", text=text), gazetteer) if m.quote == "Semmering")
    assert mention.place is None or mention.place.country == "IQ"


def test_title_comes_first(gazetteer: Gazetteer) -> None:
    """Mentions stand in reading order, the title's before the text's."""
    article = Article(id="t", title="Blast in Tikrit", text="A blast in Samarra killed one.")
    assert [(m.span.part, m.quote) for m in find_places(article, gazetteer)] == [
        ("title", "Tikrit"),
        ("text", "Samarra"),
    ]


REFERENCES = [
    # text, the reference, its relation, and the name, district and province that it means
    (
        "A bomb hit Kifri district. Men were shot in the same district.",
        "the same district",
        "in",
        ("Kifri", "Kifri", "Diyala"),
    ),
    (
        "A bomb hit Jalula. A second one went off in the district.",
        "the district",
        "in",
        ("Khanaqin", "Khanaqin", "Diyala"),
    ),
    (
        "A bomb hit Jalula. Later a mine went off in the province.",
        "the province",
        "in",
        ("Diyala", None, "Diyala"),
    ),
    (
        "A bomb hit Tikrit. A car burned near the town.",
        "the town",
        "near",
        ("Tikrit", "Tikrit", "Salah al-Din"),
    ),
    ("A bomb hit Tikrit. Two more men died there.", "there", "in", ("Tikrit", "Tikrit", "Salah al-Din")),
    (
        "Shells hit the village of Qoshtal in Kifri district. A boy died in the village.",
        "the village",
        "in",
        ("Qoshtal", "Kifri", "Diyala"),
    ),
]


@pytest.mark.parametrize(("text", "quote", "relation", "place"), REFERENCES, ids=lambda x: str(x)[:30])
def test_references_back(
    gazetteer: Gazetteer, text: str, quote: str, relation: str, place: tuple[str, str | None, str]
) -> None:
    """What is told "in the district" lies in the district last named, and so for every level."""
    article = Article(id="r", text=text)
    named = find_places(article, gazetteer)
    (back,) = [m for m in add_references(article, named) if m not in named]
    assert (back.quote, back.relation) == (quote, relation)
    assert back.place is not None
    assert (back.place.name, back.place.admin2, back.place.admin1) == place


@pytest.mark.parametrize(
    "text",
    [
        "A bomb hit Tikrit. There were no dead.",
        "A bomb hit Tikrit. The town council met.",
        "A bomb hit Tikrit. They drove to the city of Samarra.",
        "Two men were shot in the district.",
        "BAGHDAD (X) - Two men were shot in the city.",
    ],
)
def test_no_reference(gazetteer: Gazetteer, text: str) -> None:
    """Words that name no place again, or nothing named before, refer to no place."""
    article = Article(id="r", text=text)
    named = find_places(article, gazetteer)
    assert add_references(article, named) == named


PIECES = st.sampled_from(
    [
        "Kirkuk",
        "Kirkuk's",
        "al-Hawija",
        "the village of",
        "Tal Zubayd",
        "in",
        "near",
        "district",
        ",",
        ".",
        " - ",
    ]
    + [
        "\n\n",
        "ERBIL (X) –",
        "U.S.",
        "Colonel",
        "Ali",
        "north of",
        "Deir ez-Zor",
        "/",
        "DIST.",
        "7",
        "in the same district",
        "there.",
        "’s western desert",
        "road",
        "é",
        "’",
        "Wadi",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=14), st.text(max_size=30))
def test_spans_are_exact_and_ordered(gazetteer: Gazetteer, pieces: list[str], tail: str) -> None:
    """Whatever the text is, a quote is its slice, phrases hold their names, and order is that of reading."""
    article = Article(id="h", text=" ".join(pieces) + tail, title=tail)
    found = add_references(article, find_places(article, gazetteer))
    for mention in found:
        assert article.part(mention.span.part)[mention.span.start : mention.span.end] == mention.quote
        assert mention.phrase.contains(mention.span)
        assert mention.quote.strip() == mention.quote
        assert mention.place is None or 1 <= mention.place.precision <= 7
    texts = [m.span.start for m in found if m.span.part == "text"]
    assert texts == sorted(texts)
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "....", "\u200f", "1234", "A" * 10_000, "Al-" * 500, "Kirkuk " * 2_000]
)
def test_odd_texts_are_read(gazetteer: Gazetteer, text: str) -> None:
    """Empty, endless and empty-headed texts give mentions or none, never an error."""
    assert isinstance(find_places(Article(id="o", text=text), gazetteer), tuple)
