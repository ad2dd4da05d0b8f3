"""`seamwatch places`: a gazetteer of one's own beside the shipped one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from seamwatch.cli.database import DB_OPTION, database_path, open_database
from seamwatch.cli.output import (
    EXIT_REJECTED,
    EXIT_USAGE,
    json_line,
    progress,
    say,
    say_rejected,
    utf8_output,
)
from seamwatch.cli.place_lists import ListFormat, write_missing, write_own
from seamwatch.errors import InputError, UnknownIdError

if TYPE_CHECKING:
    from seamwatch.pipeline.place_loading import LoadedFile
    from seamwatch.resolve.gazetteer import Gazetteer
    from seamwatch.store.base import Store

app = typer.Typer(
    name="places",
    help=(
        "Places that the shipped gazetteer lacks: see which names are missing, add them once, and what was "
        "read before is resolved again."
    ),
    no_args_is_help=True,
    rich_markup_mode="rich",
)


class FileFormat(StrEnum):
    """How a file of places is written."""

    GEONAMES = "geonames"
    ALTERNATE = "alternate-names"
    CSV = "csv"
    GEOJSON = "geojson"


@app.command("add")
def add(
    files: list[Path] = typer.Argument(
        ...,
        metavar="FILE",
        help="GeoNames country dump or alternateNames, CSV with a header (name, lat, lon), GeoJSON points.",
        show_default=False,
    ),
    db: str = DB_OPTION,
    format: FileFormat = typer.Option(
        None, "--format", "-f", help="The format, where it is not told from the content.", show_default=False
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="Say what would be added, and change nothing."),
    again: bool = typer.Option(
        True, "--again/--no-again", help="Read stored articles that name an added place again."
    ),
) -> None:
    """Add places; stored articles that name one are read again, and their incidents refined.

    A broken row is told and left out, the rest is loaded, all of a file at once. A file of a name that was
    added before takes that one's place.

    Example: seamwatch places add villages.csv --db kirkuk.db
    """
    from seamwatch.ingest.gazetteer_files import PlaceFormat
    from seamwatch.pipeline.place_loading import load_place_file

    utf8_output()
    chosen = PlaceFormat(format.value) if format else None
    rejected = False
    if dry_run:
        for path in files:
            rejected |= _report(load_place_file(path, None, format=chosen), dry_run=True)
    else:
        with open_database(db, must_exist=False) as store:
            for path in files:
                try:
                    rejected |= _report(load_place_file(path, store, format=chosen), dry_run=False)
                except InputError as wrong:
                    rejected = True
                    say(f"seamwatch places add: {wrong}")
            _again(store, _find(store), now=again)
    if rejected:
        raise typer.Exit(EXIT_REJECTED)


def _report(loaded: LoadedFile, *, dry_run: bool) -> bool:
    """Say what became of a file; return whether rows were left out."""
    from seamwatch.publish.plain import printable

    for note in loaded.notes:
        word = "note" if note.kept else "left out"
        say(printable(f"{word}: {loaded.file}, {note.where}: {note.reason}"))
    shown = [sum(1 for n in loaded.notes if n.kept is kept) for kept in (False, True)]
    if loaded.rejected > shown[0]:
        say(f"... and {loaded.rejected - shown[0]} more rows left out")
    if loaded.doubtful > shown[1]:
        say(f"... and {loaded.doubtful - shown[1]} more notes")
    if loaded.known:
        typer.echo(f"{loaded.file}: added before, nothing to do")
        return False
    parts = [_count(loaded.places, "place")]
    if loaded.named:
        parts.append(f"more names for {_count(loaded.named, 'known place')}")
    parts.append(f"{_count(loaded.rejected, 'row')} left out")
    if not loaded.places and not loaded.named:
        typer.echo(f"{loaded.file} ({loaded.format}): no row is a place; nothing was stored")
        return True
    verb = "would add" if dry_run else "added"
    line = f"{loaded.file} ({loaded.format}): {verb} {', '.join(parts)}"
    typer.echo(
        f"{line}, in place of {_count(loaded.replaced, 'row')} of that name" if loaded.replaced else line
    )
    return loaded.rejected > 0


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _find(store: Store) -> int:
    from seamwatch.pipeline.places_again import find_named

    with progress("looking through articles") as count:
        return find_named(store, step=count)


def _again(store: Store, found: int, *, now: bool) -> None:
    """Read the marked articles again, or say how to."""
    from seamwatch.pipeline.places_again import read_again

    if not now:
        if found:
            typer.echo(
                f"{_count(found, 'stored article')} to read again: do that with seamwatch places again"
            )
        return
    with progress("reading again") as count:
        done = read_again(store, step=lambda total=None: count(total))
    for wrong in done.rejected:
        say_rejected(wrong)
    changed = _count(len(done.incidents), "incident")
    typer.echo(f"read again: {_count(done.articles, 'article')}; changed: {changed}")


@app.command("again")
def again(
    db: str = DB_OPTION,
    everything: bool = typer.Option(False, "--all", help="Every stored article, not only the marked ones."),
) -> None:
    """Read the articles again that name an added or removed place, where that was put off or interrupted.

    Example: seamwatch places again --db kirkuk.db
    """
    with open_database(db) as store:
        _find(store)
        if everything:
            store.read_again_later(a.id for a in store.articles())
        _again(store, 0, now=True)


@contextmanager
def _gazetteer(db: str | None) -> Iterator[Gazetteer]:
    """Yield the gazetteer with the own places of a database, where there is one."""
    from seamwatch.pipeline.place_loading import own_places_url
    from seamwatch.resolve.gazetteer import load_gazetteer

    if db is None and not Path(database_path(None)).exists():
        yield load_gazetteer()
        return
    with open_database(db) as store:
        yield load_gazetteer(own=store if own_places_url(store) else None)


@app.command("search")
def search(
    name: str = typer.Argument(..., metavar="NAME", help="A name in any spelling or script."),
    db: str = DB_OPTION,
    country: str = typer.Option(None, help="Only places in this country (IQ).", show_default=False),
    limit: int = typer.Option(20, min=1, max=500, help="How many to show at most."),
    as_json: bool = typer.Option(False, "--json", help="As JSON Lines."),
) -> None:
    """Show which places a name may mean, and how each was found.

    Example: seamwatch places search Hawiga --country IQ
    """
    from seamwatch.pipeline.place_answers import country_code, match_json
    from seamwatch.publish.columns import write_columns
    from seamwatch.resolve.place_search import search_places

    utf8_output()
    with _gazetteer(db) as gazetteer:
        code = country_code(country, gazetteer) if country else None
        if country and code is None:
            say(f"seamwatch places search: --country {country!r} is no country; give its code, as IQ")
            raise typer.Exit(EXIT_USAGE)
        matches = search_places(name, gazetteer, country=code, limit=limit)
        rows = [match_json(match, gazetteer) for match in matches]
    if as_json:
        for row in rows:
            print(json_line(row))
        return
    if not rows:
        where = f" in {code}" if code else ""
        typer.echo(f"No place{where} has a name like {name!r}. Add it with: seamwatch places add FILE")
        return
    titles = ("name", "kind", "admin2", "admin1", "country", "lat ", "lon ", "how", "score ")
    write_columns(titles, [_cells(row) for row in rows], sys.stdout)


def _cells(row: dict[str, Any]) -> list[str]:
    words = [str(row[key] or "") for key in ("name", "kind", "admin2", "admin1", "country")]
    point = ["" if row[key] is None else f"{row[key]:.3f}" for key in ("lat", "lon")]
    return [*words, *point, row["how"], f"{row['score']:.2f}"]


@app.command("resolve")
def resolve(
    file: str = typer.Argument("-", metavar="FILE", help="JSON Lines; '-' or nothing reads standard input."),
    db: str = DB_OPTION,
) -> None:
    """Say which place each name means; null where that is not clear, with the reasons. In the input's order.

    Each line is an object with name, and country, admin1, admin2, text and id where you have them.

    Example: seamwatch places resolve names.jsonl
    """
    from seamwatch.ingest.jsonl import limit_lines
    from seamwatch.pipeline.place_answers import answers

    utf8_output()
    bad = False
    with _gazetteer(db) as gazetteer, _opened(file) as lines:
        for answer in answers(limit_lines(lines), gazetteer):
            bad |= "error" in answer
            print(json_line(answer), flush=True)
    if bad:
        raise typer.Exit(EXIT_REJECTED)


@contextmanager
def _opened(file: str) -> Iterator[Any]:
    if file == "-":
        yield sys.stdin.buffer
        return
    with ExitStack() as stack:
        try:
            lines = stack.enter_context(Path(file).open("rb"))
        except OSError as wrong:
            raise InputError(f"{file}: can't be read ({wrong.strerror}); check the path") from None
        yield lines


@app.command("list")
def list_(
    db: str = DB_OPTION,
    missing: bool = typer.Option(
        False, "--missing", help="Names that articles used and nothing resolved, most used first."
    ),
    format: ListFormat = typer.Option(ListFormat.TABLE, "--format", "-f", help="How to write them."),
) -> None:
    """List the places that were added, or with --missing the names that should be.

    Example: seamwatch places list --missing --db kirkuk.db
    """
    utf8_output()
    with open_database(db) as store:
        if missing:
            write_missing(store, format)
        else:
            write_own(store, format)


@app.command("remove")
def remove(
    what: str = typer.Argument(
        ..., metavar="FILE-or-ID", help="A file's name, or a place's id, as places list shows them."
    ),
    db: str = DB_OPTION,
    again: bool = typer.Option(
        True, "--again/--no-again", help="Read stored articles that name a removed place again."
    ),
) -> None:
    """Remove added places: all of a file, or one. Stored articles that name one are read again.

    Example: seamwatch places remove villages.csv --db kirkuk.db
    """
    from seamwatch.model.own_place import FIRST_OWN
    from seamwatch.pipeline.places_again import find_named

    with open_database(db) as store:
        ids = store.find_places_of(Path(what).name)
        number = what.removeprefix("P")
        if not ids and number.isascii() and number.isdigit() and len(number) < 12:
            ids = tuple(p.id for p in store.own_places([FIRST_OWN + int(number)]))
        if not ids:
            raise UnknownIdError(f"{what}: no file or id of added places; `seamwatch places list` shows them")
        with progress("looking through articles") as count:
            found = find_named(store, ids, step=count)
        typer.echo(f"removed {_count(store.remove_places(ids), 'place')}")
        _again(store, found, now=again)
