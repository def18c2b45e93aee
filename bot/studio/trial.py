"""A trial: checks, trains and compares a draft, in a process of its own and with the lowest priority.

Run as ``python -m bot.studio.trial``; reads its task as JSON from standard input (last month's messages are in it, and
must not reach a file), prints one JSON line for each stage, then the result.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from multiprocessing import get_context
from multiprocessing.pool import Pool
from pathlib import Path
from typing import Any

from bot.studio.rasa_check import guides_and_rasa, refused
from bot.studio.sides import (
    Side,
    Task,
    Verdicts,
    compared,
    keep_new_side,
    live_told,
    live_verdicts,
    messages_of,
    stories_of,
    taught_stories,
    verdicts_of,
    wrong_in,
)
from bot.studio.stories import Shared

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
    # Both processes are short-lived: to look through all that Rasa made, again and again, would only cost time.
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    shared = Shared(len(stories_of(task).found))
    # A second process uses the other core: what it does needs nothing of what is trained here.
    aside = get_context("fork").Pool(1, _take_from, (shared,))
    problems = aside.apply_async(_lint, (str(staged),))
    live = aside.apply_async(_live_side, (task,)) if task["train"] else None
    try:
        result = _checked_and_trained(task, staged)
        if result.get("trained") and live is not None:
            new = _new_side(task, aside, shared)
            result["compare"] = compared(task, _with_broken(task, *live.get(), new), new)
            keep_new_side(task, new)
        unreadable = [{"kind": "lint", "stop": True, "facts": {"words": one}} for one in stories_of(task).unreadable]
        result["check"] += [*problems.get(), *unreadable]
    finally:
        aside.terminate()
    tell(result=result)


def _checked_and_trained(task: Task, staged: Path) -> dict[str, Any]:
    from rasa.shared.exceptions import RasaException

    result: dict[str, Any] = {"check": []}
    try:
        result["check"] += _validate(staged)
        if task["train"] and not any(one["stop"] for one in result["check"]):
            result["trained"] = _train(staged, task["name"], Path(task["models"]))
    except RasaException as error:
        # A file that it cannot read, or rules that contradict each other, come to light only as it goes.
        result["check"].append(refused(error))
    return result


def _live_side(task: Task) -> tuple[Verdicts, dict[int, str]]:
    return live_verdicts(task), live_told(task, taught_stories(task))


def _with_broken(task: Task, verdicts: Verdicts, told: Mapping[int, str], new: Side) -> Side:
    """A story that holds with the new model cannot have got worse: the live one is asked of those that do not."""
    broken = [at for at, wrong in enumerate(new.told) if wrong and at not in told]
    told = live_told(task, [*told, *broken])
    return Side(verdicts, [told.get(at, "") for at in range(len(new.told))])


def _new_side(task: Task, aside: Pool, shared: Shared) -> Side:
    tell(stage="comparing")
    model = str(Path(task["models"]) / f"{task['name']}.tar.gz")
    # Once it has done with the live model, the other process takes its share of the stories.
    others = aside.apply_async(_others, (task, model))
    verdicts = verdicts_of(model, messages_of(task))
    tell(stage="talking")
    own = wrong_in(task, task["staged"], model, shared)
    told = {**own, **others.get()}
    return Side(verdicts, [told[at] for at in sorted(told)])


_shared: list[Shared] = []


def _take_from(shared: Shared) -> None:
    _shared[:] = [shared]


def _others(task: Task, model: str) -> dict[int, str]:
    return wrong_in(task, task["staged"], model, _shared[0])


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
    tell(stage="validating")
    import logging

    from bot.brain.rasa_bends import bend_rasa
    from bot.brain.training_bends import bend_training

    bend_rasa(logging.ERROR)
    bend_training()
    yield from guides_and_rasa(staged)


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


if __name__ == "__main__":
    main()
