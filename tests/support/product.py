"""The whole service in this process, from a database that is made once for many tests."""

from __future__ import annotations

import json
import shutil
import ssl
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from filelock import FileLock

from bot.accounts.csv_import import load_demo
from bot.brain.models import ModelShelf, fingerprint
from bot.brain.training import train
from bot.db.engine import Database
from bot.db.migrate import upgrade
from bot.sandbox import MONDAY, OLD_PASSWORD, MovableClock, Sandbox, load_brain
from bot.sandbox_store import SandboxStore
from bot.settings import ROOT, Settings, load_settings
from tests.support.serving import address_of, listener_on, serving

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
    """The sandbox, served over HTTP on one port, and followed by server-sent events.

    Args:
        template: the database that it begins with.
    """

    def __init__(self, home: Path, template: Path, brain: RasaBrain, *, project: Path = ROOT, **more: str) -> None:
        shutil.copy(template, home / DATABASE)
        super().__init__(home, brain, project=project, **more)
        self._port = 0

    async def start(self) -> None:
        """Starts and waits until it answers."""
        listener = listener_on(self._port)
        self.url = address_of(listener)
        self._port = listener.getsockname()[1]
        await super().start()
        self._served = AsyncExitStack()
        self._served.push_async_callback(super().stop)
        await self._served.enter_async_context(serving(self.application, listener=listener))

    async def stop(self) -> None:
        """Stops as an operator's signal would make it."""
        await self._served.aclose()

    def client(self) -> httpx.AsyncClient:
        """Somebody's browser, over the network."""
        # To read the system's certificates takes longer than a story, and the loopback shows none.
        no_certificates = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return httpx.AsyncClient(base_url=self.url, timeout=20, trust_env=False, verify=no_certificates)

    async def follow(
        self, http: httpx.AsyncClient, _conversation: str, token: str, after: int
    ) -> AsyncIterator[dict[str, Any]]:
        """A conversation's log behind a number, by server-sent events."""
        headers = {"Authorization": f"Bearer {token}", "Last-Event-ID": str(after)}
        async with http.stream("GET", "/chat/api/events", headers=headers, timeout=None) as stream:
            async for line in stream.aiter_lines():
                if line.startswith("data:"):
                    yield json.loads(line[5:])
