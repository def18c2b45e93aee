"""What the actions reach features through."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.accounts.interfaces import AccountService
from bot.clock import Clock
from bot.desk.interfaces import DeskService
from bot.guides.interfaces import GuideService
from bot.tasks.catalog import TaskCatalog
from bot.tasks.runner import TaskRunner


class Understanding:
    """Asks the brain about a part of a message. A stock action server has no brain to ask: then nothing is known."""

    def __init__(self) -> None:
        self.parse: Callable[[str], Awaitable[Mapping[str, Any]]] | None = None

    async def intents(self, texts: Sequence[str]) -> list[tuple[str, float]]:
        """Intent and confidence of each text; empty without a brain."""
        if self.parse is None:
            return []
        found = [(await self.parse(text)).get("intent") or {} for text in texts]
        return [(str(intent.get("name") or ""), float(intent.get("confidence") or 0.0)) for intent in found]


@dataclass(frozen=True)
class ActionServices:
    """The services that ``bot/app.py`` builds for the actions.

    Attributes:
        responses: names of every response in ``data/responses``.
        guides: the manuals' procedures.
        texts: a response's name in, its words out: for titles of buttons.
        understanding: asks the brain about parts of a message.
        offered: the intents that may be offered when the bot is unsure, with their plain-language titles.
        desk: the help desk; None in a stock action server, where people are told whom to call.
    """

    accounts: AccountService
    catalog: TaskCatalog
    runner: TaskRunner
    responses: frozenset[str]
    offered: Mapping[str, str]
    clock: Clock
    guides: GuideService
    texts: Callable[[str], str]
    desk: DeskService | None = None
    understanding: Understanding = field(default_factory=Understanding)

    def first_known(self, names: tuple[str, ...]) -> str:
        """The first of the response names that exists; the last when none does."""
        return next((name for name in names if name in self.responses), names[-1])


_build: Callable[[], ActionServices] | None = None
_services: ActionServices | None = None


def provide(build: Callable[[], ActionServices]) -> None:
    """Says how services are built when a stock action server (``rasa run actions``) instantiates the actions."""
    global _build, _services
    _build, _services = build, None


def current() -> ActionServices:
    """The services of this process, built at the first call."""
    global _services
    if _services is None:
        if _build is None:
            from bot.app import build_action_services

            provide(build_action_services)
        assert _build is not None
        _services = _build()
    return _services
