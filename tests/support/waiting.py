"""Waiting for a condition, for tests: nothing here sleeps for a time that somebody guessed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Any

PATIENCE = 40.0
"""Seconds after which a test gives up waiting; a machine that has much else to do must still get there."""


async def until(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Waits for a condition, no longer than the limit."""
    deadline = monotonic() + seconds
    while not condition():
        assert monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.002)


async def eventually(check: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """What ``check`` returns, as soon as that is true; fails after some seconds."""
    deadline = monotonic() + seconds
    while True:
        found = await check()
        if found:
            return found
        assert monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.005)
