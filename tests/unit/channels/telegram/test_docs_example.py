"""The channel of ``docs/channels.md`` works as it is printed there."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from bot.brain.interfaces import Reply
from bot.channels.interfaces import Channel
from bot.conversations.hub import ConversationHub
from bot.db.engine import Database
from bot.db.migrate import upgrade
from bot.settings import ROOT
from tests.contracts.telegram.service import SENTENCES, ScriptBrain

OFFER = Reply("¿Cuál?", [{"title": "Sí", "payload": "/afirmar"}], {"src": "/x.png", "alt": "Un botón"})


def example() -> dict[str, Any]:
    text = (ROOT / "docs" / "channels.md").read_text("utf-8")
    found = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert found is not None
    assert len(found.group(1).splitlines()) <= 60
    module: dict[str, Any] = {"__name__": "example"}
    exec(compile(found.group(1), "docs/channels.md", "exec"), module)
    return module


async def test_the_documented_channel_talks(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}")
    await upgrade(database)
    brain = ScriptBrain({"opciones": [OFFER]})
    hub = ConversationHub(database, brain, sentence=SENTENCES, greeting=lambda _platform: [Reply("Hola.")])
    await hub.start()
    shown: list[str] = []
    lines = asyncio.Queue[str]()

    async def read() -> AsyncIterator[str]:
        while (line := await lines.get()) != "fin":
            yield line

    async def until(condition: Callable[[], object]) -> None:
        for _ in range(1_000):
            if condition():
                return
            await asyncio.sleep(0.01)
        raise AssertionError(shown)

    channel = example()["ConsoleChannel"](hub, read, shown.append, SENTENCES)
    accepted: Channel = channel
    assert accepted.name == "console"
    listening = asyncio.create_task(channel.listen())
    await until(lambda: channel._conversation)
    talking = asyncio.create_task(channel.talk())
    for count, line in enumerate(["opciones", "1", "", "hola"], start=2):
        await lines.put(line)
        await until(lambda n=count: len(shown) >= n)
    await lines.put("fin")
    await listening
    await hub.close()
    await talking
    await database.close()
    assert shown == [
        "Hola.",
        "¿Cuál?\nUn botón\n  1. Sí",
        "eco: /afirmar",
        SENTENCES("utter_error_empty"),
        "eco: hola",
    ]
