"""`seamwatch sitrep` as a user runs it: files, endings, messages, exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from seamwatch.cli.main import app
from seamwatch.pipeline.relinking import relink_all
from told_store import BOMB, opened, tell

MARCH = ("--since", "2022-03-01", "--until", "2022-03-31")


@pytest.fixture
def db(tmp_path: Path) -> str:
    """Return a database with one bomb on 4 March 2022."""
    with opened(tmp_path) as store:
        relink_all(store)
        tell(store, "A", BOMB, told=5)
    return str(tmp_path / "record.db")


def run(db: str, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["sitrep", "--db", db, *arguments])


@pytest.mark.parametrize(
    ("name", "starts"), [("a.html", b"<!doctype"), ("a.pdf", b"%PDF"), ("a.docx", b"PK"), ("a.md", b"# ")]
)
def test_the_ending_of_the_file_is_the_format(db: str, tmp_path: Path, name: str, starts: bytes) -> None:
    """The message says where the report is and how much it tells."""
    result = run(db, *MARCH, "-o", str(tmp_path / name))
    assert result.exit_code == 0
    assert (tmp_path / name).read_bytes().startswith(starts)
    assert "1 incidents of 2022-03-01 to 2022-03-31, 1 articles" in result.output


def test_without_a_file_it_goes_to_standard_output(db: str) -> None:
    """As Markdown where that is asked for."""
    result = run(db, *MARCH, "--format", "md", "--title", "Week 9", "--area", "Kirkuk")
    assert result.exit_code == 0
    assert result.stdout.startswith("# Week 9\n")


def test_a_report_of_nothing_is_written_and_told(db: str, tmp_path: Path) -> None:
    """It is no failure: the report says that nothing is known."""
    result = run(
        db, "--since", "2021-01-01", "--until", "2021-01-07", "--area", "Basra", "-o", str(tmp_path / "a.md")
    )
    assert result.exit_code == 0
    assert "No incidents are known for Basra from 2021-01-01 to 2021-01-07" in result.output
    assert "No incidents are known for Basra" in (tmp_path / "a.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--output", "a.odt"), 2, "no format ends in .odt"),
        (("--type", "Quarrel"), 2, "'Quarrel' is no type"),
        (("--status", "maybe"), 2, "give all, or some of"),
        (("--since", "4 March"), 2, "4 March"),
    ],
)
def test_wrong_words_are_wrong_usage(db: str, arguments: tuple[str, ...], code: int, message: str) -> None:
    """The message names the option's value and says what to give."""
    result = run(db, *arguments)
    assert (result.exit_code, message in result.output) == (code, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--since", "2022-03-05", "--until", "2022-03-01"), "begins on 2022-03-05 and ends on 2022-03-01"),
        ((*MARCH, "--as-of", "2022-03-05", "--since-report", "2022-03-06"), "give an earlier moment"),
        ((*MARCH, "-o", "/no/such/folder/a.md"), "can't be written"),
    ],
)
def test_what_can_not_be_made_fails_with_a_reason(db: str, arguments: tuple[str, ...], message: str) -> None:
    """A period that is none, a last report that is later, a folder that is not there."""
    result = run(db, *arguments)
    assert result.exit_code == 1
    assert message in str(result.exception)
