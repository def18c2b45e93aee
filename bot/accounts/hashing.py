"""Password hashes, made outside the event loop."""

from __future__ import annotations

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MEMORY_KIB = 19 * 1024
TIME_COST = 2
PARALLELISM = 1
"""Argon2id with the parameters of the OWASP Password Storage sheet: 19 MiB, two passes, one lane."""

UNUSABLE = "!"
"""Stands in place of a hash where nobody knows a password, such as after an import."""


class Argon2:
    """Argon2id hashes. ``work`` counts how many were computed, so that tests can see equal work.

    Args:
        quick: where nobody's password is kept, hashes as weak as they may be, which cost nothing.
    """

    def __init__(self, *, quick: bool = False) -> None:
        memory, passes = (8, 1) if quick else (MEMORY_KIB, TIME_COST)
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory, parallelism=PARALLELISM)
        self._decoy = ""
        self.work = 0

    async def hash(self, password: str) -> str:
        """A new hash of the password."""
        self.work += 1
        return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, hashed: str, password: str) -> bool:
        """Whether the hash is of this password; where there is none, or no usable one, the same work is done."""
        usable = hashed not in ("", UNUSABLE)
        if not usable:
            self._decoy = self._decoy or await self.hash("decoy")
        self.work += 1
        return await asyncio.to_thread(self._verify, hashed if usable else self._decoy, password) and usable

    def _verify(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False
