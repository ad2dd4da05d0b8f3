"""New mentions to judgements, clusters and incidents; the order in which articles come does not matter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from seamwatch.link.block import MemoryIndex, MentionIndex, candidates, comparable
from seamwatch.link.cluster import (
    RULES,
    Conflict,
    binds,
    cluster,
    components,
    conflicts,
    effective,
    worth_keeping,
)
from seamwatch.link.compare import Profiles, links
from seamwatch.link.judge import judge_profiles
from seamwatch.link.order import known_by
from seamwatch.link.rules import LinkRules
from seamwatch.link.state import incident_of
from seamwatch.model.incident import Incident, Judgement, SourcedMention


class JudgementStore(Protocol):
    """What linking asks of a store: judgements by mention, and mentions by id."""

    def judgements_about(self, ids: Iterable[str], /) -> Iterable[Judgement]:
        """Yield every judgement, of rules and of people, that has one of these ids on either side."""
        ...

    def mentions(self, ids: Iterable[str], /) -> Mapping[str, SourcedMention]:
        """Return the stored mentions of these ids by id."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkResult:
    """What linking new mentions gave: only what it touched.

    `judgements` are the new ones worth storing. `clusters` and `incidents` stand in the same order and
    replace all incidents that held one of their mentions. `aliases` leads from every other id that these
    mentions may ever have given an incident to the incident's id now.
    """

    judgements: tuple[Judgement, ...]
    clusters: tuple[tuple[str, ...], ...]
    incidents: tuple[Incident, ...]
    aliases: Mapping[str, str]
    conflicts: tuple[Conflict, ...] = ()


class MemoryJudgements:
    """A JudgementStore in memory, over an index that gives mentions by id."""

    def __init__(self, mentions: MemoryIndex, judgements: Iterable[Judgement] = ()) -> None:
        self._mentions = mentions
        self._about: dict[str, list[Judgement]] = {}
        self.add(judgements)

    def add(self, judgements: Iterable[Judgement]) -> None:
        """Append judgements."""
        for judgement in judgements:
            self._about.setdefault(judgement.left, []).append(judgement)
            self._about.setdefault(judgement.right, []).append(judgement)

    def judgements_about(self, ids: Iterable[str], /) -> Iterable[Judgement]:
        """Yield every judgement that has one of these ids on either side (twice where it has both)."""
        for name in ids:
            yield from self._about.get(name, ())

    def mentions(self, ids: Iterable[str], /) -> Mapping[str, SourcedMention]:
        """Return the mentions of these ids by id."""
        return self._mentions.mentions(ids)


def judge_new(
    new: Sequence[SourcedMention],
    index: MentionIndex,
    rules: LinkRules,
    profiles: Profiles | None = None,
) -> tuple[Judgement, ...]:
    """Return the judgements about each new mention and all it may be one with, sorted, worth storing.

    `index` may or may not hold the new mentions already. `profiles` spares making them again.
    """
    return tuple(j for j in _judge(new, index, rules, profiles) if worth_keeping(j))


def _judge(
    new: Sequence[SourcedMention],
    index: MentionIndex,
    rules: LinkRules,
    profiles: Profiles | None,
) -> tuple[Judgement, ...]:
    profile = (profiles or Profiles(rules)).of
    seen: set[tuple[str, str]] = set()
    found: list[Judgement] = []
    linked = [m for m in new if links(m.mention)]
    among = MemoryIndex()  # those before it: each pair comes up once
    for sourced in linked:
        mine = profile(sourced)
        for source in (index, among):
            for other in candidates(sourced, source):
                theirs = profile(other)
                pair = (min(mine.id, theirs.id), max(mine.id, theirs.id))
                if pair in seen:
                    continue
                seen.add(pair)
                if comparable(mine, theirs):
                    found.append(judge_profiles(mine, theirs, rules))
        among.add((sourced,))
    return tuple(sorted(found, key=lambda j: (j.left, j.right)))


