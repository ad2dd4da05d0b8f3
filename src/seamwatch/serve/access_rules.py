"""Which routes an app has, and which permission belongs to a request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from starlette.routing import compile_path

from seamwatch.errors import SeamwatchError

OTHERWISE = "read"
"""What is needed where there is no route: who has not signed in is not told what there is."""
_NAME = re.compile(r"\{[^}]*\}")


class Rules:
    """The permission of every route of one app, found by a request's method and path."""

    def __init__(self, app: FastAPI, rows: Mapping[str, str]) -> None:
        """Take an app's routes; SeamwatchError where one has no row, or is none that can be checked."""
        given = {_plain(key): value for key, value in rows.items()}
        self._rows: list[tuple[str, re.Pattern[str], str, str]] = []
        for method, path in routes_of(app):
            key = f"{method} {path}"
            if _plain(key) not in given:
                raise SeamwatchError(
                    f"{key} has no row in ROUTES of serve/access.py: say there who may ask it",
                    code="no_access_rule",
                )
            self._rows.append((method, compile_path(path)[0], key, given[_plain(key)]))

    def of(self, method: str, path: str) -> tuple[str, str]:
        """Return the route that a request meets, and its permission; ("", "read") where there is none."""
        for known, pattern, key, permission in self._rows:
            if known == method and pattern.match(path):
                return key, permission
        return "", OTHERWISE


def routes_of(app: FastAPI) -> tuple[tuple[str, str], ...]:
    """Return (method, path) of every route of an app, in the order in which they are tried.

    SeamwatchError for what is no plain route: what hangs below it could not be checked.
    """
    return tuple(_walk(app.routes))


def _walk(routes: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for route in routes:
        # FastAPI keeps an included router as one entry whose routes it works out when they are needed.
        within = getattr(route, "effective_candidates", None)
        if within is not None:
            yield from _walk(within())
            continue
        path, methods = getattr(route, "path", None), getattr(route, "methods", None)
        if not path or not methods:
            raise SeamwatchError(
                f"{type(route).__name__} {path or ''} is no route whose access can be checked",
                code="no_access_rule",
            )
        for method in sorted(methods):
            yield method, path


def _plain(row: str) -> str:
    """Return a row's route without the names of its parameters: how a route calls them is its own affair.

    >>> _plain("GET /a/{id}/{path:path}")
    'GET /a/{}/{}'
    """
    return _NAME.sub("{}", row)
