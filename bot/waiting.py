"""Waiting with a limit, in loops that must end when they are cancelled."""

from __future__ import annotations

import asyncio
from typing import Any


async def wait_at_most(event: asyncio.Event, seconds: float) -> None:
    """Waits for an event, no longer than ``seconds``.

    ``asyncio.wait_for`` of Python 3.10 swallows a cancellation that arrives together with its end; a loop around it
    would then go on for ever.
    """
    waiting = asyncio.ensure_future(event.wait())
    try:
        await asyncio.wait({waiting}, timeout=max(0.0, seconds))
    finally:
        waiting.cancel()


async def end(*tasks: asyncio.Task[Any]) -> None:
    """Cancels tasks and waits for their end; cancels again whatever swallowed its cancellation."""
    for task in tasks:
        while not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=0.5)
