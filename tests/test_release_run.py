"""The release run on a real store: what goes out, what is withdrawn, what waits."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from release_parties import Office, charter_of, found_centre
from seamwatch.coordinate.canonical import canonical
from seamwatch.coordinate.rule_codec import GRAINS, rules_yaml
from seamwatch.errors import SeamwatchError
from seamwatch.model.release import ReleaseOrder, ReleaseRule
from seamwatch.pipeline.centre.ordering import approve, give_order, put_rules
from seamwatch.pipeline.centre.previewing import preview, preview_of
from seamwatch.pipeline.centre.recipient import recipient_of
from seamwatch.pipeline.centre.releasing import release_due
from seamwatch.pipeline.centre.units import GazetteerUnits
from seamwatch.pipeline.centre.weighing import Weighing
from seamwatch.pipeline.decide import Decider
from seamwatch.pipeline.forget import forget
from seamwatch.publish.cap import write as write_cap
from seamwatch.publish.misp import write as write_misp
from seamwatch.store import Store, open_store
from seamwatch.vocabulary.coordination import Grain, OrderKind, PartyState, Tlp
from told_store import BOMB, RAID, opened, tell

ALL = "rules: [{id: all, to: '*', tlp: amber}]"
DAY = "rules: [{id: day, to: b, tlp: amber, after_hours: 24}]"
ASKS = "rules: [{id: asks, to: b, tlp: amber, approval: true}]"


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with opened(tmp_path) as made:
        yield made


def told(store: Store, name: str = "N1", row: dict[str, Any] = BOMB, **more: Any) -> str:
    """Store a telling; return the incident's id."""
    mention = tell(store, name, row, **more)
    return store.incidents_of([mention])[mention]


def ordered(office: Office, incident: str, kind: OrderKind, by: str = "Ana", **more: Any) -> ReleaseOrder:
    order = ReleaseOrder(incident=incident, kind=kind, by=by, at=office.now(), **more)
    return give_order(office.node.store, order, office.charter)


def test_what_the_rules_give_goes_out_once(store: Store) -> None:
    """A run releases each incident to each party that a rule names; the next has nothing to do."""
    incident = told(store)
    office = Office(store, charter_of(ALL))
    first = release_due(office.node)
    assert first.sent == {"b": 1, "c": 1} and first.weighed == 1
    assert office.held("b")[incident]["incident"]["killed"]["best"] == 2
    assert {r.record for r in office.sent("b")} == {r.record for r in office.sent("c")}
    assert release_due(office.node).weighed == 0
    assert not release_due(office.node, full=True).sent


def test_a_change_goes_out_and_nothing_else(store: Store) -> None:
    """Only incidents that changed are weighed again; the changed one goes out as a new version."""
    incident, other = told(store), told(store, "R1", RAID)
    office = Office(store, charter_of(ALL))
    release_due(office.node)
    told(store, "N2", killed=5)
    run = release_due(office.node)
    assert run.weighed == 1 and run.sent == {"b": 1, "c": 1}
    versions = {r.incident: r.version for r in office.sent("b")}
    assert versions == {incident: 2, other: 1}


def test_without_a_rule_nothing_leaves(store: Store) -> None:
    """No rule, no release: silence is never a permission."""
    told(store)
    office = Office(store, charter_of())
    assert release_due(office.node).states == {"none": 2}
    assert office.sent("b") == ()


def test_news_waits_in_an_update_too(store: Store) -> None:
    """With a delay goes out what was known then; a later article's figure waits its own day."""
    incident = told(store)
    office = Office(store, charter_of(DAY))
    waiting = release_due(office.node)
    assert waiting.states["waits"] == 1 and waiting.next_due is not None
    office.wait(25)
    assert release_due(office.node).sent == {"b": 1}
    # A second article comes in now, by the node's clock: its stored moment is moved there.
    told(store, "N2", killed=9)
    store.write("UPDATE articles SET stored_at = ? WHERE id = 'N2'", (office.now().isoformat(),))
    release_due(office.node)
    assert office.held()[incident]["incident"]["killed"]["best"] == 2
    assert "outlet of N2#1" not in canonical(office.held()[incident]).decode()
    office.wait(25)
    assert release_due(office.node).sent == {"b": 1}
    assert office.held()[incident]["incident"]["killed"]["best"] == 9


