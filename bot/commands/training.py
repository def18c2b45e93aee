"""``ventanilla train``."""

from __future__ import annotations

import getpass

from rich.console import Console

from bot.brain.models import ModelCard, ModelShelf, fingerprint
from bot.brain.training import train
from bot.settings import Settings, load_settings

STAGES = {
    "reading": "reading data/",
    "understanding": "learning to understand",
    "dialogue": "learning the dialogue",
    "measuring": "measuring on the labelled messages",
}


def train_and_promote(settings: Settings | None = None, reason: str = "") -> ModelCard:
    """Trains, puts the model to use, and shows progress meanwhile.

    Args:
        reason: why, for the model's card.

    Raises:
        TrainingFailed: no model came out.
    """
    settings = settings or load_settings()
    console = Console(stderr=True)
    shelf = ModelShelf(settings.models)
    with console.status("training: starting") as status:
        card = train(
            settings.project,
            shelf,
            settings.home / "training.log",
            lambda stage: status.update(f"training: {STAGES.get(stage, stage)}"),
            author=_operator(),
            reason=reason,
        )
    shelf.promote(card.name)
    console.print(f"trained {card.name} from {card.messages} messages in {card.seconds} s")
    return card


def ensure_model(settings: Settings) -> ModelCard | None:
    """Sees to it that the model in use was made from the present data; trains when none on the shelf was.

    Returns:
        The model newly put to use, or None when the one in use matches.
    """
    shelf = ModelShelf(settings.models)
    mark = fingerprint(settings.project)
    match = shelf.matching(mark)
    if match is None:
        return train_and_promote(settings)
    if shelf.current() == match.name:
        return None
    shelf.promote(match.name)
    return match


def _operator() -> str:
    """The account that runs the command; empty where the system has no name for it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
