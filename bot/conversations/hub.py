"""The hub of every conversation: log, order, owner, delivery."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.brain.interfaces import Brain, Reply
from bot.clock import Clock, utc_now
from bot.conversations.cleaning import clean_client_id, clean_payload, clean_text
from bot.conversations.erase_store import EraseStore
from bot.conversations.files_store import FilesStore
from bot.conversations.interfaces import (
    Asked,
    Author,
    Message,
    MessageFile,
    MessageRejected,
    Owner,
    SilentListener,
    Writing,
)
from bot.conversations.lease_store import LeaseStore
from bot.conversations.log_store import LogStore
from bot.conversations.metrics import HubMetrics
from bot.conversations.notifier import Notifier
from bot.conversations.sentences import Sentence
from bot.conversations.tokens import Tokens, hash_of, new_token
from bot.conversations.turn_store import Incoming, TurnStore
from bot.conversations.turns import Turns
from bot.conversations.writing_store import open_writing
from bot.db.engine import Database

log = structlog.get_logger(__name__)

Greeting = Callable[[str], Sequence[Reply]]
"""A platform's key, or nothing, in; the bot's first messages out."""

PAGE = 200


def no_greeting(_platform: str) -> Sequence[Reply]:
    """A conversation that the person begins."""
    return ()


class ConversationHub:
    """Implements :class:`bot.conversations.interfaces.Hub` on one database, shared by any number of replicas.

    Args:
        sentence: gives the words of ``utter_error_turn``.
        greeting: the bot's first messages, written when a conversation is opened.
        public_payloads: payloads that are taken without a button that carried them, each with the words
            that the log shows for it.
        address_key: makes the pseudonym of a network address; the same in every replica. The address itself
            is never stored, and ``Turn.address`` carries the pseudonym, so that a turn repeated after a crash
            counts against the same limits.
        lease: how long a silent worker keeps its conversation.
        turn_limit: seconds after which a turn counts as failed.
        poll: seconds between two looks for what other replicas wrote.
    """

    def __init__(
        self,
        database: Database,
        brain: Brain,
        clock: Clock = utc_now,
        *,
        sentence: Sentence,
        greeting: Greeting = no_greeting,
        public_payloads: Mapping[str, str] | None = None,
        address_key: bytes = b"ventanilla",
        lease: timedelta = timedelta(seconds=10),
        turn_limit: float = 60.0,
        poll: float = 1.0,
        metrics: HubMetrics | None = None,
    ) -> None:
        self.metrics = metrics or HubMetrics()
        self._clock, self._greeting, self._address_key = clock, greeting, address_key
        self._public = dict(public_payloads or {})
        self._database = database
        self._listeners: list[SilentListener] = []
        self._log, self._store, self._notifier = LogStore(database), TurnStore(database), Notifier()
        self._files = FilesStore(database)
        self._turns = Turns(
            self._store,
            LeaseStore(database),
            brain,
            self._notifier,
            self.metrics,
            sentence,
            clock,
            lease=lease,
            turn_limit=turn_limit,
        )
        self._poll, self._keep_every = poll, lease.total_seconds() / 3
        self._loops: list[asyncio.Task[None]] = []
        self._tokens = Tokens(self._log)

    async def start(self) -> None:
        """Answers what a crash left unanswered, and begins to watch for other replicas' writing and dying."""
        await self._turns.recover()
        self._loops = [
            asyncio.create_task(self._repeat(self._keep_leases), name="hub leases"),
            asyncio.create_task(self._repeat(self._look_around), name="hub poll"),
        ]

    async def close(self, grace: float = 10.0) -> None:
        """Ends every following, lets running turns end within ``grace`` seconds, and gives back what it held."""
        self._notifier.close()
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        await self._turns.close(grace)

    async def recover(self) -> int:
        """Takes over conversations in which a message waits and nobody works; says how many."""
        return await self._turns.recover()

    async def open(self, channel: str, *, platform: str = "") -> tuple[str, str]:
        """Begins a conversation; see :meth:`Hub.open`."""
        identity, token = str(uuid.uuid4()), new_token()
        greeting = list(self._greeting(platform))
        await self._log.open(identity, hash_of(token), channel, platform, greeting, self._clock())
        self.metrics.messages.labels("bot").inc(len(greeting))
        return identity, token

    async def authenticate(self, token: str) -> str:
        """The conversation that a token opens; see :meth:`Hub.authenticate`."""
        return await self._tokens.conversation_of(token)

    async def receive(
        self,
        conversation: str,
        client_id: str,
        *,
        text: str | None = None,
        payload: str | None = None,
        address: str = "",
    ) -> int:
        """Writes a user's message down and has it answered in its turn; see :meth:`Hub.receive`."""
        incoming = self._incoming(client_id, text, payload, address)
        with self._turns.new_lease() as lease:
            received = await self._store.receive(conversation, incoming, self._clock(), lease, self._turns.working)
            if received.leased:
                self._turns.start(conversation, lease, received.pending)
        if received.message is not None:
            self._notifier.publish(conversation, [received.message])
            self.metrics.messages.labels("user").inc()
            if received.unasked:
                for listener in self._listeners:
                    listener(conversation, received.message)
        return received.seq

    async def send(
        self,
        conversation: str,
        author: Author,
        text: str,
        *,
        buttons: Sequence[Mapping[str, str]] = (),
        image: Mapping[str, str] | None = None,
        card: Mapping[str, Any] | None = None,
    ) -> Message:
        """Appends a message of an agent or of the system.

        Raises:
            ConversationUnknown: there is no such conversation.
        """
        async with self.writing() as writing:
            return await writing.send(conversation, author, text, buttons=buttons, image=image, card=card)

    async def set_owner(self, conversation: str, owner: Owner) -> Owner:
        """Changes who speaks. A turn of the bot that is under way then ends without a word.

        Returns:
            Who spoke before.

        Raises:
            ConversationUnknown: there is no such conversation.
        """
        async with self.writing() as writing:
            return await writing.set_owner(conversation, owner)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Writing]:
        """A transaction for conversations and what belongs to them; see :meth:`Hub.writing`."""
        async with open_writing(self._database, self._clock()) as writing:
            yield writing
        for conversation, added in writing.added.items():
            self._notifier.publish(conversation, added)
            for message in added:
                self.metrics.messages.labels(message.author.value).inc()
        for conversation in writing.to_answer:
            await self._turns.take_up(conversation)

    def allow(self, payloads: Mapping[str, str]) -> None:
        """Takes further payloads without a button that carried them, each with the words that the log shows."""
        self._public.update(payloads)

    def listen(self, listener: SilentListener) -> None:
        """Has ``listener`` called after a user's message that the bot does not answer; see :meth:`Hub.listen`."""
        self._listeners.append(listener)

    async def judge(self, conversation: str, seq: int, liked: bool) -> None:
        """Notes what the person thinks of an answer; see :meth:`Hub.judge`."""
        await self._log.judge(conversation, seq, liked)

    async def grant(self, conversation: str) -> str:
        """Another secret token for a conversation; see :meth:`Hub.grant`."""
        return await self._tokens.grant(conversation, self._clock())

    async def asked(self, since: datetime, until: datetime) -> Sequence[Asked]:
        """What the conversations of a time were about; see :meth:`Hub.asked`."""
        return await self._log.asked(since, until)

    async def files(self, conversation: str) -> Sequence[MessageFile]:
        """The files that came with messages, in order."""
        return await self._files.of(conversation)

    async def file(self, conversation: str, file: int) -> tuple[MessageFile, bytes] | None:
        """One of them with its content; see :meth:`Hub.file`."""
        return await self._files.content(conversation, file)

    async def erase(self, conversation: str) -> None:
        """Closes a conversation and empties its messages; see :meth:`Hub.erase`."""
        await EraseStore(self._database).erase(conversation, self._clock())
        self._tokens.forget(conversation)
        self._notifier.end(conversation)

    async def owner(self, conversation: str) -> Owner:
        """Who speaks now.

        Raises:
            ConversationUnknown: there is no such conversation.
        """
        return await self._log.owner(conversation)

    async def messages(self, conversation: str, after: int = 0, limit: int = 500) -> Sequence[Message]:
        """The log behind a sequence number, in order."""
        return await self._log.read(conversation, after, limit)

    async def follow(self, conversation: str, after: int = 0) -> AsyncIterator[Message]:
        """The log behind a sequence number and then every message as it is committed, each once, in order.

        Ends when the hub is closed.
        """
        with self._notifier.feed(conversation, after) as feed, self.metrics.followers.track_inprogress():
            while not feed.closed:
                if feed.stale:
                    feed.stale = False
                    # A follower that leaves must not break off a statement: that costs its connection.
                    page = await asyncio.shield(asyncio.create_task(self._log.read(conversation, feed.seen, PAGE)))
                    feed.stale = feed.stale or len(page) == PAGE
                    for message in page:
                        feed.seen = message.seq
                        yield message
                    continue
                for message in feed.fresh():
                    yield message
                if not feed.stale and not feed.queue:
                    await feed.wait()

    def _incoming(self, client_id: str, text: str | None, payload: str | None, address: str) -> Incoming:
        identity = clean_client_id(client_id)
        if text is not None and payload is not None:
            raise MessageRejected("both")
        if text is None and payload is None:
            raise MessageRejected("empty")
        pseudonym = self._pseudonym(address)
        if payload is None:
            return Incoming(identity, clean_text(text), "", "", pseudonym)
        cleaned = clean_payload(payload)
        return Incoming(identity, "", cleaned, self._public.get(cleaned, ""), pseudonym)

    def _pseudonym(self, address: str) -> str:
        if not address:
            return ""
        return hmac.new(self._address_key, address.encode(), hashlib.sha256).hexdigest()

    async def _keep_leases(self) -> None:
        await asyncio.sleep(self._keep_every)
        await self._turns.keep()

    async def _look_around(self) -> None:
        await self._notifier.someone()
        await asyncio.sleep(self._poll)
        followed = self._notifier.followed()
        if followed:
            self._notifier.compare(await self._log.last_seqs(followed))

    async def _repeat(self, step: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await step()
            except Exception:
                # The database may be away for a while; the next round looks again.
                self.metrics.errors.labels("loop").inc()
                log.exception("hub_round_failed")
                await asyncio.sleep(self._poll)
