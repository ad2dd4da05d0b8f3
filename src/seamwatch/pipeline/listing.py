"""Listing incidents, now or as they were believed at a moment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from seamwatch.model.incident import Incident

if TYPE_CHECKING:
    from seamwatch.store.base import IncidentFilter, Store


MOST_HITS = 1_000_000


def list_incidents(store: Store, wanted: IncidentFilter, as_of: datetime | None = None) -> Iterable[Incident]:
    """Return the incidents that pass a filter; with `as_of` from what was known at that moment.

    A moment at midnight stands for the whole of its day. One without a zone is taken as UTC.
    """
    if as_of is None:
        return store.incidents(wanted)
    moment = as_of.replace(tzinfo=as_of.tzinfo or UTC)
    if moment.time() == time.min:
        moment = datetime.combine(moment.date(), time.max, tzinfo=moment.tzinfo)
    return _believed(store, wanted, moment)


def _believed(store: Store, wanted: IncidentFilter, moment: datetime) -> list[Incident]:
    from seamwatch.link.linker import link_all
    from seamwatch.link.rules import load_link_rules
    from seamwatch.pipeline.areas import AreaFinder
    from seamwatch.store.matching import listed, passes

    found = link_all(store.all_mentions(), load_link_rules(), decisions=store.decisions(), as_of=moment)
    articles = None
    if wanted.text is not None:
        articles = {hit.article.id for hit in store.search_articles(wanted.text, limit=MOST_HITS)}
    # The areas are those stored now, with who held them in the incident's days.
    placed = AreaFinder(store).located(found)
    return listed(incident for incident in placed if passes(incident, wanted, articles))
