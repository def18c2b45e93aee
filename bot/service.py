"""The whole service as one ASGI application: a replica. Built from :mod:`bot.app`, started and stopped in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import structlog
from starlette.applications import Starlette

from bot.accounts.csv_import import load_demo
from bot.accounts.http_backend import HttpAccountBackend
from bot.app import (
    Core,
    Features,
    build_action_services,
    build_features,
    build_mail,
    build_studio,
    derived_key,
    greeting_from,
    with_desk,
)
from bot.brain.interfaces import Brain
from bot.brain.live import LiveBrain
from bot.channels.answers import ErrorAnswers
from bot.channels.limits import RateLimits
from bot.channels.telegram.commands import public_payloads
from bot.channels.web import cors
from bot.conversations.hub import ConversationHub
from bot.conversations.metrics import HubMetrics
from bot.conversations.sentences import load_sentences
from bot.db.migrate import upgrade
from bot.entrances import build_telegram, deep_links, routes_of
from bot.guides.current import CurrentGuides, FreshGuides
from bot.mail.mailbox import Mailbox
from bot.studio.service import Studio
from bot.tasks.responses import load_formerly, load_wishes

log = structlog.get_logger(__name__)

STOP_SECONDS = 10
RECOVER_EVERY = 60.0
PURGE_EVERY = 24 * 3600.0

BrainFactory = Callable[[Core, Features], Brain]


@dataclass
class Service:
    """A replica.

    Args:
        core: settings, database and account backend.
        public_url: the address under which people reach it, for links in mails.
        demo: demo accounts and a local mailbox.
        make_brain: builds the brain around the features.
    """

    core: Core
    public_url: str
    demo: bool
    make_brain: BrainFactory
    metrics: HubMetrics = field(default_factory=HubMetrics)
    _tasks: list[asyncio.Task[Any]] = field(default_factory=list)

    async def start(self) -> Starlette:
        """Brings schema, mailbox, accounts, brain and hub up, in that order.

        Raises:
            DatabaseUnavailable: the database does not answer.
            ModelMissing: there is no model.
        """
        await upgrade(self.core.database)
        self.mailbox = await self._start_mailbox()
        self.outbox, self.worker = build_mail(self.core, self.mailbox)
        features = build_features(self.core, self.outbox, self.public_url)
        features = with_desk(self.core, features, self.outbox, self.public_url)
        assert features.desk is not None
        self.desk = features.desk
        self.accounts, self.guides = features.accounts, features.guides
        if self.demo and not self.core.settings.account_api_url:
            await load_demo(self.core.database, self.core.settings.data / "demo" / "accounts.csv", self.core.clock())
        self.brain = self.make_brain(self.core, features)
        settings = self.core.settings
        sentence = load_sentences(settings.data / "responses")
        greeting, links = greeting_from(settings), deep_links(self.core, self.guides)
        # What needs no button before it: the wishes themselves, and what links and menus of channels ask for.
        wishes = load_wishes(settings.data / "intents.yml")
        self.hub = ConversationHub(
            self.core.database,
            self.desk.brain(self.brain),
            self.core.clock,
            sentence=sentence,
            greeting=lambda _platform: greeting,
            public_payloads={**wishes, **public_payloads(sentence, links)},
            address_key=derived_key(self.core.key, "addresses"),
            metrics=self.metrics,
        )
        await self.hub.start()
        await self.desk.start(self.hub)
        if self.worker:
            self._tasks.append(asyncio.create_task(self.worker.run()))
        self._tasks.append(asyncio.create_task(self._keep_house()))
        self.studio = await self._start_studio()
        self.limits = RateLimits(enabled=settings.rate_limits)
        application = Starlette(
            middleware=cors(settings.allowed_origins), exception_handlers=ErrorAnswers(sentence).handlers
        )
        application.router.routes.extend(routes_of(self, self.limits))
        self.telegram = build_telegram(
            self.core, self.hub, sentence, links, self.limits, application, self.desk.signals
        )
        if self.telegram:
            application.router.routes.extend(self.telegram.routes())
            self.telegram.start()
        return application

    async def stop(self) -> None:
        """Finishes what is under way, within limits, and lets go of everything."""
        if self.telegram:
            await self.telegram.close()
        await self.desk.stop()
        if self.studio:
            await self.studio.close()
        await self.hub.close()
        if self.worker:
            self.worker.stop()
        for task in self._tasks[1 if self.worker else 0 :]:
            task.cancel()
        _done, late = await asyncio.wait(self._tasks, timeout=STOP_SECONDS) if self._tasks else (set(), set())
        for task in late:
            task.cancel()
        if self.mailbox:
            await self.mailbox.stop()
        if isinstance(self.core.backend, HttpAccountBackend):
            await self.core.backend.close()
        await self.core.database.close()

    async def _start_mailbox(self) -> Mailbox | None:
        if not self.demo or self.core.settings.smtp_url:
            return None
        mailbox = Mailbox(self.core.settings.home / "correo", clock=self.core.clock)
        await mailbox.start()
        return mailbox

    async def _start_studio(self) -> Studio | None:
        """The studio, where the brain is one whose model can be changed."""
        if not isinstance(self.brain, LiveBrain):
            return None
        studio = build_studio(self.core, self.brain, self.hub)
        await studio.start()
        self.brain.on_change(self._offer_anew)
        self._tasks.append(asyncio.create_task(self.brain.watch()))
        return studio

    def _offer_anew(self) -> None:
        """What was taught may be asked for by a button from now on."""
        self.hub.allow(load_wishes(self.core.settings.data / "intents.yml"))

    async def brain_loaded(self) -> bool:
        """Whether there is a brain to ask."""
        return self.brain is not None

    async def _keep_house(self) -> None:
        """Finishes what a crash left half done, and forgets what is of no more use."""
        purged = 0.0
        loop = asyncio.get_running_loop()
        while True:
            try:
                await self.accounts.recover()
                if loop.time() - purged > PURGE_EVERY:
                    await self.accounts.purge()
                    purged = loop.time()
            except Exception as error:  # the next round tries again
                log.warning("housekeeping_failed", error=type(error).__name__)
            await asyncio.sleep(RECOVER_EVERY)


def rasa_brain(core: Core, features: Features) -> Brain:
    """The trained model in use, with the custom actions in this process.

    Raises:
        ModelMissing: there is no model.
    """
    from actions import all_actions
    from bot.brain.models import ModelShelf
    from bot.brain.rasa_brain import RasaBrain

    guides = FreshGuides(core.settings.data / "guides")

    def load(model: Path) -> RasaBrain:
        # Everything that is read from data/ is read anew: what is published is more than a model.
        guides.read()
        services = build_action_services(core, features)
        formerly = load_formerly(core.settings.data / "intents.yml")
        brain = RasaBrain(model, all_actions(services), formerly)
        services.understanding.parse = brain.parse
        return brain

    brain = LiveBrain(ModelShelf(core.settings.models), load)
    brain.on_change(lambda: cast(CurrentGuides, features.guides).use(guides.read()))
    return brain
