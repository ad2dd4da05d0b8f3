"""The content of a release: each field exact, coarse or withheld, and nothing that gives another one away."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from seamwatch.coordinate.coarsen import Units, coarsen_date, coarsen_place, grain_told
from seamwatch.coordinate.names_told import Names, WholeNames, outlet_name
from seamwatch.coordinate.release_view import OwnView
from seamwatch.model.codec import TOLLS, date_json, place_json
from seamwatch.model.decoding import date_from_json, place_from_json
from seamwatch.model.place import Place
from seamwatch.model.release import FIELDS, FieldReason
from seamwatch.vocabulary.coordination import Grain, Tlp

Json = dict[str, Any]

VALUES = tuple(name for name in FIELDS if name not in ("sources", "quotes"))
LISTS = ("perpetrators", "targets", "victims", "weapons", "claims")
_PLACE = ("name", "admin1", "admin2", "country", "lat", "lon", "precision", "radius_km", "geonameid", "shape")
# What of a value goes out. Anything else that it may have stays.
_KEYS: Mapping[str, tuple[str, ...]] = {
    "date": ("start", "end", "precision"),
    "place": _PLACE,
    "perpetrators": ("name", "kind", "certainty"),
    "targets": ("name", "kind"),
    "victims": ("name", "kind", "group", "outcome", "count"),
    "weapons": ("name",),
    "claims": ("by", "via", "kind"),
    **dict.fromkeys(TOLLS, ("low", "best", "high")),
}
_TEXTS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("perpetrators", "targets", "victims", "weapons"), ("name",)),
    "claims": ("by", "via"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What would go out, with what became of each field."""

    content: Json
    reasons: tuple[FieldReason, ...]


@dataclass(slots=True, kw_only=True)
class _Told:
    """What is decided so far of one release. `ruled` are the grains asked for."""

    ruled: Mapping[str, Grain]
    hidden: Names | None = None
    values: Json = field(default_factory=dict)
    coarse: dict[str, str] = field(default_factory=dict)
    withheld: set[str] = field(default_factory=set)
    reasons: dict[str, FieldReason] = field(default_factory=dict)

    def give(self, name: str, grain: Grain, text: str) -> None:
        self.reasons[name] = FieldReason(field=name, grain=grain, text=text)
        if grain is Grain.WITHHELD:
            self.withheld.add(name)
        elif grain is not Grain.EXACT:
            self.coarse[name] = grain.value

    def took(self, name: str, why: str) -> None:
        """Take note that a value of a field was taken away."""
        self.withheld.add(name)
        old = self.reasons[name]
        grain = old.grain if self.values.get(name) else Grain.WITHHELD
        text = f"{old.text}; {why}" if grain is old.grain else why
        if why not in old.text:
            self.reasons[name] = FieldReason(field=name, grain=grain, text=text)


def draft(
    view: OwnView,
    grains: Mapping[str, tuple[Grain, str]],
    tlp: Tlp,
    units: Units,
    *,
    status: str | None = None,
) -> Draft:
    """Return what of an incident goes out where each field has the grain given, and why.

    `grains` has for each of FIELDS its grain and, in plain words, why. `status` stands for the incident's own
    where it is given. A field that is not exact takes away what would tell it elsewhere.
    """
    row = view.incident if status is None else {**view.incident, "status": status}
    told = _Told(ruled={name: grain for name, (grain, _) in grains.items()})
    for name in VALUES:
        _value(told, name, row.get(name), grains[name], units)
    if told.ruled["place"] is not Grain.EXACT:
        told.hidden = _place_names(told, view, units)
    _without_leaks(told, view)
    sources = _sources(told, view, *grains["sources"])
    quoted = _quoted(told, view, *grains["quotes"])
    incident: Json = {"event_type": row["event_type"], "sub_event_type": row["sub_event_type"]}
    for name in VALUES:
        value = told.values.get(name, [] if name in LISTS else None)
        incident[name] = _bare(name, value, quoted)
    content: Json = {
        "tlp": tlp.value,
        "incident": incident,
        "withheld": [name for name in FIELDS if name in told.withheld],
        "coarse": {name: told.coarse[name] for name in FIELDS if name in told.coarse},
        "sources": sources,
    }
    return Draft(content=content, reasons=tuple(told.reasons[name] for name in FIELDS))


def _value(told: _Told, name: str, value: Any, ruled: tuple[Grain, str], units: Units) -> None:
    grain, why = ruled
    if grain is Grain.WITHHELD:
        told.give(name, grain, why)
        return
    told.values[name] = value
    if value in (None, []):
        told.give(name, Grain.EXACT, "not known")
    elif grain is Grain.EXACT:
        told.give(name, grain, why)
    elif name == "place":
        _coarse_place(told, place_from_json("place", value), ruled, units)
    else:
        when = date_from_json("date", value)
        coarse = coarsen_date(when, grain) if when is not None else None
        told.values[name] = date_json(coarse)
        told.give(name, grain, f"only the {grain.value}: {why}")


def _coarse_place(told: _Told, place: Place | None, ruled: tuple[Grain, str], units: Units) -> None:
    grain, why = ruled
    coarse = coarsen_place(place, grain, units) if place is not None else None
    told.values["place"] = place_json(coarse)
    if place is None or coarse is None:
        told.give("place", Grain.WITHHELD, f"its {grain.value} is not known, so nothing is told: {why}")
        return
    known = grain_told(place, grain)
    more = "" if known is grain else f" (its {grain.value} is not known)"
    point = "" if coarse.lat is not None else ", without a point"
    told.give("place", known, f"only the {known.value}{more}{point}: {why}")


