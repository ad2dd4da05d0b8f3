"""Who may see what: labels of articles, and incidents told anew from what may be seen of them alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from seamwatch.model.decision import Decision
from seamwatch.model.incident import ArticleRef, Incident, SourcedMention
from seamwatch.store.base import IncidentFilter
from seamwatch.store.matching import listed, passes
from seamwatch.vocabulary.codes import DecisionKind, Policy
from seamwatch.vocabulary.coordination import Tlp

if TYPE_CHECKING:
    from seamwatch.link.rules import LinkRules
    from seamwatch.pipeline.areas import AreaFinder
    from seamwatch.store.base import Store
    from seamwatch.store.base_parties import LabelledIncident

UNLABELLED = Tlp.AMBER
"""What an own article without a label counts as: for the organisation and its clients, on a need to know."""

EVERY = IncidentFilter(statuses=None)
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


def told_from(
    store: Store,
    incident: Incident,
    allowed: Allowed,
    *,
    as_of: datetime | None = None,
    areas: AreaFinder | None = None,
) -> Incident | None:
    """Return an incident as its allowed mentions alone tell it; None where none of them is allowed.

    An incident all of whose mentions are allowed comes back as it is. Of another one, every value, the
    disagreements, the status and the change story are derived anew; the id and the areas stay, so that it can
    be found again. Its other ids are left out, and so are decisions that are about anything not allowed:
    they would tell of it. Of a retraction it stays that there was one: what we hold to be wrong is not told.
    `as_of` leaves out what was decided later; `areas` spares making a finder for each of many.
    """
    held = tuple(m for m in incident.mentions if allowed(m))
    if len(held) == len(incident.mentions):
        return incident
    from seamwatch.link.compare import links
    from seamwatch.link.order import incident_id
    from seamwatch.link.state import incident_of
    from seamwatch.pipeline.areas import AreaFinder

    held = tuple(m for m in held if links(m.mention))
    if not held:
        return None
    seen = {m.mention.id for m in held}
    decided = _about_only(store.decisions_about(sorted(seen)), seen)
    made = incident_of(held, _rules(), as_of=as_of, policy=incident.policy, decisions=decided)
    ids = {incident_id(name) for name in seen}
    made = replace(made, id=incident.id, aliases=tuple(sorted(ids - {incident.id})))
    return next(iter((areas or AreaFinder(store)).located([made])))


@cache
def _rules() -> LinkRules:
    from seamwatch.link.rules import load_link_rules

    return load_link_rules()


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


# --- clearances


def labels_above(clearance: Tlp) -> tuple[Tlp, ...]:
    """Return the labels that a clearance does not reach.

    >>> [label.value for label in labels_above(Tlp.AMBER)]
    ['TLP:AMBER+STRICT', 'TLP:RED']
    """
    return tuple(label for label in Tlp if label.strictness > clearance.strictness)


def hidden_incidents(store: Store, clearance: Tlp) -> tuple[LabelledIncident, ...]:
    """Return the incidents of which a clearance may not see all; of a mixed one it may see a part."""
    above = labels_above(clearance)
    return store.incidents_labelled(above, unlabelled=UNLABELLED in above)


def counts_within(store: Store, clearance: Tlp, party: str | None = None) -> Mapping[str, int]:
    """Return how many articles and mentions a clearance may see, of all or of one party's records."""
    labels = tuple(label for label in Tlp if label.strictness <= clearance.strictness)
    return store.count_labelled(labels, unlabelled=UNLABELLED in labels, party=party)


def hidden_from_clearance(store: Store, clearance: Tlp) -> frozenset[str]:
    """Return the ids of the incidents with any mention above a clearance."""
    return frozenset(one.id for one in hidden_incidents(store, clearance))


def hidden_altogether(store: Store, clearance: Tlp) -> frozenset[str]:
    """Return the ids of the incidents of which a clearance may see nothing."""
    found = () if clearance is FULL else hidden_incidents(store, clearance)
    return frozenset(one.id for one in found if not one.mixed)


def visible_to_clearance(store: Store, incident: Incident, clearance: Tlp) -> Incident | None:
    """Return an incident as a clearance may see it; None where it may see nothing of it."""
    return told_from(store, incident, within(clearance))


def visible_by_id(store: Store, name: str, clearance: Tlp) -> Incident | None:
    """Return the incident that an id leads to as a clearance may see it; UnknownIdError for no incident's id.

    None where it may see nothing of it, or where only what is above it gave the incident this id.
    """
    whole = store.incident(name)
    told = visible_to_clearance(store, whole, clearance)
    return told if told is None or told is whole or name in (told.id, *told.aliases) else None


def list_visible(
    store: Store,
    wanted: IncidentFilter,
    clearance: Tlp = FULL,
    *,
    as_of: datetime | None = None,
    policy: Policy = Policy.UCDP,
) -> Iterable[Incident]:
    """Return the incidents that pass a filter as a clearance may see them, as `list_incidents` lists them.

    What is filtered is what may be seen: nobody learns a hidden figure by asking for it.
    """
    from seamwatch.pipeline.listing import list_incidents

    hidden = hidden_from_clearance(store, clearance) if clearance is not FULL else frozenset()
    if not hidden:
        return list_incidents(store, wanted, as_of, policy)
    if as_of is None and policy is Policy.UCDP:
        allowed = within(clearance)
        # What came to be hidden while they are read is left out too.
        whole = (i for i in store.incidents(wanted) if i.id not in hidden and all(map(allowed, i.mentions)))
        return listed(
            (*whole, *_passing(store, map(store.incident, sorted(hidden)), wanted, clearance, None))
        )
    found = list_incidents(store, EVERY, as_of, policy)
    return listed(_passing(store, found, wanted, clearance, as_of))


def mixed_visible(store: Store, wanted: IncidentFilter, clearance: Tlp) -> list[Incident]:
    """Return the incidents that pass a filter of those that a clearance may see in part alone."""
    mixed = [one.id for one in hidden_incidents(store, clearance) if one.mixed]
    return list(_passing(store, map(store.incident, mixed), wanted, clearance, None))


def _passing(
    store: Store,
    incidents: Iterable[Incident],
    wanted: IncidentFilter,
    clearance: Tlp,
    as_of: datetime | None,
) -> Iterator[Incident]:
    from seamwatch.pipeline.areas import AreaFinder
    from seamwatch.pipeline.listing import MOST_HITS, end_of

    allowed = within(clearance)
    articles = None
    if wanted.text is not None:
        hits = store.search_articles(wanted.text, limit=MOST_HITS)
        articles = {
            hit.article.id for hit in hits if label_of(hit.article).strictness <= clearance.strictness
        }
    moment = None if as_of is None else end_of(as_of)
    areas = AreaFinder(store)
    for incident in incidents:
        told = told_from(store, incident, allowed, as_of=moment, areas=areas)
        if told is not None and passes(told, wanted, articles):
            yield told
