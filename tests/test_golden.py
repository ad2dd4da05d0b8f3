"""The sample articles give what their golden files say: article by article, and linked.

Compared of a mention: number of mentions, type and sub-type, first and last day, place by name, the best
values of killed, injured and abducted (and whether a value is given at all), whether it counts, and exactly
which organisations and states are perpetrators. Compared of an incident: its mentions, days, best killed
and injured, and status. Compared of a passage that is no incident: that it is found, with its kind.
Not compared: claims, the modality itself, low and high of a toll, and the precision of a date.

`found_too` of a golden incident names perpetrators that are wrong and found today, `missed` marks a passage
that is not found today: when one is mended, its test fails and the mark goes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from seamwatch.model.incident import Incident, Mention, Toll
from seamwatch.model.report import ArticleReport, report_json
from seamwatch.pipeline.extraction import extract_one
from seamwatch.pipeline.kit import Kit, load_kit
from seamwatch.pipeline.record import Recorder
from seamwatch.samples import sample_articles
from seamwatch.store import open_store
from seamwatch.vocabulary.codes import ActorKind

GOLDEN = Path(__file__).parent / "golden"
SAMPLES = {raw.id: raw for raw in sample_articles()}


@pytest.fixture(scope="module")
def kit() -> Kit:
    return load_kit()


@pytest.fixture(scope="module")
def reports(kit: Kit) -> dict[str, ArticleReport]:
    found = {str(slug): extract_one(kit, raw) for slug, raw in SAMPLES.items()}
    return {slug: report for slug, report in found.items() if isinstance(report, ArticleReport)}


@pytest.fixture(scope="module")
def incidents(kit: Kit, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Incident]:
    """All incidents of the samples, by each of their mentions' ids."""
    with open_store(str(tmp_path_factory.mktemp("golden") / "samples.db")) as store:
        list(Recorder(store, kit).read(SAMPLES.values()))
        from seamwatch.store.base import IncidentFilter

        found = tuple(store.incidents(IncidentFilter(statuses=None)))
    return {m.mention.id: i for i in found for m in i.mentions}


