"""What may be shown of personal data, and how it is compared without being kept."""

from __future__ import annotations

import hashlib
import hmac

STARS = "***"
"""Always three, so that a mask does not tell a length."""


def mask_email(address: str) -> str:
    """``ana@muni.gob.pe`` becomes ``a***@m***.gob.pe``; what is no address becomes stars; empty stays empty."""
    address = address.strip()
    if not address:
        return ""
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain:
        return STARS
    name, dot, rest = domain.partition(".")
    return f"{local[0]}{STARS}@{name[:1]}{STARS}{dot}{rest}"


def mask_login(login: str) -> str:
    """``gongoragabriela`` becomes ``go***a``; names of up to four characters show their first alone."""
    login = login.strip()
    if not login:
        return ""
    return f"{login[0]}{STARS}" if len(login) <= 4 else f"{login[:2]}{STARS}{login[-1]}"


class KeyedHash:
    """Turns an identifier into a value that can be compared but not read back without the key.

    Args:
        key: at least 16 bytes, the same on every replica.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) < 16:
            raise ValueError("the key needs at least 16 bytes")
        self._key = key

    def __call__(self, *parts: str) -> str:
        """A hex digest of the parts; case and blanks around them do not matter."""
        message = "\x1f".join(part.strip().casefold() for part in parts).encode()
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()
