"""A mail server that takes mail for one purpose: what an institution's own server relays to it."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP

from bot.mail.interfaces import Take

log = structlog.get_logger(__name__)

LARGEST = 10 * 1024 * 1024
"""Bytes of a message, attachments included."""

TAKEN = "250 2.0.0 OK"
REFUSED = "550 5.1.1 No such case"
LATER = "451 4.3.0 Try again later"


class MailReceiver:
    """Implements :class:`bot.mail.interfaces.MailReceiving`: listens for SMTP and hands each message on.

    One that cannot be taken now is tried again by its sender.

    Args:
        take: what a message is handed to.
    """

    def __init__(self, host: str, port: int, take: Take) -> None:
        self._host, self._asked_port, self._take = host, port, take
        self._server: asyncio.AbstractServer | None = None
        self.port = 0

    async def start(self) -> None:
        """Begins to listen."""
        # aiosmtpd logs addresses and whole lines of the dialogue.
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(self, hostname="localhost", loop=loop, data_size_limit=LARGEST),
            self._host,
            self._asked_port,
            reuse_address=True,
        )
        self.port = self._server.sockets[0].getsockname()[1]
        log.info("mail_receiver_started", port=self.port)

    async def stop(self) -> None:
        """Stops listening."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    # The name is aiosmtpd's: the receiver is its own handler.
    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Takes a message, refuses it, or asks for it again later."""
        try:
            content = bytes(envelope.original_content or b"")
            taken = await self._take(envelope.mail_from or "", list(envelope.rcpt_tos), content)
        except Exception as error:  # the database may be away; the sender keeps the message
            log.warning("mail_not_taken", error=type(error).__name__)
            return LATER
        return TAKEN if taken else REFUSED
