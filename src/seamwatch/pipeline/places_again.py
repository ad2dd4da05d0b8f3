"""Stored articles read again after a change of the own places: only those that name one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from seamwatch.model.incident import Extraction, Incident, Mention, Revision, SourcedMention
from seamwatch.model.incident_codec import incident_json
from seamwatch.model.place import Place, PlaceMention
from seamwatch.model.report import ArticleReport
from seamwatch.model.text import Article, Rejected
from seamwatch.model.time import TimeMention
from seamwatch.pipeline.extraction import extract_one
from seamwatch.pipeline.kit import Kit, load_kit
from seamwatch.pipeline.linking import Linker
from seamwatch.pipeline.place_loading import own_places_url
from seamwatch.pipeline.privacy import load_privacy_rules, withhold_private_names
from seamwatch.pipeline.relinking import link_anew_where_needed
from seamwatch.vocabulary.codes import RevisionKind

if TYPE_CHECKING:
    from seamwatch.resolve.gazetteer import Gazetteer
    from seamwatch.store.base import Store

Step = Callable[..., None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAgain:
    """How many articles were read again, which incidents changed, and what could not be read."""

    articles: int = 0
    incidents: tuple[str, ...] = ()
    rejected: tuple[Rejected, ...] = ()


def find_named(store: Store, ids: Sequence[int] | None = None, *, step: Step | None = None) -> int:
    """Mark the stored articles that name an own place to be read again; return how many name one.

    The places are those of `ids`, or all of files for which nobody has looked yet: those files count as
    applied then.
    """
    from seamwatch.resolve.place_names import fold_name, skeleton
    from seamwatch.resolve.place_phrases import load_place_words, read_tokens
    from seamwatch.resolve.place_recognition import collect_keys

    own_places_url(store)  # names folded by the rules of today
    waiting = [f.name for f in store.place_files() if not f.applied]
    if (ids is None and not waiting) or (ids is not None and not ids):
        return 0
    words = load_place_words()
    unknown: dict[str, set[str]] = {}
    for name, row in store.place_rows("unknown"):
        key = fold_name(str(row.get("quote", "")))
        unknown.setdefault(name, set()).update((key, "~" + skeleton(key)))
    found: list[str] = []
    for article in store.articles():
        keys = unknown.get(article.id, set())
        for text in (article.title or "", article.text):
            keys |= collect_keys(read_tokens(text), words)
        if store.is_given(article.id):
            keys |= _given_keys(store.mentions_of(article.id))
        if store.names_among(keys, ids):
            found.append(article.id)
        if step is not None:
            step()
    with store.transaction():
        store.read_again_later(found)
        if ids is None:
            for name in waiting:
                store.mark_applied(name)
    return len(found)


def _given_keys(mentions: Sequence[SourcedMention]) -> set[str]:
    from seamwatch.resolve.place_names import bare_name, fold_name, skeleton

    names = {fold_name(m.mention.place.name) for m in mentions if m.mention.place and m.mention.place.name}
    return {key for name in names for key in (name, bare_name(name), "~" + skeleton(name))}


def read_again(store: Store, *, kit: Kit | None = None, step: Step | None = None) -> ReadAgain:
    """Return what came of reading the marked articles again; each is one transaction.

    Interrupted, it goes on from there when called again. `kit` must have the store's own places.
    """
    names = store.to_read_again()
    if not names:
        return ReadAgain()
    again = _Again(store, kit or load_kit(store if own_places_url(store) else None))
    incidents: dict[str, None] = {}
    rejected: list[Rejected] = []
    for name in names:
        if step is not None:
            step(len(names))
        result = again.article(name)
        if isinstance(result, Rejected):
            rejected.append(result)
        else:
            incidents.update(dict.fromkeys(result))
    return ReadAgain(
        articles=len(names) - len(rejected), incidents=tuple(incidents), rejected=tuple(rejected)
    )


class _Again:
    """Writes what articles say now in place of what they said, and links it as when it was read first."""

    def __init__(self, store: Store, kit: Kit) -> None:
        self._store = store
        self._loaded = kit
        self._linker = Linker(store)
        link_anew_where_needed(store, self._linker.rules, None)
        self._privacy = load_privacy_rules()

    def article(self, name: str) -> tuple[str, ...] | Rejected:
        """Return the ids of the incidents that changed, or why the article could not be read."""
        article = self._store.article(name)
        if article is None:
            return ()
        if self._store.is_given(name):
            with self._store.transaction():
                extraction = self._refined(name)
                changed = self._put(article, extraction, given=True)
                self._store.read_again_done(name)
            return changed
        report = extract_one(self._loaded, article)
        if isinstance(report, Rejected):
            return report
        with self._store.transaction():
            changed = self._read(article, report)
            self._store.read_again_done(name)
        return changed

    def _read(self, article: Article, report: ArticleReport) -> tuple[str, ...]:
        places = report.reading.places
        extraction = withhold_private_names(report.extraction, self._privacy, (p.quote for p in places))
        return self._put(article, extraction, places, report.reading.times)

    def _refined(self, name: str) -> Extraction:
        """Return given mentions, those without a place of their own with the one that they name."""
        mentions = (m.mention for m in self._store.mentions_of(name))
        return Extraction(mentions=tuple(refine(m, self._loaded.gazetteer) for m in mentions))

    def _put(
        self,
        article: Article,
        extraction: Extraction,
        places: Sequence[PlaceMention] = (),
        times: Sequence[TimeMention] = (),
        *,
        given: bool = False,
    ) -> tuple[str, ...]:
        """Return the ids of the incidents that an article's new extraction changes."""
        store = self._store
        old = {m.mention.id: m.mention for m in store.mentions_of(article.id)}
        held = store.incidents_of(old)
        before = {name: store.incident(name) for name in sorted(set(held.values()))}
        extraction = with_ids_kept(extraction, tuple(old.values()), article.id)
        if {m.id: m for m in extraction.mentions} == old:
            store.store_extraction(article.id, extraction, places, times, given=given)
            self._linker.link(store.mentions_of(article.id))
            return ()
        around = self._linker.connected(old.keys()).difference(old)
        store.store_extraction(article.id, extraction, places, times, given=given)
        new = store.mentions_of(article.id)
        self._linker.link(new, dict.fromkeys(before, ""), around)
        return self._tell_changes(new, held, before)

    def _tell_changes(
        self, new: Sequence[SourcedMention], held: Mapping[str, str], before: Mapping[str, Incident]
    ) -> tuple[str, ...]:
        """Append what changed in the incidents' places; return the ids of those that are not as before."""
        store = self._store
        owners = store.incidents_of([m.mention.id for m in new])
        moment = datetime.now(UTC)
        changed: dict[str, None] = {}
        for sourced in new:
            name = sourced.mention.id
            owner = owners.get(name)
            if owner is None or owner in changed:
                continue
            incident = store.incident(owner)
            was = before.get(held.get(name, ""))
            if was is not None and _state(was) == _state(incident):
                continue
            changed[owner] = None
            if was is not None and _where(was.place) != _where(incident.place):
                revision = Revision(
                    kind=RevisionKind.PLACE,
                    at=moment,
                    field="place",
                    before=_where(was.place),
                    after=_where(incident.place),
                    because=_because(was.place, incident.place),
                    mention=name,
                )
                store.add_place_revisions([revision])
                store.replace_incidents([replace(incident, revisions=(*incident.revisions, revision))])
        lost = [i for i in before if i not in owners.values() and i not in changed]
        return (*changed, *lost)


