"""Relative places: distances, directions, roads and outskirts give a point, a radius and a shape."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import shapely
import yaml
from hypothesis import given
from hypothesis import strategies as st

from seamwatch.extract.places import choose_place, place_of
from seamwatch.model.codec import place_json
from seamwatch.model.place import Place, PlaceMention, Shape
from seamwatch.model.report import ArticleReport
from seamwatch.model.text import Article
from seamwatch.pipeline.extraction import extract_one
from seamwatch.pipeline.kit import Kit, load_kit
from seamwatch.resolve.gazetteer import Gazetteer, Unit, load_gazetteer
from seamwatch.resolve.place import find_places
from seamwatch.resolve.place_anaphora import add_references
from seamwatch.resolve.place_relative import FARTHEST_KM, Relative, read_relative, supports
from seamwatch.resolve.place_relative_points import (
    AROUND_KM,
    land_between,
    locate,
    reach_beyond,
    road_between,
)
from seamwatch.resolve.place_relative_shapes import (
    bearing_of,
    disc,
    line,
    measure_km,
    move_point,
    sector,
    turn_between,
)
from seamwatch.samples import sample_articles

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = yaml.safe_load(
    (HERE / "cases" / "relative_places.yaml").read_text(encoding="utf-8")
)["cases"]


@pytest.fixture(scope="module")
def kit() -> Kit:
    """Everything that reading an article needs, loaded once."""
    return load_kit()


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    """The shipped file, opened once."""
    return load_gazetteer()


def mentions_of(text: str, gazetteer: Gazetteer) -> tuple[PlaceMention, ...]:
    """Return the places of a text and the references back to them."""
    article = Article(id="r", text=text)
    return add_references(article, find_places(article, gazetteer))


@pytest.mark.parametrize("case", CASES, ids=lambda c: str(c["id"]))
def test_cases(gazetteer: Gazetteer, case: dict[str, Any]) -> None:
    """Each phrase puts what it tells of where an analyst would, and says how far one can know."""
    mention = next(m for m in mentions_of(case["text"], gazetteer) if m.quote == case["quote"])
    place = place_of(mention)
    assert place.precision == case["precision"]
    assert (place.shape and place.shape.kind) == case["shape"]
    if case["point"] is None:
        assert place.lat is None
    else:
        assert place.lat is not None and place.lon is not None and place.radius_km is not None
        assert measure_km((place.lat, place.lon), tuple(case["point"])) <= case["within"]
        least, most = case["radius"]
        assert least <= place.radius_km <= most
    for field in ("name", "admin1", "admin2", "country"):
        if field in case:
            assert getattr(place, field) == case[field]
    if "reason" in case:
        assert any(case["reason"] in reason for reason in mention.reasons)
    if "phrase" in case:
        name, phrase = place.evidence
        assert (name.quote, phrase.quote) == (case["quote"], case["phrase"])
        assert case["text"][phrase.span.start : phrase.span.end] == phrase.quote
        assert mention.phrase.contains(phrase.span)


def test_a_name_keeps_its_own_place(gazetteer: Gazetteer) -> None:
    """The name measured from is still the town, with its point and id; what the phrase tells of is moved."""
    (daquq, _, _) = mentions_of("A bomb went off 5 km south of Daquq in Kirkuk, Iraq.", gazetteer)
    assert daquq.place is not None and daquq.where is not None
    assert daquq.place.geonameid is not None
    assert daquq.where.geonameid is None
    assert daquq.place.lat is not None and daquq.where.lat is not None
    assert daquq.place.lat > daquq.where.lat


def test_a_village_keeps_its_moved_point(gazetteer: Gazetteer) -> None:
    """A later bare mention of a village that a distance placed has the same point."""
    text = "Shells hit the village of Tal Zghayr, 5 km south of Daquq in Kirkuk, Iraq. Tal Zghayr was empty."
    first, *_, again = [m.place for m in mentions_of(text, gazetteer) if m.quote == "Tal Zghayr"]
    assert first is not None and again is not None
    assert (first.lat, first.lon, first.precision, first.shape) == (
        again.lat,
        again.lon,
        again.precision,
        again.shape,
    )


def test_the_province_said_with_a_village_counts(gazetteer: Gazetteer) -> None:
    """A village measured from a town of one province but said to lie in another has the one that is said."""
    text = "Shells hit the village of Tal Zghayr, 30 km south of Daquq, in the Tuz Khurmatu district, Iraq."
    mention = next(m for m in mentions_of(text, gazetteer) if m.quote == "Tal Zghayr")
    assert mention.place is not None
    assert mention.place.admin1 == "Salah al-Din"


def test_the_place_beside_a_long_road_wins(gazetteer: Gazetteer) -> None:
    """Of a long road and a town near which something happened, the town is the incident's place."""
    article = Article(id="r", text="A mine went off on the highway from Baghdad to Mosul, near Baiji, Iraq.")
    place = choose_place(article, find_places(article, gazetteer))
    assert place is not None
    assert (place.name, place.precision) == ("Baiji", 2)


