"""Linking tellings to incidents in memory: what is linked, under which ids, and as of when."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from link_tellings import rows, telling, tellings
from seamwatch.link.linker import link_all
from seamwatch.link.order import incident_id
from seamwatch.link.rules import load_link_rules
from seamwatch.model.decision import Decision
from seamwatch.vocabulary.codes import DecisionKind

RULES = load_link_rules()
BOMB: dict[str, Any] = {
    "day": 7, "place": "Kulajo", "admin2": "Kifri", "admin1": "Diyala", "country": "IQ", "where": 1,
    "killed": 2, "injured": 3, "target": "police patrol",
}  # fmt: skip
RAID: dict[str, Any] = {
    "day": 20, "place": "Rutba", "admin1": "Anbar", "country": "IQ", "where": 1, "type": "Armed clash",
    "killed": 7, "target": "army post",
}  # fmt: skip


def decided(kind: DecisionKind, *mentions: str, number: int = 1, **fields: Any) -> Decision:
    at = datetime(2022, 4, number, tzinfo=UTC)
    return Decision(
        kind=kind, mentions=mentions[:1], others=mentions[1:], by="ana", at=at, number=number, **fields
    )


def groups(incidents: Any) -> list[tuple[str, ...]]:
    return sorted(tuple(sorted(m.mention.id for m in i.mentions)) for i in incidents)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(rows, min_size=1, max_size=9), st.data())
def test_the_order_of_the_tellings_does_not_matter(drawn: list[dict[str, Any]], data: st.DataObject) -> None:
    """However the tellings are ordered, the incidents are the same, in the same order."""
    mentions = tellings(drawn)
    assert link_all(data.draw(st.permutations(mentions)), RULES) == link_all(mentions, RULES)


@settings(max_examples=40)
@given(st.lists(rows, min_size=2, max_size=9))
def test_every_id_leads_to_an_incident(drawn: list[dict[str, Any]]) -> None:
    """Whatever id a mention may have given an incident leads to the one incident that holds it."""
    incidents = link_all(tellings(drawn), RULES)
    leads = {name: i.id for i in incidents for name in (i.id, *i.aliases)}
    assert len(leads) == sum(1 + len(i.aliases) for i in incidents)
    for incident in incidents:
        assert all(leads[incident_id(m.mention.id)] == incident.id for m in incident.mentions)


def test_what_is_no_incident_is_not_linked() -> None:
    """Plans, history and hypotheses are in no incident; a denial is."""
    told = [
        telling(m, {"day": 7, "place": "Kulajo", "where": 1, "modality": m})
        for m in ("background", "planned", "hypothetical", "negated", "denied")
    ]
    assert groups(link_all(told, RULES)) == [("denied",)]


def test_one_of_four_tellings_may_miss_the_day() -> None:
    """Four outlets tell one bomb, one of them a day late; two who give two days tell two bombs."""
    bombs = [telling(name, BOMB) for name in "abc"]
    late = telling("d", {**BOMB, "day": 8})
    assert groups(link_all([*bombs, late], RULES)) == [("a", "b", "c", "d")]
    two = [telling("a", {**BOMB, "injured": None}), telling("d", {**BOMB, "day": 8, "injured": None})]
    assert groups(link_all(two, RULES)) == [("a",), ("d",)]


def test_three_who_give_the_next_day_tell_another() -> None:
    """Two attacks on one spot on following days, each told three times, stay two."""
    told = [telling(n, BOMB) for n in "abc"] + [telling(n, {**BOMB, "day": 8}) for n in "def"]
    assert groups(link_all(told, RULES)) == [("a", "b", "c"), ("d", "e", "f")]


def test_two_outlets_that_tell_one_bomb_make_one_incident() -> None:
    """Tellings that agree are one incident, another event is another; the earliest telling gives the id."""
    told = [telling("x", {**BOMB, "told": 9}), telling("y", {**BOMB, "told": 8}), telling("z", RAID)]
    bomb, raid = sorted(link_all(told, RULES), key=lambda i: -len(i.mentions))
    assert (bomb.id, bomb.aliases, bomb.killed and bomb.killed.best) == (
        incident_id("y"),
        (incident_id("x"),),
        2,
    )
    assert (raid.id, raid.aliases) == (incident_id("z"), ())


def test_attacks_on_one_road_on_following_days_stay_two() -> None:
    """Two attacks, each told by two outlets, do not become one through a report that fits both."""
    first, second = {**BOMB, "day": 7}, {**BOMB, "day": 8, "killed": 9, "injured": 1, "target": "farmers"}
    vague = {**BOMB, "day": "7-8", "prec": 2, "told": 9}
    del vague["killed"], vague["injured"], vague["target"]
    told = [
        *(telling(name, {**first, "told": 9}) for name in ("a1", "a2", "a3")),
        *(telling(name, {**second, "told": 10}) for name in ("b1", "b2", "b3")),
        telling("c", vague),
    ]
    found = [names for names in groups(link_all(told, RULES)) if names != ("c",)]
    assert [tuple(n for n in names if n != "c") for names in found] == [
        ("a1", "a2", "a3"),
        ("b1", "b2", "b3"),
    ]


@pytest.mark.parametrize(("day", "count"), [(8, 1), (9, 1), (7, 0)])
def test_as_of_knows_only_what_was_published(day: int, count: int) -> None:
    """The state at a moment holds only the tellings known by then."""
    told = [telling("a", {**BOMB, "told": 8}), telling("b", {**BOMB, "told": 9, "killed": 3})]
    found = link_all(told, RULES, as_of=datetime(2022, 3, day, 12, tzinfo=UTC))
    assert len(found) == count
    if count:
        assert found[0].killed is not None
        assert found[0].killed.best == day - 6


def test_as_of_knows_only_what_was_decided() -> None:
    """A decision made later changes nothing of what was believed before it."""
    told = [telling("a", BOMB), telling("b", BOMB)]
    apart = [decided(DecisionKind.DIFFERENT, "a", "b", number=5)]
    before, after = (datetime(2022, 4, day, tzinfo=UTC) for day in (4, 6))
    assert groups(link_all(told, RULES, decisions=apart, as_of=before)) == [("a", "b")]
    assert groups(link_all(told, RULES, decisions=apart, as_of=after)) == [("a",), ("b",)]
    assert groups(link_all(told, RULES, decisions=apart)) == [("a",), ("b",)]


def test_a_correction_of_one_incident_leaves_the_others_alone() -> None:
    """What a person sets of one incident, and that they did, is in this one and no other."""
    made = decided(DecisionKind.CORRECT, "a", field="killed", value=9)
    bomb, raid = sorted(
        link_all([telling("a", BOMB), telling("z", RAID)], RULES, decisions=[made]),
        key=lambda i: i.mentions[0].mention.id,
    )
    assert (bomb.killed and bomb.killed.best, bomb.decisions) == (9, (made,))
    assert (raid.killed and raid.killed.best, raid.decisions) == (7, ())
