"""Thirty invented news reports on one region, and areas there, for the demo and the golden tests."""

from __future__ import annotations

from datetime import date
from importlib import resources

import yaml

from seamwatch.model.text import RawArticle

EXAMPLE_AREAS = ("northern-iraq",)


def example_areas(name: str) -> bytes:
    """Return an example file of areas (GeoJSON) by its name, one of EXAMPLE_AREAS."""
    return (resources.files("seamwatch.samples") / "areas" / f"{name}.geojson").read_bytes()


def sample_articles() -> tuple[RawArticle, ...]:
    """Return the sample articles in order of publication; `id` is the slug of the file."""
    folder = resources.files("seamwatch.samples")
    rows = yaml.safe_load((folder / "samples.yaml").read_text(encoding="utf-8"))["samples"]
    return tuple(
        RawArticle(
            origin=f"samples/articles/{row['id']}.txt",
            media_type="text/plain",
            content=(folder / "articles" / f"{row['id']}.txt").read_text(encoding="utf-8"),
            id=row["id"],
            title=row["title"],
            published=date.fromisoformat(str(row["published"])),
            source=row["source"],
            language="en",
        )
        for row in rows
    )
