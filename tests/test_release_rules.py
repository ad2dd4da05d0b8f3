"""Release rules: what goes out of an incident, field by field, and that nothing else does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from release_views import NOW, RECEIVING, SomeUnits, case_of, view_of
from seamwatch.coordinate.canonical import canonical
from seamwatch.coordinate.coarsen import NoUnits, coarsen_date, coarsen_place
from seamwatch.coordinate.names_told import Names
from seamwatch.coordinate.release import rules_in_order, verdict
from seamwatch.coordinate.release_orders import fineness
from seamwatch.coordinate.rule_codec import (
    GRAINS,
    rule_from_json,
    rule_json,
    rules_from_json,
    rules_from_yaml,
    rules_json,
    rules_yaml,
)
from seamwatch.coordinate.spelling import folded
from seamwatch.errors import FieldError
from seamwatch.model.place import Place
from seamwatch.model.release import FIELDS, ReleaseOrder, ReleaseRule, Verdict
from seamwatch.model.time import TimeRange
from seamwatch.vocabulary.coordination import Grain, OrderKind, Tlp

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "release_rules.yaml").read_text(encoding="utf-8"))[
    "cases"
]
EXACT = ReleaseRule(id="all", to=("b",), tlp=Tlp.AMBER)


def weighed(
    rule: ReleaseRule, row: Mapping[str, Any], *orders: ReleaseOrder, released: bool = False
) -> Verdict:
    return verdict(case_of(view_of(row), released=released), rules_in_order([rule], ()), orders, RECEIVING)


def order(kind: OrderKind, by: str = "Ana", number: int = 1, **more: Any) -> ReleaseOrder:
    return ReleaseOrder(incident="i-1", kind=kind, by=by, at=NOW, number=number, **more)


def given_as(name: str, content: Mapping[str, Any]) -> object:
    """Return a field of a content as the table of cases writes it."""
    incident = content["incident"]
    place, when = incident["place"], incident["date"]
    match name:
        case "place":
            return ", ".join(place[key] or "~" for key in ("name", "admin2", "admin1", "country"))
        case "precision":
            return place["precision"]
        case "radius":
            return place["radius_km"]
        case "date":
            return f"{when['start']}..{when['end']}"
        case "killed":
            return incident["killed"] and incident["killed"]["best"]
        case "sources":
            return content["sources"] and [source["name"] for source in content["sources"]]
        case "claims":
            return [f"{claim['by']} via {claim['via'] or '~'}" for claim in incident["claims"]]
        case "status":
            return incident["status"]
        case _:
            return [value["name"] for value in incident[name]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_goes_out_by_a_rule(case: dict[str, Any]) -> None:
    """A party receives what the rule gives it, and the fields that it does not give are told."""
    rule = rule_from_json({"id": "r", "to": ["b"], "tlp": "amber", **case["rule"]})
    made = weighed(rule, case.get("incident", {}), released=case.get("released", False))
    assert made.state == case.get("state", "released"), made.text
    if made.state != "released":
        return
    assert made.content is not None
    assert made.tlp == case.get("label", "TLP:AMBER") == made.content["tlp"]
    for name, wanted in case.get("gives", {}).items():
        assert given_as(name, made.content) == wanted, name
    if "keeps" in case:
        assert sorted(made.content["withheld"]) == sorted(case["keeps"]), made.reasons
    for word in case.get("never", []):
        assert word not in canonical(made.content).decode()


def test_every_field_says_why() -> None:
    """Each field has a reason in plain words, with the rule that gives or withholds it."""
    made = weighed(replace(EXACT, fields={"place": Grain.DISTRICT}), {})
    reasons = {reason.field: reason for reason in made.reasons}
    assert set(reasons) == set(FIELDS)
    assert reasons["place"].text == "only the district: given by rule all"
    assert "would tell what is not given (place)" in reasons["quotes"].text


def test_quotes_bring_the_outlet_and_the_day() -> None:
    """Where all is exact, a value comes with the words that it rests on, without offsets or ids."""
    made = weighed(EXACT, {})
    assert made.content is not None
    assert made.content["incident"]["killed"]["evidence"] == [
        {"quote": "two policemen were killed", "source": "Rudaw", "published": "2024-03-07"}
    ]
    assert b"N1#1" not in canonical(made.content)


def test_the_first_rule_that_fits_decides_and_own_rules_win() -> None:
    """Rules are tried in order, the own ones before the charter's."""
    own = replace(EXACT, id="mine", types=("Battles",))
    charter = (replace(EXACT, id="first", tlp=Tlp.GREEN), replace(EXACT, id="second"))
    made = verdict(case_of(view_of({})), rules_in_order([own], charter), (), RECEIVING)
    assert made.rule == "charter:first"
    made = verdict(case_of(view_of({})), rules_in_order([replace(own, types=())], charter), (), RECEIVING)
    assert made.rule == "mine"


