"""ACLED's event types and sub-types, in ACLED's spelling (ACLED Codebook, 2023 and later)."""

from __future__ import annotations

from enum import StrEnum


class EventType(StrEnum):
    """ACLED's 6 event types."""

    BATTLES = "Battles"
    EXPLOSIONS = "Explosions/Remote violence"
    VIOLENCE_AGAINST_CIVILIANS = "Violence against civilians"
    PROTESTS = "Protests"
    RIOTS = "Riots"
    STRATEGIC_DEVELOPMENTS = "Strategic developments"


class SubEventType(StrEnum):
    """ACLED's 25 sub-event types."""

    ARMED_CLASH = "Armed clash"
    GOVERNMENT_REGAINS_TERRITORY = "Government regains territory"
    NON_STATE_ACTOR_OVERTAKES_TERRITORY = "Non-state actor overtakes territory"
    CHEMICAL_WEAPON = "Chemical weapon"
    AIR_DRONE_STRIKE = "Air/drone strike"
    SUICIDE_BOMB = "Suicide bomb"
    SHELLING = "Shelling/artillery/missile attack"
    REMOTE_EXPLOSIVE = "Remote explosive/landmine/IED"
    GRENADE = "Grenade"
    SEXUAL_VIOLENCE = "Sexual violence"
    ATTACK = "Attack"
    ABDUCTION = "Abduction/forced disappearance"
    PEACEFUL_PROTEST = "Peaceful protest"
    PROTEST_WITH_INTERVENTION = "Protest with intervention"
    EXCESSIVE_FORCE = "Excessive force against protesters"
    VIOLENT_DEMONSTRATION = "Violent demonstration"
    MOB_VIOLENCE = "Mob violence"
    AGREEMENT = "Agreement"
    ARRESTS = "Arrests"
    CHANGE_TO_GROUP = "Change to group/activity"
    DISRUPTED_WEAPONS_USE = "Disrupted weapons use"
    HEADQUARTERS_ESTABLISHED = "Headquarters or base established"
    LOOTING = "Looting/property destruction"
    NON_VIOLENT_TRANSFER = "Non-violent transfer of territory"
    OTHER = "Other"

    @property
    def event_type(self) -> EventType:
        """Return the event type that this sub-type belongs to.

        >>> SubEventType.GRENADE.event_type
        <EventType.EXPLOSIONS: 'Explosions/Remote violence'>
        """
        return _TYPE_OF[self]


_SUBTYPES = {
    EventType.BATTLES: "ARMED_CLASH GOVERNMENT_REGAINS_TERRITORY NON_STATE_ACTOR_OVERTAKES_TERRITORY",
    EventType.EXPLOSIONS: ("CHEMICAL_WEAPON AIR_DRONE_STRIKE SUICIDE_BOMB SHELLING REMOTE_EXPLOSIVE GRENADE"),
    EventType.VIOLENCE_AGAINST_CIVILIANS: "SEXUAL_VIOLENCE ATTACK ABDUCTION",
    EventType.PROTESTS: "PEACEFUL_PROTEST PROTEST_WITH_INTERVENTION EXCESSIVE_FORCE",
    EventType.RIOTS: "VIOLENT_DEMONSTRATION MOB_VIOLENCE",
    EventType.STRATEGIC_DEVELOPMENTS: (
        "AGREEMENT ARRESTS CHANGE_TO_GROUP DISRUPTED_WEAPONS_USE HEADQUARTERS_ESTABLISHED "
        "LOOTING NON_VIOLENT_TRANSFER OTHER"
    ),
}
_TYPE_OF = {
    SubEventType[name]: event_type for event_type, names in _SUBTYPES.items() for name in names.split()
}
