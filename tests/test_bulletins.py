"""MISP events and CAP alerts: written with what their schemas ask for, and read back without trust."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from made_incidents import article, incident, incidents, mention
from seamwatch.errors import InputError
from seamwatch.ingest.cap import MOST_BYTES, parse_xml, read_cap
from seamwatch.ingest.misp import read_misp
from seamwatch.model.bulletin import INCIDENT_KEY, Bulletin
from seamwatch.model.incident import ArticleRef, Incident, Revision, SourcedMention, Toll
from seamwatch.model.text import Rejected
from seamwatch.pipeline.bulletins import bulletin_kind, given_of
from seamwatch.pipeline.kit import Kit
from seamwatch.pipeline.reading import ReadOptions, read_into
from seamwatch.publish import cap, misp, writer_of
from seamwatch.publish.bulletin import label_of
from seamwatch.store import Store, open_store
from seamwatch.vocabulary.codes import RevisionKind, Status
from seamwatch.vocabulary.coordination import Tlp

Json = dict[str, Any]
CAP = f"{{{cap.CAP}}}"
FOREIGN = f"""<?xml version="1.0"?>
<alert xmlns="{cap.CAP}"><identifier>urn:oid:2.49.0.1</identifier><sender>duty@example.org</sender>
<sent>2024-03-05T08:00:00+03:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>
<info><category>Security</category><event>Attack</event><urgency>Past</urgency><severity>Severe</severity>
<certainty>Observed</certainty><headline>Bomb near Daquq</headline>
<description>A roadside bomb killed two soldiers near Daquq on Monday, police said.</description>
<area><areaDesc>Daquq</areaDesc></area></info></alert>"""


def bomb(*moments: datetime, tlp: Tlp | None = None, **fields: Any) -> Incident:
    """Return a roadside bomb that changed at these moments."""
    told = article("A1", source="Agency")
    ref = ArticleRef(
        id="A1", source="Agency", sources=("Agency",), known=datetime(2020, 4, 13, tzinfo=UTC), tlp=tlp
    )
    changes = tuple(
        Revision(
            kind=RevisionKind.REPORTED,
            at=at,
            field="killed",
            before=None,
            after=2,
            because="",
            mention="A1#1",
        )
        for at in moments
    )
    sourced = SourcedMention(mention=mention(told), article=ref)
    return incident("i-4f7x2m9qpa", sourced, revisions=changes, **fields)


def day(number: int) -> datetime:
    return datetime(2020, 4, number, 9, 30, tzinfo=UTC)


def event_of(one: Incident) -> Json:
    found: Json = misp.event(one)["Event"]
    return found


def said(element: ET.Element, path: str) -> str:
    return element.findtext("/".join(f"{CAP}{name}" for name in path.split("/"))) or ""


def written(name: str, folder: Path, *some: Incident) -> Path:
    """Return a file with incidents in a format."""
    out = io.StringIO()
    writer_of(name)(some, out)
    path = folder / f"out.{'json' if name == 'misp' else 'xml'}"
    path.write_text(out.getvalue(), encoding="utf-8")
    return path


def read(name: str, path: Path) -> list[Bulletin | Rejected]:
    return list((read_misp if name == "misp" else read_cap)(path))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Yield an empty store."""
    with open_store(str(tmp_path / "record.db")) as made:
        yield made


# --- written


def test_an_update_of_an_event_keeps_its_uuid() -> None:
    """The uuid follows from the incident's id, the timestamp is the last change's."""
    first, later = event_of(bomb(day(13))), event_of(bomb(day(13), day(15)))
    assert first["uuid"] == later["uuid"] and UUID(first["uuid"]).version == 5
    assert int(later["timestamp"]) > int(first["timestamp"]) == int(day(13).timestamp())
    assert [a["uuid"] for a in first["Attribute"]] == [a["uuid"] for a in later["Attribute"]]
    assert first["EventReport"][0]["uuid"] == later["EventReport"][0]["uuid"] != first["uuid"]


