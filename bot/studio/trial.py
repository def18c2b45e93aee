"""A trial: checks, trains and compares a draft, in a process of its own and with the lowest priority.

Run as ``python -m bot.studio.trial``; reads its task as JSON from standard input (last month's messages are in it, and
must not reach a file), prints one JSON line for each stage, then the result.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.studio.stories import Stories

LOWEST = 10
STOPPING = ("near_duplicate", "near_duplicate_across", "sample_exact", "sample_near", "annotated")
"""What the lint finds that holds a draft back; the rest is worth a look."""


def tell(**facts: Any) -> None:
    """One line for who started this process."""
    print(json.dumps({"studio": facts}, ensure_ascii=False), flush=True)


def main() -> None:
    """The process's whole job."""
    os.nice(LOWEST)
    task = json.loads(sys.stdin.read())
    staged = Path(task["staged"])
    os.chdir(staged)
    tell(stage="lint")
    _import_rasa()
    # A second process uses the other core: what it does needs nothing of what is trained here.
    aside = get_context("fork").Pool(1)
    problems = aside.apply_async(_lint, (str(staged),))
    live = aside.apply_async(_live_side, (task,)) if task["train"] else None
    try:
        result: dict[str, Any] = {"check": list(_validate(staged))}
        if task["train"] and not any(one["stop"] for one in result["check"]):
            result["trained"] = _train(staged, task["name"], Path(task["models"]))
        if result.get("trained") and live is not None:
            tell(stage="comparing")
            new_model = str(Path(task["models"]) / f"{task['name']}.tar.gz")
            half = len(_stories(task).found) // 2 if live.ready() else 0
            told = aside.apply_async(_told, (task, task["staged"], new_model, range(half)))
            verdicts = _verdicts(new_model, _messages(task))
            tell(stage="talking")
            rest = _told(task, task["staged"], new_model, range(half, len(_stories(task).found)))
            result["compare"] = _compare(task, live.get(), verdicts, [*told.get(), *rest])
        result["check"] += problems.get()
        stories = _stories(task).unreadable
        result["check"] += [{"kind": "lint", "stop": True, "facts": {"words": words}} for words in stories]
    finally:
        aside.terminate()
    tell(result=result)


def _import_rasa() -> None:
    """Once for both processes: it takes seconds."""
    import logging

    from bot.brain.rasa_bends import bend_rasa

    bend_rasa(logging.ERROR)
    import rasa.core.agent
    import rasa.model_training
    import rasa.validator  # noqa: F401


def _lint(staged: str) -> list[dict[str, Any]]:
    from bot.brain.nlu.lint import lint

    folder = Path(staged)
    problems = lint(folder / "data" / "nlu", folder / "tests" / "nlu" / "sample.jsonl", quick=True)
    return [
        {"kind": "lint", "stop": one.kind in STOPPING, "facts": {"words": one.sentence}}
        for one in problems
        if one.error
    ]


def _validate(staged: Path) -> Iterator[dict[str, Any]]:
    """``rasa data validate``, its complaints in our words where we know them."""
    tell(stage="validating")
    import logging

    from bot.brain.rasa_bends import bend_rasa
    from bot.brain.training_bends import bend_training
    from bot.project_checks import guide_problems

    for words in guide_problems(staged):
        yield {"kind": "guide", "stop": True, "facts": {"words": words}}
    bend_rasa(logging.ERROR)
    bend_training()
    from rasa.shared.importers.importer import TrainingDataImporter
    from rasa.validator import Validator

    importer = TrainingDataImporter.load_from_config("config.yml", "domain.yml", ["data"])
    # Training reads the same files: it is handed what was read here.
    TrainingDataImporter.load_from_config = lambda *_args, **_kwargs: importer
    heard: list[str] = []
    with _listening(heard):
        validator = Validator.from_importer(importer)
        fine = validator.verify_domain_validity() and validator.verify_nlu() and validator.verify_form_slots()
        fine = validator.verify_actions_in_stories_rules() and fine
        fine = validator.verify_slot_mappings() and fine
        fine = validator.verify_story_structure(False) and fine
        validator.verify_utterances_in_stories(ignore_warnings=False)
    for words in heard:
        if "is not used in any" in words or "auto-fill" in words:
            continue
        yield {"kind": "rasa", "stop": not fine or "not listed" in words, "facts": {"words": words}}
    if not fine and not heard:
        yield {"kind": "rasa_unknown", "stop": True, "facts": {}}


