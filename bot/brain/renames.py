"""Intents that were renamed or merged: what a button or a conversation still calls by the old name. Pure."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping


class Renames:
    """Puts present names in the place of old ones.

    Args:
        formerly: old name to present name, from ``data/intents.yml``.
    """

    def __init__(self, formerly: Mapping[str, str]) -> None:
        self._formerly = formerly
        names = "|".join(map(re.escape, formerly))
        self._payload = re.compile(rf"^/({names})(?=\{{|$)") if formerly else None
        # In a state a name is a JSON text of its own, or begins a button's payload.
        self._in_state = re.compile(rf'(?<=")(/?)({names})(?=["{{])') if formerly else None

    def payload(self, payload: str) -> str:
        """A button's payload with the intent's present name."""
        if self._payload is None:
            return payload
        return self._payload.sub(lambda found: f"/{self._formerly[found[1]]}", payload)

    def state(self, state: bytes | None) -> bytes | None:
        """A conversation's state with the intents' present names."""
        if self._in_state is None or not state:
            return state
        text = zlib.decompress(state).decode()
        changed = self._in_state.sub(lambda found: found[1] + self._formerly[found[2]], text)
        return state if changed == text else zlib.compress(changed.encode())
