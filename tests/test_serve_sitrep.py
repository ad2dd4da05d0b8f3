"""The route of situation reports: formats, downloads, errors in one shape."""

from __future__ import annotations

import httpx
import pytest

PERIOD = {"since": "2024-03-01", "until": "2024-03-31"}


@pytest.mark.parametrize(
    ("format", "starts"), [("html", b"<!doctype"), ("pdf", b"%PDF"), ("docx", b"PK"), ("md", b"# ")]
)
def test_every_format_is_given_with_its_name(client: httpx.Client, format: str, starts: bytes) -> None:
    """HTML opens in the browser; the others are downloads with a plain name."""
    answer = client.get("/api/v1/sitrep", params={**PERIOD, "area": "Kirkuk", "format": format})
    assert answer.status_code == 200
    assert answer.content.startswith(starts)
    kind = "inline" if format == "html" else "attachment"
    name = f"sitrep-kirkuk-2024-03-01-2024-03-31.{format}"
    assert answer.headers["content-disposition"] == f'{kind}; filename="{name}"'


def test_a_page_may_stand_in_a_frame_of_the_desk_and_runs_nothing(client: httpx.Client) -> None:
    """Its headers keep it in a box of its own."""
    headers = client.get("/api/v1/sitrep", params=PERIOD).headers
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "sandbox" in headers["content-security-policy"]


def test_title_recipient_filters_and_last_report_are_taken(client: httpx.Client) -> None:
    """What is asked for stands in the report."""
    more = {"title": "Week 9", "recipient": "The desk", "type": "Battles", "since_report": "2024-03-10"}
    text = client.get("/api/v1/sitrep", params={**PERIOD, **more, "format": "md"}).text
    assert text.startswith("# Week 9\n")
    for words in ("The desk", "Only:** types: Battles", "What changed since the last report"):
        assert words in text


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"format": "odt"}, "format"),
        ({"since": "2024-03-05", "until": "2024-03-01"}, "since"),
        ({"since": "0001-01-01", "until": "9999-01-01"}, "since"),
        ({**PERIOD, "since_report": "2099-01-01"}, "since_report"),
        ({**PERIOD, "since_report": "soon"}, "since_report"),
    ],
)
def test_what_is_wrong_is_said_with_its_parameter(
    client: httpx.Client, query: dict[str, str], field: str
) -> None:
    """An error in the one shape names the parameter."""
    answer = client.get("/api/v1/sitrep", params=query)
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, field)
