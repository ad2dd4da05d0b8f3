"""Release rules, what people order about releases, and what a party would receive and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from dataclasses import field as field_of
from datetime import datetime
from typing import Any

from seamwatch.vocabulary.coordination import Grain, OrderKind, Tlp

FIELDS = (
    "date",
    "place",
    "perpetrators",
    "targets",
    "victims",
    "weapons",
    "killed",
    "injured",
    "missing",
    "abducted",
    "claims",
    "status",
    "sources",
    "quotes",
)
"""What a rule can give, coarsen or withhold. The type of the event is always given: without it nothing is."""

EVERYONE = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRule:
    """Which incidents go to which parties, under which label, after how long, and with which fields.

    The first rule in order that fits an incident and a receiver decides; where none fits, nothing is
    released. `to` are ids of parties, or EVERYONE. `areas`, `types`, `statuses`: one of each is enough,
    empty ones do not restrict. `fields` gives the grain of each field that is not EXACT. `after_hours`
    counts from when the own record had what is told. `approval` asks for a second person's approval of each
    incident. `nothing` releases nothing of what fits: rules after it are not tried.
    """

    id: str
    to: tuple[str, ...]
    tlp: Tlp = Tlp.AMBER
    areas: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    after_hours: float = 0.0
    approval: bool = False
    fields: Mapping[str, Grain] = field(default_factory=dict)
    nothing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseOrder:
    """What a person ordered about one incident (by its id) and one party, or all (None).

    HOLD: nothing goes out, and what went out is withdrawn. RELEASE: a HOLD no longer holds. LABEL: `tlp` at
    least. WITHHOLD_FIELD: `field` does not go out; a RELEASE with that `field` takes it back. APPROVE: by a
    second person, where a rule asks for one; `approved` says how finely each field was shown to that person,
    and what becomes finer needs another approval. The newest of each kind holds. `number` is the store's.

    Where it is read for an incident, `about` are the own mentions of that which told the one it was given
    for (None: all of them), and `split` says that others of those tell another incident now.
    """

    incident: str
    kind: OrderKind
    by: str
    at: datetime
    to: str | None = None
    field: str | None = None
    tlp: Tlp | None = None
    why: str = ""
    number: int = 0
    approved: Mapping[str, int] = field_of(default_factory=dict)
    about: frozenset[str] | None = None
    split: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldReason:
    """What became of one field, and why, in plain words."""

    field: str
    grain: Grain
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one party receives of one incident now.

    `state`: "released", "waits" (until `due`), "approval" (a second person's is missing), "held" (a person
    ordered so), "none" (no rule fits, or nothing of it is our own). `content` is exactly the JSON that goes
    out, without record and version, where it is released; where an approval is missing, what would go out.
    `due` of a released one is when news of it goes out. `rule` is the id of the rule, "charter:" before it
    where it is the charter's. `unapproved` are fields that are withheld or coarser until somebody approves.
    """

    incident: str
    to: str
    state: str
    rule: str | None = None
    tlp: Tlp | None = None
    due: datetime | None = None
    content: Mapping[str, Any] | None = None
    reasons: tuple[FieldReason, ...] = ()
    text: str = ""
    unapproved: tuple[str, ...] = ()
