"""Running the app: the port taken before anything else, the address told, an end without a trace."""

from __future__ import annotations

import errno
import signal
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType

import uvicorn

from seamwatch.errors import SeamwatchError
from seamwatch.serve.app import make_app
from seamwatch.serve.hosts import is_host, is_loopback
from seamwatch.serve.options import ServeOptions
from seamwatch.store import open_store

# Streams that are open when the server ends are cut off after so many seconds.
_LAST_SECONDS = 2


class Server(uvicorn.Server):
    """Tells when it answers, ends on Ctrl-C or SIGTERM, and does not send itself the signal again."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to answer, then tell so."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Return a context in which both signals end the server."""
        caught = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self._end) for number in caught}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _end(self, number: int, frame: FrameType | None) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True


def shared_options(options: ServeOptions, host: str, *, accounts: bool) -> ServeOptions:
    """Return the options of a server on a host, told whether others than this machine's users reach it.

    SeamwatchError where they would and must not: without accounts, in clear, or under names not given.
    """
    near = is_loopback(host)
    if near and not options.behind_proxy and not options.allowed_hosts:
        return options
    if not accounts:
        raise SeamwatchError(
            f"--host {host}: this desk has no accounts, so whoever reaches the server may read and change "
            "the record. Add the first with `seamwatch account add NAME --role admin`. Without accounts it "
            "listens on this machine alone: use --host 127.0.0.1, and from another machine a tunnel, as in: "
            "ssh -L 8765:127.0.0.1:8765 THIS_MACHINE",
            code="host_refused",
        )
    if options.behind_proxy and not near:
        raise SeamwatchError(
            f"--behind-proxy with --host {host}: only a proxy on this machine is believed, so the desk "
            "listens on 127.0.0.1",
            code="host_refused",
        )
    if not (options.tls or options.behind_proxy):
        raise SeamwatchError(
            f"--host {host}: passwords would cross the network in clear. Give --cert and --key, or "
            "--behind-proxy where a proxy on this machine holds the certificate",
            code="host_refused",
        )
    if not options.allowed_hosts:
        raise SeamwatchError(
            "under which name do people open the desk? Say it with --allowed-host, as in: "
            "--allowed-host desk.example.org",
            code="host_refused",
        )
    for name in options.allowed_hosts:
        if not is_host(name):
            raise SeamwatchError(
                f"--allowed-host {name}: give a name, and a port where it is not 443, as in "
                "desk.example.org:8443",
                code="host_refused",
            )
    return replace(options, shared=True)


def check_certificate(cert: Path, key: Path) -> None:
    """Raise SeamwatchError where a certificate and its key can't be read or don't belong together."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key)
    except (OSError, ssl.SSLError) as wrong:
        raise SeamwatchError(
            f"{cert} and {key} are no certificate with its key ({wrong}): give both as PEM files",
            code="bad_certificate",
        ) from wrong


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on a port of this machine (0: any free one); SeamwatchError where not."""
    name = "127.0.0.1" if host.lower().rstrip(".") == "localhost" else host.strip("[]")
    family = socket.AF_INET6 if ":" in name else socket.AF_INET
    # The event loop sends small answers without waiting for more (40 ms) only where the protocol is named.
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((name, port))
    except OSError as wrong:
        made.close()
        if wrong.errno == errno.EADDRINUSE:
            said = f"port {port} is in use, perhaps by another seamwatch serve: end that, or choose another"
            raise SeamwatchError(f"{said}, as in --port {port + 1}", code="port_in_use") from wrong
        raise SeamwatchError(
            f"can't listen on {host}, port {port} ({wrong.strerror}): choose another with --port, above 1023",
            code="port_refused",
        ) from wrong
    return made


def run_desk(
    options: ServeOptions,
    host: str,
    port: int,
    *,
    cert: Path | None = None,
    key: Path | None = None,
    ready: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve a database until Ctrl-C or SIGTERM; `ready` gets the address when the server answers.

    SeamwatchError where the database can't be opened, others would reach the desk that must not, the
    certificate can't be used, or the port is taken.
    """
    options = replace(options, tls=cert is not None)
    with open_store(options.db, create=False) as store:
        options = shared_options(options, host, accounts=store.has_accounts())
    if cert is not None and key is not None:
        check_certificate(cert, key)
    with listen(host, port) as made:
        taken = made.getsockname()[1]
        app = make_app(replace(options, port=taken))
        shown = f"[{made.getsockname()[0]}]" if made.family == socket.AF_INET6 else made.getsockname()[0]
        scheme = "https" if options.tls else "http"
        addresses = [f"https://{name}/" for name in options.allowed_hosts] or [f"{scheme}://{shown}:{taken}/"]
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=_LAST_SECONDS,
            server_header=False,
            # Named, so that what else is installed changes nothing: this reader bounds a request's headers,
            # and no route speaks WebSocket.
            http="h11",
            ws="none",
            # What a proxy says is read in one place, `hosts`, and only where there is one.
            proxy_headers=False,
            ssl_certfile=cert,
            ssl_keyfile=key,
        )
        Server(config, lambda: ready(addresses[0])).run(sockets=[made])
