"""Compares what happened with what a story says. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from bot.stories import story as kinds
from bot.stories.responses import Responses
from bot.stories.sentences import sentence

Message = dict[str, Any]

INTERNAL = re.compile(r"\bNone\b|\bnull\b|\butter_\w+|\baction_\w+|[{}]|\bTraceback\b|/[a-z]+(?:_[a-z]+)+")
"""What no message to a person may show: a fact that is missing, a name of the program."""

_SUM = re.compile(r"(\d+) más (\d+)")

APOLOGIES = ("utter_action_failed", "utter_error_turn", "utter_default")
"""What the bot says when it failed: never right in a story."""


class StoryFailed(Exception):
    """Something is not as the story says."""

    def __init__(self, name: str, **facts: object) -> None:
        super().__init__(sentence("fallo", name, **facts))


def require(condition: object, name: str, **facts: object) -> None:
    """Fails the story with this sentence unless the condition holds."""
    if not condition:
        raise StoryFailed(name, **facts)


def check_unbroken(messages: Sequence[Message], responses: Responses) -> None:
    """What holds for every answer: no internal names, no missing facts, no apology for a failure."""
    for message in messages:
        text = message["text"]
        broken = INTERNAL.search(text)
        require(not broken, "roto", trozo=broken and broken.group(), dicho=text)
        failed = any(responses.is_one(name, text) for name in APOLOGIES if name in responses.names)
        require(not failed, "disculpa", dicho=text)


def check_answer(step: kinds.Answer, messages: Sequence[Message], responses: Responses) -> None:
    """Compares the bot's latest messages with the step; names are compared by the responses' patterns."""
    texts = [each["text"] for each in messages]
    if step.responses:
        right = len(texts) == len(step.responses) and all(map(responses.is_one, step.responses, texts))
        names = [_name(text, responses) for text in texts]
        require(right, "otra_respuesta", esperado=", ".join(step.responses), recibido=", ".join(names))
    for name in step.never:
        require(not any(responses.is_one(name, text) for text in texts), "respuesta_prohibida", respuesta=name)
    said = " / ".join(texts)
    for part in step.contains:
        require(_holds(said, part), "no_contiene", texto=part, dicho=said)
    for part in step.lacks:
        require(not _holds(said, part), "contiene", texto=part, dicho=said)
    titles = [button["title"] for each in messages for button in each["buttons"]]
    for title in step.buttons:
        require(title in titles, "faltan_botones", titulo=title, botones=shown_buttons(messages))
    require(not (step.no_buttons and titles), "sobran_botones", botones=shown_buttons(messages))
    if step.messages is not None:
        require(len(texts) == step.messages, "cuantos_mensajes", esperado=step.messages, recibido=len(texts))


def fill_sum(text: str, asked: str) -> str:
    """A person's text in which «{suma}» stands for the result of the sum just asked, «{otra_suma}» for a wrong one."""
    if "{suma}" not in text and "{otra_suma}" not in text:
        return text
    found = _SUM.search(asked)
    require(found, "sin_suma")
    assert found
    right = int(found[1]) + int(found[2])
    return text.replace("{suma}", str(right)).replace("{otra_suma}", str(right + 1))


def check_mails(step: kinds.Mails, mails: Sequence[Message]) -> None:
    """Compares what has arrived, newest first, with the step."""
    if not step.to:
        require(not mails, "sobran_correos", para=", ".join(each["to"] for each in mails))
        return
    if step.count is not None:
        subjects = "".join(f" «{each['subject']}»" for each in mails)
        facts = {"esperado": step.count, "recibido": len(mails), "asuntos": subjects, "para": step.to}
        require(len(mails) == step.count, "cuantos_correos", **facts)
    wanted = [*step.subject, *step.contains, *step.lacks]
    if step.count == 0 and not wanted:
        return
    require(mails, "algun_correo", para=step.to)
    latest = mails[0]
    for part in step.subject:
        require(_holds(latest["subject"], part), "asunto", para=step.to, texto=part, dicho=latest["subject"])
    for part in step.contains:
        require(_holds(latest["text"], part), "correo_contiene", para=step.to, texto=part, dicho=latest["text"])
    for part in step.lacks:
        require(not _holds(latest["text"], part), "correo_no_contiene", para=step.to, texto=part)


def shown_buttons(messages: Sequence[Message]) -> str:
    """The titles of the messages' buttons, to show them."""
    titles = [button["title"] for each in messages for button in each["buttons"]]
    return " | ".join(titles) or sentence("palabras", "nada")


def _name(text: str, responses: Responses) -> str:
    return responses.name_of(text) or sentence("palabras", "respuesta_sin_nombre", texto=text)


def _holds(text: str, part: str) -> bool:
    return _plain(part) in _plain(text)


def _plain(text: str) -> str:
    """Without case, accents or doubled blanks, so that a story need not copy them."""
    decomposed = unicodedata.normalize("NFD", " ".join(text.casefold().split()))
    return "".join(character for character in decomposed if not unicodedata.combining(character))
