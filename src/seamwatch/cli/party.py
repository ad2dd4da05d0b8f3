"""`seamwatch party`: the party that a database is: its name, keys, address and certificate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from seamwatch.cli.database import DB_OPTION, database_path, open_database
from seamwatch.cli.key_file import KEYS_OPTION, open_party
from seamwatch.cli.output import EXIT_USAGE, say, utf8_output

if TYPE_CHECKING:
    from seamwatch.model.party import Party

app = typer.Typer(
    name="party",
    help=(
        "The party that a database is in a joint coordination centre: its name, keys, address and "
        "certificate. One database is one party."
    ),
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@app.command("init")
def init(
    name: str = typer.Argument(metavar="NAME", help="The name that other parties see.", show_default=False),
    party_id: str = typer.Option(
        ..., "--id", help="Short and for ever: small letters, digits, hyphens.", show_default=False
    ),
    address: str = typer.Option(
        None, help="https URL under which others reach this party's exchange.", show_default=False
    ),
    relay: bool = typer.Option(
        False, "--relay", help="A centre that only passes on what is sealed for others."
    ),
    db: str = DB_OPTION,
    keys: Path = KEYS_OPTION,
) -> None:
    """Make a database a party, with new keys in a file beside it. Keep that file safe and backed up.

    Example: seamwatch party init "Relief North" --id north --address https://north.example.org --db north.db
    """
    from seamwatch.coordinate.keys import fingerprint
    from seamwatch.pipeline.centre.identity import init_party
    from seamwatch.pipeline.centre.opening import keys_beside
    from seamwatch.vocabulary.coordination import PartyRole

    utf8_output()
    path = keys_beside(database_path(db)) if keys is None else keys
    with open_database(db, must_exist=False) as store:
        made = init_party(
            store,
            path,
            party=party_id,
            name=name,
            address=address,
            role=PartyRole.RELAY if relay else PartyRole.MEMBER,
        )
    typer.echo(f"{made.id}: {made.name}\nkeys: {path}\nfingerprint: {fingerprint(made.sign_key)}")
    say("Keep the key file apart from the database's backups. Who has it can speak for this party.")
    say("Next: give the others your card (seamwatch party card -o FILE) and read the fingerprint to them.")


@app.command("card")
def card(
    db: str = DB_OPTION,
    output: Path = typer.Option(None, "--output", "-o", metavar="FILE", help="Write it to a file."),
) -> None:
    """Print this party's card as JSON: all of it is public. Others put it into the charter.

    Example: seamwatch party card --db north.db -o north.json
    """
    from seamwatch.cli.party_files import write_output
    from seamwatch.pipeline.centre.charter_files import own_party

    utf8_output()
    with open_database(db) as store:
        own = own_party(store)
    write_output(json.dumps(_card(own), ensure_ascii=False, indent=2) + "\n", output)


@app.command("certificate")
def certificate(
    host: list[str] = typer.Option(
        None, help="Host or IP address that it is for, beside that of the address.", show_default=False
    ),
    cert: Path = typer.Option(None, metavar="FILE", help="The certificate. Without it, DB.cert.pem."),
    key: Path = typer.Option(None, metavar="FILE", help="Its key. Without it, DB.cert.key."),
    db: str = DB_OPTION,
    keys: Path = KEYS_OPTION,
) -> None:
    """Make a TLS certificate for this party's exchange and put it on the card; others trust exactly this one.

    Example: seamwatch party certificate --db north.db --host 192.0.2.10
    """
    from seamwatch.coordinate.keys import KeyRing
    from seamwatch.pipeline.centre.charter_files import own_party
    from seamwatch.pipeline.centre.identity import change_party, host_of, make_certificate
    from seamwatch.pipeline.centre.opening import keys_beside

    utf8_output()
    base = database_path(db)
    cert_path = Path(f"{base}.cert.pem") if cert is None else cert
    key_path = Path(f"{base}.cert.key") if key is None else key
    with open_database(db) as store:
        ring = KeyRing.load(keys_beside(base) if keys is None else keys)
        own = own_party(store)
        hosts = list(dict.fromkeys([*([host_of(own.address)] if own.address else []), *(host or ())]))
        if not hosts:
            say("seamwatch party certificate: name the --host that it is for, or give the party an address")
            raise typer.Exit(EXIT_USAGE)
        pem = make_certificate(hosts, own.name, cert_path, key_path)
        change_party(store, ring, certificate=pem)
    typer.echo(f"certificate: {cert_path}\nkey: {key_path}\nfor: {', '.join(hosts)}")
    say("It is on this party's card now. Where a charter is in force, propose a new version with it.")


@app.command("set")
def change(
    name: str = typer.Option(None, help="The name that other parties see.", show_default=False),
    address: str = typer.Option(None, help="https URL of this party's exchange.", show_default=False),
    db: str = DB_OPTION,
    keys: Path = KEYS_OPTION,
) -> None:
    """Change this party's name or address on its card.

    Example: seamwatch party set --address https://north.example.org:8443 --db north.db
    """
    from seamwatch.pipeline.centre.identity import change_party

    utf8_output()
    with open_party(db, keys) as node:
        _print(change_party(node.store, node.keys, name=name, address=address))


@app.command("show")
def show(
    as_json: bool = typer.Option(False, "--json", help="As JSON, for programs: what `card` prints."),
    db: str = DB_OPTION,
) -> None:
    """Show which party this database is.

    Example: seamwatch party show --db north.db
    """
    from seamwatch.pipeline.centre.charter_files import own_party

    utf8_output()
    with open_database(db) as store:
        own = own_party(store)
    if as_json:
        typer.echo(json.dumps(_card(own), ensure_ascii=False))
    else:
        _print(own)


def _card(own: Party) -> dict[str, Any]:
    from seamwatch.coordinate.charter_codec import party_json
    from seamwatch.coordinate.keys import fingerprint

    return {**party_json(own), "fingerprint": fingerprint(own.sign_key)}


def _print(own: Party) -> None:
    from seamwatch.coordinate.keys import fingerprint
    from seamwatch.publish.plain import printable

    typer.echo(printable(f"{own.id}: {own.name}"))
    typer.echo(f"role: {own.role.value}")
    typer.echo(f"address: {own.address or 'none: it fetches and delivers itself'}")
    if own.address is not None:
        none = "none on the card: the others expect one of a public authority"
        typer.echo(f"certificate: {'its own' if own.certificate else none}")
    typer.echo(f"fingerprint: {fingerprint(own.sign_key)}")
