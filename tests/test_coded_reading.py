"""Reading tables of ACLED and UCDP GED: which file is one, what each row becomes, what is rejected."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coded_files import ACLED_ROW, GED_ROW, TABLES, acled, ged, kinds, read_csv, write_csv
from made_profiles import several
from seamwatch.link.block import may_be_one, probed_blocks, stored_blocks
from seamwatch.link.compare import Profile
from seamwatch.link.frame import Frame
from seamwatch.link.judge import judge_profiles, probability
from seamwatch.model.coded import cells_of, event_of, row_text
from seamwatch.model.incident import SourcedMention
from seamwatch.model.text import Rejected
from seamwatch.pipeline.decide import Decider
from seamwatch.store import Store
from seamwatch.vocabulary.coded import Dataset
from test_cli import run
from test_link_odds import RULES, odds_of
from told_store import groups, opened, tell

CELLS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r"), max_size=20)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as made:
        yield made


def only(store: Store) -> SourcedMention:
    (mention,) = store.all_mentions()
    return mention


@given(st.dictionaries(st.sampled_from(list(GED_ROW)), CELLS))
def test_a_rows_text_gives_the_row_back(cells: dict[str, str]) -> None:
    """Whatever the cells hold, line ends and colons too, the text of a row leads back to them."""
    made = row_text(Dataset.UCDP, cells.items())
    assert cells_of(made.text) == {name: cell for name, cell in cells.items() if cell}
    for column, cell in cells.items():
        if cell and "\n" not in cell:
            assert made.value(column)[0].quote == cell
            assert made.line(column)[0].quote == f"{column}: {cell}"


def test_a_ged_row_becomes_one_mention(store: Store, tmp_path: Path) -> None:
    """Its codes are the mention's values; sides have the register's names; nothing is said of wounded."""
    assert kinds(read_csv(store, write_csv(tmp_path / "ged.csv", [ged()]))) == ["new"]
    told = only(store).mention
    assert (told.event_type, told.sub_event_type) == ("Battles", "Armed clash")
    assert told.date and (str(told.date.start), told.date.precision) == ("2024-03-04", 1)
    place = told.place
    assert place and (place.name, place.admin1, place.admin2, place.country) == (
        "Daquq", "Kirkuk", "Daquq", "IQ"
    )  # fmt: skip
    assert (place.lat, place.lon, place.precision, place.radius_km) == (35.139, 44.449, 2, 25.0)
    assert [(a.name, a.kind) for a in told.perpetrators] == [
        ("Government of Iraq", "state"), ("Islamic State", "organization")
    ]  # fmt: skip
    assert [(v.group, v.count) for v in told.victims] == [("state", 2), ("nonstate", 1), ("unknown", 1)]
    assert told.killed and (told.killed.low, told.killed.best, told.killed.high) == (3, 4, 5)
    assert told.injured is None and told.weapons == ()


def test_an_acled_row_becomes_one_mention(store: Store, tmp_path: Path) -> None:
    """Civilians are what was attacked; the day of the time stamp is when it was published."""
    assert kinds(read_csv(store, write_csv(tmp_path / "acled.csv", [acled()]))) == ["new"]
    told, article = only(store).mention, only(store).article
    assert told.sub_event_type == "Remote explosive/landmine/IED"
    assert [a.name for a in told.perpetrators] == ["Islamic State (Iraq)"]
    assert [t.name for t in told.targets] == ["civilians"]
    assert told.killed and told.killed.best == 2
    assert told.place and (told.place.precision, told.place.country) == (1, "IQ")
    assert (article.source, str(article.published)) == ("ACLED", "2024-03-12")


@pytest.mark.parametrize(
    ("precision", "days"),
    [("1", ("2024-02-10", "2024-02-10", 1)), ("2", ("2024-02-07", "2024-02-13", 3)),
     ("3", ("2024-02-01", "2024-02-29", 4))],
)  # fmt: skip
def test_acleds_time_precision_is_a_stretch_of_days(
    store: Store, tmp_path: Path, precision: str, days: tuple[str, str, int]
) -> None:
    """A day is itself; of a week the day is the middle; of a month all its days may be meant."""
    row = acled(event_date="10 February 2024", time_precision=precision)
    read_csv(store, write_csv(tmp_path / "acled.csv", [row]))
    when = only(store).mention.date
    assert when and (str(when.start), str(when.end), when.precision) == days


@pytest.mark.parametrize("name", TABLES)
def test_every_value_has_its_quote(store: Store, tmp_path: Path, name: str) -> None:
    """Each value of a stored row rests on a slice of the row's text."""
    _, row, _ = TABLES[name]
    read_csv(store, write_csv(tmp_path / f"{name}.csv", [row]))
    told = only(store)
    text = next(store.articles()).text
    values = (told.mention.date, told.mention.place, told.mention.killed, told.mention)
    for value in (*values, *told.mention.perpetrators, *told.mention.targets, *told.mention.victims):
        assert value is not None and value.evidence
        for item in value.evidence:
            assert text[item.span.start : item.span.end] == item.quote
    assert event_of(told.mention) == (name, "900001" if name == "ucdp" else "IRQ90001")


