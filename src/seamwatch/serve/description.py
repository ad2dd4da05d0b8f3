"""The OpenAPI description: with the one error shape for every route, and no other."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from seamwatch.serve.schemas import ErrorBody

_SHAPES = "#/components/schemas/{model}"
ERRORS = {
    400: "What was asked for is wrong: `field` names the parameter.",
    401: "Nobody is signed in, or the token is not good.",
    403: "The request comes from another host or site, or the account may not do this.",
    404: "There is nothing under this id.",
    409: "What is stored does not allow it.",
    413: "The body is too large.",
    415: "The body's content type is not taken.",
    429: "Too many requests: wait as long as Retry-After says.",
    503: "The database is busy or the server is ending: try again.",
}
_OF_WRITES = (409, 413, 415)


def describe(app: FastAPI) -> None:
    """Make an app's description say which errors there are, all in the one shape."""
    made = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            description = made()
            _, shapes = models_json_schema([(ErrorBody, "serialization")], ref_template=_SHAPES)
            known = description.setdefault("components", {}).setdefault("schemas", {})
            known |= shapes["$defs"]
            for unused in ("HTTPValidationError", "ValidationError"):
                known.pop(unused, None)
            for methods in description["paths"].values():
                for method, said in methods.items():
                    _describe(method, said["responses"])
            app.openapi_schema = description
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]


def _describe(method: str, answers: dict[str, Any]) -> None:
    # FastAPI's own shape of what is wrong with a request; here that is 400, in the one shape.
    answers.pop("422", None)
    for status, said in ERRORS.items():
        if method != "get" or status not in _OF_WRITES:
            shape = {"schema": {"$ref": _SHAPES.format(model=ErrorBody.__name__)}}
            answers.setdefault(str(status), {"description": said})["content"] = {"application/json": shape}
