"""The filters that every list, map and export takes, as one dependency."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, TypeVar

from fastapi import Depends, Query

from seamwatch.model.region import DIGITS, Ring, closes, region_of
from seamwatch.pipeline.visibility import FULL
from seamwatch.serve.clearance import TheClearance
from seamwatch.serve.faults import RequestError
from seamwatch.store.base import SHOWN, Box, IncidentFilter
from seamwatch.vocabulary.acled import EventType, SubEventType
from seamwatch.vocabulary.codes import Policy, Status
from seamwatch.vocabulary.coordination import Tlp

E = TypeVar("E", bound=StrEnum)
MOST_KILLED = 10**9
MOST_TEXT = 500
MOST_CORNERS = 100
MOST_RING_TEXT = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which incidents a request asks for, as of which moment, by which policy, and with which clearance."""

    wanted: IncidentFilter
    as_of: datetime | None = None
    policy: Policy = Policy.UCDP
    clearance: Tlp = FULL

    @property
    def plain(self) -> bool:
        """Return whether the record as it is now answers: no moment, the default policy."""
        return self.as_of is None and self.policy is Policy.UCDP


def filters(
    clearance: TheClearance,
    since: Annotated[
        str | None, Query(description="From this day on (YYYY-MM-DD).", examples=["2024-03-01"])
    ] = None,
    until: Annotated[
        str | None, Query(description="Up to this day (YYYY-MM-DD).", examples=["2024-04-30"])
    ] = None,
    area: Annotated[
        str | None,
        Query(
            max_length=MOST_TEXT,
            description="A place, district, province, country code (IQ), or a stored area's name or id.",
        ),
    ] = None,
    bbox: Annotated[
        str | None,
        Query(
            description="west,south,east,north in degrees; west > east crosses the 180th meridian.",
            examples=["43,34,46,37"],
        ),
    ] = None,
    within: Annotated[
        str | None,
        Query(
            max_length=MOST_RING_TEXT,
            description=f"A polygon as lon,lat;lon,lat;... in degrees, 3 to {MOST_CORNERS} corners, its edge "
            "included. Each side goes the shorter way round, across the 180th meridian too.",
            examples=["43,34;46,34;44.5,37"],
        ),
    ] = None,
    type: Annotated[
        list[str] | None, Query(description="An ACLED event type or sub-event type; may be repeated.")
    ] = None,
    actor: Annotated[
        str | None, Query(max_length=MOST_TEXT, description="An actor's name or whole words of it.")
    ] = None,
    text: Annotated[
        str | None,
        Query(
            max_length=MOST_TEXT,
            description="Words, or phrases in double quotes, in the articles that tell the incident.",
        ),
    ] = None,
    status: Annotated[
        list[str] | None,
        Query(
            description="A status, or `all`; may be repeated. Without it: confirmed, unconfirmed, claimed."
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        Query(description="The state as it was believed then: a day (to its end) or a moment."),
    ] = None,
    policy: Annotated[str | None, Query(description=f"One of: {', '.join(Policy)}.")] = None,
    min_killed: Annotated[
        int | None, Query(ge=0, le=MOST_KILLED, description="The least best figure of killed.")
    ] = None,
    precision: Annotated[
        int | None, Query(ge=1, le=7, description="The coarsest precision of a place (UCDP where_prec).")
    ] = None,
    max_tlp: Annotated[
        str | None,
        Query(
            max_length=30,
            description="Only what this label or a freer one bears, as TLP:AMBER or amber; the rest is told "
            "without what is above.",
        ),
    ] = None,
) -> Asked:
    """Return what a request asks for; RequestError that names the parameter where one is wrong."""
    first, last = day_of("since", since), day_of("until", until)
    if first is not None and last is not None and first > last:
        raise _wrong("since", f"{first} is after until, {last}: swap the two")
    return Asked(
        wanted=IncidentFilter(
            since=first,
            until=last,
            area=_given(area),
            bbox=box_of(bbox),
            within=ring_of(within),
            types=_types(type or ()),
            actor=_given(actor),
            text=_given(text),
            statuses=_statuses(status or ()),
            min_killed=min_killed,
            precision=precision,
        ),
        as_of=moment_of(as_of),
        policy=policy_of(policy),
        clearance=clearance if max_tlp is None else min(clearance, label_of_text(max_tlp), key=_strictness),
    )


Filters = Annotated[Asked, Depends(filters)]
"""Declare a route's parameter `asked: Filters` to take every filter."""


def _wrong(field: str, said: str) -> RequestError:
    return RequestError(f"{field}: {said}", code="bad_value", field=field)


def _given(text: str | None) -> str | None:
    return text.strip() or None if text is not None else None


def day_of(field: str, text: str | None) -> date | None:
    """Return the day of a parameter, None where it is not given; RequestError where it is none."""
    given = _given(text)
    if given is None:
        return None
    try:
        if len(given) != len("YYYY-MM-DD"):
            raise ValueError
        return date.fromisoformat(given)
    except ValueError:
        raise _wrong(field, f"{given[:60]!r} is no day: write it as YYYY-MM-DD, as in 2024-03-01") from None


def moment_of(text: str | None, field: str = "as_of") -> datetime | None:
    """Return the moment of a parameter; a day gives its midnight, which stands for the whole day."""
    given = _given(text)
    if given is None:
        return None
    try:
        # "+" in a query that was not encoded is a space.
        return datetime.fromisoformat(given.replace(" 0", "+0", 1) if "T" in given else given)
    except ValueError:
        raise _wrong(
            field, f"{given[:60]!r} is no moment: write 2024-03-01 or 2024-03-01T12:00, in UTC"
        ) from None


def box_of(text: str | None) -> Box | None:
    """Return the box of a parameter; RequestError where it is none on Earth."""
    given = _given(text)
    if given is None:
        return None
    shape = "write west,south,east,north in degrees, as in 43,34,46,37"
    try:
        west, south, east, north = (float(part) for part in given.split(","))
    except ValueError:
        raise _wrong("bbox", f"{given[:60]!r} is no box: {shape}") from None
    if not all(math.isfinite(n) for n in (west, south, east, north)):
        raise _wrong("bbox", f"{given[:60]!r} is no box: {shape}")
    if not (-90 <= south <= north <= 90):
        raise _wrong("bbox", f"south {south:g} and north {north:g} must lie in -90..90, south first: {shape}")
    if not (-180 <= west <= 180 and -180 <= east <= 180):
        raise _wrong("bbox", f"west {west:g} and east {east:g} must lie in -180..180: {shape}")
    return west, south, east, north


def ring_of(text: str | None) -> Ring | None:
    """Return the polygon of a parameter; RequestError where it is none, or none that encloses anything."""
    given = _given(text)
    if given is None:
        return None
    shape = "write lon,lat;lon,lat;... in degrees, as in 43,34;46,34;44.5,37"
    corners: list[tuple[float, float]] = []
    for number, part in enumerate(given.removesuffix(";").split(";"), 1):
        try:
            lon, lat = (float(value) for value in part.split(","))
        except ValueError:
            raise _wrong("within", f"corner {number}, {part[:60]!r}, is no lon,lat: {shape}") from None
        if not (-360 <= lon <= 360 and -90 <= lat <= 90):
            raise _wrong(
                "within",
                f"corner {number}, {part[:60]!r}, must have its longitude in -360..360 and its latitude in "
                f"-90..90, longitude first: {shape}",
            )
        corners.append((round(lon, DIGITS), round(lat, DIGITS)))
    if len(corners) > 1 and corners[-1] == corners[0]:
        corners.pop()
    if not 3 <= len(corners) <= MOST_CORNERS:
        raise _wrong("within", f"{len(corners)} corners, but it needs 3 to {MOST_CORNERS}: {shape}")
    ring = tuple(corners)
    if not closes(ring):
        raise _wrong("within", "the polygon goes round a pole: draw it in two halves")
    if region_of(ring).is_empty:
        raise _wrong("within", "the corners lie in one line and enclose nothing: move one aside")
    return ring


def _types(given: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    known = {name.value.lower(): name.value for name in (*EventType, *SubEventType)}
    names = [text for one in given if (text := _given(one)) is not None]
    for name in names:
        if name.lower() not in known:
            raise _wrong("type", f"{name[:60]!r} is no type; /api/v1/config lists the event types")
    return tuple(sorted({known[name.lower()] for name in names}))


def _statuses(given: list[str] | tuple[str, ...]) -> tuple[Status, ...] | None:
    names = {part.strip().lower() for one in given for part in one.split(",") if part.strip()}
    if not names:
        return SHOWN
    if "all" in names:
        return None
    return tuple(sorted({_one_of("status", name, Status, "all") for name in names}))


def policy_of(text: str | None) -> Policy:
    """Return the policy of a parameter, the default one where it is not given."""
    given = _given(text)
    return Policy.UCDP if given is None else _one_of("policy", given.lower(), Policy)


def label_of_text(text: str) -> Tlp:
    """Return the label of a parameter: its name with or without "TLP:", a space standing for "+"."""
    name = text.strip().upper().removeprefix("TLP:").replace(" ", "+")
    return _one_of("max_tlp", f"TLP:{name}", Tlp)


def _strictness(label: Tlp) -> int:
    return label.strictness


def _one_of(field: str, name: str, words: type[E], *more: str) -> E:
    try:
        return words(name)
    except ValueError:
        raise _wrong(
            field, f"{name[:60]!r} is none of: {', '.join((*more, *(w.value for w in words)))}"
        ) from None
