"""The page about the API says what the API does."""

from __future__ import annotations

import re

from test_docs import DOCS, script

MAKE = script("make_api")


def test_the_page_is_what_the_code_says() -> None:
    """docs/reference/api.md equals what docs/make_api.py makes now: run it after a change of the API."""
    assert MAKE.PAGE.read_text(encoding="utf-8") == MAKE.api_page()


def test_every_route_and_shape_is_on_the_page() -> None:
    """Each path and each shape has a section; links between shapes lead somewhere."""
    page = (DOCS / "reference/api.md").read_text(encoding="utf-8")
    whole = MAKE.description()
    for method, path, _ in MAKE.routes(whole["paths"]):
        assert f"### {method} {path}\n" in page
    shapes = {name.lower() for name in whole["components"]["schemas"]}
    assert set(re.findall(r"\]\(#(\w+)\)", page)) - {"filters"} <= shapes
