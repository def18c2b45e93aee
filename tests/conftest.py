"""What every test stands on: one of each costly thing for a whole run."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.support.postgres import postgres_server  # noqa: F401
from tests.support.smtp import smtp_server  # noqa: F401
from tests.support.waiting import PATIENCE

if TYPE_CHECKING:
    from bot.brain.rasa_brain import RasaBrain

# Playwright's own five seconds are not enough where several tests share a small machine.
expect.set_options(timeout=PATIENCE * 1000)

# Importing what a service is made of takes seconds, so these fixtures do it only where one is wanted.


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model made from the present data; trained now when there is none on the shelf."""
    from tests.support.product import ensure_trained, settings_for

    return ensure_trained(settings_for(tmp_path_factory.mktemp("training")))


@pytest.fixture(scope="session")
def brain(model: Path) -> Iterator[RasaBrain]:
    """That model, loaded."""
    from actions.services import provide
    from bot.app import build_action_services
    from tests.support.product import load_brain

    yield load_brain(model)
    provide(build_action_services)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the demo accounts, as it is before anything happened."""
    from tests.support.product import make_template

    return asyncio.run(make_template(tmp_path_factory.mktemp("template")))
