"""What other features may ask of the mail feature."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.db.engine import Transaction
from bot.errors import VentanillaError


class UnknownMailKind(VentanillaError):
    """No template has this name."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"no mail template named {kind}")
        self.kind = kind


@dataclass(frozen=True)
class OutgoingMail:
    """One mail to be written from a template and sent.

    Attributes:
        kind: base name of the templates in ``bot/mail/templates`` (``<kind>.txt``, ``<kind>.html``,
            whose first block is the subject).
        to: the address.
        facts: values for the template. They may hold a new password or a link: the outbox keeps
            the rendered mail encrypted, and drops its text once it was delivered.
        key: idempotency key: a second mail with the same key is not written.
        purpose: what mails are counted by, such as how many guides a conversation was sent; may be empty.
        headers: further headers, such as the address to answer to.
    """

    kind: str
    to: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    purpose: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class Outbox(Protocol):
    """Where a feature leaves a mail, inside the transaction that makes the mail true."""

    async def add(self, transaction: Transaction, mail: OutgoingMail) -> str:
        """Writes the mail down for delivery after commit.

        Returns:
            The mail's id (also when the key was already there: then the id of the first one).

        Raises:
            UnknownMailKind: there is no such template.
        """

    async def count(self, transaction: Transaction, purpose: str) -> int:
        """How many mails were written down for a purpose."""

    def wake(self) -> None:
        """Tells the delivery worker that a transaction with mail has been committed."""


Take = Callable[[str, Sequence[str], bytes], Awaitable[bool]]
"""Sender, recipients and content of a message in; whether it was for somebody."""


class MailReceiving(Protocol):
    """Where mail comes in."""

    port: int

    async def start(self) -> None:
        """Begins to listen."""

    async def stop(self) -> None:
        """Stops listening."""
