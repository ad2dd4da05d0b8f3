"""A killed program loses nothing that it reported as stored, and leaves nothing by halves."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from made_incidents import article, extraction
from seamwatch.store import open_store

TESTS = Path(__file__).parent
KILLS = 10


def write_for_ever(path: str, first: int) -> None:
    """Store articles with what they say, one transaction each, and print each id once it is stored."""
    with open_store(path) as store:
        number = first
        while True:
            a = article(f"A{number}")
            with store.transaction():
                store.add_article(a, content_key=a.id, bands=[number, number + 1])
                store.add_source(a.id, "AFP", None, None)
                store.store_extraction(a.id, extraction(a))
            print(a.id, flush=True)
            number += 1


def test_nothing_reported_is_lost_and_nothing_is_half(tmp_path: Path) -> None:
    """After kills at random moments every reported article is whole, and no other one is by halves."""
    path, chance = tmp_path / "record.db", random.Random(1)
    reported: list[str] = []
    for kill in range(KILLS):
        child = subprocess.Popen(
            [sys.executable, __file__, str(path), str(kill * 100_000)], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        reported.append(child.stdout.readline().strip())
        time.sleep(chance.random() * 0.15)
        child.send_signal(signal.SIGKILL)
        # The last line may be cut: what was not reported whole was not reported.
        reported += [line.strip() for line in child.stdout.read().splitlines(keepends=True) if "\n" in line]
        child.wait()

    with open_store(str(path)) as store:
        stored = {a.id: a for a in store.articles()}
        assert set(reported) <= set(stored)
        # At most the one article that was stored when the kill came before its report.
        assert len(stored) - len(set(reported)) <= KILLS
        for name, a in stored.items():
            assert a == article(name)
            assert [m.mention for m in store.mentions_of(name)] == list(extraction(a).mentions)
            assert store.find_by_content_key(name) == name
            assert name in {found for found, _ in store.articles_with_bands([int(name[1:])])}
            row, ref = store.extraction_json(name), store.article_ref(name)
            assert row is not None
            assert ref is not None
            assert (len(row["others"]), len(row["statements"]), ref.sources) == (1, 1, ("AFP",))
        assert len(store.search_articles("roadside", limit=10**6)) == len(stored)
        assert store.counts()["mentions"] == len(stored)
    assert len(reported) > KILLS


if __name__ == "__main__":
    sys.path.insert(0, str(TESTS))
    write_for_ever(sys.argv[1], int(sys.argv[2]))


def test_one_new_database_can_be_made_by_many_at_once(tmp_path: Path) -> None:
    """All who open a path where nothing is yet at the same moment get the one database."""
    for number in range(15):
        gate = threading.Barrier(6)

        def make(path: str, gate: threading.Barrier = gate) -> None:
            gate.wait()
            open_store(path).close()

        with ThreadPoolExecutor(6) as pool:
            for made in [pool.submit(make, str(tmp_path / f"{number}.db")) for _ in range(6)]:
                made.result()
