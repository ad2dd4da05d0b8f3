"""How parties part: a party leaves, is suspended by the others, or is taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from seamwatch.coordinate.charter import make_notice, sign_notice
from seamwatch.coordinate.charter_codec import notice_from_json, notice_json
from seamwatch.errors import SeamwatchError
from seamwatch.model.charter import CharterState, Notice
from seamwatch.pipeline.centre.auditing import record
from seamwatch.pipeline.centre.charter_entry import enter_notice, others
from seamwatch.pipeline.centre.charters import charter_in_force, charter_state, standing
from seamwatch.vocabulary.coordination import EntryKind, NoticeKind, PartyState

if TYPE_CHECKING:
    from seamwatch.pipeline.centre.node import Node

_AHEAD = timedelta(days=1)
_STEP = timedelta(microseconds=1)


def leave(node: Node, why: str = "", *, actor: str = "cli") -> Notice:
    """Return the notice by which this party leaves the charter, at once, and says so to all."""
    with node.store.transaction():
        state = charter_state(node.store)
        own = state.charter.party(node.me)
        if own is None or state.states[node.me] is PartyState.LEFT:
            raise SeamwatchError("this party takes no part in the charter in force", code="not_party")
        return sign_notice_here(node, _notice(node, state, NoticeKind.LEAVE, node.me, why), actor)


def suspend(node: Node, party: str, why: str = "", *, actor: str = "cli") -> Notice:
    """Return the notice to suspend a party, signed; it is carried out when enough others have signed too."""
    return _about(node, NoticeKind.SUSPEND, party, why, actor)


def resume(node: Node, party: str, why: str = "", *, actor: str = "cli") -> Notice:
    """Return the notice to take a suspended party back, signed; it needs as many signatures as suspending."""
    return _about(node, NoticeKind.RESUME, party, why, actor)


def _about(node: Node, kind: NoticeKind, party: str, why: str, actor: str) -> Notice:
    wanted = PartyState.ACTIVE if kind is NoticeKind.SUSPEND else PartyState.SUSPENDED
    with node.store.transaction():
        now = standing(node.store)
        state = charter_state(node.store)
        if party == node.me:
            raise SeamwatchError(
                "a party does not suspend or resume itself: `seamwatch charter leave` ends its part",
                code="not_party",
            )
        if state.active(node.me) is None:
            raise SeamwatchError("this party takes no part in the charter now", code="not_party")
        if state.states.get(party) is not wanted:
            raise SeamwatchError(
                f"{party} is no {wanted.value} party of the charter in force: see `seamwatch charter show`",
                code="not_party",
            )
        named = state.charter.party(party)
        # Another party may have begun it: two notices for one thing would each wait for signatures.
        begun = [
            n
            for n, _ in now.waiting
            if n.kind is kind
            and named is not None
            and (n.party, n.term) == (party, named.term)
            and all(n.at >= other.at for other in _ordered(state))
        ]
        if begun:
            return sign_notice_here(node, min(begun, key=lambda n: node.me in n.signatures), actor)
        return sign_notice_here(node, _notice(node, state, kind, party, why), actor)


def _ordered(state: CharterState) -> list[Notice]:
    """Return the notices in force among which the moment tells what comes first.

    Whoever leaves dates that as it likes, and alone: if its moment counted here, nobody could leave or
    suspend another any more.
    """
    return [n for n in state.notices if n.kind is not NoticeKind.LEAVE]


def _notice(node: Node, state: CharterState, kind: NoticeKind, party: str, why: str) -> Notice:
    named = state.charter.party(party)
    assert named is not None
    # Notices count in the order of their moments: this one comes after all that it knows of.
    at = max([node.clock(), *(n.at + _STEP for n in _ordered(state))])
    made = Notice(
        kind=kind, party=party, term=named.term, charter=state.signed.digest, at=at, why=" ".join(why.split())
    )
    # What can't be read back must not be signed.
    return notice_from_json(notice_json(make_notice(made)))


def sign_notice_here(node: Node, notice: Notice, actor: str) -> Notice:
    """Return a notice with this party's signature, said to all others and kept.

    SeamwatchError (bad_clock) for one that is dated more than a day ahead.
    """
    if notice.at > node.clock() + _AHEAD:
        raise SeamwatchError(
            f"the notice is dated {notice.at.isoformat(timespec='minutes')}, more than a day ahead of this "
            "machine's clock: check both clocks before you sign",
            code="bad_clock",
        )
    made = sign_notice(notice, node.keys)
    record(
        node.store,
        node.keys,
        actor,
        "notice.signed",
        notice.digest,
        at=node.clock(),
        kind_of_notice=notice.kind.value,
        party=notice.party,
        term=notice.term,
    )
    # Said before it is kept: then nothing goes any more to whom it is about, nor from one who left.
    for party in others(node, charter_in_force(node.store), suspended_too=True):
        node.append(party, EntryKind.NOTICE, made.digest, 1, notice_json(made))
    enter_notice(node, made)
    return made
