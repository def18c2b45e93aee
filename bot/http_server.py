"""How an application is served: one way for the program, for its sandbox and for its tests."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp

from bot.waiting import until


def http_server(application: ASGIApp, *, grace: int) -> uvicorn.Server:
    """A server that is not started yet, for sockets that are bound already.

    Args:
        grace: seconds that connections are given to end when it is told to stop.
    """
    config = uvicorn.Config(
        application,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        # Which proxies are believed is decided by the channels, not by whoever connects from this machine.
        proxy_headers=False,
        # The websockets release that Rasa needs breaks uvicorn's import of it, and nothing here uses them.
        ws="none",
        timeout_graceful_shutdown=grace,
    )
    return uvicorn.Server(config)


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
    """Serves on the loopback for as long as the block lasts and gives the address.

    Args:
        port: a free one where it is 0.
        listener: a socket that is bound already, instead of a port; it is closed at the end.
    """
    listener = listener or listener_on(port)
    address = address_of(listener)
    server = http_server(app, grace=1)
    # serve() would take over the signals of the process.
    running = asyncio.create_task(server._serve(sockets=[listener]))
    try:
        await until(lambda: server.started or running.done())
        if running.done():
            await running
        yield address
    finally:
        server.should_exit = True
        await running
