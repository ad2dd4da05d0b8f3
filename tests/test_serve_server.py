"""The server itself: health, errors in one shape, who may ask, ETags, headers."""

from __future__ import annotations

import httpx
import pytest


def error_of(answer: httpx.Response) -> tuple[int, str, str | None]:
    """Return status, code and field of an error; it must have the one shape."""
    body = answer.json()
    assert list(body) == ["error"]
    assert sorted(body["error"]) == ["code", "field", "message"]
    assert body["error"]["message"]
    return answer.status_code, body["error"]["code"], body["error"]["field"]


def test_health_says_that_the_server_answers(client: httpx.Client) -> None:
    """/healthz has the version and needs no database."""
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


def test_config_tells_the_words_of_the_filters(client: httpx.Client) -> None:
    """Policies, statuses, types and counts are there; no style is configured."""
    config = client.get("/api/v1/config").json()
    assert config["style_url"] is None
    assert "ucdp" in config["policies"]
    assert "foiled" in config["statuses"]
    assert {t["name"] for t in config["event_types"]} >= {"Battles", "Riots"}
    assert config["counts"]["articles"] > 20


def test_an_unknown_path_and_a_wrong_method_have_the_one_shape(client: httpx.Client) -> None:
    """404 and 405 are errors like all others."""
    assert error_of(client.get("/api/v1/nothing")) == (404, "not_found", None)
    assert error_of(client.post("/api/v1/config", json={})) == (405, "method_not_allowed", None)


@pytest.mark.parametrize(
    "host", ["example.org", "example.org:{port}", "127.0.0.1", "localhost:1", "127.0.0.1.example.org:{port}"]
)
def test_a_foreign_host_is_refused(client: httpx.Client, host: str) -> None:
    """A name that was made to lead here, or another port, is no way in."""
    given = host.format(port=client.base_url.port)
    assert error_of(client.get("/api/v1/config", headers={"Host": given})) == (403, "wrong_host", None)


@pytest.mark.parametrize("host", ["localhost:{port}", "127.0.0.1:{port}", "[::1]:{port}", "LOCALHOST:{port}"])
def test_the_machines_own_names_are_taken(client: httpx.Client, host: str) -> None:
    """Every name of the machine itself, with the server's port, is its own."""
    given = host.format(port=client.base_url.port)
    assert client.get("/healthz", headers={"Host": given}).status_code == 200


@pytest.mark.parametrize("origin", ["https://example.org", "null", "http://localhost:1", "https://{host}"])
def test_a_write_of_another_site_is_refused(client: httpx.Client, origin: str) -> None:
    """A page of another site, open in the user's browser, can't write."""
    given = origin.format(host=f"127.0.0.1:{client.base_url.port}")
    answer = client.post("/api/v1/config", json={}, headers={"Origin": given})
    assert error_of(answer) == (403, "wrong_origin", None)


def test_a_write_of_the_own_pages_is_taken(client: httpx.Client) -> None:
    """The server's own origin passes: what answers is the route."""
    own = f"http://127.0.0.1:{client.base_url.port}"
    assert client.post("/api/v1/config", json={}, headers={"Origin": own}).status_code == 405


def test_a_form_of_another_site_has_no_content_type_that_is_taken(client: httpx.Client) -> None:
    """What a form sends without asking first (text/plain, urlencoded) is refused."""
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        answer = client.post("/api/v1/config", content=b"{}", headers={"Content-Type": kind})
        assert error_of(answer) == (415, "unsupported_media_type", None)


def test_a_body_that_is_too_large_is_refused_with_a_message(client: httpx.Client) -> None:
    """17 MB are answered with 413, whether their length is said before or not."""
    big = b" " * (17 * 2**20)
    kind = {"Content-Type": "application/json"}
    assert error_of(client.post("/api/v1/config", content=big, headers=kind))[:2] == (413, "too_large")


def test_every_answer_has_the_security_headers(client: httpx.Client) -> None:
    """Scripts come from the server alone, workers also from blobs (the map); nobody may frame a page."""
    for path in ("/healthz", "/api/v1/nothing"):
        headers = client.get(path).headers
        policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
        assert policy["script-src"] == "'self'"
        assert policy["worker-src"] == "'self' blob:"
        assert policy["connect-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert headers["x-content-type-options"] == "nosniff"


def test_what_has_not_changed_is_not_sent_again(client: httpx.Client) -> None:
    """With the ETag of the last answer the server says 304; another query has another ETag."""
    first = client.get("/api/v1/config")
    again = client.get("/api/v1/config", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert client.get("/api/v1/config?x=1").headers["etag"] != first.headers["etag"]


def test_the_description_is_served_and_loads_nothing_from_elsewhere(client: httpx.Client) -> None:
    """openapi.json is there; the pages that would load scripts from another machine are not."""
    description = client.get("/api/v1/openapi.json").json()
    assert "/healthz" in description["paths"]
    assert client.get("/docs").status_code in (404, 200)
    assert "cdn" not in client.get("/docs").text
