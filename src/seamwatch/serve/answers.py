"""Answers as JSON, written by the fast encoder: tests check their shapes, not every request does."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.responses import JSONResponse, Response


class GeoJsonAnswer(JSONResponse):
    """An answer that is GeoJSON (RFC 7946)."""

    media_type = "application/geo+json"

    def render(self, content: Any) -> bytes:
        """Return the JSON of a value."""
        return msgspec.json.encode(content)


def json_answer(value: Any, status: int = 200) -> Response:
    """Return an answer with a value as JSON; a number that is none (NaN) becomes null."""
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def geojson_answer(value: Any) -> GeoJsonAnswer:
    """Return an answer with a GeoJSON value."""
    return GeoJsonAnswer(value)
