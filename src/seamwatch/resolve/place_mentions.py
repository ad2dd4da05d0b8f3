"""Resolved names as mentions; an unknown name takes the place of what the article puts around it."""

from __future__ import annotations

from dataclasses import replace

from seamwatch.model.place import Place, PlaceKind, PlaceMention
from seamwatch.model.text import Article, Evidence, Span
from seamwatch.resolve.gazetteer import COUNTRY, DIVISION1, DIVISION2, FEATURE, POPULATED, Gazetteer, Unit
from seamwatch.resolve.place_coherence import Tally
from seamwatch.resolve.place_containers import Resolved
from seamwatch.resolve.place_names import plain_name, skeleton
from seamwatch.resolve.place_reading import Found
from seamwatch.resolve.place_relative_mentions import RelativePlaces, Told, unnamed
from seamwatch.resolve.place_search import place_of_unit

_KINDS: dict[int, PlaceKind] = {
    COUNTRY: "country",
    DIVISION1: "division1",
    DIVISION2: "division2",
    POPULATED: "populated",
    FEATURE: "feature",
}
_NEAR = frozenset(("near", "outskirts", "road", "direction"))
_PARTS = frozenset(("sub-district", "subdistrict", "sub-districts", "nahiya"))
_QUARTERS = frozenset(
    ("neighborhood", "neighbourhood", "quarter", "suburb", "barrio", "square", "checkpoint")
)


def _spoken(key: str) -> str:
    """Return what the spellings of one unknown name have in common, where enough of it is left to tell."""
    common = skeleton(key)
    return common if len(common) >= 5 else key


