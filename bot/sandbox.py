"""A bot of one's own: a model with the custom actions, demo accounts and a database that is thrown away."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from time import monotonic

from bot.accounts.csv_import import load_demo
from bot.app import build_action_services, build_core, build_features, build_mail, with_desk
from bot.brain.interfaces import Brain
from bot.db.migrate import upgrade
from bot.settings import load_settings
from bot.tasks.responses import load_formerly

BEGINNING = datetime(2026, 5, 4, 15, 0, tzinfo=timezone.utc)
"""When it begins: a Monday, ten in the morning in Lima, Quito and Bogotá, as in the conversation tests. The help desk
is open, so that a trial on a Sunday tells the same as one on a Monday."""

URL = "http://127.0.0.1:8000"


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
        started = monotonic()
        core = build_core(settings, lambda: BEGINNING + timedelta(seconds=monotonic() - started))
        try:
            await upgrade(core.database)
            await load_demo(core.database, settings.data / "demo" / "accounts.csv", core.clock())
            outbox, _worker = build_mail(core, None)
            features = with_desk(core, build_features(core, outbox, URL), outbox, URL)
            services = build_action_services(core, features)
            brain = RasaBrain(model, all_actions(services), load_formerly(settings.data / "intents.yml"))
            services.understanding.parse = brain.parse
            yield brain
        finally:
            await core.database.close()
