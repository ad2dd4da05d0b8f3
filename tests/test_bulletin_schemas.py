"""What goes out as MISP and CAP keeps their rules: MISP's own schema and types, all rules of CAP 1.2."""

from __future__ import annotations

import io
import json
from copy import deepcopy
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cap_rules import ALERT, CAP, problems
from made_incidents import incidents
from seamwatch.ingest.cap import parse_xml
from seamwatch.model.incident import Incident
from seamwatch.publish import cap, misp
from seamwatch.vocabulary.codes import Status
from seamwatch.vocabulary.coordination import Tlp
from test_bulletins import bomb, day

CASES = yaml.safe_load((Path(__file__).parent / "cases/cap_alerts.yaml").read_text("utf-8"))["cases"]
BASE = f"""<alert xmlns="{cap.CAP}"><identifier>urn-1</identifier><sender>duty</sender>
<sent>2024-03-05T08:00:00-00:00</sent><status>Actual</status><msgType>Alert</msgType>
<scope>Restricted</scope><restriction>TLP:AMBER</restriction>
<info><language>en</language><category>Security</category><event>Attack</event><urgency>Past</urgency>
<severity>Severe</severity><certainty>Observed</certainty><onset>2024-03-04T00:00:00-00:00</onset>
<parameter><valueName>n</valueName><value>1</value></parameter>
<area><areaDesc>Daquq</areaDesc><circle>35.1,44.4 3</circle></area></info></alert>"""


# --- CAP


def changed(case: dict[str, Any]) -> ET.Element:
    """Return the alert BASE with the change of a case."""
    alert = ET.fromstring(BASE)

    def parent_of(path: str) -> tuple[ET.Element, str]:
        *before, last = path.split("/")
        parent = alert.find("/".join(f"{CAP}{one}" for one in before)) if before else alert
        assert parent is not None
        return parent, last

    def index(parent: ET.Element, name: str) -> int:
        return next((n for n, child in enumerate(parent) if child.tag == f"{CAP}{name}"), -1)

    def place(parent: ET.Element, name: str) -> int:
        """Return where a new element belongs: behind all that stand before it in the standard."""
        known = [row[0] for row in _rows_of(parent)]
        before = known[: known.index(name)]
        return sum(child.tag.removeprefix(CAP) in before for child in parent)

    for path, words in case.get("set", {}).items():
        parent, name = parent_of(path)
        found = parent.find(f"{CAP}{name}")
        if found is None:
            found = ET.Element(f"{CAP}{name}")
            parent.insert(place(parent, name), found)
        found.text = words
    if "remove" in case:
        parent, name = parent_of(case["remove"])
        parent.remove(parent[index(parent, name)])
    if "add" in case:
        parent, name = parent_of(case["add"])
        at = index(parent, name)
        made = deepcopy(parent[at]) if at >= 0 else ET.Element(f"{CAP}{name}")
        parent.insert(at + 1, made)
    if "swap" in case:
        parent, one = parent_of(case["swap"][0])
        _, other = parent_of(case["swap"][1])
        first, second = index(parent, one), index(parent, other)
        parent[first], parent[second] = parent[second], parent[first]
    return alert


def _rows_of(parent: ET.Element) -> Any:
    name = parent.tag.removeprefix(CAP)
    rows: Any = ALERT
    if name != "alert":
        rows = {row[0]: row[3] for row in rows}["info"]
    if name == "area":
        rows = {row[0]: row[3] for row in rows}["area"]
    return rows


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_the_checker_knows_the_rules(case: dict[str, Any]) -> None:
    """An alert that breaks one rule has that one problem; one that breaks none has none."""
    found = problems(changed(case))
    if case["problem"] is None:
        assert found == []
    else:
        assert len(found) == 1 and case["problem"] in found[0]


def alerts_of(*some: Incident) -> list[ET.Element]:
    out = io.StringIO()
    cap.write(some, out)
    return list(parse_xml(out.getvalue().encode("utf-8")).iter(f"{CAP}alert"))


