"""The change story of an incident: what was believed when, and which telling changed it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from seamwatch.link.compare import Profile
from seamwatch.link.fields import (
    resolve_claims,
    resolve_date,
    resolve_perpetrators,
    resolve_place,
    resolve_status,
    resolve_type,
)
from seamwatch.link.names import fold, skeleton
from seamwatch.link.order import known_at, name_of, telling_order
from seamwatch.link.rules import LinkRules
from seamwatch.link.tolls import Change, TollStory
from seamwatch.model.codec import Json
from seamwatch.model.incident import Claim, Revision, SourcedMention, Toll
from seamwatch.model.place import Place
from seamwatch.model.time import TimeRange
from seamwatch.vocabulary.acled import SubEventType
from seamwatch.vocabulary.codes import ClaimKind, Modality, Status

LONG = 40  # tellings beyond which only figures, claims and status are replayed one by one
CLAIM_WORDS = {
    ClaimKind.CLAIMS: "claimed by {by}",
    ClaimKind.DENIES: "denied by {by}",
    ClaimKind.ACCUSED: "accused by {by}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """The resolved fields of an incident at one moment."""

    type: SubEventType
    date: TimeRange | None
    place: Place | None
    perpetrators: tuple[str, ...]
    claims: tuple[Claim, ...]
    status: Status


def short_date(when: TimeRange | None) -> Json | None:
    """Return a date's JSON without its evidence."""
    if when is None:
        return None
    return {"start": when.start.isoformat(), "end": when.end.isoformat(), "precision": when.precision}


def short_place(place: Place | None) -> Json | None:
    """Return a place's JSON without coordinates and evidence."""
    if place is None:
        return None
    return {
        "name": place.name,
        "admin2": place.admin2,
        "admin1": place.admin1,
        "country": place.country,
        "precision": place.precision,
    }


def that_count(mentions: Sequence[SourcedMention]) -> tuple[SourcedMention, ...]:
    """Return the mentions that tell the incident; where none counts, those that deny or foil it."""
    counting = tuple(m for m in mentions if m.mention.modality.counts)
    return counting or tuple(mentions)


def tell_tolls(
    mentions: Sequence[SourcedMention], rules: LinkRules
) -> tuple[TollStory, dict[str, tuple[Change, ...]]]:
    """Return the figures after all tellings, and what each telling changed, by the mention's id.

    What only the group itself says comes after the rest: it sets a figure only where nobody else has.
    """
    story = TollStory(rules)
    ordered = telling_order(that_count(mentions))
    changes = {m.mention.id: story.tell(m) for m in ordered if m.mention.modality is not Modality.CLAIMED}
    changes |= {m.mention.id: story.tell(m) for m in ordered if m.mention.modality is Modality.CLAIMED}
    return story, changes


def believe(mentions: Sequence[SourcedMention], profiles: Sequence[Profile], rules: LinkRules) -> Belief:
    """Return what the mentions, in telling order, make of the fields that are no figures."""
    chosen = that_count(mentions)
    kept = {m.mention.id for m in chosen}
    return Belief(
        type=resolve_type(chosen),
        date=resolve_date(chosen),
        place=resolve_place(chosen, [p for p in profiles if p.id in kept]),
        perpetrators=tuple(a.name for a in resolve_perpetrators(chosen)),
        claims=resolve_claims(mentions),
        status=resolve_status(mentions, rules),
    )


def _only_respelt(before: Place | None, after: Place) -> bool:
    """Return whether two places say the same, but for the spelling of the name."""
    if before is None:
        return False
    bones = [skeleton(fold(place.name or "")) for place in (before, after)]
    return short_place(replace(after, name=before.name)) == short_place(before) and bones[0] == bones[1]


def _moved(before: Belief, after: Belief, source: str) -> list[tuple[str, object, object, str]]:
    """Return (field, before, after, because) for each field that one telling changed."""
    found: list[tuple[str, object, object, str]] = []
    if short_date(before.date) != short_date(after.date) and after.date:
        finer = before.date is None or after.date.precision < before.date.precision
        word = "date refined" if finer else "date changed"
        found.append(("date", short_date(before.date), short_date(after.date), f"{word} by {source}"))
    if after.place and not _only_respelt(before.place, after.place):
        finer = (
            before.place is None
            or after.place.precision < before.place.precision
            or after.place.name == before.place.name
        )
        word = "place refined" if finer else "place changed"
        found.append(("place", short_place(before.place), short_place(after.place), f"{word} by {source}"))
    if before.type is not after.type:
        found.append(
            ("sub_event_type", before.type.value, after.type.value, f"{source} tells it as {after.type}")
        )
    named = [name for name in after.perpetrators if name not in before.perpetrators]
    if named:
        found.append(
            (
                "perpetrators",
                list(before.perpetrators),
                list(after.perpetrators),
                f"{', '.join(named)} named by {source}",
            )
        )
    for claim in after.claims[len(before.claims) :]:
        why = CLAIM_WORDS[claim.kind].format(by=claim.by)
        found.append(("claims", None, {"by": claim.by, "via": claim.via, "kind": claim.kind.value}, why))
    if before.status is not after.status:
        words = {
            Status.RETRACTED: f"the report was withdrawn ({source})",
            Status.DENIED: f"denied ({source})",
        }
        why = words.get(after.status, f"{after.status} through {source}")
        found.append(("status", before.status.value, after.status.value, why))
    return found


def replay(
    mentions: Sequence[SourcedMention], profiles: Sequence[Profile], rules: LinkRules
) -> tuple[Revision, ...]:
    """Return the change story of mentions that are in telling order.

    One telling of "two killed", then "one of the wounded later died": the first report, then killed
    2 -> 3 and injured 3 -> 2 because one of the wounded died.
    """
    _, changes = tell_tolls(mentions, rules)
    revisions: list[Revision] = []
    before: Belief | None = None
    for number, sourced in enumerate(mentions, 1):
        at, name, source = known_at(sourced), sourced.mention.id, name_of(sourced)
        last = number == len(mentions)
        if before is not None and number > LONG and not last:
            after = before
        else:
            after = believe(mentions[:number], profiles[:number], rules)
        moves: list[tuple[str, object, object, str]] = []
        if before is None:
            first = {"date": short_date(after.date), "place": short_place(after.place)}
            figures = {c.field: c.after for c in changes.get(name, ())}
            moves.append(
                (
                    "incident",
                    None,
                    {**first, **figures, "status": after.status.value},
                    f"first report by {source}",
                )
            )
            moves += [
                (
                    "claims",
                    None,
                    {"by": c.by, "via": c.via, "kind": c.kind.value},
                    CLAIM_WORDS[c.kind].format(by=c.by),
                )
                for c in after.claims
            ]
        else:
            moves += [(c.field, c.before, c.after, c.because) for c in changes.get(name, ())]
            moves += _moved(before, after, source)
        revisions += [
            Revision(at=at, field=f, before=old, after=new, because=why, mention=name)
            for f, old, new, why in moves
        ]
        before = after
    return tuple(revisions)


def toll_values(toll: Toll | None) -> Json | None:
    """Return a toll's JSON without its evidence."""
    return None if toll is None else {"low": toll.low, "best": toll.best, "high": toll.high}