def _state(incident: Incident) -> dict[str, object]:
    """Return an incident without its change story."""
    return {**incident_json(incident), "revisions": None}


def _where(place: Place | None) -> dict[str, object] | None:
    """Return a place's JSON as revisions have it, with its point."""
    from seamwatch.link.short import short_place

    short = short_place(place)
    return None if short is None or place is None else {**short, "lat": place.lat, "lon": place.lon}


def _because(before: Place | None, after: Place | None) -> str:
    if after is None:
        return "place lost: the gazetteer changed"
    if before is None:
        return f"place refined: the gazetteer has {after.name} now"
    exact = f"precision {before.precision} -> {after.precision}"
    if after.precision < before.precision:
        return f"place refined: the gazetteer has {after.name} now ({exact})"
    if after.precision > before.precision:
        return f"place less exact: the gazetteer lost a place ({exact})"
    return "place changed: the gazetteer changed"


def with_ids_kept(extraction: Extraction, old: Sequence[Mention], article_id: str) -> Extraction:
    """Return the extraction, each mention with the id that it had before where it tells the same.

    The same are those with the same trigger; one that is new takes a number that was not used.
    """
    if [m.id for m in extraction.mentions] == [m.id for m in old]:
        same = all(_trigger(a) == _trigger(b) for a, b in zip(extraction.mentions, old, strict=True))
        if same:
            return extraction
    left = {_trigger(m): m.id for m in reversed(old)}
    taken = {m.id for m in old}
    fresh = _fresh_ids(article_id, taken)
    mentions = tuple(replace(m, id=left.pop(_trigger(m), "") or next(fresh)) for m in extraction.mentions)
    return replace(extraction, mentions=mentions)


def _trigger(mention: Mention) -> tuple[object, ...]:
    first = mention.evidence[0].span if mention.evidence else None
    return (first, mention.sub_event_type)


def _fresh_ids(article_id: str, taken: set[str]) -> Iterator[str]:
    number = 1
    while True:
        name = f"{article_id}#{number}"
        number += 1
        if name not in taken:
            yield name


def refine(mention: Mention, gazetteer: Gazetteer) -> Mention:
    """Return a given mention with the place that its place's name means, where it had none of its own.

    It is looked for only within the country and divisions that the mention says; one that says none stays.
    """
    from seamwatch.resolve.place_search import place_of_unit, resolve_name

    place = mention.place
    if place is None or not place.name or place.country is None or place.geonameid is not None:
        return mention
    if place.lat is not None and (place.precision < 3 or place.name in (place.admin1, place.admin2)):
        return mention
    answer = resolve_name(
        place.name, gazetteer, country=place.country, admin1=place.admin1, admin2=place.admin2
    )
    if answer.unit is None or answer.candidates[0].how == "fuzzy":
        return mention
    found = place_of_unit(answer.unit, gazetteer)
    if found.lat is None or (place.lat is not None and found.precision >= place.precision):
        return mention
    return replace(mention, place=replace(found, evidence=place.evidence))
