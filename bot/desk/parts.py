"""What the desk's services are built from."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from bot.clock import Clock
from bot.conversations.interfaces import Hub, Writing
from bot.db.engine import Database, Transaction
from bot.desk.calendar_store import CalendarStore
from bot.desk.case_store import CaseStore
from bot.desk.interfaces import GENERAL
from bot.desk.mail_tags import MailTags
from bot.desk.model import Case
from bot.desk.outside_store import OutsideStore
from bot.desk.policy import DeskPolicy, DeskSettings
from bot.desk.words import DeskWords
from bot.mail.interfaces import Outbox
from bot.platforms import Platform, PlatformFacts
from bot.privacy import KeyedHash


@dataclass
class DeskParts:
    """Built once by the composition root.

    Attributes:
        public_url: the address under which people reach the service, for links in mails.
        hashed: turns identifiers into what may be kept for counting.
        outside: whether cases go out to another help desk too, as webhooks.
        tags: make mails about cases answerable; None without a case address.
        mail_to: another help desk's address, to which cases are mailed too; or empty.
        titles: plain-language titles by intent, for what a case is about.
    """

    database: Database
    outbox: Outbox
    platforms: Mapping[Platform, PlatformFacts]
    settings: DeskSettings
    words: DeskWords
    hashed: KeyedHash
    public_url: str
    clock: Clock
    outside: bool = False
    tags: MailTags | None = None
    mail_to: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    cases: CaseStore = field(init=False)
    calendars: CalendarStore = field(init=False)
    links: OutsideStore = field(init=False)
    _hub: Hub | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.cases = CaseStore(self.database)
        self.calendars = CalendarStore(self.database, self.settings, self.platforms)
        self.links = OutsideStore(self.database)

    def bind(self, hub: Hub) -> None:
        """Gives the desk its hub, which is built around the brain, which is built around the desk."""
        self._hub = hub

    @property
    def hub(self) -> Hub:
        """The conversations."""
        if self._hub is None:
            raise RuntimeError("the desk was used before its hub was bound")
        return self._hub

    @property
    def policy(self) -> DeskPolicy:
        """The desk's terms."""
        return self.settings.policy

    def team_name(self, team: str) -> str:
        """A team as people read it."""
        return self.settings.general_name if team == GENERAL else self.platforms[Platform(team)].name

    async def moment(self, team: str, moment: datetime | None, connection: Transaction | None = None) -> str:
        """A moment in words, on the team's wall clock; empty for none. Inside a transaction, hand it over."""
        if moment is None:
            return ""
        calendar = await self.calendars.calendar(team, connection)
        return self.settings.moments(calendar.local(moment), calendar.local(self.clock()))

    @asynccontextmanager
    async def changing(self, case: int) -> AsyncIterator[tuple[Writing, Case]]:
        """A transaction that holds a case and its conversation; mail goes out after its commit.

        Raises:
            CaseUnknown: there is no such case.
        """
        conversation = (await self.cases.get(case)).conversation
        async with self.hub.writing() as writing:
            # The conversation first: the hub locks it too, and two orders would be a deadlock.
            await writing.lock(conversation)
            yield writing, await self.cases.locked(writing.transaction, case)
        self.outbox.wake()
