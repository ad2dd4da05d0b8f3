"""Requests between nodes: they arrive, are answered to all concerned, asked on, and tie to incidents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from centre_parties import Parties, parties, pull, settle
from seamwatch.coordinate.request_codec import answer_json, request_json
from seamwatch.errors import FieldError, SeamwatchError
from seamwatch.model.charter import AnswerTime, CharterArea
from seamwatch.model.incident_codec import incident_json
from seamwatch.model.request import Answer, Request, RequestView, ToldRequest
from seamwatch.pipeline.areas import add_areas
from seamwatch.pipeline.centre.record_picture import RecordPicture
from seamwatch.pipeline.centre.request_views import (
    named_request,
    one_request,
    requests,
    unanswered_incidents,
)
from seamwatch.pipeline.centre.requesting import answer_request, escalate_due, new_request, respond
from seamwatch.vocabulary.coordination import EntryKind, PartyState, RequestKind, RequestState
from test_requests_store import square
from told_store import BOMB, incident_of, tell

NORTH, SOUTH, EAST = "north", "south", "east"
TIMES = (
    AnswerTime(kind="response", acknowledge_hours=2, answer_hours=6, escalate_to=(EAST,)),
    AnswerTime(kind="incident", answer_hours=12),
)
LEFT_OUT = (
    "id",
    "mentions",
    "disagreements",
    "revisions",
    "aliases",
    "areas",
    "decisions",
    "policy",
    "voices",
)


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Parties]:
    """Yield three parties that share a contested area."""
    with parties(tmp_path, (NORTH, SOUTH, EAST)) as made:
        area = CharterArea(id="daquq", name="Daquq", contested=True)
        # Long after all articles were stored, so that every incident is overdue.
        made.moment = datetime(2100, 1, 1, 6, tzinfo=UTC)
        made.charter = replace(made.charter, areas=(area,), answer_times=TIMES)
        for node in made.nodes.values():
            add_areas(node.store, [square("daquq", 35.139, 44.449)])
        yield made


def ask(made: Parties, to: tuple[str, ...] = (SOUTH,), **more: Any) -> RequestView:
    return new_request(
        made[NORTH],
        **{
            "to": to,
            "kind": RequestKind.RESPONSE,
            "text": "Who covers the road tonight?",
            "deadline": made.moment + timedelta(hours=24),
            "by": "Duty desk",
            **more,
        },
    )


def told(made: Parties, name: str, request_id: str) -> ToldRequest:
    store = made[name].store
    request = named_request(store, request_id)
    return one_request(store, name, request, made.clock(), made.charter.answer_times)


def states(made: Parties, name: str, request_id: str) -> dict[str, str]:
    return {party: state.value for party, state in told(made, name, request_id).view.states}


def later(made: Parties, hours: float) -> None:
    made.moment += timedelta(hours=hours)


def bomb_in(made: Parties, name: str) -> str:
    """Let a party know of a bomb in Daquq; return the incident's id there."""
    return incident_of(made[name].store, tell(made[name].store, f"{name}-1", BOMB))


def released(made: Parties, name: str, incident: str, to: str, tlp: str = "TLP:AMBER") -> str:
    """Release an incident to a party that shows what it receives; return the record."""
    node = made[name]
    values = incident_json(node.store.incident(incident))
    told = {key: value for key, value in values.items() if key not in LEFT_OUT}
    record = node.record_of(incident)
    node.release(
        to,
        record,
        incident,
        {"tlp": tlp, "incident": _bare(told), "withheld": [], "coarse": {}, "sources": None},
    )
    made[to].picture = RecordPicture(made[to].store)
    settle(made)
    return record


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: [] if key == "evidence" else _bare(one) for key, one in value.items()}
    return [_bare(one) for one in value] if isinstance(value, list) else value


def test_a_request_is_answered_to_all_concerned(three: Parties) -> None:
    """Both asked parties receive it; what one answers is known to the asking party and to the other."""
    made = ask(three, (SOUTH, EAST))
    settle(three)
    for name in (SOUTH, EAST):
        here = told(three, name, made.request.id)
        assert here.view.request == made.request and here.direction == "in"
    answer_request(three[SOUTH], made.request.id, RequestState.ACKNOWLEDGED)
    answer_request(three[SOUTH], made.request.id, RequestState.ACCEPTED, "a patrol", by="Ops room")
    settle(three)
    for name in (NORTH, SOUTH, EAST):
        assert states(three, name, made.request.id) == {SOUTH: "accepted", EAST: "open"}
        assert [a.text for a in told(three, name, made.request.id).view.answers] == ["", "a patrol"]
    assert [one.view.request.id for one in requests(three[NORTH].store, NORTH, three.clock())] == [
        made.request.id
    ]


