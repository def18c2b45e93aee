"""Checks the folder of guides for people who write them: plain Spanish lines, all at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from bot.guides.draw.layout import layout
from bot.guides.draw.model import Drawing
from bot.guides.draw.scene import Scene, faults
from bot.guides.load import read_library
from bot.guides.model import Guide, Library
from bot.guides.problems import Problem, sentence


def check(folder: Path, *, tasks: Collection[str] = (), intents: Collection[str] = ()) -> Sequence[str]:
    """Everything that must be corrected in a folder of guides, one sentence each; empty when all is well.

    Args:
        folder: usually ``data/guides``.
        tasks: the names that ``el_bot_puede`` may hold; not checked when empty.
        intents: the names that ``intencion`` may hold; not checked when empty.
    """
    library, problems = read_library(folder)
    problems = [*problems, *across(library, tasks, intents)]
    return [sentence(problem) for problem in problems]


def across(library: Library, tasks: Collection[str] = (), intents: Collection[str] = ()) -> Iterator[Problem]:
    """What only shows when all guides are seen together, and whether their drawings fit."""
    used: dict[tuple[str, str], str] = {}
    for guide in library.guides.values():
        file = f"{guide.id}.yml"
        for related in guide.related:
            if related not in library.guides:
                yield Problem(file, "unknown_related", {"value": related})
        if tasks and guide.bot_can and guide.bot_can not in tasks:
            yield Problem(file, "unknown_task", {"value": guide.bot_can})
        for intent in guide.intents:
            if intents and intent not in intents:
                yield Problem(file, "unknown_intent", {"value": intent})
            other = used.setdefault((guide.platform.value, intent), guide.id)
            if other != guide.id:
                yield Problem(file, "double_intent", {"value": intent, "other": other})
        yield from _drawings(guide, file)


def _drawings(guide: Guide, file: str) -> Iterator[Problem]:
    for step in guide.steps:
        if step.drawing is None:
            continue
        scene = layout(step.drawing)
        if not scene.marks:
            yield Problem(file, "no_mark", step=step.id, where="where_step")
        for word in _misfits(step.drawing, scene):
            yield Problem(file, "drawing_layout", {"value": word}, step.id, "where_step")


def _misfits(drawing: Drawing, scene: Scene) -> Sequence[str]:
    """Words that had to be torn, or the window's title when parts of it run into each other."""
    if scene.broken:
        return tuple(dict.fromkeys(scene.broken))
    return (drawing.title,) if any(True for _ in faults(scene)) else ()
