"""What another party released, read strictly: a record's content as an article with one mention."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from seamwatch.errors import ShapeError
from seamwatch.model.codec import TOLLS
from seamwatch.model.decoding import mention_from_json
from seamwatch.model.exchange import ReceivedRecord
from seamwatch.model.incident import ArticleRef, Mention, SourcedMention
from seamwatch.model.party_codec import tlp_from_json
from seamwatch.model.party_record import PartyRecord
from seamwatch.model.party_text import RecordLines, one_line
from seamwatch.model.place import Place
from seamwatch.model.text import Article, Evidence
from seamwatch.pipeline.given import check_mention
from seamwatch.read.article import hash_content
from seamwatch.store.base_parties import RecordRow
from seamwatch.vocabulary.codes import Modality, Status
from seamwatch.vocabulary.coordination import Grain

MOST_VALUES = 200
MOST_NAME = 1_000
MOST_QUOTE = 10_000
_LISTS = ("perpetrators", "targets", "victims", "weapons", "claims")
_SINGLES = ("date", "place", *TOLLS)
# A party's word is one voice, however many sources it read: what it holds confirmed is reported here.
_MODALITIES = {
    Status.CLAIMED: Modality.CLAIMED,
    Status.DENIED: Modality.DENIED,
    Status.RETRACTED: Modality.DENIED,
    Status.FOILED: Modality.FOILED,
}
_UNITS = ("name", "admin1", "admin2", "country")
_NAMES = ("name", "by", "via")
Json = Mapping[str, Any]


def article_id(party: str, record: str) -> str:
    """Return the id of the article that a party's record is here.

    >>> article_id("north", "5f0c")
    'party:north:5f0c'
    """
    return f"party:{party}:{record}"


def mention_id(party: str, record: str) -> str:
    """Return the id of the one mention of a party's record; it stays from version to version."""
    return f"{article_id(party, record)}#1"


def row_of_record(received: ReceivedRecord, name: str) -> RecordRow:
    """Return a record as the article and mention that it is here; `name` is the party's.

    ShapeError names what is wrong with its content.
    """
    where = f"record {received.record} of {received.party}"
    content = received.content
    if not isinstance(content, dict):
        raise ShapeError(f"{where}: there is no content")
    told = content.get("incident")
    if not isinstance(told, dict):
        raise ShapeError(f"{where}.incident: expected an object, got {type(told).__name__}")
    status = _status(where, told)
    record = PartyRecord(
        id=received.record,
        version=received.version,
        withheld=_words(where, content, "withheld"),
        coarse=_coarse(where, content),
        status=status.value if status else None,
    )
    ident = mention_id(received.party, received.record)
    bare = {**told, "id": ident, "modality": _MODALITIES.get(status or Status.UNCONFIRMED, Modality.REPORTED)}
    mention = mention_from_json({**_without_evidence(where, bare), "evidence": []}, where)
    tlp = tlp_from_json(content.get("tlp"), f"{where}.tlp")
    lines = RecordLines(f"A record that {name} released" + (f" ({tlp.value})." if tlp else "."))
    mention = _written(mention, lines, _Quotes(where, told), status)
    for source in _sources(where, content):
        lines.value("source", source)
    if record.withheld:
        lines.value("withheld", ", ".join(record.withheld))
    if record.coarse:
        lines.value("made coarser", ", ".join(f"{f} ({g.value})" for f, g in sorted(record.coarse.items())))
    title = f"{name}: {_in_short(mention)}"
    article = Article(
        id=article_id(received.party, received.record),
        text=lines.text,
        title=title,
        source=name,
        language="en",
        retrieved=datetime.now(UTC),
        content_hash=hash_content(title, lines.text),
        party=received.party,
        tlp=tlp,
        record=record,
    )
    check_mention(mention, article, where)
    return RecordRow(article, mention, received.at or datetime.now(UTC))


