"""The content of a release: each field exact, coarse or withheld, and nothing that gives another one away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seamwatch.coordinate.coarsen import Units, coarsen_date, coarsen_place, grain_told
from seamwatch.coordinate.giveaways import tells_day
from seamwatch.coordinate.names_told import outlet_name
from seamwatch.coordinate.release_leaks import LISTS, Giveaways, Told, without_leaks
from seamwatch.coordinate.release_view import OwnView
from seamwatch.model.codec import TOLLS, date_json, place_json
from seamwatch.model.decoding import date_from_json, place_from_json
from seamwatch.model.place import Place
from seamwatch.model.release import FIELDS, FieldReason
from seamwatch.vocabulary.coordination import Grain, Tlp

Json = dict[str, Any]

VALUES = tuple(name for name in FIELDS if name not in ("sources", "quotes"))
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What would go out, with what became of each field."""

    content: Json
    reasons: tuple[FieldReason, ...]


def draft(
    view: OwnView,
    grains: Mapping[str, tuple[Grain, str]],
    tlp: Tlp,
    units: Units,
    *,
    status: str | None = None,
    known: OwnView | None = None,
) -> Draft:
    """Return what of an incident goes out where each field has the grain given, and why.

    `grains` has for each of FIELDS its grain and, in plain words, why. `status` stands for the incident's own
    where it is given. A field that is not exact takes away what would tell it elsewhere; by which names,
    follows from `known` too, what is known of it now where `view` is older.
    """
    row = view.incident if status is None else {**view.incident, "status": status}
    told = Told(ruled={name: grain for name, (grain, _) in grains.items()}, known=known or view)
    for name in VALUES:
        _value(told, name, row.get(name), grains[name], units)
    leaks = without_leaks(told, view, units)
    sources = _sources(told, view, leaks, *grains["sources"])
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


def _value(told: Told, name: str, value: Any, ruled: tuple[Grain, str], units: Units) -> None:
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


def _coarse_place(told: Told, place: Place | None, ruled: tuple[Grain, str], units: Units) -> None:
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


# --- sources and quotes ----------------------------------------------------------------------------


def _sources(told: Told, view: OwnView, leaks: Giveaways, grain: Grain, why: str) -> list[Json] | None:
    """Return the outlets and publication days, or None where they are withheld."""
    if grain is Grain.WITHHELD:
        told.give("sources", grain, why)
        return None
    dated = told.ruled["date"] is Grain.EXACT
    found: dict[tuple[str, str], Json] = {}
    left: set[str] = set()
    for telling in view.tellings:
        day = telling.published.isoformat() if telling.published is not None and dated else None
        for name in filter(None, map(outlet_name, telling.sources)):
            if gives := _given_by(name, leaks, dated):
                left.add(gives)
                continue
            found[name, day or ""] = {"name": name, "published": day}
    told.give("sources", Grain.EXACT, why if found or left else "not known")
    if not dated and found:
        told.took("sources", "publication days are left out: they would tell the date")
    for gives in sorted(left):
        told.took("sources", f"an outlet that is named after {gives} was taken out")
    return [found[key] for key in sorted(found)]


def _given_by(outlet: str, leaks: Giveaways, dated: bool) -> str | None:
    """Return what an outlet's name would tell, None where nothing."""
    if leaks.names_place(outlet) or leaks.tells_where(outlet):
        return "the place"
    if not dated and tells_day(outlet):
        return "a day"
    return "what another field withholds" if leaks.withheld.told_in(outlet) else None


def _quoted(told: Told, view: OwnView, grain: Grain, why: str) -> Mapping[str, Json] | None:
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
