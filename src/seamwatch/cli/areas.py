"""`seamwatch areas`: outlines with a name and who holds them, and which incidents lie in them."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from seamwatch.cli.database import DB_OPTION, open_database
from seamwatch.cli.output import EXIT_REJECTED, EXIT_USAGE, progress, say, utf8_output

if TYPE_CHECKING:
    from seamwatch.ingest.area_files import AreaFile
    from seamwatch.pipeline.areas import AreaChange

MOST_NOTES = 100

app = typer.Typer(
    name="areas",
    help=(
        "Areas beside the official units: districts, unofficial administrations, fronts, disputed "
        "territories, or what you draw. Each incident carries those that it lies in, with who held them then."
    ),
    no_args_is_help=True,
    rich_markup_mode="rich",
)


class Kind(StrEnum):
    """What an area is."""

    COUNTRY = "country"
    DIVISION1 = "division1"
    DIVISION2 = "division2"
    ADMINISTRATION = "administration"
    FRONT = "front"
    DISPUTED = "disputed"
    OWN = "own"


class ListFormat(StrEnum):
    """How a list of areas is written."""

    TABLE = "table"
    JSON = "json"


@app.command("add")
def add(
    file: Path = typer.Argument(
        None, metavar="FILE", help="GeoJSON or GeoPackage, in degrees on WGS 84.", show_default=False
    ),
    db: str = DB_OPTION,
    example: str = typer.Option(
        None, metavar="NAME", help="A file that comes with Seamwatch: northern-iraq.", show_default=False
    ),
    layer: str = typer.Option(
        None, help="The layer to read, where a GeoPackage has several.", show_default=False
    ),
    name_field: str = typer.Option(
        None, help="Column that holds the name, where it is not called name.", show_default=False
    ),
    id_field: str = typer.Option(
        None, help="Column that holds the id; without one it is made of the name.", show_default=False
    ),
    kind: Kind = typer.Option(Kind.OWN, help="Kind of the areas that do not say theirs."),
    country: str = typer.Option(
        None, help="Country (IQ) of the areas that do not say theirs.", show_default=False
    ),
    source: str = typer.Option(None, help="Where outlines come from that do not say it.", show_default=False),
    indicative: bool = typer.Option(
        True, "--indicative/--exact", help="Whether borders that do not say it are only roughly right."
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="Say what would change, and change nothing."),
) -> None:
    """Add areas, and say how many incidents lie in others than before. An area of a known id is replaced.

    A wrong row is told and left out; the rest is loaded, all at once.

    Example: seamwatch areas add districts.geojson --kind division2 --country IQ --db kirkuk.db
    """
    from seamwatch.pipeline.areas import add_areas

    utf8_output()
    if (file is None) == (example is None):
        say("seamwatch areas add: name one FILE, or --example northern-iraq")
        raise typer.Exit(EXIT_USAGE)
    if country is not None and not (len(country) == 2 and country.isascii() and country.isalpha()):
        say(f"seamwatch areas add: --country {country!r} is no code of two letters, as IQ is")
        raise typer.Exit(EXIT_USAGE)
    found = _read(file, example, layer, name_field, id_field, kind, country, source, indicative)
    _say_notes(found)
    with open_database(db, must_exist=False) as store, progress("incidents") as count:
        change = add_areas(store, found.areas, dry_run=dry_run, count=count)
    typer.echo(_summary(found, change, dry_run))
    if found.rejected:
        raise typer.Exit(EXIT_REJECTED)


def _read(
    file: Path | None,
    example: str | None,
    layer: str | None,
    name_field: str | None,
    id_field: str | None,
    kind: Kind,
    country: str | None,
    source: str | None,
    indicative: bool,
) -> AreaFile:
    """Return what a file or example holds; areas with latitude and longitude swapped are rejected."""
    from seamwatch.ingest.area_files import read_area_file, read_areas, without
    from seamwatch.ingest.area_rows import AreaDefaults, is_kind
    from seamwatch.pipeline.areas import swapped
    from seamwatch.samples import EXAMPLE_AREAS, example_areas

    assert is_kind(kind.value)
    defaults = AreaDefaults(
        name_field=name_field,
        id_field=id_field,
        kind=kind.value,
        country=country.upper() if country else None,
        source=source,
        indicative=indicative,
    )
    if example is not None:
        if example not in EXAMPLE_AREAS:
            say(f"seamwatch areas add: no example {example!r}; there is: {', '.join(EXAMPLE_AREAS)}")
            raise typer.Exit(EXIT_USAGE)
        return read_areas(example_areas(example), example, defaults)
    assert file is not None
    found = read_area_file(file, defaults, layer=layer)
    return without(
        found,
        swapped(found.areas),
        "it lies in its country only with latitude and longitude swapped; write the longitude first",
    )


@app.command("list")
def list_(
    db: str = DB_OPTION,
    format: ListFormat = typer.Option(ListFormat.TABLE, "--format", "-f", help="How to write them."),
) -> None:
    """List the stored areas, who holds them, and how many incidents lie in each.

    Example: seamwatch areas list --db kirkuk.db
    """
    from seamwatch.publish.areas import write_json, write_table

    utf8_output()
    with open_database(db) as store:
        write = write_json if format is ListFormat.JSON else write_table
        write(store.areas(), store.incidents_by_area(), sys.stdout)


@app.command("show")
def show(
    id: str = typer.Argument(..., metavar="ID", help="The area's id, as `seamwatch areas list` lists it."),
    db: str = DB_OPTION,
) -> None:
    """Print one area as GeoJSON, as `seamwatch areas add` reads it.

    Example: seamwatch areas show kirkuk-governorate --db kirkuk.db
    """
    from seamwatch.publish.areas import write_feature

    utf8_output()
    with open_database(db) as store:
        write_feature(store.area(id), sys.stdout)


@app.command("remove")
def remove(
    id: str = typer.Argument(..., metavar="ID", help="The area's id, as `seamwatch areas list` lists it."),
    db: str = DB_OPTION,
    dry_run: bool = typer.Option(False, "--dry-run", help="Say what would change, and change nothing."),
) -> None:
    """Remove one area, and take it from the incidents that lay in it.

    Example: seamwatch areas remove my-sector --db kirkuk.db
    """
    from seamwatch.pipeline.areas import remove_area

    utf8_output()
    with open_database(db) as store, progress("incidents") as count:
        change = remove_area(store, id, dry_run=dry_run, count=count)
    done = "would be removed" if dry_run else "removed"
    typer.echo(f"{id}: {done}; {_incidents(change, dry_run)}")


def _say_notes(found: AreaFile) -> None:
    """Say row by row what was rejected, then what was mended; of a long list the first hundred."""
    from seamwatch.publish.plain import printable

    for word, notes in (
        ("rejected", [n for n in found.notes if n.rejected]),
        ("mended", [n for n in found.notes if not n.rejected]),
    ):
        for note in notes[:MOST_NOTES]:
            name = f" ({note.id[:60]})" if note.id else ""
            say(printable(f"{word}: row {note.row}{name}: {' '.join(note.text.split())}"))
        if len(notes) > MOST_NOTES:
            say(f"{word}: {len(notes) - MOST_NOTES} more rows")


def _incidents(change: AreaChange, dry_run: bool) -> str:
    """Return how many incidents lie in other areas than before."""
    if not change.incidents:
        return "no incidents are stored"
    lie = "would lie" if dry_run else "lie"
    return f"{change.changed} of {change.incidents} incidents {lie} in other areas than before"


def _summary(found: AreaFile, change: AreaChange, dry_run: bool) -> str:
    """Return the closing lines: what was loaded, mended and rejected, and what that changed."""
    mended = len({n.row for n in found.notes if not n.rejected})
    stored = "would be stored" if dry_run else "stored"
    rejected = len(found.rejected)
    return (
        f"{len(found.areas) + rejected} read: {change.new} new and {change.replaced} replaced areas "
        f"{stored}, {mended} of them mended, {rejected} rejected\n{_incidents(change, dry_run)}"
    )
