"""What an incident holds of its tellings: figures and their story, place, date, status, disagreements."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from link_tellings import telling
from seamwatch.link.names import fold, skeleton
from seamwatch.link.order import best_of
from seamwatch.link.rules import load_link_rules
from seamwatch.link.short import short_date, short_place
from seamwatch.link.state import incident_of
from seamwatch.model.codec import TOLLS
from seamwatch.model.decision import Decision
from seamwatch.vocabulary.codes import DecisionKind, Policy, RevisionKind, Status

RULES = load_link_rules()


def incident(*rows, as_of=None):
    """Return the incident of tellings a, b, c ... told on days 8, 9, 10 ... unless they say otherwise."""
    made = [
        telling("abcdefgh"[n], {"day": 7, "told": 8 + n, "where": 1, **row}) for n, row in enumerate(rows)
    ]
    return incident_of(made, RULES, as_of=as_of)


def figures(toll):
    return toll and (toll.low, toll.best, toll.high)


def kinds(found, field):
    return [r.kind for r in found.revisions if r.field == field]


def story(found, field):
    return [(r.before, r.after, r.because) for r in found.revisions if r.field == field]


def test_a_wounded_man_dies():
    """Killed goes up and injured down by one, and the story says why."""
    found = incident({"killed": 1, "injured": 2}, {"killed": 2, "injured": 1})
    assert figures(found.killed) == (2, 2, 2)
    assert figures(found.injured) == (1, 1, 1)
    assert story(found, "killed") == [(1, 2, "1 of the wounded died (outlet of b)")]
    assert story(found, "injured") == [(2, 1, "1 of the wounded died (outlet of b)")]
    assert kinds(found, "killed") == kinds(found, "injured") == [RevisionKind.DIED]


def test_the_first_to_die_of_his_wounds():
    """Where nobody was told dead before, a wounded man's death gives one dead and one wounded less."""
    found = incident({"injured": 5}, {"killed": 1, "injured": 4})
    assert (found.killed.best, found.injured.best) == (1, 4)
    assert story(found, "killed") == [(None, 1, "1 of the wounded died (outlet of b)")]
    found = incident({"injured": 5}, {"killed": 1, "says": "a wounded man died of his injuries"})
    assert (found.killed.best, found.injured.best) == (1, 4)


def test_a_report_of_the_death_alone():
    """ "One of the wounded later died" gives one dead; it adds to the two there were."""
    found = incident(
        {"killed": 2, "injured": 3}, {"killed": 1, "says": "a wounded officer succumbed in hospital"}
    )
    assert (found.killed.best, found.injured.best) == (3, 2)


def test_one_death_told_twice_is_one():
    """Two outlets that tell of one late death within days tell of the same one; later it is another."""
    first, says = {"killed": 2, "injured": 3}, "a wounded officer succumbed in hospital"
    found = incident(first, {"killed": 1, "says": says}, {"killed": 1, "says": says})
    assert (found.killed.best, found.injured.best) == (3, 2)
    found = incident(first, {"killed": 1, "says": says}, {"killed": 1, "says": says, "told": 14})
    assert (found.killed.best, found.injured.best) == (4, 1)


def test_a_new_total_after_a_death():
    """A telling that gives the new total, and says that a wounded one died, moves the wounded too."""
    says = "the boy wounded by the shell has passed away"
    found = incident({"killed": 1, "injured": 1}, {"killed": 2, "says": says})
    assert (figures(found.killed), figures(found.injured)) == ((2, 2, 2), (0, 0, 0))
    found = incident({"killed": 1, "injured": 1}, {"killed": 2, "says": "one wounded, and two dead"})
    assert (figures(found.killed), figures(found.injured)) == ((2, 2, 2), (1, 1, 1))


def test_a_number_wins_over_a_bound():
    """ "Dozens" gives way to a number, whichever came first."""
    dozens = {"killed": (12, None, None)}
    assert figures(incident(dozens, {"killed": 2}).killed) == (2, 2, 2)
    assert figures(incident({"killed": 31}, dozens).killed) == (31, 31, 31)


def test_a_rival_figure_stays_as_high():
    """What another outlet still holds stays as low or high; the newest count is best."""
    found = incident({"killed": 1, "injured": 3}, {"injured": 4}, {"killed": 1, "injured": 3})
    assert figures(found.injured) == (3, 3, 4)


def test_a_rise_replaces_the_older_count():
    """A toll that rose is history, not a rival."""
    assert figures(incident({"killed": 7}, {"killed": 9}).killed) == (9, 9, 9)


