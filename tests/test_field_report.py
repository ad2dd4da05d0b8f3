"""Field reports: an article of the form's own words, one mention that quotes it, linked like any other."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from seamwatch.errors import FieldError
from seamwatch.model.codec import mention_json
from seamwatch.model.field_report import AmbiguousPlaceError, field_report_from_json
from seamwatch.model.incident import Mention
from seamwatch.model.text import Article
from seamwatch.pipeline.field_report import ReportFiler, load_filer
from seamwatch.store import open_store
from seamwatch.vocabulary.acled import SubEventType
from seamwatch.vocabulary.codes import HowKnown

CASES: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "cases/field_reports.yaml").read_text())
PROGRAM = str(Path(sys.executable).parent / "seamwatch")
TODAY = date(2024, 5, 1)
FORM: dict[str, Any] = {
    "what": "Armed clash",
    "when": {"start": "2024-04-12", "end": "2024-04-13"},
    "where": {"name": "Kulajo", "admin2": "Kifri", "country": "Iraq"},
    "who": ["ISIS", "unknown gunmen"],
    "targets": ["a Peshmerga unit", "police checkpoint"],
    "killed": 2,
    "injured": {"low": 3, "high": 5},
    "missing": {"low": 1, "high": None},
    "victims": "state",
    "weapon": "roadside bomb",
    "how_known": "told by a witness",
    "how_words": "a shepherd",
    "notes": "They came at night.\nTwo cars burnt.",
    "by": "Karwan Hama Salih",
    "organisation": "Kifri Watch",
}


@pytest.fixture(scope="module")
def filer() -> ReportFiler:
    return load_filer(None, today=lambda: TODAY)


def written(filer: ReportFiler, **changes: Any) -> tuple[Article, Mention]:
    article, mention, _ = filer.write(field_report_from_json({**FORM, **changes}))
    return article, mention


def test_the_article_is_the_form_in_labelled_lines(filer: ReportFiler) -> None:
    """Each line is a label with the form's own words."""
    article, _ = written(filer)
    assert article.text.split("\n") == [
        "What: Armed clash.",
        "When: 12 April 2024 to 13 April 2024.",
        "Where: Kulajo, Kifri, Iraq.",
        "Who: ISIS; unknown gunmen.",
        "Target: a Peshmerga unit; police checkpoint.",
        "Killed: 2.",
        "Injured: 3 to 5.",
        "Missing: at least 1.",
        "Victims: members of state forces.",
        "Weapon: roadside bomb.",
        "How it is known: told by a witness. a shepherd",
        "Notes: They came at night.",
        "Two cars burnt.",
        "Reported by: Kifri Watch.",
    ]
    assert article.title == "Field report: Armed clash, Kulajo, 12 April 2024 to 13 April 2024"
    assert (article.source, article.published, article.language) == ("Kifri Watch", TODAY, "en")


