"""Parties with a charter in force, whose entries go from node to node without a network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from charter_world import START, keys_of, party_of
from seamwatch.coordinate.charter_codec import party_json
from seamwatch.errors import SeamwatchError
from seamwatch.model.charter import Charter
from seamwatch.pipeline.centre import agreeing
from seamwatch.pipeline.centre.charters import known_notices, known_versions
from seamwatch.pipeline.centre.node import Node
from seamwatch.store import open_store


class Clock:
    """A clock that goes one second on with each look."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


@contextmanager
def parties(folder: Path, names: str, *, agreed: bool = True, **terms: str) -> Iterator[dict[str, Node]]:
    """Yield a node for each letter, with a charter that all have signed where `agreed`."""
    clock = Clock()
    with ExitStack() as open_stores:
        nodes = {}
        for name in names:
            store = open_stores.enter_context(open_store(str(folder / f"{name}.db")))
            store.put_own_party(party_json(party_of(name)))
            nodes[name] = Node(store, keys_of(name), clock=clock)
        if agreed:
            charter = Charter(name="x", version=1, previous="", parties=tuple(map(party_of, names)), **terms)
            agreeing.propose(nodes[names[0]], charter)
            for before, name in pairwise(names):
                hand_over(nodes[before], nodes[name])
                agreeing.sign(nodes[name])
            for name in names[:-1]:
                hand_over(nodes[names[-1]], nodes[name])
        yield nodes


def hand_over(giver: Node, taker: Node) -> int:
    """Return how many versions and notices were new to a node that got all of another's by hand."""
    return agreeing.adopt(taker, known_versions(giver.store), known_notices(giver.store))


def exchange(nodes: dict[str, Node], rounds: int = 3) -> None:
    """Let every node take what every other one has for it, again and again."""
    for _ in range(rounds):
        for sender in nodes.values():
            for receiver in nodes.values():
                if sender is not receiver:
                    fetch(sender, receiver)


def fetch(sender: Node, receiver: Node) -> None:
    """Let a node take what another one has for it; nothing where one does not serve the other."""
    head = receiver.store.feed_head(sender.me, receiver.me)
    try:
        page = sender.page(receiver.me, sender.me, receiver.me, epoch=head.epoch, after=head.number)
    except SeamwatchError:
        return
    if page.items:
        receiver.take(page.items, via=sender.me)
        receiver.carry_out()
