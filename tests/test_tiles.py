"""Vector tiles: where incidents stand, which pass the filters, and what a server answers."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import mapbox_vector_tile
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from map_points import points, varied
from seamwatch.model.incident import Incident
from seamwatch.serve.incident_map import Newest
from seamwatch.serve.map_columns import MapColumns, read_columns, told_columns
from seamwatch.serve.map_selection import mask_of, select, select_all
from seamwatch.serve.map_tiles import MOST_ZOOM, tile_of
from seamwatch.store import IncidentFilter, Store, open_store
from seamwatch.vocabulary.acled import EventType, SubEventType
from seamwatch.vocabulary.codes import Status
from serving import serving

Found = list[tuple[str | int, int, int]]


def read(tile: bytes) -> dict[str, list[dict[str, Any]]]:
    """Return a tile's features by layer, y downwards."""
    layers = mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True})
    return {name: layer["features"] for name, layer in layers.items()}


def tile(incidents: Sequence[Incident], z: int, x: int, y: int, most: int = 100) -> dict[str, Any]:
    columns = told_columns(incidents)

    def ids(keys: Sequence[int]) -> Mapping[int, str]:
        assert columns.ids is not None
        return {key: columns.ids[key] for key in keys}

    return read(tile_of(select_all(columns), z, x, y, ids, most=most))


def placed(layers: Mapping[str, Any], layer: str = "incidents", name: str = "id") -> Found:
    """Return (property, x, y) of a layer's points, sorted."""
    found = layers.get(layer, [])
    return sorted((f["properties"][name], *f["geometry"]["coordinates"]) for f in found)


# --- where points stand


def test_the_world_is_one_tile_at_zoom_0() -> None:
    """Longitude 0 at the equator is the middle of the tile."""
    assert placed(tile(points((0, 0), (-90, 0)), 0, 0, 0)) == [("I0", 2048, 2048), ("I1", 1024, 2048)]


@pytest.mark.parametrize("lon", [180.0, -180.0])
def test_180_east_is_180_west(lon: float) -> None:
    """The 180th meridian is the left edge of the first column, and the right one of the last."""
    assert placed(tile(points((lon, 1)), 3, 0, 3))[0][1] == 0
    assert placed(tile(points((lon, 1)), 3, 7, 3))[0][1] == 4096


def test_a_neighbour_across_the_180th_meridian_is_in_the_buffer() -> None:
    """A point just west of the meridian is seen from the first column too, to the left of its edge."""
    near = points((179.7, 1))

    assert placed(tile(near, 3, 7, 3))[0][1] == 4096 - 27 - 1
    assert placed(tile(near, 3, 0, 3))[0][1] == -27 - 1
    # At zoom 0 a tile is its own neighbour.
    assert [x for _, x, _ in placed(tile(points((179.7, 1)), 0, 0, 0))] == [-4, 4092]


@pytest.mark.parametrize(("lat", "row", "down"), [(90.0, 0, 0), (-90.0, 7, 4095), (86.0, 0, 0)])
def test_a_pole_is_drawn_at_the_edge(lat: float, row: int, down: int) -> None:
    """Web Mercator ends at 85.05 degrees; what lies beyond is not lost."""
    assert placed(tile(points((0.1, lat)), 3, 4, row))[0][2] == down


def test_the_deepest_zoom_still_tells_half_metres_apart() -> None:
    """At zoom 22 two points half a metre apart are two places of one tile, which is 8 m wide there."""
    z = MOST_ZOOM
    two = points((44.449, 35.13902), (44.449, 35.139025))
    columns = told_columns(two)
    x, y = int(columns.x[0]) >> (32 - z), int(columns.y[0]) >> (32 - z)
    found = placed(tile(two, z, x, y))

    assert [name for name, _, _ in found] == ["I0", "I1"]
    assert found[0][1] == found[1][1]
    assert found[0][2] > found[1][2]


