"""`seamwatch exchange`: exchange with the other parties, let them in, and bundles as files."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from seamwatch.cli import exchange_files
from seamwatch.cli.compact import TRACES
from seamwatch.cli.database import DB_OPTION, database_path, open_database
from seamwatch.cli.key_file import KEYS_OPTION, PRIVATE_OPTION, open_party
from seamwatch.cli.output import EXIT_FAILED, json_line, say, utf8_output
from seamwatch.errors import SeamwatchError

if TYPE_CHECKING:
    from seamwatch.pipeline.centre.syncing import SyncResult

JSON_OPTION = typer.Option(False, "--json", help="Print JSON.")

app = typer.Typer(
    name="exchange",
    help=(
        "The exchange with the other parties of the charter: signed feeds over HTTPS, or as a file. What the "
        "release rules give goes out, what others released comes in."
    ),
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@app.command("sync")
def sync(
    db: str = DB_OPTION,
    keys: Path = KEYS_OPTION,
    party: list[str] = typer.Option(
        [], "--party", metavar="ID", help="Only with this party. May be repeated.", show_default=False
    ),
    watch: float = typer.Option(
        None,
        min=1,
        metavar="SECONDS",
        help="Again and again, with so many seconds between.",
        show_default=False,
    ),
    private_addresses: bool = PRIVATE_OPTION,
    as_json: bool = JSON_OPTION,
) -> None:
    """Exchange with the other parties once, or again and again until Ctrl-C.

    With a relay in the charter only that is asked, else all side by side. A party that fails or is slow does
    not hold up the others.

    Example: seamwatch exchange sync --db north.db
    """
    from seamwatch.cli.exchange_words import with_own_part
    from seamwatch.pipeline.centre.lines import http_lines
    from seamwatch.pipeline.centre.syncing import sync as exchange

    said_traces: list[str] = []

    def once() -> tuple[tuple[SyncResult, ...], str | None]:
        with open_party(db, keys) as node:
            lines = http_lines(node, private_addresses=private_addresses)
            found = exchange(node, lines, party or None, waiting=waiting)
            if node.store.has_traces() and not said_traces:
                said_traces.append(TRACES)
                say(TRACES)
            return with_own_part(found, node.state().states.get(node.me))

    def waiting(names: tuple[str, ...]) -> None:
        say(f"waiting for {', '.join(names)}")

    utf8_output()
    if watch is not None:
        _watch(once, watch, as_json)
    results, part = once()
    for result in results:
        if part is None or as_json or result.came or result.went or result.error is not None:
            _tell(result, as_json)
    if part is not None:
        say(part)
    elif not results and not as_json:
        say("no other party is asked: the others come to this one, or fetch bundles")
    if any(not result.ok for result in results):
        raise typer.Exit(EXIT_FAILED)


def _watch(
    once: Callable[[], tuple[tuple[SyncResult, ...], str | None]], every: float, as_json: bool
) -> NoReturn:
    """Exchange again and again. What goes on being wrong, or brings nothing, is not told at each turn."""
    said: dict[str, str | None] = {}

    def told(party: str, error: str | None) -> bool:
        before, said[party] = said.get(party), error
        return before == error

    while True:
        try:
            results, part = once()
            for result in results:
                if not told(result.party, result.error) or result.came or result.went:
                    _tell(result, as_json)
            if not told("", part) and part is not None:
                say(part)
        except SeamwatchError as wrong:  # a busy database, or a charter that is still to come
            if not told("", str(wrong)):
                say(f"seamwatch exchange sync: {wrong}")
        time.sleep(every)


def _tell(result: SyncResult, as_json: bool) -> None:
    if as_json:
        row = {"party": result.party, "ok": result.ok, "came": result.came, "went": result.went}
        typer.echo(json_line({**row, "error": result.error}))
        return
    # Of who could not be reached, that nothing came and went is no news.
    if result.error is None or result.came or result.went:
        typer.echo(f"{result.party}: {result.came} came, {result.went} went")
    if result.error is not None:
        from seamwatch.publish.plain import printable

        say(printable(f"{result.party}: {result.error}"))


@app.command("serve")
def serve(
    db: str = DB_OPTION,
    keys: Path = KEYS_OPTION,
    host: str = typer.Option("127.0.0.1", help="Where to listen. Beyond this machine only with --cert."),
    port: int = typer.Option(8766, min=0, max=65_535, help="On which port; 0 takes any that is free."),
    cert: Path = typer.Option(
        None, metavar="FILE", help="The certificate, as PEM, with --key.", show_default=False
    ),
    key: Path = typer.Option(None, metavar="FILE", help="The key of --cert.", show_default=False),
    behind_proxy: bool = typer.Option(
        False, "--behind-proxy", help="A proxy on this machine holds the certificate; believe what it says."
    ),
) -> None:
    """Let the other parties of the charter fetch their feeds and bring theirs. Nothing else is served.

    It prints its address and runs until Ctrl-C, beside the desk, on the same database.

    Example: seamwatch exchange serve --db north.db --host 0.0.0.0 --cert north.pem --key north.key
    """
    from seamwatch.cli.serving_doubts import serving_doubts
    from seamwatch.serve.exchange_options import ExchangeOptions
    from seamwatch.serve.exchange_run import run_exchange

    with open_database(db) as store:
        for doubt in serving_doubts(store, cert, behind_proxy=behind_proxy):
            say(f"doubt: {doubt}")
    options = ExchangeOptions(db=database_path(db), keys=keys)

    def ready(address: str) -> None:
        typer.echo(address)
        say("The exchange is open to the parties of the charter at this address. Ctrl-C ends it.")

    run_exchange(options, host, port, cert=cert, key=key, behind_proxy=behind_proxy, ready=ready)
    say("The exchange is closed.")


@app.command("status")
def status(db: str = DB_OPTION, as_json: bool = JSON_OPTION) -> None:
    """List the parties: when they were reached last, what came and went, and what is not receipted yet.

    Example: seamwatch exchange status --db north.db
    """
    from seamwatch.pipeline.centre.overview import centre_json

    utf8_output()
    with open_database(db) as store:
        found = centre_json(store)
    if as_json:
        typer.echo(json_line(found))
        return
    if found["charter"] is None:
        raise SeamwatchError(
            "no charter is in force here: draft one with `seamwatch charter draft`, or take one over with "
            "`seamwatch charter import FILE`, and sign it",
            code="no_charter",
        )
    _print_table(
        ("PARTY", "STATE", "REACHED", "SENT", "WITHDRAWN", "UNRECEIPTED", "RECEIVED", "HELD"),
        [_row(party) for party in found["parties"]],
    )
    for party in found["parties"]:
        if party["problem"]:
            from seamwatch.publish.plain import printable

            say(printable(f"{party['id']}: {party['problem']}"))


def _row(party: dict[str, Any]) -> tuple[str, ...]:
    sent, received = party["sent"], party["received"]
    state = party["state"] + (" (relay)" if party["role"] == "relay" else "")
    if party["me"]:
        return (party["id"], f"{state}, this one", "", "", "", "", "", "")
    return (
        party["id"],
        state,
        _reached(party["reached"], party["bundle"]),
        str(sent["released"]),
        str(sent["withdrawn"]),
        str(sent["unreceipted"]),
        str(received["shown"]),
        str(received["held"]),
    )


def _reached(line: str | None, bundle: dict[str, str | None]) -> str:
    """Return when a party was heard last, over the line or by a bundle; else that one was written for it."""
    taken, written = bundle["imported"], bundle["exported"]
    for told, at in (
        ("", line if line and line >= (taken or "") else None),
        ("by bundle, ", taken),
        ("bundle written, ", written),
    ):
        if at:
            return told + at[:16].replace("T", " ")
    return "never"


@app.command("withdrawals")
def withdrawals(
    db: str = DB_OPTION,
    keys: Path = KEYS_OPTION,
    waiting: bool = typer.Option(False, "--waiting", help="Only those that somebody has not receipted yet."),
    as_json: bool = JSON_OPTION,
) -> None:
    """List what was withdrawn from other parties, and who has receipted that: the latest first.

    A receipt says that the other node has erased it. A party that does not cooperate can keep what it read.

    Example: seamwatch exchange withdrawals --waiting --db north.db
    """
    from seamwatch.pipeline.centre.overview import withdrawals_json

    utf8_output()
    with open_party(db, keys) as node:
        found = node.withdrawals()
    if waiting:
        found = tuple(w for w in found if any(at is None for _, at in w.receivers))
    if as_json:
        typer.echo(json_line(withdrawals_json(found)))
        return
    rows = []
    for w in found:
        receipted = [party for party, at in w.receivers if at is not None]
        missing = [party for party, at in w.receivers if at is None]
        at = "" if w.at is None else w.at.isoformat()[:16].replace("T", " ")
        told = (w.incident or w.record, w.field or "all of it", at, ", ".join(receipted), ", ".join(missing))
        rows.append((*told, w.why))
    if not rows:
        say("Every withdrawal is receipted." if waiting else "Nothing was withdrawn.")
        return
    _print_table(("INCIDENT", "WHAT", "WITHDRAWN", "RECEIPTED BY", "WAITING FOR", "WHY"), rows)


def _print_table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    from seamwatch.publish.plain import printable

    table = [heads, *[tuple(printable(cell) for cell in row) for row in rows]]
    widths = [max(len(row[at]) for row in table) for at in range(len(heads))]
    for row in table:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


app.command("export")(exchange_files.export)
app.command("import")(exchange_files.import_)
