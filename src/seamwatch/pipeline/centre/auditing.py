"""Writing the audit log: what a node did and took, in the same transaction as the deed itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from seamwatch.coordinate.audit import Opening, chained, log_lines
from seamwatch.model.audit import AuditEntry
from seamwatch.pipeline.centre.charters import charter_in_force

if TYPE_CHECKING:
    from seamwatch.coordinate.keys import KeyRing
    from seamwatch.store.base import Store

BATCH = 1000


def record(
    store: Store,
    keys: KeyRing | None,
    actor: str,
    kind: str,
    subject: str = "",
    *,
    at: datetime | None = None,
    **details: Any,
) -> AuditEntry:
    """Return the entry that was appended to the log: who (`actor`) did what (`kind`) to what (`subject`).

    Call it inside the transaction of what it tells. `keys` may be None: the entry then bears the name of the
    store's party, "" where it has none yet. `details` are ids, numbers, digests and stable words, never a
    value of an incident: what is erased must leave nothing here. `at` is now where it is not given.
    """
    return record_all(store, keys, actor, kind, [(subject, details)], at=at)[0]


def record_all(
    store: Store,
    keys: KeyRing | None,
    actor: str,
    kind: str,
    rows: Iterable[tuple[str, Mapping[str, Any]]],
    *,
    at: datetime | None = None,
) -> tuple[AuditEntry, ...]:
    """Return the entries that were appended, one for each subject with its details, all in one go."""
    when = datetime.now(UTC) if at is None else at
    with store.transaction():
        party = _party(store) if keys is None else keys.party
        number, last = store.audit_head()
        told = (
            AuditEntry(
                party=party, number=0, at=when, actor=actor, kind=kind, subject=subject, details=details
            )
            for subject, details in rows
        )
        made = tuple(chained(told, number, last))
        store.add_audit(made)
    return made


def all_entries(store: Store, *, kind: str | None = None, subject: str | None = None) -> Iterator[AuditEntry]:
    """Yield the log from its first entry on, in batches; of one kind or subject where they are given."""
    after = 0
    while found := store.audit_entries(kind=kind, subject=subject, after=after, limit=BATCH):
        yield from found
        after = found[-1].number


def _party(store: Store) -> str:
    card = store.own_party()
    return "" if card is None else str(card["id"])


def export_log(store: Store, keys: KeyRing, at: datetime | None = None) -> Iterator[str]:
    """Yield the whole log as signed JSON Lines, as another party's `seamwatch audit verify` reads it."""
    state = charter_in_force(store)
    opening = Opening(
        party=keys.party,
        charter="" if state is None else state.signed.digest,
        at=datetime.now(UTC) if at is None else at,
    )
    return log_lines(all_entries(store), opening, keys)
