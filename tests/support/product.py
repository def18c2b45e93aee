"""The whole service in this process, from a database that is made once for many tests."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from bot.accounts.csv_import import load_demo
from bot.brain.models import ModelShelf, fingerprint
from bot.brain.training import train
from bot.db.engine import Database
from bot.db.migrate import upgrade
from bot.sandbox import MONDAY, OLD_PASSWORD, MovableClock, Sandbox, load_brain
from bot.sandbox_store import SandboxStore
from bot.settings import ROOT, Settings, load_settings

if TYPE_CHECKING:
    from bot.brain.rasa_brain import RasaBrain

__all__ = ["MovableClock", "Product", "ensure_trained", "load_brain", "make_template", "settings_for"]

DATABASE = "ventanilla.db"


def settings_for(home: Path, **more: str) -> Settings:
    """The settings of a service with this home and nothing else set but ``more``, by the names of the variables."""
    return load_settings({"VENTANILLA_HOME": str(home), **more})


def ensure_trained(settings: Settings) -> Path:
    """A model made from the present data: from the shelf, or trained now. The model in use is left as it is."""
    shelf = ModelShelf(settings.models)
    mark = fingerprint(settings.project)
    # Of the workers that share this folder one trains and the others wait for its model.
    with FileLock(settings.models / "tests.lock"), tempfile.TemporaryDirectory() as folder:
        card = shelf.matching(mark) or train(settings.project, shelf, Path(folder) / "training.log")
    return shelf.path(card.name)


async def make_template(folder: Path) -> Path:
    """A migrated database with the demo accounts, all of which :data:`OLD_PASSWORD` signs in to."""
    path = folder / DATABASE
    database = Database(f"sqlite+aiosqlite:///{path}")
    try:
        await upgrade(database)
        await load_demo(database, ROOT / "data" / "demo" / "accounts.csv", MONDAY)
        await SandboxStore(database).give_passwords(OLD_PASSWORD)
    finally:
        await database.close()
    return path


class Product(Sandbox):
    """The sandbox that stories are played in everywhere, beginning with a database that is ready.

    Args:
        template: the database that it begins with.
    """

    def __init__(self, home: Path, template: Path, brain: RasaBrain, **more: str) -> None:
        shutil.copy(template, home / DATABASE)
        super().__init__(home, brain, **more)
