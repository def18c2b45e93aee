"""How fast the bot calls Telegram: its limits are kept, and its requests for patience obeyed.

The limits are those of Telegram's "Bots FAQ" ("My bot is hitting limits"): one message a second in one chat, about
thirty a second in all. python-telegram-bot has the hook and leaves the counting to a library that we do not have.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

log = structlog.get_logger(__name__)

Answer = bool | dict[str, Any] | list[dict[str, Any]]

FORGET_ABOVE = 5_000
"""So many chats' paces are kept before those that rest are dropped."""

NOT_MESSAGES = frozenset({"sendChatAction"})
AT_ONCE = frozenset({"answerCallbackQuery", "getMe", "setWebhook", "deleteWebhook", "setMyCommands"})
"""No messages, and too urgent or too rare to wait."""

GRACE = 0.1
"""Added to what Telegram asks for: its clock and ours differ."""


class Bucket:
    """Lets ``rate`` a second through, up to ``burst`` of them at once; callers go in the order in which they came."""

    def __init__(self, rate: float, burst: float = 1.0) -> None:
        self._rate, self._burst = rate, burst
        self._tokens, self._at = burst, 0.0
        self._turn = asyncio.Lock()

    @property
    def resting(self) -> bool:
        """Whether nobody waits and nothing is remembered that a new bucket would not know."""
        return not self._turn.locked() and self._now() - self._at > self._burst / self._rate

    async def pass_through(self) -> None:
        """Returns when it is the caller's turn."""
        async with self._turn:
            missing = 1.0 - self._left()
            if missing > 0:
                await asyncio.sleep(missing / self._rate)
                self._left()
            self._tokens -= 1.0

    def _left(self) -> float:
        now = self._now()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate) if self._at else self._burst
        self._at = now
        return self._tokens

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


class Pace(BaseRateLimiter[int]):
    """Throttles what the bot sends. Every replica counts for itself; what several send too fast together, Telegram
    answers with a request for patience, which is obeyed.

    Args:
        overall: messages a second in all.
        a_chat: messages a second in one chat.
    """

    def __init__(self, overall: float = 30.0, a_chat: float = 1.0) -> None:
        self._overall = Bucket(overall, burst=max(1.0, overall / 2))
        self._a_chat = a_chat
        self._chats: dict[Any, Bucket] = {}
        self._quiet_until = 0.0

    async def initialize(self) -> None:
        """Nothing to do."""

    async def shutdown(self) -> None:
        """Nothing to do."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Answer]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Answer:
        """Makes the call when it may be made, and again for as long as Telegram asks for patience."""
        if endpoint in AT_ONCE:
            return await callback(*args, **kwargs)
        while True:
            await self._my_turn(endpoint, data)
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as asked:
                seconds = _seconds(asked)
                # Like python-telegram-bot's own limiter this halts everything: whoever goes on sending while it is
                # asked to wait is asked to wait longer.
                self._quiet_until = max(self._quiet_until, asyncio.get_running_loop().time() + seconds + GRACE)
                log.warning("telegram_asks_for_patience", seconds=seconds, endpoint=endpoint)

    async def _my_turn(self, endpoint: str, data: dict[str, Any]) -> None:
        chat = data.get("chat_id")
        if chat is not None and endpoint.startswith("send") and endpoint not in NOT_MESSAGES:
            await self._bucket(chat).pass_through()
        await self._overall.pass_through()
        await self._patience()

    async def _patience(self) -> None:
        # More patience may have been asked for in the meantime.
        left = self._quiet_until - asyncio.get_running_loop().time()
        while left > 0:
            await asyncio.sleep(left)
            left = self._quiet_until - asyncio.get_running_loop().time()

    def _bucket(self, chat: Any) -> Bucket:
        if chat not in self._chats:
            if len(self._chats) > FORGET_ABOVE:
                self._chats = {key: bucket for key, bucket in self._chats.items() if not bucket.resting}
            self._chats[chat] = Bucket(self._a_chat)
        return self._chats[chat]


def _seconds(asked: RetryAfter) -> float:
    after = asked.retry_after
    return float(after if isinstance(after, (int, float)) else after.total_seconds())
