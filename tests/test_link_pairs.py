"""Comparing two tellings: names, days, places, tolls, and the case table of pairs."""

from pathlib import Path

import pytest
import yaml

from link_tellings import telling
from seamwatch.link.compare import profile_of
from seamwatch.link.judge import judge_pair, judge_profiles
from seamwatch.link.names import name_parts, same_name, skeleton, words_of
from seamwatch.link.rules import LinkRules, load_link_rules
from seamwatch.vocabulary.codes import Verdict
from seamwatch.vocabulary.lexicon import read_entries

PAIRS = yaml.safe_load((Path(__file__).parent / "cases" / "pairs.yaml").read_text(encoding="utf-8"))["pairs"]


@pytest.fixture(scope="module")
def rules() -> LinkRules:
    return load_link_rules()


@pytest.mark.parametrize("case", PAIRS, ids=lambda case: case["why"])
def test_pair(case, rules):
    """Each pair of the table is judged as a reader of both tellings would."""
    judgement = judge_pair(telling("a", case["a"]), telling("b", case["b"]), rules)
    allowed = {
        "same": {Verdict.SAME},
        "different": {Verdict.DIFFERENT},
        "not_same": {Verdict.DIFFERENT, Verdict.UNSURE},
        "not_different": {Verdict.SAME, Verdict.UNSURE},
    }
    told = [f"{r.weight:+.1f} {r.feature}: {r.text}" for r in judgement.reasons]
    assert judgement.verdict in allowed[case["gives"]], (judgement.score, told)


@pytest.mark.parametrize("case", PAIRS, ids=lambda case: case["why"])
def test_pair_either_way(case, rules):
    """A judgement does not depend on which telling is given first, and its ids are sorted."""
    a, b = telling("a", case["a"]), telling("b", case["b"])
    assert judge_pair(a, b, rules) == judge_pair(b, a, rules)
    assert judge_pair(b, a, rules).left == "a"


def test_score_is_the_sum_of_its_reasons(rules):
    """The probability is nothing but its reasons' weights, each with words."""
    a, b = (profile_of(telling(n, PAIRS[0][n]), rules) for n in "ab")
    judgement = judge_profiles(a, b, rules)
    total = sum(r.weight for r in judgement.reasons)
    assert judgement.score == pytest.approx(1 / (1 + 2.718281828 ** -min(8.0, total)), abs=1e-5)
    assert all(r.text for r in judgement.reasons)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kulajo", "Kulajaw"),
        ("Kulajo", "Kolajo"),
        ("Khanasor", "Khana Sor"),
        ("al-Udaim", "al-Udhaim"),
        ("Udaim", "al-Udhaim"),
        ("Tal Rabia", "Tal Rabi’a"),
        ("Sherqat", "Shirqat"),
        ("Deir ez-Zor", "Dayr az-Zawr"),
        ("Tuz Khurmatu", "Tuz Khormato"),
    ],
)
def test_spellings_of_one_name(one, other):
    """Spellings of one name are recognised as such."""
    a, b = (" ".join(words_of(n)) for n in (one, other))
    assert same_name(a, b, skeleton(a), skeleton(b))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kirkuk", "Karak"),
        ("Hit", "Hawija"),
        ("Daquq", "Duhok"),
        ("Albu Najm", "Albu Hamad"),
        ("Mosul", "Maysan"),
    ],
)
def test_names_that_only_sound_alike(one, other):
    """Names that share a few sounds stay two names."""
    a, b = (" ".join(words_of(n)) for n in (one, other))
    assert not same_name(a, b, skeleton(a), skeleton(b))


def test_parts_of_a_place_phrase(rules):
    """A place phrase gives its names without the generic words."""
    assert name_parts("the outskirts of Baiji, near the village of Siniyah", rules.place_words) == (
        "baiji",
        "siniyah",
    )


@pytest.mark.parametrize(
    "example",
    [
        (e.text, e.gives)
        for entry in read_entries("linking")
        if entry.fields["layer"] not in ("place", "common")
        for e in entry.examples
    ],
    ids=str,
)
def test_lexicon_examples(example, rules):
    """Every entry's example gives the groups it says, and no others."""
    text, gives = example
    assert sorted(rules.find_groups(words_of(text))) == sorted(gives)


@pytest.mark.parametrize("layer", ["place", "common"])
def test_stop_words(layer, rules):
    """The generic words of places and tellings are read from the lexicon."""
    words = rules.place_words if layer == "place" else rules.common_words
    entry = next(e for e in read_entries("linking") if e.fields["layer"] == layer)
    assert set(entry.patterns) == words
    assert all(word in words for e in entry.examples for word in words_of(e.text) if word != "the")