def expected(slug: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((GOLDEN / slug / "expected.yaml").read_text(encoding="utf-8"))
    return loaded


def best(toll: Toll | None) -> int | None:
    return toll.best if toll else None


def wanted(value: Any) -> int | None:
    number = value["best"] if isinstance(value, dict) else value
    return None if number is None else int(number)


def fold(name: str | None) -> str:
    return "".join(c for c in (name or "").lower() if c.isalnum()).removeprefix("al")


def closest(gold: dict[str, Any], mentions: tuple[Mention, ...]) -> Mention:
    """Return the mention of the gold incident's type that agrees best with it."""

    def fit(mention: Mention) -> int:
        day = mention.date is not None and mention.date.start == gold["date"]["start"]
        return 2 * int(mention.sub_event_type == gold["sub_type"]) + int(day)

    return max(mentions, key=fit)


@pytest.mark.parametrize("slug", sorted(str(s) for s in SAMPLES))
def test_sample_gives_its_golden_incidents(slug: str, reports: dict[str, ArticleReport]) -> None:
    """Each incident once, with its type, days, place, tolls and named perpetrators, counted or not."""
    gold = expected(slug)["incidents"] or []
    mentions = reports[slug].extraction.mentions
    assert len(mentions) == len(gold), [m.evidence[0].quote for m in mentions]
    assert len({closest(one, mentions).id for one in gold}) == len(gold)
    for one in gold:
        mention = closest(one, mentions)
        assert mention.sub_event_type == one["sub_type"]
        assert mention.event_type == one["type"]
        assert mention.date is not None
        assert (mention.date.start, mention.date.end) == (one["date"]["start"], one["date"]["end"])
        assert best(mention.killed) == wanted(one["killed"]), mention.killed
        assert best(mention.injured) == wanted(one["injured"]), mention.injured
        assert best(mention.abducted) == wanted(one.get("abducted")), mention.abducted
        names = (
            {fold(n) for n in (mention.place.name, mention.place.admin2, mention.place.admin1)}
            if mention.place
            else set()
        )
        wanted_names = {fold(one["place"].get(key)) for key in ("name", "admin1", "or")} - {""}
        assert any(a in b or b in a for a in wanted_names for b in names - {""}), mention.place
        counts = ("asserted", "reported", "claimed")
        assert mention.modality.counts == (one["modality"] in counts), mention.modality
        named = [a.name for a in mention.perpetrators if a.kind in (ActorKind.ORGANIZATION, ActorKind.STATE)]
        assert sorted(named) == sorted([*one["perpetrators"], *one.get("found_too", [])])


OTHERS = [
    pytest.param(slug, other, id=f"{slug}: {other['quote'][:40]}")
    for slug in sorted(str(s) for s in SAMPLES)
    for other in expected(slug)["others"]
]


@pytest.mark.parametrize(("slug", "other"), OTHERS)
def test_golden_passage_is_found_with_its_kind(
    slug: str, other: dict[str, str], reports: dict[str, ArticleReport]
) -> None:
    """Each passage that is no incident overlaps one of its kind, unless its golden file marks it missed."""
    report = reports[slug]
    start = report.article.text.index(other["quote"])
    end = start + len(other["quote"])
    found = any(
        e.span.part == "text" and e.span.start < end and e.span.end > start
        for passage in report.extraction.others
        if passage.kind == other["kind"]
        for e in passage.evidence
    )
    assert found != other.get("missed", False)


@pytest.mark.parametrize("slug", sorted(str(s) for s in SAMPLES))
def test_every_quote_is_the_exact_slice(slug: str, reports: dict[str, ArticleReport]) -> None:
    """Every evidence of every value is the slice of the article's text or title that it says."""
    report = reports[slug]
    seen = 0
    stack: list[Any] = [report_json(report)]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            if {"in", "start", "end", "quote"} <= set(value):
                assert report.article.part(value["in"])[value["start"] : value["end"]] == value["quote"]
                assert value["quote"]
                seen += 1
            stack += value.values()
        elif isinstance(value, list):
            stack += value
    assert seen or not report.extraction.mentions


@pytest.mark.parametrize("slug", sorted(str(s) for s in SAMPLES))
def test_every_value_has_evidence(slug: str, reports: dict[str, ArticleReport]) -> None:
    """No value stands without a quote behind it."""
    for mention in reports[slug].extraction.mentions:
        assert mention.evidence
        singles = (
            mention.date,
            mention.place,
            mention.killed,
            mention.injured,
            mention.missing,
            mention.abducted,
        )
        many = (mention.perpetrators, mention.targets, mention.victims, mention.weapons, mention.claims)
        values = [v for v in singles if v is not None] + [v for group in many for v in group]
        assert all(v.evidence for v in values)


@pytest.mark.parametrize(
    "gold",
    yaml.safe_load((GOLDEN / "linked.yaml").read_text(encoding="utf-8"))["incidents"],
    ids=lambda g: str(g["incident"]),
)
def test_tellings_of_one_incident_are_linked(gold: dict[str, Any], incidents: dict[str, Incident]) -> None:
    """The articles that tell one incident make one incident, with its final day, toll and status."""
    found = {incidents[name].id for name in gold["mentions"]}
    assert len(found) == 1, found
    incident = incidents[gold["mentions"][0]]
    assert {m.mention.id for m in incident.mentions} == set(gold["mentions"])
    assert incident.date is not None
    assert (incident.date.start, incident.date.end) == (gold["date"]["start"], gold["date"]["end"])
    assert best(incident.killed) == wanted(gold["killed"])
    assert best(incident.injured) == wanted(gold["injured"])
    assert incident.status == gold["status"]
