"""`seamwatch demo`: sample articles read and linked, as a table, one incident explained, and the desk."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import typer

from seamwatch.cli.output import progress, say, utf8_output


def demo(
    db: Path = typer.Option(
        None, "--db", help="Keep the demo database here (a new file).", show_default=False
    ),
    serve: bool = typer.Option(
        True, "--serve/--no-serve", help="After the table open the desk on the samples, or end."
    ),
) -> None:
    """Read the sample articles, list the incidents, explain one, and open the desk.

    All articles, people and incidents of the samples are invented; the areas
    of northern Iraq are not, but their borders are indicative.
    """
    from seamwatch.errors import StoreError
    from seamwatch.ingest.area_files import read_areas
    from seamwatch.pipeline.areas import add_areas
    from seamwatch.pipeline.record import Recorder
    from seamwatch.publish.explain import explain as write_explanation
    from seamwatch.publish.table import write as write_table
    from seamwatch.samples import EXAMPLE_AREAS, example_areas, sample_articles
    from seamwatch.store import open_store

    utf8_output()
    if db is not None and db.exists():
        raise StoreError(f"{db}: exists already; the demo wants a new file, so name another")
    with tempfile.TemporaryDirectory() as folder:
        path = db or Path(folder) / "demo.db"
        samples = sample_articles()
        say(f"Reading {len(samples)} sample articles (all invented) ...")
        with open_store(str(path)) as store:
            for name in EXAMPLE_AREAS:
                add_areas(store, read_areas(example_areas(name), name).areas)
            with progress("reading") as count:
                for _ in Recorder(store).read(samples):
                    count(len(samples))
            found = tuple(store.incidents())
            write_table(found, sys.stdout)
            if not found:
                return
            # One that lies in areas, on which its articles differ, and told by few of them.
            shown = min(
                found, key=lambda i: (not i.areas, not i.disagreements, abs(len(i.mentions) - 2), i.id)
            )
            articles = {a.id: a for a in store.articles({m.article.id for m in shown.mentions})}
            print(f"\nOne of them with its evidence (seamwatch explain {shown.id}):\n")
            write_explanation(shown, articles, sys.stdout, colour=sys.stdout.isatty())
        if db is not None:
            say(f"\nThe database is kept at {db}: try seamwatch incidents --db {db} --format json")
        else:
            say("\nYour own articles: seamwatch read FILE_OR_URL... then seamwatch incidents")
        if not serve:
            say("The same with the desk in your browser: seamwatch demo")
            return
        from seamwatch.cli.serve import run

        say("")
        run(str(path), port=0)
