"""`seamwatch report`: a field report into the record."""

from __future__ import annotations

import json
import re
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from seamwatch.cli.database import DB_OPTION, database_path, open_database
from seamwatch.cli.output import EXIT_USAGE, json_line, say, utf8_output
from seamwatch.errors import FieldError, InputError
from seamwatch.vocabulary.acled import SubEventType
from seamwatch.vocabulary.codes import HowKnown, VictimGroup

if TYPE_CHECKING:
    from seamwatch.model.field_report import FieldReport
    from seamwatch.pipeline.field_report import FiledReport

_DAY = ["%Y-%m-%d"]
_MOST_BYTES = 1_000_000
_COUNT = re.compile(r"(?P<low>\d{1,9})?(?P<to>-)?(?P<high>\d{1,9})?")
_COUNTED = "as 3, 3-5 (three to five), 3- (at least) or -5 (at most)"


def report(
    what: SubEventType = typer.Option(
        None, metavar="TYPE", help="ACLED's sub-event type, as 'Armed clash'.", show_default=False
    ),
    start: datetime = typer.Option(
        None, "--when", formats=_DAY, metavar="DATE", help="The day, or the first day.", show_default=False
    ),
    end: datetime = typer.Option(
        None,
        "--until",
        formats=_DAY,
        metavar="DATE",
        help="The last day it may have been.",
        show_default=False,
    ),
    place: str = typer.Option(None, help="The name of the place.", show_default=False),
    admin2: str = typer.Option(None, help="The district that it lies in.", show_default=False),
    admin1: str = typer.Option(None, help="The province that it lies in.", show_default=False),
    country: str = typer.Option(None, help="The country that it lies in.", show_default=False),
    lat: float = typer.Option(None, metavar="DEGREES", help="Latitude of the point.", show_default=False),
    lon: float = typer.Option(None, metavar="DEGREES", help="Longitude of the point.", show_default=False),
    radius_km: float = typer.Option(
        None, metavar="KM", help="How far from the point it may be.", show_default=False
    ),
    who: list[str] = typer.Option(
        None, metavar="NAME", help="Who did it, as the Islamic State or gunmen.", show_default=False
    ),
    target: list[str] = typer.Option(
        None, metavar="NAME", help="What or who was attacked.", show_default=False
    ),
    killed: str = typer.Option(None, metavar="COUNT", help=f"The killed, {_COUNTED}.", show_default=False),
    injured: str = typer.Option(None, metavar="COUNT", help="The injured, likewise.", show_default=False),
    missing: str = typer.Option(None, metavar="COUNT", help="The missing, likewise.", show_default=False),
    abducted: str = typer.Option(None, metavar="COUNT", help="The abducted, likewise.", show_default=False),
    victims: VictimGroup = typer.Option(None, help="Which side the victims are of.", show_default=False),
    weapon: str = typer.Option(None, help="What the attack was made with.", show_default=False),
    how_known: HowKnown = typer.Option(
        None, metavar="HOW", help=f"How it is known: {', '.join(HowKnown)}.", show_default=False
    ),
    how_words: str = typer.Option(None, help="How it is known, in own words.", show_default=False),
    notes: str = typer.Option(None, help="What else is to be said.", show_default=False),
    by: str = typer.Option(
        None, help="Who reports; kept only where an organisation is given, in no export.", show_default=False
    ),
    organisation: str = typer.Option(
        None, help="The organisation that answers for the report: its source.", show_default=False
    ),
    reported: datetime = typer.Option(
        None,
        formats=_DAY,
        metavar="DATE",
        help="When it was reported. Without it, today.",
        show_default=False,
    ),
    json_file: str = typer.Option(
        None,
        "--json",
        metavar="FILE",
        help="Take the report from a JSON object in place of the options; '-' reads standard input.",
        show_default=False,
    ),
    db: str = DB_OPTION,
    dry_run: bool = typer.Option(False, "--dry-run", help="Print the article and store nothing."),
) -> None:
    """File a report of what happened, as a form holds it: stored as an article of its own, and linked.

    Each value quotes the report's own words. Give what, when, where and how it is known.

    Example: seamwatch report --what Attack --when 2024-04-12 --place Kifri --how-known seen --db kirkuk.db
    """
    from seamwatch.model.field_report import field_report_from_json

    utf8_output()
    given: dict[str, Any] = {
        "what": what,
        "when": {"start": _iso(start), "end": _iso(end)} if start or end else None,
        "where": {
            k: v
            for k, v in {
                "name": place,
                "admin2": admin2,
                "admin1": admin1,
                "country": country,
                "lat": lat,
                "lon": lon,
                "radius_km": radius_km,
            }.items()
            if v is not None
        },
        "who": who,
        "targets": target,
        "killed": _count(killed, "--killed"),
        "injured": _count(injured, "--injured"),
        "missing": _count(missing, "--missing"),
        "abducted": _count(abducted, "--abducted"),
        "victims": victims,
        "weapon": weapon,
        "how_known": how_known,
        "how_words": how_words,
        "notes": notes,
        "by": by,
        "organisation": organisation,
        "reported": _iso(reported),
    }
    given = {key: value for key, value in given.items() if value not in (None, [], {})}
    if json_file is not None and given:
        say("seamwatch report: --json holds the whole report; leave the other options out")
        raise typer.Exit(EXIT_USAGE)
    try:
        filled = field_report_from_json(_object(json_file) if json_file is not None else given)
    except FieldError as wrong:
        say(f"seamwatch report: {wrong}")
        raise typer.Exit(EXIT_USAGE) from None
    if dry_run:
        _show(filled, db)
        return
    from seamwatch.pipeline.field_report import load_filer

    with open_database(db, must_exist=False) as store:
        done = load_filer(store).file(store, filled)
    typer.echo(_line(done))
    for warning in done.warnings:
        say(f"note: {warning}")


