"""`seamwatch areas` as a user runs it: messages, exit codes, and what the record shows of areas."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from made_incidents import article, mention
from seamwatch.cli.areas import Kind
from seamwatch.cli.main import app
from seamwatch.model.area import AREA_KINDS
from seamwatch.model.incident import Extraction
from seamwatch.model.place import Place
from seamwatch.pipeline.record import Recorder
from seamwatch.store import open_store

SQUARE = [[[44.9, 34.2], [45.4, 34.2], [45.4, 34.8], [44.9, 34.8], [44.9, 34.2]]]
KULAJO = Place(
    name="Kulajo", admin2="Kifri", admin1="Diyala", country="IQ", lat=34.5, lon=45.1, precision=2, radius_km=5
)


def feature(name: str, rings: Any = SQUARE, **properties: object) -> dict[str, Any]:
    geometry = {"type": "Polygon", "coordinates": rings}
    return {"type": "Feature", "properties": {"name": name, **properties}, "geometry": geometry}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["areas", *arguments])


@pytest.fixture
def db(tmp_path: Path) -> str:
    """Return a database with one incident at Kulajo on 13 April 2020."""
    path = str(tmp_path / "record.db")
    with open_store(path) as store:
        one = article("A1", source="Agency")
        said = mention(one, place=KULAJO)
        Recorder(store).store_given(one, Extraction(mentions=(said,)))
    return path


@pytest.fixture
def sector(tmp_path: Path) -> Path:
    path = tmp_path / "sector.geojson"
    who = [{"name": "Joint brigade", "role": "secures", "since": "2019", "source": "own"}]
    rows = [feature("South [sector]", names=["SS"], kind="front", authorities=who)]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}), encoding="utf-8")
    return path


def incident(db: str) -> dict[str, Any]:
    (row,) = json.loads(CliRunner().invoke(app, ["incidents", "--db", db, "--format", "json"]).stdout)[
        "incidents"
    ]
    return dict(row)


def test_an_added_area_shows_everywhere(db: str, sector: Path) -> None:
    """JSON, CSV, GeoJSON, table, filter and explanation tell the area; admin1 stays what it was."""
    done = run("add", str(sector), "--db", db)
    assert done.exit_code == 0, done.output
    assert "1 read: 1 new and 0 replaced areas stored" in done.stdout
    assert "1 of 1 incidents lie in other areas than before" in done.stdout
    row = incident(db)
    assert row["place"]["admin1"] == "Diyala"
    (share,) = row["areas"]
    assert (share["id"], share["kind"], share["weight"], share["indicative"]) == (
        "south-sector",
        "front",
        1.0,
        True,
    )
    assert share["authorities"] == [
        {"name": "Joint brigade", "role": "secures", "since": "2019-01-01", "until": None, "source": "own"}
    ]
    flat = CliRunner().invoke(app, ["incidents", "--db", db, "--format", "csv", "--area", "ss"]).stdout
    assert next(csv.DictReader(flat.splitlines()))["areas"] == "South [sector]"
    geo = CliRunner().invoke(app, ["incidents", "--db", db, "--format", "geojson", "--area", "south-sector"])
    assert json.loads(geo.stdout)["features"][0]["properties"]["areas"] == "South [sector]"
    wide = CliRunner().invoke(app, ["incidents", "--db", db], env={"COLUMNS": "150"}).stdout
    assert "South [sector]" in wide
    told = CliRunner().invoke(app, ["explain", row["id"], "--db", db]).stdout
    assert "South [sector] (front, all of where it may lie; border indicative)" in " ".join(told.split())
    assert "secured by Joint brigade since 2019-01-01 (own)" in told


def test_list_and_show(db: str, sector: Path) -> None:
    """The list has each area with its incidents; what `show` prints can be added again."""
    assert "No areas are stored" in run("list", "--db", db).stdout
    run("add", str(sector), "--db", db)
    table = run("list", "--db", db).stdout
    assert "South [sector]" in table and table.rstrip().endswith("1")
    (row,) = json.loads(run("list", "--db", db, "--format", "json").stdout)["areas"]
    assert (row["id"], row["incidents"], row["kind"]) == ("south-sector", 1, "front")
    shown = run("show", "south-sector", "--db", db).stdout
    sector.write_text(shown, encoding="utf-8")
    again = run("add", str(sector), "--db", db)
    assert "0 new and 1 replaced" in again.stdout
    assert "0 of 1 incidents" in again.stdout


def test_remove(db: str, sector: Path) -> None:
    """A removed area is gone from the list and from the incidents; a dry run changes nothing."""
    before = incident(db)
    run("add", str(sector), "--db", db)
    dry = run("remove", "south-sector", "--db", db, "--dry-run")
    assert "would be removed; 1 of 1 incidents would lie" in dry.stdout
    assert incident(db)["areas"]
    assert "removed; 1 of 1 incidents lie in other areas" in run("remove", "south-sector", "--db", db).stdout
    assert incident(db) == before


def test_an_unknown_id_is_told(db: str) -> None:
    """Showing or removing an area that is not there is an error that says how to find the ids."""
    for verb in ("show", "remove"):
        done = run(verb, "nowhere", "--db", db)
        assert done.exit_code == 1
        assert "areas list" in str(done.exception)


def test_bad_rows_are_told_and_end_with_exit_code_3(db: str, tmp_path: Path) -> None:
    """Rejected and mended rows are named on standard error; the rest is stored."""
    bow = [[[44, 34], [46, 36], [46, 34], [44, 36], [44, 34]]]
    swapped = [[[lat, lon] for lon, lat in SQUARE[0]]]
    rows = [
        feature("Good"),
        feature("n" * 10_000),
        feature("Bow", bow),
        feature("Good"),
        feature("Swapped", swapped, country="IQ"),
        feature("\x1b[2J", [[[1]]]),
    ]
    path = tmp_path / "rows.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}), encoding="utf-8")
    done = run("add", str(path), "--db", db)
    assert done.exit_code == 3
    lines = done.stderr.splitlines()
    assert [line.split(" (")[0].split(": ")[:2] for line in lines] == [
        ["rejected", "row 2"],
        ["rejected", "row 4"],
        ["rejected", "row 5"],
        ["rejected", "row 6"],
        ["mended", "row 3"],
    ]
    assert "latitude and longitude swapped" in lines[2]
    assert "\x1b" not in done.stderr and len(lines[0]) < 300
    assert "6 read: 2 new and 0 replaced areas stored, 1 of them mended, 4 rejected" in done.stdout
    assert {a["name"] for a in json.loads(run("list", "--db", db, "-f", "json").stdout)["areas"]} == {
        "Good",
        "Bow",
    }


def test_a_dry_run_changes_nothing(db: str, sector: Path) -> None:
    """--dry-run says what would change."""
    done = run("add", str(sector), "--db", db, "--dry-run")
    assert "would be stored" in done.stdout and "1 of 1 incidents would lie" in done.stdout
    assert incident(db)["areas"] == []
    assert "No areas are stored" in run("list", "--db", db).stdout


def test_the_example_is_loaded(db: str) -> None:
    """The example of northern Iraq puts Kulajo into the Garmiyan Administration, beside its province."""
    done = run("add", "--example", "northern-iraq", "--db", db)
    assert done.exit_code == 0, done.output
    row = incident(db)
    names = {a["name"]: a["weight"] for a in row["areas"]}
    assert names["Kifri district"] > 0.5
    assert names["Garmiyan Administration"] > 0.5
    assert row["place"]["admin1"] == "Diyala"
    found = CliRunner().invoke(app, ["incidents", "--db", db, "--area", "Garmian", "--format", "json"]).stdout
    assert len(json.loads(found)["incidents"]) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("x.geojson", "--example", "northern-iraq"),
        ("--example", "atlantis"),
        ("x.geojson", "--kind", "province"),
        ("x.geojson", "--country", "Iraq"),
    ],
)
def test_wrong_usage_is_exit_code_2(db: str, arguments: tuple[str, ...]) -> None:
    """No file, two files, an unknown example, kind or country: told, and exit code 2."""
    done = run("add", *arguments, "--db", db)
    assert done.exit_code == 2
    assert done.stderr


def test_an_unreadable_file_changes_nothing(db: str, tmp_path: Path) -> None:
    """A file that is no GeoJSON is an error; no area is stored."""
    path = tmp_path / "broken.geojson"
    path.write_text('{"type": "FeatureCollection", "features": [', encoding="utf-8")
    done = run("add", str(path), "--db", db)
    assert done.exit_code == 1 and "no JSON" in str(done.exception)
    assert "No areas are stored" in run("list", "--db", db).stdout


def test_the_kinds_to_choose_from_are_all() -> None:
    """--kind takes every kind that an area can have."""
    assert tuple(Kind) == AREA_KINDS


@pytest.mark.parametrize("verb", ["add", "list", "show", "remove"])
def test_each_verb_has_help_with_an_example(verb: str) -> None:
    """Every verb of areas explains itself with an example."""
    assert f"seamwatch areas {verb}" in " ".join(run(verb, "--help").stdout.split())
