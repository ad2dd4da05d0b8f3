"""Incidents as CSV with a row of HXL tags under the header (Humanitarian Exchange Language 1.1)."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import TextIO

from seamwatch.model.incident import Incident
from seamwatch.publish.cells import Row, safe
from seamwatch.publish.coded_words import named, outlets_of, people_hit, told_in_words
from seamwatch.publish.labels import party_names, said_label
from seamwatch.vocabulary.acled import EventType
from seamwatch.vocabulary.codes import VictimGroup

TAGS = {
    "Incident": "#event+code",
    "Date": "#date+occurred",
    "Type": "#event+type",
    "First group": "#group+name+first",
    "Second group": "#group+name+second",
    "Country (ISO 3166-1 alpha-2)": "#country+code",
    "Province": "#adm1+name",
    "District": "#adm2+name",
    "Place": "#loc+name",
    "Latitude": "#geo+lat",
    "Longitude": "#geo+lon",
    "Sources": "#meta+source",
    "What happened": "#description",
    "Killed": "#affected+killed",
    "Injured": "#affected+injured",
    "Parties": "#meta+party",
    "Label (TLP 2.0)": "#meta+tlp",
}
"""The header with the tag of each column, in order; new columns are added at the end."""


def row(incident: Incident) -> Row:
    """Return the cells of an incident by tag; what is not known is None or "".

    The date is the first possible day. The groups are the two sides of a fight, else who attacked and who
    was hit. The figures are the best ones.
    """
    when, place, killed, injured = incident.date, incident.place, incident.killed, incident.injured
    first, second = _groups(incident)
    return {
        "#event+code": incident.id,
        "#date+occurred": when.start.isoformat() if when else None,
        "#event+type": incident.sub_event_type.value,
        "#group+name+first": first,
        "#group+name+second": second,
        "#country+code": place.country if place else None,
        "#adm1+name": place.admin1 if place else None,
        "#adm2+name": place.admin2 if place else None,
        "#loc+name": place.name if place else None,
        "#geo+lat": place.lat if place else None,
        "#geo+lon": place.lon if place else None,
        "#meta+source": "; ".join(outlets_of(incident)),
        "#description": told_in_words(incident),
        "#affected+killed": killed.best if killed else None,
        "#affected+injured": injured.best if injured else None,
        "#meta+party": "; ".join(party_names(incident)),
        "#meta+tlp": said_label(incident),
    }


def _groups(incident: Incident) -> tuple[str, str]:
    names = [a.name for a in incident.perpetrators]
    if incident.event_type is EventType.BATTLES and len(named(incident.perpetrators)) > 1:
        return names[0], "; ".join(dict.fromkeys(names[1:]))
    return "; ".join(dict.fromkeys(names)), "; ".join(people_hit(incident, *VictimGroup))


def write(incidents: Iterable[Incident], out: TextIO) -> None:
    """Write a header, the row of tags, and one row for each incident."""
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(TAGS)
    rows.writerow(TAGS.values())
    for incident in incidents:
        found = row(incident)
        rows.writerow([safe(found[tag]) for tag in TAGS.values()])
