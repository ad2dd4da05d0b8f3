"""Which fields of an incident a free text tells that its reader is not given."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from seamwatch.coordinate.coarsen import Units
from seamwatch.coordinate.giveaways import figures_of, tells_day, tells_figure
from seamwatch.coordinate.names_told import WholeNames
from seamwatch.coordinate.release_leaks import LISTS, Giveaways, Told, outlets_of
from seamwatch.coordinate.release_view import OwnView, Telling
from seamwatch.coordinate.spelling import folded
from seamwatch.model.codec import TOLLS
from seamwatch.vocabulary.coordination import Grain

Json = Mapping[str, Any]

_PLACE = ("name", "admin1", "admin2", "country", "lat", "lon")
# What gives a group away besides its own name: other names of it, and the outlets that speak for it.
_ACTORS = ("perpetrators", "claims")
# Beside one of these words a figure alone tells a toll: "are the two men found?"
_PEOPLE = frozenset(
    "people person persons man men woman women child children boy boys girl girls civilian civilians victim "
    "victims soldier soldiers fighter fighters officer officers guard guards policeman policemen member "
    "members brother brothers farmer farmers family families patient patients worker workers resident "
    "residents".split()
)


def fields_told(
    text: str, view: OwnView, given: Sequence[Json], outlets: Iterable[str], units: Units
) -> tuple[str, ...]:
    """Return the fields of an incident that a text tells and that none of what is `given` has.

    `given` are incidents in the contract's JSON, as its reader has them; `outlets` the sources that it is
    told. A field that is given otherwise than it is known (coarse, or older) counts as hidden.
    """
    found = [name for name in ("place", "date") if _TELLS[name](text, view, given, units)]
    found += [name for name in LISTS if _hidden_names(name, view, given, units).told_in(text)]
    people = not _PEOPLE.isdisjoint(folded(text))
    for outcome in TOLLS:
        figures = _hidden_figures(outcome, view, given)
        if figures and tells_figure(text, outcome, figures, people=people):
            found.append(outcome)
    claims = [claim for row in given for claim in row.get("claims") or ()]
    reader = OwnView(
        incident={"claims": claims},
        tellings=(Telling(mention="", stored=datetime.min, sources=tuple(outlets)),),
    )
    free = set(outlets_of(reader))
    if WholeNames(name for name in outlets_of(view) if name not in free).told_in(text):
        found.append("sources")
    return tuple(found)


def _tells_place(text: str, view: OwnView, given: Sequence[Json], units: Units) -> bool:
    own = view.incident.get("place")
    places = [place for row in given if (place := row.get("place"))]
    if not own or _same(own, places, _PLACE):
        return False
    # Of several the one that says most stands for what is told; the names of all of them are free.
    told: Json = max(places, key=lambda place: sum(place.get(key) is not None for key in _PLACE), default={})
    ruled = Told(ruled={"place": Grain.WITHHELD}, known=view, values={"place": told})
    names = [name for place in places for key in ("name", "admin1", "admin2") if (name := place.get(key))]
    hidden = Giveaways(ruled, view, units, also=names)
    return hidden.names_place(text) or hidden.tells_where(text)


def _tells_date(text: str, view: OwnView, given: Sequence[Json], units: Units) -> bool:
    own = view.incident.get("date")
    dates = [date for row in given if (date := row.get("date"))]
    return own is not None and not _same(own, dates, ("start", "end")) and tells_day(text)


_TELLS = {"place": _tells_place, "date": _tells_date}


def _hidden_names(name: str, view: OwnView, given: Sequence[Json], units: Units) -> WholeNames:
    free = set(_names(name, given))
    hidden = {one for one in _names(name, [view.incident]) if one not in free}
    if name in _ACTORS:
        hidden |= {also for one in tuple(hidden) for also in units.also_called(one) if also not in free}
    return WholeNames(hidden)


def _names(name: str, rows: Iterable[Json]) -> Iterator[str]:
    key = "by" if name == "claims" else "name"
    return (one[key] for row in rows for one in row.get(name) or () if isinstance(one.get(key), str))


def _hidden_figures(outcome: str, view: OwnView, given: Sequence[Json]) -> Collection[int]:
    """Return the numbers of a toll that is not given as it is known; none where it is."""
    own = view.incident.get(outcome)
    if own and _same(own, [toll for row in given if (toll := row.get(outcome))], ("low", "best", "high")):
        return ()
    return figures_of(own) | (_counts(outcome, [view.incident]) - _counts(outcome, given))


def _counts(outcome: str, rows: Iterable[Json]) -> set[int]:
    victims = (v for row in rows for v in row.get("victims") or () if v.get("outcome") == outcome)
    return {v["count"] for v in victims if isinstance(v.get("count"), int)}


def _same(own: Json, others: Iterable[Json], keys: Sequence[str]) -> bool:
    return any(all(own.get(key) == other.get(key) for key in keys) for other in others)
