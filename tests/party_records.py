"""Records that other parties released, for the tests of the joint picture and of who may see what."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from seamwatch.model.exchange import ReceivedRecord
from seamwatch.model.incident import Incident
from seamwatch.pipeline.centre.record_picture import RecordPicture
from seamwatch.store import Store
from seamwatch.store.base import IncidentFilter

NAMES = {"north": "Rescue North", "south": "South Watch", "east": "East Desk"}
AT = datetime(2024, 4, 6, 12, tzinfo=UTC)
BOMB: dict[str, Any] = {
    "event_type": "Explosions/Remote violence",
    "sub_event_type": "Remote explosive/landmine/IED",
    "status": "confirmed",
    "date": {"start": "2024-04-05", "end": "2024-04-05", "precision": 1, "evidence": []},
    "place": {
        "name": "Daquq",
        "admin1": "Kirkuk",
        "admin2": "Daquq",
        "country": "IQ",
        "lat": 35.139,
        "lon": 44.449,
        "precision": 1,
        "radius_km": 3,
        "evidence": [],
    },
    "perpetrators": [
        {"name": "Islamic State", "kind": "organization", "certainty": "claimed", "evidence": []}
    ],
    "targets": [{"name": "police patrol", "kind": "human", "evidence": []}],
    "victims": [],
    "weapons": [{"name": "roadside bomb", "evidence": []}],
    "killed": {"low": 2, "best": 2, "high": 2, "evidence": []},
    "injured": {"low": 3, "best": 3, "high": 3, "evidence": []},
    "missing": None,
    "abducted": None,
    "claims": [],
}


def toll(best: int, *quotes: dict[str, Any]) -> dict[str, Any]:
    return {"low": best, "best": best, "high": best, "evidence": list(quotes)}


def record(
    party: str,
    name: str,
    version: int = 1,
    *,
    tlp: str = "TLP:AMBER",
    withheld: tuple[str, ...] = (),
    coarse: dict[str, str] | None = None,
    **values: Any,
) -> ReceivedRecord:
    """Return a party's record of the bomb in Daquq, with other values where given."""
    return ReceivedRecord(
        party=party,
        record=name,
        version=version,
        state="shown",
        at=AT,
        content={
            "record": name,
            "version": version,
            "tlp": tlp,
            "withheld": list(withheld),
            "coarse": coarse or {},
            "sources": None,
            "incident": {**BOMB, **values},
        },
    )


def picture_of(store: Store) -> RecordPicture:
    return RecordPicture(store, lambda party: NAMES.get(party, party))


def all_of(store: Store) -> list[Incident]:
    return list(store.incidents(IncidentFilter(statuses=None)))


def bytes_of(folder: Path) -> bytes:
    """Return every byte of the database and its log."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("record.db*")))
