"""Judgements to clusters: best pairs first, average link, and no chaining."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from seamwatch.model.incident import Judgement
from seamwatch.vocabulary.codes import Verdict

# Log-odds in thousandths, so that sums are exact and do not depend on their order.
FLOOR, CEILING = -5000, 6000  # a pair that was never compared counts as FLOOR
MERGE = 0  # two clusters become one when the mean of their pairs is above this
OUTWEIGHS = 1200  # ... or above this, where rules hold a pair of them for different
RULES = "rules"
_EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Human judgements that can't all hold: `same` pairs bind together what `different` keeps apart."""

    same: tuple[str, str]
    different: tuple[str, str]


@dataclass(slots=True)
class _Link:
    """What is known between two clusters: sum and number of compared pairs, pairs held for different."""

    total: int = 0
    pairs: int = 0
    vetoes: int = 0
    barred: tuple[str, str] | None = None


def log_odds(score: float) -> int:
    """Return a probability as log-odds in thousandths, within FLOOR..CEILING."""
    if score <= 0.0 or score >= 1.0:
        return FLOOR if score <= 0.0 else CEILING
    return max(FLOOR, min(CEILING, round(1000 * math.log(score / (1 - score)))))


def binds(judgement: Judgement) -> bool:
    """Return whether a judgement can draw two mentions into one cluster."""
    return judgement.verdict is Verdict.SAME if judgement.by != RULES else log_odds(judgement.score) > MERGE


def worth_keeping(judgement: Judgement) -> bool:
    """Return whether a judgement says more than the lack of one does."""
    return judgement.by != RULES or log_odds(judgement.score) > FLOOR


def _rank(judgement: Judgement) -> tuple[bool, datetime, str, str]:
    at = judgement.at or _EARLIEST
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return (judgement.by != RULES, at, judgement.verdict.value, judgement.by)


def effective(judgements: Iterable[Judgement]) -> dict[tuple[str, str], Judgement]:
    """Return the judgement that holds for each pair: a human's over the rules', a later over an earlier."""
    held: dict[tuple[str, str], Judgement] = {}
    for judgement in judgements:
        pair = (judgement.left, judgement.right)
        if pair not in held or _rank(judgement) > _rank(held[pair]):
            held[pair] = judgement
    return held


class _Clusters:
    """Clusters in the making: members by the smallest id, and the links between clusters."""

    def __init__(self, ids: Iterable[str]) -> None:
        self.members: dict[str, list[str]] = {name: [name] for name in ids}
        self.home: dict[str, str] = {name: name for name in self.members}
        self.links: dict[str, dict[str, _Link]] = {name: {} for name in self.members}

    def link(self, a: str, b: str) -> _Link:
        """Return the link between two clusters, made where there is none."""
        found = self.links[a].get(b)
        if found is None:
            found = self.links[a][b] = self.links[b][a] = _Link()
        return found

    def mean(self, a: str, b: str) -> int | None:
        """Return the mean log-odds of two clusters; None where they must stay apart."""
        link = self.links[a].get(b)
        if link is None or link.barred:
            return None
        pairs = len(self.members[a]) * len(self.members[b])
        mean = (link.total + FLOOR * (pairs - link.pairs)) // pairs
        if mean <= MERGE or (link.vetoes and mean <= OUTWEIGHS):
            return None
        return mean

    def merge(self, a: str, b: str) -> str:
        """Make two clusters one, and return its id."""
        keep, gone = min(a, b), max(a, b)
        for name in self.members[gone]:
            self.home[name] = keep
        self.members[keep] += self.members.pop(gone)
        for other, link in self.links.pop(gone).items():
            del self.links[other][gone]
            if other == keep:
                continue
            target = self.link(keep, other)
            target.total += link.total
            target.pairs += link.pairs
            target.vetoes += link.vetoes
            barred = [pair for pair in (target.barred, link.barred) if pair]
            target.barred = min(barred) if barred else None
        return keep


