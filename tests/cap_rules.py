"""A strict checker of alerts by the rules of OASIS CAP 1.2, section 3.2: what an alert says against them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from xml.etree import ElementTree as ET

CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
Check = Callable[[str], str | None]
# An offset is written out, in UTC too: "Z" is forbidden (3.3.2).
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+](?:0\d|1[0-4]):[0-5]\d")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_NUMBER = r"-?\d+(?:\.\d+)?"
_PAIR = re.compile(rf"({_NUMBER}),({_NUMBER})")


def text(_: str) -> None:
    """Take any text."""


def one_of(*words: str) -> Check:
    """Return a check for a list of words."""
    return lambda value: None if value in words else f"{value!r} is none of: {', '.join(words)}"


def name(value: str) -> str | None:
    """Return why a text can't name a message or its sender."""
    return "has a space, comma, < or &" if not value or re.search(r"[\s,<&]", value) else None


def moment(value: str) -> str | None:
    """Return why a text is no moment."""
    if not _MOMENT.fullmatch(value):
        return f"{value!r} is no moment with an offset as in 2024-03-05T08:00:00-00:00"
    try:
        datetime.fromisoformat(value)
    except ValueError as wrong:
        return str(wrong)
    return None


def language(value: str) -> str | None:
    """Return why a text is no code of a language."""
    return None if _LANGUAGE.fullmatch(value) else f"{value!r} is no language"


def number(value: str) -> str | None:
    """Return why a text is no number."""
    return None if re.fullmatch(_NUMBER, value) else f"{value!r} is no number"


def _point(value: str) -> bool:
    pair = _PAIR.fullmatch(value)
    return bool(pair) and abs(float(pair[1])) <= 90 and abs(float(pair[2])) <= 180  # type: ignore[index]


def circle(value: str) -> str | None:
    """Return why a text is no circle: "lat,lon radius", the radius in kilometres."""
    parts = value.split(" ")
    if len(parts) != 2 or not _point(parts[0]) or not re.fullmatch(r"\d+(?:\.\d+)?", parts[1]):
        return f"{value!r} is no circle as in 35.1,44.4 10"
    return None


def polygon(value: str) -> str | None:
    """Return why a text is no polygon: four points or more, the last one the first."""
    points = value.split(" ")
    if not all(map(_point, points)) or len(points) < 4 or points[0] != points[-1]:
        return f"{value!r} is no closed ring of points"
    return None


def references(value: str) -> str | None:
    """Return why a text names no earlier messages: sender,identifier,sent each, with blanks between."""
    for part in value.split():
        fields = part.split(",")
        if len(fields) != 3 or name(fields[0]) or name(fields[1]) or moment(fields[2]):
            return f"{part!r} is no sender,identifier,sent"
    return None if value.split() else "is empty"


