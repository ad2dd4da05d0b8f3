"""Files of places: which rows are taken, which are left out and why, whatever is wrong with them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamwatch.errors import InputError
from seamwatch.ingest.gazetteer_files import PlaceFormat, read_place_file, sniff_format
from seamwatch.ingest.geonames_dump import read_alternate_names, read_dump
from seamwatch.ingest.place_rows import NameRow, PlaceRow, RowNote
from seamwatch.ingest.place_tables import read_csv, read_geojson

Row = PlaceRow | NameRow | RowNote


def dump_row(ident: object = 1, name: str = "Kulajo", **changes: object) -> str:
    fields: dict[str, object] = {
        "geonameid": ident, "name": name, "ascii": name, "others": "", "lat": 34.75, "lon": 45.1,
        "class": "P", "code": "PPL", "country": "IQ", "cc2": "", "admin1": "10", "admin2": "",
        "admin3": "", "admin4": "",
        "population": 0, "elevation": "", "dem": 200, "zone": "Asia/Baghdad", "day": "2020-01-01",
    }  # fmt: skip
    return "\t".join(str(v) for v in (fields | changes).values()) + "\n"


def places(rows: list[Row]) -> list[PlaceRow]:
    return [r for r in rows if isinstance(r, PlaceRow)]


def reasons(rows: list[Row]) -> list[tuple[str, str]]:
    return [(r.where, r.reason) for r in rows if isinstance(r, RowNote)]


def table(text: str) -> list[Row]:
    return list(read_csv(io.StringIO(text)))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1\tKulajo\tKulajo\t34.7\t45.1\n", "it has 5 columns"),
        (dump_row("x"), "must be a GeoNames id"),
        (dump_row(lat="north"), "must be numbers of degrees"),
        (dump_row(lat="nan"), "must be numbers of degrees"),
        (dump_row(lat=134.7), "out of range and longitude 45.1 is not: they look swapped"),
        (dump_row(lat=134.7, lon=190), "latitude 134.7 is out of range; it must be -90 to 90"),
        (dump_row(lon=190.5), "longitude 190.5 is out of range"),
        (dump_row(name=""), "it has no name"),
        (dump_row(name=" - "), "is no name"),
        (dump_row(name="K" * 10_000), "the name is 10,000 characters long"),
        (dump_row(name="Kul\x07ajo"), "holds control characters"),
        (dump_row(name="Kul\udce4jo"), "it is not UTF-8"),
        (dump_row(7), "the GeoNames id 7 stands in an earlier row, which is kept"),
    ],
)
def test_a_broken_row_of_a_dump_is_told_and_the_rest_is_read(row: str, reason: str) -> None:
    """Whatever is wrong with one row, its number and the reason are given and the others are places."""
    rows = list(read_dump([dump_row(7), row, dump_row(9, "Daquq")]))
    assert [p.geonameid for p in places(rows)] == [7, 9]
    ((where, told),) = reasons(rows)
    assert where == "row 2"
    assert reason in told


def test_a_dump_gives_names_codes_and_kinds() -> None:
    """Classes become kinds; alternate names are kept without codes; a former division is left out."""
    rows = list(
        read_dump(
            [
                dump_row(1, "Kūlājū", ascii="Kulaju", others="Kolajo,كولاجو,KLJ,,http://x"),
                dump_row(2, "Jabal", **{"class": "T", "code": "MTS"}),
                dump_row(3, "Qada' Kifri", **{"class": "A", "code": "ADM2", "admin2": "94296"}),
                dump_row(4, "At Ta'mim", **{"class": "A", "code": "ADM1H"}),
            ]
        )
    )
    assert [(p.kind, p.radius_km) for p in places(rows)] == [
        ("populated", None),
        ("feature", 30),
        ("division2", 15),
    ]
    assert places(rows)[0].aliases == ("Kulaju", "Kolajo", "كولاجو")
    assert (places(rows)[2].admin1_code, places(rows)[2].admin2_code) == ("10", "94296")


def test_letters_of_two_scripts_in_one_word_are_kept_and_told() -> None:
    """A Cyrillic letter in a Latin word is doubtful, not wrong; a name in one other script is neither."""
    rows = list(read_dump([dump_row(1, "K\u0456rkuk"), dump_row(2, "كركوك"), dump_row(3, "Kerkûk")]))
    assert len(places(rows)) == 3
    assert [(n.where, n.kept) for n in rows if isinstance(n, RowNote)] == [("row 1", True)]


def test_alternate_names_without_codes() -> None:
    """Names are kept with their place's id; links, postcodes and abbreviations are not."""
    rows = list(
        read_alternate_names(
            [
                "1\t95446\ten\tErbil\t1\t\t\t\n",
                "2\t95446\tku\tHewlêr\n",
                "3\t95446\tlink\thttps://example.org\n",
                "4\t95446\tpost\t44001\n",
                "5\t95446\twkdt\tQ132955\n",
                "6\t95446\t\tEBL\n",
                "7\tx\tku\tHewler\n",
                "8\t95446\n",
            ]
        )
    )
    named = [(r.name, r.preferred) for r in rows if isinstance(r, NameRow)]
    assert named == [("Erbil", True), ("Hewlêr", False)]
    assert [where for where, _ in reasons(rows)] == ["row 7", "row 8"]


