"""Canned answers: kept by the team, completed with what is known of the case."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ruamel.yaml import YAML

from bot.errors import VentanillaError

PLACEHOLDERS = ("saludo", "agente", "plataforma", "numero")
SHORTCUT = re.compile(r"[a-z0-9ñáéíóú_-]{1,40}")
LONGEST_TITLE = 120
LONGEST_ANSWER = 2_000


class CannedInvalid(VentanillaError):
    """A canned answer cannot be kept.

    Attributes:
        reason: ``shortcut``, ``title``, ``text``, ``placeholder`` or ``double``.
        detail: the placeholder that is not known.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"canned answer: {reason} {detail}".strip())
        self.reason, self.detail = reason, detail


@dataclass(frozen=True)
class Canned:
    """One answer; ``team`` is empty where every team has it."""

    id: int
    team: str
    shortcut: str
    title: str
    text: str


@dataclass(frozen=True)
class Starter:
    """What a new desk begins with, and how it greets by the time of day (``manana``, ``tarde``, ``noche``)."""

    answers: Sequence[Canned]
    greetings: Mapping[str, str]


def load_starter(data: Path) -> Starter:
    """Reads ``data/desk/respuestas.yml``."""
    content = YAML(typ="safe").load((data / "desk" / "respuestas.yml").read_text("utf-8"))
    answers = [Canned(0, "", each["atajo"], each["titulo"], each["texto"]) for each in content["respuestas"]]
    return Starter(answers, content["saludos"])


def check(answer: Canned) -> Canned:
    """The answer as it is kept.

    Raises:
        CannedInvalid: a part is missing or too long, or names something that nobody can fill in.
    """
    shortcut = answer.shortcut.strip().lstrip("/").lower()
    title, text = answer.title.strip(), answer.text.strip()
    if not SHORTCUT.fullmatch(shortcut):
        raise CannedInvalid("shortcut")
    if not title or len(title) > LONGEST_TITLE:
        raise CannedInvalid("title")
    if not text or len(text) > LONGEST_ANSWER:
        raise CannedInvalid("text")
    for name in re.findall(r"\{([^{}]*)\}", text):
        if name not in PLACEHOLDERS:
            raise CannedInvalid("placeholder", name)
    return Canned(answer.id, answer.team, shortcut, title, text)


def fill(text: str, facts: Mapping[str, str]) -> str:
    """The text with its placeholders completed; what is unknown stays as it is."""
    return re.sub(r"\{([^{}]*)\}", lambda found: facts.get(found.group(1), found.group(0)), text)


def greeting(greetings: Mapping[str, str], local: datetime) -> str:
    """How one greets at this hour."""
    return greetings["manana" if local.hour < 12 else "tarde" if local.hour < 19 else "noche"]


def for_teams(answers: Sequence[Canned], teams: Collection[str]) -> list[Canned]:
    """The answers of some teams and of all, by shortcut; a team's own one goes before the general one."""
    found: dict[str, Canned] = {}
    for answer in sorted(answers, key=lambda each: bool(each.team)):
        if not answer.team or answer.team in teams:
            found[answer.shortcut] = answer
    return sorted(found.values(), key=lambda each: each.shortcut)
