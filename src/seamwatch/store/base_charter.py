"""What coordination needs of a store: charters, notices, this node's own identity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class CharterStore(Protocol):
    """The part of the store's interface for charters, notices, this node's own identity.

    Documents are JSON as `coordinate.charter_codec` reads and writes it: what follows from them is worked out
    there, not kept.
    """

    def own_party(self) -> dict[str, Any] | None:
        """Return the card of the party that this database is, None where it is none yet."""
        ...

    def put_own_party(self, card: Mapping[str, Any]) -> None:
        """Keep the card of the party that this database is."""
        ...

    def charter_documents(self) -> tuple[str, ...]:
        """Return all versions with their signatures, proposals too, each as JSON, by digest."""
        ...

    def put_charter(self, document: Mapping[str, Any]) -> None:
        """Keep a version with its signatures, in place of those kept of its digest."""
        ...

    def notice_documents(self) -> tuple[str, ...]:
        """Return all notices with their signatures, each as JSON, by digest."""
        ...

    def put_notice(self, document: Mapping[str, Any]) -> None:
        """Keep a notice with its signatures, in place of those kept of its digest."""
        ...

    def signed_version(self, version: int) -> str | None:
        """Return the digest of the one proposal of this number that this node signed, None where none."""
        ...

    def put_signed_version(self, version: int, digest: str) -> None:
        """Keep which proposal of this number this node signs; StoreError where it signed another one."""
        ...

    def charter_mark(self) -> int:
        """Return a number that is another one after each change of a charter, notice or signature."""
        ...
