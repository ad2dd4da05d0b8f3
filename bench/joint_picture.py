"""How long it takes to show received records: many from one party into an empty store, then a second party's.

    python bench/joint_picture.py [--records 100000] [--seed 1] [--out bench/results/joint_picture.json]

The records are made by a generator of its own after the shape of UCDP GED: conflicts with a centre and actors
of their own, events that crowd in some weeks and districts, tolls with a long tail. The second party tells of
some of the same events with its own figures, and of others; then some are replaced and some withdrawn. Run it
with `taskset -c 0` for one core. A run on 100,000 records with seed 1 is written to
bench/results/joint_picture.json.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from seamwatch.model.exchange import ReceivedRecord
from seamwatch.pipeline.centre.record_picture import RecordPicture
from seamwatch.store.base import IncidentFilter
from seamwatch.store.sqlite import SqliteStore

RECORD = Path("bench/results/joint_picture.json")
COUNTRIES = ("IQ", "SY", "AF", "NG", "ML", "SO", "YE", "UA", "CO", "MM", "CD", "ET", "PK", "PH", "LY")
TYPES = (
    ("Battles", "Armed clash", 50),
    ("Violence against civilians", "Attack", 25),
    ("Explosions/Remote violence", "Remote explosive/landmine/IED", 10),
    ("Explosions/Remote violence", "Shelling/artillery/missile attack", 8),
    ("Explosions/Remote violence", "Air/drone strike", 5),
    ("Explosions/Remote violence", "Suicide bomb", 2),
)
SYLLABLES = "al ba da fa gar han ja kul lo mar na qar ra sul ta wa za bir dor esh".split()
AT = datetime(2026, 1, 1, tzinfo=UTC)


def name_of(made: random.Random) -> str:
    """Return a made-up name of a place or group."""
    return "".join(made.choices(SYLLABLES, k=made.randint(2, 3))).capitalize()


def events(many: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield events as the contract's incidents, without evidence."""
    made = random.Random(seed)
    conflicts = []
    for number in range(max(3, many // 800)):
        country = COUNTRIES[number % len(COUNTRIES)]
        provinces = [
            (name_of(made), [(name_of(made), made.gauss(0, 0.4), made.gauss(0, 0.4)) for _ in range(6)])
            for _ in range(4)
        ]
        centre = (made.uniform(-25, 45), made.uniform(-70, 110))
        actors = [f"{name_of(made)} {made.choice(('Front', 'Army', 'Movement', 'Brigades'))}" for _ in (1, 2)]
        peaks = [made.randint(0, 12_000) for _ in range(12)]
        conflicts.append((country, centre, provinces, actors, peaks))
    for _ in range(many):
        country, (lat, lon), provinces, actors, peaks = made.choice(conflicts)
        admin1, districts = made.choice(provinces)
        admin2, north, east = made.choice(districts)
        coarse = made.random() < 0.2
        day = date(1989, 1, 1) + timedelta(days=max(0, int(made.gauss(made.choice(peaks), 60))))
        days = made.choices((0, 0, 0, 6, 30), k=1)[0]
        general, exact, _ = made.choices(TYPES, weights=[weight for *_, weight in TYPES])[0]
        killed = min(400, int(made.paretovariate(1.1)))
        yield {
            "event_type": general,
            "sub_event_type": exact,
            "status": made.choice(("confirmed", "confirmed", "unconfirmed", "claimed")),
            "date": {
                "start": day.isoformat(),
                "end": (day + timedelta(days=days)).isoformat(),
                "precision": {0: 1, 6: 2, 30: 4}[days],
            },
            "place": {
                "name": admin2 if coarse else f"{name_of(made)}",
                "admin1": admin1,
                "admin2": admin2,
                "country": country,
                "lat": round(lat + north + made.gauss(0, 0.1), 4),
                "lon": round(lon + east + made.gauss(0, 0.1), 4),
                "precision": 3 if coarse else 1,
                "radius_km": 30 if coarse else 3,
            },
            "perpetrators": [
                {"name": name, "kind": "organization", "certainty": "reported"} for name in actors
            ],
            "targets": [],
            "victims": [{"name": "civilians", "group": "civilian", "outcome": "killed", "count": killed}],
            "weapons": [],
            "killed": {"low": killed, "best": killed, "high": killed + made.choice((0, 0, 2))},
            "injured": None,
            "claims": [],
        }


def record(party: str, number: int, incident: dict[str, Any], version: int = 1) -> ReceivedRecord:
    """Return a party's record of an event."""
    return ReceivedRecord(
        party=party,
        record=f"{number:032x}",
        version=version,
        state="shown",
        at=AT,
        content={
            "record": f"{number:032x}",
            "version": version,
            "tlp": "TLP:AMBER",
            "incident": incident,
            "withheld": ["sources"],
            "coarse": {},
            "sources": None,
        },
    )


def second(known: list[dict[str, Any]], seed: int) -> Iterator[dict[str, Any]]:
    """Yield how another party tells some of the events: a third of them with figures of its own."""
    made = random.Random(seed)
    for incident in made.sample(known, k=min(len(known), 5_000)):
        killed = incident["killed"]["best"] + made.choice((0, 0, 0, 1, 2))
        yield {**incident, "killed": {"low": killed, "best": killed, "high": killed}}


def main() -> None:
    """Measure and print the figures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--records", type=int, default=100_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--out", type=Path)
    options = asked.parse_args()
    known = list(events(options.records, options.seed))
    figures: dict[str, Any] = {"records": options.records, "python": platform.python_version(), "cores": 1}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "record.db"
        store = SqliteStore(path, create=True)
        picture = RecordPicture(store, str.capitalize)

        def timed(name: str, records: list[ReceivedRecord], *, away: bool = False) -> None:
            wall, cpu = time.perf_counter(), time.process_time()
            (picture.withdraw if away else picture.show)(records)
            figures[name] = {
                "records": len(records),
                "wall_seconds": round(time.perf_counter() - wall, 1),
                "processor_seconds": round(time.process_time() - cpu, 1),
            }
            print(name, figures[name], flush=True)

        timed("first_party", [record("north", n, told) for n, told in enumerate(known)])
        figures["incidents"] = store.counts()["incidents"]
        figures["megabytes"] = round(path.stat().st_size / 2**20)
        timed(
            "second_party", [record("south", n, told) for n, told in enumerate(second(known, options.seed))]
        )
        figures["told_by_both"] = sum(
            len({m.article.party for m in i.mentions}) > 1
            for i in store.incidents(IncidentFilter(statuses=None))
        )
        timed("replaced", [record("north", n, known[-n], 2) for n in range(1, 1001)])
        timed("withdrawn", [record("north", n, {}, 2) for n in range(1000)], away=True)
    print(json.dumps(figures, indent=2))
    out = options.out or (RECORD if (options.records, options.seed) == (100_000, 1) else None)
    if out:
        out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
