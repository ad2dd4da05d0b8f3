"""Clusters of links: no chains, people win, contradictions are told, order does not matter."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from made_profiles import DAY, named, profile, profiles, wheres
from seamwatch.link.cluster import (
    BIND_FROM,
    BIND_MOST,
    MERGE,
    binds,
    cluster,
    components,
    conflicts,
    effective,
    near_of,
    needed,
)
from seamwatch.link.compare import Profile, Where
from seamwatch.link.linker import partition
from seamwatch.link.rules import load_link_rules
from seamwatch.model.incident import Judgement
from seamwatch.model.link import Link
from seamwatch.vocabulary.codes import Verdict

RULES = load_link_rules()
SURE, LIKELY, DOUBTFUL, NOT = 6000, 2500, -500, -2100  # log-odds in thousandths

PLACE = Where(
    parts=(named("Kulajo"),), admin2=named("Kifri"), admin1=named("Diyala"), country="IQ", level=1,
    keys=frozenset({named("Kulajo")[1], named("Diyala")[1]}),
)  # fmt: skip
PROVINCE = Where(admin1=named("Diyala"), country="IQ", keys=frozenset({named("Diyala")[1]}))


def bomb(name: str, **fields: Any) -> Profile:
    """Return a full telling of one bomb."""
    values = {
        "start": DAY, "end": DAY, "told": DAY + 1, "day_precision": 1, "where": PLACE, "killed": (2, 2),
        "injured": (11, 11), "sides": frozenset({"police"}), "weapons": frozenset({"roadside_bomb"}),
    } | fields  # fmt: skip
    return profile(name, **values)


def bombs(names: str) -> dict[str, Profile]:
    return {name: bomb(name) for name in names}


def human(left: str, right: str, verdict: Verdict, day: int = 1) -> Judgement:
    at = datetime(2022, 4, day, tzinfo=UTC)
    return Judgement(left=left, right=right, verdict=verdict, score=1.0, by="ana", at=at)


def test_a_telling_like_both_does_not_chain_two_incidents() -> None:
    """Two incidents that have nothing in common stay two, though a third telling resembles both."""
    told = {
        "a": bomb("a"),
        "b": profile("b", start=DAY, end=DAY + 6, day_precision=2, where=PROVINCE),
        "c": bomb("c", start=DAY + 5, end=DAY + 5, killed=(9, 9), injured=(1, 1), sides=frozenset({"army"})),
    }  # fmt: skip
    found = cluster(told, [Link("a", "b", LIKELY), Link("b", "c", LIKELY - 1)], RULES)
    assert found == (("a", "b"), ("c",))


def test_a_chain_whose_ends_were_never_compared_does_not_become_one() -> None:
    """Pairs without a link speak against: four tellings in a row do not join hands."""
    told = {
        name: bomb(name, start=DAY + 2 * n, end=DAY + 2 * n, killed=(n * n, n * n), injured=None)
        for n, name in enumerate("abcd")
    }
    found = cluster(told, [Link(a, b, LIKELY) for a, b in ("ab", "bc", "cd")], RULES)
    assert len(found) >= 2


def test_a_doubtful_pair_is_outweighed_by_many_sure_ones() -> None:
    """One doubtful pair does not split tellings that all others bind and that say the same."""
    links = [Link(a, b, NOT if (a, b) == ("a", "d") else SURE) for a, b in combinations("abcd", 2)]
    assert cluster(bombs("abcd"), links, RULES) == (("a", "b", "c", "d"),)


def test_a_pair_joins_above_the_threshold_only() -> None:
    """Two tellings are one where their log-odds are above MERGE, whatever their profiles say."""
    for odds, want in ((MERGE + 1, (("a", "b"),)), (MERGE, (("a",), ("b",))), (NOT, (("a",), ("b",)))):
        assert cluster(bombs("ab"), [Link("a", "b", odds)], RULES) == want
    assert cluster(bombs("ab"), [], RULES) == (("a",), ("b",))


def test_people_win() -> None:
    """A person's judgement wins over the rules', both ways, and a later one over an earlier."""
    links = [Link("a", "b", SURE), Link("a", "c", NOT)]
    told = [human("a", "b", Verdict.DIFFERENT), human("a", "c", Verdict.SAME)]
    assert cluster(bombs("abc"), links, RULES, told) == (("a", "c"), ("b",))
    assert cluster(bombs("ab"), links, RULES, [*told, human("a", "b", Verdict.UNSURE, 2)]) == (("a",), ("b",))
    assert cluster(bombs("ab"), links, RULES, [*told, human("a", "b", Verdict.SAME, 3)]) == (("a", "b"),)
    assert cluster(bombs("ab"), [], RULES, [human("a", "b", Verdict.SAME)]) == (("a", "b"),)


def test_the_latest_judgement_of_a_pair_counts() -> None:
    """Of several judgements on a pair the last one made holds, however they are listed."""
    first, last = human("a", "b", Verdict.SAME, 1), human("a", "b", Verdict.DIFFERENT, 2)
    assert effective([first, last]) == effective([last, first]) == {("a", "b"): last}


def test_a_cycle_is_reported() -> None:
    """a is b, b is c, but a is not c: the contradiction is told, and the parting kept."""
    told = [
        human("a", "b", Verdict.SAME, day=1),
        human("b", "c", Verdict.SAME, day=2),
        human("a", "c", Verdict.DIFFERENT, day=3),
    ]
    (clash,) = conflicts("abc", told)
    assert (clash.same, clash.different) == (("a", "b"), ("a", "c"))
    links = [Link(a, b, SURE) for a, b in combinations("abc", 2)]
    assert cluster(bombs("abc"), links, RULES, told) == (("a",), ("b", "c"))
    assert partition(bombs("abc"), links, told, RULES).conflicts == (clash,)


def test_a_parting_holds_for_what_was_bound() -> None:
    """Whoever a person binds to one of two parted tellings can't reach the other through the rules."""
    told = [human("a", "b", Verdict.SAME), human("a", "c", Verdict.DIFFERENT)]
    assert cluster(bombs("abc"), [Link("b", "c", SURE)], RULES, told) == (("a", "b"), ("c",))


