"""The whole service in this process: real HTTP, SQLite, SMTP and the trained model; only the clock can be moved."""

from __future__ import annotations

import asyncio
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import uvicorn
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
from bot.conversations.log_store import conversations
from bot.db.engine import Database
from bot.db.migrate import upgrade
from bot.desk.runtime import DeskRuntime
from bot.mail.outbox_store import outbox
from bot.service import Service
from bot.settings import ROOT, Settings, load_settings

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
    with tempfile.TemporaryDirectory() as folder:
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
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        self._port = listener.getsockname()[1]
        core = build_core(settings_for(self._home, **self._more), self.clock)
        self._service = Service(core, self.url, demo=True, make_brain=self._bind)
        application = await self._service.start()
        config = uvicorn.Config(
            application,
            lifespan="off",
            log_config=None,
            access_log=False,
            ws="none",
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        # serve() would take over the signals of the test run.
        self._running = asyncio.create_task(self._server._serve(sockets=[listener]))
        await until(lambda: self._server.started or self._running.done())
        if self._running.done():
            await self._running

    async def stop(self) -> None:
        """Stops as an operator's signal would make it."""
        self._server.should_exit = True
        await self._running
        await self._service.stop()

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
        services.understanding.ask = self._ask
        provide(lambda: services)
        return self._brain

    async def _ask(self, text: str) -> tuple[str, float]:
        intent = (await self._brain.parse(text)).get("intent") or {}
        return str(intent.get("name") or ""), float(intent.get("confidence") or 0.0)


async def until(condition: Callable[[], object], seconds: float = 20) -> None:
    """Waits for a condition, no longer than the limit."""
    deadline = monotonic() + seconds
    while not condition():
        assert monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.002)