@pytest.mark.parametrize(
    ("tlp", "tag", "distribution"),
    [
        (None, "tlp:amber", "0"),
        (Tlp.CLEAR, "tlp:clear", "3"),
        (Tlp.GREEN, "tlp:green", "1"),
        (Tlp.AMBER_STRICT, "tlp:amber+strict", "0"),
        (Tlp.RED, "tlp:red", "0"),
    ],
)
def test_the_label_restricts_both_formats(tlp: Tlp | None, tag: str, distribution: str) -> None:
    """A label is a tag and a distribution in MISP, a restriction in CAP; what has none is amber."""
    one = bomb(day(13), tlp=tlp)
    event = event_of(one)
    assert event["Tag"][0] == {"name": tag} and event["distribution"] == distribution
    alert = cap.alert(one)
    assert said(alert, "restriction") == ("" if tlp is Tlp.CLEAR else label_of(one).value)
    assert said(alert, "scope") == ("Public" if tlp is Tlp.CLEAR else "Restricted")


def test_the_report_has_quotes_and_sources() -> None:
    """The text says what is known, and each quote with its outlet."""
    (report,) = event_of(bomb(day(13)))["EventReport"]
    assert '"Two soldiers were killed" (Agency, no date)' in report["content"]
    assert "2 killed" in report["content"] and "TLP:AMBER" in report["content"]


def test_an_update_of_an_alert_names_the_earlier_ones() -> None:
    """The first state is an Alert, each later one an Update with references, a retraction a Cancel."""
    first, second = cap.alert(bomb(day(13))), cap.alert(bomb(day(13), day(15)))
    assert (said(first, "msgType"), said(first, "references")) == ("Alert", "")
    assert said(second, "msgType") == "Update"
    assert said(second, "references") == ",".join(said(first, n) for n in ("sender", "identifier", "sent"))
    third = cap.alert(bomb(day(13), day(15), day(16), status=Status.RETRACTED))
    assert said(third, "msgType") == "Cancel" and said(third, "info/certainty") == "Unlikely"
    assert len(said(third, "references").split()) == 2
    assert said(third, "sent") == "2020-04-16T09:30:00-00:00"


@pytest.mark.parametrize(
    ("fields", "severity"),
    [
        ({}, "Severe"),
        ({"killed": Toll(low=9, best=12, high=12)}, "Extreme"),
        ({"killed": None}, "Moderate"),
        ({"killed": None, "injured": None}, "Unknown"),
        ({"killed": Toll(low=0, best=0, high=0), "injured": Toll(low=0, best=0, high=0)}, "Minor"),
    ],
)
def test_severity_says_who_was_harmed(fields: Json, severity: str) -> None:
    """Severity follows from the figures alone; without any it is Unknown."""
    assert said(cap.alert(bomb(day(13), **fields)), "info/severity") == severity


@settings(max_examples=60)
@given(st.lists(incidents(), max_size=3))
def test_any_incident_has_the_required_fields(made: list[Incident]) -> None:
    """Whatever an incident holds, both formats are well formed; their schemas: test_bulletin_schemas.py."""
    out = io.StringIO()
    misp.write(made, out)
    for row in json.loads(out.getvalue())["response"]:
        event = row["Event"]
        assert event["info"] and UUID(event["uuid"]) and event["distribution"] in set("0123")
        assert datetime.fromisoformat(event["date"]) and event["timestamp"].isdecimal()
        assert all(
            a["value"] and a["type"] == "text" and a["category"] == "Other" for a in event["Attribute"]
        )
    out = io.StringIO()
    cap.write(made, out)
    root = parse_xml(out.getvalue().encode("utf-8"))
    alerts = list(root.iter(f"{CAP}alert"))
    assert len(alerts) == len(made)


# --- read back


