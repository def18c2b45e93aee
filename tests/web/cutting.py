"""What goes wrong between a browser and a service: a line that breaks at any byte, and a service that is killed."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.settings import ROOT
from tests.support.waiting import PATIENCE

SERVICE = """
import asyncio, os, signal, sys
from datetime import timedelta
import bot.channels.events as events
from bot.channels.pages import Pages
from bot.channels.widget import Widget
from bot.conversations.hub import ConversationHub
from bot.db.engine import Database
from bot.platform_files import read_platform
from bot.platforms import Platform
from bot.settings import ROOT
from tests.contracts.web_chat.brains import EchoBrain
from tests.contracts.web_chat.service import SENTENCES, application
from tests.support.serving import serving

events.RETRY_MILLISECONDS = 20

async def main(port):
    platforms = [read_platform(ROOT / "data", platform) for platform in Platform]
    pages, widget = Pages(), Widget(ROOT / "data" / "widget")
    more = (pages.chat_route(platforms, widget), *widget.routes(), *pages.static_routes())
    # A killed worker's conversation is taken over soon, so that twenty kills take seconds.
    hub = ConversationHub(
        Database(sys.argv[1]), EchoBrain(), sentence=SENTENCES, lease=timedelta(seconds=0.4), poll=0.1
    )
    await hub.start()
    async with serving(application(hub, more=more), port=port):
        await asyncio.Event().wait()

# Everything is imported once; each service is a process of its own all the same.
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    child = os.fork()
    if not child:
        # What it logs is no answer to whoever started it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        asyncio.run(main(int(line)))
        os._exit(0)
    print(child, flush=True)
"""


class Service:
    """A real process that can be killed and started again at once."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._parent: asyncio.subprocess.Process | None = None
        self._child = 0
        self.port = 0

    async def start(self) -> None:
        """Starts and waits until it listens."""
        self._parent = self._parent or await asyncio.create_subprocess_exec(
            sys.executable, "-c", SERVICE, self._url, cwd=ROOT, stdin=PIPE, stdout=PIPE
        )
        assert self._parent.stdin
        assert self._parent.stdout
        self.port = free_port()
        self._parent.stdin.write(f"{self.port}\n".encode())
        self._child = int(await self._parent.stdout.readline())
        await until_it_listens(self.port)

    def kill(self) -> None:
        """Ends it as a power cut would."""
        os.kill(self._child, signal.SIGKILL)

    async def close(self) -> None:
        """Ends what still runs."""
        self.kill()
        if self._parent:
            self._parent.kill()
            await self._parent.wait()


class Line:
    """A proxy that breaks all its connections after any number of pieces, before or after passing on the last one.

    Args:
        target: where the service is now.
    """

    def __init__(self, target: Callable[[], int], chance: random.Random) -> None:
        self._target, self._chance = target, chance
        self._open: set[asyncio.StreamWriter] = set()
        self._left = 0
        self.cuts = 0
        self.cutting = False

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serves one connection of the browser."""
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target())
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, back}
        await asyncio.gather(self._pump(reader, back), self._pump(there, writer))
        self._open -= {writer, back}

    def cut(self) -> None:
        """Breaks every connection at once."""
        self.cuts += 1
        for writer in list(self._open):
            writer.transport.abort()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while piece := await source.read(65_536):
                part = self._part(len(piece))
                sink.write(piece[:part])
                await sink.drain()
                if part < len(piece):
                    self.cut()
        except OSError:
            pass
        finally:
            sink.transport.abort() if sink.transport.is_closing() else sink.close()

    def _part(self, length: int) -> int:
        """How much of a piece gets through."""
        if not self.cutting:
            return length
        self._left -= 1
        if self._left > 0:
            return length
        self._left = self._chance.randint(1, 6)
        return self._chance.randint(0, length - 1)


@asynccontextmanager
async def line_to(target: Callable[[], int], chance: random.Random) -> AsyncIterator[tuple[Line, str]]:
    """A proxy for as long as the block lasts, and its address."""
    line = Line(target, chance)
    server = await asyncio.start_server(line.pass_on, "127.0.0.1", 0)
    try:
        yield line, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        line.cutting = False
        line.cut()
        server.close()
        await server.wait_closed()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def until_it_listens(port: int, seconds: float = PATIENCE) -> None:
    """Waits until something listens."""

    async def connect() -> None:
        while True:
            try:
                _reader, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.01)
            else:
                writer.close()
                return

    await asyncio.wait_for(connect(), seconds)
