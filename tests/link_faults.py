"""Commands killed at random moments, and what must hold of the database after each kill.

A warm process imports what takes long; each command is a child of it, a real process with the real command
line. It is killed by SIGKILL either after a random part of the time that the same command took unbroken, or
before a random one of the statements that it ran then.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seamwatch.errors import UnknownIdError
from seamwatch.link.order import incident_id
from seamwatch.model.incident import Extraction
from seamwatch.model.incident_codec import incident_json
from seamwatch.model.text import Article
from seamwatch.pipeline.decide import Decider
from seamwatch.pipeline.reading import ReadOptions, read_into
from seamwatch.pipeline.record import Recorded
from seamwatch.pipeline.relinking import relink_all
from seamwatch.store import IncidentFilter, open_store
from seamwatch.store.base import Store
from told_articles import OUTLETS, copied, told, village_events, write_lines

# The child counts the statements it hands to SQLite, and kills itself before the one it is told to.
WARM = """
import json, os, signal, sys
import seamwatch.cli.main as command, seamwatch.pipeline.record, seamwatch.pipeline.linking
import seamwatch.pipeline.decide, seamwatch.pipeline.forget, seamwatch.pipeline.reading
import seamwatch.read.fingerprint, seamwatch.read.article, seamwatch.ingest.jsonl
from seamwatch.store.sqlite_database import SqliteDatabase
statements, last = 0, None

def counted(method):
    def call(self, sql, values=()):
        global statements
        statements += 1
        if statements == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return method(self, sql, values)
    return call

def each(method):
    def call(self, sql, rows):
        def one_by_one():
            global statements
            for row in rows:
                statements += 1
                if statements == last:
                    os.kill(os.getpid(), signal.SIGKILL)
                yield row
        return method(self, sql, one_by_one())
    return call

