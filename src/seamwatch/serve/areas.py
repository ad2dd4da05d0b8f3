"""Areas with their authorities, as GeoJSON."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from seamwatch.model.area import Area
from seamwatch.model.area_codec import area_json
from seamwatch.serve.answers import GeoJsonAnswer, geojson_answer
from seamwatch.serve.context import TheDesk
from seamwatch.serve.filters import box_of
from seamwatch.serve.schemas_record import AreaCollection

router = APIRouter(tags=["areas"])


def is_disputed(area: Area) -> bool:
    """Return whether an area is called disputed, or different authorities hold or claim it at one time."""
    if area.kind == "disputed":
        return True
    held = area.authorities
    return any(
        one.name != other.name and "claims" in (one.role, other.role) and one.holds(other.since, other.until)
        for number, one in enumerate(held)
        for other in held[number + 1 :]
    )


def area_value(area: Area) -> dict[str, Any]:
    """Return an area as a GeoJSON Feature that says too whether it is disputed."""
    feature = area_json(area)
    feature["properties"]["disputed"] = is_disputed(area)
    return feature


@router.get(
    "/areas",
    summary="Areas with their authorities",
    response_model=AreaCollection,
    response_class=GeoJsonAnswer,
)
def areas(
    desk: TheDesk,
    bbox: Annotated[
        str | None, Query(description="west,south,east,north in degrees: areas whose box meets it.")
    ] = None,
) -> Response:
    """Return the areas, or those near a box, as a GeoJSON FeatureCollection."""
    box = box_of(bbox)
    with desk.store() as store:
        features = [area_value(area) for area in store.areas(box)]
    return geojson_answer({"type": "FeatureCollection", "features": features})
