"""How well clusters of simulated reports fit the events that they tell: figures for any linking."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

from ged_events import distance_km

KINDS = ("place", "spelling", "toll", "date", "type")
MOST_EVENTS = 2000  # of one incident: of a larger one the wrong pairs are counted, but not described


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Which event a mention tells, the event's first day, and which kinds of noise the report has."""

    mention: str
    event: str
    start: date
    noise: frozenset[str]


def read_truth(path: Path) -> list[Truth]:
    """Return the gold lines that `ged_reports.py` wrote."""
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        Truth(
            mention=row["mention"],
            event=row["event"],
            start=date.fromisoformat(row["start"]),
            noise=frozenset(kind.split()[0] for kind in row["noise"]),
        )
        for row in rows
    ]


def read_mentions(path: Path) -> dict[str, dict[str, Any]]:
    """Return what each report says by mention id: days, place, toll, type."""
    found = {}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            for mention in json.loads(line)["mentions"]:
                for name in ("evidence", "victims"):
                    mention.pop(name)
                found[mention["id"]] = mention
    return found


def incident_of_mention(path: Path) -> dict[str, str]:
    """Return the incident of each mention, read from `seamwatch incidents --format json`."""
    with path.open(encoding="utf-8") as lines:
        incidents = json.load(lines)["incidents"]
    return {mention["id"]: incident["id"] for incident in incidents for mention in incident["mentions"]}


def score(truths: Iterable[Truth], found: Mapping[str, str]) -> dict[str, Any]:
    """Return pair and B-cubed figures in percent; a mention without an incident stands alone.

    Pairs are counted from the sizes of the cells of events by incidents, never one by one.
    """
    cells: Counter[tuple[str, str]] = Counter()
    for truth in truths:
        cells[truth.event, found.get(truth.mention, f"alone {truth.mention}")] += 1
    events: Counter[str] = Counter()
    incidents: Counter[str] = Counter()
    for (event, incident), count in cells.items():
        events[event] += count
        incidents[incident] += count
    total = events.total()
    right, made, real = (_pairs(sizes.values()) for sizes in (cells, incidents, events))
    b_precision = sum(n * n / incidents[incident] for (_, incident), n in cells.items()) / max(1, total)
    b_recall = sum(n * n / events[event] for (event, _), n in cells.items()) / max(1, total)
    return {
        "mentions": total,
        "events": len(events),
        "incidents": len(incidents),
        "pair_precision": _percent(right, made),
        "pair_recall": _percent(right, real),
        "pair_f1": _percent(2 * right, made + real),
        "b_cubed_precision": round(100 * b_precision, 2),
        "b_cubed_recall": round(100 * b_recall, 2),
        "b_cubed_f1": _percent(2 * b_precision * b_recall, b_precision + b_recall),
        "pairs_right": right,
        "pairs_made": made,
        "pairs_real": real,
        "events_found_whole": sum(
            1 for (event, incident), n in cells.items() if n == events[event] == incidents[incident]
        ),
        "largest_incident": max(incidents.values(), default=0),
    }


def halves(truths: Sequence[Truth], found: Mapping[str, str]) -> dict[str, Any]:
    """Return the figures on the events before the median day, and on the others."""
    starts = {truth.event: truth.start for truth in truths}
    middle = sorted(starts.values())[len(starts) // 2]
    return {
        "before": middle.isoformat(),
        "first_half": score((t for t in truths if t.start < middle), found),
        "second_half": score((t for t in truths if t.start >= middle), found),
    }


def recall_by_noise(truths: Iterable[Truth], found: Mapping[str, str]) -> dict[str, dict[str, float | int]]:
    """Return how many real pairs have which noise on either side, and the share that was linked.

    "clean" has none at all, "only KIND" no other kind, "KIND" may have others beside it.
    """
    real: Counter[str] = Counter()
    linked: Counter[str] = Counter()
    for left, right in _real_pairs(truths):
        noise = left.noise | right.noise
        names = [*sorted(noise)]
        if len(noise) <= 1:
            names.append(f"only {names[0]}" if names else "clean")
        names.append(f"kinds: {len(noise)}")
        both = _together(left.mention, right.mention, found)
        for name in names:
            real[name] += 1
            linked[name] += both
    order = ["clean", *(f"only {k}" for k in KINDS), *KINDS, *(f"kinds: {n}" for n in range(len(KINDS) + 1))]
    return {name: _share(real[name], linked[name]) for name in order if real[name]}


def recall_by_conflict(
    truths: Iterable[Truth], found: Mapping[str, str], mentions: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, float | int]]:
    """Return how many real pairs contradict one another in which way, and the share that was linked."""
    real: Counter[str] = Counter()
    linked: Counter[str] = Counter()
    for left, right in _real_pairs(truths):
        both = _together(left.mention, right.mention, found)
        for name in _conflicts(mentions[left.mention], mentions[right.mention]):
            real[name] += 1
            linked[name] += both
    return {name: _share(real[name], linked[name]) for name in sorted(real)}


