"""Incidents as MISP events: `{"response": [{"Event": ...}]}`, as MISP itself exports several."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TextIO
from uuid import UUID, uuid5

from seamwatch.model.bulletin import INCIDENT_KEY
from seamwatch.model.incident import Incident
from seamwatch.publish.bulletin import content_of, moments_of, text_of
from seamwatch.publish.labels import label_of
from seamwatch.publish.plain import date_words, json_line, place_words, toll_words
from seamwatch.vocabulary.codes import Status
from seamwatch.vocabulary.coordination import Tlp

Json = dict[str, Any]
SPACE = UUID("6c3a4a0e-43c7-5f0b-9a3f-2d5b0c1e7f11")
"""The UUIDs of events follow from this and the incident's id: an update keeps its own."""

# 0 this organisation only, 1 this community, 3 all. What a label does not surely allow is not distributed.
DISTRIBUTION = {Tlp.CLEAR: "3", Tlp.GREEN: "1", Tlp.AMBER: "0", Tlp.AMBER_STRICT: "0", Tlp.RED: "0"}
# 0 initial, 1 ongoing, 2 complete: how far the assessment is, not how bad the event was.
ANALYSIS = {Status.CONFIRMED: "2", Status.UNCONFIRMED: "0", Status.CLAIMED: "0"}
UNDEFINED = "4"
"""The threat level: MISP's is of intrusions, and says nothing of armed incidents."""


def uuid_of(incident_id: str, part: str = "") -> str:
    """Return the UUID of an incident's event, or of a part of it; always the same.

    >>> uuid_of("i-4f7x2m9qpa") == uuid_of("i-4f7x2m9qpa")
    True
    """
    return str(uuid5(SPACE, f"{incident_id}/{part}" if part else incident_id))


def event(incident: Incident) -> Json:
    """Return an incident as `{"Event": ...}`. Its uuid stays for ever, its timestamp is the last change's."""
    changed = moments_of(incident)[-1]
    stamp = str(max(0, int(changed.timestamp())))
    day = incident.date.start if incident.date else changed.date()
    label = label_of(incident)
    return {
        "Event": {
            "uuid": uuid_of(incident.id),
            "info": _info(incident),
            "date": day.isoformat(),
            "timestamp": stamp,
            "published": False,
            "analysis": ANALYSIS.get(incident.status, "2"),
            "threat_level_id": UNDEFINED,
            "distribution": DISTRIBUTION[label],
            "Tag": [{"name": label.value.lower()}, {"name": f'seamwatch:status="{incident.status.value}"'}],
            "Attribute": _attributes(incident, stamp),
            "Object": [],
            "EventReport": [
                {
                    "uuid": uuid_of(incident.id, "report"),
                    "name": _info(incident),
                    "content": text_of(incident),
                    "distribution": "5",
                    "timestamp": stamp,
                    "deleted": False,
                }
            ],
        }
    }


def _info(incident: Incident) -> str:
    parts = (incident.sub_event_type.value, place_words(incident.place), date_words(incident.date))
    return ", ".join(part for part in parts if part)


def _attributes(incident: Incident, stamp: str) -> list[Json]:
    """Return one text attribute for each value that is known, and one with all of them for programs."""
    place = incident.place
    point = place and place.lat is not None and place.lon is not None
    values = {
        "incident": incident.id,
        "event type": f"{incident.event_type.value}: {incident.sub_event_type.value}",
        "date": date_words(incident.date),
        "place": place_words(place),
        "point": f"{place.lat}, {place.lon} within {place.radius_km} km" if place and point else "",
        "perpetrators": ", ".join(dict.fromkeys(a.name for a in incident.perpetrators)),
        "targets": ", ".join(dict.fromkeys(t.name for t in incident.targets)),
        "weapons": ", ".join(dict.fromkeys(w.name for w in incident.weapons)),
        "killed": toll_words(incident.killed),
        "injured": toll_words(incident.injured),
        "missing": toll_words(incident.missing),
        "abducted": toll_words(incident.abducted),
        INCIDENT_KEY: json.dumps(content_of(incident), separators=(",", ":")),
    }
    return [
        {
            "uuid": uuid_of(incident.id, name),
            "type": "text",
            "category": "Other",
            "comment": name,
            "value": value,
            "to_ids": False,
            "disable_correlation": True,
            "distribution": "5",
            "timestamp": stamp,
            "deleted": False,
        }
        for name, value in values.items()
        if value
    ]


def write(incidents: Iterable[Incident], out: TextIO) -> None:
    """Write `{"response": [...]}`, one event a line."""
    out.write('{"response": [')
    for number, incident in enumerate(incidents):
        out.write(f"{',' if number else ''}\n{json_line(event(incident))}")
    out.write("\n]}\n")