def test_a_rule_that_releases_nothing_ends_the_search() -> None:
    """It needs no label, rules after it are not tried, and of rules without it the JSON stays the same."""
    (rule,) = rules_from_yaml("rules: [{id: not-to-b, to: [b], release: nothing}]")
    assert rules_from_yaml(rules_yaml([rule])) == rules_from_json(rules_json([rule])) == (rule,)
    made = verdict(case_of(view_of({})), rules_in_order([rule, EXACT], ()), (), RECEIVING)
    assert (made.state, made.rule) == ("none", "not-to-b")
    assert made.text == "rule not-to-b releases nothing of it to b"
    assert "release" not in rule_json(EXACT) and rule_json(rule)["release"] == "nothing"


def test_a_hold_holds_until_a_release() -> None:
    """HOLD stops an incident for one party or all; a later RELEASE lets it go."""
    held = order(OrderKind.HOLD, why="sources at risk")
    assert weighed(EXACT, {}, held).state == "held"
    assert "Ana: sources at risk" in weighed(EXACT, {}, held).text
    assert weighed(EXACT, {}, replace(held, to="c")).state == "released"
    assert weighed(EXACT, {}, held, order(OrderKind.RELEASE, number=2)).state == "released"


def test_an_order_withholds_a_field_and_takes_it_back() -> None:
    """WITHHOLD_FIELD keeps a field back with its reason; a RELEASE of the field gives it again."""
    withheld = order(OrderKind.WITHHOLD_FIELD, field="weapons", why="unsure")
    made = weighed(EXACT, {}, withheld)
    assert made.content is not None and made.content["incident"]["weapons"] == []
    assert "withheld by Ana: unsure" in [reason.text for reason in made.reasons]
    back = weighed(EXACT, {}, withheld, order(OrderKind.RELEASE, number=2, field="weapons"))
    assert back.content is not None and back.content["incident"]["weapons"]


def test_a_label_only_raises() -> None:
    """A LABEL order makes a record stricter, never freer than its rule."""
    assert weighed(EXACT, {}, order(OrderKind.LABEL, tlp=Tlp.AMBER_STRICT)).tlp is Tlp.AMBER_STRICT
    assert weighed(EXACT, {}, order(OrderKind.LABEL, tlp=Tlp.CLEAR)).tlp is Tlp.AMBER


DECIDED = {"decisions": [{"id": "d1", "by": "Ana", "at": "2024-03-08T00:00:00+00:00"}]}
ASKS = replace(EXACT, approval=True)


def test_a_second_person_approves() -> None:
    """Who decided last on an incident can't be its second person; anybody else can."""
    asked = weighed(ASKS, DECIDED)
    assert asked.state == "approval" and asked.content is not None
    shape = fineness(asked.content)
    own = weighed(ASKS, DECIDED, order(OrderKind.APPROVE, by=" ana", approved=shape))
    assert own.state == "approval" and "decided on it last" in own.text
    assert weighed(ASKS, DECIDED, order(OrderKind.APPROVE, by="Ben", approved=shape)).state == "released"


def test_who_ordered_the_release_does_not_approve_it() -> None:
    """The one who lifted a hold is no second person either."""
    shape = fineness(weighed(ASKS, {}).content or {})
    lifted = order(OrderKind.RELEASE, by="Ben")
    approved = order(OrderKind.APPROVE, by="Ben", number=2, approved=shape)
    assert "ordered its release" in weighed(ASKS, {}, lifted, approved).text


