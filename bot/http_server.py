"""How an application is served: one way for the program and for its tests."""

from __future__ import annotations

import uvicorn
from starlette.types import ASGIApp


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