def test_points_within_64_units_outside_are_in_the_tile() -> None:
    """The buffer is 64 of 4096 units on each side, and in the corners."""
    unit = 360 / 8 / 4096
    near = points(*((x * unit, y * unit) for x in (-59.5, -69.5) for y in (-59.5, -69.5, 59.5)))
    found = placed(tile(near, 3, 4, 3))

    assert [(name, x) for name, x, _ in found] == [("I0", -60), ("I2", -60)]
    assert 4096 < found[0][2] <= 4096 + 64
    assert 0 <= found[1][2] < 4096


@given(
    st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), max_size=30),
    st.integers(0, MOST_ZOOM),
    st.integers(0, 5),
)
def test_every_incident_is_in_one_tile_of_a_zoom(
    places: list[tuple[float, float]], z: int, most: int
) -> None:
    """Points inside, or the counts of the clusters, add up to all incidents whatever the zoom."""
    incidents = points(*places)
    columns = told_columns(incidents)
    seen = 0
    for x, y in {(int(a) >> (32 - z), int(b) >> (32 - z)) for a, b in zip(columns.x, columns.y, strict=True)}:
        layers = tile(incidents, z, x, y, most)
        inside = [p for p in placed(layers) if 0 <= p[1] < 4096 and 0 <= p[2] < 4096]
        clusters = placed(layers, "clusters", "count")
        assert all(0 <= p[1] < 4096 and 0 <= p[2] < 4096 for p in clusters)
        assert not (inside and clusters)
        assert len(inside) <= most
        seen += len(inside) + sum(int(count) for count, _, _ in clusters)
    assert seen == len(incidents)


# --- what is told of them


def test_a_point_tells_its_incident(tmp_path: Path) -> None:
    """A point has the incident's values as the store has them; what is not known is left out."""
    with open_store(str(tmp_path / "record.db")) as store:
        made = {i.id: i for i in varied(store, 60)}
        columns = read_columns(store)
        layers = read(tile_of(select_all(columns), 0, 0, 0, store.map_ids))
    # At zoom 0 those near the 180th meridian are there twice.
    told = {f["properties"]["id"]: f["properties"] for f in layers["incidents"]}

    assert set(told) == {i.id for i in made.values() if i.place and i.place.lat is not None}
    for name, properties in told.items():
        one = made[name]
        assert one.place is not None
        values = {
            "id": name,
            "type": one.event_type.value,
            "sub_type": one.sub_event_type.value,
            "status": one.status.value,
            "killed": one.killed.best if one.killed else None,
            "injured": one.injured.best if one.injured else None,
            "precision": one.place.precision,
            "radius_km": one.place.radius_km,
            "day": int(f"{one.date.start:%Y%m%d}") if one.date else None,
            "mentions": 1,
        }
        assert properties == {key: value for key, value in values.items() if value is not None}


