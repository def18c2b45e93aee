"""Labelled messages: those that measure the model (JSON lines) and those that train it (YAML)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.brain.nlu.lexicon import read_package_yaml
from bot.errors import VentanillaError
from bot.platforms import Platform

PLATFORM_KEYS: Mapping[str, Platform] = {
    "seace": Platform.SEACE,
    "soce": Platform.SOCE,
    "secop2": Platform.SECOP2,
    "secopii": Platform.SECOP2,
    "secop": Platform.SECOP2,
}


class BadExamples(VentanillaError):
    """A file of labelled messages cannot be used.

    Attributes:
        message: what is wrong, in Spanish, with file and line.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Example:
    """A message and what is to be understood.

    Attributes:
        text: the message.
        intent: the right intent.
        platform: ``seace``, ``soce``, ``secop2`` or None.
        tags: kinds of writing, such as ``typo``.
        dialogue: the state of the dialogue, when the line gives one.
    """

    text: str
    intent: str
    platform: str | None = None
    tags: Sequence[str] = ()
    dialogue: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TrainingMessage:
    """A training message and where it stands."""

    text: str
    intent: str
    file: Path
    line: int

    @property
    def place(self) -> str:
        """``file:line``, as editors understand it."""
        return f"{self.file.name}:{self.line}"


@lru_cache(maxsize=1)
def report_words() -> Mapping[str, Mapping[str, str]]:
    """The Spanish sentences of ``words.yml``."""
    return read_package_yaml("words.yml")


def read_examples(file: Path) -> list[Example]:
    """The labelled messages of a file of JSON lines.

    Raises:
        BadExamples: a line is no JSON object, lacks a key, or names an unknown platform; or there is none.
    """
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    examples = [_example(file, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not examples:
        raise BadExamples(report_words()["errors"]["empty"].format(file=file))
    return examples


def _example(file: Path, number: int, line: str) -> Example:
    words = report_words()["errors"]
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise BadExamples(words["not_json"].format(file=file, line=number))
    for key in ("text", "intent"):
        if not isinstance(found.get(key), str):
            raise BadExamples(words["no_key"].format(file=file, line=number, key=key))
    platform = None
    if found.get("platform"):
        name = str(found["platform"])
        known = PLATFORM_KEYS.get("".join(name.lower().split()))
        if known is None:
            raise BadExamples(words["unknown_platform"].format(file=file, line=number, value=name))
        platform = known.value
    return Example(
        found["text"], found["intent"], platform, tuple(found.get("tags") or ()), found.get("dialogue") or {}
    )


def read_training(folder: Path) -> list[TrainingMessage]:
    """Every training message of a folder of Rasa YAML files, in the order of files and lines."""
    return [message for file in sorted(folder.rglob("*.yml")) for message in _messages(file)]


def _messages(file: Path) -> Iterator[TrainingMessage]:
    content = YAML(typ="rt").load(file.read_text(encoding="utf-8")) or {}
    for group in content.get("nlu") or ():
        if "intent" not in group or "examples" not in group:
            continue
        # The block scalar begins on the line after its key.
        first = group.lc.key("examples")[0] + 2
        for offset, line in enumerate(str(group["examples"]).splitlines()):
            text = line.strip()
            if text.startswith("-"):
                yield TrainingMessage(text[1:].strip(), str(group["intent"]), file, first + offset)
