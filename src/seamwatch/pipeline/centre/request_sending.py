"""What goes out of requests and answers: to whom, and how much of the incident that they are about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from seamwatch.coordinate.request_codec import answer_json, request_json
from seamwatch.errors import FieldError
from seamwatch.model.request import Answer, Request
from seamwatch.pipeline.centre.auditing import record
from seamwatch.pipeline.centre.request_words import FREE, in_place_of_words
from seamwatch.pipeline.visibility import is_own
from seamwatch.vocabulary.coordination import EntryKind, PartyRole

if TYPE_CHECKING:
    from seamwatch.model.charter import CharterState
    from seamwatch.model.incident import Incident
    from seamwatch.pipeline.centre.node import Node

Told = Mapping[str, list[str]]
"""The fields that words tell a party beyond the rules, because somebody chose to send them as written."""


def members_of(state: CharterState) -> tuple[str, ...]:
    """Return the active parties that can be asked: a relay only passes on."""
    return tuple(
        party.id
        for party in state.charter.parties
        if party.role is PartyRole.MEMBER and state.active(party.id) is not None
    )


def check_receivers(to: Sequence[str], members: Collection[str], me: str) -> None:
    """Do nothing where these other parties can be asked; else FieldError says who can."""
    for party in to:
        if party == me or party not in members:
            others = ", ".join(name for name in members if name != me) or "none but this party"
            raise FieldError(
                f"to: {party[:60]!r} can't be asked; the active members are: {others}", field="to"
            )


def check_area(state: CharterState, area: str | None) -> None:
    """Do nothing for an area of the charter, or none; else FieldError says which there are."""
    if area is not None and area not in (named.id for named in state.charter.areas):
        known = ", ".join(named.id for named in state.charter.areas) or "none"
        raise FieldError(f"area: {area[:60]!r} is no area of the charter; it has: {known}", field="area")


def send_request(
    node: Node,
    request: Request,
    receivers: Iterable[str],
    incident: Incident | None,
    actor: str,
    *,
    as_written: Told | None = None,
) -> None:
    """Store a request and say it to each receiver; call it in the transaction that decides on it.

    Who is in its `withheld` gets a sentence in place of the words.
    """
    node.store.add_request(request)
    record(
        node.store,
        node.keys,
        actor,
        "request.escalated" if request.escalated_from else "request.asked",
        request.id,
        to=list(request.to),
        asks=request.kind.value,
        escalated_from=request.escalated_from,
        **({"as_written": as_written} if as_written else {}),
        **({"withheld_from": list(request.withheld)} if request.withheld else {}),
        at=node.clock(),
    )
    for receiver in receivers:
        known = sent_record(request, receiver, incident)
        text = in_place_of_words(node, request) if receiver in request.withheld else request.text
        content = request_json(replace(request, record=known, text=text))
        node.append(receiver, EntryKind.REQUEST, request.id, 1, content)


def concerned_by(node: Node, request: Request) -> tuple[str, ...]:
    """Return the other active members that an answer of ours to a request is said to."""
    members = members_of(node.state())
    # What one said unasked was told to all, so is how it goes on.
    concerned = members if request.to == (request.sender,) else (request.sender, *request.to)
    return tuple(party for party in dict.fromkeys(concerned) if party != node.me and party in members)


def send_answer(
    node: Node, request: Request, answer: Answer, actor: str, *, as_written: Told | None = None
) -> None:
    """Store our answer and say it to the asking party and to all others asked."""
    node.store.add_answer(answer)
    record(
        node.store,
        node.keys,
        actor,
        "request.answered",
        request.id,
        party=answer.party,
        state=answer.state.value,
        **({"as_written": as_written} if as_written else {}),
        at=node.clock(),
    )
    for receiver in concerned_by(node, request):
        node.append(receiver, EntryKind.ANSWER, request.id, 1, answer_json(answer))


def record_of_incident(node: Node, incident: Incident, to: Collection[str]) -> tuple[str, str] | None:
    """Return the record by which the parties asked know an incident best: theirs, ours, or another's."""
    records = {
        m.article.party: m.article.record.id
        for m in incident.mentions
        if m.article.party is not None and m.article.record is not None
    }
    if len(to) == 1 and (only := next(iter(to))) in records:
        return only, records[only]
    if any(map(is_own, incident.mentions)):
        return node.me, node.record_of(incident.id)
    return min(records.items(), default=None)


def sent_record(request: Request, receiver: str, incident: Incident | None) -> tuple[str, str] | None:
    """Return the record that a receiver is told: a request says no more of an incident than was released.

    The id of our own record is a random number that says nothing to who did not receive it. That of a third
    party's would say that it exists: its label must allow passing it on.
    """
    if request.record is None or request.record[0] in (request.sender, receiver):
        return request.record
    party, name = request.record
    labels = [
        m.article.tlp
        for m in (incident.mentions if incident is not None else ())
        if m.article.party == party and m.article.record is not None and m.article.record.id == name
    ]
    return request.record if labels and all(label in FREE for label in labels) else None


def incident_of(node: Node, named: tuple[str, str]) -> Incident | None:
    """Return the incident that a record is part of here, or None."""
    from seamwatch.pipeline.centre.request_views import incidents_of_records

    found = incidents_of_records(node.store, node.me, [named]).get(named)
    return None if found is None else node.store.incident(found)
