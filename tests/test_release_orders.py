"""Orders and approvals where incidents become one or two, where rules change, and whoever gives them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from release_parties import Office, charter_of
from seamwatch.coordinate.release_orders import same_person, standing_orders, valid_approval
from seamwatch.coordinate.release_view import Telling
from seamwatch.errors import SeamwatchError
from seamwatch.model.release import ReleaseOrder
from seamwatch.pipeline.centre.ordering import approve, give_order, put_rules
from seamwatch.pipeline.centre.previewing import preview_of
from seamwatch.pipeline.centre.releasing import release_due
from seamwatch.pipeline.centre.weighing import Weighing
from seamwatch.pipeline.decide import Decider
from seamwatch.store import Store
from seamwatch.vocabulary.coordination import OrderKind, Tlp
from told_store import BOMB, RAID, opened, tell

ALL = "rules: [{id: all, to: '*', tlp: amber}]"
ASKS = "rules: [{id: asks, to: b, tlp: amber, approval: true, fields: {place: %s}}]"


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with opened(tmp_path) as made:
        yield made


def told(store: Store, name: str = "N1", row: dict[str, Any] = BOMB, **more: Any) -> str:
    mention = tell(store, name, row, **more)
    return store.incidents_of([mention])[mention]


def ordered(office: Office, incident: str, kind: OrderKind, by: str = "Ana", **more: Any) -> ReleaseOrder:
    order = ReleaseOrder(incident=incident, kind=kind, by=by, at=office.now(), **more)
    return give_order(office.node.store, order, office.charter)


def approved(office: Office, incident: str, by: str = "Ben") -> None:
    order = ReleaseOrder(incident=incident, kind=OrderKind.APPROVE, by=by, at=office.now(), to="b")
    approve(office.node.store, office.charter, "a", order)


def state_of(office: Office, incident: str) -> str:
    weighing = Weighing(office.node.store, office.charter, "a", office.now())
    return preview_of(weighing, "b", incident).verdict.state


def merged(store: Store, *incidents: str) -> str:
    Decider(store, by="Cyn").merge(list(incidents))
    return store.resolve_id(incidents[0])


def test_a_release_of_one_incident_lifts_no_hold_of_another(store: Store) -> None:
    """One is held, another was held and let go; when they become one it is held, until that is let go."""
    first, other = told(store), told(store, "R1", RAID)
    office = Office(store, charter_of(ALL))
    ordered(office, first, OrderKind.HOLD)
    ordered(office, other, OrderKind.HOLD)
    ordered(office, other, OrderKind.RELEASE)
    both = merged(store, first, other)
    assert state_of(office, both) == "held"
    ordered(office, both, OrderKind.RELEASE)
    assert state_of(office, both) == "released"


def test_what_is_let_go_of_a_part_stays_held_in_the_other(store: Store) -> None:
    """A hold of a whole is lifted for the part that a release was given for, and comes back with the rest."""
    first = told(store)
    second = tell(store, "N2", BOMB)
    office = Office(store, charter_of(ALL))
    ordered(office, first, OrderKind.HOLD)
    Decider(store, by="Cyn").split(first, [second])
    part, rest = sorted(store.incident_ids(), key=lambda i: i != store.incidents_of([second])[second])
    ordered(office, part, OrderKind.RELEASE)
    assert (state_of(office, part), state_of(office, rest)) == ("released", "held")
    assert state_of(office, merged(store, part, rest)) == "held"


def test_a_withheld_field_and_a_label_stay_where_incidents_become_one(store: Store) -> None:
    """What was ordered later about the other incident takes nothing of it back."""
    first, other = told(store), told(store, "R1", RAID)
    office = Office(store, charter_of(ALL))
    ordered(office, first, OrderKind.WITHHOLD_FIELD, field="weapons")
    ordered(office, first, OrderKind.LABEL, tlp=Tlp.AMBER_STRICT)
    ordered(office, other, OrderKind.RELEASE, field="weapons")
    ordered(office, other, OrderKind.LABEL, tlp=Tlp.GREEN)
    both = merged(store, first, other)
    release_due(office.node)
    held = office.held("b")[both]
    assert held["tlp"] == "TLP:AMBER+STRICT" and held["incident"]["weapons"] == []


@pytest.mark.parametrize("also", [False, True], ids=["one approved", "both approved"])
def test_an_approval_is_not_for_what_joins_later(store: Store, also: bool) -> None:
    """Two incidents become one: nobody saw the whole, so it waits for an approval; then it goes out."""
    first, other = told(store), told(store, "R1", RAID)
    office = Office(store, charter_of(ASKS % "exact"))
    approved(office, first)
    if also:
        approved(office, other)
    both = merged(store, first, other)
    assert state_of(office, both) == "approval"
    approved(office, both)
    assert state_of(office, both) == "released"


def test_an_approval_of_the_whole_is_not_for_its_parts(store: Store) -> None:
    """What was approved as one and is split must be approved, part by part."""
    first = told(store)
    second = tell(store, "N2", BOMB)
    office = Office(store, charter_of(ASKS % "exact"))
    approved(office, first)
    release_due(office.node)
    Decider(store, by="Cyn").split(first, [second])
    assert {state_of(office, name) for name in store.incident_ids()} == {"approval"}
    release_due(office.node)
    assert office.held("b") == {}


def test_a_later_article_is_news_of_what_was_approved(store: Store) -> None:
    """An approval stays when another article tells the same; a changed figure goes out under it."""
    first = told(store)
    office = Office(store, charter_of(ASKS % "exact"))
    approved(office, first)
    told(store, "N2", killed=5)
    assert state_of(office, first) == "released"


@pytest.mark.parametrize(("hours", "holds"), [(1, True), (0, True), (-1, False)])
def test_what_was_in_the_record_before_an_approval_and_joins_later_ends_it(hours: int, holds: bool) -> None:
    """A mention that came after an approval, or in its very moment, is news; one from before it is not."""
    at = datetime(2024, 3, 8, tzinfo=UTC)
    order = ReleaseOrder(
        incident="i-1", kind=OrderKind.APPROVE, by="Ben", at=at, to="b", about=frozenset({"N1#1"})
    )
    joined = Telling(mention="N2#1", stored=at + timedelta(hours=hours))
    found, _ = valid_approval(standing_orders([order], "b"), None, [joined])
    assert (found is order) is holds


def test_looser_rules_do_not_widen_an_approval(store: Store) -> None:
    """Approved as a district under TLP:AMBER: an exact place and a freer label wait for another approval."""
    first = told(store)
    office = Office(store, charter_of(ASKS % "district"))
    approved(office, first)
    looser = (ASKS % "exact").replace("amber", "green")
    put_rules(store, looser, "Ana", office.now())
    weighing = Weighing(store, office.charter, "a", office.now())
    made = preview_of(weighing, "b", first).verdict
    assert made.tlp is Tlp.AMBER and set(made.unapproved) >= {"place", "label"}
    assert made.content is not None and made.content["tlp"] == "TLP:AMBER"
    assert made.content["incident"]["place"]["precision"] == 3
    approved(office, first)
    assert preview_of(weighing, "b", first).verdict.tlp is Tlp.GREEN


@pytest.mark.parametrize(
    "by", ["ana karim", " Ana  Karim ", "Аna Karim", "Ａｎａ Karim", "Ana\u200b Karim", "Ána-Karim"]
)
def test_the_same_person_in_other_letters_is_no_second_one(store: Store, by: str) -> None:
    """Capitals, blanks, letters that look alike or that nobody sees make no other person."""
    first = told(store)
    office = Office(store, charter_of(ASKS % "exact"))
    Decider(store, by="Ana Karim").confirm(first)
    assert same_person("Ana Karim", by)
    with pytest.raises(SeamwatchError, match="second person"):
        approved(office, first, by)


def test_people_of_other_scripts_are_told_apart() -> None:
    """Names that have no letter in common are two people's."""
    assert not same_person("آنا", "بن") and same_person("آنا", "آنا")
