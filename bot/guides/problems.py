"""What is wrong in a guide's file: facts here, sentences in ``words.yml``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.errors import VentanillaError


@dataclass(frozen=True)
class Problem:
    """One thing to correct.

    Attributes:
        file: path inside the folder of guides.
        code: key of its sentence in ``words.yml``.
        facts: what the sentence names.
        step: id of the step (or fact) it is in, or empty.
        where: sentence that names the place: ``where``, ``where_step`` or ``where_fact``.
    """

    file: str
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    step: str = ""
    where: str = "where"


class GuidesInvalid(VentanillaError):
    """The folder of guides cannot be used.

    Attributes:
        problems: all that was found.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problem(s) in the guides; `ventanilla guides check` lists them")
        self.problems = tuple(problems)


@lru_cache(maxsize=1)
def words() -> Mapping[str, Mapping[str, str]]:
    """The sentences of the checker and of alternative texts."""
    path = Path(__file__).with_name("words.yml")
    loaded: Mapping[str, Mapping[str, str]] = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    return loaded


def sentence(problem: Problem) -> str:
    """The problem as one plain Spanish line that names file, step and key."""
    phrases = words()["check"]
    place = phrases[problem.where].format(file=problem.file, step=problem.step)
    return f"{place}: {phrases[problem.code].format(**problem.facts)}."
