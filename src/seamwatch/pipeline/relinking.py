"""Linking everything anew: after new rules, or to see what they would change."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from seamwatch.link.compare import Profile, links, profile_of, profile_text, window_of
from seamwatch.link.decisions import concerning
from seamwatch.link.rules import LinkRules, load_link_rules
from seamwatch.model.decision import standing
from seamwatch.model.incident import Incident, Revision
from seamwatch.model.incident_codec import incident_json
from seamwatch.model.link import Conflict, Link
from seamwatch.pipeline.areas import AreaFinder
from seamwatch.pipeline.linking import mark_of, with_older_ids
from seamwatch.store.base_linking import ProfileRow
from seamwatch.vocabulary.codes import Verdict

if TYPE_CHECKING:
    from seamwatch.link.frame import Ints
    from seamwatch.model.decision import Decision
    from seamwatch.store.base import Store

Step = Callable[[str, int, int], None]
"""Told what is done, how much of it, and of how much."""

CHUNK = 20_000  # mentions that are clustered in one go
RUN = 1_000  # mentions that are read in one go
TRIES = 2  # times that everything is linked while others write, before they have to wait
# Changed incidents held until all are compared: some 100 MB. Where more change, all are derived twice.
MOST_HELD = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """An incident that linking anew makes another one: ids and mentions before and after."""

    id: str
    kind: str  # new, gone, merged, split, regrouped or values
    before: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Relinked:
    """What linking anew did, or would do."""

    mentions: int
    links: int
    incidents: int
    changed: tuple[Changed, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


def is_linked(store: Store, rules: LinkRules | None = None) -> bool:
    """Return whether a store is linked by these rules, or today's."""
    return store.link_mark() == mark_of(rules or load_link_rules())


def link_anew_where_needed(store: Store, rules: LinkRules, note: Callable[[str], None] | None) -> None:
    """Link everything anew where the store is linked by other rules; `note` is told before."""
    if is_linked(store, rules):
        return
    many = store.counts()["mentions"]
    if many and note is not None:
        note(f"the rules of linking have changed: {many:,} mentions are linked anew first")
    relink_all(store, rules, compare=False)


def relink_all(
    store: Store,
    rules: LinkRules | None = None,
    *,
    dry_run: bool = False,
    compare: bool = True,
    step: Step | None = None,
    known: Mapping[str, Profile] | None = None,
) -> Relinked:
    """Link all mentions anew, in one transaction; with `dry_run` only tell what would change.

    Others may write meanwhile: what they wrote is linked too, then it takes longer. Without `compare` it is
    quicker, and not told what changed. `known` are profiles by id that are made already and still true.
    """
    made = _Maker(store, rules or load_link_rules(), step or (lambda *_: None), known or {})
    store.make_room(True)
    try:
        with rarely_collected():
            return _relink_all(made, dry_run=dry_run, compare=compare)
    finally:
        store.make_room(False)


