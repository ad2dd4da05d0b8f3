"""Writing ACLED, UCDP GED, PLOVER and HXL: the codes, what stays empty, and imported rows given back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coded_files import ACLED_ROW, GED_ROW, TABLES, acled, exported, ged, kinds, read_csv, write_csv
from made_incidents import article, incident, incidents, mention
from seamwatch.model.coded import row_text
from seamwatch.model.incident import Actor, ArticleRef, Incident, SourcedMention, Toll, Victim, Weapon
from seamwatch.model.place import Place
from seamwatch.model.text import Article
from seamwatch.model.time import TimeRange
from seamwatch.pipeline.decide import Decider
from seamwatch.publish import FORMATS, hxl, plover, writer_of
from seamwatch.publish.cells import number_of
from seamwatch.store import Store
from seamwatch.vocabulary.acled import EventType, SubEventType
from seamwatch.vocabulary.coded import TABLES as ALL_TABLES
from seamwatch.vocabulary.coded import Dataset
from seamwatch.vocabulary.codes import ActorKind, Certainty, Outcome, Status, VictimGroup
from test_cli import run
from told_store import opened

CASES = yaml.safe_load((Path(__file__).parent / "cases/coded.yaml").read_text(encoding="utf-8"))["cases"]
# What a spreadsheet would run is written with an apostrophe, signs that a terminal acts on are replaced.
CELLS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf"), include_characters="\n"), max_size=20)
FORMULAS = ("=", "+", "-", "@", "\t", "\n", "＝", "＋", "－", "＠")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as made:
        yield made


def told_for(case: dict[str, Any]) -> Incident:
    """Return the incident of a case."""
    low, best, high = case.get("killed", (None, None, None))
    start, end, precision = case.get("days", (date(2024, 3, 4), date(2024, 3, 4), 1))
    source = SourcedMention(
        mention=mention(article("A1")), article=ArticleRef(id="A1", source="Made Up News")
    )
    kind = SubEventType(case["type"])
    return incident(
        "i-aaaaaaaabc",
        source,
        event_type=kind.event_type,
        sub_event_type=kind,
        date=TimeRange(start=start, end=end, precision=precision),
        place=Place(name="Daquq", admin1="Kirkuk", country="IQ", lat=35.6, lon=44.5, precision=2),
        perpetrators=tuple(
            Actor(name=name, kind=ActorKind(what), certainty=Certainty.REPORTED)
            for name, what in case.get("perpetrators", ())
        ),
        targets=(),
        victims=tuple(
            Victim(name=name, group=VictimGroup(group), outcome=Outcome.KILLED, count=count)
            for name, group, count in case.get("victims", ())
        ),
        killed=Toll(low=low, best=best, high=high) if low is not None else None,
    )


def rows(name: str, *made: Incident) -> list[dict[str, str]]:
    out = io.StringIO()
    writer_of(name)(made, out)
    return list(csv.DictReader(io.StringIO(out.getvalue(), newline="")))


# --- codes


@pytest.mark.parametrize("name", ["ucdp", "acled"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_codes(case: dict[str, Any], name: str) -> None:
    """Each incident of the table has the cells that the codebook asks for; what is not known is empty."""
    (row,) = rows(name, told_for(case))
    wanted = {column: str(value) for column, value in case[name].items()}
    assert {column: row[column] for column in wanted} == wanted


@pytest.mark.parametrize("name", TABLES)
def test_the_header_is_the_datasets(name: str) -> None:
    """ACLED has its 31 columns, UCDP GED its 49, in the codebook's order."""
    out = io.StringIO()
    writer_of(name)([], out)
    assert tuple(out.getvalue().strip().split(",")) == TABLES[name][0].columns
    assert len(TABLES[name][0].columns) == {"acled": 31, "ucdp": 49}[name]


def test_the_incidents_own_id_is_found_in_each_format() -> None:
    """ACLED has it in event_id_cnty and notes, UCDP in relid beside a number, PLOVER and HXL as their id."""
    made = told_for(CASES[0])
    (ours,), (theirs,) = rows("acled", made), rows("ucdp", made)
    assert ours["event_id_cnty"] == made.id and made.id in ours["notes"]
    assert theirs["relid"] == made.id and theirs["id"] == str(number_of(made.id)) == "34"
    assert plover.event(made)["id"] == hxl.row(made)["#event+code"] == made.id


