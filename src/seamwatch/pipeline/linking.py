"""Linking in the store: new mentions find their incidents; decisions and new rules change them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seamwatch.errors import UnknownIdError
from seamwatch.link.compare import (
    Profile,
    Profiles,
    links,
    profile_from_text,
    profile_text,
    window_of,
)
from seamwatch.link.decisions import concerning
from seamwatch.link.order import incident_id
from seamwatch.link.rules import LinkRules, load_link_rules
from seamwatch.model.decision import Decision, standing
from seamwatch.model.incident import Incident, Judgement, SourcedMention
from seamwatch.model.link import Conflict, Link
from seamwatch.pipeline.areas import AreaFinder
from seamwatch.store.base_linking import ProfileRow

if TYPE_CHECKING:
    from seamwatch.store.base import Store

MOST_HELD = 50_000  # profiles held decoded: some 100 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkChange:
    """What linking changed: ids of incidents as they are now, opened or updated, and of those now gone."""

    opened: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @property
    def incidents(self) -> tuple[str, ...]:
        """Return the ids of all incidents that linking wrote."""
        return (*self.opened, *self.updated)


def mark_of(rules: LinkRules) -> str:
    """Return a mark of the rules: another one wherever they may judge a pair otherwise."""
    from seamwatch.link import block, cluster

    said = (
        5,  # of what is compared and how clusters grow: raise it where that changes
        sorted(rules.odds.items()),
        rules.type_odds.tolist(),
        sorted(rules.noise.items()),
        sorted(rules.groups.items()),
        sorted(rules.within.items()),
        sorted(rules.place_words | rules.common_words),
        (block.NEAR_KM, cluster.KEEP, cluster.FLOOR, cluster.MERGE, cluster.TOGETHER, cluster.GROUPS),
        (cluster.CROWD, cluster.CROWDED, cluster.BIND_FROM, cluster.BIND_STEP, cluster.BIND_MOST),
    )
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


class Linker:
    """Keeps the incidents of a store in step with its mentions and decisions.

    Its methods write; each belongs into the transaction of what made it necessary.
    """

    def __init__(self, store: Store, rules: LinkRules | None = None) -> None:
        self.rules = rules or load_link_rules()
        self._store = store
        self._areas = AreaFinder(store)
        self._profiles = Profiles(self.rules)
        self._held: dict[str, tuple[str, Profile]] = {}

    def link(
        self,
        mentions: Sequence[SourcedMention],
        gone: Mapping[str, str] | None = None,
        beside: Collection[str] = (),
    ) -> LinkChange:
        """Link new or changed mentions; return what changed.

        `gone` are incidents that lost mentions, each with a mention whose incident its id leads to now, or
        "". `beside` are the mentions that were connected with the lost ones: see `connected`.
        """
        store = self._store
        known = set(store.profiles(m.mention.id for m in mentions))
        around = (self.connected(known) if known else set()) | set(beside)
        linked = [m for m in mentions if links(m.mention)]
        new = [self._profiles.of(m) for m in linked]
        store.put_profiles(self._row(profile) for profile in new)
        found = self._links(new)
        told = {m.mention.id for m in mentions}
        store.add_links(found)
        around |= self._loosened(found, told)
        return self._derive(told | around, told, gone or {})

    def relink(self, ids: Iterable[str]) -> LinkChange:
        """Derive anew the incidents that these mentions tell, or may tell, after a decision on them."""
        wanted = set(ids)
        return self._derive(wanted, wanted, {})

    def connected(self, ids: Collection[str]) -> set[str]:
        """Return the mentions whose clusters may change when these change or go, and these themselves.

        They are all that binding links or decisions connect with these, or with one that is near to these.
        """
        near = {n for k in self._store.links_of(ids) if k.odds > 0 for n in (k.left, k.right)}
        return self._reach(near.union(ids))[0]

    def judge(self, left: str, right: str) -> Judgement:
        """Return what the rules say of two stored mentions; UnknownIdError where one is not stored."""
        from seamwatch.link.judge import judge_profiles

        found = self._store.mentions([left, right])
        for name in (left, right):
            if name not in found:
                raise UnknownIdError(f"no mention {name} is stored")
        return judge_profiles(self._profiles.of(found[left]), self._profiles.of(found[right]), self.rules)

    # --- links

    def _loosened(self, found: Iterable[Link], told: Collection[str]) -> set[str]:
        """Return the mentions that a link bound before these came: where more are near, less binds.

        What neither changed nor is connected with something that did is grouped as before.
        """
        from seamwatch.link.cluster import binds, near_of

        more = {name: many for name, many in near_of(found).items() if name not in told}
        older = [k for k in self._store.links_of(more) if k.left not in told and k.right not in told]
        near = self._store.near_counts({name for link in older for name in (link.left, link.right)})
        before = {name: many - more.get(name, 0) for name, many in near.items()}
        loosened = (link for link in older if binds(link, before) and not binds(link, near))
        return {name for link in loosened for name in (link.left, link.right)}

    def _row(self, profile: Profile) -> ProfileRow:
        from seamwatch.link.block import stored_blocks

        window = window_of(profile) or (0, 0)
        keys = stored_blocks(profile).tolist()
        return ProfileRow(profile.id, profile_text(profile), keys, *window)

    def _links(self, new: Sequence[Profile]) -> list[Link]:
        """Return the links of new mentions with one another and with the stored ones."""
        from seamwatch.link.block import probed_blocks
        from seamwatch.link.linker import links_between

        probes = [probed_blocks(profile, self.rules).tolist() for profile in new]
        found = self._store.profiles_in({key for keys in probes for key in keys})
        number = {profile.id: row for row, profile in enumerate(new)}
        rows = list(new)
        others = self._read({n: text for n, text in found.profiles.items() if n not in number})
        for name, profile in others.items():
            number[name] = len(rows)
            rows.append(profile)
        pairs: list[tuple[int, int]] = []
        for row, keys in enumerate(probes):
            near = {number[name] for key in keys for name in found.under.get(key, ())}
            # Each pair of new ones comes up once: the later one finds the earlier.
            pairs.extend((row, other) for other in near if other < row or other >= len(new))
        return links_between(rows, pairs, self.rules)

    def _read(self, rows: Mapping[str, str]) -> dict[str, Profile]:
        found: dict[str, Profile] = {}
        for name, text in rows.items():
            held = self._held.get(name)
            if held is None or held[0] != text:
                if len(self._held) >= MOST_HELD:
                    self._held.clear()
                held = self._held[name] = (text, profile_from_text(text))
            found[name] = held[1]
        return found

    def _reach(
        self, ids: Collection[str]
    ) -> tuple[set[str], list[Link], tuple[Decision, ...], dict[str, int]]:
        """Return the mentions connected with these, the links among them, the decisions on them.

        Last how many others each mention has near it.
        """
        from seamwatch.link.cluster import binds
        from seamwatch.link.decisions import bound_together

        store = self._store
        seen = set(ids)
        fresh = set(seen)
        found: set[Link] = set()
        decided: dict[int, Decision] = {}
        near: dict[str, int] = {}
        while fresh:
            reached: set[str] = set()
            links_ = store.links_of(fresh)
            unknown = {name for link in links_ for name in (link.left, link.right)}.difference(near)
            near.update(dict.fromkeys(unknown, 0))
            near.update(store.near_counts(unknown))
            for link in links_:
                found.add(link)
                if binds(link, near):
                    reached.update((link.left, link.right))
            for decision in store.decisions_about(fresh):
                decided[decision.number] = decision
            reached.update(bound_together(standing(tuple(decided.values()))))
            fresh = reached - seen
            seen |= fresh
        inside = sorted(link for link in found if link.left in seen and link.right in seen)
        return seen, inside, tuple(decided[number] for number in sorted(decided)), near

    # --- incidents

    def _derive(self, ids: Collection[str], changed: Collection[str], gone: Mapping[str, str]) -> LinkChange:
        """Store the incidents of all mentions connected with these, where they are other ones than before."""
        from seamwatch.link.decisions import judgements_of
        from seamwatch.link.linker import partition

        store = self._store
        reached, linked, decisions, near = self._reach(ids)
        profiles = self._read(store.profiles(reached))
        parts = partition(profiles, linked, judgements_of(standing(decisions)), self.rules, near)
        before = store.incidents_of(profiles)
        sizes = store.incident_sizes(set(before.values()))
        fresh = {name for name in profiles if name in changed or before.get(name) in gone}
        todo = [
            names
            for names in parts.clusters
            if not fresh.isdisjoint(names)
            or len(owners := {before.get(n) for n in names}) > 1
            or sizes.get(next(iter(owners)) or "", 0) != len(names)
        ]
        incidents = self._incidents(todo, decisions)
        held = {before[n] for names in todo for n in names if n in before}
        removed = (held | set(gone)) - {i.id for i in incidents}
        store.replace_incidents(incidents, sorted(removed))
        leads = set(gone.values())
        opened: list[str] = []
        updated: list[str] = []
        for incident in incidents:
            told = {m.mention.id for m in incident.mentions}
            (updated if told & (before.keys() | leads) else opened).append(incident.id)
        return LinkChange(
            opened=tuple(opened),
            updated=tuple(updated),
            removed=tuple(sorted(removed)),
            conflicts=parts.conflicts,
        )

    def _incidents(self, clusters: Sequence[Sequence[str]], decisions: Sequence[Decision]) -> list[Incident]:
        from seamwatch.link.state import incident_of

        names = [name for cluster in clusters for name in cluster]
        mentions = self._store.mentions(names)
        older = self._store.stood_for(names)
        found = []
        for cluster in clusters:
            incident = incident_of(
                [mentions[n] for n in cluster],
                self.rules,
                profiles=self._profiles,
                decisions=concerning(decisions, cluster),
            )
            found.append(self._with_changes(with_older_ids(incident, older)))
        return list(self._areas.located(found))

    def _with_changes(self, incident: Incident) -> Incident:
        """Return the incident with what changes of the gazetteer made of its place."""
        more = self._store.place_revisions(m.mention.id for m in incident.mentions)
        return replace(incident, revisions=incident.revisions + more) if more else incident


def with_older_ids(incident: Incident, older: Mapping[str, Sequence[str]]) -> Incident:
    """Return the incident with the ids that mentions gave it for which its own stand now."""
    ids = {incident_id(name) for m in incident.mentions for name in older.get(m.mention.id, ())}
    more = sorted(ids.difference((incident.id, *incident.aliases)))
    return replace(incident, aliases=(*incident.aliases, *more)) if more else incident


def relink(store: Store, mentions: Iterable[str]) -> LinkChange:
    """Derive anew the incidents of these mentions after a decision; return what changed."""
    return Linker(store).relink(mentions)


def judge(store: Store, left: str, right: str) -> Judgement:
    """Return what the rules say of two stored mentions, with the reasons."""
    return Linker(store).judge(left, right)
