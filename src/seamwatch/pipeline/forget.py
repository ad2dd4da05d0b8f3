"""Articles erased for a legal or safety reason, with all that came of them; the incidents follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from seamwatch.errors import StoreError, UnknownIdError
from seamwatch.model.incident import ArticleRef
from seamwatch.model.text import Article
from seamwatch.model.tombstone import Tombstone

if TYPE_CHECKING:
    from seamwatch.read.fingerprint import Fingerprint
    from seamwatch.store.base import Store

FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetPlan:
    """What forgetting an article erases: ids and numbers, nothing of the content.

    `articles` are those that go, the one asked for first; `versions` tell nearly the same and stay.
    `outlets` carried them word for word. Of the incidents some lose a source, the others vanish. Of the
    decisions `erased` lose their value and reason, `kept` are about other articles too and stay as they are.
    """

    articles: tuple[str, ...]
    versions: tuple[ArticleRef, ...] = ()
    outlets: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    losing: tuple[str, ...] = ()
    vanishing: tuple[str, ...] = ()
    erased: tuple[int, ...] = ()
    kept: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What was erased, and the incidents as they are told now without it."""

    plan: ForgetPlan
    incidents: tuple[str, ...] = ()


def find_article(store: Store, name: str) -> str:
    """Return the id of a stored article, given that or its URL; UnknownIdError where there is none."""
    found = name if store.article_ref(name) is not None else store.find_by_url(name)
    if found is None:
        raise UnknownIdError(
            f"no article {name}: give an article's id (`seamwatch incidents --format json` has them under "
            "`mentions`) or the URL that it was read from"
        )
    return found


def plan_forgetting(store: Store, name: str, *, with_versions: bool = False) -> ForgetPlan:
    """Return what forgetting a stored article would erase; nothing is changed."""
    family = [member for member, _ in store.version_family([name]) if member != name]
    articles = (name, *family) if with_versions else (name,)
    refs = [ref for ref in map(store.article_ref, articles) if ref is not None]
    mentions = tuple(m.mention.id for member in articles for m in store.mentions_of(member))
    losing: list[str] = []
    vanishing: list[str] = []
    for incident_id in sorted(set(store.incidents_of(mentions).values())):
        left = {m.mention.id for m in store.incident(incident_id).mentions}.difference(mentions)
        (losing if left else vanishing).append(incident_id)
    decisions = store.decisions_touched(articles)
    return ForgetPlan(
        articles=articles,
        versions=tuple(
            ref for ref in map(store.article_ref, family) if ref is not None and ref.id not in articles
        ),
        outlets=tuple(sorted({source for ref in refs for source in ref.sources})),
        mentions=mentions,
        losing=tuple(losing),
        vanishing=tuple(vanishing),
        erased=decisions.erased,
        kept=decisions.kept,
    )


def forget(
    store: Store, name: str, *, by: str, why: str, with_versions: bool = False, at: datetime | None = None
) -> Forgotten:
    """Return what was erased of a stored article, in one transaction: what it told is told without it.

    Its bytes are gone from the files only after `store.erase_traces()`.
    """
    from seamwatch.pipeline.linking import Linker

    moment = at or datetime.now(UTC)
    linker = Linker(store)
    with store.transaction():
        plan = plan_forgetting(store, name, with_versions=with_versions)
        # Without one telling the others may group otherwise: all that it was connected with is looked at.
        beside = linker.connected(plan.mentions).difference(plan.mentions)
        leads = {i: _first_left(store, i, plan.mentions) for i in (*plan.losing, *plan.vanishing)}
        family = [member for member, _ in store.version_family([name]) if member not in plan.articles]
        regrouped = [member for group in _families(store, family) for member in _regroup(store, group)]
        for article_id in plan.articles:
            store.forget_article(Tombstone(article=article_id, by=by, at=moment, why=why))
        again = [m for member in regrouped for m in store.mentions_of(member)]
        change = linker.link(again, leads, beside)
    return Forgotten(plan=plan, incidents=change.incidents)


def _first_left(store: Store, incident_id: str, gone: Sequence[str]) -> str:
    """Return the first mention of an incident that stays, "" where none does."""
    told = (m.mention.id for m in store.incident(incident_id).mentions)
    return next((name for name in told if name not in gone), "")


def allow_again(store: Store, name: str) -> Tombstone:
    """Return the tombstone of a forgotten article, lifted: its text may be stored again.

    UnknownIdError where no article of this id was forgotten.
    """
    with store.transaction():
        tombstone = store.tombstone(name)
        if tombstone is None:
            raise UnknownIdError(f"no article {name} was forgotten: there is nothing to allow")
        store.lift_tombstone(name)
    return tombstone


def refuse_forgotten(store: Store, content_key: str) -> None:
    """Raise StoreError where the text with this content key was forgotten; its code is FORGOTTEN."""
    tombstone = store.forgotten_as(content_key)
    if tombstone is not None:
        raise StoreError(
            f"this text was forgotten on {tombstone.at:%Y-%m-%d} as article {tombstone.article} "
            f"({tombstone.why}), it is not stored again: to allow it, run seamwatch forget --allow "
            f"{tombstone.article}",
            code=FORGOTTEN,
        )


# --- versions


def _families(store: Store, names: Sequence[str]) -> list[list[str]]:
    """Return the articles left of a family in groups: without the one that goes, not all need be alike."""
    from seamwatch.read.fingerprint import fingerprint

    groups: list[list[tuple[Article, Fingerprint]]] = []
    for article in store.articles(names):
        made = fingerprint(article)
        near = [g for g in groups if any(_related(article, made, other, b) for other, b in g)]
        groups = [g for g in groups if g not in near] + [[(article, made), *(m for g in near for m in g)]]
    return [[article.id for article, _ in group] for group in groups]


def _related(a: Article, made: Fingerprint, b: Article, other: Fingerprint) -> bool:
    """Return whether one was stored as a version of the other: by its words, or by an id used twice."""
    from seamwatch.read.fingerprint import is_version

    if _given_id(a) == _given_id(b):
        return True
    return is_version(made, other) and not set(made.bands).isdisjoint(other.bands)


def _given_id(article: Article) -> str:
    return article.id.removesuffix(f"@{article.content_hash[:8]}")


def _regroup(store: Store, names: Sequence[str]) -> tuple[str, ...]:
    """Make articles versions of the first one among them; return those whose mark changed."""
    days = {article.id: article.published or date.max for article in store.articles(names)}
    return store.set_versions(min(names, key=lambda name: (days[name], name)), names)
