"""Files of areas: what is loaded, mended and rejected, row by row."""

from __future__ import annotations

import json
import sqlite3
import struct
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from seamwatch.errors import InputError
from seamwatch.ingest.area_files import AreaFile, read_area_file, read_areas, without
from seamwatch.ingest.area_outlines import read_outline
from seamwatch.ingest.area_rows import AreaDefaults
from seamwatch.model.area import Authority
from seamwatch.model.area_codec import area_from_json, area_json

SQUARE = [[[44.0, 34.0], [45.0, 34.0], [45.0, 35.0], [44.0, 35.0], [44.0, 34.0]]]
BOW = [[[44.0, 34.0], [46.0, 36.0], [46.0, 34.0], [44.0, 36.0], [44.0, 34.0]]]


def polygon(rings: Any = SQUARE) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": rings}


def feature(geometry: Any = None, *, id: object = None, **properties: object) -> dict[str, Any]:
    row: dict[str, Any] = {
        "type": "Feature",
        "properties": {"name": "Kifri", **properties},
        "geometry": polygon() if geometry is None else geometry,
    }
    return row | ({"id": id} if id is not None else {})


def read(*features: object, **defaults: Any) -> AreaFile:
    document = {"type": "FeatureCollection", "features": list(features)}
    return read_areas(json.dumps(document).encode(), "areas.geojson", AreaDefaults(**defaults))


def reason(*features: object, **defaults: Any) -> str:
    """Return why the last of these rows was rejected."""
    found = read(*features, **defaults)
    assert found.rejected, found
    assert found.rejected[-1].row == len(features)
    return found.rejected[-1].text


# --- GeoJSON


def test_a_whole_row_is_read() -> None:
    """Every column of a row is in the area."""
    row = feature(
        id="IQ-KFR",
        names=["Kfri", "كفري", "Kfri"],
        kind="disputed",
        country="iq",
        authorities=[
            {
                "name": "Peshmerga",
                "role": "secures",
                "since": "2014-06",
                "until": "2017-10-16",
                "source": "AP",
            }
        ],
        since="2004",
        until="2030-02",
        indicative=False,
        source="a map",
        note="two\nlines",
    )
    (area,) = read(row).areas
    assert (area.id, area.name, area.names) == ("IQ-KFR", "Kifri", ("Kfri", "كفري"))
    assert (area.kind, area.country, area.indicative) == ("disputed", "IQ", False)
    assert (area.since, area.until) == (date(2004, 1, 1), date(2030, 2, 28))
    assert (area.source, area.note) == ("a map", "two lines")
    (authority,) = area.authorities
    assert authority == Authority(
        name="Peshmerga", role="secures", since=date(2014, 6, 1), until=date(2017, 10, 16), source="AP"
    )
    assert area.polygons == ((tuple((x, y) for x, y in SQUARE[0]),),)


def test_an_area_survives_json() -> None:
    """What `areas show` prints is the same area when it is read again, from the store or from a file."""
    (area,) = read(feature(names=["Kfri"], kind="front", since="2004-01-01", country="IQ")).areas
    row = json.loads(json.dumps(area_json(area)))
    assert area_from_json(row) == area
    assert read_areas(json.dumps(row).encode(), "show").areas == (area,)


def test_one_feature_or_geometry_is_a_file_too() -> None:
    """A single Feature is one row, and a bare Polygon one that lacks a name."""
    assert [a.id for a in read_areas(json.dumps(feature()).encode(), "x").areas] == ["kifri"]
    (note,) = read_areas(json.dumps(polygon()).encode(), "x").rejected
    assert "name" in note.text


def test_common_columns_and_defaults() -> None:
    """Names, ids and countries of common files are found; options fill what rows do not say."""
    row = {
        "type": "Feature",
        "geometry": polygon(),
        "properties": {"ADM2_EN": "Kifri", "ADM2_PCODE": "IQG08Q03", "ADM0_PCODE": "IQ", "NAME": "no"},
    }
    (area,) = read(row, kind="division2", source="OCHA", indicative=False).areas
    assert (area.id, area.name, area.country) == ("IQG08Q03", "Kifri", "IQ")
    (area,) = read(row, kind="division2", name_field="NAME", id_field="ADM2_EN", source="OCHA").areas
    assert (area.id, area.name, area.kind, area.source) == ("Kifri", "no", "division2", "OCHA")


def test_bad_rows_are_told_and_the_rest_is_loaded() -> None:
    """Of a file with every second row broken the others are there, in their order."""
    found = read(
        feature(id="a"), "no feature", feature(id="b"), feature(polygon([[[0, 0]]])), feature(id="c"), None
    )
    assert [a.id for a in found.areas] == ["a", "b", "c"]
    assert found.rows == (1, 3, 5)
    assert [n.row for n in found.rejected] == [2, 4, 6]


