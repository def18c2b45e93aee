"""The guides as they are now: those who hold this see new ones as soon as they are live."""

from __future__ import annotations

from typing import Any

from bot.guides.interfaces import GuideService


class CurrentGuides:
    """Stands for a guide service that can be replaced by a fresh one.

    Args:
        guides: the first one.
    """

    def __init__(self, guides: GuideService) -> None:
        self._guides = guides

    def use(self, guides: GuideService) -> None:
        """Puts fresh guides in the place of those before."""
        self._guides = guides

    def __getattr__(self, name: str) -> Any:
        return getattr(self._guides, name)
