"""`seamwatch serve`: the web app and the API on a database."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import typer

from seamwatch.cli.database import DB_OPTION, database_path, open_database
from seamwatch.cli.key_file import KEYS_OPTION, PRIVATE_OPTION
from seamwatch.cli.output import EXIT_USAGE, say


def serve(
    db: str = DB_OPTION,
    host: str = typer.Option(
        "127.0.0.1", help="Where to listen. Without accounts: a name or address of this machine alone."
    ),
    port: int = typer.Option(8765, min=0, max=65_535, help="On which port; 0 takes any that is free."),
    open_browser: bool = typer.Option(
        None,
        "--open/--no-open",
        help="Open the desk in the browser. Without either: where there is a terminal and a screen.",
        show_default=False,
    ),
    style: str = typer.Option(
        None,
        "--style",
        metavar="URL",
        help="A MapLibre style to draw the map with, in place of the own base map. Then the browser loads it "
        "and its tiles from there.",
        show_default=False,
    ),
    cert: Path = typer.Option(
        None, metavar="FILE", help="Certificate for https, as PEM, with --key.", show_default=False
    ),
    key: Path = typer.Option(None, metavar="FILE", help="Key of --cert.", show_default=False),
    behind_proxy: bool = typer.Option(
        False, "--behind-proxy", help="A proxy on this machine holds the certificate; believe what it says."
    ),
    allowed_host: list[str] = typer.Option(
        [],
        metavar="NAME",
        help="A name under which others open the desk. May be repeated.",
        show_default=False,
    ),
    exchange_every: float = typer.Option(
        None,
        "--exchange-every",
        min=1,
        metavar="SECONDS",
        help="Exchange with the other parties of the charter, with so many seconds between.",
        show_default=False,
    ),
    keys: Path = KEYS_OPTION,
    private_addresses: bool = PRIVATE_OPTION,
) -> None:
    """Open the desk: the map, the timeline, the sources and the review queue in the browser.

    It listens on this machine alone, and prints its address. Ctrl-C ends it.
    With accounts (see: seamwatch account) others may reach it, over https.

    Example: seamwatch serve --db kirkuk.db
    """
    # Without --db the desk opens on an empty record, to which articles can be added.
    open_database(db, must_exist=bool(db)).close()
    if (cert is None) != (key is None):
        say("seamwatch serve: --cert and --key go together")
        raise typer.Exit(EXIT_USAGE)
    run(
        database_path(db),
        host,
        port,
        open_browser=open_browser,
        style=style,
        cert=cert,
        key=key,
        behind_proxy=behind_proxy,
        allowed_hosts=tuple(allowed_host),
        exchange=ExchangeWish(every=exchange_every, keys=keys, private_addresses=private_addresses),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeWish:
    """How the desk exchanges: every so many seconds (None: when somebody asks), with which keys."""

    every: float | None = None
    keys: Path | None = None
    private_addresses: bool = False


def run(
    path: str,
    host: str = "127.0.0.1",
    port: int = 8765,
    *,
    open_browser: bool | None = None,
    style: str | None = None,
    cert: Path | None = None,
    key: Path | None = None,
    behind_proxy: bool = False,
    allowed_hosts: tuple[str, ...] = (),
    exchange: ExchangeWish = ExchangeWish(),
) -> None:
    """Serve a database until Ctrl-C; the address goes to standard output."""
    from seamwatch.serve.options import ServeOptions
    from seamwatch.serve.run import run_desk

    wanted = has_screen() if open_browser is None else open_browser

    def ready(address: str) -> None:
        typer.echo(address)
        where = "for those who have an account" if allowed_hosts else "on this machine alone"
        say(f"The desk is open at this address, {where}. Ctrl-C ends it.")
        if wanted:
            import webbrowser

            webbrowser.open(address)

    options = ServeOptions(
        db=path,
        style_url=style,
        behind_proxy=behind_proxy,
        allowed_hosts=allowed_hosts,
        keys=exchange.keys,
        exchange_every=exchange.every,
        exchange_private=exchange.private_addresses,
    )
    run_desk(options, host, port, cert=cert, key=key, ready=ready)
    say("The desk is closed; what was decided and read is stored.")


def has_screen() -> bool:
    """Return whether a browser window would be seen: standard output is a terminal, and there is a screen."""
    if not sys.stdout.isatty():
        return False
    return sys.platform in ("win32", "darwin") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
