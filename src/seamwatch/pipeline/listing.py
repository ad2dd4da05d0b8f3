"""Listing incidents: now, as they were believed at a moment, or with their values by another policy."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from seamwatch.model.decision import standing
from seamwatch.model.incident import Incident, SourcedMention
from seamwatch.store.base import IncidentFilter
from seamwatch.store.matching import listed, passes
from seamwatch.vocabulary.codes import Policy

if TYPE_CHECKING:
    from seamwatch.model.decision import Decision
    from seamwatch.model.link import Link
    from seamwatch.store.base import Store


MOST_HITS = 1_000_000
RUN = 500  # incidents told in one go
FEW = 20  # one incident of so many mentions is read by itself sooner than with all others
EVERY = IncidentFilter(statuses=None)


def list_incidents(
    store: Store,
    wanted: IncidentFilter,
    as_of: datetime | None = None,
    policy: Policy = Policy.UCDP,
) -> Iterable[Incident]:
    """Return the incidents that pass a filter; with `as_of` from what was known at that moment.

    A moment at midnight stands for the whole of its day. One without a zone is taken as UTC. What is filtered
    is the state of that moment and by that policy.
    """
    if as_of is None and policy is Policy.UCDP:
        return store.incidents(wanted)
    if as_of is None:
        found = _Teller(store, policy).tell(i.mentions for i in store.incidents(EVERY))
    else:
        found = _believed(store, wanted, end_of(as_of), policy)
    articles = None
    if wanted.text is not None:
        articles = {hit.article.id for hit in store.search_articles(wanted.text, limit=MOST_HITS)}
    return listed(incident for incident in found if passes(incident, wanted, articles))


def incident_by(store: Store, incident_id: str, policy: Policy = Policy.UCDP) -> Incident:
    """Return the incident that an id leads to, by a policy; UnknownIdError where it leads to none."""
    found = store.incident(incident_id)
    return found if policy is found.policy else next(_Teller(store, policy).tell([found.mentions]))


def incident_then(
    store: Store, incident_id: str, as_of: datetime, policy: Policy = Policy.UCDP
) -> Incident | None:
    """Return the incident that an id leads to as believed at a moment; None where it was not known yet.

    Of several that have become one since it is the one that had the id, else the one with its first mention.
    UnknownIdError where the id leads to none.
    """
    from seamwatch.pipeline.relinking import is_linked

    moment = end_of(as_of)
    now = store.incident(incident_id)
    teller = _Teller(store, policy, moment)
    if is_linked(store, teller.rules):

        def known_of(names: set[str]) -> set[str]:
            told = store.mentions(names).items()
            return {name for name, m in told if m.article.known is not None and m.article.known <= moment}

        names = known_of({m.mention.id for m in now.mentions})
        again, links = _connected(store, names, known_of, teller.decisions, moment)
        found: Iterable[Incident] = teller.tell(_grouped_then(store, again, links, teller, moment))
    else:
        found = _believed(store, EVERY, moment, policy)
    place = {m.mention.id: number for number, m in enumerate(now.mentions)}
    mine = [i for i in found if any(m.mention.id in place for m in i.mentions)]
    return min(
        mine,
        key=lambda i: (now.id != i.id, now.id not in i.aliases, min(map(_place_in(place), i.mentions))),
        default=None,
    )


def _place_in(place: Mapping[str, int]) -> Callable[[SourcedMention], int]:
    return lambda told: place.get(told.mention.id, len(place))


def end_of(as_of: datetime) -> datetime:
    """Return the moment that is meant: the end of the day where it is a midnight, in UTC without a zone."""
    moment = as_of.replace(tzinfo=as_of.tzinfo or UTC)
    if moment.time() == time.min:
        return datetime.combine(moment.date(), time.max, tzinfo=moment.tzinfo)
    return moment


class _Teller:
    """Tells incidents anew from their mentions: by a policy, and at a moment where one is given."""

    def __init__(self, store: Store, policy: Policy, moment: datetime | None = None) -> None:
        from seamwatch.link.compare import Profiles
        from seamwatch.link.rules import load_link_rules
        from seamwatch.pipeline.areas import AreaFinder

        self.rules = load_link_rules()
        self.decisions = store.decisions()
        self._store = store
        self._policy = policy
        self._moment = moment
        self._decided = {name for d in self.decisions for name in (*d.mentions, *d.others)}
        self._profiles = Profiles(self.rules)
        # The areas are those stored now, with who held them in the incident's days.
        self._areas = AreaFinder(store)

    def tell(self, groups: Iterable[Sequence[SourcedMention]]) -> Iterator[Incident]:
        """Yield the incident that each group of mentions tells."""
        return self._areas.located(map(self._told, groups))

    def _told(self, mentions: Sequence[SourcedMention]) -> Incident:
        from seamwatch.link.decisions import concerning
        from seamwatch.link.state import incident_of
        from seamwatch.pipeline.linking import with_older_ids

        names = [m.mention.id for m in mentions]
        made = incident_of(
            mentions,
            self.rules,
            as_of=self._moment,
            profiles=self._profiles,
            policy=self._policy,
            decisions=() if self._decided.isdisjoint(names) else concerning(self.decisions, names),
        )
        made = with_older_ids(made, self._store.stood_for(names))
        changes = self._store.place_revisions(names)
        # Sorted, as they come out of the store.
        made = replace(made, revisions=made.revisions + changes, aliases=tuple(sorted(made.aliases)))
        return _until(made, self._moment)


def _until(incident: Incident, moment: datetime | None) -> Incident:
    """Return the incident without what changes of the gazetteer made of it after a moment."""
    held = tuple(r for r in incident.revisions if moment is None or r.at <= moment)
    return incident if len(held) == len(incident.revisions) else replace(incident, revisions=held)


def _believed(store: Store, wanted: IncidentFilter, moment: datetime, policy: Policy) -> Iterator[Incident]:
    """Yield the incidents as believed at a moment; those that were then what they are now may be filtered.

    These are all that nothing connects with a mention that came, or a decision that was made, since.
    """
    from seamwatch.link.linker import link_all
    from seamwatch.pipeline.relinking import is_linked

    teller = _Teller(store, policy, moment)
    if not is_linked(store, teller.rules):
        # What the store holds is grouped by other rules.
        found = link_all(store.all_mentions(), teller.rules, decisions=teller.decisions, as_of=moment)
        yield from teller.tell(i.mentions for i in found)
        return
    known, late = set[str](), set[str]()
    for name, then in store.known_mentions(moment):
        (known if then else late).add(name)
    again, links = _open_then(store, known, late, teller.decisions, moment)
    yield from teller.tell(_grouped_then(store, again, links, teller, moment))
    same = set(store.incidents_of(known).values()) - set(store.incidents_of(late | again).values())
    if len(same) * FEW < len(known) + len(late):
        stored: Iterator[Incident] = map(store.incident, sorted(same))
    else:
        # By the default policy what is stored is what was believed, and the store itself can filter it.
        whole = store.incidents(wanted if policy is Policy.UCDP else EVERY)
        stored = (incident for incident in whole if incident.id in same)
    if policy is Policy.UCDP:
        yield from (_until(incident, moment) for incident in stored)
    else:
        yield from teller.tell(incident.mentions for incident in stored)


def _open_then(
    store: Store, known: set[str], late: set[str], decisions: Sequence[Decision], moment: datetime
) -> tuple[set[str], list[Link]]:
    """Return the known mentions that may have been grouped otherwise at a moment, and the links among them.

    They are connected, by what bound then, with one that has a link or a decision to what came later.
    """
    from seamwatch.link.cluster import binds

    seen: set[str] = set()
    # From the side with fewer: a link is found from either.
    for link in store.links_of(late if len(late) < len(known) else known):
        if binds(link) and (link.left in known) != (link.right in known):
            seen.update((link.left, link.right))
    by_number = {d.number: d for d in decisions}
    for decision in decisions:
        about = by_number.get(decision.undoes, decision) if decision.undoes else decision
        names = (*about.mentions, *about.others)
        if decision.at > moment or not late.isdisjoint(names):
            seen.update(names)
    return _connected(store, seen & known, known.__and__, decisions, moment)


def _connected(
    store: Store,
    seen: set[str],
    known_of: Callable[[set[str]], set[str]],
    decisions: Sequence[Decision],
    moment: datetime,
) -> tuple[set[str], list[Link]]:
    """Return these mentions with all that bound them, and each other, at a moment, and the links among them.

    `known_of` says which of some mentions were known then.
    """
    from seamwatch.link.cluster import binds
    from seamwatch.link.decisions import bound_together

    bound: dict[str, set[str]] = {}
    home = bound_together(standing(tuple(decisions), moment))
    for name, first in home.items():
        bound.setdefault(first, set()).add(name)
    found: set[Link] = set()
    fresh = seen = set(seen)
    while fresh:
        reached = {other for name in fresh if name in home for other in bound[home[name]]}
        links = store.links_of(fresh)
        known = known_of({name for link in links for name in (link.left, link.right)} | reached)
        for link in links:
            if link.left in known and link.right in known:
                found.add(link)
                if binds(link):
                    reached.update((link.left, link.right))
        fresh = (reached & known) - seen
        seen |= fresh
    return seen, sorted(link for link in found if link.left in seen and link.right in seen)


def _grouped_then(
    store: Store, names: Collection[str], links: Iterable[Link], teller: _Teller, moment: datetime
) -> Iterator[list[SourcedMention]]:
    """Yield the groups in which these mentions told incidents at a moment."""
    from seamwatch.link.compare import profile_from_text
    from seamwatch.link.decisions import judgements_of
    from seamwatch.link.linker import partition

    profiles = {name: profile_from_text(text) for name, text in store.profiles(names).items()}
    judged = judgements_of(standing(teller.decisions, moment))
    parts = partition(profiles, links, judged, teller.rules)
    for at in range(0, len(parts.clusters), RUN):
        run = parts.clusters[at : at + RUN]
        mentions = store.mentions(name for group in run for name in group)
        yield from ([mentions[name] for name in group] for group in run)
