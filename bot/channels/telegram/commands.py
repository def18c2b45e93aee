"""What commands and deep links stand for: payloads of the hub. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.conversations.sentences import Sentence
from bot.platforms import Platform

START = "start"
COMMANDS: Mapping[str, str] = {
    START: "/saludar",
    "menu": "/pedir_ayuda",
    "ayuda": "/pedir_ayuda",
    "help": "/pedir_ayuda",
    "cancelar": "/cancelar",
    "persona": "/hablar_con_agente",
}
"""Command to payload. Any other command shows the menu."""

LISTED = ("menu", "persona", "cancelar")
"""What Telegram shows in the menu of commands; ``utter_telegram_command_…`` describes each."""

UNKNOWN = "menu"
_LINK = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Link:
    """Where ``https://t.me/<bot>?start=<argument>`` leads.

    Attributes:
        payload: what is handed to the hub.
        title: what the log shows for it.
        platform: the platform's key when it is the start of a conversation about it, else empty.
    """

    payload: str
    title: str
    platform: str = ""


Links = Mapping[str, Link]
"""Deep links by their argument, in lower case."""


def platform_links(names: Mapping[Platform, str]) -> dict[str, Link]:
    """``/start seace`` and so on: the platform is known from the start, as when it is told.

    Args:
        names: how each platform is shown.
    """
    return {
        platform.value: Link(f"/dar_dato{json.dumps({'platform': platform.value})}", name, platform.value)
        for platform, name in names.items()
    }


def guide_links(guides: Iterable[tuple[str, str, str]]) -> dict[str, Link]:
    """``/start guia_seace_nueva-contrasena`` begins that guide.

    Args:
        guides: ``(id, title, payload)`` of each, the id as ``platform/name``. One whose link Telegram would not take
            (1–64 letters, digits, ``_`` and ``-``) is left out.
    """
    found = {f"guia_{identity.replace('/', '_')}".lower(): Link(payload, title) for identity, title, payload in guides}
    return {argument: link for argument, link in found.items() if _LINK.fullmatch(argument)}


def public_payloads(sentence: Sentence, links: Links) -> dict[str, str]:
    """What the hub has to take without a button that carried it, with the words that its log shows for it."""
    spoken = {payload: sentence(f"utter_telegram_said_{payload.lstrip('/')}") for payload in set(COMMANDS.values())}
    return {**spoken, **{link.payload: link.title for link in links.values()}}
