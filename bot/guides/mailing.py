"""Sends a guide by mail, once to each address that a conversation names."""

from __future__ import annotations

import hashlib

from bot.accounts.interfaces import RequestContext
from bot.db.engine import Database
from bot.guides.interfaces import GuideService
from bot.mail.interfaces import Outbox, OutgoingMail

MOST = 5
"""Guides that one conversation may have sent; anybody can type anybody's address."""


class GuideMail:
    """Implements :class:`bot.tasks.runner.GuideMailer`.

    Args:
        public_url: the site's address, for the links to the guide's page.
    """

    def __init__(self, database: Database, outbox: Outbox, guides: GuideService, public_url: str) -> None:
        self._database, self._outbox = database, outbox
        self._guides, self._public_url = guides, public_url

    async def send(self, guide: str, email: str, context: RequestContext) -> bool:
        """Leaves the guide in the outbox.

        Returns:
            False when this conversation has had its share; the same guide to the same address is sent once.

        Raises:
            GuideUnknown: there is no such guide.
        """
        facts = self._guides.mail_facts(guide, self._public_url)
        address = hashlib.sha256(email.strip().lower().encode()).hexdigest()[:16]
        key = f"guide:{context.conversation}:{guide}:{address}"
        purpose = f"guides:{context.conversation}"
        async with self._database.transaction() as transaction:
            if await self._outbox.count(transaction, purpose) >= MOST:
                return False
            named = {**facts, "platform_name": facts["platform"]}
            mail = OutgoingMail("guide", email, named, key=key, purpose=purpose)
            await self._outbox.add(transaction, mail)
        self._outbox.wake()
        return True
