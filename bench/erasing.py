"""What it costs to leave nothing of withdrawn records in a database, with and without `secure_delete`.

    python bench/erasing.py [--records 100000] [--gone 1000] [--seed 1] [--out bench/results/erasing.json]

Records as in `bench/joint_picture.py` are shown, each with a word of its own. Then some are withdrawn, and
the files (database, log, shared memory) are searched for their words: once with SQLite's `secure_delete` on
from the first write, once with it off throughout. At last the file is written anew, and searched again.
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from joint_picture import events, record
from seamwatch.model.exchange import ReceivedRecord
from seamwatch.pipeline.centre import record_picture
from seamwatch.pipeline.centre.record_picture import RecordPicture
from seamwatch.store.sqlite import SqliteStore

WORD = re.compile(rb"qzx\d{6}vkj")


class PlainStore(SqliteStore):
    """A store in which `secure_delete` stays as it was set first."""

    settled = False

    def read(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query; what would set `secure_delete` is left out."""
        if self.settled and "secure_delete =" in sql:
            return []
        return super().read(sql, values)


def word(number: int) -> str:
    """Return a word that only one record has."""
    return f"qzx{number:06d}vkj"


def left(path: Path, words: set[bytes]) -> dict[str, int]:
    """Return how many of the words stand in each of the database's files."""
    found = {}
    for file in sorted(path.parent.glob(f"{path.name}*")):
        data = file.read_bytes()
        found[file.name.removeprefix(path.name) or "db"] = len(words.intersection(WORD.findall(data)))
    return found


def measure(path: Path, told: list[ReceivedRecord], gone: int, secure: bool) -> dict[str, Any]:
    """Return the figures of one store."""
    store = PlainStore(path, create=True)
    store.read(f"PRAGMA secure_delete = {'ON' if secure else 'OFF'}")
    store.settled = True
    picture = RecordPicture(store, lambda party: party)
    figures: dict[str, Any] = {}
    start = time.perf_counter()
    picture.expect(len(told))
    for at in range(0, len(told), 5000):
        picture.show(told[at : at + 5000])
    picture.settle()
    figures["show_seconds"] = round(time.perf_counter() - start, 1)
    store.read("PRAGMA wal_checkpoint(TRUNCATE)")
    figures["file_mb"] = round(path.stat().st_size / 1e6)
    start = time.perf_counter()
    picture.withdraw(told[:: len(told) // gone][:gone])
    figures["withdraw_seconds"] = round(time.perf_counter() - start, 1)
    words = {word(n).encode() for n in range(0, len(told), len(told) // gone)}
    figures["words_left"] = left(path, words)
    store.read("PRAGMA wal_checkpoint(TRUNCATE)")
    figures["words_left_after_checkpoint"] = left(path, words)
    start = time.perf_counter()
    store.erase_traces()
    figures["anew_seconds"] = round(time.perf_counter() - start, 1)
    figures["words_left_anew"] = left(path, words)
    store.close()
    return figures


def main() -> None:
    """Measure and print the figures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--records", type=int, default=100_000)
    asked.add_argument("--gone", type=int, default=1_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--out", type=Path)
    options = asked.parse_args()
    record_picture.SMALL = 0  # withdrawing alone is measured, without the writing anew after it
    told = [
        record("north", n, {**incident, "weapons": [{"name": word(n)}]})
        for n, incident in enumerate(events(options.records, options.seed))
    ]
    figures: dict[str, Any] = {
        "records": options.records,
        "withdrawn": options.gone,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, secure in (("secure_delete_off", False), ("secure_delete_on", True)):
            figures[name] = measure(Path(folder) / f"{name}.db", told, options.gone, secure)
            print(name, figures[name], flush=True)
    text = json.dumps(figures, indent=1) + "\n"
    if options.out:
        options.out.write_text(text)
    print(text, end="")


if __name__ == "__main__":
    main()
