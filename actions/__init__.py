"""Custom actions: slots in, one service call, slots and response names out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rasa_sdk import Action

    from actions.services import ActionServices


def all_actions(services: ActionServices) -> list[Action]:
    """Every action, working with these services."""
    from actions.catalog import ACTIONS

    return [action(services) for action in ACTIONS]
