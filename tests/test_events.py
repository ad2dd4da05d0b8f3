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
    """Every entry of the event lexicon is found in each of its example sentences, with its type.

    What an entry that gives none hides, is no event.
    """
    found = [(t.word.entry, t.word.gives) for t in TRIGGERS.find(parse(example.text))]
    if example.gives == "none":
        assert found == []
        return
    assert (entry.id, example.gives) in found


@pytest.mark.parametrize(("entry", "example"), cases("things"))
def test_role_entry_finds_its_examples(entry: Entry, example: Example) -> None:
    """Every entry of the role lexicon is found in each of its example sentences."""
    found = [thing.gives for thing in THINGS.find(parse(example.text)).values()]
    assert any(example.gives in gives.split("+") for gives in found)


def test_event_types_are_acleds() -> None:
    """Each entry gives one of ACLED's sub-types, plain violence, harm, or none."""
    known = {*(s.value for s in SubEventType), "violence", "harm", "none"}
    assert {e.fields["gives"] for e in read_entries("events")} <= known


def test_second_bomb_is_novel() -> None:
    """'A second bomb' is marked as another event than the one told before."""
    triggers = TRIGGERS.find(parse("A second bomb exploded near the bazaar."))
    assert [t.phrase for t in triggers if t.novel] == ["bomb"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("The storm kept the ferries in port.", []),
        ("They mean to storm the barracks.", ["storm"]),
        ("Rents are going to rocket this summer.", []),
        ("A rocket hit the customs house.", ["rocket"]),
        ("The firm missed its target by a third.", []),
        ("Gunmen targeted a judge near the court.", ["targeted"]),
        ("The council executed its plans for the well.", []),
        ("The visit demonstrates support for the mayor.", []),
    ],
)
def test_word_fires_in_its_own_part_of_speech_only(text: str, told: list[str]) -> None:
    """A verb of violence does not fire as a noun, nor a weapon as a verb."""
    assert [t.phrase for t in TRIGGERS.find(parse(text)) if t.word.gives != "harm"] == told


@pytest.mark.parametrize(
    ("text", "gives"),
    [
        ("The bomb tore the fish market apart.", "Remote explosive/landmine/IED"),
        ("Masked men shot the tailor and his brother dead.", "Attack"),
        ("Raiders took the surveyor and his driver hostage.", "Abduction/forced disappearance"),
        ("The crowd set two police cars on fire.", "Looting/property destruction"),
    ],
)
def test_verb_and_particle_may_stand_apart(text: str, gives: str) -> None:
    """What stands between a verb and its particle does not hide the event."""
    assert gives in [t.word.gives for t in TRIGGERS.find(parse(text))]
