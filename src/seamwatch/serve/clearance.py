"""What the account that asks may see: every route that shows the record asks here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import numpy as np
from fastapi import Depends, Request
from numpy.typing import NDArray

from seamwatch.pipeline.visibility import (
    EVERY,
    FULL,
    counts_within,
    hidden_incidents,
    label_of,
    mixed_visible,
    told_from,
    within,
)
from seamwatch.serve.faults import RequestError
from seamwatch.vocabulary.coordination import Tlp

if TYPE_CHECKING:
    from seamwatch.model.account import Identity
    from seamwatch.model.incident import ArticleRef, Incident
    from seamwatch.serve.context import Desk
    from seamwatch.store.base import IncidentFilter, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """Incidents of which a clearance may not see all, by the store's own numbers and ids.

    `mixed` counts those of which it may see a part.
    """

    keys: NDArray[np.int64]
    ids: frozenset[str]
    mixed: int


NOTHING = Hidden(keys=np.zeros(0, np.int64), ids=frozenset(), mixed=0)


def clearance_of(request: Request) -> Tlp:
    """Return the clearance of who makes a request: everything where no accounts are set up.

    RequestError where nobody is known: a route that is public by mistake then shows nothing, not all.
    """
    identity: Identity | None = getattr(request.state, "identity", None)
    if identity is None:
        raise RequestError("sign in first", code="not_signed_in", status=401)
    return identity.clearance


TheClearance = Annotated[Tlp, Depends(clearance_of)]
"""Declare a route's parameter `clearance: TheClearance` to get it."""


def hidden_of(desk: Desk, clearance: Tlp) -> Hidden:
    """Return what a clearance may not see whole, remembered until the database changes."""
    if clearance is FULL:
        return NOTHING

    def made() -> Hidden:
        with desk.store() as store:
            found = hidden_incidents(store, clearance)
        return Hidden(
            keys=np.array([one.key for one in found], np.int64),
            ids=frozenset(one.id for one in found),
            mixed=sum(one.mixed for one in found),
        )

    return desk.remembered(clearance, made, shelf="hidden", most=len(Tlp))


def seen(
    store: Store, incident: Incident, clearance: Tlp, *, as_of: datetime | None = None
) -> Incident | None:
    """Return an incident as a clearance may see it, None where it may see nothing of it."""
    return incident if clearance is FULL else told_from(store, incident, within(clearance), as_of=as_of)


def may_read(article: ArticleRef, clearance: Tlp) -> bool:
    """Return whether a clearance may read an article."""
    return label_of(article).strictness <= clearance.strictness


def counts_of(desk: Desk, clearance: Tlp) -> Mapping[str, int]:
    """Return how much the database holds that a clearance may see.

    Where that is not all, what only tells how the store keeps it (copies, aliases, ...) is not counted.
    """
    whole = desk.counts()
    if clearance is FULL:
        return whole
    hidden, parts = hidden_of(desk, clearance), mixed_of(desk, EVERY, clearance)

    def made() -> Mapping[str, int]:
        with desk.store() as store:
            return counts_within(store, clearance)

    return {
        **desk.remembered(("counts", clearance), made),
        "incidents": whole["incidents"] - len(hidden.ids) + len(parts),
        "areas": whole["areas"],
        "places": whole["places"],
    }


def mixed_of(desk: Desk, wanted: IncidentFilter, clearance: Tlp) -> tuple[Incident, ...]:
    """Return the incidents that pass a filter as far as a clearance may see them, where that is not whole."""

    def made() -> tuple[Incident, ...]:
        with desk.store() as store:
            return tuple(mixed_visible(store, wanted, clearance))

    if not hidden_of(desk, clearance).mixed:
        return ()
    return desk.remembered((clearance, wanted), made, shelf="mixed", most=8)
