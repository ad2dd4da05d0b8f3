"""How an incident's values read in plain words, and its flat row: what the list formats share."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from seamwatch.model.incident import Actor, Incident, Toll
from seamwatch.model.place import Place
from seamwatch.model.time import TimeRange
from seamwatch.publish.labels import party_names, said_label
from seamwatch.vocabulary.codes import Certainty, ClaimKind

# Signs that move a terminal's cursor, colour it or turn the reading direction, and lone surrogates, which
# no output can hold: an article's text must not be able to act on the reader's screen.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
CLAIM_WORDS = {
    ClaimKind.CLAIMS: "claims it",
    ClaimKind.DENIES: "denies it",
    ClaimKind.ACCUSED: "accused another of it",
}
UNSURE = (Certainty.SUSPECTED, Certainty.ACCUSED, Certainty.CLAIMED)


def printable(text: str) -> str:
    r"""Return the text with each sign that a terminal would act on as U+FFFD.

    >>> printable("killed\x1b[2J two") == "killed\ufffd[2J two"
    True
    """
    return _UNPRINTABLE.sub("\ufffd", text)


def json_line(value: object) -> str:
    """Return JSON on one line, in its own letters where every output can hold them."""
    line = json.dumps(value, ensure_ascii=False)
    return json.dumps(value) if _SURROGATE.search(line) else line


def days(start: date, end: date, precision: int) -> str:
    """Return days as short as their precision: an ISO 8601 day, interval, month or year; ~ where not exact.

    >>> days(date(2020, 4, 5), date(2020, 4, 11), 2)
    '~2020-04-05/11'
    >>> days(date(2020, 4, 1), date(2020, 4, 30), 4)
    '~2020-04'
    """
    about = "~" if precision > 1 else ""
    if precision == 5 and start.year == end.year:
        return f"{about}{start.year}"
    if precision == 4 and (start.year, start.month) == (end.year, end.month):
        return f"{about}{start:%Y-%m}"
    if start == end:
        return f"{about}{start}"
    same = 8 if (start.year, start.month) == (end.year, end.month) else 5 if start.year == end.year else 0
    return f"{about}{start}/{end.isoformat()[same:]}"


def date_words(when: TimeRange | None) -> str:
    """Return the days of a date, or "" where there are none."""
    return days(when.start, when.end, when.precision) if when else ""


def place_words(place: Place | None) -> str:
    """Return name, smallest division and country, each once, or "" where nothing is known.

    >>> place_words(Place(name="Kulajo", admin1="Diyala", admin2="Kifri", country="IQ"))
    'Kulajo, Kifri, IQ'
    """
    if place is None:
        return ""
    parts = (place.name, place.admin2 if place.admin2 != place.name else None, place.country)
    if parts[1] is None:
        parts = (place.name, place.admin1, place.country)
    return ", ".join(dict.fromkeys(part for part in parts if part))


def toll_words(toll: Toll | None) -> str:
    """Return one number, a range, `3+` where the top is open, `?` where none is known, "" where none is told.

    >>> toll_words(Toll(low=2, best=3, high=5)), toll_words(Toll(low=3, best=None, high=None))
    ('2-5', '3+')
    """
    if toll is None:
        return ""
    if toll.low is not None and toll.high is not None:
        return str(toll.low) if toll.low == toll.high else f"{toll.low}-{toll.high}"
    if toll.low is not None:
        return f"{toll.low}+"
    if toll.high is not None:
        return f"up to {toll.high}"
    return str(toll.best) if toll.best is not None else "?"


def actor_words(actors: Iterable[Actor]) -> str:
    """Return the names, each with ? where the part is only suspected, accused or claimed."""
    return ", ".join(dict.fromkeys(f"{a.name}{'?' if a.certainty in UNSURE else ''}" for a in actors))


def value_words(value: object) -> str:
    """Return a value of a disagreement or revision, which is JSON, in plain words.

    >>> value_words({"low": 2, "best": 3, "high": 5}), value_words(["Islamic State", "gunmen"])
    ('2-5', 'Islamic State, gunmen')
    """
    if value is None:
        return "nothing"
    if isinstance(value, list):
        return ", ".join(map(value_words, value)) or "nothing"
    if not isinstance(value, dict):
        return str(value)
    if {"low", "high"} <= value.keys():
        return toll_words(Toll(low=value["low"], best=value.get("best"), high=value["high"])) or "?"
    if {"start", "end"} <= value.keys():
        start, end = (date.fromisoformat(value[key]) for key in ("start", "end"))
        return days(start, end, value.get("precision", 1))
    if {"name", "country"} <= value.keys():
        name, admin1, admin2, country = (value.get(k) for k in ("name", "admin1", "admin2", "country"))
        return place_words(Place(name=name, admin1=admin1, admin2=admin2, country=country)) or "no place"
    if {"by", "kind"} <= value.keys():
        via = f" via {value['via']}" if value.get("via") else ""
        return f"{value['by']} {CLAIM_WORDS.get(value['kind'], value['kind'])}{via}"
    return ", ".join(
        f"{key.replace('_', ' ')} {value_words(part)}" for key, part in value.items() if part is not None
    )


def _names(values: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(values))


def flat_row(incident: Incident) -> dict[str, Any]:
    """Return the incident in one flat row: the columns of CSV and the properties of GeoJSON.

    Several names stand in one cell with `; ` between; what is not known is None, or "" for names.
    """
    when, place = incident.date, incident.place
    refs = dict.fromkeys(m.article for m in incident.mentions)
    row: dict[str, Any] = {
        "id": incident.id,
        "event_type": incident.event_type.value,
        "sub_event_type": incident.sub_event_type.value,
        "status": incident.status.value,
        "date_start": when.start.isoformat() if when else None,
        "date_end": when.end.isoformat() if when else None,
        "date_precision": when.precision if when else None,
        "place": place.name if place else None,
        "admin2": place.admin2 if place else None,
        "admin1": place.admin1 if place else None,
        "country": place.country if place else None,
        "lat": place.lat if place else None,
        "lon": place.lon if place else None,
        "where_precision": place.precision if place else None,
        "radius_km": place.radius_km if place else None,
        "geonameid": place.geonameid if place else None,
        "perpetrators": _names(f"{a.name} ({a.certainty.value})" for a in incident.perpetrators),
        "targets": _names(t.name for t in incident.targets),
        "victims": _names(
            f"{'' if v.count is None else f'{v.count} '}{v.name} ({v.group.value}, {v.outcome.value})"
            for v in incident.victims
        ),
        "weapons": _names(w.name for w in incident.weapons),
    }
    for name in ("killed", "injured", "missing", "abducted"):
        toll: Toll | None = getattr(incident, name)
        for part in ("low", "best", "high"):
            row[f"{name}_{part}"] = getattr(toll, part) if toll else None
    return row | {
        "claims": _names(f"{c.by} {c.kind.value}{f' via {c.via}' if c.via else ''}" for c in incident.claims),
        "disagreements": _names(d.field for d in incident.disagreements),
        "voices": incident.voices,
        "sources": _names(s for r in refs for s in (r.sources or (r.source,)) if s),
        "articles": _names(r.id for r in refs),
        "urls": _names(r.url for r in refs if r.url),
        "aliases": _names(incident.aliases),
        "areas": _names(share.name for share in incident.areas),
        "parties": _names(party_names(incident)),
        "tlp": said_label(incident),
    }
