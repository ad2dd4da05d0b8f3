"""How long it takes a new party to fetch many released incidents over HTTPS, and what an idle exchange costs.

    python bench/exchange_sync.py [--records 100000] [--picture record] [--seed 1] [--out FILE]

Party A releases records made by joint_picture.py's generator; a process of its own serves its exchange over
TLS. Party B, which has nothing, exchanges once in this process. Measured by wall and processor time: A's
releases (appended, sealed, signed), the transfer with checking and storing of entries, and the carrying out
(opened, shown in the picture, linked; with `--picture none` only opened). Then idle exchanges, and the way of
one withdrawal. Both processes share the machine's cores. With 100,000 records the figures are written to
bench/results/exchange_sync.json.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from joint_picture import events
from seamwatch.coordinate.charter import sign_charter, unsigned
from seamwatch.coordinate.charter_codec import signed_json
from seamwatch.coordinate.keys import KeyRing
from seamwatch.model.charter import Charter
from seamwatch.model.party import Party
from seamwatch.pipeline.centre.lines import http_lines
from seamwatch.pipeline.centre.node import Node
from seamwatch.pipeline.centre.record_picture import RecordPicture
from seamwatch.pipeline.centre.sending import Said, release_all
from seamwatch.pipeline.centre.syncing import SyncResult, sync
from seamwatch.store import open_store

RECORD = Path("bench/results/exchange_sync.json")
FULL = 100_000
IDLE = 50


class Clock:
    """Wall and processor seconds by stage."""

    def __init__(self) -> None:
        self.stages: dict[str, dict[str, float]] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what is done inside to a stage."""
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            held = self.stages.setdefault(name, {"wall_s": 0.0, "processor_s": 0.0})
            held["wall_s"] += time.perf_counter() - wall
            held["processor_s"] += time.process_time() - cpu

    def timed(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """Return work whose calls count to a stage."""

        def working(*args: Any, **more: Any) -> Any:
            with self.stage(name):
                return work(*args, **more)

        return working


def certificate(folder: Path) -> tuple[Path, Path]:
    """Return the paths of a new self-signed certificate for 127.0.0.1 and of its key."""
    cert, key = folder / "a.pem", folder / "a.key"
    wish = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=a".split()
    subprocess.run(
        ["openssl", *wish, "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)],
        check=True,
        capture_output=True,
    )
    return cert, key


def serve(db: str, port: int, cert: Path, key: Path, told: Any) -> None:
    """Serve A's exchange until the process is ended; then tell its processor seconds."""
    from seamwatch.serve.exchange_options import ExchangeOptions
    from seamwatch.serve.exchange_run import run_exchange

    run_exchange(
        ExchangeOptions(db=db), "127.0.0.1", port, cert=cert, key=key, ready=lambda _: told.send("ready")
    )
    used = resource.getrusage(resource.RUSAGE_SELF)
    told.send(used.ru_utime + used.ru_stime)


def measure(records: int, picture: str, seed: int, folder: Path) -> dict[str, Any]:
    """Return the figures of one run."""
    clock = Clock()
    rings = {name: KeyRing.new(name) for name in "ab"}
    cert, key = certificate(folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    stores = {name: open_store(str(folder / f"{name}.db")) for name in "ab"}
    agree(rings, stores, port, cert)
    for name, ring in rings.items():
        ring.save(folder / f"{name}.db.keys")
    a = Node(stores["a"], rings["a"])
    b = Node(stores["b"], rings["b"], picture=RecordPicture(stores["b"]) if picture == "record" else None)
    made = [content(event) for event in events(records, seed)]
    with clock.stage("release"), stores["a"].transaction():
        said = [
            Said(record=a.record_of(f"i-{number}"), incident=f"i-{number}", content=one)
            for number, one in enumerate(made)
        ]
        release_all(a, "b", said)

    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=serve, args=(str(folder / "a.db"), port, cert, key, there)
    )
    process.start()
    try:
        assert here.poll(60) and here.recv() == "ready"
        b.carry_out = clock.timed("carry out", b.carry_out)  # type: ignore[method-assign]
        with clock.stage("exchange"):
            (result,) = exchange(b)
        assert result.came == records and result.ok, result
        shown = stores["b"].count_records("a")["received.shown"]
        # The receipt, which B wrote, is still to be seen: the first exchanges are not idle.
        exchange(b)
        figures = {"idle": idle(b), "withdrawal": withdrawal(a, b, said[0].record)}
    finally:
        process.terminate()
        process.join()
    whole, carried = clock.stages["exchange"], clock.stages["carry out"]
    clock.stages["transfer and take"] = {k: whole[k] - carried[k] for k in whole}
    return {
        "command": "python bench/exchange_sync.py",
        "records": records,
        "picture": picture,
        "seed": seed,
        "shown": shown,
        "incidents": stores["b"].counts()["incidents"],
        "bytes_of_store_b": (folder / "b.db").stat().st_size,
        "stages": {k: {n: round(v, 2) for n, v in s.items()} for k, s in clock.stages.items()},
        "server_processor_s": round(here.recv(), 2) if here.poll(10) else None,
        "synchronised_s": round(whole["wall_s"], 2),
        **figures,
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "machine": {
            "cores": os.cpu_count(),
            "load_before": os.getloadavg()[0],
            "python": platform.python_version(),
            "processor": platform.processor() or platform.machine(),
        },
    }


def agree(rings: dict[str, KeyRing], stores: dict[str, Any], port: int, cert: Path) -> None:
    """Put one charter of both parties, signed by both, into both stores. Only A has an address."""
    charter = Charter(
        name="bench",
        version=1,
        previous="",
        made=datetime(2026, 1, 1, tzinfo=UTC),
        parties=tuple(
            Party(
                id=name,
                name=name.upper(),
                sign_key=ring.sign_key,
                agree_key=ring.agree_key,
                address=f"https://127.0.0.1:{port}" if name == "a" else None,
                certificate=cert.read_text("ascii") if name == "a" else None,
            )
            for name, ring in rings.items()
        ),
    )
    signed = unsigned(charter)
    for ring in rings.values():
        signed = sign_charter(signed, ring)
    for store in stores.values():
        store.put_charter(signed_json(signed))


def content(event: dict[str, Any]) -> dict[str, Any]:
    """Return what a release of an event says, without record and version."""
    return {"tlp": "TLP:AMBER", "incident": event, "withheld": [], "coarse": {}, "sources": None}


def exchange(node: Node) -> tuple[SyncResult, ...]:
    """Exchange once; what the rules would give is left out, since there are none."""
    return sync(node, http_lines(node, private_addresses=True), own_work=False)


def idle(b: Node) -> dict[str, Any]:
    """Return what exchanges cost in which nothing came or went: each opens its connection anew."""
    times, asked = [], []
    lines = http_lines(b, private_addresses=True)
    cpu = time.process_time()
    for _ in range(IDLE):
        begin = time.perf_counter()
        opened: list[Any] = []

        def noted(party: Party, opened: list[Any] = opened) -> Any:
            opened.append(lines(party))
            return opened[-1]

        assert [(r.came, r.went, r.ok) for r in sync(b, noted, own_work=False)] == [(0, 0, True)]
        times.append(time.perf_counter() - begin)
        asked.append(sum(line._http.asked for line in opened))
    return {
        "requests": max(asked),
        "median_ms": round(statistics.median(times) * 1000, 2),
        "processor_ms": round((time.process_time() - cpu) / IDLE * 1000, 2),
    }


def withdrawal(a: Node, b: Node, record: str) -> dict[str, Any]:
    """Return how long a withdrawal takes from A's word to B's erasure, and to A's knowledge of it."""
    begin = time.perf_counter()
    a.withdraw("b", record, "bench")
    exchange(b)
    carried = time.perf_counter() - begin
    assert b.store.received_records(records={record})[0].state == "withdrawn"
    # The server of A carries the receipt out in a thread of its own.
    while a.withdrawals()[0].receivers[0][1] is None:
        assert time.perf_counter() - begin < 60, "no receipt"
        time.sleep(0.01)
    return {
        "carried_out_ms": round(carried * 1000, 1),
        "receipted_ms": round((time.perf_counter() - begin) * 1000, 1),
    }


def main() -> None:
    """Measure, print the figures, and write those of a full run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=FULL)
    parser.add_argument("--picture", choices=("none", "record"), default="record")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(wish.records, wish.picture, wish.seed, Path(folder))
    text = json.dumps(found, indent=2) + "\n"
    sys.stdout.write(text)
    out = wish.out or (RECORD if (wish.records, wish.picture) == (FULL, "record") else None)
    if out is not None:
        out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
