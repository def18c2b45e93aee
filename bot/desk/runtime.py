"""The desk put together: built around its parts, bound to a hub, started and stopped with the service."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from typing import Any

from bot.accounts.interfaces import AccountBackend, AccountService
from bot.brain.interfaces import Brain
from bot.conversations.interfaces import Hub
from bot.desk.account import DeskAccounts
from bot.desk.aftermath import Aftermath
from bot.desk.agent_store import DeskRole
from bot.desk.agents import Agents
from bot.desk.brain import DeskBrain
from bot.desk.canned import Starter
from bot.desk.canned_store import CannedStore
from bot.desk.case_files import CaseFiles
from bot.desk.feed import DeskFeed
from bot.desk.guide_steps import GuideSteps
from bot.desk.interfaces import TEAMS
from bot.desk.mail_in import CaseMail
from bot.desk.outside import WebhookReceiver, WebhookSender
from bot.desk.parts import DeskParts
from bot.desk.push import DeskPush, PushKeys
from bot.desk.service import Desk
from bot.desk.sign_in import AgentUnknown
from bot.desk.signals import DeskSignals
from bot.desk.view import DeskViews
from bot.desk.watch import DeskWatch
from bot.desk.work import DeskWork
from bot.guides.interfaces import GuideService
from bot.mail.interfaces import MailReceiving, OutgoingMail, Take

STOP_SECONDS = 10
"""How long a delivery under way may take at the end."""


class DeskRuntime:
    """Everything of the desk in one replica.

    Order: build it, give ``desk`` to the actions, wrap the brain with :meth:`brain`, build the hub around that brain,
    :meth:`start` with the hub, serve ``desk_routes``; at the end :meth:`stop` before the hub is closed.

    Args:
        titles: plain-language titles by intent (``data/intents.yml``).
        key: a Fernet key for the agents' second factors and the files of cases.
        starter: the first canned answers, from :func:`bot.desk.canned.load_starter`.
        push_keys: sign and encrypt alerts to browsers.
        webhook_url: the institution's own help desk, or empty.
        webhook_secret: shared with it; needed for both directions.
        mail_in: builds the server at which mail for cases comes in, around what takes it; or None.
    """

    def __init__(
        self,
        parts: DeskParts,
        *,
        titles: Mapping[str, str],
        key: bytes,
        starter: Starter,
        backend: AccountBackend,
        accounts: AccountService,
        push_keys: PushKeys,
        guides: GuideService | None = None,
        webhook_url: str = "",
        webhook_secret: bytes = b"",
        mail_in: Callable[[Take], MailReceiving] | None = None,
    ) -> None:
        self.parts, self.starter = parts, starter
        self.desk, self.work = Desk(parts), DeskWork(parts)
        self.guides = GuideSteps(guides)
        self.views, self.feed = DeskViews(parts, titles, self.guides.title), DeskFeed(parts.cases)
        self.agents = Agents(parts.database, key, parts.hashed, parts.clock, easy=parts.settings.easy_passwords)
        self.accounts = DeskAccounts(backend, accounts)
        self.canned = CannedStore(parts.database)
        self.signals = DeskSignals(parts, self.feed, self.work)
        self.push = DeskPush(parts, push_keys)
        self.receiver = WebhookReceiver(parts, webhook_secret) if webhook_secret else None
        self._watch, self._aftermath = DeskWatch(parts, self.desk), Aftermath(parts, self.desk)
        self._sender = WebhookSender(parts, webhook_url, webhook_secret) if webhook_url and webhook_secret else None
        self.files = CaseFiles(parts, key)
        self.case_mail = CaseMail(parts, parts.tags, self.files, parts.settings.quoted) if parts.tags else None
        self.mail_in = mail_in(self.case_mail.take) if mail_in and self.case_mail else None
        self._tasks: list[asyncio.Task[Any]] = []

    def brain(self, inner: Brain) -> Brain:
        """The brain that the hub asks: the desk's own buttons are answered before the inner one is."""
        return DeskBrain(inner, self._aftermath)

    async def start(self, hub: Hub) -> None:
        """Binds the hub and begins to watch over cases."""
        self.parts.bind(hub)
        await self.canned.seed(self.starter.answers, self.parts.clock())
        self._watch.listen()
        work = [self._watch.run(), self.feed.run(), self.signals.run(), self.push.run()]
        if self._sender:
            work.append(self._sender.run())
        if self.mail_in:
            await self.mail_in.start()
        self._tasks = [asyncio.create_task(each) for each in work]

    async def stop(self) -> None:
        """Lets go of consoles and ends. Call it before the hub is closed."""
        if self.mail_in:
            await self.mail_in.stop()
        self.feed.close()
        self.push.close()
        if self._sender:
            self._sender.close()
        await self._watch.close()
        if self._tasks:
            _done, late = await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()
        await self.feed.settle()

    async def add_agent(
        self, email: str, role: DeskRole, *, name: str = "", teams: Collection[str] = TEAMS, mail: bool = False
    ) -> str:
        """Invites an agent, for the command line.

        Args:
            mail: whether the link is mailed to the agent too.

        Returns:
            The link at which password and second factor are set up, once, within three days.

        Raises:
            AgentExists: the address has an account already.
        """
        token = await self.agents.invitations.invite(email, role, name=name, teams=teams)
        return await self._invitation(token, email, name, mail)

    async def renew_agent(self, email: str, *, mail: bool = False) -> str:
        """Invites an agent anew who has lost password or second factor, for the command line.

        Args:
            mail: whether the link is mailed to the agent too.

        Returns:
            The link, as :meth:`add_agent` does.

        Raises:
            AgentUnknown: nobody has this address.
        """
        proofs = await self.agents.store.by_email(email)
        if proofs is None:
            raise AgentUnknown(email)
        token = await self.agents.invitations.renew(proofs.agent.id)
        return await self._invitation(token, proofs.agent.email, proofs.agent.name, mail)

    async def _invitation(self, token: str, email: str, name: str, mail: bool) -> str:
        link = f"{self.parts.public_url}/mesa/invitacion/{token}"
        if mail:
            platforms = ", ".join(facts.name for facts in self.parts.platforms.values())
            facts = {"name": name, "link": link, "platform_name": platforms}
            async with self.parts.database.transaction() as transaction:
                await self.parts.outbox.add(transaction, OutgoingMail("agent_invitation", email.strip(), facts))
            self.parts.outbox.wake()
        return link
