"""Linking tellings to incidents: clusters, people's judgements, and that order does not matter."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from link_tellings import telling
from seamwatch.link.block import MemoryIndex, candidates
from seamwatch.link.cluster import cluster, components, conflicts, log_odds
from seamwatch.link.linker import MemoryJudgements, incidents_as_of, link_all, link_new
from seamwatch.link.order import incident_id
from seamwatch.link.rules import load_link_rules
from seamwatch.model.incident import Judgement
from seamwatch.vocabulary.codes import Verdict

RULES = load_link_rules()


def judged(left, right, score, by="rules", verdict=None, at=None):
    """Return a judgement of a probability, or a person's verdict."""
    if verdict is None:
        verdict = Verdict.SAME if score >= 0.8 else Verdict.DIFFERENT if score <= 0.1 else Verdict.UNSURE
    return Judgement(left=left, right=right, verdict=verdict, score=score, by=by, at=at)


def human(left, right, verdict, day=1):
    return judged(left, right, 1.0, by="ana", verdict=verdict, at=datetime(2022, 4, day, tzinfo=UTC))


def test_a_telling_like_both_does_not_chain_two_incidents():
    """Two incidents held for different stay two, though a third telling resembles both."""
    found = cluster("abc", [judged("a", "b", 0.9), judged("b", "c", 0.85), judged("a", "c", 0.02)])
    assert found == (("a", "b"), ("c",))


def test_a_different_pair_is_outweighed_by_many_sure_ones():
    """One doubtful pair does not split tellings that all others bind."""
    names = "abcd"
    pairs = [(x, y) for i, x in enumerate(names) for y in names[i + 1 :]]
    found = cluster(names, [judged(x, y, 0.08 if (x, y) == ("a", "d") else 0.99) for x, y in pairs])
    assert found == (("a", "b", "c", "d"),)


def test_pairs_never_compared_speak_against():
    """A chain of tellings of which the ends were never compared does not become one."""
    assert len(cluster("abcd", [judged("a", "b", 0.9), judged("b", "c", 0.9), judged("c", "d", 0.9)])) == 2


def test_people_win():
    """A person's judgement wins over the rules', in both directions, and a later one over an earlier."""
    rules = [judged("a", "b", 0.99), judged("a", "c", 0.01)]
    told = [*rules, human("a", "b", Verdict.DIFFERENT), human("a", "c", Verdict.SAME)]
    assert cluster("abc", told) == (("a", "c"), ("b",))
    assert cluster("ab", [*told, human("a", "b", Verdict.UNSURE, day=2)]) == (("a",), ("b",))
    assert cluster("ab", [*told, human("a", "b", Verdict.SAME, day=3)]) == (("a", "b"),)


def test_a_cycle_is_reported():
    """a is b, b is c, but a is not c: the contradiction is shown, and the parting kept."""
    told = [
        human("a", "b", Verdict.SAME, day=1),
        human("b", "c", Verdict.SAME, day=2),
        human("a", "c", Verdict.DIFFERENT, day=3),
    ]
    (clash,) = conflicts("abc", told)
    assert clash.different == ("a", "c")
    assert cluster("abc", told) == (("a",), ("b", "c"))


def test_a_parting_holds_for_what_was_bound():
    """Whoever a person binds to one of two parted tellings can't reach the other through the rules."""
    told = [
        human("a", "b", Verdict.SAME),
        human("a", "c", Verdict.DIFFERENT),
        judged("b", "c", 0.999),
    ]
    assert cluster("abc", told) == (("a", "b"), ("c",))


scores = st.sampled_from([0.001, 0.05, 0.3, 0.5, 0.6, 0.8, 0.9, 0.97, 0.999])


