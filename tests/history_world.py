"""Up to five parties with stores, clocks and an unreliable network between them, for random histories."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import combinations, permutations
from pathlib import Path
from typing import Any, TypeVar

from history_oracle import (
    DISTRICTS,
    Fact,
    Knowledge,
    Orders,
    Rule,
    Seen,
    allowed,
    grains_of,
    label_for,
    rule_for,
)
from seamwatch.coordinate.canonical import canonical
from seamwatch.coordinate.charter import sign_charter, unsigned
from seamwatch.coordinate.charter_codec import party_json
from seamwatch.coordinate.exchange_codec import (
    heads_json,
    page_json,
    read_heads,
    read_page,
    read_taken,
    taken_json,
)
from seamwatch.coordinate.keys import KeyRing
from seamwatch.coordinate.rule_codec import rules_yaml
from seamwatch.errors import PartedError, SeamwatchError
from seamwatch.model.charter import Charter, SignedCharter
from seamwatch.model.exchange import Heads, Item, Page, Taken
from seamwatch.model.incident import Extraction, Mention, Target, Toll, Weapon
from seamwatch.model.party import Party
from seamwatch.model.place import Place
from seamwatch.model.release import ReleaseOrder, ReleaseRule
from seamwatch.model.text import Article
from seamwatch.model.time import TimeRange
from seamwatch.pipeline.centre.agreeing import adopt, leave, resume, suspend
from seamwatch.pipeline.centre.audit_checking import verify_log
from seamwatch.pipeline.centre.auditing import export_log
from seamwatch.pipeline.centre.bundling import BundleTaken, export_bundle, import_bundle
from seamwatch.pipeline.centre.carrying import opened
from seamwatch.pipeline.centre.node import Node
from seamwatch.pipeline.centre.ordering import approve, give_order, put_rules
from seamwatch.pipeline.centre.own_work import release_due
from seamwatch.pipeline.centre.papers import papers_for, take_papers
from seamwatch.pipeline.centre.sending import BEFORE_RESTORE
from seamwatch.pipeline.centre.side_by_side import EndedError, Turns
from seamwatch.pipeline.centre.syncing import RARELY, SyncResult, sync
from seamwatch.pipeline.record import Recorder
from seamwatch.store.sqlite import SqliteStore
from seamwatch.vocabulary.acled import SubEventType
from seamwatch.vocabulary.codes import Modality, TargetKind
from seamwatch.vocabulary.coordination import EntryKind, Grain, OrderKind, PartyRole, PartyState, Tlp

T = TypeVar("T")
START = datetime(2024, 3, 4, 6, 0, tzinfo=UTC)
NAMES = ("north", "south", "east", "west", "delta")
RELAY = "centre"
TYPES = (SubEventType.ARMED_CLASH, SubEventType.REMOTE_EXPLOSIVE, SubEventType.ATTACK)
POINTS = {
    "Daquq": (35.14, 44.45),
    "Kifri": (34.69, 44.96),
    "Khanaqin": (34.35, 45.39),
    "Tooz": (34.89, 44.63),
    "Makhmur": (35.77, 43.58),
}


class Crash(BaseException):
    """The program was killed. No `except Exception` of its own sees it."""


@dataclass(slots=True)
class Member:
    """One party: its files, its clock, and what the oracle says that it knows."""

    id: str
    db: Path
    keys: KeyRing
    skew: timedelta
    role: PartyRole = PartyRole.MEMBER
    knowledge: Knowledge = field(default_factory=Knowledge)
    node: Node = None  # type: ignore[assignment]
    backup: tuple[Path, Knowledge] | None = None
    down: bool = False
    restored: int = 0


def article_of(fact: Fact, number: int, stored: datetime) -> tuple[Article, Extraction]:
    """Return a report of an incident: every telling has words of its own and the same place and day."""
    lat, lon = POINTS[fact.district]
    killed = fact.told[number][1]
    words = f"Report {number} of {fact.outlet}, case {fact.key}."
    # Enough in common that the tellings of one incident are linked, whatever the toll.
    # The target is named after the village: where the place is coarse it must not be told either.
    target, weapon = f"the {fact.village} convoy", "machine guns"
    text = (
        f"{words} {fact.type} on {target} with {weapon} at {fact.village} in {fact.district} on {fact.day}: "
        f"{killed} killed."
    )
    article = Article(
        id=f"{fact.key}-{number}",
        text=text,
        title=None,
        published=fact.day + timedelta(days=number),
        source=fact.outlet,
        retrieved=stored,
    )

    def quote(part: str) -> tuple[Any, ...]:
        start = text.index(part)
        return (article.evidence(start, start + len(part)),)

    kind = SubEventType(fact.type)
    mention = Mention(
        id=f"{fact.key}-{number}#1",
        event_type=kind.event_type,
        sub_event_type=kind,
        modality=Modality.REPORTED,
        date=TimeRange(start=fact.day, end=fact.day, precision=1, evidence=quote(str(fact.day))),
        place=Place(
            name=fact.village, admin1=DISTRICTS[fact.district], admin2=fact.district, country="IQ", lat=lat,
            lon=lon, precision=1, radius_km=2.0, evidence=quote(fact.village),
        ),
        killed=Toll(low=killed, best=killed, high=killed, evidence=quote(f"{killed} killed")),
        targets=(Target(name=target, kind=TargetKind.PHYSICAL, evidence=quote(target)),),
        weapons=(Weapon(name=weapon, evidence=quote(weapon)),),
        evidence=quote(f"{fact.type} on {target}"),
    )  # fmt: skip
    return article, Extraction(mentions=(mention,))


@lru_cache(maxsize=1)
def empty_database() -> bytes:
    """Return the bytes of a database without rows: making one takes longer than copying it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        SqliteStore(path, create=True).close()
        with sqlite3.connect(path) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
        return path.read_bytes()


