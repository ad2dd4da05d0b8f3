"""The review queue: what people should decide, in order of what it would change.

An uncertain pair is one whose odds lie within what the store calls unsure (about 0.2 to 0.8). Pairs are
grouped by the two incidents that they connect, or by the two parts of one incident of which the rules are
sure: whoever decides one pair decides the group. The weight of a group is

    (1 + 0.5 * killed + 0.2 * others + 0.1 * moved) * 4 * p * (1 - p)

- 1: there would be one incident less, or more.
- killed, others (hurt, missing, abducted): people who are counted twice now and would be counted once, or
  the other way round: of each toll the smaller of the two.
- moved: mentions that would change their incident, those of the smaller of two incidents, or one.
- p is the probability of the least sure pair; 4 * p * (1 - p) is 1 where it is 0.5, and 0.64 at 0.2 or 0.8.

Decisions of people that contradict one another come first: the record can't follow both.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

from seamwatch.model.codec import TOLLS
from seamwatch.model.decision import Decision, standing
from seamwatch.model.incident import Incident, Mention, Toll
from seamwatch.model.review import ReviewItem
from seamwatch.pipeline.review_memory import ItemKey, ReviewMemory, key_of
from seamwatch.pipeline.review_seen import Seen
from seamwatch.pipeline.visibility import FULL
from seamwatch.vocabulary.codes import Verdict
from seamwatch.vocabulary.coordination import Tlp

if TYPE_CHECKING:
    from seamwatch.link.decisions import Contradiction
    from seamwatch.model.link import Link
    from seamwatch.store.base import Store

# Pairs looked at, the least sure first: each needs its incidents read.
MOST_PAIRS = 2_000
KILLED, OTHERS, MOVED = 0.5, 0.2, 0.1
SURE = 1400  # log-odds in thousandths above which the rules are sure that two are one

_Question = frozenset[str]
Find = Callable[[str], Incident]


def review_queue(
    store: Store, *, most: int = MOST_PAIRS, memory: ReviewMemory | None = None, clearance: Tlp = FULL
) -> tuple[ReviewItem, ...]:
    """Return what is to review: contradictions first, then by weight. Items come without their reasons.

    With a memory, of the same database, only what has changed since the last queue is read anew. Below the
    full clearance tellings, decisions and incidents count as far as it may see them; memory is for the full.
    """
    from seamwatch.link.decisions import contradictions_of

    if clearance is not FULL:
        view, memory = Seen(store, clearance), None
        stand = standing(view.decisions())
        links = tuple(islice(view.links(), most))
        find: Find = view.incident
    else:
        stand, links, find = standing(store.decisions()), tuple(store.unsure_links(most)), store.incident
    known = {} if memory is None else memory.current(store)
    mark = store.map_mark()
    found = contradicting(store, contradictions_of(stand), find)
    items = _uncertain(store, links, stand, known, find)
    if memory is not None:
        memory.keep(mark, items)
    weighed = sorted(
        items.values(), key=lambda item: (-item.weight, item.left.mention.id, item.right.mention.id)
    )
    return (*found, *weighed)


def refreshed(store: Store, item: ReviewItem) -> ReviewItem | None:
    """Return an item as it is by now, with the reasons of its pair; None where it is settled or gone."""
    from seamwatch.link.decisions import contradictions_of
    from seamwatch.pipeline.decide import connected_decisions

    pair = (item.left.mention.id, item.right.mention.id)
    incidents = [store.incident(i) for i in set(store.incidents_of(pair).values())]
    around = {m.mention.id for i in incidents for m in i.mentions}.union(pair)
    stand = standing(connected_decisions(store, around))
    if item.against:
        left = [c for c in contradictions_of(stand) if c.decisions == item.against]
        fresh: Sequence[ReviewItem] = contradicting(store, left)
    else:
        links = [link for link in store.links_of(pair) if {link.left, link.right} == set(pair)]
        fresh = tuple(_uncertain(store, links, stand, {}, store.incident).values())
    return with_reasons(store, replace(fresh[0], pairs=item.pairs)) if fresh else None


def with_reasons(store: Store, item: ReviewItem) -> ReviewItem:
    """Return the item with what speaks for and against its two tellings being one."""
    from seamwatch.pipeline.linking import judge

    judgement = judge(store, item.left.mention.id, item.right.mention.id)
    return replace(item, reasons=judgement.reasons)


def contradicting(store: Store, found: Iterable[Contradiction], find: Find | None = None) -> list[ReviewItem]:
    """Return an item for each contradiction whose two mentions are still told."""
    items = []
    for one in found:
        told = store.mentions([one.left, one.right])
        owners = store.incidents_of(told)
        if len(owners) == 2:
            items.append(
                ReviewItem(
                    left=told[one.left],
                    right=told[one.right],
                    incidents=tuple(map(find or store.incident, dict.fromkeys(owners[n] for n in told))),
                    weight=math.inf,
                    against=one.decisions,
                    conflict=one.text,
                )
            )
    return items


def _uncertain(
    store: Store,
    links: Sequence[Link],
    stand: Sequence[Decision],
    known: Mapping[ItemKey, ReviewItem],
    find: Find,
) -> dict[ItemKey, ReviewItem]:
    """Return one item for each question that unsure pairs ask and nobody has answered."""
    from seamwatch.link.decisions import bound_together, holding

    held = {pair: verdict for pair, (verdict, _) in holding(stand).items()}
    bound = bound_together(stand)
    names = {name for link in links for name in (link.left, link.right)}
    owners = store.incidents_of(names.union(*held))
    question = _Questions(store, owners, [(link.left, link.right) for link in links])
    # A pair that people hold for one answers only what is asked inside of its incident.
    settled = {
        question.of(*pair)
        for pair, verdict in held.items()
        if owners.keys() >= set(pair) and (verdict is not Verdict.SAME or owners[pair[0]] == owners[pair[1]])
    }
    groups: dict[_Question, list[Link]] = {}
    for link in links:
        pair = (link.left, link.right)
        if pair in held or not owners.keys() >= set(pair):
            continue
        together = link.left in bound and bound[link.left] == bound.get(link.right)
        asked = question.of(*pair)
        if not together and asked not in settled:
            groups.setdefault(asked, []).append(link)
    keys = [key_of(group, owners) for group in groups.values()]
    return {key: known.get(key) or _item(store, key[0], owners, find) for key in keys}


class _Questions:
    """What a pair asks: whether two incidents are one, or whether one incident is two.

    Inside one incident the tellings that the rules are sure of go together: whether each of them is one with
    another telling is one question, not many.
    """

    def __init__(self, store: Store, owners: Mapping[str, str], pairs: Iterable[tuple[str, str]]) -> None:
        self._owners = owners
        inside = {owners[a] for a, b in pairs if a in owners and owners[a] == owners.get(b)}
        self._part = {m.mention.id: m.mention.id for i in inside for m in store.incident(i).mentions}
        for left, right, odds in store.links_of(tuple(self._part)):
            if odds > SURE and left in self._part and right in self._part:
                one, other = self._top(left), self._top(right)
                self._part[max(one, other)] = min(one, other)

    def _top(self, name: str) -> str:
        while self._part[name] != name:
            name = self._part[name]
        return name

    def of(self, left: str, right: str) -> _Question:
        """Return the question of two mentions: the incidents or the parts of one that it is about."""
        one, other = self._owners[left], self._owners[right]
        if one != other or left not in self._part:
            return frozenset((one, other))
        return frozenset((one, self._top(left), self._top(right)))


def _item(store: Store, group: Sequence[Link], owners: Mapping[str, str], find: Find) -> ReviewItem:
    inside = owners[group[0].left] == owners[group[0].right]
    # Between two incidents the likest pair, inside one the unlikest: what speaks most for the other way.
    shown = min(group, key=lambda link: (link.odds if inside else -link.odds, link.left, link.right))
    # The earlier telling stands on the left.
    told = store.mentions([shown.left, shown.right]).values()
    left, right = sorted(told, key=lambda m: (m.article.published or date.max, m.mention.id))
    incidents = tuple(find(i) for i in dict.fromkeys((owners[left.mention.id], owners[right.mention.id])))
    parts: tuple[Incident | Mention, ...] = (left.mention, right.mention) if inside else incidents
    twice = {name: min(_number(getattr(part, name)) for part in parts) for name in TOLLS}
    killed = twice.pop("killed")
    others = sum(twice.values())
    moved = 1 if inside else min(len(incident.mentions) for incident in incidents)
    change = 1 + KILLED * killed + OTHERS * others + MOVED * moved
    return ReviewItem(
        left=left,
        right=right,
        incidents=incidents,
        pairs=len(group),
        probability=_probability(shown.odds),
        killed=killed,
        others=others,
        moved=moved,
        weight=change * max(_uncertainty(link.odds) for link in group),
    )


def _number(toll: Toll | None) -> int:
    if toll is None:
        return 0
    return next((n for n in (toll.best, toll.low, toll.high) if n is not None), 0)


def _probability(odds: int) -> float:
    return 1 / (1 + math.exp(-odds / 1000))


def _uncertainty(odds: int) -> float:
    p = _probability(odds)
    return 4 * p * (1 - p)
