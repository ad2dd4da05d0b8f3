"""A drawn polygon: which incidents lie in it, and that every answer about it follows the same line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx
import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from made_incidents import article, incident, mention
from seamwatch.model.incident import Extraction
from seamwatch.model.place import Place
from seamwatch.model.region import Ring, box_around, closes, holds, in_ring, region_of, ring_text, within
from seamwatch.model.time import TimeRange
from seamwatch.store import open_store
from serving import serving
from test_serve_server import error_of

# Inside and outside of a triangle, all in its box; on either side of the 180th meridian; without a point.
TRIANGLE = "43,34;46,34;43,37"
PLACES: Mapping[str, tuple[float, float] | None] = {
    "in": (43.5, 34.5),
    "on": (44.5, 34.0),
    "out": (45.5, 36.5),
    "far": (10.0, 10.0),
    "west": (179.5, -16.5),
    "east": (-179.5, -16.5),
    "nowhere": None,
}
DAY = date(2024, 3, 14)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Return a client of a server whose incidents are those of PLACES."""
    path: Path = tmp_path_factory.mktemp("within") / "record.db"
    when = TimeRange(start=DAY, end=DAY, precision=1)
    with open_store(str(path)) as store:
        for name, at in PLACES.items():
            a = article(name)
            store.add_article(a)
            lon, lat = at or (None, None)
            place = Place(name=f"Place {name}", country="IQ", lat=lat, lon=lon, precision=1)
            told = mention(a, date=when, place=place)
            store.store_extraction(name, Extraction(mentions=(told,)))
            store.replace_incidents([incident(name, *store.mentions_of(name))])
    with serving(path) as client:
        yield client


def everywhere(desk: httpx.Client, **query: Any) -> dict[str, Any]:
    """Return which incidents each kind of answer has, or how many."""
    query["status"] = "all"

    def get(path: str, **more: Any) -> httpx.Response:
        answer = desk.get(f"/api/v1/{path}", params={**query, **more})
        assert answer.status_code == 200, answer.text
        return answer

    page = get("incidents", limit=500).json()
    anew = get("incidents", limit=500, policy="latest").json()["incidents"]
    tile = mapbox_vector_tile.decode(get("tiles/0/0/0.mvt").content).get("incidents", {"features": []})
    report = get("sitrep", format="md", since=str(DAY), until=str(DAY)).text
    return {
        "list": {row["id"] for row in page["incidents"]},
        "total": page["total"],
        "told anew": {row["place"]["name"].removeprefix("Place ") for row in anew},
        "tiles": {f["properties"]["id"] for f in tile["features"]},
        "summary": get("summary", by="month").json()["total"]["incidents"],
        "export": {row["id"] for row in csv.DictReader(io.StringIO(get("export", format="csv").text))},
        "sitrep": {name for name in PLACES if f"Place {name}" in report},
    }


@pytest.mark.parametrize(
    ("polygon", "inside"),
    [
        (TRIANGLE, {"in", "on"}),
        ("43,34; 46,34; 43,37; 43,34;", {"in", "on"}),
        ("46,34;46,37;43,37", {"out"}),
        ("179,-17;-179,-17;-179,-16;179,-16", {"west", "east"}),
        ("179,-17;181,-17;181,-16;179,-16", {"west", "east"}),
        ("-181,-17;-180.2,-17;-180.2,-16;-181,-16", {"west"}),
        ("-170,-80;0,-80;170,-80;170,80;0,80;-170,80", {"in", "on", "out", "far"}),
        ("50,50;51,50;51,51", set()),
    ],
)
def test_every_answer_follows_the_polygon(desk: httpx.Client, polygon: str, inside: set[str]) -> None:
    """List, total, tiles, sums, export and report hold what lies in the polygon, not what lies in its box."""
    found = everywhere(desk, within=polygon)

    assert found.pop("total") == found.pop("summary") == len(inside)
    assert found == dict.fromkeys(found, inside)


def test_a_polygon_is_narrower_than_its_box(desk: httpx.Client) -> None:
    """The box has the point that the polygon leaves out; both together are what lies in both."""
    assert everywhere(desk, bbox="43,34,46,37")["list"] == {"in", "on", "out"}
    assert everywhere(desk, bbox="43,34.1,46,37", within=TRIANGLE)["list"] == {"in"}


def test_a_report_says_that_it_tells_of_a_polygon(desk: httpx.Client) -> None:
    """What a report leaves out is said at its head."""
    query = {"within": TRIANGLE, "since": str(DAY), "until": str(DAY), "format": "md"}
    assert "a drawn polygon of 3 corners" in desk.get("/api/v1/sitrep", params=query).text


