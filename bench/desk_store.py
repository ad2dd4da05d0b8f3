"""Makes a database of many invented incidents, for measuring the desk.

    python bench/desk_store.py PATH [N]

It writes the tables of schema version 4 directly and lets the store bring them to the present schema, so the
time that this takes is told too. On two shared cores 100,000 incidents take some 20 s (500 MB), 1,000,000
some 4 minutes (5 GB). The mentions are not linked, so nothing should be decided in such a database.
"""

from __future__ import annotations

import random
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

from seamwatch.link.order import incident_id
from seamwatch.store import open_store
from seamwatch.store.matching import fold
from seamwatch.store.sqlite_database import APPLICATION_ID
from seamwatch.vocabulary.acled import SubEventType

VERSION = 4
SEED = 20261122
FIRST_DAY, DAYS = date(1990, 1, 1), 13_400
PLACES_A_UNIT = 60
# Name, country, and about where it lies: latitude, longitude, spread in degrees, share of all incidents.
UNITS = (
    *(("Diyala", "IQ", 33.9, 45.0, 0.4, 9), ("Kirkuk", "IQ", 35.4, 44.3, 0.3, 8)),
    *(("Nineveh", "IQ", 36.2, 42.6, 0.6, 8), ("Baghdad", "IQ", 33.3, 44.4, 0.15, 12)),
    *(("Anbar", "IQ", 33.3, 42.5, 1.0, 7), ("Saladin", "IQ", 34.6, 43.7, 0.5, 7)),
    *(("Aleppo", "SY", 36.3, 37.4, 0.5, 10), ("Idlib", "SY", 35.8, 36.7, 0.3, 9)),
    *(("Deir ez-Zor", "SY", 35.1, 40.3, 0.6, 6), ("Hasakah", "SY", 36.6, 40.9, 0.5, 6)),
    *(("Homs", "SY", 34.6, 37.6, 0.8, 5), ("Damascus", "SY", 33.5, 36.4, 0.2, 5)),
    *(("Helmand", "AF", 31.4, 64.2, 0.8, 6), ("Kandahar", "AF", 31.6, 65.7, 0.6, 5)),
    *(("Kabul", "AF", 34.5, 69.2, 0.2, 4), ("North Kivu", "CD", -1.2, 29.0, 0.6, 5)),
    *(("Borno", "NG", 11.9, 13.1, 0.8, 5), ("Sana", "YE", 15.4, 44.2, 0.4, 3)),
    *(("Donetsk", "UA", 48.0, 37.8, 0.5, 6), ("Rakhine", "MM", 20.5, 93.2, 0.6, 2)),
)
ACTORS = (
    *("Islamic State", "Free Syrian Army", "Taliban", "Boko Haram", "M23", "Houthi movement", "PKK"),
    *(f"Brigade {number} of the North" for number in range(300)),
)
TARGETS = ("army patrol", "police checkpoint", "farmers", "market", "convoy of traders", "village guards")
WEAPONS = ("roadside bomb", "rifles", "mortar shells", "drone", "machine guns", "car bomb")
OUTLETS = tuple(f"Outlet {number}" for number in range(400))
STATUSES = ("confirmed",) * 6 + ("unconfirmed",) * 3 + ("claimed", "denied", "foiled")
WORDS = "patrol convoy bridge river night dawn ambush shelling witness commander clinic road orchard".split()

Json = dict[str, Any]


def make_store(path: Path, n: int, *, say: bool = False) -> None:
    """Write a new database of `n` incidents to a path; every tenth is told three times, the others once."""
    began = time.perf_counter()
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        db.execute("BEGIN")
        folder = resources.files("seamwatch.store") / "migrations"
        for file in sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name):
            if int(file.name[:4]) <= VERSION:
                for statement in _statements(file.read_text(encoding="utf-8")):
                    db.execute(statement)
        for start in range(0, n, 10_000):
            _insert(db, list(_made(start, min(start + 10_000, n))))
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {VERSION}")
        db.execute("COMMIT")
        db.execute("PRAGMA journal_mode = WAL")
    made = time.perf_counter()
    with open_store(str(path)) as store:
        counts = store.counts()
    if say:
        size = path.stat().st_size / 2**20
        print(
            f"{counts['incidents']} incidents, {counts['articles']} articles, {size:.0f} MB: written in "
            f"{made - began:.0f} s, brought to the present schema in {time.perf_counter() - made:.0f} s"
        )


def _statements(script: str) -> Iterator[str]:
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""


def _places() -> list[list[tuple[str, float, float]]]:
    chance = random.Random(SEED)
    return [
        [
            (
                f"{unit[0]} {number}",
                round(chance.gauss(unit[2], unit[4]), 4),
                round(chance.gauss(unit[3], unit[4]), 4),
            )
            for number in range(PLACES_A_UNIT)
        ]
        for unit in UNITS
    ]


PLACES = _places()
_SHARES = [unit[5] for unit in UNITS]


