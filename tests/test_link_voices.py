"""Who speaks in the tellings of one incident: what counts as one independent source."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from link_tellings import telling
from seamwatch.link.names import fold
from seamwatch.link.rules import load_link_rules
from seamwatch.link.state import incident_of
from seamwatch.link.voices import credited_agency
from seamwatch.model.incident import SourcedMention
from seamwatch.vocabulary.codes import Policy, Status
from seamwatch.vocabulary.lexicon import read_entries

RULES = load_link_rules()


def told(name: str, says: str = "", modality: str = "reported", **article: Any) -> SourcedMention:
    """Return a telling of one incident with what its article says of itself."""
    made = telling(name, {"day": 7, "told": 8, "modality": modality, **({"says": says} if says else {})})
    return replace(made, article=replace(made.article, **article))


def voices(*tellings: SourcedMention) -> int:
    count = incident_of(tellings, RULES).voices
    assert incident_of(tellings[::-1], RULES).voices == count
    return count


def test_outlets_are_voices() -> None:
    """Articles of one outlet are one voice, those of two outlets are two."""
    assert voices(told("a", source="Post"), told("b", source="post"), told("c", source="Times")) == 2


def test_copies_and_versions_are_one_voice() -> None:
    """An agency's text that others carry, and versions of one report across outlets, corroborate nothing."""
    first = told("A1", source="Rudaw", sources=("AFP", "Rudaw"))
    copy_of_agency = told("A2", source="AFP", sources=("AFP",))
    version = told("A3", source="Rudaw English", version_of="A1")
    other = told("A4", source="Kurdistan 24")
    assert voices(first, copy_of_agency, version) == 1
    assert voices(first, copy_of_agency, version, other) == 2


def test_a_family_speaks_with_the_outlet_of_its_first_article() -> None:
    """A version of Rudaw's report is Rudaw's voice, though the first article tells no such incident."""
    version = told("A3", source="Echo", version_of="A1", origin="Rudaw")
    assert voices(version, told("A9", source="Rudaw")) == 1
    assert voices(version, told("A9", source="Echo")) == 2


def test_a_credited_agency_is_the_voice() -> None:
    """Two outlets that both credit one agency are one voice, and one with the agency's own article."""
    one = told("a", source="Post", says="Two were killed, a source told Reuters.")
    other = told("b", source="Times", says="Two were killed (Reuters).")
    assert voices(one, other) == voices(one, other, told("c", source="Reuters")) == 1
    assert voices(one, told("d", source="Times", says="Two were killed.")) == 2


def test_one_voice_twice_does_not_confirm() -> None:
    """Two reports of one voice leave an incident unconfirmed; two voices confirm it."""
    one, version = told("A1", source="Rudaw"), told("A2", source="Echo", version_of="A1", origin="Rudaw")
    assert incident_of([one, version], RULES).status is Status.UNCONFIRMED
    assert incident_of([one, told("A2", source="Echo")], RULES).status is Status.CONFIRMED


def test_only_those_that_tell_it_are_counted() -> None:
    """Who denies an incident is no source for it; where all deny it they are counted."""
    denied = told("b", source="Times", modality="denied")
    assert voices(told("a", source="Post"), denied) == 1
    assert voices(denied, told("c", source="Echo", modality="denied")) == 2


def test_corroboration_counts_voices_not_articles() -> None:
    """The figure of two voices wins over the one that one voice gives in three articles."""
    rows = [("a", "Post", 4), ("b", "Post", 4), ("c", "Post", 4), ("d", "Times", 5), ("e", "Echo", 5)]
    tellings = [telling(n, {"day": 7, "told": 8, "source": s, "killed": k}) for n, s, k in rows]
    killed = incident_of(tellings, RULES, policy=Policy.CORROBORATED).killed
    assert killed is not None
    assert (killed.low, killed.best, killed.high) == (4, 5, 5)


@pytest.mark.parametrize(
    ("text", "gives"),
    [(e.text, e.gives) for n in read_entries("states") if n.fields["layer"] == "agency" for e in n.examples],
)
def test_agencies_of_the_lexicon(text: str, gives: str | None) -> None:
    """Every agency's examples credit it, or nobody."""
    assert credited_agency(told("a", says=text).mention, None, RULES.agencies) == gives


@pytest.mark.parametrize(
    ("text", "gives"),
    [(e.text, e.gives) for n in read_entries("states") if n.fields["layer"] != "agency" for e in n.examples],
)
def test_words_of_a_late_death(text: str, gives: bool) -> None:
    """A passage that says a wounded one died is told from one of dead and wounded people."""
    assert bool(RULES.late_death.search(fold(text))) is gives
