"""Private persons are stored as roles: their names are in no field and no first quote of the record."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from seamwatch.model.codec import mention_json
from seamwatch.model.decoding import mention_from_json
from seamwatch.model.incident import Extraction, Mention, Statement
from seamwatch.model.text import Article, RawArticle
from seamwatch.pipeline.kit import Kit
from seamwatch.pipeline.privacy import find_person, load_privacy_rules, withhold_private_names
from seamwatch.pipeline.record import Recorder
from seamwatch.publish import writer_of
from seamwatch.store import IncidentFilter, open_store
from seamwatch.vocabulary.lexicon import read_entries

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "privacy.yaml").read_text(encoding="utf-8"))
RULES = load_privacy_rules()


def quoted(article: Article, words: str) -> list[dict[str, Any]]:
    start = article.text.index(words)
    return [{"in": "text", "start": start, "end": start + len(words), "quote": words}]


def telling(printed: str, place: str) -> tuple[Article, Mention]:
    """Return an article that names a person or group, and its mention with the name in one role."""
    article = Article(
        id="A", text=f"KIRKUK - Police said that {printed} was hit by a bomb near Daquq on Monday."
    )
    here, clause = quoted(article, printed), quoted(article, f"{printed} was hit by a bomb")
    row: dict[str, Any] = {
        "id": "A#1",
        "event_type": "Explosions/Remote violence",
        "sub_event_type": "Remote explosive/landmine/IED",
        "killed": {"low": 1, "best": 1, "high": 1, "evidence": clause},
        "evidence": clause,
    }
    value: dict[str, Any] = {"name": printed, "evidence": here}
    match place:
        case "victim":
            row["victims"] = [{**value, "count": 1}]
        case "target":
            row["targets"] = [{**value, "kind": "human"}]
        case "perpetrator":
            row["perpetrators"] = [{**value, "kind": "individual"}]
        case _:
            row["claims"] = [{"by": printed, "kind": place, "evidence": clause}]
    return article, mention_from_json(row)


def named(mention: Mention) -> list[str]:
    names = [v.name for v in (*mention.victims, *mention.targets, *mention.perpetrators)]
    return names + [c.by for c in mention.claims]


def evidences(row: Any) -> Iterator[list[dict[str, Any]]]:
    """Yield every list of evidence in a JSON value."""
    if isinstance(row, dict):
        if row.get("evidence"):
            yield row["evidence"]
        row = list(row.values())
    for value in row if isinstance(row, list) else ():
        yield from evidences(value)


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['as']}: {c['printed']}")
def test_what_is_stored_of_a_name(case: dict[str, str]) -> None:
    """A private person becomes a role, an office holder the office; groups and places stay."""
    article, mention = telling(case["printed"], case["as"])
    (stored,) = withhold_private_names(Extraction(mentions=(mention,)), RULES).mentions
    assert named(stored) == [case["stored"]]
    for evidence in evidences(mention_json(stored)):
        assert case.get("gone", "\0") not in evidence[0]["quote"]
        for item in evidence:
            assert article.text[item["start"] : item["end"]] == item["quote"]
    if "gone" not in case:
        assert [e.quote for e in stored.evidence] == [e.quote for e in mention.evidence]


@pytest.mark.parametrize("entry", read_entries("persons"), ids=lambda e: e.id)
def test_every_entry_of_the_lexicon_shows_what_it_does(entry: Any) -> None:
    """Each example of persons.yaml gives the name under which it is stored."""
    for example in entry.examples:
        found = find_person(example.text, RULES)
        assert (found.role if found else example.text) == example.gives


def test_every_value_keeps_evidence() -> None:
    """Where a quote was only the name, the value rests on the clause without the name."""
    _, mention = telling("Hasan Karim", "victim")
    (stored,) = withhold_private_names(Extraction(mentions=(mention,)), RULES).mentions
    assert [e.quote for e in stored.victims[0].evidence] == ["was hit by a bomb"]
    assert all(evidence for evidence in evidences(mention_json(stored)))


def test_an_office_told_elsewhere_in_the_article_counts() -> None:
    """Who speaks in an office in one sentence is that office where he denies something in another."""
    _, mention = telling("Rojhat Hesen", "denies")
    statement = Statement(speaker="Rojhat Hesen", role="Asayish spokesman")
    extraction = Extraction(mentions=(mention,), statements=(statement,))
    stored = withhold_private_names(extraction, RULES)
    assert named(stored.mentions[0]) == ["Asayish spokesman"]
    assert stored.statements == (statement,)


def test_a_name_is_withheld_from_the_other_mentions_of_its_article() -> None:
    """A name that one mention tells is in no quote of another either, nor is its second part alone."""
    article, first = telling("farmer Hasan Karim", "victim")
    second = replace(first, id="A#2", victims=(), evidence=(article.evidence(26, 55),))
    stored = withhold_private_names(Extraction(mentions=(first, second)), RULES)
    assert all("Karim" not in e.quote for m in stored.mentions for e in m.evidence)


def test_nothing_that_is_published_holds_a_private_name(kit: Kit, tmp_path: Path) -> None:
    """After reading, no format and no first quote has the name; office holder and group are."""
    text = (
        "KIRKUK - A farmer, Hasan Karim, was killed and his brother Azad Karim was wounded on Tuesday when a "
        "roadside bomb exploded near the town of Daquq, Kirkuk province, police said. Saraya Thar claimed "
        "the attack in a statement. Brigadier General Saad Mahmoud, the Kirkuk police chief, said that the "
        "area had been searched. Gunmen killed taxi driver Lukman Sabri in Hawija on Wednesday, he added."
    )
    raw = RawArticle(
        origin="a.txt", media_type="text/plain", content=text, id="A", published=date(2024, 4, 11)
    )
    private = ("Hasan", "Karim", "Azad", "Lukman", "Sabri")
    with open_store(str(tmp_path / "x.db")) as store:
        list(Recorder(store, kit).read([raw]))
        for name in ("json", "jsonl", "csv", "geojson", "table"):
            out = io.StringIO()
            writer_of(name)(store.incidents(IncidentFilter(statuses=None)), out)
            assert len(out.getvalue()) > 200
            if name in ("csv", "geojson", "table"):
                assert not [word for word in private if word in out.getvalue()], name
            elif name == "json":
                listed = json.loads(out.getvalue())
                firsts = [evidence[0]["quote"] for evidence in evidences(listed)]
                assert len(firsts) > 8
                assert not [(word, quote) for word in private for quote in firsts if word in quote]
        row = store.extraction_json("A")
        assert row is not None
        assert any("Saad Mahmoud" in s["speaker"] for s in row["statements"])
        assert store.article("A").text == text  # type: ignore[union-attr]
