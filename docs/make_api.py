"""Writes docs/reference/api.md from the API's OpenAPI description.

    python docs/make_api.py [--check]

With --check nothing is written; the exit code is 1 where the page is not what the code says.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parent / "reference" / "api.md"
MADE = "<!-- Made by docs/make_api.py from the code. Change the code, then run it again. -->\n"
HEAD = """# The HTTP API

What `seamwatch serve` answers is JSON unless the route says otherwise. Without accounts it answers on this
machine alone. With accounts a program sends a token: `Authorization: Bearer swt_...`. A page signs in with
`POST /api/v1/session`, and sends the answer's `csrf` as `X-CSRF-Token` with every write.
`/api/v1/openapi.json` describes every route for programs (OpenAPI 3.1); this page is made from it.

- **Errors** have one shape: `{"error": {"code": "bad_value", "message": "...", "field": "since"}}`. `code`
  is a stable word, `message` says what is wrong and what to do, `field` names the parameter or is null.
- **ETags**: every GET of data has one, made of what was asked and of the state of the database. Send it back
  in `If-None-Match` and the answer is 304 until something changes.
- **Writes** need `Content-Type: application/json` (files: `multipart/form-data`), and no `Origin` but the
  server's own. The `Host` must name this machine and the server's port. A body has at most 16 MB, files for a
  job 256 MB.
- **Pages**: `next` is the cursor of the next page, null at the end. A cursor belongs to one list and order.
"""
FILTERED = "since"  # a route that has this parameter has all filters
FILTERS = (
    *("since", "until", "area", "bbox", "within", "type", "actor", "text", "status", "as_of", "policy"),
    *("min_killed", "precision"),
)


def description() -> dict[str, Any]:
    """Return the OpenAPI description of the app on an empty database."""
    from seamwatch.serve.app import make_app
    from seamwatch.serve.options import ServeOptions
    from seamwatch.store import open_store

    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/empty.db"
        open_store(path).close()
        app = make_app(ServeOptions(db=path))
        try:
            return app.openapi()
        finally:
            app.state.desk.close()


def kind_of(schema: dict[str, Any]) -> str:
    """Return in a few words what a value is."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#{name.lower()})"
    for many in ("anyOf", "oneOf", "allOf"):
        if many in schema:
            return " or ".join(dict.fromkeys(map(kind_of, schema[many])))
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    kind = schema.get("type", "any")
    if kind == "array":
        return f"list of {kind_of(schema.get('items', {}))}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {kind_of(schema['additionalProperties'])}"
    return str(kind)


def cell(text: str) -> str:
    """Return a text as it may stand in a table's cell."""
    return " ".join(text.split()).replace("|", "\\|")


def table(rows: list[tuple[str, str, str]]) -> str:
    """Return a table of names, kinds and meanings."""
    lines = [f"| `{name}` | {cell(kind)} | {cell(said)} |" for name, kind, said in rows]
    return "\n".join(("| name | kind | meaning |", "|---|---|---|", *lines)) + "\n"


def parameter_rows(parameters: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Return a table's rows of parameters."""
    rows = []
    for one in parameters:
        schema = one["schema"]
        kind = kind_of(schema).replace(" or null", "").replace("null or ", "")
        said = one.get("description", "")
        if schema.get("default") not in (None, ""):
            said = f"{said} Default `{schema['default']}`."
        if one["in"] == "path":
            said = f"{said} Part of the path."
        rows.append((one["name"], kind, said.strip()))
    return rows


def routes(paths: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield method, path and description of every route, in their order."""
    for path, methods in paths.items():
        for method, said in methods.items():
            yield method.upper(), path, said


def route_section(method: str, path: str, said: dict[str, Any]) -> str:
    """Return the section of one route."""
    lines = [f"### {method} {path}\n", f"{said['summary']}.\n"]
    if said.get("description"):
        lines.append(f"{said['description'].strip()}\n")
    parameters = said.get("parameters", [])
    names = {one["name"] for one in parameters}
    if FILTERED in names and names >= set(FILTERS):
        lines.append("Takes all [filters](#filters).\n")
        parameters = [one for one in parameters if one["name"] not in FILTERS]
    if parameters:
        lines.append(table(parameter_rows(parameters)))
    for kind, body in said.get("requestBody", {}).get("content", {}).items():
        lines.append(f"Takes `{kind}`: {kind_of(body.get('schema', {}))}.\n")
    for status, answer in said["responses"].items():
        if status.startswith("2"):
            kinds = [
                f"`{kind}`" + (f": {kind_of(body['schema'])}" if body.get("schema") else "")
                for kind, body in answer.get("content", {}).items()
            ]
            lines.append(f"Gives {status}, {', '.join(kinds) or 'nothing'}.\n")
    return "\n".join(lines)


def shape_section(name: str, schema: dict[str, Any]) -> str:
    """Return the section of one shape."""
    rows = [
        (field, kind_of(part), part.get("description", ""))
        for field, part in schema.get("properties", {}).items()
    ]
    lines = [f"### {name}\n"]
    if schema.get("description"):
        lines.append(f"{schema['description']}\n")
    if "enum" in schema:
        lines.append(f"One of: {kind_of(schema)}.\n")
    if rows:
        lines.append(table(rows))
    return "\n".join(lines)


def api_page() -> str:
    """Return docs/reference/api.md."""
    whole = description()
    every = list(routes(whole["paths"]))
    filtered = next(said for _, path, said in every if path == "/api/v1/incidents")
    filters = [one for one in filtered["parameters"] if one["name"] in FILTERS]
    page = [MADE, HEAD, "## Filters\n"]
    page.append("Every list, map, sum and export takes these; what is not given does not restrict.\n")
    page += [table(parameter_rows(filters)), "## Routes\n"]
    page += [route_section(*route) for route in every]
    page.append("## Shapes\n")
    shapes = whole["components"]["schemas"]
    page += [shape_section(name, shapes[name]) for name in sorted(shapes)]
    return "\n".join(page)


def main() -> int:
    """Write the page, or check it; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    text = api_page()
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    print(f"{PAGE.name}: {'not what the code says' if check else 'written'}")
    if check:
        return 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