def rule_of(number: int, rule: Rule) -> ReleaseRule:
    """Return a plain rule as the program's."""
    grains = {"place": rule.place, "date": rule.day, "killed": rule.killed, "sources": rule.sources}
    return ReleaseRule(
        id=f"rule-{number}",
        to=rule.to,
        tlp=Tlp(rule.tlp),
        types=rule.types,
        after_hours=rule.after_hours,
        approval=rule.approval,
        fields={name: Grain(grain) for name, grain in grains.items() if grain != "exact"},
    )


def seen_of(content: dict[str, Any]) -> Seen:
    """Return what a released content lets its receiver see."""
    told = content["incident"]
    place, day, killed, sources = told["place"], told["date"], told["killed"], content["sources"]
    return Seen(
        type=told["sub_event_type"],
        tlp=content["tlp"],
        place=place["name"] if place and place["precision"] == 1 else None,
        district=place["admin2"] if place else None,
        province=place["admin1"] if place else None,
        first=datetime.fromisoformat(day["start"]).date() if day else datetime.min.date(),
        last=datetime.fromisoformat(day["end"]).date() if day else datetime.max.date(),
        killed=killed["best"] if killed else None,
        outlet=sources[0]["name"] if sources else None,
    )


class BrokenError(AssertionError):
    """A party sees what it must not, or the parties do not agree in the end."""