def _start(
    ids: Iterable[str], judgements: Iterable[Judgement]
) -> tuple[_Clusters, list[str], tuple[Conflict, ...]]:
    """Return the clusters that humans bind together, their ids, and where humans contradict one another."""
    clusters = _Clusters(sorted(set(ids)))
    held = effective(judgements)
    bound: list[tuple[tuple[bool, datetime, str, str], tuple[str, str]]] = []
    for pair, judgement in sorted(held.items()):
        if pair[0] not in clusters.home or pair[1] not in clusters.home or pair[0] == pair[1]:
            continue
        link = clusters.link(*pair)
        link.pairs = 1
        if judgement.by == RULES:
            link.total = log_odds(judgement.score)
            link.vetoes = int(judgement.verdict is Verdict.DIFFERENT)
        elif judgement.verdict is Verdict.DIFFERENT:
            link.total, link.barred = FLOOR, pair
        elif judgement.verdict is Verdict.SAME:
            link.total = CEILING
            bound.append((_rank(judgement), pair))
    conflicts = []
    bound.sort(key=lambda item: item[1])
    bound.sort(key=lambda item: item[0], reverse=True)
    for _, pair in bound:
        a, b = clusters.home[pair[0]], clusters.home[pair[1]]
        if a == b:
            continue
        barred = clusters.link(a, b).barred
        if barred:
            conflicts.append(Conflict(same=pair, different=barred))
        else:
            clusters.merge(a, b)
    return clusters, sorted(clusters.members), tuple(conflicts)


def conflicts(ids: Iterable[str], judgements: Iterable[Judgement]) -> tuple[Conflict, ...]:
    """Return the human judgements that contradict one another: a=b, b=c, but a is not c."""
    return _start(ids, judgements)[2]


def cluster(ids: Iterable[str], judgements: Iterable[Judgement]) -> tuple[tuple[str, ...], ...]:
    """Return the ids in clusters, each sorted, in order of their first id; input order does not matter.

    Best pairs first; a cluster grows only while the mean over all its pairs speaks for it, so that two
    attacks do not become one through a report that resembles both. A human judgement always wins.

    >>> from seamwatch.model.incident import Judgement
    >>> from seamwatch.vocabulary.codes import Verdict
    >>> same = Judgement(left="a", right="b", verdict=Verdict.SAME, score=0.97)
    >>> cluster(["c", "b", "a"], [same])
    (('a', 'b'), ('c',))
    """
    clusters, names, _ = _start(ids, judgements)
    heap: list[tuple[int, str, str, int, int]] = []

    def offer(a: str, b: str) -> None:
        mean = clusters.mean(a, b)
        if mean is not None:
            first, second = min(a, b), max(a, b)
            sizes = (len(clusters.members[first]), len(clusters.members[second]))
            heapq.heappush(heap, (-mean, first, second, *sizes))

    for name in names:
        for other in clusters.links[name]:
            if name < other:
                offer(name, other)
    while heap:
        _, a, b, size_a, size_b = heapq.heappop(heap)
        if len(clusters.members.get(a, ())) != size_a or len(clusters.members.get(b, ())) != size_b:
            continue  # one of them has grown since, and was offered again
        keep = clusters.merge(a, b)
        for other in list(clusters.links[keep]):
            offer(keep, other)
    return tuple(sorted(tuple(sorted(members)) for members in clusters.members.values()))


def components(ids: Iterable[str], judgements: Sequence[Judgement]) -> tuple[tuple[str, ...], ...]:
    """Return the ids in groups that binding judgements connect; clusters never cross them."""
    known = set(ids)
    near: dict[str, list[str]] = {name: [] for name in known}
    for judgement in effective(judgements).values():
        if binds(judgement) and judgement.left in known and judgement.right in known:
            near[judgement.left].append(judgement.right)
            near[judgement.right].append(judgement.left)
    groups, seen = [], set()
    for name in sorted(known):
        if name in seen:
            continue
        seen.add(name)
        group = [name]
        for member in group:
            fresh = [other for other in near[member] if other not in seen]
            seen.update(fresh)
            group += fresh
        groups.append(tuple(sorted(group)))
    return tuple(groups)
