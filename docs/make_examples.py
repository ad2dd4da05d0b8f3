"""Runs the commands of the README's and the tutorials' console blocks and writes what they print.

    python docs/make_examples.py [--check]

A block is run only after a comment `<!-- output -->`. `<!-- output: 24 -->` keeps the first 24 lines of what
it prints. `5 rows` keeps the table to its fifth incident, `One of +4` the line that begins with "One of" and
four lines after it, `KILLED` the section of that heading. What is left out becomes one line with three dots.
`none` keeps nothing: what is printed has keys or moments in it, and is another one each time.
With --check nothing is written; the exit code is 1 where a page is not what the program prints.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGES = (ROOT / "README.md", ROOT / "docs/tutorial.md", ROOT / "docs/tutorial-centre.md")
_BLOCK = re.compile(
    r"(<!-- output(?::(?P<keep>[^\n]*?))? -->\n```console\n)(?P<body>.*?)(?=^```$)", re.DOTALL | re.MULTILINE
)
_HEADING = re.compile(r"[A-Z][A-Z ]+")
DOTS = "..."


def commands(body: str) -> list[str]:
    """Return the commands of a console block: its lines after a dollar sign."""
    return [line[2:] for line in body.splitlines() if line.startswith("$ ")]


def run(command: str, folder: Path) -> str:
    """Return what a command prints, messages included; raise CalledProcessError where it fails."""
    here = str(Path(sys.executable).parent)
    env = {**os.environ, "PATH": f"{here}:{os.environ['PATH']}", "COLUMNS": "100"}
    env.pop("SEAMWATCH_DB", None)
    program = "seamwatch demo --no-serve" if command == "make demo" else command
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", program],
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    return done.stdout


def shorten(output: str, keep: str) -> list[str]:
    """Return the lines to keep, with dots for what was left out.

    >>> shorten("a\\nb\\nKILLED\\n  2\\nSOURCES\\n  x\\n", "1, KILLED")
    ['a', '...', 'KILLED', '  2', '...']
    """
    if keep.strip() == "none":
        return []
    lines = output.rstrip("\n").split("\n")
    items = [item.strip() for item in keep.split(",") if item.strip()]
    if not items:
        return lines
    wanted: set[int] = set()
    section = ""
    for number, line in enumerate(lines):
        section = line if _HEADING.fullmatch(line) else section
        if section in items:
            wanted.add(number)
    for item in items:
        begin, plus, more = item.rpartition(" +")
        if item.isdigit():
            wanted |= set(range(int(item)))
        elif item.endswith(" rows"):
            heads = [n for n, line in enumerate(lines) if line.startswith("i-")]
            wanted |= set(range([*heads, len(lines)][min(int(item[:-5]), len(heads))]))
        elif plus:
            found = next((n for n, line in enumerate(lines) if line.startswith(begin)), None)
            wanted |= set() if found is None else set(range(found, found + int(more) + 1))
    kept: list[str] = []
    for number, line in enumerate(lines):
        if number in wanted:
            kept.append(line)
        elif kept[-1:] != [DOTS]:
            while kept[-1:] == [""]:
                kept.pop()
            kept.append(DOTS)
    return kept


def filled(page: str, folder: Path) -> str:
    """Return a page with the output of its marked blocks as the program prints it now."""

    def fill(block: re.Match[str]) -> str:
        written = []
        for command in commands(block["body"]):
            output = run(command, folder)
            written += [f"$ {command}", *(shorten(output, block["keep"] or "") if output.strip() else [])]
        return block[1] + "".join(f"{line.rstrip()}\n" for line in written)

    return _BLOCK.sub(fill, page)


def main() -> int:
    """Write the pages, or check them; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    stale = 0
    for path in PAGES:
        with tempfile.TemporaryDirectory() as name:
            (Path(name) / "src").symlink_to(ROOT / "src")
            page = path.read_text(encoding="utf-8")
            try:
                made = filled(page, Path(name))
            except subprocess.CalledProcessError as failed:
                print(f"{path.name}: `{failed.cmd[-1]}` ended with {failed.returncode}:\n{failed.stdout}")
                return 1
        if made != page:
            stale = 1
            print(f"{path.name}: {'not what the program prints' if check else 'written'}")
            if not check:
                path.write_text(made, encoding="utf-8")
    return stale if check else 0


if __name__ == "__main__":
    sys.exit(main())
