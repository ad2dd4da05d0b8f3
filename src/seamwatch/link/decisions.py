"""What people's decisions say about pairs of mentions, and which of them can't all hold."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from seamwatch.model.decision import Decision
from seamwatch.model.incident import Judgement, Reason
from seamwatch.vocabulary.codes import DecisionKind, Verdict

Pair = tuple[str, str]
_Bound = tuple[Decision, tuple[str, ...]]
SCORES = {Verdict.SAME: 1.0, Verdict.DIFFERENT: 0.0, Verdict.UNSURE: 0.5}
BINDING = (DecisionKind.SAME, DecisionKind.MERGE)
_APART = {DecisionKind.DIFFERENT: Verdict.DIFFERENT, DecisionKind.UNSURE: Verdict.UNSURE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Decisions that can't all hold: `same` (by number) bind together what `different` keeps apart.

    `left` and `right` are the mentions of which they say both.
    """

    left: str
    right: str
    same: tuple[Decision, ...]
    different: Decision

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """Return all decisions of it, by number."""
        return tuple(sorted((*self.same, self.different), key=lambda d: d.number))

    @property
    def text(self) -> str:
        """Return what contradicts what in one sentence, with the decisions' numbers and authors."""
        bound = " and ".join(f"{d.name} (by {d.by})" for d in self.same)
        return (
            f"{bound} {'say' if len(self.same) > 1 else 'says'} that {self.left} and {self.right} tell one "
            f"incident, {self.different.name} (by {self.different.by}) says that they do not"
        )


def pairs_of(decision: Decision) -> Iterator[tuple[Pair, Verdict]]:
    """Yield what one decision says about pairs of mentions (ids sorted); nothing where it is about none.

    Who binds two sides says it of every pair across, and holds each side together by its first mention:
    so a new article that resembles one of them parts nothing.

    >>> from datetime import UTC, datetime
    >>> made = Decision(kind=DecisionKind.SPLIT, mentions=("c",), others=("a", "b"), by="ana",
    ...     at=datetime.now(UTC))
    >>> [(pair, verdict.value) for pair, verdict in pairs_of(made)]
    [(('a', 'c'), 'different'), (('b', 'c'), 'different'), (('a', 'b'), 'same')]
    """
    kind = decision.kind
    if kind in _APART:
        across, verdict = list(product(decision.mentions[:1], decision.others[:1])), _APART[kind]
    elif kind in BINDING or kind is DecisionKind.SPLIT:
        across = list(product(decision.mentions, decision.others))
        verdict = Verdict.DIFFERENT if kind is DecisionKind.SPLIT else Verdict.SAME
    else:
        return
    # Two mentions that one stands for by now are the same, whatever was said of them.
    for one, other in across:
        if one != other:
            yield (min(one, other), max(one, other)), verdict
    if kind not in _APART:
        for side in (decision.mentions, decision.others):
            for other in side[1:]:
                yield (min(side[0], other), max(side[0], other)), Verdict.SAME


def holding(decisions: Iterable[Decision]) -> dict[Pair, tuple[Verdict, Decision]]:
    """Return what holds for each pair and who decided it: the later of two decisions on one pair."""
    held: dict[Pair, tuple[Verdict, Decision]] = {}
    for decision in sorted(decisions, key=lambda d: d.number):
        for pair, verdict in pairs_of(decision):
            held[pair] = (verdict, decision)
    return held


def judgements_of(decisions: Iterable[Decision]) -> tuple[Judgement, ...]:
    """Return what standing decisions say about pairs of mentions: one judgement a pair, by number.

    `decisions` are those that stand. The later of two on one pair is the one that counts.

    >>> from datetime import UTC, datetime
    >>> made = Decision(kind=DecisionKind.SAME, mentions=("b",), others=("a",), by="ana", number=12,
    ...     at=datetime.now(UTC), why="one road")
    >>> (judgement,) = judgements_of([made])
    >>> judgement.left, judgement.right, judgement.verdict.value, judgement.reasons[0].text
    ('a', 'b', 'same', 'd12: same by ana: one road')
    """
    held = sorted(holding(decisions).items(), key=lambda item: (item[1][1].number, item[0]))
    return tuple(
        Judgement(
            left=left,
            right=right,
            verdict=verdict,
            score=SCORES[verdict],
            reasons=(Reason(feature="decision", weight=0.0, text=decision_words(decision)),),
            by=decision.by,
            at=decision.at,
        )
        for (left, right), (verdict, decision) in held
    )


