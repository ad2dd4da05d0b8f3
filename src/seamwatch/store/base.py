"""The one interface of every store, and the few types that only it needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, Self

from seamwatch.model.area import Area, AreaShare
from seamwatch.model.incident import (
    ArticleRef,
    Extraction,
    Incident,
    SourcedMention,
)
from seamwatch.model.place import Place, PlaceMention
from seamwatch.model.region import Ring
from seamwatch.model.text import Article
from seamwatch.model.time import TimeMention, TimeRange
from seamwatch.store.base_accounts import AccountStore
from seamwatch.store.base_audit import AuditStore
from seamwatch.store.base_charter import CharterStore
from seamwatch.store.base_decisions import DecisionStore
from seamwatch.store.base_exchange import ExchangeStore
from seamwatch.store.base_labels import LabelStore
from seamwatch.store.base_linking import LinkingStore
from seamwatch.store.base_map import MapStore
from seamwatch.store.base_pages import PageStore
from seamwatch.store.base_parties import PartyRecordStore
from seamwatch.store.base_places import PlaceStore
from seamwatch.store.base_release import ReleaseStore
from seamwatch.store.base_requests import RequestStore
from seamwatch.store.base_tombstones import TombstoneStore
from seamwatch.vocabulary.codes import Status

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees; west > east crosses the 180th meridian."""

