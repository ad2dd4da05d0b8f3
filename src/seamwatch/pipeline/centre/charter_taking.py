"""Versions and notices that others sent, or that a file holds: checked, then kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from seamwatch.coordinate.charter_codec import notice_from_json, notice_json, signed_from_json
from seamwatch.coordinate.keys import verifies
from seamwatch.coordinate.quorum import charter_message, notice_message
from seamwatch.errors import InputError
from seamwatch.model.charter import Notice, SignedCharter
from seamwatch.pipeline.centre.auditing import record
from seamwatch.pipeline.centre.charter_entry import enter_notice, enter_version, others
from seamwatch.pipeline.centre.charters import charter_in_force, known_versions, standing
from seamwatch.vocabulary.coordination import EntryKind, NoticeKind

if TYPE_CHECKING:
    from seamwatch.model.exchange import Entry
    from seamwatch.pipeline.centre.node import Node


def take_charter(node: Node, entry: Entry, content: Mapping[str, Any]) -> None:
    """Keep a version, or more signatures of one, that another party sent.

    InputError where it is none, where it is the first version of another charter, or where no party that is
    known here has signed it.
    """
    signed = signed_from_json(content)
    with node.store.transaction():
        _check_version(node, signed)
        if enter_version(node, signed, tell=False):
            _note_taken(node, "charter.taken", signed.digest, entry.sender, version=signed.charter.version)
            _note_own(node, signed)


def take_notice(node: Node, entry: Entry, content: Mapping[str, Any]) -> None:
    """Keep a notice, or more signatures of one, that another party sent.

    InputError where it is none, or bears no signature of a party that may sign it.
    """
    notice = notice_from_json(content)
    with node.store.transaction():
        _check_notice(node, notice)
        if enter_notice(node, notice):
            _note_taken(node, "notice.taken", notice.digest, entry.sender, party=notice.party)


def adopt(
    node: Node, versions: tuple[SignedCharter, ...], notices: tuple[Notice, ...], *, actor: str = "cli"
) -> int:
    """Return how many versions and notices of a file were new; each is passed on to all others.

    Where no charter is in force here, any chain is taken: nothing holds before this party has signed it.
    """
    new = 0
    with node.store.transaction():
        first = charter_in_force(node.store) is None
        for signed in sorted(versions, key=lambda v: (v.charter.version, v.digest)):
            if not first:
                _check_version(node, signed)
            if enter_version(node, signed, tell=not first):
                new += 1
                _note_own(node, signed)
        for notice in notices:
            _check_notice(node, notice)
            known = others(node, charter_in_force(node.store), suspended_too=True)
            if enter_notice(node, notice):
                new += 1
                for party in () if first else known:
                    node.append(party, EntryKind.NOTICE, notice.digest, 1, notice_json(notice))
        if new:
            record(node.store, node.keys, actor, "charter.imported", at=node.clock(), new=new)
    return new


def _check_version(node: Node, signed: SignedCharter) -> None:
    versions = known_versions(node.store)
    if signed.digest in {v.digest for v in versions}:
        return
    if not signed.charter.previous and standing(node.store).chain:
        raise InputError(
            f"{signed.digest[:12]} is the first version of another charter than the one in force here: it "
            "was not taken",
            code="other_charter",
        )
    message = charter_message(signed.digest)
    # A proposal may name whom it likes: only who is a party already vouches for it.
    parties = [p for v in standing(node.store).chain or (signed,) for p in v.charter.parties]
    if not any(verifies(p.sign_key, message, signed.signatures.get(p.id, "")) for p in parties):
        raise InputError(f"version {signed.digest[:12]} bears no valid signature", code="forged")


def _check_notice(node: Node, notice: Notice) -> None:
    message = notice_message(notice.digest)
    versions = standing(node.store).chain or known_versions(node.store)
    parties = [p for v in versions for p in v.charter.parties]
    if notice.kind is NoticeKind.LEAVE:
        parties = [p for p in parties if p.id == notice.party]
    if not any(verifies(p.sign_key, message, notice.signatures.get(p.id, "")) for p in parties):
        raise InputError(
            f"notice {notice.digest[:12]} bears no valid signature of a party that may sign it", code="forged"
        )


def _note_own(node: Node, signed: SignedCharter) -> None:
    """Take note of an own signature that is not known here: this node was restored from a backup."""
    mine = signed.signatures.get(node.me, "")
    version = signed.charter.version
    if node.store.signed_version(version) is None and verifies(
        node.keys.sign_key, charter_message(signed.digest), mine
    ):
        node.store.put_signed_version(version, signed.digest)


def _note_taken(node: Node, kind: str, digest: str, sender: str, **details: Any) -> None:
    record(node.store, node.keys, "node", kind, digest, at=node.clock(), sender=sender, **details)
