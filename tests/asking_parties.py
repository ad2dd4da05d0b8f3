"""Parties with keys and databases on the disk under one charter that has a contested area."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from centre_parties import pull
from exchange_serving import TestParty, parties
from seamwatch.coordinate.charter_codec import party_json
from seamwatch.model.charter import AnswerTime, Charter, CharterArea
from seamwatch.pipeline.areas import add_areas
from test_requests_store import square

NORTH, SOUTH = "north", "south"


def _agreed(charter: Charter) -> Charter:
    return replace(
        charter,
        areas=(CharterArea(id="daquq", name="Daquq", contested=True),),
        answer_times=(AnswerTime(kind="incident", answer_hours=12),),
    )


@contextmanager
def asking(folder: Path, silent: Sequence[str] = ()) -> Iterator[dict[str, TestParty]]:
    """Yield two parties whose databases and key files lie in a folder; nothing is served."""
    with parties(folder, [NORTH, SOUTH], silent=silent, served=False, change=_agreed) as made:
        for party in made.values():
            card = party.node.state().charter.party(party.id)
            assert card is not None
            party.node.store.put_own_party(party_json(card))
            add_areas(party.node.store, [square("daquq", 35.139, 44.449)])
        yield made


def carry(made: dict[str, TestParty]) -> None:
    """Bring each party what the other has said, and carry it out."""
    for party in made.values():
        for other in made.values():
            if other is not party:
                pull(party.node, other.node, other.id)
        party.node.carry_out()