@given(st.data())
def test_clusters_do_not_depend_on_order(data):
    """Any order of ids and judgements gives the same clusters; components never cut one."""
    names = "abcdefg"
    pairs = [(x, y) for i, x in enumerate(names) for y in names[i + 1 :]]
    chosen = data.draw(st.lists(st.tuples(st.sampled_from(pairs), scores, st.booleans()), max_size=24))
    told = {pair: judged(*pair, score) for pair, score, _ in chosen}
    for pair, score, person in chosen:
        if person and score in (0.001, 0.999):
            told[pair] = human(*pair, Verdict.SAME if score > 0.5 else Verdict.DIFFERENT)
    judgements = list(told.values())
    want = cluster(names, judgements)
    shuffled = data.draw(st.permutations(judgements))
    assert cluster(data.draw(st.permutations(names)), shuffled) == want
    by_part = [
        c for group in components(names, judgements) for c in cluster(group, _inside(group, judgements))
    ]
    assert tuple(sorted(by_part)) == want


def _inside(group, judgements):
    return [j for j in judgements if j.left in group and j.right in group]


def test_log_odds_are_bounded():
    """No single pair can outweigh everything, even at certainty."""
    assert log_odds(1.0) == -log_odds(0.0) + 1000 == 6000


PLACES = [
    {"place": "Kulajo", "admin2": "Kifri", "admin1": "Diyala", "where": 1},
    {"place": "Kolajo", "admin1": "Diyala", "where": 2},
    {"place": "Kifri", "admin2": "Kifri", "admin1": "Diyala", "where": 3},
    {
        "place": "Daquq",
        "admin2": "Daquq",
        "admin1": "Kirkuk",
        "where": 3,
        "lat": 35.1,
        "lon": 44.4,
        "radius": 25,
    },
    {},
]
rows = st.fixed_dictionaries(
    {
        "told": st.integers(9, 13),
        "type": st.sampled_from(["Armed clash", "Attack", "Remote explosive/landmine/IED"]),
        "modality": st.sampled_from(["asserted", "reported", "claimed", "denied", "background"]),
        "source": st.sampled_from(["Post", "Times", "Agency"]),
        "where_": st.sampled_from(PLACES),
        "article": st.sampled_from(["A1", "A2", "A3", "A4", "A5"]),
    },
    optional={
        "day": st.sampled_from([7, 8, "7-8", "1-28"]),
        "killed": st.integers(0, 3),
        "injured": st.integers(0, 3),
        "actor": st.sampled_from(["Islamic State", "PKK"]),
        "target": st.sampled_from(["police patrol", "farmers"]),
    },
)


def _tellings(drawn):
    made = []
    for number, row in enumerate(drawn):
        plain = {k: v for k, v in row.items() if k != "where_"} | row["where_"]
        plain["told"] = 8 + int(plain["article"][1:])  # one article has one day
        plain["source"] = ("Post", "Times", "Agency")[int(plain["article"][1:]) % 3]
        plain["prec"] = {"7-8": 2, "1-28": 4}.get(str(plain.get("day")), 1)
        made.append(telling(f"{plain['article']}#{number}", plain))
    return made


def _one_by_one(batches):
    """Return the incidents by id after linking batch by batch, as a pipeline with a store would."""
    index = MemoryIndex()
    judgements = MemoryJudgements(index)
    incidents, where = {}, {}
    for batch in batches:
        result = link_new(batch, index, judgements, RULES)
        index.add(batch)
        judgements.add(result.judgements)
        for gone in {where[m] for names in result.clusters for m in names if m in where}:
            incidents.pop(gone, None)
        for incident in result.incidents:
            incidents[incident.id] = incident
            where.update({m.mention.id: incident.id for m in incident.mentions})
    return incidents


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(rows, min_size=1, max_size=9), st.data())
def test_arrival_order_does_not_matter(drawn, data):
    """Any order and any batches give the same incidents, with the same ids, values and aliases."""
    mentions = _tellings(drawn)
    want = {i.id: i for i in link_all(mentions, RULES).incidents}
    order = data.draw(st.permutations(mentions))
    cuts = sorted(data.draw(st.sets(st.integers(1, max(1, len(order) - 1)), max_size=4)))
    batches = [order[a:b] for a, b in zip([0, *cuts], [*cuts, len(order)], strict=True)]
    assert _one_by_one(batches) == want