def test_a_correction_replaces_the_higher_count():
    """A toll corrected downward leaves no rival."""
    found = incident({"killed": 9}, {"killed": 8, "says": "the final toll was revised to eight"})
    assert figures(found.killed) == (8, 8, 8)
    assert story(found, "killed") == [(9, 8, "corrected by outlet of b")]


def test_silence_changes_nothing():
    """An article without figures leaves them as they are."""
    found = incident({"killed": 2, "injured": 3}, {})
    assert (figures(found.killed), figures(found.injured)) == ((2, 2, 2), (3, 3, 3))
    assert [r.field for r in found.revisions] == ["incident"]


def test_a_look_back_does_not_lower():
    """A later article that only recalls the first toll does not undo the newer one."""
    found = incident({"killed": 2, "injured": 3}, {"killed": 3, "injured": 2}, {"killed": 2, "told": 20})
    assert (found.killed.best, found.injured.best) == (3, 2)


def test_a_group_s_own_count_is_a_rival_only():
    """What only the group claims never is the best figure while others give one."""
    found = incident({"killed": 2}, {"killed": 9, "modality": "claimed"})
    assert figures(found.killed) == (2, 2, 9)
    assert figures(incident({"killed": 9, "modality": "claimed"}).killed) == (9, 9, 9)


def test_within_a_day_the_lower_toll_is_older():
    """Of two counts of one day the higher one is the newer, whatever their articles are called."""
    found = incident({"killed": 2, "injured": 1, "told": 8}, {"killed": 1, "injured": 2, "told": 8})
    assert (found.killed.best, found.injured.best) == (2, 1)


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        (["asserted"], Status.CONFIRMED),
        (["reported"], Status.UNCONFIRMED),
        (["reported", "reported"], Status.CONFIRMED),
        (["Post: reported", "Post: reported"], Status.UNCONFIRMED),
        (["claimed"], Status.CLAIMED),
        (["claimed", "denied"], Status.DENIED),
        (["reported", "denied"], Status.DENIED),
        (["denied"], Status.DENIED),
        (["asserted", "denied"], Status.CONFIRMED),
        (["Post: reported", "Post: denied"], Status.RETRACTED),
        (["Post: asserted", "Post: denied"], Status.RETRACTED),
        (["Post: asserted", "Post: denied", "Times: asserted"], Status.CONFIRMED),
        (["foiled"], Status.FOILED),
        (["foiled", "denied"], Status.DENIED),
        (["Post: denied", "Post: asserted", "Post: denied"], Status.RETRACTED),
        (["Post: denied", "Post: asserted"], Status.CONFIRMED),
    ],
)
def test_status(rows, status):
    """What is believed follows from who tells it, and in which voice ("Post: reported")."""
    split = [row.rpartition(": ") for row in rows]
    rows = [{"modality": m} | ({"source": source} if source else {}) for source, _, m in split]
    assert incident(*rows).status is status


def test_a_withdrawn_report_is_in_the_story():
    """A report that its own outlet withdraws ends as retracted, with the reason."""
    found = incident({"source": "Post", "modality": "reported"}, {"source": "Post", "modality": "denied"})
    assert story(found, "status") == [("unconfirmed", "retracted", "the report was withdrawn (Post)")]
    assert kinds(found, "status") == [RevisionKind.RETRACTED]


def test_a_withdrawn_report_leaves_no_figures():
    """Figures that were taken back do not hold; who gave them stays a disagreement."""
    post = {"source": "Post", "modality": "reported"}
    found = incident({**post, "killed": 4}, {"source": "Post", "modality": "denied"})
    assert found.killed is None
    assert [(v.value["best"], v.mentions) for d in found.disagreements for v in d.values] == [(4, ("a",))]
    assert story(found, "killed") == [(4, None, "the report was withdrawn (Post)")]
    again = incident(
        {**post, "killed": 4}, {"source": "Post", "modality": "denied"}, {"modality": "asserted", "killed": 4}
    )
    assert again.killed.best == 4


def test_the_finer_place_wins_and_is_completed():
    """The village wins over its district, and takes the province from the other telling."""
    found = incident(
        {"place": "Kifri", "admin2": "Kifri", "admin1": "Diyala", "country": "IQ", "where": 3},
        {"place": "Kolajo", "admin2": "Kifri", "where": 1},
    )
    assert (found.place.name, found.place.admin1, found.place.country) == ("Kolajo", "Diyala", "IQ")
    assert story(found, "place")[0][2] == "place refined by outlet of b"
    assert not [d for d in found.disagreements if d.field == "place"]


