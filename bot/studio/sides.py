"""What each of a trial's two models makes of messages and conversation tests, and the comparison of both."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.studio.live_side import LiveSide, mark_of
from bot.studio.places import LABELLED_FILES
from bot.studio.stories import Stories, play, read_stories

Task = Mapping[str, Any]
"""What a trial is told: see :mod:`bot.studio.trials`."""


@dataclass(frozen=True)
class Verdicts:
    """What a model makes of messages, in their order, and the intents that it knows."""

    found: Sequence[Sequence[Any]]
    intents: Sequence[str]


def messages_of(task: Task) -> list[tuple[str, str, dict[str, Any], str]]:
    """Text, label, state of the dialogue and mark: the evaluation's messages, then last month's."""
    from bot.brain.nlu.examples import read_examples

    found = []
    for file in (Path(task["staged"]) / name for name in LABELLED_FILES):
        if file.is_file() and file.stat().st_size:
            examples = [(one.text, one.intent, dict(one.dialogue)) for one in read_examples(file)]
            found += [(*one, mark_of([one[0], one[2]])) for one in examples]
    return found + [(one["text"], "", one.get("dialogue") or {}, one["mark"]) for one in task["month"]]


def verdicts_of(model: str, messages: Sequence[tuple[str, str, dict[str, Any], str]]) -> Verdicts:
    """What a model makes of messages."""
    from bot.brain.loading_bends import bend_loading
    from bot.brain.nlu.parse import Understanding
    from bot.brain.rasa_bends import bend_rasa

    bend_rasa()
    bend_loading()
    understanding = Understanding(Path(model))
    parsed = [understanding.parse(text, dialogue or None) for text, _label, dialogue, _mark in messages]
    intents = sorted(name for name, _ in understanding.parse("hola").ranking)
    return Verdicts([[one.intent, round(one.confidence, 3)] for one in parsed], intents)


@dataclass(frozen=True)
class Side:
    """One model's side of the comparison."""

    verdicts: Verdicts
    told: Sequence[str]


def live_verdicts(task: Task) -> Verdicts:
    """What the live model makes of the messages; asked for what is not known of it yet."""
    known = LiveSide(Path(task["live_side"]), task["live_mark"])
    messages = messages_of(task)
    intents: list[str] = []

    def ask(places: Sequence[int]) -> Sequence[Sequence[Any]]:
        verdicts = verdicts_of(task["live"], [messages[at] for at in places])
        intents[:] = verdicts.intents
        return verdicts.found

    found = known.verdicts([mark for *_, mark in messages], ask)
    names = known.names(lambda: intents or verdicts_of(task["live"], []).intents)
    known.keep()
    return Verdicts(found, names)


def live_told(task: Task, places: Sequence[int]) -> dict[int, str]:
    """What is wrong today with the stories at these places, and with those that are known already."""
    known = LiveSide(Path(task["live_side"]), task["live_mark"])
    marks = stories_of(task).marks()
    places = sorted({*places, *known.told(marks)})

    def tell(missing: Sequence[int]) -> Sequence[str]:
        asked = [places[at] for at in missing]
        return list(wrong_in(task, task["project"], task["live"], asked).values())

    told = known.stories([marks[at] for at in places], tell)
    known.keep()
    return dict(zip(places, told, strict=True))


def taught_stories(task: Task) -> list[int]:
    """The places of the stories that the draft itself brings."""
    today = read_stories(Path(task["project"]), Path(task["project"])).marks()
    return [at for at, mark in enumerate(stories_of(task).marks()) if mark not in today]


def keep_new_side(task: Task, new: Side) -> None:
    """For when the new model is the live one: the first trial after a publish need not ask it again."""
    known = LiveSide(Path(task["live_side"]), task["new_mark"])
    known.verdicts([mark for *_, mark in messages_of(task)], lambda places: [new.verdicts.found[at] for at in places])
    known.stories(stories_of(task).marks(), lambda places: [new.told[at] for at in places])
    known.names(lambda: new.verdicts.intents)
    known.keep(beside=task["live_mark"])


def compared(task: Task, live: Side, new: Side) -> dict[str, Any]:
    """The comparison, as the trial's result has it."""
    from bot.studio.compare import Lines, Seen, Told, summary

    messages = messages_of(task)
    seen = [
        Seen(text, label, str(was[0]), str(now[0]), float(was[1]), float(now[1]))
        for (text, label, _dialogue, _mark), was, now in zip(
            messages, live.verdicts.found, new.verdicts.found, strict=True
        )
    ]
    split = len(seen) - len(task["month"])
    titles = [story.title for story in stories_of(task).found]
    told = [Told(title, not was, not now, now) for title, was, now in zip(titles, live.told, new.told, strict=True)]
    taught = sorted(set(new.verdicts.intents) - set(live.verdicts.intents))
    facts = summary(seen[:split], seen[split:], told, new.verdicts.intents, Lines(**task["lines"]), taught)
    # What people wrote goes back by its place in the task: its words are kept nowhere.
    places = {one["text"]: at for at, one in reversed(list(enumerate(task["month"])))}
    for one in facts["month"]["changed"]:
        one["place"] = places[one.pop("text")]
    return facts


def stories_of(task: Task) -> Stories:
    """The draft's conversation tests."""
    return read_stories(Path(task["staged"]), Path(task["project"]))


def wrong_in(task: Task, project: str, model: str, places: Iterable[int]) -> dict[int, str]:
    """What is wrong with the stories at these places, on a project's data with this model; empty where one holds."""
    import logging

    from bot.brain.rasa_bends import bend_rasa

    bend_rasa(logging.ERROR)
    return asyncio.run(play(stories_of(task).found, Path(project), Path(model), places))
