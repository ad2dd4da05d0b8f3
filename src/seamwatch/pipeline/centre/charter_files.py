"""Charters as files: a draft for the next version, and all versions and notices to hand over by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from seamwatch.coordinate.canonical import canonical
from seamwatch.coordinate.charter_codec import (
    MOST_PARTIES,
    notice_from_json,
    party_from_json,
    signed_from_json,
)
from seamwatch.coordinate.strict import Row, read_json
from seamwatch.errors import InputError, SeamwatchError
from seamwatch.model.charter import Charter, Notice, SignedCharter
from seamwatch.model.party import Party
from seamwatch.pipeline.centre.charters import MOST_KEPT, known_versions, standing
from seamwatch.vocabulary.coordination import PartyState

if TYPE_CHECKING:
    from seamwatch.store.base import Store

MOST_FILE = 32 * 1024 * 1024
_FILE = ("seamwatch", "versions", "notices")


def own_party(store: Store) -> Party:
    """Return the card of the party that this database is; SeamwatchError (no_party) where it is none yet."""
    card = store.own_party()
    if card is None:
        raise SeamwatchError(
            'this database is no party yet: make it one with: seamwatch party init "NAME" --id ID',
            code="no_party",
        )
    return party_from_json(card)


def read_card(data: bytes, where: str) -> Party:
    """Return the party of a card's file; InputError where it is none."""
    value = read_json(data, where, 64 * 1024)
    if isinstance(value, dict):
        # For people to compare, not part of the card.
        value.pop("fingerprint", None)
    return party_from_json(value, where)


def next_draft(store: Store, cards: Sequence[Party], *, name: str | None = None) -> Charter:
    """Return a draft that follows the version in force, or a first one; parties by their cards are added.

    Parties that left are taken out, and one that comes back gets its next term. SeamwatchError where a card
    is of a party that takes part already with other keys.
    """
    now, own = standing(store), own_party(store)
    number = 1 + max((v.charter.version for v in known_versions(store)), default=0)
    if now.state is None or now.before is None:
        parties = {p.id: replace(p, term=1) for p in (own, *cards)}
        return Charter(
            name=name or "Joint coordination centre",
            version=number,
            previous="",
            parties=_bounded(tuple(parties.values())),
        )
    state, terms = now.state, now.before.terms
    parties = {p.id: p for p in state.charter.parties if state.states[p.id] is not PartyState.LEFT}
    for card in (own, *cards):
        known = parties.get(card.id)
        if known is None:
            parties[card.id] = replace(card, term=terms.get(card.id, 0) + 1)
        elif (known.sign_key, known.agree_key) == (card.sign_key, card.agree_key):
            parties[card.id] = replace(card, term=known.term)
        elif state.states[card.id] is PartyState.SUSPENDED:
            parties[card.id] = replace(card, term=known.term + 1)
        else:
            raise SeamwatchError(
                f"the card of {card.id} has other keys than the charter in force: it must leave or be "
                "suspended before it can join with new keys",
                code="wrong_keys",
            )
    return replace(
        state.charter,
        name=name or state.charter.name,
        version=number,
        previous=state.signed.digest,
        parties=_bounded(tuple(parties.values())),
        made=None,
    )


def _bounded(parties: tuple[Party, ...]) -> tuple[Party, ...]:
    if len(parties) > MOST_PARTIES:
        raise SeamwatchError(f"a charter has at most {MOST_PARTIES} parties, these are {len(parties)}")
    return parties


def charter_file(store: Store) -> bytes:
    """Return all versions, proposals and notices known here, as a file for another party."""
    return canonical(
        {
            "seamwatch": "charter-file",
            "versions": [json.loads(text) for text in store.charter_documents()],
            "notices": [json.loads(text) for text in store.notice_documents()],
        }
    )


def read_charter_file(data: bytes, where: str) -> tuple[tuple[SignedCharter, ...], tuple[Notice, ...]]:
    """Return the versions and notices of a file; InputError where it is none."""
    value = read_json(data, where, MOST_FILE)
    if isinstance(value, dict) and "sign_key" in value:
        raise InputError(f"{where} is a party's card: it goes into a draft, seamwatch charter draft {where}")
    row = Row(value, where, _FILE)
    if row.get("seamwatch") != "charter-file":
        raise InputError(f"{where} is no charter file: ask for one made with `seamwatch charter export`")
    return row.rows("versions", MOST_KEPT, signed_from_json), row.rows("notices", MOST_KEPT, notice_from_json)
