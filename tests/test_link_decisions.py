"""What decisions say about pairs of mentions, from a table of cases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from seamwatch.link.decisions import bound_together, contradictions_of, holding, judgements_of
from seamwatch.model.decision import Decision, standing
from seamwatch.vocabulary.codes import DecisionKind, Verdict

CASES = yaml.safe_load((Path(__file__).parent / "cases/decisions.yaml").read_text(encoding="utf-8"))
START = datetime(2024, 4, 12, tzinfo=UTC)


def decided(text: str) -> Decision:
    """Return the decision of a line of the table: `3 same a b | c`."""
    number, kind, *rest = text.split()
    at = START + timedelta(hours=int(number))
    if kind == "undo":
        return Decision(kind=DecisionKind.UNDO, undoes=int(rest[0]), by="ana", at=at, number=int(number))
    one, _, other = " ".join(rest).partition("|")
    return Decision(
        kind=DecisionKind(kind),
        mentions=tuple(one.split()),
        others=tuple(other.split()),
        by="ana",
        at=at,
        number=int(number),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_decisions_of_the_table(case: dict[str, Any]) -> None:
    """Each case's pairs and contradictions are exactly those that follow."""
    stand = standing(tuple(map(decided, case["decide"])))
    found = judgements_of(stand)
    for verdict in Verdict:
        pairs = {f"{j.left} {j.right}" for j in found if j.verdict is verdict}
        assert pairs == set(case.get(verdict.value, [])), verdict
    against = [" ".join(str(d.number) for d in c.decisions) for c in contradictions_of(stand)]
    assert against == case.get("contradict", [])


def test_a_judgement_says_who_decided_when_and_why() -> None:
    """The judgement of a pair names the decision that it is of, as a user calls it."""
    made = Decision(
        kind=DecisionKind.MERGE, mentions=("b",), others=("a",), by="ana", at=START, why="one\nbomb", number=7
    )
    (judgement,) = judgements_of([made])
    assert (judgement.left, judgement.right, judgement.score) == ("a", "b", 1.0)
    assert (judgement.by, judgement.at) == ("ana", START)
    assert judgement.reasons[0].text == "d7: merge by ana: one bomb"


sides = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=3, unique=True).map(tuple)
kinds = st.sampled_from(
    [DecisionKind.SAME, DecisionKind.MERGE, DecisionKind.DIFFERENT, DecisionKind.SPLIT, DecisionKind.UNSURE]
)


@given(st.lists(st.tuples(kinds, sides, sides), max_size=7), st.randoms())
def test_the_order_of_the_list_does_not_matter(parts: list[Any], random: Any) -> None:
    """Decisions are taken by their numbers, however they are given."""
    made = [
        Decision(kind=kind, mentions=one, others=other, by="ana", at=START, number=number)
        for number, (kind, one, other) in enumerate(parts, 1)
    ]
    mixed = list(made)
    random.shuffle(mixed)
    assert judgements_of(mixed) == judgements_of(made)
    assert contradictions_of(mixed) == contradictions_of(made)


@given(st.lists(st.tuples(kinds, sides, sides), max_size=7))
def test_there_is_a_contradiction_exactly_where_the_bound_are_held_apart(parts: list[Any]) -> None:
    """One is told if and only if two mentions are bound together and held for different; it holds both."""
    made = [
        Decision(kind=kind, mentions=one, others=other, by="ana", at=START, number=number)
        for number, (kind, one, other) in enumerate(parts, 1)
    ]
    group = bound_together(made)
    apart = [pair for pair, (verdict, _) in holding(made).items() if verdict is Verdict.DIFFERENT]
    clash = any(a in group and group[a] == group.get(b) for a, b in apart)
    found = contradictions_of(made)
    assert bool(found) is clash
    for one in found:
        assert contradictions_of(one.decisions)
        assert (one.left, one.right) in apart