def test_a_retraction_goes_out_at_once(store: Store) -> None:
    """What is retracted here is retracted at the receivers with the next run, whatever the delay."""
    incident = told(store)
    office = Office(store, charter_of(DAY))
    office.wait(25)
    release_due(office.node)
    Decider(store, by="Ana").retract(incident, why="a controlled explosion")
    assert release_due(office.node).sent == {"b": 1}
    assert office.held()[incident]["incident"]["status"] == "retracted"
    assert "controlled" not in canonical(office.held()[incident]).decode()


def test_a_hold_withdraws_and_a_release_brings_back(store: Store) -> None:
    """HOLD withdraws what went out, with its reason; RELEASE brings it out again as a higher version."""
    incident = told(store)
    office = Office(store, charter_of(ALL))
    release_due(office.node)
    ordered(office, incident, OrderKind.HOLD, to="b", why="a source is at risk")
    assert release_due(office.node).withdrawn == {"b": 1}
    (record,) = office.sent("b")
    assert (record.state, record.version) == ("withdrawn", 2) and office.held("b") == {}
    assert record.why == "a source is at risk"
    assert office.held("c")
    ordered(office, incident, OrderKind.RELEASE)
    release_due(office.node)
    assert office.sent("b")[0].version == 3 and office.held("b")


def test_a_withdrawal_names_no_person_and_no_rule(store: Store) -> None:
    """What a receiver is told of a withdrawal is the order's own reason, or none: no name, no status."""
    incident, other = told(store), told(store, "R1", RAID)
    hidden = "rules: [{id: secret-rule, to: b, tlp: amber, fields: {status: withheld}}]"
    office = Office(store, charter_of(hidden))
    release_due(office.node)
    ordered(office, other, OrderKind.HOLD, by="Ana Karim")
    Decider(store, by="Ana Karim").retract(incident, why="a controlled explosion")
    assert release_due(office.node).withdrawn == {"b": 2}
    assert {r.why for r in office.sent("b")} == {"it is not released any longer"}
    assert {c["reason"] for c in office.said("b") if "reason" in c} == {"it is not released any longer"}


def test_a_receiver_can_not_read_who_ordered_what(store: Store) -> None:
    """Of orders a receiver reads a hold's reason alone: no author, nor why a field is withheld."""
    incident, other = told(store), told(store, "R1", RAID)
    office = Office(store, charter_of(ALL))
    release_due(office.node)
    who = "ana.karim"
    ordered(office, incident, OrderKind.HOLD, to="b", by=who, why="a source is at risk")
    withheld = {"field": "weapons", "why": "the police asked for it"}
    ordered(office, other, OrderKind.WITHHOLD_FIELD, to="b", by=who, **withheld)
    release_due(office.node)
    said = office.said("b")
    assert [content["version"] for content in said] == [2, 2]  # what was said before is erased
    (withdrawal,) = [content for content in said if "reason" in content]
    assert set(withdrawal) == {"record", "version", "reason"}
    assert withdrawal["reason"] == "a source is at risk"
    clear = canonical(said).decode()
    assert who not in clear and "police" not in clear


def test_a_withheld_field_is_withdrawn_by_a_new_version(store: Store) -> None:
    """A field is withdrawn with its reason; the version that had it is erased."""
    incident = told(store)
    office = Office(store, charter_of(ALL))
    release_due(office.node)
    ordered(office, incident, OrderKind.WITHHOLD_FIELD, field="weapons", why="unsure")
    release_due(office.node)
    (record,) = office.sent("b")
    assert (record.version, record.field, record.why) == (2, "weapons", "unsure")
    assert office.held()[incident]["incident"]["weapons"] == []
    assert "weapons" in office.held()[incident]["withheld"]


def test_a_place_that_is_withheld_by_order_takes_all_its_names_with_it(store: Store) -> None:
    """As by a rule: another town that the article names does not stay in the name of a target."""
    incident = told(store, "N1", {**BOMB, "target": "Zarnuqa police patrol"})
    named = [{"kind": "populated", "name": "Zarnuqa", "quote": "Zarnuqa"}]
    store.write("UPDATE extractions SET places = ? WHERE article_id = 'N1'", (json.dumps(named),))
    office = Office(store, charter_of(ALL))
    release_due(office.node)
    assert "Zarnuqa" in canonical(office.held()[incident]).decode()
    ordered(office, incident, OrderKind.WITHHOLD_FIELD, field="place")
    release_due(office.node)
    content = canonical(office.held()[incident]).decode()
    assert "Zarnuqa" not in content and "Daquq" not in content


