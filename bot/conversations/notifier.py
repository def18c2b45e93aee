"""Tells whoever follows a conversation, within this process, that its log has grown."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from bot.conversations.interfaces import Message

QUEUED = 256
"""Messages kept for a slow follower; whatever it misses it reads from the database."""


class Feed:
    """One follower's place in a conversation.

    Attributes:
        seen: the newest number that it has read.
        queue: messages committed since, oldest first; there may be gaps.
        stale: whether it has to look into the database.
        closed: whether the service ends.
    """

    def __init__(self, after: int) -> None:
        self.seen = after
        self.queue: deque[Message] = deque(maxlen=QUEUED)
        self.stale = True
        self.closed = False
        self._wake = asyncio.Event()

    def push(self, messages: Sequence[Message]) -> None:
        """Hands over what has just been committed."""
        self.queue.extend(messages)
        self._wake.set()

    def look(self) -> None:
        """Has the follower read the database."""
        self.stale = True
        self._wake.set()

    def close(self) -> None:
        """Ends the following."""
        self.closed = True
        self._wake.set()

    async def wait(self) -> None:
        """Returns once there is something to do."""
        await self._wake.wait()
        self._wake.clear()

    def fresh(self) -> list[Message]:
        """The queued messages that continue what was seen. At a gap the rest is left to the database."""
        ready = []
        while self.queue:
            message = self.queue.popleft()
            if message.seq > self.seen + 1:
                self.stale = True
                break
            if message.seq == self.seen + 1:
                self.seen = message.seq
                ready.append(message)
        return ready


class Notifier:
    """The followers of this process."""

    def __init__(self) -> None:
        self._feeds: dict[str, set[Feed]] = {}
        self._someone = asyncio.Event()
        self._closed = False

    @contextmanager
    def feed(self, conversation: str, after: int) -> Iterator[Feed]:
        """Follows a conversation for as long as the block lasts."""
        feed = Feed(after)
        feed.closed = self._closed
        self._feeds.setdefault(conversation, set()).add(feed)
        self._someone.set()
        try:
            yield feed
        finally:
            feeds = self._feeds[conversation]
            feeds.discard(feed)
            if not feeds:
                del self._feeds[conversation]
            if not self._feeds:
                self._someone.clear()

    def publish(self, conversation: str, messages: Sequence[Message]) -> None:
        """Hands committed messages to every follower of their conversation."""
        if messages:
            for feed in self._feeds.get(conversation, ()):
                feed.push(messages)

    async def someone(self) -> None:
        """Returns once a conversation is followed."""
        await self._someone.wait()

    def followed(self) -> Mapping[str, int]:
        """The followed conversations with the oldest position that a follower of each has."""
        return {conversation: min(feed.seen for feed in feeds) for conversation, feeds in self._feeds.items()}

    def compare(self, newest: Mapping[str, int]) -> None:
        """Sends followers whose conversation has grown elsewhere to the database."""
        for conversation, seq in newest.items():
            for feed in self._feeds.get(conversation, ()):
                if feed.seen < seq:
                    feed.look()

    def end(self, conversation: str) -> None:
        """Ends every following of a conversation."""
        for feed in self._feeds.get(conversation, ()):
            feed.close()

    def close(self) -> None:
        """Ends every following, now and from now on."""
        self._closed = True
        for feeds in self._feeds.values():
            for feed in feeds:
                feed.close()
