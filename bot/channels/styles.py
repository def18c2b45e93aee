"""Styles that are kept in parts by subject and sent as one file: a later part may set what an earlier one said anew."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.channels.pages import WEB

_CHAT = ("frame", "messages", "answers", "compose", "times", "sheet", "adapting")
_GUIDES = ("page", "search", "guide", "widths", "print")


def chat_style(web: Path = WEB) -> str:
    """The chat's own style, the same in its page and in the panel of other sites."""
    return _joined(web / "chat" / "styles", _CHAT)


def guides_style(web: Path = WEB) -> str:
    """The style of the guides' pages."""
    return _joined(web / "guides" / "styles", _GUIDES)


def _joined(folder: Path, parts: Sequence[str]) -> str:
    return "".join((folder / f"{part}.css").read_text("utf-8") for part in parts)
