"""CAP 1.1 and 1.2 alerts from an XML file: one alert, or a feed that holds several.

The XML is read without trust: no document type, so no entities and nothing fetched; limits on size and depth.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NoReturn
from xml.etree import ElementTree as ET
from xml.parsers import expat

from seamwatch.errors import InputError
from seamwatch.ingest.files import reject, show_path
from seamwatch.model.bulletin import INCIDENT_KEY, Bulletin
from seamwatch.model.text import Rejected

CAPS = tuple(f"urn:oasis:names:tc:emergency:cap:1.{n}" for n in (1, 2))
MOST_BYTES = 64 * 2**20
MOST_DEPTH = 40
MOST_TEXT = 500_000
MOST_NAME = 300
_HEAD = 8192


def is_cap(path: Path) -> bool:
    """Return whether an XML file names CAP near its start; one that can't be opened is none."""
    if path.suffix.lower() not in (".xml", ".cap"):
        return False
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except (OSError, ValueError):
        return False
    return any(name.encode() in head for name in CAPS)


def read_cap(path: Path) -> Iterator[Bulletin | Rejected]:
    """Yield the alerts of a file in order; one that can't be read gives a rejection."""
    shown = show_path(path)
    try:
        with path.open("rb") as file:
            root = parse_xml(file.read(MOST_BYTES + 1))
    except OSError as wrong:
        yield reject(path, "unreadable", f"this can't be read ({wrong.strerror}); check the path")
        return
    except InputError as wrong:
        yield reject(path, wrong.code, str(wrong))
        return
    for number, alert in enumerate((e for e in root.iter() if _is_alert(e)), 1):
        origin = f"{shown}, alert {number}"
        try:
            yield _bulletin(alert, origin)
        except InputError as wrong:
            yield Rejected(origin=origin, stage="ingest", code=wrong.code, reason=f"{origin}: {wrong}")


def parse_xml(content: bytes) -> ET.Element:
    """Return the root of an XML document; InputError for one with a document type, too large or too deep."""
    if len(content) > MOST_BYTES:
        raise InputError(f"it has more than {MOST_BYTES // 2**20} MB: export fewer alerts", code="too_large")
    depth = 0

    def begin(name: str, given: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MOST_DEPTH:
            raise InputError("its elements are nested too deep", code="too_large")

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    def refuse(*_: Any) -> NoReturn:
        raise InputError("it has a document type, which is refused: alerts need none", code="unsafe_xml")

    parser = expat.ParserCreate()
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(content, True)
        # Nothing is left now that this parser would act on.
        return ET.fromstring(content)
    except (expat.ExpatError, ET.ParseError, ValueError, LookupError) as wrong:
        raise InputError(f"it is no valid XML ({wrong}): export it again", code="bad_xml") from None


def _is_alert(element: ET.Element) -> bool:
    return any(element.tag == f"{{{name}}}alert" for name in CAPS)


def _bulletin(alert: ET.Element, origin: str) -> Bulletin:
    space = alert.tag.partition("}")[0] + "}"

    def said(element: ET.Element, name: str) -> str:
        return (element.findtext(f"{space}{name}") or "").strip()

    name, sender = said(alert, "identifier"), said(alert, "sender")
    if not name or not sender or len(name) > MOST_NAME or any(sign in name for sign in " ,<&"):
        raise InputError("the alert has no identifier or no sender", code="bad_shape")
    infos = alert.findall(f"{space}info")
    parts = [
        part
        for info in infos
        for part in (said(info, "headline"), said(info, "description"), _areas(info, space))
        if part
    ]
    text = "\n\n".join(dict.fromkeys(parts)) or said(alert, "note")
    if len(text) > MOST_TEXT:
        raise InputError(f"its text has more than {MOST_TEXT:,} characters", code="too_large")
    if not text:
        raise InputError("the alert has no headline, no description and no note", code="empty")
    first = infos[0] if infos else alert
    return Bulletin(
        kind="cap",
        # An update takes the place of the alert that it was first.
        id=_first_reference(said(alert, "references")) or name,
        title=(said(first, "headline") or said(first, "event") or name)[:1000],
        text=text,
        source=(said(first, "senderName") or sender)[:200],
        published=_day(said(alert, "sent")),
        content=_content(infos, space),
        origin=origin,
    )


def _areas(info: ET.Element, space: str) -> str:
    names = [(e.text or "").strip() for e in info.iterfind(f"{space}area/{space}areaDesc")]
    return "; ".join(dict.fromkeys(name for name in names if name))


def _first_reference(references: str) -> str | None:
    """Return the identifier of the first alert named in `sender,identifier,sent sender,identifier,sent`."""
    first = references.split()[:1]
    parts = first[0].split(",") if first else []
    return parts[1] if len(parts) == 3 and 0 < len(parts[1]) <= MOST_NAME else None


def _day(sent: str) -> date | None:
    try:
        return date.fromisoformat(sent[:10])
    except ValueError:
        return None


def _content(infos: list[ET.Element], space: str) -> dict[str, Any] | None:
    for info in infos:
        for pair in info.iterfind(f"{space}parameter"):
            if (pair.findtext(f"{space}valueName") or "").strip() == INCIDENT_KEY:
                try:
                    value = json.loads(pair.findtext(f"{space}value") or "")
                except (ValueError, RecursionError):
                    raise InputError(f"its parameter {INCIDENT_KEY} is no JSON", code="bad_json") from None
                if not isinstance(value, dict):
                    raise InputError(f"its parameter {INCIDENT_KEY} is no JSON object", code="bad_shape")
                return value
    return None
