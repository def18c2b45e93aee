"""What can be said of a project's files without running anything."""

from __future__ import annotations

from pathlib import Path


def guide_problems(project: Path) -> list[str]:
    """What is wrong with a project's guides, in sentences."""
    from bot.guides.check import check

    return list(check(project / "data" / "guides"))
