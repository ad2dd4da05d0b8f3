"""An incident as a pure function of its mentions and decisions: every field resolved, every value kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from seamwatch.link.belief import Belief
from seamwatch.link.compare import Profiles
from seamwatch.link.disagree import disagreements_of
from seamwatch.link.fields import resolve_targets, resolve_victims, resolve_weapons
from seamwatch.link.order import aware, incident_id, known_by, tellings
from seamwatch.link.revise import replay
from seamwatch.link.rules import LinkRules
from seamwatch.link.whereabouts import Fits
from seamwatch.model.decision import Decision, standing
from seamwatch.model.incident import Incident, SourcedMention
from seamwatch.vocabulary.codes import Policy


def incident_of(
    mentions: Sequence[SourcedMention],
    rules: LinkRules,
    *,
    as_of: datetime | None = None,
    profiles: Profiles | None = None,
    policy: Policy = Policy.UCDP,
    decisions: Sequence[Decision] = (),
) -> Incident:
    """Return the incident that these mentions tell; the order in which they are given does not matter.

    `policy` says how one value is chosen where tellings differ (the rule of each field is in its class:
    TollStory, TypeField, DateField, PlaceField, ActorField, StatusField). `decisions` are all that people
    decided about it, undone ones and what undid them among them: what a standing one sets wins over
    everything told. `as_of` leaves out what was not known or decided then; ValueError where nothing was
    known. `profiles` spares making them again. The id is that of the earliest mention, those of all other
    mentions are aliases.
    """
    held = known_by(mentions, as_of)
    if not held:
        raise ValueError("an incident needs at least one mention that was known by then")
    told = tellings(held, rules)
    made = profiles or Profiles(rules)
    wheres = {m.mention.id: made.of(m).where for m in held if m.mention.place is not None}
    fits = Fits()
    story = replay(told, lambda: Belief(rules, policy, wheres, fits), decisions, as_of)
    belief, state, corrected = story.belief, story.state, story.corrected
    telling = [t for t in told if t.counts] or told
    chosen = [t.sourced for t in telling]
    moment = aware(as_of) if as_of else None
    return Incident(
        id=incident_id(held[0].mention.id),
        event_type=state.type.event_type,
        sub_event_type=state.type,
        status=state.status,
        date=state.date,
        place=state.place,
        perpetrators=belief.actors(corrected),
        targets=resolve_targets(chosen),
        victims=resolve_victims(chosen),
        weapons=resolve_weapons(chosen),
        killed=belief.toll("killed", state, corrected),
        injured=belief.toll("injured", state, corrected),
        missing=belief.toll("missing", state, corrected),
        abducted=belief.toll("abducted", state, corrected),
        claims=belief.claims(),
        mentions=held,
        disagreements=disagreements_of(told, wheres, fits, state, corrected),
        revisions=story.revisions,
        aliases=tuple(incident_id(m.mention.id) for m in held[1:]),
        policy=policy,
        decisions=standing(tuple(decisions), moment) if decisions else (),
        voices=len({t.voice for t in telling}),
    )
