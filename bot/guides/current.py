"""The guides as they are now: those who hold this see new ones as soon as they are live."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.guides.interfaces import GuideService
from bot.guides.service import load_guides


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


class FreshGuides:
    """The guides of a folder as they are on disk, read again only where a file changed: most changes touch none.

    Args:
        folder: see :func:`bot.guides.service.load_guides`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: tuple[object, GuideService] | None = None

    def read(self) -> GuideService:
        """The service over them.

        Raises:
            GuidesInvalid: something in the folder must be corrected first.
        """
        files = sorted(self._folder.rglob("*.yml"))
        stamp = [(file, (found := file.stat()).st_mtime_ns, found.st_size) for file in files]
        if self._read is None or self._read[0] != stamp:
            self._read = stamp, load_guides(self._folder)
        return self._read[1]