def test_a_place_elsewhere_completes_nothing():
    """A telling that puts the incident elsewhere does not lend its province, and is a disagreement."""
    found = incident(
        {"place": "Kolajo", "admin2": "Kifri", "where": 1},
        {"place": "Hit", "admin2": "Hit", "admin1": "Anbar", "where": 1},
    )
    assert found.place.admin1 is None or found.place.name == "Hit"
    (clash,) = [d for d in found.disagreements if d.field == "place"]
    assert [v.mentions for v in clash.values] == [("a",), ("b",)]


def test_the_finer_date_wins():
    """A day wins over a week, and a day that two outlets give over one that one gives."""
    found = incident({"day": "5-11", "prec": 3, "told": 12}, {"day": 7, "told": 13})
    assert found.date.start.day == 7
    assert not found.disagreements
    found = incident({"day": 8, "told": 9}, {"day": 7, "told": 9}, {"day": 7, "told": 10})
    assert found.date.start.day == 7
    assert [d.field for d in found.disagreements] == ["date"]


def test_every_value_has_who_says_it():
    """Each side of a disagreement names the tellings that hold it."""
    found = incident({"killed": 2, "actor": "PKK"}, {"killed": 3, "actor": "Islamic State"}, {"killed": 3})
    by_field = {d.field: [(v.value, v.mentions) for v in d.values] for d in found.disagreements}
    assert by_field["killed"] == [
        ({"low": 2, "best": 2, "high": 2}, ("a",)),
        ({"low": 3, "best": 3, "high": 3}, ("b", "c")),
    ]
    assert by_field["perpetrators"] == [(["PKK"], ("a",)), (["Islamic State"], ("b",))]


def test_claims_and_names_are_in_the_story():
    """A claim and a newly named perpetrator are revisions of their own."""
    found = incident({"killed": 1}, {"killed": 1, "actor": "Islamic State", "claim": "Islamic State"})
    assert story(found, "perpetrators") == [([], ["Islamic State"], "Islamic State named by outlet of b")]
    assert story(found, "claims")[0][2] == "claimed by Islamic State"
    assert kinds(found, "claims") == [RevisionKind.CLAIM_MADE]
    assert [r.kind for r in found.revisions[:1]] == [RevisionKind.REPORTED]


def test_the_story_within_a_day_rises():
    """Of two tellings of one moment the story tells the lower toll first."""
    found = incident({"killed": 4, "told": 8}, {"killed": 2, "told": 8})
    assert found.revisions[0].after["killed"] == 2
    assert story(found, "killed") == [(2, 4, "raised by outlet of a")]


def test_as_of():
    """The state at a moment knows only what was published by then; before all of it there is none."""
    rows = ({"killed": 1, "told": 8}, {"killed": 2, "told": 10})
    assert incident(*rows, as_of=datetime(2022, 3, 9, tzinfo=UTC)).killed.best == 1
    with pytest.raises(ValueError, match="at least one mention"):
        incident(*rows, as_of=datetime(2022, 3, 7, tzinfo=UTC))


def decided(kind, day, hour=12, **fields):
    """Return a decision of ana's on a day of March 2022."""
    at = datetime(2022, 3, day, hour, tzinfo=UTC)
    return Decision(kind=DecisionKind(kind), by="ana", at=at, **{"mentions": ("a",), **fields})


def judged(decisions, *rows, as_of=None):
    made = [telling("abcdefgh"[n], {"day": 7, "told": 8 + n, **row}) for n, row in enumerate(rows)]
    return incident_of(made, RULES, decisions=decisions, as_of=as_of)


def test_a_person_confirms_and_retracts():
    """What a person says of an incident as a whole wins over its tellings; the later word counts."""
    claimed = {"modality": "claimed", "killed": 3}
    confirm = decided("confirm", 9, number=1, why="seen on site")
    retract = decided("retract", 11, number=2, why="a gas bottle")
    assert judged([confirm], claimed).status is Status.CONFIRMED
    found = judged([confirm, retract], claimed)
    assert (found.status, found.killed) == (Status.RETRACTED, None)
    assert story(found, "status") == [
        ("claimed", "confirmed", "confirmed by ana (d1): seen on site"),
        ("confirmed", "retracted", "retracted by ana (d2): a gas bottle"),
    ]
    assert story(found, "killed") == [(3, None, "retracted by ana (d2): a gas bottle")]
    assert kinds(found, "status") == [RevisionKind.DECIDED] * 2
    assert found.decisions == (confirm, retract)


