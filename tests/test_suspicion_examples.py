"""The lexicons of suspicion and of reporting give what their examples say."""

from __future__ import annotations

import pytest

from seamwatch.extract.dating import SpeechBook
from seamwatch.extract.sentences import split_sentences
from seamwatch.extract.suspects import SuspectBook
from seamwatch.extract.syntax import ParsedSentence, load_parser, parse_sentences
from seamwatch.model.reading import Reading
from seamwatch.model.text import Article
from seamwatch.resolve.actor import find_actors, load_register
from seamwatch.vocabulary.codes import Certainty
from seamwatch.vocabulary.inflect import expand
from seamwatch.vocabulary.lexicon import Entry, Example, read_entries

NLP = load_parser()
REGISTER = load_register()
SUSPECTS, SPEECH = SuspectBook(), SpeechBook()


def parse(article: Article) -> ParsedSentence:
    return next(parse_sentences(NLP, split_sentences(article)))


def cases(name: str) -> list[object]:
    return [
        pytest.param(entry, example, id=f"{entry.id}: {example.text}")
        for entry in read_entries(name)
        for example in entry.examples
    ]


def suspects(text: str) -> list[tuple[str, Certainty]]:
    article = Article(id="x", text=text)
    reading = Reading(article=article, actors=find_actors(article, REGISTER))
    return [(actor.name, actor.certainty) for actor in SUSPECTS.find([parse(article)], reading)]


@pytest.mark.parametrize(("entry", "example"), cases("suspicion"))
def test_suspicion_entry_ties_a_group(entry: Entry, example: Example) -> None:
    """Each example holds words of its entry, and the one group that it names is suspected."""
    forms = {form for pattern in entry.patterns for form in expand(pattern)}
    assert any(form in example.text.lower() for form in forms)
    found = suspects(example.text)
    assert [certainty for _, certainty in found] == [Certainty.SUSPECTED]


def test_group_without_a_tie_is_no_suspect() -> None:
    """A group that is only named is not suspected."""
    assert suspects("Al-Shabaab has sold charcoal in the port.") == []


@pytest.mark.parametrize(("entry", "example"), cases("reporting"))
def test_reporting_entry_takes_the_day_beside_it(entry: Entry, example: Example) -> None:
    """Each example's day hangs on a verb of its entry, which gives what the example says."""
    parsed = parse(Article(id="x", text=example.text))
    (day,) = (token for token in parsed.doc if token.lower_.endswith("day"))
    assert SPEECH.speaks(parsed, day.i, frozenset()) == example.gives == entry.fields["gives"]
    forms = {form for pattern in entry.patterns for form in expand(pattern)}
    assert forms & {token.lower_ for token in parsed.doc if token.tag_.startswith("VB")}
