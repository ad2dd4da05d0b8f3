"""What is in force, from signed versions and notices in any order: the same ones always give the same state.

A version follows the one whose digest it names. It is in force when enough parties of that one have signed
it, and all that join by it. A party counts for a version as it stood under the version before: one that left
counts only where it signed, and so does one that was suspended and taken back; a suspended one does not
count. So no notice that comes late takes a version out of force, but for a suspension of one who signed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from seamwatch.coordinate.canonical import digest_of
from seamwatch.coordinate.charter_codec import charter_json, notice_core
from seamwatch.coordinate.keys import KeyRing, verifies
from seamwatch.coordinate.quorum import (
    Before,
    Member,
    Quorum,
    charter_message,
    charter_quorum,
    leaves,
    notice_message,
    notice_quorum,
)
from seamwatch.model.charter import Charter, CharterState, Notice, SignedCharter
from seamwatch.model.party import Party
from seamwatch.vocabulary.coordination import NoticeKind, PartyState


def unsigned(charter: Charter) -> SignedCharter:
    """Return a version with its digest and no signature yet."""
    return SignedCharter(charter=charter, digest=digest_of(charter_json(charter)))


def sign_charter(signed: SignedCharter, keys: KeyRing) -> SignedCharter:
    """Return the version with this party's signature too."""
    made = {keys.party: keys.sign(charter_message(signed.digest))}
    return replace(signed, signatures={**signed.signatures, **made})


def make_notice(notice: Notice) -> Notice:
    """Return the notice with its digest and no signature yet."""
    return replace(notice, digest=digest_of(notice_core(notice)), signatures={})


def sign_notice(notice: Notice, keys: KeyRing) -> Notice:
    """Return the notice with this party's signature too."""
    made = {keys.party: keys.sign(notice_message(notice.digest))}
    return replace(notice, signatures={**notice.signatures, **made})