def test_a_cluster_has_the_sums_and_the_most_frequent_type(tmp_path: Path) -> None:
    """Where a tile has more than it may, a cell tells count, killed, injured and type of its incidents."""
    with open_store(str(tmp_path / "record.db")) as store:
        made = varied(store, 80)
        selection = select_all(read_columns(store))
        (layer,) = read(tile_of(selection, 0, 0, 0, store.map_ids, most=10)).items()
    name, cells = layer
    groups: dict[tuple[int, int], list[Incident]] = defaultdict(list)
    for one in made:
        if one.place is not None and one.place.lat is not None and one.place.lon is not None:
            down = 0.5 - math.asinh(math.tan(math.radians(one.place.lat))) / (2 * math.pi)
            groups[int((one.place.lon + 180) / 360 * 64), int(down * 64)].append(one)

    assert name == "clusters"
    assert {
        (c["geometry"]["coordinates"][0] // 64, c["geometry"]["coordinates"][1] // 64): c["properties"]
        for c in cells
    } == {
        cell: {
            "count": len(group),
            "killed": sum(i.killed.best or 0 for i in group if i.killed),
            "injured": sum(i.injured.best or 0 for i in group if i.injured),
            "type": max(sorted(types := [i.event_type.value for i in group]), key=types.count),
        }
        for cell, group in groups.items()
    }


# --- filters, and changes


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Return a store with incidents of every kind."""
    with open_store(str(tmp_path_factory.mktemp("map") / "record.db")) as opened:
        varied(opened, 120)
        yield opened


days = st.none() | st.dates(date(2019, 12, 1), date(2021, 3, 1))
sides = st.sampled_from((-180.0, -179.98, 34.0, 35.84, 44.449, 45.0, 179.98, 180.0))
lats = st.sampled_from((-90.0, -16.43, 10.06, 34.43, 36.5, 90.0))
wishes = st.builds(
    IncidentFilter,
    since=days,
    until=days,
    area=st.none() | st.sampled_from(("Kirkuk", "iq", "north", "nowhere", "Atlantis")),
    bbox=st.none() | st.tuples(sides, lats, sides, lats),
    type=st.none() | st.sampled_from((*EventType, *SubEventType)).map(str.lower),
    types=st.lists(st.sampled_from((*EventType, *SubEventType)).map(str), max_size=3).map(tuple),
    actor=st.none() | st.sampled_from(("islamic state", "patrol", "nobody")),
    statuses=st.none() | st.lists(st.sampled_from(Status), max_size=3).map(tuple),
    text=st.none() | st.sampled_from(("bridge", "roadside bomb", "unheard", "?")),
    min_killed=st.none() | st.integers(0, 8),
    precision=st.none() | st.integers(1, 7),
    within=st.none()
    | st.sampled_from(
        (
            ((43.0, 34.0), (46.0, 34.0), (43.0, 37.0)),
            ((170.0, -20.0), (-170.0, -20.0), (-179.98, -16.8), (170.0, -10.0)),
            ((-10.0, 0.0), (50.0, 0.0), (-10.0, 60.0)),
        )
    ),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=wishes)
def test_the_map_has_what_the_list_has(store: Store, wanted: IncidentFilter) -> None:
    """Every filter selects for the map the same incidents that the store lists."""
    columns = read_columns(store)
    selection = select(columns, wanted, partial(mask_of, columns, store))
    names = store.map_ids(columns.key[selection.rows].tolist()).values()

    assert sorted(names) == sorted(i.id for i in store.incidents(wanted))


def same(one: MapColumns, other: MapColumns) -> bool:
    """Return whether two have the same rows, whatever the order of those at one place."""

    def rows(of: MapColumns) -> list[tuple[int, ...]]:
        order = np.lexsort((of.key, of.code))
        return list(
            zip(
                *(a[order].tolist() for a in (of.code, of.key, of.x, of.y, *of.columns.values())), strict=True
            )
        )

    return (one.mark, one.words, one.located) == (other.mark, other.words, other.located) and rows(
        one
    ) == rows(other)


def test_changes_are_merged_into_what_is_held(tmp_path: Path) -> None:
    """Columns held from before and brought up to date are those that are read anew."""
    with open_store(str(tmp_path / "record.db")) as store:
        held = read_columns(store)
        assert len(held) == 0
        for seed in (1, 2, 3):
            made = varied(store, 30, seed)
            store.replace_incidents([], [i.id for i in made[::4]])
            merged = read_columns(store, held)
            assert (np.diff(merged.code.astype(object)) >= 0).all()
            assert same(merged, read_columns(store))
            held = merged
        assert read_columns(store, held) is held


# --- the server


def get(client: httpx.Client, path: str, **query: Any) -> httpx.Response:
    return client.get(f"/api/v1/tiles/{path}.mvt", params=query)


def test_the_world_shows_every_incident_with_a_point(client: httpx.Client, samples_db: Path) -> None:
    """The tile of zoom 0 has the samples that the list shows and that have a point."""
    with open_store(str(samples_db)) as store:
        expected = {i.id for i in store.incidents() if i.place and i.place.lat is not None}
    answer = get(client, "0/0/0")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert {name for name, _, _ in placed(read(answer.content))} == expected
    assert expected


def test_filters_restrict_the_tile(client: httpx.Client, samples_db: Path) -> None:
    """Types, days and texts of the query are those of the list."""
    with open_store(str(samples_db)) as store:
        wanted = IncidentFilter(types=("Armed clash", "Attack"), min_killed=1)
        expected = {i.id for i in store.incidents(wanted) if i.place and i.place.lat is not None}
    answer = get(client, "0/0/0", type=["Armed clash", "attack"], min_killed=1)

    assert {name for name, _, _ in placed(read(answer.content))} == expected
    assert expected


def test_a_tile_without_incidents_is_empty(client: httpx.Client) -> None:
    """It is a tile all the same: status 200, no bytes."""
    answer = get(client, "5/0/0")

    assert (answer.status_code, answer.content) == (200, b"")


def test_a_tile_that_the_client_has_is_not_sent_again(client: httpx.Client) -> None:
    """The same question about the same record has the same ETag; another one has another."""
    first = get(client, "0/0/0")
    headers = {"if-none-match": first.headers["etag"]}
    again = client.get("/api/v1/tiles/0/0/0.mvt", headers=headers)
    other = client.get("/api/v1/tiles/0/0/0.mvt", params={"min_killed": 1}, headers=headers)

    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200


@pytest.mark.parametrize("path", ["23/0/0", "-1/0/0", "0/1/0", "0/0/1", "3/8/0", "3/0/-1", f"22/{2**22}/0"])
def test_a_tile_outside_of_the_world_is_unknown(client: httpx.Client, path: str) -> None:
    """It is answered with 404 in the one error shape."""
    answer = get(client, path)

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "unknown_tile"


def test_as_of_shows_what_was_believed_then(client: httpx.Client) -> None:
    """Before the first article nothing was known; by another policy the same incidents stand there."""
    assert get(client, "0/0/0", as_of="1990-01-01").content == b""
    now, latest = get(client, "0/0/0"), get(client, "0/0/0", policy="latest")
    assert [p[0] for p in placed(read(now.content))] == [p[0] for p in placed(read(latest.content))]


def test_what_is_stored_later_is_on_the_map(own_client: httpx.Client, tmp_path: Path) -> None:
    """A change by another program is seen by the next request."""
    before = get(own_client, "0/0/0")
    with open_store(str(tmp_path / "desk.db")) as store:
        added = {i.id for i in varied(store, 10) if i.place and i.place.lat is not None and i.status.shown}
    after = get(own_client, "0/0/0", headers={"if-none-match": before.headers["etag"]})

    old, new = ({p[0] for p in placed(read(answer.content))} for answer in (before, after))
    assert added
    assert new == old | added


def test_an_empty_database_has_empty_tiles_and_sums(tmp_path: Path) -> None:
    """Before anything is read the map is there, and all is 0."""
    open_store(str(tmp_path / "empty.db")).close()
    with serving(tmp_path / "empty.db") as client:
        assert (get(client, "0/0/0").status_code, get(client, "0/0/0").content) == (200, b"")
        assert client.get("/api/v1/summary").json()["total"]["incidents"] == 0


def test_many_at_once_see_what_is_stored(tmp_path: Path) -> None:
    """Asked by many at once between writes, each tile has all that was stored before."""
    path = tmp_path / "record.db"
    with open_store(str(path)) as store, serving(path) as client, ThreadPoolExecutor(6) as pool:
        stored: set[str] = set()
        for seed in range(8):
            made = varied(store, 6, seed)
            stored |= {i.id for i in made if i.place and i.place.lat is not None}
            before = frozenset(stored)
            queries = [{"status": "all"}, {"status": "all", "min_killed": 0}] * 6
            for answer in pool.map(lambda query: get(client, "0/0/0", **query), queries[::2]):
                assert {name for name, _, _ in placed(read(answer.content))} == before
            assert all(a.status_code == 200 for a in pool.map(lambda q: get(client, "1/1/0", **q), queries))


def test_what_is_kept_in_memory_has_a_bound() -> None:
    """The oldest results go where there is no room; empty ones take room too, for their keys."""
    kept: Newest[bytes] = Newest(10_000, len)
    for number in range(1000):
        kept.put(number, b"" if number % 2 else bytes(500))

    held = [number for number in range(1000) if kept.get(number) is not None]
    assert held == list(range(1000 - len(held), 1000))
    assert 5 <= len(held) <= 10
    kept.put(999, bytes(20_000))
    assert kept.get(999) == bytes(20_000)
    assert kept.get(998) is None
