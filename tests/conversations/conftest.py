"""One model and one database template for all stories; everything else is new for each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.settings import ROOT
from bot.stories.responses import Responses
from bot.tasks.responses import load_responses
from tests.support.handed_facts import handed_facts  # noqa: F401
from tests.support.product import Product

if TYPE_CHECKING:
    from bot.brain.rasa_brain import RasaBrain


@pytest.fixture(scope="session")
def responses() -> Responses:
    """What the bot can say."""
    return Responses(load_responses(ROOT / "data" / "responses"))


@pytest.fixture
def product(tmp_path: Path, template: Path, brain: RasaBrain) -> Product:
    """A service that is not running yet."""
    return Product(tmp_path, template, brain)