# --- what is rejected


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (ged(id="x"), "id is 'x'"),
        (ged(date_start="someday"), "date_start is 'someday'"),
        (ged(date_end="2024-01-01"), "date_end 2024-01-01 is before date_start 2024-03-04"),
        (ged(where_prec="9"), "where_prec is '9'; it must be a whole number from 1 to 7"),
        (ged(best="-4"), "best is '-4'"),
        (ged(latitude="north"), "latitude is 'north'; it must be degrees from -90 to 90"),
        (ged(type_of_violence=""), "type_of_violence is empty"),
        (acled(sub_event_type="Picnic"), "sub_event_type 'Picnic' is none of ACLED's 25"),
        (acled(event_type="Battles"), "event_type 'Battles': Remote explosive/landmine/IED belongs to"),
        (acled(fatalities="many"), "fatalities is 'many'"),
        (acled(event_id_cnty=""), "event_id_cnty is empty"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_row_is_rejected_with_its_number_and_the_rest_goes_on(
    store: Store, tmp_path: Path, row: dict[str, str], reason: str
) -> None:
    """The rejection names the row as a spreadsheet numbers it, the column, and what is wrong."""
    key = "id" if "id" in row else "event_id_cnty"
    good = GED_ROW if "id" in row else ACLED_ROW
    path = write_csv(tmp_path / "table.csv", [{**good, key: "1"}, row, {**good, key: "3"}])
    results = read_csv(store, path)
    assert kinds(results) == ["new", "bad_row", "new"]
    bad = results[1]
    assert isinstance(bad, Rejected) and f"table.csv, row 3: {reason}" in bad.reason


def test_rows_that_are_no_csv_or_no_utf8_are_rejected(store: Store, tmp_path: Path) -> None:
    """A row of too few cells, and one in another encoding, are told with their numbers."""
    path = write_csv(tmp_path / "ged.csv", [ged(id="1")])
    broken = b"2,3\n" + ",".join(ged(id="2", side_b="X").values()).encode().replace(b",X,", b",\xe9,") + b"\n"
    quoted = ",".join(f'"{cell}"' for cell in ged(id="3", source_article="").values())
    path.write_bytes(path.read_bytes() + broken + quoted.encode() + b"\n")
    results = read_csv(store, path)
    assert kinds(results)[0] == "new" and kinds(results)[-1] == "new"
    reasons = [r.reason for r in results if isinstance(r, Rejected)]
    assert "row 3: it has 2 cells, the header has 49" in reasons[0]


@pytest.mark.parametrize(
    ("renamed", "reason"),
    [
        ({"date_prec": "dateprec"}, "without the column date_prec; is 'dateprec' meant as date_prec?"),
        ({"best": "note"}, "without the column best; add what is missing"),
        ({"relid": "id"}, "the column id stands there twice"),
    ],
)
def test_a_wrong_header_says_which_column(
    store: Store, tmp_path: Path, renamed: dict[str, str], reason: str
) -> None:
    """A table that lacks a column, has it misspelt or twice gives one rejection that names it."""
    header = ",".join(renamed.get(name, name) for name in GED_ROW)
    path = tmp_path / "ged.csv"
    path.write_text(f"{header}\n{','.join(GED_ROW)}\n", encoding="utf-8")
    (bad,) = read_csv(store, path)
    assert isinstance(bad, Rejected) and bad.code == "bad_columns" and reason in bad.reason


def test_another_table_is_told_what_can_be_read(store: Store, tmp_path: Path) -> None:
    """A CSV file of neither dataset is rejected in one line."""
    path = write_csv(tmp_path / "other.csv", [{"name": "a", "date": "b"}])
    (bad,) = read_csv(store, path)
    assert isinstance(bad, Rejected) and "only those of ACLED and UCDP GED" in bad.reason


def test_the_command_reads_a_table_between_other_sources(tmp_path: Path) -> None:
    """`seamwatch read` takes a table among texts, notes unknown columns, and rejects with exit code 3."""
    rows = [{**ged(), "mood": "grim"}, {**ged(id="2", best="?"), "mood": ""}]
    path = write_csv(tmp_path / "ged.csv", rows)
    done = run("read", str(path), "--db", str(tmp_path / "a.db"))
    assert done.returncode == 3
    assert "new      ucdp-900001  UCDP GED event 900001  (tells 1 incident: 1 new)" in done.stdout
    assert "columns that UCDP GED does not know are kept but not used: mood" in done.stderr
    assert "row 3: best is '?'" in done.stderr


# --- versions, and what a dataset tells apart


def test_a_row_read_again_is_known_and_a_changed_one_is_a_version(store: Store, tmp_path: Path) -> None:
    """The same row stores nothing; a row of the same event with other cells is a version of its article."""
    path = write_csv(tmp_path / "ged.csv", [ged()])
    read_csv(store, path)
    assert kinds(read_csv(store, path)) == ["known"]
    write_csv(path, [ged(best="6", high="6")])
    (again,) = read_csv(store, path)
    assert not isinstance(again, Rejected)
    assert (again.kind, again.other) == ("version", "ucdp-900001")
    (incident,) = store.incidents()
    assert incident.killed and incident.killed.best == 6
    assert len(incident.mentions) == 2


def test_a_version_stays_in_its_incident_whatever_changed(store: Store, tmp_path: Path) -> None:
    """An event that its dataset moves to another day and province is the same incident still."""
    path = write_csv(tmp_path / "ged.csv", [ged()])
    read_csv(store, path)
    moved = ged(
        date_start="2024-08-20", date_end="2024-08-20", where_coordinates="Rutba town",
        adm_1="Anbar province", adm_2="Rutba district", latitude="33.04", longitude="40.28", best="30",
        high="30", low="30",
    )  # fmt: skip
    read_csv(store, write_csv(path, [moved]))
    assert len(groups(store)) == 1


def test_rows_that_look_alike_stay_two_incidents(store: Store, tmp_path: Path) -> None:
    """Two rows that differ in nothing but their ids are two incidents, and no versions of one another."""
    path = write_csv(tmp_path / "ged.csv", [ged(), ged(id="900002"), ged(id="900003")])
    assert kinds(read_csv(store, path)) == ["new", "new", "new"]
    assert len(groups(store)) == 3
    assert not any(m.article.version_of for m in store.all_mentions())


def test_a_report_joins_one_of_two_rows_and_never_both(store: Store, tmp_path: Path) -> None:
    """A news report that fits two rows of a dataset links with one of them; the rows stay apart."""
    on = {"date_start": "2022-03-04", "date_end": "2022-03-04"}
    read_csv(store, write_csv(tmp_path / "ged.csv", [ged(**on), ged(id="900002", **on)]))
    fits = {
        "day": 4, "place": "Daquq", "admin2": "Daquq", "admin1": "Kirkuk", "country": "IQ", "where": 1,
        "lat": 35.139, "lon": 44.449, "radius": 3.0, "type": "Armed clash", "killed": 4,
        "actor": "Islamic State",
    }  # fmt: skip
    tell(store, "N", fits)
    assert len(groups(store)) == 2


@settings(max_examples=100)
@given(several(rows=True))
def test_what_a_dataset_says_holds_in_numbers_as_in_words(held: list[Profile]) -> None:
    """Rows of one event have the highest odds and are found by their blocks; of two events the lowest."""
    cap = RULES.odds["cap"]
    for (a, b), odds in odds_of(held).items():
        one, other = held[a], held[b]
        judged = judge_profiles(one, other, RULES)
        assert probability(odds, RULES) == judged.score
        if one.event and other.event and one.event[0] == other.event[0]:
            same = one.event == other.event
            assert odds == (cap if same else -cap)
            assert judged.verdict == ("same" if same else "different")
            assert len(judged.reasons) == 1
            found = may_be_one(Frame([one, other]), np.array([0]), np.array([1]), RULES).tolist()
            assert found == [same]
            shared = set(stored_blocks(one).tolist()) & set(probed_blocks(other, RULES).tolist())
            assert shared or not same


def test_rows_of_two_datasets_may_be_one_incident(store: Store, tmp_path: Path) -> None:
    """What ACLED and UCDP both coded is linked by how alike it is, as any two sources."""
    row = acled(
        event_type="Battles", sub_event_type="Armed clash", actor2="Military Forces of Iraq", inter2="1",
        actor1="Islamic State", fatalities="4", geo_precision="1", notes="A clash at Daquq.",
    )  # fmt: skip
    read_csv(store, write_csv(tmp_path / "ged.csv", [ged(where_prec="1")]))
    read_csv(store, write_csv(tmp_path / "acled.csv", [row]))
    assert len(groups(store)) == 1


def test_a_person_may_say_that_two_rows_are_one(store: Store, tmp_path: Path) -> None:
    """What people decide wins over the dataset."""
    read_csv(store, write_csv(tmp_path / "ged.csv", [ged(), ged(id="900002")]))
    Decider(store, by="ana").same("ucdp-900001#1", "ucdp-900002#1")
    assert len(groups(store)) == 1
