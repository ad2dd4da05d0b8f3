"""Simulated news reports of real events: 1 to 6 noisy tellings of each event of a UCDP GED file.

    python bench/ged_reports.py GED.csv REPORTS.jsonl GOLD.jsonl [--seed 1] [--events N]
    python bench/ged_reports.py GED.csv REPORTS.jsonl GOLD.jsonl --mentions 100000 --copies

REPORTS.jsonl is read by `seamwatch read --mentions`: one article a line, in order of publication. GOLD.jsonl
says of each mention which event it tells, and what is wrong with it. `--events` draws some of the events;
`--mentions` draws whole fortnights, which keeps the local density, until there are that many mentions. With
--copies there may be more mentions than the file gives: further copies of all events lie whole multiples of
four years earlier, or in an invented country. See LINKING.md.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from ged_copies import Copy, copies
from ged_events import Event, Events, Spot, read_events
from ged_noise import CHANCES, other_days, other_spelling, other_toll, other_type
from ged_texts import Passages, Told, write
from seamwatch.vocabulary.acled import SubEventType

MOST_REPORTS = 6
LONGEST_LAG = 3
FORTNIGHT = 14
_PLACES = "Arden Brackwater Calloway Delmere Eastvale Farrow Glenholm Harwick Islay Jarrow".split()
_PAPERS = ("Courier", "Wire", "Monitor", "Evening Post")
OUTLETS = tuple(f"{place} {paper}" for paper in _PAPERS for place in _PLACES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A report before it is written; `published` is a day of the first copy, `draw` orders those of a day."""

    published: date
    draw: float
    copy: int
    event: int
    number: int
    outlet: str
    lag: int


def plan(event: Event, copy: int, at: int, seed: int) -> list[Planned]:
    """Return the reports of one event: how many there are, in which outlets and when they come out."""
    rng = Random(f"{seed} plan {copy} {event.id}")
    count = rng.randint(1, MOST_REPORTS)
    found = []
    for number, outlet in enumerate(rng.sample(OUTLETS, count)):
        lag = rng.randint(0, LONGEST_LAG)
        found.append(
            Planned(
                published=event.end + timedelta(days=lag),
                draw=rng.random(), copy=copy, event=at, number=number, outlet=outlet, lag=lag,
            )
        )  # fmt: skip
    return found


def draw_events(events: Events, count: int, seed: int) -> list[int]:
    """Return the positions of some events, drawn evenly."""
    everything = range(len(events.events))
    return sorted(Random(f"{seed} events").sample(everything, min(count, len(everything))))