def test_a_record_that_is_no_more_waits_for_who_takes_no_part(store: Store) -> None:
    """Its withdrawal goes to the others at once, and to the suspended party when that is back."""
    incident = told(store)
    office = Office(store, charter_of(ALL))
    release_due(office.node)
    active, office.charter = office.charter, charter_of(ALL)
    office.charter.states["b"] = PartyState.SUSPENDED  # type: ignore[index]
    forget(store, "N1", by="Ana", why="asked")
    assert release_due(office.node).withdrawn == {"c": 1}
    office.charter = active
    assert release_due(office.node, full=True).withdrawn == {"b": 1}
    assert not release_due(office.node, full=True).withdrawn and incident not in office.held()


def test_stricter_rules_take_back_what_they_no_longer_give(store: Store) -> None:
    """After a change of the rules all is weighed: what no rule gives any longer is withdrawn."""
    told(store), told(store, "R1", RAID)
    office = Office(store, charter_of(ALL))
    release_due(office.node)
    put_rules(store, "rules: [{id: own, to: [b], tlp: green, types: [Battles]}]", "Ana", office.now())
    office.charter = charter_of()
    run = release_due(office.node)
    assert run.withdrawn == {"b": 1, "c": 2} and run.sent == {"b": 1}


def test_a_merged_incident_is_withdrawn_as_part_of_another(store: Store) -> None:
    """When two incidents become one, the record of the one that is gone is withdrawn and says why."""
    incident, other = told(store), told(store, "R1", RAID)
    office = Office(store, charter_of(ALL))
    release_due(office.node)
    Decider(store, by="Ana").merge([incident, other], why="one attack")
    release_due(office.node)
    gone = [r for r in office.sent("b") if r.state == "withdrawn"]
    assert len(gone) == 1 and "part of another record" in gone[0].why


def test_a_hold_holds_for_every_part_of_what_was_held(store: Store) -> None:
    """Where a held incident is split, the order holds for both parts; merged, for the whole."""
    told(store)
    second = tell(store, "N2", BOMB)
    incident = store.incidents_of([second])[second]
    office = Office(store, charter_of(ALL))
    ordered(office, incident, OrderKind.HOLD)
    Decider(store, by="Ben").split(incident, [second])
    assert len(store.incident_ids()) == 2
    assert release_due(office.node).states == {"held": 4}
    Decider(store, by="Ben").merge(store.incident_ids())
    assert release_due(office.node).states == {"held": 2}


def test_what_another_party_told_is_never_passed_on(store: Store) -> None:
    """Only own mentions are released: a figure that a party told stays here."""
    incident = told(store)
    told(store, "P1", killed=40, source="Party C")
    store.write("UPDATE articles SET party = 'c' WHERE id = 'P1'")
    office = Office(store, charter_of(ALL))
    release_due(office.node)
    content = canonical(office.held("b")[incident]).decode()
    assert office.held("b")[incident]["incident"]["killed"]["best"] == 2
    assert "Party C" not in content and '"best":40' not in content
    store.write("UPDATE articles SET party = 'c' WHERE id = 'N1'")
    assert release_due(office.node).withdrawn == {"b": 1, "c": 1}


def test_a_party_that_takes_no_part_receives_nothing(store: Store) -> None:
    """Nothing goes to a suspended party; when it is back it gets what it missed."""
    told(store)
    office = Office(store, charter_of(ALL))
    active, office.charter = office.charter, charter_of(ALL)
    office.charter.states["b"] = PartyState.SUSPENDED  # type: ignore[index]
    assert release_due(office.node).sent == {"c": 1}
    office.charter = active
    assert release_due(office.node).sent == {"b": 1}


def test_what_was_held_meanwhile_is_withdrawn_when_a_party_is_back(store: Store) -> None:
    """A hold that was ordered while a party was suspended is carried out there when it takes part again."""
    incident = told(store)
    office = Office(store, charter_of(ALL))
    release_due(office.node)
    active, office.charter = office.charter, charter_of(ALL)
    office.charter.states["b"] = PartyState.SUSPENDED  # type: ignore[index]
    ordered(office, incident, OrderKind.HOLD)
    release_due(office.node)
    office.charter = active
    release_due(office.node)
    assert [r.state for r in office.sent("b")] == ["withdrawn"]


