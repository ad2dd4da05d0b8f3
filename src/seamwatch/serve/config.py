"""What a client must know of this server."""

from __future__ import annotations

from fastapi import APIRouter

from seamwatch import __version__
from seamwatch.serve.clearance import TheClearance, counts_of
from seamwatch.serve.context import TheDesk
from seamwatch.serve.schemas import Config, EventTypeWords
from seamwatch.vocabulary.acled import EventType, SubEventType
from seamwatch.vocabulary.codes import Policy, Status

router = APIRouter(tags=["server"])
EVENT_TYPES = [
    EventTypeWords(name=kind.value, sub_event_types=[s.value for s in SubEventType if s.event_type is kind])
    for kind in EventType
]


@router.get("/config", summary="Words of the filters, and how much there is")
def config(desk: TheDesk, clearance: TheClearance) -> Config:
    """Return the version, the closed word lists of the filters, and how much the account may see."""
    return Config(
        version=__version__,
        style_url=desk.options.style_url,
        policies=[policy.value for policy in Policy],
        statuses=[status.value for status in Status],
        event_types=EVENT_TYPES,
        counts=dict(counts_of(desk, clearance)),
    )
