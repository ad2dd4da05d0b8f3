"""`seamwatch release`: what goes to which party, by rules and by orders, and what a party would receive."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from seamwatch.cli.database import DB_OPTION, database_path, open_database
from seamwatch.cli.decide import BY_OPTION, WHY_OPTION, who_decides
from seamwatch.cli.key_file import KEYS_OPTION, open_party
from seamwatch.cli.output import say, utf8_output
from seamwatch.cli.release_text import goes_with, order_words, run_lines, status_lines, write_preview
from seamwatch.errors import InputError
from seamwatch.model.release import ReleaseOrder
from seamwatch.vocabulary.coordination import OrderKind, Tlp

if TYPE_CHECKING:
    from seamwatch.model.charter import CharterState
    from seamwatch.pipeline.centre.weighing import Weighing
    from seamwatch.store.base import Store

INCIDENT = typer.Argument(..., metavar="INCIDENT", help="An incident's id.")
TO_OPTION = typer.Option(
    None, "--to", metavar="PARTY", help="For this party alone. Without it, for all.", show_default=False
)
FIELD_OPTION = typer.Option(..., "--field", metavar="FIELD", help="As place, killed, sources or quotes.")
JSON_OPTION = typer.Option(False, "--json", help="Write JSON, for other programs.")

app = typer.Typer(
    name="release",
    help=(
        "Say what other parties receive, and see it before it goes. Rules decide field by field; orders "
        "hold, label or withhold single incidents. What no rule gives does not leave this machine."
    ),
    no_args_is_help=True,
    rich_markup_mode="rich",
)


class _Opened(NamedTuple):
    store: Store
    state: CharterState
    me: str


@contextmanager
def _opened(db: str | None) -> Iterator[_Opened]:
    """Yield the store with the charter in force; SeamwatchError where the record is no party of one."""
    from seamwatch.cli.request import own_party
    from seamwatch.pipeline.centre.agreeing import charter_state

    with open_database(db) as store:
        me = own_party(store)
        yield _Opened(store, charter_state(store), me)


def _weighing(opened: _Opened) -> Weighing:
    from seamwatch.pipeline.centre.weighing import Weighing

    return Weighing(opened.store, opened.state, opened.me, datetime.now(UTC))


@app.command("rules")
def rules(
    file: Path = typer.Argument(None, metavar="[FILE]", help="New rules, in YAML. They hold from now on."),
    show: bool = typer.Option(False, "--show", help="Print the rules in force."),
    check: Path = typer.Option(
        None, "--check", metavar="FILE", help="Only check a file of rules.", show_default=False
    ),
    by: str = BY_OPTION,
    db: str = DB_OPTION,
) -> None:
    """Set, print or check your own release rules. The first that fits decides; the charter's come last.

    Example: seamwatch release rules rules.yaml --db kirkuk.db
    """
    from seamwatch.cli.doubts import doubts_of_rules, say_doubts
    from seamwatch.cli.exchange_words import counted
    from seamwatch.coordinate.rule_codec import rules_from_yaml

    utf8_output()
    if check is not None:
        found = rules_from_yaml(_text(check), str(check))
        doubts = doubts_of_rules(found, db)
        said = "nothing wrong" if not doubts else f"valid, with {counted(len(doubts), 'doubt')}"
        say(f"{check}: {counted(len(found), 'rule')}, {said}")
        say_doubts(doubts)
        return
    if file is not None:
        from seamwatch.pipeline.centre.ordering import put_rules

        text = _text(file)
        found = rules_from_yaml(text, str(file))
        if not found and "rules" not in text:
            raise InputError(f"{file} holds no rules: write `rules: []` where none of your own shall hold")
        with open_database(db) as store:
            made = put_rules(store, text, who_decides(by), datetime.now(UTC))
        say_doubts(doubts_of_rules(found, db))
        say(f"rules version {made.version} hold; `seamwatch release preview --to PARTY` shows what they give")
        return
    if not show:
        raise InputError("give a file of rules, or --show, or --check FILE")
    with open_database(db) as store:
        stored = store.release_rules()
    if stored is None:
        say("no own rules: only the charter's rules decide")
        return
    typer.echo(stored.yaml.rstrip("\n"))


@app.command("preview")
def preview(
    incident: str = typer.Argument(None, metavar="[INCIDENT]", help="Only this one, with every field."),
    to: str = typer.Option(..., "--to", metavar="PARTY", help="Who would receive it."),
    state: str = typer.Option(
        None,
        "--state",
        metavar="STATE",
        help="Only released, waits, approval, held or none.",
        show_default=False,
    ),
    json: bool = JSON_OPTION,
    db: str = DB_OPTION,
) -> None:
    """Show exactly what a party would receive now, and why. Nothing is sent.

    Example: seamwatch release preview --to b i-4f7x2m9qpa --db kirkuk.db
    """
    from seamwatch.pipeline.centre.previewing import preview as weighed
    from seamwatch.pipeline.centre.previewing import preview_of
    from seamwatch.pipeline.centre.releasing import STATES

    utf8_output()
    if state is not None and state not in STATES:
        raise InputError(f"--state: {state!r} is none of: {', '.join(STATES)}")
    with _opened(db) as opened:
        weighing = _weighing(opened)
        one = incident is not None
        items = iter((preview_of(weighing, to, incident),)) if one else weighed(weighing, to)
        write_preview(
            (i for i in items if state is None or state in i.is_in), sys.stdout, whole=one, json=json
        )


def _order(db: str | None, keys: Path | None, incident: str, order: ReleaseOrder) -> None:
    """Store an order, and carry it out where this machine has the party's keys."""
    from seamwatch.pipeline.centre.agreeing import charter_in_force
    from seamwatch.pipeline.centre.opening import keys_beside
    from seamwatch.pipeline.centre.ordering import give_order

    utf8_output()
    with open_database(db) as store:
        made = give_order(store, order, charter_in_force(store))
        say(f"order {made.number}: {order_words(made)}")
        active = charter_in_force(store) is not None
    path = keys or keys_beside(database_path(db))
    if not active or not path.exists():
        say("it takes effect with the next `seamwatch release run`")
        return
    from seamwatch.pipeline.centre.releasing import release_incidents

    with open_party(db, path) as node:
        for line in run_lines(release_incidents(node, [made.incident])):
            typer.echo(line)