def test_approval_by_a_second_person(store: Store) -> None:
    """It waits until a second person approves; then that goes out, and a new field waits again."""
    row = {key: value for key, value in BOMB.items() if key != "injured"}
    incident = told(store, "N1", row)
    office = Office(store, charter_of(ASKS))
    assert release_due(office.node).states["approval"] == 1
    Decider(store, by="Ana").confirm(incident)

    def by(name: str) -> ReleaseOrder:
        return ReleaseOrder(incident=incident, kind=OrderKind.APPROVE, by=name, at=office.now(), to="b")

    with pytest.raises(SeamwatchError, match="second person") as refused:
        approve(store, office.charter, "a", by("Ana"))
    assert refused.value.code == "second_person"
    approve(store, office.charter, "a", by("Ben"))
    assert release_due(office.node).sent == {"b": 1}
    with pytest.raises(SeamwatchError, match="nothing of"):
        approve(store, office.charter, "a", by("Ben"))
    told(store, "N2", {**BOMB, "injured": 3})
    release_due(office.node)
    assert office.held()[incident]["incident"]["injured"] is None
    approve(store, office.charter, "a", by("Ben"))
    release_due(office.node)
    assert office.held()[incident]["incident"]["injured"]["best"] == 3


def test_a_joining_party_gets_the_agreed_backlog(store: Store) -> None:
    """What lies longer back than agreed before a party joined does not go to it; news of it does."""
    from seamwatch.pipeline.centre import weighing

    incident = told(store)
    office = Office(store, charter_of(ALL, backlog_days=30))
    office.wait(1)
    weighed = Weighing(store, office.charter, "a", office.now())
    weighed._joined = {"b": office.now()}
    assert "older than the 30 days" in preview_of(weighed, "b", incident).verdict.text
    assert preview_of(weighed, "c", incident).verdict.state == "released"
    assert weighing.receivers_of(office.charter, "a")[0].id == "b"


def test_a_withdrawal_tells_of_no_record_that_the_party_does_not_hold(store: Store) -> None:
    """One that became part of a held incident is withdrawn without a word of the other."""
    incident, other = told(store), told(store, "R1", RAID)
    office = Office(store, charter_of(ALL))
    release_due(office.node)
    ordered(office, other, OrderKind.HOLD, to="b", why="a source is at risk")
    Decider(store, by="Ana").merge([incident, other])
    release_due(office.node)
    assert {r.state for r in office.sent("b")} == {"withdrawn"}
    assert not [r.why for r in office.sent("b") if "part of" in r.why]
    assert any(r.why.startswith("it is told as part") for r in office.sent("c") if r.state == "withdrawn")


def test_orders_are_never_changed(store: Store) -> None:
    """Orders stay as they were given, each with who gave it and when."""
    incident = told(store)
    office = Office(store, charter_of(ALL))
    ordered(office, incident, OrderKind.LABEL, tlp=Tlp.RED, to="b")
    with pytest.raises(SeamwatchError, match="append-only"):
        store.write("UPDATE release_orders SET tlp = NULL")
    (order,) = store.release_orders(incident)
    assert (order.kind, order.tlp, order.by) == (OrderKind.LABEL, Tlp.RED, "Ana")


FIELDS_GIVEN = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(grains) for name, grains in GRAINS.items()}
)
ORDERED = st.lists(
    st.tuples(
        st.sampled_from((OrderKind.HOLD, OrderKind.RELEASE, OrderKind.LABEL, OrderKind.WITHHOLD_FIELD)),
        st.sampled_from((0, 1)),
        st.sampled_from(("b", None)),
        st.sampled_from(sorted(GRAINS)),
        st.sampled_from(tuple(Tlp)),
    ),
    max_size=3,
)
# Words of the tellings below that rules may keep back: each is told where the preview tells it, else nowhere.
KEPT = ("Daquq", "Kirkuk", "Rutba", "Anbar", "roadside", "rifle", "patrol", "army post", "outlet of", "Orbek")


