"""Random histories of parties: nobody sees what was not released, and in the end all agree.

A tenth of them runs here, always the same; `python bench/exchange_histories.py` runs all.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from history_faults import FAULTS
from history_oracle import DISTRICTS, Rule
from history_world import NAMES, BrokenError, FaultyLine, Member, World
from seamwatch.errors import SeamwatchError
from seamwatch.model.exchange import Page
from seamwatch.pipeline.centre.record_picture import RecordPicture
from seamwatch.pipeline.centre.syncing import sync
from seamwatch.vocabulary.coordination import OrderKind, PartyRole

PLACES = tuple(DISTRICTS)
LABELS = ("TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED", "TLP:RED")
# A file system in memory, where there is one: a history opens some five databases.
SCRATCH = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else None

pick = st.integers(0, 9)
rules = st.builds(
    Rule,
    to=st.sampled_from([("*",), NAMES[:1], NAMES[1:3], NAMES[:3], ("*",), NAMES[2:]]),
    tlp=st.sampled_from(LABELS),
    types=st.sampled_from([(), (), ("Armed clash",), ("Attack", "Armed clash")]),
    after_hours=st.sampled_from([0, 0, 6, 24]),
    approval=st.sampled_from([False, False, False, True]),
    place=st.sampled_from(["exact", "district", "province", "withheld"]),
    day=st.sampled_from(["exact", "exact", "week", "month", "withheld"]),
    killed=st.sampled_from(["exact", "exact", "withheld"]),
    sources=st.sampled_from(["exact", "withheld"]),
).filter(lambda rule: rule.tlp != "TLP:RED" or "*" not in rule.to)  # such a rule is refused


# What happens in a history, each as often as it stands here.
HAPPENS = (
    *["exchange"] * 8,
    *["order"] * 6,
    *["report"] * 3,
    *["more"] * 2,
    *["rules"] * 2,
    *["wait"] * 2,
    *["crash"] * 2,
    *["restore"] * 2,
    *["part"] * 2,
    *["file"] * 4,
    "forget",
    "backup",
    "cut",
    "mend",
)


class Histories(RuleBasedStateMachine):
    """One history. `done` counts them."""

    done = 0

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=SCRATCH))
        self.world: World | None = None
        self.made = 0

    @initialize(
        count=st.integers(2, 5),
        relay=st.booleans(),
        skews=st.lists(st.integers(-90, 90), min_size=6, max_size=6),
        seed=st.integers(0, 10**6),
        pictured=st.sampled_from([False, False, True]),
        first=st.lists(rules, min_size=1, max_size=3),
        offline=st.sampled_from([0, 0, 0, 0, 1, 2, 3]),
    )
    def begin(
        self,
        count: int,
        relay: bool,
        skews: list[int],
        seed: int,
        pictured: bool,
        first: list[Rule],
        offline: int,
    ) -> None:
        picture = RecordPicture if pictured else None
        names = NAMES[:count]
        world = World(
            self.folder,
            names,
            relay=relay,
            skews=skews,
            seed=seed,
            picture=picture,
            offline=names[:offline],
        )
        self.world = world
        for member in world.of_role():
            world.rule(member, tuple(first))
            self.report(world, member, 0, 0, 1)

    @rule(
        what=st.sampled_from(HAPPENS),
        who=pick,
        which=pick,
        other=pick,
        some=st.lists(rules, min_size=1, max_size=2),
        kind=st.sampled_from(list(OrderKind)),
        name=st.sampled_from(["place", "date", "killed", "sources"]),
        label=st.sampled_from(LABELS),
        number=st.integers(1, 60),
    )
    def something_happens(
        self,
        what: str,
        who: int,
        which: int,
        other: int,
        some: list[Rule],
        kind: OrderKind,
        name: str,
        label: str,
        number: int,
    ) -> None:
        world = self.world
        assert world is not None
        members, everyone = world.of_role(), list(world.members.values())
        member, node = members[who % len(members)], everyone[who % len(everyone)]
        second = everyone[other % len(everyone)]
        match what:
            case "report":
                self.report(world, member, other, which, number)
            case "more" | "forget":
                key = self.known(member, which, more=what == "more")
                if key is not None:
                    self.note(what, member.id, key)
                    world.report(member, key, "", 0, 1) if what == "more" else world.lose(member, key)
            case "rules":
                self.note("rules", member.id, some)
                world.rule(member, tuple(some))
            case "order":
                self.order(world, member, kind, (which, other), label if kind is OrderKind.LABEL else name)
            case "exchange":
                for at in (who, other, which):
                    one = everyone[at % len(everyone)]
                    self.note("exchange", one.id)
                    for result in world.exchange(one):
                        self.note("  ", result)
                    if one.id in world.offline:
                        # Who has no line goes with a stick instead.
                        mate = everyone[(at + 1) % len(everyone)]
                        self.carry(world, one, mate, 1)
                        self.carry(world, mate, one, 1)
                world.check_seen()
            case "file":
                self.carry(world, node, second, which)
            case "crash":
                self.note("crash", node.id, number)
                files = [path for to, path in world.files if to == node.id]
                if files and number % 2:
                    world.crash_during(node, number, lambda: world.read_file(node, files[-1]))
                else:
                    world.crash_during(node, number, lambda: world.exchange(node))
            case "wait":
                world.now += timedelta(hours=1 + number // 2)
            case "backup":
                self.note("backup", node.id)
                world.back_up(node)
            case "restore":
                found = [m for m in everyone if m.backup]
                if found:
                    self.note("restore", found[who % len(found)].id)
                    world.restore(found[who % len(found)])
            case "cut" | "mend":
                self.note(what, node.id, second.id)
                for pair in ((node.id, second.id), (second.id, node.id)):
                    (world.cut.add if what == "cut" else world.cut.discard)(pair)
            case "part":
                self.part(world, member, members[other % len(members)], number)

    def note(self, *words: object) -> None:
        assert self.world is not None
        self.world.steps.append(f"{self.world.now:%d %H:%M} " + " ".join(map(str, words)))

    def carry(self, world: World, member: Member, other: Member, number: int) -> None:
        """Let one party write a file for another; one that lies about is read, perhaps again."""
        if member is not other:
            self.note("file", member.id, other.id)
            world.write_file(member, other)
        if world.files and number % 3:
            # Mostly the newest, else any: files come late, twice, or never.
            to, path = world.files[-1 if number % 2 else number % len(world.files)]
            by_relay = [m for m in world.of_role(PartyRole.RELAY) if number == 8]
            reader = by_relay[0] if by_relay else world.members[to]
            self.note("  read", reader.id, path.name, world.read_file(reader, path))
        world.check_seen()

    def report(self, world: World, member: Member, place: int, kind: int, killed: int) -> None:
        self.made += 1
        key = f"{member.id}{self.made}x"
        self.note("report", key)
        world.report(member, key, PLACES[place % len(PLACES)], kind % 3, 1 + killed % 4)

    def known(self, member: Member, number: int, more: bool = False) -> str | None:
        keys = [k for k, fact in member.knowledge.facts.items() if not fact.gone]
        # With the toll of many days later linking would begin another incident.
        keys = [k for k in keys if not more or len(member.knowledge.facts[k].told) < 3]
        return keys[number % len(keys)] if keys else None

    def order(
        self, world: World, member: Member, kind: OrderKind, numbers: tuple[int, int], word: str
    ) -> None:
        key = self.known(member, numbers[0])
        others = [m.id for m in world.of_role() if m is not member]
        everyone = kind is OrderKind.LABEL or numbers[1] % 3 == 0
        to = None if everyone else others[numbers[1] % len(others)]
        if key is None:
            return
        self.note("order", member.id, key, kind, to, word)
        try:
            world.order(member, key, kind, to, word)
        except SeamwatchError as wrong:
            self.note("  ", wrong)

    def part(self, world: World, member: Member, other: Member, number: int) -> None:
        """Let one party leave, where there are enough, or two suspend or take back another."""
        if number < 6 and len(world.of_role()) > 2:
            self.note("leave", member.id)
            world.say(member, "leave", member)
            return
        what = "suspend" if number % 2 else "resume"
        for one in world.of_role()[: 2 + number % 3]:
            if one is not other:
                self.note(what, one.id, other.id)
                world.say(one, what, other)

    def teardown(self) -> None:
        if self.world is not None:
            try:
                self.world.settle()
                type(self).done += 1
            finally:
                self.world.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class BrokenLine(FaultyLine):
    """A line that carries one page and then breaks."""

    def page(self, sender: str, receiver: str, *, epoch: int, after: int, limit: int) -> Page:
        """Return the first page that is asked for."""
        if after:
            raise SeamwatchError("the line broke", code="unreachable")
        return super().page(sender, receiver, epoch=epoch, after=after, limit=limit)


def test_what_came_back_before_the_line_broke_is_weighed_at_once(tmp_path: Path) -> None:
    """A restored party that lost an incident's articles withdraws its record, however little came back."""
    world = World(tmp_path, NAMES[:2], relay=True, skews=[0] * 6, seed=1, picture=None, offline=())
    world.faulty, world.page_items = False, 1
    member = world.members[NAMES[1]]
    world.rule(member, (Rule(to=("*",)),))
    for key in ("first", "second"):
        world.report(member, key, PLACES[0], 0, 1)
    world.back_up(member)
    world.exchange(member)
    world.restore(member)
    world.lose(member, "first")
    world.lose(member, "second")
    (result,) = sync(member.node, lambda party: BrokenLine(world, member, world.members[party.id]))
    assert result.error == "the line broke"
    assert member.node.store.sent_records(), "the first page came back"
    world.check_sent(member)
    world.settle()
    world.close()


def run_histories(count: int, **options: Any) -> int:
    """Run so many random histories; return how many were run. AssertionError tells the steps of a bad one."""
    Histories.done = 0
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Histories,
        settings=settings(
            max_examples=count,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
            database=None,
            print_blob=False,
            **options,
        ),
    )
    return Histories.done


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_breach_is_caught(name: str) -> None:
    """Where the program breaks one of its rules, the histories show it: mostly within forty."""
    with FAULTS[name](), pytest.raises(BrokenError):
        # Which ones are tried also depends on what other modules are loaded: enough for the rarest breach.
        run_histories(600, derandomize=True)


def test_a_tenth_of_the_histories() -> None:
    """In 200 seeded histories nobody sees what was not released, withdrawals are receipted, logs verify."""
    assert run_histories(200, derandomize=True) >= 200
