"""Incidents as a GeoJSON FeatureCollection (RFC 7946)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TextIO

from seamwatch.model.incident import Incident
from seamwatch.publish.plain import flat_row, json_line


def feature(incident: Incident) -> dict[str, Any]:
    """Return the incident as a Feature; its geometry is null where its place is not resolved.

    A point is only as good as `where_precision` (UCDP 1-7) and `radius_km` in its properties say.
    """
    properties = flat_row(incident)
    lat, lon = properties.pop("lat"), properties.pop("lon")
    point = None if lat is None or lon is None else {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "id": incident.id, "geometry": point, "properties": properties}


def write(incidents: Iterable[Incident], out: TextIO) -> None:
    """Write a FeatureCollection, one feature a line."""
    out.write('{"type": "FeatureCollection", "features": [')
    for number, incident in enumerate(incidents):
        out.write(f"{',' if number else ''}\n{json_line(feature(incident))}")
    out.write("\n]}\n")