def _iso(moment: datetime | None) -> str | None:
    return moment.date().isoformat() if moment else None


def _count(written: str | None, option: str) -> object:
    """Return the JSON of a count as the options write it."""
    if written is None:
        return None
    match = _COUNT.fullmatch(written.strip())
    if match is None or (match["low"] is None and match["high"] is None):
        say(f"seamwatch report: {option}: {written[:40]!r} is no count; write it {_COUNTED}")
        raise typer.Exit(EXIT_USAGE)
    low, high = (None if part is None else int(part) for part in (match["low"], match["high"]))
    return {"low": low, "high": high} if match["to"] else low


def _object(name: str) -> dict[str, Any]:
    """Return the JSON object of a file or of standard input."""
    try:
        if name == "-":
            content = sys.stdin.buffer.read(_MOST_BYTES + 1)
        else:
            with Path(name).open("rb") as stream:
                content = stream.read(_MOST_BYTES + 1)
        row = json.loads(content.decode("utf-8-sig"))
    except OSError as wrong:
        raise InputError(f"{name}: can't be read ({wrong.strerror}); check the path") from None
    except (ValueError, RecursionError) as wrong:
        raise InputError(
            f"{name}: this is no JSON object ({str(wrong)[:80]}); check it", code="bad_json"
        ) from None
    if not isinstance(row, dict):
        raise InputError(f"{name}: this is no JSON object; give one report", code="not_an_object")
    return row


def _show(filled: FieldReport, db: str | None) -> None:
    """Print the article and the mention of a report as one line in the shape of `read --mentions`."""
    from seamwatch.model.codec import mention_json
    from seamwatch.pipeline.field_report import load_filer

    if Path(database_path(db)).exists():
        with open_database(db) as store:
            article, mention, warnings = load_filer(store).write(filled)
    else:
        article, mention, warnings = load_filer(None).write(filled)
    own = {
        "text": article.text,
        "title": article.title,
        "published": article.published.isoformat() if article.published else None,
        "source": article.source,
    }
    row = {"id": article.id, "article": own, "mentions": [mention_json(mention)], "warnings": list(warnings)}
    print(json_line(row))


def _line(done: FiledReport) -> str:
    parts = [*(f"{name} (new)" for name in done.opened), *(f"{name} (updated)" for name in done.updated)]
    parts += [name for name in done.incidents if name not in (*done.opened, *done.updated)]
    return f"{done.kind}      {done.article}: {', '.join(parts) or 'no incident'}"
