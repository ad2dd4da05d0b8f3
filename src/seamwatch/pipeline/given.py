"""Mentions that another program gives: what must hold of them before they are stored."""

from __future__ import annotations

import math
from collections.abc import Iterator

from seamwatch.errors import ShapeError
from seamwatch.model.codec import TOLLS
from seamwatch.model.incident import Mention
from seamwatch.model.text import Article, Evidence

# More than the people of any country: a slip of the program that wrote it.
MOST_PEOPLE = 2_000_000_000


def _evidence(mention: Mention) -> Iterator[tuple[str, Evidence]]:
    """Yield every evidence of a mention with the field that it belongs to."""
    single = ("date", "place", *TOLLS)
    many = ("perpetrators", "targets", "victims", "weapons", "claims")
    for name in single:
        value = getattr(mention, name)
        for item in value.evidence if value is not None else ():
            yield name, item
    for name in many:
        for value in getattr(mention, name):
            for item in value.evidence:
                yield name, item
    for item in mention.evidence:
        yield "evidence", item


def check_mention(mention: Mention, article: Article, where: str) -> None:
    """Return nothing; raise ShapeError where a quote is no slice of the article, or a value can't be."""
    for name, item in _evidence(mention):
        span = item.span
        if article.part(span.part)[span.start : span.end] != item.quote:
            raise ShapeError(
                f"{where}: {name}: the quote {item.quote[:60]!r} is not the {span.part} at "
                f"{span.start}..{span.end}; offsets are half-open and count code points"
            )
    when, place = mention.date, mention.place
    if when is not None and (when.end < when.start or not 1 <= when.precision <= 5):
        raise ShapeError(
            f"{where}: date: it must have start <= end and a precision of 1-5, "
            f"not {when.start}..{when.end} and {when.precision}"
        )
    if place is not None and not 1 <= place.precision <= 7:
        raise ShapeError(f"{where}: place: its precision must be 1-7, not {place.precision}")
    radius = place.radius_km if place is not None else None
    if radius is not None and not (math.isfinite(radius) and radius >= 0):
        raise ShapeError(f"{where}: place: radius_km must be 0 or more, not {radius}")
    for name in TOLLS:
        toll = getattr(mention, name)
        if toll is not None and any((n or 0) > MOST_PEOPLE for n in (toll.low, toll.best, toll.high)):
            raise ShapeError(f"{where}: {name}: more people than there can be; check the figure")
    if any((v.count or 0) < 0 or (v.count or 0) > MOST_PEOPLE for v in mention.victims):
        raise ShapeError(f"{where}: victims: a count must be 0 or more, and no more people than there can be")
