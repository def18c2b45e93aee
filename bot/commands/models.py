"""``ventanilla models …``."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from bot.brain.models import ModelShelf
from bot.settings import load_settings


def list_models() -> None:
    """Prints every model, oldest first, and marks the one in use."""
    shelf = ModelShelf(load_settings().models)
    current = shelf.current()
    table = Table("", "name", "trained (UTC)", "messages", "seconds", "data")
    for card in shelf.cards():
        mark = "→" if card.name == current else ""
        table.add_row(
            mark, card.name, card.trained_at[:16], str(card.messages), str(card.seconds), card.fingerprint[:8]
        )
    Console().print(table)


def promote(name: str) -> None:
    """Puts a model to use.

    Raises:
        ModelUnknown: there is no such model.
    """
    ModelShelf(load_settings().models).promote(name)
    Console().print(f"{name} is in use; a running service takes it up in a moment")


def roll_back() -> None:
    """Goes back to the model used before.

    Raises:
        NothingToRollBackTo: there is none.
    """
    name = ModelShelf(load_settings().models).roll_back()
    Console().print(f"back to {name}; a running service takes it up in a moment")
