"""The contract's incident shape, to JSON and back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings

from made_incidents import article, incident, incidents, mention
from seamwatch.errors import ShapeError
from seamwatch.model.incident import ArticleRef, Incident, SourcedMention
from seamwatch.model.incident_codec import incident_json, tellers
from seamwatch.model.incident_decoding import incident_from_json, revision_from_json
from seamwatch.vocabulary.codes import Policy, RevisionKind

CONTRACT = (
    "id event_type sub_event_type date place perpetrators targets victims weapons killed injured missing "
    "abducted claims status mentions disagreements revisions"
)


def _told(name: str) -> SourcedMention:
    a = article(name)
    return SourcedMention(mention=mention(a), article=ArticleRef(id=name, source=f"{name} News"))


@settings(max_examples=60, deadline=None)
@given(incidents())
def test_an_incident_survives_json(made: Incident) -> None:
    """An incident written as JSON and read with its mentions is the same incident."""
    row = json.loads(json.dumps(incident_json(made)))
    assert incident_from_json(row, mentions={m.mention.id: m for m in made.mentions}) == made


@settings(max_examples=60, deadline=None)
@given(incidents())
def test_json_alone_survives_reading(made: Incident) -> None:
    """JSON of an incident read without its mentions at hand and written again is the same JSON."""
    row = json.loads(json.dumps(incident_json(made)))
    assert incident_json(incident_from_json(row)) == row


def test_it_has_every_field_of_the_contract() -> None:
    """All fields of the contract are there, and a mention is listed as the contract lists it."""
    row = incident_json(incident("I1", _told("A1")))
    assert set(CONTRACT.split()) <= set(row)
    assert row["mentions"] == [
        {"id": "A1#1", "article": "A1", "source": "A1 News", "published": None, "party": None}
    ]
    assert row["missing"] is None


def test_evidence_names_the_mention_it_is_from() -> None:
    """A passage in an incident says which of the incident's mentions it was taken from."""
    first, second = _told("A1"), _told("A2")
    whole = incident("I1", first, second)
    assert incident_json(whole)["killed"]["evidence"][0]["mention"] == "A1#1"
    killed = first.mention.killed
    assert killed is not None
    assert tellers(whole)[killed.evidence[0]] == (first, second)


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"status": "sure"}, "incident.status"),
        ({"mentions": [{"article": "A1"}]}, "incident.mentions[0].id"),
        ({"mentions": {}, "aliases": "I2"}, "incident.aliases"),
        ({"revisions": [{"at": "yesterday"}]}, "incident.revisions[0].at"),
        ({"killed": {"low": 3, "best": 1, "high": 1}}, "incident.killed"),
        ({"policy": "best"}, "incident.policy"),
        ({"voices": "two"}, "incident.voices"),
        ({"decisions": [{"id": "12"}]}, "incident.decisions[0].id"),
        ({"decisions": [{"id": "d12", "kind": "guess"}]}, "incident.decisions[0].kind"),
    ],
)
def test_a_wrong_field_is_named(change: dict[str, object], names: str) -> None:
    """JSON of another shape raises ShapeError that says which field is wrong."""
    row = {**incident_json(incident("I1", _told("A1"))), **change}
    with pytest.raises(ShapeError) as caught:
        incident_from_json(row)
    assert names in str(caught.value)


@pytest.mark.parametrize(
    ("field", "after", "because", "kind"),
    [
        ("incident", {"killed": 1}, "first report by Rudaw", RevisionKind.REPORTED),
        ("killed", 3, "raised by Rudaw", RevisionKind.TOLL),
        ("injured", 1, "1 of the wounded died (Rudaw)", RevisionKind.DIED),
        ("place", None, "place changed by Rudaw", RevisionKind.PLACE),
        ("claims", {"by": "PKK", "kind": "denies"}, "denied by PKK", RevisionKind.CLAIM_DENIED),
        ("claims", {"by": "PKK", "kind": "claims"}, "claimed by PKK", RevisionKind.CLAIM_MADE),
        ("status", "confirmed", "confirmed through Rudaw", RevisionKind.STATUS),
        ("status", "retracted", "the report was withdrawn (Rudaw)", RevisionKind.RETRACTED),
        ("weather", "fog", "", RevisionKind.STATUS),
    ],
)
def test_a_revision_without_a_kind_gets_one(
    field: str, after: object, because: str, kind: RevisionKind
) -> None:
    """Revisions written before they had a kind are read with the kind that they tell."""
    row = {
        "at": "2020-04-14T00:00:00+00:00",
        "field": field,
        "to": after,
        "because": because,
        "mention": "A1#1",
    }
    assert revision_from_json(row).kind is kind


def test_json_of_before_is_read() -> None:
    """An incident written without policy, decisions and voices was made by UCDP's, of its outlets."""
    row = incident_json(incident("I1", _told("A1"), _told("A2")))
    for name in ("policy", "decisions", "voices"):
        del row[name]
    found = incident_from_json(row)
    assert (found.policy, found.decisions, found.voices) == (Policy.UCDP, (), 2)
