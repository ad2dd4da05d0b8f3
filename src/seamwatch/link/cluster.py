"""Links and people's judgements to clusters: best pairs first, and no chaining.

All log-odds are in thousandths, so that sums are exact and do not depend on their order.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from seamwatch.link.compare import Profile
from seamwatch.link.consensus import consensus_of
from seamwatch.link.frame import Frame, Names
from seamwatch.link.likelihood import Facets, facets_of
from seamwatch.link.odds import PairOdds
from seamwatch.link.rules import LinkRules
from seamwatch.model.incident import Judgement
from seamwatch.model.link import Conflict, Link
from seamwatch.vocabulary.codes import Verdict

KEEP = -2200  # a pair at or below this is not kept: it counts as FLOOR
FLOOR = -4000
MERGE = 0  # two clusters become one when their score is above this
GROUPS = 1000  # ... or above this, where both have several tellings: what stands by itself needs more
# A telling that could be one with many says less for each of them: so much more is asked for, by the
# logarithm of how many times more links it has than this.
CROWD, CROWDED = 1000, 4
# What connects two mentions at all: a link above MERGE, and where many others are near both, one that is the
# surer the more there are. Else all that happens in a city would hang together through the years.
BIND_FROM, BIND_STEP, BIND_MOST = 3, 4000, 5500
TOGETHER = (
    7  # tenths that what two clusters say as a whole has in their score; the mean of pairs has the rest
)
_EARLIEST = datetime.min.replace(tzinfo=UTC)

Pair = tuple[str, str]


@dataclass(slots=True)
class _Tie:
    """What is known between two clusters: sum and number of the linked pairs of their nodes, the score."""

    total: int
    pairs: int
    score: int
    barred: bool


def worth_keeping(odds: int) -> bool:
    """Return whether a link says more than the lack of one does."""
    return odds > KEEP


def near_of(links: Iterable[Link]) -> dict[str, int]:
    """Return for each mention how many others a link above MERGE leads to."""
    near: dict[str, int] = {}
    for left, right, odds in links:
        if odds > MERGE:
            near[left] = near.get(left, 0) + 1
            near[right] = near.get(right, 0) + 1
    return near


def needed(near: int) -> int:
    """Return the log-odds above which a link binds two mentions that have so many others near them.

    >>> needed(3), needed(10), needed(100)
    (0, 4816, 5500)
    """
    return MERGE if near <= BIND_FROM else min(BIND_MOST, round(BIND_STEP * math.log(near / BIND_FROM)))


def binds(link: Link, near: Mapping[str, int] | None = None) -> bool:
    """Return whether a link can draw two mentions into one cluster, given how many others each has near."""
    if near is None or link.odds <= MERGE:
        return link.odds > MERGE
    return link.odds > needed(min(near.get(link.left, 0), near.get(link.right, 0)))


def _rank(judgement: Judgement) -> tuple[datetime, str, str]:
    at = judgement.at or _EARLIEST
    return (at if at.tzinfo else at.replace(tzinfo=UTC), judgement.verdict.value, judgement.by)


def effective(judgements: Iterable[Judgement]) -> dict[Pair, Judgement]:
    """Return the judgement that holds for each pair: a later one over an earlier."""
    held: dict[Pair, Judgement] = {}
    for judgement in judgements:
        pair = (judgement.left, judgement.right)
        if pair not in held or _rank(judgement) > _rank(held[pair]):
            held[pair] = judgement
    return held


class _Nodes:
    """Mentions that people bound together are one node; what people keep apart bars two nodes."""

    def __init__(self, ids: Sequence[str], judgements: Iterable[Judgement]) -> None:
        self.home = {name: name for name in ids}
        self.members = {name: [name] for name in ids}
        self.bars: dict[str, dict[str, Pair]] = {}
        self.unsure: set[Pair] = set()
        self.conflicts: list[Conflict] = []
        same = []
        for pair, judgement in sorted(effective(judgements).items()):
            if pair[0] not in self.home or pair[1] not in self.home or pair[0] == pair[1]:
                continue
            match judgement.verdict:
                case Verdict.DIFFERENT:
                    self._bar(*pair, pair)
                case Verdict.UNSURE:
                    self.unsure.add(pair)
                case Verdict.SAME:
                    same.append((_rank(judgement), pair))
        # Later judgements first: where not all can hold, the earlier one is the one that is set aside.
        same.sort(key=lambda item: item[1])
        same.sort(key=lambda item: item[0], reverse=True)
        for _, pair in same:
            self._bind(pair)

    def bind_rows(self, profiles: Mapping[str, Profile]) -> None:
        """Make one node of the rows of one event of a dataset, where no person keeps them apart."""
        held: dict[tuple[str, str], str] = {}
        for name in sorted(profiles):
            event = profiles[name].event
            if event is not None:
                first = held.setdefault(event, name)
                a, b = self.home[first], self.home[name]
                if b not in self.bars.get(a, ()):
                    self._bind((first, name))

    def _bar(self, a: str, b: str, pair: Pair) -> None:
        held = self.bars.setdefault(a, {}).get(b, pair)
        self.bars[a][b] = self.bars.setdefault(b, {})[a] = min(held, pair)

    def _bind(self, pair: Pair) -> None:
        a, b = self.home[pair[0]], self.home[pair[1]]
        if a == b:
            return
        barred = self.bars.get(a, {}).get(b)
        if barred:
            self.conflicts.append(Conflict(same=pair, different=barred))
            return
        keep, gone = min(a, b), max(a, b)
        for name in self.members[gone]:
            self.home[name] = keep
        self.members[keep] += self.members.pop(gone)
        for other, reason in self.bars.pop(gone, {}).items():
            del self.bars[other][gone]
            self._bar(keep, other, reason)


@dataclass(slots=True)
class _Cluster:
    """A cluster in the making: its nodes and mentions, what they say together, and its ties by name."""

    nodes: int
    members: list[str]
    says: Profile
    facets: Facets
    articles: set[str]
    ties: dict[str, _Tie]
    near: list[int]  # how many binding links each node has, sorted
    events: dict[str, set[str]]  # by dataset, which of its events are in it
    asks: int = 0

    def crowd(self) -> None:
        """Set how much more a merge must have where it is crowded around its nodes."""
        middle = self.near[len(self.near) // 2]
        self.asks = round(CROWD * math.log(max(1.0, middle / CROWDED)))

    def apart(self, other: _Cluster) -> bool:
        """Return whether a dataset has events in both, and not the same."""
        if not self.events or not other.events:
            return False
        return any(other.events.get(name, events) != events for name, events in self.events.items())


class _Growth:
    """Clusters that grow in rounds: in each, all pairs that are one another's best become one."""

    def __init__(
        self, nodes: _Nodes, links: Iterable[Link], profiles: Mapping[str, Profile], rules: LinkRules
    ) -> None:
        self._profiles = profiles
        self._rules = rules
        self._names = Names()
        self.held: dict[str, _Cluster] = {}
        for name, members in nodes.members.items():
            told = [profiles[m] for m in members]
            facets = facets_of(told, rules.likelihood)
            articles = {p.article for p in told}
            events: dict[str, set[str]] = {}
            for event in {p.event for p in told if p.event is not None}:
                events.setdefault(event[0], set()).add(event[1])
            self.held[name] = _Cluster(1, members, consensus_of(told), facets, articles, {}, [], events)
        best: dict[Pair, int] = {}
        for left, right, odds in links:
            a, b = nodes.home.get(left), nodes.home.get(right)
            if a is None or b is None or a == b:
                continue
            pair = (a, b) if a < b else (b, a)
            # Where a person is not sure, the rules can't be.
            said = min(odds, 0) if (left, right) in nodes.unsure else odds
            # A node is as near as its nearest mention: a person says that they all tell the same.
            if said > best.get(pair, FLOOR):
                best[pair] = said
        for (a, b), odds in best.items():
            barred = b in nodes.bars.get(a, ())
            tie = _Tie(total=odds, pairs=1, score=odds, barred=barred)
            self.held[a].ties[b] = self.held[b].ties[a] = tie
        for a, bars in nodes.bars.items():
            for b in bars:
                if b not in self.held[a].ties:
                    tie = _Tie(total=0, pairs=0, score=FLOOR, barred=True)
                    self.held[a].ties[b] = self.held[b].ties[a] = tie

        for cluster in self.held.values():
            cluster.near = [sum(tie.total > MERGE for tie in cluster.ties.values())]
            cluster.crowd()

    def grow(self) -> None:
        """Merge the best pairs again and again, while one is above the threshold."""
        best: dict[str, str] = {}
        fresh: Iterable[str] = self.held
        while True:
            for name in fresh:
                other = self._best(name)
                if other is None:
                    best.pop(name, None)
                else:
                    best[name] = other
            pairs = [(a, b) for a, b in best.items() if a < b and best.get(b) == a]
            if not pairs:
                return
            for a, b in pairs:
                self._merge(a, b)
                del best[b]
            fresh = self._score([a for a, _ in pairs])

    def _best(self, name: str) -> str | None:
        found: tuple[int, str] | None = None
        mine = self.held[name]
        for other, tie in mine.ties.items():
            if tie.score <= MERGE or tie.barred:
                continue
            theirs = self.held[other]
            if mine.apart(theirs):
                continue
            score = tie.score - min(mine.asks, theirs.asks)
            score -= GROUPS if min(mine.nodes, theirs.nodes) > 1 else 0
            if score <= MERGE:
                continue
            # Of equals the first by both names: then somewhere two are one another's best.
            equal = found is not None and score == found[0]
            if (
                found is None
                or score > found[0]
                or (equal and sorted((name, other)) < sorted((name, found[1])))
            ):
                found = (score, other)
        return found[1] if found else None

    def _merge(self, keep: str, gone: str) -> None:
        mine, other = self.held[keep], self.held.pop(gone)
        mine.nodes += other.nodes
        mine.members = mine.members + other.members
        mine.articles |= other.articles
        for dataset, events in other.events.items():
            mine.events[dataset] = mine.events.get(dataset, set()) | events
        mine.near = sorted(mine.near + other.near)
        mine.crowd()
        mine.facets = mine.facets.joined(other.facets)
        del mine.ties[gone]
        for name, tie in other.ties.items():
            if name == keep:
                continue
            theirs = self.held[name].ties
            del theirs[gone]
            known = mine.ties.get(name)
            if known is None:
                mine.ties[name] = theirs[keep] = tie
            else:
                known.total += tie.total
                known.pairs += tie.pairs
                known.barred |= tie.barred

    def _score(self, changed: Sequence[str]) -> set[str]:
        """Compare anew what has grown with its neighbours; return whose best may be another one now."""
        grown = set(changed)
        for name in changed:
            cluster = self.held[name]
            cluster.says = consensus_of([self._profiles[m] for m in cluster.members])
        numbers: dict[str, int] = {}
        pairs: list[tuple[str, str, _Tie]] = []
        for name in changed:
            for other, tie in self.held[name].ties.items():
                if not tie.barred and not (other in grown and other < name):
                    pairs.append((name, other, tie))
                    numbers.setdefault(name, len(numbers))
                    numbers.setdefault(other, len(numbers))
        if not pairs:
            return grown
        frame = Frame([self.held[name].says for name in numbers], self._names)
        i = np.array([numbers[a] for a, _, _ in pairs], np.int64)
        j = np.array([numbers[b] for _, b, _ in pairs], np.int64)
        told_twice = self._rules.odds["prior.one_article"] - self._rules.odds["prior.articles"]
        rest = PairOdds(frame, self._rules).without_facets(i, j).tolist()
        for (a, b, tie), odds in zip(pairs, rest, strict=True):
            one, two = self.held[a], self.held[b]
            together = odds + round(1000 * math.fsum(one.facets.together(two.facets)))
            together += told_twice if not one.articles.isdisjoint(two.articles) else 0
            count = one.nodes * two.nodes
            mean = (tie.total + FLOOR * (count - tie.pairs)) // count
            tie.score = (TOGETHER * together + (10 - TOGETHER) * mean) // 10
        return grown.union(numbers)


