"""One model and one database template for all stories; everything else is new for each."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from actions.services import provide
from bot.app import build_action_services
from bot.settings import ROOT
from tests.conversations.responses import Responses
from tests.support.product import Product, ensure_trained, load_brain, make_template, settings_for

if TYPE_CHECKING:
    from bot.brain.rasa_brain import RasaBrain


@pytest.fixture(scope="session")
def brain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RasaBrain]:
    """The trained model; trained now when no model on the shelf was made from the present data."""
    yield load_brain(ensure_trained(settings_for(tmp_path_factory.mktemp("training"))))
    provide(build_action_services)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as it is before anything happened."""
    return asyncio.run(make_template(tmp_path_factory.mktemp("template")))


@pytest.fixture(scope="session")
def responses() -> Responses:
    """What the bot can say."""
    return Responses(ROOT / "data" / "responses")


@pytest.fixture
def product(tmp_path: Path, template: Path, brain: RasaBrain) -> Product:
    """A service that is not running yet."""
    return Product(tmp_path, template, brain)
