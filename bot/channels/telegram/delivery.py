"""From the hub's log to the chats: each message once, in order, whatever happens in between.

A chat is served by one replica at a time, which holds a lease on it. What was delivered is written down after each
Telegram message, so after a crash everything behind it is sent, and the one message whose sending was under way is
sent again: Telegram's API has no key that would let it recognise a double. The same is true of a message whose answer
from Telegram was lost on the way.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TypeVar, cast

import structlog

from bot.channels.interfaces import NotShown, TryAgain, Unreachable
from bot.channels.telegram.chats_store import Chat, ChatsStore, Shown
from bot.channels.telegram.config import Patience
from bot.channels.telegram.rendering import Part, Words, render
from bot.channels.telegram.sender import Sender
from bot.clock import Clock
from bot.conversations.interfaces import Author, Hub, Message, Owner
from bot.desk.interfaces import Signals

log = structlog.get_logger(__name__)
T = TypeVar("T")


class LeaseLost(TryAgain):
    """Another replica delivers to this chat now."""


@dataclass
class Follower:
    """What is known of a chat that is followed here."""

    chat: int
    seen_at: float
    task: asyncio.Task[None] | None = None
    busy: bool = False
    typing: asyncio.Task[None] | None = None
    place: Chat | None = field(default=None)


class Delivery:
    """Follows the conversations of chats and sends what is new.

    Args:
        words: what the channel adds to messages.
        signals: learns what an agent wrote has arrived, and says when one is writing.
    """

    def __init__(
        self,
        hub: Hub,
        chats: ChatsStore,
        sender: Sender,
        words: Words,
        clock: Clock,
        patience: Patience,
        signals: Signals | None = None,
    ) -> None:
        self._signals = signals
        self._hub, self._chats, self._sender, self._words = hub, chats, sender, words
        self._clock, self._patience = clock, patience
        self._followers: dict[int, Follower] = {}
        self._loops: list[asyncio.Task[None]] = []
        self._closing = False

    def start(self) -> None:
        """Begins to look after the chats."""
        patience = self._patience
        self._loops = [
            asyncio.create_task(self._repeat(self._keep, patience.lease / 4), name="telegram leases"),
            asyncio.create_task(self._repeat(self._look_around, patience.look), name="telegram look"),
        ]
        if self._signals:
            self._loops.append(asyncio.create_task(self._agents_type(self._signals), name="telegram agents type"))

    async def close(self, grace: float) -> None:
        """Lets what is being sent arrive, for a while, and gives the chats back."""
        self._closing = True
        followers = list(self._followers.values())
        for follower in followers:
            if not follower.busy:
                _cancel(follower.task)
        await _ended([f.task for f in followers], grace)
        for task in (*self._loops, *(f.task for f in followers)):
            _cancel(task)
        await _ended([*self._loops, *(f.task for f in followers)], grace)

    def watch(self, chat: int) -> None:
        """Follows a chat from now on; says again that it is alive when it is followed already."""
        now = asyncio.get_running_loop().time()
        follower = self._followers.get(chat)
        if follower is not None:
            follower.seen_at = now
        elif not self._closing:
            follower = self._followers[chat] = Follower(chat, now)
            follower.task = asyncio.create_task(self._run(follower), name=f"telegram chat {chat}")

    def forget(self, chat: int) -> None:
        """Ends the following of a chat whose conversation was replaced, or that is blocked."""
        follower = self._followers.pop(chat, None)
        if follower is not None:
            _cancel(follower.task)

    async def deliver(self, chat: Chat, message: Message) -> None:
        """Sends what is still to be sent of one message, and writes down how far it came.

        Raises:
            Unreachable: the person blocked the bot.
            LeaseLost: another replica delivers to this chat.
        """
        parts = render(message, chat.conversation, self._words)
        begun = chat.parts if message.seq == chat.seq + 1 else 0
        for index, part in enumerate(parts[begun:], start=begun):
            number = await self._send(chat.id, part)
            shown = Shown(number, message.seq, self._clock()) if number is not None else None
            last = index + 1 == len(parts)
            await self._advance(chat, message.seq if last else message.seq - 1, 0 if last else index + 1, shown)
        if not parts[begun:]:
            await self._advance(chat, message.seq)

    async def _run(self, follower: Follower) -> None:
        try:
            until = self._clock() + timedelta(seconds=self._patience.lease)
            follower.place = await self._chats.take(follower.chat, self._clock(), until)
            if follower.place is not None:
                await self._follow(follower, follower.place)
        except Unreachable:
            log.info("telegram_chat_blocked")
            await _quietly(self._chats.set_blocked(follower.chat, True))
        except LeaseLost:
            log.warning("telegram_lease_lost")
        except Exception as error:
            # It is found again by looking around, once its lease has run out at the latest.
            log.error("telegram_delivery_trouble", error=type(error).__name__)
        finally:
            _cancel(follower.typing)
            if self._followers.get(follower.chat) is follower:
                del self._followers[follower.chat]
            if follower.place is not None:
                # Whoever comes next looks at once: a message may have come in the meantime.
                await asyncio.shield(_quietly(self._chats.release(follower.place, None)))

    async def _follow(self, follower: Follower, place: Chat) -> None:
        feed = cast(AsyncGenerator[Message, None], self._hub.follow(place.conversation, place.seq))
        async with aclosing(feed):
            async for message in feed:
                follower.busy = True
                follower.seen_at = asyncio.get_running_loop().time()
                if message.author is Author.USER:
                    self._think(follower, place.conversation, message)
                else:
                    _cancel(follower.typing)
                    await self.deliver(place, message)
                    follower.place = place = replace(place, seq=message.seq, parts=0)
                    if message.author is Author.AGENT and self._signals:
                        await _quietly(self._signals.received(place.conversation, message.seq))
                follower.busy = False
                if self._closing:
                    return

    async def _agents_type(self, signals: Signals) -> None:
        async for conversation in signals.follow():
            for follower in list(self._followers.values()):
                if follower.place is not None and follower.place.conversation == conversation:
                    await _quietly(self._sender.typing(follower.chat))

    async def _send(self, chat: int, part: Part) -> int | None:
        async def attempt() -> int | None:
            try:
                return await self._sender.send(chat, part)
            except NotShown:
                # Neither with nor without markup: nothing behind it may be held up by it.
                log.error("telegram_message_refused")
                return None

        return await self._insist(attempt)

    async def _advance(self, chat: Chat, seq: int, parts: int = 0, shown: Shown | None = None) -> None:
        if not await self._insist(lambda: self._chats.advance(chat, seq, parts, shown)):
            raise LeaseLost

    async def _insist(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Tries until it works: what was sent has to be written down, and what was written has to be sent."""
        wait = self._patience.retry
        while True:
            try:
                return await attempt()
            except Unreachable:
                raise
            except TryAgain as error:
                pause = max(error.seconds, wait)
                log.info("telegram_send_postponed", seconds=pause)
            except Exception as error:
                pause = wait
                log.error("telegram_delivery_trouble", error=type(error).__name__)
            await asyncio.sleep(pause)
            wait = min(wait * 2, self._patience.longest)

    def _think(self, follower: Follower, conversation: str, message: Message) -> None:
        """Shows "typing" while the bot owes an answer to a message that has just come."""
        _cancel(follower.typing)
        age = (self._clock() - message.at).total_seconds()
        if age < self._patience.typing_for:
            follower.typing = asyncio.create_task(self._type(follower.chat, conversation), name="telegram typing")

    async def _type(self, chat: int, conversation: str) -> None:
        patience = self._patience
        await asyncio.sleep(patience.typing_after)
        for _ in range(int(patience.typing_for / patience.typing_every)):
            if await self._hub.owner(conversation) is not Owner.BOT:
                return
            await self._sender.typing(chat)
            await asyncio.sleep(patience.typing_every)

    async def _keep(self) -> None:
        """Keeps the leases, and lets chats go that have been silent for long."""
        held = [follower for follower in self._followers.values() if follower.place is not None]
        if held:
            until = self._clock() + timedelta(seconds=self._patience.lease)
            await self._chats.renew([follower.chat for follower in held], until)
        now = asyncio.get_running_loop().time()
        for follower in held:
            if not follower.busy and now - follower.seen_at > self._patience.idle:
                _cancel(follower.task)

    async def _look_around(self) -> None:
        """Takes over chats of replicas that died, and finds messages in chats that nobody follows."""
        patience, now = self._patience, self._clock()
        for number in await self._chats.abandoned(now, patience.look_at):
            self.watch(number)
        before = now - timedelta(seconds=patience.rest)
        for chat in await self._chats.unwatched(before, now, patience.look_at):
            if _to_send(await self._hub.messages(chat.conversation, chat.seq, 20)):
                self.watch(chat.id)

    async def _repeat(self, step: Callable[[], Awaitable[None]], seconds: float) -> None:
        while True:
            try:
                await step()
            except Exception as error:
                log.error("telegram_delivery_trouble", error=type(error).__name__)
            await asyncio.sleep(seconds)


def _to_send(messages: Sequence[Message]) -> bool:
    """Whether some of them are for the person. A full page may hide more, so it counts as well."""
    return len(messages) == 20 or any(message.author is not Author.USER for message in messages)


async def _quietly(work: Awaitable[None]) -> None:
    """For what is put right by itself later when it fails now."""
    try:
        await work
    except Exception as error:
        log.error("telegram_delivery_trouble", error=type(error).__name__)


def _cancel(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()


async def _ended(tasks: Sequence[asyncio.Task[None] | None], grace: float) -> None:
    running = [task for task in tasks if task is not None]
    if running:
        await asyncio.wait(running, timeout=grace)
