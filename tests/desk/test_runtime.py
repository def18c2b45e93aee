"""The desk as the service builds, starts and stops it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from bot.accounts.sql_store import SqlAccountBackend
from bot.conversations.hub import ConversationHub
from bot.conversations.interfaces import Author, Owner
from bot.desk.agent_store import DeskRole
from bot.desk.canned import load_starter
from bot.desk.interfaces import CaseContext, CloseReason, Reason
from bot.desk.push import PushKeys
from bot.desk.runtime import DeskRuntime
from bot.platforms import Platform
from bot.settings import ROOT
from tests.contracts.web_chat.brains import EchoBrain
from tests.contracts.web_chat.service import SENTENCES
from tests.desk.rig import PLATFORMS, DeskRig, FakeClock
from tests.support.database import new_database


async def test_built_bound_started_and_stopped_a_case_goes_all_the_way(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}"
    async with new_database(url) as database:
        clock = FakeClock()
        parts = DeskRig(database, EchoBrain(), clock).parts
        nobody: Any = None
        runtime = DeskRuntime(
            parts,
            titles={},
            key=Fernet.generate_key(),
            starter=load_starter(ROOT / "data"),
            backend=SqlAccountBackend(database, PLATFORMS, clock=clock),
            accounts=nobody,
            push_keys=PushKeys(b"k" * 48, Fernet.generate_key(), "mailto:mesa@example.org"),
        )
        hub = ConversationHub(database, runtime.brain(EchoBrain()), clock, sentence=SENTENCES)
        await hub.start()
        await runtime.start(hub)
        link = await runtime.add_agent("rosa@example.org", DeskRole.AGENT, name="Rosa")
        assert link.startswith("https://ventanilla.example.org/mesa/invitacion/")
        (rosa,) = await runtime.agents.store.everybody()
        await runtime.agents.store.seen(rosa.id, clock())
        conversation, _ = await hub.open("web")
        context = CaseContext(Platform.SEACE, "t", resume="/repetir_paso")
        opened = await runtime.desk.open_case(conversation, Reason.ASKED, context)
        case = int(opened.number.removeprefix("VEN-"))
        await runtime.work.claim(rosa, case)
        await runtime.work.reply(rosa, case, "listo")
        await runtime.work.close(rosa, case, CloseReason.SOLVED)
        assert await hub.owner(conversation) is Owner.BOT
        async for message in hub.follow(conversation):
            if message.author is Author.BOT and message.text.startswith("¿Cómo le fue"):
                break
        assert len(await runtime.canned.all()) == len(load_starter(ROOT / "data").answers)
        await runtime.stop()
        await hub.close()