@settings(max_examples=8, deadline=None)
@given(
    fields=FIELDS_GIVEN,
    orders=ORDERED,
    hours=st.sampled_from((0, 24)),
    waited=st.sampled_from((1, 23.9, 24.1)),
)
def test_a_preview_is_byte_for_byte_what_goes_out(
    fields: dict[str, Grain],
    orders: list[Any],
    hours: int,
    waited: float,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Whatever rule, orders and moment: a party receives what the preview shows; its report has no more."""
    folder = tmp_path_factory.mktemp("preview")
    found_centre(str(folder / "a.db"), folder)
    rule = ReleaseRule(id="own", to=("b",), tlp=Tlp.AMBER, after_hours=hours, fields=fields)
    with open_store(str(folder / "a.db")) as store:
        office = Office(store, charter_of())
        names = [told(store), told(store, "R1", RAID, target="Rutba army post")]
        told(store, "P1", killed=40, source="Orbek Front")
        store.write("UPDATE articles SET party = 'c' WHERE id = 'P1'")
        put_rules(store, rules_yaml([rule]), "Ana", office.now())
        for kind, which, to, name, tlp in orders:
            more = {"field": name} if kind is OrderKind.WITHHOLD_FIELD else {}
            more |= {"tlp": tlp} if kind is OrderKind.LABEL else {}
            ordered(office, store.resolve_id(names[which]), kind, to=to, **more)
        moment = office.now() + timedelta(hours=waited)
        office.node.clock = lambda: moment
        weighing = Weighing(store, office.charter, "a", moment)
        shown = {
            one.verdict.incident: canonical(one.verdict.content)
            for one in preview(weighing, "b")
            if one.verdict.state == "released"
        }
        release_due(office.node)
        got = office.held("b")
        bare = ({k: v for k, v in row.items() if k not in ("record", "version")} for row in got.values())
        assert dict(zip(got, map(canonical, bare), strict=True)) == shown
        assert len(office.said("b")) == len(shown) and office.said("c") == []
        recipient = recipient_of(store, "b", moment)
        assert sorted(label.value for _, label in recipient.incidents) == sorted(
            r["tlp"] for r in got.values()
        )
        written = StringIO()
        for write in (write_misp, write_cap):
            write([incident for incident, _ in recipient.incidents], written)
        may = b" ".join(shown.values()).decode()
        assert not [word for word in KEPT if word in written.getvalue() and word not in may]


STEPS = st.lists(
    st.sampled_from(
        ("tell", "raid", "hold", "allow", "withhold", "retract", "strict", "loose", "wait", "run")
    ),
    min_size=1,
    max_size=10,
)


@settings(max_examples=15, deadline=None)
@given(steps=STEPS)
def test_what_is_held_is_what_a_fresh_run_would_send(steps: list[str], tmp_path_factory: Any) -> None:
    """After any steps, runs that follow changes end where a run from nothing would: nothing is forgotten."""
    with open_store(str(tmp_path_factory.mktemp("run") / "record.db")) as store:
        office = Office(store, charter_of(ALL))
        first = told(store)
        for number, step in enumerate(steps):
            match step:
                case "tell":
                    told(store, f"N{number + 2}", killed=number + 3)
                case "raid":
                    told(store, f"R{number}", RAID, day=20 + number)
                case "hold" | "allow":
                    kind = OrderKind.HOLD if step == "hold" else OrderKind.RELEASE
                    ordered(office, store.resolve_id(first), kind)
                case "withhold":
                    ordered(office, store.resolve_id(first), OrderKind.WITHHOLD_FIELD, field="killed")
                case "retract":
                    Decider(store, by="Ana").retract(first)
                case "strict":
                    put_rules(store, "rules: [{id: other, to: c, tlp: red}]", "Ana", office.now())
                case "loose":
                    put_rules(store, ALL, "Ana", office.now())
                case "wait":
                    office.wait(10)
                case _:
                    release_due(office.node)
        release_due(office.node)
        held = {name: {**row, "version": 0} for name, row in office.held("b").items()}
        weighing = Weighing(store, office.charter, "a", office.now())
        fresh = {
            one.verdict.incident: {**one.verdict.content, "version": 0, "record": one.stands.record}
            for one in preview(weighing, "b")
            if one.verdict.state == "released" and one.verdict.content is not None and one.stands
        }
        assert held == fresh


def test_the_gazetteer_knows_a_place_in_a_text_and_an_actor_by_another_name() -> None:
    """A town inside the unit that is told is found in any script, no usual word is; nor one elsewhere."""
    units = GazetteerUnits()
    inside = ("IQ", "Kirkuk", None)
    assert units.places_in("Hawija cattle market", *inside) == ("Hawija",)
    assert units.places_in("سوق الحويجة", *inside)
    assert units.places_in("police camp in the market of Basra", *inside) == ()
    assert {"iraqi", "iraqis"} <= set(units.peoples("IQ"))
    assert {"ISIS", "Amaq"} <= set(units.also_called("Islamic State"))
    assert units.also_called("gunmen") == ()