def test_a_request_that_nobody_answers_expires(three: Parties) -> None:
    """After its deadline it is expired at every party; a late answer is what that party says."""
    made = ask(three, kind=RequestKind.INFORMATION, deadline=three.moment + timedelta(hours=3))
    settle(three)
    later(three, 4)
    assert (
        states(three, NORTH, made.request.id) == states(three, SOUTH, made.request.id) == {SOUTH: "expired"}
    )
    answer_request(three[SOUTH], made.request.id, RequestState.DONE, "no, not tonight")
    settle(three)
    assert told(three, NORTH, made.request.id).view.state is RequestState.DONE


def test_wrong_answers_are_refused(three: Parties) -> None:
    """Declined needs a reason, done is the last word, and only who was asked can answer."""
    made = ask(three)
    settle(three)
    south, name = three[SOUTH], made.request.id
    with pytest.raises(FieldError, match="reason"):
        answer_request(south, name, RequestState.DECLINED)
    answer_request(south, name, RequestState.DONE)
    with pytest.raises(FieldError, match="done"):
        answer_request(south, name, RequestState.ACCEPTED)
    with pytest.raises(SeamwatchError) as refused:
        answer_request(three[NORTH], name, RequestState.ACCEPTED)
    assert refused.value.code == "not_asked"


@pytest.mark.parametrize("to", [(), (NORTH,), (SOUTH, NORTH), ("nobody",), (SOUTH, SOUTH)])
def test_only_other_active_members_can_be_asked(three: Parties, to: tuple[str, ...]) -> None:
    """Nobody, oneself, strangers, and one party twice can't be asked; nothing is stored."""
    with pytest.raises(FieldError) as refused:
        ask(three, to)
    assert refused.value.field == "to"
    three.states[SOUTH] = PartyState.SUSPENDED
    with pytest.raises(FieldError, match="east"):
        ask(three)
    assert three[NORTH].store.requests() == ()


def test_late_requests_are_asked_on_once(three: Parties) -> None:
    """Where no answer comes in time the charter's next party is asked, once, and the silent one again."""
    first = ask(three).request
    settle(three)
    later(three, 1)
    assert escalate_due(three[NORTH]) == ()
    later(three, 2)
    assert escalate_due(three[SOUTH]) == (), "only who asked asks on"
    (onward,) = escalate_due(three[NORTH])
    assert onward.request.to == (EAST, SOUTH) and onward.request.escalated_from == first.id
    assert escalate_due(three[NORTH]) == () == escalate_due(three.open(NORTH))
    settle(three)
    for name in (SOUTH, EAST):
        assert told(three, name, onward.request.id).view.request == onward.request
    assert told(three, NORTH, first.id).escalated_by == onward.request.id
    later(three, 30)
    assert escalate_due(three[NORTH]) == (), "nobody new is left to ask"


def test_a_restored_node_asks_on_only_once(three: Parties) -> None:
    """A node that forgot that it had asked on does not ask the others under a second id."""
    ask(three)
    settle(three)
    backup = three.back_up(NORTH)
    later(three, 3)
    (onward,) = escalate_due(three[NORTH])
    settle(three)
    three.restore(NORTH, backup)
    settle(three)
    escalate_due(three[NORTH])
    settle(three)
    for name in (NORTH, SOUTH, EAST):
        assert len(three[name].store.requests()) == (1 if name == EAST else 2)
        assert onward.request.id in [r.id for r in three[name].store.requests()]


def test_no_other_can_hinder_asking_on(three: Parties) -> None:
    """What an asked party says that it escalated does not count as the asking party's."""
    first = ask(three).request
    settle(three)
    new_request(
        three[SOUTH],
        to=(NORTH,),
        kind=RequestKind.INFORMATION,
        text="?",
        deadline=three.moment + timedelta(hours=9),
    )
    own = three[SOUTH].store.requests()[0]
    forged = replace(own, id="11111111-1111-4111-8111-111111111111", escalated_from=first.id)
    three[SOUTH].append(NORTH, EntryKind.REQUEST, forged.id, 1, request_json(forged))
    settle(three)
    later(three, 3)
    assert [view.request.escalated_from for view in escalate_due(three[NORTH])] == [first.id]


