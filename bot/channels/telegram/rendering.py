"""Messages of the log as Telegram messages: HTML text, pictures with captions, keyboards. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from bot.channels.telegram.keyboards import Keyboard, keyboard
from bot.channels.telegram.splitting import MAX_CAPTION, MAX_TEXT, split, utf16_length
from bot.conversations.interfaces import Author, Message


@dataclass(frozen=True)
class Words:
    """The few words that the channel adds, from ``data/responses/telegram.yml``.

    Attributes:
        agent: who a person of the help desk is to the reader.
        choose: stands above buttons that came without a text.
        picture: with ``{alt}``.
        step: with ``{step}`` and ``{of}``.
        source: with ``{source}``.
    """

    agent: str
    choose: str
    picture: str
    step: str
    source: str


@dataclass(frozen=True)
class Part:
    """One Telegram message.

    Attributes:
        text: plain text within the limit; of a picture its caption.
        bold: the first so many characters are shown bold.
        picture: the source of a picture, or empty.
        alt: what the picture shows, or empty.
    """

    text: str
    bold: int = 0
    picture: str = ""
    alt: str = ""
    keyboard: Keyboard = ()

    @property
    def html(self) -> str:
        """The text with markup. Bot API, "HTML style": only ``<``, ``>`` and ``&`` have to be written otherwise."""
        head, rest = self.text[: self.bold], self.text[self.bold :]
        return (f"<b>{escape(head, quote=False)}</b>" if head else "") + escape(rest, quote=False)


def render(message: Message, conversation: str, words: Words) -> list[Part]:
    """The Telegram messages that show one message of the log; none when there is nothing to show."""
    heading, text = _content(message, words)
    picture, alt = _picture(message.image)
    alt_line = words.picture.format(alt=alt) if alt else ""
    keys = keyboard(conversation, message.seq, message.buttons)
    parts = _with_picture(text, picture, alt_line) if picture else _texts(_paragraphs(text, alt_line))
    if not parts and keys:
        parts = [Part(words.choose)]
    if parts and keys:
        parts[-1] = replace(parts[-1], keyboard=keys)
    return [replace(part, bold=len(heading)) if part.text.startswith(heading) else part for part in parts]


def without_picture(part: Part) -> Part:
    """The same message where the picture cannot be shown: its caption, which names what it shows, says it."""
    return replace(part, picture="", text=part.text or part.alt)


def _content(message: Message, words: Words) -> tuple[str, str]:
    """A heading and the whole text, which begins with it."""
    said = message.text.strip()
    if message.author is Author.AGENT and said:
        return words.agent, _paragraphs(words.agent, said)
    if not message.card:
        return "", said
    title, lines = _card(message.card, words)
    # Most cards come with a text that says the same for channels that know no cards.
    new = [line for line in lines if line not in said]
    return title, _paragraphs("" if title in said else title, said, *new)


def _card(card: Mapping[str, Any], words: Words) -> tuple[str, list[str]]:
    """A card's title and its lines. Keys that are not there, or that nobody knows, make no difference."""
    lines = []
    if card.get("number") and card.get("total"):
        lines.append(words.step.format(step=card["number"], of=card["total"]))
    for key in ("text", "lines", "see", "items"):
        lines += _lines(card.get(key))
    if card.get("source"):
        lines.append(words.source.format(source=card["source"]))
    return str(card.get("title") or "").strip(), lines


def _lines(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        title, text = (str(value.get(key) or "").strip() for key in ("title", "text"))
        return [f"{title}: {text}" if title and text else title or text] if title or text else []
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [line for item in value for line in _lines(item)]
    return [str(value).strip()] if value and str(value).strip() else []


def _picture(image: Mapping[str, str] | None) -> tuple[str, str]:
    if not image:
        return "", ""
    return str(image.get("src") or "").strip(), str(image.get("alt") or "").strip()


def _with_picture(text: str, picture: str, alt_line: str) -> list[Part]:
    whole = _paragraphs(text, alt_line)
    if utf16_length(whole) <= MAX_CAPTION:
        return [Part(whole, 0, picture, alt_line)]
    # A caption is too small for the text: the picture goes first, with what it shows, and the text follows.
    caption = "".join(split(alt_line, MAX_CAPTION)[:1])
    return [Part(caption, 0, picture, alt_line), *_texts(text)]


def _texts(text: str) -> list[Part]:
    return [Part(part) for part in split(text, MAX_TEXT)]


def _paragraphs(*texts: str) -> str:
    return "\n".join(text for text in texts if text)
