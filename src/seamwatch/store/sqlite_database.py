"""One SQLite file: opened, checked, brought to this version's schema; transactions; errors in plain words."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any, Self

from seamwatch import __version__
from seamwatch.errors import StoreError
from seamwatch.model.region import in_ring

Row = tuple[Any, ...]

# The file's mark in its header, by which a database of another program is told apart ("SEAM").
APPLICATION_ID = 0x5345414D
BUSY_SECONDS = 30
CHUNK = 500
_NO_ROOM = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_SHMSIZE,
    sqlite3.SQLITE_IOERR_TRUNCATE,
)
# Nothing that is stored holds itself.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)
_SURROGATE = re.compile("[\ud800-\udfff]")


def storable(text: str) -> str:
    """Return the text with each lone surrogate as U+FFFD: one code point for one, so offsets stay right.

    >>> storable("a\\ud800b") == "a\\ufffdb"
    True
    """
    return _SURROGATE.sub("\ufffd", text) if not text.isascii() else text


def to_json(value: object) -> str:
    """Return compact JSON."""
    return _ENCODER.encode(value)


def moment(at: datetime | None) -> str | None:
    """Return a moment as text in UTC, so that texts sort as moments do."""
    if at is None:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="microseconds")


def now() -> str:
    """Return this moment as text."""
    return str(moment(datetime.now(UTC)))


def chunks(keys: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Return the keys in runs short enough to hold their rows in memory."""
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]


def _bound(values: Sequence[Any]) -> list[Any]:
    return [storable(v) if isinstance(v, str) else v for v in values]


def _migrations() -> list[tuple[int, str]]:
    folder = resources.files("seamwatch.store") / "migrations"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return [(int(f.name.split("_", 1)[0]), f.read_text(encoding="utf-8")) for f in files]


def _statements(script: str) -> Iterator[str]:
    # executescript would commit what is open; a migration must be kept as a whole or not at all.
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""


