"""What an incident holds of its tellings: figures and their story, place, date, status, disagreements."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from link_tellings import telling
from seamwatch.link.rules import load_link_rules
from seamwatch.link.state import incident_of
from seamwatch.vocabulary.codes import Status

RULES = load_link_rules()


def incident(*rows, as_of=None):
    """Return the incident of tellings a, b, c ... told on days 8, 9, 10 ... unless they say otherwise."""
    made = [
        telling("abcdefgh"[n], {"day": 7, "told": 8 + n, "where": 1, **row}) for n, row in enumerate(rows)
    ]
    return incident_of(made, RULES, as_of=as_of)


def figures(toll):
    return toll and (toll.low, toll.best, toll.high)


def story(found, field):
    return [(r.before, r.after, r.because) for r in found.revisions if r.field == field]


def test_a_wounded_man_dies():
    """Killed goes up and injured down by one, and the story says why."""
    found = incident({"killed": 1, "injured": 2}, {"killed": 2, "injured": 1})
    assert figures(found.killed) == (2, 2, 2)
    assert figures(found.injured) == (1, 1, 1)
    assert story(found, "killed") == [(1, 2, "1 of the wounded died (outlet of b)")]
    assert story(found, "injured") == [(2, 1, "1 of the wounded died (outlet of b)")]


def test_a_report_of_the_death_alone():
    """ "One of the wounded later died" gives one dead; it adds to the two there were."""
    found = incident(
        {"killed": 2, "injured": 3}, {"killed": 1, "says": "a wounded officer succumbed in hospital"}
    )
    assert (found.killed.best, found.injured.best) == (3, 2)


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


tolls = st.one_of(st.none(), st.integers(0, 5))
rows = st.fixed_dictionaries(
    {
        "killed": tolls,
        "injured": tolls,
        "told": st.integers(8, 11),
        "source": st.sampled_from(["Post", "Times", "Agency"]),
        "modality": st.sampled_from(["asserted", "reported", "claimed", "denied", "foiled"]),
        "day": st.sampled_from([6, 7, "6-7"]),
        "place": st.sampled_from(["Kulajo", "Kolajo", "Kifri"]),
    }
)


@given(st.lists(rows, min_size=1, max_size=7), st.data())
def test_state_is_a_pure_function_of_the_set(drawn, data):
    """The order in which mentions are handed in changes nothing; low <= best <= high holds throughout."""
    made = [telling(f"m{n}", row) for n, row in enumerate(drawn)]
    want = incident_of(made, RULES)
    assert incident_of(data.draw(st.permutations(made)), RULES) == want
    for toll in (want.killed, want.injured):
        assert toll is None or 0 <= toll.low <= toll.best <= toll.high


@given(st.lists(rows, min_size=1, max_size=7))
def test_the_story_ends_in_the_state(drawn):
    """The last figure of the change story is the figure that holds."""
    made = [telling(f"m{n}", row) for n, row in enumerate(drawn)]
    found = incident_of(made, RULES)
    for field in ("killed", "injured"):
        last = next((r.after for r in reversed(found.revisions) if r.field == field), None)
        toll = getattr(found, field)
        if last is not None:
            assert toll is not None and toll.best == last
