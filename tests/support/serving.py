"""The one way in which tests serve an application: real HTTP on the loopback, as the program serves it."""

from __future__ import annotations

from bot.http_server import address_of, listener_on, serving

__all__ = ["address_of", "listener_on", "serving"]