@pytest.mark.parametrize(
    ("geometry", "says"),
    [
        ({"type": "Point", "coordinates": [44, 34]}, "Point; an area needs a Polygon"),
        ({"type": "LineString", "coordinates": [[44, 34], [45, 34]]}, "LineString; an area needs"),
        (polygon([]), "geometry is empty"),
        (polygon([[]]), "encloses nothing"),
        ({"type": "MultiPolygon", "coordinates": [[]]}, "empty polygon"),
        ({"type": "GeometryCollection", "geometries": []}, "without any Polygon"),
        (polygon([[[44, 34], [45, 34], [44, 34]]]), "encloses nothing"),
        (polygon([[[44, 34], [45, 34], [46, 34], [44, 34]]]), "encloses nothing"),
        (polygon([[[34, 144], [35, 144], [35, 145], [34, 144]]]), "look swapped"),
        (polygon([[[44, 34], [45, 94], [45, 95], [44, 34]]]), "look swapped"),
        (polygon([[[144, 34], [145, 94], [145, 95], [144, 34]]]), "latitudes from -90 to 90"),
        (polygon([[[445000, 3840000], [446000, 3840000], [446000, 3850000]]]), "EPSG:4326"),
        (polygon([[[44, None], [45, 34], [45, 35], [44, 34]]]), "no point"),
        (polygon([[["44", 34], [45, 34], [45, 35], [44, 34]]]), "no point"),
        (polygon([[44, 34, 45, 34]]), "no point"),
        (polygon("x"), "empty"),
        ("POLYGON ((0 0))", "no GeoJSON object"),
        ({"coordinates": SQUARE}, "needs a Polygon"),
    ],
)
def test_what_is_no_outline_is_rejected(geometry: Any, says: str) -> None:
    """Points, lines, empty and impossible outlines are each told with what to do."""
    assert says in reason(feature(), {**feature(id="second"), "geometry": geometry})


def test_no_geometry_is_rejected() -> None:
    """A row without a geometry is told as such."""
    assert "no geometry" in reason({"type": "Feature", "properties": {"name": "x"}, "geometry": None})


@pytest.mark.parametrize(
    ("properties", "says"),
    [
        ({"name": None}, "no name"),
        ({"name": "  "}, "no name"),
        ({"name": "n" * 10_000}, "10,000 characters"),
        ({"name": ["x"]}, "no text"),
        ({"name": "…"}, "give it an id"),
        ({"kind": "province"}, "give one of: country, division1"),
        ({"since": "the year dot"}, "YYYY-MM-DD"),
        ({"since": "2017-02-30"}, "YYYY-MM-DD"),
        ({"since": "0017-02-03"}, "between the years"),
        ({"until": "9999"}, "between the years"),
        ({"since": "2018", "until": "2017"}, "ends (2017-12-31) before"),
        ({"authorities": [{"role": "claims"}]}, "authority 1 has no name"),
        ({"authorities": [{"name": "A", "role": "owns"}]}, "administers, claims, secures"),
        ({"authorities": [{"name": "A"}]}, "is missing"),
        ({"authorities": [{"name": "A", "role": "claims", "since": "soon"}]}, "'soon'"),
        ({"authorities": "[{"}, "no JSON list"),
        ({"authorities": {"name": "A"}}, "no list"),
        ({"authorities": ["A"]}, "no object"),
        ({"indicative": "perhaps"}, "true or false"),
        ({"note": "n" * 3000}, "3,000 characters"),
        ({"id": "i" * 300}, "300 characters"),
    ],
)
def test_what_a_row_may_not_say(properties: dict[str, Any], says: str) -> None:
    """A missing name, a name of 10,000 characters, absurd days, unknown words: rejected with the reason."""
    assert says in reason(feature(**properties))


def test_ids_are_given_once() -> None:
    """Of two rows with one id the first is kept, and the second told with the row of the first."""
    found = read(feature(id="a"), feature(id="b"), feature(id="a", name="Other"))
    assert [a.name for a in found.areas] == ["Kifri", "Kifri"]
    assert "row 1" in found.rejected[0].text


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (feature(polygon(BOW)), "crosses itself"),
        (feature(polygon([SQUARE[0][:-1]])), "not closed"),
        (feature(polygon([[[179, 0], [-179, 0], [-179, 1], [179, 1], [179, 0]]])), "180th meridian"),
        (feature({"type": "MultiPolygon", "coordinates": [SQUARE, SQUARE]}), "overlap"),
        (
            feature({"type": "GeometryCollection", "geometries": [polygon(), {"type": "Point"}]}),
            "points and lines were left out",
        ),
        (feature(country="Iraq"), "no code of two letters"),
        (feature(names=["n" * 10_000, "Kfri"]), "left out"),
    ],
)
def test_what_can_be_mended_is_mended_and_told(row: dict[str, Any], says: str) -> None:
    """Such a row is loaded, with a note that says what was done; its outline is valid."""
    found = read(row)
    (area,) = found.areas
    assert [n.text for n in found.notes if says in n.text and not n.rejected]
    assert all(shapely.Polygon(p[0], p[1:]).is_valid for p in area.polygons)


