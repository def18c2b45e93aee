"""The outbox: mails written down inside the transaction that makes them true, encrypted until they are delivered."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping

import structlog
from cryptography.fernet import Fernet
from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, func, select

from bot.clock import Clock, utc_now
from bot.db.engine import Transaction
from bot.db.metadata import metadata
from bot.db.types import UtcDateTime, insert_for
from bot.mail.interfaces import OutgoingMail
from bot.mail.message import HEADERS, Sender, deliverable
from bot.mail.templating import MailTemplates, RenderedMail

log = structlog.get_logger(__name__)

outbox = Table(
    "outbox",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("key", String(200), unique=True, comment="idempotency key, NULL where none was given"),
    Column("kind", String(64), nullable=False),
    Column("recipient", String(320), nullable=False),
    Column("purpose", String(200), nullable=False),
    Column("payload", LargeBinary, comment="subject, text, HTML and headers, encrypted; NULL once nothing is due"),
    Column("state", String(16), nullable=False, comment="pending, sending, sent, failed or uncertain"),
    Column(
        "stage", String(16), nullable=False, comment="while sending: talking, or ending once the last dot may be out"
    ),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", UtcDateTime, nullable=False),
    Column("lease_owner", String(64), nullable=False),
    Column("lease_until", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("last_error", String(64), nullable=False),
    Column("message_id", String(400), nullable=False),
    Index("ix_outbox_state_next_attempt_at", "state", "next_attempt_at"),
)


class SqlOutbox:
    """The outbox in the service's database; an :class:`bot.mail.interfaces.Outbox`.

    Args:
        key: a Fernet key, see :func:`bot.mail.secrets.load_key`.
        mail_from: the sender, whose domain the Message-ID carries.
        wake: called after commits with mail; the delivery worker's ``wake``.
    """

    def __init__(
        self,
        key: bytes,
        mail_from: str,
        *,
        wake: Callable[[], None],
        clock: Clock = utc_now,
        templates: MailTemplates | None = None,
    ) -> None:
        self._fernet = Fernet(key)
        self._sender = Sender(mail_from)
        self._wake = wake
        self._clock = clock
        self._templates = templates or MailTemplates()

    async def add(self, transaction: Transaction, mail: OutgoingMail) -> str:
        """Writes the mail down for delivery after commit.

        An address that no server would take makes no error here, because the caller's answer may not depend on what
        is on file: the mail is kept as failed.

        Returns:
            The mail's id (also when the key was already there: then the id of the first one).

        Raises:
            UnknownMailKind: there is no such template.
        """
        mail_id, now, to = uuid.uuid4().hex, self._clock(), deliverable(mail.to)
        payload = seal(self._fernet, self._templates.render(mail.kind, mail.facts), mail.headers) if to else None
        row = {
            "id": mail_id,
            "key": mail.key or None,
            "kind": mail.kind,
            "recipient": to,
            "purpose": mail.purpose,
            "payload": payload,
            "state": "pending" if to else "failed",
            "stage": "",
            "attempts": 0,
            "next_attempt_at": now,
            "lease_owner": "",
            "created_at": now,
            "last_error": "" if to else "bad_address",
            "message_id": self._sender.message_id(mail_id),
        }
        insert = insert_for(transaction, outbox).values(row)
        result = await transaction.execute(insert.on_conflict_do_nothing(index_elements=["key"]))
        if not result.rowcount:
            return str(await transaction.scalar(select(outbox.c.id).where(outbox.c.key == mail.key)))
        if not to:
            log.warning("mail_failed", mail=mail_id, kind=mail.kind, reason="bad_address")
        return mail_id

    async def count(self, transaction: Transaction, purpose: str) -> int:
        """See the interface."""
        statement = select(func.count()).select_from(outbox).where(outbox.c.purpose == purpose)
        return int((await transaction.execute(statement)).scalar_one())

    def wake(self) -> None:
        """Tells the delivery worker that a transaction with mail has been committed."""
        self._wake()


def seal(fernet: Fernet, mail: RenderedMail, headers: Mapping[str, str] | None = None) -> bytes:
    """The rendered mail, unreadable without the key."""
    own = {**HEADERS, **(headers or {})}
    content = {"subject": mail.subject, "text": mail.text, "html": mail.html, "headers": own}
    return fernet.encrypt(json.dumps(content, ensure_ascii=False).encode())


def unseal(fernet: Fernet, payload: bytes) -> tuple[RenderedMail, Mapping[str, str]]:
    """The rendered mail and its headers.

    Raises:
        cryptography.fernet.InvalidToken: it was sealed with another key.
    """
    content = json.loads(fernet.decrypt(payload))
    return RenderedMail(content["subject"], content["text"], content["html"]), content["headers"]