def test_an_incident_between_two_provinces_is_put_in_neither(gazetteer: Gazetteer) -> None:
    """What happened in mountains between two provinces has no province."""
    article = Article(
        id="r", text="Fighting went on in the Hamrin mountains, between Diyala and Salah al-Din, Iraq."
    )
    place = choose_place(article, find_places(article, gazetteer))
    assert place is not None
    assert (place.name, place.admin1, place.precision) == ("Hamrin Mountains", None, 5)


def test_an_incident_has_the_shape_and_the_whole_phrase(gazetteer: Gazetteer) -> None:
    """An incident's place is the moved one, with the shape and a quote of the whole phrase."""
    article = Article(id="r", text="A bomb went off some 5 km south of Daquq in Kirkuk, Iraq.")
    place = choose_place(article, find_places(article, gazetteer))
    assert place is not None
    assert place.evidence[0].quote.startswith("some 5 km south of Daquq")
    shape = place_json(place)
    assert shape is not None
    assert isinstance(shape["shape"], dict)
    assert shape["shape"]["type"] == "Polygon"


NATIONALITY = [
    "Turkish jets bombed a village in Duhok.",
    "Two Iranian drones fell. Iraqi police found them.",
    "A Syrian man was shot by masked men.",
    "Men were shot on the Iraqi-Syrian border.",
    "American and British soldiers were wounded by a Russian mine.",
    "Turkish shells fell 5 km north of a post.",
]


@pytest.mark.parametrize("text", NATIONALITY)
def test_a_nationality_word_is_no_place_of_an_incident(gazetteer: Gazetteer, text: str) -> None:
    """Words for peoples have their country, and never say where something happened."""
    article = Article(id="n", text=text)
    found = find_places(article, gazetteer)
    nations = [m for m in found if m.kind == "nationality"]
    assert nations
    assert all(m.place is not None and m.place.country and m.where is None for m in nations)
    place = choose_place(article, found)
    spans = {m.span for m in nations}
    assert place is None or not any(e.span in spans for e in place.evidence)


def test_nationality_words_of_the_samples(kit: Kit) -> None:
    """No incident of the sample articles, and no choice among their places, rests on a nationality word."""
    nations = 0
    for raw in sample_articles():
        report = extract_one(kit, raw)
        assert isinstance(report, ArticleReport)
        found = report.reading.places
        spans = {m.span for m in found if m.kind == "nationality"}
        nations += len(spans)
        places = [m.place for m in report.extraction.mentions]
        places += [choose_place(report.reading.article, found[-size:]) for size in range(1, len(found) + 1)]
        assert not any(e.span in spans for p in places if p is not None for e in p.evidence)
    assert nations > 10


# --- geometry --------------------------------------------------------------------------------------

LATS, LONS = st.floats(-75, 75), st.floats(-179, 179)
BEARINGS = st.floats(0, 359.99)


@given(LATS, LONS, st.floats(0.5, 500), BEARINGS)
def test_moving_and_measuring_agree(lat: float, lon: float, km: float, bearing: float) -> None:
    """A point moved by a distance and a bearing lies at that distance and that bearing."""
    there = move_point((lat, lon), km, bearing)
    assert abs(measure_km((lat, lon), there) - km) < 0.01
    assert turn_between(bearing_of((lat, lon), there), bearing) < 0.3
    assert abs(there[0]) <= 90 and abs(there[1]) <= 180


