"""Incidents in ACLED's 31 columns. What is not known is empty; nothing is coded by guess."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, timedelta
from typing import TextIO

from seamwatch.model.incident import Actor, Incident
from seamwatch.publish.cells import Articles, Row, imported_row, merged_row, write_table
from seamwatch.publish.coded_words import (
    country_of,
    groups_hit,
    nation_of,
    outlets_of,
    people_hit,
    told_in_words,
)
from seamwatch.publish.labels import with_label
from seamwatch.vocabulary.acled import EventType, SubEventType
from seamwatch.vocabulary.coded import ACLED
from seamwatch.vocabulary.codes import ActorKind, VictimGroup
from seamwatch.vocabulary.countries import Country

STATE, MILITIA, RIOTERS, PROTESTERS, CIVILIANS, EXTERNAL = 1, 3, 5, 6, 7, 8
# where_prec as geo_precision; date_prec as time_precision: a year is coarser than any code of ACLED's.
_GEO = {1: 1, 2: 2, 3: 2, 4: 3, 5: 3, 6: 3}
_TIME = {1: 1, 2: 2, 3: 2, 4: 3}
_POLITICAL, _DEMONSTRATIONS = "Political violence", "Demonstrations"
_DISORDER = {
    EventType.BATTLES: _POLITICAL,
    EventType.EXPLOSIONS: _POLITICAL,
    EventType.VIOLENCE_AGAINST_CIVILIANS: _POLITICAL,
    EventType.PROTESTS: _DEMONSTRATIONS,
    EventType.RIOTS: _DEMONSTRATIONS,
    EventType.STRATEGIC_DEVELOPMENTS: "Strategic developments",
}
_DISORDER_OF_SUB_TYPE = {
    SubEventType.EXCESSIVE_FORCE: f"{_POLITICAL}; {_DEMONSTRATIONS}",
    SubEventType.MOB_VIOLENCE: _POLITICAL,
}
_CROWD = {EventType.PROTESTS: ("Protesters", PROTESTERS), EventType.RIOTS: ("Rioters", RIOTERS)}
_WHERE = tuple("iso region country admin1 admin2 admin3 location latitude longitude geo_precision".split())
_WHO = tuple("actor1 assoc_actor_1 inter1 actor2 assoc_actor_2 inter2 interaction civilian_targeting".split())
_WHAT = ("disorder_type", "event_type", "sub_event_type")
_GROUPS = (
    (("date",), ("event_date", "year", "time_precision")),
    (("place",), _WHERE),
    (("sub_event_type",), _WHAT),
    (("sub_event_type", "perpetrators"), _WHO),
    (("killed",), ("fatalities",)),
)
Side = tuple[str, str, int | None]
"""An actor, those beside it, and its inter code."""


def row(incident: Incident, articles: Articles | None = None) -> Row:
    """Return the row of an incident.

    One that was imported from ACLED, and to which nothing came, is the row that was imported. Else
    `fatalities` is the lowest of the figures that sources still hold, as ACLED's codebook has it, and
    `event_id_cnty` the incident's id.
    """
    made = _row(incident, articles)
    return made | {"tags": with_label(made["tags"], incident, by="told by=")}


def _row(incident: Incident, articles: Articles | None) -> Row:
    found = imported_row(incident, ACLED, articles)
    if found is not None and found.alone:
        return {name: found.cells.get(name, "") for name in ACLED.columns}
    own = _own(incident)
    if found is None:
        return own
    made = merged_row(incident, found, own, _GROUPS)
    made["source"] = "; ".join(dict.fromkeys(filter(None, (made["source"], *outlets_of(incident)))))
    made["notes"] = f"{made['notes']} [Seamwatch {incident.id}]".strip()
    return made


def _own(incident: Incident) -> Row:
    when, place, country = incident.date, incident.place, country_of(incident)
    # Where only a stretch of days is known, ACLED gives a day in its middle.
    day = when.start + timedelta(days=(when.end - when.start).days // 2) if when else None
    precision = _TIME.get(when.precision) if when else None
    located = place is not None and place.lat is not None and place.lon is not None
    (actor1, assoc1, inter1), (actor2, assoc2, inter2) = _sides(incident, country)
    known = [m.article.known for m in incident.mentions if m.article.known is not None]
    last = max((k if k.tzinfo else k.replace(tzinfo=UTC) for k in known), default=None)
    kind = incident.sub_event_type
    return {
        "event_id_cnty": incident.id,
        "event_date": day.isoformat() if day else None,
        "year": day.year if day else None,
        "time_precision": precision,
        "disorder_type": _DISORDER_OF_SUB_TYPE.get(kind, _DISORDER[incident.event_type]),
        "event_type": incident.event_type.value,
        "sub_event_type": kind.value,
        "actor1": actor1,
        "assoc_actor_1": assoc1,
        "inter1": inter1,
        "actor2": actor2,
        "assoc_actor_2": assoc2,
        "inter2": inter2,
        "interaction": "".join(map(str, sorted((inter1, inter2)))) if inter1 and inter2 else None,
        "civilian_targeting": "Civilian targeting" if _on_civilians(incident) else None,
        "iso": country.iso or None if country else None,
        "region": country.acled_region if country else None,
        "country": country.acled if country else None,
        "admin1": place.admin1 if place else None,
        "admin2": place.admin2 if place else None,
        "admin3": None,
        "location": place.name if place else None,
        "latitude": place.lat if place else None,
        "longitude": place.lon if place else None,
        "geo_precision": _GEO.get(place.precision) if place and located else None,
        "source": "; ".join(outlets_of(incident)),
        "source_scale": None,
        "notes": told_in_words(incident),
        "fatalities": _fatalities(incident),
        "tags": None,
        "timestamp": int(last.timestamp()) if last else None,
    }


def _fatalities(incident: Incident) -> int | None:
    killed = incident.killed
    if killed is None:
        return None
    return killed.low if killed.low is not None else killed.best


def _on_civilians(incident: Incident) -> bool:
    if incident.event_type is EventType.VIOLENCE_AGAINST_CIVILIANS:
        return True
    return groups_hit(incident) == {VictimGroup.CIVILIAN}


def _in(name: str, country: Country | None) -> str:
    return f"{name} ({country.acled})" if country else name


def _side(actors: list[Actor], country: Country | None) -> Side:
    if not actors:
        return "", "", None
    names = [_in("Unidentified Armed Group", country) if _unnamed(a) else a.name for a in actors]
    beside = [name for name in dict.fromkeys(names) if name != names[0]]
    return names[0], "; ".join(beside), _inter(actors[0], country)


def _unnamed(actor: Actor) -> bool:
    return actor.kind is ActorKind.GROUP


def _inter(actor: Actor, country: Country | None) -> int | None:
    """Return the code of an actor; None for a named group, of which the record knows no aims.

    Whether it is a rebel group or a militia follows from these.
    """
    if _unnamed(actor):
        return MILITIA  # ACLED's code of an unidentified armed group
    if actor.kind is not ActorKind.STATE or country is None:
        return None
    nation = nation_of(actor.name)
    return None if nation is None else STATE if nation.code == country.code else EXTERNAL


def _sides(incident: Incident, country: Country | None) -> tuple[Side, Side]:
    """Return who took part and against whom: the second side of a fight, or who was hit."""
    actors = list(incident.perpetrators)
    if incident.event_type in _CROWD:
        name, code = _CROWD[incident.event_type]
        # The forces that step in; the crowd itself is known by the type.
        return (_in(name, country), "", code), _side([a for a in actors if not _unnamed(a)], country)
    if incident.event_type is EventType.BATTLES and len(actors) > 1:
        return _side(actors[:1], country), _side(actors[1:], country)
    return _side(actors, country), _hit(incident, country)


def _hit(incident: Incident, country: Country | None) -> Side:
    groups = groups_hit(incident)
    civilians = (_in("Civilians", country), "", CIVILIANS)
    if incident.event_type is EventType.VIOLENCE_AGAINST_CIVILIANS:
        return civilians
    beside = civilians[0] if VictimGroup.CIVILIAN in groups else ""
    if VictimGroup.STATE in groups:
        # Whose forces they are is not known, so neither is whether they are the state's own.
        return "; ".join(people_hit(incident, VictimGroup.STATE)[:1]), beside, None
    if VictimGroup.NONSTATE in groups:
        return "; ".join(people_hit(incident, VictimGroup.NONSTATE)[:1]), beside, None
    return civilians if beside else ("; ".join(people_hit(incident)[:1]), "", None)


def write(incidents: Iterable[Incident], out: TextIO, articles: Articles | None = None) -> None:
    """Write a header and one row for each incident; `articles` has the texts of imported rows."""
    write_table(incidents, out, ACLED.columns, lambda incident: row(incident, articles))
