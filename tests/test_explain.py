"""One incident explained with its quotes."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given, settings

from made_incidents import article, incident, incidents, mention, quote
from seamwatch.model.decision import Decision
from seamwatch.model.incident import (
    ArticleRef,
    DisagreeingValue,
    Disagreement,
    Incident,
    Mention,
    Revision,
    SourcedMention,
    Toll,
)
from seamwatch.model.text import Article
from seamwatch.publish.explain import explain
from seamwatch.vocabulary.codes import DecisionKind, Modality, Policy, RevisionKind

FIRST = article("A1")
SECOND = article(
    "A2",
    text="The market was calm in the morning.\nAt least four soldiers died near Tal Hamis, a hospital source "
    "told reporters, and several others were taken to hospitals in Qamishli, where doctors spoke of burns "
    "and shrapnel wounds and of a number of dead that might rise further in the coming hours.",
)


def _whole() -> Incident:
    one = mention(FIRST)
    died = quote(SECOND, "At least four soldiers died")
    two = Mention(
        id="A2#1",
        event_type=one.event_type,
        sub_event_type=one.sub_event_type,
        modality=Modality.REPORTED,
        killed=Toll(low=4, best=4, high=None, evidence=died),
        evidence=died,
    )
    assert one.killed is not None
    told = (
        SourcedMention(
            mention=one,
            article=ArticleRef(
                id="A1",
                source="Rudaw",
                sources=("AFP", "Rudaw"),
                title="Bomb hits patrol",
                published=date(2020, 4, 14),
                url="https://r.example/1",
            ),
        ),
        SourcedMention(
            mention=two, article=ArticleRef(id="A2", source="Kurdistan 24", published=date(2020, 4, 15))
        ),
    )
    two_dead, four_dead = {"low": 2, "best": 2, "high": 2}, {"low": 2, "best": 4, "high": 4}
    return incident(
        "I1",
        *told,
        killed=Toll(low=2, best=4, high=4, evidence=one.killed.evidence + died),
        disagreements=(
            Disagreement(
                field="killed",
                values=(
                    DisagreeingValue(value=two_dead, mentions=("A1#1",)),
                    DisagreeingValue(value={"low": 4, "best": 4, "high": None}, mentions=("A2#1",)),
                ),
            ),
        ),
        revisions=(
            Revision(
                kind=RevisionKind.TOLL,
                at=datetime(2020, 4, 15, tzinfo=UTC),
                field="killed",
                before=two_dead,
                after=four_dead,
                because="toll revised",
                mention="A2#1",
            ),
            Revision(
                kind=RevisionKind.REPORTED,
                at=datetime(2020, 4, 14, tzinfo=UTC),
                field="incident",
                before=None,
                after={"killed": two_dead, "status": "unconfirmed"},
                because="first report by Rudaw",
                mention="A1#1",
            ),
        ),
    )


def explained(whole: Incident, articles: dict[str, Article] | None = None, *, colour: bool = False) -> str:
    out = io.StringIO()
    explain(whole, {"A1": FIRST, "A2": SECOND} if articles is None else articles, out, colour=colour)
    return out.getvalue()


def section(text: str, heading: str) -> str:
    return text.split(f"\n{heading}\n", 1)[1].split("\n\n", 1)[0]


def test_a_value_has_its_quotes_in_their_lines_and_sources() -> None:
    """A toll from two articles shows both sentences with the words it rests on, and who wrote them."""
    lines = section(explained(_whole()), "KILLED").splitlines()
    assert lines[0].strip() == "2-4, best 4"
    assert lines[1].strip() == '"[Two soldiers were killed] and three were wounded."'
    assert lines[2].strip() == "Rudaw, 2020-04-14 (A1)"
    assert lines[3].strip().startswith('"[At least four soldiers died] near Tal Hamis, a hospital source')
    assert lines[-2].endswith('…"')
    assert lines[-1].strip() == "Kurdistan 24, 2020-04-15 (A2)"


def test_every_value_is_there() -> None:
    """Type, date, place, actors, victims, weapons, tolls and claims each have their section."""
    text = explained(_whole())
    for heading, value in {
        "WHAT": "Remote explosive/landmine/IED (Explosions/Remote violence)",
        "WHEN": "2020-04-13 (that day, precision 1)",
        "WHERE": "Tal Hamis, Hasakah, SY (near the place, precision 2",
        "BY WHOM": "Islamic State (organization, claimed)",
        "AGAINST": "army patrol (human)",
        "HARMED": "2 soldiers (state, killed)",
        "WITH": "roadside bomb",
        "INJURED": "3",
        "RESPONSIBILITY": "Islamic State claims it via Amaq",
    }.items():
        assert section(text, heading).strip().startswith(value)
    assert "Not told: missing, abducted." in text


def test_disagreements_say_who_says_what() -> None:
    """Each value of a disputed field stands with its sources."""
    assert section(explained(_whole()), "WHERE THE SOURCES DISAGREE").splitlines() == [
        "  killed",
        "    2: Rudaw, 2020-04-14 (A1)",
        "    4+: Kurdistan 24, 2020-04-15 (A2)",
    ]


def test_revisions_tell_the_story_in_order_of_dates() -> None:
    """The revisions read from the first report on, with what changed and through whom."""
    assert section(explained(_whole()), "HOW THE RECORD CHANGED").splitlines() == [
        "  2020-04-14  killed 2, status unconfirmed; first report by Rudaw",
        "  2020-04-15  killed: 2 -> 2-4; toll revised (Kurdistan 24)",
    ]


def test_sources_name_copies_and_urls() -> None:
    """Every article is listed with its title, its copies and its URL."""
    assert section(explained(_whole()), "SOURCES").splitlines()[:3] == [
        "  Rudaw, 2020-04-14 (A1): Bomb hits patrol",
        "    also carried by AFP",
        "    https://r.example/1",
    ]
    assert "told by 2 articles of 2 independent sources" in explained(_whole())


def decided(kind: DecisionKind, **fields: Any) -> Decision:
    at = datetime(2020, 4, 20, 9, tzinfo=UTC)
    return Decision(kind=kind, by="ana", at=at, number=12, why="counted twice", **fields)


def test_a_corrected_value_says_who_set_it() -> None:
    """A value that a person set stands with who, when and why, and without quotes."""
    correct = decided(DecisionKind.CORRECT, field="killed", value=3)
    text = explained(replace(_whole(), killed=Toll(low=3, best=3, high=3), decisions=(correct,)))
    assert section(text, "KILLED").splitlines() == [
        "  3",
        "    corrected by ana on 2020-04-20 (d12): counted twice",
    ]
    assert "  killed\n    2: Rudaw" in text


def test_what_a_person_took_out_is_not_known() -> None:
    """A field that a person emptied says so instead of being left out."""
    made = (
        decided(DecisionKind.CORRECT, field="date", value=None),
        decided(DecisionKind.CORRECT, field="perpetrators", value=[]),
    )
    text = explained(replace(_whole(), date=None, perpetrators=(), decisions=made))
    assert section(text, "WHEN").splitlines()[0] == "  not known"
    assert section(text, "BY WHOM").splitlines()[0] == "  not known"
    assert "Not told: missing, abducted." in text


def test_a_decided_status_and_policy_stand_at_the_top() -> None:
    """Who confirmed an incident and by which policy its values were chosen is said first."""
    confirm = decided(DecisionKind.CONFIRM)
    top = explained(replace(_whole(), decisions=(confirm,), policy=Policy.LATEST)).split("\n\n", 1)[0]
    assert "confirmed by ana on 2020-04-20 (d12): counted twice" in top
    assert "policy 'latest'" in top


def test_articles_of_one_voice_are_one_source() -> None:
    """Two articles of one voice are two articles of one source; one that denies it is told apart."""
    whole = replace(_whole(), voices=1)
    assert "told by 2 articles of 1 independent source." in explained(whole)
    first, second = whole.mentions
    denied = replace(second, mention=replace(second.mention, modality=Modality.DENIED))
    head = explained(replace(whole, mentions=(first, denied)))
    assert "told by 1 article of 1 independent source; 1 more says otherwise." in " ".join(head.split())


def test_without_the_article_the_quote_stands_alone() -> None:
    """Where the text is not at hand or has changed, the quote itself is shown."""
    for articles in ({}, {"A1": article("A1", text="another text"), "A2": SECOND}):
        assert '"[Two soldiers were killed]"' in section(explained(_whole(), articles), "KILLED")


def test_colour_changes_nothing_but_the_marks() -> None:
    """With colour the same words are shown, without brackets; without colour no escape is written."""
    coloured, plain = explained(_whole(), colour=True), explained(_whole())
    assert "\x1b" not in plain
    assert "\x1b[1;33mTwo soldiers were killed\x1b[0m and three" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured).split() == re.sub(r"[\[\]]", "", plain).split()


@settings(max_examples=40, deadline=None)
@given(incidents())
def test_any_incident_can_be_explained_at_80_columns(whole: Incident) -> None:
    """Whatever an article's texts hold, nothing acts on the terminal and lines keep to 80 columns."""
    text = explained(whole, {})
    assert all(len(line) <= 80 for line in text.split("\n"))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)
