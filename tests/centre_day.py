"""A scripted day at a coordination centre: parties as real processes, by the command line alone.

`opened_day` opens the parties of one day of `tests/cases/centre_day.yaml`, each with its database, keys,
certificate and server, under a charter that all have signed. `Day.hour` does what an hour says.
What must hold afterwards is in centre_day_sights.py.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

SEAMWATCH = (sys.executable, "-m", "seamwatch.cli.main")
PATIENCE_SECONDS = 60
AT_ONCE = 4

Script = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Before:
    """For each article, by its name, a line with it and what it tells; and a database with the areas."""

    read: Mapping[str, str]
    areas: Path


def run(folder: Path, *words: str, codes: Sequence[int] = (0,)) -> str:
    """Return what a command prints on standard output; it must end with one of these exit codes."""
    env = {k: v for k, v in os.environ.items() if k not in ("SEAMWATCH_DB", "SEAMWATCH_KEYS")}
    done = subprocess.run(
        [*SEAMWATCH, *words],
        cwd=folder,
        env={**env, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode in codes, (shlex.join(words), done.stdout, done.stderr)
    return done.stdout


@dataclass(kw_only=True)
class Day:
    """The parties of one day. Files are in `folder`, and each party's begin with its id."""

    folder: Path
    script: Script
    parties: tuple[str, ...]
    read: Mapping[str, str]
    areas: Path
    ports: dict[str, int] = field(default_factory=dict)
    requests: dict[str, str] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)
    told: dict[tuple[str, ...], Any] = field(default_factory=dict)
    files: int = 0

    def does(self, party: str, command: str, *words: str, codes: Sequence[int] = (0,)) -> str:
        """Return what a command prints in a party's database: words with spaces come after `command`."""
        return run(self.folder, *command.split(), *words, "--db", f"{party}.db", codes=codes)

    def tells(self, party: str, command: str, *words: str) -> Any:
        """Return the JSON that a command prints; asked once between two steps."""
        key = (party, command, *words)
        if key not in self.told:
            self.told[key] = json.loads(self.does(party, command, *words))
        return self.told[key]

    def each(self, parties: Iterable[str], work: Callable[[str], object]) -> None:
        """Do a piece of work for several parties at once."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for _ in pool.map(work, parties):
                pass

    def of(self, party: str) -> Script:
        return dict(self.script["parties"][party])

    def has_line(self, party: str) -> bool:
        return bool(self.of(party).get("line", True))

    def has_address(self, party: str) -> bool:
        return self.has_line(party) and bool(self.of(party).get("address", True))

    def incident(self, party: str, name: str) -> dict[str, Any] | None:
        """Return the incident of this name in a party's record; None where there is none."""
        found = self.incidents(party)
        wanted = [i for i in found if i["sub_event_type"] == self.script["incidents"][name]]
        assert len(wanted) < 2, (party, name, [i["id"] for i in wanted])
        return wanted[0] if wanted else None

    def incidents(self, party: str) -> list[dict[str, Any]]:
        return list(self.tells(party, "incidents --format json")["incidents"])

    def own_id(self, party: str, name: str) -> str:
        found = self.incident(party, name)
        assert found is not None, (party, name)
        return str(found["id"])

    def request(self, party: str, name: str, *, escalated: bool = False) -> dict[str, Any]:
        """Return a request of the script as a party sees it; with `escalated` the one that asks on for it."""
        found = {r["id"]: r for r in self.tells(party, "request list --json")["requests"]}
        if escalated:
            (one,) = (r for r in found.values() if r["escalated_from"] == self.requests[name])
            return dict(one)
        return dict(found[self.requests[name]])

    # --- before the day: parties, charter, rules

    def make_party(self, party: str) -> None:
        made = self.of(party)
        if not made.get("relay"):
            shutil.copyfile(self.areas, self.folder / f"{party}.db")
        more = ["--relay"] if made.get("relay") else []
        if self.has_address(party):
            more += ["--address", f"https://127.0.0.1:{self.ports[party]}"]
        self.does(party, "party init --id", party, str(made["name"]), *more)
        if self.has_address(party):
            self.does(party, "party certificate", "--cert", f"{party}.pem", "--key", f"{party}.key")
        if party != self.parties[0]:
            self.does(party, "party card -o", f"{party}.card.json")
        if "rules" in made:
            rules = yaml.safe_dump({"rules": made["rules"]})
            (self.folder / f"{party}.rules.yaml").write_text(rules, encoding="utf-8")
            self.does(party, "release rules", f"{party}.rules.yaml")

    def agree(self) -> None:
        """Have the first party draft the charter, and all sign it, by files to and fro."""
        first, *others = self.parties
        cards = [f"{party}.card.json" for party in others]
        self.does(first, "charter draft -o charter.yaml", *cards)
        path = self.folder / "charter.yaml"
        draft = yaml.safe_load(path.read_text(encoding="utf-8"))
        path.write_text(yaml.safe_dump({**draft, **self.charter()}, sort_keys=False), encoding="utf-8")
        self.does(first, "charter propose charter.yaml")
        self.does(first, "charter export -o proposed.json")

        def sign(party: str) -> None:
            self.does(party, "charter import proposed.json")
            self.does(party, "charter sign")
            self.does(party, "charter export -o", f"{party}.signed.json")

        self.each(others, sign)
        for party in others:
            told = self.does(first, "charter import", f"{party}.signed.json")
        assert "version 1 is in force" in told
        self.does(first, "charter export -o whole.json")
        self.each(others, lambda party: self.does(party, "charter import whole.json"))

    def charter(self) -> dict[str, Any]:
        """Return the script's charter; who does not take part today is not asked next."""
        made = dict(self.script["charter"])
        for row in (times := [dict(row) for row in made["answer_times"]]):
            row["escalate_to"] = [p for p in row.get("escalate_to", ()) if p in self.parties]
        return {**made, "answer_times": times}

    # --- the day: what can be done in an hour

    def hour(self, steps: Iterable[Mapping[str, Any]]) -> None:
        """Do the steps of one hour, in their order."""
        for step in steps:
            ((verb, given),) = step.items()
            getattr(self, f"_{verb}")(given)
            self.told.clear()

    def _reads(self, given: Mapping[str, list[str]]) -> None:
        for party, names in given.items():
            self.files += 1
            name = f"{party}.{self.files}.jsonl"
            (self.folder / name).write_text("".join(self.read[n] for n in names), encoding="utf-8")
            self.does(party, "read --quiet --mentions", name)

    def _exchange(self, times: int) -> None:
        those = [p for p in self.parties if self.has_line(p) and not self.of(p).get("relay")]

        def sync(party: str) -> None:
            # Who has left still brings its word of that, and is refused where it is known.
            codes = (0, 1) if party in self.left else (0,)
            self.does(party, "exchange sync --private-addresses", codes=codes)

        for _ in range(times):
            self.each(those, sync)

    def _carries(self, given: Script) -> None:
        self.files += 1
        name = f"{self.files}.bundle"
        self.does(given["by"], f"exchange export {name} --to", given["to"])
        self.does(given["to"], "exchange import", name)

    def _withholds(self, given: Script) -> None:
        own = self.own_id(given["by"], given["incident"])
        self.does(given["by"], "release withhold --field", given["field"], own, "--why", given["why"])

    def _withdraws(self, given: Script) -> None:
        own = self.own_id(given["by"], given["incident"])
        self.does(given["by"], "release hold", own, "--why", given["why"])

    def _asks(self, given: Script) -> None:
        words = [given["text"], *(w for party in given["to"] for w in ("--to", party))]
        if "incident" in given:
            words += ["--incident", self.own_id(given["by"], given["incident"])]
        if "hours" in given:
            words += ["--hours", str(given["hours"])]
        else:
            until = datetime.now(UTC) + timedelta(seconds=given["seconds"])
            words += ["--deadline", until.strftime("%Y-%m-%dT%H:%M:%S")]
        told = self.does(given["by"], "request new --kind", given["kind"], *words)
        self.requests[given["name"]] = told.split()[0]

    def _answers(self, given: Script) -> None:
        escalated = "escalated" in given
        name = given["escalated" if escalated else "name"]
        found = self.request(given["by"], name, escalated=escalated)["id"]
        self.does(given["by"], "request answer", found, given["state"], "--text", given["text"])

    def _covers(self, given: Script) -> None:
        own = self.own_id(given["by"], given["incident"])
        self.does(given["by"], "request new --cover", given["text"], "--incident", own)

    def _waits_for(self, given: Script) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while self.request(given["at"], given["name"])["state"] != given["state"]:
            assert time.monotonic() < end, given
            self.told.clear()

    def _leaves(self, given: Script) -> None:
        self.does(given["party"], "charter leave --yes --why", given["why"])
        self.left.add(given["party"])


