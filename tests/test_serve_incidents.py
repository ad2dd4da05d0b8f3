"""The routes of the record: incidents page by page, one with its evidence, articles, areas."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from test_serve_server import error_of

Json = dict[str, Any]


def listed(client: httpx.Client, **query: Any) -> Json:
    answer = client.get("/api/v1/incidents", params=query)
    assert answer.status_code == 200, answer.text
    body: Json = answer.json()
    return body


def walked(client: httpx.Client, **query: Any) -> list[Json]:
    """Return the rows of all pages."""
    page = listed(client, **query)
    rows = page["incidents"]
    while page["next"]:
        page = listed(client, cursor=page["next"], **query)
        assert page["incidents"]
        rows += page["incidents"]
    assert len(rows) == page["total"]
    return rows


def sorted_by(row: Json, sort: str) -> Any:
    """Return the value by which a list of this order is sorted."""
    if sort == "-updated":
        return row["updated"]
    field, part = ("killed", "best") if sort == "-killed" else ("date", "start")
    return row[field][part] if row[field] else None


def test_a_row_has_what_lists_show(client: httpx.Client) -> None:
    """A row has the fields of the list, without evidence."""
    row = listed(client, text="Albu Murjan", limit=1)["incidents"][0]
    assert sorted(row) == sorted(
        (
            *("id event_type sub_event_type status date place killed injured perpetrators".split()),
            *("targets weapons areas mentions sources disagreements updated parties".split()),
        )
    )
    assert row["place"]["country"] == "IQ"
    assert row["mentions"] >= 2
    assert row["perpetrators"] == ["Islamic State"]
    assert row["updated"].startswith("2024-03")
    assert "evidence" not in row["place"]


@pytest.mark.parametrize("sort", ["-date", "date", "-killed", "-updated"])
@pytest.mark.parametrize("more", [{}, {"policy": "conservative"}])
def test_pages_give_every_incident_once_in_order(client: httpx.Client, sort: str, more: Json) -> None:
    """Whatever the order and the page's size, the pages together are the list, in order."""
    rows = walked(client, sort=sort, limit=3, status="all", **more)
    assert len({row["id"] for row in rows}) == len(rows) > 10
    keys = [sorted_by(row, sort) for row in rows]
    known = [key for key in keys if key is not None]
    assert known == sorted(known, reverse=sort != "date")
    assert keys[len(known) :] == [None] * (len(keys) - len(known))


@pytest.mark.parametrize(
    ("query", "least"),
    [
        ({"since": "2024-04-01"}, 3),
        ({"until": "2024-03-31"}, 2),
        ({"area": "Kirkuk"}, 1),
        ({"area": "SY"}, 1),
        ({"bbox": "43,34,46,37"}, 3),
        ({"within": "43,34;46,34;46,37;43,37"}, 3),
        ({"type": ["Battles", "Protests"]}, 1),
        ({"actor": "Islamic State"}, 1),
        ({"text": "bomb"}, 1),
        ({"status": "all"}, 10),
        ({"status": ["denied", "foiled"]}, 1),
        ({"min_killed": 2}, 1),
        ({"precision": 1}, 1),
    ],
)
def test_stored_and_told_anew_pass_the_same_filters(client: httpx.Client, query: Json, least: int) -> None:
    """Each filter finds the same in the store's list and in the list told anew for a day long after."""
    stored = {row["id"] for row in walked(client, **query)}
    told = {row["id"] for row in walked(client, as_of="2100-01-01", **query)}
    assert stored == told
    everything = listed(client, status="all")["total"]
    assert least <= len(stored) <= everything


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("since=2024-13-01", "since"),
        ("until=yesterday", "until"),
        ("since=2024-05-01&until=2024-04-01", "since"),
        ("bbox=1,2,3", "bbox"),
        ("bbox=0,50,10,40", "bbox"),
        ("bbox=nan,0,1,1", "bbox"),
        ("bbox=-181,0,1,1", "bbox"),
        ("type=War", "type"),
        ("status=maybe", "status"),
        ("as_of=2024-02-30", "as_of"),
        ("policy=median", "policy"),
        ("min_killed=-1", "min_killed"),
        ("min_killed=many", "min_killed"),
        ("min_killed=99999999999999999999", "min_killed"),
        ("precision=8", "precision"),
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("sort=name", "sort"),
        ("cursor=nothing", "cursor"),
        ("cursor=W10", "cursor"),
        ("sort=date&cursor=WyItZGF0ZSIsNzM4OTgxLDEyXQ", "cursor"),
    ],
)
def test_a_wrong_parameter_is_named(client: httpx.Client, query: str, field: str) -> None:
    """What is wrong gives 400, and the error names the parameter."""
    status, _, named = error_of(client.get(f"/api/v1/incidents?{query}"))
    assert (status, named) == (400, field)


