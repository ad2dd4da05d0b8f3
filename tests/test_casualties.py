"""Casualty expressions and the tolls that an article's expressions make."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from seamwatch.extract.casualties import CasualtyExpression, find_casualties
from seamwatch.extract.casualty_words import load_casualty_words
from seamwatch.extract.numbers import find_numbers, parse_number
from seamwatch.extract.sentences import split_sentences
from seamwatch.extract.syntax import load_parser, parse_sentences
from seamwatch.extract.toll import combine_tolls
from seamwatch.model.text import Article, Evidence, Span
from seamwatch.vocabulary.codes import Outcome, VictimGroup
from seamwatch.vocabulary.lexicon import read_entries

CASES = Path(__file__).parent / "cases"
SENTENCES = yaml.safe_load((CASES / "casualties.yaml").read_text(encoding="utf-8"))
TOLLS = yaml.safe_load((CASES / "tolls.yaml").read_text(encoding="utf-8"))
FLAGS = ("rival", "by_group", "combined", "outdated")
Count = tuple[int | None, int | None, int | None]


@pytest.fixture(scope="module")
def nlp() -> Any:
    return load_parser()


def expressions_of(nlp: Any, text: str, title: str | None = None) -> list[CasualtyExpression]:
    article = Article(id="a", text=text, title=title)
    found = []
    for parsed in parse_sentences(nlp, split_sentences(article)):
        found.extend(find_casualties(parsed))
    for e in found:
        for evidence in (e.evidence, *([e.who] if e.who else [])):
            part = article.part(evidence.span.part)
            assert part[evidence.span.start : evidence.span.end] == evidence.quote
    return found


def read_count(text: str) -> Count:
    parts = [None if p == "?" else int(p) for p in str(text).split("/")]
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 else (parts[0], parts[0], parts[0])


def as_line(e: CasualtyExpression, like: str) -> str:
    """Write an expression in the table's form, with as many fields as the expected line has."""
    count = (e.low, e.best, e.high)
    plain = "?" if count == (None, None, None) else "/".join("?" if n is None else str(n) for n in count)
    number = str(e.best) if len(set(count)) == 1 and e.best is not None else plain
    fields = [e.outcome.value, number, e.kind, e.group.value, *([e.name] if e.name else [])]
    size = len(like.partition(" ; ")[0].split(" ", 4))
    line = " ".join(fields[:size])
    got = [flag for flag in FLAGS if getattr(e, flag)]
    return f"{line} ; {' '.join(got)}" if got else line


@pytest.mark.parametrize("case", SENTENCES, ids=lambda c: c["text"][:60])
def test_sentence_gives_its_casualties(nlp: Any, case: dict[str, Any]) -> None:
    """Each sentence of the table gives exactly its expressions, in order, with exact quotes."""
    found = expressions_of(nlp, case["text"])
    lines = [as_line(e, like) for e, like in zip(found, case["gives"], strict=False)]
    lines += [as_line(e, "a a a a a") for e in found[len(case["gives"]) :]]
    assert lines == case["gives"]


@pytest.mark.parametrize("case", TOLLS, ids=lambda c: c["text"][:60])
def test_article_gives_its_toll(nlp: Any, case: dict[str, Any]) -> None:
    """Repeats are one, totals win, the wounded who die move over, rival figures only widen."""
    tolls = combine_tolls(expressions_of(nlp, case["text"], case["title"]))
    for outcome in (Outcome.KILLED, Outcome.INJURED):
        toll = tolls.get(outcome)
        if case[outcome.value] is None:
            assert toll is None
        else:
            assert toll is not None
            assert (toll.low, toll.best, toll.high) == read_count(case[outcome.value])
            assert toll.evidence


def test_moved_death_rests_on_both_passages(nlp: Any) -> None:
    """The injured left after a death rest on the count of wounded and on the death."""
    tolls = combine_tolls(expressions_of(nlp, "A bomb wounded two men. One of them later succumbed."))
    assert tolls[Outcome.INJURED].evidence[0].quote == "wounded two men"
    assert len(tolls[Outcome.INJURED].evidence) == 2


LEXICON = [(e.id, x.text, x.gives) for e in read_entries("casualties") for x in e.examples]


@pytest.mark.parametrize(
    ("entry", "text", "gives"), LEXICON, ids=[f"{e}-{n}" for n, (e, _, _) in enumerate(LEXICON)]
)
def test_lexicon_examples(nlp: Any, entry: str, text: str, gives: dict[str, int | None]) -> None:
    """Every entry of the casualty lexicon gives what its own examples say."""
    counted = [e for e in expressions_of(nlp, text) if not e.outdated]
    assert {e.outcome.value: e.best for e in reversed(counted)} == gives


PEOPLE = [
    (x.text, x.gives)
    for e in read_entries("people")
    for x in e.examples
    if x.gives not in ("thing", "speaker")
]


@pytest.mark.parametrize(("text", "group"), PEOPLE)
def test_people_examples(nlp: Any, text: str, group: str) -> None:
    """Every kind of people is given its side when it is the one killed."""
    found = expressions_of(nlp, f"The blast killed {text} in the town.")
    assert [e.group.value for e in found] == [group]


def test_things_are_not_people() -> None:
    """No word is both a person and a thing."""
    words = load_casualty_words()
    assert not words.things & words.heads.keys()


@given(st.integers(min_value=0, max_value=9_999_999))
def test_digits_are_read_with_and_without_commas(n: int) -> None:
    """A number in digits is itself, with thousands set apart or not."""
    assert parse_number(str(n)) == parse_number(f"{n:,}") == (n, n, n)


@given(st.text(alphabet="abc 0123456789,.-/:km", max_size=40))
def test_numbers_found_lie_in_the_text(text: str) -> None:
    """Any text gives numbers in order, none overlapping, each inside the text."""
    at = 0
    for number in find_numbers(text):
        assert at <= number.start < number.end <= len(text)
        at = number.end


def _expression(draw: Any) -> CasualtyExpression:
    best = draw(st.none() | st.integers(0, 60))
    start = draw(st.integers(0, 50))
    quote = "x" * 5
    return CasualtyExpression(
        outcome=draw(st.sampled_from(Outcome)), low=best, best=best, high=best,
        group=draw(st.sampled_from(VictimGroup)), who=None, name="",
        evidence=Evidence(span=Span(start=start, end=start + 5), quote=quote),
        kind=draw(st.sampled_from(["absolute", "total", "update", "part", "zero", "ratio"])),
        rival=draw(st.booleans()), combined=draw(st.booleans()), outdated=draw(st.booleans()),
        adds=draw(st.booleans()), definite=draw(st.booleans()), ordinal=draw(st.sampled_from([0, 0, 2, 3])),
    )  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.composite(_expression)(), max_size=8))
def test_tolls_are_ordered_and_have_evidence(expressions: list[CasualtyExpression]) -> None:
    """Whatever was found, low <= best <= high and every toll has evidence."""
    for toll in combine_tolls(expressions).values():
        known = [n for n in (toll.low, toll.best, toll.high) if n is not None]
        assert known == sorted(known)
        assert toll.evidence


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="ABab one killed two wounded, .\"'()-dead\n", max_size=60))
def test_any_text_gives_exact_quotes(text: str) -> None:
    """Odd texts never raise, and every quote is the exact slice of the text."""
    expressions_of(_PARSER, text)


_PARSER = load_parser()
