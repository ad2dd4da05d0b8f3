"""Requests and answers: their JSON is read strictly, and where they stand follows from what was said when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from seamwatch.coordinate.request_codec import (
    MOST_RECEIVERS,
    MOST_TEXT,
    answer_from_json,
    answer_json,
    request_from_json,
    request_json,
)
from seamwatch.coordinate.requests import (
    Waiting,
    allowed_moves,
    escalate_to,
    escalated,
    given_late,
    unanswered,
    view_request,
)
from seamwatch.errors import FieldError
from seamwatch.model.charter import AnswerTime
from seamwatch.model.request import Answer, Request
from seamwatch.vocabulary.coordination import Priority, RequestKind, RequestState

Json = dict[str, Any]
CASES = yaml.safe_load((Path(__file__).parent / "cases" / "requests.yaml").read_text("utf-8"))
START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
ID = "3f6f2c1e-8a55-4c5e-9d8c-0d7f5a0c9b11"
OTHER = "3f6f2c1e-8a55-4c5e-9d8c-0d7f5a0c9b12"
ALL = frozenset(("asker", "army", "police", "ngo", "north", "centre"))


def hours(after: float) -> datetime:
    return START + timedelta(hours=after)


def times_of(rows: list[Json]) -> tuple[AnswerTime, ...]:
    return tuple(AnswerTime(**{**row, "escalate_to": tuple(row.get("escalate_to", ()))}) for row in rows)


def asked(row: Mapping[str, Any]) -> Request:
    return Request(
        id=ID,
        sender="asker",
        to=tuple(row["to"]),
        kind=RequestKind(row["kind"]),
        text="Who covers the road from Kifri to Kulajo tonight?",
        at=START,
        deadline=hours(row["deadline"]),
        priority=Priority(row.get("priority", "routine")),
    )


def answer(row: Mapping[str, Any]) -> Answer:
    return Answer(
        request=ID,
        party=row["party"],
        state=RequestState(row["state"]),
        at=hours(row["after"]),
        text=row.get("text", ""),
    )


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: str(case["name"]))
def test_states(case: Json) -> None:
    """What was said when gives the states at every moment, who is late, and who is asked next."""
    times = times_of(case.get("times", CASES["times"]))
    request = asked(case["asked"])
    said = [answer(row) for row in case["said"]]
    for look in case["at"]:
        now = hours(look["after"])
        view = view_request(request, [a for a in said if a.at <= now], now, times)
        found = {
            "after": look["after"],
            "state": view.state.value,
            "states": {party: state.value for party, state in view.states},
            "late": list(view.late),
            "escalate": list(escalate_to(view, times, ALL)),
            "given_late": sorted({a.party for a in view.answers if given_late(request, a)}),
        }
        assert found == {"late": [], "escalate": [], "given_late": [], **look}


@pytest.mark.parametrize("case", CASES["unanswered"]["cases"], ids=lambda case: str(case["name"]))
def test_unanswered(case: Json) -> None:
    """An incident is unanswered once its time has passed and no response to it is accepted or done."""
    rule = AnswerTime(kind="incident", answer_hours=CASES["unanswered"]["hours"])
    now = hours(case["at"])
    views = []
    for number, row in enumerate(case.get("asked", ())):
        request = replace(
            asked({"kind": row["kind"], "to": ["army"], "deadline": 100}),
            id=f"00000000-0000-4000-8000-00000000000{number}",
        )
        given = Answer(
            request=request.id, party="army", state=RequestState(row["state"]), at=hours(1), text="why"
        )
        views.append(view_request(request, [given], now))
    waiting = Waiting(incident="i-1", areas=("garmiyan",), known=hours(case["known"]))
    found = unanswered([waiting], {"i-1": views}, [rule], now)
    assert [one.incident for one in found] == (["i-1"] if case["unanswered"] else [])
    for one in found:
        assert one.due == hours(case["known"] + 12)
        assert one.asked == tuple(view.request.id for view in views)


def test_nothing_is_expected_without_a_time() -> None:
    """Where the charter says nothing of incidents, none is unanswered."""
    waiting = Waiting(incident="i-1", areas=("garmiyan",), known=START)
    assert unanswered([waiting], {}, times_of(CASES["times"]), hours(1_000)) == ()


def test_an_escalation_asks_the_same() -> None:
    """The request that asks on has the same words and as much time; nobody is asked next twice."""
    first = asked({"kind": "response", "to": ["army"], "deadline": 5})
    made = escalated(first, OTHER, ("centre", "army"), hours(5))
    assert (made.text, made.deadline, made.escalated_from) == (first.text, hours(10), ID)
    late = view_request(made, (), hours(50), times_of(CASES["times"]))
    assert escalate_to(late, times_of(CASES["times"]), ALL) == ("north", "centre", "army")
    assert escalate_to(late, times_of(CASES["times"]), ALL, earlier=("north",)) == ()


def test_only_active_parties_are_asked_next() -> None:
    """A party that has left is not asked, though the charter names it."""
    times = times_of(CASES["times"])
    view = view_request(asked({"kind": "response", "to": ["army"], "deadline": 5}), (), hours(5), times)
    assert escalate_to(view, times, {"asker", "army", "north"}) == ("north", "army")
    assert escalate_to(view, times, {"asker", "army"}) == ()


answers = st.lists(
    st.builds(
        Answer,
        request=st.just(ID),
        party=st.sampled_from(["army", "ngo", "police"]),
        state=st.sampled_from(list(RequestState)),
        at=st.integers(-5, 60).map(hours),
        text=st.sampled_from(["", "why"]),
    ),
    max_size=8,
)


@given(answers, st.randoms(), st.integers(0, 60), st.sampled_from(list(RequestKind)))
def test_the_order_of_answers_does_not_matter(
    said: list[Answer], order: Any, after: int, kind: RequestKind
) -> None:
    """Answers in any order, some of them told twice, give one and the same view."""
    request = asked({"kind": kind, "to": ["army", "police"], "deadline": 24})
    times = times_of(CASES["times"])
    view = view_request(request, said, hours(after), times)
    mixed = [*said, *said[::2]]
    order.shuffle(mixed)
    assert view_request(request, mixed, hours(after), times) == view
    assert {party for party, _ in view.states} == {"army", "police"}


@given(answers, st.integers(0, 60))
def test_a_party_never_leaves_what_is_done(said: list[Answer], after: int) -> None:
    """Once a party did it, no other word of it and no deadline changes that."""
    done = Answer(request=ID, party="army", state=RequestState.DONE, at=hours(-6))
    view = view_request(
        asked({"kind": "information", "to": ["army"], "deadline": 24}), [*said, done], hours(after)
    )
    assert view.states == (("army", RequestState.DONE),)
    assert allowed_moves(RequestState.DONE) == ()


GOOD = request_json(
    replace(
        asked({"kind": "information", "to": ["army", "ngo"], "deadline": 5}),
        record=("asker", ID),
        area="garmiyan",
        by="Duty desk",
    )
)


def test_requests_and_answers_read_back() -> None:
    """What is written as JSON is read back as it was."""
    request = request_from_json(GOOD)
    assert request_json(request) == GOOD
    assert request.record == ("asker", ID) and request.to == ("army", "ngo")
    given = Answer(
        request=ID, party="army", state=RequestState.DECLINED, at=START, text="no car\ntoday", by="Ops room"
    )
    assert answer_from_json(answer_json(given)) == given


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", ID.upper()),
        ("id", "../../etc/passwd"),
        ("id", None),
        ("sender", "Army HQ"),
        ("to", []),
        ("to", "army"),
        ("to", ["army", "army"]),
        ("to", ["army", "asker"]),
        ("to", [f"p{n}" for n in range(MOST_RECEIVERS + 1)]),
        ("kind", "order"),
        ("text", ""),
        ("text", " \n "),
        ("text", "x" * (MOST_TEXT + 1)),
        ("text", "\x1b[2J"),
        ("text", "\ud800"),
        ("at", "2026-03-02T06:00:00"),
        ("at", 7),
        ("deadline", "2026-03-02T06:00:00+00:00"),
        ("deadline", "2030-03-02T06:00:00+00:00"),
        ("deadline", "9999-12-31T23:59:59+00:00"),
        ("priority", "flash"),
        ("record", ["asker"]),
        ("record", ["asker", "7"]),
        ("area", ""),
        ("area", "a\nb"),
        ("by", "x" * 81),
        ("by", "a\nb"),
        ("escalated_from", "first"),
        ("more", "field"),
    ],
)
def test_wrong_requests_are_refused(field: str, value: object) -> None:
    """A request of another party with a field that can't be is refused, and the field is named."""
    with pytest.raises(FieldError) as refused:
        request_from_json({**GOOD, field: value})
    assert refused.value.field == field


@pytest.mark.parametrize(
    "row", [None, [], "x", {}, {**GOOD, "text": None}, {k: GOOD[k] for k in ("id", "to")}]
)
def test_what_is_no_request_is_refused(row: object) -> None:
    """Anything else than a whole request is refused with a message, never with another exception."""
    with pytest.raises(FieldError):
        request_from_json(row)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"state": "open"}, "state"),
        ({"state": "expired"}, "state"),
        ({"state": "maybe"}, "state"),
        ({"state": "declined", "text": ""}, "text"),
        ({"text": "x" * (MOST_TEXT + 1)}, "text"),
        ({"request": "1"}, "request"),
        ({"by": 7}, "by"),
    ],
)
def test_wrong_answers_are_refused(change: Json, field: str) -> None:
    """Open and expired are nobody's answers, and who declines says why."""
    given = Answer(request=ID, party="army", state=RequestState.DONE, at=START, text="seen", by="Ops room")
    with pytest.raises(FieldError) as refused:
        answer_from_json({**answer_json(given), **change})
    assert refused.value.field == field
