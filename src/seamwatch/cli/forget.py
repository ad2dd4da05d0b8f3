"""`seamwatch forget`: an article erased, with all that came of it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from seamwatch.cli.database import DB_OPTION, open_database
from seamwatch.cli.decide import BY_OPTION, who_decides
from seamwatch.cli.output import EXIT_FAILED, EXIT_USAGE, say, utf8_output

if TYPE_CHECKING:
    from seamwatch.model.tombstone import Tombstone
    from seamwatch.pipeline.forget import ForgetPlan, Forgotten
    from seamwatch.store.base import Store


def forget(
    article: str = typer.Argument(
        ..., metavar="ARTICLE", help="The article's id, or the URL that it was read from.", show_default=False
    ),
    db: str = DB_OPTION,
    why: str = typer.Option(
        None, metavar="TEXT", help="The reason, without repeating what is erased.", show_default=False
    ),
    by: str = BY_OPTION,
    with_versions: bool = typer.Option(
        False,
        "--with-versions",
        help="Forget the versions too: articles that tell the same in nearly the same words.",
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="Say what would be erased, and change nothing."),
    yes: bool = typer.Option(False, "--yes", "-y", help="Do not ask."),
    allow: bool = typer.Option(
        False, "--allow", help="Let the text of a forgotten article be stored again; restores nothing."
    ),
) -> None:
    """Erase an article for a legal or safety reason: its text, its quotes and every value taken from it.

    Its incidents are told anew from the other articles; one that no other
    article tells is gone. A tombstone stays: the id, who, when and why. The
    same text is refused from then on.

    Not erased: files that you exported or copied, backups, and other articles
    that tell the same.

    Example: seamwatch forget A17 --why "the witness is in danger" --db kirkuk.db
    """
    utf8_output()
    if allow:
        _allow(article, db)
        return
    with open_database(db) as store:
        known = store.tombstone(article)
        if known is not None and store.article_ref(article) is None:
            _finish(store, known, dry_run=dry_run)
            return
        from seamwatch.pipeline.forget import find_article, plan_forgetting
        from seamwatch.pipeline.forget import forget as erase

        name = find_article(store, article)
        if not why and not dry_run:
            say("seamwatch forget: say the reason with --why TEXT, without repeating what is to be erased")
            raise typer.Exit(EXIT_USAGE)
        _tell_plan(plan_forgetting(store, name, with_versions=with_versions))
        if dry_run:
            return
        if not yes:
            _ask()
        _tell_erased(erase(store, name, by=who_decides(by), why=why, with_versions=with_versions))
        store.erase_traces()
    typer.echo("no byte of it is left in the database; exports, copies and backups are not erased")


def _ask() -> None:
    """Go on only where the user says yes; where nobody can be asked, --yes is needed."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        say("seamwatch forget: nothing was erased; to erase it where nobody can be asked, add --yes")
        raise typer.Exit(EXIT_USAGE)
    if not typer.confirm("Erase this for ever?", err=True):
        say("nothing was erased")
        raise typer.Exit(EXIT_FAILED)


def _allow(name: str, db: str | None) -> None:
    from seamwatch.pipeline.forget import allow_again

    with open_database(db) as store:
        lifted = allow_again(store, name)
    _print(f"{_was_forgotten(lifted)}; its text may be read again")


def _finish(store: Store, known: Tombstone, *, dry_run: bool) -> None:
    """Erase what an interrupted run may have left in the files of an article that is forgotten already."""
    _print(_was_forgotten(known))
    if store.has_traces():
        if dry_run:
            typer.echo("that run was interrupted: bytes may be left in the database, and would be erased now")
            return
        store.erase_traces()
    typer.echo("no byte of it is left in the database; exports, copies and backups are not erased")


def _was_forgotten(known: Tombstone) -> str:
    return f"{known.article} was forgotten on {known.at:%Y-%m-%d} by {known.by}: {known.why}"


def _tell_plan(plan: ForgetPlan) -> None:
    """Say what goes by ids and numbers, nothing of the content."""
    lines = [
        f"to erase: {_count(len(plan.articles), 'article')} ({', '.join(plan.articles)}), as carried by "
        f"{_count(len(plan.outlets), 'outlet')}, with {_count(len(plan.mentions), 'account')} of incidents"
    ]
    if plan.losing:
        lines.append(f"incidents that lose a source: {', '.join(plan.losing)}")
    if plan.vanishing:
        lines.append(f"incidents that no other article tells: {', '.join(plan.vanishing)}")
    if plan.erased:
        lines.append(f"decisions that lose their value and reason: {_numbers(plan.erased)}")
    if plan.kept:
        lines.append(
            f"decisions about other articles too, which stay as they are: {_numbers(plan.kept)}; see whether "
            "a value or a reason repeats what is erased"
        )
    if plan.versions:
        kept = ", ".join(f"{ref.id} ({ref.source or 'no outlet'})" for ref in plan.versions)
        lines.append(f"stays, and tells nearly the same: {kept}; erase that too with --with-versions")
    for line in lines:
        _print(line)


def _tell_erased(done: Forgotten) -> None:
    """Say what went, and which incidents are told without it now."""
    plan = done.plan
    line = f"erased: {', '.join(plan.articles)}"
    if done.incidents:
        line += f"; told anew without it: {', '.join(done.incidents)}"
    if plan.vanishing:
        line += f"; gone: {', '.join(plan.vanishing)}"
    _print(line)


def _print(line: str) -> None:
    from seamwatch.publish.plain import printable

    typer.echo(printable(line))


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _numbers(decisions: tuple[int, ...]) -> str:
    return ", ".join(f"d{number}" for number in decisions)
