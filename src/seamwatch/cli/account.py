"""`seamwatch account`: who may use the desk."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from seamwatch.cli import account_keys
from seamwatch.cli.account_keys import JSON, NAME, SUBJECT
from seamwatch.cli.database import DB_OPTION, database_path, open_database
from seamwatch.cli.decide import BY_OPTION, who_decides
from seamwatch.cli.output import EXIT_USAGE, json_line, say, utf8_output
from seamwatch.vocabulary.coordination import Role, Tlp

if TYPE_CHECKING:
    from seamwatch.model.account import Account

app = typer.Typer(
    name="account",
    help=(
        "Accounts of the people who use the desk. Once there is one, everybody signs in. Roles, each more "
        "than the one before: viewer (reads), analyst (adds and exports), reviewer (decides, approves), "
        "liaison (releases, asks other parties), admin (all)."
    ),
    no_args_is_help=True,
    rich_markup_mode="rich",
)
app.add_typer(account_keys.token_app)
app.add_typer(account_keys.oidc_app)

CLEARANCE = typer.Option(
    None,
    metavar="LABEL",
    help="The strictest label that it may read: TLP:CLEAR to TLP:RED.",
    show_default=False,
)


@app.command("add")
def add(
    name: str = NAME,
    role: Role = typer.Option(Role.VIEWER, help="What the account may do."),
    clearance: str = CLEARANCE,
    subject: str = SUBJECT,
    db: str = DB_OPTION,
    by: str = BY_OPTION,
) -> None:
    """Add an account. The password is asked for, or read from standard input; never given as an option.

    The first account must be an admin. From then on the desk asks everybody to sign in.
    With --subject the person signs in at the issuer, and has no password.

    Example: seamwatch account add azad --role admin --db kirkuk.db
    """
    from seamwatch.pipeline.accounts import add_account, checked_name

    utf8_output()
    checked_name(name)
    label = _label(clearance) or Tlp.AMBER_STRICT
    with open_database(db, must_exist=False) as store:
        first = not store.has_accounts()
        password = None if subject else _asked_password()
        made = add_account(
            store,
            name,
            role=role,
            clearance=label,
            password=password,
            subject=subject,
            by=who_decides(by),
        )
    typer.echo(f"{made.name} was added as {made.role.value}, and reads up to {made.clearance.value}")
    if first:
        typer.echo("the desk now asks everybody to sign in")
        _tell_rights(Path(database_path(db).removeprefix("sqlite:///")).expanduser())


@app.command("list")
def list_accounts(db: str = DB_OPTION, json: bool = JSON) -> None:
    """List the accounts.

    Example: seamwatch account list --db kirkuk.db
    """
    utf8_output()
    with open_database(db) as store:
        rows = [(account, store.password_hash(account.name) is not None) for account in store.accounts()]
    for account, has_password in rows:
        typer.echo(json_line(_row(account, has_password)) if json else _line(account, has_password))
    if not rows:
        say("there are no accounts: the desk asks nobody to sign in, and listens on this machine alone")


@app.command("set")
def set_account(
    name: str = NAME,
    role: Role = typer.Option(None, help="What the account may do.", show_default=False),
    clearance: str = CLEARANCE,
    disable: bool = typer.Option(
        None,
        "--disable/--enable",
        help="Whether it may sign in. Its sessions end at once.",
        show_default=False,
    ),
    password: bool = typer.Option(False, "--password", help="Ask for a new password, or read it."),
    subject: str = SUBJECT,
    db: str = DB_OPTION,
    by: str = BY_OPTION,
) -> None:
    """Change an account. Its sessions end: who is signed in signs in again.

    Example: seamwatch account set azad --disable --db kirkuk.db
    """
    from seamwatch.pipeline.accounts import change_account

    utf8_output()
    label = _label(clearance)
    if role is None and label is None and disable is None and not password and subject is None:
        say(
            "seamwatch account set: say what to change: --role, --clearance, --disable, --password, --subject"
        )
        raise typer.Exit(EXIT_USAGE)
    with open_database(db) as store:
        changed = change_account(
            store,
            name,
            role=role,
            clearance=label,
            disabled=disable,
            password=_asked_password() if password else None,
            subject=subject,
            by=who_decides(by),
        )
        tokens = len(store.tokens(changed.name))
    typer.echo(f"changed: {_line(changed, None)}; its sessions have ended")
    if password and tokens:
        say(
            f"the tokens of {changed.name} ({tokens}) stay good: seamwatch account token list {changed.name} "
            "lists them, revoke those that somebody else may have"
        )


@app.command("remove")
def remove(name: str = NAME, db: str = DB_OPTION, by: str = BY_OPTION) -> None:
    """Remove an account with its sessions and tokens. What it decided stays, under its name.

    To keep the name from being given to somebody else, disable the account instead.

    Example: seamwatch account remove azad --db kirkuk.db
    """
    from seamwatch.pipeline.accounts import remove_account

    utf8_output()
    with open_database(db) as store:
        last = remove_account(store, name, by=who_decides(by))
    typer.echo(f"{name} was removed")
    if last:
        typer.echo("that was the last account: the desk asks nobody to sign in, and listens here alone")


def _tell_rights(path: Path) -> None:
    """Tell where others on this machine may read the database: accounts do not guard the file."""
    if os.name == "posix" and path.stat().st_mode & 0o077:
        say(f"others on this machine may read or write {path}, with all that is in it: chmod 600 {path}")


def _label(text: str | None) -> Tlp | None:
    """Return the label that a word names, in any case, with TLP: or without."""
    if text is None:
        return None
    plain = text.strip().upper().removeprefix("TLP:")
    for label in Tlp:
        if label.value == f"TLP:{plain}":
            return label
    say(f"seamwatch account: {text!r} is no label; there is: {', '.join(one.value for one in Tlp)}")
    raise typer.Exit(EXIT_USAGE)


def _asked_password() -> str:
    return account_keys.asked("Password", twice=True)


def _row(account: Account, has_password: bool) -> dict[str, object]:
    return {
        "name": account.name,
        "role": account.role.value,
        "clearance": account.clearance.value,
        "disabled": account.disabled,
        "password": has_password,
        "subject": account.subject,
        "created": account.created.isoformat() if account.created else None,
    }


def _line(account: Account, has_password: bool | None) -> str:
    parts = [account.name, account.role.value, account.clearance.value]
    if account.disabled:
        parts.append("disabled")
    if has_password is False:
        parts.append("no password")
    if account.subject:
        parts.append(f"at the issuer: {account.subject}")
    return "  ".join(parts)