class Mentions:
    """The article's resolved names as mentions; places of unknown names are taken from what contains them."""

    def __init__(
        self, article: Article, resolved: list[Resolved], tally: Tally, gazetteer: Gazetteer
    ) -> None:
        self.article = article
        self.resolved = resolved
        self.gazetteer = gazetteer
        self.country = tally.country()
        self.division = tally.division()
        self.relative = RelativePlaces(article, resolved, gazetteer, self._of_unit, tally)
        self.known: dict[str, Unit] = {}
        self.put: dict[str, Told] = {}
        for at, item in enumerate(resolved):
            if (
                item.unit is None
                and item.found.nationality is None
                and _spoken(item.found.key) not in self.known
            ):
                container = self._container(at)
                if container is not None:
                    self.known[_spoken(item.found.key)] = container
                self._put(at, container)

    def _put(self, at: int, container: Unit | None) -> None:
        """Keep where an unknown name is told to lie, by a distance or by a direction from its container."""
        found = self.relative.put(at)
        if found is None:
            return
        told, measured = found
        if not measured and (container is None or container.kind != POPULATED):
            return
        place = told.place
        if not measured:  # a village that no gazetteer holds: its district is as good as one can say
            place = replace(place, precision=3, radius_km=max(30.0, place.radius_km or 0.0))
        if container is not None and container.kind in (DIVISION1, DIVISION2):  # said in so many words
            around = self._of_unit(container, 4)
            same = around.admin2 is None and place.admin1 == around.admin1
            place = replace(
                place, admin1=around.admin1, admin2=place.admin2 if same else around.admin2,
                country=around.country,
            )  # fmt: skip
        self.put[_spoken(self.resolved[at].found.key)] = replace(told, place=place)

    def mention(self, at: int) -> PlaceMention:
        """Return the mention of one name."""
        item = self.resolved[at]
        found = item.found
        quote = self.article.part(found.part)[found.start : found.end]
        place, kind = self._place(at, quote)
        relation = (
            "" if found.dateline or (found.nationality and not found.region) else found.setting.relation
        )
        evidence = self.article.evidence(
            found.start, found.end, part=found.part, by="gazetteer" if item.unit else "rule"
        )
        start, end = self._phrase(at)
        told = self.relative.where(at)
        own: tuple[Evidence, ...] = (evidence,)
        put = self.put.get(_spoken(found.key)) if item.measured and item.unit is None else None
        if put is not None:
            own = (evidence, self.article.evidence(put.start, put.end, part=found.part, by="rule"))
        where = None
        if item.said is not None and item.said.problem:
            start = min(start, item.said.start)
        if told is not None:
            start, end = min(start, told.start), max(end, told.end)
            said = self.article.evidence(told.start, told.end, part=found.part, by="rule")
            where = replace(told.place, evidence=(evidence, said))
        if item.unit is not None and item.unit.kind == POPULATED and kind == "populated":
            # "a village by Jalula" is not Jalula: what has no name keeps the article's words
            words = unnamed(self.article.part(found.part)[start:end])
            if words is not None and found.setting.relation in _NEAR and place is not None:
                where = replace(where or replace(place, evidence=own), name=words, geonameid=None)
        return PlaceMention(
            span=Span(part=found.part, start=found.start, end=found.end),
            quote=quote,
            phrase=Span(part=found.part, start=start, end=end),
            kind=kind,
            relation=relation,
            place=None if place is None else replace(place, evidence=own),
            dateline=found.dateline,
            source_name=found.source_name,
            within=tuple(
                Span(part=o.part, start=o.start, end=o.end)
                for o in (self.resolved[i].found for i in self._all_around(at))
            ),
            # a nationality word means one country
            score=1.0 if kind == "nationality" else round(item.confidence, 3),
            reasons=(
                *found.reasons,
                *item.reasons,
                *self.relative.reasons(at),
                *((told.reason,) if told else ()),
            ),
            where=where,
        )

    def _all_around(self, at: int) -> list[int]:
        """Return what is named around a name, and around that, in order."""
        seen: list[int] = []
        todo = list(self.resolved[at].around)
        while todo and len(seen) < 6:
            other = todo.pop(0)
            if other != at and other not in seen:
                seen.append(other)
                todo.extend(self.resolved[other].around)
        return sorted(seen)

    def _phrase(self, at: int) -> tuple[int, int]:
        """Return where the whole phrase begins and ends, with the larger units beside the name."""
        item = self.resolved[at]
        start, end = item.found.setting.start, item.found.setting.end
        seen = {at}
        todo = [*item.around, *item.beside]
        while todo:
            other = todo.pop()
            if other in seen or self.resolved[other].found.label:
                continue
            seen.add(other)
            setting, said = self.resolved[other].found.setting, self.resolved[other].said
            if other < at:
                start = min(start, setting.start)
            else:
                end = max(end, setting.end, said.end if said else 0)
                todo.extend([*self.resolved[other].around, *self.resolved[other].beside])
        return start, end

    def _place(self, at: int, quote: str) -> tuple[Place | None, PlaceKind]:
        item = self.resolved[at]
        nation = item.found.nationality
        if item.found.region:
            country = nation or item.unit
            code = country.country if country is not None else None
            return Place(name=plain_name(quote), country=code, precision=5), "feature"
        if nation is not None:
            return self._of_unit(nation, 6), "nationality"
        if item.unit is not None:
            part = item.unit.kind == POPULATED and item.found.setting.generic in _PARTS
            return self._known_place(at, item.unit), "division2" if part else _KINDS[item.unit.kind]
        put, container = self.put.get(_spoken(item.found.key)), self.known.get(_spoken(item.found.key))
        part = container is not None and container.kind == DIVISION2 and item.found.setting.generic in _PARTS
        if put is not None:
            return replace(put.place, name=plain_name(quote), geonameid=None), "unknown"
        return self._unknown_place(
            item.found, container, plain_name(quote), item.hint
        ), "division2" if part else "unknown"

    def _known_place(self, at: int, unit: Unit) -> Place:
        setting = self.resolved[at].found.setting
        near = setting.relation in _NEAR
        if unit.kind == POPULATED:
            near = near or setting.generic in ("area", "sub-district", "countryside")
            place = self._of_unit(unit, 2 if near else 1)
            return replace(place, radius_km=max(15.0, place.radius_km or 0.0)) if near else place
        if unit.kind == FEATURE:
            place = self._of_unit(unit, 5)
            container = self._container(at)
            if container is not None and container.kind in (DIVISION1, DIVISION2):
                inner = self._of_unit(container, 5)
                place = replace(place, admin1=inner.admin1, admin2=inner.admin2, country=inner.country)
            return place
        return self._of_unit(unit, {COUNTRY: 6, DIVISION1: 4}.get(unit.kind, 3))

    def _of_unit(self, unit: Unit, precision: int) -> Place:
        return place_of_unit(unit, self.gazetteer, precision)

    def _unknown_place(self, found: Found, container: Unit | None, name: str, hint: str = "") -> Place | None:
        if container is None or container.kind == COUNTRY:
            code = container.country if container else self.country or hint or None
            if code is None:
                return None
            return Place(name=name, country=code, precision=6)
        if container.kind == FEATURE:
            place = self._of_unit(container, 5)
            return replace(place, name=name, geonameid=None)
        if container.kind == POPULATED and found.setting.generic in _QUARTERS:
            place = self._of_unit(container, 1)
            return replace(place, name=name, geonameid=None)
        if container.kind == POPULATED:
            place = self._of_unit(container, 3)
            return replace(place, name=name, geonameid=None, radius_km=30.0)
        place = self._of_unit(container, 4 if container.kind == DIVISION1 else 3)
        return replace(place, name=name, geonameid=None)

    def _container(self, at: int, depth: int = 0) -> Unit | None:
        """Return the smallest known unit around or beside a name: said with it, else in its sentence."""
        item = self.resolved[at]
        found: list[Unit] = []
        for other in (*item.around, *item.beside):
            inner = self.resolved[other]
            if inner.unit is not None:
                found.append(inner.unit)
            if depth < 3 and (inner.unit is None or inner.unit.kind == FEATURE):
                further = self._container(other, depth + 1)
                if further is not None:
                    found.append(further)
        if found:
            return max(found, key=lambda u: (u.kind == DIVISION2, u.kind != FEATURE, u.kind))
        if depth or item.unit is not None:
            return None
        return self._in_sentence(at)

    def _speaks(self, item: Resolved) -> bool:
        """Return whether a capital stands for its government: "Ankara says"."""
        unit = item.unit
        return unit is not None and unit.id in self.gazetteer.capitals and not item.found.setting.relation

    def _in_sentence(self, at: int) -> Unit | None:
        """Return the one district, else the one province, that the name's sentence speaks of."""
        item = self.resolved[at].found
        text = self.article.part(item.part)
        low = max(text.rfind(". ", 0, item.start), text.rfind("\n", 0, item.start))
        high = min(x if x >= 0 else len(text) for x in (text.find(". ", item.end), text.find("\n", item.end)))
        beside = [
            r.unit for r in self.resolved
            if r.unit is not None and r.found.part == item.part and low <= r.found.start < high
            and not r.found.dateline and not r.found.source_name and not self._speaks(r)
            and (self.country is None or r.unit.country == self.country)
        ]  # fmt: skip
        seconds = {u.id: u for u in beside if u.kind == DIVISION2}
        if len(seconds) == 1:
            return next(iter(seconds.values()))
        firsts = {
            d.id: d for u in beside if u.kind in (DIVISION1, DIVISION2, POPULATED)
            if (d := self.gazetteer.above(u, DIVISION1))
        }  # fmt: skip
        if len(firsts) == 1:
            return next(iter(firsts.values()))
        # an article that speaks of one province only: the name lies there as far as one can know
        return self.gazetteer.unit(self.division) if self.division is not None and not firsts else None
