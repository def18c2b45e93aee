"""The names of the responses in ``data/responses``: actions choose the most particular one that exists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.brain.interfaces import Reply


def load_names(folder: Path) -> frozenset[str]:
    """Names of every response."""
    return frozenset(load_responses(folder))


def load_responses(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Every response with its variations, as Rasa reads them."""
    found: dict[str, list[dict[str, Any]]] = {}
    for file in sorted(folder.glob("*.yml")):
        content = YAML(typ="safe").load(file.read_text(encoding="utf-8")) or {}
        found.update(content.get("responses") or {})
    return found


def load_offered(file: Path) -> dict[str, str]:
    """Plain-language titles of the intents that may be offered when the bot is unsure (``data/intents.yml``)."""
    content = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    return {name: str(content["titles"][name]) for name in content["offered"]}


def load_formerly(file: Path) -> dict[str, str]:
    """Old names of intents with their present ones (``data/intents.yml``)."""
    return dict(YAML(typ="safe").load(file.read_text(encoding="utf-8")).get("formerly") or {})


def load_wishes(file: Path) -> dict[str, str]:
    """The payloads of what may be wished for, with the words for it; those by an old name, too."""
    offered = load_offered(file)
    renamed = {old: offered[now] for old, now in load_formerly(file).items() if now in offered}
    return {f"/{intent}": title for intent, title in {**renamed, **offered}.items()}


def load_titles(file: Path) -> dict[str, str]:
    """Plain-language titles of all intents."""
    return {name: str(title) for name, title in YAML(typ="safe").load(file.read_text("utf-8"))["titles"].items()}


def load_replies(folder: Path, name: str) -> list[Reply]:
    """A response's first variation as a reply, for what the bot says before anybody wrote."""
    variation = load_responses(folder)[name][0]
    buttons = [
        {"title": str(button["title"]), "payload": str(button["payload"]).replace("{{", "{").replace("}}", "}")}
        for button in variation.get("buttons") or ()
    ]
    return [Reply(text=str(variation["text"]), buttons=buttons)]
