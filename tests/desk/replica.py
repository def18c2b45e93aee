"""One replica of chat and console in a process of its own: ``python -m tests.desk.replica DATABASE PORT BEGAN``.

The last argument is the moment (in seconds) at which the test's Monday began, so that all replicas agree on the time.
"""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import datetime, timedelta

from starlette.applications import Starlette

from bot.channels.answers import ErrorAnswers
from bot.channels.desk_routes import desk_routes
from bot.channels.limits import RateLimits
from bot.channels.web import WebChat
from bot.db.engine import Database
from tests.contracts.web_chat.brains import EchoBrain
from tests.contracts.web_chat.service import SENTENCES
from tests.desk.console import Console
from tests.desk.rig import MONDAY, DeskRig, FakeClock
from tests.support.serving import serving


class RunningClock(FakeClock):
    """Begins on Monday and goes on."""

    def __init__(self, began: float) -> None:
        super().__init__()
        self._began = began

    def __call__(self) -> datetime:
        return MONDAY + timedelta(seconds=time.time() - self._began)


async def serve(url: str, port: int, began: float) -> None:
    """Runs until it is killed."""
    rig = DeskRig(Database(url), EchoBrain(), RunningClock(began))
    await rig.hub.start()
    desk = Console(rig)
    limits = RateLimits(enabled=False)
    routes = [
        *desk_routes(desk.tools, desk.feed, limits),
        *WebChat(rig.hub, limits, signals=desk.tools.signals).routes(),
    ]
    app = Starlette(routes=routes, exception_handlers=ErrorAnswers(SENTENCES).handlers)
    async with serving(app, port=port):
        await asyncio.gather(desk.feed.run(), desk.tools.signals.run(), rig.watch.run())


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
