"""The documentation says what the program does: commands, options, links, files."""

from __future__ import annotations

import importlib.util
import json
import re
import shlex
import sys
from fnmatch import fnmatch
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from typer.main import get_command

from seamwatch.cli.main import app
from seamwatch.publish.incident_csv import COLUMNS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PACKAGE = ROOT / "src/seamwatch"
PAGES = sorted(
    [*ROOT.glob("*.md"), *DOCS.rglob("*.md"), ROOT / "bench/README.md", ROOT / "training/README.md"]
)
ROOTED: Any = get_command(app)
_CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


REFERENCE, EXAMPLES = script("make_reference"), script("make_examples")
VERBS: dict[str, Any] = dict(REFERENCE.verbs(ROOTED))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def seamwatch_commands() -> list[Any]:
    found = []
    for page in PAGES:
        for block in _CONSOLE.findall(page.read_text(encoding="utf-8")):
            for command in EXAMPLES.commands(block):
                for part in split_shell(command):
                    if part[:1] == ["seamwatch"]:
                        found.append(pytest.param(part[1:], id=f"{name_of(page)}: {' '.join(part)}"))
    return found


def split_shell(command: str) -> list[list[str]]:
    """Return the words of each program of a command line; redirections end a program's words."""
    lexer = shlex.shlex(command, posix=True, punctuation_chars="|<>&;")
    lexer.whitespace_split = True
    programs: list[list[str]] = [[]]
    redirected = False
    for word in lexer:
        if set(word) <= set("|&;"):
            programs.append([])
            redirected = False
        elif set(word) <= set("<>"):
            redirected = True
        elif not redirected:
            programs[-1].append(word)
    return programs


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", _FENCED.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


@pytest.mark.parametrize("path", sorted(REFERENCE.pages()), ids=lambda p: p.name)
def test_generated_page_is_what_the_code_says(path: Path) -> None:
    """A page made by docs/make_reference.py equals what it makes now: run it after a change."""
    assert path.read_text(encoding="utf-8") == REFERENCE.pages()[path]


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_and_option_is_documented(verb: str) -> None:
    """Each verb has a section in the reference, and each of its options a row there."""
    page = (DOCS / "reference/cli.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^##+ seamwatch (.+?)\n(.*?)(?=^##|\Z)", page, re.DOTALL | re.MULTILINE))
    named = {word.split()[0] for word in _CODE.findall(sections[verb])}
    for parameter in VERBS[verb].params:
        if parameter.name == "help":
            continue
        names = parameter.opts if parameter.param_type_name == "option" else [parameter.metavar]
        assert set(names) <= named


@pytest.mark.parametrize("arguments", seamwatch_commands())
def test_every_command_in_the_docs_parses(arguments: list[str]) -> None:
    """What a page tells the reader to type has verbs, options and values that the program takes."""
    if arguments == ["demo"]:
        assert "demo" in ROOTED.commands
        return
    verb, rest = ROOTED, list(arguments)
    context = ROOTED.make_context("seamwatch", list(rest))
    while hasattr(verb, "commands"):
        name, verb, rest = verb.resolve_command(context, rest)
        context = verb.make_context(name, list(rest), parent=context)


def test_docs_hold_commands_of_every_verb() -> None:
    """The search for commands finds some of each verb: it does not pass because it finds nothing."""
    held = [" ".join(p.values[0]) for p in seamwatch_commands()]
    assert [v for v in VERBS if v != "demo" and not any(f"{h} ".startswith(f"{v} ") for h in held)] == []


def test_a_wrong_option_in_the_docs_is_noticed() -> None:
    """The check above fails for an option that does not exist and for a value that does not fit."""
    for wrong in (["incidents", "--nope"], ["incidents", "--since", "May"], ["incidents", "--format", "xml"]):
        with pytest.raises(Exception, match=r"nope|May|xml"):
            test_every_command_in_the_docs_parses(wrong)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_relative_link_exists(page: Path) -> None:
    """A link leads to a file that is there, and to a heading in it where it names one."""
    for match in _LINK.finditer(_FENCED.sub("", page.read_text(encoding="utf-8"))):
        path, _, anchor = match["target"].partition("#")
        if "://" in path:
            continue
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), match["target"]
        assert not anchor or anchor in anchors(target), match["target"]


def test_every_page_is_reached_from_the_index() -> None:
    """docs/index.md links to every page under docs."""
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    linked = {(DOCS / m["target"].partition("#")[0]).resolve() for m in _LINK.finditer(index)}
    assert {p.resolve() for p in DOCS.rglob("*.md")} - {(DOCS / "index.md").resolve()} <= linked


def test_every_shipped_data_file_has_its_licence() -> None:
    """Each file of the package that is no Python stands in the licence table, by itself or by a pattern."""
    page = (DOCS / "reference/data-licences.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    patterns = [pattern for row in rows for pattern in _CODE.findall(row)]
    shipped = [
        str(p.relative_to(PACKAGE))
        for p in PACKAGE.rglob("*")
        if p.is_file() and p.suffix not in (".py", ".pyc")
    ]
    assert "resolve/gazetteer.sqlite" in shipped
    assert [f for f in shipped if not any(fnmatch(f, p) for p in patterns)] == []
    # The pages are not there where no Node could build them.
    unused = [p for p in patterns if not any(fnmatch(f, p) for f in shipped)]
    assert unused in ([], ["serve/site/*", "serve/site/licences.txt"])


def test_csv_columns_are_documented() -> None:
    """Every column of the CSV stands in the page on input and output; those of tolls by their parts."""
    named = set(_CODE.findall((DOCS / "reference/schema.md").read_text(encoding="utf-8")))
    for column in COLUMNS:
        outcome, _, part = column.rpartition("_")
        assert column in named or {outcome, part} <= named


def test_tutorial_runs_and_its_fields_are_documented(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tutorial's commands run in order on the samples; each field that they print is documented."""
    (tmp_path / "src").symlink_to(ROOT / "src")
    monkeypatch.delenv("SEAMWATCH_DB", raising=False)
    tutorial = (DOCS / "tutorial.md").read_text(encoding="utf-8")
    commands = [c for block in _CONSOLE.findall(tutorial) for c in EXAMPLES.commands(block)]
    printed = [EXAMPLES.run(command, tmp_path) for command in commands]
    reports = [json.loads(text) for text in printed if text.startswith("{")]
    assert reports and any(r["mentions"] for r in reports)
    reports.append(json.loads(EXAMPLES.run("seamwatch incidents --db first.db --format json", tmp_path)))
    named = set(_CODE.findall((DOCS / "reference/schema.md").read_text(encoding="utf-8")))
    assert keys_of(reports) - named == set()


def test_the_tutorial_of_the_centre_prints_what_it_shows(tmp_path: Path) -> None:
    """Its commands run in order; what the page shows of their output is what the program prints."""
    (tmp_path / "src").symlink_to(ROOT / "src")
    page = (DOCS / "tutorial-centre.md").read_text(encoding="utf-8")
    assert EXAMPLES.filled(page, tmp_path) == page


def keys_of(value: Any) -> set[str]:
    """Return all keys in JSON but those inside revisions' and disagreements' values, which are fields."""
    if isinstance(value, list):
        return set().union(*(keys_of(v) for v in value))
    if not isinstance(value, dict):
        return set()
    return set(value) | set().union(*(keys_of(v) for v in value.values()))
