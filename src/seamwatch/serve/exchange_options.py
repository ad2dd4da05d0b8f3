"""What the exchange's server is started with."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So many requests a second on average, and so many at once."""

    a_second: float
    at_once: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeOptions:
    """Which database is served to the other parties, with which keys, within which limits.

    `keys` None: beside the database. `most_bytes` of a body as sent, `most_unpacked` unpacked. A body must
    come at `least_rate` bytes a second after `grace` seconds, and be whole within `longest` seconds: it is
    held in memory before anybody can know who sent it. The head of a request comes within `grace`. A request
    that is refused costs its address `refusal_cost` requests.
    """

    db: str
    keys: Path | None = None
    most_bytes: int = 16_000_000
    most_unpacked: int = 24 << 20
    most_items: int = 500
    grace: float = 20.0
    least_rate: float = 1000.0
    longest: float = 200.0
    address_rate: Rate = field(default_factory=lambda: Rate(a_second=50, at_once=500))
    party_rate: Rate = field(default_factory=lambda: Rate(a_second=50, at_once=500))
    refusal_cost: int = 5