def said(kind: Any, **values: Any) -> Relative:
    """Return what a phrase says, without its words."""
    return Relative(kind=kind, start=0, end=1, **values)


def check_shape(place: Place) -> None:
    """A shape is closed, valid, and lies within the radius of the point."""
    shape = place.shape
    assert place.lat is not None and place.lon is not None and place.radius_km is not None
    if shape is None:
        return
    assert all(abs(lon) <= 180 and abs(lat) <= 90 for lon, lat in shape.points)
    for lon, lat in shape.points:
        assert measure_km((place.lat, place.lon), (lat, lon)) <= place.radius_km + 0.01
    if shape.kind == "polygon":
        assert shape.points[0] == shape.points[-1]
        assert len(shape.points) >= 4
        assert shapely.Polygon(shape.points).is_valid
    else:
        assert len(shape.points) >= 3


@given(LATS, LONS, st.integers(1, 25), st.floats(0.2, 400), st.floats(0, 0.9), BEARINGS, st.booleans())
def test_shapes_of_distances(
    lat: float, lon: float, size: int, km: float, slack: float, bearing: float, aimed: bool
) -> None:
    """Whatever distance and direction, the shape lies within the radius, which tells the precision."""
    town = Place(name="T", lat=lat, lon=lon, radius_km=float(size), precision=1)
    low, high = km * (1 - slack), km * (1 + slack) + 0.1
    way = {"bearing": bearing, "half_angle": 22.5} if aimed else {}
    place = locate(town, said("distance", low=low, km=km, high=high, **way))
    assert place is not None and place.radius_km is not None
    check_shape(place)
    assert place.precision == (2 if place.radius_km <= AROUND_KM else 5)


@given(
    LATS, LONS, st.integers(1, 25), BEARINGS, st.sampled_from([15.0, 30.0, 45.0, 90.0, 135.0]),
    st.sampled_from(["direction", "outskirts"]), st.sampled_from([None, 10, 5_000_000]),
)  # fmt: skip
def test_shapes_of_directions(
    lat: float, lon: float, size: int, bearing: float, half: float, kind: str, population: int | None
) -> None:
    """A direction's sector reaches from the town's edge as far as is stated, and no farther."""
    town = Place(name="T", lat=lat, lon=lon, radius_km=float(size), precision=1)
    place = locate(town, said(kind, bearing=bearing, half_angle=half), population)
    assert place is not None and place.radius_km is not None
    assert place.precision == (2 if place.radius_km <= AROUND_KM else 5)
    check_shape(place)
    if place.shape is not None and kind == "direction":
        far = [measure_km((lat, lon), (y, x)) for x, y in place.shape.points]
        assert min(far) >= size - 0.01
        assert max(far) <= size + reach_beyond(float(size), population) + 0.01
        assert 15 <= reach_beyond(float(size), population) <= 25


@given(LATS, LONS, st.floats(2, 240), BEARINGS)
def test_roads_and_land_between(lat: float, lon: float, km: float, bearing: float) -> None:
    """A road's line runs from end to end, the land between is an ellipse; both lie within their radius."""
    one = Place(name="A", lat=lat, lon=lon, admin1="P", admin2="Q", country="XX", precision=1)
    end = move_point((lat, lon), km, bearing)
    two = Place(name="B", lat=end[0], lon=end[1], admin1="P", admin2="R", country="XX", precision=1)
    for place in (road_between(one, two), land_between(one, two)):
        assert place is not None
        check_shape(place)
        assert place.precision == (2 if measure_km((lat, lon), end) <= AROUND_KM else 5)
        assert (place.admin1, place.admin2, place.country) == ("P", None, "XX")


def test_shapes_over_the_antimeridian_are_left_out() -> None:
    """What reaches over the 180th meridian or a pole has no shape, but a point and a radius."""
    assert disc((0.0, 179.99), 10) is None
    assert sector((0.0, 179.9), 1, 50, 90.0, 20.0) is None
    assert line((0.0, 179.9), (0.0, -179.9)) is None
    assert disc((89.9, 0.0), 30) is None
    assert isinstance(disc((0.0, 179.0), 10), Shape)
    town = Place(name="T", lat=0.0, lon=179.99, radius_km=3.0, precision=1)
    place = locate(town, said("distance", low=0.0, km=10.0, high=11.0, bearing=90.0, half_angle=22.5))
    assert place is not None and place.lon is not None and place.lon < 0 and place.shape is None