def test_what_becomes_finer_waits_for_another_approval() -> None:
    """Of a changed incident goes out what was approved; what is finer or new is named and waits."""
    coarse = {"place": {"name": "Diyala", "admin2": None, "precision": 4, "radius_km": 80}}
    shape = fineness(weighed(ASKS, coarse).content or {})
    approved = order(OrderKind.APPROVE, by="Ben", approved=shape)
    assert weighed(ASKS, coarse, approved).unapproved == ()
    made = weighed(ASKS, {}, approved)
    assert made.state == "released" and made.unapproved == ("place",) and made.content is not None
    assert given_as("place", made.content) == "Diyala, ~, Diyala, IQ"
    assert "approve what became finer or is new: place" in made.text
    assert b"Kulajo" not in canonical(made.content)


def test_a_denial_does_not_wait() -> None:
    """What a party was told and is retracted since then is retracted there at once; new figures wait."""
    then = view_of({})
    late = replace(then.tellings[0], mention="N2#1", stored=NOW - timedelta(hours=1))
    row = {
        **then.incident,
        "status": "retracted",
        "killed": {**then.incident["killed"], "best": 9, "high": 9},
    }
    now = replace(then, incident=row, tellings=(*then.tellings, late))
    case = replace(case_of(now, released=True), known_at=lambda moment: then)
    made = verdict(case, rules_in_order([replace(EXACT, after_hours=24)], ()), (), RECEIVING)
    assert made.content is not None and made.content["incident"]["status"] == "retracted"
    assert made.content["incident"]["killed"]["best"] == 2
    assert made.due == late.stored + timedelta(hours=24)


def test_a_name_that_only_a_later_article_has_is_hidden_too() -> None:
    """What waits tells nothing, but the spelling of the village in it keeps an older target back."""
    then = view_of({"targets": ["Qulaxor bridge", "police patrol"]})
    late = replace(then.tellings[0], mention="N2#1", stored=NOW - timedelta(hours=1), names=("Qulaxor",))
    now = replace(then, tellings=(*then.tellings, late))
    rule = replace(EXACT, after_hours=24, fields={"place": Grain.DISTRICT})
    case = replace(case_of(now), known_at=lambda moment: then)
    made = verdict(case, rules_in_order([rule], ()), (), RECEIVING)
    assert made.content is not None and given_as("targets", made.content) == ["police patrol"]


@given(hours=st.integers(1, 2000), ago=st.integers(0, 3_000))
def test_due_is_the_first_moment_at_which_it_goes_out(hours: int, ago: int) -> None:
    """The preview's `due` is right to the microsecond, whatever the delay and the moment."""
    view = view_of({"stored_hours_ago": ago / 3})
    rules = rules_in_order([replace(EXACT, after_hours=hours / 7)], ())

    def at(moment: datetime) -> Verdict:
        return verdict(case_of(view), rules, (), replace(RECEIVING, now=moment))

    made = at(NOW)
    if made.state == "waits":
        assert made.due is not None and made.due > NOW
        assert at(made.due).state == "released"
        assert at(made.due - timedelta(microseconds=1)).state == "waits"
    else:
        assert made.state == "released" and made.due is None


# --- properties ------------------------------------------------------------------------------------

HIDDEN = ("Zarqushin", "Tell Abu Wardi", "Hît")
OUTLETS = ("Kanal Qavex", "qavex.example")
TEXTS = st.lists(
    st.sampled_from(
        (
            "police patrol",
            "the Zarqushin road",
            "zarqushinis",
            "market of TELL ABU WARDI",
            "AbuWardi farm",
            "hit gate",
            "Kanal Qavex crew",
            "Diyala police",
            "Orbek Front",
        )
    ),
    max_size=3,
)
RULES = st.builds(
    lambda fields: replace(EXACT, fields=fields),
    st.fixed_dictionaries({}, optional={name: st.sampled_from(GRAINS[name]) for name in FIELDS}),
)
_OUTLET_CLAIM = {"by": "Orbek Front", "via": "Kanal Qavex", "kind": "claims"}


