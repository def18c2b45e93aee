"""A trained model's understanding alone: the graph that the running bot uses, without its dialogue."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.brain.rasa_bends import bend_rasa
from bot.errors import ModelMissing

FALLBACK = "nlu_fallback"


@dataclass(frozen=True)
class Parsed:
    """What was understood of a message.

    Attributes:
        text: the message.
        intent: what the bot acts on, ``nlu_fallback`` when it would ask.
        confidence: of that intent.
        ranking: the real intents with their probabilities, best first.
        entities: Rasa's dictionaries, the places being those of the text.
        platform: ``seace``, ``soce``, ``secop2`` or None.
    """

    text: str
    intent: str
    confidence: float
    ranking: Sequence[tuple[str, float]]
    entities: Sequence[Mapping[str, Any]]
    platform: str | None

    def as_dict(self) -> dict[str, Any]:
        """For ``ventanilla nlu parse``: the whole, the ranking cut to the best five."""
        return {
            "text": self.text,
            "intent": self.intent,
            "confidence": round(self.confidence, 4),
            "platform": self.platform,
            "ranking": [{"intent": name, "confidence": round(chance, 4)} for name, chance in self.ranking[:5]],
            "entities": [dict(entity) for entity in self.entities],
        }


class Understanding:
    """The understanding part of a trained archive.

    Args:
        model: the archive.

    Raises:
        ModelMissing: there is no such file.
    """

    def __init__(self, model: Path) -> None:
        if not model.is_file():
            raise ModelMissing(str(model.parent))
        bend_rasa()
        from rasa.engine import loader
        from rasa.engine.runner.dask import DaskGraphRunner
        from rasa.engine.storage.local_model_storage import LocalModelStorage

        self._folder = tempfile.TemporaryDirectory(prefix="ventanilla-nlu-")
        metadata, self._runner = loader.load_predict_graph_runner(
            Path(self._folder.name), model, LocalModelStorage, DaskGraphRunner
        )
        self._target = metadata.nlu_target

    def parse(self, text: str, dialogue: Mapping[str, Any] | None = None) -> Parsed:
        """What a message means, given the state of the dialogue (see :mod:`bot.brain.nlu.dialogue`)."""
        from rasa.core.channels.channel import UserMessage
        from rasa.engine.constants import PLACEHOLDER_MESSAGE

        # A text that begins with a slash would be taken for a button's payload.
        message = UserMessage(
            text=text.lstrip("/ \t") or text, metadata={"dialogue": dict(dialogue)} if dialogue else {}
        )
        result = self._runner.run(inputs={PLACEHOLDER_MESSAGE: [message]}, targets=[self._target])
        return parsed(text, result[self._target][0].as_dict(only_output_properties=True))


def parsed(text: str, data: Mapping[str, Any]) -> Parsed:
    """Rasa's parse data as a :class:`Parsed`."""
    intent = data.get("intent") or {}
    ranking = [
        (str(item["name"]), float(item["confidence"]))
        for item in data.get("intent_ranking") or ()
        if item["name"] != FALLBACK
    ]
    entities = list(data.get("entities") or ())
    platforms = [str(entity["value"]) for entity in entities if entity.get("entity") == "platform"]
    return Parsed(
        text,
        str(intent.get("name") or FALLBACK),
        float(intent.get("confidence") or 0.0),
        ranking,
        entities,
        platforms[-1] if platforms else None,
    )
