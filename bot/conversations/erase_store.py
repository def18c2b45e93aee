"""Takes what people wrote out of a conversation that its person has ended."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import delete, update

from bot.conversations.files_store import files
from bot.conversations.interfaces import Owner
from bot.conversations.tables_store import further_tokens, messages
from bot.conversations.turn_store import change_row, lock_row, settle_row
from bot.db.engine import Database


class EraseStore:
    """Closes conversations for good."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def erase(self, conversation: str, now: datetime) -> None:
        """Empties every message, deletes files, forgets the brain's state and every token, and closes the conversation.

        Numbers, authors, times and intents stay, because counts rest on them.

        Raises:
            ConversationUnknown: there is no such conversation.
        """
        async with self._database.transaction() as transaction:
            await lock_row(transaction, conversation)
            await settle_row(transaction, conversation, now)
            emptied = {"text": "", "payload": "", "buttons": None, "image": None, "card": None, "facts": None}
            here = update(messages).where(messages.c.conversation == conversation)
            await transaction.execute(here.values(**emptied, address_hash=""))
            await transaction.execute(delete(files).where(files.c.conversation == conversation))
            await transaction.execute(delete(further_tokens).where(further_tokens.c.conversation == conversation))
            # The hash of nothing: no token opens it any more.
            closed = {"owner": Owner.CLOSED.value, "state": None, "token_hash": secrets.token_hex(32)}
            await change_row(transaction, conversation, {**closed, "updated_at": now})