@pytest.mark.parametrize("what", ["another sender", "another id", "not to us", "changed", "own errand"])
def test_forged_requests_are_refused(three: Parties, what: str) -> None:
    """A request under another's name, of another id, to others, or changed afterwards is not taken."""
    made = ask(three).request
    settle(three)
    other = replace(made, id="11111111-1111-4111-8111-111111111111")
    sent, subject = {
        "another sender": (replace(other, sender=EAST), other.id),
        "another id": (other, made.id),
        "not to us": (replace(other, to=(EAST,)), other.id),
        "changed": (replace(made, text="Leave the road."), made.id),
        "own errand": (replace(other, to=(NORTH,), kind=RequestKind.INFORMATION), other.id),
    }[what]
    three[NORTH].append(SOUTH, EntryKind.REQUEST, subject, 1, request_json(sent))
    settle(three)
    assert three[SOUTH].store.requests() == (made,)
    assert [one.sender for one in three[SOUTH].store.refused_entries()] == [NORTH]


def test_forged_answers_are_refused(three: Parties) -> None:
    """Nobody answers for another party, or where it was not asked."""
    made = ask(three).request
    settle(three)
    answer = Answer(request=made.id, party=SOUTH, state=RequestState.DONE, at=three.clock())
    three[EAST].append(NORTH, EntryKind.ANSWER, made.id, 1, answer_json(answer))
    three[EAST].append(NORTH, EntryKind.ANSWER, made.id, 1, answer_json(replace(answer, party=EAST)))
    three[SOUTH].append(NORTH, EntryKind.ANSWER, ask(three).request.id, 1, answer_json(answer))
    settle(three)
    assert states(three, NORTH, made.id) == {SOUTH: "open"}
    assert len(three[NORTH].store.refused_entries()) == 3


def test_nobody_can_take_an_id_before_who_asks(three: Parties) -> None:
    """Who was asked sends a request of the same id on first: the asking party's arrives and is answered."""
    made = ask(three, (EAST, SOUTH)).request
    pull(three[EAST], three[NORTH], NORTH)
    three[EAST].carry_out()
    taken = replace(
        made, sender=EAST, to=(SOUTH,), text="Leave the road.", kind=RequestKind.INFORMATION, by=""
    )
    three[EAST].append(SOUTH, EntryKind.REQUEST, made.id, 1, request_json(taken))
    pull(three[SOUTH], three[EAST], EAST)
    three[SOUTH].carry_out()
    settle(three)
    held = three[SOUTH].store
    assert {r.sender: r.text for r in held.requests_of(made.id)} == {EAST: taken.text, NORTH: made.text}
    assert held.refused_entries() == ()
    with pytest.raises(SeamwatchError, match=f"{EAST}:{made.id}"):
        answer_request(three[SOUTH], made.id, RequestState.ACCEPTED)
    answer_request(three[SOUTH], made.id, RequestState.ACCEPTED, sender=NORTH)
    settle(three)
    assert states(three, NORTH, made.id) == {EAST: "open", SOUTH: "accepted"}
    assert states(three, SOUTH, f"{EAST}:{made.id}") == {SOUTH: "open"}
    # A silent party is asked on as if nobody had used the id.
    answer_request(three[EAST], made.id, RequestState.DONE, "we were there", sender=NORTH)
    settle(three)
    assert told(three, NORTH, made.id).view.state is RequestState.DONE


def test_an_answer_counts_for_the_request_that_it_names(three: Parties) -> None:
    """One to a request of another party with the same id does not; an older one goes by the id alone."""
    made = ask(three, (SOUTH,)).request
    settle(three)
    other = Answer(request=made.id, sender=EAST, party=SOUTH, state=RequestState.DONE, at=three.clock())
    three[SOUTH].append(NORTH, EntryKind.ANSWER, made.id, 1, answer_json(other))
    settle(three)
    assert states(three, NORTH, made.id) == {SOUTH: "open"}
    older = answer_json(replace(other, sender=""))
    assert "sender" not in older
    three[SOUTH].append(NORTH, EntryKind.ANSWER, made.id, 1, older)
    settle(three)
    assert states(three, NORTH, made.id) == {SOUTH: "done"}


def test_the_record_ties_a_request_to_the_incident(three: Parties) -> None:
    """Who has received the record sees its own incident; who has not sees the request without it."""
    incident = bomb_in(three, NORTH)
    released(three, NORTH, incident, SOUTH)
    made = ask(three, (SOUTH, EAST), incident=incident)
    settle(three)
    assert told(three, NORTH, made.request.id).incident == incident
    here = told(three, SOUTH, made.request.id).incident
    assert here is not None
    assert three[SOUTH].store.incident(here).mentions[0].article.party == NORTH
    unseen = told(three, EAST, made.request.id)
    assert unseen.incident is None and unseen.view.request.record is not None


