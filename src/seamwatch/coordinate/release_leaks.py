"""What would give away a field that is coarse or withheld is taken out of a release, and the reason told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from seamwatch.coordinate.coarsen import Units
from seamwatch.coordinate.giveaways import figures_of, tells_day, tells_figure, tells_position
from seamwatch.coordinate.names_told import Names, WholeNames, outlet_name
from seamwatch.coordinate.release_view import OwnView
from seamwatch.model.codec import TOLLS
from seamwatch.model.release import FieldReason
from seamwatch.vocabulary.codes import ClaimKind, TargetKind
from seamwatch.vocabulary.coordination import Grain

Json = dict[str, Any]

LISTS = ("perpetrators", "targets", "victims", "weapons", "claims")
_TEXTS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("perpetrators", "targets", "victims", "weapons"), ("name",)),
    "claims": ("by", "via"),
}
_ACTORS = ("perpetrators", "claims")
# Where a town's name that no article has as a place counts too. Forces and weapons often have such names.
_AT_PLACES = ("targets", "victims")
# Who says so did it, or is said to have.
_DOERS = (ClaimKind.CLAIMS.value, ClaimKind.DENIES.value)


@dataclass(slots=True, kw_only=True)
class Told:
    """What is decided so far of one release. `ruled` are the grains asked for.

    `known` is all that own articles tell now: a name that a later one has is hidden too.
    """

    ruled: Mapping[str, Grain]
    known: OwnView
    values: Json = field(default_factory=dict)
    coarse: dict[str, str] = field(default_factory=dict)
    withheld: set[str] = field(default_factory=set)
    reasons: dict[str, FieldReason] = field(default_factory=dict)

    def give(self, name: str, grain: Grain, text: str) -> None:
        """Take note of how finely a field is told, and why."""
        self.reasons[name] = FieldReason(field=name, grain=grain, text=text)
        if grain is Grain.WITHHELD:
            self.withheld.add(name)
        elif grain is not Grain.EXACT:
            self.coarse[name] = grain.value

    def hides(self, name: str) -> bool:
        """Return whether nothing of a field is told that is, or may be, known."""
        return name in self.withheld and name not in self.values

    def took(self, name: str, why: str) -> None:
        """Take note that a value of a field was taken away."""
        self.withheld.add(name)
        old = self.reasons[name]
        grain = old.grain if self.values.get(name) else Grain.WITHHELD
        text = f"{old.text}; {why}" if grain is old.grain else why
        if why not in old.text:
            self.reasons[name] = FieldReason(field=name, grain=grain, text=text)


def without_leaks(told: Told, view: OwnView, units: Units) -> Giveaways:
    """Take away every value that tells what another field withholds; return what tells it.

    A text that names a place which is coarse or withheld, or tells where in it; one that names a day where
    days are; one that names an outlet where sources are withheld, and `via` of every claim; one that has the
    name of an actor or a thing whose own field is withheld, and the claims of who did it; one that tells a
    toll that is withheld, and the victims of that outcome.
    """
    found = Giveaways(told, view, units)
    for tells, why in found.of_place():
        _take(told, tells, why)
    if told.ruled["date"] is not Grain.EXACT:
        _take(told, lambda _, text: tells_day(text), "a value that tells the day was taken out")
    if told.ruled["sources"] is Grain.WITHHELD:
        outlets = WholeNames(outlets_of(view, told.known))
        told.values["claims"] = [
            {**claim, "via": None} if claim.get("via") else claim for claim in told.values.get("claims") or []
        ]
        if any(claim.get("via") for claim in view.incident.get("claims") or []):
            told.took("claims", "through whom a claim came is left out as a source")
        _take(told, lambda _, text: outlets.told_in(text), "a value that names a source was taken out")
    if told.hides("perpetrators"):
        claims = told.values.get("claims") or []
        kept = [claim for claim in claims if claim.get("kind") not in _DOERS]
        if len(kept) < len(claims):
            told.values["claims"] = kept
            told.took("claims", "who claims or denies it would tell who did it")
    _take(
        told,
        lambda _, text: found.withheld.told_in(text),
        "a value that names what another field withholds was taken out",
    )
    for outcome in filter(told.hides, TOLLS):
        _without_toll(told, view, outcome)
    return found


class Giveaways:
    """What tells the place, an actor or a thing that is not told."""

    def __init__(self, told: Told, view: OwnView, units: Units, *, also: Iterable[str] = ()) -> None:
        """Take what is told, what is known, and names of places that may be told besides."""
        self._units = units
        self._told: Json = told.values.get("place") or {}
        self._own: Json = view.incident.get("place") or {}
        coarse = told.ruled["place"] is not Grain.EXACT
        country = self._told.get("country") or (self._own.get("country") if coarse else None)
        self._country: str | None = country
        unit = units.unit(country, None, None) if country else None
        self._named = [name for key in ("name", "admin1", "admin2") if (name := self._told.get(key))]
        if self._told.get("country") and unit is not None and unit.name:
            self._named.append(unit.name)
        self._named += also
        self._names = self._hidden(told, view, unit.name if unit is not None else None) if coarse else None
        withheld = {
            row[key]
            for name in LISTS
            if told.hides(name)
            for row in view.incident.get(name) or []
            for key in _TEXTS[name]
            if isinstance(row.get(key), str)
        }
        called = {also for name in _ACTORS for also in self._also(told, view, name)}
        self.withheld = WholeNames(withheld | called)

    def _also(self, told: Told, view: OwnView, name: str) -> Iterator[str]:
        if told.hides(name):
            for row in view.incident.get(name) or []:
                yield from self._units.also_called(row.get("name") or row.get("by") or "")

    def _hidden(self, told: Told, view: OwnView, country: str | None) -> Names:
        names: list[str | None] = []
        quotes: list[str | None] = []
        for place in (self._own, told.known.incident.get("place") or {}):
            names += [place.get(key) for key in ("name", "admin1", "admin2")]
            quotes += [e.get("quote") for e in place.get("evidence") or []]
        for telling in (*view.tellings, *told.known.tellings):
            names += telling.names
            quotes += telling.phrases
            if not self._told.get("admin1"):
                names += telling.regions
        if not self._told.get("country") and self._country:
            names += [country, *self._units.peoples(self._country)]
        return Names(
            dict.fromkeys(n for n in names if n),
            phrases=dict.fromkeys(q for q in quotes if q),
            allowed=self._named,
        )

    def names_place(self, text: str | None) -> bool:
        """Return whether a text has a name of the place that is not told."""
        return self._names is not None and self._names.told_in(text)

    def tells_where(self, text: str | None) -> bool:
        """Return whether a text tells where in the unit that is told it was, or names what lies in it."""
        return self._names is not None and (tells_position(text, self._named) or self._inside(text))

    def _inside(self, text: str | None) -> bool:
        if not text or not self._country:
            return False
        within = (self._told.get("admin1"), self._told.get("admin2"))
        found = self._units.places_in(text, self._country, *within)
        return bool(found) and bool(Names(found, allowed=self._named))

    def of_place(self) -> Iterator[tuple[Callable[[str, str | None], bool], str]]:
        """Yield what tells the place, given the field and a text of it, and the reason to tell."""
        if self._names is None:
            return
        yield lambda _, text: self.names_place(text), "a value that names the place was taken out"
        yield (
            lambda _, text: tells_position(text, self._named),
            "a value that tells where it was (a point, a distance, a side, a number of a road) was taken out",
        )
        yield (
            lambda name, text: name in _AT_PLACES and self._inside(text),
            "a value that names a place inside what is told was taken out",
        )


def _take(told: Told, tells: Callable[[str, str | None], bool], why: str) -> None:
    for name in LISTS:
        rows = told.values.get(name) or []
        kept = [row for row in rows if not any(tells(name, row.get(key)) for key in _TEXTS[name])]
        if len(kept) < len(rows):
            told.values[name] = kept
            told.took(name, why)


def _without_toll(told: Told, view: OwnView, outcome: str) -> None:
    """Take away the victims of an outcome whose toll is withheld, and texts that tell how many there were."""
    victims = told.values.get("victims") or []
    if any(v.get("outcome") == outcome for v in victims):
        told.values["victims"] = [v for v in victims if v.get("outcome") != outcome]
        told.took("victims", f"the {outcome} would tell how many there were")
    figures = figures_of(view.incident.get(outcome))
    counts = (v.get("count") for v in view.incident.get("victims") or [] if v.get("outcome") == outcome)
    figures.update(count for count in counts if isinstance(count, int))
    for name in LISTS:
        rows = told.values.get(name) or []
        kept = [
            row
            for row in rows
            if not any(
                tells_figure(row.get(key), outcome, figures, people=row.get("kind") == TargetKind.HUMAN.value)
                for key in _TEXTS[name]
            )
        ]
        if len(kept) < len(rows):
            told.values[name] = kept
            told.took(name, f"a value that tells how many were {outcome} was taken out")


def outlets_of(*views: OwnView) -> Iterator[str]:
    """Yield the names of all outlets that tell an incident or carry a claim of it, and of their hosts."""
    for view in views:
        for telling in view.tellings:
            for source in telling.sources:
                yield source
                if (name := outlet_name(source)) is not None:
                    yield name
                    yield from _of_host(name)
        for claim in view.incident.get("claims") or []:
            if claim.get("via"):
                yield claim["via"]


def _of_host(name: str) -> Iterator[str]:
    """Yield the name that a host has: of www.kirkuknow.com kirkuknow."""
    labels = [label for label in name.lower().split(".") if label not in _NO_NAME]
    if "." in name and " " not in name and labels:
        longest = max(labels[:-1] or labels, key=len)
        if len(longest) > _SHORT_LABEL:
            yield longest


_NO_NAME = ("www", "m", "en", "ar", "ku", "news")
_SHORT_LABEL = 3
