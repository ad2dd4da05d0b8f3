"""The base map: an archive of vector tiles that any reader of the format understands."""

from __future__ import annotations

import gzip
import math
import struct
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamwatch.errors import SeamwatchError
from seamwatch.publish.basemap import ATTRIBUTION, basemap_path, read_tile, tile_id

EXTENT, EDGE = 4096, 64
POINT, LINE, POLYGON = 1, 2, 3
Ring = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of a tile, as the format's specification has it."""

    kind: int
    lines: list[Ring]
    tags: dict[str, Any]


def layers_of(tile: bytes) -> dict[str, list[Feature]]:
    """Read a tile: protocol buffers by their wire types, then the drawing commands."""
    found = defaultdict(list)
    for _, layer in fields(tile):
        parts = defaultdict(list)
        for tag, value in fields(layer):
            parts[tag].append(value)
        assert parts[15] == [2]
        assert parts[5] == [EXTENT]
        keys = [k.decode() for k in parts[3]]
        values = [next(iter(fields(v))) for v in parts[4]]
        for feature in parts[2]:
            own = dict(fields(feature))
            numbers = list(varints(own.get(2, b"")))
            tags = {keys[k]: plain(*values[v]) for k, v in zip(numbers[::2], numbers[1::2], strict=True)}
            found[parts[1][0].decode()].append(Feature(own[3], drawn(list(varints(own[4]))), tags))
    return found


def plain(tag: int, value: Any) -> Any:
    return value.decode() if tag == 1 else bool(value) if tag == 7 else value


def drawn(numbers: list[int]) -> list[Ring]:
    lines: list[Ring] = []
    x = y = 0
    rest = iter(numbers)
    for head in rest:
        if head & 7 == 7:
            lines[-1].append(lines[-1][0])
            continue
        for _ in range(head >> 3):
            dx, dy = next(rest), next(rest)
            x, y = x + ((dx >> 1) ^ -(dx & 1)), y + ((dy >> 1) ^ -(dy & 1))
            if head & 7 == 1:
                lines.append([])
            lines[-1].append((x, y))
    return lines


def varints(data: bytes) -> Iterator[int]:
    value = shift = 0
    for byte in data:
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            yield value
            value = shift = 0


def fields(data: bytes) -> Iterator[tuple[int, Any]]:
    at = 0

    def number() -> int:
        nonlocal at
        start = at
        while data[at] & 0x80:
            at += 1
        at += 1
        return next(varints(data[start:at]))

    while at < len(data):
        key = number()
        if key & 7 == 0:
            yield key >> 3, number()
        else:
            size = number()
            yield key >> 3, data[at : at + size]
            at += size


def tiles_of(zoom: int) -> Iterator[tuple[int, int, dict[str, list[Feature]]]]:
    for x in range(2**zoom):
        for y in range(2**zoom):
            tile = read_tile(zoom, x, y)
            if tile is not None:
                yield x, y, layers_of(tile)


def tile_at(lat: float, lon: float, zoom: int) -> dict[str, list[Feature]]:
    y = (0.5 - math.asinh(math.tan(math.radians(lat))) / (2 * math.pi)) * 2**zoom
    tile = read_tile(zoom, int((lon / 360 + 0.5) * 2**zoom), int(y))
    assert tile is not None
    return layers_of(tile)


def size_of(ring: Ring) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2


def test_the_archive_has_the_head_of_its_format() -> None:
    """PMTiles version 3: packed with gzip, vector tiles, zoom 0 to 6, under 8 MB."""
    head = struct.unpack("<7sB11Q6B4iB2i", basemap_path().read_bytes()[:127])
    assert head[:2] == (b"PMTiles", 3)
    clustered, directories, tiles, kind, low, high = head[13:19]
    assert (clustered, directories, tiles, kind, low, high) == (1, 2, 2, 1, 0, 6)
    assert basemap_path().stat().st_size == head[8] + head[9] < 8_000_000


