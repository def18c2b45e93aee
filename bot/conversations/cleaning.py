"""What people send, made safe to keep: Unicode in one form, no control characters, within limits. Pure."""

from __future__ import annotations

import re
import unicodedata

from bot.conversations.interfaces import MessageRejected

MAX_TEXT = 2_000
"""Characters of one message."""

_RAW_LIMIT = 16_384
"""Nothing longer is even normalised: it would be too long afterwards too, or be made of characters that are dropped."""

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def clean_text(text: object) -> str:
    """A message's text as the log keeps it.

    Line breaks become ``\\n``; tabs become blanks; other control characters, NUL, lone surrogates and
    noncharacters disappear; the rest is in normal form C without blanks around it.

    Raises:
        MessageRejected: ``not_text``, ``empty`` (nothing visible is left) or ``too_long``.
    """
    if not isinstance(text, str):
        raise MessageRejected("not_text")
    if len(text) > _RAW_LIMIT:
        raise MessageRejected("too_long")
    lines = re.sub(r"\r\n?|[\u0085\u2028\u2029]", "\n", text).replace("\t", " ")
    kept = "".join(char for char in lines if char == "\n" or _allowed(char))
    cleaned = unicodedata.normalize("NFC", kept).strip()
    if not any(char.isprintable() and not char.isspace() for char in cleaned):
        raise MessageRejected("empty")
    if len(cleaned) > MAX_TEXT:
        raise MessageRejected("too_long")
    return cleaned


def clean_payload(payload: object) -> str:
    """A button's payload, exactly as it was sent; what could never have been one is refused.

    Raises:
        MessageRejected: ``not_text``, ``empty`` or ``unknown_payload``.
    """
    if not isinstance(payload, str):
        raise MessageRejected("not_text")
    if not payload.strip():
        raise MessageRejected("empty")
    if len(payload) > MAX_TEXT or not all(_allowed(char) for char in payload):
        raise MessageRejected("unknown_payload")
    return payload


def clean_client_id(client_id: object) -> str:
    """A client's message id in its one spelling.

    Raises:
        MessageRejected: ``bad_id``: it is not a UUID in the usual form (RFC 9562, section 4).
    """
    lowered = client_id.lower() if isinstance(client_id, str) and len(client_id) == 36 else ""
    if not _UUID.fullmatch(lowered):
        raise MessageRejected("bad_id")
    return lowered


def _allowed(char: str) -> bool:
    if char.isprintable():
        return True
    code = ord(char)
    noncharacter = 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE
    return unicodedata.category(char) not in ("Cc", "Cs") and not noncharacter
