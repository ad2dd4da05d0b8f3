"""An incident as a pure function of its mentions: every field resolved, every other value kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from seamwatch.link.compare import Profile, Profiles
from seamwatch.link.fields import (
    CONFLICTS,
    resolve_perpetrators,
    resolve_targets,
    resolve_victims,
    resolve_weapons,
)
from seamwatch.link.judge import compare_places
from seamwatch.link.names import fold
from seamwatch.link.order import best_of, incident_id, known_by, telling_order
from seamwatch.link.revise import (
    believe,
    replay,
    short_date,
    short_place,
    tell_tolls,
    that_count,
    toll_values,
)
from seamwatch.link.rules import LinkRules
from seamwatch.model.codec import TOLLS
from seamwatch.model.incident import DisagreeingValue, Disagreement, Incident, SourcedMention
from seamwatch.vocabulary.codes import ActorKind


def incident_of(
    mentions: Sequence[SourcedMention],
    rules: LinkRules,
    *,
    as_of: datetime | None = None,
    profiles: Profiles | None = None,
) -> Incident:
    """Return the incident that these mentions tell; the order in which they are given does not matter.

    `as_of` leaves out what was not known then; ValueError where nothing was. `profiles` spares
    making them again. The id is that of the earliest mention, all other mentions' are aliases.
    """
    held = known_by(mentions, as_of)
    if not held:
        raise ValueError("an incident needs at least one mention that was known by then")
    told = telling_order(held)
    profiles = profiles or Profiles(rules)
    made = [profiles.of(m) for m in told]
    chosen = that_count(told)
    belief = believe(told, made, rules)
    story, _ = tell_tolls(told, rules)
    return Incident(
        id=incident_id(held[0].mention.id),
        event_type=belief.type.event_type,
        sub_event_type=belief.type,
        status=belief.status,
        date=belief.date,
        place=belief.place,
        perpetrators=resolve_perpetrators(chosen),
        targets=resolve_targets(chosen),
        victims=resolve_victims(chosen),
        weapons=resolve_weapons(chosen),
        killed=story.toll("killed"),
        injured=story.toll("injured"),
        missing=story.toll("missing"),
        abducted=story.toll("abducted"),
        claims=belief.claims,
        mentions=held,
        disagreements=disagreements_of(told, made),
        revisions=replay(told, made, rules),
        aliases=tuple(incident_id(m.mention.id) for m in held[1:]),
    )


def _grouped(
    field: str,
    mentions: Sequence[SourcedMention],
    key: Callable[[SourcedMention], object],
    value: Callable[[SourcedMention], object],
) -> Disagreement | None:
    """Return the values of a field by who gives them; None where all who speak of it agree."""
    groups: dict[object, tuple[object, list[str]]] = {}
    for m in mentions:
        name = key(m)
        if name is not None:
            groups.setdefault(name, (value(m), []))[1].append(m.mention.id)
    if len(groups) < 2:
        return None
    return Disagreement(
        field=field,
        values=tuple(DisagreeingValue(value=v, mentions=tuple(ids)) for v, ids in groups.values()),
    )


def _dates(mentions: Sequence[SourcedMention]) -> Disagreement | None:
    """Return the dates where two exclude one another; a coarser date that holds a finer one does not."""
    ranges = [m.mention.date for m in mentions if m.mention.date]
    if not ranges or max(r.start for r in ranges) <= min(r.end for r in ranges):
        return None
    return _grouped(
        "date",
        mentions,
        lambda m: (m.mention.date.start, m.mention.date.end) if m.mention.date else None,
        lambda m: short_date(m.mention.date),
    )


def _places(mentions: Sequence[SourcedMention], profiles: Sequence[Profile]) -> Disagreement | None:
    """Return the places where two exclude one another; a spelling or a wider area does not."""
    wheres = [p.where for p in profiles if p.where.known]
    distinct = list({(w.parts, w.admin2, w.admin1, w.lat): w for w in wheres}.values())
    if not any(
        name in CONFLICTS
        for at, one in enumerate(distinct)
        for other in distinct[:at]
        for name, _ in compare_places(one, other)
    ):
        return None

    def key(m: SourcedMention) -> object:
        place = m.mention.place
        return None if place is None else (fold(place.name or ""), place.admin2, place.admin1)

    return _grouped("place", mentions, key, lambda m: short_place(m.mention.place))


def _named(m: SourcedMention) -> frozenset[str] | None:
    named = frozenset(fold(a.name) for a in m.mention.perpetrators if a.kind is not ActorKind.GROUP)
    return named or None


def _toll(field: str, mentions: Sequence[SourcedMention]) -> Disagreement | None:
    return _grouped(
        field,
        mentions,
        lambda m: best_of(getattr(m.mention, field)),
        lambda m: toll_values(getattr(m.mention, field)),
    )


def disagreements_of(
    mentions: Sequence[SourcedMention], profiles: Sequence[Profile]
) -> tuple[Disagreement, ...]:
    """Return the fields on which the mentions differ, with all their values and who gives each."""
    found = [
        _dates(mentions),
        _places(mentions, profiles),
        _grouped(
            "sub_event_type",
            mentions,
            lambda m: m.mention.sub_event_type,
            lambda m: m.mention.sub_event_type.value,
        ),
        *(_toll(field, mentions) for field in TOLLS),
        _grouped("perpetrators", mentions, _named, lambda m: [a.name for a in m.mention.perpetrators]),
    ]
    return tuple(d for d in found if d)
