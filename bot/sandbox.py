"""The whole service in this process on a database that is thrown away: every route, the hub, the help desk, mail over
SMTP to a mailbox, the limits that it ships with, and a clock that can be moved. Conversation tests are played in it."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import httpx
from starlette.types import Receive, Scope, Send

from actions.services import provide
from bot.accounts.hashing import Argon2
from bot.accounts.sql_store import SqlAccountBackend
from bot.app import Core, Features, build_action_services, build_core
from bot.brain.interfaces import Brain
from bot.desk.runtime import DeskRuntime
from bot.errors import SettingsError
from bot.sandbox_store import SandboxStore
from bot.service import Service
from bot.settings import ROOT, load_settings
from bot.tasks.responses import load_formerly

if TYPE_CHECKING:
    from typing_extensions import Self

    from bot.brain.rasa_brain import RasaBrain

MONDAY = datetime(2026, 5, 4, 15, 0, tzinfo=timezone.utc)
"""When it begins: ten in the morning in Lima, Quito and Bogotá, with the help desk open. A trial on a Sunday tells the
same as one on a Monday."""

OLD_PASSWORD = "Anterior-2025*"  # noqa: S105 - of accounts that nobody has
"""What signs in to every demo account before anybody changes it."""


class MovableClock:
    """Runs as time does, from Monday on, and jumps ahead when it is told to."""

    def __init__(self) -> None:
        self.reset()

    def __call__(self) -> datetime:
        """The present moment."""
        return MONDAY + timedelta(seconds=monotonic() - self._started) + self._moved

    def move(self, by: timedelta) -> None:
        """Lets time pass."""
        self._moved += by

    def reset(self) -> None:
        """Makes it Monday again."""
        self._started, self._moved = monotonic(), timedelta()


def load_brain(model: Path, project: Path = ROOT) -> RasaBrain:
    """A trained model with the custom actions; which services these work with is said at each start.

    Raises:
        ModelMissing: there is no such model.
    """
    from actions.catalog import ACTIONS
    from bot.brain.rasa_brain import RasaBrain  # importing Rasa takes seconds

    return RasaBrain(model, [action() for action in ACTIONS], load_formerly(project / "data" / "intents.yml"))


class Sandbox:
    """A service that can be stopped and started again on the same home.

    Its application is called within the process: to open a port would only cost time.

    Args:
        home: a folder of its own, empty or with a database in it.
        brain: loaded once for many services.
        project: whose data it works with.
        more: further settings, by the names of their variables.

    Raises:
        SettingsError: its database would not be a file in its home. What begins anew with every story must never be
            one in which people are.
    """

    url = "http://127.0.0.1:8000"

    def __init__(self, home: Path, brain: RasaBrain, *, project: Path = ROOT, **more: str) -> None:
        self.clock = MovableClock()
        self._settings = load_settings({"VENTANILLA_HOME": str(home), **more}, project=project)
        if f":///{self._settings.home}/" not in self._settings.database_url:
            raise SettingsError("VENTANILLA_DATABASE_URL", "a file in the sandbox's own folder")
        self._brain = brain
        self._first: sqlite3.Connection | None = None

    @property
    def core(self) -> Core:
        """Its parts, to look into the database and the accounts."""
        return self._service.core

    @property
    def desk(self) -> DeskRuntime:
        """Its help desk."""
        return self._service.desk

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        """Runs for as long as the block lasts."""
        await self.start()
        try:
            yield self
        finally:
            await self.stop()

    async def start(self) -> None:
        """Starts and waits until it answers."""
        core = build_core(self._settings, self.clock)
        assert isinstance(core.backend, SqlAccountBackend)
        core.backend.hasher = Argon2(quick=True)
        self._service = Service(core, self.url, demo=True, make_brain=self._bind)
        self.application = await self._service.start()
        self._store = SandboxStore(core.database)

    async def stop(self) -> None:
        """Stops as an operator's signal would make it."""
        await self._service.stop()

    async def restart(self) -> None:
        """Stops and starts again on what is kept."""
        await self.stop()
        await self.start()

    def client(self) -> httpx.AsyncClient:
        """Somebody's browser; it outlives a restart."""
        transport = httpx.ASGITransport(self._answer, raise_app_exceptions=False)
        return httpx.AsyncClient(base_url=self.url, transport=transport)

    async def follow(
        self, _http: httpx.AsyncClient, conversation: str, _token: str, after: int
    ) -> AsyncIterator[dict[str, Any]]:
        """A conversation's log behind a number, as it is written."""
        async for message in self._service.hub.follow(conversation, after):
            yield message.as_event()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.application(scope, receive, send)

    async def begin_anew(self) -> None:
        """As if nothing had happened: demo accounts, no conversation, no mail, nothing counted, Monday."""
        await self.turns_ended()
        await self.mail_delivered()
        if self._first is None:
            await self._store.give_passwords(OLD_PASSWORD)
            self._first = await self._store.remember()
        await self._store.put_back(self._first)
        assert self._service.mailbox is not None
        self._service.mailbox.clear()
        await self._service.limits.forget()
        self.clock.reset()

    async def mail_delivered(self) -> None:
        """Waits until the outbox holds nothing that is still to go out."""
        await self._store.mail_delivered()

    async def turns_ended(self) -> None:
        """Waits until the bot is at work in no conversation."""
        await self._store.turns_ended()

    def _bind(self, core: Core, features: Features) -> Brain:
        services = build_action_services(core, features)
        services.understanding.parse = self._brain.parse
        provide(lambda: services)
        return self._brain


@asynccontextmanager
async def sandbox(project: Path, model: Path) -> AsyncIterator[Sandbox]:
    """A running service on a project's data with this model.

    Raises:
        ModelMissing: there is no such model.
    """
    with tempfile.TemporaryDirectory(prefix="ventanilla-ensayo-") as home:
        try:
            async with Sandbox(Path(home), load_brain(model, project), project=project).running() as running:
                yield running
        finally:
            provide(build_action_services)
