"""Whether the server answers."""

from __future__ import annotations

from fastapi import APIRouter

from seamwatch import __version__
from seamwatch.serve.schemas import Health

router = APIRouter(tags=["server"])


@router.get("/healthz", summary="Whether the server answers")
def healthz() -> Health:
    """Return that the server answers, and its version. The database is not touched."""
    return Health(status="ok", version=__version__)
