"""Areas joined with the record: which stored areas incidents lie in, and what a change of areas changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seamwatch.model.area import Area, AreaShare
from seamwatch.model.incident import Incident
from seamwatch.model.place import Place
from seamwatch.model.time import TimeRange

if TYPE_CHECKING:
    from seamwatch.resolve.areas import AreaIndex
    from seamwatch.store.base import Located, Store

BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaChange:
    """What adding or removing areas did: ids that were new or replaced, and incidents whose areas changed."""

    new: int = 0
    replaced: int = 0
    incidents: int = 0
    changed: int = 0


class AreaFinder:
    """Finds the stored areas of incidents; it reads them again when the store has others."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._mark: int | None = None
        self._index: AreaIndex | None = None

    def shares(self, place: Place | None, when: TimeRange | None) -> tuple[AreaShare, ...]:
        """Return the areas that a place lies in at a time, the most certain first."""
        return self._now().shares(place, when)

    def _now(self) -> AreaIndex:
        # Another program may have changed the areas since; inside a transaction nobody can.
        mark = self._store.areas_mark()
        if self._index is None or mark != self._mark:
            from seamwatch.resolve.areas import AreaIndex

            self._index, self._mark = AreaIndex(self._store.areas()), mark
        return self._index

    def located(self, incidents: Iterable[Incident]) -> Iterator[Incident]:
        """Yield the incidents with the areas that they lie in, of the moment when it is begun."""
        index = self._now()
        for incident in incidents:
            areas = index.shares(incident.place, incident.date)
            yield incident if areas == incident.areas else replace(incident, areas=areas)


def swapped(areas: Iterable[Area]) -> tuple[str, ...]:
    """Return the ids of areas that lie in their country only where latitude and longitude change places.

    Within 90 degrees each order makes a point: 35, 44 is in Iraq or in the Arabian Sea. Only the country
    tells that a file has the latitude first.
    """
    from seamwatch.resolve.boundaries import load_boundaries

    told = [area for area in areas if area.country is not None and area.polygons]
    if not told:
        return ()
    boundaries = load_boundaries()

    def lies(area: Area, lat: float, lon: float) -> bool:
        return abs(lat) <= 90 and any(d.country == area.country for d in boundaries.at(lat, lon))

    found: list[str] = []
    for area in told:
        ring = area.polygons[0][0]
        lon, lat = (sum(point[n] for point in ring) / len(ring) for n in (0, 1))
        if lies(area, lon, lat) and not lies(area, lat, lon):
            found.append(area.id)
    return tuple(found)


class _DryRunError(Exception):
    """Leaves a transaction, so that nothing of it is kept."""


def add_areas(
    store: Store,
    areas: Iterable[Area],
    *,
    dry_run: bool = False,
    count: Callable[[int], object] = lambda total: None,
) -> AreaChange:
    """Store areas, each in place of one of its id, and give every incident its areas anew.

    All in one transaction: nobody sees half of it. With `dry_run` nothing is kept. `count` is called once
    for each incident with how many there are.
    """
    kept = tuple(areas)

    def change() -> tuple[int, int]:
        new = store.add_areas(kept)
        return new, len(kept) - new

    return _changed(store, change, dry_run, count)


def remove_area(
    store: Store, area_id: str, *, dry_run: bool = False, count: Callable[[int], object] = lambda total: None
) -> AreaChange:
    """Remove an area, and give every incident its areas anew; UnknownIdError where there is none."""

    def change() -> tuple[int, int]:
        store.remove_area(area_id)
        return 0, 0

    return _changed(store, change, dry_run, count)


def _changed(
    store: Store, change: Callable[[], tuple[int, int]], dry_run: bool, count: Callable[[int], object]
) -> AreaChange:
    made = AreaChange()
    try:
        with store.transaction():
            new, replaced = change()
            incidents, changed = renew_areas(store, count)
            made = AreaChange(new=new, replaced=replaced, incidents=incidents, changed=changed)
            if dry_run:
                raise _DryRunError
    except _DryRunError:
        pass
    return made


def renew_areas(store: Store, count: Callable[[int], object] = lambda total: None) -> tuple[int, int]:
    """Give every stored incident its areas anew; return how many incidents there are and how many changed.

    The caller holds a transaction, or takes it that an incident has the areas of before until its turn.
    """
    finder = AreaFinder(store)
    total = store.counts()["incidents"]
    changed = 0
    waiting: list[Located] = []
    for one in store.located():
        areas = finder.shares(one.place, one.date)
        if areas != one.areas:
            waiting.append(replace(one, areas=areas))
        if len(waiting) >= BATCH:
            store.set_areas(waiting)
            changed += len(waiting)
            waiting = []
        count(total)
    store.set_areas(waiting)
    return total, changed + len(waiting)
