"""Signed tags by which a mail belongs to a case: in the address to answer to, and in its thread's Message-ID. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from enum import Enum

_TAG = re.compile(r"(\d{1,9})([pd])-([a-z2-7]{16})", re.IGNORECASE)


class Side(str, Enum):
    """Who was written to, and so who answers."""

    PERSON = "p"
    DESK = "d"
    """An institution's own help desk."""


@dataclass(frozen=True)
class MailTags:
    """Makes and reads tags.

    Attributes:
        address: the case address (``casos@ayuda.example.org``); its server keeps what stands behind the ``+``.
        key: signs.
    """

    address: str
    key: bytes

    def reply_to(self, case: int, side: Side) -> str:
        """The address that an answer goes to."""
        local, _, domain = self.address.rpartition("@")
        return f"{local}+{self.tag(case, side)}@{domain}"

    def thread(self, case: int, side: Side) -> str:
        """The Message-ID that every mail of a case refers to: programs thread by it, and answers carry it back."""
        return f"<caso.{self.tag(case, side)}@{self.address.rpartition('@')[2]}>"

    def tag(self, case: int, side: Side) -> str:
        """Case and side, signed."""
        return f"{case}{side.value}-{self._mac(case, side)}"

    def read(self, text: str) -> tuple[int, Side] | None:
        """The first genuine tag in a text (an address, or a header of Message-IDs)."""
        for number, side, mac in _TAG.findall(text):
            case, of = int(number), Side(side.lower())
            if hmac.compare_digest(self._mac(case, of).encode(), mac.lower().encode()):
                return case, of
        return None

    def _mac(self, case: int, side: Side) -> str:
        digest = hmac.new(self.key, f"case mail {case} {side.value}".encode(), hashlib.sha256).digest()
        # Mail servers may change capitals, so the alphabet has none.
        return base64.b32encode(digest[:10]).decode().lower()
