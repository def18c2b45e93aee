"""Long polling: for a bot on a machine that Telegram cannot reach."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from telegram import Update
from telegram.error import TelegramError

from bot.channels.telegram.intake import NotAnUpdate
from bot.channels.telegram.webhook import Add

log = structlog.get_logger(__name__)

RETRY = 1.0


class DurableQueue(asyncio.Queue[object]):
    """What the library's ``Updater`` puts its updates into: they are written down before the next request, which is
    what tells Telegram that they have arrived. (Bot API, ``getUpdates``, ``offset``.)

    Args:
        add: keeps an update.
    """

    def __init__(self, add: Add) -> None:
        super().__init__()
        self._add = add

    async def put(self, item: Any) -> None:
        """Returns once the update is kept; whatever else the library puts in goes the usual way."""
        if not isinstance(item, Update):
            await super().put(item)
            return
        raw = item.to_dict()
        while True:
            try:
                await self._add(raw)
                return
            except NotAnUpdate:
                return
            except Exception as error:
                log.error("telegram_polling_trouble", error=type(error).__name__)
                await asyncio.sleep(RETRY)


def on_polling_error(error: TelegramError) -> None:
    """The library tries again by itself; its own message would hold a whole stack."""
    log.warning("telegram_polling_trouble", error=type(error).__name__)
