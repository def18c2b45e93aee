"""The one way in which tests serve an application: real HTTP on the loopback, as the program serves it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import ASGIApp

from bot.http_server import http_server
from tests.support.waiting import until


def listener_on(port: int = 0) -> socket.socket:
    """A socket of the loopback on this port, or on a free one; for who must know the address before the application."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    return listener


def address_of(listener: socket.socket) -> str:
    """Where it is reached."""
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


@asynccontextmanager
async def serving(app: ASGIApp, *, port: int = 0, listener: socket.socket | None = None) -> AsyncIterator[str]:
    """Serves for as long as the block lasts and gives the address.

    Args:
        port: a free one where it is 0.
        listener: a socket that is bound already, instead of a port; it is closed at the end.
    """
    listener = listener or listener_on(port)
    address = address_of(listener)
    server = http_server(app, grace=1)
    # serve() would take over the signals of the test run.
    running = asyncio.create_task(server._serve(sockets=[listener]))
    try:
        await until(lambda: server.started or running.done())
        if running.done():
            await running
        yield address
    finally:
        server.should_exit = True
        await running
