"""Time as a parameter, so that rules about hours, expiry and limits can be tested."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

Clock = Callable[[], datetime]
"""Returns the present moment as an aware datetime in UTC."""


def utc_now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(timezone.utc)
