"""Several wishes in one message: finds the clauses that may each hold one. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.tasks.phrases import plain

MIN_WORDS = 3
"""A clause with fewer words is an interjection or a datum, not a wish."""


def clauses(text: str, connectors: Sequence[str]) -> list[str]:
    """The parts of a message that are joined by connectors or stops; empty when there is only one.

    Args:
        connectors: words that join wishes («y», «además»), from ``data/tasks.yml``.
    """
    joined = "|".join(re.escape(plain(word)) for word in sorted(connectors, key=len, reverse=True))
    # The split is made on the plain text, whose characters stand at the same places as in the message.
    folded = plain(text)
    if len(folded) != len(text):
        text = folded
    parts, begin = [], 0
    for stop in re.finditer(rf"[.;?!]+(?=\s|$)|\n+|\b(?:{joined})\b", folded):
        parts.append(text[begin : stop.start()])
        begin = stop.end()
    parts.append(text[begin:])
    kept = [part.strip(" ,.;:¿?¡!") for part in parts]
    kept = [part for part in kept if len(part.split()) >= MIN_WORDS]
    return kept if len(kept) > 1 else []


def in_order(found: Sequence[tuple[str, float]], wishes: frozenset[str], certain: float) -> list[str]:
    """The distinct wishes among the clauses' intents, in the order in which they were written.

    Args:
        found: intent and confidence of each clause.
        wishes: intents that are wishes, not small talk or data.
        certain: confidence from which a clause counts.
    """
    ordered: list[str] = []
    for intent, confidence in found:
        if intent in wishes and confidence >= certain and intent not in ordered:
            ordered.append(intent)
    return ordered


def platform_in(clause: str, text: str, entities: Iterable[Mapping[str, Any]]) -> str | None:
    """The platform named within one clause of a message.

    Args:
        text: the whole message, which ``entities`` were found in.
    """
    begin = text.find(clause)
    end = begin + len(clause)
    for each in entities:
        if each.get("entity") == "platform" and begin <= each.get("start", -1) < end:
            return str(each["value"])
    return None


def without_data(text: str, entities: Iterable[Mapping[str, Any]]) -> str:
    """A message without the data found in it; the platform stays, because it belongs to the wish.

    Args:
        entities: what the pipeline found, with ``entity``, ``start`` and ``end``.

    Returns:
        The rest; empty for a button, and where no datum was found.
    """
    spans = [(each["start"], each["end"]) for each in entities if each.get("entity") != "platform" and "start" in each]
    if text.startswith("/") or not spans:
        return ""
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + text[end:]
    return " ".join(text.split())
