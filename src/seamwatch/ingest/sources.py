"""Sources to raw articles: files, folders, standard input and URLs, in the order given."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from seamwatch.ingest.address import is_url
from seamwatch.ingest.files import fill_in, read_path, reject
from seamwatch.ingest.jsonl import limit_lines, read_jsonl_lines
from seamwatch.ingest.options import IngestOptions
from seamwatch.ingest.pages import read_url
from seamwatch.ingest.web import PoliteClient
from seamwatch.model.text import RawArticle, Rejected


def gather(sources: Sequence[str], options: IngestOptions) -> Iterator[RawArticle | Rejected]:
    """Yield the raw articles of all sources in order; what can't be read gives a rejection in its place.

    A source is a file, a folder (recursive, sorted, hidden files left out), "-" (JSON Lines on standard
    input) or an http(s) URL of a page, document or feed. A page is remembered as fetched only when the
    next item is asked for, so a caller that stores each article before it asks loses none to a crash.
    """
    with ExitStack() as stack:
        client = options.client
        for source in sources:
            if source == "-":
                stream = options.stdin if options.stdin is not None else sys.stdin.buffer
                for item in read_jsonl_lines(limit_lines(stream), "stdin"):
                    yield fill_in(item, options)
            elif is_url(source):
                if client is None:
                    client = stack.enter_context(PoliteClient())
                yield from read_url(source, options, client)
            elif not source:
                yield reject("(empty)", "not_found", "an empty name is no source; give a file, folder or URL")
            else:
                yield from read_path(Path(source), options)
