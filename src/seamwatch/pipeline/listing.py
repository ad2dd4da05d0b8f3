"""Listing incidents, now or as they were believed at a moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from seamwatch.model.incident import Incident

if TYPE_CHECKING:
    from seamwatch.store.base import IncidentFilter, Store


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


def _believed(store: Store, wanted: IncidentFilter, moment: datetime) -> Iterator[Incident]:
    from seamwatch.link.linker import incidents_as_of
    from seamwatch.link.rules import load_link_rules
    from seamwatch.store import open_store

    found = incidents_as_of(tuple(store.all_mentions()), store.all_judgements(), load_link_rules(), moment)
    # The past state goes through the same filter as the present one: a store of its own, in memory.
    with open_store(":memory:") as past:
        with past.transaction():
            for article in store.articles({m.article.id for i in found for m in i.mentions}):
                past.add_article(article)
        past.replace_incidents(found)
        yield from list(past.incidents(wanted))
