"""The sentences of ``data/responses/mesa.yml``, with their buttons, filled with facts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.brain.interfaces import Reply

PREFIX = "utter_mesa_"


class DeskWords:
    """What the desk says to people.

    Args:
        responses: the ``responses:`` of the file, by name.
    """

    def __init__(self, responses: Mapping[str, Any]) -> None:
        self._responses = responses

    def __call__(self, name: str, **facts: Any) -> Reply:
        """A sentence by its name behind ``utter_mesa_``.

        Raises:
            KeyError: there is no such sentence, or it names a fact that was not given.
        """
        variation = self._responses[PREFIX + name][0]
        buttons = [
            {"title": str(button["title"]), "payload": str(button["payload"])}
            for button in variation.get("buttons") or ()
        ]
        return Reply(str(variation["text"]).format_map(facts), buttons)

    def names(self) -> frozenset[str]:
        """Every name, without the prefix."""
        return frozenset(name.removeprefix(PREFIX) for name in self._responses)


def load_desk_words(data: Path) -> DeskWords:
    """Reads the sentences below the data folder."""
    content = YAML(typ="safe").load((data / "responses" / "mesa.yml").read_text("utf-8"))
    return DeskWords(content["responses"])