def sourced_of(row: RecordRow) -> SourcedMention:
    """Return the mention of a record with its article, as the store gives it back."""
    article = row.article
    ref = ArticleRef(
        id=article.id,
        title=article.title,
        source=article.source,
        sources=(article.source,) if article.source else (),
        known=row.known,
        party=article.party,
        tlp=article.tlp,
        record=article.record,
    )
    return SourcedMention(mention=row.mention, article=ref)


# --- what is read


def _status(where: str, told: Json) -> Status | None:
    value = told.get("status")
    if value is None:
        return None
    try:
        return Status(str(value))
    except ValueError:
        raise ShapeError(f"{where}.status: {value!r} is not one of: {', '.join(Status)}") from None


def _words(where: str, content: Json, key: str) -> tuple[str, ...]:
    values = content.get(key) or []
    if not isinstance(values, list) or len(values) > MOST_VALUES:
        raise ShapeError(f"{where}.{key}: expected a list of at most {MOST_VALUES} words")
    return tuple(_short(f"{where}.{key}", value) for value in values)


def _short(where: str, value: object, most: int = MOST_NAME) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise ShapeError(f"{where}: expected a string of at most {most} characters")
    return one_line(value)


def _coarse(where: str, content: Json) -> dict[str, Grain]:
    values = content.get("coarse") or {}
    if not isinstance(values, dict) or len(values) > MOST_VALUES:
        raise ShapeError(f"{where}.coarse: expected an object")
    try:
        return {_short(f"{where}.coarse", field): Grain(str(grain)) for field, grain in values.items()}
    except ValueError as wrong:
        raise ShapeError(f"{where}.coarse: {wrong}") from None


def _sources(where: str, content: Json) -> Iterator[str]:
    values = content.get("sources") or []
    if not isinstance(values, list) or len(values) > MOST_VALUES:
        raise ShapeError(f"{where}.sources: expected a list of at most {MOST_VALUES}")
    for value in values:
        named = value.get("name") or value.get("source") if isinstance(value, dict) else value
        yield _short(f"{where}.sources", named)


def _without_evidence(where: str, told: Json) -> dict[str, Any]:
    """Return the fields of a mention without evidence: its offsets would be into texts that are not here."""
    found = {key: told[key] for key in ("id", "modality", "event_type", "sub_event_type") if key in told}
    for key in _SINGLES:
        value = told.get(key)
        found[key] = _bare(f"{where}.{key}", value, _UNITS) if isinstance(value, dict) else value
    for key in _LISTS:
        values = told.get(key) or []
        if not isinstance(values, list) or len(values) > MOST_VALUES:
            raise ShapeError(f"{where}.{key}: expected a list of at most {MOST_VALUES}")
        found[key] = []
        for number, value in enumerate(values):
            at = f"{where}.{key}[{number}]"
            if not isinstance(value, dict):
                raise ShapeError(f"{at}: expected an object")
            made = _bare(at, value, _NAMES)
            if not made.get("by" if key == "claims" else "name"):
                raise ShapeError(f"{at}: it has no name")
            found[key].append(made)
    return found


def _bare(where: str, value: Json, names: tuple[str, ...]) -> dict[str, Any]:
    """Return a value without its evidence, its names on one line."""
    short = {part: _short(f"{where}.{part}", value[part]) for part in names if value.get(part) is not None}
    return {**value, **short, "evidence": []}


class _Quotes:
    """The passages that a party released with its values."""

    def __init__(self, where: str, told: Json) -> None:
        self._where = where
        self._told = told

    def of(self, field: str, number: int | None = None) -> list[tuple[str, tuple[str, str]]]:
        """Return the passages of a value, each with its source and day ("" where they are withheld)."""
        value = self._told.get(field)
        if number is not None:
            value = value[number] if isinstance(value, list) else None
        rows = value.get("evidence") if isinstance(value, dict) else value if field == "evidence" else None
        where = f"{self._where}.{field}.evidence"
        if not isinstance(rows or [], list) or len(rows or []) > MOST_VALUES:
            raise ShapeError(f"{where}: expected a list of at most {MOST_VALUES}")
        found = []
        for row in rows or []:
            if not isinstance(row, dict):
                raise ShapeError(f"{where}: expected objects with a quote")
            named = tuple(_short(where, row.get(key) or "") for key in ("source", "published"))
            found.append((_short(where, row.get("quote"), MOST_QUOTE), (named[0], named[1])))
        return found


