"""Holds the answer of a custom action against Rasa's schema, each event against the kind that its name says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import fastjsonschema

Check = Callable[[Any], Any]


class AnswerSchema:
    """Rasa's schema of an answer, compiled.

    Rasa's own holds an event against every kind of event in turn, though no two kinds share a name.

    Args:
        schema: what ``RemoteAction.action_response_format_spec()`` returns.
    """

    def __init__(self, schema: dict[str, Any]) -> None:
        items = schema["properties"]["events"]["items"]
        common = {key: value for key, value in items.items() if key != "oneOf"}
        self._kinds: dict[str, Check] = {
            kind["properties"]["event"]["const"]: _compiled({"allOf": [common, kind]}) for kind in items["oneOf"]
        }
        named = {"type": "object", "properties": {"event": {"type": "string"}}, "required": ["event"]}
        properties = {**schema["properties"], "events": {"type": "array", "items": named}}
        self._shape = _compiled({**schema, "properties": properties})

    def accepts(self, answer: Any) -> bool:
        """Whether the answer keeps to the schema."""
        try:
            self._shape(answer)
            for event in answer.get("events", ()):
                self._kinds[event["event"]](event)
        except (fastjsonschema.JsonSchemaException, KeyError):
            return False
        return True


def _compiled(schema: dict[str, Any]) -> Check:
    check: Check = fastjsonschema.compile(schema, use_default=False)
    return check