@contextmanager
def opened_day(folder: Path, script: Script, parties: Iterable[str], before: Before) -> Iterator[Day]:
    """Yield a day with its charter in force and its servers running; they end with it."""
    made = Day(folder=folder, script=script, parties=tuple(parties), read=before.read, areas=before.areas)
    with ExitStack() as held:
        for party in made.parties:
            taken = held.enter_context(socket.socket())
            taken.bind(("127.0.0.1", 0))
            made.ports[party] = taken.getsockname()[1]
    made.each(made.parties, made.make_party)
    made.agree()
    with ExitStack() as servers:
        processes = [servers.enter_context(_served(made, p)) for p in made.parties if made.has_address(p)]
        for party, process in zip(filter(made.has_address, made.parties), processes, strict=True):
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            assert address == f"https://127.0.0.1:{made.ports[party]}", process.communicate(timeout=10)
        yield made


@contextmanager
def _served(made: Day, party: str) -> Iterator[subprocess.Popen[str]]:
    """Run a party's exchange as a process of its own, which ends with SIGTERM."""
    options = f"--db {party}.db --port {made.ports[party]} --cert {party}.pem --key {party}.key"
    process = subprocess.Popen(
        [*SEAMWATCH, "exchange", "serve", *options.split()],
        cwd=made.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=30)
        assert (process.returncode, "Traceback" in told) == (0, False), told


def made_before(folder: Path, articles: Mapping[str, Script]) -> Before:
    """Return what all days begin with: what the real program extracts, and a database with the areas."""
    rows = {
        f"a{number}": {"id": f"a{number}", **{key: str(value) for key, value in article.items()}}
        for number, article in enumerate(articles.values())
    }
    lines = "".join(json.dumps(row) + "\n" for row in rows.values())
    (folder / "articles.jsonl").write_text(lines, encoding="utf-8")
    told = map(json.loads, run(folder, "extract", "articles.jsonl").splitlines())
    run(folder, "areas", "add", "--example", "northern-iraq", "--db", "areas.db")
    read = {
        name: json.dumps({**one, "article": rows[one["id"]]}) + "\n"
        for name, one in zip(articles, told, strict=True)
    }
    return Before(read=read, areas=folder / "areas.db")
