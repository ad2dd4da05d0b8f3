"""Names that articles used and nothing resolved: how often, where, and in which words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from seamwatch.resolve.place_names import fold_name, skeleton

if TYPE_CHECKING:
    from seamwatch.model.text import Article
    from seamwatch.store.base import Store

_AROUND = 60
_LEAST = 5
_MOST_WITHIN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingName:
    """A name without a place, as it is written most often.

    `spellings` are the others that sound the same. `within` are the units that articles put around it,
    the one named most often first. `why` is the reason why no place was taken that is given most often: a
    place of the name may be known and not fit. `quote` is one passage, from `article`.
    """

    name: str
    mentions: int
    articles: int
    spellings: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    why: str = ""
    quote: str = ""
    article: str = ""


@dataclass(slots=True)
class _Group:
    names: Counter[str] = field(default_factory=Counter)
    within: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    articles: dict[str, dict[str, Any]] = field(default_factory=dict)


def missing_names(store: Store) -> list[MissingName]:
    """Return the names that nothing resolved, those in the most articles first."""
    groups: dict[str, _Group] = {}
    for article_id, row in store.place_rows("unknown"):
        name = str(row.get("quote") or row.get("name") or "")
        key = fold_name(name)
        bones = skeleton(key)
        group = groups.setdefault(bones if len(bones) >= _LEAST and bones.isascii() else key, _Group())
        group.names[name] += 1
        around = [str(u) for u in (row.get("admin2"), row.get("admin1"), row.get("country")) if u]
        if around:
            group.within[", ".join(around)] += 1
        group.reasons.update(map(str, row.get("reasons", ())[-1:]))
        group.articles.setdefault(article_id, row)
    found = [_missing(store, group) for group in groups.values()]
    return sorted(found, key=lambda m: (-m.articles, -m.mentions, m.name))


def _missing(store: Store, group: _Group) -> MissingName:
    (name, _), *others = group.names.most_common()
    article_id, row = next(iter(group.articles.items()))
    article = store.article(article_id)
    return MissingName(
        name=name,
        mentions=group.names.total(),
        articles=len(group.articles),
        spellings=tuple(other for other, _ in others),
        within=tuple(around for around, _ in group.within.most_common(_MOST_WITHIN)),
        why=next((reason for reason, _ in group.reasons.most_common(1)), ""),
        quote=_passage(article, row) if article is not None else "",
        article=article_id,
    )


def _passage(article: Article, row: dict[str, Any]) -> str:
    """Return some words around a name: in the text where it stands there, else in the title."""
    start, end, quote = int(row.get("start", 0)), int(row.get("end", 0)), str(row.get("quote", ""))
    title = article.title or ""
    text = article.text if article.text[start:end] == quote or quote not in title else title
    low, high = max(0, start - _AROUND), min(len(text), end + _AROUND)
    while low and not text[low - 1].isspace():
        low -= 1
    while high < len(text) and not text[high].isspace():
        high += 1
    passage = " ".join(text[low:high].split())
    return f"{'…' if low else ''}{passage}{'…' if high < len(text) else ''}"


def missing_json(missing: MissingName) -> dict[str, Any]:
    """Return a missing name as JSON."""
    return {
        "name": missing.name,
        "mentions": missing.mentions,
        "articles": missing.articles,
        "spellings": list(missing.spellings),
        "within": list(missing.within),
        "why": missing.why,
        "quote": missing.quote,
        "article": missing.article,
    }