@pytest.mark.parametrize(("tlp", "named"), [("TLP:GREEN", True), ("TLP:AMBER", False)])
def test_a_third_partys_record_is_named_as_its_label_allows(three: Parties, tlp: str, named: bool) -> None:
    """What one party released to us, another is told of only where the label allows passing it on."""
    record = released(three, SOUTH, bomb_in(three, SOUTH), NORTH, tlp)
    here = three[NORTH].store.incidents_of([f"party:{SOUTH}:{record}#1"]).popitem()[1]
    made = ask(three, (SOUTH, EAST), incident=here)
    settle(three)
    assert three[NORTH].store.request(made.request.id).record == (SOUTH, record)
    assert three[SOUTH].store.request(made.request.id).record == (SOUTH, record)
    assert three[EAST].store.request(made.request.id).record == ((SOUTH, record) if named else None)


def test_unanswered_incidents_are_listed_until_one_responds(three: Parties) -> None:
    """An incident in a contested area is listed where it is known, until a response is accepted."""
    incident = bomb_in(three, NORTH)
    released(three, NORTH, incident, SOUTH)

    def listed(name: str) -> list[tuple[str, ...]]:
        found = unanswered_incidents(three[name].store, name, three.state(), three.clock())
        return [(*one.areas, *one.asked) for one in found]

    assert listed(SOUTH) == [], "the charter's hours count from when it was received"
    later(three, 13)
    assert listed(NORTH) == listed(SOUTH) == [("daquq",)] and listed(EAST) == []
    made = ask(three, (SOUTH, EAST), incident=incident)
    settle(three)
    assert listed(NORTH) == listed(SOUTH) == [("daquq", made.request.id)]
    answer_request(three[EAST], made.request.id, RequestState.ACCEPTED)
    settle(three)
    assert listed(NORTH) == listed(SOUTH) == []


def test_we_cover_this_is_told_to_all(three: Parties) -> None:
    """What a party takes upon itself is an answer at every party, until it says that it no longer does."""
    incident = bomb_in(three, NORTH)
    released(three, NORTH, incident, SOUTH)
    made = respond(
        three[NORTH],
        text="Our patrol covers it.",
        incident=incident,
        deadline=three.moment + timedelta(hours=24),
    )
    settle(three)
    later(three, 48)
    for name in (NORTH, SOUTH, EAST):
        assert states(three, name, made.request.id) == {NORTH: "accepted"}
        assert unanswered_incidents(three[name].store, name, three.state(), three.clock()) == ()
    assert escalate_due(three[NORTH]) == ()
    answer_request(three[NORTH], made.request.id, RequestState.DECLINED, "the patrol was called back")
    settle(three)
    assert states(three, EAST, made.request.id) == {NORTH: "declined"}
    assert len(unanswered_incidents(three[SOUTH].store, SOUTH, three.state(), three.clock())) == 1


def test_an_answer_may_come_before_its_request(three: Parties) -> None:
    """Feeds of several parties come in any order: the answer counts once the request is known."""
    made = ask(three, (SOUTH, EAST)).request
    pull(three[SOUTH], three[NORTH], NORTH)
    three[SOUTH].carry_out()
    answer_request(three[SOUTH], made.id, RequestState.ACCEPTED)
    pull(three[EAST], three[SOUTH], SOUTH)
    three[EAST].carry_out()
    assert three[EAST].store.requests() == ()
    settle(three)
    assert states(three, EAST, made.id) == {SOUTH: "accepted", EAST: "open"}


def test_audit_tells_of_requests_without_their_words(three: Parties) -> None:
    """Asking and answering are in the log of each party; no text is."""
    made: Request = ask(three).request
    settle(three)
    answer_request(three[SOUTH], made.id, RequestState.DECLINED, "secret reason", actor="sara")
    settle(three)
    for name, kinds in (
        (NORTH, ["request.asked", "request.answered"]),
        (SOUTH, ["request.taken", "request.answered"]),
    ):
        entries = [e for e in three[name].store.audit_entries() if e.subject == made.id]
        assert [e.kind for e in entries] == kinds
        assert "secret" not in str(entries) and "road" not in str(entries)
    assert entries[-1].actor == "sara"