class World:
    """The parties of one history, what may happen to them, and what must always hold."""

    def __init__(
        self,
        folder: Path,
        names: Sequence[str],
        *,
        relay: bool = False,
        skews: Sequence[int] = (0, 0, 0, 0, 0, 0),
        seed: int = 0,
        picture: Callable[[SqliteStore], Any] | None = None,
        offline: Sequence[str] = (),
    ) -> None:
        self.folder = folder
        self.offline = frozenset(offline)
        self.files: list[tuple[str, Path]] = []
        self.now = START
        self.luck = random.Random(seed)
        self.faulty = True
        self.page_items = 3
        self.cut: set[tuple[str, str]] = set()
        self.answers: dict[tuple[str, ...], bytes] = {}
        self.keys_of: dict[str, str] = {}
        self.ever: dict[tuple[str, str, str], set[Seen]] = {}
        self.frozen: dict[tuple[str, str], tuple[int, int]] = {}
        self.steps: list[str] = []
        self.picture = picture
        every = [*names, *([RELAY] if relay else [])]
        self.members: dict[str, Member] = {}
        for name, skew in zip(every, skews, strict=False):
            role = PartyRole.RELAY if name == RELAY else PartyRole.MEMBER
            keys = KeyRing(name, hashlib.sha256(name.encode()).digest())
            db = folder / f"{name}.db"
            db.write_bytes(empty_database())
            self.members[name] = Member(id=name, db=db, keys=keys, skew=timedelta(minutes=skew), role=role)
        self.sign_charter()

    def sign_charter(self) -> None:
        """Give all parties the first charter, signed by all."""
        parties = tuple(
            Party(
                id=m.id,
                name=m.id.title(),
                sign_key=m.keys.sign_key,
                agree_key=m.keys.agree_key,
                role=m.role,
                address=f"https://{m.id}.example",
            )
            for m in self.members.values()
        )
        signed: SignedCharter = unsigned(
            Charter(name="Joint centre", version=1, previous="", parties=parties, made=START)
        )
        for member in self.members.values():
            signed = sign_charter(signed, member.keys)
        for member in self.members.values():
            self.open(member)
            named = next(p for p in parties if p.id == member.id)
            member.node.store.put_own_party(party_json(named))
            adopt(member.node, (signed,), ())

    def open(self, member: Member) -> None:
        """Open a party's database, as after a start."""
        store = SqliteStore(member.db, create=False)
        store.read("PRAGMA synchronous = OFF")
        picture = None if self.picture is None else self.picture(store)
        member.node = Node(store, member.keys, clock=lambda: self.now + member.skew, picture=picture)
        member.down = False

    def close(self) -> None:
        """Close all databases."""
        for member in self.members.values():
            member.node.store.close()

    def of_role(self, role: PartyRole = PartyRole.MEMBER) -> list[Member]:
        """Return the parties of a role."""
        return [m for m in self.members.values() if m.role is role]

    # --- what parties come to know and decide

    def report(self, member: Member, key: str, district: str, kind: int, killed: int) -> None:
        """Let a party read a report: of a new incident, or one more of a known one."""
        at = member.node.clock()
        fact = member.knowledge.facts.get(key)
        if fact is None:
            number = len(self.keys_of) + 1
            day = (START - timedelta(days=9 * number)).date()
            fact = Fact(
                key=key,
                village=f"Vill{key}age",
                district=district,
                outlet=f"Out{key}let",
                day=day,
                type=TYPES[kind].value,
                told=(),
            )
        if fact.gone:
            return
        high = fact.told[-1][1] if fact.told else 0
        fact = replace(fact, told=(*fact.told, (at, high + (1 if high else killed))))
        article, extraction = article_of(fact, len(fact.told) - 1, at)
        store = member.node.store
        with store.transaction():
            Recorder(store).store_given(article, extraction)
            store.write("UPDATE articles SET stored_at = ? WHERE id = ?", (at.isoformat(), article.id))
        member.knowledge = member.knowledge.with_fact(fact)
        self.keys_of[member.node.record_of(self.incident(member, key))] = key

    def incident(self, member: Member, key: str) -> str:
        """Return the id of a fact's incident at its party."""
        return member.node.store.incidents_of([f"{key}-0#1"])[f"{key}-0#1"]

    def lose(self, member: Member, key: str) -> None:
        """Let a party erase all articles of an incident."""
        from seamwatch.pipeline.forget import forget

        fact = member.knowledge.facts[key]
        for number in range(len(fact.told)):
            forget(member.node.store, f"{key}-{number}", by="ana", why="by law")
        member.knowledge = member.knowledge.with_fact(replace(fact, gone=True))

    def rule(self, member: Member, rules: tuple[Rule, ...]) -> None:
        """Let a party change its own release rules."""
        text = rules_yaml([rule_of(number, rule) for number, rule in enumerate(rules)])
        put_rules(member.node.store, text, "ana", member.node.clock())
        member.knowledge = replace(member.knowledge, rules=rules)

    def order(self, member: Member, key: str, kind: OrderKind, to: str | None, word: str = "") -> None:
        """Let a person order something about an incident; `word` is a field or a label."""
        known = member.knowledge
        by = "bob" if kind is OrderKind.APPROVE else "ana"
        whom = [m.id for m in self.of_role() if m.id != member.id] if to is None else [to]
        pairs = {(key, name) for name in whom}
        order = ReleaseOrder(
            incident=self.incident(member, key),
            kind=kind,
            by=by,
            at=member.node.clock(),
            to=to,
            field=word if kind is OrderKind.WITHHOLD_FIELD else None,
            tlp=Tlp(word) if kind is OrderKind.LABEL else None,
            why="so decided",
        )
        store, state = member.node.store, member.node.state()
        if kind is OrderKind.APPROVE:
            made = approve(store, state, member.id, order)
            pairs = {(key, one.to) for one in made if one.to is not None}
        else:
            give_order(store, order, state)
        orders: Orders = known.orders
        match kind:
            case OrderKind.HOLD:
                orders = replace(orders, held=orders.held | pairs)
            case OrderKind.RELEASE:
                orders = replace(orders, held=orders.held - pairs)
            case OrderKind.LABEL:
                orders = replace(orders, labels={**orders.labels, key: word})
            case OrderKind.WITHHOLD_FIELD:
                orders = replace(orders, withheld=orders.withheld | {(*pair, word) for pair in pairs})
            case OrderKind.APPROVE:
                approved, labels = dict(orders.approved), dict(orders.approved_as)
                fact = known.facts[key]
                for pair in pairs:
                    rule = rule_for(known, fact, pair[1])
                    if rule is not None:
                        approved[pair] = grains_of(known, fact, pair[1], rule)
                        labels[pair] = label_for(known, fact, rule)
                orders = replace(orders, approved=approved, approved_as=labels)
        member.knowledge = replace(known, orders=orders)

    # --- what happens to nodes

    def guarded(self, member: Member, work: Callable[[], T]) -> T:
        """Return what a node's work gives; a crash in it takes the node down."""
        try:
            return work()
        except Crash:
            member.node.store.close()
            member.down = True
            raise SeamwatchError("the other node broke down", code="unreachable") from None

    def crash_during(self, member: Member, writes: int, work: Callable[[], object]) -> None:
        """Do a node's work, kill it at its n-th write, and start it again."""
        store: Any = member.node.store
        left = writes
        real = store.write, store.write_all

        def counting(which: int) -> Callable[..., Any]:
            def write(*args: Any) -> Any:
                nonlocal left
                left -= 1
                if left == 0:
                    raise Crash
                return real[which](*args)

            return write

        store.write, store.write_all = counting(0), counting(1)
        try:
            with suppress(Crash, SeamwatchError):
                work()
        finally:
            store.write, store.write_all = real
        if not member.down:
            store.close()
        self.open(member)
        self.note_sent(member)

    def back_up(self, member: Member) -> None:
        """Keep a copy of a party's database."""
        path = self.folder / f"{member.id}.backup"
        with sqlite3.connect(member.db) as source, sqlite3.connect(path) as copy:
            source.backup(copy)
        source.close()
        copy.close()
        member.backup = path, member.knowledge

    def restore(self, member: Member) -> None:
        """Put the copy in the place of the database."""
        if member.backup is None:
            return
        path, member.knowledge = member.backup
        member.node.store.close()
        for extra in ("", "-wal", "-shm"):
            Path(f"{member.db}{extra}").unlink(missing_ok=True)
        shutil.copyfile(path, member.db)
        member.restored += 1
        # Nor does it know now who takes part no longer: what it appends before it learns that goes nowhere.
        self.frozen = {pair: at for pair, at in self.frozen.items() if pair[0] != member.id}
        self.open(member)

    def exchange(self, member: Member) -> tuple[SyncResult, ...]:
        """Let a node exchange with the others, release what is due, and check what it released."""
        if member.down:
            self.open(member)
        results = sync(
            member.node,
            lambda party: FaultyLine(self, member, self.members[party.id]),
            turns=SeededTurns(self.luck),
        )
        for result in results:
            if result.error is not None and "Error" in result.error and "unreachable" not in result.error:
                raise BrokenError(f"{member.id}: {result}")
        self.check_sent(member)
        return results

    def write_file(self, member: Member, other: Member) -> None:
        """Let a party write a bundle for another one, as its command does; it stays on the stick."""
        if member.down:
            self.open(member)
        self.well(member, release_due(member.node))
        path = self.folder / f"{len(self.files)}.bundle"
        export_bundle(member.node, other.id, path)
        self.files.append((other.id, path))
        self.check_sent(member)

    def read_file(self, member: Member, path: Path) -> BundleTaken | SeamwatchError:
        """Let a party read a bundle, perhaps an old one or one that it read before."""
        if member.down:
            self.open(member)
        try:
            taken = import_bundle(member.node, path)
            if taken.problem == "own_work":
                self.well(member, [taken.text])
            return taken
        except SeamwatchError as wrong:
            return wrong
        finally:
            if not member.down:
                member.node.carry_out()
                self.well(member, release_due(member.node))
                self.check_sent(member)

    def well(self, member: Member, problems: Sequence[str]) -> None:
        """See that a node's own work met no fault of the program."""
        for text in problems:
            if "Error" in text:
                raise BrokenError(f"{member.id}: {text}")

    def say(self, member: Member, what: str, about: Member) -> None:
        """Let a party leave, or sign that another is suspended or taken back."""
        with suppress(SeamwatchError):
            match what:
                case "leave":
                    leave(member.node, "so decided")
                case "suspend":
                    suspend(member.node, about.id, "so decided")
                case "resume":
                    resume(member.node, about.id, "so decided")

    # --- what must hold

    def fail(self, text: str) -> None:
        """Say what is broken, with the steps that led there."""
        raise BrokenError(text + "\n" + "\n".join(self.steps))

    def content(self, member: Member, receiver: str, epoch: int, number: int) -> dict[str, Any] | None:
        """Return what an own entry says."""
        item = member.node.store.feed_item(member.id, receiver, epoch, number)
        key = self.members[receiver].keys.agree_key
        return None if item is None else opened(member.node, item, key)

    def key_of(self, record: str, member: Member) -> str:
        """Return which incident a record is."""
        if record not in self.keys_of:
            self.fail(f"{member.id} released {record}: {member.node.store.incident_of_record(record)}")
        return self.keys_of[record]

    def check_sent(self, member: Member) -> None:
        """Compare what a node has released to each party with what the rules allow now."""
        node = member.node
        state = node.state()
        for other in self.of_role():
            if other is member or member.role is PartyRole.RELAY:
                continue
            pair = (member.id, other.id)
            # Asked of the states themselves: a fault may be planted in who counts as active.
            both = all(state.states.get(m.id) is PartyState.ACTIVE for m in (member, other))
            if not both:
                # What went out before the notice came in this very exchange.
                self.note_sent(member)
                self.check_frozen(member, other)
                continue
            self.frozen.pop(pair, None)
            sent = {self.key_of(r.record, member): r for r in node.store.sent_records(receiver=other.id)}
            for key in {*sent, *member.knowledge.facts}:
                may = allowed(member.knowledge, key, other.id, node.clock())
                row = sent.get(key)
                out = row is not None and row.state == "released"
                if out and row is not None:
                    content = self.content(member, other.id, row.epoch, row.number)
                    if content is None:
                        self.fail(f"{pair} {key}: released, and its content is gone: {row}")
                    elif may is None:
                        self.fail(f"{pair} {key}: released against the rules: {content}")
                    elif seen_of(content) != may:
                        self.fail(f"{pair} {key}: released {seen_of(content)}\ninstead of {may}")
                    else:
                        self.check_words(content, may, member.knowledge.facts[key], pair)
                        self.ever.setdefault((*pair, key), set()).add(may)
                elif may is not None and not (
                    member.restored and row is not None and row.why == BEFORE_RESTORE
                ):
                    self.fail(f"{pair} {key}: not released though the rules say {may}: {row}")

    def note_sent(self, member: Member) -> None:
        """Take note of what a node that was killed had released by the rules until then."""
        for row in member.node.store.sent_records(state="released"):
            key = self.key_of(row.record, member)
            may = allowed(member.knowledge, key, row.receiver, member.node.clock())
            content = self.content(member, row.receiver, row.epoch, row.number)
            if content is not None and may is not None and seen_of(content) == may:
                self.ever.setdefault((member.id, row.receiver, key), set()).add(may)

    def check_words(self, content: dict[str, Any], may: Seen, fact: Fact, pair: tuple[str, str]) -> None:
        """See that no word that is withheld stands anywhere in a content."""
        text = canonical(content).decode()
        secret = [] if may.place else [fact.village]
        secret += [] if may.outlet else [fact.outlet]
        secret += [] if may.district else [fact.district]
        for word in secret:
            if word in text:
                self.fail(f"{pair} {fact.key}: {word} is told: {text}")

    def check_frozen(self, member: Member, other: Member) -> None:
        """See that nothing but notices and charters goes to a party that takes no part."""
        store, pair = member.node.store, (member.id, other.id)
        head = store.feed_head(*pair)
        since = self.frozen.setdefault(pair, (head.epoch, head.number))
        if head.epoch != since[0]:
            self.fail(f"{pair}: a new epoch for a party that takes no part")
        for item in store.feed_items(*pair, head.epoch, after=since[1], limit=100, most_bytes=1 << 20):
            if item.entry.kind not in (EntryKind.NOTICE, EntryKind.CHARTER):
                self.fail(f"{pair}: {item.entry} after the end")

    def check_seen(self) -> None:
        """See that every party sees only what was released to it, and nothing that it receipted as gone."""
        for member in self.of_role():
            if member.down:
                continue
            for row in member.node.received(state="shown"):
                key = self.keys_of.get(row.record, "")
                if row.content is None:
                    self.fail(f"{member.id} shows {key} of {row.party} without a content")
                    continue
                if seen_of(row.content) not in self.ever.get((row.party, member.id, key), set()):
                    self.fail(
                        f"{member.id} sees of {row.party}'s {key} what was never released: {row.content}"
                    )
            if member.restored:
                continue
            shown = {(r.party, r.record): r for r in member.node.received(state="shown")}
            for other in self.of_role():
                if other is member or other.down:
                    continue
                for sent in other.node.store.sent_records(receiver=member.id):
                    gone = sent.state == "withdrawn" and sent.receipted is not None
                    row_ = shown.get((other.id, sent.record))
                    if gone and row_ is not None and row_.version <= sent.version:
                        self.fail(f"{member.id} receipted the withdrawal of {sent.record} and still shows it")

    def settle(self, rounds: int = 14) -> None:
        """Heal all that is cut and down, and let the nodes exchange until nothing changes."""
        self.faulty = False
        self.cut.clear()
        self.page_items = 500
        for member in self.members.values():
            if member.down:
                self.open(member)
        before = None
        for _ in range(rounds):
            # Who is believed to be suspended is asked for its papers now and then only.
            self.now += RARELY
            for member in self.members.values():
                self.exchange(member)
            self.carry_files()
            self.check_seen()
            marks = [
                (h.sender, h.receiver, h.epoch, h.number)
                for m in self.members.values()
                for h in m.node.store.feed_heads()
            ]
            if marks == before:
                break
            before = marks
        else:
            self.fail("the nodes go on talking though nothing happens")
        self.check_settled()

    def carry_files(self) -> None:
        """Carry new files from and to all who have no line."""
        for member, other in permutations(self.members.values(), 2):
            if {member.id, other.id} & self.offline:
                path = self.folder / "settling.bundle"
                export_bundle(member.node, other.id, path)
                with suppress(SeamwatchError):
                    taken = import_bundle(other.node, path)
                    other.node.carry_out()
                    if taken.back:
                        self.check_sent(other)

    def check_settled(self) -> None:
        """See that all agree: each party shows what was released to it, and every withdrawal is receipted."""
        for sender in self.of_role():
            for receiver in self.of_role():
                states = [m.node.state() for m in (sender, receiver)]
                part = all(
                    s.states.get(m.id) is PartyState.ACTIVE for s in states for m in (sender, receiver)
                )
                if sender is receiver or not part:
                    continue
                shown = {
                    self.keys_of[r.record]: seen_of(r.content or {})
                    for r in receiver.node.received(party=sender.id, state="shown")
                }
                sent = sender.node.store.sent_records(receiver=receiver.id)
                due = {}
                for row in sent:
                    if row.state == "released":
                        content = self.content(sender, receiver.id, row.epoch, row.number)
                        due[self.keys_of[row.record]] = seen_of(content or {})
                    elif row.receipted is None:
                        self.fail(f"{receiver.id} has not receipted the withdrawal {row} of {sender.id}")
                if shown != due:
                    self.fail(f"{receiver.id} shows of {sender.id}: {shown}\ninstead of: {due}")
        self.check_states()
        self.check_pictures()
        self.check_erased()
        self.check_audits()

    def check_pictures(self) -> None:
        """See that the record of each party holds just the records of others that are shown to it."""
        for member in self.of_role():
            if self.picture is None:
                return
            held = member.node.store.read("SELECT id FROM articles WHERE party IS NOT NULL")
            shown = {f"party:{r.party}:{r.record}" for r in member.node.received(state="shown")}
            if {str(row[0]) for row in held} != shown:
                self.fail(f"the record of {member.id} holds {held}\ninstead of {shown}")

    def check_states(self) -> None:
        """See that all agree on who takes part; a party that left hears no more of it."""
        told = {
            m.id: {name: str(state) for name, state in m.node.state().states.items()}
            for m in self.members.values()
        }
        gone = {name for states in told.values() for name, state in states.items() if state == "left"}
        for one, other in combinations(sorted(told.keys() - gone), 2):
            if told[one] != told[other]:
                self.fail(f"{one} and {other} do not agree on who takes part: {told}")

    def check_erased(self) -> None:
        """See that no node keeps the content of what was withdrawn, or said anew since."""
        for member in self.members.values():
            store = member.node.store
            for head in store.feed_heads():
                pair = (head.sender, head.receiver)
                if not all(member.node.state().active(name) for name in pair):
                    continue
                spoken: dict[str, list[Item]] = {}
                for epoch in range(1, head.epoch + 1):
                    for item in store.feed_items(*pair, epoch, after=0, limit=10**6, most_bytes=1 << 30):
                        if item.entry.kind in (EntryKind.RELEASE, EntryKind.WITHDRAWAL):
                            spoken.setdefault(item.entry.subject, []).append(item)
                for items in spoken.values():
                    for item in items[:-1]:
                        if item.entry.kind is EntryKind.RELEASE and item.sealed is not None:
                            self.fail(f"{member.id} keeps the content of {item.entry}")

    def check_audits(self) -> None:
        """See that each party can verify the log of every other one."""
        for member in self.members.values():
            lines = [
                line.encode() for line in export_log(member.node.store, member.keys, member.node.clock())
            ]
            for other in self.members.values():
                if other is member:
                    continue
                made = verify_log(other.node.store, lines, at=other.node.clock())
                if not made.ok and not (member.restored or other.restored):
                    self.fail(f"{other.id} refuses the log of {member.id}: {made}")