def test_a_correction_survives_new_articles():
    """A corrected figure stays whatever is told afterwards; what the articles say is a disagreement."""
    correct = decided("correct", 9, field="killed", value=5, number=3, why="names counted")
    found = judged([correct], {"killed": 2}, {"killed": 3}, {"killed": 3, "told": 20})
    assert figures(found.killed) == (5, 5, 5)
    assert found.killed.evidence == ()
    (clash,) = [d for d in found.disagreements if d.field == "killed"]
    assert [(v.value["best"], v.mentions) for v in clash.values] == [(2, ("a",)), (3, ("b", "c"))]
    assert story(found, "killed")[1:] == [(3, 5, "corrected by ana (d3): names counted")]


def test_one_value_that_a_person_overrules_is_a_disagreement():
    """Where all articles agree and a person says otherwise, what they say is kept with who says it."""
    found = judged([decided("correct", 9, field="killed", value=None)], {"killed": 2})
    assert found.killed is None
    assert [(d.field, [v.mentions for v in d.values]) for d in found.disagreements] == [("killed", [("a",)])]
    agreeing = judged([decided("correct", 9, field="killed", value=2)], {"killed": 2})
    assert not agreeing.disagreements


def test_every_field_can_be_corrected():
    """Date, place, type, perpetrators and status take the value that a person gives."""
    values = {
        "date": {"start": "2022-03-05"},
        "place": {"name": "Daquq", "country": "IQ"},
        "sub_event_type": "Grenade",
        "perpetrators": [{"name": "PKK", "kind": "organization", "certainty": "asserted"}],
        "status": "denied",
    }
    made = [decided("correct", 9, field=f, value=v, number=n) for n, (f, v) in enumerate(values.items(), 1)]
    found = judged(made, {"actor": "Islamic State", "place": "Kulajo", "country": "IQ", "where": 1})
    assert short_date(found.date) == {"start": "2022-03-05", "end": "2022-03-05", "precision": 1}
    assert (found.place.name, found.sub_event_type.value) == ("Daquq", "Grenade")
    assert (found.event_type, found.status) == (found.sub_event_type.event_type, Status.DENIED)
    assert [a.name for a in found.perpetrators] == ["PKK"]
    fields = {"date", "place", "sub_event_type", "perpetrators"}
    assert {d.field for d in found.disagreements} == fields


def test_the_later_correction_wins_and_undoing_brings_back():
    """Of two corrections of a field the later holds; undone, the earlier holds again."""
    first = decided("correct", 9, field="killed", value=5, number=1)
    second = decided("correct", 10, field="killed", value=6, number=2)
    undo = decided("undo", 11, undoes=2, number=3, mentions=())
    assert judged([second, first], {"killed": 2}).killed.best == 6
    found = judged([first, second, undo], {"killed": 2})
    assert found.killed.best == 5
    assert found.decisions == (first,)
    assert [(r[0], r[1]) for r in story(found, "killed")] == [(2, 5), (5, 6), (6, 5)]
    assert story(found, "killed")[-1][2] == "d2 undone by ana (d3)"


def test_decisions_count_from_their_moment_on():
    """The state at a moment knows what had been decided by then, and undone only if it was by then."""
    made = [
        decided("correct", 9, field="killed", value=5, number=1),
        decided("undo", 11, undoes=1, number=2, mentions=()),
    ]
    by_day = [
        judged(made, {"killed": 2}, as_of=datetime(2022, 3, day, 13, tzinfo=UTC)).killed.best
        for day in (8, 9, 10, 11)
    ]
    assert by_day == [2, 5, 5, 2]


def test_what_people_say_of_pairs_is_in_the_story():
    """A merge changes no value, and is told at its moment."""
    merge = decided("merge", 9, mentions=("a",), others=("b",), number=4, why="one road")
    found = judged([merge], {"killed": 2}, {"killed": 2})
    assert (found.revisions[1].kind, found.revisions[1].after) == (RevisionKind.DECIDED, "merge")
    assert found.revisions[1].because == "merged by ana (d4): one road"
    assert found.decisions == (merge,)


def test_a_correction_that_cannot_be_read_changes_nothing():
    """A broken stored value is listed among the decisions, and the articles' value holds."""
    found = judged([decided("correct", 9, field="killed", value="many")], {"killed": 2})
    assert found.killed.best == 2
    assert len(found.decisions) == 1


# --- Hypothesis ------------------------------------------------------------------------------------