@settings(max_examples=40, deadline=None)
@given(st.lists(rows, min_size=2, max_size=9))
def test_every_id_leads_to_an_incident(drawn):
    """Whatever id a mention may have given an incident leads to the incident that holds it now."""
    mentions = _tellings(drawn)
    result = link_all(mentions, RULES)
    leads = dict(result.aliases) | {i.id: i.id for i in result.incidents}
    for incident in result.incidents:
        for m in incident.mentions:
            assert leads[incident_id(m.mention.id)] == incident.id


@settings(max_examples=40, deadline=None)
@given(st.lists(rows, min_size=2, max_size=9))
def test_candidates_are_mutual(drawn):
    """If one telling is worth comparing with another, so is the other with it."""
    mentions = _tellings(drawn)
    index = MemoryIndex(mentions)
    pairs = {(m.mention.id, o.mention.id) for m in mentions for o in candidates(m, index)}
    assert pairs == {(b, a) for a, b in pairs}


def test_what_is_no_incident_is_not_linked():
    """Plans, history and hypotheses are in no incident; a denial is."""
    rows = [
        telling(m, {"day": 7, "place": "Kulajo", "where": 1, "modality": m})
        for m in ("background", "planned", "hypothetical", "negated", "denied")
    ]
    assert [i.mentions[0].mention.id for i in link_all(rows, RULES).incidents] == ["denied"]


def test_an_earlier_mention_takes_the_old_id_as_alias():
    """When an earlier telling arrives later, the incident's id is its, and the old id an alias."""
    row = {"day": 7, "place": "Kulajo", "admin2": "Kifri", "where": 1, "killed": 2, "target": "police patrol"}
    late, early = telling("x", {**row, "told": 9}), telling("y", {**row, "told": 8})
    index = MemoryIndex()
    store = MemoryJudgements(index)
    first = link_new([late], index, store, RULES)
    index.add([late])
    second = link_new([early], index, store, RULES)
    assert [i.id for i in first.incidents] == [incident_id("x")]
    assert [i.id for i in second.incidents] == [incident_id("y")]
    assert second.aliases == {incident_id("x"): incident_id("y")}


def test_a_person_parts_what_is_linked():
    """A person's `different` on two linked tellings parts them when they are linked again."""
    row = {"day": 7, "place": "Kulajo", "admin2": "Kifri", "where": 1, "killed": 2, "target": "police patrol"}
    a, b = telling("a", row), telling("b", row)
    index = MemoryIndex()
    store = MemoryJudgements(index)
    store.add(link_new([a, b], index, store, RULES).judgements)
    index.add([a, b])
    store.add([human("a", "b", Verdict.DIFFERENT)])
    assert link_new([a], index, store, RULES).clusters == (("a",), ("b",))


@pytest.mark.parametrize(("day", "count"), [(8, 1), (9, 1), (7, 0)])
def test_as_of_knows_only_what_was_published(day, count):
    """The state at a moment holds only the tellings known by then."""
    row = {"day": 7, "place": "Kulajo", "where": 1, "killed": 2}
    told = [telling("a", {**row, "told": 8}), telling("b", {**row, "told": 9, "killed": 3})]
    judgements = link_all(told, RULES).judgements
    found = incidents_as_of(told, judgements, RULES, datetime(2022, 3, day, 12, tzinfo=UTC))
    assert len(found) == count
    if count:
        assert found[0].killed.best == day - 6


def test_a_pair_judged_anew_is_not_held_by_what_was_said_before():
    """Two tellings that bound once and no longer do, say because one moved, fall apart when linked again."""
    here = {
        "article": "A1",
        "day": 7,
        "told": 8,
        "place": "Kulajo",
        "admin1": "Diyala",
        "where": 1,
        "killed": 2,
    }
    first, same = telling("A1", here), telling("A2", {**here, "article": "A2"})
    away = telling("A2", {**here, "article": "A2", "day": 8, "place": "Hamrin", "killed": 9, "injured": 30})
    before = link_new([first, same], MemoryIndex(), MemoryJudgements(MemoryIndex()), RULES)
    assert before.clusters == (("A1", "A2"),)
    index = MemoryIndex([first, away])
    after = link_new([away], index, MemoryJudgements(index, before.judgements), RULES)
    assert after.clusters == (("A1",), ("A2",))
    assert [(j.left, j.right) for j in after.judgements] == [("A1", "A2")]
