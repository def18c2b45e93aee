"""How often one address or one conversation may ask."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter
from starlette.requests import Request

NEAR = tuple(
    ip_network(network)
    for network in ("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10")
)
"""Where a reverse proxy of our own can be. What ``is_private`` counts differs between releases of Python."""


@dataclass(frozen=True)
class Rule:
    """At most ``amount`` a minute, counted apart for each rule's ``name``."""

    name: str
    amount: int


CONVERSATIONS_BY_ADDRESS = Rule("conversations", 20)
MESSAGES_BY_ADDRESS = Rule("messages", 120)
MESSAGES_BY_CONVERSATION = Rule("conversation", 30)
SIGNALS_BY_CONVERSATION = Rule("signals", 60)
CONVERSATIONS_BY_ORIGIN = Rule("origin", 600)
TRANSCRIPTS_BY_ADDRESS = Rule("transcripts", 5)
RESETS_BY_ADDRESS = Rule("resets", 20)
SIGN_INS_BY_ADDRESS = Rule("sign_ins", 60)


class RateLimits:
    """Counts requests in this process's memory.

    Args:
        enabled: with False everything is let through (benchmarks on the loopback).
    """

    def __init__(self, *, enabled: bool = True) -> None:
        self.enabled = enabled
        # The limiter keeps a weak reference only.
        self._storage = MemoryStorage()
        self._limiter = FixedWindowRateLimiter(self._storage)

    async def wait(self, *asked: tuple[Rule, str]) -> int:
        """Counts one request against each rule and its key.

        Returns:
            0 when it may go on, else the seconds after which it may be tried again.
        """
        if not self.enabled:
            return 0
        longest = 0
        for rule, key in asked:
            item = RateLimitItemPerMinute(rule.amount)
            if not await self._limiter.hit(item, rule.name, key):
                reset, _remaining = await self._limiter.get_window_stats(item, rule.name, key)
                longest = max(longest, 1, math.ceil(reset - time.time()))
        return longest

    async def forget(self) -> None:
        """Counts from nothing again."""
        await self._storage.reset()


def client_address(request: Request, *, behind_proxy: bool) -> str:
    """Who asks, for limits and the audit trail.

    ``X-Forwarded-For`` is believed only when the operator says that a proxy stands in front and the peer is on the
    loopback or a private network; then its last entry counts, the one that the proxy itself wrote.
    """
    peer = request.client.host if request.client else ""
    if not behind_proxy or not _is_near(peer):
        return peer
    forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    try:
        return str(ip_address(forwarded))
    except ValueError:
        return peer


def is_loopback(request: Request) -> bool:
    """Whether the request came from this machine without a proxy in between."""
    try:
        near = request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False
    return near and "x-forwarded-for" not in request.headers and "forwarded" not in request.headers


def _is_near(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in NEAR)
