"""Which mail server there is, and what may go wrong with it."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from bot.errors import VentanillaError


class DeliveryError(VentanillaError):
    """A mail was not delivered.

    Attributes:
        reason: a word or the server's three digits, for the log and the outbox; never the server's text, which may
            repeat the address.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"mail not delivered: {reason}")
        self.reason = reason


class ServerAway(DeliveryError):
    """The server cannot be reached or takes no mail at all now; the mail itself was not tried."""


class Postponed(DeliveryError):
    """This mail was not taken now (4xx, or the line was lost before the last dot): try again later."""


class Refused(DeliveryError):
    """This mail will never be taken (5xx)."""


class Unknown(DeliveryError):
    """The line was lost, or stayed silent, after the last dot: the mail may have been accepted or not."""


@dataclass(frozen=True)
class SmtpServer:
    """Where mail is handed in.

    Attributes:
        tls: from the first byte (``smtps``). Otherwise STARTTLS is used whenever it is offered.
        tls_context: certificates to trust; None for those of the system.
    """

    host: str
    port: int
    username: str | None
    password: str | None
    tls: bool
    tls_context: ssl.SSLContext | None = None

    @classmethod
    def from_url(cls, url: str, tls_context: ssl.SSLContext | None = None) -> SmtpServer:
        """Reads ``smtp://user:password@host:port`` or ``smtps://…``; both parts of the login may be %-encoded."""
        parts = urlsplit(url)
        tls = parts.scheme == "smtps"
        user, password = parts.username, parts.password
        return cls(
            host=parts.hostname or "localhost",
            port=parts.port or (465 if tls else 587 if user else 25),
            username=unquote(user) if user else None,
            password=unquote(password or "") if user else None,
            tls=tls,
            tls_context=tls_context,
        )
