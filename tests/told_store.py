"""A store that holds a few tellings, for the tests of decisions, review and history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from link_tellings import telling
from seamwatch.model.incident import Extraction
from seamwatch.model.link import Link
from seamwatch.model.text import Article
from seamwatch.pipeline.linking import Linker, relink
from seamwatch.store import Store, open_store

# One bomb in Daquq as three outlets tell it.
BOMB: dict[str, Any] = {
    "day": 4,
    "place": "Daquq",
    "admin2": "Daquq",
    "admin1": "Kirkuk",
    "country": "IQ",
    "where": 1,
    "lat": 35.139,
    "lon": 44.449,
    "radius": 3.0,
    "type": "Remote explosive/landmine/IED",
    "killed": 2,
    "injured": 3,
    "weapon": "roadside bomb",
    "target": "police patrol",
}
# An attack that has nothing to do with it.
RAID: dict[str, Any] = {
    "day": 20,
    "place": "Rutba",
    "admin2": "Rutba",
    "admin1": "Anbar",
    "country": "IQ",
    "where": 1,
    "lat": 33.038,
    "lon": 40.285,
    "radius": 3.0,
    "type": "Armed clash",
    "killed": 7,
    "weapon": "rifle",
    "target": "army post",
}


def tell(store: Store, name: str, row: Mapping[str, Any], **more: Any) -> str:
    """Store an article with one telling and link it; return the mention's id."""
    told = telling(f"{name}#1", {**row, **more, "article": name})
    text = f"{told.mention.sub_event_type} in {row['place']}. So {name} tells it."
    article = Article(
        id=name,
        text=text,
        title=f"{row['place']}: what {name} tells",
        published=told.article.published,
        source=told.article.source,
    )
    quoted = replace(told.mention, evidence=(article.evidence(0, text.index(".")),))
    with store.transaction():
        store.add_article(article)
        store.store_extraction(name, Extraction(mentions=(quoted,)), given=True)
        Linker(store).link(store.mentions_of(name))
    return f"{name}#1"


def opened(folder: Path) -> Store:
    return open_store(str(folder / "record.db"))


def groups(store: Store) -> set[str]:
    """Return the incidents as their mentions' ids, sorted, with blanks between."""
    found: dict[str, list[str]] = {}
    names = [m.mention.id for m in store.all_mentions()]
    for mention, incident in store.incidents_of(names).items():
        found.setdefault(incident, []).append(mention)
    return {" ".join(sorted(mentions)) for mentions in found.values()}


def incident_of(store: Store, mention: str) -> str:
    return store.incidents_of([mention])[mention]


def unsure(store: Store, left: str, right: str, odds: int) -> None:
    """Make the rules say these log-odds (in thousandths) of two mentions, and link again."""
    with store.transaction():
        store.add_links([Link(min(left, right), max(left, right), odds)])
        relink(store, [left, right])