class SeededTurns(Turns):
    """Turns that go by luck from party to party at each request, and so the same way in each run."""

    def __init__(self, luck: random.Random) -> None:
        super().__init__()
        self._luck = luck
        self._passed = threading.Condition()
        self._places: set[int] = set()
        self._holder = -1
        self._own = threading.local()

    def expect(self, many: int) -> None:
        """Choose whose turn is the first."""
        self._places = set(range(many))
        self._pass_on()

    def begin(self, place: int) -> None:
        """Wait for the first turn of a place."""
        self._own.place = place
        self._wait()

    def end(self, place: int) -> None:
        """Pass the turn on for good."""
        self._places.discard(place)
        self._pass_on()

    def stop(self) -> None:
        """Have nobody get a turn again."""
        self.ended = True
        self._pass_on()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Pass the turn on, and go over the line in one's next turn: lines of the test take no time."""
        self._pass_on()
        self._wait()
        if self.ended:
            raise EndedError
        yield

    def _pass_on(self) -> None:
        with self._passed:
            if self._places:
                self._holder = self._luck.choice(sorted(self._places))
            self._passed.notify_all()

    def _wait(self) -> None:
        with self._passed:
            self._passed.wait_for(lambda: self.ended or self._holder == self._own.place)


class FaultyLine:
    """A line to another node in this process that loses, repeats and reorders, as a network does.

    Everything goes over as bytes, so that no object is shared. `chance` says how it fares: a number of 0..1.
    """

    def __init__(self, world: World, asking: Member, asked: Member) -> None:
        self._world, self._asking, self._asked = world, asking, asked

    def heads(self, etag: str | None) -> tuple[Heads | None, str | None]:
        """Return how far feeds go there; perhaps an answer of a while ago."""

        def ask() -> bytes:
            node = self._asked.node
            if node.state().states.get(self._asking.id) is not PartyState.ACTIVE:
                # As the exchange answers who proves to be a party that takes part no longer.
                raise PartedError("takes part no longer", papers_for(node))
            return canonical(heads_json(node.heads_for(self._asking.id)))

        body = self._carried(("heads",), ask)
        made = hashlib.sha256(body).hexdigest()
        return (None, etag) if etag == made else (read_heads(body), made)

    def page(self, sender: str, receiver: str, *, epoch: int, after: int, limit: int) -> Page:
        """Return entries of a feed; perhaps those that were asked for a while ago."""
        few = min(limit, self._world.page_items)

        def ask() -> bytes:
            found = self._asked.node.page(
                self._asking.id, sender, receiver, epoch=epoch, after=after, limit=few
            )
            return canonical(page_json(found))

        return read_page(self._carried(("page", sender, receiver), ask))

    def bring(self, pages: Sequence[Page]) -> tuple[Taken, ...]:
        """Return what became of pages that are brought there."""
        body = canonical([page_json(page) for page in pages])

        def ask() -> bytes:
            taken = [
                self._world.guarded(
                    self._asked, lambda p=page: self._asked.node.take(p.items, via=self._asking.id)
                )
                for page in (read_page(canonical(row)) for row in json.loads(body))
            ]
            self._asked.node.carry_out()
            return canonical([taken_json(t) for t in taken])

        return read_taken(self._carried(("bring",), ask))

    def papers(self, mine: Mapping[str, Any]) -> object:
        """Return the papers that the other goes by, after it was shown ours."""

        def ask() -> bytes:
            take_papers(self._asked.node, json.loads(canonical(mine)))
            return canonical(papers_for(self._asked.node))

        return json.loads(self._carried(("papers",), ask))

    def close(self) -> None:
        """Do nothing: there is no connection."""

    def _carried(self, what: tuple[str, ...], ask: Callable[[], bytes]) -> bytes:
        """Return an answer, or raise Lost: before the other did anything, or after."""
        world = self._world
        pair = (self._asking.id, self._asked.id)
        if pair in world.cut or self._asked.down or world.offline & {*pair}:
            raise SeamwatchError("the line is cut", code="unreachable")
        luck = world.luck.random() if world.faulty else 1.0
        old = world.answers.get((*pair, *what))
        if luck < 0.06:
            raise SeamwatchError("the request was lost", code="unreachable")
        if luck < 0.12 and old is not None:
            return old  # an answer that came late
        body = ask()
        if luck < 0.18:
            body = ask()  # the request came twice
        world.answers[(*pair, *what)] = body
        if luck < 0.24:
            raise SeamwatchError("the answer was lost", code="unreachable")
        return body
