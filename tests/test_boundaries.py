"""Boundaries: which country and division a point lies in, and their outlines."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import shapely
import yaml
from hypothesis import given
from hypothesis import strategies as st

from seamwatch.errors import InputError, SeamwatchError
from seamwatch.resolve.boundaries import Boundaries, load_boundaries
from seamwatch.resolve.boundaries_file import Line, pack_parts, unpack_parts
from seamwatch.resolve.gazetteer import DIVISION1, Gazetteer, load_gazetteer

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "cases/boundaries.yaml").read_text(encoding="utf-8")
)["points"]
POINTS = st.tuples(st.integers(-1_800_000, 1_800_000), st.integers(-900_000, 900_000))
LINES = st.lists(POINTS, min_size=1, max_size=6).map(tuple)
WHOLE_COUNTRIES = "AF IQ IR LB NG PK PS SY TR UA US YE".split()


@pytest.fixture(scope="module")
def world() -> Boundaries:
    return load_boundaries()


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer()


@pytest.fixture(scope="module")
def shapes(world: Boundaries) -> dict[str, shapely.MultiPolygon]:
    return {
        d.id: shape_of(world, d.country, None if d.kind == "country" else d.id) for d in world.divisions()
    }


def shape_of(world: Boundaries, country: str, admin1: str | None = None) -> shapely.MultiPolygon:
    found = world.outline(country, admin1)
    assert found is not None
    return shapely.MultiPolygon([(p[0], list(p[1:])) for p in found])


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["what"])
def test_a_point_lies_in_the_expected_country_and_division(world: Boundaries, case: dict[str, Any]) -> None:
    """Every row of tests/cases/boundaries.yaml."""
    lat, lon = case["at"]
    assert [d.id for d in world.at(lat, lon)] == case["gives"]


def test_names_are_the_gazetteers(world: Boundaries) -> None:
    """Iraq's governorates have the names of news, not those of the source (At-Ta'mim)."""
    names = {d.name for d in world.divisions("IQ") if d.kind == "division1"}
    assert len(names) == 19
    assert {"Kirkuk", "Nineveh", "Salah al-Din", "Sulaymaniyah", "Erbil", "Duhok", "Halabja"} <= names


def test_halabja_is_indicative_and_cites_its_source(world: Boundaries) -> None:
    """Its outline is that of a district: said so, with the source; its neighbours stay firm."""
    halabja = world.at(35.18, 45.98)[1]
    assert halabja.indicative
    assert "Empirical Studies of Conflict (ESOC)" in halabja.source
    assert not world.at(35.47, 44.39)[1].indicative


def test_a_division_parted_by_rule_says_so(world: Boundaries) -> None:
    """Kenya's counties are newer than the source's provinces."""
    garissa = world.at(-0.45, 39.64)[1]
    assert garissa.name == "Garissa"
    assert garissa.indicative
    assert "nearest known place" in garissa.source


def test_the_held_and_claimed_say_who_draws_them_how(world: Boundaries) -> None:
    """Crimea and the Golan are where ISO 3166 has them, marked indicative, with what the source draws."""
    for lat, lon in ((44.95, 34.1), (33.0, 35.75)):
        division = world.at(lat, lon)[1]
        assert division.indicative
        assert "Natural Earth draws" in division.source


def test_an_outline_goes_by_name_by_code_and_without_one(world: Boundaries) -> None:
    """The same division by its name, another spelling of it, and its code; unknown names give None."""
    by_name = world.outline("IQ", "Salah al-Din")
    assert by_name is not None
    assert by_name == world.outline("IQ", "IQ.18") == world.outline("IQ", "salah Al-Din")
    assert world.outline("IQ", "Atlantis") is None
    assert world.outline("XX") is None
    assert world.outline("XX", "Kirkuk") is None


def test_two_divisions_of_one_name_are_both_given(world: Boundaries) -> None:
    """Kyiv is a city and the region around it."""
    both = [d.id for d in world.divisions("UA") if d.name == "Kyiv"]
    assert len(both) == 2
    parts = [world.outline("UA", ident) or () for ident in both]
    assert world.outline("UA", "Kyiv") == parts[0] + parts[1]


def test_rings_are_closed_and_polygons_valid(shapes: dict[str, shapely.MultiPolygon]) -> None:
    """No outline of the file crosses itself; shapely refuses rings that are not closed."""
    assert [ident for ident, shape in shapes.items() if not shape.is_valid or shape.is_empty] == []


def test_every_outline_lies_within_the_degrees(shapes: dict[str, shapely.MultiPolygon]) -> None:
    """Nothing reaches over 180 degrees: what crosses the meridian is parted there."""
    for shape in shapes.values():
        west, south, east, north = shape.bounds
        assert -180 <= west < east <= 180
        assert -90 <= south < north <= 90


@pytest.mark.parametrize("country", ["RU", "FJ", "US", "NZ", "KI", "AQ"])
def test_no_edge_spans_the_world(world: Boundaries, country: str) -> None:
    """Countries at the 180th meridian have no edge from one side of the map to the other (the pole aside)."""
    for polygon in world.outline(country) or ():
        for ring in polygon:
            longest = max(abs(a[0] - b[0]) for a, b in pairwise(ring) if a[1] > -90)
            assert longest < 180


@pytest.mark.parametrize("country", WHOLE_COUNTRIES)
def test_divisions_fill_their_country_and_do_not_overlap(
    world: Boundaries, shapes: dict[str, shapely.MultiPolygon], country: str
) -> None:
    """Neighbours keep a common border: the parts add up to the whole."""
    parts = [shapes[d.id] for d in world.divisions(country) if d.kind == "division1"]
    whole = shapes[country]
    assert shapely.union_all(parts).symmetric_difference(whole).area < 1e-6 * whole.area
    assert sum(p.area for p in parts) == pytest.approx(whole.area, rel=1e-6)


@pytest.mark.parametrize("country", WHOLE_COUNTRIES)
def test_every_division_of_the_gazetteer_has_an_outline(
    world: Boundaries, gazetteer: Gazetteer, country: str
) -> None:
    """And it has the gazetteer's name, so that a place's division finds its outline."""
    names = {d.name for d in world.divisions(country) if d.kind == "division1"}
    assert {u for u in division_names(gazetteer)[country] if u not in names} == set()


def division_names(gazetteer: Gazetteer) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for unit in division_units(gazetteer):
        found[unit.country].add(unit.name)
    return found


def division_units(gazetteer: Gazetteer) -> list[Any]:
    path = Path(str(resources.files("seamwatch.resolve") / "gazetteer.sqlite"))
    with sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True) as base:
        ids = [row[0] for row in base.execute("SELECT id FROM unit WHERE kind=?", (DIVISION1,))]
    return gazetteer.units(ids)


def test_points_of_divisions_mostly_lie_in_their_own_outline(world: Boundaries, gazetteer: Gazetteer) -> None:
    """The gazetteer's points are middles of towns, so that a few lie in a neighbour."""
    linked = {(d.country, d.name) for d in world.divisions() if d.kind == "division1"}
    counted = Counter(
        any(d.name == unit.name for d in world.at(unit.lat, unit.lon))
        for unit in division_units(gazetteer)
        if (unit.country, unit.name) in linked and unit.lat is not None
    )
    assert counted.total() > 3_400
    assert counted[True] / counted.total() > 0.96


