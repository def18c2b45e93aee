"""What people read in the place of names inside the program: titles of intents and guides, headings of answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.studio import places
from bot.studio.compare import FALLBACK
from bot.studio.files import Workspace
from bot.studio.interfaces import Change

UTTER = "utter_"
FIRST_WORDS = 60
_NAME = re.compile(r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b")


@dataclass(frozen=True)
class Answer:
    """An answer as people find it: where it is said, its first words, and its file."""

    heading: str
    start: str
    file: str

    def __str__(self) -> str:
        return f"{self.heading}: «{self.start}»" if self.start else self.heading


@dataclass(frozen=True)
class Names:
    """By the name inside."""

    intents: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=dict)
    guides: Mapping[str, str] = field(default_factory=dict)

    def plain(self, text: str) -> str:
        """A sentence with every name in it that people call otherwise put into their words."""
        return _NAME.sub(lambda found: self._plain(found[0]), text)

    def _plain(self, name: str) -> str:
        return str(self.answers.get(name) or self.intents.get(name) or name)


def names_of(space: Workspace, words: Mapping[str, Any], changes: Iterable[Change] = ()) -> Names:
    """All names of a draft, with those of what it takes away.

    Args:
        words: of ``data/studio/palabras.yml``.
        changes: of the draft: what was taught and taken away in the same draft has a title there alone.
    """
    made = {str(one.body.get("name")): one.body.get("title") for one in changes if "title" in one.body}
    before = places.titles_in(space.original(places.INTENTS) or "")["titles"]
    now = places.titles_in(space.read(places.INTENTS))["titles"]
    found = {**words["intenciones"], FALLBACK: words["razones"]["not_understood"], **made, **before, **now}
    intents = {name: str(title) for name, title in found.items() if title}
    return Names(intents, _answers(space, words, intents), dict(places.guide_titles(space)))


def _answers(space: Workspace, words: Mapping[str, Any], intents: Mapping[str, str]) -> dict[str, Answer]:
    found = {}
    for path in space.list(places.RESPONSES):
        file = path.rpartition("/")[2].removesuffix(".yml")
        for name, variations in places.responses_in(space.read(path)).items():
            found[name] = Answer(heading(name, file, words, intents), first_words(variations), path)
    return found


def heading(name: str, file: str, words: Mapping[str, Any], intents: Mapping[str, str]) -> str:
    """Where an answer is said: its intent, or what its name begins with, or its file; and the platform."""
    stem = name.removeprefix(UTTER)
    best = _longest(stem, words["encabezados"])
    intent = _longest(stem, intents)
    said = intents[intent] if len(intent) > len(best) else words["encabezados"].get(best)
    platforms = [title for key, title in words["plataformas"].items() if key in stem.split("_")]
    return " · ".join([str(said or words["archivos"].get(file) or file), *platforms])


def _longest(stem: str, beginnings: Iterable[str]) -> str:
    fitting = (each for each in beginnings if f"{stem}_".startswith(f"{each}_"))
    return max(fitting, key=len, default="")


def first_words(variations: Sequence[Mapping[str, object]]) -> str:
    """The beginning of what is said."""
    text = " ".join(str((variations[0] if variations else {}).get("text") or "").split())
    return text if len(text) <= FIRST_WORDS else text[:FIRST_WORDS].rpartition(" ")[0] + "…"
