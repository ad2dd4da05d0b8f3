"""`seamwatch request`: what we ask other parties, what they ask us, and the answers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from seamwatch.cli.database import DB_OPTION, open_database
from seamwatch.cli.filter_words import MOMENT
from seamwatch.cli.key_file import KEYS_OPTION, open_party
from seamwatch.cli.output import say, utf8_output
from seamwatch.errors import FieldError, InputError, SeamwatchError
from seamwatch.vocabulary.coordination import Priority, RequestKind, RequestState

if TYPE_CHECKING:
    from seamwatch.model.charter import AnswerTime
    from seamwatch.model.request import Request, RequestView
    from seamwatch.pipeline.centre.node import Node
    from seamwatch.store.base import Store

OFFICE_OPTION = typer.Option(
    "",
    "--by",
    metavar="OFFICE",
    help="The office that asks or answers, as in: Duty desk. Never a person's name.",
    show_default=False,
)
AS_WRITTEN_OPTION = typer.Option(
    False, "--as-written", help="Send the text even where it tells what your release rules do not give."
)
JSON_OPTION = typer.Option(False, "--json", help="Write JSON, for other programs.")
ID = typer.Argument(..., metavar="ID", help="A request's id, or its first characters.")

app = typer.Typer(
    name="request",
    help=(
        "Ask other parties for information, for verification or for a response, with a deadline, and answer "
        "what they ask. What you ask or answer goes out with the next exchange."
    ),
    no_args_is_help=True,
    rich_markup_mode="rich",
)


class Direction(StrEnum):
    """Which requests to list."""

    IN = "in"
    OUT = "out"


class Reply(StrEnum):
    """What can be answered."""

    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DONE = "done"


def own_party(store: Store) -> str:
    """Return the id of the party whose record this is; SeamwatchError where it is none yet."""
    card = store.own_party()
    if card is None:
        raise SeamwatchError(
            "this record is no party of a centre yet: make it one with: seamwatch party init", code="no_party"
        )
    return str(card["id"])


def answer_times(store: Store) -> tuple[AnswerTime, ...]:
    """Return the answer times of the charter in force; none without one."""
    from seamwatch.pipeline.centre.agreeing import charter_in_force

    state = charter_in_force(store)
    return () if state is None else state.charter.answer_times


@app.command("new")
def new(
    text: str = typer.Argument(..., metavar="TEXT", help="What you ask, in up to 4,000 characters."),
    to: list[str] = typer.Option(
        [], "--to", metavar="PARTY", help="Whom to ask, by id; give it again for more.", show_default=False
    ),
    kind: RequestKind = typer.Option(RequestKind.INFORMATION, "--kind", help="What you ask for."),
    deadline: datetime = typer.Option(
        None, formats=MOMENT, metavar="DATETIME", help="Until when, in UTC.", show_default=False
    ),
    hours: float = typer.Option(
        24.0, min=0.1, max=24 * 366, help="Until when, from now, where there is no --deadline."
    ),
    priority: Priority = typer.Option(Priority.ROUTINE, help="How pressing it is."),
    incident: str = typer.Option(
        None, metavar="ID", help="The incident that it is about.", show_default=False
    ),
    area: str = typer.Option(
        None, metavar="AREA", help="The charter's area that it is about, by id.", show_default=False
    ),
    cover: bool = typer.Option(
        False, "--cover", help="Ask nobody: tell all parties that you respond, as in: we cover this road."
    ),
    as_written: bool = AS_WRITTEN_OPTION,
    by: str = OFFICE_OPTION,
    db: str = DB_OPTION,
    keys: Path = KEYS_OPTION,
) -> None:
    """Ask one or several parties; print the request's id.

    The other parties read the text. Where it tells of the incident what the
    release rules do not give them, nothing is sent, unless --as-written. Of
    the incident itself only the id of its record goes out.

    Example: seamwatch request new "Is Kulajo reached?" --to relief --incident i-4f7x2m9qpa --db kirkuk.db
    """
    from seamwatch.pipeline.centre.requesting import new_request, respond

    utf8_output()
    with open_party(db, keys) as node, _naming_the_option():
        now = node.clock()
        until = deadline.replace(tzinfo=UTC) if deadline else now + timedelta(hours=hours)
        if cover:
            if to:
                raise InputError("--cover asks nobody: leave --to out, or leave out --cover")
            made = respond(
                node,
                text=text,
                incident=incident,
                area=area,
                deadline=until,
                by=by,
                actor="cli",
                as_written=as_written,
            )
        elif not to:
            raise InputError("whom do you ask? name a party with --to, as in: --to relief")
        else:
            made = new_request(
                node,
                to=to,
                kind=kind,
                text=text,
                deadline=until,
                priority=priority,
                incident=incident,
                area=area,
                by=by,
                actor="cli",
                as_written=as_written,
            )
        typer.echo(made.request.id)
        _say_ways(node, made.request)


@app.command("list")
def list_(
    state: RequestState = typer.Option(None, help="Only those in this state.", show_default=False),
    direction: Direction = typer.Option(
        None, help="in: what others ask; out: what we ask.", show_default=False
    ),
    party: str = typer.Option(None, help="Only those from or to this party.", show_default=False),
    json: bool = JSON_OPTION,
    db: str = DB_OPTION,
) -> None:
    """List requests with where they stand now, the newest first.

    Example: seamwatch request list --direction in --state open --db kirkuk.db
    """
    from seamwatch.pipeline.centre.request_views import requests
    from seamwatch.publish.requests import write_json, write_table

    utf8_output()
    with open_database(db) as store:
        found = requests(
            store,
            own_party(store),
            datetime.now(UTC),
            answer_times(store),
            state=state,
            direction=direction.value if direction else None,
            party=party,
        )
    (write_json if json else write_table)(found, sys.stdout)


@app.command("show")
def show(id: str = ID, json: bool = JSON_OPTION, db: str = DB_OPTION) -> None:
    """Show one request in full, with its answers.

    Example: seamwatch request show 3f6f2c1e --db kirkuk.db
    """
    from seamwatch.pipeline.centre.request_views import one_request, request_like
    from seamwatch.publish.plain import json_line
    from seamwatch.publish.requests import told_json, write_one

    utf8_output()
    with open_database(db) as store:
        told = one_request(
            store, own_party(store), request_like(store, id), datetime.now(UTC), answer_times(store)
        )
    if json:
        typer.echo(json_line(told_json(told)))
    else:
        write_one(told, sys.stdout)


@app.command("answer")
def answer(
    id: str = ID,
    state: Reply = typer.Argument(..., metavar="STATE", help="acknowledged, accepted, declined or done."),
    text: str = typer.Option(
        "", "--text", metavar="TEXT", help="What you answer; why, where you decline.", show_default=False
    ),
    as_written: bool = AS_WRITTEN_OPTION,
    by: str = OFFICE_OPTION,
    db: str = DB_OPTION,
    keys: Path = KEYS_OPTION,
) -> None:
    """Answer a request. Who asked and all others who were asked are told.

    acknowledged: read, an answer follows. accepted: we take it on. declined
    needs a reason. done: here it is, or it is done. An answer after the
    deadline counts, and is shown as given late. A text that tells them of
    the incident what your release rules do not give needs --as-written.

    Example: seamwatch request answer 3f6f2c1e accepted --text "a patrol leaves at 6" --db kirkuk.db
    """
    from seamwatch.pipeline.centre.request_views import request_like
    from seamwatch.pipeline.centre.requesting import answer_request

    utf8_output()
    with open_party(db, keys) as node, _naming_the_option():
        asked = request_like(node.store, id)
        made = answer_request(
            node,
            asked.id,
            RequestState(state.value),
            text,
            sender=asked.sender,
            by=by,
            actor="cli",
            as_written=as_written,
        )
        typer.echo(_stands(made))
        _say_ways(node, made.request)


@contextmanager
def _naming_the_option() -> Iterator[None]:
    """Say with a text that is refused how it is sent all the same."""
    try:
        yield
    except FieldError as wrong:
        if wrong.code != "tells_withheld":
            raise
        raise FieldError(f"{wrong} with --as-written", field=wrong.field, code=wrong.code) from wrong


def _say_ways(node: Node, request: Request) -> None:
    """Say how a request or an answer goes out: over the line, and as a file to who has no address."""
    from seamwatch.cli.exchange_words import without_address

    say("It is signed and stored; seamwatch exchange sync sends it.")
    state = node.state()
    # Who covers something asks nobody, and all are told.
    told = {request.sender, *request.to} - {node.me} or {p.id for p in state.charter.parties} - {node.me}
    for line in without_address(sorted(told), state):
        say(line)


def _stands(view: RequestView) -> str:
    return f"request {view.request.id}: {view.state.value}"
