"""Addresses and the message itself, as RFC 5322 and MIME want them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

SENDER_NAME = "Ventanilla"
ADDRESS = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,253}[A-Za-z0-9])?\Z")

HEADERS: Mapping[str, str] = {
    # RFC 3834: so that no vacation program answers. The second says the same to Exchange.
    "Auto-Submitted": "auto-generated",
    "X-Auto-Response-Suppress": "All",
    "Content-Language": "es",
}


@dataclass(frozen=True)
class Letter:
    """Everything that the message is made of. The same letter always makes the same message."""

    to: str
    subject: str
    text: str
    html: str
    headers: Mapping[str, str]
    message_id: str
    written_at: datetime


def deliverable(address: str) -> str:
    """The address as SMTP takes it: its domain in the ASCII form, nothing around it.

    Returns:
        An empty string when no server would take it (blanks, line breaks, no domain …).
    """
    local, _, domain = address.strip().rpartition("@")
    try:
        ascii_address = f"{local}@{domain.encode('idna').decode('ascii')}" if domain else ""
        if not ADDRESS.match(ascii_address) or ".." in ascii_address or ascii_address.startswith("."):
            return ""
        Address(addr_spec=ascii_address)
    except (ValueError, MessageError, IndexError):
        return ""
    return ascii_address


class Sender:
    """Who the mails come from.

    Args:
        mail_from: ``ayuda@example.org`` or ``Mesa de ayuda <ayuda@example.org>``.

    Raises:
        ValueError: it holds no address.
    """

    def __init__(self, mail_from: str) -> None:
        name, address = parseaddr(mail_from)
        self.address = deliverable(address)
        if not self.address:
            raise ValueError("the sender of mails needs an e-mail address")
        self.name = name or SENDER_NAME
        self.domain = self.address.rpartition("@")[2]

    def message_id(self, mail_id: str) -> str:
        """The Message-ID of a mail: made once, so that a receiver can drop a double."""
        return f"<{mail_id}@{self.domain}>"

    def write(self, letter: Letter) -> bytes:
        """The message, ready for SMTP, with CRLF line ends and no line over 78 characters."""
        message = EmailMessage(policy=SMTP)
        message["Date"] = format_datetime(letter.written_at)
        message["Message-ID"] = letter.message_id
        message["From"] = Address(self.name, addr_spec=self.address)
        message["To"] = Address(addr_spec=letter.to)
        message["Subject"] = letter.subject
        message.set_content(letter.text, cte="quoted-printable")
        message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
        # After the parts, or Content-Language would move into the first of them.
        for name, value in letter.headers.items():
            message[name] = value
        # A boundary of its own makes the same message of the same letter; "=_" cannot occur in quoted-printable text.
        message.set_boundary("=_" + hashlib.sha256(letter.message_id.encode()).hexdigest()[:32])
        return message.as_bytes()