def test_roads_across_the_world_are_no_roads() -> None:
    """Two ends that no road is named for, or an end without a point, give no line."""
    one, far = Place(name="A", lat=0.0, lon=0.0), Place(name="B", lat=40.0, lon=60.0)
    assert road_between(one, far) is None
    assert land_between(one, far) is None
    assert road_between(one, Place(name="C")) is None
    assert road_between(one, one) is None


# --- reading ---------------------------------------------------------------------------------------

NUMBERS = [
    ("5", 5.0), ("5.5", 5.5), ("1,200", 1200.0), ("1,5", 1.5), ("2 ½", 2.5), ("½", 0.5), ("ten", 10.0),
    ("forty-five", 45.0), ("forty five", 45.0), ("a hundred", 100.0), ("one and a half", 1.5),
    ("a dozen", 12.0),
    ("half a dozen", 6.0), ("three and a half", 3.5), ("0", 0.0), ("007", 7.0), ("zero", 0.0),
]  # fmt: skip


@pytest.mark.parametrize(("written", "km"), NUMBERS)
def test_numbers(written: str, km: float) -> None:
    """Numbers in figures, in words, with halves and with separators of thousands are read."""
    text = f"{written} km north of X"
    found = read_relative(text, len(text) - 1, len(text))
    assert found is not None
    assert found.km == km
    assert bool(found.problem) == (not 0 < km <= FARTHEST_KM)


@pytest.mark.parametrize(
    "text",
    [
        "friends of X",
        "300 miles of road to X",
        "the 5 km race from A, X",
        "men from X",
        "in the east of X",
        "X",
    ],
)
def test_other_words_say_no_distance(text: str) -> None:
    """Words that measure nothing from a name are not read as a relative place."""
    at = text.index("X")
    assert read_relative(text, at, at + 1) is None


@given(
    st.lists(
        st.sampled_from(
            "0 5,000 99999999999 -3 1.5.2 ½ half a few about km miles m of from outside north east NE "
            "the town dozen and to - ( ) , 5km hundred south-south-west outskirts 's ’ \n".split(" ")
        ),
        max_size=12,
    ),
    st.text(max_size=12),
)
def test_nothing_raises(words: list[str], more: str) -> None:
    """Whatever stands before a name, it is read or ignored, and what is read lies within the text."""
    text = " ".join(words) + more + " X"
    found = read_relative(text, len(text) - 1, len(text))
    if found is None:
        return
    assert 0 <= found.start <= found.end <= len(text)
    town = Place(name="X", lat=35.0, lon=44.0, radius_km=3.0, precision=1)
    place = locate(town, found)
    assert place is None or (place.radius_km is not None and math.isfinite(place.radius_km))
    if place is not None:
        check_shape(place)


def test_what_is_measured_speaks_for_and_against_candidates() -> None:
    """A unit where it is told to lie is supported, one elsewhere is not, one without a point is open."""

    def unit(ident: int, lat: float | None, lon: float | None) -> Unit:
        return Unit(ident, 3, "U", "IQ", None, lat, lon, 5000, 3, None)

    anchor, there = unit(1, 35.0, 44.0), move_point((35.0, 44.0), 20, 180)
    assert supports(unit(2, *there), anchor, 20, 180) > 0.9
    assert supports(unit(2, *there), anchor, 20, None) > 0.9
    assert supports(unit(2, *there), anchor, None, 180) > 0.9
    assert supports(unit(2, *there), anchor, 20, 0) < -0.9
    assert supports(unit(2, *there), anchor, 120, 180) < -0.9
    assert supports(unit(2, *move_point((35.0, 44.0), 300, 180)), anchor, None, 180) < -0.9
    assert supports(unit(2, None, None), anchor, 20, 180) == 0.0
    assert supports(anchor, anchor, 20, 180) == 0.0
