"""Makes a store many times as large with copies of all its rows in earlier centuries.

    python bench/enlarge_store.py STORE.db LARGE.db --times 10

The copies are ballast: they fill the tables and indexes as real articles of other times would, and nothing
that is told today finds them. Their mentions stand under the blocks of their own days; their incidents are
not to be read. It is for measuring what one new article costs in a large store (link_one.py --drawn-from N),
without the hours that linking so many takes. Row for row it is as dense as the store.
"""

from __future__ import annotations

import argparse
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from seamwatch.link.block import stored_blocks
from seamwatch.link.compare import Profile, profile_from_text, profile_text, window_of

CENTURY = 36_525

# Tables with what is put in place of some columns; the other columns are copied as they are.
_COPIED: tuple[tuple[str, dict[str, str]], ...] = (
    ("articles", {"key": "key + :k", "id": "id || :s", "content_key": "content_key || :s",
                  "version_of": "version_of || :s"}),
    ("article_bands", {"value": "value + :n", "article_key": "article_key + :k"}),
    ("extractions", {"article_id": "article_id || :s"}),
    ("mentions", {"key": "key + :k", "id": "id || :s", "article_id": "article_id || :s"}),
    ("incidents", {"key": "key + :k", "id": "id || :s"}),
    ("incident_mentions", {"mention_id": "mention_id || :s", "incident_id": "incident_id || :s"}),
    ("incident_names", {"incident_id": "incident_id || :s"}),
    ("aliases", {"id": "id || :s", "incident_id": "incident_id || :s"}),
    ("links", {"mention": "mention + :k", "other": "other + :k"}),
)  # fmt: skip
_FIRST = {
    "articles": "key",
    "mentions": "key",
    "incidents": "key",
    "links": "mention",
    "article_bands": "article_key",
}


def earlier(profile: Profile, days: int) -> Profile:
    """Return the profile so many days earlier."""

    def moved(day: int | None) -> int | None:
        return None if day is None else day - days

    return replace(profile, start=moved(profile.start), end=moved(profile.end), told=moved(profile.told))


def _rows(held: list[tuple[int, str]], copy: int, step: int) -> Iterator[tuple[int, Profile]]:
    for key, text in held:
        yield key + copy * step, earlier(profile_from_text(text), copy * CENTURY)


def enlarge(store: Path, large: Path, times: int) -> None:
    """Write the enlarged copy."""
    shutil.copyfile(store, large)
    database = sqlite3.connect(large, isolation_level=None)
    for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -4000000", "foreign_keys = OFF"):
        database.execute(f"PRAGMA {setting}")
    held = database.execute("SELECT mention, data FROM profiles ORDER BY mention").fetchall()
    most = [
        database.execute(f"SELECT max(key) FROM {t}").fetchone()[0]
        for t in ("articles", "mentions", "incidents")
    ]
    step = 10 ** len(str(max(most)))
    for copy in range(1, times):
        values = {"k": copy * step, "n": copy, "s": f"~{copy}"}
        database.execute("BEGIN")
        for table, changed in _COPIED:
            columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            chosen = ", ".join(changed.get(name, name) for name in columns)
            first = _FIRST.get(table)
            # Only the rows of the store itself, not those of the copies made before.
            only = f"{first} < {step}" if first else f"instr({columns[0]}, '~') = 0"
            used = {name: value for name, value in values.items() if f":{name}" in chosen}
            database.execute(f"INSERT INTO {table} SELECT {chosen} FROM {table} WHERE {only}", used)
        blocks: list[tuple[int, int, int, int]] = []
        profiles: list[tuple[int, str]] = []
        for key, profile in _rows(held, copy, step):
            first_day, last_day = window_of(profile) or (0, 0)
            profiles.append((key, profile_text(profile)))
            blocks += [(block, first_day, last_day, key) for block in stored_blocks(profile).tolist()]
        database.executemany("INSERT INTO profiles VALUES (?, ?)", profiles)
        database.executemany("INSERT OR IGNORE INTO blocks VALUES (?, ?, ?, ?)", sorted(blocks))
        database.execute("COMMIT")
        print(f"{copy + 1} of {times}", file=sys.stderr)
    database.close()


def main() -> None:
    """Enlarge a store."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("store", type=Path)
    parser.add_argument("large", type=Path)
    parser.add_argument("--times", type=int, default=10)
    options = parser.parse_args()
    enlarge(options.store, options.large, options.times)


if __name__ == "__main__":
    main()
