"""`seamwatch unanswered`: incidents in contested areas that no party answered in time."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import typer

from seamwatch.cli.database import DB_OPTION, open_database
from seamwatch.cli.output import utf8_output
from seamwatch.cli.request import JSON_OPTION, own_party


def unanswered(
    area: list[str] = typer.Option(
        [], metavar="AREA", help="Only those in this area of the charter, by id.", show_default=False
    ),
    json: bool = JSON_OPTION,
    db: str = DB_OPTION,
) -> None:
    """List incidents in contested areas to which no party answered in the charter's time.

    An answer is a request for a response about the incident that a party
    accepted or has done, or its own word that it covers it (`request new
    --cover`). The longest overdue comes first.

    Example: seamwatch unanswered --area garmiyan --db kirkuk.db
    """
    from seamwatch.model.incident_codec import incident_json
    from seamwatch.pipeline.centre.agreeing import charter_state
    from seamwatch.pipeline.centre.request_views import unanswered_incidents
    from seamwatch.publish.plain import date_words, place_words
    from seamwatch.publish.requests import unanswered_json, write_rows, write_unanswered

    utf8_output()
    now = datetime.now(UTC)
    with open_database(db) as store:
        state = charter_state(store)
        found = unanswered_incidents(store, own_party(store), state, now, areas=area or None)
        incidents = [store.incident(one.incident) for one in found]
    if json:
        rows = (
            unanswered_json(one, incident_json(incident))
            for one, incident in zip(found, incidents, strict=True)
        )
        write_rows("unanswered", rows, sys.stdout)
        return
    words = (
        f"{i.sub_event_type.value}, {place_words(i.place) or 'place not known'}, {date_words(i.date)}"
        for i in incidents
    )
    expected = any(time.kind == "incident" and time.answer_hours for time in state.charter.answer_times)
    write_unanswered(zip(found, words, strict=True), sys.stdout, now=now, expected=expected)
