"""Builds src/seamwatch/samples/areas/northern-iraq.geojson: contested areas of northern Iraq, each sourced.

    PYTHONPATH=src python training/build_example_areas.py IRAQ_DISTRICTS.geojson

The argument is ESOC's district outlines of Iraq (no use constraints; columns ADM3NAME, ADM2NAME). What is
said of each area, with its sources, stands in training/areas/northern_iraq.yaml.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import shapely
import yaml
from shapely.geometry import MultiPolygon, Polygon, mapping, shape
from shapely.geometry.polygon import orient

HERE = Path(__file__).parent
FACTS = HERE / "areas" / "northern_iraq.yaml"
OUT = HERE.parent / "src/seamwatch/samples/areas/northern-iraq.geojson"
# Degrees: about 1.5 km. Neighbours are simplified together, so that they still meet without gaps.
TOLERANCE = 0.014
DIGITS = 4
SMALLEST = 1e-3  # square degrees, about 10 km2: slivers of cuts and joins


def districts(path: Path) -> dict[str, Any]:
    """Return the simplified outline of each district by its name."""
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    names = [f["properties"]["ADM3NAME"] for f in features]
    whole = [polygons(shapely.set_precision(polygons(shape(f["geometry"])), 10.0**-DIGITS)) for f in features]
    return dict(zip(names, map(polygons, shapely.coverage_simplify(whole, TOLERANCE)), strict=True))


def polygons(geometry: Any) -> Any:
    """Return what a geometry encloses, rings that cross mended."""
    parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(geometry)))
    return shapely.union_all([p for p in parts if p.geom_type == "Polygon"])


def outline(row: dict[str, Any], known: dict[str, Any]) -> Any:
    """Return an area's outline: its districts joined, then cut along the lines drawn by hand."""
    made = shapely.union_all([known[name] for name in row["districts"]])
    if "north_of" in row:
        line = row["north_of"]
        made = made.intersection(Polygon([*line, [line[-1][0], 38.0], [line[0][0], 38.0]]))
    if "within" in row:
        made = made.intersection(Polygon(row["within"]))
    made = shapely.set_precision(made, 10.0**-DIGITS)
    parts = [p for p in shapely.get_parts(made) if p.geom_type == "Polygon" and p.area > SMALLEST]
    kept = [Polygon(p.exterior, [h for h in p.interiors if Polygon(h).area > SMALLEST]) for p in parts]
    return MultiPolygon([orient(p) for p in sorted(kept, key=lambda p: -p.area)])


def feature(row: dict[str, Any], facts: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """Return the GeoJSON feature of one area."""

    def cited(keys: list[str], *, full: bool = False) -> str:
        return "; ".join(facts["sources"][key][full] for key in dict.fromkeys(keys))

    who = row["authorities"] + (facts["disputed"] if row["kind"] == "disputed" else [])
    keys = row["source"] + [key for authority in who for key in authority["source"]]
    geometry = json.loads(json.dumps(mapping(outline(row, known))))
    text = " ".join(part for part in (row.get("note"), facts["indicative"]) if part)
    properties = {
        "id": row["id"],
        "name": row["name"],
        "names": row["names"],
        "kind": row["kind"],
        "country": "IQ",
        "authorities": [{**a, "source": cited(a["source"])} for a in who],
        "since": row.get("since"),
        "until": row.get("until"),
        "indicative": True,
        "source": f"Outline: {facts['outline']}. Facts: {cited(keys, full=True)}.",
        "note": text,
    }
    return {"type": "Feature", "id": row["id"], "properties": properties, "geometry": geometry}


def main() -> int:
    """Write the file; return the exit code."""
    if len(sys.argv) != 2:
        sys.exit("usage: build_example_areas.py IRAQ_DISTRICTS.geojson")
    facts = yaml.safe_load(FACTS.read_text(encoding="utf-8"))
    known = districts(Path(sys.argv[1]))
    rows = [feature(row, facts, known) for row in facts["areas"]]
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n', encoding="utf-8")
    print(f"{OUT.name}: {len(rows)} areas, {OUT.stat().st_size // 1000} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
