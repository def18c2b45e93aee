"""Whether the messages of an intent differ as people differ: by opening words, by length, by vocabulary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SHORT, LONG = 4, 20
CONVERSATION = frozenset(
    (
        *("afirmar", "negar", "cancelar", "saludar", "despedirse", "agradecer", "pedir_ayuda", "eres_bot", "dar_dato"),
        *("siguiente_paso", "paso_anterior", "repetir_paso", "paso_no_funciona", "expresar_frustracion"),
    )
)
"""Intents whose messages are short by nature."""


@dataclass(frozen=True)
class Limits:
    """What a varied set of messages keeps to.

    Attributes:
        fewest: messages an intent needs to be measured at all.
        enough: messages an intent should have.
        same_opening: the largest share of messages that may begin with the same word.
        openings: the least number of different openings of two words for a hundred messages.
        short: the least share of messages of at most :data:`SHORT` words.
        long: the least share of messages of more than :data:`LONG` words.
        vocabulary: the least number of different words in two hundred messages.
    """

    fewest: int = 20
    enough: int = 200
    same_opening: float = 0.15
    openings: int = 60
    short: float = 0.04
    long: float = 0.03
    vocabulary: int = 350


TASKS = Limits()
TALK = Limits(same_opening=0.55, openings=45, long=0.0, vocabulary=180)
SAMPLE = 200


def limits_of(intent: str) -> Limits:
    """What holds for an intent."""
    return TALK if intent in CONVERSATION else TASKS


def check_variety(intent: str, messages: Sequence[Sequence[str]]) -> Iterator[tuple[str, bool, Mapping[str, Any]]]:
    """What is wrong with the variety of an intent's messages.

    Args:
        intent: its name.
        messages: the words of each.

    Yields:
        The problem's key in ``words.yml``, whether it must be put right, and the facts for its sentence.
    """
    limits = limits_of(intent)
    total = len(messages)
    if total < limits.enough:
        yield "too_few", total < limits.fewest, {"count": total, "least": limits.enough}
    if total < limits.fewest:
        return
    yield from _openings(messages, limits)
    yield from _lengths(messages, limits)
    spread = messages[:: max(1, total // SAMPLE)][:SAMPLE]
    vocabulary = len({word for words in spread for word in words})
    least = limits.vocabulary * min(1.0, len(spread) / SAMPLE)
    if vocabulary < least:
        yield "small_vocabulary", True, {"count": vocabulary, "least": int(least)}


def _openings(messages: Sequence[Sequence[str]], limits: Limits) -> Iterator[tuple[str, bool, Mapping[str, Any]]]:
    first = Counter(words[0] for words in messages if words)
    if not first:
        return
    opening, times = max(first.items(), key=lambda item: (item[1], item[0]))
    if times > limits.same_opening * len(messages):
        yield "same_openings", True, {"opening": opening, "share": f"{100 * times / len(messages):.0f} %"}
    different = 100 * len({tuple(words[:2]) for words in messages}) / len(messages)
    if different < limits.openings:
        yield "few_openings", True, {"count": int(different), "least": limits.openings}


def _lengths(messages: Sequence[Sequence[str]], limits: Limits) -> Iterator[tuple[str, bool, Mapping[str, Any]]]:
    short = sum(len(words) <= SHORT for words in messages) / len(messages)
    long = sum(len(words) > LONG for words in messages) / len(messages)
    if short < limits.short:
        yield "same_lengths", True, {"missing": "short"}
    if long < limits.long:
        yield "same_lengths", True, {"missing": "long"}
