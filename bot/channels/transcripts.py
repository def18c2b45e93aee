"""Copies of a conversation by mail."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import timedelta, timezone
from typing import Any

from bot.conversations.interfaces import Author, Hub, Message
from bot.db.engine import Database
from bot.errors import VentanillaError
from bot.mail.interfaces import Outbox, OutgoingMail

MOST = 3
"""Copies of one conversation; anybody can type anybody's address."""

PAGE = 500
OFFICIAL_TIME = timezone(timedelta(hours=-5))
"""Of Peru, continental Ecuador and Colombia alike, all year round."""

_ADDRESS = re.compile(r"[^@\s,;<>()\"\\]{1,64}@[^@\s,;<>()\"\\]{1,180}\.[^@\s.,;<>()\"\\]{2,63}")


class NotSent(VentanillaError):
    """No copy is sent.

    Attributes:
        reason: ``bad_email``, ``nothing_to_send`` (the person has written nothing) or ``too_many_transcripts``.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"transcript not sent: {reason}")
        self.reason = reason


class TranscriptMail:
    """Leaves copies in the outbox.

    Args:
        words: of the chat: who speaks (``user``, ``bot``, ``agent``, ``system``), and ``platforms``.
    """

    def __init__(self, database: Database, outbox: Outbox, hub: Hub, words: Mapping[str, str]) -> None:
        self._database, self._outbox, self._hub, self._words = database, outbox, hub, words

    async def send(self, conversation: str, email: object) -> None:
        """Sends what was said so far; the same state to the same address once.

        Raises:
            NotSent: see there.
        """
        if not isinstance(email, str) or not _ADDRESS.fullmatch(email.strip()):
            raise NotSent("bad_email")
        said = await self._whole(conversation)
        if not any(message.author is Author.USER for message in said):
            raise NotSent("nothing_to_send")
        address = email.strip()
        hashed = hashlib.sha256(address.lower().encode()).hexdigest()[:16]
        key, purpose = f"transcript:{conversation}:{said[-1].seq}:{hashed}", f"transcripts:{conversation}"
        facts = {"platform_name": self._words["platforms"], "lines": [self._line(message) for message in said]}
        async with self._database.transaction() as transaction:
            if await self._outbox.count(transaction, purpose) >= MOST:
                raise NotSent("too_many_transcripts")
            await self._outbox.add(transaction, OutgoingMail("transcript", address, facts, key=key, purpose=purpose))
        self._outbox.wake()

    async def _whole(self, conversation: str) -> list[Message]:
        said: list[Message] = []
        while page := await self._hub.messages(conversation, said[-1].seq if said else 0, PAGE):
            said += page
        return said

    def _line(self, message: Message) -> dict[str, Any]:
        # A text names everything that its card shows.
        return {
            "who": self._words[message.author.value],
            "at": message.at.astimezone(OFFICIAL_TIME),
            "text": message.text,
        }
