"""The type of a telling: from the words that name one, else from who attacked whom."""

from __future__ import annotations

import re
from collections.abc import Iterable

from seamwatch.extract.drafts import Draft, tells_violence
from seamwatch.extract.triggers import HARM, VIOLENCE
from seamwatch.vocabulary.acled import SubEventType
from seamwatch.vocabulary.codes import ActorKind, Outcome, VictimGroup

S = SubEventType
# Of types told with equal strength the one further left wins: what was done by violence names the
# incident, arrests and fires are what came with it.
_ORDER = (
    S.SUICIDE_BOMB,
    S.CHEMICAL_WEAPON,
    S.AIR_DRONE_STRIKE,
    S.GRENADE,
    S.EXCESSIVE_FORCE,
    S.SEXUAL_VIOLENCE,
    S.REMOTE_EXPLOSIVE,
    S.SHELLING,
    S.ABDUCTION,
    S.ARMED_CLASH,
    S.ATTACK,
    S.MOB_VIOLENCE,
    S.VIOLENT_DEMONSTRATION,
    S.PROTEST_WITH_INTERVENTION,
    S.DISRUPTED_WEAPONS_USE,
    S.GOVERNMENT_REGAINS_TERRITORY,
    S.NON_STATE_ACTOR_OVERTAKES_TERRITORY,
    S.ARRESTS,
    S.LOOTING,
)
_ARMED = (VictimGroup.STATE, VictimGroup.NONSTATE)
# Entries whose verbs say that violence was done: weapons found or men arrested are then only what followed.
_DONE = frozenset("detonate attack clash killing shelling protest-force abduction".split())
_GUNFIRE = (S.ARMED_CLASH, S.ATTACK)
# Who is under arms, where the casualty's side is not known, and the sites that only armed men hold.
_ARMED_NAME = re.compile(
    r"\b(?:fighters?|soldiers?|troops?|troopers?|police\w*|guards?|gunm[ae]n|militants?|militiam[ae]n|officers?|"
    r"defenders?|recruits?|conscripts?|patrol|sentr(?:y|ies)|rebels?|insurgents?|guerrillas?|gendarmes?|"
    r"peshmerga|commanders?|rangers|marines|servicem[ae]n|army|military)\b",
    re.IGNORECASE,
)
_ARMED_SITE = re.compile(
    r"\b(?:post|outpost|checkpoint|barracks|garrison|patrol|convoy|base|positions?|watchtower|"
    r"police station|headquarters of the|camp of the|airbase|trench(?:es)?)$",
    re.IGNORECASE,
)
# What forces do to arrest people, and gunfire, by how their phrases begin.
_ENTERING = ("raid", "storm", "swoop", "night raid", "operation")
_SHOOTING = re.compile(
    r"\b(?:fire|fired|fires|firing|shot|shots|shoot\w*|gunfire|opened up|bullets?|gunned)\b"
)


def _rank(kind: SubEventType) -> int:
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)


def decide_type(drafts: Iterable[Draft]) -> SubEventType:
    """Return the ACLED sub-event type of an incident from all its tellings.

    A weapon that names its own type wins. Shooting, ambush and plain attack are an armed clash where
    those attacked are under arms, and an attack on civilians where they are not.
    """
    drafts = tuple(drafts)
    drafts = tuple(d for d in drafts if not d.title) or drafts
    votes: dict[SubEventType, float] = {}
    for draft in drafts:
        for kind, strength in draft.types.items():
            votes[kind] = max(votes.get(kind, 0.0), strength) + 0.1
    armed = any(d.roles.armed_target for d in drafts)
    harmed = [c for d in drafts for c in d.casualties if c.outcome in (Outcome.KILLED, Outcome.INJURED)]
    armed = armed or any(c.group in _ARMED for c in harmed)
    armed = armed or any(_ARMED_NAME.search(c.name) for c in harmed if c.group is VictimGroup.UNKNOWN)
    hurt = any(c.kind != "zero" for c in harmed)
    civilian = any(c.group is VictimGroup.CIVILIAN for c in harmed)
    if not armed and not civilian:
        armed = any(_ARMED_SITE.search(t.name) for d in drafts for t in d.roles.targets)
    if votes.get(S.PEACEFUL_PROTEST) and _shot_at_protest(drafts):
        return S.EXCESSIVE_FORCE
    died = any(c.best for c in harmed if c.outcome is Outcome.KILLED)
    if S.PROTEST_WITH_INTERVENTION in votes and not died and S.EXCESSIVE_FORCE not in votes:
        return S.PROTEST_WITH_INTERVENTION
    if votes.get(S.PEACEFUL_PROTEST) and (S.EXCESSIVE_FORCE in votes or (hurt and _by_state(drafts))):
        return S.EXCESSIVE_FORCE
    acted = [t for d in drafts for t in d.triggers if not t.noun and t.word.entry in _DONE]
    if S.DISRUPTED_WEAPONS_USE in votes and not hurt and not acted:
        return S.DISRUPTED_WEAPONS_USE
    if S.ARRESTS in votes and not hurt and not acted and _arrests_lead(drafts):
        return S.ARRESTS
    if S.ARRESTS in votes and not hurt and not acted and _only_entered(drafts):
        return S.ARRESTS
    violence = any(tells_violence(d) for d in drafts)
    gunfire = S.ARMED_CLASH if armed else S.ATTACK
    if not votes:
        return gunfire
    best = max(votes, key=lambda kind: (round(votes[kind]), -_rank(kind), votes[kind]))
    if best is S.ARMED_CLASH and not civilian and not any(d.roles.civilian_target for d in drafts):
        return best
    if best in _GUNFIRE:
        return gunfire if harmed or armed or best is S.ATTACK else best
    if violence and votes[best] < 2 and _rank(best) > _rank(S.ATTACK):
        return gunfire
    return best


def _by_state(drafts: Iterable[Draft]) -> bool:
    """Return whether forces of the state are named as having done it."""
    return any(a.kind is ActorKind.STATE for d in drafts for a in d.roles.perpetrators)


def _shot_at_protest(drafts: Iterable[Draft]) -> bool:
    """Return whether one draft tells of a protest and of shots, and no group of its own fired them."""
    for draft in drafts:
        protest = any(t.word.gives == S.PEACEFUL_PROTEST for t in draft.triggers)
        shots = any(_SHOOTING.search(t.phrase) and t.word.gives != HARM for t in draft.triggers)
        group = any(a.kind is ActorKind.ORGANIZATION for a in draft.roles.perpetrators)
        if protest and shots and not group:
            return True
    return False


def _only_entered(drafts: Iterable[Draft]) -> bool:
    """Return whether all the violence told is that forces went in: "a raid, four men detained"."""
    told = [t for d in drafts for t in d.triggers if t.word.gives == VIOLENCE]
    return bool(told) and all(t.phrase.startswith(_ENTERING) for t in told)


def _arrests_lead(drafts: Iterable[Draft]) -> bool:
    """Return whether the first draft says by its verb that people were arrested."""
    first = next(iter(drafts), None)
    return first is not None and any(t.word.entry == "arrest" and not t.noun for t in first.triggers)
