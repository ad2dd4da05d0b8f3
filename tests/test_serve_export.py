"""Exports over HTTP: a download in each format, streamed."""

from __future__ import annotations

import csv
import io
import json

import httpx
import pytest

from test_serve_server import error_of


def test_csv_has_the_incidents_of_the_list(client: httpx.Client) -> None:
    """The filters are the list's; the file has a name and is a download."""
    answer = client.get("/api/v1/export", params={"format": "csv", "area": "Kirkuk"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'attachment; filename="seamwatch-incidents-' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    listed = client.get("/api/v1/incidents", params={"area": "Kirkuk", "limit": 500}).json()
    assert {row["id"] for row in rows} == {row["id"] for row in listed["incidents"]}


def test_geojson_and_json_lines_parse(client: httpx.Client) -> None:
    """Both hold every incident that is listed."""
    total = client.get("/api/v1/incidents").json()["total"]
    assert len(client.get("/api/v1/export?format=geojson").json()["features"]) == total
    lines = client.get("/api/v1/export?format=jsonl").text.splitlines()
    assert len([json.loads(line) for line in lines]) == total


def test_an_export_as_of_a_day_holds_what_was_believed_then(client: httpx.Client) -> None:
    """Before the first article there is nothing."""
    assert client.get("/api/v1/export?format=geojson&as_of=1999-01-01").json()["features"] == []


@pytest.mark.parametrize("query", ["format=xml", "format=table", "format=csv&since=x", "format="])
def test_an_unknown_format_or_a_wrong_filter_is_refused(client: httpx.Client, query: str) -> None:
    """What can't be written is said before the download begins."""
    assert error_of(client.get(f"/api/v1/export?{query}"))[0] == 400


def test_a_download_that_is_broken_off_harms_nothing(client: httpx.Client) -> None:
    """Who closes the connection in the middle leaves the server as it was."""
    for _ in range(3):
        with client.stream("GET", "/api/v1/export?format=jsonl&status=all") as answer:
            next(answer.iter_bytes(100))
    assert client.get("/api/v1/incidents").status_code == 200
