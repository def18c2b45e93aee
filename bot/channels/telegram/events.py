"""What an update means to us. Pure; every kind of update that Telegram has, or will have, means something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from telegram import Chat, ChatMember, Message, MessageReactionUpdated, ReactionType, ReactionTypeEmoji, Update
from telegram.constants import ReactionEmoji
from telegram.ext import filters

from bot.channels.telegram.guard import HELD_PASSWORD


@dataclass(frozen=True)
class Said:
    """The person wrote a text."""

    chat: int
    text: str


@dataclass(frozen=True)
class Commanded:
    """``/name argument``."""

    chat: int
    name: str
    argument: str


@dataclass(frozen=True)
class Pressed:
    """A button of a keyboard was pressed. ``message`` is 0 where Telegram does not tell the message any more."""

    chat: int
    query: str
    message: int
    data: str


@dataclass(frozen=True)
class Judged:
    """What the bot wrote was given a thumb, or the thumb was taken back; ``liked`` is False while one points down."""

    chat: int
    message: int
    liked: bool


@dataclass(frozen=True)
class Sent:
    """Something that we cannot read: ``kind`` is one of :data:`KINDS`. Its caption is read."""

    chat: int
    kind: str
    caption: str
    album: str


@dataclass(frozen=True)
class Edited:
    """An earlier message was changed."""

    chat: int


@dataclass(frozen=True)
class GaveSecret:
    """A message carried a password; its text is already gone."""

    chat: int
    message: int


@dataclass(frozen=True)
class Elsewhere:
    """Something happened in a group or a channel, where we do not talk. ``speak``: we may write there."""

    chat: int
    speak: bool


@dataclass(frozen=True)
class Blocked:
    """The person blocked the bot."""

    chat: int


@dataclass(frozen=True)
class Returned:
    """The person lets the bot write again."""

    chat: int


@dataclass(frozen=True)
class Nothing:
    """Nothing to do."""


Event = Said | Commanded | Pressed | Judged | Sent | Edited | GaveSecret | Elsewhere | Blocked | Returned | Nothing

KINDS = ("voice", "photo", "video", "file", "sticker", "contact", "location", "other")
"""What :class:`Sent` tells apart; ``utter_telegram_cannot_<kind>`` answers each."""

_BY_FIELD = {
    "voice": "voice",
    "audio": "voice",
    "video_note": "voice",
    "photo": "photo",
    "animation": "video",
    "video": "video",
    "document": "file",
    "sticker": "sticker",
    "contact": "contact",
    "venue": "location",
    "location": "location",
}
# Values, not members: an enumeration's hash is not its text's.
_DOWN = ReactionEmoji.THUMBS_DOWN.value
_THUMBS = {_DOWN, ReactionEmoji.THUMBS_UP.value}
_GONE = (ChatMember.BANNED, ChatMember.LEFT)


def event_of(update: Update) -> Event:
    """What the update means."""
    if update.my_chat_member is not None:
        change = update.my_chat_member
        return _membership(change.chat, change.new_chat_member.status)
    if update.callback_query is not None:
        return _pressed(update)
    if update.message_reaction is not None:
        return _reaction(update.message_reaction)
    message = update.message or update.edited_message
    if message is not None:
        return _message(update, message)
    if update.channel_post is not None:
        return Elsewhere(update.channel_post.chat.id, speak=False)
    return Nothing()


def _membership(chat: Chat, status: str) -> Event:
    if chat.type != Chat.PRIVATE:
        return Nothing() if status in _GONE else Elsewhere(chat.id, speak=chat.type != Chat.CHANNEL)
    return Blocked(chat.id) if status in _GONE else Returned(chat.id)


def _pressed(update: Update) -> Event:
    query = update.callback_query
    assert query is not None
    message = query.message
    if message is not None and message.chat.type != Chat.PRIVATE:
        return Elsewhere(message.chat.id, speak=message.chat.type != Chat.CHANNEL)
    chat = message.chat.id if message is not None else query.from_user.id
    return Pressed(chat, query.id, message.message_id if message is not None else 0, query.data or "")


def _reaction(reaction: MessageReactionUpdated) -> Event:
    if reaction.chat.type != Chat.PRIVATE:
        return Nothing()
    before, now = _thumbs(reaction.old_reaction), _thumbs(reaction.new_reaction)
    if before == now:
        return Nothing()
    return Judged(reaction.chat.id, reaction.message_id, _DOWN not in now)


def _thumbs(reactions: Sequence[ReactionType]) -> set[str]:
    given = {one.emoji for one in reactions if isinstance(one, ReactionTypeEmoji)}
    return given & _THUMBS


def _message(update: Update, message: Message) -> Event:
    chat = message.chat.id
    if message.chat.type != Chat.PRIVATE:
        # In a group that the bot has just left its own leaving is told as well.
        left = message.left_chat_member is not None
        return Nothing() if left else Elsewhere(chat, speak=message.chat.type != Chat.CHANNEL)
    if HELD_PASSWORD in update.api_kwargs:
        return GaveSecret(chat, message.message_id)
    if message.from_user is not None and message.from_user.is_bot:
        return Nothing()
    if update.edited_message is not None:
        return _edited(message)
    if message.text:
        return _said(chat, message.text)
    if filters.StatusUpdate.ALL.check_update(update):
        return Nothing()
    kind = next((kind for field, kind in _BY_FIELD.items() if getattr(message, field)), "other")
    return Sent(chat, kind, message.caption or "", message.media_group_id or "")


def _edited(message: Message) -> Event:
    # A location that moves is told as an edit every few seconds.
    return Edited(message.chat.id) if message.text or message.caption else Nothing()


def _said(chat: int, text: str) -> Event:
    if text.startswith("/"):
        name, _, argument = text[1:].partition(" ")
        name = name.partition("@")[0].partition("\n")[0]
        if name.replace("_", "").isalnum():
            return Commanded(chat, name.lower(), argument.strip())
    return Said(chat, text)
