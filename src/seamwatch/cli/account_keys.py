"""`seamwatch account token` and `seamwatch account oidc`: keys of programs, and the issuer of people."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from seamwatch.cli.database import DB_OPTION, database_path, open_database
from seamwatch.cli.decide import BY_OPTION, who_decides
from seamwatch.cli.output import EXIT_USAGE, json_line, say, utf8_output

if TYPE_CHECKING:
    from seamwatch.model.account import ApiToken

token_app = typer.Typer(
    name="token",
    help="Tokens: keys of programs to the API, each with an end and with no more rights than its account.",
    no_args_is_help=True,
)
oidc_app = typer.Typer(
    name="oidc",
    help="The issuer (OpenID Connect) at which people sign in, beside or in place of passwords.",
    no_args_is_help=True,
)

NAME = typer.Argument(..., metavar="NAME", help="The account's name.", show_default=False)
SUBJECT = typer.Option(
    None, metavar="ID", help="How the issuer calls the person: its `sub`.", show_default=False
)
JSON = typer.Option(False, "--json", help="One JSON object a line.")


@token_app.command("new")
def token_new(
    name: str = NAME,
    scope: list[str] = typer.Option(
        ["read"], metavar="PERMISSION", help="What it may do, as read, add or export. May be repeated."
    ),
    label: str = typer.Option("", help="What it is for.", show_default=False),
    days: int = typer.Option(90, min=1, max=366, help="For how many days it is good."),
    db: str = DB_OPTION,
    by: str = BY_OPTION,
) -> None:
    """Make a token and print its secret, this once. Only a digest of it is stored.

    Example: seamwatch account token new azad --scope read --scope export --label backup --db kirkuk.db
    """
    from seamwatch.pipeline.sessions import new_token

    utf8_output()
    with open_database(db) as store:
        token, secret = new_token(
            store, name, label=label or "command line", scopes=scope, days=days, by=who_decides(by)
        )
    typer.echo(secret)
    say(f"{token.id} is good until {token.ends:%Y-%m-%d}. Send it as: Authorization: Bearer ...")


@token_app.command("list")
def token_list(
    name: str = typer.Argument(None, metavar="[NAME]", help="Those of one account.", show_default=False),
    db: str = DB_OPTION,
    json: bool = JSON,
) -> None:
    """List tokens: how each begins, what it may do, until when.

    Example: seamwatch account token list --db kirkuk.db
    """
    utf8_output()
    with open_database(db) as store:
        tokens = store.tokens(name)
    for token in tokens:
        typer.echo(json_line(_token_row(token)) if json else _token_line(token))


@token_app.command("revoke")
def token_revoke(
    token: str = typer.Argument(..., metavar="ID", help="The token's id, as t-1f...", show_default=False),
    db: str = DB_OPTION,
    by: str = BY_OPTION,
) -> None:
    """Revoke a token: it is good for nothing from now on.

    Example: seamwatch account token revoke t-0123456789ab --db kirkuk.db
    """
    from seamwatch.pipeline.sessions import revoke_token

    utf8_output()
    with open_database(db) as store:
        revoke_token(store, token, by=who_decides(by))
    typer.echo(f"{token} was revoked")


@oidc_app.command("set")
def oidc_set(
    issuer: str = typer.Argument(..., metavar="URL", help="The issuer's address.", show_default=False),
    client_id: str = typer.Option(..., help="How the issuer calls this desk.", show_default=False),
    name: str = typer.Option(None, help="What the sign-in page calls the issuer.", show_default=False),
    create: bool = typer.Option(
        False, "--create", help="Whom the issuer vouches for gets an account as viewer, if there is none."
    ),
    public: bool = typer.Option(False, "--public", help="This desk has no secret at the issuer."),
    db: str = DB_OPTION,
    by: str = BY_OPTION,
) -> None:
    """Set the issuer. The secret is asked for, or read; it lies beside the database, never in it.

    At the issuer allow the address https://YOUR_DESK/api/v1/session/oidc/callback.

    Example: seamwatch account oidc set https://id.example.org --client-id seamwatch --db kirkuk.db
    """
    from seamwatch.model.account import OidcSettings
    from seamwatch.pipeline.accounts import set_oidc
    from seamwatch.pipeline.issuer_secret import save_secret
    from seamwatch.serve.oidc_issuer import check_issuer

    utf8_output()
    check_issuer(issuer)
    with open_database(db) as store:
        secret = None if public else asked("The secret that the issuer gave", twice=False)
        save_secret(database_path(db), secret)
        settings = OidcSettings(issuer=issuer, client_id=client_id, name=name or issuer, create=create)
        set_oidc(store, settings, by=who_decides(by))
    typer.echo(f"people sign in at {settings.name}")


@oidc_app.command("show")
def oidc_show(db: str = DB_OPTION, json: bool = JSON) -> None:
    """Show the issuer, without the secret.

    Example: seamwatch account oidc show --db kirkuk.db
    """
    from seamwatch.pipeline.issuer_secret import load_secret

    utf8_output()
    with open_database(db) as store:
        settings = store.oidc()
    if settings is None:
        say("no issuer is set")
        return
    row = {
        "issuer": settings.issuer,
        "client_id": settings.client_id,
        "name": settings.name,
        "create": settings.create,
        "secret": load_secret(database_path(db)) is not None,
    }
    typer.echo(json_line(row) if json else "\n".join(f"{key}: {value}" for key, value in row.items()))


@oidc_app.command("remove")
def oidc_remove(db: str = DB_OPTION, by: str = BY_OPTION) -> None:
    """Remove the issuer and its secret. Who signs in only there needs a password from then on.

    Example: seamwatch account oidc remove --db kirkuk.db
    """
    from seamwatch.pipeline.accounts import set_oidc
    from seamwatch.pipeline.issuer_secret import save_secret

    utf8_output()
    with open_database(db) as store:
        had = store.oidc() is not None
        if had:
            set_oidc(store, None, by=who_decides(by))
    save_secret(database_path(db), None)
    typer.echo("the issuer was removed" if had else "no issuer was set")


def asked(what: str, *, twice: bool) -> str:
    """Return what is typed without being shown, or the first line of standard input."""
    if sys.stdin.isatty():
        given: str = typer.prompt(what, hide_input=True, confirmation_prompt=twice, err=True)
        return given
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        say(f"seamwatch account: {what.lower()}: give it on the first line of standard input")
        raise typer.Exit(EXIT_USAGE)
    return line


def _token_row(token: ApiToken) -> dict[str, object]:
    return {
        "id": token.id,
        "account": token.account,
        "label": token.label,
        "prefix": token.prefix,
        "scopes": list(token.scopes),
        "created": token.created.isoformat(),
        "ends": token.ends.isoformat(),
        "used": token.used.isoformat() if token.used else None,
    }


def _token_line(token: ApiToken) -> str:
    used = f"used {token.used:%Y-%m-%d}" if token.used else "not used"
    scopes = ",".join(token.scopes)
    end = f"until {token.ends:%Y-%m-%d}"
    return "  ".join((token.id, token.account, f"{token.prefix}...", scopes, end, used, token.label))