def wrong_pairs(
    truths: Iterable[Truth],
    found: Mapping[str, str],
    describe: Callable[[str, str], str],
) -> dict[str, int]:
    """Return how many wrongly linked pairs there are by what `describe` says of their two events."""
    held: dict[str, Counter[str]] = defaultdict(Counter)
    for truth in truths:
        if truth.mention in found:
            held[found[truth.mention]][truth.event] += 1
    counts: Counter[str] = Counter()
    for sizes in held.values():
        if len(sizes) > MOST_EVENTS:
            counts["in an incident of very many events"] += _pairs([sizes.total()]) - _pairs(sizes.values())
            continue
        for (one, many), (other, more) in combinations(sorted(sizes.items()), 2):
            counts[describe(one, other)] += many * more
    return dict(counts.most_common())


def _conflicts(left: Mapping[str, Any], right: Mapping[str, Any]) -> Iterator[str]:
    """Yield in which ways two tellings differ."""
    days = [[date.fromisoformat(m["date"][end]) for end in ("start", "end")] for m in (left, right)]
    apart = max(0, (days[1][0] - days[0][1]).days, (days[0][0] - days[1][1]).days)
    yield "days: " + ("overlap" if apart == 0 else "1 apart" if apart == 1 else "2 or more apart")
    here, there = left["place"], right["place"]
    if here["precision"] != there["precision"]:
        yield (
            f"place: levels {min(here['precision'], there['precision'])}"
            f" and {max(here['precision'], there['precision'])}"
        )
    yield "place: " + ("same name" if here["name"] == there["name"] else "other name")
    if here["lat"] is None or there["lat"] is None:
        yield "place: without a point"
    elif here["precision"] == there["precision"] <= 3:
        far = distance_km(here["lat"], here["lon"], there["lat"], there["lon"])
        yield "place: points " + ("within 1 km" if far <= 1 else "over 1 km apart")
    toll = abs(left["killed"]["best"] - right["killed"]["best"])
    yield "toll: " + ("same" if toll == 0 else f"{toll} apart" if toll <= 3 else "4 or more apart")
    if left["sub_event_type"] == right["sub_event_type"]:
        yield "type: same"
    else:
        yield "type: other of one group" if left["event_type"] == right["event_type"] else "type: other group"


def _real_pairs(truths: Iterable[Truth]) -> Iterator[tuple[Truth, Truth]]:
    """Yield the pairs of mentions of one event: 15 at most of each."""
    held: dict[str, list[Truth]] = defaultdict(list)
    for truth in truths:
        held[truth.event].append(truth)
    for told in held.values():
        yield from combinations(told, 2)


def _together(left: str, right: str, found: Mapping[str, str]) -> bool:
    return left in found and found[left] == found.get(right)


def _pairs(sizes: Iterable[int]) -> int:
    return sum(n * (n - 1) // 2 for n in sizes)


def _percent(part: float, whole: float) -> float:
    return round(100 * part / whole, 2) if whole else 0.0


def _share(real: int, linked: int) -> dict[str, float | int]:
    return {"pairs": real, "recall": _percent(linked, real)}
