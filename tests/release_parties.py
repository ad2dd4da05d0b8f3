"""A charter of made-up parties and the node of one of them, for the tests of releases."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from seamwatch.coordinate.canonical import digest_of
from seamwatch.coordinate.charter import sign_charter, unsigned
from seamwatch.coordinate.charter_codec import party_json, signed_json
from seamwatch.coordinate.keys import KeyRing
from seamwatch.coordinate.rule_codec import rules_from_yaml, rules_json
from seamwatch.model.charter import Charter, CharterState, SignedCharter
from seamwatch.model.exchange import SentRecord
from seamwatch.model.party import Party
from seamwatch.pipeline.centre.node import Node
from seamwatch.store import Store, open_store
from seamwatch.vocabulary.coordination import PartyState

KEYS = {name: KeyRing(name, name.encode().ljust(32, b".")) for name in ("a", "b", "c", "d")}


def charter_of(rules: str = "", *, parties: Sequence[str] = ("a", "b", "c"), **more: Any) -> CharterState:
    """Return a charter in force of these parties, all active, with default rules in YAML."""
    charter = Charter(
        name="Test",
        version=1,
        previous="",
        parties=tuple(
            Party(id=p, name=p.upper(), sign_key=KEYS[p].sign_key, agree_key=KEYS[p].agree_key)
            for p in parties
        ),
        rules=rules_from_yaml(rules),
        **more,
    )
    digest = digest_of([rules_json(charter.rules), list(parties), charter.backlog_days])
    return CharterState(
        signed=SignedCharter(charter=charter, digest=digest),
        states=dict.fromkeys(parties, PartyState.ACTIVE),
    )


class Office:
    """The node of party `a` on a store, with a clock that a test moves and a charter that it changes."""

    def __init__(self, store: Store, charter: CharterState) -> None:
        self.charter = charter
        self.later = timedelta(0)
        self.node = Node(store, KEYS["a"], clock=self.now, state=lambda: self.charter)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.later

    def wait(self, hours: float) -> None:
        self.later += timedelta(hours=hours)

    def sent(self, receiver: str = "b") -> tuple[SentRecord, ...]:
        return self.node.store.sent_records(receiver=receiver)

    def held(self, receiver: str = "b") -> dict[str, dict[str, Any]]:
        """Return the contents of the records that a receiver holds now, by incident."""
        names = {s.record: s.incident for s in self.sent(receiver) if s.state == "released"}
        return {names[c["record"]]: c for c in self.said(receiver) if c.get("record") in names}

    def said(self, receiver: str = "b") -> list[dict[str, Any]]:
        """Return all that a receiver can open of the feed to it, in order."""
        context = f"a>{receiver}".encode()
        epoch = self.node.store.feed_head("a", receiver).epoch
        found, after = [], 0
        while items := self.node.page(receiver, "a", receiver, epoch=epoch, after=after, limit=500).items:
            for item in items:
                after = item.entry.number
                if item.sealed is not None:
                    clear = KEYS[receiver].open(item.sealed, KEYS["a"].agree_key, context)
                    found.append(json.loads(clear))
        return found


def found_centre(db: str, folder: Path, rules: str = "", **more: Any) -> None:
    """Make a database that of party `a`, with a charter that all parties have signed and its key file."""
    state = charter_of(rules, **more)
    signed = unsigned(state.charter)
    for party in state.charter.parties:
        signed = sign_charter(signed, KEYS[party.id])
    with open_store(db) as store:
        store.put_own_party(party_json(state.charter.parties[0]))
        store.put_charter(signed_json(signed))
    KEYS["a"].save(folder / f"{Path(db).name}.keys")
