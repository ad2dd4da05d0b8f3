"""The samples load, and their golden expectations fit their texts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from seamwatch.model.text import RawArticle
from seamwatch.samples import sample_articles
from seamwatch.vocabulary.acled import SubEventType
from seamwatch.vocabulary.codes import ClaimKind, Modality, OtherKind, Status

GOLDEN = Path(__file__).parent / "golden"
SAMPLES = sample_articles()
IDS = [sample.id for sample in SAMPLES]
FIELDS = {"what", "date", "place", "killed", "injured", "abducted", "perpetrators"}


def expected(slug: str | None) -> dict[str, Any]:
    return yaml.safe_load((GOLDEN / str(slug) / "expected.yaml").read_text(encoding="utf-8"))


def best(toll: Any) -> Any:
    return toll["best"] if isinstance(toll, dict) else toll


def test_every_sample_loads_in_order_of_publication() -> None:
    """Each sample is a plain text of 80 to 350 words with id, title, day and source, listed by day."""
    assert len(SAMPLES) >= 18
    assert len(set(IDS)) == len(SAMPLES)
    days = [s.published for s in SAMPLES if s.published is not None]
    assert len(days) == len(SAMPLES)
    assert days == sorted(days)
    for sample in SAMPLES:
        assert isinstance(sample.content, str)
        assert 80 <= len(sample.content.split()) <= 350, sample.id
        assert (sample.media_type, sample.url) == ("text/plain", None)
        assert sample.title
        assert sample.source


def test_every_file_is_listed_and_has_an_expectation() -> None:
    """Articles, the list and the golden folders are the same set."""
    import seamwatch.samples

    files = {p.stem for p in (Path(seamwatch.samples.__file__).parent / "articles").glob("*.txt")}
    golden = {p.parent.name for p in GOLDEN.glob("*/expected.yaml")}
    assert files == set(IDS)
    assert set(IDS) <= golden


@pytest.mark.parametrize("sample", SAMPLES, ids=IDS)
def test_every_golden_quote_stands_in_its_article(sample: RawArticle) -> None:
    """Each quote of an incident or of another passage is found word for word in the text."""
    gold = expected(sample.id)
    quotes = [q for i in gold["incidents"] for q in i["quotes"].values()]
    quotes += [other["quote"] for other in gold["others"]]
    assert isinstance(sample.content, str)
    assert [q for q in quotes if q not in sample.content] == []


@pytest.mark.parametrize("sample", SAMPLES, ids=IDS)
def test_golden_values_are_sane(sample: RawArticle) -> None:
    """Types are ACLED's, days lie within ten days before publication, tolls are ordered and quoted."""
    gold = expected(sample.id)
    assert sample.published is not None
    for other in gold["others"]:
        OtherKind(other["kind"])
    for incident in gold["incidents"]:
        assert SubEventType(incident["sub_type"]).event_type == incident["type"]
        Modality(incident["modality"])
        assert all(ClaimKind(claim["kind"]) for claim in incident["claims"])
        when = incident["date"]
        assert timedelta(0) <= sample.published - when["end"] <= timedelta(10)
        assert when["start"] <= when["end"]
        assert (when["precision"] == 1) == (when["start"] == when["end"])
        quotes = incident["quotes"]
        assert {"what", "date", "place"} <= set(quotes) <= FIELDS
        for outcome in ("killed", "injured"):
            toll = incident[outcome]
            if isinstance(toll, dict):
                assert toll["low"] <= toll["best"] <= toll["high"]
            assert (outcome in quotes) <= (toll is not None)
        assert ("perpetrators" in quotes) == bool(incident["perpetrators"])


def test_linked_incidents_cover_every_mention_once() -> None:
    """Every mention of every article belongs to exactly one incident; types and days agree."""
    linked = yaml.safe_load((GOLDEN / "linked.yaml").read_text(encoding="utf-8"))["incidents"]
    mentions = {
        f"{slug}#{number}": incident
        for slug in IDS
        for number, incident in enumerate(expected(slug)["incidents"], 1)
    }
    named = [m for row in linked for m in row["mentions"]]
    assert sorted(named) == sorted(mentions)
    for row in linked:
        told = [mentions[m] for m in row["mentions"]]
        Status(row["status"])
        assert {t["sub_type"] for t in told} == {row["sub_type"]}
        # A telling may know the day less well (or, withdrawing a report, only the report's).
        assert (row["date"]["start"], row["date"]["end"]) in {
            (t["date"]["start"], t["date"]["end"]) for t in told
        }
        for outcome in ("killed", "injured"):
            if row["status"] == "retracted":
                # Nobody stands by its figures any longer: they are kept as a disagreement.
                assert row[outcome] is None
                continue
            values = [best(t[outcome]) for t in told]
            # The last of the wounded may have died: nobody then says how many are left.
            assert row[outcome] in values or (row[outcome] == 0 and outcome == "injured" and None in values)
