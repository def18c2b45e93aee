"""Answers what people say to the desk's own buttons, before the conversation's brain is asked.

It wraps the brain that the hub asks. What the next message is expected to be (a comment, an addition to a case) is kept
in front of the brain's state, so that it is committed with the turn like everything else and asks the database nothing.
"""

from __future__ import annotations

from bot.brain.interfaces import Brain, Reply, Turn, TurnResult
from bot.desk.aftermath import Aftermath
from bot.desk.handover import RESUME

MARK = b"\x00mesa\x00"
PREFIX = "/mesa_"
RATING = "/mesa_nota_"
COMMENT = "/mesa_comentario"
FOLLOW = "/mesa_seguir"


class DeskBrain:
    """A :class:`bot.brain.interfaces.Brain` around another one."""

    def __init__(self, inner: Brain, aftermath: Aftermath) -> None:
        self._inner, self._aftermath = inner, aftermath

    async def respond(self, turn: Turn) -> TurnResult:
        """Answers the desk's buttons and what they asked for; everything else goes to the inner brain."""
        expected, state = unwrap(turn.state)
        if turn.payload == RESUME:
            return await self._resume(turn, state)
        if turn.payload.startswith(PREFIX):
            return await self._pressed(turn, state)
        if expected and turn.text:
            reply = await self._written(turn, expected)
            return TurnResult([reply] if reply else [], wrap("", state), "mesa", 1.0)
        inner = Turn(turn.conversation, turn.seq, turn.text, turn.payload, turn.channel, turn.address, state)
        result = await self._inner.respond(inner)
        if expected and not result.state:
            return TurnResult(result.replies, wrap("", state), result.intent, result.confidence, result.facts)
        return result

    async def _resume(self, turn: Turn, state: bytes | None) -> TurnResult:
        """Takes up what was interrupted. The question how it went comes last, because pages show the buttons of the
        last message alone; the interrupted question's own buttons come with it."""
        payload, survey = await self._aftermath.interrupted(turn.conversation)
        inner = Turn(turn.conversation, turn.seq, "", payload, turn.channel, turn.address, state)
        result = await self._inner.respond(inner) if payload else TurnResult([], state or b"")
        if survey is None:
            return result
        own = result.replies[-1].buttons if result.replies else ()
        asked = Reply(survey.text, [*survey.buttons, *own])
        return TurnResult([*result.replies, asked], result.state, result.intent, result.confidence, result.facts)

    async def _pressed(self, turn: Turn, state: bytes | None) -> TurnResult:
        expected, reply = "", None
        if turn.payload.startswith(RATING):
            reply = await self._aftermath.rate(turn.conversation, turn.payload.removeprefix(RATING))
        elif turn.payload == COMMENT:
            reply, expected = self._aftermath.ask_comment(), "comment"
        elif turn.payload == FOLLOW:
            reply, expected = await self._aftermath.follow(turn)
        else:
            reply = self._aftermath.over()
        return TurnResult([reply] if reply else [], wrap(expected, state), "mesa", 1.0)

    async def _written(self, turn: Turn, expected: str) -> Reply | None:
        if expected == "comment":
            return await self._aftermath.comment(turn.conversation, turn.text)
        return await self._aftermath.add(turn.conversation, turn.text)


def wrap(expected: str, state: bytes | None) -> bytes:
    """The state to keep: what is expected next, and the inner brain's own."""
    return MARK + expected.encode() + b"\x00" + (state or b"")


def unwrap(state: bytes | None) -> tuple[str, bytes | None]:
    """The inverse of :func:`wrap`; a state that was never wrapped is the inner brain's."""
    if state is None or not state.startswith(MARK):
        return "", state
    expected, _, inner = state.removeprefix(MARK).partition(b"\x00")
    return expected.decode(), inner or None