def decision_words(decision: Decision) -> str:
    """Return number, kind, author and reason of a decision in one line."""
    why = " ".join(decision.why.split())
    return f"{decision.name}: {decision.kind.value} by {decision.by}{f': {why}' if why else ''}"


def contradictions_of(decisions: Iterable[Decision]) -> tuple[Contradiction, ...]:
    """Return where standing decisions contradict one another: a = b and b = c, but a is not c.

    Each combination of decisions once. A later decision about the very same pair is no contradiction:
    somebody changed their mind.
    """
    held = holding(decisions)
    says = _binding(held)
    group = _groups(_near(pair for pair, (verdict, _) in held.items() if verdict is Verdict.SAME))
    found: dict[frozenset[int], Contradiction] = {}
    for (left, right), (verdict, different) in sorted(held.items()):
        if verdict is not Verdict.DIFFERENT or left not in group or group[left] != group.get(right):
            continue
        same = {d.number: d for d in _chain(says, left, right)}
        # A split holds its own sides together.
        same.pop(different.number, None)
        one = Contradiction(
            left=left, right=right, same=tuple(same[n] for n in sorted(same)), different=different
        )
        found.setdefault(frozenset((*same, different.number)), one)
    least = [numbers for numbers in found if not any(other < numbers for other in found)]
    return tuple(found[numbers] for numbers in sorted(least, key=sorted))


def bound_together(decisions: Iterable[Decision]) -> dict[str, str]:
    """Return for each mention that people bound to another one the first id of all it is bound to."""
    return _groups(_near(p for p, (verdict, _) in holding(decisions).items() if verdict is Verdict.SAME))


def _near(pairs: Iterable[Pair]) -> dict[str, list[str]]:
    near: dict[str, list[str]] = {}
    for left, right in pairs:
        near.setdefault(left, []).append(right)
        near.setdefault(right, []).append(left)
    return near


def _groups(near: Mapping[str, Iterable[str]]) -> dict[str, str]:
    group: dict[str, str] = {}
    for first in sorted(near):
        if first in group:
            continue
        group[first] = first
        reached = [first]
        for name in reached:
            for other in near[name]:
                if other not in group:
                    group[other] = first
                    reached.append(other)
    return group


def _binding(held: Mapping[Pair, tuple[Verdict, Decision]]) -> dict[str, list[_Bound]]:
    """Return for each mention what binds it: the decisions, each with the mentions that it holds together."""
    pairs: dict[int, list[Pair]] = {}
    decisions: dict[int, Decision] = {}
    for pair, (verdict, decision) in held.items():
        if verdict is Verdict.SAME:
            pairs.setdefault(decision.number, []).append(pair)
            decisions[decision.number] = decision
    says: dict[str, list[_Bound]] = {}
    for number in sorted(pairs):
        parts: dict[str, list[str]] = {}
        for name, first in _groups(_near(pairs[number])).items():
            parts.setdefault(first, []).append(name)
        for members in parts.values():
            for name in members:
                says.setdefault(name, []).append((decisions[number], tuple(sorted(members))))
    return says


def _chain(says: Mapping[str, Sequence[_Bound]], start: str, end: str) -> list[Decision]:
    """Return the fewest decisions that bind two mentions together, the one by the other."""
    came: dict[str, tuple[str, Decision]] = {}
    waiting = deque([start])
    while end not in came:
        name = waiting.popleft()
        for decision, members in says[name]:
            for other in members:
                if other not in came and other != start:
                    came[other] = (name, decision)
                    waiting.append(other)
    chain = []
    while end != start:
        end, decision = came[end]
        chain.append(decision)
    return chain


def concerning(decisions: Sequence[Decision], names: Collection[str]) -> tuple[Decision, ...]:
    """Return the decisions about any of these mentions, and what undoes them."""
    held = set(names)
    about = {d.number for d in decisions if not held.isdisjoint((*d.mentions, *d.others))}
    return tuple(d for d in decisions if d.number in about or d.undoes in about)