def test_a_polygon_that_crosses_itself_keeps_what_it_encloses() -> None:
    """The two wings of a bow are two polygons of its area."""
    (area,) = read(feature(polygon(BOW))).areas
    assert len(area.polygons) == 2
    assert sum(shapely.Polygon(p[0]).area for p in area.polygons) == pytest.approx(2.0)


def test_a_hole_stays_a_hole() -> None:
    """A ring inside another is left open, and heights are dropped."""
    hole = [[44.4, 34.4], [44.6, 34.4], [44.6, 34.6], [44.4, 34.4]]
    tall = [[*point, 300.0] for point in SQUARE[0]]
    (area,) = read(feature(polygon([tall, hole]))).areas
    ((outer, inner),) = area.polygons
    assert (len(outer), len(inner)) == (5, 4)


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["type", "coordinates", "geometries", "name", "authorities", "since"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_nothing_in_a_row_breaks_the_file(value: Any) -> None:
    """Whatever stands in a row, it is loaded or rejected, and the row after it is loaded."""
    anything = value if isinstance(value, dict) else {"name": value, "authorities": value, "since": value}
    rows = [
        {"type": "Feature", "properties": anything, "geometry": value},
        {"type": "Feature", "properties": {"name": "x", "names": value, "id": value}, "geometry": polygon()},
        {"type": "Feature", "properties": {"name": "x"}, "geometry": polygon(value)},
        feature(id="last one"),
    ]
    found = read(*rows)
    assert "last one" in [a.id for a in found.areas]
    assert not [n for n in found.notes if "please report" in n.text]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=3, max_size=9))
def test_any_ring_gives_valid_polygons_or_a_reason(points: list[tuple[float, float]]) -> None:
    """A ring of any points is read to valid, closed polygons on the globe, or rejected."""
    try:
        polygons, _ = read_outline(polygon([[list(p) for p in points]]))
    except InputError:
        return
    for rings in polygons:
        assert shapely.Polygon(rings[0], rings[1:]).is_valid
        for ring in rings:
            assert ring[0] == ring[-1]
            assert all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in ring)
    again, _ = read_outline(
        {"type": "MultiPolygon", "coordinates": [[[list(p) for p in r] for r in rings] for rings in polygons]}
    )
    assert sum(shapely.Polygon(r[0], r[1:]).area for r in again) == pytest.approx(
        sum(shapely.Polygon(r[0], r[1:]).area for r in polygons), abs=1e-2
    )


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"{", "no JSON"),
        (b"", "no JSON"),
        (b"id,name\n1,Kifri\n", "no JSON"),
        (b"[]", "no GeoJSON"),
        (b'{"type": "Topology"}', "no GeoJSON"),
        (b'{"type": "FeatureCollection"}', "no GeoJSON"),
        (b"\xff\xfe{\x00", "UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b"PK\x03\x04zip", "unpack it"),
        (b"\x00\x00\x27\x0a" + b"\x00" * 100, "shapefile; convert it with"),
        (b"<?xml version='1.0'?><kml/>", "KML"),
        (
            b'{"type": "FeatureCollection", "features": [], "crs": {"type": "name", "properties": '
            b'{"name": "urn:ogc:def:crs:EPSG::32638"}}}',
            "EPSG::32638, not WGS 84; convert it with: ogr2ogr",
        ),
    ],
)
def test_what_is_no_file_of_areas_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    """A file of another kind is refused in one line that names it and says what to do."""
    path = tmp_path / "areas.geojson"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"areas\.geojson") as caught:
        read_area_file(path)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_crs84_and_a_byte_order_mark_are_fine(tmp_path: Path) -> None:
    """GeoJSON as older programs write it, with a mark and CRS84 named, is read."""
    document = {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}},
        "features": [feature()],
    }
    path = tmp_path / "areas.geojson"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(document).encode())
    assert len(read_area_file(path).areas) == 1


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """A path that is not there is an error that names it."""
    with pytest.raises(InputError, match=r"nowhere\.geojson: can't be opened"):
        read_area_file(tmp_path / "nowhere.geojson")


def test_areas_can_be_rejected_afterwards() -> None:
    """What is found wrong with an area after reading is told by the row that it came from."""
    found = without(read(feature(id="a"), None, feature(id="b")), ["b"], "swapped")
    assert [a.id for a in found.areas] == ["a"]
    assert [(n.row, n.id) for n in found.rejected] == [(2, None), (3, "b")]


