"""The secret tokens that open conversations. The database keeps their hashes alone."""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from datetime import datetime

from bot.conversations.interfaces import ConversationUnknown
from bot.conversations.log_store import LogStore

REMEMBERED_TOKENS = 20_000


class Tokens:
    """Knows which conversation a token opens, and remembers those that were asked for lately."""

    def __init__(self, log: LogStore) -> None:
        self._log = log
        self._known: OrderedDict[str, str] = OrderedDict()

    async def conversation_of(self, token: str) -> str:
        """The conversation that a token opens.

        Raises:
            ConversationUnknown: it opens none.
        """
        hashed = hash_of(token)
        known = self._known.get(hashed)
        if known is None:
            known = await self._log.conversation_of(hashed)
            if known is None:
                raise ConversationUnknown("token")
            self._known[hashed] = known
            if len(self._known) > REMEMBERED_TOKENS:
                self._known.popitem(last=False)
        return known

    async def grant(self, conversation: str, now: datetime) -> str:
        """Another token for a conversation.

        Raises:
            ConversationUnknown: there is none with this id.
        """
        token = new_token()
        await self._log.add_token(conversation, hash_of(token), now)
        return token

    def forget(self, conversation: str) -> None:
        """Remembers no token of a conversation any more."""
        self._known = OrderedDict((key, known) for key, known in self._known.items() if known != conversation)


def new_token() -> str:
    """A secret that nobody can guess."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
