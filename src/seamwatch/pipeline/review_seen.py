"""What a clearance may see of the tellings, decisions and incidents that the review queue is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from seamwatch.pipeline.areas import AreaFinder
from seamwatch.pipeline.visibility import told_from, within

if TYPE_CHECKING:
    from seamwatch.model.decision import Decision
    from seamwatch.model.incident import Incident
    from seamwatch.model.link import Link
    from seamwatch.store.base import Store
    from seamwatch.vocabulary.coordination import Tlp

_RUN = 1_000


class Seen:
    """Reads links, decisions and incidents without what is above a clearance."""

    def __init__(self, store: Store, clearance: Tlp) -> None:
        self._store = store
        self._allowed = within(clearance)
        self._areas = AreaFinder(store)
        self._incidents: dict[str, Incident] = {}

    def links(self) -> Iterator[Link]:
        """Yield the unsure pairs, the least sure first, both of whose tellings may be seen."""
        links = self._store.unsure_links(None)
        while run := list(islice(links, _RUN)):
            held = self._readable(name for link in run for name in (link.left, link.right))
            yield from (link for link in run if link.left in held and link.right in held)

    def decisions(self) -> tuple[Decision, ...]:
        """Return the decisions that are about nothing above the clearance, with what undid them."""
        found = self._store.decisions()
        held = self._readable(name for d in found for name in (*d.mentions, *d.others))
        open_ = {d.number for d in found if held.issuperset((*d.mentions, *d.others))}
        return tuple(d for d in found if d.number in open_ and (d.undoes is None or d.undoes in open_))

    def incident(self, name: str) -> Incident:
        """Return the incident of this id as far as it may be seen; whole where nothing of it may be told."""
        if name not in self._incidents:
            whole = self._store.incident(name)
            told = told_from(self._store, whole, self._allowed, areas=self._areas)
            self._incidents[name] = whole if told is None else told
        return self._incidents[name]

    def _readable(self, names: Iterable[str]) -> frozenset[str]:
        standing = self._store.standing_in(names)
        found = self._store.mentions(set(standing.values()))
        return frozenset(n for n, now in standing.items() if now in found and self._allowed(found[now]))
