"""Comparing two tellings: days, places, tolls, the case table of pairs, and the words that count."""

from pathlib import Path

import pytest
import yaml

from link_tellings import telling
from seamwatch.link.compare import profile_of
from seamwatch.link.judge import judge_pair, judge_profiles
from seamwatch.link.names import words_of
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
