"""What the live model makes of messages and conversation tests: a side of every comparison, the same until it changes.

Kept in one file for the model and the data that it answers from. What a trial has found of its new model is kept beside
it: once that one is published, it is the live side. Of messages it holds keyed hashes alone, never words.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.studio.files import write_all

Verdict = Sequence[Any]
"""An intent and how sure the model is of it."""


class LiveSide:
    """Remembers verdicts and told stories.

    Args:
        folder: where the file is.
        of: tells the live model and its data from all others.
    """

    def __init__(self, folder: Path, of: str) -> None:
        self._folder, self._name = folder, _file_name(of)
        self._known: dict[str, dict[str, Any]] = {"messages": {}, "stories": {}}
        file = folder / self._name
        if file.is_file():
            self._known = json.loads(file.read_text(encoding="utf-8"))

    def verdicts(self, marks: Sequence[str], ask: Callable[[Sequence[int]], Sequence[Verdict]]) -> list[Verdict]:
        """The verdict on each message; ``ask`` is asked for those at the places that are not known yet."""
        return self._filled("messages", marks, ask)

    def stories(self, marks: Sequence[str], ask: Callable[[Sequence[int]], Sequence[str]]) -> list[str]:
        """What goes wrong in each story; ``ask`` plays those that are not known yet."""
        return self._filled("stories", marks, ask)

    def told(self, marks: Sequence[str]) -> list[int]:
        """The places of the stories that are known already."""
        return [at for at, mark in enumerate(marks) if mark in self._known["stories"]]

    def names(self, ask: Callable[[], Sequence[str]]) -> list[str]:
        """The intents that the live model knows."""
        if "intents" not in self._known:
            self._known["intents"] = dict.fromkeys(ask(), True)
        return list(self._known["intents"])

    def keep(self, *, beside: str = "") -> None:
        """Writes down what is known now, in the place of what was known of all models but the one ``beside``."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for file in self._folder.glob("*.json"):
            if file.name not in (self._name, _file_name(beside)):
                file.unlink(missing_ok=True)
        write_all(self._folder, {self._name: json.dumps(self._known, ensure_ascii=False)})

    def _filled(self, part: str, marks: Sequence[str], ask: Callable[[Sequence[int]], Sequence[Any]]) -> list[Any]:
        known = self._known[part]
        missing = [at for at, mark in enumerate(marks) if mark not in known]
        if missing:
            known.update(zip((marks[at] for at in missing), ask(missing), strict=True))
        # What was not asked for this time will not be asked for again: the month moves on.
        self._known[part] = {mark: known[mark] for mark in marks}
        return [known[mark] for mark in marks]


def _file_name(of: str) -> str:
    return f"{hashlib.sha256(of.encode()).hexdigest()[:20]}.json"


def mark_of(content: Mapping[str, Any] | Sequence[Any]) -> str:
    """A mark of what is no secret: labelled messages and stories."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()[:32]
