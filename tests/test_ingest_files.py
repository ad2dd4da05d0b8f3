"""Files and folders: what is read, what is skipped, and what each unreadable one is told."""

from __future__ import annotations

import io
import os
import tempfile
from datetime import date
from pathlib import Path

import pytest

from seamwatch.ingest.options import IngestOptions
from seamwatch.ingest.sources import gather
from seamwatch.model.text import RawArticle, Rejected
from seamwatch.read.article import read_article

NOBODY = 65534


def gathered(*sources: Path | str, **options: object) -> list[RawArticle | Rejected]:
    return list(gather([str(s) for s in sources], IngestOptions(**options)))  # type: ignore[arg-type]


def rejected(source: Path | str) -> Rejected:
    [bad] = gathered(source)
    assert isinstance(bad, Rejected), bad
    assert bad.stage == "ingest" and "\n" not in bad.reason and ";" in bad.reason
    return bad


def test_a_text_file_is_taken_as_it_is(tmp_path: Path) -> None:
    """The bytes go on unchanged; only the options give title, date and source."""
    file = tmp_path / "a.txt"
    file.write_bytes(b"Title?\r\n\r\nTwo men died. \n")
    [raw] = gathered(file, title="T", published=date(2020, 4, 12), source="S", language="en")
    assert raw == RawArticle(
        origin=str(file),
        media_type="text/plain",
        content=b"Title?\r\n\r\nTwo men died. \n",
        title="T",
        published=date(2020, 4, 12),
        source="S",
        language="en",
    )


def test_a_folder_is_read_in_order_without_hidden_and_other_files(tmp_path: Path) -> None:
    """Folders are recursive and sorted; hidden files are left out, other kinds told in one note."""
    for name in ("b.txt", "a.md", "sub/c.html", ".hidden.txt", ".git/d.txt", "x.jpg", "y.csv", "sub/z.jpg"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"text")
    (tmp_path / "lines.jsonl").write_bytes(b'{"text": "one"}\n{"text": "two"}\n')
    notes: list[str] = []
    found = gathered(tmp_path, note=notes.append)
    assert [Path(f.origin).name for f in found] == [
        "a.md",
        "b.txt",
        "lines.jsonl:1",
        "lines.jsonl:2",
        "c.html",
    ]
    assert notes == [f"{tmp_path}: 3 files of other kinds skipped (.csv 1, .jpg 2)"]


def test_a_folder_with_nothing_to_read_is_told(tmp_path: Path) -> None:
    """A folder without a readable kind gives one rejection that names the kinds."""
    (tmp_path / "x.jpg").write_bytes(b"")
    assert rejected(tmp_path).code == "empty_folder"


def test_missing_and_odd_names(tmp_path: Path) -> None:
    """A missing file, an empty name and a name with a NUL each give one rejection."""
    assert rejected(tmp_path / "none.txt").code == "not_found"
    assert rejected("").code == "not_found"
    assert rejected("a\0b.txt").code == "unreadable"
    assert rejected("x" * 5000).code == "unreadable"


def test_a_file_without_permission() -> None:
    """A file that may not be read says so."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        file = Path(folder) / "a.txt"
        file.write_text("x")
        file.chmod(0)
        user = os.geteuid()
        if user == 0:  # root may read everything
            os.seteuid(NOBODY)
        try:
            bad = rejected(file)
        finally:
            os.seteuid(user)
    assert bad.code == "unreadable"


def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    """A named pipe would block for ever: it is refused."""
    os.mkfifo(tmp_path / "pipe.txt")
    assert rejected(tmp_path / "pipe.txt").code == "not_a_file"


def test_fifty_megabytes_of_text_are_refused_and_the_rest_goes_on(tmp_path: Path) -> None:
    """A file over 20 MB gives one rejection; the next source is read."""
    with (tmp_path / "big.txt").open("wb") as file:
        file.truncate(50_000_000)
    (tmp_path / "small.txt").write_text("Two men died.")
    bad, good = gathered(tmp_path / "big.txt", tmp_path / "small.txt")
    assert isinstance(bad, Rejected) and bad.code == "too_large" and "20 MB" in bad.reason
    assert isinstance(good, RawArticle)


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz", "a.doc", "a.zip", "a.json", "a.xml"])
def test_kinds_that_cannot_be_read_say_what_to_do(tmp_path: Path, name: str) -> None:
    """Each known kind that can't be read names what to give instead."""
    (tmp_path / name).write_bytes(b"x")
    bad = rejected(tmp_path / name)
    assert bad.code == "unsupported"


