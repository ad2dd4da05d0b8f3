"""Field reports into the record: the place found, the article written, stored and linked like any other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from seamwatch.errors import FieldError, InputError, StoreError
from seamwatch.model.field_report import AmbiguousPlaceError, FieldReport, ReportedPlace
from seamwatch.model.incident import Extraction, Mention
from seamwatch.model.place import Place, great_circle_km
from seamwatch.model.text import Article, Rejected
from seamwatch.pipeline.field_report_text import ReportWriter, load_physical_nouns
from seamwatch.pipeline.given import check_mention
from seamwatch.pipeline.place_answers import country_code
from seamwatch.pipeline.place_loading import own_places_url
from seamwatch.pipeline.privacy import load_privacy_rules
from seamwatch.pipeline.record import Recorder

if TYPE_CHECKING:
    from seamwatch.resolve.actor import ActorRegister
    from seamwatch.resolve.boundaries import Boundaries
    from seamwatch.resolve.gazetteer import Gazetteer
    from seamwatch.resolve.place_search import Match
    from seamwatch.store.base import Store

# A point that is given with a name belongs to the place of that name within this distance.
_NAMED_KM = 50.0
# A point this near to a place lies in it.
_IN_PLACE_KM = 3.0
_POINT_RADIUS_KM = 1.0
_AROUND_RADIUS_KM = 5.0
MOST_CANDIDATES = 10


WrittenReport = tuple[Article, Mention, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledReport:
    """What became of a report: its article, the incidents that it tells, and what its writer should know.

    `kind` is "new", or "known" where the same form was filed before.
    """

    kind: str
    article: str
    incidents: tuple[str, ...]
    opened: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    place: Place
    warnings: tuple[str, ...] = ()


class ReportFiler:
    """Turns filled-in forms into articles; made once, it holds the word lists."""

    def __init__(
        self,
        gazetteer: Gazetteer,
        register: ActorRegister,
        boundaries: Boundaries,
        *,
        today: Callable[[], date],
    ) -> None:
        """Take what places and actors are looked up in, and what tells the day."""
        self._gazetteer = gazetteer
        self._boundaries = boundaries
        self._today = today
        self._writer = ReportWriter(
            register=register, privacy=load_privacy_rules(), physical=load_physical_nouns()
        )

    def write(self, report: FieldReport) -> WrittenReport:
        """Return the article of a report with its mention, and what its writer should know.

        FieldError where a day lies in the future; AmbiguousPlaceError where several places have the name.
        """
        today = self._today()
        day = report.reported or today
        for field, given in (("reported", day), ("when.end", report.end)):
            # A day's grace: somewhere it is tomorrow already.
            if given > today + timedelta(days=1):
                raise FieldError(f"{field}: {given} lies in the future; check the day", field=field)
        if day < report.start:
            raise FieldError(
                f"reported: {day} is before it happened, {report.start}; check both days", field="reported"
            )
        place, warnings = self._place(report.where)
        article, mention = self._writer.write(report, place, day)
        check_mention(mention, article, article.id)
        return article, mention, warnings

    def file(self, store: Store, report: FieldReport) -> FiledReport:
        """Return what became of a report: written, stored and linked; errors as of `write` and `store`."""
        return self.store(store, self.write(report))

    def store(self, store: Store, written: WrittenReport) -> FiledReport:
        """Return what became of a written report: stored as an article of its own, and linked.

        The same form filed again is known. StoreError where it can't be stored.
        """
        article, mention, warnings = written
        done = Recorder(store).store_given(article, Extraction(mentions=(mention,)), form=True)
        if isinstance(done, Rejected):
            raise StoreError(done.reason, code=done.code)
        held = done.other if done.kind in ("known", "copy") and done.other else done.article
        told = [m.mention.id for m in store.mentions_of(held)]
        assert mention.place is not None
        return FiledReport(
            kind=done.kind,
            article=held,
            incidents=tuple(dict.fromkeys(store.incidents_of(told).values())),
            opened=done.opened,
            updated=done.updated,
            place=mention.place,
            warnings=warnings,
        )

    # --- where

    def _place(self, where: ReportedPlace) -> tuple[Place, tuple[str, ...]]:
        """Return the place of a form, without evidence, and what is to be said of it."""
        country = None
        if where.country is not None:
            country = country_code(where.country, self._gazetteer)
            if country is None:
                raise FieldError(
                    f"where.country: {where.country[:60]!r} is no country; give its code, as IQ",
                    field="where.country",
                )
        if where.lat is not None and where.lon is not None:
            place = self._at_point(where, where.lat, where.lon, country)
            warnings: tuple[str, ...] = ()
        else:
            place, warnings = self._named(where, country)
        if where.precision is not None:
            place = replace(place, precision=where.precision)
        if where.radius_km is not None:
            place = replace(place, radius_km=where.radius_km)
        return place, warnings

    def _at_point(self, where: ReportedPlace, lat: float, lon: float, country: str | None) -> Place:
        from seamwatch.resolve.place_nearest import surroundings
        from seamwatch.resolve.place_search import place_of_unit, search_places

        matches = search_places(where.name, self._gazetteer, limit=60) if where.name else []
        near = [m.unit for m in matches if m.how != "fuzzy" and _distance(m, lat, lon) <= _NAMED_KM]
        if near:
            known = place_of_unit(near[0], self._gazetteer)
            return replace(known, lat=lat, lon=lon, precision=1, radius_km=_POINT_RADIUS_KM, shape=None)
        try:
            around = surroundings(lat, lon, self._gazetteer, self._boundaries)
        except InputError as wrong:
            raise FieldError(f"where: {wrong}", field="where.lat") from wrong
        name = where.name or (around.nearest.name if around.nearest else None)
        exact = where.name is not None or around.km <= _IN_PLACE_KM
        return Place(
            name=name,
            admin1=where.admin1 or around.admin1,
            admin2=where.admin2 or around.admin2,
            country=country or around.country,
            lat=lat,
            lon=lon,
            precision=1 if exact else 2,
            radius_km=_POINT_RADIUS_KM if exact else _AROUND_RADIUS_KM,
        )

    def _named(self, where: ReportedPlace, country: str | None) -> tuple[Place, tuple[str, ...]]:
        from seamwatch.resolve.place_search import place_of_unit, resolve_name

        assert where.name is not None
        answer = resolve_name(
            where.name, self._gazetteer, country=country, admin1=where.admin1, admin2=where.admin2
        )
        # A form is filled in with care: a name that is only alike is another place.
        alike = {m.unit.id for m in answer.candidates if m.how == "fuzzy"}
        if answer.unit is not None and answer.unit.id not in alike:
            return place_of_unit(answer.unit, self._gazetteer), ()
        named = [m for m in answer.candidates if m.how != "fuzzy"]
        said = where.admin2 or where.admin1 or country
        if named and not said:
            raise self._ambiguous(where.name, named)
        around = self._around(where, country)
        if around is not None:
            words = f"{where.name} is in no list of places: it lies in {around.name}, as the report says"
            return replace(around, name=where.name, geonameid=None), (words,)
        words = (
            f"{where.name} is in no list of places: the report has no place on the map; give a point, or the "
            "district and province that it lies in"
        )
        place = Place(name=where.name, admin1=where.admin1, admin2=where.admin2, country=country)
        return place, (words,)

    def _ambiguous(self, name: str, named: list[Match]) -> AmbiguousPlaceError:
        from seamwatch.resolve.place_search import place_of_unit

        places = tuple(place_of_unit(m.unit, self._gazetteer) for m in named[:MOST_CANDIDATES])
        shown = "; ".join(", ".join(filter(None, (p.name, p.admin1, p.country))) for p in places[:4])
        return AmbiguousPlaceError(
            f"where.name: several places are called {name}: {shown}; say the province and country, "
            "or give a point",
            candidates=places,
        )

    def _around(self, where: ReportedPlace, country: str | None) -> Place | None:
        """Return the smallest unit that the form names around an unknown place, or None."""
        from seamwatch.resolve.gazetteer import DIVISION1, DIVISION2
        from seamwatch.resolve.place_search import place_of_unit, search_places

        for name, kind in ((where.admin2, DIVISION2), (where.admin1, DIVISION1)):
            matches = search_places(name, self._gazetteer, country=country, limit=60) if name else []
            units = [m.unit for m in matches if m.how != "fuzzy" and m.unit.kind == kind]
            if where.admin1 and kind == DIVISION2:
                inside = [u for u in units if _in_division(u.id, where.admin1, self._gazetteer)]
                units = inside or units
            if len({u.id for u in units}) == 1 or (units and country):
                return place_of_unit(units[0], self._gazetteer)
        nation = self._gazetteer.country(country) if country else None
        return place_of_unit(nation, self._gazetteer) if nation else None


def _distance(match: Match, lat: float, lon: float) -> float:
    unit = match.unit
    if unit.lat is None or unit.lon is None:
        return float("inf")
    return great_circle_km(lat, lon, unit.lat, unit.lon)


def _in_division(ident: int, admin1: str, gazetteer: Gazetteer) -> bool:
    from seamwatch.resolve.place_names import bare_name, fold_name

    wanted = bare_name(fold_name(admin1))
    return any(bare_name(fold_name(u.name)) == wanted for u in gazetteer.chain(ident))


def utc_today() -> date:
    """Return the day it is at Greenwich."""
    return datetime.now(UTC).date()


def load_filer(store: Store | None, *, today: Callable[[], date] = utc_today) -> ReportFiler:
    """Return a filer with the gazetteer, joined by a store's own places, and the register; no parser."""
    from seamwatch.resolve.actor import load_register
    from seamwatch.resolve.boundaries import load_boundaries
    from seamwatch.resolve.gazetteer import load_gazetteer
    from seamwatch.store import open_places

    url = None if store is None else own_places_url(store)
    own = None if url is None else open_places(url)
    return ReportFiler(load_gazetteer(own=own), load_register(), load_boundaries(), today=today)
