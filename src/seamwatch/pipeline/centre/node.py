"""One party's node: everything that it says to other parties and takes from them, on its store.

It knows no network: who carries pages from node to node is another part's business. Each call is one
transaction: after a crash at any moment it has happened as a whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from seamwatch.errors import SeamwatchError
from seamwatch.model.exchange import Entry, Head, Heads, Item, Page, ReceivedRecord, Taken
from seamwatch.pipeline.centre.picture import NullPicture, Picture
from seamwatch.vocabulary.coordination import EntryKind, PartyRole

if TYPE_CHECKING:
    from seamwatch.coordinate.keys import KeyRing
    from seamwatch.model.charter import CharterState
    from seamwatch.model.party import Party
    from seamwatch.pipeline.centre.sending import Said, Withdrawal
    from seamwatch.store.base import Store

PAGE_LIMIT = 500
MOST_PAGE = 1000
PAGE_BYTES = 4 << 20
"""Bytes of boxes in one page, but for a single larger one."""


def now() -> datetime:
    """Return this moment."""
    return datetime.now(UTC)


class Node:
    """A party's part of the exchange. `state` gives the charter in force, by default the store's."""

    def __init__(
        self,
        store: Store,
        keys: KeyRing,
        *,
        clock: Callable[[], datetime] = now,
        picture: Picture | None = None,
        state: Callable[[], CharterState] | None = None,
    ) -> None:
        self.store = store
        self.keys = keys
        self.clock = clock
        self.picture: Picture = NullPicture() if picture is None else picture
        self._state = state

    @property
    def me(self) -> str:
        """Return the id of this party."""
        return self.keys.party

    # --- the charter

    def state(self) -> CharterState:
        """Return the charter in force; SeamwatchError (no_charter) where none is."""
        if self._state is not None:
            return self._state()
        from seamwatch.pipeline.centre.charters import charter_state

        return charter_state(self.store)

    def active(self, party: str) -> Party:
        """Return an active party; SeamwatchError (not_party) where the charter names none of this id."""
        found = self.state().active(party)
        if found is None:
            raise SeamwatchError(
                f"{party} takes no part in the charter now: nothing goes to it and nothing is taken from it",
                code="not_party",
            )
        return found

    @property
    def is_relay(self) -> bool:
        """Return whether the charter names this party as the relay."""
        found = self.state().active(self.me)
        return found is not None and found.role is PartyRole.RELAY

    # --- what others ask

    def heads_for(self, party: str) -> Heads:
        """Return how far feeds to a party go here, and how far its own are held.

        SeamwatchError (not_party) where the party is not active. Only feeds of active senders are told.
        """
        from seamwatch.pipeline.centre.paging import offered
        from seamwatch.pipeline.centre.papers import papers_mark

        self.active(party)
        return Heads(
            feeds=tuple(h for h in self.store.feed_heads(receiver=party) if offered(self, h.sender)),
            held=self.store.feed_heads(sender=party),
            charter=papers_mark(self.store),
        )

    def page(
        self,
        asker: str,
        sender: str,
        receiver: str,
        *,
        epoch: int,
        after: int,
        limit: int = PAGE_LIMIT,
    ) -> Page:
        """Return the entries of a feed after one, with the head of the feed here.

        An epoch that its sender left is passed over: the page begins the newest one. Who asks must be
        active, and be the receiver, the sender, or a relay; SeamwatchError (not_party, not_for_you) else.
        """
        from seamwatch.pipeline.centre.paging import page

        return page(self, asker, sender, receiver, epoch=epoch, after=after, limit=limit)

    # --- what we say

    def append(
        self, receiver: str, kind: EntryKind, subject: str, version: int, content: Mapping[str, Any]
    ) -> Entry:
        """Say something to a party: append an entry to its feed, with the sealed content; return the entry.

        SeamwatchError where this node or the receiver is not active (not_party), but for notices, which must
        reach those too whom they are about; InputError (too_large) for a content over 1 MiB.
        """
        from seamwatch.pipeline.centre.sending import Draft, append_all

        draft = Draft(kind=kind, subject=subject, version=version, content=content)
        return append_all(self, receiver, [draft])[0]

    def record_of(self, incident: str) -> str:
        """Return the public id of an own incident, a UUID; it is given one where it has none."""
        from seamwatch.pipeline.centre.sending import record_of

        return record_of(self, incident)

    def release(
        self,
        receiver: str,
        record: str,
        incident: str,
        content: Mapping[str, Any],
        why: str = "",
        *,
        field: str | None = None,
        anew: bool = False,
    ) -> Entry | None:
        """Release a record to a party; return the entry, or None where the same was said already.

        `content` is the JSON without record and version. `field` names the one that this version withdraws.
        A record that was withdrawn before this node was restored from a backup is not released again
        (None) without `anew`: the order that withdrew it may be lost.
        """
        from seamwatch.pipeline.centre.sending import Said, release_all

        said = Said(record=record, incident=incident, content=content, why=why, field=field, anew=anew)
        made = release_all(self, receiver, [said])
        return made[0] if made else None

    def release_many(self, receiver: str, said: Sequence[Said]) -> tuple[Entry, ...]:
        """Release records to a party, as `release` does each, in few transactions; return the entries."""
        from seamwatch.pipeline.centre.sending import release_all

        return release_all(self, receiver, said)

    def withdraw(self, receiver: str, record: str, reason: str) -> Entry | None:
        """Withdraw a record from a party; return the entry, or None where it is not released to it."""
        from seamwatch.pipeline.centre.sending import withdraw

        return withdraw(self, receiver, record, reason)

    def withdrawals(self) -> tuple[Withdrawal, ...]:
        """Return what was withdrawn, the latest first, and which receivers have receipted it."""
        from seamwatch.pipeline.centre.sending import withdrawals

        return withdrawals(self.store)

    # --- what we take

    def take(self, items: Sequence[Item], *, via: str) -> Taken:
        """Take consecutive items of one feed, to us or, by a relay, to another; return what became of them.

        `via` is the party that brought them. What is refused is noted and audited. Charters and notices to us
        are carried out at once, all else by `carry_out`.
        """
        from seamwatch.pipeline.centre.receiving import take

        return take(self, items, via=via)

    def rolled_back(self, heads: Sequence[Head], *, via: str) -> tuple[Head, ...]:
        """Return which heads that a sender tells of its own feeds to us lie before those that we hold.

        Such a sender was restored from a backup, or is not honest: this is noted and audited.
        """
        from seamwatch.pipeline.centre.receiving import rolled_back

        return rolled_back(self, heads, via=via)

    def carry_out(self) -> int:
        """Carry out what was taken, then receipt it; return how many entries and records that were."""
        from seamwatch.pipeline.centre.carrying import carry_out

        return carry_out(self)

    def received(self, *, party: str | None = None, state: str | None = None) -> tuple[ReceivedRecord, ...]:
        """Return records of other parties as they stand here, with the contents of those that are shown."""
        from seamwatch.pipeline.centre.carrying import received

        return received(self, party=party, state=state)

    # --- after a restore from a backup

    def restored_from(self, held: Sequence[Head]) -> tuple[Head, ...]:
        """Return which heads of our own feeds, as another node holds them, are unknown here.

        Where there is one, this node was restored from a backup: fetch its entries there, `adopt_tail` them,
        then `begin_epoch` for its receiver.
        """
        from seamwatch.pipeline.centre.restoring import restored_from

        return restored_from(self, held)

    def adopt_tail(self, items: Sequence[Item]) -> Taken:
        """Take own entries back from another node; return what became of them.

        The problem "gap" says that they do not continue what is held here: fetch the epoch from its start.
        """
        from seamwatch.pipeline.centre.restoring import adopt_tail

        return adopt_tail(self, items)

    def begin_epoch(self, receiver: str) -> Head:
        """Begin a new epoch of the feed to a party, which restates all that holds; return its head."""
        from seamwatch.pipeline.centre.restoring import begin_epoch

        return begin_epoch(self, receiver)
