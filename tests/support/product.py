"""The whole service in this process: real HTTP, SQLite, SMTP and the trained model; only the clock can be moved."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from filelock import FileLock
from sqlalchemy import func, select, update

from actions.catalog import ACTIONS
from actions.services import provide
from bot.accounts.csv_import import load_demo
from bot.accounts.hashing import Argon2
from bot.accounts.sql_store import accounts
from bot.app import Core, Features, build_action_services, build_core
from bot.brain.interfaces import Brain
from bot.brain.models import ModelShelf, fingerprint
from bot.brain.training import train
from bot.conversations.tables_store import conversations
from bot.db.engine import Database
from bot.db.migrate import upgrade
from bot.desk.runtime import DeskRuntime
from bot.mail.outbox_store import outbox
from bot.service import Service
from bot.settings import ROOT, Settings, load_settings
from tests.support.serving import listener_on, serving

if TYPE_CHECKING:
    from bot.brain.rasa_brain import RasaBrain

MONDAY = datetime(2026, 5, 4, 15, 0, tzinfo=timezone.utc)
"""When every test begins: ten in the morning in Lima, Quito and Bogotá."""

OLD_PASSWORD = "Anterior-2025*"
"""What signs in to every demo account before anybody changes it."""

DATABASE = "ventanilla.db"
UNDELIVERED = ("pending", "sending")


class MovableClock:
    """Runs as time does, from Monday on, and jumps ahead when it is told to."""

    def __init__(self) -> None:
        self._started = monotonic()
        self._moved = timedelta()

    def __call__(self) -> datetime:
        """The present moment."""
        return MONDAY + timedelta(seconds=monotonic() - self._started) + self._moved

    def move(self, by: timedelta) -> None:
        """Lets time pass."""
        self._moved += by


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


def load_brain(model: Path) -> RasaBrain:
    """The trained model with the custom actions; which services these work with is said at each start."""
    from bot.brain.rasa_brain import RasaBrain  # importing Rasa takes seconds

    return RasaBrain(model, [action() for action in ACTIONS])


async def make_template(folder: Path) -> Path:
    """A migrated database with the demo accounts, all of which :data:`OLD_PASSWORD` signs in to."""
    path = folder / DATABASE
    database = Database(f"sqlite+aiosqlite:///{path}")
    try:
        await upgrade(database)
        await load_demo(database, ROOT / "data" / "demo" / "accounts.csv", MONDAY)
        hashed = await Argon2().hash(OLD_PASSWORD)
        async with database.transaction() as transaction:
            await transaction.execute(update(accounts).values(password_hash=hashed))
    finally:
        await database.close()
    return path


class Product:
    """A service that can be stopped and started again on the same home and the same port.

    Args:
        home: an empty folder.
        template: the database that it begins with.
        brain: loaded once for many services.
        more: further settings, by the names of their variables.
    """

    def __init__(self, home: Path, template: Path, brain: RasaBrain, **more: str) -> None:
        shutil.copy(template, home / DATABASE)
        self._more = more
        self.clock = MovableClock()
        self._home = home
        self._brain = brain
        self._port = 0

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def core(self) -> Core:
        """Its parts, to look into the database and the accounts."""
        return self._service.core

    @property
    def desk(self) -> DeskRuntime:
        """Its help desk."""
        return self._service.desk

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Product]:
        """Runs for as long as the block lasts."""
        await self.start()
        try:
            yield self
        finally:
            await self.stop()

    async def start(self) -> None:
        """Starts and waits until it answers."""
        listener = listener_on(self._port)
        self._port = listener.getsockname()[1]
        core = build_core(settings_for(self._home, **self._more), self.clock)
        self._service = Service(core, self.url, demo=True, make_brain=self._bind)
        application = await self._service.start()
        self._served = AsyncExitStack()
        self._served.push_async_callback(self._service.stop)
        await self._served.enter_async_context(serving(application, listener=listener))

    async def stop(self) -> None:
        """Stops as an operator's signal would make it."""
        await self._served.aclose()

    async def restart(self) -> None:
        """Stops and starts again on what is kept."""
        await self.stop()
        await self.start()

    async def mail_delivered(self) -> None:
        """Waits until the outbox holds nothing that is still to go out."""
        await self._none_left(select(func.count()).select_from(outbox).where(outbox.c.state.in_(UNDELIVERED)))

    async def turns_ended(self) -> None:
        """Waits until the bot is at work in no conversation."""
        busy = conversations.c.lease_owner.is_not(None)
        await self._none_left(select(func.count()).select_from(conversations).where(busy))

    async def _none_left(self, counted: Any) -> None:
        deadline = monotonic() + 20
        while True:
            async with self.core.database.reading() as connection:
                if not await connection.scalar(counted):
                    return
            assert monotonic() < deadline, "something is still under way"
            await asyncio.sleep(0.005)

    def _bind(self, core: Core, features: Features) -> Brain:
        services = build_action_services(core, features)
        services.understanding.parse = self._brain.parse
        provide(lambda: services)
        return self._brain
