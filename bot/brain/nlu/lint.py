"""Checks the training messages as a careful reader would, and names file and line of what should be put right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.brain.nlu.classifier import Options, held_out_chances
from bot.brain.nlu.entities import extract
from bot.brain.nlu.examples import Example, TrainingMessage, read_examples, read_training, report_words
from bot.brain.nlu.similar import Likeness, comparable
from bot.brain.nlu.variety import check_variety

NEAR, NEAR_ACROSS, NEAR_SAMPLE = 0.92, 0.94, 0.88
SHORTEST_NEAR = 12
"""Shorter texts are near-duplicates only when they are the same after normalisation."""

OTHER_SURE, OWN_UNLIKELY = 0.9, 0.03
Progress = Callable[[str], None]
"""Told the name of each check as it begins."""


@dataclass(frozen=True)
class Problem:
    """Something to put right.

    Attributes:
        kind: its key in ``words.yml``.
        place: ``file:line``.
        sentence: what is wrong and what to do, in Spanish.
        error: whether it must be put right; else it is worth a look.
    """

    kind: str
    place: str
    sentence: str
    error: bool


def lint(
    folder: Path, sample: Path | None = None, quick: bool = False, progress: Progress = lambda check: None
) -> list[Problem]:
    """Every problem of a folder of training messages.

    Args:
        folder: ``data/nlu``.
        sample: the evaluation sample whose lines must not be among them, if there is one.
        quick: leave out the cross-validation, which takes most of the time.
        progress: told each check.

    Raises:
        BadExamples: the sample cannot be read.
    """
    progress("reading")
    messages = read_training(folder)
    texts = [comparable(message.text) for message in messages]
    problems = list(_annotated(messages))
    progress("duplicates")
    problems += _duplicates(messages, texts)
    progress("sample")
    if sample is not None and sample.is_file():
        problems += _leaks(messages, texts, read_examples(sample))
    progress("variety")
    problems += _variety(messages, texts)
    if not quick:
        progress("labels")
        problems += _suspicious(messages)
    return problems


def _problem(kind: str, place: str, error: bool = True, **facts: Any) -> Problem:
    return Problem(kind, place, report_words()["problems"][kind].format(place=place, **facts), error)


def _annotated(messages: Sequence[TrainingMessage]) -> Iterator[Problem]:
    for message in messages:
        if set("[]{}") & set(message.text):
            yield _problem("annotated", message.place)


def _duplicates(messages: Sequence[TrainingMessage], texts: Sequence[str]) -> Iterator[Problem]:
    index = Likeness(texts)
    for at, (message, text) in enumerate(zip(messages, texts, strict=True)):
        near = [
            (likeness, -other)
            for other, likeness in index.near(text, NEAR, before=at)
            if likeness == 1
            or (len(text) >= SHORTEST_NEAR and (messages[other].intent == message.intent or likeness >= NEAR_ACROSS))
        ]
        if not near:
            continue
        other = messages[-max(near)[1]]
        kind = "near_duplicate" if other.intent == message.intent else "near_duplicate_across"
        yield _problem(kind, message.place, other=other.place, other_intent=other.intent, other_text=other.text)


def _leaks(messages: Sequence[TrainingMessage], texts: Sequence[str], sample: Sequence[Example]) -> Iterator[Problem]:
    index = Likeness([comparable(example.text) for example in sample])
    for message, text in zip(messages, texts, strict=True):
        near = max(((likeness, -other) for other, likeness in index.near(text, NEAR_SAMPLE)), default=None)
        if near and near[0] == 1:
            yield _problem("sample_exact", message.place)
        elif near and len(text) >= SHORTEST_NEAR:
            yield _problem("sample_near", message.place, other_text=sample[-near[1]].text)


def _variety(messages: Sequence[TrainingMessage], texts: Sequence[str]) -> Iterator[Problem]:
    by_intent: dict[str, list[int]] = defaultdict(list)
    for at, message in enumerate(messages):
        by_intent[message.intent].append(at)
    for intent, places in by_intent.items():
        first = messages[places[0]].place
        for kind, error, facts in check_variety(intent, [texts[at].split() for at in places]):
            named = {key: report_words()["lengths"].get(str(value), value) for key, value in facts.items()}
            yield _problem(kind, first, error, intent=intent, **named)


def _suspicious(messages: Sequence[TrainingMessage]) -> Iterator[Problem]:
    masked = [extract(message.text).masked for message in messages]
    intents, chances = held_out_chances(masked, [message.intent for message in messages], Options())
    for message, row in zip(messages, chances, strict=True):
        best = int(np.argmax(row))
        own = float(row[intents.index(message.intent)])
        if intents[best] != message.intent and row[best] >= OTHER_SURE and own <= OWN_UNLIKELY:
            confidence = f"{100 * row[best]:.0f} %"
            yield _problem(
                "suspicious",
                message.place,
                False,
                intent=message.intent,
                other_intent=intents[best],
                confidence=confidence,
                text=message.text,
            )


def report(problems: Sequence[Problem], total: int, intents: int) -> str:
    """The problems for the people who keep the messages, errors first, then a summary."""
    lines = [problem.sentence for problem in sorted(problems, key=lambda one: not one.error)]
    errors = sum(problem.error for problem in problems)
    key = "found" if problems else "clean"
    facts = {"total": total, "intents": intents, "errors": errors, "warnings": len(problems) - errors}
    return "\n".join([*lines, report_words()["summary"][key].format(**facts)])