@pytest.mark.parametrize("name", ["misp", "cap"])
def test_a_round_trip_keeps_every_value(name: str, tmp_path: Path, store: Store) -> None:
    """What was written is read as one article with one mention of the same values."""
    one = bomb(day(13), tlp=Tlp.GREEN)
    path = written(name, tmp_path, one)
    assert bulletin_kind(str(path)) == name
    (done,) = read_into(store, ReadOptions(sources=(str(path),)), note=lambda _: None)
    assert not isinstance(done, Rejected) and len(done.opened) == 1
    back = store.incident(done.opened[0])
    for field in ("event_type", "sub_event_type"):
        assert getattr(back, field) == getattr(one, field)
    assert back.date and one.date and (back.date.start, back.date.precision) == (one.date.start, 1)
    assert back.place and one.place and (back.place.lat, back.place.radius_km) == (one.place.lat, 10)
    for field in ("killed", "injured"):
        toll, was = getattr(back, field), getattr(one, field)
        assert (toll.low, toll.best, toll.high) == (was.low, was.best, was.high)
    assert [a.name for a in back.perpetrators] == ["Islamic State"]
    (told,) = back.mentions
    assert told.article.id.startswith(f"{name}-") and told.article.party is None
    assert told.article.tlp is Tlp.GREEN
    text = store.article(told.article.id)
    assert text is not None and "Two soldiers were killed" in text.text
    (again,) = read_into(store, ReadOptions(sources=(str(path),)), note=lambda _: None)
    assert not isinstance(again, Rejected) and again.kind == "known"


@pytest.mark.parametrize("name", ["misp", "cap"])
def test_several_are_read_in_order_and_an_update_takes_its_place(name: str, tmp_path: Path) -> None:
    """A file of several gives each; an update has the id of what it updates."""
    first = bomb(day(13))
    later = replace(bomb(day(13), day(15)), killed=Toll(low=3, best=3, high=3))
    other = replace(first, id="i-7cd2k5wzta")
    found = read(name, written(name, tmp_path, first, other))
    assert [type(one) for one in found] == [Bulletin, Bulletin]
    (updated,) = read(name, written(name, tmp_path, later))
    assert isinstance(updated, Bulletin) and isinstance(found[0], Bulletin) and updated.id == found[0].id
    assert given_of(updated)[1].mentions[0].killed != given_of(found[0])[1].mentions[0].killed


@settings(max_examples=30)
@given(incidents())
def test_any_incident_can_be_read_back(made: Incident) -> None:
    """The machine-readable part of an event is taken by the strict reader, or refused with a message."""
    value = next(a["value"] for a in event_of(made)["Attribute"] if a["comment"] == INCIDENT_KEY)
    found = Bulletin(kind="misp", id="x", title="x", text="x", content=json.loads(value))
    try:
        told, extraction = given_of(found)
    except InputError as wrong:
        assert str(wrong)
    else:
        assert extraction.mentions[0].sub_event_type == made.sub_event_type and told.id == "misp-x"


def test_what_others_wrote_is_extracted(tmp_path: Path, store: Store, kit: Kit) -> None:
    """An alert and an event without our own part become articles whose words are read."""
    alert, event = tmp_path / "alert.xml", tmp_path / "event.json"
    alert.write_text(FOREIGN, encoding="utf-8")
    row = {
        "uuid": "5f0c8ad8-0000-4000-8000-000000000001",
        "info": "Bomb near Tuz",
        "date": "2024-03-06",
        "Orgc": {"name": "A newsroom"},
        "EventReport": [
            {"name": "r", "content": "Gunmen killed three farmers near Tuz Khurmatu on Tuesday."}
        ],
    }
    event.write_text(json.dumps({"Event": row}), encoding="utf-8")
    options = ReadOptions(sources=(str(alert), str(event)))
    done = list(read_into(store, options, note=lambda _: None, kit=kit))
    assert [one.id if isinstance(one, Rejected) else (one.article, one.mentions) for one in done] == [
        ("cap-urn:oid:2.49.0.1", 1),
        ("misp-5f0c8ad8-0000-4000-8000-000000000001", 1),
    ]
    told = store.article("misp-5f0c8ad8-0000-4000-8000-000000000001")
    assert told is not None and told.source == "A newsroom" and str(told.published) == "2024-03-06"


