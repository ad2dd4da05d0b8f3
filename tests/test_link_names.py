"""Names across spellings: a table of what tellings call one place, and of places that only look alike."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from seamwatch.link.names import fold, name_parts, same_name, skeleton, words_of
from seamwatch.link.rules import load_link_rules

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "spellings.yaml").read_text(encoding="utf-8"))
PLACE_WORDS = load_link_rules().place_words


def same(one: str, other: str) -> bool:
    """Return whether two names as a place phrase holds them are spellings of one."""
    a, b = (" ".join(words_of(name)) for name in (one, other))
    return same_name(a, b, skeleton(a), skeleton(b))


@pytest.mark.parametrize("names", CASES["one_place"], ids=lambda names: names[0])
def test_spellings_of_one_place(names: list[str]) -> None:
    """Each two spellings of the table's places are recognised as one name."""
    assert [pair for pair in combinations(names, 2) if not same(*pair)] == []


@pytest.mark.parametrize(("one", "other"), CASES["two_places"])
def test_names_that_only_look_alike(one: str, other: str) -> None:
    """Names that share a few sounds stay two names."""
    assert not same(one, other)


texts = st.text("abehijklqrstuwyxz -'", max_size=14)


@given(texts, texts)
def test_it_does_not_matter_which_name_comes_first(one: str, other: str) -> None:
    """Two names are the same either way, and each is itself."""
    assert same(one, other) == same(other, one)
    assert same(one, one)


@pytest.mark.parametrize(
    ("phrase", "parts"),
    [
        ("the outskirts of Baiji, near the village of Siniyah", ("baiji", "siniyah")),
        ("road between Khana Sor and Sinune", ("khana sor", "sinune")),
        ("Baiji (Salahuddin)", ("baiji", "salahuddin")),
        ("", ()),
    ],
)
def test_names_of_a_place_phrase(phrase: str, parts: tuple[str, ...]) -> None:
    """A phrase gives its names, without the generic words."""
    assert name_parts(phrase, PLACE_WORDS) == parts


def test_a_folded_name_has_no_marks() -> None:
    """Case, diacritics and all kinds of apostrophes are gone, from any script's Latin form."""
    assert {fold(name) for name in ("Tal Rabi’a", "TAL RABI'A", "Tal Rabi`a", "Tal Rabiʿa")} == {"tal rabia"}
    assert fold("Qaḑā Kifrī") == "qada kifri"
