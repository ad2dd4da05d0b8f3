"""Answers as JSON, written by the fast encoder: tests check their shapes, not every request does."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.responses import Response


def json_answer(value: Any, status: int = 200, media_type: str = "application/json") -> Response:
    """Return an answer with a value as JSON; a number that is none (NaN) becomes null."""
    return Response(msgspec.json.encode(value), status, media_type=media_type)