@given(rule=RULES, targets=TEXTS, withheld=st.sampled_from((None, *FIELDS)), name=st.sampled_from(HIDDEN))
def test_no_rule_lets_a_hidden_name_out(
    rule: ReleaseRule, targets: list[str], withheld: str | None, name: str
) -> None:
    """Whatever the rule: a place's names, an outlet, a withheld actor stand nowhere in what goes out."""
    view = view_of(
        {
            "place": {"name": name, "evidence": []},
            "targets": targets,
            "names": [name],
            "claims": [_OUTLET_CLAIM],
            "sources": list(OUTLETS),
        }
    )
    view.incident["perpetrators"][0]["name"] = "Orbek Front"
    orders = [order(OrderKind.WITHHOLD_FIELD, field=withheld)] if withheld else []
    made = verdict(case_of(view), rules_in_order([rule], ()), orders, RECEIVING)
    assert made.content is not None
    grains = {**rule.fields, **({withheld: Grain.WITHHELD} if withheld else {})}
    said = " ".join(folded(canonical(made.content).decode()))
    if grains.get("place", Grain.EXACT) is not Grain.EXACT:
        for word in folded(name):
            assert word not in said.split() and (len(word) < 4 or word not in said)
    if grains.get("sources") is Grain.WITHHELD:
        assert "qavex" not in said
    if grains.get("perpetrators") is Grain.WITHHELD:
        assert "orbek front" not in said
    if set(grains.values()) - {Grain.EXACT}:
        assert b'"quote"' not in canonical(made.content)
    assert b"N1#1" not in canonical(made.content) and b'"start":0' not in canonical(made.content)


PEOPLE = ("Kulajo", "Daquq", "Hawija", "Tuz Khurmatu", "Jalawla", "Khanaqin", "Zarqushin", "Rabia")
# What a writer, or somebody who wants to get a name past, may do to a letter or between two.
BETWEEN = ("", "\u200b", "\u00ad", "\u2060", "\u202e", "'", "\u02bf", "\u0301", "\u0640", "\ufe0f")
ALIKE = str.maketrans("aeoiKHjx", "\u0430\u0435\u043e\u0456\u041a\u041d\u0458\u0445")
SOUNDS = (
    ("aw", "au"),
    ("q", "k"),
    ("j", "j"),
    ("kh", "x"),
    ("u", "o"),
    ("w", "ou"),
    ("a", "aa"),
    ("i", "ee"),
)


@st.composite
def disguised(draw: st.DrawFn) -> tuple[str, str]:
    """Return a name and the same as somebody else may write it."""
    name = draw(st.sampled_from(PEOPLE))
    text = name
    for one, other in draw(st.lists(st.sampled_from(SOUNDS), max_size=1)):
        text = text[:1] + text[1:].replace(one, other, 1)
    text = draw(st.sampled_from((text, text.upper(), text.lower(), text.title())))
    if draw(st.booleans()):
        text = text.translate(ALIKE)
    if draw(st.booleans()):
        text = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    marks = draw(st.lists(st.sampled_from(BETWEEN), min_size=len(text), max_size=len(text)))
    text = "".join(c + mark if c.isalpha() else c for c, mark in zip(text, marks, strict=True))
    before, after = draw(
        st.sampled_from((("", ""), ("al-", "'s"), ("the ", " market"), ("", "i"), ("(", ")")))
    )
    return name, f"{before}{text}{after}"


@given(disguised())
def test_no_disguise_gets_a_hidden_name_out(pair: tuple[str, str]) -> None:
    """Characters that nobody sees, letters that look alike, other transliterations: the name is found."""
    name, text = pair
    assert Names([name]).told_in(text)


PLACES = st.builds(
    Place,
    name=st.sampled_from((None, "Kulajo", "Diyala")),
    admin1=st.sampled_from((None, "Diyala", "Elsewhere")),
    admin2=st.sampled_from((None, "Kifri")),
    country=st.sampled_from((None, "IQ", "XX")),
    lat=st.sampled_from((None, 34.5)),
    lon=st.just(45.1),
    precision=st.integers(1, 7),
    radius_km=st.none() | st.floats(0, 900),
    geonameid=st.just(7),
)


