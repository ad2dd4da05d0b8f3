"""Names as JSON Lines in, places as JSON Lines out: what `seamwatch places resolve` does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from seamwatch.errors import InputError, ShapeError
from seamwatch.ingest.jsonl import parse_line
from seamwatch.model.codec import place_json
from seamwatch.model.place import Place
from seamwatch.model.text import Article
from seamwatch.resolve.gazetteer import COUNTRY, Gazetteer
from seamwatch.resolve.place_names import fold_name
from seamwatch.resolve.place_search import Answer, Match, place_of_unit, resolve_name

_FIELDS = ("name", "country", "admin1", "admin2", "text")


def answers(lines: Iterable[bytes | str], gazetteer: Gazetteer) -> Iterator[dict[str, Any]]:
    """Yield one answer, or `{"id", "error": {...}}`, for every line that is not blank, in order."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"line {number}"
        row: Any = None
        try:
            row = parse_line(line, where)
            asked = _asked(row, where)
            yield {"id": row.get("id"), **answer_json(_answer(asked, gazetteer, where), gazetteer)}
        except InputError as wrong:
            known = row.get("id") if isinstance(row, dict) else None
            yield {"id": known, "error": wrong.as_json()}


def _asked(row: Any, where: str) -> dict[str, str]:
    if not isinstance(row, dict):
        raise ShapeError(f'{where} is no object; write {{"id": ..., "name": ...}}', code="not_an_object")
    asked: dict[str, str] = {}
    for field in _FIELDS:
        value = row.get(field)
        if value is not None and not isinstance(value, str):
            raise ShapeError(f'{where}: "{field}" must be a string or null', code="bad_field")
        if value is not None and value.strip():
            asked[field] = value.strip()
    if "name" not in asked:
        raise ShapeError(f'{where} has no "name"; give the place\'s name as "name"', code="missing_name")
    return asked


def country_code(written: str, gazetteer: Gazetteer) -> str | None:
    """Return the ISO code of a country by its code or name, or None."""
    if gazetteer.country(written.upper()) is not None:
        return written.upper()
    key = fold_name(written)
    units = gazetteer.units(gazetteer.names([key])[key].ids)
    return next((u.country for u in units if u.kind == COUNTRY), None)


def _answer(asked: dict[str, str], gazetteer: Gazetteer, where: str) -> Answer:
    country = None
    if "country" in asked:
        country = country_code(asked["country"], gazetteer)
        if country is None:
            raise ShapeError(
                f'{where}: "country" is {asked["country"][:40]!r}, which is no country; give its code, as IQ',
                code="bad_field",
            )
    return resolve_name(
        asked["name"],
        gazetteer,
        country=country,
        admin1=asked.get("admin1"),
        admin2=asked.get("admin2"),
        near=_named_in(asked["text"], asked["name"], gazetteer) if "text" in asked else (),
    )


def _named_in(text: str, name: str, gazetteer: Gazetteer) -> tuple[Place, ...]:
    """Return the places that a text names, those of the name itself left out."""
    from seamwatch.resolve.place import find_places

    own = fold_name(name)
    mentions = find_places(Article(id="text", text=text), gazetteer)
    places = [m.place for m in mentions if m.place and m.kind != "unknown" and fold_name(m.quote) != own]
    return tuple(p for p in places if p.country)


def answer_json(answer: Answer, gazetteer: Gazetteer) -> dict[str, Any]:
    """Return `{"place", "score", "reasons", "candidates"}`; the place in the contract's shape."""
    place = None if answer.unit is None else _place(place_of_unit(answer.unit, gazetteer))
    return {
        "place": place,
        "score": answer.score,
        "reasons": list(answer.reasons),
        "candidates": [match_json(match, gazetteer) for match in answer.candidates],
    }


def match_json(match: Match, gazetteer: Gazetteer) -> dict[str, Any]:
    """Return a candidate: its place, its kind, how it was found and how sure that is."""
    kinds = ("country", "division1", "division2", "populated", "feature")
    place = _place(place_of_unit(match.unit, gazetteer))
    return {**place, "kind": kinds[match.unit.kind], "how": match.how, "score": match.score}


def _place(place: Place) -> dict[str, Any]:
    shape = place_json(place) or {}
    return {key: value for key, value in shape.items() if key != "evidence"}
