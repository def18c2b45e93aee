"""What every part of the account service works with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.accounts.audit_store import AuditTrail
from bot.accounts.interfaces import AccountBackend
from bot.accounts.limits_store import Limiter, LimitPolicy
from bot.clock import Clock, utc_now
from bot.db.engine import Database
from bot.mail.interfaces import Outbox
from bot.platforms import Platform, PlatformFacts
from bot.privacy import KeyedHash


@dataclass(frozen=True)
class Parts:
    """The service's parts, real or stand-in.

    Attributes:
        database: where answers, limits, links and the audit trail are kept.
        backend: where the accounts are.
        outbox: takes the mails.
        platforms: the platforms' facts.
        hashed: keyed hashes of identifiers; the same key on every replica.
        public_url: the site's address, for links in mails.
        common_words: names and words that a chosen password may not consist of.
        limits: attempts an hour.
        clock: the present moment.
    """

    database: Database
    backend: AccountBackend
    outbox: Outbox
    platforms: Mapping[Platform, PlatformFacts]
    hashed: KeyedHash
    public_url: str
    common_words: frozenset[str] = frozenset()
    limits: LimitPolicy = field(default_factory=LimitPolicy)
    clock: Clock = utc_now

    @property
    def audit(self) -> AuditTrail:
        """The audit trail."""
        return AuditTrail(self.hashed)

    @property
    def limiter(self) -> Limiter:
        """The counter of attempts."""
        return Limiter(self.hashed)
