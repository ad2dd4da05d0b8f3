"""Versions and notices entered at a node: kept, told to the others, and noted in the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seamwatch.coordinate.charter_codec import signed_json
from seamwatch.pipeline.centre.auditing import record
from seamwatch.pipeline.centre.charters import charter_in_force, keep_charter, keep_notice
from seamwatch.vocabulary.coordination import EntryKind, PartyState

if TYPE_CHECKING:
    from seamwatch.model.charter import CharterState, Notice, SignedCharter
    from seamwatch.pipeline.centre.node import Node


class _KnownError(Exception):
    """Nothing of a version is new: what was said of it is undone."""


def enter_version(node: Node, signed: SignedCharter, *, tell: bool) -> bool:
    """Keep a version and say so to all others; return whether anything was new.

    Those who take part now are told before, since the version may drop them; those who come by it, after.
    """
    before = charter_in_force(node.store)
    told = others(node, before, suspended_too=False) if tell else ()
    content = signed_json(signed)
    try:
        with node.store.transaction():
            for party in told:
                node.append(party, EntryKind.CHARTER, signed.digest, signed.charter.version, content)
            if not keep_charter(node.store, signed):
                raise _KnownError
    except _KnownError:
        return False
    after = charter_in_force(node.store)
    if after is not None and (before is None or before.signed.digest != after.signed.digest):
        _note_force(node, after)
        if tell:
            for party in others(node, after, suspended_too=False):
                if party not in told:
                    node.append(party, EntryKind.CHARTER, signed.digest, signed.charter.version, content)
    return True


def _note_force(node: Node, state: CharterState) -> None:
    record(
        node.store,
        node.keys,
        "node",
        "charter.in_force",
        state.signed.digest,
        at=node.clock(),
        version=state.charter.version,
        parties=sorted(state.states),
    )


def others(node: Node, state: CharterState | None, *, suspended_too: bool) -> tuple[str, ...]:
    """Return the other active parties, those that are suspended too where asked for, by id."""
    # Who takes no part itself says nothing more.
    if state is None or state.active(node.me) is None:
        return ()
    told = (PartyState.ACTIVE, PartyState.SUSPENDED) if suspended_too else (PartyState.ACTIVE,)
    return tuple(sorted(p for p, how in state.states.items() if p != node.me and how in told))


def enter_notice(node: Node, notice: Notice) -> bool:
    """Keep a notice, and note what it puts into force; return whether anything was new."""
    before = charter_in_force(node.store)
    if not keep_notice(node.store, notice):
        return False
    after = charter_in_force(node.store)
    known = {n.digest for n in before.notices} if before else set()
    for one in after.notices if after else ():
        if one.digest not in known:
            record(
                node.store,
                node.keys,
                "node",
                "notice.in_force",
                one.digest,
                at=node.clock(),
                kind_of_notice=one.kind.value,
                party=one.party,
                term=one.term,
            )
    return True
