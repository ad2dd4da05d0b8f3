"""Statements of officials, and hearsay inside reported speech."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from seamwatch.extract.sentences import split_sentences
from seamwatch.extract.statements import StatementReader, load_statements
from seamwatch.extract.syntax import ParsedSentence, load_parser, parse_sentences
from seamwatch.model.reading import ActorMention, Reading
from seamwatch.model.text import Article, Span
from seamwatch.vocabulary.codes import ActorKind, OtherKind, VictimGroup
from seamwatch.vocabulary.lexicon import read_entries

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "statements.yaml").read_text(encoding="utf-8"))
EXAMPLES = [x for entry in read_entries("statements") for x in entry.examples]


@pytest.fixture(scope="module")
def nlp() -> Any:
    return load_parser()


@pytest.fixture(scope="module")
def statements() -> StatementReader:
    return load_statements()


def parse(nlp: Any, text: str) -> tuple[Article, tuple[ParsedSentence, ...]]:
    article = Article(id="a", text=text)
    return article, tuple(parse_sentences(nlp, split_sentences(article)))


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_statements_and_hearsay(case: dict[str, Any], nlp: Any, statements: StatementReader) -> None:
    """Named officials speak, once each with all their sentences; private persons do not."""
    article, parsed = parse(nlp, case["text"])
    found = statements.find_statements(parsed, Reading(article=article))
    given = [{"speaker": s.speaker, "role": s.role, "said": len(s.evidence)} for s in found]
    assert given == case["statements"]
    hearsay = [o for o in statements.find_hearsay(parsed) if o.kind is OtherKind.STATEMENT]
    assert [o.evidence[0].quote for o in hearsay] == case["hearsay"]
    for evidence in [e for s in found for e in s.evidence] + [e for o in hearsay for e in o.evidence]:
        assert article.text[evidence.span.start : evidence.span.end] == evidence.quote


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.text[:50])
def test_lexicon_examples(example: Any, nlp: Any, statements: StatementReader) -> None:
    """Each example of the lexicon gives its speakers with their roles, its hearsay, or its kinds."""
    article, parsed = parse(nlp, example.text)
    if example.gives and example.gives[0] in list(OtherKind):
        assert [o.kind.value for o in statements.find_hearsay(parsed)] == example.gives
        return
    if example.gives and isinstance(example.gives[0], str):
        assert [o.evidence[0].quote for o in statements.find_hearsay(parsed)] == example.gives
        return
    found = statements.find_statements(parsed, Reading(article=article))
    assert [(s.speaker, s.role) for s in found] == [(g["speaker"], g["role"]) for g in example.gives]
    for one, wanted in zip(found, example.gives, strict=True):
        assert one.organisation == wanted.get("organisation", one.organisation)


def test_organisation_is_the_registers_where_the_role_names_one(
    nlp: Any, statements: StatementReader
) -> None:
    """A known actor in the role is the organisation, under the register's name."""
    text = "A Peshmerga spokesman, Aram Jalal, said the road was open."
    article, parsed = parse(nlp, text)
    actor = ActorMention(
        span=Span(start=2, end=11), quote="Peshmerga", name="Peshmerga forces", kind=ActorKind.STATE,
        side=VictimGroup.STATE,
    )  # fmt: skip
    (found,) = statements.find_statements(parsed, Reading(article=article, actors=(actor,)))
    assert (found.speaker, found.role, found.organisation) == (
        "Aram Jalal",
        "Peshmerga spokesman",
        "Peshmerga forces",
    )


@pytest.mark.parametrize(
    "text",
    [
        "A raid on the mill killed two guards on Sunday, police said.",
        "The governor said that troops had found the bomb on the bridge.",
        "Gunmen abducted three herders and fled over the river.",
    ],
)
def test_plain_fact_is_no_other_passage(text: str, nlp: Any, statements: StatementReader) -> None:
    """A sentence that tells what happened makes no passage of another kind."""
    _, parsed = parse(nlp, text)
    assert statements.find_hearsay(parsed) == ()
