"""How patient the delivery worker is, and how it waits."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass

import structlog

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Pace:
    """How patient the worker is. Seconds, except where days are said."""

    answer: float = 15
    verdict: float = 300
    offer: float = 45
    lease: float = 60
    poll: float = 5
    idle: float = 20
    retry_first: float = 2
    retry_longest: float = 900
    away_first: float = 0.5
    away_longest: float = 30
    give_up_days: float = 2
    keep_days: float = 30

    def retry(self, tries: int) -> float:
        """How long a mail waits that was not taken so many times before."""
        return _with_jitter(min(self.retry_longest, self.retry_first * 2 ** min(tries, 30)))

    def away(self, tries: int) -> float:
        """How long everything waits for a server that was not there so many times before."""
        return _with_jitter(min(self.away_longest, self.away_first * 2 ** min(tries, 30)))


class Outage:
    """The server's absence. All lanes wait together: no single mail pays with a long delay of its own."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._tries = 0
        self._until = 0.0

    def begins_or_lasts(self, reason: str) -> None:
        """The server was not there just now."""
        now = asyncio.get_running_loop().time()
        if now < self._until:
            return
        seconds = self._pace.away(self._tries)
        self._tries += 1
        self._until = now + seconds
        log.warning("mail_server_away", reason=reason, tries=self._tries, seconds=round(seconds, 1))

    def is_over(self) -> None:
        """The server took, or refused, a mail."""
        self._tries = 0

    def seconds_left(self) -> float:
        """Until the next try."""
        return max(0.0, self._until - asyncio.get_running_loop().time())


def _with_jitter(seconds: float) -> float:
    """Up to a fifth more or less, so that replicas do not knock all at once."""
    return seconds * random.uniform(0.8, 1.2)  # noqa: S311 - nothing secret depends on it
