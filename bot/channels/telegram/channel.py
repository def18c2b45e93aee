"""The Telegram channel: its parts put together, begun and ended."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from starlette.routing import BaseRoute
from telegram import BotCommand, Update
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application, ApplicationBuilder, CallbackContext, ExtBot, TypeHandler

from bot.channels.interfaces import Capabilities, Incoming, Unreachable
from bot.channels.limits import RateLimits
from bot.channels.telegram.chats_store import ChatsStore
from bot.channels.telegram.commands import LISTED, Links
from bot.channels.telegram.config import TelegramSettings, Tempo
from bot.channels.telegram.delivery import Delivery
from bot.channels.telegram.events import event_of
from bot.channels.telegram.intake import Intake, NotAnUpdate
from bot.channels.telegram.pace import Pace
from bot.channels.telegram.pictures import Pictures, no_pictures
from bot.channels.telegram.polling import DurableQueue, on_polling_error
from bot.channels.telegram.reception import CHANNEL, Origin, Reception
from bot.channels.telegram.rendering import Words
from bot.channels.telegram.sender import Sender
from bot.channels.telegram.splitting import MAX_TEXT
from bot.channels.telegram.updates_store import Job, UpdatesStore
from bot.channels.telegram.webhook import PATH, secret_of, webhook_route
from bot.clock import Clock, utc_now
from bot.conversations.interfaces import Hub, Message
from bot.conversations.sentences import Sentence
from bot.db.engine import Database
from bot.desk.interfaces import Signals
from bot.waiting import end

log = structlog.get_logger(__name__)

App = Application[Any, Any, Any, Any, Any, Any]

ALLOWED_UPDATES = (
    *("message", "edited_message", "callback_query", "my_chat_member", "channel_post"),
    # Telegram tells of reactions to those alone who ask for them by name.
    "message_reaction",
)
_NOISY = ("httpx", "httpcore", "telegram")
"""Their lines hold the bot's token (in addresses) and what people write, so they speak up only when it matters."""


