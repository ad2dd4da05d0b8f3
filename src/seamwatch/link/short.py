"""Values of an incident as its revisions and disagreements show them: JSON without evidence."""

from __future__ import annotations

from seamwatch.model.codec import Json
from seamwatch.model.incident import Toll
from seamwatch.model.place import Place
from seamwatch.model.time import TimeRange


def short_date(when: TimeRange | None) -> Json | None:
    """Return a date's JSON without its evidence."""
    if when is None:
        return None
    return {"start": when.start.isoformat(), "end": when.end.isoformat(), "precision": when.precision}


def short_place(place: Place | None) -> Json | None:
    """Return a place's JSON without coordinates and evidence."""
    if place is None:
        return None
    return {
        "name": place.name,
        "admin2": place.admin2,
        "admin1": place.admin1,
        "country": place.country,
        "precision": place.precision,
    }


def toll_values(toll: Toll | None) -> Json | None:
    """Return a toll's JSON without its evidence."""
    return None if toll is None else {"low": toll.low, "best": toll.best, "high": toll.high}
