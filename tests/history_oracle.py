"""What a party may see of another's incidents: the release rules once more, written as plainly as can be.

It shares no code with the program. The tests of random histories compare the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

DISTRICTS = {
    "Daquq": "Kirkuk",
    "Kifri": "Diyala",
    "Khanaqin": "Diyala",
    "Tooz": "Salah ad Din",
    "Makhmur": "Erbil",
}
"""Districts of the made incidents, with their provinces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One incident as its party knows it; `told` are its reports: when stored, and how many killed."""

    key: str
    village: str
    district: str
    outlet: str
    day: date
    type: str
    told: tuple[tuple[datetime, int], ...]
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One release rule; `place` is exact, district, province or withheld; `day` exact, week or month."""

    to: tuple[str, ...]
    tlp: str = "TLP:AMBER"
    types: tuple[str, ...] = ()
    after_hours: float = 0
    approval: bool = False
    place: str = "exact"
    day: str = "exact"
    killed: str = "exact"
    sources: str = "exact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What people ordered of (incident, receiver): held, approved (grains and label), fields withheld."""

    held: frozenset[tuple[str, str]] = frozenset()
    labels: Mapping[str, str] = field(default_factory=dict)
    approved: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    approved_as: Mapping[tuple[str, str], str] = field(default_factory=dict)
    withheld: frozenset[tuple[str, str, str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a receiver may see of an incident. None: not given."""

    type: str
    tlp: str
    place: str | None
    district: str | None
    province: str | None
    first: date
    last: date
    killed: int | None
    outlet: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """All that decides what one party releases. A backup holds it as it was."""

    facts: Mapping[str, Fact] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    orders: Orders = Orders()

    def with_fact(self, fact: Fact) -> Knowledge:
        """Return this with a new or changed incident."""
        return replace(self, facts={**self.facts, fact.key: fact})


STRICT = ("TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED")


def stretch(day: date, grain: str) -> tuple[date, date]:
    """Return the first and last day that a grain gives of a day."""
    if grain == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    if grain == "month":
        first = day.replace(day=1)
        return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return day, day


FINENESS = ("exact", "district", "week", "province", "month", "withheld")


def rule_for(known: Knowledge, fact: Fact, receiver: str) -> Rule | None:
    """Return the first rule that fits."""
    for rule in known.rules:
        if (receiver in rule.to or "*" in rule.to) and (not rule.types or fact.type in rule.types):
            return rule
    return None


def grains_of(known: Knowledge, fact: Fact, receiver: str, rule: Rule) -> tuple[str, str, str, str]:
    """Return how finely place, day, killed and sources are given."""

    def grain(name: str, given: str) -> str:
        return "withheld" if (fact.key, receiver, name) in known.orders.withheld else given

    return (
        grain("place", rule.place),
        grain("date", rule.day),
        grain("killed", rule.killed),
        grain("sources", rule.sources),
    )


def label_for(known: Knowledge, fact: Fact, rule: Rule) -> str:
    """Return the label that a rule and the orders give."""
    return max(rule.tlp, known.orders.labels.get(fact.key, "TLP:CLEAR"), key=STRICT.index)


def allowed(known: Knowledge, key: str, receiver: str, now: datetime) -> Seen | None:
    """Return what a receiver may see of an incident at a moment of its party's clock; None: nothing."""
    fact = known.facts.get(key)
    if fact is None or fact.gone:
        return None
    orders = known.orders
    if (key, receiver) in orders.held:
        return None
    rule = rule_for(known, fact, receiver)
    if rule is None:
        return None
    label = label_for(known, fact, rule)
    if rule.approval:
        # A freer label than the approved one waits for another approval.
        label = max(label, orders.approved_as.get((key, receiver), "TLP:CLEAR"), key=STRICT.index)
    if label == "TLP:RED" and receiver not in rule.to:
        return None
    ripe = [killed for at, killed in fact.told if at + timedelta(hours=rule.after_hours) <= now]
    if not ripe:
        return None
    grains = grains_of(known, fact, receiver, rule)
    if rule.approval:
        seen = orders.approved.get((key, receiver))
        if seen is None:
            return None
        # What somebody approved may go out; what became finer since waits for another approval. So do sources
        # that would be told with their days of publication now that the day is exact.
        if grains[1] == "exact" != seen[1]:
            seen = (*seen[:3], "withheld")
        pairs = zip(grains, seen, strict=True)
        grains = tuple(max(pair, key=FINENESS.index) for pair in pairs)  # type: ignore[assignment]
    place, day, killed, sources = grains
    first, last = stretch(fact.day, day)
    return Seen(
        type=fact.type,
        tlp=label,
        place=fact.village if place == "exact" else None,
        district=fact.district if place in ("exact", "district") else None,
        province=DISTRICTS[fact.district] if place in ("exact", "district", "province") else None,
        first=first if day != "withheld" else date.min,
        last=last if day != "withheld" else date.max,
        killed=ripe[-1] if killed == "exact" else None,
        outlet=fact.outlet if sources == "exact" else None,
    )
