"""Which incidents pass a filter: the names they are looked up by, and the test without a database."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from functools import lru_cache

from seamwatch.model.area import AreaShare
from seamwatch.model.incident import Incident
from seamwatch.model.place import Place
from seamwatch.model.region import holds
from seamwatch.store.base import Box, IncidentFilter
from seamwatch.vocabulary.codes import TargetKind


@lru_cache(maxsize=20_000)  # few names are in many incidents
def fold(name: str) -> str:
    """Return the words of a name in small letters, without marks and punctuation, one space between.

    >>> fold("Al-Ḥawīja District")
    'al hawija district'
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in plain.casefold()).split())


def area_names(place: Place | None, shares: Iterable[AreaShare]) -> set[str]:
    """Return the folded names of a place, of its units, and of areas with their other names and ids."""
    names = [place.name, place.admin2, place.admin1, place.country] if place else []
    for share in shares:
        names += [share.id, share.name, *share.names]
    return {folded for folded in map(fold, filter(None, names)) if folded}


def names_of(incident: Incident) -> set[tuple[str, str]]:
    """Return what an incident is looked up by: ("area" or "actor", folded name)."""
    areas = area_names(incident.place, incident.areas)
    actors = [a.name for a in incident.perpetrators] + [c.by for c in incident.claims]
    actors += [t.name for t in incident.targets if t.kind is TargetKind.HUMAN]
    return {("area", name) for name in areas} | {("actor", fold(n)) for n in actors}


def _in_box(incident: Incident, box: Box) -> bool:
    place = incident.place
    if place is None or place.lat is None or place.lon is None:
        return False
    west, south, east, north = box
    across = west <= place.lon <= east if west <= east else place.lon >= west or place.lon <= east
    return south <= place.lat <= north and across


def passes(incident: Incident, wanted: IncidentFilter, articles: Collection[str] | None = None) -> bool:
    """Return whether an incident passes a filter; `articles` are those in which `text` was found."""
    when = incident.date
    if wanted.statuses is not None and incident.status not in wanted.statuses:
        return False
    if wanted.since is not None and (when is None or when.end < wanted.since):
        return False
    if wanted.until is not None and (when is None or when.start > wanted.until):
        return False
    kinds = (incident.event_type.value.lower(), incident.sub_event_type.value.lower())
    if wanted.type is not None and wanted.type.strip().lower() not in kinds:
        return False
    if wanted.types and not any(name.strip().lower() in kinds for name in wanted.types):
        return False
    killed = incident.killed.best if incident.killed else None
    if wanted.min_killed is not None and (killed is None or killed < wanted.min_killed):
        return False
    place = incident.place
    if wanted.precision is not None and (place is None or place.precision > wanted.precision):
        return False
    names = names_of(incident) if wanted.area is not None or wanted.actor is not None else set()
    if wanted.area is not None and ("area", fold(wanted.area)) not in names:
        return False
    if wanted.actor is not None:
        word = f" {fold(wanted.actor)} "
        if not any(kind == "actor" and word in f" {name} " for kind, name in names):
            return False
    if wanted.bbox is not None and not _in_box(incident, wanted.bbox):
        return False
    if wanted.within is not None and not (place and holds(wanted.within, place.lon, place.lat)):
        return False
    return articles is None or any(m.article.id in articles for m in incident.mentions)


def listed(incidents: Iterable[Incident]) -> list[Incident]:
    """Return incidents in the order of every list: by first day and id, those without a day last."""
    return sorted(
        incidents,
        key=lambda i: (i.date is None, i.date.start.isoformat() if i.date else "", i.id),
    )
