"""Who asks, and how often."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from bot.channels.limits import RateLimits, Rule, client_address, is_loopback


def request(peer: str, forwarded: str | None = None) -> Request:
    headers = [] if forwarded is None else [(b"x-forwarded-for", forwarded.encode())]
    return Request({"type": "http", "client": (peer, 1), "headers": headers})


@pytest.mark.parametrize(
    ("peer", "forwarded", "behind_proxy", "address"),
    [
        ("203.0.113.5", None, False, "203.0.113.5"),
        ("127.0.0.1", "198.51.100.1", False, "127.0.0.1"),
        ("127.0.0.1", "198.51.100.1", True, "198.51.100.1"),
        ("10.0.0.3", "1.2.3.4, 198.51.100.1", True, "198.51.100.1"),
        ("::1", "2001:db8::7", True, "2001:db8::7"),
        ("203.0.113.5", "198.51.100.1", True, "203.0.113.5"),
        ("127.0.0.1", "no address", True, "127.0.0.1"),
        ("127.0.0.1", None, True, "127.0.0.1"),
    ],
)
def test_the_address_is_the_one_that_can_be_believed(
    peer: str, forwarded: str | None, behind_proxy: bool, address: str
) -> None:
    assert client_address(request(peer, forwarded), behind_proxy=behind_proxy) == address


@pytest.mark.parametrize(
    ("peer", "forwarded", "near"),
    [("127.0.0.1", None, True), ("::1", None, True), ("127.0.0.1", "203.0.113.9", False), ("10.0.0.3", None, False)],
)
def test_a_request_through_a_proxy_is_not_from_this_machine(peer: str, forwarded: str | None, near: bool) -> None:
    assert is_loopback(request(peer, forwarded)) is near


async def test_each_rule_and_each_key_is_counted_apart() -> None:
    limits, few, many = RateLimits(), Rule("few", 2), Rule("many", 5)
    assert [await limits.wait((few, "a"), (many, "x")) for _ in range(2)] == [0, 0]
    assert 1 <= await limits.wait((few, "a"), (many, "x")) <= 61
    assert await limits.wait((few, "b"), (many, "x")) == 0
    assert await limits.wait((many, "x")) == 0
    assert await limits.wait((many, "x")) > 0


async def test_switched_off_nothing_is_counted() -> None:
    limits = RateLimits(enabled=False)
    assert [await limits.wait((Rule("few", 1), "a")) for _ in range(5)] == [0] * 5
