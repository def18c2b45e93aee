"""1,000 cuts and kills over two replicas while person and agent talk: nothing is lost, nothing doubled, both ways."""

from __future__ import annotations

import asyncio
import json
import random
import socket
import sys
import time
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from bot.conversations.interfaces import Author
from bot.desk.interfaces import CaseContext, Reason
from bot.platforms import Platform
from bot.settings import ROOT
from tests.contracts.web_chat.brains import EchoBrain
from tests.desk.console import Console
from tests.desk.replica import RunningClock
from tests.desk.rig import DeskRig
from tests.support.database import new_database

CUTS, KILLS = 1_000, 8


class Replica:
    """A process that can be killed and started again on its port."""

    def __init__(self, url: str, began: float) -> None:
        self._arguments = (url, str(began))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])

    async def start(self) -> None:
        url, began = self._arguments
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.desk.replica", url, str(self.port), began, cwd=ROOT
        )
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                assert self.process.returncode is None
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return

    async def kill(self) -> None:
        self.process.kill()
        await self.process.wait()


class Lines:
    """Requests of which many are cut: before they are whole, before their answer, or in the middle of a stream."""

    def __init__(self, replicas: list[Replica]) -> None:
        self.replicas, self.cuts, self.kills = replicas, 0, 0
        self.chance = random.Random(7)

    @property
    def enough(self) -> bool:
        """Whether there were as many cuts and kills as the test is about."""
        return self.cuts >= CUTS and self.kills >= KILLS

    async def post(self, path: str, headers: dict[str, str], body: bytes) -> None:
        """Sends a request, the same one again and again, until it was answered with success."""
        lines = [f"POST {path} HTTP/1.1", "Host: x", f"Content-Length: {len(body)}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        request = "\r\n".join((*lines, "", "")).encode() + body
        while True:
            fate = self.chance.choice(("whole", "half", "deaf"))
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.chance.choice(self.replicas).port)
                writer.write(request[: len(request) // 2] if fate == "half" else request)
                await writer.drain()
                status = await reader.readline() if fate == "whole" else b""
                writer.close()
            except OSError:
                await asyncio.sleep(0.01)
                continue
            if fate != "whole":
                self.cuts += 1
            elif status.split(b" ")[1:2] and status.split(b" ")[1] in (b"202", b"204"):
                return

    async def follow(self, path: str, headers: dict[str, str], wanted: str) -> AsyncIterator[int]:
        """The sequence numbers of a stream, taken up by its cursor after each cut."""
        last = ""
        while True:
            left = self.chance.randint(1, 12)
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.chance.choice(self.replicas).port)
                more = {**headers, **({"Last-Event-ID": last} if last else {})}
                head = [f"GET {path} HTTP/1.1", "Host: x", *(f"{name}: {value}" for name, value in more.items())]
                writer.write("\r\n".join((*head, "", "")).encode())
                name = identity = ""
                while left and (line := (await reader.readline()).decode()):
                    field, _, value = line.strip().partition(": ")
                    if field == "id":
                        identity = value
                    elif field == "event":
                        name = value
                    elif field == "data":
                        if identity:
                            last = identity
                        if name == wanted:
                            yield int(json.loads(value)["seq"])
                            left -= 1
                        name = identity = ""
                writer.close()
            except OSError:
                await asyncio.sleep(0.01)
            self.cuts += 1


async def say(lines: Lines, path: str, headers: dict[str, str], sent: list[str], *, form: str = "") -> None:
    """Talks on until there were enough cuts."""
    while not lines.enough:
        sent.append(f"mensaje {len(sent) + 1}")
        content = {"id": str(uuid.uuid4()), ("texto" if form else "text"): sent[-1]}
        body = urlencode({**content, "_csrf": form}) if form else json.dumps(content)
        await lines.post(path, headers, body.encode())


async def kill_one_after_the_other(lines: Lines) -> None:
    while lines.kills < KILLS:
        replica = lines.replicas[lines.kills % 2]
        await replica.kill()
        await replica.start()
        lines.kills += 1


async def collect(stream: AsyncIterator[int], seen: list[int]) -> None:
    async for seq in stream:
        seen.append(seq)


@pytest.mark.timeout(900)
async def test_a_thousand_cuts_and_kills_lose_and_double_nothing_in_either_direction(tmp_path: Path) -> None:
    url, began = f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}", time.time()
    async with new_database(url) as database:
        rig = DeskRig(database, EchoBrain(), RunningClock(began))
        desk = Console(rig)
        client = await desk.member("Rosa")
        conversation, token = await rig.hub.open("web")
        context = CaseContext(Platform.SEACE, "t", key="k")
        opened = await rig.desk.open_case(conversation, Reason.ASKED, context)
        case = await rig.now_of(opened.number)
        (rosa,) = await rig.agents.everybody()
        await rig.work.claim(rosa, case.id)
        first = (await rig.log(conversation))[-1].seq
        lines = Lines([Replica(url, began), Replica(url, began)])
        await asyncio.gather(*(replica.start() for replica in lines.replicas))
        person = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        agent = {
            "Cookie": f"mesa={client.cookies['mesa']}",
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Requested-With": "mesa",
        }
        asked: list[str] = []
        answered: list[str] = []
        on_chat: list[int] = []
        on_console: list[int] = []
        console = f"/mesa/eventos?caso={case.id}&seq={first}"
        readers = [
            asyncio.create_task(collect(lines.follow(f"/chat/api/events?after={first}", person, ""), on_chat)),
            asyncio.create_task(collect(lines.follow(console, agent, "mensaje"), on_console)),
        ]
        await asyncio.gather(
            say(lines, "/chat/api/messages", person, asked),
            say(lines, f"/mesa/casos/{case.id}/responder", agent, answered, form=client.headers["x-csrf"]),
            kill_one_after_the_other(lines),
        )
        log = list(await rig.hub.messages(conversation, first, 100_000))
        deadline = time.monotonic() + 30
        while len(on_chat) < len(log) or len(on_console) < len(log):
            assert time.monotonic() < deadline, (len(log), len(on_chat), len(on_console))
            await asyncio.sleep(0.05)
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)
        for replica in lines.replicas:
            await replica.kill()
        await client.aclose()
    assert [each.text for each in log if each.author is Author.USER] == asked
    assert [each.text for each in log if each.author is Author.AGENT] == answered
    assert on_chat == on_console == [each.seq for each in log]
    assert lines.enough
