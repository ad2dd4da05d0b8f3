"""The shipped gazetteer: what it knows, under which spellings, and how it says that it is missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamwatch.errors import SeamwatchError
from seamwatch.resolve.gazetteer import (
    COUNTRY,
    DIVISION1,
    DIVISION2,
    POPULATED,
    Gazetteer,
    distance_km,
    load_gazetteer,
)
from seamwatch.resolve.place_names import bare_name, fold_name, plain_name, skeleton
from seamwatch.vocabulary.lexicon import read_entries


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    """The shipped file, opened once."""
    return load_gazetteer()


@pytest.mark.parametrize(
    ("written", "name", "admin1"),
    [
        ("Hawija", "Hawija", "Kirkuk"),
        ("al-Hawijah", "Hawija", "Kirkuk"),
        ("Al-Hawiga", "Hawija", "Kirkuk"),
        ("Hewîce", "Hawija", "Kirkuk"),
        ("الحويجة", "Hawija", "Kirkuk"),
        ("Khana Sor", "Khanasor", "Nineveh"),
        ("Tuz Khormato", "Tuz Khurmatu", "Salah al-Din"),
        ("Muqdadiyah", "Muqdadiya", "Diyala"),
        ("Shingal", "Sinjar", "Nineveh"),
        ("Kifri", "Kifri", "Diyala"),
        ("Makhmour", "Makhmur", "Erbil"),
        ("Manbij", "Manbij", "Aleppo"),
        ("Deir Ezzor", "Deir ez-Zor", "Deir ez-Zor"),
        ("Jalula", "Jalawla", "Diyala"),
    ],
)
def test_spellings_of_one_place(gazetteer: Gazetteer, written: str, name: str, admin1: str) -> None:
    """Every usual spelling of a town or district leads to its one name and province."""
    found = gazetteer.look_up(written)
    assert found, f"{written} is not known"
    division = gazetteer.above(found[0], DIVISION1)
    assert (found[0].name, division.name if division else None) == (name, admin1)


def test_every_iraqi_and_syrian_district_has_a_province_and_a_point(gazetteer: Gazetteer) -> None:
    """A district's name is enough for its province and its place on the map."""
    for name in (
        "Daquq",
        "Khanaqin",
        "Sinjar",
        "Shirqat",
        "Rutba",
        "Amedi",
        "Penjwin",
        "Kobani",
        "Tal Abyad",
    ):
        district = next(u for u in gazetteer.look_up(name) if u.kind == DIVISION2)
        assert gazetteer.above(district, DIVISION1) is not None
        assert district.lat is not None
        assert district.radius_km >= 10


def test_countries_have_points_and_words(gazetteer: Gazetteer) -> None:
    """Each country is found by code, by name and by its people's word."""
    turkey = gazetteer.nationality("turkish")
    assert turkey is not None
    assert turkey.country == "TR"
    assert turkey.kind == COUNTRY
    assert turkey.lat is not None
    assert gazetteer.country("IQ") == gazetteer.nationality("iraqi")
    assert gazetteer.nationality("kirkuki") is None


def test_a_town_knows_what_it_lies_in(gazetteer: Gazetteer) -> None:
    """The chain of a town runs over district and province to its country."""
    town = next(u for u in gazetteer.look_up("Khanaqin") if u.kind == POPULATED)
    assert [u.name for u in gazetteer.chain(town.id)] == ["Khanaqin", "Khanaqin", "Diyala", "Iraq"]


def test_names_that_mean_nothing_are_empty_and_not_forgotten(gazetteer: Gazetteer) -> None:
    """An unknown key gives an empty name, the second time from memory too."""
    for _ in range(2):
        assert gazetteer.names(["zzqx", "kirkuk"])["zzqx"].ids == ()


def test_distance(gazetteer: Gazetteer) -> None:
    """Kirkuk and Erbil lie about 85 km apart."""
    kirkuk, erbil = (
        next(u for u in gazetteer.look_up(n) if u.kind == POPULATED) for n in ("Kirkuk", "Erbil")
    )
    assert 70 < distance_km(kirkuk, erbil) < 100


def test_a_missing_file_says_where_and_what_to_do(tmp_path: Path) -> None:
    """A gazetteer that is not there, or is no database, is one clear error."""
    with pytest.raises(SeamwatchError, match="install Seamwatch again"):
        load_gazetteer(tmp_path / "none.sqlite")
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"no database" * 100)
    with pytest.raises(SeamwatchError, match=r"broken\.sqlite"):
        load_gazetteer(broken)


def test_features_are_known(gazetteer: Gazetteer) -> None:
    """Each pattern of the feature lexicon leads to its entry."""
    for entry in read_entries("features"):
        for pattern in entry.patterns:
            assert entry.id in {u.name for u in gazetteer.look_up(pattern)}, pattern


def test_attribution_is_in_the_file(gazetteer: Gazetteer) -> None:
    """The file itself says whose facts it holds."""
    assert "GeoNames" in gazetteer.attribution


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_folding_is_stable(text: str) -> None:
    """Folding a folded name changes nothing, and no name breaks a fold."""
    key = fold_name(text)
    assert fold_name(key) == key
    bare_name(key)
    skeleton(key)
    plain_name(text)
