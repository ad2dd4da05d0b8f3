"""The shapes of values with their evidence, and of what is told of an incident."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Evidence(BaseModel):
    """A passage that a value rests on; offsets are code points, half-open."""

    model_config = ConfigDict(populate_by_name=True)

    part: str = Field(alias="in", description="`text` or `title`")
    start: int
    end: int
    quote: str
    by: str | None = None
    mention: str | None = Field(None, description="the mention whose article the offsets belong to")


class DateValue(BaseModel):
    """When: days, both included, and UCDP's date_prec."""

    start: str
    end: str
    precision: int
    evidence: list[Evidence] = []


class PlaceValue(BaseModel):
    """Where: degrees (WGS 84), UCDP's where_prec, and how far from the point it may lie."""

    name: str | None
    admin1: str | None
    admin2: str | None
    country: str | None
    lat: float | None
    lon: float | None
    precision: int
    radius_km: float | None
    geonameid: int | None = None
    shape: dict[str, Any] | None = None
    evidence: list[Evidence] = []


class TollValue(BaseModel):
    """How many; null is open."""

    low: int | None
    best: int | None
    high: int | None
    evidence: list[Evidence] = []


class Perpetrator(BaseModel):
    """Who did it, and how that is known."""

    name: str
    kind: str
    certainty: str
    evidence: list[Evidence] = []


class TargetValue(BaseModel):
    """What was attacked."""

    name: str
    kind: str
    evidence: list[Evidence] = []


class VictimValue(BaseModel):
    """Who was harmed."""

    name: str
    kind: str
    group: str
    outcome: str
    count: int | None
    evidence: list[Evidence] = []


class WeaponValue(BaseModel):
    """With what."""

    name: str
    evidence: list[Evidence] = []


class ClaimValue(BaseModel):
    """Who claims, denies or accuses, and through which outlet."""

    by: str
    via: str | None
    kind: str
    evidence: list[Evidence] = []


class Told(BaseModel):
    """What is told of an incident."""

    event_type: str
    sub_event_type: str
    date: DateValue | None
    place: PlaceValue | None
    perpetrators: list[Perpetrator]
    targets: list[TargetValue]
    victims: list[VictimValue]
    weapons: list[WeaponValue]
    killed: TollValue | None
    injured: TollValue | None
    missing: TollValue | None
    abducted: TollValue | None
    claims: list[ClaimValue]


class MentionValue(Told):
    """One article's account of one incident, as `extract` gives it."""

    id: str
    modality: str
    evidence: list[Evidence]