def test_a_table_is_read_by_its_header() -> None:
    """Columns go by their usual names in any case and order; aliases are parted at ; and |."""
    rows = table(
        "\ufeffVillage;Longitude;Y;Aliases;Governorate;Type;Radius (km);Pop;pcode\n"
        "Kulajo;45,1;34,75;Kolajo|Kulajaw;Diyala;village;;1200;IQ-7\n"
        "Hamrin;44.9;34.3;;;mountain;;;\n"
    )
    first, second = places(rows)
    assert (first.name, first.lat, first.lon, first.aliases) == ("Kulajo", 34.75, 45.1, ("Kolajo", "Kulajaw"))
    assert (first.admin1, first.kind, first.population, first.ref) == ("Diyala", "populated", 1200, "IQ-7")
    assert (second.kind, second.radius_km) == ("feature", 10.0)
    assert reasons(rows) == []


def test_broken_rows_of_a_table() -> None:
    """Each broken row is told by its line; a quote that is not closed does not take a row in silence."""
    rows = table(
        "id,name,lat,lon,population,radius_km,kind\n"
        "a,Kulajo,34.75,45.1,,,\n"
        "a,Daquq,35.1,44.4,,,\n"
        "b,Kulajo,34.75,45.1,,,\n"
        "c,Kifri,34.7\n"
        "d,Kifri,34.7,45.0,many,,\n"
        "e,Kifri,34.7,45.0,,-3,\n"
        'f,"Kif\nri",34.7,45.0,,,\n'
        "g,Kifri,34.7,45.0,,,spaceport\n"
        "\n"
        "h,,34.7,45.0,,,\n"
    )
    assert [p.name for p in places(rows)] == ["Kulajo", "Kifri"]
    assert [where for where, _ in reasons(rows)] == [f"line {n}" for n in (3, 4, 5, 6, 7, 8, 10, 12)]
    told = dict(reasons(rows))
    assert "id a stands in an earlier row" in told["line 3"]
    assert "at the same point in an earlier row" in told["line 4"]
    assert "is a double quote missing" in told["line 8"]
    assert "'spaceport' is not known" in told["line 10"]


def test_a_table_without_the_needed_columns_is_refused() -> None:
    """A header without names or points says which column is missing."""
    with pytest.raises(InputError, match="lacks lat and lon"):
        table("name,height\nKulajo,200\n")


def test_geojson_points() -> None:
    """Properties go by the same names; what is no point, and what is no feature, is told by number."""
    named = {"properties": {"name": "X"}}
    features = [
        {
            "id": 5,
            "geometry": {"type": "Point", "coordinates": [45.1, 34.75, 210]},
            "properties": {"name": "Kulajo", "names": ["Kolajo"], "admin1": "Diyala"},
        },
        {"geometry": {"type": "Polygon", "coordinates": []}, **named},
        {"geometry": None, **named},
        {"geometry": {"type": "Point", "coordinates": [45.1]}, **named},
        {"geometry": {"type": "Point", "coordinates": ["a", 3]}, **named},
        {"geometry": {"type": "Point", "coordinates": [45, 34]}, "properties": {"name": {}}},
        7,
    ]
    rows = list(read_geojson(json.dumps({"type": "FeatureCollection", "features": features})))
    (place,) = places(rows)
    assert (place.name, place.lat, place.lon, place.ref, place.aliases) == (
        "Kulajo",
        34.75,
        45.1,
        "5",
        ("Kolajo",),
    )
    assert [where for where, _ in reasons(rows)] == [f"feature {n}" for n in range(2, 8)]
    assert "seamwatch areas add" in dict(reasons(rows))["feature 2"]


