"""Answers what people say to the desk's own buttons, before the conversation's brain is asked.

It wraps the brain that the hub asks. What the next message is expected to be (a comment, an addition to a case) is kept
in front of the brain's state, so that it is committed with the turn like everything else and asks the database nothing.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.brain.interfaces import Brain, Reply, Turn, TurnResult
from bot.desk.aftermath import Aftermath
from bot.desk.handover import RESUME
from bot.desk.interfaces import CaseOpened, OfferKind
from bot.desk.service import OPENED

MARK = b"\x00mesa\x00"
PREFIX = "/mesa_"
RATING = "/mesa_nota_"
COMMENT = "/mesa_comentario"
FOLLOW = "/mesa_seguir"
EMAIL = "email"
"""Expected after a case by mail without an address."""

_ADDRESS = re.compile(r"[^\s@<>,;:()\"]+@[^\s@<>,;:()\"]+\.[^\s@<>,;:()\".]{2,}")


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
        if expected == EMAIL:
            found = _ADDRESS.search(turn.text)
            if found and await self._aftermath.take_email(turn.conversation, found.group()):
                return await self._taken_up(turn, TurnResult([], wrap("", state), "mesa", 1.0), state)
        elif expected and turn.text:
            reply = await self._written(turn, expected)
            return TurnResult([reply] if reply else [], wrap("", state), "mesa", 1.0)
        result = await self._ask(turn, state)
        if expected and not result.state:
            return replace(result, state=wrap("", state))
        return result

    async def _ask(self, turn: Turn, state: bytes | None) -> TurnResult:
        """The inner brain's answer, unless one of its actions has opened a case: then the desk has spoken."""
        opened: list[CaseOpened] = []
        token = OPENED.set(opened)
        try:
            result = await self._inner.respond(replace(turn, state=state))
        finally:
            OPENED.reset(token)
        if not opened:
            return result
        if opened[-1].kind is OfferKind.LIVE:
            return replace(result, replies=(), handed_over=True)
        if opened[-1].needs_email:
            return replace(result, replies=(), state=wrap(EMAIL, result.state))
        return await self._taken_up(turn, replace(result, replies=()), result.state)

    async def _taken_up(self, turn: Turn, result: TurnResult, state: bytes | None) -> TurnResult:
        """After a case by mail the bot goes on at once with what was interrupted."""
        payload, _survey = await self._aftermath.interrupted(turn.conversation)
        if not payload:
            return result
        went_on = await self._inner.respond(replace(turn, text="", payload=payload, state=state))
        return replace(result, replies=went_on.replies, state=went_on.state or result.state)

    async def _resume(self, turn: Turn, state: bytes | None) -> TurnResult:
        """Takes up what was interrupted. The question how it went comes last, because pages show the buttons of the
        last message alone; the interrupted question's own buttons come with it."""
        payload, survey = await self._aftermath.interrupted(turn.conversation)
        inner = replace(turn, text="", payload=payload, state=state)
        result = await self._inner.respond(inner) if payload else TurnResult([], state or b"")
        if survey is None:
            return result
        own = result.replies[-1].buttons if result.replies else ()
        asked = Reply(survey.text, [*survey.buttons, *own])
        return replace(result, replies=[*result.replies, asked])

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