@given(place=PLACES, grain=st.sampled_from(GRAINS["place"]), known=st.booleans())
def test_coarsening_a_place_never_makes_it_finer(place: Place, grain: Grain, known: bool) -> None:
    """Precision and radius never shrink; name, GeoNames id and point of the place go."""
    told = coarsen_place(place, grain, SomeUnits() if known else NoUnits())
    if told is None or grain is Grain.EXACT:
        return
    assert told.precision >= max(place.precision, {"district": 3, "province": 4, "country": 6}[grain])
    assert told.radius_km is None or told.radius_km >= (place.radius_km or 0)
    assert told.geonameid is None and told.shape is None and told.name != "Kulajo"
    assert (told.lat, told.lon) != (34.5, 45.1) and (place.lat is not None or told.lat is None)
    for name in ("admin1", "admin2"):
        assert getattr(told, name) in (None, getattr(place, name))
    again = coarsen_place(told, grain, SomeUnits() if known else NoUnits())
    assert again is not None and again.precision == told.precision


@given(
    start=st.dates(date(1, 1, 1), date(9999, 12, 31)),
    days=st.integers(0, 400),
    precision=st.integers(1, 5),
    grain=st.sampled_from((Grain.WEEK, Grain.MONTH)),
)
def test_coarsening_days_never_leaves_them(start: date, days: int, precision: int, grain: Grain) -> None:
    """The weeks or months told hold all the days, and the precision never becomes finer."""
    end = min(start.toordinal() + days, date.max.toordinal())
    when = TimeRange(start=start, end=date.fromordinal(end), precision=precision)
    told = coarsen_date(when, grain)
    assert told is not None
    assert told.start <= when.start and when.end <= told.end and told.precision >= max(precision, 3)


@given(rule=RULES, hours=st.integers(0, 1000), red=st.booleans())
def test_rules_come_back_from_json_and_yaml(rule: ReleaseRule, hours: int, red: bool) -> None:
    """A rule written as JSON or YAML reads back as the same rule, and is written the same again."""
    (same,) = rules_from_json(
        rules_json([replace(rule, after_hours=float(hours), tlp=Tlp.RED if red else rule.tlp)])
    )
    assert rule_from_json(rule_json(same)) == same
    assert rules_from_yaml(rules_yaml([same])) == (same,)


@pytest.mark.parametrize(
    ("text", "field", "says"),
    [
        ("- id: near", "rules[0].to", "rule 1 (near): to: to whom?"),
        ("- {id: near, to: b, tlp: pink}", "rules[0].tlp", "'pink' is none of: TLP:CLEAR"),
        ("- {id: near, to: '*', tlp: red}", "rules[0].to", "only to parties that the rule names"),
        ("- {id: n, to: b, tlp: red, fields: {place: week}}", "rules[0].fields.place", "'week' is none of"),
        ("- {id: n, to: b, tlp: red, fields: {name: exact}}", "rules[0].fields.name", "no such field"),
        ("- {id: n, to: b, tlp: red, hours: 1}", "rules[0].hours", "no such key"),
        ("- {id: n, to: b, tlp: red, after_hours: -1}", "rules[0].after_hours", "0 to"),
        ("- {id: n, to: b, tlp: red, types: [War]}", "rules[0].types", "'War' is no event type"),
        ("- {id: n, to: b, tlp: red}\n- {id: n, to: b, tlp: red}", "rules[1].id", "rule 1 has this id too"),
        ("- {id: n, to: b, to: c, tlp: red}", "rules", "'to' stands here twice"),
        ("- &a {id: n, to: b, tlp: red}\n- *a", "rules", "anchors and aliases"),
        ("- {id: n, to: b, release: all}", "rules[0].release", "expected nothing"),
        ("- {id: n, to: b, release: nothing, after_hours: 4}", "rules[0].after_hours", "leave this out"),
        ("- [", "rules", "no YAML"),
    ],
)
def test_a_wrong_rule_is_named(text: str, field: str, says: str) -> None:
    """What is wrong in a file of rules names the rule and the field."""
    with pytest.raises(FieldError) as wrong:
        rules_from_yaml(f"rules:\n{text}")
    assert wrong.value.field == field and says in str(wrong.value)


def test_the_rules_in_the_docs_can_be_used() -> None:
    """The example in the how-to page is a valid file of rules."""
    page = Path(__file__).parent.parent / "docs/how-to/decide-what-is-released.md"
    text = page.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    assert [rule.id for rule in rules_from_yaml(text)] == [
        "shared-area-health",
        "arrests",
        "no-strikes-for-press",
        "confirmed",
    ]
