"""Sends single Telegram messages and says in the channel's own errors what became of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.channels.interfaces import NotShown, TryAgain, Unreachable
from bot.channels.telegram.keyboards import Keyboard
from bot.channels.telegram.pictures import Pictures, SentPictures
from bot.channels.telegram.rendering import Part, without_picture

log = structlog.get_logger(__name__)

_NOBODY_THERE = ("chat not found", "user is deactivated", "peer_id_invalid", "bot was blocked", "user not found")
_ALREADY_GONE = ("not found",)
_REJECTED_FOR = 300.0
"""Seconds before another try when Telegram does not know the bot's token: only the operator can help."""


class Sender:
    """The bot's voice.

    Args:
        pictures: fetches what a message shows.
    """

    def __init__(self, bot: Bot, pictures: Pictures) -> None:
        self._bot, self._pictures, self._sent = bot, pictures, SentPictures()

    async def send(self, chat: int, part: Part) -> int | None:
        """Sends one message; in the plainest form rather than not at all.

        Returns:
            Telegram's number of it; None where nothing was left to send.

        Raises:
            Unreachable: the chat takes no messages from the bot.
            NotShown: Telegram refuses this message, even as plain text.
            TryAgain: it did not arrive, or nobody can tell.
        """
        if part.picture:
            try:
                return await self._send_picture(chat, part)
            except NotShown:
                self._sent.forget(part.picture)
                log.warning("telegram_picture_refused")
                part = without_picture(part)
        if not part.text.strip():
            return None
        try:
            return await self._send_text(chat, part, html=True)
        except NotShown:
            return await self._send_text(chat, part, html=False)

    async def typing(self, chat: int) -> None:
        """Shows that an answer is being thought out. Nothing depends on it, so errors are left alone."""
        try:
            await self._bot.send_chat_action(chat, ChatAction.TYPING)
        except TelegramError:
            return

    async def answer_press(self, query: str, text: str = "") -> None:
        """Has the pressed button stop waiting. One that was pressed long ago cannot be answered any more."""
        try:
            await self._bot.answer_callback_query(query, text=text or None, show_alert=bool(text))
        except TelegramError as error:
            log.info("telegram_press_not_answered", error=type(error).__name__)

    async def replace_keyboard(self, chat: int, message: int, keyboard: Keyboard) -> None:
        """Puts another keyboard under a message that was sent. Nothing depends on it."""
        try:
            await self._bot.edit_message_reply_markup(chat, message, reply_markup=markup(keyboard))
        except TelegramError as error:
            log.info("telegram_keyboard_not_replaced", error=type(error).__name__)

    async def delete(self, chat: int, message: int) -> bool:
        """Removes a message from the person's screen.

        Returns:
            False when Telegram does not let us.

        Raises:
            TryAgain: Telegram does not answer.
        """
        try:
            with translated():
                await self._bot.delete_message(chat, message)
        except NotShown as error:
            return _says(error.__cause__, _ALREADY_GONE)
        except Unreachable:
            return False
        return True

    async def decline(self, chat: int, text: str) -> None:
        """Leaves a group or channel, with a word where we may write.

        Raises:
            TryAgain: Telegram does not answer.
        """
        try:
            if text:
                await self._bot.send_message(chat, text)
        except TelegramError as error:
            log.info("telegram_group_not_told", error=type(error).__name__)
        try:
            with translated():
                await self._bot.leave_chat(chat)
        except (NotShown, Unreachable):
            log.info("telegram_group_left_before")

    async def _send_text(self, chat: int, part: Part, *, html: bool) -> int:
        with translated():
            sent = await self._bot.send_message(
                chat,
                part.html if html else part.text,
                parse_mode=ParseMode.HTML if html else None,
                reply_markup=markup(part.keyboard),
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        return sent.message_id

    async def _send_picture(self, chat: int, part: Part) -> int:
        photo = self._sent.get(part.picture) or await self._fetch(part.picture)
        with translated():
            sent = await self._bot.send_photo(
                chat,
                photo,
                caption=part.html or None,
                parse_mode=ParseMode.HTML,
                reply_markup=markup(part.keyboard),
                filename=None if isinstance(photo, str) else "imagen.png",
            )
        if sent.photo:
            self._sent.keep(part.picture, sent.photo[-1].file_id)
        return sent.message_id

    async def _fetch(self, source: str) -> bytes | str:
        if source.startswith("https://"):
            # Telegram fetches public addresses itself.
            return source
        try:
            content = await self._pictures(source)
        except Exception as error:
            # Whatever keeps a picture from being drawn, its text must arrive.
            log.error("telegram_picture_missing", error=type(error).__name__)
            content = None
        if not content:
            raise NotShown("picture")
        return content


def markup(keyboard: Keyboard) -> InlineKeyboardMarkup | None:
    """The keyboard as the library's object."""
    if not keyboard:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(button.title, callback_data=button.data) for button in row] for row in keyboard]
    )


@contextmanager
def translated() -> Iterator[None]:
    """Turns the library's errors into the channel's.

    Raises:
        Unreachable, NotShown, TryAgain: see :mod:`bot.channels.interfaces`.
    """
    try:
        yield
    except RetryAfter as error:
        after = error.retry_after
        raise TryAgain(float(after if isinstance(after, (int, float)) else after.total_seconds())) from error
    except Forbidden as error:
        raise Unreachable("forbidden") from error
    except (BadRequest, ChatMigrated) as error:
        # BadRequest is a NetworkError to the library, though the network has nothing to do with it.
        raise (Unreachable("nobody there") if _says(error, _NOBODY_THERE) else NotShown("refused")) from error
    except NetworkError as error:
        raise TryAgain from error
    except TelegramError as error:
        log.error("telegram_refuses", error=type(error).__name__)
        raise TryAgain(_REJECTED_FOR) from error


def _says(error: BaseException | None, phrases: tuple[str, ...]) -> bool:
    words = str(error).casefold()
    return any(phrase in words for phrase in phrases)
