"""The words of coordination: sharing labels, roles, states of parties and requests, kinds of entries."""

from __future__ import annotations

from enum import StrEnum


class Tlp(StrEnum):
    """The Traffic Light Protocol 2.0, from the freest to the strictest label."""

    CLEAR = "TLP:CLEAR"
    GREEN = "TLP:GREEN"
    AMBER = "TLP:AMBER"
    AMBER_STRICT = "TLP:AMBER+STRICT"
    RED = "TLP:RED"

    @property
    def strictness(self) -> int:
        """Return 0 for CLEAR up to 4 for RED.

        >>> max(Tlp.GREEN, Tlp.RED, Tlp.AMBER, key=lambda label: label.strictness).value
        'TLP:RED'
        """
        return list(Tlp).index(self)


class PartyRole(StrEnum):
    """What a party does in the charter: a member holds and receives records, a relay only passes on."""

    MEMBER = "member"
    RELAY = "relay"


class PartyState(StrEnum):
    """Whether a party takes part now. Only an active one sends and receives."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"


class NoticeKind(StrEnum):
    """What a signed notice does to a party's part in the charter, at once."""

    LEAVE = "leave"
    SUSPEND = "suspend"
    RESUME = "resume"


class EntryKind(StrEnum):
    """What an entry of a feed says to its receiver."""

    RELEASE = "release"
    WITHDRAWAL = "withdrawal"
    REQUEST = "request"
    ANSWER = "answer"
    CHARTER = "charter"
    NOTICE = "notice"
    RECEIPT = "receipt"


class Grain(StrEnum):
    """How much of a released field is given. Of a place: the unit; of a date: the stretch of days."""

    EXACT = "exact"
    DISTRICT = "district"
    PROVINCE = "province"
    COUNTRY = "country"
    WEEK = "week"
    MONTH = "month"
    WITHHELD = "withheld"


class OrderKind(StrEnum):
    """What a person orders about the release of one incident."""

    HOLD = "hold"
    RELEASE = "release"
    LABEL = "label"
    WITHHOLD_FIELD = "withhold_field"
    APPROVE = "approve"


class RequestKind(StrEnum):
    """What is asked of another party."""

    INFORMATION = "information"
    VERIFICATION = "verification"
    RESPONSE = "response"


class RequestState(StrEnum):
    """How far one party's answer to a request is. Expired follows from the deadline and the clock."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DONE = "done"
    EXPIRED = "expired"

    @property
    def is_final(self) -> bool:
        """Return whether nothing more is waited for."""
        return self in (RequestState.DECLINED, RequestState.DONE, RequestState.EXPIRED)


class Priority(StrEnum):
    """How pressing a request is."""

    ROUTINE = "routine"
    URGENT = "urgent"
    IMMEDIATE = "immediate"


class Role(StrEnum):
    """What an account may do, each more than the one before it."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    REVIEWER = "reviewer"
    LIAISON = "liaison"
    ADMIN = "admin"