@given(st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=10, max_size=10), st.data())
def test_two_ids_have_two_numbers(name: str, data: st.DataObject) -> None:
    """The number of an incident is as stable as its id and as unique."""
    other = data.draw(st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=10, max_size=10))
    assert (number_of(f"i-{name}") == number_of(f"i-{other}")) == (name == other)


def test_headlines_of_articles_are_in_no_coded_format() -> None:
    """A headline may name a private person: only outlet, day and address of an article go out."""
    ref = ArticleRef(
        id="A1", title="Farmer Hasan Karim killed", source="Made Up News", url="https://example.org/a",
        published=date(2024, 3, 5),
    )  # fmt: skip
    made = replace(
        told_for(CASES[0]), mentions=(SourcedMention(mention=mention(article("A1")), article=ref),)
    )
    for name in FORMATS:
        out = io.StringIO()
        writer_of(name)([made], out)
        assert "Hasan" not in out.getvalue()
    assert rows("ucdp", made)[0]["source_article"] == '"Made Up News,2024-03-05,https://example.org/a"'


# --- PLOVER and HXL


@pytest.mark.parametrize("kind", SubEventType)
def test_every_sub_type_has_a_plover_event(kind: SubEventType) -> None:
    """An event has its type and quad code, or says that PLOVER has none; modes are of assaults only."""
    made = plover.event(told_for({"type": kind.value}))
    assert made["has_event"] == bool(made["event"]) == (made["quad_code"] is not None)
    assert made["event"] == ["ASSAULT"] or made["mode"] == []
    if kind.event_type in (EventType.BATTLES, EventType.EXPLOSIONS):
        assert made["event"] == ["ASSAULT"]


def test_plovers_modes_follow_weapon_and_status() -> None:
    """A drone strike that was foiled is aerial, by drone, and hypothetical."""
    made = replace(
        told_for({"type": "Air/drone strike"}), weapons=(Weapon(name="armed drone"),), status=Status.FOILED
    )
    assert plover.event(made)["mode"] == ["aerial", "drone", "hypothetical"]


def test_hxl_has_its_tags_under_the_header() -> None:
    """The second row holds the tags, each column has one, and rows follow."""
    out = io.StringIO()
    hxl.write([told_for(CASES[0])], out)
    header, tags, row = csv.reader(io.StringIO(out.getvalue()))
    assert len(header) == len(tags) == len(row) == 17
    assert tags[:4] == ["#event+code", "#date+occurred", "#event+type", "#group+name+first"]
    found = dict(zip(tags, row, strict=True))
    assert (found["#group+name+first"], found["#group+name+second"]) == ("Islamic State", "policeman")
    assert (found["#affected+killed"], found["#affected+injured"]) == ("2", "3")
    # What came later stands at the end: who reads by position finds the others where they were.
    assert tags[13:] == ["#affected+killed", "#affected+injured", "#meta+party", "#meta+tlp"]


@settings(max_examples=40, deadline=None)
@given(st.lists(incidents(), max_size=3), st.sampled_from(["acled", "ucdp", "hxl"]))
def test_any_incident_can_be_written_and_no_cell_is_run(made: list[Incident], name: str) -> None:
    """No incident, however odd, breaks a format; a text cell never begins as a formula, a number is one."""
    out = io.StringIO()
    writer_of(name)(made, out)
    out.getvalue().encode("utf-8")
    written = list(csv.reader(io.StringIO(out.getvalue(), newline="")))
    assert len(written) == len(made) + (2 if name == "hxl" else 1)
    for cell in (cell for row in written[1:] for cell in row if cell.startswith(FORMULAS)):
        float(cell)


@settings(max_examples=20, deadline=None)
@given(incidents())
def test_any_incident_is_a_plover_line(made: Incident) -> None:
    """Each is one line of JSON with PLOVER's keys."""
    out = io.StringIO()
    plover.write([made], out)
    line, rest = out.getvalue().split("\n")
    assert rest == ""
    assert {"id", "has_event", "actor", "recipient", "event_loc", "quad_code", "mode"} <= json.loads(
        line
    ).keys()


# --- imported rows


@pytest.mark.parametrize("name", TABLES)
def test_an_imported_row_comes_out_as_it_was(store: Store, tmp_path: Path, name: str) -> None:
    """What was read from a dataset and was not touched since is the same row again, cell by cell."""
    table, row, text = TABLES[name]
    odd = {text: 'He said: "no"\n    best: 7\n\nend ', table.key: "77", "region": ""}
    path = write_csv(tmp_path / "table.csv", [row, {**row, **odd}])
    assert kinds(read_csv(store, path)) == ["new", "new"]
    assert sorted(exported(store, name), key=str) == sorted([row, {**row, **odd}], key=str)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