@pytest.mark.parametrize(
    "text", ["{", '{"type": "FeatureCollection"}', "[1]", '{"features": [NaN]}', "[" * 9000]
)
def test_what_is_no_geojson_is_refused(text: str) -> None:
    """JSON that is broken, or no collection, is one clear error."""
    with pytest.raises(InputError):
        list(read_geojson(text))


@pytest.mark.parametrize(
    ("content", "format"),
    [
        (dump_row().encode() * 3, PlaceFormat.GEONAMES),
        (b"1\t95446\tku\tHewler\t\t\t\t\n2\t95446\tar\tErbil\n", PlaceFormat.ALTERNATE),
        (b"name,lat,lon\nKulajo,34.7,45.1\n", PlaceFormat.CSV),
        (b"\xef\xbb\xbfName\tX\tY\nKulajo\t45.1\t34.7\n", PlaceFormat.CSV),
        (b' \n{"type": "FeatureCollection", "features": []}', PlaceFormat.GEOJSON),
    ],
)
def test_the_format_is_told_from_the_content(tmp_path: Path, content: bytes, format: PlaceFormat) -> None:
    """Each format is recognised whatever the file is called."""
    path = tmp_path / "places.dat"
    path.write_bytes(content)
    assert sniff_format(path) is format


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"  \n\n", "empty"),
        (b"PK\x03\x04...", "unpack it"),
        ("name,lat,lon\n".encode("utf-16"), "UTF-16"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "--format"),
        (b"dear reader\n", "--format"),
    ],
)
def test_what_is_no_file_of_places_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    """A file of another kind is one clear error that says what to do."""
    path = tmp_path / "places.dat"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said):
        sniff_format(path)


def test_bytes_that_are_no_utf8_cost_only_their_row(tmp_path: Path) -> None:
    """A row in another encoding is told; those around it are read."""
    path = tmp_path / "v.csv"
    path.write_bytes(b"name,lat,lon\nKulajo,34.75,45.1\nK\xf6r,34.7,45.2\nDaquq,35.1,44.4\n")
    rows = list(read_place_file(path, PlaceFormat.CSV))
    assert [p.name for p in places(rows)] == ["Kulajo", "Daquq"]
    assert reasons(rows) == [("line 3", "it is not UTF-8; save the file as UTF-8")]


def test_a_line_of_megabytes_is_one_broken_row(tmp_path: Path) -> None:
    """A line without an end is not held in memory, and the row after it is read."""
    path = tmp_path / "XX.txt"
    path.write_text(dump_row(1) + "x" * 3_000_000 + "\n" + dump_row(2, "Daquq"), encoding="utf-8")
    rows = list(read_place_file(path, PlaceFormat.GEONAMES))
    assert [p.geonameid for p in places(rows)] == [1, 2]
    assert [where for where, _ in reasons(rows)] == ["row 2"]


words = st.text(st.characters(categories=("L",), max_codepoint=0x6FF), min_size=1, max_size=12)
points = st.tuples(
    st.floats(-90, 90, allow_nan=False).map(lambda n: round(n, 5)),
    st.floats(-180, 180, allow_nan=False).map(lambda n: round(n, 5)),
)


@given(st.lists(st.tuples(words, points), max_size=8, unique_by=lambda row: row[0]))
def test_rows_come_back_as_written(rows: list[tuple[str, tuple[float, float]]]) -> None:
    """Names and points are the same from a table, from GeoJSON and from a dump."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("name", "lat", "lon"))
    writer.writerows((name, lat, lon) for name, (lat, lon) in rows)
    features = [
        {"geometry": {"type": "Point", "coordinates": [lon, lat]}, "properties": {"name": name}}
        for name, (lat, lon) in rows
    ]
    dump = [dump_row(n, name, lat=lat, lon=lon) for n, (name, (lat, lon)) in enumerate(rows, 1)]
    read = [
        [(p.name, p.lat, p.lon) for p in places(list(found))]
        for found in (
            table(out.getvalue()),
            read_geojson(json.dumps({"features": features})),
            read_dump(dump),
        )
    ]
    assert read[0] == read[1] == read[2]
    assert [(lat, lon) for _, lat, lon in read[0]] == [point for _, point in rows]


@given(st.text(max_size=400))
def test_no_text_breaks_a_reader(text: str) -> None:
    """Whatever a file holds, rows and notes come out, or one error of ours."""
    for reader in (read_csv, read_dump, read_alternate_names):
        try:
            list(reader(io.StringIO(text)))
        except InputError as wrong:
            assert str(wrong)
