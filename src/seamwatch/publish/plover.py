"""Incidents as PLOVER events, one JSON object a line. What is not known is null or an empty list."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TextIO

import seamwatch
from seamwatch.model.incident import Incident
from seamwatch.publish.coded_words import articles_of, country_of, outlets_of, told_in_words
from seamwatch.publish.labels import label_words
from seamwatch.publish.plain import json_line
from seamwatch.vocabulary.acled import SubEventType
from seamwatch.vocabulary.codes import Status, TargetKind, VictimGroup

Json = dict[str, Any]
_S = SubEventType
ASSAULT, COERCE, PROTEST, MOBILIZE, AGREE, RETREAT = "ASSAULT COERCE PROTEST MOBILIZE AGREE RETREAT".split()
EVENTS: dict[SubEventType, tuple[str | None, str | None]] = {
    _S.ARMED_CLASH: (ASSAULT, None),
    _S.GOVERNMENT_REGAINS_TERRITORY: (ASSAULT, None),
    _S.NON_STATE_ACTOR_OVERTAKES_TERRITORY: (ASSAULT, None),
    _S.CHEMICAL_WEAPON: (ASSAULT, "unconventional"),
    _S.AIR_DRONE_STRIKE: (ASSAULT, "aerial"),
    _S.SUICIDE_BOMB: (ASSAULT, "suicide-attack"),
    _S.SHELLING: (ASSAULT, "heavy-weapons"),
    _S.REMOTE_EXPLOSIVE: (ASSAULT, "explosives"),
    _S.GRENADE: (ASSAULT, "explosives"),
    _S.SEXUAL_VIOLENCE: (ASSAULT, "sexual"),
    _S.ATTACK: (ASSAULT, None),
    _S.ABDUCTION: (ASSAULT, "abduct"),
    _S.EXCESSIVE_FORCE: (ASSAULT, "crowd-control"),
    _S.MOB_VIOLENCE: (ASSAULT, None),
    _S.LOOTING: (ASSAULT, "destroy"),
    _S.PEACEFUL_PROTEST: (PROTEST, None),
    _S.PROTEST_WITH_INTERVENTION: (PROTEST, None),
    _S.VIOLENT_DEMONSTRATION: (PROTEST, None),
    _S.ARRESTS: (COERCE, None),
    _S.DISRUPTED_WEAPONS_USE: (COERCE, None),
    _S.HEADQUARTERS_ESTABLISHED: (MOBILIZE, None),
    _S.AGREEMENT: (AGREE, None),
    _S.NON_VIOLENT_TRANSFER: (RETREAT, None),
    _S.CHANGE_TO_GROUP: (None, None),
    _S.OTHER: (None, None),
}
"""PLOVER's event type and ASSAULT mode of each of ACLED's sub-types."""
QUADS = {AGREE: 1, RETREAT: 2, PROTEST: 4, MOBILIZE: 4, COERCE: 4, ASSAULT: 4}
# Words of a weapon that tell the mode of an assault, beside the one of the sub-type.
_WEAPONS = {
    "drone": re.compile(r"\b(?:drones?|uavs?|unmanned)\b", re.I),
    "firearms": re.compile(
        r"\b(?:rifles?|snipers?|(?:machine ?)?guns?|pistols?|firearms?|gunfire|kalashnikovs?)\b", re.I
    ),
    "primitive": re.compile(r"\b(?:kni(?:fe|ves)|machetes?|axes?|stones?|swords?|clubs?)\b", re.I),
}
# Auxiliary modes.
_STATUSES = {Status.DENIED: "negation", Status.RETRACTED: "negation", Status.FOILED: "hypothetical"}
_RESOLUTION = {1: "exact", 2: "near", 3: "district", 4: "province", 5: "region", 6: "country", 7: None}


def event(incident: Incident) -> Json:
    """Return the PLOVER event of an incident; `id` is the incident's own."""
    kind, _ = EVENTS[incident.sub_event_type]
    when, status = incident.date, _STATUSES.get(incident.status)
    changes = [revision.at for revision in incident.revisions]
    last = max(changes).isoformat() if changes else None
    refs = articles_of(incident)
    return {
        "id": incident.id,
        "has_event": kind is not None,
        "date": when.start.isoformat() if when else None,
        "time": None,
        "enddate": when.end.isoformat() if when else None,
        "endtime": None,
        "actor": [_entity(a.name, None) for a in incident.perpetrators],
        "recipient": _recipients(incident),
        "event": [kind] if kind else [],
        "event_loc": _location(incident),
        "event_text": told_in_words(incident),
        "quad_code": QUADS[kind] if kind else None,
        "event_scale": None,
        "mode": [*_modes(incident), *([status] if status else [])],
        "context": [],
        "size": {
            "dead": incident.killed.best if incident.killed else None,
            "injured": incident.injured.best if incident.injured else None,
            "arrested": None,
        },
        "link": list(dict.fromkeys(ref.url for ref in refs if ref.url)),
        "text": None,
        "text_info": [
            {"id": ref.id, "date": ref.published.isoformat() if ref.published else None} for ref in refs
        ],
        "cite_info": outlets_of(incident),
        "coder": f"Seamwatch {seamwatch.__version__}",
        "coded_date": last[:10] if last else None,
        "coded_time": last[11:19] if last else None,
        "comment": "; ".join((f"status: {incident.status.value}", *label_words(incident))),
    }


def _modes(incident: Incident) -> list[str]:
    kind, mode = EVENTS[incident.sub_event_type]
    if kind != ASSAULT:
        return []
    words = " | ".join(weapon.name for weapon in incident.weapons)
    more = [name for name, pattern in _WEAPONS.items() if pattern.search(words)]
    return list(dict.fromkeys([*([mode] if mode else []), *more]))


def _entity(name: str, sector: str | None) -> Json:
    # Religion, ethnicity, office, gender and age stay empty: the record holds incidents, not people.
    return {
        "code": None,
        "sector": sector,
        "entity_text": name,
        "identifier_id": None,
        "identifier_text": None,
    }


def _recipients(incident: Incident) -> list[Json]:
    held: dict[str, Json] = {}
    for victim in incident.victims:
        held.setdefault(victim.name, _entity(victim.name, "CVL" if victim.group is _CIVILIAN else None))
    for target in incident.targets:
        if target.kind is TargetKind.HUMAN:
            held.setdefault(target.name, _entity(target.name, None))
    return list(held.values())


_CIVILIAN = VictimGroup.CIVILIAN


def _location(incident: Incident) -> Json | None:
    place, country = incident.place, country_of(incident)
    if place is None:
        return None
    return {
        "extracted_place": place.name,
        "resolved_place": place.name if place.lat is not None else None,
        "geonameid": place.geonameid,
        "lat": place.lat,
        "lon": place.lon,
        "city": place.name if place.precision == 1 else None,
        "district": place.admin2,
        "province": place.admin1,
        "country": country.acled if country else None,
        "country_code": place.country,
        "feature_class": None,
        "feature_code": None,
        "resolution": _RESOLUTION.get(place.precision),
    }


def write(incidents: Iterable[Incident], out: TextIO) -> None:
    """Write one event a line."""
    for incident in incidents:
        out.write(f"{json_line(event(incident))}\n")