def conflicts(ids: Iterable[str], judgements: Iterable[Judgement]) -> tuple[Conflict, ...]:
    """Return the judgements of people that contradict one another: a=b, b=c, but a is not c."""
    return tuple(_Nodes(sorted(set(ids)), judgements).conflicts)


def cluster(
    profiles: Mapping[str, Profile],
    links: Iterable[Link],
    rules: LinkRules,
    judgements: Iterable[Judgement] = (),
) -> tuple[tuple[str, ...], ...]:
    """Return the mentions in clusters, each sorted, in order of their first id; input order does not matter.

    Two clusters become one where what each says as a whole, and the mean over all pairs of their mentions,
    speak for it: so two attacks do not become one through a report that resembles both. Events that a
    dataset tells apart stay apart, the rows of one are one. A person's judgement always wins.

    >>> from seamwatch.link.rules import load_link_rules
    >>> from seamwatch.link.compare import Profile, Where
    >>> from seamwatch.vocabulary.acled import SubEventType
    >>> def tell(name: str) -> Profile:
    ...     return Profile(id=name, article=name, told=None, start=None, end=None,
    ...         day_precision=0,
    ...         where=Where(), type=SubEventType.GRENADE, killed=None, injured=None, abducted=None,
    ...         losses=None, best=(None, None), actors=(), sides=frozenset(), things=frozenset(),
    ...         weapons=frozenset(),
    ...         rare=frozenset())
    >>> cluster({n: tell(n) for n in "cba"}, [Link("a", "b", 3500)], load_link_rules())
    (('a', 'b'), ('c',))
    """
    if len(profiles) == 1:
        return (tuple(profiles),)
    nodes = _Nodes(sorted(profiles), judgements)
    nodes.bind_rows(profiles)
    growth = _Growth(nodes, links, profiles, rules)
    growth.grow()
    return tuple(sorted(tuple(sorted(held.members)) for held in growth.held.values()))


def components(
    ids: Iterable[str],
    links: Iterable[Link],
    judgements: Iterable[Judgement] = (),
    near: Mapping[str, int] | None = None,
) -> tuple[tuple[str, ...], ...]:
    """Return the ids in groups that binding links and judgements connect; clusters never cross them.

    `near` is what `near_of` says of all links there are; without it, of those given.
    """
    links = list(links)
    near = near_of(links) if near is None else near
    home = {name: name for name in ids}

    def top(name: str) -> str:
        while home[name] != name:
            home[name] = home[home[name]]
            name = home[name]
        return name

    same = [(j.left, j.right) for j in judgements if j.verdict is Verdict.SAME]
    for left, right in [*((link.left, link.right) for link in links if binds(link, near)), *same]:
        if left in home and right in home:
            a, b = top(left), top(right)
            home[max(a, b)] = min(a, b)
    groups: dict[str, list[str]] = {}
    for name in sorted(home):
        groups.setdefault(top(name), []).append(name)
    return tuple(tuple(group) for group in groups.values())
