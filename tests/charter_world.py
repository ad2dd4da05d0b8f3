"""Parties with fixed keys, and charters and notices told in a few words, for tests of the charter."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from seamwatch.coordinate.charter import make_notice, sign_charter, sign_notice, unsigned
from seamwatch.coordinate.keys import KeyRing
from seamwatch.model.charter import Charter, Notice, SignedCharter
from seamwatch.model.party import Party
from seamwatch.vocabulary.coordination import NoticeKind

START = datetime(2026, 11, 23, 8, tzinfo=UTC)


def keys_of(party: str, term: int = 1) -> KeyRing:
    """Return the keys of a party in a term: the same in each run, others in each term."""
    return KeyRing(party, hashlib.sha256(f"{party} {term}".encode()).digest())


def party_of(name: str, *, term: int = 1, keys: KeyRing | None = None, **more: Any) -> Party:
    """Return the card of a party."""
    ring = keys or keys_of(name, term)
    return Party(
        id=name,
        name=f"Party {name.upper()}",
        sign_key=ring.sign_key,
        agree_key=ring.agree_key,
        term=term,
        **more,
    )


def parsed(name: str) -> tuple[str, int]:
    """Return id and term of "c2": c in its second term."""
    return (name[0], int(name[1:])) if len(name) > 1 else (name, 1)


@dataclass
class Told:
    """The versions and notices of a case, by their names."""

    versions: dict[str, SignedCharter] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)


def told(case: Mapping[str, Any]) -> Told:
    """Return the versions and notices that a case of charters.yaml tells."""
    made = Told()
    parties = tuple(party_of(name) for name in case["first"])
    first = Charter(
        name="Kirkuk-Diyala",
        version=1,
        previous="",
        parties=parties,
        change=case.get("change", "all"),
        suspend=case.get("suspend", "majority"),
    )
    made.versions["v1"] = signed(first, case.get("signed", case["first"]))
    for number, step in enumerate(case.get("steps", ()), 1):
        if "version" in step:
            made.versions[step["version"]] = _version(made, step)
        else:
            made.notices.append(_notice(made, step, START + timedelta(hours=number)))
    return made


def signed(charter: Charter, by: Iterable[str]) -> SignedCharter:
    """Return a charter signed by parties, with the keys of the term that it names, else of the first."""
    version = unsigned(charter)
    for name in by:
        party = charter.party(name)
        version = sign_charter(version, keys_of(name, party.term if party else 1))
    return version


def _version(made: Told, step: Mapping[str, Any]) -> SignedCharter:
    before = made.versions.get(step["after"])
    base = before or made.versions["v1"]
    parties = tuple(
        party_of(name, term=term, keys=keys_of(name, 99) if name in step.get("other_keys", ()) else None)
        for name, term in map(parsed, step["parties"])
    )
    charter = replace(
        base.charter,
        version=step.get("number", base.charter.version + 1),
        previous=before.digest if before else "0" * 64,
        parties=parties,
        text=step["version"],
    )
    return signed(charter, step["signed"])


def _notice(made: Told, step: Mapping[str, Any], at: datetime) -> Notice:
    kind = next(k for k in NoticeKind if k.value in step)
    name = step[kind.value]
    under = made.versions[step["under"]]
    party = under.charter.party(name)
    assert party is not None
    notice = make_notice(
        Notice(
            kind=kind,
            party=name,
            term=step.get("term", party.term),
            charter=under.digest,
            at=at,
            why=step.get("why", ""),
        )
    )
    for signer in step.get("signed", [name]):
        own = under.charter.party(signer)
        assert own is not None
        notice = sign_notice(notice, keys_of(signer, own.term))
    return notice
