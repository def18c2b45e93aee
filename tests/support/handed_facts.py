"""Watches, in every test that has the bot or the desk speak, that the facts listed for an answer come with it.

The studio lets people use the facts of ``data/studio/datos.yml`` in an answer; one that does not come would be shown as
«None», or as nothing at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from bot.settings import ROOT
from bot.studio.facts import handed_over
from bot.studio.files import Workspace

FACTS = Workspace(ROOT)


@cache
def listed(response: str) -> frozenset[str]:
    """The facts that the studio lets people use."""
    return frozenset(handed_over(FACTS, response))


@pytest.fixture(autouse=True)
def handed_facts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fails a test in which an answer came without a fact that is listed for it."""
    # What a service is made of takes seconds to import.
    from rasa_sdk.executor import CollectingDispatcher

    from actions import guide_messages
    from bot.desk.words import PREFIX, DeskWords

    lacking: list[tuple[str, set[str]]] = []

    def look(response: str, given: Mapping[str, Any]) -> None:
        missing = {fact for fact in listed(response) if given.get(fact) in (None, "")}
        if missing:
            lacking.append((response, missing))

    utter, fill, speak = CollectingDispatcher.utter_message, guide_messages.facts_of, DeskWords.__call__

    def uttered(self: Any, *arguments: Any, **given: Any) -> None:
        look(str(given.get("response") or ""), given)
        utter(self, *arguments, **given)

    def filled(services: Any, shown: Any) -> dict[str, Any]:
        given = fill(services, shown)
        look(shown.response, given)
        return given

    def spoken(self: Any, name: str, **given: Any) -> Any:
        look(PREFIX + name, given)
        return speak(self, name, **given)

    monkeypatch.setattr(CollectingDispatcher, "utter_message", uttered)
    monkeypatch.setattr(guide_messages, "facts_of", filled)
    monkeypatch.setattr(DeskWords, "__call__", spoken)
    yield
    assert lacking == []
