"""What proves who an agent is: the password's slow hash, and the sealed secret of the second factor."""

from __future__ import annotations

import asyncio
import secrets
from datetime import datetime

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.fernet import Fernet

from bot.desk.agent_store import Proofs
from bot.desk.sign_in import matching_step


class Factors:
    """Makes and checks both factors; keeps nothing.

    Args:
        key: encrypts the secrets of the second factor (a Fernet key).
    """

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(key)
        # OWASP's parameters for Argon2id: 19 MiB, two passes, one lane.
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._decoy = ""

    def new_secret(self) -> bytes:
        """A second factor's secret, sealed."""
        return self._fernet.encrypt(pyotp.random_base32().encode())

    def secret(self, sealed: bytes) -> str:
        """A sealed secret, as authenticators take it (base 32)."""
        return self._fernet.decrypt(sealed).decode()

    def step(self, proofs: Proofs | None, code: str, now: datetime) -> int | None:
        """The time step that a code belongs to; None where it is wrong or was used before."""
        if proofs is None or proofs.totp_secret is None:
            return None
        return matching_step(self.secret(proofs.totp_secret), code, proofs.totp_used, now)

    async def hash(self, password: str) -> str:
        """What is kept of a password."""
        return await asyncio.to_thread(self._hasher.hash, password)

    async def fits(self, hashed: str, password: str) -> bool:
        """Whether a password is the one that was hashed; takes as long where there is no hash."""
        if not self._decoy:
            self._decoy = await self.hash(secrets.token_hex(16))
        return await asyncio.to_thread(self._verify, hashed or self._decoy, password) and bool(hashed)

    def _verify(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False
