"""``ventanilla guides …``."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.channels.guide_pages import listing, preview
from bot.guides.check import check
from bot.guides.service import load_guides
from bot.settings import load_settings


def check_guides(folder: Path | None) -> int:
    """Prints every problem of the guides.

    Returns:
        0 when there is none, else 1.
    """
    folder = folder or load_settings().data / "guides"
    problems = check(folder)
    for problem in problems:
        print(problem)
    if not problems:
        print(f"{len(load_guides(folder).all())} guides, no problems")
    return 1 if problems else 0


def list_guides() -> None:
    """Prints id, title, steps and facts of every guide."""
    table = Table("guide", "title", "steps", "facts")
    for guide_id, title, steps, facts in listing(load_guides(load_settings().data / "guides")):
        table.add_row(guide_id, title, str(steps), str(facts))
    Console().print(table)


def preview_guide(guide_id: str, output: Path) -> None:
    """Writes one guide as a single HTML file.

    Raises:
        GuideUnknown: there is no such guide.
    """
    output.write_text(preview(load_guides(load_settings().data / "guides"), guide_id), encoding="utf-8")
    print(output)