tolls = st.one_of(st.none(), st.integers(0, 5))
rows = st.fixed_dictionaries(
    {
        "killed": tolls | st.just((3, None, None)),
        "injured": tolls,
        "told": st.integers(8, 11),
        "source": st.sampled_from(["Post", "Times", "Agency"]),
        "modality": st.sampled_from(["asserted", "reported", "claimed", "denied", "foiled"]),
        "day": st.sampled_from([6, 7, "6-7"]),
        "place": st.sampled_from(["Kulajo", "Kolajo", "Kifri", "Sinsil"]),
        "where": st.sampled_from([1, 3]),
    },
    optional={
        "admin2": st.sampled_from(["Kifri", "Muqdadiyah"]),
        "actor": st.sampled_from(["PKK", "Islamic State"]),
        "says": st.sampled_from(["a wounded man died", "revised toll", "the report was withdrawn"]),
        "type": st.sampled_from(["Armed clash", "Other"]),
    },
)
policies = st.sampled_from(Policy)
values = st.one_of(
    st.tuples(st.just("killed"), st.integers(0, 9) | st.none()),
    st.tuples(st.just("date"), st.just({"start": "2022-03-05"})),
    st.tuples(st.just("place"), st.just({"name": "Daquq", "country": "IQ"})),
    st.tuples(st.just("status"), st.sampled_from(Status)),
)


@st.composite
def decision_lists(draw):
    """Return up to four decisions, some undone later."""
    made = []
    for number in range(1, draw(st.integers(0, 4)) + 1):
        day, kind = draw(st.integers(7, 12)), draw(st.sampled_from(["confirm", "retract", "correct", "same"]))
        field, value = draw(values) if kind == "correct" else (None, None)
        made.append(decided(kind, day, hour=number, field=field, value=value, number=number))
        if draw(st.booleans()):
            when = draw(st.integers(day, 12))
            made.append(
                decided("undo", when, hour=number + 5, undoes=number, number=number + 10, mentions=())
            )
    return made


@st.composite
def articles(draw):
    """Return one to seven tellings; some articles have no day, and are known from when they were stored."""
    made = [telling(f"m{n}", row) for n, row in enumerate(draw(st.lists(rows, min_size=1, max_size=7)))]
    undated = draw(st.sets(st.integers(0, len(made) - 1), max_size=2))
    for number in undated:
        known = datetime(2022, 3, draw(st.integers(8, 14)), tzinfo=UTC)
        article = replace(made[number].article, published=None, known=known)
        made[number] = replace(made[number], article=article)
    return made


@given(articles(), decision_lists(), policies, st.data())
def test_state_is_a_pure_function_of_the_set(made, decisions, policy, data):
    """The order in which mentions are handed in changes nothing; low <= best <= high holds throughout."""
    want = incident_of(made, RULES, policy=policy, decisions=decisions)
    shuffled = data.draw(st.permutations(made))
    found = incident_of(shuffled, RULES, policy=policy, decisions=decisions)
    assert found == want
    for name in TOLLS:
        toll = getattr(want, name)
        known = [n for n in (toll.low, toll.best, toll.high) if n is not None] if toll else []
        assert known == sorted(known)


@given(articles(), decision_lists(), policies)
def test_the_story_is_one_chain(made, decisions, policy):
    """Each change of a field begins where the one before it ended; time never goes back."""
    found = incident_of(made, RULES, policy=policy, decisions=decisions)
    assert all(one.at <= other.at for one, other in pairwise(found.revisions))
    first = found.revisions[0]
    held = {name: first.after.get(name) for name in (*TOLLS, "date", "status")}
    for revision in found.revisions[1:]:
        if revision.field in held:
            assert revision.before == held[revision.field]
            held[revision.field] = revision.after
    assert held == {
        **{name: best_of(getattr(found, name)) for name in TOLLS},
        "date": short_date(found.date),
        "status": found.status.value,
    }


def respelt(place):
    return place and {**place, "name": skeleton(fold(place["name"] or ""))}


@settings(max_examples=200)
@given(articles(), decision_lists(), policies)
def test_the_state_at_any_moment_is_what_the_story_says(made, decisions, policy):
    """The story up to a moment gives the figures, date, place and status that held then."""
    whole = incident_of(made, RULES, policy=policy, decisions=decisions)
    held = dict(whole.revisions[0].after)
    story = [*whole.revisions[1:], None]
    at = whole.revisions[0].at
    for revision in story:
        if revision is None or revision.at != at:
            then = incident_of(made, RULES, policy=policy, decisions=decisions, as_of=at)
            assert {name: best_of(getattr(then, name)) for name in TOLLS} == {
                name: held.get(name) for name in TOLLS
            }
            assert (short_date(then.date), then.status.value) == (held["date"], held["status"])
            assert respelt(short_place(then.place)) == respelt(held["place"])
        if revision is not None:
            held[revision.field] = revision.after
            at = revision.at