def test_the_attribution_names_every_source() -> None:
    """What a map shows, and the archive says itself."""
    raw = basemap_path().read_bytes()
    start, size = struct.unpack_from("<2Q", raw, 24)
    about = gzip.decompress(raw[start : start + size]).decode()
    for source in ("Natural Earth", "GeoNames", "Empirical Studies of Conflict (ESOC)"):
        assert source in ATTRIBUTION
        assert source in about


@pytest.mark.parametrize("zoom", range(5))
def test_tiles_decode_and_stay_in_their_bounds(zoom: int) -> None:
    """Every tile of the first zooms: closed rings, outer rings and holes told apart, nothing far off it."""
    seen = set()
    for _, _, layers in tiles_of(zoom):
        seen |= set(layers)
        for name, features in layers.items():
            for feature in features:
                assert feature.lines
                points = [p for line in feature.lines for p in line]
                assert all(-EDGE <= n <= EXTENT + EDGE for p in points for n in p)
                if feature.kind == POLYGON:
                    assert all(len(ring) > 3 and ring[0] == ring[-1] for ring in feature.lines)
                    assert size_of(feature.lines[0]) > 0
                    assert all(size_of(ring) != 0 for ring in feature.lines)
                else:
                    assert feature.kind == (POINT if name in ("places", "labels") else LINE)
    assert {"land", "countries", "borders", "labels"} <= seen
    assert ("divisions" in seen) == (zoom >= 3)
    assert ("places" in seen) == (zoom >= 1)


def test_no_ring_streaks_across_the_world() -> None:
    """On the one tile of zoom 0 no country but Antarctica is drawn with an edge over half of the map."""
    for feature in layers_of(read_tile(0, 0, 0) or b"")["countries"]:
        longest = max(abs(a[0] - b[0]) for ring in feature.lines for a, b in pairwise(ring))
        assert longest < EXTENT / 2 or feature.tags["iso"] == "AQ", feature.tags


def test_no_border_runs_along_the_180th_meridian() -> None:
    """Where outlines are parted at the meridian there is no border, so none is drawn."""
    for zoom in (2, 4):
        for x, edge in ((0, 0), (2**zoom - 1, EXTENT)):
            for y in range(2**zoom):
                for feature in layers_of(read_tile(zoom, x, y) or b"")["borders"]:
                    along = [
                        (a, b) for line in feature.lines for a, b in pairwise(line) if a[0] == b[0] == edge
                    ]
                    assert along == []


