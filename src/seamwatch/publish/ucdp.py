"""Incidents in UCDP GED's 49 columns. What is not known is empty; nothing is coded by guess."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TextIO

from seamwatch.model.incident import Actor, ArticleRef, Incident
from seamwatch.model.place import Place
from seamwatch.publish.cells import Articles, Row, imported_row, merged_row, number_of, write_table
from seamwatch.publish.coded_words import articles_of, country_of, dead_of, groups_hit, named, nation_of
from seamwatch.publish.labels import with_label
from seamwatch.vocabulary.acled import EventType
from seamwatch.vocabulary.coded import UCDP
from seamwatch.vocabulary.codes import ActorKind, VictimGroup

STATE_BASED, NON_STATE, ONE_SIDED = 1, 2, 3
_DATE = ("year", "date_prec", "date_start", "date_end")
_WHERE = tuple(
    "where_prec where_coordinates where_description adm_1 adm_2 latitude longitude geom_wkt priogrid_gid "
    "country country_id region".split()
)
_DEATHS = ("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown")
_DATASETS = [f"{what}_{number}" for what in ("conflict", "dyad") for number in ("dset_id", "new_id", "name")]
_WHO = (
    *("type_of_violence", *_DATASETS, "gwnoa", "gwnob"),
    *(f"side_{side}{end}" for side in "ab" for end in ("_dset_id", "_new_id", "")),
)
_SOURCES = tuple(
    "number_of_sources source_article source_office source_date source_headline source_original".split()
)
_GROUPS = (
    (("date",), _DATE),
    (("place",), _WHERE),
    (("event_type", "perpetrators"), _WHO),
    (("killed",), ("best", "high", "low")),
    (("event_type", "perpetrators", "killed", "victims"), _DEATHS),
)


def row(incident: Incident, articles: Articles | None = None) -> Row:
    """Return the row of an incident.

    One that was imported from UCDP GED, and to which nothing came, is the row that was imported. `id` is
    the event's own, else the incident's number; `relid` the incident's id.
    """
    made = _row(incident, articles)
    return made | {"source_original": with_label(made["source_original"], incident)}


def _row(incident: Incident, articles: Articles | None) -> Row:
    found = imported_row(incident, UCDP, articles)
    if found is not None and found.alone:
        return {name: found.cells.get(name, "") for name in UCDP.columns}
    own = _own(incident)
    if found is None:
        return own
    made = merged_row(incident, found, own, _GROUPS)
    made["relid"] = made["relid"] or incident.id
    others = [ref for ref in articles_of(incident) if found.mention.id.partition("#")[0] != ref.id]
    return made | _with_sources(made, others)


def _with_sources(made: Row, others: Sequence[ArticleRef]) -> Row:
    """Return the cells of sources with those of further articles at their ends."""
    more = _sources(others)
    if not others:
        return {}
    number = str(made["number_of_sources"] or "")
    count = float(number) if number.replace(".", "", 1).isdigit() else 1
    joined = {n: ";".join(filter(None, (str(made[n] or ""), str(more[n] or "")))) for n in _SOURCES[1:]}
    return {"number_of_sources": int(count) + len(others), **joined}


def _sources(refs: Sequence[ArticleRef]) -> Row:
    """Return the cells of sources. Headlines may name private persons: an address stands for them."""
    told = [(r.source or "", r.published.isoformat() if r.published else "", r.url or "") for r in refs]
    # As UCDP writes it: "office,date,headline";"office,date,headline".
    lines = ['"' + ",".join(part.replace('"', "'") for part in one).rstrip(",") + '"' for one in told]
    return {
        "number_of_sources": len(refs),
        "source_article": ";".join(line for line in lines if line != '""'),
        "source_office": ";".join(office for office, _, _ in told if office),
        "source_date": ";".join(day for _, day, _ in told if day),
        "source_headline": None,
        "source_original": None,
    }


def _own(incident: Incident) -> Row:
    when, place, country = incident.date, incident.place, country_of(incident)
    violence, side_a, side_b = _sides(incident)
    states = [next((n for a in side if (n := _state(a)) is not None), None) for side in (side_a, side_b)]
    name_a, name_b = (", ".join(a.name for a in side) for side in (side_a, side_b))
    if violence == ONE_SIDED:
        name_b = "Civilians"
    killed = incident.killed
    row: Row = dict.fromkeys(UCDP.columns)
    row |= {
        "id": number_of(incident.id),
        "relid": incident.id,
        "year": when.start.year if when else None,
        "type_of_violence": violence,
        "dyad_name": f"{name_a} - {name_b}" if name_a and name_b else None,
        "side_a": name_a,
        "side_b": name_b,
        **_sources(articles_of(incident)),
        **_where(place),
        "country": country.ucdp if country else None,
        "country_id": country.gw or None if country else None,
        "region": country.ucdp_region if country else None,
        "date_prec": when.precision if when else None,
        "date_start": when.start.isoformat() if when else None,
        "date_end": when.end.isoformat() if when else None,
        **dict(zip(_DEATHS, _deaths(incident, violence, side_a, side_b), strict=True)),
        "best": killed.best if killed else None,
        "high": killed.high if killed else None,
        "low": killed.low if killed else None,
        "gwnoa": states[0],
        "gwnob": states[1],
    }
    return row


def _where(place: Place | None) -> Row:
    if place is None:
        return {}
    found: Row = {
        "where_prec": place.precision,
        "where_coordinates": place.name,
        "adm_1": place.admin1,
        "adm_2": place.admin2,
    }
    if place.lat is not None and place.lon is not None:
        found |= {
            "latitude": place.lat,
            "longitude": place.lon,
            "geom_wkt": f"POINT ({place.lon} {place.lat})",
            "priogrid_gid": priogrid(place.lat, place.lon),
        }
    return found


def priogrid(lat: float, lon: float) -> int:
    """Return the PRIO-GRID cell of a point: half degrees, counted from the south-west, 720 a row.

    >>> priogrid(34.802462, 36.707602)
    179714
    """
    south = min(359, math.floor((lat + 90) * 2))
    west = min(719, math.floor((lon + 180) * 2))
    return south * 720 + west + 1


def _state(actor: Actor) -> int | None:
    if actor.kind is not ActorKind.STATE:
        return None
    nation = nation_of(actor.name)
    return nation.gw or None if nation else None


def _sides(incident: Incident) -> tuple[int | None, list[Actor], list[Actor]]:
    """Return the type of violence and the named actors of both sides.

    UCDP codes only violence by a state or an organised, named group. Of an attack on a state's forces
    whose state is not told, only the group is known: it is side b.
    """
    actors = named(incident.perpetrators)
    hit = groups_hit(incident)
    if not actors or incident.event_type in (EventType.PROTESTS, EventType.STRATEGIC_DEVELOPMENTS):
        return None, [], []
    if incident.event_type is EventType.BATTLES and len(actors) > 1:
        states = [a for a in actors if a.kind is ActorKind.STATE]
        if not states:
            return NON_STATE, actors[:1], actors[1:]
        # The government is side a; a fight of two states has the first as told.
        side_a = states[:1] if len(states) == len(actors) else states
        return STATE_BASED, side_a, [a for a in actors if a not in side_a]
    state = any(a.kind is ActorKind.STATE for a in actors)
    if incident.event_type is EventType.VIOLENCE_AGAINST_CIVILIANS or hit == {VictimGroup.CIVILIAN}:
        return ONE_SIDED, actors, []
    if VictimGroup.STATE in hit and not state:
        return STATE_BASED, [], actors
    if VictimGroup.NONSTATE in hit:
        return (STATE_BASED if state else NON_STATE), actors, []
    return None, (actors if state else []), ([] if state else actors)


def _deaths(
    incident: Incident, violence: int | None, side_a: Sequence[Actor], side_b: Sequence[Actor]
) -> tuple[int | None, ...]:
    """Return the dead of side a, side b, civilians and of those whose side is not known.

    They add up to the best figure; where the parts that are told exceed it, all four are open.
    """
    best = incident.killed.best if incident.killed else None
    if best is None:
        return (None,) * 4
    civilians = dead_of(incident, VictimGroup.CIVILIAN)
    state, others = dead_of(incident, VictimGroup.STATE), dead_of(incident, VictimGroup.NONSTATE)
    a = b = 0
    if violence == STATE_BASED and not all(x.kind is ActorKind.STATE for x in (*side_a, *side_b)):
        a, b = state, others
    elif violence == ONE_SIDED:
        a = state if any(x.kind is ActorKind.STATE for x in side_a) else others
    unknown = best - a - b - civilians
    return (None,) * 4 if unknown < 0 else (a, b, civilians, unknown)


def write(incidents: Iterable[Incident], out: TextIO, articles: Articles | None = None) -> None:
    """Write a header and one row for each incident; `articles` has the texts of imported rows."""
    write_table(incidents, out, UCDP.columns, lambda incident: row(incident, articles))
