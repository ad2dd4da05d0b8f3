"""Own views of made-up incidents, for the tests of release rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from seamwatch.coordinate.coarsen import NoUnits
from seamwatch.coordinate.release import Case, Receiving
from seamwatch.coordinate.release_view import OwnView, Telling
from seamwatch.model.place import Place
from seamwatch.vocabulary.coordination import Tlp

NOW = datetime(2024, 3, 9, 12, tzinfo=UTC)
_MIDDLES = {
    ("IQ", None, None): ("Iraq", 33.0, 44.0, 373.0),
    ("IQ", "Diyala", None): ("Diyala", 33.9, 45.0, 80.0),
    ("IQ", "Diyala", "Kifri"): ("Kifri", 34.69, 44.96, 30.0),
}


class SomeUnits(NoUnits):
    """Knows Iraq, its people, Diyala and Kifri, and by which names the Islamic State goes."""

    def peoples(self, country: str) -> tuple[str, ...]:
        return ("iraqi", "iraqis") if country == "IQ" else ()

    def also_called(self, actor: str) -> tuple[str, ...]:
        return ("Daesh", "ISIS", "Amaq") if actor == "Islamic State" else ()

    def unit(self, country: str, admin1: str | None, admin2: str | None) -> Place | None:
        found = _MIDDLES.get((country, admin1, admin2))
        if found is None:
            return None
        name, lat, lon, radius = found
        return Place(
            name=name, admin1=admin1, admin2=admin2, country=country, lat=lat, lon=lon, radius_km=radius
        )


RECEIVING = Receiving(party="b", now=NOW, units=SomeUnits())


def passage(words: str) -> list[dict[str, Any]]:
    return [{"in": "text", "start": 0, "end": len(words), "quote": words, "by": "t", "mention": "N1#1"}]


def incident_row(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the usual incident in the contract's JSON, with what a case says otherwise."""
    place = {
        "name": "Kulajo",
        "admin1": "Diyala",
        "admin2": "Kifri",
        "country": "IQ",
        "lat": 34.5,
        "lon": 45.1,
        "precision": 2,
        "radius_km": 5.0,
        "geonameid": 7,
        "shape": None,
        "evidence": passage("near the village of Kulajo"),
        **given.get("place", {}),
    }
    two = {"low": 2, "best": 2, "high": 2, "evidence": passage("two policemen were killed")}
    claims = given.get("claims", [{"by": "Islamic State", "via": "Amaq", "kind": "claims"}])
    return {
        "id": "i-1",
        "event_type": "Explosions/Remote violence",
        "sub_event_type": "Remote explosive/landmine/IED",
        "date": {
            "start": "2024-03-06",
            "end": "2024-03-06",
            "precision": 1,
            "evidence": passage("Wednesday"),
        },
        "place": place,
        "perpetrators": [
            {"name": "Islamic State", "kind": "organization", "certainty": "claimed", "evidence": []}
        ],
        "targets": [
            {"name": name, "kind": "physical", "evidence": passage(name)}
            for name in given.get("targets", ["police patrol"])
        ]
        + [{"name": name, "kind": "human", "evidence": []} for name in given.get("people", [])],
        "victims": [
            {
                "name": "policemen",
                "kind": "human",
                "group": "state",
                "outcome": "killed",
                "count": 2,
                "evidence": [],
            }
        ],
        "weapons": [{"name": "roadside bomb", "evidence": passage("a roadside bomb")}],
        "killed": two,
        "injured": None,
        "missing": None,
        "abducted": None,
        "claims": [{"via": None, "evidence": [], **claim} for claim in claims],
        "status": given.get("status", "confirmed"),
        "areas": [{"id": name} for name in given.get("areas", [])],
        "decisions": given.get("decisions", []),
    }


def view_of(given: Mapping[str, Any]) -> OwnView:
    """Return the own view of one telling."""
    telling = Telling(
        mention="N1#1",
        stored=NOW - timedelta(hours=given.get("stored_hours_ago", 48)),
        sources=tuple(given.get("sources", ["Rudaw"])),
        published=date(2024, 3, 7),
        tlp=Tlp(given["tlp"]) if "tlp" in given else None,
        names=("Kulajo", "Kifri", "Diyala", *given.get("names", ())),
        phrases=("near the village of Kulajo",),
        regions=tuple(given.get("regions", ())),
    )
    return OwnView(incident=incident_row(given), tellings=(telling,))


def case_of(view: OwnView | None, *, released: bool = False) -> Case:
    """Return the case of a view all of whose tellings count as one: old enough, or not."""

    def known_at(moment: datetime) -> OwnView | None:
        return view if view is not None and all(t.stored <= moment for t in view.tellings) else None

    return Case(incident="i-1", view=view, known_at=known_at, released=released)
