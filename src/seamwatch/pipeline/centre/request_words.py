"""What the words of a request or an answer tell a party of an incident that the rules do not give it now."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seamwatch.coordinate.release_view import OwnView, Telling
from seamwatch.coordinate.words_told import fields_told
from seamwatch.errors import FieldError
from seamwatch.model.codec import place_json
from seamwatch.model.incident_codec import incident_json
from seamwatch.model.release import FIELDS
from seamwatch.pipeline.centre.own_views import OwnViews
from seamwatch.pipeline.centre.units import GazetteerUnits
from seamwatch.pipeline.centre.weighing import Weighing
from seamwatch.pipeline.visibility import is_own, told_from
from seamwatch.vocabulary.coordination import RequestKind, Tlp

if TYPE_CHECKING:
    from seamwatch.coordinate.coarsen import Units
    from seamwatch.model.incident import Incident, SourcedMention
    from seamwatch.model.release import Verdict
    from seamwatch.model.request import Request
    from seamwatch.pipeline.centre.node import Node

LOG = logging.getLogger("seamwatch.exchange")
FREE = (Tlp.CLEAR, Tlp.GREEN)
"""Labels under which another party's record may be passed on."""

TELLS_WITHHELD = "tells_withheld"
_SAID = {
    "perpetrators": "who did it",
    "targets": "what was attacked",
    "victims": "who was harmed",
    "weapons": "the weapon",
    "claims": "who claims it",
    "sources": "an outlet",
    **{name: f"how many were {name}" for name in ("killed", "injured", "missing", "abducted")},
}
_KINDS = {
    RequestKind.INFORMATION: "request for information",
    RequestKind.VERIFICATION: "request for verification",
    RequestKind.RESPONSE: "request for a response",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsTold:
    """What a text tells one party that the rules do not give it: each field, with which rule and how."""

    party: str
    fields: Mapping[str, str]


def words_told(
    node: Node, text: str, incident: Incident | None, to: Collection[str]
) -> tuple[WordsTold, ...]:
    """Return what a text about an incident tells each of these parties that the rules do not give it now.

    What our own articles tell is given as the rules weigh it now, nothing of it where they release nothing.
    What another party told us is given to that party, and to others where its label lets us pass it on.
    Without an incident there is nothing to weigh.
    """
    receivers = [party for party in to if party != node.me]
    if incident is None or not text.strip() or not receivers:
        return ()
    units = GazetteerUnits()
    weighing = Weighing(node.store, node.state(), node.me, node.clock(), units=units)
    verdicts = {made.to: made for made, _ in weighing.weigh([incident.id], receivers)}
    own = OwnViews(node.store).of(incident.id)
    found = []
    for party in receivers:
        fields = _told_by_others(node, text, incident, party, units)
        if own is not None:
            fields |= _told_by_own(node, text, (incident, own), (party, verdicts.get(party)), units)
        if fields:
            in_order = {name: fields[name] for name in FIELDS if name in fields}
            found.append(WordsTold(party=party, fields=in_order))
    return tuple(found)


def check_words(
    node: Node, text: str, incident: Incident | None, to: Collection[str], *, as_written: bool
) -> dict[str, list[str]]:
    """Return for each party the fields that a text tells beyond the rules, where it is sent `as_written`.

    FieldError (code "tells_withheld") where it is not to be sent so, and tells any.
    """
    found = words_told(node, text, incident, to)
    if found and not as_written:
        fields = (
            (one.party, " and ".join(f"{_said(n)}, {w}" for n, w in one.fields.items())) for one in found
        )
        said = "; ".join(f"the words tell {party} {what}" for party, what in fields)
        raise FieldError(
            f"text: {said}; write it otherwise, or send it all the same", field="text", code=TELLS_WITHHELD
        )
    return {one.party: list(one.fields) for one in found}


def withheld_from(node: Node, request: Request, incident: Incident | None, to: Collection[str]) -> set[str]:
    """Return those of these parties that a request's words may not go to, as nobody chose them by name.

    Where the incident is no longer here, or can't be weighed, the words go to none of them.
    """
    if request.record is None:
        return set()
    if incident is None:
        return set(to)
    try:
        return {one.party for one in words_told(node, request.text, incident, to)}
    except Exception:  # what can't be weighed does not go out, and asking on goes on
        LOG.exception("the words of request %s can't be weighed", request.id)
        return set(to)


def in_place_of_words(node: Node, request: Request) -> str:
    """Return the sentence that a party gets in place of words that are withheld from it."""
    areas = {area.id: area.name for area in node.state().charter.areas}
    about = f" in the area {areas.get(request.area, request.area)}" if request.area else ""
    return (
        f"A {_KINDS[request.kind]}{about}, until {request.deadline:%Y-%m-%d %H:%M} UTC. Its words are "
        f"withheld from you by the release rules of {request.sender}: ask {request.sender}."
    )


def _said(field: str) -> str:
    return _SAID.get(field, f"the {field}")


# --- what our own articles tell


def _told_by_own(
    node: Node, text: str, known: tuple[Incident, OwnView], to: tuple[str, Verdict | None], units: Units
) -> dict[str, str]:
    incident, own = known
    party, made = to
    content = made.content if made is not None and made.state == "released" else None
    given = _given(node, incident, party)
    outlets: list[str] = []
    if content is not None:
        given.insert(0, content["incident"])
        outlets = [source["name"] for source in content["sources"] or ()]
    return {name: _why(name, made) for name in fields_told(text, own, given, outlets, units)}


def _why(field: str, made: Verdict | None) -> str:
    """Return in words what the rules give of a field, and by which rule."""
    if made is None or made.content is None or made.state != "released":
        said = "it receives nothing" if made is None else made.text
        return (
            f"of which the rules give it nothing: {'it is held' if made and made.state == 'held' else said}"
        )
    grain = made.content["coarse"].get(field)
    reason = next((r.text for r in made.reasons if r.field == field), "")
    if grain is not None and "given by" in reason:
        value = (made.content["incident"][field] or {}).get("name") if field == "place" else None
        rule = reason.rpartition("given by ")[2]
        return f"which {rule} gives only as {grain}{f' {value}' if value else ''}"
    if grain is not None or field in made.content["withheld"]:
        return f"which is not given so: {reason}"
    return "of which news waits"


# --- what other parties told us


def _given(node: Node, incident: Incident, party: str) -> list[Mapping[str, Any]]:
    """Return the incident as the records tell it that a party released itself, or that we may pass on."""
    return _told(node, incident, [m for m in incident.mentions if not is_own(m) and _may_have(m, party)])


def _told_by_others(node: Node, text: str, incident: Incident, party: str, units: Units) -> dict[str, str]:
    found: dict[str, str] = {}
    given = _given(node, incident, party)
    for one in incident.mentions:
        if is_own(one) or _may_have(one, party):
            continue
        place = place_json(one.mention.place) or {}
        names = [name for key in ("name", "admin1", "admin2") if (name := place.get(key))]
        telling = Telling(
            mention=one.mention.id,
            stored=node.clock(),
            sources=tuple(filter(None, (one.article.source, *one.article.sources))),
            names=tuple(names),
        )
        label = one.article.tlp.value if one.article.tlp else "without a label"
        why = f"which {one.article.party} told us {'as ' if one.article.tlp else ''}{label}, not to pass on"
        for row in _told(node, incident, [one]):
            view = OwnView(incident=row, tellings=(telling,))
            found |= dict.fromkeys(fields_told(text, view, given, (), units), why)
    return found


def _may_have(one: SourcedMention, party: str) -> bool:
    return one.article.party == party or one.article.tlp in FREE


def _told(node: Node, incident: Incident, mentions: Collection[SourcedMention]) -> list[Mapping[str, Any]]:
    """Return the incident as these mentions alone tell it, as JSON; nothing where they do not."""
    wanted = {one.mention.id for one in mentions}
    made = told_from(node.store, incident, lambda m: m.mention.id in wanted) if wanted else None
    return [] if made is None else [incident_json(made)]
