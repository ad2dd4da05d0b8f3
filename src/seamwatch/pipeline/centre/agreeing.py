"""How parties agree: a version of the charter is proposed, signed, and in force when enough have signed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seamwatch.coordinate.charter import sign_charter, unsigned
from seamwatch.coordinate.quorum import charter_quorum
from seamwatch.errors import SeamwatchError
from seamwatch.model.charter import Charter, Notice, SignedCharter
from seamwatch.pipeline.centre.auditing import record
from seamwatch.pipeline.centre.charter_entry import enter_version
from seamwatch.pipeline.centre.charter_taking import adopt, take_charter, take_notice
from seamwatch.pipeline.centre.charters import charter_in_force, charter_state, known_versions, standing
from seamwatch.pipeline.centre.parting import leave, resume, sign_notice_here, suspend

if TYPE_CHECKING:
    from seamwatch.pipeline.centre.node import Node

__all__ = [
    "adopt",
    "charter_in_force",
    "charter_state",
    "leave",
    "propose",
    "resume",
    "sign",
    "standing",
    "suspend",
    "take_charter",
    "take_notice",
]


def propose(node: Node, charter: Charter, *, actor: str = "cli") -> SignedCharter:
    """Return a version with this party's signature, sent to all others that they may sign it.

    SeamwatchError where it does not follow the version in force (stale_charter), names other keys for this
    party (wrong_keys), can't come into force (bad_charter), or this node signed another of its number.
    """
    made = unsigned(replace(charter, made=node.clock()) if charter.made is None else charter)
    with node.store.transaction():
        known = {v.digest: v for v in known_versions(node.store)}
        return _sign_version(node, known.get(made.digest, made), actor, "charter.proposed")


def sign(node: Node, digest: str | None = None, *, actor: str = "cli") -> SignedCharter | Notice:
    """Return the proposal, or the waiting notice, with this party's signature too, sent to all others.

    `digest` may be its beginning; without one, the only one that this party has not signed. SeamwatchError
    where there is none, or more than one (unknown_proposal), and as for `propose`.
    """
    with node.store.transaction():
        found = _waiting(node, digest)
        if isinstance(found, Notice):
            return sign_notice_here(node, found, actor)
        return _sign_version(node, found, actor, "charter.signed")


def _waiting(node: Node, digest: str | None) -> SignedCharter | Notice:
    now = standing(node.store)
    waits: list[SignedCharter | Notice] = [*(v for v, _ in now.proposals), *(n for n, _ in now.waiting)]
    if digest:
        found = [one for one in waits if one.digest.startswith(digest.lower())]
    else:
        found = [one for one in waits if node.me not in one.signatures]
    if len(found) == 1:
        return found[0]
    if not found:
        named = f" under {digest[:64]!r}" if digest else ""
        raise SeamwatchError(
            f"nothing waits{named} for a signature here: see what does with `seamwatch charter show`",
            code="unknown_proposal",
        )
    names = ", ".join(one.digest[:12] for one in found)
    raise SeamwatchError(f"several wait: {names}: name one by its digest", code="unknown_proposal")


def _sign_version(node: Node, signed: SignedCharter, actor: str, kind: str) -> SignedCharter:
    charter, now, keys = signed.charter, standing(node.store), node.keys
    newest = now.chain[-1].digest if now.chain else ""
    name = f"version {charter.version} ({signed.digest[:12]})"
    if charter.previous != newest:
        raise SeamwatchError(
            f"{name} does not follow the charter in force ({newest[:12] or 'none'}): draft a new one",
            code="stale_charter",
        )
    own = charter.party(node.me)
    if own is not None and (own.sign_key, own.agree_key) != (keys.sign_key, keys.agree_key):
        raise SeamwatchError(
            f"{name} names other keys for {node.me} than those of this node: put in what "
            "`seamwatch party card` prints",
            code="wrong_keys",
        )
    votes = now.before is not None and now.before.charter.party(node.me) is not None
    if own is None and not votes:
        raise SeamwatchError(f"{name} does not name this party, {node.me}", code="wrong_keys")
    problem = charter_quorum(signed, now.before).problem
    if problem is not None:
        raise SeamwatchError(f"{name} can't come into force: {problem}", code="bad_charter")
    node.store.put_signed_version(charter.version, signed.digest)
    made = sign_charter(signed, keys)
    record(
        node.store,
        keys,
        actor,
        kind,
        signed.digest,
        at=node.clock(),
        version=charter.version,
        previous=charter.previous,
    )
    enter_version(node, made, tell=True)
    return made