def _resolved(db: str | None, incident: str) -> str:
    with open_database(db) as store:
        return store.resolve_id(incident)


def _made(
    db: str | None, incident: str, kind: OrderKind, by: str | None, why: str, to: str | None
) -> ReleaseOrder:
    return ReleaseOrder(
        incident=_resolved(db, incident), kind=kind, by=who_decides(by), at=datetime.now(UTC), to=to, why=why
    )


@app.command("hold")
def hold(
    incident: str = INCIDENT,
    to: str = TO_OPTION,
    by: str = BY_OPTION,
    why: str = WHY_OPTION,
    keys: Path = KEYS_OPTION,
    db: str = DB_OPTION,
) -> None:
    """Hold an incident back: it does not go out, and where it went out it is withdrawn.

    Example: seamwatch release hold i-4f7x2m9qpa --to b --why "a source is at risk" --db kirkuk.db
    """
    _order(db, keys, incident, _made(db, incident, OrderKind.HOLD, by, why, to))


@app.command("allow")
def allow(
    incident: str = INCIDENT,
    field: str = typer.Option(
        None, "--field", metavar="FIELD", help="Give this withheld field again.", show_default=False
    ),
    to: str = TO_OPTION,
    by: str = BY_OPTION,
    why: str = WHY_OPTION,
    keys: Path = KEYS_OPTION,
    db: str = DB_OPTION,
) -> None:
    """Take a hold back: the rules decide again. With --field, take back that a field is withheld.

    Example: seamwatch release allow i-4f7x2m9qpa --db kirkuk.db
    """
    from dataclasses import replace

    order = _made(db, incident, OrderKind.RELEASE, by, why, to)
    _order(db, keys, incident, replace(order, field=field))