# --- what is written


def _written(mention: Mention, lines: RecordLines, quotes: _Quotes, status: Status | None) -> Mention:
    """Write every value of a mention; return it with where each stands."""
    quoted: dict[tuple[str, tuple[str, str]], tuple[Evidence, ...]] = {}
    event = lines.value("event", mention.sub_event_type.value, f"({mention.event_type.value})")
    given: dict[str, Any] = {}
    waiting: list[tuple[str, int | None]] = [("evidence", None)]
    for field in _SINGLES:
        value = getattr(mention, field)
        if value is not None:
            given[field] = replace(value, evidence=lines.value(field.replace("_", " "), *_words_of(value)))
            waiting.append((field, None))
    for field in _LISTS:
        given[field] = []
        for number, value in enumerate(getattr(mention, field)):
            given[field].append(replace(value, evidence=lines.value(field, *_words_of(value))))
            waiting.append((field, number))
    said = lines.value("status", status.value) if status else ()
    # Quotes follow on lines of their own; one that several values rest on stands once.
    for field, place in waiting:
        passages: tuple[Evidence, ...] = ()
        for quote in quotes.of(field, place):
            if quote not in quoted:
                quoted[quote] = lines.quote(*quote)
            passages += quoted[quote]
        if field == "evidence":
            given["evidence"] = event + passages
        elif place is None:
            given[field] = replace(given[field], evidence=given[field].evidence + passages)
        else:
            told = given[field][place]
            given[field][place] = replace(told, evidence=told.evidence + passages)
    if status in (Status.DENIED, Status.RETRACTED, Status.FOILED):
        given["evidence"] += said
    made: dict[str, Any] = {f: tuple(v) if isinstance(v, list) else v for f, v in given.items()}
    return replace(mention, **made)


def _words_of(value: Any) -> tuple[str, str]:
    """Return how a value is written: the words that it stands by, and what is said beside them."""
    match type(value).__name__:
        case "TimeRange":
            days = value.start.isoformat()
            if value.end != value.start:
                days += f" to {value.end.isoformat()}"
            return days, f"(date precision {value.precision})"
        case "Place":
            return _place_words(value)
        case "Toll":
            figure = value.best if value.best is not None else value.low
            words = "an unknown number" if figure is None else str(figure)
            span = [str(n) if n is not None else "open" for n in (value.low, value.high)]
            return words, "" if span[0] == span[1] == words else f"({span[0]} to {span[1]})"
        case "Actor":
            return value.name, f"({value.kind.value}, {value.certainty.value})"
        case "Target":
            return value.name, f"({value.kind.value})"
        case "Victim":
            count = "" if value.count is None else f", {value.count}"
            return value.name, f"({value.group.value}, {value.outcome.value}{count})"
        case "Claim":
            via = f", via {value.via}" if value.via else ""
            return value.by, f"({value.kind.value}{via})"
    return str(value.name), ""


def _place_words(place: Place) -> tuple[str, str]:
    units = dict.fromkeys(u for u in (place.name, place.admin2, place.admin1, place.country) if u)
    point = f"{place.lat:.4f}, {place.lon:.4f}, " if place.lat is not None and place.lon is not None else ""
    radius = f", within {place.radius_km:g} km" if place.radius_km is not None else ""
    return ", ".join(units) or "an unknown place", f"({point}place precision {place.precision}{radius})"


def _in_short(mention: Mention) -> str:
    place = mention.place
    named = (place.name or place.admin2 or place.admin1 or place.country) if place else None
    day = mention.date.start.isoformat() if mention.date else None
    return ", ".join(part for part in (mention.sub_event_type.value, named, day) if part)