SHOWN = tuple(status for status in Status if status.shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFilter:
    """Which incidents to list. What is None does not restrict.

    `since` and `until` keep incidents whose days overlap them. `area` is the name of a place, of its
    admin2 or admin1, a country's ISO code, or the name, another name or the id of a stored area that the
    incident lies in. `type` is an event type or a sub-event type, in any case; `types` are several, of which
    one is enough.
    `actor` is a word or name within a perpetrator's, an attacked group's or a claimant's. `text` is
    searched in the articles that tell the incident. An incident without a day or a point falls outside
    of every `since`, `until`, `bbox` and `within` (a polygon, its edge included). `min_killed` is the least
    best figure of killed, `precision` the coarsest precision of a place (UCDP where_prec); what has no such
    figure or no place falls outside.
    """

    since: date | None = None
    until: date | None = None
    area: str | None = None
    bbox: Box | None = None
    type: str | None = None
    actor: str | None = None
    statuses: tuple[Status, ...] | None = SHOWN
    text: str | None = None
    types: tuple[str, ...] = ()
    min_killed: int | None = None
    precision: int | None = None
    within: Ring | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleHit:
    """An article that a search found, with the passage where (the words found stand in brackets)."""

    article: ArticleRef
    passage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """Where and when an incident happened, and the stored areas that it lies in."""

    id: str
    place: Place | None = None
    date: TimeRange | None = None
    areas: tuple[AreaShare, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchMemory:
    """What a server said of a URL's version when it was fetched last."""

    etag: str | None = None
    last_modified: str | None = None


class Store(
    PlaceStore,
    TombstoneStore,
    DecisionStore,
    LinkingStore,
    LabelStore,
    MapStore,
    PageStore,
    ExchangeStore,
    CharterStore,
    AuditStore,
    ReleaseStore,
    RequestStore,
    AccountStore,
    PartyRecordStore,
    Protocol,
):
    """Articles, what they say, what people decide, and the incidents derived from them.

    Every method that writes is one transaction by itself, or part of the `transaction()` around it.
    What is wrong with the database raises StoreError. Texts come back exactly as given, but for lone
    surrogates, which no database holds: each becomes U+FFFD, in quotes too, so that offsets stay right.
    Moments come back in UTC; one without a zone is taken as UTC. Iterators fix which rows they give when
    they are made.
    """

    def transaction(self) -> AbstractContextManager[None]:
        """Return a context in which all writes are kept, or none where it is left by an exception.

        It holds the write lock from its start. Inside another one it is kept or undone with that, and can
        be undone alone.
        """
        ...

    def change_mark(self) -> int:
        """Return a number that is another one after what others have written since."""
        ...

    def close(self) -> None:
        """Close the database. Calling it twice does no harm."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...

    # --- articles

    def add_article(
        self,
        article: Article,
        *,
        content_key: str = "",
        fingerprint: str = "",
        bands: Iterable[int] = (),
        version_of: str | None = None,
    ) -> None:
        """Store a new article. `bands` are 64-bit integers under which near-duplicates find it."""
        ...

    def add_source(
        self, article_id: str, source: str | None, url: str | None, retrieved: datetime | None
    ) -> bool:
        """Store that another outlet carried the article word for word; return whether that is new."""
        ...

    def version_family(self, ids: Iterable[str]) -> tuple[tuple[str, date | None], ...]:
        """Return (id, publication day) of these articles and of all versions of the same reports."""
        ...

    def set_versions(self, root: str, ids: Iterable[str]) -> tuple[str, ...]:
        """Make these articles versions of `root`, and `root` a version of none; return whose mark changed."""
        ...

    def replace_article(self, old_id: str, new_id: str) -> None:
        """Make an article a mere source of another that is stored too and reads word for word the same.

        Its outlets and its versions go over to the other; its text, its mentions and its id are gone.
        """
        ...

    def article(self, article_id: str) -> Article | None:
        """Return the article, or None where there is none of this id."""
        ...

    def articles(self, ids: Iterable[str] | None = None) -> Iterator[Article]:
        """Return the articles of these ids, or all, in the order in which they were stored."""
        ...

    def article_ref(self, article_id: str) -> ArticleRef | None:
        """Return the article as linking and display need it, or None."""
        ...

    def find_by_content_key(self, content_key: str) -> str | None:
        """Return the id of the first article stored with this content key, or None."""
        ...

    def find_by_url(self, url: str) -> str | None:
        """Return the id of the article read from this URL last, as itself or as a copy, or None."""
        ...

    def articles_with_bands(self, bands: Iterable[int]) -> tuple[tuple[str, str], ...]:
        """Return (id, fingerprint) of the articles that share a band, most shared bands first."""
        ...

    def search_articles(self, text: str, *, limit: int = 50) -> tuple[ArticleHit, ...]:
        """Return the articles with all these words, or phrases in double quotes, best first."""
        ...

    def fetch_memory(self, url: str) -> FetchMemory | None:
        """Return what was remembered of a URL, or None."""
        ...

    def remember_fetch(self, url: str, etag: str | None, last_modified: str | None) -> None:
        """Remember what a server said of a URL's version."""
        ...

    # --- what articles say

    def store_extraction(
        self,
        article_id: str,
        extraction: Extraction,
        places: Sequence[PlaceMention] = (),
        dates: Sequence[TimeMention] = (),
        *,
        given: bool = False,
    ) -> None:
        """Store what an article says, in place of what was extracted from it before.

        `given` says that another program extracted it: it is never extracted again.
        """
        ...

    def extraction_json(self, article_id: str) -> dict[str, Any] | None:
        """Return an article's extraction as the output line of `extract`, or None where there is none."""
        ...

    def mentions_of(self, article_id: str) -> tuple[SourcedMention, ...]:
        """Return an article's mentions in their order."""
        ...

    def mentions(self, ids: Iterable[str]) -> dict[str, SourcedMention]:
        """Return the mentions of these ids by id; an id that is not stored is left out."""
        ...

    def all_mentions(self) -> Iterator[SourcedMention]:
        """Return every mention, in the order in which they were stored."""
        ...

    def known_mentions(self, moment: datetime) -> Iterator[tuple[str, bool]]:
        """Return the id of every mention, each with whether it was known at a moment."""
        ...

    # --- incidents

    def replace_incidents(self, incidents: Iterable[Incident], removed_ids: Iterable[str] = ()) -> None:
        """Store incidents as derived now, new or in place of those of their ids, and remove others.

        The id of a removed one leads from now on to the incident that names it among its aliases, else
        to the one that has the first of its mentions. StoreError where a mention would be taken from an
        incident that is neither replaced nor removed.
        """
        ...

    def replace_all_incidents(self, incidents: Iterable[Incident]) -> None:
        """Store these incidents in place of all; every id ever given leads on as in `replace_incidents`."""
        ...

    def incident(self, incident_id: str) -> Incident:
        """Return the incident that an id or alias leads to; UnknownIdError where none does."""
        ...

    def resolve_id(self, incident_id: str) -> str:
        """Return the id of the incident that an id or alias leads to; UnknownIdError where none does."""
        ...

    def incidents(self, wanted: IncidentFilter | None = None) -> Iterator[Incident]:
        """Return the incidents that pass the filter, by first day and id; those without a day last."""
        ...

    def incident_ids(self) -> tuple[str, ...]:
        """Return the ids of all incidents, without aliases, sorted."""
        ...

    def incidents_of(self, mention_ids: Iterable[str]) -> Mapping[str, str]:
        """Return for each mention that is part of an incident that incident's id."""
        ...

    def incident_sizes(self, ids: Iterable[str]) -> Mapping[str, int]:
        """Return how many mentions each of these incidents has by now."""
        ...

    def stored_just_so(self, incidents: Sequence[Incident]) -> frozenset[str]:
        """Return the ids of those incidents that are stored as they are, their aliases leading to them."""
        ...

    # --- areas

    def add_areas(self, areas: Iterable[Area]) -> int:
        """Store areas, all or none, each in place of one of its id; return how many ids were new.

        Incidents keep the areas that they have: `set_areas` gives them others.
        """
        ...

    def remove_area(self, area_id: str) -> None:
        """Remove an area; UnknownIdError where there is none of this id. Incidents keep their areas."""
        ...

    def area(self, area_id: str) -> Area:
        """Return the area of this id; UnknownIdError where there is none."""
        ...

    def areas(self, bbox: Box | None = None) -> Iterator[Area]:
        """Return the areas, or those whose box meets `bbox`, by name and id."""
        ...

    def areas_mark(self) -> int:
        """Return a number that is another one after every change of the areas."""
        ...

    def incidents_by_area(self) -> Mapping[str, int]:
        """Return how many incidents lie in each area; one without any is left out."""
        ...

    def located(self) -> Iterator[Located]:
        """Return where and when each incident happened, in the order in which they were stored."""
        ...

    def set_areas(self, located: Iterable[Located]) -> None:
        """Store the areas of these incidents in place of those that they had."""
        ...

    def counts(self) -> dict[str, int]:
        """Return how many there are: articles, copies, versions, mentions, incidents, aliases, ..."""
        ...
