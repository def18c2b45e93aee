"""A replica in a process of its own, to be killed: ``python -m tests.contracts.telegram.process URL API PORT MODE``."""

from __future__ import annotations

import asyncio
import sys

from tests.contracts.telegram.service import ScriptBrain, replica
from tests.support.bot_api import BotApi


async def main(url: str, api_url: str, port: str, mode: str) -> None:
    """Runs until it is killed."""
    api = BotApi()
    api.url = api_url
    async with replica(api, url, ScriptBrain(), webhook=mode == "webhook", port=int(port)):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
