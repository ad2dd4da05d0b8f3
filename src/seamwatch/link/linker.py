"""Mentions to links, and links with people's judgements to incidents, in whatever order they come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from seamwatch.link.block import may_be_one, pairs_in
from seamwatch.link.cluster import KEEP, cluster, components, conflicts
from seamwatch.link.compare import Profile, Profiles, links
from seamwatch.link.decisions import concerning, judgements_of
from seamwatch.link.frame import Frame, Ints
from seamwatch.link.odds import PairOdds
from seamwatch.link.order import known_by
from seamwatch.link.rules import LinkRules
from seamwatch.link.state import incident_of
from seamwatch.model.decision import Decision, standing
from seamwatch.model.incident import Incident, Judgement, SourcedMention
from seamwatch.model.link import Conflict, Link
from seamwatch.vocabulary.codes import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Mentions in clusters, each a tuple of sorted ids, in order; and the judgements that contradict."""

    clusters: tuple[tuple[str, ...], ...]
    conflicts: tuple[Conflict, ...] = ()


def links_between(
    profiles: Sequence[Profile], pairs: Iterable[tuple[int, int]], rules: LinkRules
) -> list[Link]:
    """Return the links of these pairs of rows, sorted; each pair once, in either order."""
    rows = np.array(list(pairs), np.int64).reshape(-1, 2)
    return sorted(_links(Frame(profiles), rows[:, 0], rows[:, 1], rules)) if len(rows) else []


def _links(frame: Frame, i: Ints, j: Ints, rules: LinkRules) -> Iterator[Link]:
    fits = may_be_one(frame, i, j, rules)
    i, j = i[fits], j[fits]
    odds = PairOdds(frame, rules).of(i, j)
    kept = odds > KEEP
    ids = [p.id for p in frame.profiles]
    for a, b, value in zip(i[kept].tolist(), j[kept].tolist(), odds[kept].tolist(), strict=True):
        one, other = ids[a], ids[b]
        yield Link(one, other, value) if one < other else Link(other, one, value)


def all_links(profiles: Sequence[Profile], rules: LinkRules) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Yield all links of these mentions in runs: rows i and j, i > j, and their log-odds."""
    frame = Frame(profiles)
    if frame.all_apart():
        return
    compare = PairOdds(frame, rules)
    for rows, others in pairs_in(profiles, rules):
        fits = may_be_one(frame, rows, others, rules)
        i, j = rows[fits], others[fits]
        odds = compare.of(i, j)
        kept = odds > KEEP
        yield i[kept], j[kept], odds[kept]


def partition(
    profiles: Mapping[str, Profile],
    linked: Iterable[Link],
    judgements: Iterable[Judgement],
    rules: LinkRules,
    near: Mapping[str, int] | None = None,
) -> Parts:
    """Return the clusters of these mentions; one never crosses what binding links and judgements connect.

    What becomes of mentions that nothing connects with others does not depend on the others. `near` is what
    `near_of` says of all links there are; without it, of those given.
    """
    judged = list(judgements)
    links_ = list(linked)
    groups = components(profiles, links_, judged, near)
    home = {name: number for number, group in enumerate(groups) for name in group}
    inside = [k for k in links_ if home.get(k.left, -1) == home.get(k.right, -2)]
    clashes = conflicts(profiles, judged) if judged else ()
    return Parts(clusters=cluster(profiles, inside, rules, judged), conflicts=clashes)


def link_all(
    mentions: Iterable[SourcedMention],
    rules: LinkRules,
    *,
    decisions: Sequence[Decision] = (),
    as_of: datetime | None = None,
    policy: Policy = Policy.UCDP,
) -> tuple[Incident, ...]:
    """Return the incidents that these mentions tell, linked at once; with `as_of` as believed at a moment.

    Then only mentions known and decisions made by then count.
    """
    held = {m.mention.id: m for m in known_by(mentions, as_of) if links(m.mention)}
    profiles = Profiles(rules)
    rows = [profiles.of(m) for m in held.values()]
    ids = [p.id for p in rows]
    linked = [
        Link(min(ids[a], ids[b]), max(ids[a], ids[b]), odds)
        for run in all_links(rows, rules)
        for a, b, odds in zip(*(column.tolist() for column in run), strict=True)
    ]
    judged = judgements_of(standing(tuple(decisions), as_of))
    parts = partition({p.id: p for p in rows}, linked, judged, rules)
    return tuple(
        incident_of(
            [held[n] for n in names],
            rules,
            as_of=as_of,
            profiles=profiles,
            policy=policy,
            decisions=concerning(decisions, names),
        )
        for names in parts.clusters
    )
