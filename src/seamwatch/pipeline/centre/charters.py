"""The charters that a store holds: what is in force, what waits, and new ones kept with all signatures."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from seamwatch.coordinate.charter import Standing, standing_of, united
from seamwatch.coordinate.charter_codec import (
    MOST_PARTIES,
    notice_from_json,
    notice_json,
    signed_from_json,
    signed_json,
)
from seamwatch.coordinate.keys import verifies
from seamwatch.coordinate.quorum import charter_message, notice_message
from seamwatch.errors import SeamwatchError
from seamwatch.model.charter import CharterState, Notice, SignedCharter
from seamwatch.model.party import Party

if TYPE_CHECKING:
    from seamwatch.store.base import Store

MOST_KEPT = 2000
"""Versions, and notices, in one file."""

MOST_WAITING = 100
"""Versions, and notices, signed by one party that may wait: it can't fill the store with them."""

_Paper = tuple[bytes, Mapping[str, str]]
"""What is signed of a version or notice, and its signatures."""


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


def known_versions(store: Store) -> tuple[SignedCharter, ...]:
    """Return all versions, proposals too."""
    return tuple(map(_version, store.charter_documents()))


def known_notices(store: Store) -> tuple[Notice, ...]:
    """Return all notices, those too that have too few signatures."""
    return tuple(map(_notice, store.notice_documents()))


def sign_keys(store: Store, party: str) -> tuple[str, ...]:
    """Return the public keys that a party signs or signed with, by all versions in force so far."""
    found = (v.charter.party(party) for v in standing(store).chain)
    return tuple(dict.fromkeys(p.sign_key for p in found if p is not None))


def keep_charter(store: Store, signed: SignedCharter) -> bool:
    """Keep a version with its signatures and those known of it; return whether anything was new."""
    with store.transaction():
        versions = known_versions(store)
        known = next((v for v in versions if v.digest == signed.digest), None)
        message = charter_message(signed.digest)
        may = _may_sign(versions, signed.charter.previous, signed.charter.parties)
        if known is None:
            signed = replace(signed, signatures=_fitting(signed.signatures, may, 2 * MOST_PARTIES))
            chain = standing(store).chain
            taken = {v.digest for v in chain}
            waits = [(charter_message(v.digest), v.signatures) for v in versions if v.digest not in taken]
            _check_room(waits, (message, signed.signatures), chain)
            store.put_charter(signed_json(signed))
            return True
        merged = united(known.signatures, signed.signatures, message, _keys(versions))
        merged = _fitting(merged, may, 2 * MOST_PARTIES)
        if merged == dict(known.signatures):
            return False
        store.put_charter(signed_json(replace(known, signatures=merged)))
        return True


def keep_notice(store: Store, notice: Notice) -> bool:
    """Keep a notice with its signatures and those known of it; return whether anything was new."""
    with store.transaction():
        notices = known_notices(store)
        known = next((n for n in notices if n.digest == notice.digest), None)
        message = notice_message(notice.digest)
        versions = known_versions(store)
        may = _may_sign(versions, notice.charter, ())
        if known is None:
            notice = replace(notice, signatures=_fitting(notice.signatures, may, MOST_PARTIES))
            now = standing(store)
            taken = {n.digest for n in now.state.notices} if now.state else set()
            waits = [(notice_message(n.digest), n.signatures) for n in notices if n.digest not in taken]
            _check_room(waits, (message, notice.signatures), now.chain)
            store.put_notice(notice_json(notice))
            return True
        merged = united(known.signatures, notice.signatures, message, _keys(versions))
        merged = _fitting(merged, may, MOST_PARTIES)
        if merged == dict(known.signatures):
            return False
        store.put_notice(notice_json(replace(known, signatures=merged)))
        return True


def _may_sign(
    versions: Sequence[SignedCharter], before: str, parties: Iterable[Party]
) -> tuple[frozenset[str], bool]:
    """Return who may sign what follows a version, with parties that join, and whether these are all."""
    found = next((v.charter for v in versions if v.digest == before), None)
    every = (*parties, *(found.parties if found is not None else ()))
    return frozenset(p.id for p in every), found is not None or before == ""


def _fitting(signatures: Mapping[str, str], may: tuple[frozenset[str], bool], most: int) -> dict[str, str]:
    """Return the signatures of who may sign; of others too, as far as there is room, while that is not known.

    Else a party could fill a paper with made-up signatures until no true one finds room, so that it is never
    suspended, and nothing is changed without it.
    """
    named, whole = may
    found = [p for p in sorted(signatures, key=lambda p: (p not in named, p)) if p in named or not whole]
    return {party: signatures[party] for party in sorted(found[:most])}


def _check_room(waiting: Sequence[_Paper], new: _Paper, chain: Sequence[SignedCharter]) -> None:
    """Raise SeamwatchError where all who signed a new paper have too many that wait already.

    Only valid signatures of parties of the charters in force count: nobody can use up another's room, nor
    make room with parties that it made up. Before the first charter only a person brings papers.
    """
    if len(waiting) < MOST_WAITING or not chain:
        return
    keys = _keys(chain)
    held = Counter(party for paper in waiting for party in _signers(paper, keys))
    if not any(held[party] < MOST_WAITING for party in _signers(new, keys)):
        raise SeamwatchError(
            f"{MOST_WAITING} versions or notices of those who signed this one wait already: it was not taken",
            code="too_many",
        )


def _signers(paper: _Paper, keys: Mapping[str, Sequence[str]]) -> list[str]:
    message, signatures = paper
    return [p for p, s in signatures.items() if any(verifies(key, message, s) for key in keys.get(p, ()))]


def _keys(versions: Sequence[SignedCharter]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for version in versions:
        for party in version.charter.parties:
            found.setdefault(party.id, {})[party.sign_key] = None
    return {party: tuple(keys) for party, keys in found.items()}


# What follows from the same documents is the same; every entry that comes or goes asks for it.
@lru_cache(maxsize=16)
def _standing(versions: Sequence[str], notices: Sequence[str]) -> Standing:
    return standing_of(map(_version, versions), map(_notice, notices))


@lru_cache(maxsize=512)
def _version(document: str) -> SignedCharter:
    return signed_from_json(json.loads(document))


@lru_cache(maxsize=512)
def _notice(document: str) -> Notice:
    return notice_from_json(json.loads(document))
