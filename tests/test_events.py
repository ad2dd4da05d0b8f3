"""The event and role lexicons give what their examples say."""

from __future__ import annotations

import pytest

from seamwatch.extract.sentences import split_sentences
from seamwatch.extract.syntax import ParsedSentence, load_parser, parse_sentences
from seamwatch.extract.things import ThingBook
from seamwatch.extract.triggers import TriggerBook
from seamwatch.model.text import Article
from seamwatch.vocabulary.acled import SubEventType
from seamwatch.vocabulary.lexicon import Entry, Example, read_entries

NLP = load_parser()
TRIGGERS, THINGS = TriggerBook(), ThingBook()


def parse(text: str) -> ParsedSentence:
    return next(parse_sentences(NLP, split_sentences(Article(id="x", text=text))))


def cases(name: str) -> list[object]:
    return [
        pytest.param(entry, example, id=f"{entry.id}: {example.text}")
        for entry in read_entries(name)
        for example in entry.examples
    ]


@pytest.mark.parametrize(("entry", "example"), cases("events"))
def test_event_entry_finds_its_examples(entry: Entry, example: Example) -> None:
    """Every entry of the event lexicon is found in each of its example sentences, with its type."""
    found = [(t.word.entry, t.word.gives) for t in TRIGGERS.find(parse(example.text))]
    assert (entry.id, example.gives) in found


@pytest.mark.parametrize(("entry", "example"), cases("things"))
def test_role_entry_finds_its_examples(entry: Entry, example: Example) -> None:
    """Every entry of the role lexicon is found in each of its example sentences."""
    found = [thing.gives for thing in THINGS.find(parse(example.text)).values()]
    assert any(example.gives in gives.split("+") for gives in found)


def test_event_types_are_acleds() -> None:
    """Each entry gives one of ACLED's sub-types, plain violence, or harm."""
    known = {*(s.value for s in SubEventType), "violence", "harm"}
    assert {e.fields["gives"] for e in read_entries("events")} <= known


def test_second_bomb_is_novel() -> None:
    """'A second bomb' is marked as another event than the one told before."""
    triggers = TRIGGERS.find(parse("A second bomb exploded near the bazaar."))
    assert [t.phrase for t in triggers if t.novel] == ["bomb"]
