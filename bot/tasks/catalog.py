"""The account tasks: what each asks for, read from ``data/tasks.yml``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.errors import VentanillaError

LOOKUP = "lookup"
"""Stands in a task's list for: one datum, whichever the person has."""

ROLES = ("admin", "user")


class TasksInvalid(VentanillaError):
    """The tasks file cannot be used.

    Attributes:
        where: the key at fault.
        problem: what is wrong with it.
    """

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"tasks.yml, {where}: {problem}")
        self.where = where
        self.problem = problem


@dataclass(frozen=True)
class Vocabulary:
    """The words by which people answer closed questions, hesitate, lack a thing, ask where and how, and join wishes."""

    answers: Mapping[str, Mapping[str, Sequence[str]]]
    missing: Sequence[str]
    numbers: Sequence[str]
    unsure: Sequence[str] = ()
    where: Sequence[str] = ()
    how: Sequence[str] = ()
    lost_mailbox: Sequence[str] = ()
    connectors: Sequence[str] = ()


@dataclass(frozen=True)
class TaskCatalog:
    """All account tasks.

    Attributes:
        titles: task → how a button names it.
        lists: task → platform (or ``any``) → the data to ask, or lists by role.
        lookups: kinds of datum that a look-up can start from, in order of preference.
    """

    titles: Mapping[str, str]
    lists: Mapping[str, Mapping[str, Any]]
    lookups: Sequence[str]
    vocabulary: Vocabulary

    def __contains__(self, task: str) -> bool:
        return task in self.lists

    def required(self, task: str, slots: Mapping[str, Any]) -> list[str]:
        """The slots that a task still or already needs, in the order in which they are asked.

        Args:
            task: a task of the catalog.
            slots: what is known; ``platform``, ``role`` and ``lookup_by`` decide what else is needed.
        """
        lists = self.lists[task]
        if "any" in lists:
            return list(lists["any"])
        platform = slots.get("platform")
        if not platform:
            return ["platform"]
        asks = lists[str(platform)]
        if isinstance(asks, Mapping):
            role = slots.get("role")
            return ["platform", "role", *(asks[str(role)] if role else [])]
        return ["platform", *self._resolve_lookup(asks, slots)]

    def next_missing(self, task: str, slots: Mapping[str, Any]) -> str | None:
        """The slot to ask next, or None when nothing is missing."""
        return next((slot for slot in self.required(task, slots) if slots.get(slot) is None), None)

    def _resolve_lookup(self, asks: Sequence[str], slots: Mapping[str, Any]) -> list[str]:
        resolved: list[str] = []
        for slot in asks:
            if slot != LOOKUP:
                resolved.append(slot)
                continue
            known = next((kind for kind in self.lookups if slots.get(kind) is not None), None)
            resolved.extend(
                [known] if known else ["lookup_by", *([slots["lookup_by"]] if slots.get("lookup_by") else [])]
            )
        return resolved


def load_catalog(path: Path) -> TaskCatalog:
    """Reads ``data/tasks.yml``.

    Raises:
        TasksInvalid: a part is missing or has the wrong form.
    """
    content = YAML(typ="safe").load(path.read_text(encoding="utf-8")) or {}
    tasks = content.get("tasks")
    if not isinstance(tasks, dict) or not tasks:
        raise TasksInvalid("tasks", "expected a mapping of task names")
    for name, task in tasks.items():
        if not isinstance(task, dict) or not task.get("title") or not isinstance(task.get("asks"), dict):
            raise TasksInvalid(f"tasks.{name}", "expected `title` and `asks`")
        _check_lists(name, task["asks"])
    return TaskCatalog(
        titles={name: str(task["title"]) for name, task in tasks.items()},
        lists={name: task["asks"] for name, task in tasks.items()},
        lookups=tuple(content.get("lookups") or ()),
        vocabulary=Vocabulary(
            answers=content.get("answers") or {},
            missing=tuple(content.get("missing") or ()),
            numbers=tuple(content.get("numbers") or ()),
            unsure=tuple(content.get("unsure") or ()),
            where=tuple(content.get("where") or ()),
            how=tuple(content.get("how") or ()),
            lost_mailbox=tuple(content.get("lost_mailbox") or ()),
            connectors=tuple(content.get("connectors") or ()),
        ),
    )


def _check_lists(name: str, asks: Mapping[str, Any]) -> None:
    platforms = set(asks)
    if platforms != {"any"} and platforms != {"seace", "soce", "secop2"}:
        raise TasksInvalid(f"tasks.{name}.asks", "expected `any`, or each of seace, soce and secop2")
    for platform, value in asks.items():
        if isinstance(value, dict) and set(value) != set(ROLES):
            raise TasksInvalid(f"tasks.{name}.asks.{platform}", "expected a list, or lists for admin and user")
