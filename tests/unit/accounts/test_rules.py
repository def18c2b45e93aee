"""Expiry counts calendar months; identifiers are cleaned, and check digits only hint."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.accounts.rules import add_months, clean_identifier, days_since, expired, looks_mistyped
from bot.platforms import Platform
from tests.unit.accounts.support import PLATFORMS

SEACE = PLATFORMS[Platform.SEACE]
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(timezone.utc))


def at(year: int, month: int, day: int, hour: int = 0) -> datetime:
    return datetime(year, month, day, hour, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (at(2026, 1, 15, 9), at(2026, 5, 15, 9)),
        (at(2025, 10, 31), at(2026, 2, 28)),
        (at(2027, 10, 31), at(2028, 2, 29)),
        (at(2025, 12, 31), at(2026, 4, 30)),
    ],
)
def test_four_months_later_is_the_same_day_or_the_months_last(start: datetime, end: datetime) -> None:
    assert add_months(start, 4) == end


def test_seace_expires_after_four_months_and_not_a_moment_before() -> None:
    changed = at(2026, 1, 15, 9)
    assert not expired(SEACE, changed, at(2026, 5, 15, 8))
    assert expired(SEACE, changed, at(2026, 5, 15, 9))


def test_other_platforms_and_unknown_dates_do_not_expire() -> None:
    assert not expired(PLATFORMS[Platform.SOCE], at(2000, 1, 1), at(2026, 1, 1))
    assert not expired(SEACE, None, at(2026, 1, 1))


@given(MOMENTS)
def test_expiry_comes_between_120_and_123_days(changed: datetime) -> None:
    assert not expired(SEACE, changed, changed + timedelta(days=120) - timedelta(seconds=1))
    assert expired(SEACE, changed, changed + timedelta(days=123))


def test_days_are_whole_and_never_negative() -> None:
    now = at(2026, 5, 1, 12)
    assert (days_since(at(2026, 4, 29, 13), now), days_since(at(2026, 6, 1), now), days_since(None, now)) == (1, 0, 0)


@pytest.mark.parametrize("typed", ["1.032.000.101", " 1032000101", "1032-000-101", "1032 000 101"])
def test_identifiers_lose_their_grouping(typed: str) -> None:
    assert clean_identifier(typed) == "1032000101"


@pytest.mark.parametrize(
    ("platform", "value", "mistyped"),
    [
        (Platform.SOCE, "1710020031", False),
        (Platform.SOCE, "1710020032", True),
        (Platform.SOCE, "1760567890001", False),
        (Platform.SOCE, "1710020032001", True),
        (Platform.SEACE, "20100200305", True),
        (Platform.SEACE, "41230011", False),
        (Platform.SECOP2, "1032000101", False),
        (Platform.SECOP2, "no es un número", False),
        (Platform.SOCE, "", False),
    ],
)
def test_a_wrong_check_digit_is_a_hint(platform: Platform, value: str, mistyped: bool) -> None:
    assert looks_mistyped(platform, value) is mistyped