LABELLED = [
    bomb(day(13), tlp=tlp, status=status)
    for tlp in (None, *Tlp)
    for status in (Status.CONFIRMED, Status.RETRACTED)
] + [
    bomb(day(13), day(15)),
    bomb(day(13), day(15), day(16), status=Status.DENIED),
    bomb(day(13), place=None, date=None, killed=None, injured=None),
]  # fmt: skip


def test_every_alert_keeps_the_rules() -> None:
    """Whatever label, status, history and gaps an incident has, its alert has no problem."""
    found = alerts_of(*LABELLED)
    assert len(found) == len(LABELLED)
    assert [wrong for alert in found for wrong in problems(alert)] == []


@settings(max_examples=30)
@given(st.lists(incidents(), min_size=1, max_size=3))
def test_any_incident_is_an_alert_by_the_rules(made: list[Incident]) -> None:
    """Whatever an incident holds, its alert keeps every rule of the standard."""
    for alert in alerts_of(*made):
        assert problems(alert) == []


# --- MISP


@pytest.fixture(scope="module")
def misp_rules() -> tuple[Any, Any, dict[str, Any]]:
    """Return MISP's strict and lax schema of an event as validators, and its types of attributes."""
    from jsonschema_rs import Draft4Validator

    folder = resources.files("pymisp") / "data"

    def validator(name: str) -> Any:
        schema = json.loads((folder / name).read_text("utf-8"))
        # Its `id` is an address that would be fetched; one list of names stands where a schema must.
        schema.pop("id", None)
        schema["defs"].get("sharing_group", {"properties": {}})["properties"].pop("required", None)
        return Draft4Validator(schema)

    types = json.loads((folder / "describeTypes.json").read_text("utf-8"))["result"]
    return validator("schema.json"), validator("schema-lax.json"), types


def check_event(event: dict[str, Any], rules: tuple[Any, Any, dict[str, Any]]) -> None:
    from pymisp import MISPEvent

    strict, lax, types = rules
    assert [wrong.message for wrong in lax.iter_errors(event)] == []
    # The strict one is older than objects and reports: all the rest must be as it has it.
    bare = {"Event": {k: v for k, v in event["Event"].items() if k not in ("Object", "EventReport")}}
    assert [wrong.message for wrong in strict.iter_errors(bare)] == []
    for attribute in event["Event"]["Attribute"]:
        assert attribute["type"] in types["types"]
        assert attribute["type"] in types["category_type_mappings"][attribute["category"]]
    loaded = MISPEvent()
    loaded.load(json.dumps(event))
    assert len(loaded.attributes) == len(event["Event"]["Attribute"])
    (report,) = loaded.event_reports
    assert report.content == event["Event"]["EventReport"][0]["content"]
    assert [tag.name for tag in loaded.tags] == [tag["name"] for tag in event["Event"]["Tag"]]
    assert loaded.timestamp <= datetime.now(UTC)


def test_every_event_is_one_by_misps_own_schema(misp_rules: tuple[Any, Any, dict[str, Any]]) -> None:
    """MISP's schemas, types and library take each event whole."""
    for one in LABELLED:
        check_event(misp.event(one), misp_rules)


def test_any_incident_is_an_event_by_misps_own_schema(misp_rules: tuple[Any, Any, dict[str, Any]]) -> None:
    """Whatever an incident holds, what is written of it is an event for MISP."""

    @settings(max_examples=30, deadline=None)
    @given(incidents())
    def check(made: Incident) -> None:
        out = io.StringIO()
        misp.write([made], out)
        (event,) = json.loads(out.getvalue())["response"]
        strict, lax, _ = misp_rules
        bare = {"Event": {k: v for k, v in event["Event"].items() if k not in ("Object", "EventReport")}}
        assert [w.message for w in (*lax.iter_errors(event), *strict.iter_errors(bare))] == []

    check()
