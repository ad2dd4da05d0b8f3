"""The list formats: table, JSON, JSON Lines, CSV and GeoJSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable
from datetime import date
from typing import TextIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from made_incidents import article, incident, incidents, mention
from seamwatch.model.incident import Actor, ArticleRef, Incident, SourcedMention, Target, Toll
from seamwatch.model.incident_decoding import incident_from_json
from seamwatch.model.place import Place
from seamwatch.model.time import TimeRange
from seamwatch.publish import geojson, incident_csv, jsonl, record, table
from seamwatch.publish.labels import labelled_json
from seamwatch.publish.plain import date_words, toll_words
from seamwatch.vocabulary.codes import ActorKind, Certainty, Status, TargetKind

Write = Callable[[Iterable[Incident], TextIO], None]


def told(name: str, **ref: object) -> SourcedMention:
    values = {"source": f"{name} News", "published": date(2020, 4, 14), **ref}
    return SourcedMention(mention=mention(article(name)), article=ArticleRef(id=name, **values))


def written(write: Write, *made: Incident, **options: object) -> str:
    out = io.StringIO()
    write(made, out, **options)
    return out.getvalue()


PLACELESS = incident("I2", told("A2"), date=None, place=None, perpetrators=(), killed=None)


# --- JSON


def test_json_is_the_contracts_document() -> None:
    """One document with the list of incidents; none gives an empty list."""
    made = [incident("I1", told("A1")), PLACELESS]
    assert json.loads(written(record.write, *made)) == {"incidents": [labelled_json(i) for i in made]}
    assert json.loads(written(record.write)) == {"incidents": []}


def test_jsonl_has_one_incident_a_line() -> None:
    """Each line is one incident that reads back as the same."""
    made = [incident("I1", told("A1")), PLACELESS]
    lines = written(jsonl.write, *made).splitlines()
    mentions = {m.mention.id: m for i in made for m in i.mentions}
    assert [incident_from_json(json.loads(line), mentions=mentions) for line in lines] == made
    assert written(jsonl.write) == ""


@pytest.mark.parametrize("write", [record.write, jsonl.write, geojson.write, incident_csv.write, table.write])
def test_every_format_can_be_written_as_utf8(write: Write) -> None:
    """A name with a lone surrogate, a terminal command and a line break harms no format's output."""
    bad = Actor(name="a\ud800b\x1b[2J\nc", kind=ActorKind.GROUP, certainty=Certainty.REPORTED)
    text = written(write, incident("I1", told("A1"), perpetrators=(bad,)))
    assert "\x1b" not in text
    assert text.encode("utf-8")


@settings(max_examples=30, deadline=None)
@given(st.lists(incidents(), max_size=3))
def test_any_incident_can_be_written_in_every_format(made: list[Incident]) -> None:
    """No incident, however odd, breaks a format, and each has its row in those for machines."""
    assert len(json.loads(written(geojson.write, *made))["features"]) == len(made)
    assert len(list(csv.reader(io.StringIO(written(incident_csv.write, *made), newline="")))) == len(made) + 1
    assert len(json.loads(written(record.write, *made))["incidents"]) == len(made)
    assert written(table.write, *made)


# --- CSV


def rows(*made: Incident) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written(incident_csv.write, *made), newline="")))


def test_csv_has_a_stable_header() -> None:
    """The header is the same with and without rows, and begins with what identifies an incident."""
    header = written(incident_csv.write).splitlines()[0]
    assert header.startswith("id,event_type,sub_event_type,status,date_start,date_end,date_precision,place,")
    assert written(incident_csv.write, PLACELESS).splitlines()[0] == header


