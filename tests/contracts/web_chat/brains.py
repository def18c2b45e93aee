"""Small working brains, for tests of the hub and of what stands in front of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

from bot.brain.interfaces import Reply, Turn, TurnResult

PLATFORMS = [
    {"title": "SEACE (Perú)", "payload": '/dar_dato{"platform": "seace"}'},
    {"title": "SOCE (Ecuador)", "payload": '/dar_dato{"platform": "soce"}'},
    {"title": "SECOP II (Colombia)", "payload": '/dar_dato{"platform": "secop2"}'},
]
GREETING = "Hola, soy el asistente de Ventanilla. ¿Con qué plataforma le ayudo?"


def greeting(platform: str) -> Sequence[Reply]:
    """What the bot opens a conversation with."""
    return [Reply(f"Hola ({platform}).")] if platform else [Reply(GREETING, PLATFORMS)]


class EchoBrain:
    """Repeats what it is told and counts the turns in its state."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []

    async def respond(self, turn: Turn) -> TurnResult:
        self.turns.append(turn)
        count = int(turn.state or b"0") + 1
        said = turn.text or f"[{turn.payload}]"
        return TurnResult([Reply(f"{count}: {said}")], str(count).encode(), "eco", 0.9, {"platform": "seace"})

    def calls(self) -> Counter[tuple[str, int]]:
        """How often each turn was asked for."""
        return Counter((turn.conversation, turn.seq) for turn in self.turns)


class SlowBrain(EchoBrain):
    """Answers when it is told to; says when it has begun."""

    def __init__(self) -> None:
        super().__init__()
        self.began = asyncio.Event()
        self.go_on = asyncio.Event()
        self.at_once = 0
        self.most_at_once: Counter[str] = Counter()

    async def respond(self, turn: Turn) -> TurnResult:
        self.at_once += 1
        self.most_at_once[turn.conversation] = max(self.most_at_once[turn.conversation], self.at_once)
        self.began.set()
        try:
            await self.go_on.wait()
            return await super().respond(turn)
        finally:
            self.at_once -= 1


class BrokenBrain(EchoBrain):
    """Cannot answer a message that says "falla"."""

    async def respond(self, turn: Turn) -> TurnResult:
        if turn.text == "falla":
            self.turns.append(turn)
            raise RuntimeError("no answer")
        return await super().respond(turn)
