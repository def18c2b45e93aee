"""The shelf of trained models: which there are, which data each was made from, which one the service uses."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bot.errors import ModelMissing, VentanillaError

CURRENT = "current.json"
"""Names the model in use and those used before, newest last."""

TRAINED_FROM = ("config.yml", "domain.yml", "data/nlu", "data/rules", "data/stories", "data/responses")
"""What a model depends on besides the pipeline's code."""

PIPELINE_CODE = "bot/brain/nlu"


class ModelUnknown(VentanillaError):
    """No model on the shelf has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no model named {name}; see `ventanilla models list`")
        self.name = name


class NothingToRollBackTo(VentanillaError):
    """The model in use is the first one that was ever used."""

    def __init__(self) -> None:
        super().__init__("no earlier model to go back to")


@dataclass(frozen=True)
class ModelCard:
    """What is known of one trained model.

    Attributes:
        name: file name without ``.tar.gz``.
        fingerprint: of data, configuration and pipeline code, as :func:`fingerprint` makes it.
        trained_at: ISO 8601, UTC.
        seconds: how long training took.
        messages: number of training messages.
        marks: hashes of data, configuration and code apart, as :func:`marks` makes them.
        figures: what was measured on it.
        author: who had it trained; empty where nobody signed.
        reason: why it was put to use.
        parent: the model that was in use when it was trained.
    """

    name: str
    fingerprint: str
    trained_at: str
    seconds: float
    messages: int
    marks: Mapping[str, str] = field(default_factory=dict)
    figures: Mapping[str, Any] = field(default_factory=dict)
    author: str = ""
    reason: str = ""
    parent: str = ""


def fingerprint(project: Path) -> str:
    """A hash of everything that decides how a model trained now would behave."""
    return _digest(project, _inputs(project))


def marks(project: Path) -> dict[str, str]:
    """Hashes of data, configuration and code apart: which of them differs between two models."""
    configuration = ("config.yml", "domain.yml")
    data = [path for path in _inputs(project) if PIPELINE_CODE not in path.relative_to(project).as_posix()]
    return {
        "data": _digest(project, [path for path in data if path.name not in configuration]),
        "configuration": _digest(project, [path for path in data if path.name in configuration]),
        "code": _digest(project, _code(project)),
    }


def _digest(project: Path, paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(str(path.relative_to(project)).encode())
        digest.update(b"\0")
        digest.update(path.read_bytes())
        digest.update(b"\0")
    return digest.hexdigest()


def _inputs(project: Path) -> Iterator[Path]:
    for name in TRAINED_FROM:
        path = project / name
        if path.is_file():
            yield path
        else:
            yield from sorted(p for p in path.rglob("*.yml") if p.is_file())
    yield from _code(project)


def _code(project: Path) -> Iterator[Path]:
    # A project elsewhere (a copy of the data) is trained by the code that is installed: nothing of it is in there.
    folder = project / PIPELINE_CODE
    yield from sorted(p for pattern in ("*.py", "*.yml") for p in folder.rglob(pattern))


class ModelShelf:
    """The models in one folder.

    Args:
        folder: where archives, their cards and the note of the model in use are.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> Path:
        """A model's archive."""
        return self.folder / f"{name}.tar.gz"

    def cards(self) -> list[ModelCard]:
        """Every model with a card, oldest first."""
        found = []
        for card in self.folder.glob("*.card.json"):
            content = json.loads(card.read_text(encoding="utf-8"))
            if self.path(content["name"]).is_file():
                found.append(ModelCard(**content))
        return sorted(found, key=lambda card: card.trained_at)

    def add(self, card: ModelCard) -> None:
        """Puts a model's card beside its archive."""
        _write(self.folder / f"{card.name}.card.json", asdict(card))

    def card(self, name: str) -> ModelCard:
        """One model's card.

        Raises:
            ModelUnknown: there is no such model, or it has no card.
        """
        found = next((card for card in self.cards() if card.name == name), None)
        if found is None:
            raise ModelUnknown(name)
        return found

    def history(self) -> list[str]:
        """The models that were in use, newest last; the last one is in use now."""
        return self._history()

    def matching(self, mark: str) -> ModelCard | None:
        """The newest model made from exactly what this fingerprint stands for."""
        return next((card for card in reversed(self.cards()) if card.fingerprint == mark), None)

    def current(self) -> str | None:
        """The name of the model in use, if it is still there."""
        history = self._history()
        return history[-1] if history and self.path(history[-1]).is_file() else None

    def current_path(self) -> Path:
        """The archive of the model in use.

        Raises:
            ModelMissing: none is.
        """
        name = self.current()
        if name is None:
            raise ModelMissing(str(self.folder))
        return self.path(name)

    def promote(self, name: str) -> None:
        """Makes a model the one in use.

        Raises:
            ModelUnknown: there is no such model.
        """
        if not self.path(name).is_file():
            raise ModelUnknown(name)
        history = self._history()
        if not history or history[-1] != name:
            self._remember([*history, name][-20:])

    def roll_back(self) -> str:
        """Goes back to the model that was used before, and names it.

        Raises:
            NothingToRollBackTo: there was none, or it is gone.
        """
        history = self._history()[:-1]
        while history and not self.path(history[-1]).is_file():
            history.pop()
        if not history:
            raise NothingToRollBackTo
        self._remember(history)
        return history[-1]

    def _history(self) -> list[str]:
        note = self.folder / CURRENT
        return list(json.loads(note.read_text(encoding="utf-8"))["history"]) if note.is_file() else []

    def _remember(self, history: list[str]) -> None:
        _write(self.folder / CURRENT, {"history": history})


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Another process must never read half a file.
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    temporary.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    os.replace(temporary, path)