def test_csv_rows_are_flat() -> None:
    """Values stand in columns of their own; what is not known is an empty cell."""
    row, empty = rows(incident("I1", told("A1", sources=("AFP", "A1 News"))), PLACELESS)
    assert (row["date_start"], row["place"], row["country"], row["lat"]) == (
        "2020-04-13",
        "Tal Hamis",
        "SY",
        "36.58",
    )
    assert (row["perpetrators"], row["victims"]) == (
        "Islamic State (claimed)",
        "2 soldiers (state, killed)",
    )
    assert (row["killed_low"], row["killed_high"], row["missing_low"]) == ("2", "2", "")
    assert (row["claims"], row["sources"], row["voices"]) == (
        "Islamic State claims via Amaq",
        "AFP; A1 News",
        "1",
    )
    assert (empty["date_start"], empty["lat"], empty["perpetrators"], empty["killed_best"]) == (
        "",
        "",
        "",
        "",
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_no_cell_is_a_formula(start: str) -> None:
    """A name that a spreadsheet would run as a formula gets an apostrophe before it."""
    target = Target(name=f"{start}cmd|'/C calc'!A0", kind=TargetKind.PHYSICAL)
    (row,) = rows(incident("I1", told("A1"), targets=(target,)))
    assert row["targets"].startswith("'")


def test_a_number_below_zero_stays_a_number() -> None:
    """A southern latitude is no formula."""
    (row,) = rows(incident("I1", told("A1"), place=Place(name="x", lat=-33.5, lon=-70.25)))
    assert (row["lat"], row["lon"]) == ("-33.5", "-70.25")


# --- GeoJSON


def test_geojson_has_points_and_nulls() -> None:
    """A feature's point is longitude, latitude; without a place its geometry is null."""
    collection = json.loads(written(geojson.write, incident("I1", told("A1")), PLACELESS))
    assert collection["type"] == "FeatureCollection"
    here, nowhere = collection["features"]
    assert here["geometry"] == {"type": "Point", "coordinates": [41.49, 36.58]}
    assert (here["id"], here["properties"]["where_precision"], here["properties"]["radius_km"]) == (
        "I1",
        2,
        10.0,
    )
    assert nowhere["geometry"] is None
    assert all(not isinstance(v, dict | list) for v in here["properties"].values())
    assert json.loads(written(geojson.write)) == {"type": "FeatureCollection", "features": []}


# --- table


def test_an_empty_table_says_what_to_do() -> None:
    """No incident gives one plain line with a hint."""
    text = written(table.write)
    assert text.startswith("No incidents match. ")
    assert "--status all" in text
    assert text.count("\n") == 1


@pytest.mark.parametrize("width", [80, 100, 120, 160])
def test_a_table_fits_and_cuts_nothing(width: int) -> None:
    """At every width lines fit, ids and numbers stand whole, and every word is there."""
    long = incident(
        "I-0123456789",
        told("A1"),
        place=Place(name="Tuz Khurmatu", admin1="Salah al-Din", country="IQ"),
        date=TimeRange(start=date(2020, 4, 5), end=date(2020, 4, 11), precision=2),
        killed=Toll(low=12, best=15, high=120),
        status=Status.UNCONFIRMED,
    )
    text = written(table.write, long, PLACELESS, width=width)
    assert max(map(len, text.splitlines())) <= width
    assert "I-0123456789 " in text
    assert "12-120" in text
    for word in (
        *"~2020-04-05 Tuz Khurmatu, Salah al-Din, landmine/ State? unconfirmed sources".split(),
        "IQ",
    ):
        assert word.rstrip("/") in text
    assert "…" not in text


def test_a_name_is_no_markup() -> None:
    """Square brackets in a name are shown, not read as colours."""
    actor = Actor(name="[red]group[/red]", kind=ActorKind.GROUP, certainty=Certainty.ASSERTED)
    assert "[red]group[/red]" in written(
        table.write, incident("I1", told("A1"), perpetrators=(actor,)), width=160
    )


@pytest.mark.parametrize(
    ("low", "best", "high", "words"),
    [
        (2, 2, 2, "2"),
        (2, 3, 5, "2-5"),
        (3, None, None, "3+"),
        (None, 4, 6, "up to 6"),
        (None, None, None, "?"),
    ],
)
def test_tolls_read_plainly(low: int | None, best: int | None, high: int | None, words: str) -> None:
    """A known toll is one number, an uncertain one a range, an open one says so."""
    assert toll_words(Toll(low=low, best=best, high=high)) == words


@pytest.mark.parametrize(
    ("start", "end", "precision", "words"),
    [
        (date(2020, 4, 7), date(2020, 4, 7), 1, "2020-04-07"),
        (date(2020, 4, 7), date(2020, 4, 7), 2, "~2020-04-07"),
        (date(2020, 4, 28), date(2020, 5, 4), 3, "~2020-04-28/05-04"),
        (date(2019, 12, 30), date(2020, 1, 4), 3, "~2019-12-30/2020-01-04"),
        (date(2020, 4, 1), date(2020, 4, 30), 4, "~2020-04"),
        (date(2020, 1, 1), date(2020, 12, 31), 5, "~2020"),
    ],
)
def test_days_read_as_precise_as_they_are(start: date, end: date, precision: int, words: str) -> None:
    """A date that is not exact has a ~ and no more digits than are known."""
    assert date_words(TimeRange(start=start, end=end, precision=precision)) == words
