"""A running web chat for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.conversations.hub import ConversationHub
from tests.contracts.web_chat.brains import EchoBrain, greeting
from tests.contracts.web_chat.service import SENTENCES, Client, application, client
from tests.support.database import database_url, new_database
from tests.support.serving import serving


@pytest.fixture
def brain() -> EchoBrain:
    return EchoBrain()


@pytest.fixture
async def hub(tmp_path: Path, brain: EchoBrain) -> AsyncIterator[ConversationHub]:
    async with new_database(database_url(tmp_path)) as database:
        hub = ConversationHub(
            database, brain, sentence=SENTENCES, greeting=greeting, public_payloads={"/saludar": "Hola"}, poll=0.05
        )
        await hub.start()
        yield hub
        await hub.close()


@pytest.fixture
async def address(hub: ConversationHub) -> AsyncIterator[str]:
    async with serving(application(hub)) as address:
        yield address


@pytest.fixture
async def person(address: str) -> AsyncIterator[Client]:
    async with client(address) as person:
        yield person
