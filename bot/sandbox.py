"""A bot of one's own: a model with the custom actions, demo accounts and a database that is thrown away."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.accounts.csv_import import load_demo
from bot.app import build_action_services, build_core, build_features, build_mail
from bot.brain.interfaces import Brain
from bot.db.migrate import upgrade
from bot.settings import load_settings
from bot.tasks.responses import load_formerly


def guide_problems(project: Path) -> list[str]:
    """What is wrong with a project's guides, in sentences."""
    from bot.guides.check import check

    return list(check(project / "data" / "guides"))


@asynccontextmanager
async def sandbox(project: Path, model: Path) -> AsyncIterator[Brain]:
    """A brain that reaches nothing outside, on a project's data.

    Raises:
        ModelMissing: there is no such model.
    """
    from actions import all_actions
    from bot.brain.rasa_brain import RasaBrain

    with tempfile.TemporaryDirectory(prefix="ventanilla-ensayo-") as home:
        settings = load_settings({"VENTANILLA_HOME": home, "VENTANILLA_RATE_LIMITS": "off"}, project=project)
        core = build_core(settings)
        try:
            await upgrade(core.database)
            await load_demo(core.database, settings.data / "demo" / "accounts.csv", core.clock())
            outbox, _worker = build_mail(core, None)
            services = build_action_services(core, build_features(core, outbox, "http://127.0.0.1:8000"))
            brain = RasaBrain(model, all_actions(services), load_formerly(settings.data / "intents.yml"))
            services.understanding.parse = brain.parse
            yield brain
        finally:
            await core.database.close()