def united(
    one: Mapping[str, str], other: Mapping[str, str], message: bytes, keys: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """Return both sets of signatures as one, whichever came first.

    `keys` are the public keys that a party may have signed with. Of two signatures of one party the one that
    verifies stays, else the lower one: a wrong signature that came first can't keep out the right one.
    """

    def rank(party: str, signature: str) -> tuple[bool, str]:
        return not any(verifies(key, message, signature) for key in keys.get(party, ())), signature

    return {
        party: min((s[party] for s in (one, other) if party in s), key=lambda found: rank(party, found))
        for party in sorted({*one, *other})
    }


class _Walk:
    """Follows the chain of versions in force, and carries out the notices under each."""

    def __init__(self, versions: Iterable[SignedCharter], notices: Iterable[Notice]) -> None:
        self.versions = {v.digest: v for v in sorted(versions, key=lambda v: v.digest)}
        self.notices = sorted({n.digest: n for n in notices}.values(), key=lambda n: (n.at, n.digest))
        self.chain: list[SignedCharter] = []
        self.left: set[Member] = set()
        self.suspended: set[Member] = set()
        self.terms: dict[str, int] = {}
        self.applied: dict[str, Notice] = {}
        self.before: Before | None = None
        self._forks: list[list[SignedCharter]] = []
        self._after: dict[str, list[SignedCharter]] = {}

    def run(self) -> None:
        """Go on to the newest version with enough signatures."""
        for version in self.versions.values():
            self._after.setdefault(version.charter.previous, []).append(version)
        at = ""
        while found := self._enough(self._after.get(at, ())):
            if len(found) > 1:
                self._forks.append(found)
            self._carry_out(found[0])
            at = found[0].digest
        for notice in self._open_leaves():
            if any(leaves(notice, v.charter) for v in self.chain):
                self._leave(notice)

    def _enough(self, versions: Iterable[SignedCharter]) -> list[SignedCharter]:
        """Return the versions with enough signatures, the one that holds first.

        A higher number was proposed by who knew of the lower one; of one number the lowest digest holds.
        """
        found = [v for v in versions if charter_quorum(v, self.before).enough]
        return sorted(found, key=lambda v: (-v.charter.version, v.digest))

    def _carry_out(self, version: SignedCharter) -> None:
        """Put a version into force, with the notices that name it; leaving comes before all suspensions."""
        charter = version.charter
        self.chain.append(version)
        for party in charter.parties:
            self.terms[party.id] = max(party.term, self.terms.get(party.id, 0))
        for notice in self._open_leaves():
            # One that names a branch which does not hold counts too: nobody is kept against its will.
            if leaves(notice, charter) and not self._comes_later(notice.charter, version.digest):
                self._leave(notice)
        excused = self.left | self.suspended
        for notice in self.notices:
            if notice.kind is NoticeKind.LEAVE or notice.charter != version.digest:
                continue
            member = (notice.party, notice.term)
            if not notice_quorum(notice, charter, left=self.left, suspended=self.suspended).enough:
                continue
            if notice.kind is NoticeKind.SUSPEND:
                self.suspended.add(member)
                excused.add(member)
                self.applied[notice.digest] = notice
            elif member in self.suspended:
                self.suspended.remove(member)
                self.applied[notice.digest] = notice
        self.before = Before(
            charter=charter,
            members=frozenset((p.id, p.term) for p in charter.parties),
            excused=frozenset(excused),
            suspended=frozenset(self.suspended),
            terms=dict(self.terms),
        )

    def _open_leaves(self) -> list[Notice]:
        return [n for n in self.notices if n.kind is NoticeKind.LEAVE and n.digest not in self.applied]

    def _leave(self, notice: Notice) -> None:
        self.left.add((notice.party, notice.term))
        self.applied[notice.digest] = notice

    def _comes_later(self, digest: str, than: str) -> bool:
        """Return whether a version follows another one, or is not known here."""
        while digest != than:
            known = self.versions.get(digest)
            if known is None:
                return digest != ""
            digest = known.charter.previous
            if digest == than:
                return True
        return False

    def problems(self) -> tuple[str, ...]:
        """Return what people must settle, in words."""
        said: list[str] = []
        for found in self._forks:
            first, *others = found
            # What was agreed on since settles it, unless another branch goes on as well.
            if self.chain[-1] is not first and not any(self._after.get(v.digest) for v in others):
                continue
            names = ", ".join(f"{v.digest[:12]} (version {v.charter.version})" for v in found)
            said.append(
                f"{len(found)} versions of the charter after the same one have enough signatures: {names}. "
                f"{first.digest[:12]} holds: agree on a new version to settle it"
            )
        return tuple(said)

    def state(self, party: Party) -> PartyState:
        """Return how a party of the newest version stands."""
        member = (party.id, party.term)
        if member in self.left:
            return PartyState.LEFT
        return PartyState.SUSPENDED if member in self.suspended else PartyState.ACTIVE


def state_of(versions: Iterable[SignedCharter], notices: Iterable[Notice]) -> CharterState | None:
    """Return what is in force; None where no first version bears all signatures.

    The order of versions and notices does not matter. Signatures that do not verify do not count.
    """
    return standing_of(versions, notices).state


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All that follows from the versions and notices that a node knows.

    `chain` are the versions in force one after the other, the first one first. `proposals` follow its newest
    and have too few signatures or did not win; `waiting` are the suspensions and resumptions under it that
    were not carried out. `before` is what a next version is measured by.
    """

    state: CharterState | None
    chain: tuple[SignedCharter, ...]
    proposals: tuple[tuple[SignedCharter, Quorum], ...]
    waiting: tuple[tuple[Notice, Quorum], ...]
    before: Before | None


def standing_of(versions: Iterable[SignedCharter], notices: Iterable[Notice]) -> Standing:
    """Return what is in force, what waits for signatures, and whose."""
    walk = _Walk(versions, notices)
    walk.run()
    now = walk.chain[-1] if walk.chain else None
    taken = {v.digest for v in walk.chain}
    after = "" if now is None else now.digest
    proposals = [v for v in walk.versions.values() if v.charter.previous == after and v.digest not in taken]
    waiting = [n for n in walk.notices if n.charter == after and n.digest not in walk.applied]
    return Standing(
        state=None if now is None else _state(walk, now),
        chain=tuple(walk.chain),
        proposals=tuple(
            (v, charter_quorum(v, walk.before))
            for v in sorted(proposals, key=lambda v: (v.charter.version, v.digest))
        ),
        waiting=tuple(
            (n, notice_quorum(n, now.charter, left=walk.left, suspended=walk.suspended))
            for n in waiting
            if now is not None and n.kind is not NoticeKind.LEAVE
        ),
        before=walk.before,
    )


def _state(walk: _Walk, now: SignedCharter) -> CharterState:
    return CharterState(
        signed=now,
        states={p.id: walk.state(p) for p in now.charter.parties},
        notices=tuple(walk.applied[digest] for digest in sorted(walk.applied)),
        problems=walk.problems(),
    )
