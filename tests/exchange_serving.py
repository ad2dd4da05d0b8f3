"""Parties for tests: each with its database, keys and certificate, under one charter, served over HTTPS.

`parties(folder, ["a", "b"])` yields them while their servers run on loopback. One named "relay" is the relay.
Names in `silent` have no address: they fetch and bring themselves.
"""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn

from hostile_server import make_certificate
from seamwatch.coordinate.charter import make_notice, sign_charter, sign_notice, unsigned
from seamwatch.coordinate.charter_codec import notice_json, signed_json
from seamwatch.coordinate.keys import KeyRing
from seamwatch.ingest.party_http import PartyLimits
from seamwatch.model.charter import Charter, Notice
from seamwatch.model.party import Party
from seamwatch.pipeline.centre.lines import http_lines
from seamwatch.pipeline.centre.node import Node
from seamwatch.pipeline.centre.syncing import SyncResult, sync
from seamwatch.serve.exchange_app import make_exchange_app
from seamwatch.serve.exchange_options import ExchangeOptions
from seamwatch.serve.exchange_protocol import ExchangeProtocol
from seamwatch.store import open_store
from seamwatch.vocabulary.coordination import NoticeKind, PartyRole

QUICK = PartyLimits(connect=5, read=10, total=20, back_off=0.01, retries=1)


@dataclass(slots=True, kw_only=True)
class TestParty:
    """One party: its node on its own store, and what was asked of its server (method, path, status)."""

    __test__ = False
    id: str
    db: Path
    keys: KeyRing
    node: Node
    certificate: tuple[Path, Path]
    port: int
    options: ExchangeOptions
    asked: list[tuple[str, str, int]] = field(default_factory=list)
    app: Any = None

    @property
    def address(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def sync(self, *only: str) -> tuple[SyncResult, ...]:
        """Exchange; what these tests release, no rule gives, so the own work is left out."""
        lines = http_lines(self.node, private_addresses=True, limits=QUICK)
        return sync(self.node, lines, only or None, own_work=False)

    def counted(self) -> Counter[tuple[str, int]]:
        """Return how often each path was asked with which status, and forget that."""
        found = Counter((path, status) for _, path, status in self.asked)
        self.asked.clear()
        return found


class Recorded:
    """ASGI middleware that notes what a party's server is asked, and what it answers."""

    def __init__(self, app: Any, asked: list[tuple[str, str, int]]) -> None:
        self._app, self._asked = app, asked

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def noting(message: Any) -> None:
            if message["type"] == "http.response.start":
                self._asked.append((scope["method"], scope["path"], message["status"]))
            await send(message)

        await self._app(scope, receive, noting if scope["type"] == "http" else send)


@contextmanager
def parties(
    folder: Path,
    names: Sequence[str],
    *,
    silent: Sequence[str] = (),
    served: bool = True,
    change: Callable[[Charter], Charter] = lambda charter: charter,
    **options: Any,
) -> Iterator[dict[str, TestParty]]:
    """Yield parties by their names, under one charter that all have signed."""
    with ExitStack() as stack:
        made: dict[str, TestParty] = {}
        sockets: dict[str, socket.socket] = {}
        for name in names:
            sockets[name] = stack.enter_context(
                socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
            )
            sockets[name].bind(("127.0.0.1", 0))
            made[name] = _party(folder, name, sockets[name].getsockname()[1], stack, options)
        charter = change(
            Charter(
                name="Test",
                version=1,
                previous="",
                parties=tuple(_card(party, silent) for party in made.values()),
                made=datetime(2026, 1, 1, tzinfo=UTC),
            )
        )
        signed = unsigned(charter)
        for party in made.values():
            signed = sign_charter(signed, party.keys)
        for party in made.values():
            party.node.store.put_charter(signed_json(signed))
        if served:
            for name in names:
                if name not in silent:
                    stack.enter_context(served_party(made[name], sockets[name]))
        yield made


@contextmanager
def served_party(party: TestParty, made: socket.socket) -> Iterator[None]:
    """Serve a party's exchange on a bound socket, in a thread."""
    app = make_exchange_app(party.options)
    party.app = app
    config = uvicorn.Config(
        Recorded(app, party.asked),
        http=ExchangeProtocol,
        ws="none",
        log_level="error",
        server_header=False,
        ssl_certfile=party.certificate[0],
        ssl_keyfile=party.certificate[1],
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [made]})
    thread.start()
    try:
        end = time.monotonic() + 30
        while not server.started:
            assert thread.is_alive() and time.monotonic() < end, "the server does not start"
            time.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        thread.join()


def notice(kind: NoticeKind, party: TestParty, by: Sequence[TestParty]) -> Notice:
    """Return a notice about a party that others, or it itself, have signed."""
    state = party.node.state()
    named = state.charter.party(party.id)
    assert named is not None
    made = make_notice(
        Notice(kind=kind, party=party.id, term=named.term, charter=state.signed.digest, at=datetime.now(UTC))
    )
    for one in by:
        made = sign_notice(made, one.keys)
    return made


def put_notice(party: TestParty, given: Notice) -> None:
    """Have a party know a notice."""
    party.node.store.put_notice(notice_json(given))


def content(place: str = "Kirkuk", **more: Any) -> dict[str, Any]:
    """Return what a release says, without record and version."""
    incident = {"event_type": "Battles", "sub_event_type": "Armed clash", "place": {"name": place}, **more}
    return {"tlp": "TLP:GREEN", "incident": incident, "withheld": [], "coarse": {}, "sources": None}


def release(sender: TestParty, receiver: str, count: int, start: int = 0) -> list[str]:
    """Return the record ids of new releases to a party."""
    ids = []
    for number in range(start, start + count):
        record = sender.node.record_of(f"i-{number}")
        sender.node.release(receiver, record, f"i-{number}", content(f"Place {number}"))
        ids.append(record)
    return ids


def shown(party: TestParty) -> set[str]:
    """Return the ids of the records that a party shows."""
    return {r.record for r in party.node.received(state="shown")}


def _party(folder: Path, name: str, port: int, stack: ExitStack, options: dict[str, Any]) -> TestParty:
    db = folder / f"{name}.db"
    keys = KeyRing.new(name)
    keys.save(Path(f"{db}.keys"))
    store = stack.enter_context(open_store(str(db)))
    return TestParty(
        id=name,
        db=db,
        keys=keys,
        node=Node(store, keys),
        certificate=make_certificate(folder, name),
        port=port,
        options=replace(ExchangeOptions(db=str(db)), **options),
    )


def _card(party: TestParty, silent: Sequence[str]) -> Party:
    named = party.id not in silent
    return Party(
        id=party.id,
        name=party.id.upper(),
        sign_key=party.keys.sign_key,
        agree_key=party.keys.agree_key,
        role=PartyRole.RELAY if party.id == "relay" else PartyRole.MEMBER,
        address=party.address if named else None,
        certificate=party.certificate[0].read_text("ascii") if named else None,
    )