def test_every_country_of_the_file_is_one_of_the_gazetteer(world: Boundaries, gazetteer: Gazetteer) -> None:
    """Codes are ISO 3166-1 alpha-2, names the gazetteer's; small island states are there."""
    countries = {d.id: d.name for d in world.divisions() if d.kind == "country"}
    assert len(countries) > 245
    assert {"TV", "NR", "MV", "KI", "TO", "MH", "PW", "SC", "MT", "MC", "SM", "LI", "AD"} <= set(countries)
    for code, name in countries.items():
        unit = gazetteer.country(code)
        assert unit is not None
        assert unit.name.strip() == name


def test_ids_are_unique_and_ordered(world: Boundaries) -> None:
    """Countries come first; no two divisions share an id."""
    ids = [d.id for d in world.divisions()]
    assert len(ids) == len(set(ids))
    kinds = [d.kind for d in world.divisions()]
    assert kinds == sorted(kinds)


def test_disputed_lines_name_the_claim(world: Boundaries) -> None:
    """Lines come with whose claim they are, and stay on the globe."""
    lines = world.disputed_lines()
    assert "Syrian claim (Israel)" in {name for name, _ in lines}
    assert all(len(points) > 1 and abs(x) <= 180 and abs(y) <= 90 for _, points in lines for x, y in points)


@pytest.mark.parametrize("at", [(91.0, 0.0), (float("nan"), 0.0), (0.0, float("inf"))])
def test_a_point_that_cannot_be_is_an_error(world: Boundaries, at: tuple[float, float]) -> None:
    """The message says what was given."""
    with pytest.raises(InputError, match="no such point"):
        world.at(*at)


@given(lat=st.floats(-90, 90), lon=st.floats(-180, 180), turns=st.integers(-2, 2))
def test_any_point_gives_nothing_or_a_country_first(lat: float, lon: float, turns: int) -> None:
    """At most a country and a division of it; a turn round the globe changes nothing."""
    found = SHARED.at(lat, lon)
    assert len(found) <= 2
    if found:
        assert found[0].kind == "country"
        assert {d.country for d in found} == {found[0].id}
    exact = round(lon, 3)
    assert SHARED.at(lat, exact + 360 * turns)[:1] == SHARED.at(lat, exact)[:1] or near_edge(lat, exact)


def near_edge(lat: float, lon: float) -> bool:
    around = {
        SHARED.at(max(-90, min(90, lat + d)), lon + e)[:1] for d in (-1e-6, 1e-6) for e in (-1e-6, 1e-6)
    }
    return len(around) > 1


SHARED = load_boundaries()


@given(st.lists(st.lists(LINES, min_size=1, max_size=3), max_size=4))
def test_outlines_come_back_as_they_were_packed(parts: list[list[Line]]) -> None:
    """Packing loses nothing."""
    assert unpack_parts(pack_parts(parts)) == tuple(tuple(part) for part in parts)


def test_the_file_is_small() -> None:
    """It is shipped with the package."""
    path = Path(str(resources.files("seamwatch.resolve") / "boundaries.sqlite"))
    assert path.stat().st_size < 8_000_000


def test_a_missing_or_broken_file_says_what_to_do(tmp_path: Path) -> None:
    """Both name the file and how to get it back."""
    with pytest.raises(SeamwatchError, match="no boundaries there; install Seamwatch again"):
        load_boundaries(tmp_path / "none.sqlite")
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"not a database" * 100)
    with pytest.raises(SeamwatchError, match="can't be read"):
        load_boundaries(broken)
    empty = tmp_path / "empty.sqlite"
    sqlite3.connect(empty).close()
    empty.write_bytes(b"")
    with pytest.raises(SeamwatchError, match="can't be read"):
        load_boundaries(empty)