@pytest.mark.parametrize("name", TABLES)
def test_any_cells_survive_the_round_trip(name: str, data: st.DataObject) -> None:
    """Free text of any kind comes out as it went in; a cell that would be run gets an apostrophe."""
    table, row, _ = TABLES[name]
    free = {
        "ucdp": ("source_headline", "source_original", "where_description", "conflict_name", "relid"),
        "acled": ("notes", "source", "tags", "assoc_actor_1", "admin3"),
    }[name]
    cells = {**row, **data.draw(st.fixed_dictionaries(dict.fromkeys(free, CELLS)))}
    made = row_text(table.dataset, cells.items())
    stored = Article(id="R", text=made.text)
    told = replace(mention(article("A1")), id="R#1", evidence=made.line(table.key))
    one = incident("i-aaaaaaaabc", SourcedMention(mention=told, article=ArticleRef(id="R")))
    out = io.StringIO()
    writer_of(name, _Shelf(stored))([one], out)
    (again,) = csv.DictReader(io.StringIO(out.getvalue(), newline=""))
    for column, cell in cells.items():
        assert again[column] in (cell, f"'{cell}")
        assert again[column] == cell or cell.startswith(FORMULAS)


class _Shelf:
    """One article, where a writer looks for it."""

    def __init__(self, held: Article) -> None:
        self._held = held

    def article(self, article_id: str) -> Article | None:
        return self._held if article_id == self._held.id else None


def test_a_guarded_cell_is_read_as_it_was(store: Store, tmp_path: Path) -> None:
    """A file that we wrote and read again has the words of the first, without the apostrophe."""
    path = write_csv(tmp_path / "ged.csv", [ged(source_headline="'=HYPERLINK(1)", longitude="-44.4")])
    read_csv(store, path)
    assert "source_headline: =HYPERLINK(1)\n" in next(store.articles()).text
    (row,) = exported(store, "ucdp")
    assert (row["source_headline"], row["longitude"]) == ("'=HYPERLINK(1)", "-44.4")


def test_what_a_person_corrected_is_the_only_change(store: Store, tmp_path: Path) -> None:
    """After a correction of the toll the row keeps its other cells, and says whose incident it is."""
    read_csv(store, write_csv(tmp_path / "ged.csv", [ged(relid="")]))
    (made,) = store.incidents()
    Decider(store, by="ana").correct(made.id, "killed", {"low": 6, "best": 6, "high": 6}, why="seen")
    (row,) = exported(store, "ucdp")
    changed = {column for column, cell in ged(relid="").items() if row[column] != cell}
    assert changed <= {
        "relid",
        "best",
        "high",
        "low",
        "deaths_a",
        "deaths_b",
        "deaths_civilians",
        "deaths_unknown",
    }
    assert (row["best"], row["low"], row["high"], row["relid"]) == ("6", "6", "6", made.id)


def test_an_acled_row_with_a_second_source_names_it(store: Store, tmp_path: Path) -> None:
    """Where UCDP codes the same incident, ACLED's row keeps its id and names the new source."""
    row = acled(
        event_type="Battles", sub_event_type="Armed clash", actor2="Military Forces of Iraq", inter2="1",
        actor1="Islamic State", fatalities="4",
    )  # fmt: skip
    read_csv(store, write_csv(tmp_path / "acled.csv", [row]))
    read_csv(store, write_csv(tmp_path / "ged.csv", [ged(where_prec="1")]))
    (made,) = store.incidents()
    (found,) = exported(store, "acled")
    assert found["event_id_cnty"] == "IRQ90001"
    assert found["source"] == "Made Up News; ACLED; UCDP GED"
    assert found["notes"].endswith(f"[Seamwatch {made.id}]")


@pytest.mark.parametrize("row", [GED_ROW, ACLED_ROW])
def test_every_format_is_a_choice_of_the_command(tmp_path: Path, row: dict[str, str]) -> None:
    """`seamwatch incidents --format` writes each format, and an imported row as it was."""
    read = run("read", str(write_csv(tmp_path / "t.csv", [row])), "--db", str(tmp_path / "a.db"))
    assert read.returncode == 0
    for name in FORMATS:
        done = run("incidents", "--db", str(tmp_path / "a.db"), "--format", name)
        assert done.returncode == 0 and done.stdout
        if name in ALL_TABLES and set(row) == set(ALL_TABLES[Dataset(name)].columns):
            assert list(csv.DictReader(io.StringIO(done.stdout))) == [row]
