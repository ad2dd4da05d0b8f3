"""Times: what is recognised, what it means, and that every quote is a slice."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from seamwatch.model.text import Article
from seamwatch.model.time import TimeMention
from seamwatch.resolve.time import find_times
from seamwatch.vocabulary.lexicon import Entry, read_entries

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "times.yaml").read_text(encoding="utf-8"))["cases"]
LEXICON_DAY = date(2023, 9, 14)
PIECES = (
    "on Saturday|Tuesday night|overnight|a day earlier|four days after|the|a|two|and a half|years|ago|last"
    "|week|Sept.|5|2014|1980s|7 a.m.|at|of|in|May|25 SEP / 0715|251300Z SEP 23|99.99.2020|0000-00-00|31 Feb"
    "|'s|-|,|.|\n\n|every|next|the third quarter|of 9999|said|will|day|before|99999999 years ago|until"
    "|9999 weeks later|nineteen|ninety|hundred|1/2|24:61|’s|ago|this|Christmas|twentieth century|December"
    "|27/08|1920L|the|in the night to|overnight from|9-Apr-22|271920L|the 31st|the first week of|Hours later"
    "|the eve of|Friday|a week ago on|31 August|and|between|the night|from|1920|99/99|00.00.|0000Z|31/02"
    "|0 days ago|٣|²|9999-12-31|1000 years later|999 centuries ago|0001-01-01"
).split("|") + ["|"]


def read(text: str, published: date | None, title: str | None = None) -> tuple[TimeMention, ...]:
    return find_times(Article(id="a", text=text, title=title, published=published))


@pytest.mark.parametrize("case", CASES, ids=[c["why"] for c in CASES])
def test_case(case: dict[str, Any]) -> None:
    """Each case of the table gives exactly its passages, values and days."""
    found = read(case["text"], case["published"])
    got = [
        [
            t.quote,
            str(t.type),
            t.value,
            t.range and t.range.start,
            t.range and t.range.end,
            t.range and t.range.precision,
        ]
        for t in found
    ]
    assert got == case["times"]
    if "event" in case:
        assert [(t.anchor, t.offset_days) for t in found] == [("event", case["event"])]


@pytest.mark.parametrize("entry", read_entries("times"), ids=lambda e: e.id)
def test_lexicon_examples(entry: Entry) -> None:
    """Each entry's examples, published on Thursday 2023-09-14, give their types and values."""
    for example in entry.examples:
        assert [f"{t.type} {t.value}" for t in read(example.text, LEXICON_DAY)] == example.gives


def test_title_comes_first() -> None:
    """Times of the title stand before those of the text, with offsets into the title."""
    found = read("He died on Monday.", date(2023, 9, 14), title="Dead since Sunday")
    assert [(t.span.part, t.span.start, t.quote) for t in found] == [
        ("title", 11, "Sunday"),
        ("text", 11, "Monday"),
    ]


def test_evidence_is_the_passage() -> None:
    """A range rests on the passage that names it."""
    (found,) = read("He died on Monday.", date(2023, 9, 14))
    assert found.range is not None
    assert [(e.span, e.quote) for e in found.range.evidence] == [(found.span, "Monday")]


def test_days_of_another_sentence_do_not_count() -> None:
    """A day earlier is open where only another sentence names a day; the value follows that day."""
    found = read("He spoke on Tuesday. A guard had died a day earlier.", date(2023, 9, 14))
    assert [(t.quote, t.value, t.range is None, t.offset_days) for t in found] == [
        ("Tuesday", "2023-09-12", False, None),
        ("a day earlier", "2023-09-11", True, -1),
    ]


def check(found: tuple[TimeMention, ...], text: str) -> None:
    end = 0
    for time in found:
        assert text[time.span.start : time.span.end] == time.quote
        assert time.quote.strip() == time.quote != ""
        assert time.span.start >= end
        assert time.value
        end = time.span.end
        if time.range is not None:
            assert time.range.start <= time.range.end
            assert 1 <= time.range.precision <= 5


@settings(max_examples=150, deadline=None)
@given(
    text=st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join)),
    published=st.one_of(st.none(), st.dates()),
)
def test_any_text(text: str, published: date | None) -> None:
    """Any text gives passages that are slices in order without overlap, at any publication day."""
    check(read(text, published), text)


@settings(max_examples=60, deadline=None)
@given(
    pieces=st.lists(st.sampled_from(PIECES), max_size=15),
    published=st.dates(min_value=date(1950, 1, 1), max_value=date(2100, 1, 1)),
)
def test_publication_day_changes_no_passage_of_its_own(pieces: list[str], published: date) -> None:
    """Reading is repeatable, and white space around a text moves offsets but changes no value."""
    text = " ".join(pieces)
    first = read(text, published)
    moved = read(f"  {text}  ", published)
    assert read(text, published) == first
    assert [(t.quote, t.value) for t in moved] == [(t.quote, t.value) for t in first]