def test_empty_parameters_do_not_filter(client: httpx.Client) -> None:
    """A form that leaves its fields empty asks for everything."""
    empty = listed(
        client, since="", until="", area="", bbox="", type="", actor="", text="", status="", policy=""
    )
    assert empty["total"] == listed(client)["total"]


def test_an_incident_comes_with_its_evidence(client: httpx.Client) -> None:
    """Every quote of the incident is exactly what stands in the article of the mention that it names."""
    name = listed(client, text="Albu Murjan", limit=1)["incidents"][0]["id"]
    body = client.get(f"/api/v1/incidents/{name}").json()
    assert body["asked"] == name == body["incident"]["id"]
    assert body["incident"]["revisions"]
    articles = client.get(f"/api/v1/incidents/{name}/articles").json()["articles"]
    told = {mention["id"]: article for article in articles for mention in article["mentions"]}
    assert sorted(told) == sorted(m["id"] for m in body["incident"]["mentions"])
    for value in (body["incident"]["date"], body["incident"]["place"], body["incident"]["killed"]):
        for passage in value["evidence"]:
            text = told[passage["mention"]]["title" if passage["in"] == "title" else "text"]
            assert text[passage["start"] : passage["end"]] == passage["quote"]
    assert [a["published"] for a in articles] == sorted(a["published"] for a in articles)


def test_an_alias_leads_to_its_incident(client: httpx.Client) -> None:
    """An id that became another incident's alias is answered; `asked` keeps it."""
    names = [row["id"] for row in walked(client, status="all") if row["mentions"] > 1]
    body = client.get(f"/api/v1/incidents/{names[0]}").json()["incident"]
    if body["aliases"]:
        alias = body["aliases"][0]
        answer = client.get(f"/api/v1/incidents/{alias}").json()
        assert (answer["incident"]["id"], answer["asked"]) == (names[0], alias)


def test_an_incident_as_of_a_day_is_what_the_list_of_that_day_has(client: httpx.Client) -> None:
    """For days between its reports, the incident alone equals its entry in the whole list told anew."""
    name = listed(client, text="Albu Murjan", limit=1)["incidents"][0]["id"]
    seen = set()
    for day in ("2024-03-04", "2024-03-05", "2024-03-06", "2024-03-09", "2024-04-30"):
        answer = client.get(f"/api/v1/incidents/{name}", params={"as_of": day})
        whole = client.get("/api/v1/export", params={"format": "json", "as_of": day, "status": "all"}).json()
        listed_then = {i["id"]: i for i in whole["incidents"]}
        if answer.status_code == 404:
            assert error_of(answer)[1] == "not_known_yet"
            assert name not in listed_then
        else:
            assert answer.json()["incident"] == listed_then[name]
        seen.add((answer.status_code, len(listed_then.get(name, {}).get("mentions", []))))
    assert len(seen) > 2


@pytest.mark.parametrize(
    "path", ["incidents/nope", "incidents/nope/articles", "incidents/%F0%9F%92%A5", "articles/a/b"]
)
def test_an_unknown_id_is_said(client: httpx.Client, path: str) -> None:
    """An id that nothing has gives 404 and a word for what it was asked as."""
    status, code, _ = error_of(client.get(f"/api/v1/{path}"))
    assert (status, code) == (404, f"unknown_{path.split('/', maxsplit=1)[0].rstrip('s')}")


def test_an_article_comes_with_what_it_says(client: httpx.Client) -> None:
    """An article has its text and the output line of `extract`."""
    body = client.get("/api/v1/articles/riyadh-bomb-death").json()
    assert body["article"]["published"] == "2024-03-09"
    assert body["extraction"]["id"] == "riyadh-bomb-death"
    quote = body["extraction"]["mentions"][0]["evidence"][0]
    assert body["article"]["text"][quote["start"] : quote["end"]] == quote["quote"]


def test_articles_are_found_by_their_words(client: httpx.Client) -> None:
    """A search gives the passage with the words in brackets; without words the newest come."""
    found = client.get("/api/v1/articles", params={"text": "helicopters", "limit": 5}).json()["articles"]
    assert found and all("[" in article["passage"] for article in found)
    newest = client.get("/api/v1/articles", params={"limit": 3}).json()["articles"]
    assert len(newest) == 3
    assert client.get("/api/v1/articles", params={"text": "!?"}).json() == {"articles": []}


def test_areas_come_as_geojson(client: httpx.Client) -> None:
    """Areas have their authorities and say whether they are disputed; a box far away has none."""
    answer = client.get("/api/v1/areas")
    assert answer.headers["content-type"] == "application/geo+json"
    features = answer.json()["features"]
    assert any(f["properties"]["disputed"] for f in features)
    assert all(f["properties"]["authorities"][0]["name"] for f in features if f["properties"]["authorities"])
    assert client.get("/api/v1/areas?bbox=-60,-20,-50,-10").json()["features"] == []
    assert error_of(client.get("/api/v1/areas?bbox=x"))[2] == "bbox"
