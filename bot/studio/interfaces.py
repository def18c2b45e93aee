"""What the studio offers to pages and command line, and what it asks of the rest of the program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bot.errors import VentanillaError

Body = Mapping[str, Any]


class StudioError(VentanillaError):
    """Something that the studio refuses; ``data/studio/palabras.yml`` has the sentence of each key.

    Attributes:
        key: of the sentence.
        facts: what the sentence names.
    """

    def __init__(self, key: str, **facts: Any) -> None:
        super().__init__(f"{key} {facts}" if facts else key)
        self.key, self.facts = key, facts


class ChangeDoesNotFit(StudioError):
    """A change cannot be applied to the data as they are now."""


class NotAllowedHere(StudioError):
    """The role does not allow it, or a second person is needed."""


class NothingToTrain(StudioError):
    """The draft holds no change."""


class JobUnderWay(StudioError):
    """A training is running already."""


class StaleTrial(StudioError):
    """What was trained is not what would be published."""


class RedLines(StudioError):
    """The new model crosses a red line and nobody with the right took it upon them."""


@dataclass(frozen=True)
class Person:
    """Who does something in the studio.

    Attributes:
        email: as in the desk's accounts.
        name: as people read it.
        admin: may take red lines upon themselves and change the studio's settings.
    """

    email: str
    name: str
    admin: bool = False


@dataclass(frozen=True)
class Change:
    """One row of a draft: what somebody did, never altered afterwards.

    Attributes:
        kind: a key of :data:`bot.studio.changes.KINDS`.
        body: what the kind needs.
        undone: a later row takes it back.
    """

    id: int
    draft: int
    kind: str
    body: Body
    author: str
    at: datetime
    undone: bool = False


@dataclass(frozen=True)
class Draft:
    """A set of changes that goes live together.

    Attributes:
        state: ``open``, ``proposed``, ``published`` or ``discarded``.
    """

    id: int
    state: str
    opened_at: datetime
    proposed_by: str = ""
    proposed_at: datetime | None = None
    published_by: str = ""
    published_at: datetime | None = None
    model: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Warned:
    """A remark on an example or an intent.

    Attributes:
        kind: key of its sentence.
        stop: whether it holds the draft back.
        facts: what the sentence names.
        text: the example that it is about, or empty.
        intent: where it stands.
    """

    kind: str
    stop: bool
    facts: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    intent: str = ""


class ModelSwitch(Protocol):
    """The running bot's model, which can be changed without stopping it."""

    @property
    def name(self) -> str:
        """The model in use, or empty."""

    async def switch(self, name: str) -> float:
        """Loads a model of the shelf and takes it into use; says for how many seconds nothing could be answered.

        Raises:
            VentanillaError: it cannot be loaded; the one in use stays.
        """

    async def parse(self, text: str) -> Mapping[str, Any]:
        """What the model in use understands of a text."""
