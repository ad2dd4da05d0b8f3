"""Running the app: the port taken before anything else, the address told, an end without a trace."""

from __future__ import annotations

import errno
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType

import uvicorn

from seamwatch.errors import SeamwatchError
from seamwatch.serve.app import make_app
from seamwatch.serve.options import ServeOptions
from seamwatch.serve.security import is_loopback

# Streams that are open when the server ends are cut off after so many seconds.
_LAST_SECONDS = 2


class _Server(uvicorn.Server):
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


def check_host(host: str) -> None:
    """Raise SeamwatchError where a host is not this machine alone."""
    if not is_loopback(host):
        raise SeamwatchError(
            f"--host {host}: this version has no accounts, so whoever reaches the server may read and change "
            "the record. It listens on this machine alone: use --host 127.0.0.1, and from another machine "
            "a tunnel, as in: ssh -L 8765:127.0.0.1:8765 THIS_MACHINE",
            code="host_refused",
        )


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on a port of this machine (0: any free one); SeamwatchError where not."""
    check_host(host)
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
    options: ServeOptions, host: str, port: int, *, ready: Callable[[str], None] = lambda _: None
) -> None:
    """Serve a database until Ctrl-C or SIGTERM; `ready` gets the address when the server answers.

    SeamwatchError where the database can't be opened, the host is not this machine, or the port is taken.
    """
    with listen(host, port) as made:
        taken = made.getsockname()[1]
        app = make_app(replace(options, port=taken))
        shown = f"[{made.getsockname()[0]}]" if made.family == socket.AF_INET6 else made.getsockname()[0]
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=_LAST_SECONDS,
            server_header=False,
        )
        _Server(config, lambda: ready(f"http://{shown}:{taken}/")).run(sockets=[made])
