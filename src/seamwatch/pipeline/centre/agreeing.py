"""The charter of a node: what is in force, what waits for signatures, and how parties agree and part."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from seamwatch.coordinate.charter import Standing, standing_of
from seamwatch.coordinate.charter_codec import notice_from_json, signed_from_json
from seamwatch.errors import SeamwatchError
from seamwatch.model.charter import CharterState, Notice, SignedCharter

if TYPE_CHECKING:
    from seamwatch.store.base import Store


def charter_state(store: Store) -> CharterState:
    """Return what is in force in this store, and how each party stands.

    SeamwatchError (no_charter) where no charter is; `charter_in_force` gives None there.
    """
    found = charter_in_force(store)
    if found is None:
        raise SeamwatchError(
            "no charter is in force here: draft one with `seamwatch charter draft`, or take one over with "
            "`seamwatch charter import FILE`, and sign it",
            code="no_charter",
        )
    return found


def charter_in_force(store: Store) -> CharterState | None:
    """Return what is in force in this store, and how each party stands; None where no charter is."""
    return standing(store).state


def standing(store: Store) -> Standing:
    """Return the charters in force, the proposals and notices that wait, and whose signatures they miss."""
    return _standing(store.charter_documents(), store.notice_documents())


# What follows from the same documents is the same: every entry that comes or goes asks for it.
@lru_cache(maxsize=16)
def _standing(versions: Sequence[str], notices: Sequence[str]) -> Standing:
    return standing_of(map(_version, versions), map(_notice, notices))


@lru_cache(maxsize=512)
def _version(document: str) -> SignedCharter:
    return signed_from_json(json.loads(document))


@lru_cache(maxsize=512)
def _notice(document: str) -> Notice:
    return notice_from_json(json.loads(document))
