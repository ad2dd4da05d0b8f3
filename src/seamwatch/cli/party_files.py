"""Files that parties hand to one another: read with a limit, written anew or to standard output."""

from __future__ import annotations

from pathlib import Path

import typer

from seamwatch.errors import InputError, SeamwatchError


def read_limited(path: Path, most: int) -> bytes:
    """Return a file's bytes; InputError where it can't be read or is larger than `most` bytes."""
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as wrong:
        raise InputError(f"can't read {path} ({wrong.strerror}): check the path") from wrong
    if len(data) > most:
        raise InputError(f"{path} is larger than {most // 1024} KiB: it was not read", code="too_large")
    return data


def write_output(text: str, path: Path | None) -> None:
    """Write a text to a file, or to standard output where none is named."""
    if path is None:
        typer.echo(text, nl=False)
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as wrong:
        raise SeamwatchError(f"can't write {path} ({wrong.strerror}): choose another path") from wrong
    typer.echo(str(path))