LAUGHS = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
REMOTE = '<!DOCTYPE alert SYSTEM "http://127.0.0.1:1/x.dtd">'


@pytest.mark.parametrize("head", [LAUGHS, OUTSIDE, REMOTE])
def test_a_document_type_is_refused(head: str, tmp_path: Path) -> None:
    """Entities, inner and outer, and a document type from elsewhere are refused before anything is read."""
    path = tmp_path / "alert.xml"
    path.write_text(
        FOREIGN.replace("<alert", f"{head}<alert", 1).replace("Bomb near", "&a;"), encoding="utf-8"
    )
    (refused,) = read("cap", path)
    assert isinstance(refused, Rejected) and refused.code == "unsafe_xml"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b" " * (MOST_BYTES + 1), "too_large"),
        (b"<a>" * 100 + b"</a>" * 100, "too_large"),
        (b"<a><b></a>", "bad_xml"),
        (b"", "bad_xml"),
        (b'<?xml version="1.0" encoding="none"?><a/>', "bad_xml"),
        (b"\xff\xfe\x00", "bad_xml"),
    ],
)
def test_bad_xml_is_refused(content: bytes, code: str) -> None:
    """What is too large, too deep or no XML is refused with a message."""
    with pytest.raises(InputError) as refused:
        parse_xml(content)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "change",
    [
        {"uuid": None},
        {"uuid": "../../x"},
        {"EventReport": [], "Attribute": [], "info": ""},
        {"Attribute": [{"type": "text", "comment": INCIDENT_KEY, "value": "{"}]},
        {"Attribute": [{"type": "text", "comment": INCIDENT_KEY, "value": "[]"}]},
        {
            "Attribute": [
                {"type": "text", "comment": INCIDENT_KEY, "value": '{"incident": {"event_type": 1}}'}
            ]
        },
        {"EventReport": [{"content": "x" * 500_001}]},
    ],
)
def test_one_bad_event_never_stops_the_others(change: Json, tmp_path: Path, store: Store) -> None:
    """A bad event is rejected with where it stands; the next one is read."""
    good = event_of(bomb(day(13)))
    path = tmp_path / "events.json"
    path.write_text(json.dumps([{"Event": {**good, **change}}, {"Event": good}]), encoding="utf-8")
    bad, done = read_into(store, ReadOptions(sources=(str(path),)), note=lambda _: None)
    assert isinstance(bad, Rejected) and "event 1" in bad.reason
    assert not isinstance(done, Rejected) and done.kind == "new"


@pytest.mark.parametrize(
    "content", [b'{"response": 7}', b'{"Event": 7}', b'{"Event": {', b'[{"Event": null}]']
)
def test_what_is_no_event_is_rejected(content: bytes, tmp_path: Path) -> None:
    """A file that only begins as MISP's is rejected, never an exception."""
    path = tmp_path / "event.json"
    path.write_bytes(content)
    assert bulletin_kind(str(path)) == "misp"
    assert all(isinstance(one, Rejected) for one in read("misp", path))


def test_other_files_are_not_taken_for_bulletins(tmp_path: Path) -> None:
    """A JSON or XML file of another kind is left to whoever reads it."""
    for name, content in (("a.json", '{"messages": []}'), ("a.xml", "<rss/>"), ("a.txt", FOREIGN)):
        (tmp_path / name).write_text(content, encoding="utf-8")
        assert bulletin_kind(str(tmp_path / name)) is None
    assert bulletin_kind(str(tmp_path / "none.json")) is None
