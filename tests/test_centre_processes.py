"""Two parties as real processes, by the command line alone: on loopback, and in networks of their own."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from exchange_serving import parties, release
from seamwatch.model.charter import Charter
from seamwatch.store import open_store

SEAMWATCH = (sys.executable, "-m", "seamwatch.cli.main")
RULES = "rules:\n- {id: all, to: [south], tlp: amber}\n"


def run(
    folder: Path, command: str, *, inside: Sequence[str] = (), code: int = 0, errors: bool = False
) -> str:
    """Return what a command prints, on standard error for `errors`; it must end with this exit code."""
    env = {**os.environ, "COLUMNS": "200"}
    for name in ("SEAMWATCH_DB", "SEAMWATCH_KEYS"):
        env.pop(name, None)
    done = subprocess.run(
        [*inside, *SEAMWATCH, *shlex.split(command)],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == code, (command, done.stdout, done.stderr)
    return done.stderr if errors else done.stdout


@contextmanager
def serving_exchange(folder: Path, options: str, inside: Sequence[str] = ()) -> Iterator[str]:
    """Yield the address of a party's exchange, a process that ends with SIGTERM."""
    process = subprocess.Popen(
        [*inside, *SEAMWATCH, "exchange", "serve", *options.split()],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address.startswith("https://"), process.communicate(timeout=10)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=20)
        assert (process.returncode, "Traceback" in told) == (0, False), told


def free_port() -> int:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


def incidents(folder: Path, db: str) -> list[dict[str, object]]:
    return list(json.loads(run(folder, f"incidents --db {db} --format json"))["incidents"])


def agree(folder: Path, ports: dict[str, int]) -> None:
    """Make two databases parties under one charter, handing files to and fro."""
    for name, port in ports.items():
        run(folder, f"party init {name} --id {name} --address https://127.0.0.1:{port} --db {name}.db")
        run(folder, f"party certificate --db {name}.db --cert {name}.pem --key {name}.key")
    run(folder, "party card --db south.db -o card.json")
    run(folder, "charter draft card.json --name Garmiyan --db north.db -o charter.yaml")
    run(folder, "charter propose charter.yaml --db north.db")
    run(folder, "charter export --db north.db -o proposed.json")
    run(folder, "charter import proposed.json --db south.db")
    assert "in force" in run(folder, "charter sign --db south.db")
    run(folder, "charter export --db south.db -o signed.json")
    assert "in force" in run(folder, "charter import signed.json --db north.db")


def test_two_parties_by_the_command_line(samples_db: Path, tmp_path: Path) -> None:
    """From two new parties to a charter, a shared picture, a bundle, a withdrawal, and one that leaves."""
    shutil.copyfile(samples_db, tmp_path / "north.db")
    ports = {"north": free_port(), "south": free_port()}
    agree(tmp_path, ports)
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    run(tmp_path, "release rules rules.yaml --db north.db")
    own = incidents(tmp_path, "north.db")

    run(tmp_path, "exchange export south.bundle --to south --db north.db")
    run(tmp_path, "exchange import south.bundle --db south.db")
    shared = incidents(tmp_path, "south.db")
    assert len(own) > 10 and len(shared) > 10

    with ExitStack() as servers:
        for name, port in ports.items():
            options = f"--db {name}.db --port {port} --cert {name}.pem --key {name}.key"
            address = servers.enter_context(serving_exchange(tmp_path, options))
            assert address == f"https://127.0.0.1:{port}"

        def sync(name: str) -> dict[str, object]:
            said = run(tmp_path, f"exchange sync --db {name}.db --private-addresses --json")
            return dict(json.loads(said.splitlines()[0]))

        # This machine is no address that another party may name.
        refused = run(tmp_path, "exchange sync --db south.db", code=1, errors=True)
        assert "north: " in refused and "--private-addresses" in refused
        # The bundle brought all; north fetches the receipt.
        assert (sync("south")["came"], sync("north")["ok"]) == (0, True)

        held = next(i["id"] for i in own if i["status"] in ("confirmed", "unconfirmed"))
        run(tmp_path, f"release hold {held} --to south --why 'a source is at risk' --db north.db")
        sync("north")
        assert sync("south")["came"] != 0
        assert len(incidents(tmp_path, "south.db")) < len(shared)
        sync("north")
        (withdrawn,) = json.loads(run(tmp_path, "exchange withdrawals --db north.db --json"))["withdrawals"]
        assert (withdrawn["incident"], withdrawn["receivers"][0]["state"]) == (held, "receipted")

        run(tmp_path, "charter leave --why 'the mission ends' --yes --db south.db")
        assert sync("north")["came"] != 0
        status = json.loads(run(tmp_path, "exchange status --db north.db --json"))
        assert {p["id"]: p["state"] for p in status["parties"]} == {"north": "active", "south": "left"}
        # Who has left exchanges nothing, and is told so on standard error.
        assert run(tmp_path, "exchange sync --db south.db --private-addresses") == ""


