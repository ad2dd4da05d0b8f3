"""The joint picture: records of other parties among the own articles, linked with what these tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from seamwatch.errors import SeamwatchError
from seamwatch.model.exchange import ReceivedRecord
from seamwatch.model.party_codec import record_json
from seamwatch.pipeline.centre.record_reading import article_id, mention_id, row_of_record, sourced_of

if TYPE_CHECKING:
    from seamwatch.link.compare import Profile
    from seamwatch.pipeline.linking import Linker
    from seamwatch.store.base import Store
    from seamwatch.store.base_parties import RecordRow

BATCH = 500  # records linked in one transaction
PUT = 2_000  # records stored in one transaction where all are linked at the end
# From so many new records on, and where the store holds at most so many mentions for each of them, linking
# everything anew in one pass is sooner done than batch by batch.
MANY = 2_000
SHARE = 3
# A file up to this size is written anew at once, so that nothing of what was erased is left: seconds.
SMALL = 256 * 2**20
UNLINKED = "records are being stored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What became of records: how many were new, replaced, or shown just so before.

    `forgotten` were forgotten here for a reason of our own, and do not come back by themselves.
    """

    new: int = 0
    replaced: int = 0
    known: int = 0
    forgotten: int = 0


class RecordPicture:
    """Shows received records in a store: each is an article with one mention, linked like any other."""

    def __init__(
        self,
        store: Store,
        names: Callable[[str], str] | None = None,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Take the store; `names` gives the name of a party, without it the charter in force does."""
        self._store = store
        self._names = names or _charter_names(store)
        self._clock = clock
        self._expected = 0
        self._held: Linker | None = None
        self._known: dict[str, Profile] = {}

    def expect(self, many: int) -> None:
        """Take note that so many records come, in several calls, and `settle` after them.

        Where they are many for the store, they are linked in one pass at the end.
        """
        self._expected = many
        # Where the last ones were not settled, since something failed, there is as much room as usual again.
        self._store.make_room(many >= MANY)

    def show(self, records: Sequence[ReceivedRecord]) -> Shown:
        """Show records, new or in place of older versions.

        What is shown just so already is left as it is, so that it can be called again after a crash. Where
        one can't be shown, ShapeError says why, and none is.
        """
        from seamwatch.pipeline.relinking import rarely_collected

        with rarely_collected():
            return self._show(records)

    def _show(self, records: Sequence[ReceivedRecord]) -> Shown:
        newest = {(r.party, r.record): r for r in sorted(records, key=lambda r: r.version)}
        gone = {t.article for t in self._store.tombstones()}
        wanted = [r for (party, record), r in newest.items() if article_id(party, record) not in gone]
        rows = [row_of_record(received, self._names(received.party)) for received in wanted]
        new, changed, known = self._sorted(rows)
        if changed or new:
            self._put(new + changed, first=len(new))
        if not self._expected:
            self.settle()
        return Shown(new=len(new), replaced=len(changed), known=known, forgotten=len(newest) - len(wanted))

    def withdraw(self, records: Sequence[ReceivedRecord]) -> int:
        """Take records away with all that follows from them; return how many were shown till now.

        Decisions that are about nothing else lose their value and reason, as when an article is forgotten;
        nothing stands in the way of a later release.
        """
        ids = list(dict.fromkeys(article_id(r.party, r.record) for r in records))
        shown = self._store.record_articles(ids)
        mentions = {
            article_id(r.party, r.record): mention_id(r.party, r.record)
            for r in records
            if article_id(r.party, r.record) in shown
        }
        wanted = list(mentions)
        for start in range(0, len(wanted), BATCH):
            self._erase(wanted[start : start + BATCH], mentions)
        if not self._expected:
            self.settle()
        return len(wanted)

    def settle(self) -> bool:
        """Link what waits for it, and see to it that no byte of what was erased is left in the files.

        For that a small database is written anew. Return whether none is left. A large one, or one within a
        transaction, keeps the mark `has_traces` until `erase_traces` is called.
        """
        store = self._store
        expected, self._expected = self._expected, 0
        if store.link_mark() == UNLINKED:
            from seamwatch.pipeline.relinking import relink_all

            # Nobody needs it after that: the profiles of many records are hundreds of megabytes.
            known, self._known = self._known, {}
            relink_all(store, self._linker().rules, compare=False, known=known)
            self._held = None
        if expected >= MANY:
            store.make_room(False)
        self._known = {}
        if not store.has_traces():
            return True
        if store.in_transaction() or store.size() > SMALL:
            return False
        try:
            store.erase_traces()
        except SeamwatchError:
            # Another program reads: the mark stays, and the next call tries again.
            return False
        return True

    # --- storing and linking

    def _linker(self) -> Linker:
        from seamwatch.pipeline.linking import Linker

        if self._held is None:
            self._held = Linker(self._store)
        return self._held

    def _sorted(self, rows: Sequence[RecordRow]) -> tuple[list[RecordRow], list[RecordRow], int]:
        """Return the rows of new records, those of changed ones, and how many are shown just so."""
        held = self._store.record_articles(row.article.id for row in rows)
        owners = self._store.incidents_of(row.mention.id for row in rows) if held else {}
        new: list[RecordRow] = []
        changed: list[RecordRow] = []
        for row in rows:
            was, now = held.get(row.article.id), row.article
            if was is None:
                new.append(row)
            elif (
                (was.content_hash, was.tlp, was.source) != (now.content_hash, now.tlp, now.source)
                or record_json(was.record) != record_json(now.record)
                or row.mention.id not in owners
            ):
                changed.append(row)
        return new, changed, len(rows) - len(new) - len(changed)

    def _put(self, rows: Sequence[RecordRow], first: int) -> None:
        from seamwatch.link.compare import profile_of
        from seamwatch.pipeline.relinking import link_anew_where_needed

        store, rules = self._store, self._linker().rules
        many = max(first, self._expected)
        waits = store.link_mark() == UNLINKED
        if waits or (many >= MANY and store.counts()["mentions"] <= SHARE * many):
            for run in _runs(rows, PUT):
                with store.transaction():
                    # Where it ends in between, whoever reads next links everything first.
                    store.set_link_mark(UNLINKED)
                    store.put_records(run)
                for row in run:
                    self._known[row.mention.id] = profile_of(sourced_of(row), rules)
            return
        link_anew_where_needed(store, rules, None)
        for run in _runs(rows, BATCH):
            with store.transaction():
                store.put_records(run)
                found = store.mentions(row.mention.id for row in run)
                self._linker().link(tuple(found.values()))

    def _erase(self, ids: Sequence[str], mentions: Mapping[str, str]) -> None:
        store, linker = self._store, self._linker()
        names = {mentions[name] for name in ids}
        at = self._clock()
        with store.transaction():
            # As in forgetting: without one telling the others may group otherwise.
            beside = linker.connected(names).difference(names)
            leads: dict[str, str] = {}
            for incident in sorted(set(store.incidents_of(names).values())):
                told = (m.mention.id for m in store.incident(incident).mentions)
                leads[incident] = next((name for name in told if name not in names), "")
            for name in ids:
                store.erase_record(name, "exchange", at)
            linker.link((), leads, beside)


def _runs(rows: Sequence[RecordRow], size: int) -> Iterator[Sequence[RecordRow]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _charter_names(store: Store) -> Callable[[str], str]:
    """Return what gives the name that the charter in force has for a party; of one that it lacks, the id."""
    held: dict[str, str] = {}

    def name(party: str) -> str:
        if party not in held:
            from seamwatch.pipeline.centre.charters import charter_in_force

            state = charter_in_force(store)
            found = state.charter.party(party) if state else None
            held[party] = found.name if found else party
        return held[party]

    return name