@app.command("label")
def label(
    incident: str = INCIDENT,
    tlp: str = typer.Argument(..., metavar="LABEL", help="clear, green, amber, amber+strict or red."),
    to: str = TO_OPTION,
    by: str = BY_OPTION,
    why: str = WHY_OPTION,
    keys: Path = KEYS_OPTION,
    db: str = DB_OPTION,
) -> None:
    """Release an incident under this TLP label at least. It is never freer than its rule says.

    Example: seamwatch release label i-4f7x2m9qpa amber+strict --db kirkuk.db
    """
    from dataclasses import replace

    try:
        wanted = Tlp(f"TLP:{tlp.strip().upper().removeprefix('TLP:')}")
    except ValueError:
        raise InputError(f"{tlp!r} is no label; these are: {', '.join(Tlp)}") from None
    _order(db, keys, incident, replace(_made(db, incident, OrderKind.LABEL, by, why, to), tlp=wanted))


@app.command("withhold")
def withhold(
    incident: str = INCIDENT,
    field: str = FIELD_OPTION,
    to: str = TO_OPTION,
    by: str = BY_OPTION,
    why: str = WHY_OPTION,
    keys: Path = KEYS_OPTION,
    db: str = DB_OPTION,
) -> None:
    """Withhold one field of an incident; where it went out, it is withdrawn and erased there.

    Example: seamwatch release withhold i-4f7x2m9qpa --field weapons --db kirkuk.db
    """
    from dataclasses import replace

    order = _made(db, incident, OrderKind.WITHHOLD_FIELD, by, why, to)
    _order(db, keys, incident, replace(order, field=field))
    if (more := goes_with(field)) is not None:
        say(more)


@app.command("approve")
def approve(
    incident: str = INCIDENT,
    to: str = TO_OPTION,
    by: str = BY_OPTION,
    why: str = WHY_OPTION,
    db: str = DB_OPTION,
) -> None:
    """Approve what waits for a second person, as `release preview` shows it.

    You can't approve what you decided on last, or whose hold you lifted.

    Example: seamwatch release approve i-4f7x2m9qpa --to b --by Dilan --db kirkuk.db
    """
    from seamwatch.pipeline.centre.ordering import approve as approved

    utf8_output()
    order = _made(db, incident, OrderKind.APPROVE, by, why, to)
    with _opened(db) as opened:
        for made in approved(opened.store, opened.state, opened.me, order):
            say(f"order {made.number}: approved {made.incident} to {made.to}: {', '.join(made.approved)}")
    say("it goes out with the next `seamwatch release run`")


@app.command("run")
def run(
    full: bool = typer.Option(False, "--full", help="Weigh every incident anew, not only what changed."),
    keys: Path = KEYS_OPTION,
    db: str = DB_OPTION,
) -> None:
    """Release and withdraw what is due, into the feeds of the parties. An exchange does it by itself.

    Example: seamwatch release run --db kirkuk.db
    """
    from seamwatch.pipeline.centre.releasing import release_due

    utf8_output()
    with open_party(db, keys) as node:
        for line in run_lines(release_due(node, full=full)):
            typer.echo(line)


@app.command("status")
def status(json: bool = JSON_OPTION, db: str = DB_OPTION) -> None:
    """Say by which rules releases go, what stands at each party, and what waits.

    Example: seamwatch release status --db kirkuk.db
    """
    utf8_output()
    with _opened(db) as opened:
        for line in status_lines(_weighing(opened), json=json):
            typer.echo(line)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise InputError(f"{path} can't be read ({wrong}): give a file of rules in YAML, in UTF-8") from None
