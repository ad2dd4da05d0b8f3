"""Requests that the OpenAPI description allows, and many that it does not: no server error."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable

# Both read a web page or wait for one that is read: their own tests have a server to read from.
LEFT_OUT = ("/api/v1/jobs",)
EXAMPLES = 8
# What a client that follows the description may be answered.
ANSWERED = {200, 201, 202, 204, 400, 403, 404, 409, 413, 415, 422}


def operations(description: dict[str, Any]) -> list[Any]:
    from schemathesis import openapi

    found = [result.ok() for result in openapi.from_dict(description).get_all_operations()]
    return [operation for operation in found if not operation.path.startswith(LEFT_OUT)]


def test_every_route_says_what_it_does_and_has_the_error_shape(client: httpx.Client) -> None:
    """Each operation has a summary, a tag, a shape for its answer, and the one error shape."""
    description = client.get("/api/v1/openapi.json").json()
    for path, methods in description["paths"].items():
        for method, said in methods.items():
            where = f"{method} {path}"
            assert said.get("summary") and said.get("tags"), where
            good = {s: answer for s, answer in said["responses"].items() if s.startswith("2")}
            assert good and all(g.get("content") for s, g in good.items() if s != "204"), where
            shape = said["responses"]["400"]["content"]["application/json"]["schema"]["$ref"]
            assert shape.endswith("/ErrorBody"), where
            assert all("description" in p for p in said.get("parameters", []) if p["in"] == "query"), where


@pytest.mark.parametrize("mode", ["positive", "negative"])
def test_no_request_gives_a_server_error(own_client: httpx.Client, mode: str) -> None:
    """Requests made from the description, right and wrong ones, are answered; errors have the one shape."""
    from schemathesis import GenerationMode

    description = own_client.get("/api/v1/openapi.json").json()
    tried = 0
    for operation in operations(description):
        cases = operation.as_strategy(generation_mode=GenerationMode(mode))

        @settings(
            max_examples=EXAMPLES,
            database=None,
            derandomize=True,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=cases)
        def answered(case: Any) -> None:
            nonlocal tried
            tried += 1
            answer = case.call(base_url=str(own_client.base_url))
            shown = f"{case.method} {answer.request.url}: {answer.status_code} {answer.text[:300]}"
            assert answer.status_code in ANSWERED | {405}, shown
            if answer.status_code >= 400:
                assert sorted(answer.json()["error"]) == ["code", "field", "message"], shown
            elif mode == "positive":
                case.validate_response(answer)

        with suppress(Unsatisfiable):  # nothing can be wrong with a request that has no parameters
            answered()
    assert tried > 50
