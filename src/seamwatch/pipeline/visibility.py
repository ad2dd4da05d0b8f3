"""Who may see what: labels of articles, and incidents told anew from what may be seen of them alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from seamwatch.model.decision import Decision
from seamwatch.model.incident import ArticleRef, Incident, SourcedMention
from seamwatch.vocabulary.codes import DecisionKind
from seamwatch.vocabulary.coordination import Tlp

if TYPE_CHECKING:
    from seamwatch.link.rules import LinkRules
    from seamwatch.store.base import Store

UNLABELLED = Tlp.AMBER
"""What an own article without a label counts as: for the organisation and its clients, on a need to know."""

FULL = Tlp.RED
"""The clearance that sees everything."""

Allowed = Callable[[SourcedMention], bool]


def label_of(article: ArticleRef) -> Tlp:
    """Return the label of an article: its own, of one without any UNLABELLED."""
    return article.tlp or UNLABELLED


def is_own(sourced: SourcedMention) -> bool:
    """Return whether a mention is of an own article, not of a record that a party released to us."""
    return sourced.article.party is None


def label_of_incident(incident: Incident) -> Tlp:
    """Return the strictest label of what tells an incident."""
    labels = (label_of(m.article) for m in incident.mentions)
    return max(labels, key=lambda label: label.strictness, default=UNLABELLED)


def within(clearance: Tlp) -> Allowed:
    """Return the test for what may be seen with a clearance: labels up to it."""
    return lambda sourced: label_of(sourced.article).strictness <= clearance.strictness


def told_from(store: Store, incident: Incident, allowed: Allowed) -> Incident | None:
    """Return an incident as its allowed mentions alone tell it; None where none of them is allowed.

    An incident all of whose mentions are allowed comes back as it is. Of another one, every value, the
    disagreements, the status and the change story are derived anew; the id and the areas stay, so that it can
    be found again. Its other ids are left out, and so are decisions that are about anything not allowed:
    they would tell of it. Of a retraction it stays that there was one: what we hold to be wrong is not told.
    """
    held = tuple(m for m in incident.mentions if allowed(m))
    if len(held) == len(incident.mentions):
        return incident
    from seamwatch.link.compare import links
    from seamwatch.link.rules import load_link_rules

    held = tuple(m for m in held if links(m.mention))
    if not held:
        return None
    seen = {m.mention.id for m in held}
    decided = _about_only(store.decisions_about(sorted(seen)), seen)
    return _anew(incident, held, decided, load_link_rules(), store)


def _about_only(decisions: Iterable[Decision], seen: set[str]) -> tuple[Decision, ...]:
    """Return the decisions about mentions that may be seen alone, with what undid them; and retractions."""
    held = {}
    for d in decisions:
        if d.undoes is None and seen.issuperset((*d.mentions, *d.others)):
            held[d.number] = d
        elif d.kind is DecisionKind.RETRACT:
            held[d.number] = replace(
                d,
                mentions=tuple(m for m in d.mentions if m in seen),
                others=tuple(m for m in d.others if m in seen),
                why="",
            )
    undone = {d.number: d for d in decisions if d.undoes in held}
    both = {**held, **undone}
    return tuple(both[number] for number in sorted(both))


def _anew(
    incident: Incident,
    held: tuple[SourcedMention, ...],
    decisions: tuple[Decision, ...],
    rules: LinkRules,
    store: Store,
) -> Incident:
    from seamwatch.link.order import incident_id
    from seamwatch.link.state import incident_of
    from seamwatch.pipeline.areas import AreaFinder

    made = incident_of(held, rules, policy=incident.policy, decisions=decisions)
    ids = {incident_id(m.mention.id) for m in held}
    made = replace(made, id=incident.id, aliases=tuple(sorted(ids - {incident.id})))
    return next(iter(AreaFinder(store).located([made])))
