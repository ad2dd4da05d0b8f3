"""Parties: who takes part, with which public keys, under which address."""

from __future__ import annotations

from dataclasses import dataclass

from seamwatch.vocabulary.coordination import PartyRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A party as the charter names it: all of it is public to the other parties.

    `id` is short and stable ([a-z0-9-], at most 40). `sign_key` (Ed25519) and `agree_key` (X25519) are the
    raw public keys in lower-case hex. `address` is the https URL under which others reach its exchange,
    None where it has no server: then it fetches and delivers itself. `certificate` is the PEM of the one
    TLS certificate that the address may show; None trusts the public authorities. `term` counts how often
    the party joined.
    """

    id: str
    name: str
    sign_key: str
    agree_key: str
    role: PartyRole = PartyRole.MEMBER
    address: str | None = None
    certificate: str | None = None
    term: int = 1