def _touched(
    new: Sequence[SourcedMention], judged: Sequence[Judgement], store: JudgementStore
) -> tuple[dict[str, SourcedMention], list[Judgement], list[Judgement]]:
    """Return the mentions that binding judgements connect with the new ones, their judgements, the new ones.

    What the rules bound to a new mention before is reached as well: a person may have parted them since.
    What the rules said of a pair before does not count where it was judged again now; then what they
    say now is stored even where it is no more than the lack of a judgement.
    """
    held = {m.mention.id: m for m in new if links(m.mention)}
    again = {(j.left, j.right): j for j in judged}
    made = [j for j in judged if worth_keeping(j)]
    everything: dict[tuple[str, str, str, datetime | None], Judgement] = {}
    for judgement in made:
        everything[judgement.left, judgement.right, judgement.by, judgement.at] = judgement
    bound = {name for judgement in made if binds(judgement) for name in (judgement.left, judgement.right)}
    held.update(store.mentions(sorted(bound - held.keys())))
    fresh = sorted(held)
    withdrawn: dict[tuple[str, str], Judgement] = {}
    while fresh:
        reached: set[str] = set()
        for judgement in store.judgements_about(fresh):
            if binds(judgement):
                reached.update((judgement.left, judgement.right))
            now = again.get((judgement.left, judgement.right)) if judgement.by == RULES else None
            key = (judgement.left, judgement.right, judgement.by, judgement.at)
            if now is None:
                everything.setdefault(key, judgement)
            elif not worth_keeping(now):
                withdrawn[now.left, now.right] = now
        found = store.mentions(sorted(reached - held.keys()))
        held.update(found)
        fresh = sorted(found)
    made += withdrawn.values()
    return held, [*everything.values(), *withdrawn.values()], sorted(made, key=lambda j: (j.left, j.right))


def link_new(
    new: Sequence[SourcedMention],
    index: MentionIndex,
    judgements: JudgementStore,
    rules: LinkRules,
    profiles: Profiles | None = None,
) -> LinkResult:
    """Return what new mentions change: their judgements, and every incident that they reach.

    `new` may hold mentions that are stored already, to link them again after a person's judgement.
    `profiles` spares making them again from call to call. Whatever the order and the batches in which
    mentions come, the same mentions give the same incidents.
    """
    profiles = profiles or Profiles(rules)
    judged = _judge(new, index, rules, profiles)
    held, all_judgements, made = _touched(new, judged, judgements)
    return _result(held, made, all_judgements, rules, profiles)


def link_all(
    mentions: Sequence[SourcedMention], rules: LinkRules, human: Iterable[Judgement] = ()
) -> LinkResult:
    """Return all incidents of these mentions, linked in bulk; `human` judgements win over the rules'."""
    profiles = Profiles(rules)
    held = {m.mention.id: m for m in mentions if links(m.mention)}
    made = judge_new(list(held.values()), MemoryIndex(), rules, profiles)
    return _result(held, made, [*made, *human], rules, profiles)


def incidents_as_of(
    mentions: Sequence[SourcedMention],
    judgements: Iterable[Judgement],
    rules: LinkRules,
    as_of: datetime | None = None,
) -> tuple[Incident, ...]:
    """Return the incidents as they were believed at a moment: only mentions known by then, clustered anew."""
    held = {m.mention.id: m for m in known_by(mentions, as_of) if links(m.mention)}
    return _result(held, (), list(judgements), rules, Profiles(rules)).incidents


def _result(
    held: Mapping[str, SourcedMention],
    made: Sequence[Judgement],
    judgements: Sequence[Judgement],
    rules: LinkRules,
    profiles: Profiles,
) -> LinkResult:
    """Return clusters and incidents of the held mentions."""
    effective_ones = list(effective(judgements).values())
    group_of = {
        name: number for number, group in enumerate(components(held, effective_ones)) for name in group
    }
    inside: dict[int, list[Judgement]] = {}
    for judgement in effective_ones:
        number = group_of.get(judgement.left, -1)
        if number >= 0 and number == group_of.get(judgement.right, -2):
            inside.setdefault(number, []).append(judgement)
    members: dict[int, list[str]] = {}
    for name, number in group_of.items():
        members.setdefault(number, []).append(name)
    clusters: list[tuple[str, ...]] = []
    clashes: list[Conflict] = []
    for number, names in members.items():
        about = inside.get(number, [])
        clusters += cluster(names, about)
        if any(judgement.by != RULES for judgement in about):
            clashes += conflicts(names, about)
    clusters.sort()
    incidents = tuple(incident_of([held[n] for n in names], rules, profiles=profiles) for names in clusters)
    return LinkResult(
        judgements=tuple(made),
        clusters=tuple(clusters),
        incidents=incidents,
        aliases={alias: incident.id for incident in incidents for alias in incident.aliases},
        conflicts=tuple(clashes),
    )