def draw_fortnights(events: Events, mentions: int, copy: int, seed: int) -> list[Planned]:
    """Return about so many reports of one copy: those of whole fortnights, drawn until there are enough."""
    first = events.events[0].start
    held: dict[int, list[int]] = {}
    for at, event in enumerate(events.events):
        held.setdefault((event.start - first).days // FORTNIGHT, []).append(at)
    order = list(held)
    Random(f"{seed} fortnights {copy}").shuffle(order)
    found: list[Planned] = []
    for fortnight in order:
        for at in held[fortnight]:
            found += plan(events.events[at], copy, at, seed)
        if len(found) >= mentions:
            break
    # The last event may give more reports than are left.
    return found[:mentions]


@dataclass(slots=True)
class Writer:
    """Writes planned reports as lines; no two texts are alike, or one would be taken for the other's copy."""

    events: Events
    made: dict[int, Copy]
    seed: int
    seen: set[bytes]

    def line(self, planned: Planned, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return a report in the shape of `seamwatch extract` with its article, and its gold line."""
        original, copy = self.events.events[planned.event], self.made[planned.copy]
        event = copy.event(original)
        rng = Random(f"{self.seed} report {planned.copy} {event.id} {planned.number}")
        wrong = {kind for kind, chance in CHANCES.items() if rng.random() < chance}
        noise: list[str] = []
        spot = event.spot
        if "place" in wrong:
            spot = copy.spot(self.events.coarser(original))
            noise += ["place"] * (spot != event.spot)
        if "spelling" in wrong:
            spelled = other_spelling(spot.name, rng)
            if spelled != spot.name:
                noise.append("spelling")
                spot = replace(spot, name=spelled)
                if rng.random() < 0.5:
                    spot = replace(spot, lat=None, lon=None, radius=None)
        killed = event.best
        if "toll" in wrong:
            noise.append("toll")
            killed = other_toll(event.best, rng)
        start, end, date_prec = event.start, event.end, event.date_prec
        if "date" in wrong:
            start, end, date_prec, how = other_days(event, planned.lag, rng)
            noise.append(f"date {how}")
        sub_type = event.sub_type
        if "type" in wrong:
            noise.append("type")
            sub_type = other_type(event, rng)
        told = Told(
            sub_type=sub_type,
            place=spot.name,
            unit=f"{spot.admin1} governorate" if spot.admin1 and spot.level != 4 else None,
            start=start,
            end=end,
            date_prec=date_prec,
            killed=killed,
            side_a=event.side_a,
            side_b=event.side_b,
            harmed=_harmed(event, killed),
        )
        text, title, words = self._different(told, rng)
        row = {
            "id": name,
            "language": "en",
            "article": {
                "text": text.text,
                "title": title,
                "published": copy.day(planned.published).isoformat(),
                "source": planned.outlet,
            },
            "mentions": [_mention(f"{name}#1", told, spot, text, words)],
            "others": [], "statements": [], "places": [], "dates": [],
        }  # fmt: skip
        gold = {
            "mention": f"{name}#1",
            "event": event.id,
            "start": event.start.isoformat(),
            "noise": noise,
        }
        return row, gold

    def _different(self, told: Told, rng: Random) -> tuple[Passages, str | None, dict[str, str]]:
        while True:
            text, title, words = write(told, rng)
            plain = " ".join(text.text.casefold().split())
            mark = blake2b(plain.encode(), digest_size=8).digest()
            if mark not in self.seen:
                self.seen.add(mark)
                return text, title, words


def _harmed(event: Event, killed: int) -> tuple[tuple[str, int], ...]:
    """Return who died as a report tells it: by how much its toll is off, so is its largest group."""
    off = killed - event.best
    largest = max(event.harmed, key=lambda item: item[1], default=None)
    counts = ((g, n + off if (g, n) == largest else n) for g, n in event.harmed)
    return tuple((group, count) for group, count in counts if count > 0) if killed else ()


def _mention(name: str, told: Told, spot: Spot, text: Passages, words: dict[str, str]) -> dict[str, Any]:
    sides = dict.fromkeys(told.side_a + told.side_b)
    return {
        "id": name,
        "event_type": SubEventType(told.sub_type).event_type.value,
        "sub_event_type": told.sub_type,
        "modality": "reported",
        "date": {
            "start": told.start.isoformat(),
            "end": told.end.isoformat(),
            "precision": told.date_prec,
            "evidence": text.evidence("date"),
        },
        "place": {
            "name": spot.name,
            "admin1": spot.admin1,
            "admin2": spot.admin2,
            "country": spot.country,
            "lat": spot.lat,
            "lon": spot.lon,
            "precision": spot.level,
            "radius_km": spot.radius,
            "geonameid": None,
            "evidence": text.evidence("place"),
        },
        "perpetrators": [
            {
                "name": side,
                "kind": "state" if side.startswith("Government of ") else "organization",
                "certainty": "reported",
                "evidence": text.evidence(f"by {side}"),
            }
            for side in sides
        ],
        "targets": [],
        "victims": [
            {
                "name": words[group], "kind": "human", "group": group, "outcome": "killed", "count": count,
                "evidence": text.evidence(f"harmed {group}"),
            }
            for group, count in told.harmed
        ],
        "weapons": [],
        "killed": dict.fromkeys(("low", "best", "high"), told.killed) | {"evidence": text.evidence("killed")},
        "injured": None, "missing": None, "abducted": None,
        "claims": [],
        "evidence": text.evidence("what"),
    }  # fmt: skip


def plan_all(
    events: Events,
    *,
    seed: int = 1,
    count: int | None = None,
    mentions: int | None = None,
    more: bool = False,
) -> tuple[dict[int, Copy], list[Planned]]:
    """Return the copies in use by number, and the reports to write; `more` allows copies of all events.

    `count` draws so many events, `mentions` as many fortnights as give so many mentions.
    """
    made: dict[int, Copy] = {}
    planned: list[Planned] = []
    everything = range(len(events.events)) if count is None else draw_events(events, count, seed)
    for copy in copies() if more else islice(copies(), 1):
        reports = [p for at in everything for p in plan(events.events[at], copy.number, at, seed)]
        left = None if mentions is None else mentions - len(planned)
        if left is not None and left < len(reports):
            reports = draw_fortnights(events, left, copy.number, seed)
        made[copy.number] = copy
        planned += reports
        if mentions is None or len(planned) >= mentions:
            break
    if mentions is not None and len(planned) < mentions:
        raise SystemExit(f"there are only {len(planned):,} mentions; ask for fewer, or add --copies")
    return made, planned


def simulate(
    events: Events,
    *,
    seed: int = 1,
    count: int | None = None,
    mentions: int | None = None,
    more: bool = False,
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield reports with their gold lines, in order of publication; see `plan_all`."""
    made, planned = plan_all(events, seed=seed, count=count, mentions=mentions, more=more)
    planned.sort(key=lambda p: (made[p.copy].day(p.published), p.draw, p.copy, p.event, p.number))
    writer = Writer(events=events, made=made, seed=seed, seen=set())
    for number, report in enumerate(planned, 1):
        yield writer.line(report, f"R{number:07d}")


def fresh_reports(events: Events, count: int, *, seed: int, mentions: int) -> Iterator[dict[str, Any]]:
    """Yield further reports of some of the events in `simulate(events, mentions=mentions, more=True)`.

    The events are drawn evenly by the seed, which must be another than that of the simulation.
    """
    made, planned = plan_all(events, mentions=mentions, more=True)
    told = sorted({(p.copy, p.event) for p in planned})
    rng = Random(f"{seed} fresh")
    writer = Writer(events=events, made=made, seed=seed, seen=set())
    for number, (copy, at) in enumerate(rng.choices(told, k=count), 1):
        report = rng.choice(plan(events.events[at], copy, at, seed))
        yield writer.line(report, f"N{number:07d}")[0]


def main() -> None:
    """Write the reports and the gold; print how many there are and what share has which noise."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("ged", type=Path, help="UCDP GED as CSV")
    parser.add_argument("reports", type=Path)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--events", type=int, help="draw so many events")
    size.add_argument("--mentions", type=int, help="make so many mentions, of whole fortnights")
    parser.add_argument("--copies", action="store_true", help="with --mentions: also copies of the events")
    options = parser.parse_args()
    if options.copies and options.mentions is None:
        parser.error("--copies needs --mentions N")
    events = read_events(options.ged)
    told, noise = set(), Counter[str]()
    total = 0
    with (
        options.reports.open("w", encoding="utf-8") as reports,
        options.gold.open("w", encoding="utf-8") as gold,
    ):
        for row, truth in simulate(
            events, seed=options.seed, count=options.events, mentions=options.mentions, more=options.copies
        ):
            reports.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
            gold.write(json.dumps(truth, separators=(",", ":")) + "\n")
            total += 1
            told.add(truth["event"])
            noise.update({kind.split()[0] for kind in truth["noise"]})
    shares = {kind: round(noise[kind] / max(1, total), 4) for kind in CHANCES}
    json.dump({"mentions": total, "events": len(told), "shares": shares}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
