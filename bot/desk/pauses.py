"""Waiting that ends early when the service ends."""

from __future__ import annotations

import asyncio

from bot.waiting import wait_at_most


async def pause(closing: asyncio.Event, seconds: float) -> bool:
    """Waits for some seconds, or until the service ends; says whether it does."""
    await wait_at_most(closing, seconds)
    return closing.is_set()