def evidence_of(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "quote" in value:
            yield value
        for inner in value.values():
            yield from evidence_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from evidence_of(inner)


def test_every_value_quotes_the_form(filer: ReportFiler) -> None:
    """Each value that the mention has comes with the passage of the text that says it."""
    article, mention = written(filer)
    row = mention_json(mention)
    for item in evidence_of(row):
        assert article.text[item["start"] : item["end"]] == item["quote"]
    quotes = {
        field: [e["quote"] for e in evidence_of(row[field])]
        for field in ("date", "place", "perpetrators", "targets", "weapons", "killed", "injured", "missing")
    }
    assert quotes == {
        "date": ["12 April 2024 to 13 April 2024"],
        "place": ["Kulajo, Kifri, Iraq"],
        "perpetrators": ["ISIS", "unknown gunmen"],
        "targets": ["a Peshmerga unit", "police checkpoint"],
        "weapons": ["roadside bomb"],
        "killed": ["2"],
        "injured": ["3 to 5"],
        "missing": ["at least 1"],
    }
    assert [(v["outcome"], v["group"], v["count"], v["evidence"][0]["quote"]) for v in row["victims"]] == [
        ("killed", "state", 2, "members of state forces"),
        ("injured", "state", None, "members of state forces"),
        ("missing", "state", None, "members of state forces"),
    ]
    assert row["evidence"][0]["quote"] == "What: Armed clash"


def test_values_are_in_the_fields_terms(filer: ReportFiler) -> None:
    """Known actors have the register's name and kind; a thing is no person; two days have date_prec 2."""
    _, mention = written(filer)
    assert [(a.name, a.kind, a.certainty) for a in mention.perpetrators] == [
        ("Islamic State", "organization", "reported"),
        ("unknown gunmen", "group", "reported"),
    ]
    assert [t.kind for t in mention.targets] == ["human", "physical"]
    assert (mention.event_type, mention.modality) == ("Battles", "reported")
    assert mention.date is not None and mention.date.precision == 2
    assert [(t.low, t.best, t.high) for t in (mention.killed, mention.injured, mention.missing) if t] == [
        (2, 2, 2),
        (3, 3, 5),
        (1, None, None),
    ]


def test_what_the_writer_saw_is_asserted(filer: ReportFiler) -> None:
    """Seen with own eyes is asserted, anything else reported."""
    _, mention = written(filer, how_known="seen", how_words=None)
    assert (mention.modality, mention.perpetrators[0].certainty) == ("asserted", "asserted")


@pytest.mark.parametrize("case", CASES["places"], ids=lambda c: str(c["where"]))
def test_where(filer: ReportFiler, case: dict[str, Any]) -> None:
    """A name, a point or both become the place that is meant, no more exact than the form is."""
    _, mention, warnings = filer.write(field_report_from_json({**FORM, "where": case["where"]}))
    place = mention.place
    assert place is not None
    for field in ("name", "admin2", "admin1", "country", "precision"):
        assert getattr(place, field) == case[field], field
    if "lat" in case:
        assert place.lat == case["lat"]
    if "radius" in case:
        assert place.radius_km == case["radius"]
    assert bool(warnings) == case.get("warned", False)


def test_a_point_is_told_by_the_nearest_place(filer: ReportFiler) -> None:
    """Of a point alone the article names the nearest place with the numbers."""
    article, _ = written(filer, where={"lat": 34.7, "lon": 44.965})
    assert "Where: near Kifri (34.7, 44.965).\n" in article.text


def test_a_name_of_several_places_gives_them(filer: ReportFiler) -> None:
    """Where a name is not clear the error holds the candidates; none is guessed."""
    with pytest.raises(AmbiguousPlaceError) as caught:
        written(filer, where={"name": "San Jose"})
    assert {c.country for c in caught.value.candidates} >= {"CR", "US"}
    assert caught.value.code == "ambiguous_place" and "say the province" in str(caught.value)


@pytest.mark.parametrize("case", CASES["wrong"], ids=lambda c: str(c["change"]))
def test_a_wrong_value_names_its_field(filer: ReportFiler, case: dict[str, Any]) -> None:
    """What is missing or can't be is told with the field's name."""
    with pytest.raises(FieldError) as caught:
        written(filer, **case["change"])
    assert caught.value.field == case["field"]
    assert str(caught.value).startswith(case["field"].split(".")[0])


def test_the_writers_name_is_in_no_text(filer: ReportFiler) -> None:
    """It is kept as the author where an organisation answers for the report, else nowhere."""
    article, mention = written(filer)
    assert "Karwan" not in article.text + str(article.title) + str(article.source)
    assert "Karwan" not in json.dumps(mention_json(mention))
    assert article.author == "Karwan Hama Salih"
    alone, _ = written(filer, organisation=None)
    assert "Karwan" not in repr(alone) and alone.source is None


def test_a_named_private_person_is_stored_as_a_role(filer: ReportFiler, tmp_path: Path) -> None:
    """A person who is named as perpetrator or target stands in no value and no quote of the record."""
    form = {**FORM, "who": ["Ahmed Karim"], "targets": ["farmer Hasan Ali"], "where": {"name": "Kifri"}}
    with open_store(str(tmp_path / "record.db")) as store:
        done = filer.file(store, field_report_from_json(form))
        (told,) = store.mentions_of(done.article)
    shown = json.dumps(mention_json(told.mention), ensure_ascii=False)
    assert "Ahmed" not in shown and "Hasan" not in shown
    assert [t.name for t in told.mention.targets] == ["farmer"]


def test_reports_of_two_organisations_are_two_voices_of_one_incident(
    filer: ReportFiler, tmp_path: Path
) -> None:
    """The same form of two organisations is neither a copy nor a version; they confirm each other."""
    with open_store(str(tmp_path / "record.db")) as store:
        one = filer.file(store, field_report_from_json({**FORM, "where": {"name": "Kifri"}}))
        again = filer.file(store, field_report_from_json({**FORM, "where": {"name": "Kifri"}}))
        other = filer.file(
            store, field_report_from_json({**FORM, "where": {"name": "Kifri"}, "organisation": "Garmian Aid"})
        )
        assert [one.kind, again.kind, other.kind] == ["new", "known", "new"]
        assert len(one.opened) == 1 and again.incidents == one.incidents and not again.opened
        incident = store.incident(other.incidents[0])
        assert (incident.status, incident.voices) == ("confirmed", 2)
        assert again.article == one.article


def test_a_report_joins_what_the_news_tells(filer: ReportFiler, tmp_path: Path, kit: Any) -> None:
    """A report and an article about one attack become one incident."""
    from seamwatch.model.text import RawArticle
    from seamwatch.pipeline.record import Recorder

    text = (
        "KIFRI - Two Peshmerga fighters were killed and three wounded on Friday when Islamic State gunmen "
        "attacked their post near Kifri, Diyala province, a police captain said."
    )
    raw = RawArticle(
        origin="a", media_type="text/plain", content=text, id="A", published=date(2024, 4, 12), source="Wire"
    )
    form = {
        **FORM,
        "when": {"start": "2024-04-12"},
        "where": {"name": "Kifri"},
        "injured": 3,
        "missing": None,
        "weapon": None,
    }
    with open_store(str(tmp_path / "record.db")) as store:
        list(Recorder(store, kit).read([raw]))
        done = filer.file(store, field_report_from_json(form))
        assert len(store.incident_ids()) == 1
        assert done.updated == done.incidents == store.incident_ids()


COUNTS = (
    st.none()
    | st.integers(0, 500)
    | st.tuples(st.integers(0, 50), st.integers(0, 50)).map(
        lambda pair: {"low": min(pair), "high": max(pair)}
    )
)


@given(
    what=st.sampled_from(SubEventType),
    how=st.sampled_from(HowKnown),
    who=st.lists(st.text(max_size=40), max_size=3),
    killed=COUNTS,
    injured=COUNTS,
    notes=st.none() | st.text(max_size=200),
    weapon=st.none() | st.text(max_size=40),
    point=st.none() | st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
)
def test_whatever_is_filled_in_quotes_are_slices(filer: ReportFiler, **form: Any) -> None:
    """Any words and numbers give an article in which each quote is the very slice (checked by `write`)."""
    where = (
        {"name": "Kifri"} if form["point"] is None else dict(zip(("lat", "lon"), form["point"], strict=True))
    )
    row = {
        "what": form["what"],
        "when": "2024-04-12",
        "where": where,
        "how_known": form["how"],
        **{k: form[k] for k in ("who", "killed", "injured", "notes", "weapon")},
    }
    article, mention, _ = filer.write(field_report_from_json(row))
    assert article.text.startswith("What: ") and mention.id == f"{article.id}#1"


# --- the command


def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, "report", *arguments], input=stdin, capture_output=True, text=True, timeout=120, check=False
    )