SqliteDatabase.read, SqliteDatabase.write = counted(SqliteDatabase.read), counted(SqliteDatabase.write)
SqliteDatabase.write_all = each(SqliteDatabase.write_all)
for line in sys.stdin:
    job = json.loads(line)
    child = os.fork()
    if not child:
        for number, name in ((1, "out"), (2, "err")):
            with open(job[name], "wb") as target:
                os.dup2(target.fileno(), number)
        last = job["last"]
        sys.argv = ["seamwatch", *job["arguments"]]
        try:
            command.main()
        finally:
            with open(job["count"], "w") as count:
                count.write(str(statements))
    print(child, flush=True)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    print("ended", flush=True)
    # Until this line comes the child's number is its own, also where it has ended: nobody else is killed.
    sys.stdin.readline()
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How one command ended: its exit code, the negative signal where it was killed, and what it printed."""

    code: int
    out: str
    err: str
    seconds: float
    statements: int


class Commands:
    """A warm process that runs commands of `seamwatch`, each in a child of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._warm = subprocess.Popen(
            [sys.executable, "-c", WARM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, *arguments: str, kill_after: float | None = None, last: int | None = None) -> Ran:
        """Run a command to its end, or kill it after some seconds or before its statement `last`."""
        assert self._warm.stdin is not None
        assert self._warm.stdout is not None
        files = {name: str(self._folder / f"command.{name}") for name in ("out", "err", "count")}
        for path in files.values():
            Path(path).write_text("", encoding="utf-8")
        self._warm.stdin.write(json.dumps({"arguments": arguments, "last": last, **files}) + "\n")
        self._warm.stdin.flush()
        child, start = int(self._warm.stdout.readline()), time.monotonic()
        if kill_after is not None:
            time.sleep(kill_after)
            os.kill(child, signal.SIGKILL)
        self._warm.stdout.readline()
        seconds = time.monotonic() - start
        self._warm.stdin.write("\n")
        self._warm.stdin.flush()
        code = int(self._warm.stdout.readline())
        out, err, count = (Path(files[name]).read_text(encoding="utf-8") for name in ("out", "err", "count"))
        return Ran(code=code, out=out, err=err, seconds=seconds, statements=int(count or 0))

    def close(self) -> None:
        """End the warm process."""
        assert self._warm.stdin is not None
        self._warm.stdin.close()
        self._warm.wait()


@contextmanager
def commands(folder: Path) -> Iterator[Commands]:
    """Return a context with a warm process."""
    warm = Commands(folder)
    try:
        yield warm
    finally:
        warm.close()


# --- a record that grows under kills


Given = tuple[Article, Extraction]
REBUILD = ("link", "--rebuild")
WHY = ("--why", "a test", "--by", "tester")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """One command that was to be killed: how, how far it had come, and whether it had not ended before."""

    verb: str
    how: str
    share: float
    died: bool


@dataclass(slots=True, kw_only=True)
class Faulted:
    """A database that commands work on and are killed in, with all that was promised of it."""

    folder: Path
    commands: Commands
    chance: random.Random
    batch: int = 20
    stored: set[str] = field(default_factory=set)
    decided: set[int] = field(default_factory=set)
    forgotten: set[str] = field(default_factory=set)
    shown: set[str] = field(default_factory=set)
    known: dict[str, str] = field(default_factory=dict)
    replaced: dict[str, str] = field(default_factory=dict)
    texts: dict[str, bytes] = field(default_factory=dict)
    tries: list[Kill] = field(default_factory=list)
    deck: list[str] = field(default_factory=list)
    batches: int = 0

    @property
    def db(self) -> Path:
        """Return the path of the database."""
        return self.folder / "record.db"

    # --- what is done

    def next_command(self) -> tuple[str, ...]:
        """Return a random command that makes sense now."""
        with open_store(str(self.db)) as store:
            mentions = [m.mention.id for m in store.all_mentions()]
            incidents = list(store.incidents(IncidentFilter(statuses=None)))
            decisions = store.decisions()
            articles = [a.id for a in store.articles()]
            self.texts.update((a.id, a.text.encode()) for a in store.articles())
        if len(incidents) < 8:
            return self._read()
        several = [i for i in incidents if len(i.mentions) > 1]
        undoable = {d.number for d in decisions if d.undoes is None} - {d.undoes for d in decisions}
        one, other = self.chance.sample(mentions, 2)
        incident, another = self.chance.sample(incidents, 2)
        if not self.deck:
            self.deck = ["read", "read", "rebuild", "forget", *("decide",) * 4]
            self.chance.shuffle(self.deck)
        match self.deck.pop():
            case "read":
                return self._read()
            case "rebuild":
                return REBUILD
            case "forget":
                return ("forget", self.chance.choice(articles), "--yes", *WHY)
        match self.chance.choice(("confirm", "same", "different", "split", "merge", "correct", "undo")):
            case "split" if several:
                parted = self.chance.choice(several)
                name = self.chance.choice(parted.mentions).mention.id
                return ("decide", "split", parted.id, name, *WHY)
            case "undo" if undoable:
                return ("decide", "undo", f"d{self.chance.choice(sorted(undoable))}", *WHY)
            case "merge":
                return ("decide", "merge", incident.id, another.id, *WHY)
            case "correct":
                return ("decide", "correct", incident.id, "killed", str(self.chance.randrange(30)), *WHY)
            case "confirm":
                return ("decide", "confirm", incident.id, *WHY)
            case "different":
                return ("decide", "different", one, other, *WHY)
        return ("decide", "same", one, other, *WHY)

    def _read(self) -> tuple[str, ...]:
        """Return a command that reads new articles: of new events, late ones, copies, versions, undated."""
        self.batches += 1
        events = village_events(12 * (self.batches + 1))[12 * (self.batches - 1) :]
        given: list[Given] = []
        for number in range(self.batch):
            event, outlet = self.chance.choice(events), self.chance.choice(list(OUTLETS))
            name = f"N{self.batches}-{number}"
            kind = self.chance.randrange(8)
            later = self.chance.randrange(1, 4)
            if given and kind == 0:
                given.append(
                    copied(*self.chance.choice(given), name, "Mirror", later=self.chance.randrange(-1, 2))
                )
            elif kind == 1:
                toll = event.killed + 1
                given.append(told(event, outlet, name, killed=toll, later=later + 1, tail=True))
            else:
                given.append(told(event, outlet, name, later=later, dated=kind != 2))
        path = write_lines(self.folder / f"batch-{self.batches}.jsonl", given)
        return ("read", "--mentions", str(path))

    @property
    def kills(self) -> list[Kill]:
        """Return the kills that came before the end of what they were to kill."""
        return [kill for kill in self.tries if kill.died]

    def kill_one(self) -> None:
        """Run a command on a copy to its end, kill it on the database, check, and run it to its end there."""
        arguments = self.next_command()
        unbroken = self._run_on_copy(arguments)
        if self.chance.random() < 0.5:
            last = self.chance.randint(1, unbroken.statements)
            ran = self.commands.run(*arguments, "--db", str(self.db), last=last)
            how, share = "statement", last / unbroken.statements
        else:
            after = self.chance.random() * unbroken.seconds
            ran = self.commands.run(*arguments, "--db", str(self.db), kill_after=after)
            how, share = "delay", after / unbroken.seconds
        died = ran.code == -signal.SIGKILL
        self.tries.append(Kill(verb=arguments[0], how=how, share=share, died=died))
        self._promised(arguments, ran)
        self.check(arguments)
        again = self.commands.run(*arguments, "--db", str(self.db))
        assert self._is_well(arguments, again), (arguments, again)
        self._promised(arguments, again)
        self.check(arguments)

    def _run_on_copy(self, arguments: Sequence[str]) -> Ran:
        copy = self.folder / "copy.db"
        self.copy_to(copy)
        ran = self.commands.run(*arguments, "--db", str(copy))
        assert self._is_well(arguments, ran), (arguments, ran)
        return ran

    def _is_well(self, arguments: Sequence[str], ran: Ran) -> bool:
        """Return whether a command ended as it should."""
        if ran.code == 0:
            return True
        # The same decision can't always be made twice; a text that was forgotten is refused.
        said = ran.err.startswith("seamwatch: ") if arguments[0] == "decide" else "was forgotten" in ran.err
        return said and ran.code == {"decide": 1, "read": 3}.get(arguments[0])

    def copy_to(self, path: Path) -> None:
        """Copy the database as it is now to another path."""
        for old in self.folder.glob(f"{path.name}*"):
            old.unlink()
        if self.db.exists():
            with closing(sqlite3.connect(self.db)) as source, closing(sqlite3.connect(path)) as target:
                source.backup(target)

    # --- what is promised, and whether it holds

    def _promised(self, arguments: Sequence[str], ran: Ran) -> None:
        """Take note of what whole lines of output promise."""
        lines = [line for line in ran.out.splitlines(keepends=True) if line.endswith("\n")]
        for line in lines:
            if found := re.match(r"(?:new|version) +(\S+):? ", line):
                self.stored.add(found[1].rstrip(":"))
            elif found := re.match(r"d(\d+): ", line):
                self.decided.add(int(found[1]))
            elif found := re.match(r"erased: (\S+)", line):
                self.forgotten.add(found[1].rstrip(";"))
            elif "no byte of it is left" in line:
                self._erased(arguments[1])

    def check(self, arguments: Sequence[str]) -> None:
        """Fail where the file is not sound, a promise is broken, or incidents are not what linking gives."""
        if not self.db.exists():
            return
        with closing(sqlite3.connect(self.db)) as plain:
            assert plain.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert plain.execute("PRAGMA foreign_key_check").fetchall() == []
            if not plain.execute("SELECT 1 FROM sqlite_schema").fetchall():
                return
            assert plain.execute("SELECT rtreecheck('incident_points')").fetchall() == [("ok",)]
            plain.execute("INSERT INTO article_words (article_words, rank) VALUES ('integrity-check', 1)")
        with open_store(str(self.db)) as store:
            self._check_promises(store)
            found = record_of(store)
            self._check_ids(store)
        copy = self.folder / "rebuilt.db"
        self.copy_to(copy)
        with open_store(str(copy)) as store:
            relink_all(store)
            assert record_of(store) == found, arguments
            self._check_ids(store)

    def _check_promises(self, store: Store) -> None:
        stored = {a.id for a in store.articles()}
        stones = {stone.article for stone in store.tombstones()}
        for name in self.stored - stored - stones:
            # A copy that came out earlier takes an article's place, and is forgotten with it.
            stand_in = store.standing_in([f"{name}#1"])[f"{name}#1"].partition("#")[0]
            if stand_in != name:
                self.replaced[name] = stand_in
            stand_in = self.replaced[name]
            while stand_in not in stored | stones:
                stand_in = self.replaced[stand_in]
        assert self.decided <= {d.number for d in store.decisions()}
        assert self.forgotten <= stones
        assert not stones & stored
        for name in stored:
            row = store.extraction_json(name)
            assert row is not None
            mentions = store.mentions_of(name)
            assert [m.mention.id for m in mentions] == [m["id"] for m in row["mentions"]]
            told = {m.mention.id for m in mentions if m.mention.modality.counts}
            assert set(store.incidents_of(told)) == told
            self.known.update((incident_id(m.mention.id), m.mention.id) for m in mentions)

    def _check_ids(self, store: Store) -> None:
        """Every id ever shown leads to the incident that holds its mention, or says that none does."""
        self.shown.update(store.incident_ids())
        for name in self.shown:
            mention = store.standing_in([self.known[name]])[self.known[name]]
            owner = store.incidents_of([mention]).get(mention)
            if owner is not None:
                assert store.resolve_id(name) == owner
                continue
            try:
                store.incident(name)
            except UnknownIdError as wrong:
                assert "no stored article tells any longer" in str(wrong)

    def _erased(self, name: str) -> None:
        """Fail where the text of an article that was reported as erased is still in the files."""
        data = b"".join(path.read_bytes() for path in self.folder.glob(f"{self.db.name}*"))
        assert self.texts[name] not in data


def record_of(store: Store) -> list[dict[str, Any]]:
    """Return every incident with all that is shown of it, but for the ids that it also had."""
    rows = (incident_json(i) for i in store.incidents(IncidentFilter(statuses=None)))
    return sorted(({**row, "aliases": None} for row in rows), key=lambda row: str(row["id"]))


# --- a writer beside others


def write_beside(db: str, lines: str, name: str, decisions: int) -> None:
    """Read articles and decide by turns, as a process of its own; print what is acknowledged."""
    chance = random.Random(name)
    waiting = Path(lines).read_text(encoding="utf-8").splitlines(keepends=True)
    with open_store(db) as store:
        for number in range(decisions):
            if number % 5 == 0 and waiting:
                part = Path(f"{lines}.part")
                part.write_text("".join(waiting[:4]), encoding="utf-8")
                del waiting[:4]
                for result in read_into(store, ReadOptions(mentions=(str(part),)), note=print):
                    assert isinstance(result, Recorded), result
                    print("stored", result.article, flush=True)
            mentions = [m.mention.id for m in store.all_mentions()]
            one, other = chance.sample(mentions, 2)
            decider = Decider(store, by=name)
            match chance.choice(("same", "different", "confirm", "correct")):
                case "same":
                    made = decider.same(one, other)
                case "different":
                    made = decider.different(one, other)
                case "confirm":
                    made = decider.confirm(one)
                case _:
                    made = decider.correct(one, "killed", chance.randrange(30))
            print("decided", made.decision.number, flush=True)


if __name__ == "__main__":
    write_beside(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