def test_an_unknown_suffix_is_told_by_content(tmp_path: Path) -> None:
    """A file that is named outright is read whatever its suffix: HTML and PDF by content, else text."""
    kinds = {"a.log": (b"Two men died.", "text/plain"), "b": (b"<!DOCTYPE html><p>x", "text/html")}
    kinds["c.txt"] = (b"%PDF-1.4 ...", "application/pdf")
    for name, (content, media_type) in kinds.items():
        (tmp_path / name).write_bytes(content)
        [raw] = gathered(tmp_path / name)
        assert isinstance(raw, RawArticle) and raw.media_type == media_type


def test_standard_input_and_the_jsonl_option(tmp_path: Path) -> None:
    """ "-" reads JSON Lines; with jsonl so does any file; a line keeps its own date and source."""
    lines = b'{"text": "one", "published": "2020-01-01"}\n{"text": "two"}\n'
    (tmp_path / "a.txt").write_bytes(lines)
    for found in (
        gathered("-", stdin=io.BytesIO(lines), published=date(2021, 1, 1), source="S", title="T"),
        gathered(tmp_path / "a.txt", jsonl=True, published=date(2021, 1, 1), source="S", title="T"),
    ):
        assert [f.published for f in found if isinstance(f, RawArticle)] == [
            date(2020, 1, 1),
            date(2021, 1, 1),
        ]
        assert all(isinstance(f, RawArticle) and f.source == "S" and f.title is None for f in found)


def test_a_file_name_that_is_not_utf8_can_be_shown(tmp_path: Path) -> None:
    """The origin of a file with a broken name can be written out."""
    name = os.fsdecode(b"caf\xe9.txt")
    (tmp_path / name).write_bytes(b"Two men died.")
    [raw] = gathered(tmp_path)
    assert raw.origin.encode("utf-8")


def test_every_bad_file_gives_one_line_and_the_rest_is_read(tmp_path: Path) -> None:
    """Empty, binary, broken PDF, DOCX, e-mail and HTML files are each refused; the good one is read."""
    bad = {
        "empty.txt": (b"", "empty"),
        "white.md": (b" \n\t\n", "empty"),
        "noise.txt": (bytes(range(256)) * 20, "binary"),
        "picture.txt": (b"\x89PNG\r\n\x1a\n" + bytes(100), "binary"),
        "bad.pdf": (b"not a PDF", "bad_pdf"),
        "cut.pdf": (b"%PDF-1.7\n1 0 obj\n<<", "bad_pdf"),
        "bad.docx": (b"not a DOCX", "bad_docx"),
        "cut.docx": (b"PK\x03\x04 cut", "bad_docx"),
        "bad.eml": (b"\n\nno header at all", "bad_mail"),
        "bad.html": (b"only words", "bad_html"),
        "empty.html": (b"", "empty"),
        "no_text.html": (b"<html><body><script>x()</script></body></html>", "no_text"),
    }
    for name, (content, _) in bad.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "zz.txt").write_text("Two men died.")
    results = [read_article(f) if isinstance(f, RawArticle) else f for f in gathered(tmp_path)]
    codes = {Path(r.origin).name: r.code for r in results if isinstance(r, Rejected)}
    assert codes == {name: code for name, (_, code) in bad.items()}
    assert len(results) == len(bad) + 1
    assert all("\n" not in r.reason for r in results if isinstance(r, Rejected))
