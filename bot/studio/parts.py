"""What the studio is built from."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.brain.models import ModelShelf
from bot.brain.nlu.normalise import fold
from bot.clock import Clock
from bot.conversations.interfaces import Hub, ReviewLog
from bot.privacy import KeyedHash
from bot.studio import places
from bot.studio.decisions_store import DecisionStore
from bot.studio.files import Workspace
from bot.studio.guards import Corpus
from bot.studio.interfaces import ModelSwitch
from bot.studio.masking import mask
from bot.studio.plain import Plain
from bot.studio.settings import StudioSettings
from bot.studio.studio_store import StudioStore


@dataclass
class StudioParts:
    """Built once by the composition root.

    Attributes:
        project: the root of the Rasa project.
        home: where staged copies and logs of trials go.
        hashed: turns words into what is kept of a decision.
        check_guides: says what is wrong with a folder of guides, in sentences.
        hub: the conversations; None where there are none to show (command line).
    """

    project: Path
    home: Path
    shelf: ModelShelf
    store: StudioStore
    decisions: DecisionStore
    review: ReviewLog
    switch: ModelSwitch
    settings: StudioSettings
    words: Mapping[str, Any]
    hashed: KeyedHash
    clock: Clock
    hub: Hub | None = None
    _corpus: Corpus | None = field(init=False, default=None)
    _plain: Plain = field(init=False, default_factory=Plain)
    _stamp: object = field(init=False, default=None)
    _lock: asyncio.Lock | None = field(init=False, default=None)

    async def corpus(self) -> Corpus:
        """All training messages on disk; read anew when a file changed."""
        self._lock = self._lock or asyncio.Lock()
        async with self._lock:
            stamp = await asyncio.to_thread(self._present_stamp)
            if self._corpus is None or stamp != self._stamp:
                self._corpus = await asyncio.to_thread(self._index)
                self._stamp = stamp
            return self._corpus

    def _present_stamp(self) -> object:
        files = sorted((self.project / places.NLU).rglob("*.yml"))
        files += [self.project / name for name in places.LABELLED_FILES if (self.project / name).is_file()]
        return [(str(file), (stat := file.stat()).st_mtime_ns, stat.st_size) for file in files]

    def _index(self) -> Corpus:
        space = Workspace(self.project)
        return Corpus(places.messages(space), labelled_texts(space), self._plain)

    def masked(self, text: str) -> str:
        """The text without personal data."""
        known = self._corpus.words if self._corpus else {}
        is_word: Callable[[str], bool] = (lambda token: fold(token).text in known) if known else (lambda _token: True)
        return mask(text, self.settings.replacements, self.settings.names, is_word)

    def mark(self, plain: str) -> str:
        """What a decision about these words is kept under."""
        return self.hashed("studio", plain)

    async def opinions(self, texts: Sequence[str]) -> dict[str, Sequence[tuple[str, float]]]:
        """What the model in use makes of each text."""
        found: dict[str, Sequence[tuple[str, float]]] = {}
        for text in dict.fromkeys(texts):
            ranking = (await self.switch.parse(text)).get("intent_ranking") or ()
            found[text] = [
                (str(one["name"]), float(one["confidence"])) for one in ranking if one["name"] != "nlu_fallback"
            ]
            # Turns of people who are waiting go first.
            await asyncio.sleep(0)
        return found


def labelled_texts(space: Workspace) -> list[str]:
    """The texts of the evaluation messages."""
    return [one["text"] for one in labelled(space)]


def labelled(space: Workspace) -> list[dict[str, Any]]:
    """The evaluation messages."""
    lines = [line for name in places.LABELLED_FILES for line in space.read(name).splitlines() if line.strip()]
    return [json.loads(line) for line in lines]
