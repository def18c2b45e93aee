"""Acts on what came in: hands it to the hub, in the chat's conversation, or answers in the channel's own words."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import singledispatchmethod

import structlog

from bot.channels.interfaces import Incoming, TryAgain
from bot.channels.limits import MESSAGES_BY_CONVERSATION, RateLimits
from bot.channels.telegram import events
from bot.channels.telegram.chats_store import Chat, ChatsStore
from bot.channels.telegram.commands import COMMANDS, START, UNKNOWN, Link, Links
from bot.channels.telegram.delivery import Delivery
from bot.channels.telegram.keyboards import CHOSEN, chosen, place_of
from bot.channels.telegram.sender import Sender
from bot.clock import Clock
from bot.conversations.interfaces import Author, ConversationUnknown, Hub, MessageRejected, Owner
from bot.conversations.sentences import Sentence

log = structlog.get_logger(__name__)

CHANNEL = "telegram"
_NAMESPACE = uuid.UUID("6f2f7c1e-94a5-5d53-9a53-2f6f0d3f2f7a")


@dataclass(frozen=True)
class Origin:
    """The update that something came by; its number makes whatever is done for it happen once."""

    update_id: int

    def key(self, what: str = "") -> str:
        """A UUID for one thing that is done for this update."""
        return str(uuid.uuid5(_NAMESPACE, f"{self.update_id}{what}"))


class Reception:
    """Turns events into messages of the hub.

    Args:
        sentence: the words of ``data/responses/telegram.yml`` and of the errors.
        links: where deep links lead.
        limits: how much one chat may say in a minute; what goes beyond it waits.
    """

    def __init__(
        self,
        hub: Hub,
        chats: ChatsStore,
        delivery: Delivery,
        sender: Sender,
        sentence: Sentence,
        links: Links,
        limits: RateLimits,
        clock: Clock,
    ) -> None:
        self._hub, self._chats, self._delivery, self._sender = hub, chats, delivery, sender
        self._sentence, self._links, self._limits, self._clock = sentence, links, limits, clock
        self._albums: dict[int, str] = {}

    @singledispatchmethod
    async def handle(self, event: object, origin: Origin) -> None:
        """Does what an event asks for. Called again with the same origin, it does nothing twice.

        Raises:
            TryAgain: Telegram has to answer first, and does not; or the chat has said enough for a moment.
        """

    @handle.register
    async def _(self, event: events.Said, origin: Origin) -> None:
        await self._hand_in(event.chat, origin, text=event.text)

    @handle.register
    async def _(self, event: events.Commanded, origin: Origin) -> None:
        link = self._links.get(event.argument.lower()) if event.name == START else None
        if event.name == START:
            await self._start(event.chat, origin, link)
        else:
            await self._hand_in(event.chat, origin, payload=COMMANDS.get(event.name, COMMANDS[UNKNOWN]))

    @handle.register
    async def _(self, event: events.Pressed, origin: Origin) -> None:
        chat = await self._chat(event.chat, origin)
        place = place_of(event.data)
        button = None
        if place is not None and place.is_in(chat.conversation):
            written = await self._hub.messages(chat.conversation, place.seq - 1, 1)
            buttons = written[0].buttons if written and written[0].seq == place.seq else ()
            button = buttons[place.index] if place.index < len(buttons) else None
        known = button is not None or event.data in ("", CHOSEN)
        text = "" if known else self._sentence("utter_telegram_old_button")
        # Until it is answered the button shows that it waits, so nothing else is waited for.
        answering = asyncio.create_task(self._sender.answer_press(event.query, text))
        try:
            if button is not None:
                await self._take_choice(event, origin, button)
        finally:
            await answering

    @handle.register
    async def _(self, event: events.Judged, origin: Origin) -> None:
        chat = await self._chats.get(event.chat)
        seq = await self._chats.seq_of(event.chat, event.message) if chat is not None else None
        if chat is not None and seq is not None:
            await self._hub.judge(chat.conversation, seq, event.liked)

    @handle.register
    async def _(self, event: events.Sent, origin: Origin) -> None:
        # The pictures of an album come as messages of their own; one answer is enough.
        if not event.album or self._albums.get(event.chat) != event.album:
            if event.album:
                self._albums[event.chat] = event.album
            await self._say(event.chat, origin, f"utter_telegram_cannot_{event.kind}")
        if event.caption.strip():
            await self._hand_in(event.chat, origin, text=event.caption)

    @handle.register
    async def _(self, event: events.Edited, origin: Origin) -> None:
        await self._say(event.chat, origin, "utter_telegram_edited")

    @handle.register
    async def _(self, event: events.GaveSecret, origin: Origin) -> None:
        deleted = await self._sender.delete(event.chat, event.message)
        log.info("telegram_password_deleted", deleted=deleted)
        await self._say(event.chat, origin, f"utter_telegram_password_{'deleted' if deleted else 'left'}")

    @handle.register
    async def _(self, event: events.Elsewhere, origin: Origin) -> None:
        log.info("telegram_group_declined")
        await self._sender.decline(event.chat, self._sentence("utter_telegram_private_only") if event.speak else "")

    @handle.register
    async def _(self, event: events.Blocked, origin: Origin) -> None:
        await self._chats.set_blocked(event.chat, True)
        self._delivery.forget(event.chat)

    @handle.register
    async def _(self, event: events.Returned, origin: Origin) -> None:
        await self._chats.set_blocked(event.chat, False)
        if await self._chats.get(event.chat) is not None:
            self._delivery.watch(event.chat)

    async def _take_choice(self, event: events.Pressed, origin: Origin, button: Mapping[str, str]) -> None:
        if not event.message:
            await self._hand_in(event.chat, origin, payload=button["payload"])
            return
        # A double tap sends two updates; the same button of the same message counts once.
        press = Press(origin.update_id, event.chat, event.message, event.data)
        await self._hand_in(event.chat, press, payload=button["payload"])
        await self._sender.replace_keyboard(event.chat, event.message, chosen(button.get("title", "")))

    async def receive(self, incoming: Incoming) -> int:
        """Hands a message to the hub; see :meth:`bot.channels.interfaces.Channel.receive`."""
        chat = await self._chat(int(incoming.sender), Origin(0))
        return await self._pass_on(chat, incoming, Origin(0))

    async def _start(self, chat_id: int, origin: Origin, link: Link | None) -> None:
        chat = await self._chat(chat_id, origin, platform=link.platform if link else "")
        if link is not None:
            await self._hand_in(chat_id, origin, payload=link.payload)
            return
        # A new conversation begins with the bot's greeting, so who has just begun it was greeted.
        if chat.opened_by != origin.update_id or not await self._hub.messages(chat.conversation, 0, 1):
            await self._hand_in(chat_id, origin, payload=COMMANDS[START])

    async def _hand_in(
        self, chat_id: int, origin: Origin, *, text: str | None = None, payload: str | None = None
    ) -> None:
        chat = await self._chat(chat_id, origin)
        seconds = await self._limits.wait((MESSAGES_BY_CONVERSATION, str(chat_id)))
        if seconds:
            raise TryAgain(seconds)
        try:
            await self._pass_on(chat, Incoming(str(chat_id), origin.key(), text, payload), origin)
        except MessageRejected as rejected:
            await self._say(chat_id, origin, f"utter_error_{rejected.reason}")

    async def _pass_on(self, chat: Chat, incoming: Incoming, origin: Origin) -> int:
        # The chat's number stands for the network address that other channels know: limits count by it.
        address = f"{CHANNEL}:{chat.id}"
        for _ in range(2):
            try:
                if await self._hub.owner(chat.conversation) is Owner.CLOSED:
                    # Who writes again in a chat application expects an answer: the conversation goes on.
                    await self._hub.set_owner(chat.conversation, Owner.BOT)
                return await self._hub.receive(
                    chat.conversation, incoming.id, text=incoming.text, payload=incoming.payload, address=address
                )
            except ConversationUnknown:
                # It was erased in the meantime.
                chat = await self._open(chat.id, origin, instead_of=chat.conversation)
        raise ConversationUnknown(chat.conversation)

    async def _say(self, chat_id: int, origin: Origin, response: str) -> None:
        """Answers in the channel's own words, by way of the log: a person of the help desk reads them too."""
        chat = await self._chat(chat_id, origin)
        for _ in range(2):
            try:
                async with self._hub.writing() as writing:
                    key = origin.key(response)
                    await writing.send(chat.conversation, Author.SYSTEM, self._sentence(response), client_id=key)
                return
            except ConversationUnknown:
                chat = await self._open(chat_id, origin, instead_of=chat.conversation)

    async def _chat(self, chat_id: int, origin: Origin, platform: str = "") -> Chat:
        """The chat, with a conversation, followed."""
        chat = await self._chats.get(chat_id)
        if chat is None:
            return await self._open(chat_id, origin, platform=platform)
        if chat.blocked:
            await self._chats.set_blocked(chat_id, False)
        self._delivery.watch(chat_id)
        return chat

    async def _open(self, chat_id: int, origin: Origin, *, platform: str = "", instead_of: str = "") -> Chat:
        conversation, _token = await self._hub.open(CHANNEL, platform=platform)
        chat = await self._chats.put(chat_id, conversation, origin.update_id, self._clock(), instead_of=instead_of)
        if instead_of:
            self._delivery.forget(chat_id)
        self._delivery.watch(chat_id)
        return chat


@dataclass(frozen=True)
class Press(Origin):
    """A press of a button: the same for every update that tells of it."""

    chat: int = 0
    message: int = 0
    data: str = ""

    def key(self, what: str = "") -> str:
        """A UUID for one thing that is done for this press."""
        return str(uuid.uuid5(_NAMESPACE, f"press {self.chat} {self.message} {self.data} {what}"))