@pytest.mark.parametrize(
    ("polygon", "said"),
    [
        ("43,34;46,34", "2 corners, but it needs 3 to 100"),
        ("43,34;46,34;43,34", "2 corners, but it needs 3 to 100"),
        (";".join(f"{n / 10},{n * n / 1000}" for n in range(101)), "101 corners"),
        ("43,34;46;43,37", "corner 2, '46', is no lon,lat"),
        ("43,34;46,34;x,37", "corner 3"),
        ("43,34;46,34;nan,37", "corner 3"),
        ("34,43;91,91;30,30", "corner 2"),
        ("361,0;1,1;2,2", "corner 1"),
        ("43,34;44,35;45,36", "enclose nothing"),
        ("0,80;120,80;-120,80", "goes round a pole"),
        (";;;", "corner 1"),
        ("1,1;" * 2000, "at most 5000 characters"),
    ],
)
@pytest.mark.parametrize("path", ["incidents", "summary", "export", "tiles/0/0/0.mvt"])
def test_a_wrong_polygon_is_refused(desk: httpx.Client, path: str, polygon: str, said: str) -> None:
    """The one error shape names the parameter and the corner."""
    answer = desk.get(f"/api/v1/{path}", params={"within": polygon})

    assert error_of(answer)[0::2] == (400, "within")
    assert said in answer.json()["error"]["message"]


def test_an_empty_polygon_does_not_filter(desk: httpx.Client) -> None:
    """A form that leaves the field empty asks for everything."""
    assert everywhere(desk, within=" ")["list"] == set(PLACES)


# --- against shapely, and against the rule itself

# No corner comes to stand on the 180th meridian itself, which has two longitudes.
TURNS = (0.0, 50.0, 175.125, 179.875, -177.625)
degrees = st.integers(-40, 40).map(lambda n: n / 4)
rings = st.lists(st.tuples(degrees, degrees), min_size=3, max_size=9, unique=True).map(tuple)
places = st.lists(st.tuples(degrees, degrees), min_size=1, max_size=20)


def shifted(ring: Ring, by: float) -> Ring:
    """Return the ring turned about the Earth's axis, its longitudes in -180..180."""
    return tuple(((lon + by + 180) % 360 - 180, lat) for lon, lat in ring)


def encloses(ring: Ring, lon: float, lat: float) -> bool:
    """Return whether a point lies in a polygon or on its edge, in exact numbers: the even-odd rule."""
    x, y = Fraction(lon), Fraction(lat)
    odd = False
    for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True):
        turn = (Fraction(x2) - Fraction(x1)) * (y - Fraction(y1)) - (Fraction(y2) - Fraction(y1)) * (
            x - Fraction(x1)
        )
        if turn == 0 and min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2):
            return True
        if (y1 > y) != (y2 > y) and (turn > 0) == (y2 > y1):
            odd = not odd
    return odd


@given(rings, places, st.sampled_from(TURNS))
def test_what_lies_in_a_polygon_is_what_shapely_finds(
    ring: Ring, points: list[tuple[float, float]], by: float
) -> None:
    """Wherever on Earth it stands, it holds what shapely finds in the plane, by the even-odd rule."""
    flat = shapely.Polygon(ring)
    assume(flat.is_valid)
    turned = shifted(ring, by)
    assert closes(turned)
    lons, lats = np.array([(lon, lat) for lon, lat in shifted(tuple(points), by)]).T

    found = within(turned, lons, lats).tolist()
    assert found == [flat.intersects(shapely.Point(p)) for p in points]
    assert found == [encloses(ring, *p) for p in points]
    assert found == [holds(turned, lon, lat) for lon, lat in zip(lons.tolist(), lats.tolist(), strict=True)]
    text = ring_text(turned)
    assert found == [in_ring(lon, lat, text) for lon, lat in zip(lons.tolist(), lats.tolist(), strict=True)]
    assert in_ring(None, None, text) is False


@given(rings, places)
def test_sides_that_cross_leave_out_what_they_go_round_twice(
    ring: Ring, points: list[tuple[float, float]]
) -> None:
    """A shape drawn over itself is taken by the even-odd rule; close to a crossing either is right."""
    assume(not region_of(ring).is_empty)
    edge = shapely.LinearRing(ring)
    for lon, lat in points:
        if edge.distance(shapely.Point(lon, lat)) > 1e-9:
            assert holds(ring, lon, lat) == encloses(ring, lon, lat)


@given(rings, st.sampled_from(TURNS))
def test_the_box_holds_the_polygon(ring: Ring, by: float) -> None:
    """Each corner lies in the box around it, which crosses the 180th meridian where the polygon does."""
    turned = shifted(ring, by)
    west, south, east, north = box_around(turned)
    for lon, lat in turned:
        assert south <= lat <= north
        assert west <= lon <= east if west <= east else lon >= west or lon <= east
