"""Log-odds of many pairs at once: the same as the judgement of each, with its reasons in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from made_profiles import DAY, named, profile, profiles, several
from seamwatch.link.compare import Profile, Where, profile_from_text, profile_text
from seamwatch.link.frame import Frame, Names
from seamwatch.link.judge import judge_profiles, probability
from seamwatch.link.names import same_name
from seamwatch.link.odds import PairOdds
from seamwatch.link.rules import load_link_rules
from seamwatch.vocabulary.acled import SubEventType

RULES = load_link_rules()
CAP = RULES.odds["cap"]


def odds_of(held: list[Profile]) -> dict[tuple[int, int], int]:
    """Return the log-odds of all pairs of rows, either way."""
    rows = np.arange(len(held))
    i, j = np.repeat(rows, len(held)), np.tile(rows, len(held))
    odds = PairOdds(Frame(held), RULES).of(i, j).tolist()
    return {(a, b): n for a, b, n in zip(i.tolist(), j.tolist(), odds, strict=True) if a != b}


@settings(max_examples=300)
@given(several())
def test_the_numbers_are_those_of_the_judgement(held: list[Profile]) -> None:
    """For any profiles the log-odds are the sum of the judgement's reasons, and give its score."""
    for (a, b), odds in odds_of(held).items():
        judged = judge_profiles(held[a], held[b], RULES)
        told = [f"{r.weight:+.3f} {r.feature}: {r.text}" for r in judged.reasons]
        summed = sum(round(1000 * r.weight) for r in judged.reasons)
        assert max(-CAP, min(CAP, summed)) == odds, told
        assert probability(odds, RULES) == judged.score, told


@given(several())
def test_a_pair_is_the_same_from_either_side(held: list[Profile]) -> None:
    """The log-odds of two mentions do not depend on which is the first."""
    odds = odds_of(held)
    assert all(odds[b, a] == n for (a, b), n in odds.items())


@given(several(most=7), st.data())
def test_a_pair_does_not_depend_on_what_else_is_compared(held: list[Profile], data: st.DataObject) -> None:
    """Whatever other mentions are in the frame, and in which order, a pair's log-odds are the same."""
    order = data.draw(st.permutations(range(len(held))))
    first = odds_of(held)
    mixed = odds_of([held[at] for at in order])
    assert {(order[a], order[b]): n for (a, b), n in mixed.items()} == first
    assert odds_of(held[:2]) == {pair: first[pair] for pair in ((0, 1), (1, 0))}


@given(several(most=4), st.integers(-3000, 3000))
def test_only_the_distance_of_days_counts(held: list[Profile], days: int) -> None:
    """Told as many days earlier or later, all pairs are as they were."""
    moved = [
        replace(
            p,
            told=None if p.told is None else p.told + days,
            start=None if p.start is None else p.start + days,
            end=None if p.end is None else p.end + days,
        )
        for p in held
    ]
    assert odds_of(moved) == odds_of(held)


def test_many_pairs_are_compared_in_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """More pairs than are compared in one go give the same numbers."""
    held = [
        profile(f"m{n}", start=DAY + n % 3, end=DAY + n % 3, day_precision=1, killed=(n, n)) for n in range(9)
    ]
    wanted = odds_of(held)
    monkeypatch.setattr("seamwatch.link.odds.PAIRS", 7)
    assert odds_of(held) == wanted


def test_each_telling_of_a_place_counts_against_another() -> None:
    """Two places that several tellings name each are surer to be two than those of one telling each."""
    one, other = (
        profile(name, where=Where(parts=(named(name),), admin1=named("Diyala"), country="IQ", level=1))
        for name in ("Kulajo", "Hamrin")
    )
    odds = [odds_of([replace(one, support=n), replace(other, support=n)])[0, 1] for n in (1, 2, 3)]
    assert odds[0] > odds[1] > odds[2] or odds[1] == -CAP


def test_no_pair_is_surer_than_the_cap() -> None:
    """Whatever agrees or differs, no single pair outweighs everything."""
    same = [
        profile(
            name, start=DAY, end=DAY, day_precision=1, killed=(40, 40), injured=(93, 93), abducted=(17, 17),
            where=Where(parts=(named("Kulajo"),), admin1=named("Diyala"), country="IQ", level=1),
            things=frozenset({"checkpoint"}), rare=frozenset({"orchard"}),
        )
        for name in "ab"
    ]  # fmt: skip
    far = profile("c", start=DAY + 300, end=DAY + 300, day_precision=1, where=Where(country="SY"))
    far = replace(far, type=SubEventType.PEACEFUL_PROTEST, sides=frozenset({"army"}))
    near = replace(same[0], sides=frozenset({"police"}), where=Where(country="IQ"))
    assert odds_of(same)[0, 1] == CAP
    assert odds_of([near, far])[0, 1] == -CAP


@given(profiles())
def test_a_profile_comes_back_from_its_text(made: Profile) -> None:
    """What the store keeps of a profile is the whole of it, and always the same text."""
    text = profile_text(made)
    assert profile_from_text(text) == made
    assert profile_text(profile_from_text(text)) == text


spelt = st.text("aehiklqstu- '", max_size=9) | st.sampled_from(["Kulajo", "Kolajo", "Raqqa", "Ar Raqqah"])


@given(st.lists(spelt, min_size=1, max_size=8))
def test_names_by_number_are_compared_as_names(texts: list[str]) -> None:
    """The table of names says what `same_name` says of each two, whatever filters come before it."""
    table, held = Names(), [named(text) for text in texts]
    numbers = np.array([table.number(name) for name in held])
    i, j = (axis.ravel() for axis in np.meshgrid(range(len(held)), range(len(held))))
    found = table.same(numbers[i], numbers[j]).tolist()
    assert found == [
        same_name(held[a][0], held[b][0], held[a][1], held[b][1])
        for a, b in zip(i.tolist(), j.tolist(), strict=True)
    ]
