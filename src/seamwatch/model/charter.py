"""The charter: what the parties have agreed, in versions that each bear the signatures that it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from seamwatch.model.party import Party
from seamwatch.model.release import ReleaseRule
from seamwatch.vocabulary.coordination import NoticeKind, PartyState


@dataclass(frozen=True, slots=True, kw_only=True)
class CharterArea:
    """An area that the parties share, by the id of a stored area. `contested` ones must be answered for."""

    id: str
    name: str
    contested: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTime:
    """How soon an answer is expected, and who is asked next where none comes.

    `kind` is a request kind, or "incident" for incidents in contested areas. `priority` None is for all.
    Hours; None: not expected.
    """

    kind: str
    priority: str | None = None
    acknowledge_hours: float | None = None
    answer_hours: float | None = None
    escalate_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Charter:
    """One version of the charter, as it is signed.

    `previous` is the digest of the version before, "" of the first, which all parties must sign. `change`
    says how many of the parties of the version before must sign a new version: "all" or "majority" (more
    than half); `suspend` how many of the other parties must sign a suspension. A party that joins signs
    too.
    """

    name: str
    version: int
    previous: str
    parties: tuple[Party, ...]
    areas: tuple[CharterArea, ...] = ()
    rules: tuple[ReleaseRule, ...] = ()
    answer_times: tuple[AnswerTime, ...] = ()
    change: str = "all"
    suspend: str = "majority"
    backlog_days: int | None = None
    made: datetime | None = None
    text: str = ""

    def party(self, party_id: str) -> Party | None:
        """Return the party of this id, or None."""
        return next((p for p in self.parties if p.id == party_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCharter:
    """A version with its digest (hex SHA-256 of its canonical JSON) and signatures by party id, in hex."""

    charter: Charter
    digest: str
    signatures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A party leaves, is suspended or taken back, with whose signatures; for one term of that party."""

    kind: NoticeKind
    party: str
    term: int
    charter: str
    at: datetime
    why: str = ""
    digest: str = ""
    signatures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CharterState:
    """What is in force here: the newest version with enough signatures, and each party's state under it."""

    signed: SignedCharter
    states: Mapping[str, PartyState]
    notices: tuple[Notice, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def charter(self) -> Charter:
        """Return the version in force."""
        return self.signed.charter

    def active(self, party_id: str) -> Party | None:
        """Return the party where it is named and active, else None."""
        found = self.charter.party(party_id)
        return found if found is not None and self.states.get(party_id) is PartyState.ACTIVE else None
