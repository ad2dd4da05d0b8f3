"""The secret by which this desk proves itself to the issuer: beside the database, never in it."""

from __future__ import annotations

import os
from pathlib import Path

from seamwatch.errors import SeamwatchError

VARIABLE = "SEAMWATCH_OIDC_SECRET"


def secret_path(db: str) -> Path:
    """Return the file that holds the secret of a database's issuer.

    >>> secret_path("record.db").name
    'record.db.oidc'
    """
    path = Path(db.removeprefix("sqlite:///")).expanduser()
    return path.with_name(f"{path.name}.oidc")


def load_secret(db: str) -> str | None:
    """Return the secret: of SEAMWATCH_OIDC_SECRET, else of the file; None where there is neither."""
    given = os.environ.get(VARIABLE, "").strip()
    if given:
        return given
    try:
        return secret_path(db).read_text("utf-8").strip() or None
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as wrong:
        raise SeamwatchError(f"can't read {secret_path(db)}: set the secret again, or {VARIABLE}") from wrong


def save_secret(db: str, secret: str | None) -> None:
    """Write the secret to a file that only its owner can read; None removes it."""
    path = secret_path(db)
    try:
        path.unlink(missing_ok=True)
        if secret is not None:
            made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(made, "w", encoding="utf-8") as file:
                file.write(secret + "\n")
    except OSError as wrong:
        raise SeamwatchError(f"can't write {path} ({wrong.strerror}): check the folder's rights") from wrong
