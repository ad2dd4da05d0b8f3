"""Whole short reports through marking and extraction: each incident once, with its values."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from seamwatch.model.incident import Mention, Toll
from seamwatch.model.report import report_json
from seamwatch.model.text import Article
from seamwatch.pipeline.extraction import extract_article
from seamwatch.pipeline.kit import Kit, load_kit

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "tellings.yaml").read_text(encoding="utf-8"))

PIECES = (
    *"A bomb|killed two|soldiers|in Kirkuk|on Monday|. |The attack|was denied|by police|“|”| | - ".split("|"),
    *"ISIS claimed|the blast|three days after|gunmen attacked|a patrol|No one was hurt|IED".split("|"),
    *"14/05|(Agency)|Read more:|wounding|at least 12|died|of his wounds|İstanbul".split("|"),
    "الحويجة",
    "🙂",
    "\n\n",
    "\x00",
)


@pytest.fixture(scope="module")
def kit() -> Kit:
    return load_kit()


def best(toll: Toll | None) -> int:
    return (toll.best or 0) if toll else 0


def values(mention: Mention) -> tuple[str, str | None, int, int, bool]:
    return (
        mention.sub_event_type.value,
        str(mention.date.start) if mention.date else None,
        best(mention.killed),
        best(mention.injured),
        mention.modality.counts,
    )


@pytest.mark.parametrize("case", CASES, ids=lambda c: str(c["case"]))
def test_report_tells_its_incidents(case: dict[str, Any], kit: Kit) -> None:
    """The incidents of the case table, each once, and no others."""
    published = case.get("published", date(2024, 5, 15))
    text, title = case["text"], case.get("title")
    article = Article(id="a", text=text, title=title, published=published, language="en")
    mentions = extract_article(kit, article).extraction.mentions
    found = sorted(values(m) for m in mentions)
    wanted = sorted(
        (i["type"], str(i["date"]), i["killed"], i["injured"], i.get("modality") not in ("denied", "foiled"))
        for i in case["incidents"]
    )
    assert found == wanted, [m.evidence[0].quote for m in mentions]
    for gold in case["incidents"]:
        places = [m.place for m in mentions if m.sub_event_type == gold["type"]]
        names = {n for p in places if p is not None for n in (p.name, p.admin2, p.admin1)}
        assert gold["place"] in names
        if "modality" in gold:
            assert gold["modality"] in {m.modality.value for m in mentions}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from(PIECES),
        max_size=25,
    ),
    st.none() | st.just("Blast kills two in Tikrit"),
)
def test_any_text_gives_exact_quotes_and_ordered_tolls(kit: Kit, parts: list[str], title: str | None) -> None:
    """Whatever the text: no crash, every quote is its slice, and low <= best <= high."""
    article = Article(id="a", text=" ".join(parts), title=title, published=date(2024, 5, 15))
    stack: list[Any] = [report_json(extract_article(kit, article))]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            if {"in", "start", "end", "quote"} <= set(value):
                assert article.part(value["in"])[value["start"] : value["end"]] == value["quote"]
            if {"low", "best", "high"} <= set(value):
                known = [n for n in (value["low"], value["best"], value["high"]) if n is not None]
                assert known == sorted(known)
            stack += value.values()
        elif isinstance(value, list):
            stack += value
