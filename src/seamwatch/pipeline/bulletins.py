"""MISP events and CAP alerts into the record: each an article, with its incident where the file has it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

from seamwatch.errors import InputError
from seamwatch.model.bulletin import Bulletin
from seamwatch.model.exchange import ReceivedRecord
from seamwatch.model.incident import Extraction
from seamwatch.model.text import Article, RawArticle, Rejected

Kind = Literal["misp", "cap"]
NAMES = {"misp": "a MISP event", "cap": "a CAP alert"}


def bulletin_kind(source: str) -> Kind | None:
    """Return which format of bulletins a source is a file of; None where it is none."""
    lower = source.lower()
    if lower.endswith(".json"):
        from seamwatch.ingest.misp import is_misp

        return "misp" if is_misp(Path(source)) else None
    if lower.endswith((".xml", ".cap")):
        from seamwatch.ingest.cap import is_cap

        return "cap" if is_cap(Path(source)) else None
    return None


def read_bulletins(
    source: str, kind: Kind
) -> Iterator[tuple[Article, Extraction, str] | RawArticle | Rejected]:
    """Yield what a file holds, in order: an article with its incident, or words to extract one from."""
    from seamwatch.ingest.cap import read_cap
    from seamwatch.ingest.misp import read_misp

    for found in (read_misp if kind == "misp" else read_cap)(Path(source)):
        if isinstance(found, Rejected):
            yield found
        elif found.content is None:
            yield _raw(found)
        else:
            try:
                article, extraction = given_of(found)
            except InputError as wrong:
                reason = f"{found.origin}: {wrong}"
                yield Rejected(
                    origin=found.origin, stage="ingest", code=wrong.code, reason=reason, id=_name(found)
                )
                continue
            yield article, extraction, found.origin


def given_of(found: Bulletin) -> tuple[Article, Extraction]:
    """Return a bulletin with its incident as an article with a line a value, and its one mention.

    ShapeError names the value that can't be.
    """
    from seamwatch.pipeline.centre.record_reading import row_of_record

    issuer = found.source or NAMES[found.kind]
    received = ReceivedRecord(
        party=found.kind, record=found.id, version=1, state="shown", content=dict(found.content or {})
    )
    row = row_of_record(received, issuer)
    name = _name(found)
    # It is an article like any other: the label stays, but no party of a charter has released it.
    article = replace(row.article, id=name, published=found.published, party=None, record=None)
    return article, Extraction(mentions=(replace(row.mention, id=f"{name}#1"),))


def _raw(found: Bulletin) -> RawArticle:
    return RawArticle(
        origin=found.origin,
        media_type="text/plain",
        content=found.text,
        id=_name(found),
        title=found.title or None,
        published=found.published,
        source=found.source,
    )


def _name(found: Bulletin) -> str:
    return f"{found.kind}-{found.id}"
