"""Turns a conversation that took place into a conversation test. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.conversations.interfaces import Author, Message
from bot.stories.responses import Responses
from bot.studio.yaml_text import quoted


def story_of(messages: Sequence[Message], title: str, patterns: Responses, mask: Callable[[str], str]) -> str:
    """The conversation as a story: what the person wrote, masked, and the bot's answers by name.

    Answers that are no response of ours (a guide's steps, a person's words) are not checked.
    """
    lines = [f"- historia: {quoted(mask(title))}", "  camino: directo", "  pasos:"]
    answers: list[str] = []
    latest_buttons: set[str] = set()

    def settle() -> None:
        nonlocal answers
        names = [patterns.name_of(text) for text in answers]
        if names and all(name.startswith("utter_") for name in names):
            shown = names[0] if len(names) == 1 else f"[{', '.join(names)}]"
            lines.append(f"    - bot: {{respuesta: {shown}}}")
        answers = []

    begun = False
    for message in messages:
        if message.author is Author.USER:
            settle()
            begun = True
            if message.payload and message.text in latest_buttons:
                lines.append(f"    - pulsa: {quoted(message.text)}")
            elif message.payload:
                lines.append(f"    - boton_falso: {quoted(message.payload)}")
            else:
                lines.append(f"    - usuario: {quoted(mask(message.text))}")
        elif message.author is Author.BOT:
            if begun:
                answers.append(message.text)
            latest_buttons = {str(button["title"]) for button in message.buttons}
        else:
            break
    settle()
    return "\n".join(lines) + "\n"


def file_name(title: str) -> str:
    """A file's name made of a title."""
    plain = "".join(character if character.isascii() and character.isalnum() else " " for character in title.lower())
    return "_".join(plain.split())[:40] or "historia"
