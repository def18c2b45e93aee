"""Facts as text for a database."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any


def packed(facts: Mapping[str, Any] | Sequence[Any]) -> str:
    """As JSON."""
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"), default=str)


def unpacked(text: str) -> Any:
    """From JSON."""
    return json.loads(text or "{}")
