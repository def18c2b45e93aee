"""The pipeline of ``config.yml`` as Rasa components: data first, then the intent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier as RasaIntentClassifier
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.brain.nlu.classifier import IntentClassifier, Options, Verdict
from bot.brain.nlu.entities import Extraction, as_rasa, extract
from bot.brain.nlu.normalise import words
from bot.brain.nlu.typos import TypoFixer

FALLBACK = "nlu_fallback"
MASKED = "ventanilla_masked"
"""Key under which the finder of data leaves the masked text for the intent model."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class DataFinder(GraphComponent, EntityExtractorMixin):
    """Finds data and platforms by rule. What it learns is which words are ordinary, hence no user names."""

    def __init__(self, storage: ModelStorage, resource: Resource, typos: TypoFixer | None = None) -> None:
        self._storage = storage
        self._resource = resource
        self._typos = typos or TypoFixer({})

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DataFinder:
        """An untrained component."""
        return cls(model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Remembers the words of the training messages."""
        messages = [words(_masked_for_training(str(example.get("text")))) for example in training_data.intent_examples]
        self._typos = TypoFixer.learn(messages)
        with self._storage.write_to(self._resource) as folder:
            (folder / "words.json").write_text(
                json.dumps(dict(self._typos.counts), ensure_ascii=False), encoding="utf-8"
            )
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_kwargs: Any,
    ) -> DataFinder:
        """A trained component."""
        with model_storage.read_from(resource) as folder:
            counts = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        return cls(model_storage, resource, TypoFixer(counts))

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leaves the masked text with each training message; adds no entities to them."""
        for example in training_data.training_examples:
            if example.get("text"):
                example.set(MASKED, _masked_for_training(str(example.get("text"))))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the entities of each message."""
        for message in messages:
            text = message.get("text")
            if not text:
                continue
            dialogue = dialogue_of(message)
            found = self.find(str(text), dialogue.get("requested_slot"))
            entities = [as_rasa(one, self.name) for one in found.entities]
            message.set("entities", message.get("entities", []) + entities, add_to_output=True)
            message.set(MASKED, found.masked)
        return messages

    def find(self, text: str, requested: str | None) -> Extraction:
        """The data of a text, given the slot that the conversation asks for."""
        return extract(text, self._typos.is_word, requested)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentModel(GraphComponent, RasaIntentClassifier):
    """Decides the intent, or ``nlu_fallback`` when it is not sure.

    With ``nlu_fallback`` the ranking follows Rasa's convention, which its own tests and policies rely on: the first
    entry is ``nlu_fallback``, the real intents come after it.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The options of :class:`bot.brain.nlu.classifier.Options`."""
        options = Options()
        return {"strength": options.strength, "folds": options.folds, "seed": options.seed}

    def __init__(
        self,
        config: Mapping[str, Any],
        storage: ModelStorage,
        resource: Resource,
        model: IntentClassifier | None = None,
    ) -> None:
        self._options = Options(strength=config["strength"], folds=config["folds"], seed=config["seed"])
        self._storage = storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentModel:
        """An untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from every training message that has an intent."""
        examples = [example for example in training_data.intent_examples if example.get("text")]
        masked = [_masked_for_training(str(example.get("text"))) for example in examples]
        if masked:
            self._model = IntentClassifier.train(
                masked, [str(example.get("intent")) for example in examples], self._options
            )
            with self._storage.write_to(self._resource) as folder:
                self._model.save(folder)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_kwargs: Any,
    ) -> IntentModel:
        """A trained component; one without a model when there were no training messages."""
        try:
            with model_storage.read_from(resource) as folder:
                return cls(config, model_storage, resource, IntentClassifier.load(folder))
        except ValueError:
            return cls(config, model_storage, resource)

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds intent and ranking to each message."""
        for message in messages:
            text = message.get("text")
            if text and self._model:
                _set_intent(message, self.decide(masked_of(message), dialogue_of(message)))
            else:
                message.set("intent", {"name": None, "confidence": 0.0}, add_to_output=True)
                message.set("intent_ranking", [], add_to_output=True)
        return messages

    def decide(self, masked: str, dialogue: Mapping[str, Any]) -> Verdict:
        """The verdict on a masked text in a state of the dialogue."""
        assert self._model is not None
        return self._model.understand(masked, dialogue)


@lru_cache(maxsize=50_000)
def _masked_for_training(text: str) -> str:
    """The masked text of a training message, which each component asks for anew."""
    return extract(text).masked


def dialogue_of(message: Message) -> Mapping[str, Any]:
    """Where the conversation stands, from the message's metadata; empty when nobody said."""
    metadata = message.get("metadata")
    dialogue = metadata.get("dialogue") if isinstance(metadata, Mapping) else None
    return dialogue if isinstance(dialogue, Mapping) else {}


def masked_of(message: Message) -> str:
    """The masked text that the finder of data left, or made now when it is not in the pipeline."""
    masked = message.get(MASKED)
    return str(masked) if masked is not None else extract(str(message.get("text"))).masked


def _set_intent(message: Message, verdict: Verdict) -> None:
    ranking: list[dict[str, Any]] = [{"name": name, "confidence": chance} for name, chance in verdict.ranking]
    if verdict.intent is None:
        # As sure that it is none of them as the best of them is unlikely.
        intent: dict[str, Any] = {"name": FALLBACK, "confidence": 1.0 - verdict.confidence}
        ranking.insert(0, intent)
    else:
        intent = next(item for item in ranking if item["name"] == verdict.intent)
    message.set("intent", dict(intent), add_to_output=True)
    message.set("intent_ranking", ranking, add_to_output=True)
