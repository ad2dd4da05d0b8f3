"""`seamwatch explain`: one incident with every value, its quotes and sources."""

from __future__ import annotations

import sys

import typer

from seamwatch.cli.database import DB_OPTION, open_database
from seamwatch.cli.incidents import POLICY_OPTION
from seamwatch.cli.output import utf8_output
from seamwatch.vocabulary.codes import Policy


def explain(
    id: str = typer.Argument(
        ..., metavar="ID", help="The incident's id, as `seamwatch incidents` lists it, or one that it had."
    ),
    db: str = DB_OPTION,
    policy: Policy = POLICY_OPTION,
) -> None:
    """Show an incident: every value with its quotes and sources, disagreements, revisions.

    Example: seamwatch explain i-4f7x2m9qpa --db kirkuk.db
    """
    from seamwatch.pipeline.listing import incident_by
    from seamwatch.publish.explain import explain as write

    utf8_output()
    with open_database(db) as store:
        incident = incident_by(store, id, policy)
        articles = {a.id: a for a in store.articles({m.article.id for m in incident.mentions})}
        labels = store.label_orders(list(articles))
    write(incident, articles, sys.stdout, colour=sys.stdout.isatty(), labels=labels)
