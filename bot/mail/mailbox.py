"""The mailbox of the demonstration: a real SMTP server on the loopback whose messages can be read at ``/correo``.

It stands in for the outside world. It takes any mail to anybody, so it listens on the loopback alone.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP

from bot.clock import Clock, utc_now

log = structlog.get_logger(__name__)

HOST = "127.0.0.1"
KEPT = 200
PREVIEW = 110
ENVELOPE_TO, ENVELOPE_AT = "X-Mailbox-To", "X-Mailbox-At"


@dataclass(frozen=True)
class MailboxMessage:
    """One message that arrived.

    Attributes:
        id: grows with every message; starts anew only after a restart with an empty mailbox.
        to: the address that the server was told, which is who really got it.
    """

    id: int
    to: str
    received_at: datetime
    message: EmailMessage

    @cached_property
    def sender(self) -> str:
        """The From header."""
        return str(self.message.get("From", ""))

    @cached_property
    def subject(self) -> str:
        """The Subject header, decoded."""
        return str(self.message.get("Subject", ""))

    @cached_property
    def text(self) -> str:
        """The plain text part, or nothing."""
        return self._part("plain")

    @cached_property
    def html(self) -> str:
        """The HTML part, or nothing."""
        return self._part("html")

    @cached_property
    def preview(self) -> str:
        """The first words."""
        words = " ".join(self.text.split())
        return words if len(words) <= PREVIEW else words[: PREVIEW - 1].rstrip() + "…"

    @cached_property
    def headers(self) -> list[tuple[str, str]]:
        """Every header of the message itself."""
        return [(name, str(value)) for name, value in self.message.items() if not name.startswith("X-Mailbox-")]

    def _part(self, subtype: str) -> str:
        part = self.message.get_body((subtype,))
        if part is None:
            return ""
        try:
            return str(part.get_content()).replace("\r\n", "\n")
        except (LookupError, KeyError):
            # A charset that Python does not know, or a part that is no text.
            return ""


class Mailbox:
    """Takes messages over SMTP and keeps the last ones as files, so that they survive a restart.

    Args:
        folder: where the ``.eml`` files are; readable by its owner alone, because passwords are in them.
        kept: how many.
    """

    def __init__(self, folder: Path, *, clock: Clock = utc_now, kept: int = KEPT) -> None:
        self._folder = folder
        self._clock = clock
        self._kept = kept
        self._messages: list[MailboxMessage] = []
        self._last_id = 0
        self._server: asyncio.AbstractServer | None = None
        self.port = 0

    @property
    def smtp_url(self) -> str:
        """What to hand to the delivery worker; valid once started."""
        return f"smtp://{HOST}:{self.port}"

    @property
    def version(self) -> str:
        """Changes whenever the messages do."""
        return f"{self._last_id}-{len(self._messages)}"

    async def start(self) -> None:
        """Reads what is kept and listens on a free port of the loopback."""
        # aiosmtpd logs addresses and whole lines of the dialogue.
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)
        self._load()
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(self, hostname="localhost", loop=loop), HOST, 0, reuse_address=True
        )
        self.port = self._server.sockets[0].getsockname()[1]
        log.info("mailbox_started", port=self.port, messages=len(self._messages))

    async def stop(self) -> None:
        """Stops listening; the messages stay."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    def messages(self, to: str = "") -> Sequence[MailboxMessage]:
        """What arrived, newest first; ``to`` keeps recipients that contain it, in upper or lower case."""
        wanted = to.strip().lower()
        return [message for message in reversed(self._messages) if wanted in message.to.lower()]

    def message(self, message_id: int) -> MailboxMessage | None:
        """One message, or None when it was never there or is gone."""
        return next((message for message in self._messages if message.id == message_id), None)

    def clear(self) -> None:
        """Deletes every message."""
        for message in self._messages:
            self._path(message.id).unlink(missing_ok=True)
        self._messages.clear()

    # The name is aiosmtpd's: the mailbox is its own handler.
    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Keeps a message once for each of its recipients."""
        for to in envelope.rcpt_tos:
            self._keep(to, bytes(envelope.original_content or b""))
        return "250 2.0.0 OK"

    def _keep(self, to: str, content: bytes) -> None:
        self._last_id += 1
        head = f"{ENVELOPE_TO}: {to}\r\n{ENVELOPE_AT}: {self._clock().isoformat()}\r\n"
        raw = head.encode() + content
        self._messages.append(_parse(self._last_id, raw))
        self._write(self._path(self._last_id), raw)
        while len(self._messages) > self._kept:
            self._path(self._messages.pop(0).id).unlink(missing_ok=True)

    def _write(self, path: Path, raw: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_suffix(".part")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(raw)
        draft.rename(path)

    def _load(self) -> None:
        names = sorted(int(path.stem) for path in self._folder.glob("*.eml") if path.stem.isdigit())
        self._messages = [_parse(name, self._path(name).read_bytes()) for name in names][-self._kept :]
        self._last_id = names[-1] if names else 0

    def _path(self, message_id: int) -> Path:
        return self._folder / f"{message_id:08d}.eml"


def _parse(message_id: int, raw: bytes) -> MailboxMessage:
    message = message_from_bytes(raw, policy=policy.default)
    try:
        received_at = datetime.fromisoformat(str(message.get(ENVELOPE_AT, "")))
    except ValueError:
        received_at = datetime.fromtimestamp(0, timezone.utc)
    return MailboxMessage(message_id, str(message.get(ENVELOPE_TO, "")), received_at, message)
