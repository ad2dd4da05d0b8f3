"""Sums by time and by what incidents are, as the server gives them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from map_points import varied
from seamwatch.model.incident import Incident
from seamwatch.store import IncidentFilter, open_store
from serving import serving

KEYS: dict[str, Any] = {
    "day": lambda i: i.date and i.date.start.isoformat(),
    "week": lambda i: i.date and (i.date.start - timedelta(days=i.date.start.weekday())).isoformat(),
    "month": lambda i: i.date and f"{i.date.start:%Y-%m}",
    "year": lambda i: i.date and f"{i.date.start:%Y}",
    "type": lambda i: i.event_type.value,
    "status": lambda i: i.status.value,
    "country": lambda i: i.place and i.place.country,
    "admin1": lambda i: i.place and i.place.admin1 and (i.place.admin1, i.place.country),
}


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx.Client, list[Incident]]]:
    """Return a client of a server, and the incidents that it shows."""
    path = tmp_path_factory.mktemp("sums") / "record.db"
    with open_store(str(path)) as store:
        varied(store, 150)
        incidents = list(store.incidents(IncidentFilter(statuses=None)))
    with serving(path) as client:
        yield client, incidents


def summed(incidents: list[Incident]) -> list[int]:
    return [
        len(incidents),
        sum(i.killed.best or 0 for i in incidents if i.killed),
        sum(i.injured.best or 0 for i in incidents if i.injured),
    ]


def figures(row: dict[str, Any]) -> list[int]:
    return [row["incidents"], row["killed"], row["injured"]]


@pytest.mark.parametrize("by", KEYS)
def test_buckets_are_the_sums_of_their_incidents(
    record: tuple[httpx.Client, list[Incident]], by: str
) -> None:
    """Each bucket counts its incidents and adds up their best figures; all together are the total."""
    client, incidents = record
    answer = client.get("/api/v1/summary", params={"by": by, "status": "all"}).json()
    groups: dict[Any, list[Incident]] = defaultdict(list)
    for one in incidents:
        groups[KEYS[by](one)].append(one)

    found = {
        (b["key"], b["country"]) if by == "admin1" and b["key"] else b["key"]: figures(b)
        for b in answer["buckets"]
    }
    assert found == {key: summed(group) for key, group in groups.items()}
    assert len(answer["buckets"]) == len(groups)
    assert figures(answer["total"]) == summed(incidents)


def test_times_come_in_order_and_words_by_incidents(record: tuple[httpx.Client, list[Incident]]) -> None:
    """Months run upwards, countries by how many incidents they have; what is not known is the last."""
    client, _ = record
    months = [b["key"] for b in client.get("/api/v1/summary", params={"by": "month"}).json()["buckets"]]
    buckets = client.get("/api/v1/summary", params={"by": "country"}).json()["buckets"]

    assert months[:-1] == sorted(months[:-1])
    assert months[-1] is None
    counts = [b["incidents"] for b in buckets[:-1]]
    assert counts == sorted(counts, reverse=True)
    assert buckets[-1]["key"] is None


def test_filters_restrict_the_sums(record: tuple[httpx.Client, list[Incident]]) -> None:
    """The sums are those of the incidents that the list would show."""
    client, incidents = record
    query = {"area": "Kirkuk", "since": "2020-02-01", "min_killed": "1"}
    shown = [
        i
        for i in incidents
        if i.status.shown
        and i.place
        and i.place.admin1 == "Kirkuk"
        and i.date
        and i.date.end >= date(2020, 2, 1)
        and i.killed
        and (i.killed.best or 0) >= 1
    ]

    assert figures(client.get("/api/v1/summary", params=query).json()["total"]) == summed(shown)
    assert shown


def test_nothing_sums_up_to_nothing(record: tuple[httpx.Client, list[Incident]]) -> None:
    """Where no incident passes there is no bucket, and the total is 0."""
    client, _ = record
    answer = client.get("/api/v1/summary", params={"area": "Atlantis", "by": "admin1"}).json()

    assert answer == {"buckets": [], "total": {"incidents": 0, "killed": 0, "injured": 0}}


def test_as_of_a_moment_before_all_there_is_nothing(client: httpx.Client) -> None:
    """The sums are those of what was known then."""
    then = client.get("/api/v1/summary", params={"as_of": "1990-01-01"}).json()
    now = client.get("/api/v1/summary").json()

    assert then["total"]["incidents"] == 0
    assert now["total"]["incidents"] > 0


def test_another_kind_of_sum_is_refused(client: httpx.Client) -> None:
    """An unknown `by` is answered in the one error shape, which names the parameter."""
    answer = client.get("/api/v1/summary", params={"by": "moon"})

    assert answer.status_code == 400
    assert answer.json()["error"]["field"] == "by"


def test_the_samples_are_summed(client: httpx.Client, samples_db: Path) -> None:
    """By default the sums are by month and of what the list shows."""
    with open_store(str(samples_db)) as store:
        shown = list(store.incidents())
    answer = client.get("/api/v1/summary").json()

    assert figures(answer["total"]) == summed(shown)
    assert all(b["key"] is None or len(b["key"]) == 7 for b in answer["buckets"])