# --- GeoPackage


def gpkg(
    path: Path,
    rows: list[tuple[Any, ...]],
    *,
    srs: tuple[int, str, int] = (4326, "EPSG", 4326),
    layer: str = "areas",
) -> Path:
    """Write a small GeoPackage of our own: a layer with columns name, authorities and geom."""
    with sqlite3.connect(path) as db:
        db.execute(
            "CREATE TABLE IF NOT EXISTS gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY, "
            "organization TEXT, organization_coordsys_id INTEGER, definition TEXT)"
        )
        db.execute(
            "INSERT OR IGNORE INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, '')", (f"system {srs[0]}", *srs)
        )
        db.execute(
            "CREATE TABLE IF NOT EXISTS gpkg_geometry_columns (table_name TEXT, column_name TEXT, "
            "geometry_type_name TEXT, srs_id INTEGER, z TINYINT, m TINYINT)"
        )
        db.execute(
            "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'GEOMETRY', ?, 0, 0)", (layer, srs[0])
        )
        quoted = layer.replace('"', '""')
        db.execute(
            f'CREATE TABLE "{quoted}" (fid INTEGER PRIMARY KEY, geom BLOB, name TEXT, authorities TEXT)'
        )
        db.executemany(f'INSERT INTO "{quoted}" (geom, name, authorities) VALUES (?, ?, ?)', rows)
    db.close()
    return path


def blob(geometry: shapely.Geometry, *, boxed: bool = False) -> bytes:
    """Return a geometry as a GeoPackage holds it."""
    west, south, east, north = geometry.bounds
    head = b"GP\x00" + bytes([3 if boxed else 1]) + struct.pack("<i", 4326)
    return head + (struct.pack("<4d", west, east, south, north) if boxed else b"") + shapely.to_wkb(geometry)


def test_a_geopackage_is_read(tmp_path: Path) -> None:
    """Names, authorities as JSON and outlines with and without a box come out; broken rows are told."""
    square = shapely.box(44, 34, 45, 35)
    said = json.dumps([{"name": "KRG", "role": "claims"}])
    path = gpkg(
        tmp_path / "areas.gpkg",
        [
            (blob(square), "Kifri", said),
            (blob(square, boxed=True), "Kalar", None),
            (None, "Nowhere", None),
            (b"no geometry", "Broken", None),
            (blob(square)[:30], "Cut", None),
            (b"GP\x00\x11\x00\x00\x00\x00", "Empty", None),
            (blob(shapely.Point(44, 34)), "Point", None),
            (blob(shapely.MultiPolygon([square])), "Multi", None),
        ],
    )
    found = read_area_file(path, AreaDefaults(kind="division2"))
    assert [a.name for a in found.areas] == ["Kifri", "Kalar", "Multi"]
    assert found.areas[0].authorities == (Authority(name="KRG", role="claims"),)
    assert found.areas[0].polygons == found.areas[1].polygons == found.areas[2].polygons
    assert [n.row for n in found.rejected] == [3, 4, 5, 6, 7]


def test_a_geopackage_in_metres_is_refused(tmp_path: Path) -> None:
    """Another reference system is refused with the command that converts it."""
    path = gpkg(tmp_path / "areas.gpkg", [], srs=(32638, "EPSG", 32638))
    with pytest.raises(InputError, match=r"EPSG:32638.*ogr2ogr -t_srs EPSG:4326 new\.gpkg areas\.gpkg"):
        read_area_file(path)


def test_of_several_layers_one_is_named(tmp_path: Path) -> None:
    """Several layers, or a name that none has, is an error that lists them; the named one is read."""
    path = gpkg(tmp_path / "areas.gpkg", [], layer="roads")
    gpkg(path, [(blob(shapely.box(44, 34, 45, 35)), "Kifri", None)], layer='my "areas"')
    with pytest.raises(InputError, match=r'--layer: my "areas", roads'):
        read_area_file(path)
    with pytest.raises(InputError, match="no layer 'rivers'"):
        read_area_file(path, layer="rivers")
    assert len(read_area_file(path, layer='my "areas"').areas) == 1


def test_another_database_is_no_geopackage(tmp_path: Path) -> None:
    """An SQLite file without layers, or a damaged one, is refused in one line."""
    path = tmp_path / "other.gpkg"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE x (y)")
    db.close()
    with pytest.raises(InputError, match="without GeoPackage layers"):
        read_area_file(path)
    path.write_bytes(path.read_bytes()[:100] + b"damage" * 1000)
    with pytest.raises(InputError, match=r"other\.gpkg"):
        read_area_file(path)
