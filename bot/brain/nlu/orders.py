"""Orders to a guide that is under way: a pipeline component that looks only when there is one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.training_data.message import Message
from ruamel.yaml import YAML

from bot.brain.nlu.normalise import fold

ORDERS = Path(__file__).with_name("orders.yml")
INTENT = "siguiente_paso"
"""The intent of every order; the entity ``guide_command`` says which."""

FOR_A_GUIDE_THAT_WAITS = ("resume", "mail", "all_steps", "start")
"""Orders that make sense for a guide that was left, or walked to its end."""


@lru_cache(maxsize=1)
def load_orders() -> Mapping[str, Sequence[re.Pattern[str]]]:
    """The expressions by order, in the file's order: the first that fits wins."""
    content = YAML(typ="safe").load(ORDERS.read_text(encoding="utf-8"))
    return {order: [re.compile(expression) for expression in items] for order, items in content.items()}


def find_order(text: str) -> tuple[str, str] | None:
    """The order that a message gives to a guide, with its value (a step's number) or an empty text."""
    folded = fold(text.lower()).text
    for order, expressions in load_orders().items():
        for expression in expressions:
            match = expression.search(folded)
            if match:
                return order, match.group(1) if expression.groups and order == "jump" else ""
    return None


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class GuideOrders(GraphComponent, EntityExtractorMixin):
    """Overrules the intent when a guide is under way and the message orders something of it."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> GuideOrders:
        """The component; it learns nothing."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets intent and entities of a message that is an order."""
        for message in messages:
            dialogue = (message.get("metadata") or {}).get("dialogue") or {}
            under_way, stopped = bool(dialogue.get("guide")), bool(dialogue.get("guide_stopped"))
            order = find_order(str(message.get("text") or "")) if under_way or stopped else None
            if order is None or dialogue.get("active_loop"):
                continue
            command, value = order
            if stopped and command not in FOR_A_GUIDE_THAT_WAITS:
                continue
            message.set("intent", {"name": INTENT, "confidence": 1.0}, add_to_output=True)
            found = [{"entity": "guide_command", "value": command}]
            found += [{"entity": "guide_value", "value": value}] if value else []
            message.set("entities", [*(message.get("entities") or []), *found], add_to_output=True)
        return messages