class TelegramChannel:
    """Telegram as a :class:`bot.channels.interfaces.Channel`.

    Args:
        sentence: the words of ``data/responses``; ``telegram.yml`` and ``errores_web.yml`` are used.
        links: where deep links lead, see :mod:`bot.channels.telegram.commands`.
        pictures: fetches what messages show.
        limits: how much one chat may say; without it, as much as anybody likes.
        signals: between person and agent.

    Raises:
        SettingsError: the token cannot be one.
        bot.conversations.sentences.SentencesInvalid: a sentence is missing.
    """

    name = CHANNEL
    capabilities = Capabilities(max_text=MAX_TEXT, buttons=True, images=True, typing=True, can_delete=True)

    def __init__(
        self,
        settings: TelegramSettings,
        database: Database,
        hub: Hub,
        sentence: Sentence,
        *,
        links: Links | None = None,
        pictures: Pictures = no_pictures,
        limits: RateLimits | None = None,
        signals: Signals | None = None,
        clock: Clock = utc_now,
        tempo: Tempo | None = None,
    ) -> None:
        self._settings, self._sentence, self._tempo = settings, sentence, tempo or Tempo()
        owner, limits = secrets.token_hex(12), limits or RateLimits(enabled=False)
        self._jobs: dict[int, BaseException | None] = {}
        tempo = self._tempo
        self._intake = Intake(
            UpdatesStore(database, owner),
            self._process,
            clock,
            lease=tempo.intake_lease,
            poll=tempo.intake_poll,
            first_wait=tempo.intake_wait,
        )
        self._application = self._build_application()
        chats = ChatsStore(database, owner)
        sender = Sender(self._application.bot, pictures)
        self._chats = chats
        self._delivery = Delivery(hub, chats, sender, _words(sentence), clock, tempo.delivery, signals)
        self._reception = Reception(hub, chats, self._delivery, sender, sentence, links or {}, limits, clock)
        self._beginning: asyncio.Task[None] | None = None

    def routes(self) -> list[BaseRoute]:
        """The webhook, where there is one."""
        if not self._settings.by_webhook:
            return []
        return [webhook_route(secret_of(self._settings.token), self._intake.add)]

    def start(self) -> None:
        """Begins in the background: Telegram may be away, and the rest of the service does not wait for it."""
        for name in _NOISY:
            logging.getLogger(name).setLevel(logging.WARNING)
        self._beginning = asyncio.create_task(self._begin(), name="telegram start")

    async def close(self, grace: float = 5.0) -> None:
        """Stops taking updates, lets what is under way end for a while, and gives everything back."""
        if self._beginning is not None:
            await end(self._beginning)
        application = self._application
        if application.updater is not None and application.updater.running:
            await application.updater.stop()
        await self._intake.close(grace)
        await self._delivery.close(grace)
        if application.running:
            await application.stop()
        await application.shutdown()

    async def receive(self, incoming: Incoming) -> int:
        """Hands a person's message to the hub; see :meth:`bot.channels.interfaces.Channel.receive`."""
        return await self._reception.receive(incoming)

    async def deliver(self, recipient: str, message: Message) -> None:
        """Shows one message in a chat that this replica serves; see :meth:`bot.channels.interfaces.Channel.deliver`."""
        chat = await self._chats.get(int(recipient))
        if chat is None or chat.blocked:
            raise Unreachable("chat")
        await self._delivery.deliver(chat, message)

    def _build_application(self) -> App:
        settings, tempo = self._settings, self._tempo
        builder = (
            ApplicationBuilder()
            .token(settings.token)
            .rate_limiter(Pace(tempo.overall, tempo.a_chat))
            .job_queue(None)
            .connect_timeout(5)
            .read_timeout(15)
            .get_updates_read_timeout(tempo.poll_timeout + 10)
        )
        if settings.api_url:
            api = settings.api_url.rstrip("/").removesuffix("/bot")
            builder = builder.base_url(f"{api}/bot").base_file_url(f"{api}/file/bot")
        builder = builder.updater(None) if settings.by_webhook else builder.update_queue(DurableQueue(self._intake.add))
        application = builder.build()
        application.add_handler(TypeHandler(Update, self._on_update))
        application.add_error_handler(self._on_error)
        return application

    async def _begin(self) -> None:
        application = self._application
        await self._insist(application.initialize)
        await application.start()
        self._intake.start()
        self._delivery.start()
        if application.updater is not None:
            await application.updater.start_polling(
                timeout=self._tempo.poll_timeout,
                bootstrap_retries=-1,
                allowed_updates=ALLOWED_UPDATES,
                error_callback=on_polling_error,
            )
        else:
            await self._insist(self._set_webhook)
        log.info("telegram_started", by="webhook" if self._settings.by_webhook else "polling")
        await self._insist(self._set_commands)

    async def _set_webhook(self) -> None:
        await self._bot.set_webhook(
            self._settings.public_url + PATH,
            secret_token=secret_of(self._settings.token),
            allowed_updates=ALLOWED_UPDATES,
        )

    async def _set_commands(self) -> None:
        commands = [BotCommand(name, self._sentence(f"utter_telegram_command_{name}")) for name in LISTED]
        await self._bot.set_my_commands(commands)

    async def _insist(self, step: Callable[[], Awaitable[None]]) -> None:
        wait = self._tempo.connect_wait
        while True:
            try:
                await step()
                return
            except InvalidToken:
                log.error("telegram_token_rejected")
                wait = 300.0
            except TelegramError as error:
                log.warning("telegram_away", error=type(error).__name__)
            await asyncio.sleep(wait)
            wait = min(wait * 2, 300.0 if wait > 60 else 60.0)

    @property
    def _bot(self) -> ExtBot[int]:
        bot: ExtBot[int] = self._application.bot
        return bot

    async def _process(self, job: Job) -> None:
        """Hands an update to the library's application, and raises what went wrong in it."""
        try:
            update = Update.de_json(job.body, self._bot)
        except Exception as error:
            # An API that is newer than the library: nothing we could do with it, and nothing behind it may wait.
            raise NotAnUpdate(type(error).__name__) from error
        self._jobs[job.update_id] = None
        try:
            await self._application.process_update(update)
        finally:
            wrong = self._jobs.pop(job.update_id)
        if wrong is not None:
            raise wrong

    async def _on_update(self, update: Update, _context: object) -> None:
        await self._reception.handle(event_of(update), Origin(update.update_id))

    async def _on_error(self, update: object, context: CallbackContext) -> None:  # type: ignore[type-arg]
        if isinstance(update, Update) and update.update_id in self._jobs:
            self._jobs[update.update_id] = context.error


def _words(sentence: Sentence) -> Words:
    names = ("agent", "choose", "picture", "step", "source")
    return Words(**{name: sentence(f"utter_telegram_{name}") for name in names})
