"""Incidents as own mentions alone tell them, now and as of a moment: what may be released at all.

Where all that tells an incident is own and old enough, what is stored is taken as it is; else it is derived
anew from those mentions and from the decisions about them alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from seamwatch.coordinate.release_view import OwnView, Telling
from seamwatch.model.incident_codec import incident_json

if TYPE_CHECKING:
    from seamwatch.model.decision import Decision
    from seamwatch.model.incident import Incident
    from seamwatch.pipeline.areas import AreaFinder
    from seamwatch.store.base import Store
    from seamwatch.store.base_release import IncidentRow, TellingRow

# What a text may not name where the place is coarse: towns and what lies in them, no countries or provinces.
_NAMED = ("populated", "feature", "division2")


class OwnViews:
    """Makes own views of stored incidents."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._areas: AreaFinder | None = None

    def of(self, incident_id: str) -> OwnView | None:
        """Return the own view of one stored incident, None where no own mention tells it."""
        rows = self._store.incident_rows([incident_id], places=True)
        return self.view(rows[incident_id]) if incident_id in rows else None

    def view(self, row: IncidentRow) -> OwnView | None:
        """Return the own view of an incident as it is now, None where no own mention tells it."""
        own = [t for t in row.tellings if t.party is None]
        if not own:
            return None
        if len(own) == len(row.tellings):
            return _view(row.incident, own)
        return self._derived(row, own, None)

    def view_at(self, row: IncidentRow, moment: datetime) -> OwnView | None:
        """Return what the own mentions told that were in the record at a moment, None where none was.

        Decisions count from when they were made, an outlet that carried an article from when it was read.
        """
        own = [t for t in row.tellings if t.party is None and t.stored <= moment]
        if not own:
            return None
        own = [_before(t, moment) for t in own]
        decided = (d["at"] for d in row.incident.get("decisions") or ())
        if len(own) == len(row.tellings) and all(datetime.fromisoformat(at) <= moment for at in decided):
            return _view(row.incident, own)
        return self._derived(row, own, moment)

    def _derived(self, row: IncidentRow, own: list[TellingRow], moment: datetime | None) -> OwnView | None:
        from seamwatch.link.compare import links
        from seamwatch.link.rules import load_link_rules
        from seamwatch.link.state import incident_of

        found = self._store.mentions(t.mention for t in own)
        held = [found[t.mention] for t in own if t.mention in found and links(found[t.mention].mention)]
        if not held:
            return None
        names = {m.mention.id for m in held}
        decisions = tuple(_about(self._store.decisions_about(sorted(names)), names, moment))
        made = incident_of(held, load_link_rules(), decisions=decisions)
        made = self._located(replace(made, id=row.incident["id"], aliases=()))
        return _view(incident_json(made), [t for t in own if t.mention in names])

    def _located(self, incident: Incident) -> Incident:
        from seamwatch.pipeline.areas import AreaFinder

        if self._areas is None:
            self._areas = AreaFinder(self._store)
        return next(self._areas.located([incident]))


def _before(row: TellingRow, moment: datetime) -> TellingRow:
    """Return a mention with the outlets alone that were known to carry it at a moment."""
    kept = tuple((name, at) for name, at in row.sources if at is None or at <= moment)
    return row if len(kept) == len(row.sources) else row._replace(sources=kept)


def _about(decisions: Iterable[Decision], names: set[str], moment: datetime | None) -> Iterator[Decision]:
    """Yield the decisions about these mentions alone, made up to a moment, with what undid them by then."""
    made = [d for d in decisions if moment is None or d.at <= moment]
    about = {d.number for d in made if d.undoes is None and names.issuperset((*d.mentions, *d.others))}
    return (d for d in made if d.number in about or d.undoes in about)


def _view(incident: Mapping[str, Any], own: Iterable[TellingRow]) -> OwnView:
    return OwnView(incident=incident, tellings=tuple(map(_telling, sorted(own, key=lambda t: t.mention))))


def _telling(row: TellingRow) -> Telling:
    place: Mapping[str, Any] = row.place or {}
    names = [place.get(key) for key in ("name", "admin1", "admin2")]
    regions: list[Any] = []
    for named in row.places:
        if named.get("kind") in _NAMED or (named.get("kind") == "unknown" and named.get("relation")):
            names += [named.get("name"), named.get("quote")]
        elif named.get("kind") == "division1":
            regions += [named.get("name"), named.get("quote")]
    return Telling(
        mention=row.mention,
        stored=row.stored,
        sources=tuple(name for name, _ in row.sources),
        published=row.published,
        tlp=row.tlp,
        names=tuple(dict.fromkeys(n for n in names if n)),
        regions=tuple(dict.fromkeys(n for n in regions if n)),
        phrases=tuple(dict.fromkeys(e["quote"] for e in place.get("evidence") or () if e.get("quote"))),
    )
