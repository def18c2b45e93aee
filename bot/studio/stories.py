"""Plays the conversation tests' talk on a brain, turn by turn, without channels, mail or clock.

Only what is said counts here: what a person writes and presses, and what the bot answers. A story that needs more
(mails that are opened, time that passes) is played up to there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.brain.interfaces import Brain, Reply, Turn

_FACT = re.compile(r"\{(\w+)\}")
_SUM = re.compile(r"(\d+) más (\d+)")
IGNORED = ("correo", "cuenta")
"""Steps about the world outside, which say nothing about what was understood."""


@dataclass(frozen=True)
class Story:
    """A conversation test. ``pending``: known not to hold yet."""

    title: str
    steps: Sequence[Mapping[str, Any]]
    pending: bool = False


def read_stories(folder: Path) -> list[Story]:
    """Every story below a folder; a file that cannot be read gives none, the tests themselves complain about it."""
    found = []
    for file in sorted(folder.rglob("*.yml")):
        try:
            content = YAML(typ="safe").load(file.read_text(encoding="utf-8")) or []
        except YAMLError:
            continue
        for story in content if isinstance(content, list) else []:
            if isinstance(story, dict) and story.get("historia"):
                found.append(Story(str(story["historia"]), story.get("pasos") or (), bool(story.get("pendiente"))))
    return found


class Patterns:
    """Tells which response a text is: each fact stands for any text."""

    def __init__(self, responses: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        self._patterns = {
            name: [_pattern(str(each["text"]).strip()) for each in variations if each.get("text")]
            for name, variations in responses.items()
        }

    def is_one(self, name: str, text: str) -> bool:
        """Whether a text is this response."""
        return any(pattern.fullmatch(text.strip()) for pattern in self._patterns.get(name, ()))

    def name_of(self, text: str) -> str:
        """The likeliest name of a text; the text itself when it is none of them."""
        # A response that is one fact and nothing else would be every text.
        found = [name for name in self._patterns if self.is_one(name, text) and self._fixed(name) > 0]
        return max(found, key=self._fixed, default=text[:80])

    def _fixed(self, name: str) -> int:
        return max(len(pattern.pattern.replace(".+", "")) for pattern in self._patterns[name])


def _pattern(text: str) -> re.Pattern[str]:
    pieces = _FACT.split(text)
    return re.compile("".join(".+" if i % 2 else re.escape(piece) for i, piece in enumerate(pieces)), re.DOTALL)


class Wrong(Exception):
    """A story does not hold; the message is what was expected and what came."""


async def play(story: Story, brain: Brain, patterns: Patterns, number: int) -> str:
    """Plays a story. Returns what went wrong first, or nothing."""
    told = _Telling(f"historia-{number}", brain, patterns)
    try:
        for step in story.steps:
            key, value = next(iter(step.items()))
            if key in IGNORED:
                continue
            if not await told.do(str(key), value):
                break
    except Wrong as wrong:
        return str(wrong)
    return ""


class _Telling:
    def __init__(self, conversation: str, brain: Brain, patterns: Patterns) -> None:
        self._conversation, self._brain, self._patterns = conversation, brain, patterns
        self._state: bytes | None = None
        self._seq = 0
        self._latest: Sequence[Reply] = ()
        self._all: list[Reply] = []

    async def do(self, key: str, value: Any) -> bool:
        """One step; False where the talk cannot go on without the rest of the service."""
        if key == "usuario" and isinstance(value, str):
            await self._send(text=self._filled(value))
        elif key == "pulsa":
            earlier = isinstance(value, dict)
            title = str(value["titulo"] if earlier else value)
            await self._send(payload=self._payload(title, self._all if earlier else self._latest))
        elif key == "bot" and isinstance(value, dict):
            self._expect(value)
        else:
            return False
        return True

    async def _send(self, text: str = "", payload: str = "") -> None:
        self._seq += 2
        turn = Turn(self._conversation, self._seq, text, payload, "web", "", self._state)
        result = await self._brain.respond(turn)
        self._state, self._latest = result.state, result.replies
        self._all += result.replies

    def _payload(self, title: str, replies: Sequence[Reply]) -> str:
        for reply in reversed(replies):
            for button in reply.buttons:
                if button["title"] == title:
                    return button["payload"]
        raise Wrong(f"[{title}] ≠ {self._heard()}")

    def _filled(self, text: str) -> str:
        if "{suma}" not in text and "{otra_suma}" not in text:
            return text
        found = _SUM.search(" ".join(reply.text for reply in self._latest))
        if not found:
            raise Wrong(f"{{suma}} ≠ {self._heard()}")
        right = int(found[1]) + int(found[2])
        return text.replace("{suma}", str(right)).replace("{otra_suma}", str(right + 1))

    def _heard(self) -> str:
        return ", ".join(self._patterns.name_of(reply.text) for reply in self._latest) or "—"

    def _expect(self, wanted: Mapping[str, Any]) -> None:
        texts = [reply.text for reply in self._latest]
        names = _list(wanted.get("respuesta"))
        if names and not (len(names) == len(texts) and all(map(self._patterns.is_one, names, texts))):
            raise Wrong(f"{', '.join(names)} ≠ {self._heard()}")
        for name in _list(wanted.get("no_respuesta")):
            if any(self._patterns.is_one(name, text) for text in texts):
                raise Wrong(f"¬{name} ≠ {self._heard()}")
        said = _plain(" / ".join(texts))
        for part in _list(wanted.get("contiene")):
            if _plain(part) not in said:
                raise Wrong(f"«{part}» ≠ {self._heard()}")
        for part in _list(wanted.get("no_contiene")):
            if _plain(part) in said:
                raise Wrong(f"¬«{part}» ≠ {self._heard()}")
        titles = [button["title"] for reply in self._latest for button in reply.buttons]
        for title in _list(wanted.get("botones")):
            if title not in titles:
                raise Wrong(f"[{title}] ≠ {' | '.join(titles) or '—'}")


def _list(value: Any) -> list[str]:
    return [] if value is None else [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", " ".join(text.casefold().split()))
    return "".join(character for character in decomposed if not unicodedata.combining(character))