@pytest.fixture
def networks() -> Iterator[dict[str, tuple[str, list[str]]]]:
    """Yield two networks joined by a line: for each party its address and what runs a command there."""
    tag = f"sw{os.getpid() % 100_000}"
    names = {"a": f"{tag}a", "b": f"{tag}b"}
    commands = [
        *(f"netns add {name}" for name in names.values()),
        f"link add {tag}x netns {names['a']} type veth peer name {tag}y netns {names['b']}",
        f"-n {names['a']} addr add 10.213.7.1/30 dev {tag}x",
        f"-n {names['b']} addr add 10.213.7.2/30 dev {tag}y",
        f"-n {names['a']} link set {tag}x up",
        f"-n {names['b']} link set {tag}y up",
    ]
    try:
        for command in commands:
            try:
                done = subprocess.run(
                    ["ip", *command.split()], capture_output=True, text=True, timeout=20, check=False
                )
            except OSError:
                pytest.skip("there is no `ip` here: two networks can't be made")
            if done.returncode:
                pytest.skip(f"no network of its own can be made here: {done.stderr.strip()[:100]}")
        yield {
            "a": ("10.213.7.1", ["ip", "netns", "exec", names["a"]]),
            "b": ("10.213.7.2", ["ip", "netns", "exec", names["b"]]),
        }
    finally:
        for name in names.values():
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)


def test_two_parties_in_networks_of_their_own(
    tmp_path: Path, networks: dict[str, tuple[str, list[str]]]
) -> None:
    """Each party in its own network; when the line is cut nothing is lost, and after that all arrives."""

    def there(charter: Charter) -> Charter:
        moved = (replace(p, address=f"https://{networks[p.id][0]}:8766") for p in charter.parties)
        return replace(charter, parties=tuple(moved))

    with parties(tmp_path, ["a", "b"], served=False, change=there) as made:
        records = release(made["a"], "b", 5)

    def sync(name: str, code: int) -> None:
        _, inside = networks[name]
        command = f"exchange sync --db {name}.db --private-addresses --party a"
        run(tmp_path, command, inside=inside, code=code)

    def shown() -> int:
        with open_store(str(tmp_path / "b.db")) as store:
            return store.count_records("a").get("received.shown", 0)

    address, inside = networks["a"]
    options = f"--db a.db --host {address} --cert a.pem --key a.key"
    with serving_exchange(tmp_path, options, inside) as said:
        assert said == f"https://{address}:8766"
        line = networks["b"][1]
        link = json.loads(subprocess.check_output([*line, "ip", "-j", "link"]))[-1]["ifname"]
        subprocess.run([*line, "ip", "link", "set", link, "down"], check=True)
        sync("b", 1)
        assert shown() == 0
        subprocess.run([*line, "ip", "link", "set", link, "up"], check=True)
        sync("b", 0)
        assert shown() == len(records)
