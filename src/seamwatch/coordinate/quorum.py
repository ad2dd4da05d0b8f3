"""Who must sign: how far a version of the charter or a notice is signed, and whether that is enough."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from seamwatch.coordinate.keys import verifies
from seamwatch.model.charter import Charter, Notice, SignedCharter
from seamwatch.model.party import Party

# What is signed begins with what it is, so that no signature passes for one of another thing.
_CHARTER, _NOTICE = b"seamwatch charter\n", b"seamwatch notice\n"

Member = tuple[str, int]
"""A party's id and the term of its membership."""


def charter_message(digest: str) -> bytes:
    """Return what a party signs of a version."""
    return _CHARTER + bytes.fromhex(digest)


def notice_message(digest: str) -> bytes:
    """Return what a party signs of a notice."""
    return _NOTICE + bytes.fromhex(digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quorum:
    """Whose signatures a version or notice has, whose could still count, and whether it has enough."""

    signed: tuple[str, ...]
    missing: tuple[str, ...]
    enough: bool
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """A version in force, and how its parties stood at the end of its time.

    `excused` are members that left or were suspended under it, whether or not they were taken back: they are
    not waited for. `suspended` are those that still are. `terms` is the last term of each id so far.
    """

    charter: Charter
    members: frozenset[Member]
    excused: frozenset[Member]
    suspended: frozenset[Member]
    terms: Mapping[str, int]


def charter_quorum(version: SignedCharter, before: Before | None) -> Quorum:
    """Return how far a version is signed; `before` is the version that it follows, None of the first."""
    charter = version.charter
    message = charter_message(version.digest)

    def has_signed(party: Party) -> bool:
        return verifies(party.sign_key, message, version.signatures.get(party.id, ""))

    if before is None:
        if charter.previous:
            return Quorum(signed=(), missing=(), enough=False, problem="no charter is in force before it")
        signed = tuple(p.id for p in charter.parties if has_signed(p))
        missing = tuple(p.id for p in charter.parties if p.id not in signed)
        strange = [p.id for p in charter.parties if p.term != 1]
        problem = f"the first version has parties of a later term: {', '.join(strange)}" if strange else None
        return Quorum(signed=signed, missing=missing, enough=not missing and not strange, problem=problem)
    problem = _joins_wrongly(charter, before)
    joiners = [p for p in charter.parties if (p.id, p.term) not in before.members]
    old = before.charter.parties
    signers = {p.id for p in old if (p.id, p.term) not in before.suspended and has_signed(p)}
    # Who left or was suspended meanwhile is not waited for.
    awaited = {p.id for p in old if (p.id, p.term) not in before.excused}
    missed = sorted(awaited - signers)
    joined = sorted(p.id for p in joiners if has_signed(p))
    unjoined = sorted(p.id for p in joiners if p.id not in joined)
    electors = awaited | signers
    enough = _reached(before.charter.change, len(signers), len(electors)) and not unjoined and not problem
    return Quorum(
        signed=tuple(sorted({*signers, *joined})),
        missing=tuple(sorted({*unjoined, *missed})),
        enough=enough,
        problem=problem,
    )


def _reached(rule: str, signers: int, electors: int) -> bool:
    if rule == "majority":
        return signers * 2 > electors
    return 0 < electors == signers


def _joins_wrongly(charter: Charter, before: Before) -> str | None:
    """Return what is wrong with how parties go on, come or come back in a version; None where nothing."""
    old = {p.id: p for p in before.charter.parties}
    if charter.version <= before.charter.version:
        return f"its number {charter.version} is not above that of the version that it follows"
    for party in charter.parties:
        known = old.get(party.id)
        if known is not None and known.term == party.term:
            if (known.sign_key, known.agree_key) != (party.sign_key, party.agree_key):
                return f"the keys of {party.id} were changed: new keys need a new term"
            continue
        if known is not None and (known.id, known.term) not in before.excused:
            return f"{party.id} can't join anew while it takes part: it must leave or be suspended first"
        wanted = before.terms.get(party.id, 0) + 1
        if party.term != wanted:
            return f"{party.id} joins with term {party.term}: its next term is {wanted}"
    return None


def leaves(notice: Notice, charter: Charter) -> bool:
    """Return whether a notice of leaving bears the leaving party's own signature."""
    party = charter.party(notice.party)
    return (
        party is not None
        and party.term == notice.term
        and verifies(party.sign_key, notice_message(notice.digest), notice.signatures.get(party.id, ""))
    )


def notice_quorum(
    notice: Notice, charter: Charter, *, left: Iterable[Member] = (), suspended: Iterable[Member] = ()
) -> Quorum:
    """Return how far a suspension or resumption is signed by the other parties of a version.

    Suspended parties do not count, those that left only where they signed.
    """
    party = charter.party(notice.party)
    if party is None or party.term != notice.term:
        said = f"{notice.party} is no party of version {charter.version} with term {notice.term}"
        return Quorum(signed=(), missing=(), enough=False, problem=said)
    gone, barred = set(left), set(suspended)
    message = notice_message(notice.digest)
    others = [p for p in charter.parties if p.id != party.id and (p.id, p.term) not in barred]
    signers = {p.id for p in others if verifies(p.sign_key, message, notice.signatures.get(p.id, ""))}
    awaited = {p.id for p in others if (p.id, p.term) not in gone}
    return Quorum(
        signed=tuple(sorted(signers)),
        missing=tuple(sorted(awaited - signers)),
        enough=_reached(charter.suspend, len(signers), len(awaited | signers)),
    )