def test_what_people_bind_is_as_near_as_its_nearest() -> None:
    """What is bound by a person is one thing: it joins what any of its mentions is sure to be."""
    told = [human("a", "b", Verdict.SAME)]
    assert cluster(bombs("abc"), [Link("b", "c", SURE)], RULES, told) == (("a", "b", "c"),)


def test_links_to_what_is_not_given_are_left_out() -> None:
    """A link or judgement with a mention that is not among the profiles changes nothing."""
    told = [human("a", "x", Verdict.SAME), human("b", "x", Verdict.SAME)]
    assert cluster(bombs("ab"), [Link("a", "x", SURE), Link("b", "x", SURE)], RULES, told) == (("a",), ("b",))
    assert components("ab", [Link("a", "x", SURE), Link("b", "x", SURE)], told) == (("a",), ("b",))


NAMES = "abcdefg"
PAIRS = tuple(combinations(NAMES, 2))
odds = st.sampled_from([-2100, -900, -1, 0, 1, 400, 1500, 1500, 3000, 6000])
verdicts = st.sampled_from([Verdict.SAME, Verdict.DIFFERENT, Verdict.UNSURE])


@st.composite
def cases(draw: st.DrawFn) -> tuple[dict[str, Profile], list[Link], list[Judgement]]:
    """Return profiles that say much the same or anything, links between them, and some judgements."""
    told = {}
    for name in NAMES:
        other = draw(profiles(name, places=wheres()))
        told[name] = other if draw(st.booleans()) else replace(bomb(name), article=other.article)
    chosen = draw(st.dictionaries(st.sampled_from(PAIRS), odds, max_size=18))
    judged = draw(st.lists(st.tuples(st.sampled_from(PAIRS), verdicts, st.integers(1, 9)), max_size=5))
    links = [Link(a, b, n) for (a, b), n in chosen.items()]
    return told, links, [human(a, b, verdict, day) for (a, b), verdict, day in judged]


@settings(max_examples=150)
@given(cases(), st.data())
def test_clusters_do_not_depend_on_order(case: Any, data: st.DataObject) -> None:
    """Any order of mentions, links and judgements gives the same clusters, each mention in one."""
    told, links, judged = case
    want = cluster(told, links, RULES, judged)
    assert sorted(name for names in want for name in names) == list(NAMES)
    mixed = {name: told[name] for name in data.draw(st.permutations(NAMES))}
    links, judged = data.draw(st.permutations(links)), data.draw(st.permutations(judged))
    assert cluster(mixed, links, RULES, judged) == want


@settings(max_examples=150)
@given(cases())
def test_parts_are_clustered_apart_or_all_at_once(case: Any) -> None:
    """What binding links and judgements connect is clustered by itself: the same as with all the rest."""
    told, links, judged = case
    near = near_of(links)
    whole = partition(told, links, judged, RULES)
    parts = [
        partition({n: told[n] for n in group}, links, judged, RULES, near)
        for group in components(told, links, judged)
    ]
    assert tuple(sorted(names for part in parts for names in part.clusters)) == whole.clusters
    found = [clash for part in parts for clash in part.conflicts]
    assert sorted(map(repr, found)) == sorted(map(repr, whole.conflicts))


@given(cases())
def test_no_cluster_crosses_what_is_connected(case: Any) -> None:
    """Components hold whole clusters; what a person parted is never in one, what they bound always is."""
    told, links, judged = case
    parts = partition(told, links, judged, RULES)
    groups = [set(group) for group in components(told, links, judged)]
    assert all(any(group.issuperset(names) for group in groups) for names in parts.clusters)
    where = {name: names for names in parts.clusters for name in names}
    clashing = {clash.same for clash in parts.conflicts}
    for (a, b), judgement in effective(judged).items():
        if judgement.verdict is Verdict.DIFFERENT:
            assert where[a] != where[b]
        elif judgement.verdict is Verdict.SAME and (a, b) not in clashing:
            assert where[a] == where[b]


@given(st.dictionaries(st.sampled_from(PAIRS), odds, max_size=18))
def test_links_that_do_not_bind_connect_nothing(chosen: dict[tuple[str, str], int]) -> None:
    """Components are what the binding links of each mention's crowd make them, and no others."""
    links = [Link(a, b, n) for (a, b), n in chosen.items()]
    near = near_of(links)
    binding = [link for link in links if binds(link, near)]
    assert components(NAMES, links) == components(NAMES, binding, near=dict.fromkeys(NAMES, 0))
    assert all(binds(link) for link in binding)


def test_the_more_are_near_the_surer_a_link_must_be() -> None:
    """A link binds above zero among few; in a crowd around both it has to say more, up to a most."""
    link = Link("a", "b", 2000)
    assert binds(link, {"a": BIND_FROM, "b": 500})
    assert not binds(link, {"a": 500, "b": 500})
    needs = [needed(count) for count in range(600)]
    assert needs == sorted(needs)
    assert (needs[BIND_FROM], needs[-1]) == (MERGE, BIND_MOST)
