"""In SQLite: charters, notices, this node's own identity."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from seamwatch.errors import StoreError
from seamwatch.store.sqlite_database import SqliteDatabase, to_json

_NEXT = "(SELECT 1 + max(mark) FROM (SELECT mark FROM charters UNION ALL SELECT mark FROM notices "
_NEXT += "UNION ALL SELECT 0))"


class CharterTables(SqliteDatabase):
    """The part of the store for charters, notices, this node's own identity."""

    def own_party(self) -> dict[str, Any] | None:
        """Return the card of the party that this database is, None where it is none yet."""
        rows = self.read("SELECT json FROM own_party")
        return dict(json.loads(rows[0][0])) if rows else None

    def put_own_party(self, card: Mapping[str, Any]) -> None:
        """Keep the card of the party that this database is."""
        self.write("INSERT OR REPLACE INTO own_party VALUES (1, ?)", (to_json(dict(card)),))

    def charter_documents(self) -> tuple[str, ...]:
        """Return all versions with their signatures, proposals too, each as JSON, by digest."""
        return tuple(str(row[0]) for row in self.read("SELECT json FROM charters ORDER BY digest"))

    def put_charter(self, document: Mapping[str, Any]) -> None:
        """Keep a version with its signatures, in place of those kept of its digest."""
        self.write(
            f"INSERT OR REPLACE INTO charters SELECT ?, ?, ?, {_NEXT}",
            (document["digest"], document["charter"]["version"], to_json(dict(document))),
        )

    def notice_documents(self) -> tuple[str, ...]:
        """Return all notices with their signatures, each as JSON, by digest."""
        return tuple(str(row[0]) for row in self.read("SELECT json FROM notices ORDER BY digest"))

    def put_notice(self, document: Mapping[str, Any]) -> None:
        """Keep a notice with its signatures, in place of those kept of its digest."""
        self.write(
            f"INSERT OR REPLACE INTO notices SELECT ?, ?, {_NEXT}",
            (document["digest"], to_json(dict(document))),
        )

    def signed_version(self, version: int) -> str | None:
        """Return the digest of the one proposal of this number that this node signed, None where none."""
        rows = self.read("SELECT digest FROM charter_signed WHERE version = ?", (version,))
        return str(rows[0][0]) if rows else None

    def put_signed_version(self, version: int, digest: str) -> None:
        """Keep which proposal of this number this node signs; StoreError where it signed another one."""
        with self.transaction():
            known = self.signed_version(version)
            if known is None:
                self.write("INSERT INTO charter_signed VALUES (?, ?)", (version, digest))
            elif known != digest:
                raise StoreError(
                    f"this node has signed another proposal of version {version} ({known[:12]}): "
                    f"give the draft a higher one, as `version: {version + 1}`",
                    code="signed_another",
                )

    def charter_mark(self) -> int:
        """Return a number that is another one after each change of a charter, notice or signature."""
        return int(self.read(f"SELECT {_NEXT}")[0][0])