def test_land_goes_on_over_the_180th_meridian() -> None:
    """Chukotka fills both sides of the seam: the tile there has land beyond its own edge, without a gap."""
    for lon, edge in ((179.99, EXTENT), (-179.99, 0)):
        beyond = EDGE if edge else -EDGE
        rings = [
            ring for f in tile_at(67.0, lon, 6)["countries"] if f.tags["iso"] == "RU" for ring in f.lines
        ]
        y = EXTENT // 2
        for x in (edge, edge + beyond // 2, edge - beyond // 2):
            assert sum(crosses(ring, x + 0.5, y + 0.5) for ring in rings) % 2 == 1


def crosses(ring: Ring, x: float, y: float) -> int:
    return sum(
        (a[1] > y) != (b[1] > y) and x < a[0] + (y - a[1]) * (b[0] - a[0]) / (b[1] - a[1])
        for a, b in pairwise(ring)
    )


def test_northern_iraq_shows_its_divisions_and_towns() -> None:
    """Kirkuk and Halabja are there by name, Halabja marked indicative; towns carry their country and rank."""
    layers = defaultdict(list)
    for lat, lon in ((35.4, 44.4), (35.2, 45.9), (36.3, 43.1)):
        for name, features in tile_at(lat, lon, 6).items():
            layers[name] += features
    divisions = {f.tags["name"]: f.tags for f in layers["divisions"]}
    assert divisions["Kirkuk"]["id"] == "IQ.13"
    assert divisions["Kirkuk"]["indicative"] is False
    assert divisions["Halabja"]["indicative"] is True
    towns = {f.tags["name"]: f.tags for f in layers["places"]}
    assert {"Kirkuk", "Mosul", "Erbil", "Hawija", "Tuz Khurmatu"} <= set(towns)
    assert towns["Mosul"]["country"] == "IQ"
    assert towns["Mosul"]["rank"] <= 5


def test_disputed_borders_are_marked() -> None:
    """The line of control in Kashmir and the border of Crimea."""
    for lat, lon in ((34.6, 74.8), (46.1, 33.7)):
        assert any(f.tags["disputed"] for f in tile_at(lat, lon, 6)["borders"])


def test_capitals_show_early_and_ranks_thin_the_towns() -> None:
    """A town shows at every zoom from its rank on; at no zoom are there too many on one tile."""
    for zoom in range(1, 5):
        for _, _, layers in tiles_of(zoom):
            assert len(layers["places"]) < 250
            assert all(f.tags["rank"] <= zoom for f in layers["places"])
    capitals = {f.tags["name"] for _, _, layers in tiles_of(2) for f in layers["places"] if f.tags["capital"]}
    assert {"Baghdad", "Tehran", "Ankara", "London", "Tokyo"} <= capitals


def test_each_label_stands_once() -> None:
    """A point belongs to one tile, so that no name is drawn twice at an edge."""
    names = [f.tags["name"] for _, _, layers in tiles_of(3) for f in layers["labels"]]
    assert len(names) == len(set(names))


def test_open_sea_and_deeper_zooms_have_no_tile() -> None:
    """A reader goes on without one."""
    assert read_tile(6, 28, 37) is None
    assert read_tile(9, 317, 201) is None


@pytest.mark.parametrize("zxy", [(-1, 0, 0), (0, 1, 0), (3, 0, 8), (2, -1, 0)])
def test_a_tile_that_cannot_be_is_an_error(zxy: tuple[int, int, int]) -> None:
    """The message says how tiles are counted."""
    with pytest.raises(SeamwatchError, match="no such tile"):
        read_tile(*zxy)


def test_a_broken_archive_says_what_to_do(tmp_path: Path) -> None:
    """Missing, cut short and of another format."""
    cut = tmp_path / "cut.pmtiles"
    cut.write_bytes(basemap_path().read_bytes()[:5000])
    other = tmp_path / "other.pmtiles"
    other.write_bytes(b"x" * 1000)
    for path in (tmp_path / "none.pmtiles", cut, other):
        with pytest.raises(SeamwatchError, match="install Seamwatch again"):
            read_tile(6, 39, 25, path)


@given(st.integers(0, 12).flatmap(lambda z: st.tuples(st.just(z), *[st.integers(0, 2**z - 1)] * 2)))
def test_tile_ids_run_zoom_by_zoom(zxy: tuple[int, int, int]) -> None:
    """The ids of a zoom follow those of the zoom before."""
    z = zxy[0]
    assert (4**z - 1) // 3 <= tile_id(*zxy) < (4 ** (z + 1) - 1) // 3


@pytest.mark.parametrize("zoom", range(5))
def test_tile_ids_follow_the_hilbert_curve(zoom: int) -> None:
    """Every id of a zoom is given once, and tiles of following ids touch: this is what the format asks."""
    order = sorted((tile_id(zoom, x, y), x, y) for x in range(2**zoom) for y in range(2**zoom))
    assert len({number for number, _, _ in order}) == 4**zoom
    assert all(abs(a[1] - b[1]) + abs(a[2] - b[2]) == 1 for a, b in pairwise(order))
    # the four of zoom 1 as the specification lists them
    assert [tile_id(1, *xy) for xy in ((0, 0), (0, 1), (1, 1), (1, 0))] == [1, 2, 3, 4]
