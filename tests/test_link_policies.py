"""What one incident holds of its tellings under each policy, and what corrections may say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from link_tellings import telling
from seamwatch.errors import ShapeError
from seamwatch.link.corrections import parse_correction
from seamwatch.link.rules import load_link_rules
from seamwatch.link.state import incident_of
from seamwatch.model.incident import Incident, Toll
from seamwatch.model.place import Place
from seamwatch.model.time import TimeRange
from seamwatch.vocabulary.codes import Policy

RULES = load_link_rules()
CASES = Path(__file__).parent / "cases"
POLICIES = yaml.safe_load((CASES / "policies.yaml").read_text(encoding="utf-8"))
CORRECTIONS = yaml.safe_load((CASES / "corrected_values.yaml").read_text(encoding="utf-8"))


def toll_text(toll: Toll | None) -> str | None:
    if toll is None:
        return None
    numbers = ["-" if n is None else str(n) for n in (toll.low, toll.best, toll.high)]
    return numbers[1] if len(set(numbers)) == 1 else "/".join(numbers)


def short(found: Incident) -> dict[str, Any]:
    """Return the incident as the cases write it."""
    days = found.date and dict.fromkeys((found.date.start.day, found.date.end.day))
    return {
        "killed": toll_text(found.killed),
        "injured": toll_text(found.injured),
        "date": "-".join(map(str, days or ())),
        "place": found.place and found.place.name,
        "type": found.sub_event_type.value,
        "actors": [actor.name for actor in found.perpetrators],
    }


@pytest.mark.parametrize("case", POLICIES, ids=lambda case: case["name"])
def test_every_policy_chooses_its_value(case: dict[str, Any]) -> None:
    """The same tellings give each policy's value, with the rivals as low and high."""
    tellings = [
        telling("abcdefgh"[n], {"day": 7, "told": 8 + n, "where": 1, **row})
        for n, row in enumerate(case["tellings"])
    ]
    for policy in Policy:
        wanted = {
            k: str(v) if k in ("killed", "injured") else v for k, v in case.get(policy.value, {}).items()
        }
        found = incident_of(tellings, RULES, policy=policy)
        assert {k: v for k, v in short(found).items() if k in wanted} == wanted, policy
        assert found.policy is policy


def test_what_is_not_chosen_stays_with_who_says_it() -> None:
    """Whatever the policy, all values are in the disagreements with the mentions that give them."""
    tellings = [telling("a", {"day": 7, "killed": 7}), telling("b", {"day": 7, "killed": 9})]
    for policy in Policy:
        (found,) = incident_of(tellings, RULES, policy=policy).disagreements
        assert [(v.value["best"], v.mentions) for v in found.values] == [(7, ("a",)), (9, ("b",))]


def corrected_text(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, Toll):
        return "/".join("-" if n is None else str(n) for n in (value.low, value.best, value.high))
    if isinstance(value, TimeRange):
        return f"{value.start}..{value.end} {value.precision}"
    if isinstance(value, Place):
        units = (value.name, value.admin2, value.admin1, value.country)
        return f"{', '.join(u for u in units if u)} {value.precision}"
    if isinstance(value, tuple):
        return ", ".join(f"{a.name} {a.kind} {a.certainty}" for a in value)
    return str(value)


@pytest.mark.parametrize("case", CORRECTIONS, ids=lambda c: f"{c['field']}: {c['value']}")
def test_a_correction_is_read_or_refused(case: dict[str, Any]) -> None:
    """A value that fits its field is read; one that does not is refused, saying what to give."""
    if "gives" in case:
        assert corrected_text(parse_correction(case["field"], case["value"])) == str(case["gives"])
    else:
        with pytest.raises(ShapeError) as refused:
            parse_correction(case["field"], case["value"])
        assert case["wrong"] in str(refused.value)
