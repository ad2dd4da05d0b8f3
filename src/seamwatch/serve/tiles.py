"""Vector tiles of incidents."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from seamwatch.serve.context import TheDesk
from seamwatch.serve.faults import RequestError
from seamwatch.serve.filters import Filters
from seamwatch.serve.map_tiles import MOST_ZOOM

router = APIRouter(tags=["map"])
MEDIA_TYPE = "application/vnd.mapbox-vector-tile"


class TileResponse(Response):
    """A Mapbox Vector Tile."""

    media_type = MEDIA_TYPE


@router.get(
    "/tiles/{z}/{x}/{y}.mvt",
    summary="One tile of the map",
    response_class=TileResponse,
    responses={
        200: {
            "description": "The tile; one without incidents has no bytes.",
            "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
def tile(
    desk: TheDesk,
    asked: Filters,
    z: Annotated[int, Path(description=f"The zoom, 0 to {MOST_ZOOM}.")],
    x: Annotated[int, Path(description="The column, from the 180th meridian eastwards.")],
    y: Annotated[int, Path(description="The row, from the north.")],
) -> TileResponse:
    """Return a Mapbox Vector Tile 2.1 in Web Mercator, extent 4096.

    Layer `incidents` has a point for each incident (id, type, sub_type, status, killed, injured, precision,
    radius_km, day as yyyymmdd, mentions), with those of the neighbour tiles up to 64 units outside. Where a
    tile has more than 2,000 the layer is `clusters` instead: up to 64 x 64 points with count, killed, injured
    and the most frequent type, which add up to the incidents in the tile. Incidents without a point are in
    no tile; beyond 85.05 degrees north or south they stand at the edge of the map.
    """
    if not 0 <= z <= MOST_ZOOM or not (0 <= x < 1 << z and 0 <= y < 1 << z):
        raise RequestError(
            f"there is no tile {z}/{x}/{y}: z is 0 to {MOST_ZOOM}, x and y are 0 to 2**z - 1",
            code="unknown_tile",
            status=404,
        )
    return TileResponse(desk.map.tile(asked, z, x, y))