@contextlib.contextmanager
def _listening(heard: list[str]) -> Iterator[None]:
    import warnings

    with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("always", UserWarning)
        yield
    for warning in caught:
        if issubclass(warning.category, UserWarning):
            words = re.sub(r"\x1b\[[0-9;]*m", "", str(warning.message))
            heard.append(" ".join(words.split())[:400])


def _train(staged: Path, name: str, models: Path) -> dict[str, Any]:
    from bot.brain.training import train_here

    began = time.monotonic()
    os.environ["TQDM_DISABLE"] = "1"
    with contextlib.redirect_stdout(sys.stderr):
        fine = train_here(str(staged), name, str(models), lambda stage: _tell_aside(stage))
    return {"name": name, "seconds": round(time.monotonic() - began, 1)} if fine else {}


def _tell_aside(stage: str) -> None:
    # Training prints as it likes, so that standard output leads aside meanwhile.
    assert sys.__stdout__ is not None
    print(json.dumps({"studio": {"stage": stage}}), file=sys.__stdout__, flush=True)


@dataclass(frozen=True)
class Verdicts:
    """What a model makes of messages, in their order, and the intents that it knows."""

    found: Sequence[Sequence[Any]]
    intents: Sequence[str]


def _messages(task: Mapping[str, Any]) -> list[tuple[str, str, dict[str, Any], str]]:
    """Text, label, state of the dialogue and mark: the evaluation's messages, then last month's."""
    from bot.brain.nlu.examples import read_examples
    from bot.studio.live_side import mark_of
    from bot.studio.places import LABELLED_FILES

    found = []
    for file in (Path(task["staged"]) / name for name in LABELLED_FILES):
        if file.is_file() and file.stat().st_size:
            examples = [(one.text, one.intent, dict(one.dialogue)) for one in read_examples(file)]
            found += [(*one, mark_of([one[0], one[2]])) for one in examples]
    return found + [(one["text"], "", one.get("dialogue") or {}, one["mark"]) for one in task["month"]]


def _verdicts(model: str, messages: Sequence[tuple[str, str, dict[str, Any], str]]) -> Verdicts:
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
class Live:
    """The live model's side of the comparison."""

    verdicts: Verdicts
    told: Sequence[str]


def _live_side(task: Mapping[str, Any]) -> Live:
    from bot.studio.live_side import LiveSide

    known = LiveSide(Path(task["live_side"]), task["live_mark"])
    messages = _messages(task)
    intents: list[str] = []

    def ask(places: Sequence[int]) -> Sequence[Sequence[Any]]:
        verdicts = _verdicts(task["live"], [messages[at] for at in places])
        intents[:] = verdicts.intents
        return verdicts.found

    told = known.stories(_stories(task).marks(), lambda places: _told(task, task["project"], task["live"], places))
    found = known.verdicts([mark for *_, mark in messages], ask)
    names = known.names(lambda: intents or _verdicts(task["live"], []).intents)
    known.keep()
    return Live(Verdicts(found, names), told)


def _compare(task: Mapping[str, Any], live: Live, new: Verdicts, told_new: Sequence[str]) -> dict[str, Any]:
    from bot.studio.compare import Lines, Seen, Told, summary

    messages = _messages(task)
    seen = [
        Seen(text, label, str(was[0]), str(now[0]), float(was[1]), float(now[1]))
        for (text, label, _dialogue, _mark), was, now in zip(messages, live.verdicts.found, new.found, strict=True)
    ]
    split = len(seen) - len(task["month"])
    titles = [story.title for story in _stories(task).found]
    told = [Told(title, not was, not now, now) for title, was, now in zip(titles, live.told, told_new, strict=True)]
    taught = sorted(set(new.intents) - set(live.verdicts.intents))
    facts = summary(seen[:split], seen[split:], told, new.intents, Lines(**task["lines"]), taught)
    # What people wrote goes back by its place in the task: its words are kept nowhere.
    places = {one["text"]: at for at, one in reversed(list(enumerate(task["month"])))}
    for one in facts["month"]["changed"]:
        one["place"] = places[one.pop("text")]
    return facts


def _stories(task: Mapping[str, Any]) -> Stories:
    from bot.studio.stories import read_stories

    return read_stories(Path(task["staged"]), Path(task["project"]))


def _told(task: Mapping[str, Any], project: str, model: str, places: Sequence[int]) -> list[str]:
    """What is wrong with the stories at these places, on a project's data with this model; empty where they hold."""
    if not places:
        return []
    import logging

    from bot.brain.rasa_bends import bend_rasa
    from bot.studio.stories import play

    bend_rasa(logging.ERROR)
    found = _stories(task).found
    return asyncio.run(play([found[at] for at in places], Path(project), Path(model)))


if __name__ == "__main__":
    main()