def test_the_command_files_a_report_from_json(tmp_path: Path) -> None:
    """`--json -` takes the form from standard input and says what it opened."""
    done = run("--json", "-", "--db", str(tmp_path / "a.db"), stdin=json.dumps(FORM))
    assert done.returncode == 0 and done.stdout.startswith("new      f-") and "(new)" in done.stdout
    assert "Kulajo is in no list of places" in done.stderr


def test_the_command_files_a_report_from_options(tmp_path: Path) -> None:
    """Options say the same as the form; `--dry-run` prints the article and stores nothing."""
    options = (
        "--what Attack --when 2024-04-12 --place Kifri --killed 2 --injured 3-5 --missing 1- --how-known seen"
    )
    db = str(tmp_path / "a.db")
    shown = json.loads(run(*options.split(), "--db", db, "--dry-run").stdout)
    assert shown["article"]["text"].startswith(
        "What: Attack.\nWhen: 12 April 2024.\nWhere: Kifri.\nKilled: 2."
    )
    assert shown["mentions"][0]["injured"]["high"] == 5
    assert not (tmp_path / "a.db").exists()
    assert run(*options.split(), "--db", db).stdout.startswith("new      f-")


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ("--what Attack --how-known seen", 2, "when: it is missing"),
        ("--what Attack --when 2024-04-12 --place Kifri --killed few --how-known seen", 2, "--killed: 'few'"),
        ("--json - --what Attack", 2, "leave the other options out"),
        ("--json -", 1, "no JSON object"),
        ("--what Attack --when 2024-04-12 --place Sanjak --country XX --how-known seen", 1, "is no country"),
    ],
)
def test_the_command_says_what_is_wrong(tmp_path: Path, options: str, code: int, said: str) -> None:
    """What is missing or can't be is one line on standard error, and the exit code tells of wrong usage."""
    done = run(*options.split(), "--db", str(tmp_path / "a.db"))
    assert done.returncode == code and said in done.stderr and "Traceback" not in done.stderr
