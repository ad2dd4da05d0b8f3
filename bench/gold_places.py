"""Corpora of place names with gold coordinates, in the formats of LGL, TR-News and GeoVirus."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

NEAR_KM = 161.0  # a hundred miles: what the field counts as right
Gold = list[tuple[int, int, float, float]]


def distance(lat: float, lon: float, other_lat: float | None, other_lon: float | None) -> float:
    """Return a great-circle distance in km; infinite where a point is missing."""
    if other_lat is None or other_lon is None:
        return math.inf
    one, two = math.radians(lat), math.radians(other_lat)
    half = math.sin((two - one) / 2) ** 2
    half += math.cos(one) * math.cos(two) * math.sin(math.radians(other_lon - lon) / 2) ** 2
    return 12742.0 * math.asin(min(1.0, math.sqrt(half)))


def read_gold(path: Path) -> Iterator[tuple[str, Gold]]:
    """Yield each article's text and its toponyms (start, end, lat, lon)."""
    for article in ET.parse(path).getroot().iter("article"):
        gold: Gold = []
        for kind in ("toponym", "location"):
            for top in article.iter(kind):
                start, end = top.findtext("start"), top.findtext("end")
                lat, lon = top.findtext(".//lat"), top.findtext(".//lon")
                if not (start and lat and lon and lat.strip() and lon.strip()):
                    continue
                begin = int(start) - (kind == "location")  # one corpus counts from 1
                said = top.findtext("name") or top.findtext("phrase") or ""
                last = int(end) - (kind == "location") if end else begin + len(said)
                gold.append((begin, last, float(lat), float(lon)))
        yield article.findtext("text") or "", gold