def _made(start: int, end: int) -> Iterator[tuple[Json, list[Json], str]]:
    """Yield incidents with their mentions and their articles' words; a number gives always the same."""
    kinds = list(SubEventType)
    for number in range(start, end):
        chance = random.Random(SEED + number)
        unit = chance.choices(range(len(UNITS)), _SHARES)[0]
        name, lat, lon = chance.choice(PLACES[unit])
        kind = chance.choice(kinds)
        day = FIRST_DAY + timedelta(days=int(DAYS * chance.random() ** 0.5))
        last = day + timedelta(days=chance.choice((0, 0, 0, 0, 1, 6)))
        precision = chance.choice((1, 1, 1, 2, 3, 4))
        killed = int(chance.expovariate(0.4))
        quote = [{"in": "text", "start": 0, "end": 6, "quote": "Gunmen", "by": "made"}]
        actor = chance.choice(ACTORS)
        values: Json = {
            "event_type": kind.event_type.value,
            "sub_event_type": kind.value,
            "date": {"start": f"{day}", "end": f"{last}", "precision": 1 if day == last else 2},
            "place": {
                "name": name,
                "admin1": UNITS[unit][0],
                "admin2": None,
                "country": UNITS[unit][1],
                "lat": lat,
                "lon": lon,
                "precision": precision,
                "radius_km": (0, 1, 5, 20, 75)[precision],
                "geonameid": None,
            },
            "perpetrators": [{"name": actor, "kind": "organization", "certainty": "reported"}],
            "targets": [{"name": chance.choice(TARGETS), "kind": "human"}],
            "victims": [],
            "weapons": [{"name": chance.choice(WEAPONS)}],
            "killed": {"low": killed, "best": killed, "high": killed + 1} if number % 5 else None,
            "injured": {"low": 0, "best": killed // 2, "high": killed},
            "missing": None,
            "abducted": None,
            "claims": [],
        }
        if number % 50 == 0:
            values["date"] = None
        for field in ("date", "place", "killed", "injured"):
            if values[field] is not None:
                values[field]["evidence"] = quote
        for field in ("perpetrators", "targets", "weapons"):
            values[field][0]["evidence"] = quote
        told = range(3 if number % 10 == 0 else 1)
        mentions = [
            {"id": f"M{number}-{turn}#1", **values, "modality": "reported", "evidence": quote}
            for turn in told
        ]
        refs = [
            {
                "id": mention["id"],
                "article": f"M{number}-{turn}",
                "source": OUTLETS[(number * 7 + turn) % len(OUTLETS)],
                "published": f"{last + timedelta(days=turn)}",
            }
            for turn, mention in zip(told, mentions, strict=True)
        ]
        revisions = [
            {
                "kind": "reported",
                "at": f"{last + timedelta(days=turn)}T00:00:00+00:00",
                "field": "incident",
                "from": None,
                "to": kind.value,
                "because": "told",
                "mention": mention["id"],
            }
            for turn, mention in zip(told, mentions, strict=True)
        ]
        incident = {
            "id": incident_id(mentions[0]["id"]),
            **values,
            "status": chance.choice(STATUSES),
            "mentions": refs,
            "disagreements": [],
            "revisions": revisions,
            "aliases": [],
            "areas": [],
            "policy": "ucdp",
            "decisions": [],
            "voices": len(refs),
        }
        text = (
            f"Gunmen of {actor} came to {name} in {UNITS[unit][0]}. {' '.join(chance.choices(WORDS, k=8))}."
        )
        yield incident, mentions, text


def _insert(db: sqlite3.Connection, made: list[tuple[Json, list[Json], str]]) -> None:
    def as_json(value: object) -> str:
        return msgspec.json.encode(value).decode()

    def days(row: Json) -> tuple[str | None, str | None]:
        return (row["date"]["start"], row["date"]["end"]) if row["date"] else (None, None)

    at = "2026-11-22T00:00:00.000000+00:00"
    refs = [(ref, text) for incident, _, text in made for ref in incident["mentions"]]
    db.executemany(
        "INSERT INTO articles (id, title, text, published, source, language, stored_at) "
        "VALUES (?, 'Attack', ?, ?, ?, 'en', ?)",
        ((ref["article"], text, ref["published"], ref["source"], at) for ref, text in refs),
    )
    db.executemany(
        "INSERT INTO extractions VALUES (?, '[]', '[]', '[]', '[]', '[]', ?, 1)",
        ((ref["article"], at) for ref, _ in refs),
    )
    db.executemany(
        "INSERT INTO mentions (id, article_id, ordinal, json, event_type, sub_event_type, modality, "
        "date_start, date_end, lat, lon, radius, country, admin1) "
        "VALUES (?, ?, 1, ?, ?, ?, 'reported', ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                *(m["id"], m["id"][:-2], as_json(m), m["event_type"], m["sub_event_type"], *days(m)),
                *(m["place"][key] for key in ("lat", "lon", "radius_km", "country", "admin1")),
            )
            for _, mentions, _ in made
            for m in mentions
        ),
    )
    db.executemany(
        "INSERT INTO incidents (id, json, status, event_type, sub_event_type, date_start, date_end, "
        "lat, lon, killed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                *(i["id"], as_json(i), i["status"], i["event_type"], i["sub_event_type"], *days(i)),
                *(i["place"]["lat"], i["place"]["lon"], i["killed"]["best"] if i["killed"] else None),
            )
            for i, _, _ in made
        ),
    )
    db.executemany(
        "INSERT INTO incident_mentions VALUES (?, ?)",
        ((ref["id"], i["id"]) for i, _, _ in made for ref in i["mentions"]),
    )
    names = (
        (i["id"], kind, fold(name))
        for i, _, _ in made
        for kind, name in (
            *(("area", i["place"][key]) for key in ("name", "admin1", "country")),
            *(("actor", one["name"]) for key in ("perpetrators", "targets") for one in i[key]),
        )
    )
    db.executemany("INSERT INTO incident_names VALUES (?, ?, ?)", names)


if __name__ == "__main__":
    make_store(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000, say=True)
