"""The whole service on a copy of the project that tests may change, with people who are signed in."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import httpx
import pyotp

from bot.app import Core, build_core
from bot.brain.models import ModelCard, ModelShelf, fingerprint
from bot.desk.agent_store import DeskRole
from bot.desk.agents import Agents
from bot.service import Service, rasa_brain
from bot.settings import ROOT, load_settings
from bot.studio.interfaces import Person
from bot.studio.service import Studio
from tests.support.serving import address_of, listener_on, serving

PASSWORD = "tortuga-violeta-camina-9"
TRAINER = Person("teresa@example.org", "Teresa")
SECOND = Person("simon@example.org", "Simón")
ADMIN = Person("ada@example.org", "Ada", admin=True)


def copy_project(folder: Path, model: Path) -> Path:
    """A project of its own, with a model in use that was made from exactly its data."""
    for name in ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml"):
        shutil.copy(ROOT / name, folder / name)
    for name in ("data", "tests/nlu", "tests/conversations/historias"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("bot", "actions"):
        (folder / name).symlink_to(ROOT / name, target_is_directory=True)
    add_model(folder, model, model.name.removesuffix(".tar.gz"), fingerprint(folder))
    ModelShelf(folder / "models").promote(model.name.removesuffix(".tar.gz"))
    return folder


def add_model(project: Path, archive: Path, name: str, mark: str) -> None:
    """Puts an archive on a project's shelf under a name."""
    models = project / "models"
    models.mkdir(exist_ok=True)
    os.link(archive, models / f"{name}.tar.gz")
    card = ModelCard(name, mark, datetime.now(timezone.utc).isoformat(), 1.0, 100)
    (models / f"{name}.card.json").write_text(json.dumps(asdict(card)), encoding="utf-8")


class Rig:
    """A running service and its studio."""

    def __init__(self, project: Path, home: Path) -> None:
        settings = load_settings({"VENTANILLA_HOME": str(home), "VENTANILLA_RATE_LIMITS": "off"}, project=project)
        home.mkdir(exist_ok=True)
        self.project = project
        self.core = build_core(replace(settings, project=project))
        self.shelf = ModelShelf(project / "models")
        self.url = ""

    @property
    def studio(self) -> Studio:
        """The running studio."""
        assert self.service.studio is not None
        return self.service.studio

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Rig]:
        """Serves for as long as the block lasts."""
        listener = listener_on()
        self.url = address_of(listener)
        self.service = Service(self.core, self.url, demo=True, make_brain=rasa_brain)
        application = await self.service.start()
        try:
            async with serving(application, listener=listener):
                yield self
        finally:
            await self.service.stop()

    async def session(self, person: Person, role: DeskRole = DeskRole.TRAINER) -> str:
        """The cookie of somebody who signed in with both factors."""
        return (await signed_in(self.core, person, role))[0]

    async def browser_of(self, browser: Any, person: Person, role: DeskRole = DeskRole.TRAINER, **more: Any) -> Any:
        """A browser's page that is signed in."""
        context = await browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **more})
        cookie = {"name": "mesa", "value": await self.session(person, role)}
        await context.add_cookies(
            [{**cookie, "url": f"{self.url}/estudio"}, {**cookie, "url": f"{self.url}/estudio/x"}]
        )
        page = await context.new_page()
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("console", lambda said: page.problems.append(said.text) if said.type == "error" else None)
        return page

    async def client(self, person: Person, role: DeskRole = DeskRole.TRAINER) -> httpx.AsyncClient:
        """A browser without a page, signed in."""
        session, csrf = await signed_in(self.core, person, role)
        return httpx.AsyncClient(base_url=self.url, cookies={"mesa": session}, timeout=60, headers={"x-csrf": csrf})

    async def talk(self, *texts: str, payload: str = "") -> tuple[str, list[str]]:
        """A conversation in which a person writes these texts; its id and what the bot said."""
        hub = self.service.hub
        identity, _token = await hub.open("web")
        for text in texts:
            seq = await hub.receive(identity, str(uuid.uuid4()), text=text)
            await answered(hub, identity, seq)
        if payload:
            await answered(hub, identity, await hub.receive(identity, str(uuid.uuid4()), payload=payload))
        said = [one.text for one in await hub.messages(identity) if one.author.value == "bot"]
        return identity, said


async def as_if_tried(studio: Studio, person: Person, model: str, compared: Mapping[str, Any] | None = None) -> None:
    """Leaves the draft as a trial leaves it, without the training: ``model`` is on the shelf already."""
    parts, store = studio.parts, studio.parts.store
    draft = await store.draft(parts.clock())
    trial = await store.begin_trial(draft.id, await store.revision(draft.id), person.email, parts.clock())
    facts = {"trained": {"seconds": 1.0}, "base": fingerprint(parts.project), "remarks": [], "check": []}
    result = {**facts, "compare": dict(compared or {})}
    await store.set_trial(trial, state="done", stage="", model=model, seconds=1.0, result=result)


async def signed_in(core: Core, person: Person, role: DeskRole) -> tuple[str, str]:
    """The cookie and the forms' token of somebody who signed in with both factors."""
    agents = Agents(core.database, core.key, core.hashed, core.clock)
    token = await agents.invitations.invite(person.email, role, name=person.name)
    code = pyotp.TOTP((await agents.invitations.open(token)).secret)
    now = int(core.clock().timestamp())
    await agents.invitations.accept(token, PASSWORD, code.at(now - 30))
    session = await agents.confirm(await agents.sign_in(person.email, PASSWORD), code.at(now))
    return session, (await agents.session(session)).csrf


async def answered(hub: Any, conversation: str, seq: int) -> None:
    """Waits until the bot answered a message."""
    async for message in hub.follow(conversation, seq):
        if message.seq > seq:
            return
