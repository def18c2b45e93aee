"""What a change of models costs the people who are talking: the same load with and without one, over HTTP."""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from rich.table import Table

from bench.service import Service, running_service
from bot.app import build_core, build_studio
from bot.desk.agent_store import DeskRole
from bot.settings import ROOT, load_settings
from tests.studio.rig import ADMIN, add_model, as_if_tried, copy_project, signed_in
from tests.support.product import ensure_trained

SAYS = ("hola", "olvidé mi contraseña", "es en el SEACE", "001952_56989", "cancelar", "gracias")
CHATS = 40
SECONDS = 20.0
NEW = {"intent": "correo_no_llega", "texts": ["ni rastro de ese dichoso correo con el enlace"]}


@dataclass
class Crowd:
    """People who write at a steady rate, whether or not they were answered."""

    base: str
    a_second: float
    client: httpx.AsyncClient
    waits: list[tuple[float, float]] = field(default_factory=list)
    errors: int = 0
    sent: int = 0
    answered: int = 0
    _chats: list[tuple[dict[str, str], dict[int, asyncio.Future[float]]]] = field(default_factory=list)
    _streams: list[asyncio.Task[None]] = field(default_factory=list)

    async def open(self) -> None:
        """Opens the conversations."""
        for _ in range(CHATS):
            opened = (await self.client.post(f"{self.base}/chat/api/conversations")).json()
            headers, waiting = {"Authorization": f"Bearer {opened['token']}"}, dict[int, asyncio.Future[float]]()
            self._chats.append((headers, waiting))
            self._streams.append(asyncio.create_task(self._follow(headers, waiting)))

    async def _follow(self, headers: Mapping[str, str], waiting: dict[int, asyncio.Future[float]]) -> None:
        # A client of its own for each: a person's browser shares no pool with another's.
        async with (
            httpx.AsyncClient(timeout=httpx.Timeout(60, read=None)) as client,
            client.stream("GET", f"{self.base}/chat/api/events", headers=dict(headers)) as stream,
        ):
            async for line in stream.aiter_lines():
                if line.startswith("data:") and (event := json.loads(line[5:]))["from"] != "user":
                    # The answer may be here before the line that says which number the message was given.
                    waiting.setdefault(event["seq"], asyncio.get_running_loop().create_future())
                    waiting[event["seq"]].set_result(time.perf_counter())

    async def talk(self, seconds: float) -> None:
        """Writes for so long, then waits for what was not answered yet."""
        began, tasks, number = time.perf_counter(), [], 0
        while (due := number / self.a_second) < seconds:
            await asyncio.sleep(max(0.0, began + due - time.perf_counter()))
            tasks.append(asyncio.create_task(self._one(number, began)))
            number += 1
        await asyncio.gather(*tasks)

    async def _one(self, number: int, began: float) -> None:
        headers, waiting = self._chats[number % CHATS]
        body = {"id": str(uuid.uuid4()), "text": SAYS[number // CHATS % len(SAYS)]}
        at = time.perf_counter()
        self.sent += 1
        answer = await self.client.post(f"{self.base}/chat/api/messages", json=body, headers=headers)
        if answer.status_code != 202:
            self.errors += 1
            return
        answered = waiting.setdefault(answer.json()["seq"] + 1, asyncio.get_running_loop().create_future())
        done, _late = await asyncio.wait([answered], timeout=60)
        if done:
            self.answered += 1
            self.waits.append((at - began, answered.result() - at))

    def take(self) -> list[float]:
        """The waits since the last time it was asked."""
        waits, self.waits = [wait for _, wait in self.waits], []
        return waits


async def prepare(project: Path, home: Path) -> tuple[str, str]:
    """A draft that was tried, as a person left it; the cookie and the token of an administrator."""
    settings = load_settings({"VENTANILLA_HOME": str(home)}, project=project)
    core = build_core(settings)
    studio = build_studio(core, switch=None)  # type: ignore[arg-type] - nothing is asked of it here
    await studio.drafting.add(ADMIN, "add_examples", NEW)
    await as_if_tried(studio, ADMIN, "nuevo")
    await studio.parts.store.set_option("two_people", "0", ADMIN.email, core.clock())
    session = await signed_in(core, ADMIN, DeskRole.ADMIN)
    await core.database.close()
    return session


async def measured(service: Service, project: Path, home: Path, a_second: float, table: Table) -> None:
    """Quiet, published, rolled back: one row each."""
    cookie, csrf = await prepare(project, home)
    admin = httpx.AsyncClient(base_url=service.base, cookies={"mesa": cookie}, headers={"x-csrf": csrf}, timeout=60)

    async def press(path: str) -> float:
        began = time.perf_counter()
        answer = await admin.post(path, data={"_csrf": csrf})
        if answer.status_code != 303:
            raise SystemExit(f"{path}: {answer.status_code} {answer.text[-800:]}")
        return time.perf_counter() - began

    steps: list[tuple[str, Callable[[], Awaitable[Any]] | None]] = [
        ("to begin with", None),
        ("no change", None),
        ("published", lambda: press("/estudio/publicar")),
        ("no change again", None),
        ("rolled back", lambda: press("/estudio/volver")),
    ]
    async with admin, httpx.AsyncClient(timeout=60) as client:
        # Who publishes has looked at the draft before.
        (await admin.get("/estudio/borrador")).raise_for_status()
        crowd = Crowd(service.base, a_second, client)
        await crowd.open()
        for name, step in steps:
            talking = asyncio.create_task(crowd.talk(SECONDS))
            took = ""
            if step:
                await asyncio.sleep(SECONDS / 3)
                took = f", pressed to done {await step():.2f} s"
            await talking
            waits = sorted(crowd.take())
            said = f"median {statistics.median(waits) * 1000:.0f}, p95 {waits[int(len(waits) * 0.95)] * 1000:.0f}, "
            said += f"longest {waits[-1] * 1000:.0f} ms{took}"
            table.add_row(f"{a_second:.0f} messages/s, {name}", said, "longest ≤ 200 ms more" if step else "")
        for stream in crowd._streams:
            stream.cancel()
        said = f"{crowd.sent} sent, {crowd.answered} answered, {crowd.errors} errors"
        table.add_row("messages", said, "0 errors, 0 lost")


def publishing(table: Table, a_second: float = 20.0) -> None:
    """A publishing and a roll-back through the studio's pages under load."""
    with tempfile.TemporaryDirectory() as folder:
        project, home = Path(folder) / "proyecto", Path(folder) / "casa"
        project.mkdir()
        model = ensure_trained(load_settings({"VENTANILLA_HOME": str(home)}, project=ROOT))
        copy_project(project, model)
        add_model(project, model, "nuevo", "nuevo")
        with running_service(project=project, home=home) as service:
            asyncio.run(measured(service, project, home, a_second, table))
