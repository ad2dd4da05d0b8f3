"""Incidents as alerts of the Common Alerting Protocol 1.2 (OASIS): one as it is, several in an Atom feed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import chain, islice
from typing import TextIO
from xml.etree import ElementTree as ET

from seamwatch.model.bulletin import INCIDENT_KEY
from seamwatch.model.incident import Incident
from seamwatch.publish.bulletin import content_of, moments_of, text_of
from seamwatch.publish.labels import label_of
from seamwatch.publish.misp import uuid_of
from seamwatch.publish.plain import date_words, place_words
from seamwatch.vocabulary.codes import Status
from seamwatch.vocabulary.coordination import Tlp

CAP = "urn:oasis:names:tc:emergency:cap:1.2"
ATOM = "http://www.w3.org/2005/Atom"
SENDER = "seamwatch"
CERTAINTY = {Status.CONFIRMED: "Observed", Status.DENIED: "Unlikely", Status.RETRACTED: "Unlikely"}
"""How sure it is that it happened. What is unconfirmed or claimed is Unknown: nobody measured a chance."""

MANY = 10
MOST_HEADLINE = 160


def alert(incident: Incident) -> ET.Element:
    """Return an incident as an alert element.

    The first state is an Alert, a later one an Update that names all earlier ones; one that was retracted or
    denied is a Cancel. It is Restricted to its label, but for TLP:CLEAR.
    """
    moments = moments_of(incident)
    number, label = len(moments), label_of(incident)
    made = ET.Element(f"{{{CAP}}}alert")
    _add(made, "identifier", _identifier(incident, number))
    _add(made, "sender", SENDER)
    _add(made, "sent", _time(moments[-1]))
    _add(made, "status", "Actual")
    _add(made, "msgType", _kind(incident, number))
    if label is Tlp.CLEAR:
        _add(made, "scope", "Public")
    else:
        _add(made, "scope", "Restricted")
        _add(made, "restriction", label.value)
    if number > 1:
        earlier = enumerate(moments[:-1], 1)
        named = (f"{SENDER},{_identifier(incident, n)},{_time(at)}" for n, at in earlier)
        _add(made, "references", " ".join(named))
    _info(made, incident)
    return made


def _info(made: ET.Element, incident: Incident) -> None:
    info = _add(made, "info")
    _add(info, "language", "en")
    _add(info, "category", "Security")
    _add(info, "event", incident.sub_event_type.value)
    _add(info, "urgency", "Past")
    _add(info, "severity", severity_of(incident))
    _add(info, "certainty", CERTAINTY.get(incident.status, "Unknown"))
    when, place = incident.date, incident.place
    if when is not None and when.precision == 1:
        _add(info, "onset", f"{when.start.isoformat()}T00:00:00-00:00")
    _add(info, "senderName", "Seamwatch")
    parts = (incident.sub_event_type.value, place_words(place), date_words(when))
    _add(info, "headline", ", ".join(part for part in parts if part)[:MOST_HEADLINE])
    _add(info, "description", text_of(incident))
    for name, value in (
        ("seamwatch:id", incident.id),
        ("seamwatch:status", incident.status.value),
        ("seamwatch:tlp", label_of(incident).value),
        (INCIDENT_KEY, json.dumps(content_of(incident), separators=(",", ":"))),
    ):
        _pair(info, "parameter", name, value)
    if place is not None:
        area = _add(info, "area")
        _add(area, "areaDesc", place_words(place) or "not known")
        if place.lat is not None and place.lon is not None:
            point = f"{_decimal(place.lat)},{_decimal(place.lon)}"
            _add(area, "circle", f"{point} {_decimal(place.radius_km or 0)}")
        if place.country:
            _pair(area, "geocode", "ISO 3166-1", place.country)
        if place.geonameid is not None:
            _pair(area, "geocode", "GeoNames", str(place.geonameid))


def severity_of(incident: Incident) -> str:
    """Return CAP's severity by who was harmed: ten killed or more, any, only injured or taken, nobody."""
    best = {
        name: None if (toll := getattr(incident, name)) is None else (toll.best or toll.low or 0)
        for name in ("killed", "injured", "missing", "abducted")
    }
    if (best["killed"] or 0) >= MANY:
        return "Extreme"
    if best["killed"]:
        return "Severe"
    if any(best.values()):
        return "Moderate"
    return "Minor" if best["killed"] == best["injured"] == 0 else "Unknown"


def _kind(incident: Incident, number: int) -> str:
    if incident.status in (Status.RETRACTED, Status.DENIED):
        return "Cancel" if number > 1 else "Alert"
    return "Update" if number > 1 else "Alert"


def _decimal(value: float) -> str:
    """Return a number of degrees or kilometres without an exponent, to the sixth place at most.

    >>> _decimal(35.139), _decimal(3.0), _decimal(-2e-11), _decimal(300)
    ('35.139', '3', '0', '300')
    """
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _identifier(incident: Incident, number: int) -> str:
    return f"{uuid_of(incident.id)}.{number}"


def _time(at: datetime) -> str:
    """Return a moment as CAP writes it: UTC is -00:00."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}-00:00"


def _add(parent: ET.Element, name: str, text: str | None = None) -> ET.Element:
    made = ET.SubElement(parent, f"{{{CAP}}}{name}")
    made.text = None if text is None else _xml_text(text)
    return made


def _pair(parent: ET.Element, kind: str, name: str, value: str) -> None:
    made = _add(parent, kind)
    _add(made, "valueName", name)
    _add(made, "value", value)


def _xml_text(text: str) -> str:
    """Return a text with each sign that XML can't hold as U+FFFD."""
    return "".join(
        sign
        if sign in "\t\n" or " " <= sign < "\ud800" or "\ue000" <= sign <= "\ufffd" or sign > "\uffff"
        else "\ufffd"
        for sign in text
    )


def _written(element: ET.Element) -> str:
    return ET.tostring(element, encoding="unicode", default_namespace=CAP)


def write(incidents: Iterable[Incident], out: TextIO) -> None:
    """Write one alert, or an Atom feed with an entry for each where there are none or several."""
    rows = iter(incidents)
    first = list(islice(rows, 2))
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    if len(first) == 1:
        out.write(f"{_written(alert(first[0]))}\n")
        return
    out.write(
        f'<feed xmlns="{ATOM}">\n<id>urn:seamwatch:incidents</id>\n<title>Incidents</title>\n'
        f"<author><name>Seamwatch</name></author>\n<updated>{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}</updated>\n"
    )
    for incident in chain(first, rows):
        at = f"{moments_of(incident)[-1].astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        title = ET.Element("title")
        title.text = _xml_text(incident.sub_event_type.value)
        out.write(
            f"<entry>\n<id>urn:uuid:{uuid_of(incident.id)}</id>\n"
            f"{ET.tostring(title, encoding='unicode')}\n<updated>{at}</updated>\n"
            f'<content type="application/cap+xml">{_written(alert(incident))}</content>\n</entry>\n'
        )
    out.write("</feed>\n")
