"""`seamwatch link`: everything linked anew, after new rules or to see what they would change."""

from __future__ import annotations

import sys
from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import typer

from seamwatch.cli.database import DB_OPTION, open_database
from seamwatch.cli.decided import contradiction_lines
from seamwatch.cli.output import say, stages, utf8_output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seamwatch.link.decisions import Contradiction
    from seamwatch.pipeline.relinking import Changed, Relinked
    from seamwatch.store.base import Store

MOST = 20  # changed incidents that the text names; --format json names all
KINDS = ("merged", "split", "regrouped", "new", "gone", "values")


class LinkFormat(StrEnum):
    """How it is told what linking changed."""

    TEXT = "text"
    JSON = "json"


def link(
    db: str = DB_OPTION,
    rebuild: bool = typer.Option(
        False, "--rebuild", help="Link anew also where the database is linked by today's rules."
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="Say what would change, and change nothing."),
    format: LinkFormat = typer.Option(LinkFormat.TEXT, "--format", "-f", help="How to tell what changed."),
) -> None:
    """Link all mentions anew where the rules of linking are other ones than those of the database.

    What people decided holds, and every id leads on to its incident. All of
    it is one transaction: after a crash the incidents are the old or the new.

    `read` does the same by itself before it stores anything. This command
    tells what changes, and with --dry-run what would.

    Example: seamwatch link --dry-run --db kirkuk.db
    """
    from seamwatch.link.decisions import contradictions_of
    from seamwatch.model.decision import standing
    from seamwatch.pipeline.relinking import is_linked, relink_all

    utf8_output()
    with open_database(db) as store:
        current = is_linked(store)
        done = None
        if rebuild or not current:
            with stages() as step:
                done = relink_all(store, dry_run=dry_run, step=step)
        found = contradictions_of(standing(store.decisions()))
        if format is LinkFormat.JSON:
            _write_json(_json(store, done, found, current=current, dry_run=dry_run))
        else:
            for line in _lines(store, done, current=current, dry_run=dry_run):
                typer.echo(line)
    for line in contradiction_lines(found):
        say(line)


def _lines(store: Store, done: Relinked | None, *, current: bool, dry_run: bool) -> list[str]:
    """Return what was done, or would be, in lines for standard output."""
    many = store.counts()["mentions"]
    if not many:
        return ["the database holds no mentions: there is nothing to link"]
    if done is None:
        held = "the one mention is" if many == 1 else f"all {many:,} mentions are"
        return [f"{held} linked by today's rules; to link anew all the same, add --rebuild"]
    lines = [] if current else ["the database is linked by other rules than today's"]
    what = "to link anew" if dry_run else "linked anew"
    lines.append(
        f"{what}: {_count(done.mentions, 'mention')} with {_count(done.links, 'link')}, which "
        f"{'would tell' if dry_run else 'tell'} {_count(done.incidents, 'incident')}"
    )
    if not done.changed:
        lines.append("no incident would change" if dry_run else "no incident changed")
    else:
        told = Counter(change.kind for change in done.changed)
        parts = ", ".join(f"{told[kind]:,} {_WORDS[kind]}" for kind in KINDS if told[kind])
        lines.append(f"{'would change' if dry_run else 'changed'}: {parts}")
        lines += [_change_line(change) for change in _shown(done.changed)]
        if len(done.changed) > MOST:
            lines.append(f"  and {len(done.changed) - MOST:,} more; --format json names all")
    if dry_run:
        lines.append("nothing was changed")
    return lines


_WORDS = {
    "merged": "merged",
    "split": "split off or reduced",
    "regrouped": "regrouped",
    "new": "new",
    "gone": "gone",
    "values": "with other values",
}


def _shown(changed: Sequence[Changed]) -> list[Changed]:
    """Return the first of the changes, those of the grouping before those of values."""
    return sorted(changed, key=lambda c: (KINDS.index(c.kind), c.id))[:MOST]


def _change_line(change: Changed) -> str:
    others = [name for name in change.before if name != change.id]
    match change.kind:
        case "new":
            return f"  new        {change.id}"
        case "gone":
            return f"  gone       {change.id}"
        case "values":
            return f"  values     {change.id}: {', '.join(change.fields)}"
        case _:
            took = change.id in change.before
            source = f" {'with' if took else 'of'} {', '.join(others)}" if others else ", with less mentions"
            return f"  {change.kind:<10} {change.id}{source}"


def _json(
    store: Store,
    done: Relinked | None,
    found: Sequence[Contradiction],
    *,
    current: bool,
    dry_run: bool,
) -> dict[str, Any]:
    changed = _ordered(done.changed) if done else []
    counts = store.counts()
    return {
        "was_current": current,
        "linked_anew": done is not None and not dry_run,
        "dry_run": dry_run,
        "mentions": done.mentions if done else counts["mentions"],
        "incidents": done.incidents if done else counts["incidents"],
        "counts": {kind: sum(1 for c in changed if c.kind == kind) for kind in KINDS},
        "changed": [
            {"id": c.id, "kind": c.kind, "before": list(c.before), "fields": list(c.fields)} for c in changed
        ],
        "contradictions": [{"decisions": [d.name for d in one.decisions], "text": one.text} for one in found],
    }


def _ordered(changed: Sequence[Changed]) -> list[Changed]:
    return sorted(changed, key=lambda c: (KINDS.index(c.kind), c.id))


def _write_json(row: dict[str, Any]) -> None:
    import json

    json.dump(row, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