class SqliteDatabase:
    """A connection with what every part of the store needs."""

    def __init__(self, path: Path, *, create: bool) -> None:
        self.path = path
        self._depth = 0
        self._db = self._connect(create)
        try:
            self._prepare()
        except BaseException:
            self._db.close()
            raise

    # --- opening

    def _connect(self, create: bool) -> sqlite3.Connection:
        if self.path.is_dir():
            raise StoreError(f"{self.path} is a folder: name a file in it, as in {self.path / 'record.db'}")
        if not self.path.exists():
            if not create:
                raise StoreError(
                    f"there is no database at {self.path}: check the path, or make one with: "
                    f"seamwatch read SOURCE... --db {self.path}"
                )
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as wrong:
                raise StoreError(
                    f"can't make the folder {self.path.parent} for the database ({wrong.strerror}): "
                    "choose another path with --db"
                ) from wrong
            # Its owner's alone: it holds the articles, and the hashes of passwords. SQLite gives the files
            # beside it the same rights. What is wrong with the path, opening it will say.
            with suppress(OSError):
                os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            return self._open(self.path.absolute().as_uri())
        except sqlite3.OperationalError as wrong:
            # A database in a folder that can't be written (a CD, a share) can still be read where nobody
            # has it open: then there is no write-ahead log beside it that would have to be merged.
            if self.path.exists() and not Path(f"{self.path}-wal").exists():
                try:
                    return self._open(f"{self.path.absolute().as_uri()}?immutable=1")
                except sqlite3.Error:
                    pass
            raise self.error(wrong) from wrong
        except sqlite3.Error as wrong:
            raise self.error(wrong) from wrong

    def _open(self, uri: str) -> sqlite3.Connection:
        # Who lends a store from one thread to another sees to it that one thread alone has it at a time.
        db = sqlite3.connect(
            uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            db.create_function("in_ring", 3, in_ring, deterministic=True)
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("PRAGMA user_version").fetchone()
            # Reading the schema is the first thing that needs the write-ahead log.
            db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        except sqlite3.Error:
            db.close()
            raise
        return db

    def _prepare(self) -> None:
        latest = _migrations()[-1][0]
        version = self._check(latest)
        if version < latest:
            if version == 0:
                self._use_log()
            self._migrate(latest)
        # FULL syncs the log at every commit: what was reported as stored survives a loss of power too, not
        # only a killed process (NORMAL). One sync an article costs little beside its extraction.
        self.read("PRAGMA synchronous = FULL")

    def _use_log(self) -> None:
        """Switch a new database to the write-ahead log."""
        # Where two processes make one database at once, SQLite does not wait for the lock here: both hold
        # the file to read, and one is told at once that it is busy.
        end = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                self.read("PRAGMA journal_mode = WAL")
                return
            except StoreError as wrong:
                if wrong.code != "store_busy" or time.monotonic() > end:
                    raise
            time.sleep(0.02)

    def _check(self, latest: int) -> int:
        # All three in one statement, so of one moment: asked one after the other, another process could
        # make the database in between, and its tables would be seen without its mark.
        version, mark, has_tables = self.read(
            "SELECT (SELECT user_version FROM pragma_user_version), "
            "(SELECT application_id FROM pragma_application_id), EXISTS (SELECT 1 FROM sqlite_schema)"
        )[0]
        if mark != APPLICATION_ID and (version or has_tables):
            raise StoreError(
                f"{self.path} is a database of another program, nothing was changed: choose another path "
                "with --db"
            )
        if version > latest:
            raise StoreError(
                f"{self.path} has schema version {version}, this Seamwatch ({__version__}) knows "
                f"versions up to {latest}: use a newer Seamwatch, or another database with --db",
                code="store_newer",
            )
        return int(version)

    def _migrate(self, latest: int) -> None:
        with self.transaction():
            # Another process may have done it while this one waited for the lock.
            version = self._check(latest)
            for number, script in _migrations():
                if number > version:
                    for statement in _statements(script):
                        self.write(statement)
            if version == 0:
                self.write(f"PRAGMA application_id = {APPLICATION_ID}")
                self.write("INSERT INTO meta VALUES ('created_at', ?)", (now(),))
                self.write("INSERT INTO meta VALUES ('created_by', ?)", (f"seamwatch {__version__}",))
            self.write(
                "INSERT OR REPLACE INTO meta VALUES ('schema_version', ?), ('changed_by', ?)",
                (str(latest), f"seamwatch {__version__}"),
            )
            self.write(f"PRAGMA user_version = {latest}")

    def change_mark(self) -> int:
        """Return a number that is another one after another connection has written."""
        return int(self.read("PRAGMA data_version")[0][0])

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    # --- reading and writing

    def read(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Return all rows of a query."""
        try:
            return self._db.execute(sql, _bound(values)).fetchall()
        except sqlite3.Error as wrong:
            raise self.error(wrong) from wrong

    def write(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Run one statement that changes rows; return how many it changed."""
        try:
            return self._db.execute(sql, _bound(values)).rowcount
        except sqlite3.Error as wrong:
            raise self.error(wrong) from wrong

    def write_all(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for every row."""
        try:
            self._db.executemany(sql, map(_bound, rows))
        except sqlite3.Error as wrong:
            raise self.error(wrong) from wrong

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Return a context whose writes are kept together or not at all."""
        # IMMEDIATE takes the write lock now: a transaction that first reads and then finds that it can't
        # write would have read what another writer has changed since. An inner one is a savepoint, so that
        # who catches its exception and goes on does not keep half of it.
        name = f"inner_{self._depth}"
        begin, keep, undo = (
            (f"SAVEPOINT {name}", f"RELEASE {name}", f"ROLLBACK TO {name}")
            if self._depth
            else ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")
        )
        self.write(begin)
        self._depth += 1
        try:
            yield
            self.write(keep)
        except BaseException:
            # A full disk has rolled everything back by itself.
            if self._db.in_transaction:
                self.write(undo)
            self.forget()
            raise
        finally:
            self._depth -= 1

    def forget(self, article_ids: Collection[str] | None = None) -> None:
        """Drop what is held in memory of these articles, or of all: it was changed, or undone."""

    def error(self, wrong: sqlite3.Error) -> StoreError:
        """Return what went wrong in plain words: what, where, and what to do."""
        said = str(wrong)
        # A quota or a limit on the file's size ends a write with an I/O error, not with "full".
        number = getattr(wrong, "sqlite_errorcode", None)
        if "full" in said or number in _NO_ROOM:
            return StoreError(
                f"the disk that holds {self.path} is full, or the file may not grow: what was stored before "
                "is safe; make room and run the same command again",
                code="store_full",
            )
        if "locked" in said or "busy" in said:
            return StoreError(
                f"{self.path} is being written by another program (waited {BUSY_SECONDS} s): try again when "
                "it has finished",
                code="store_busy",
            )
        if "readonly" in said:
            return StoreError(
                f"{self.path} can't be written: check the rights of the file and its folder, or choose "
                "another path with --db"
            )
        if "unable to open" in said:
            return StoreError(
                f"can't open {self.path}: check that the folder exists and that you may read and write in it"
            )
        if "not a database" in said or "malformed" in said:
            return StoreError(
                f"{self.path} is no SQLite database, or a damaged one ({said}): choose another path with "
                "--db, or restore a copy"
            )
        if "disk I/O" in said:
            return StoreError(
                f"{self.path} can't be read or written ({said}): check the disk, then run the same command "
                "again; what was stored before is safe"
            )
        return StoreError(f"{self.path}: {said}")