Rows = tuple[tuple[str, int, int | None, "Check | Rows"], ...]
_PAIRS: Rows = (("valueName", 1, 1, text), ("value", 1, 1, text))
_RESOURCE: Rows = (
    ("resourceDesc", 1, 1, text),
    ("mimeType", 1, 1, text),
    ("size", 0, 1, number),
    ("uri", 0, 1, text),
    ("derefUri", 0, 1, text),
    ("digest", 0, 1, text),
)
_AREA: Rows = (
    ("areaDesc", 1, 1, text),
    ("polygon", 0, None, polygon),
    ("circle", 0, None, circle),
    ("geocode", 0, None, _PAIRS),
    ("altitude", 0, 1, number),
    ("ceiling", 0, 1, number),
)
_INFO: Rows = (
    ("language", 0, 1, language),
    (
        "category", 1, None,
        one_of(*"Geo Met Safety Security Rescue Fire Health Env Transport Infra CBRNE Other".split()),
    ),
    ("event", 1, 1, text),
    (
        "responseType", 0, None,
        one_of(*"Shelter Evacuate Prepare Execute Avoid Monitor Assess AllClear None".split()),
    ),
    ("urgency", 1, 1, one_of("Immediate", "Expected", "Future", "Past", "Unknown")),
    ("severity", 1, 1, one_of("Extreme", "Severe", "Moderate", "Minor", "Unknown")),
    ("certainty", 1, 1, one_of("Observed", "Likely", "Possible", "Unlikely", "Unknown")),
    ("audience", 0, 1, text),
    ("eventCode", 0, None, _PAIRS),
    ("effective", 0, 1, moment),
    ("onset", 0, 1, moment),
    ("expires", 0, 1, moment),
    ("senderName", 0, 1, text),
    ("headline", 0, 1, text),
    ("description", 0, 1, text),
    ("instruction", 0, 1, text),
    ("web", 0, 1, text),
    ("contact", 0, 1, text),
    ("parameter", 0, None, _PAIRS),
    ("resource", 0, None, _RESOURCE),
    ("area", 0, None, _AREA),
)  # fmt: skip
ALERT: Rows = (
    ("identifier", 1, 1, name),
    ("sender", 1, 1, name),
    ("sent", 1, 1, moment),
    ("status", 1, 1, one_of("Actual", "Exercise", "System", "Test", "Draft")),
    ("msgType", 1, 1, one_of("Alert", "Update", "Cancel", "Ack", "Error")),
    ("source", 0, 1, text),
    ("scope", 1, 1, one_of("Public", "Restricted", "Private")),
    ("restriction", 0, 1, text),
    ("addresses", 0, 1, text),
    ("code", 0, None, text),
    ("note", 0, 1, text),
    ("references", 0, 1, references),
    ("incidents", 0, 1, text),
    ("info", 0, None, _INFO),
)
"""The elements in their order: name, how many at least and at most, and what each is."""


def problems(alert: ET.Element) -> list[str]:
    """Return what is wrong with an alert, with the path of each; nothing where it keeps all rules."""
    if alert.tag != f"{CAP}alert":
        return [f"{alert.tag} is no alert of CAP 1.2"]
    return [*_inside(alert, "alert", ALERT), *_together(alert)]


def _inside(element: ET.Element, path: str, rows: Rows) -> Iterator[str]:
    if element.attrib:
        yield f"{path}: has attributes"
    order = [row[0] for row in rows]
    names = [child.tag.removeprefix(CAP) for child in element]
    if unknown := [one for one in names if one not in order]:
        yield f"{path}: {unknown[0]} is no element of it"
    elif names != sorted(names, key=order.index):
        yield f"{path}: its elements stand in another order"
    for label, least, most, what in rows:
        found = element.findall(f"{CAP}{label}")
        if len(found) < least:
            yield f"{path}: {label} is missing"
        if most is not None and len(found) > most:
            yield f"{path}: {label} stands there {len(found)} times"
        for child in found:
            where = f"{path}.{label}"
            if isinstance(what, tuple):
                yield from _inside(child, where, what)
            elif len(child) or child.attrib:
                yield f"{where}: is no plain text"
            elif (wrong := what(child.text or "")) is not None:
                yield f"{where}: {wrong}"


def _together(alert: ET.Element) -> Iterator[str]:
    """Yield what the elements of an alert, each right by itself, say against one another."""

    def said(label: str) -> str:
        return alert.findtext(f"{CAP}{label}") or ""

    scope, kind = said("scope"), said("msgType")
    if (scope == "Restricted") != bool(said("restriction")):
        yield "alert: a restriction stands with the scope Restricted, and only there"
    if (scope == "Private") != bool(said("addresses")):
        yield "alert: addresses stand with the scope Private, and only there"
    if kind in ("Update", "Cancel", "Ack", "Error") and not said("references"):
        yield f"alert: {kind} without references"
    if said("references") and f",{said('identifier')}," in said("references"):
        yield "alert: it references itself"
    for area in alert.iter(f"{CAP}area"):
        if area.find(f"{CAP}ceiling") is not None and area.find(f"{CAP}altitude") is None:
            yield "alert.info.area: a ceiling without an altitude"