@contextmanager
def rarely_collected() -> Iterator[None]:
    """Return a context in which Python looks for garbage rarely: here are many objects and few cycles."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@dataclass(frozen=True, slots=True)
class _Maker:
    """Links all mentions of a store in memory, as often as it is asked to."""

    store: Store
    rules: LinkRules
    step: Step
    known: Mapping[str, Profile]

    def __call__(self) -> _Anew:
        return _Anew(self.store, self.rules, self.step, self.known)


def _relink_all(made: _Maker, *, dry_run: bool, compare: bool) -> Relinked:
    store, rules = made.store, made.rules
    if dry_run:
        anew = made()
        before = _Before(store)
        changed = [c for _, change, _ in before.compared(anew.incidents()) for c in change]
        return anew.report([*changed, *before.rest()])
    for _ in range(TRIES):
        moment = store.change_mark()
        anew = made()
        with store.transaction():
            if store.change_mark() == moment:
                return _write(store, anew, rules, compare=compare)
    with store.transaction():
        return _write(store, made(), rules, compare=compare)


def _write(store: Store, anew: _Anew, rules: LinkRules, *, compare: bool) -> Relinked:
    store.fill_links(anew.rows(), anew.links())
    store.set_link_mark(mark_of(rules))
    if not compare:
        store.replace_all_incidents(anew.incidents())
        return anew.report(())
    # Before any is written: what an incident was is no longer there then.
    before = _Before(store)
    removed = set(before.ids)
    changed: list[Changed] = []
    fresh: list[Incident] = []
    for incident, change, equal in before.compared(anew.incidents()):
        changed += change
        removed.discard(incident.id)
        if not equal and len(fresh) <= MOST_HELD:
            fresh.append(incident)
    changed += before.rest()
    if len(fresh) > MOST_HELD:
        fresh.clear()
        store.replace_all_incidents(anew.incidents())
    else:
        store.replace_incidents(fresh, sorted(removed))
    return anew.report(changed)


class _Anew:
    """All mentions of a store, linked anew in memory."""

    def __init__(self, store: Store, rules: LinkRules, step: Step, known: Mapping[str, Profile]) -> None:
        self._known = known
        self._store = store
        self._rules = rules
        self._step = step
        self._decisions: tuple[Decision, ...] = store.decisions()
        self._profiles = list(self._read())
        self._i, self._j, self._odds = self._compare()
        self.clusters, self.conflicts = self._cluster()

    def _read(self) -> Iterator[Profile]:
        ids = self._store.mention_ids()
        for start in range(0, len(ids), RUN):
            run = ids[start : start + RUN]
            read = self._store.mentions(name for name in run if name not in self._known)
            for name in run:
                if name in self._known:
                    yield self._known[name]
                elif name in read and links(read[name].mention):
                    yield profile_of(read[name], self._rules)
            self._step("reading mentions", start + len(run), len(ids))

    def _compare(self) -> tuple[Ints, Ints, Ints]:
        import numpy as np

        from seamwatch.link.linker import all_links

        runs = [tuple(np.zeros(0, np.int64) for _ in range(3))]
        for run in all_links(self._profiles, self._rules):
            runs.append(run)
            if len(run[0]):
                self._step("comparing", int(run[0][-1]), len(self._profiles))
        i, j, odds = (np.concatenate(columns) for columns in zip(*runs, strict=True))
        return i, j, odds

    def links(self, chosen: Ints | None = None) -> Iterator[Link]:
        """Yield the links, or those of the rows chosen."""
        ids = [p.id for p in self._profiles]
        columns = (self._i, self._j, self._odds)
        if chosen is not None:
            columns = (self._i[chosen], self._j[chosen], self._odds[chosen])
        for a, b, odds in zip(*(column.tolist() for column in columns), strict=True):
            one, other = ids[a], ids[b]
            yield Link(one, other, odds) if one < other else Link(other, one, odds)

    def rows(self) -> Iterator[ProfileRow]:
        """Yield the profiles as the store keeps them."""
        from seamwatch.link.block import stored_blocks

        for profile in self._profiles:
            window = window_of(profile) or (0, 0)
            yield ProfileRow(profile.id, profile_text(profile), stored_blocks(profile).tolist(), *window)

    def _cluster(self) -> tuple[tuple[tuple[str, ...], ...], tuple[Conflict, ...]]:
        """Return all clusters in order, and what contradicts; chunks of whole components at a time."""
        import numpy as np

        from seamwatch.link.cluster import MERGE, cluster, needed
        from seamwatch.link.cluster import conflicts as conflicts_of
        from seamwatch.link.decisions import judgements_of

        judged = judgements_of(standing(self._decisions))
        number = {p.id: at for at, p in enumerate(self._profiles)}
        # Who holds two mentions apart connects nothing.
        same = [j for j in judged if j.verdict is Verdict.SAME]
        pairs = [(number[j.left], number[j.right]) for j in same if j.left in number and j.right in number]
        positive = self._odds > MERGE
        near = np.bincount(self._i[positive], minlength=len(self._profiles))
        near += np.bincount(self._j[positive], minlength=len(self._profiles))
        needs = np.array([needed(count) for count in range(int(near.max(initial=0)) + 1)], np.int64)
        binding = self._odds > needs[np.minimum(near[self._i], near[self._j])]
        group = _groups(len(self._profiles), self._i[binding], self._j[binding], pairs)
        order = np.argsort(group, kind="stable")
        starts = np.flatnonzero(np.diff(group[order], prepend=-1))
        sizes = np.diff(np.append(starts, len(order)))
        clusters: list[tuple[str, ...]] = [
            (self._profiles[at].id,) for at in order[starts[sizes == 1]].tolist()
        ]
        # Number each component's chunk: links never cross one.
        several = np.flatnonzero(sizes > 1)
        chunk_of = np.full(len(self._profiles), -1, np.int64)
        chunk, held = 0, 0
        for at in several.tolist():
            chunk_of[order[starts[at] : starts[at] + sizes[at]]] = chunk
            held += int(sizes[at])
            if held >= CHUNK:
                chunk, held = chunk + 1, 0
        link_chunk = np.where(group[self._i] == group[self._j], chunk_of[self._i], -1)
        conflicts: list[Conflict] = []
        for now in range(chunk + 1):
            rows = np.flatnonzero(chunk_of == now).tolist()
            if not rows:
                continue
            profiles = {self._profiles[at].id: self._profiles[at] for at in rows}
            about = [j for j in judged if j.left in profiles and j.right in profiles]
            linked = self.links(np.flatnonzero(link_chunk == now))
            clusters += cluster(profiles, linked, self._rules, about)
            conflicts += conflicts_of(profiles, about) if about else ()
            self._step("grouping", now + 1, chunk + 1)
        return tuple(sorted(clusters)), tuple(conflicts)

    def incidents(self) -> Iterator[Incident]:
        """Yield the incidents, with their areas."""
        from seamwatch.link.compare import Profiles
        from seamwatch.link.state import incident_of

        store = self._store
        areas = AreaFinder(store)
        by_mention: dict[str, list[Decision]] = {}
        for decision in self._decisions:
            for name in {*decision.mentions, *decision.others}:
                by_mention.setdefault(name, []).append(decision)
        profiles = Profiles(self._rules, known={p.id: p for p in self._profiles})
        for at in range(0, len(self.clusters), 500):
            run = self.clusters[at : at + 500]
            mentions = store.mentions(name for names in run for name in names)
            older = store.stood_for(mentions)
            changes: dict[str, list[Revision]] = {}
            for revision in store.place_revisions(mentions):
                changes.setdefault(revision.mention, []).append(revision)
            self._step("writing incidents", at, len(self.clusters))
            found = []
            for names in run:
                about = self._decisions if not by_mention.keys().isdisjoint(names) else ()
                incident = incident_of(
                    [mentions[n] for n in names],
                    self._rules,
                    profiles=profiles,
                    decisions=concerning(about, names),
                )
                incident = with_older_ids(incident, older)
                more = sorted((r for n in names for r in changes.get(n, ())), key=lambda r: r.at)
                found.append(replace(incident, revisions=(*incident.revisions, *more)) if more else incident)
            yield from areas.located(found)

    def report(self, changed: Iterable[Changed]) -> Relinked:
        """Return what was done."""
        return Relinked(
            mentions=len(self._profiles),
            links=len(self._i),
            incidents=len(self.clusters),
            changed=tuple(changed),
            conflicts=self.conflicts,
        )


class _Before:
    """The incidents as stored, to be compared with those linked anew."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.ids = store.incident_ids()
        self._left = set(self.ids)

    def compared(self, incidents: Iterable[Incident]) -> Iterator[tuple[Incident, tuple[Changed, ...], bool]]:
        """Yield each incident with what it is that it was not before, and whether it is stored just so."""
        left = iter(incidents)
        while run := tuple(islice(left, 500)):
            owners = self._store.incidents_of(m.mention.id for i in run for m in i.mentions)
            sizes = self._store.incident_sizes(set(owners.values()))
            same = self._store.stored_just_so(run)
            for incident in run:
                if incident.id in same:
                    self._left.discard(incident.id)
                    yield incident, (), True
                else:
                    yield self._compared(incident, owners, sizes)

    def _compared(
        self, incident: Incident, owners: Mapping[str, str], sizes: Mapping[str, int]
    ) -> tuple[Incident, tuple[Changed, ...], bool]:
        owned = [owners[m.mention.id] for m in incident.mentions if m.mention.id in owners]
        before = tuple(sorted(set(owned)))
        self._left.difference_update(before)
        if not before:
            return incident, (Changed(id=incident.id, kind="new"),), False
        if len(before) > 1:
            whole = len(owned) == len(incident.mentions) == sum(sizes[name] for name in before)
            kind = "merged" if whole else "regrouped"
            return incident, (Changed(id=incident.id, kind=kind, before=before),), False
        if sizes[before[0]] > len(owned):
            return incident, (Changed(id=incident.id, kind="split", before=before),), False
        was = self._store.incident(before[0])
        fields = _differing(was, incident)
        if fields:
            return incident, (Changed(id=incident.id, kind="values", before=before, fields=fields),), False
        return incident, (), set(was.aliases).issuperset(incident.aliases)

    def rest(self) -> Iterator[Changed]:
        """Yield the incidents of which nothing is left."""
        for name in sorted(self._left):
            yield Changed(id=name, kind="gone", before=(name,))


def _differing(was: Incident, now: Incident) -> tuple[str, ...]:
    """Return the fields in which two incidents differ; ids that lead to them are none."""
    one, other = incident_json(was), incident_json(now)
    return tuple(key for key in other if key != "aliases" and one.get(key) != other[key])


def _groups(many: int, i: Ints, j: Ints, pairs: Sequence[tuple[int, int]]) -> Ints:
    """Return for each of so many rows the number of the component that the pairs connect it with."""
    import numpy as np

    home = list(range(many))

    def top(row: int) -> int:
        while home[row] != row:
            home[row] = home[home[row]]
            row = home[row]
        return row

    for a, b in (*zip(i.tolist(), j.tolist(), strict=True), *pairs):
        one, other = top(a), top(b)
        if one != other:
            home[max(one, other)] = min(one, other)
    return np.array([top(row) for row in range(many)], np.int64)
