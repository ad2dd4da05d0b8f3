"""Parties with keys and databases of their own under one charter, and pages carried between them by hand."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from seamwatch.coordinate.keys import KeyRing
from seamwatch.model.charter import Charter, CharterState, SignedCharter
from seamwatch.model.exchange import Head, ReceivedRecord, Taken
from seamwatch.model.party import Party
from seamwatch.pipeline.centre.node import Node
from seamwatch.store.sqlite import SqliteStore
from seamwatch.vocabulary.coordination import PartyRole, PartyState

NAMES = ("north", "south", "east", "west", "delta")
RELAY = "centre"
START = datetime(2020, 4, 12, 9, 30, tzinfo=UTC)


def record_content(killed: int = 1, tlp: str = "TLP:AMBER") -> dict[str, Any]:
    """Return the content of a small record."""
    return {
        "tlp": tlp,
        "incident": {"event_type": "Battles", "sub_event_type": "Armed clash", "killed": {"best": killed}},
        "withheld": [],
        "coarse": {},
        "sources": None,
    }


class SeenPicture:
    """A picture that remembers which records are shown, by party and record."""

    def __init__(self) -> None:
        self.seen: dict[tuple[str, str], ReceivedRecord] = {}

    def expect(self, many: int) -> None:
        """Do nothing."""

    def settle(self) -> None:
        """Do nothing."""

    def show(self, records: Sequence[ReceivedRecord]) -> None:
        self.seen.update({(r.party, r.record): r for r in records})

    def withdraw(self, records: Sequence[ReceivedRecord]) -> None:
        for r in records:
            self.seen.pop((r.party, r.record), None)


@dataclass
class Parties:
    """Nodes by the id of their party; `states` may be changed, all nodes see it at once."""

    folder: Path
    charter: Charter
    rings: dict[str, KeyRing]
    nodes: dict[str, Node] = field(default_factory=dict)
    states: dict[str, PartyState] = field(default_factory=dict)
    moment: datetime = START
    pictures: dict[Path, dict[tuple[str, str], ReceivedRecord]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Node:
        return self.nodes[name]

    def state(self) -> CharterState:
        """Return the charter in force and each party's state."""
        return CharterState(signed=SignedCharter(charter=self.charter, digest="0" * 64), states=self.states)

    def clock(self) -> datetime:
        """Return the parties' moment, a second later at each call."""
        self.moment += timedelta(seconds=1)
        return self.moment

    def path(self, name: str) -> Path:
        """Return the path of a party's database."""
        return self.folder / f"{name}.db"

    def open(self, name: str) -> Node:
        """Open a party's node anew, as after a crash: what it showed is kept."""
        old = self.nodes.get(name)
        picture = SeenPicture() if old is None else old.picture
        if old is not None:
            old.store.close()
        store = SqliteStore(self.path(name), create=True)
        self.nodes[name] = Node(store, self.rings[name], clock=self.clock, picture=picture, state=self.state)
        return self.nodes[name]

    def back_up(self, name: str) -> Path:
        """Copy a party's database; return where to."""
        self.nodes[name].store.close()
        to = self.folder / f"{name}-{len(list(self.folder.iterdir()))}.backup"
        shutil.copy(self.path(name), to)
        node = self.open(name)
        if isinstance(node.picture, SeenPicture):
            self.pictures[to] = dict(node.picture.seen)
        return to

    def restore(self, name: str, backup: Path) -> Node:
        """Put a copy in the place of a party's database, and open it."""
        self.nodes[name].store.close()
        for extra in ("-wal", "-shm"):
            self.path(name).with_name(f"{self.path(name).name}{extra}").unlink(missing_ok=True)
        shutil.copy(backup, self.path(name))
        node = self.open(name)
        # What is shown stands in the database in truth.
        if isinstance(node.picture, SeenPicture):
            node.picture.seen = dict(self.pictures[backup])
        return node

    def shown(self, name: str) -> dict[tuple[str, str], int]:
        """Return what a party's picture shows: the figure of killed by party and record."""
        picture = self.nodes[name].picture
        assert isinstance(picture, SeenPicture)
        return {
            key: row.content["incident"]["killed"]["best"]
            for key, row in picture.seen.items()
            if row.content is not None
        }

    def close(self) -> None:
        """Close all databases."""
        for node in self.nodes.values():
            node.store.close()


@contextmanager
def parties(folder: Path, names: Sequence[str] = NAMES[:2], *, relay: bool = False) -> Iterator[Parties]:
    """Return nodes of these parties under one charter, with one more that is the relay where asked."""
    every = [*names, *([RELAY] if relay else [])]
    rings = {name: KeyRing(name, name.encode().ljust(32, b".")) for name in every}
    charter = Charter(
        name="Test",
        version=1,
        previous="",
        parties=tuple(
            Party(
                id=name,
                name=name.title(),
                sign_key=rings[name].sign_key,
                agree_key=rings[name].agree_key,
                role=PartyRole.RELAY if name == RELAY else PartyRole.MEMBER,
            )
            for name in every
        ),
    )
    made = Parties(folder=folder, charter=charter, rings=rings)
    made.states = dict.fromkeys(every, PartyState.ACTIVE)
    for name in every:
        made.open(name)
    try:
        yield made
    finally:
        made.close()


def pull(to: Node, source: Node, sender: str, *, limit: int = 500) -> Taken:
    """Fetch all that a node has of a sender's feed, page by page; return what became of the last."""
    taken = Taken()
    while True:
        head = to.store.feed_head(sender, to.me)
        page = source.page(to.me, sender, to.me, epoch=head.epoch, after=head.number, limit=limit)
        if not page.items:
            return taken
        taken = to.take(page.items, via=source.me)
        if taken.problem is not None:
            return taken


def push(source: Node, relay: Node, receiver: str) -> Taken:
    """Bring a relay all entries to a receiver that it lacks."""
    taken = Taken()
    while True:
        head = relay.store.feed_head(source.me, receiver)
        page = source.page(relay.me, source.me, receiver, epoch=head.epoch, after=head.number)
        if not page.items:
            return taken
        taken = relay.take(page.items, via=source.me)
        if taken.problem is not None:
            return taken


def recover(node: Node, source: Node) -> tuple[Head, ...]:
    """Let a node look whether another knows its feeds further than it does, and begin anew where it does."""
    found = node.restored_from(source.heads_for(node.me).held)
    for held in found:
        after = node.store.feed_head(node.me, held.receiver)
        goes_on = held.epoch == after.epoch and after.number < held.number
        at = (held.epoch, after.number if goes_on else 0)
        while True:
            page = source.page(node.me, node.me, held.receiver, epoch=at[0], after=at[1])
            if not page.items:
                break
            taken = node.adopt_tail(page.items)
            if taken.problem == "gap" and at[1]:
                at = (held.epoch, 0)
                continue
            if taken.problem is not None:
                break
            last = page.items[-1].entry
            at = (last.epoch, last.number)
        node.begin_epoch(held.receiver)
    return found


def settle(made: Parties, rounds: int = 4) -> None:
    """Let every active party recover, carry and fetch until nothing is left to say."""
    active = [n for n, s in made.states.items() if s is PartyState.ACTIVE]
    for _ in range(rounds):
        for name in active:
            for other in active:
                if name != other:
                    recover(made[name], made[other])
        for name in active:
            for other in active:
                if name != other:
                    pull(made[name], made[other], other)
            made[name].carry_out()


def say(node: Node, receiver: str, killed: int = 1, incident: str = "I1") -> str:
    """Release an incident to a party; return its record."""
    record = node.record_of(incident)
    node.release(receiver, record, incident, record_content(killed))
    return record