# --- what would give a field away elsewhere --------------------------------------------------------


def _without_leaks(told: _Told, view: OwnView) -> None:
    """Take away every value that tells what another field withholds.

    A text that names a place which is coarse or withheld; a text that names an outlet where sources are
    withheld, and `via` of every claim; a text that has the name of an actor or a thing whose own field is
    withheld; the victims of an outcome whose toll is withheld.
    """
    if told.hidden is not None:
        _take(told, told.hidden.told_in, "a value that names the place was taken out")
    if told.ruled["sources"] is Grain.WITHHELD:
        outlets = WholeNames(_outlets(view))
        told.values["claims"] = [
            {**claim, "via": None} if claim.get("via") else claim for claim in told.values.get("claims") or []
        ]
        if any(claim.get("via") for claim in view.incident.get("claims") or []):
            told.took("claims", "through whom a claim came is left out as a source")
        _take(told, outlets.told_in, "a value that names a source was taken out")
    hidden = WholeNames(
        row[key]
        for name in LISTS
        if name in told.withheld and name not in told.values
        for row in view.incident.get(name) or []
        for key in _TEXTS[name]
        if isinstance(row.get(key), str)
    )
    _take(told, hidden.told_in, "a value that names what another field withholds was taken out")
    for outcome in TOLLS:
        if outcome in told.withheld and any(
            v.get("outcome") == outcome for v in told.values.get("victims") or []
        ):
            told.values["victims"] = [v for v in told.values["victims"] if v.get("outcome") != outcome]
            told.took("victims", f"the {outcome} would tell how many there were")


def _take(told: _Told, tells: Callable[[str | None], bool], why: str) -> None:
    for name in LISTS:
        rows = told.values.get(name) or []
        kept = [row for row in rows if not any(tells(row.get(key)) for key in _TEXTS[name])]
        if len(kept) < len(rows):
            told.values[name] = kept
            told.took(name, why)


def _place_names(told: _Told, view: OwnView, units: Units) -> Names:
    coarse = told.values.get("place") or {}
    given = [coarse.get(key) for key in ("name", "admin1", "admin2")]
    country = units.unit(coarse["country"], None, None) if coarse.get("country") else None
    given.append(country.name if country is not None else None)
    own = view.incident.get("place") or {}
    names = [own.get(key) for key in ("name", "admin1", "admin2")]
    quotes = [e.get("quote") for e in own.get("evidence") or []]
    for telling in view.tellings:
        names += telling.names
        quotes += telling.phrases
    return Names((n for n in names if n), phrases=(q for q in quotes if q), allowed=(n for n in given if n))


def _outlets(view: OwnView) -> Iterator[str]:
    for telling in view.tellings:
        for source in telling.sources:
            yield source
            if (name := outlet_name(source)) is not None:
                yield name
    for claim in view.incident.get("claims") or []:
        if claim.get("via"):
            yield claim["via"]


# --- sources and quotes ----------------------------------------------------------------------------


def _sources(told: _Told, view: OwnView, grain: Grain, why: str) -> list[Json] | None:
    """Return the outlets and publication days, or None where they are withheld."""
    if grain is Grain.WITHHELD:
        told.give("sources", grain, why)
        return None
    dated = told.ruled["date"] is Grain.EXACT
    found: dict[tuple[str, str], Json] = {}
    left = False
    for telling in view.tellings:
        day = telling.published.isoformat() if telling.published is not None and dated else None
        for name in filter(None, map(outlet_name, telling.sources)):
            if told.hidden is not None and told.hidden.told_in(name):
                left = True
                continue
            found[name, day or ""] = {"name": name, "published": day}
    told.give("sources", Grain.EXACT, why if found or left else "not known")
    if not dated and found:
        told.took("sources", "publication days are left out: they would tell the date")
    if left:
        told.took("sources", "an outlet that is named after the place was taken out")
    return [found[key] for key in sorted(found)]


def _quoted(told: _Told, view: OwnView, grain: Grain, why: str) -> Mapping[str, Json] | None:
    """Return by mention what stands beside its quotes; None where no quote goes out."""
    if grain is Grain.WITHHELD:
        told.give("quotes", grain, why)
        return None
    hidden = [
        name for name in (*VALUES, "sources") if name in told.withheld or told.ruled[name] is not Grain.EXACT
    ]
    if hidden:
        text = f"withheld: the articles' words would tell what is not given ({', '.join(hidden)})"
        told.give("quotes", Grain.WITHHELD, text)
        return None
    told.give("quotes", grain, why)
    return {
        t.mention: {
            "source": next(filter(None, map(outlet_name, t.sources)), None),
            "published": t.published.isoformat() if t.published else None,
        }
        for t in view.tellings
    }


def _bare(name: str, value: Any, quoted: Mapping[str, Json] | None) -> Any:
    """Return a value with what of it may go out, and its quotes where they do."""
    if isinstance(value, list):
        return [_bare(name, one, quoted) for one in value]
    if not isinstance(value, Mapping):
        return value
    made: Json = {key: value.get(key) for key in _KEYS[name]}
    if name == "claims":
        made["via"] = outlet_name(made["via"])
    made["evidence"] = [
        {"quote": e["quote"], **quoted[e["mention"]]}
        for e in (value.get("evidence") or [] if quoted is not None else ())
        if quoted is not None and e.get("mention") in quoted
    ]
    return made
