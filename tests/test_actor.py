"""The actor register and the finding of its actors in articles."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from seamwatch.errors import VocabularyError
from seamwatch.model.text import Article
from seamwatch.resolve.actor import ActorRegister, find_actors, load_register
from seamwatch.vocabulary.codes import ActorKind, VictimGroup

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "actors.yaml").read_text(encoding="utf-8"))["cases"]
REGISTER = load_register()
EXAMPLES = [
    pytest.param(example.text, example.gives, id=f"{row.id}-{number}")
    for row in (*REGISTER.entries, *REGISTER.services)
    for number, example in enumerate(row.examples)
]
NAMES = [a for entry in REGISTER.entries for a in entry.aliases] + [
    "Turkish",
    "army",
    "of Syria",
    "drone",
    "(",
]


@pytest.fixture(scope="module")
def register() -> ActorRegister:
    return REGISTER


@pytest.mark.parametrize(("text", "gives"), EXAMPLES)
def test_every_example_of_the_register_gives_its_names(
    register: ActorRegister, text: str, gives: tuple[str, ...]
) -> None:
    """Each example sentence of an entry or service names exactly the actors that it says."""
    assert tuple(m.name for m in find_actors(Article(id="a", text=text), register)) == gives


@pytest.mark.parametrize("case", CASES, ids=[c["id"] for c in CASES])
def test_cases(register: ActorRegister, case: dict[str, Any]) -> None:
    """A passage gives these quotes with these names, in this order."""
    article = Article(id="a", text=case["text"], title=case.get("title"))
    assert [[m.quote, m.name] for m in find_actors(article, register)] == case["finds"]


@given(
    st.lists(
        st.one_of(
            st.sampled_from(NAMES), st.sampled_from([" ", "  ", "\n", "'s ", "-", ". "]), st.text(max_size=8)
        )
    )
)
@settings(max_examples=150, deadline=None)
def test_quotes_are_exact_slices_in_order(pieces: list[str]) -> None:
    """Whatever the text, each quote is the slice at its span; spans stand in order and apart."""
    text = "".join(pieces)
    article = Article(id="a", text=text, title=text[:40])
    found = find_actors(article, REGISTER)
    for mention in found:
        part = article.part(mention.span.part)
        assert part[mention.span.start : mention.span.end] == mention.quote != ""
    for part_name in ("title", "text"):
        spans = [m.span for m in found if m.span.part == part_name]
        assert all(a.end <= b.start for a, b in pairwise(spans))


@given(st.sampled_from([e for e in REGISTER.entries if not e.generic]))
def test_every_name_leads_to_its_own_entry(entry: Any) -> None:
    """The register's own names resolve to their entries, with articles, members and possessives too."""
    assert REGISTER.entry(entry.name) is entry


@pytest.mark.parametrize(
    ("phrase", "name"),
    [
        ("Islamic State gunmen", "Islamic State"),
        ("the so-called Islamic State", "Islamic State"),
        ("Daesh fighters", "Islamic State"),
        ("Turkey's defence ministry", "Turkey"),
        ("Turkey", "Turkey"),
        ("the Turkish army", "Turkish army"),
        ("Zambian police", "Zambian police"),
        ("Hashd al-Shaabi", "Popular Mobilization Forces"),
        ("police and the PKK", "PKK"),
        ("police", "police"),
        ("gunmen", None),
        ("", None),
    ],
)
def test_a_phrase_resolves_to_its_actor(register: ActorRegister, phrase: str, name: str | None) -> None:
    """A phrase gives the named actor in it, an unnamed force only where nothing better stands."""
    entry = register.resolve(phrase)
    assert (entry and entry.name) == name


def test_generic_forces_are_marked(register: ActorRegister) -> None:
    """Police and security forces are state actors without a name of their own."""
    for name in ("police", "security forces", "army"):
        entry = register.entry(name)
        assert entry is not None
        assert (entry.generic, entry.kind, entry.side) == (True, ActorKind.STATE, VictimGroup.STATE)


def test_a_forces_entry_is_found_by_the_name_it_was_given(register: ActorRegister) -> None:
    """A force made of a nation and a service has an entry under exactly that name."""
    entry = register.entry("Omani navy")
    assert entry is not None
    assert (entry.countries, entry.kind) == (("OM",), ActorKind.STATE)
    assert register.entry("Atlantis navy") is None


def test_outlets_speak_for_their_actor(register: ActorRegister) -> None:
    """A mouthpiece is marked as an outlet and carries the name of its actor."""
    (mention,) = find_actors(Article(id="a", text="Amaq reported it."), register)
    assert (mention.name, mention.outlet, mention.quote) == ("Islamic State", True, "Amaq")


def test_the_register_has_width_and_states_its_sources() -> None:
    """At least 150 actors, each with a source; state forces count to the state side."""
    assert len(REGISTER.entries) >= 150
    assert all(e.source for e in REGISTER.entries)
    assert all(e.side is VictimGroup.STATE for e in REGISTER.entries if e.kind is ActorKind.STATE)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("entries: [", "not YAML"),
        ("names: []", "needs a list `entries`"),
        ("entries: [{id: a}]", "needs `name`"),
        ("entries: [{id: a, name: A, source: s, kind: army, examples: [x]}]", "`kind` is 'army'"),
        ("entries: [{id: a, name: A, source: s, side: left, examples: [x]}]", "`side` is 'left'"),
        ("entries: [{id: a, name: A, source: s}]", "needs `examples`"),
        ("entries: [{id: a, name: A, source: s, alias: [b], examples: [x]}]", "unknown field alias"),
        ("entries: [{id: a, name: A, source: s, aliases: b, examples: [x]}]", "`aliases` must be a list"),
        (
            "entries: [{id: a, name: A, source: s, examples: [x]}, "
            "{id: a, name: B, source: s, examples: [y]}]",
            "the id 'a' stands twice",
        ),
        ("entries: [3]", "must be a mapping"),
    ],
)
def test_a_broken_register_is_named(text: str, says: str) -> None:
    """A register that breaks the schema is refused with the entry and what is wrong."""
    with pytest.raises(VocabularyError, match=r"actors\.yaml") as caught:
        load_register(text)
    assert says in str(caught.value)
