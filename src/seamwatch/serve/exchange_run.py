"""Running the exchange's server: with TLS, or where nobody else can listen in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import uvicorn

from seamwatch.errors import SeamwatchError
from seamwatch.serve.exchange_app import make_exchange_app
from seamwatch.serve.exchange_options import ExchangeOptions
from seamwatch.serve.exchange_protocol import ExchangeProtocol, ProxiedProtocol
from seamwatch.serve.hosts import is_loopback
from seamwatch.serve.run import Server, check_certificate, listen

MOST_CONNECTIONS = 200
_CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"


def check_exchange_host(host: str, *, tls: bool, behind_proxy: bool) -> None:
    """Raise SeamwatchError where others could listen in: beyond this machine without TLS."""
    if not (tls or behind_proxy or is_loopback(host)):
        raise SeamwatchError(
            f"--host {host}: without TLS the exchange listens on this machine alone. Give --cert and --key "
            "(`seamwatch party certificate` makes both), or --behind-proxy where another server before it "
            "holds the certificate",
            code="host_refused",
        )


def run_exchange(
    options: ExchangeOptions,
    host: str,
    port: int,
    *,
    cert: Path | None = None,
    key: Path | None = None,
    behind_proxy: bool = False,
    ready: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve a party's exchange until Ctrl-C or SIGTERM; `ready` gets the address when the server answers.

    SeamwatchError where the database, the keys or the certificate can't be opened, or the port is taken.
    """
    if (cert is None) != (key is None):
        raise SeamwatchError("--cert and --key go together: give both or neither", code="bad_certificate")
    check_exchange_host(host, tls=cert is not None, behind_proxy=behind_proxy)
    if cert is not None and key is not None:
        check_certificate(cert, key)
    with listen(host, port) as made:
        app = make_exchange_app(options)
        config = uvicorn.Config(
            app,
            http=ProxiedProtocol if behind_proxy else ExchangeProtocol,
            ws="none",
            log_level="error",
            access_log=False,
            timeout_graceful_shutdown=5,
            server_header=False,
            date_header=False,
            limit_concurrency=MOST_CONNECTIONS,
            proxy_headers=behind_proxy,
            forwarded_allow_ips="127.0.0.1,::1" if behind_proxy else None,
            ssl_certfile=cert,
            ssl_keyfile=key,
            ssl_ciphers=_CIPHERS,
        )
        name, taken = made.getsockname()[:2]
        shown = f"[{name}]" if ":" in name else name
        scheme = "https" if cert is not None else "http"
        Server(config, lambda: ready(f"{scheme}://{shown}:{taken}")).run(sockets=[made])
