"""Labels and parties in every export: the strictest label is said at least once, whatever the format."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from made_incidents import article, incident, incidents, mention
from seamwatch.model.incident import ArticleRef, Incident, SourcedMention
from seamwatch.model.incident_decoding import incident_from_json
from seamwatch.pipeline.reading import ReadOptions, read_into
from seamwatch.pipeline.sitrep import sitrep_of
from seamwatch.publish import FORMATS, writer_of
from seamwatch.publish.labels import labelled_json, said_label
from seamwatch.store import Store
from seamwatch.store.base import IncidentFilter
from seamwatch.vocabulary.coordination import Tlp
from told_store import opened

CASES = yaml.safe_load((Path(__file__).parent / "cases/labels.yaml").read_text(encoding="utf-8"))["cases"]


def told_by(case: dict[str, Any]) -> Incident:
    """Return the incident of a case."""
    told = []
    for number, one in enumerate(case["articles"], 1):
        label, party = one.get("tlp"), one.get("party")
        ref = ArticleRef(
            id=f"A{number}", source=party or "Agency", tlp=Tlp(label) if label else None,
            party=f"p{number}" if party else None,
        )  # fmt: skip
        told.append(SourcedMention(mention=mention(article(f"A{number}")), article=ref))
    return incident("i-4f7x2m9qpa", *told)


def written(name: str, *some: Incident) -> str:
    out = io.StringIO()
    writer_of(name)(some, out)
    return out.getvalue()


def row(name: str, one: Incident) -> dict[str, str]:
    return list(csv.DictReader(io.StringIO(written(name, one))))[-1]


def labels_in(text: str) -> str | None:
    """Return the one label that is said in a text, None where none is."""
    found = set(re.findall(r"(?:label(?:=|: )|Label: )(TLP:[A-Z+]+)", text))
    assert len(found) <= 1
    return found.pop() if found else None


# How a reader of each format finds the label, and where the parties are named.
SAYS: dict[str, Callable[[Incident], tuple[str | None, str]]] = {
    "table": lambda i: (labels_in(written("table", i)), ""),
    "json": lambda i: (labelled(json.loads(written("json", i))["incidents"][0])),
    "jsonl": lambda i: labelled(json.loads(written("jsonl", i))),
    "csv": lambda i: (row("csv", i)["tlp"] or None, row("csv", i)["parties"]),
    "geojson": lambda i: (
        json.loads(written("geojson", i))["features"][0]["properties"]["tlp"],
        json.loads(written("geojson", i))["features"][0]["properties"]["parties"],
    ),
    "acled": lambda i: (labels_in(row("acled", i)["tags"]), row("acled", i)["tags"]),
    "ucdp": lambda i: (labels_in(row("ucdp", i)["source_original"]), row("ucdp", i)["source_original"]),
    "hxl": lambda i: (row("hxl", i)["Label (TLP 2.0)"] or None, row("hxl", i)["Parties"]),
    "plover": lambda i: (
        labels_in(json.loads(written("plover", i))["comment"].split("; told by")[0]),
        json.loads(written("plover", i))["comment"],
    ),
    "misp": lambda i: (
        json.loads(written("misp", i))["response"][0]["Event"]["Tag"][0]["name"].upper(),
        written("misp", i),
    ),
    "cap": lambda i: (
        "".join(re.findall(r"seamwatch:tlp</valueName>\s*<value>(.*?)</value>", written("cap", i))),
        written("cap", i),
    ),
}  # fmt: skip


def labelled(found: dict[str, Any]) -> tuple[str | None, str]:
    return found["tlp"], "; ".join(party["name"] for party in found["parties"])


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_a_label_and_the_parties_stand_in_every_format(case: dict[str, Any], name: str) -> None:
    """Each format has its place for the label and, the table apart, for the parties."""
    label, words = SAYS[name](told_by(case))
    assert label == (case["restricted"] if name in ("misp", "cap") else case["tlp"])
    if name != "table":
        coded = name in ("acled", "ucdp", "plover")
        for party in case.get("parties", ()):
            # In a cell of several parts a name is one part.
            assert (party.replace(";", ",").replace("label=", "label ") if coded else party) in words


@settings(max_examples=40)
@given(st.lists(incidents(), min_size=1, max_size=3), st.lists(st.sampled_from(Tlp), min_size=9, max_size=9))
def test_several_labels_are_said_with_the_strictest(made: list[Incident], given_labels: list[Tlp]) -> None:
    """Whatever the incidents hold, an export of several labels has the strictest of them in it."""
    left = iter(given_labels)
    some = [
        replace(
            one,
            id=f"i-aaaaaaaab{number}",
            mentions=tuple(
                SourcedMention(mention=m.mention, article=replace(m.article, tlp=next(left, Tlp.RED)))
                for m in one.mentions[:3]
            ),
        )
        for number, one in enumerate(made)
    ]
    labels = [label for label in map(said_label, some) if label]
    wanted = max(labels, key=lambda label: label.strictness, default=None)
    for name in FORMATS:
        text = written(name, *some)
        assert wanted is None or wanted.value in text or wanted.value.lower() in text


def test_an_incident_comes_back_from_its_json_with_its_labels() -> None:
    """The label of each article stands beside its mention, of own ones too."""
    one = told_by(CASES[2])
    back = incident_from_json(labelled_json(one), "a test")
    assert [m.article.tlp for m in back.mentions] == [Tlp.GREEN, Tlp.AMBER_STRICT, Tlp.CLEAR]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as made:
        yield made


@pytest.mark.parametrize("name", ["acled", "ucdp"])
def test_a_table_of_our_own_is_read_with_its_labels(name: str, store: Store, tmp_path: Path) -> None:
    """What one record hands to another as a table keeps its label, and goes out with it once."""
    path = tmp_path / "out.csv"
    shooting = told_by({"articles": [{"tlp": "TLP:RED", "party": "Rescue North"}]})
    path.write_text(written(name, shooting), encoding="utf-8")
    (done,) = read_into(store, ReadOptions(sources=(str(path),)), note=lambda _: None)
    (found,) = store.incidents()
    assert found.mentions[0].article.tlp is Tlp.RED, done
    out = io.StringIO()
    writer_of(name, store)([found], out)
    assert out.getvalue() == path.read_text(encoding="utf-8")
    # A new label takes the place of the one that the row came in with.
    store.set_label(found.mentions[0].article.id, Tlp.GREEN)
    out = io.StringIO()
    writer_of(name, store)(store.incidents(), out)
    assert labels_in(out.getvalue()) == "TLP:GREEN"


def test_a_situation_report_says_the_strictest_label() -> None:
    """The head of a report on labelled incidents names the strictest label; without labels it names none."""
    wanted = IncidentFilter(since=date(2020, 4, 1), until=date(2020, 4, 30))
    made = datetime(2020, 5, 1, tzinfo=UTC)
    for case in CASES:
        assert sitrep_of([told_by(case)], wanted, made=made).label == case["tlp"]
