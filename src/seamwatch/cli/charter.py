"""`seamwatch charter`: what the parties have agreed: drafted, proposed, signed, left."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from seamwatch.cli.database import DB_OPTION, open_database
from seamwatch.cli.key_file import KEYS_OPTION, open_party
from seamwatch.cli.output import EXIT_USAGE, say, utf8_output

if TYPE_CHECKING:
    from seamwatch.model.charter import Notice, SignedCharter
    from seamwatch.pipeline.centre.node import Node

app = typer.Typer(
    name="charter",
    help=(
        "What the parties of a joint coordination centre have agreed: who they are, which areas they share, "
        "what they release and how soon they answer. It is in force when enough of them have signed."
    ),
    no_args_is_help=True,
    rich_markup_mode="rich",
)

_WHY = typer.Option("", help="Why, for all parties to read.", show_default=False)


@app.command("draft")
def draft(
    cards: list[Path] = typer.Argument(
        None, metavar="[CARD]...", help="Cards of parties that join.", show_default=False
    ),
    name: str = typer.Option(None, help="Name of the charter.", show_default=False),
    output: Path = typer.Option(None, "--output", "-o", metavar="FILE", help="Write it to a file."),
    db: str = DB_OPTION,
) -> None:
    """Write a draft as YAML, to be edited: a first charter, or one that follows the charter in force.

    Example: seamwatch charter draft south.json --name "Kirkuk-Diyala" --db north.db -o charter.yaml
    """
    from seamwatch.cli.party_files import read_limited, write_output
    from seamwatch.coordinate.charter_yaml import charter_yaml
    from seamwatch.pipeline.centre.charter_files import next_draft, read_card

    utf8_output()
    read = [read_card(read_limited(path, 64 * 1024), str(path)) for path in cards or ()]
    with open_database(db) as store:
        made = next_draft(store, read, name=name)
    write_output(charter_yaml(made), output)


@app.command("propose")
def propose(
    file: Path = typer.Argument(metavar="FILE", help="A draft as YAML.", show_default=False),
    db: str = DB_OPTION,
    keys: Path = KEYS_OPTION,
) -> None:
    """Sign a draft and send it to the other parties. Before the first charter: export it for them.

    Example: seamwatch charter propose charter.yaml --db north.db
    """
    from seamwatch.cli.party_files import read_limited
    from seamwatch.coordinate.charter_codec import MOST_BYTES
    from seamwatch.coordinate.charter_yaml import charter_from_yaml
    from seamwatch.errors import InputError
    from seamwatch.pipeline.centre import agreeing

    utf8_output()
    try:
        text = read_limited(file, MOST_BYTES).decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise InputError(f"{file} is no UTF-8 ({wrong.reason}): save it as UTF-8") from None
    with open_party(db, keys) as node:
        made = agreeing.propose(node, charter_from_yaml(text))
        _told(node, made)
        _say_doubts(node, made)


@app.command("sign")
def sign(
    digest: str = typer.Argument(
        None, metavar="[DIGEST]", help="Its beginning is enough; not needed for one.", show_default=False
    ),
    db: str = DB_OPTION,
    keys: Path = KEYS_OPTION,
) -> None:
    """Sign a proposed version, or a suspension that waits. Read it before: seamwatch charter show DIGEST.

    Example: seamwatch charter sign --db south.db
    """
    from seamwatch.pipeline.centre import agreeing

    utf8_output()
    with open_party(db, keys) as node:
        made = agreeing.sign(node, digest)
        _told(node, made)
        _say_doubts(node, made)


@app.command("show")
def show(
    digest: str = typer.Argument(
        None, metavar="[DIGEST]", help="Print this version whole, as YAML.", show_default=False
    ),
    as_json: bool = typer.Option(False, "--json", help="As JSON, for programs."),
    db: str = DB_OPTION,
) -> None:
    """Show the charter in force, how each party stands, and what waits for whose signature.

    Example: seamwatch charter show --db north.db
    """
    from seamwatch.cli.charter_words import card_lines, charter_lines, standing_json
    from seamwatch.coordinate.charter_yaml import charter_yaml
    from seamwatch.errors import UnknownIdError
    from seamwatch.pipeline.centre.charters import known_versions, standing

    utf8_output()
    with open_database(db) as store:
        if digest is not None:
            found = [v for v in known_versions(store) if v.digest.startswith(digest.lower())]
            if len(found) != 1:
                raise UnknownIdError(
                    f"{len(found)} versions begin with {digest[:64]!r}: name one by its digest"
                )
            typer.echo(charter_yaml(found[0].charter), nl=False)
            for line in card_lines(found[0].charter):
                typer.echo(line)
            return
        now = standing(store)
    if as_json:
        typer.echo(json.dumps(standing_json(now), ensure_ascii=False))
        return
    for line in charter_lines(now):
        typer.echo(line)


@app.command("export")
def export(
    output: Path = typer.Option(None, "--output", "-o", metavar="FILE", help="Write it to a file."),
    db: str = DB_OPTION,
) -> None:
    """Write all versions, proposals and notices to a file for another party. All of it is public among them.

    Example: seamwatch charter export --db north.db -o charter.json
    """
    from seamwatch.cli.party_files import write_output
    from seamwatch.pipeline.centre.charter_files import charter_file

    utf8_output()
    with open_database(db) as store:
        write_output(charter_file(store).decode("utf-8") + "\n", output)


@app.command("import")
def import_(
    file: Path = typer.Argument(metavar="FILE", help="A file made with export.", show_default=False),
    db: str = DB_OPTION,
    keys: Path = KEYS_OPTION,
) -> None:
    """Take over versions, signatures and notices from another party's file. It signs nothing.

    Example: seamwatch charter import charter.json --db south.db
    """
    from seamwatch.cli.charter_words import came_into_force
    from seamwatch.cli.exchange_words import counted
    from seamwatch.cli.party_files import read_limited
    from seamwatch.pipeline.centre.agreeing import adopt
    from seamwatch.pipeline.centre.charter_files import MOST_FILE, read_charter_file
    from seamwatch.pipeline.centre.charters import standing

    utf8_output()
    versions, notices = read_charter_file(read_limited(file, MOST_FILE), str(file))
    with open_party(db, keys) as node:
        before = standing(node.store)
        new = adopt(node, versions, notices)
        whole = counted(len(versions) + len(notices), "version or notice")
        typer.echo(f"{new} of {whole} {'was' if new == 1 else 'were'} new or newly signed")
        for line in came_into_force(before, standing(node.store)):
            typer.echo(line)
        _say_force(node)


@app.command("leave")
def leave(
    why: str = _WHY,
    yes: bool = typer.Option(False, "--yes", help="Do not ask."),
    db: str = DB_OPTION,
    keys: Path = KEYS_OPTION,
) -> None:
    """Leave the charter, at once: nothing goes to this party any more. To come back needs a new version.

    Example: seamwatch charter leave --why "our mission ends" --db south.db
    """
    from seamwatch.pipeline.centre import agreeing

    utf8_output()
    if not yes and not typer.confirm("Leave the charter now? It can't be undone by this party alone."):
        raise typer.Exit(EXIT_USAGE)
    with open_party(db, keys) as node:
        _told(node, agreeing.leave(node, why))


@app.command("suspend")
def suspend(
    party: str = typer.Argument(metavar="PARTY", help="Its id.", show_default=False),
    why: str = _WHY,
    db: str = DB_OPTION,
    keys: Path = KEYS_OPTION,
) -> None:
    """Sign to suspend a party. It is carried out when as many others have signed as the charter asks for.

    Example: seamwatch charter suspend south --why "its key file was stolen" --db north.db
    """
    from seamwatch.pipeline.centre import agreeing

    utf8_output()
    with open_party(db, keys) as node:
        _told(node, agreeing.suspend(node, party, why))


@app.command("resume")
def resume(
    party: str = typer.Argument(metavar="PARTY", help="Its id.", show_default=False),
    why: str = _WHY,
    db: str = DB_OPTION,
    keys: Path = KEYS_OPTION,
) -> None:
    """Sign to take a suspended party back. It needs as many signatures as suspending it.

    Example: seamwatch charter resume south --db north.db
    """
    from seamwatch.pipeline.centre import agreeing

    utf8_output()
    with open_party(db, keys) as node:
        _told(node, agreeing.resume(node, party, why))


def _told(node: Node, made: SignedCharter | Notice) -> None:
    """Say what was signed and what is still missing."""
    from seamwatch.cli.charter_words import notice_done
    from seamwatch.model.charter import Notice
    from seamwatch.pipeline.centre.charters import standing

    now = standing(node.store)
    if isinstance(made, Notice):
        for line in notice_done(made, now):
            typer.echo(line)
        return
    typer.echo(f"signed: {made.digest}")
    waits = {v.digest: quorum for v, quorum in now.proposals}
    quorum = waits.get(made.digest)
    if quorum is None:
        typer.echo("in force")
    else:
        typer.echo(f"signed by {', '.join(quorum.signed)}; missing: {', '.join(quorum.missing)}")
        if now.state is None:
            say("Hand it on with: seamwatch charter export -o FILE. The others import it, and sign.")


def _say_doubts(node: Node, made: SignedCharter | Notice) -> None:
    from seamwatch.cli.doubts import say_doubts
    from seamwatch.model.charter import SignedCharter
    from seamwatch.pipeline.centre.doubts import charter_doubts

    if isinstance(made, SignedCharter):
        say_doubts(charter_doubts(node.store, made.charter))


def _say_force(node: Node) -> None:
    from seamwatch.pipeline.centre.charters import standing

    now = standing(node.store)
    if now.state is None:
        typer.echo("no charter is in force yet")
    else:
        typer.echo(f"version {now.state.charter.version} is in force")
    for version, quorum in now.proposals:
        if node.me in quorum.missing:
            short = version.digest[:12]
            typer.echo(f"version {version.charter.version} ({short}) waits for your signature")
            say(
                f"Read it: seamwatch charter show {short}. Compare its fingerprints with each party, as by "
                "telephone. Then: seamwatch charter sign"
            )
