"""The help desk put together as the service does it, on a real hub and database, with a clock of the test's own."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone

from cryptography.fernet import Fernet
from sqlalchemy import select

from bot.brain.interfaces import Brain
from bot.conversations.hub import ConversationHub
from bot.conversations.interfaces import Author, Message
from bot.db.engine import Database
from bot.desk.aftermath import Aftermath
from bot.desk.agent_store import Agent, AgentStore, DeskRole
from bot.desk.brain import DeskBrain
from bot.desk.interfaces import CaseContext, Reason
from bot.desk.model import Case
from bot.desk.parts import DeskParts
from bot.desk.policy import load_desk_settings
from bot.desk.service import Desk
from bot.desk.watch import DeskWatch
from bot.desk.words import load_desk_words
from bot.desk.work import DeskWork
from bot.mail.outbox_store import SqlOutbox, outbox
from bot.platforms import Platform, load_platforms
from bot.privacy import KeyedHash
from bot.settings import ROOT
from tests.contracts.web_chat.brains import EchoBrain
from tests.contracts.web_chat.service import SENTENCES

MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=timezone.utc)
"""A working Monday in all three countries, 10:00 there."""

SETTINGS = load_desk_settings(ROOT / "data")
WORDS = load_desk_words(ROOT / "data")
PLATFORMS = load_platforms(ROOT / "data")


class FakeClock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **amount: float) -> None:
        """Moves on: ``forward(minutes=3)``."""
        self.now += timedelta(**amount)


class DeskRig:
    """One replica's desk, with helpers that do what people do."""

    def __init__(self, database: Database, brain: Brain, clock: FakeClock, *, outside: bool = False) -> None:
        self.database, self.clock, self.key = database, clock, Fernet.generate_key()
        self.parts = DeskParts(
            database=database,
            outbox=SqlOutbox(self.key, "ayuda@example.org", wake=lambda: None, clock=clock),
            platforms=PLATFORMS,
            settings=SETTINGS,
            words=WORDS,
            hashed=KeyedHash(b"0123456789abcdef"),
            public_url="https://ventanilla.example.org",
            clock=clock,
            outside=outside,
        )
        self.desk = Desk(self.parts)
        voice = DeskBrain(brain, Aftermath(self.parts, self.desk))
        self.hub = ConversationHub(database, voice, clock, sentence=SENTENCES)
        self.parts.bind(self.hub)
        self.watch = DeskWatch(self.parts, self.desk)
        self.watch.listen()
        self.agents = AgentStore(database)
        self.work = DeskWork(self.parts)

    async def agent(self, name: str = "Rosa", *teams: str, role: DeskRole = DeskRole.AGENT, seen: bool = True) -> Agent:
        """An agent at the console."""
        async with self.database.transaction() as transaction:
            identity = await self.agents.add(
                transaction,
                email=f"{name.lower()}@example.org",
                name=name,
                role=role.value,
                created_at=self.clock(),
                seen_at=self.clock() if seen else None,
            )
            await self.agents.set_teams(transaction, identity, teams or ("seace",))
        found = await self.agents.get(identity)
        assert found is not None
        return found

    async def conversation(self, *texts: str) -> str:
        """A conversation in which the person has said something."""
        identity, _token = await self.hub.open("web")
        for text in texts or ("necesito ayuda",):
            await self.say(identity, text)
        return identity

    async def say(self, conversation: str, text: str | None = None, payload: str | None = None) -> int:
        """The person writes, or presses a button."""
        return await self.hub.receive(conversation, str(uuid.uuid4()), text=text, payload=payload)

    async def case(self, *, email: str = "ana@example.org", platform: Platform | None = Platform.SEACE) -> Case:
        """A case opened from a new conversation."""
        conversation = await self.conversation()
        context = CaseContext(platform, "recuperar_contrasena", email=email, resume="/repetir_paso", key=conversation)
        opened = await self.desk.open_case(conversation, Reason.ASKED, context)
        return await self.now_of(opened.number)

    async def now_of(self, case: Case | str) -> Case:
        """A case as it is now, by itself or by its number."""
        identity = int(case.removeprefix("VEN-")) if isinstance(case, str) else case.id
        return await self.parts.cases.get(identity)

    async def told(self, conversation: str, *authors: Author) -> list[str]:
        """What the system (or others) wrote in a conversation."""
        chosen = authors or (Author.SYSTEM,)
        return [message.text for message in await self.log(conversation) if message.author in chosen]

    async def log(self, conversation: str) -> Sequence[Message]:
        """The whole log."""
        return await self.hub.messages(conversation)

    async def mails(self) -> list[tuple[str, str]]:
        """Kind and recipient of every mail in the outbox, in order."""
        async with self.database.reading() as connection:
            query = select(outbox.c.kind, outbox.c.recipient).order_by(outbox.c.created_at)
            return [(row.kind, row.recipient) for row in await connection.execute(query)]

    async def keep_seen(self, *agents: Agent) -> None:
        """Signs of life of these consoles."""
        for agent in agents:
            await self.agents.seen(agent.id, self.clock())

    async def pass_time(self, minutes: float, *present: Agent, step: float = 0.5) -> None:
        """Lets time pass in small steps with a look at each, these agents being there."""
        done = 0.0
        while done < minutes:
            self.clock.forward(minutes=step)
            done += step
            await self.keep_seen(*present)
            await self.watch.look()


@asynccontextmanager
async def desk_rig(
    database: Database, brain: Brain | None = None, *, now: datetime = MONDAY, outside: bool = False
) -> AsyncIterator[DeskRig]:
    """A rig on a database that has its tables."""
    clock = FakeClock(now)
    rig = DeskRig(database, brain or EchoBrain(), clock, outside=outside)
    await rig.hub.start()
    try:
        yield rig
    finally:
        await rig.watch.close()
        await rig.hub.close()
