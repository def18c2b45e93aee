"""Replays a draft's changes onto the project's files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.studio.edits import KINDS
from bot.studio.files import Workspace
from bot.studio.interfaces import Body, Change, ChangeDoesNotFit

NEEDS_FREEDOM = {"rename_intent": "before", "merge_intents": "from", "retire_intent": "name"}
"""Kinds that take a name away, and which of their facts it is."""


@dataclass(frozen=True)
class Unfit:
    """A change that cannot be applied any more, and why."""

    change: Change
    why: ChangeDoesNotFit


@dataclass(frozen=True)
class Replayed:
    """The files with a draft's changes, and the changes that did not fit."""

    space: Workspace
    unfit: Sequence[Unfit]


def replay(project: Path, changes: Iterable[Change]) -> Replayed:
    """The project's files as they are now, with every change that is not undone."""
    space, unfit = Workspace(project), []
    for change in changes:
        if change.undone:
            continue
        try:
            KINDS[change.kind](space, change.body)
        except ChangeDoesNotFit as why:
            unfit.append(Unfit(change, why))
    return Replayed(space, unfit)


def try_change(space: Workspace, kind: str, body: Body, protected: Collection[str]) -> None:
    """Applies one change more.

    Raises:
        ChangeDoesNotFit: it cannot be applied, or takes away a name that the program itself uses.
    """
    if kind not in KINDS:
        raise ChangeDoesNotFit("kind_unknown", kind=kind)
    named = str(body.get(NEEDS_FREEDOM.get(kind, ""), ""))
    if named in protected:
        raise ChangeDoesNotFit("intent_protected", name=named)
    KINDS[kind](space, body)
