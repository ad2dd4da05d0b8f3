"""Seamwatch's own closed word lists: modality, certainty, kinds and statuses."""

from __future__ import annotations

from enum import StrEnum


class Modality(StrEnum):
    """How an article tells an incident. Only the first three count as incidents."""

    ASSERTED = "asserted"
    REPORTED = "reported"
    CLAIMED = "claimed"
    DENIED = "denied"
    PLANNED = "planned"
    FOILED = "foiled"
    HYPOTHETICAL = "hypothetical"
    NEGATED = "negated"
    BACKGROUND = "background"

    @property
    def counts(self) -> bool:
        """Return whether a telling of this modality is an incident that counts."""
        return self in (Modality.ASSERTED, Modality.REPORTED, Modality.CLAIMED)


class Certainty(StrEnum):
    """How an actor's part in an incident is known."""

    ASSERTED = "asserted"
    REPORTED = "reported"
    CLAIMED = "claimed"
    ACCUSED = "accused"
    SUSPECTED = "suspected"


class ActorKind(StrEnum):
    """What a perpetrator is. A group is unnamed: gunmen, militants."""

    INDIVIDUAL = "individual"
    GROUP = "group"
    ORGANIZATION = "organization"
    STATE = "state"


class TargetKind(StrEnum):
    """What was attacked."""

    PHYSICAL = "physical"
    HUMAN = "human"


class VictimGroup(StrEnum):
    """Which side a victim belongs to."""

    STATE = "state"
    NONSTATE = "nonstate"
    CIVILIAN = "civilian"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """What happened to a victim."""

    KILLED = "killed"
    INJURED = "injured"
    MISSING = "missing"
    ABDUCTED = "abducted"


class ClaimKind(StrEnum):
    """What a claim does: takes responsibility, denies it, or accuses another."""

    CLAIMS = "claims"
    DENIES = "denies"
    ACCUSED = "accused"


class OtherKind(StrEnum):
    """What a passage is that looks like an incident and is none."""

    ROUNDUP = "roundup"
    BACKGROUND = "background"
    PLANNED = "planned"
    HYPOTHETICAL = "hypothetical"
    NEGATED = "negated"
    ACCIDENT = "accident"
    FIGURATIVE = "figurative"
    STATEMENT = "statement"
    EXERCISE = "exercise"


class Status(StrEnum):
    """What is believed of an incident as a whole."""

    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    CLAIMED = "claimed"
    DENIED = "denied"
    RETRACTED = "retracted"
    FOILED = "foiled"

    @property
    def shown(self) -> bool:
        """Return whether incidents of this status are listed by default."""
        return self in (Status.CONFIRMED, Status.UNCONFIRMED, Status.CLAIMED)


class Verdict(StrEnum):
    """A judgement about two mentions."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


class DecisionKind(StrEnum):
    """What a person decides."""

    CONFIRM = "confirm"
    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"
    SPLIT = "split"
    MERGE = "merge"
    CORRECT = "correct"
    RETRACT = "retract"
    UNDO = "undo"


class Policy(StrEnum):
    """How one value is chosen where the tellings of an incident differ; all others are kept beside it."""

    UCDP = "ucdp"  # low, best and high: the newest sure figure, with the rivals as low and high
    CONSERVATIVE = "conservative"  # ACLED's: the lowest of conflicting figures
    LATEST = "latest"  # what was told last
    CORROBORATED = "corroborated"  # what most independent sources give


class RevisionKind(StrEnum):
    """What a change of an incident's state is."""

    REPORTED = "reported"  # the first telling
    DIED = "died"  # of the wounded: injured falls as killed rises
    TOLL = "toll"
    DATE = "date"
    PLACE = "place"
    TYPE = "type"
    ACTOR = "actor"
    CLAIM_MADE = "claim made"
    CLAIM_DENIED = "claim denied"
    ACCUSED = "accused"
    RETRACTED = "retracted"
    STATUS = "status"
    DECIDED = "decided"  # by a person


class TimexType(StrEnum):
    """TIMEX3 types."""

    DATE = "DATE"
    TIME = "TIME"
    DURATION = "DURATION"
    SET = "SET"


class HowKnown(StrEnum):
    """How the writer of a field report knows what it says."""

    SEEN = "seen"
    WITNESS = "told by a witness"
    OFFICIAL = "told by an official"
    LOCAL_MEDIA = "local media"
    OTHER = "other"
