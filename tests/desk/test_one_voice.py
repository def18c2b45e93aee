"""One voice: whatever person, agents, bot and clock do in whatever order, the bot is silent while a person speaks.

A Hypothesis state machine on the real hub, desk and SQLite. Each run makes some dozens of steps, each of which happens
at a different moment of a slow bot's turn. Runs go on until there were enough steps: 2,500 in the suite,
10,000 with ``make interleavings``, which takes some minutes.
"""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
from collections.abc import Coroutine
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from bot.brain.interfaces import Reply, Turn, TurnResult
from bot.conversations.interfaces import Author, Owner
from bot.conversations.log_store import read_log
from bot.conversations.tables_store import conversations
from bot.desk.agent_store import Agent
from bot.desk.interfaces import CaseContext, CaseState, CloseReason, Reason
from bot.errors import VentanillaError
from bot.platforms import Platform
from tests.desk.rig import MONDAY, DeskRig, desk_rig
from tests.support.database import database_url, new_database

RUNS, STEPS = 20, 100
ENOUGH = int(os.environ.get("INTERLEAVINGS", "2500"))
counted = 0

LOOP = asyncio.new_event_loop()
SHARED: dict[str, Any] = {}


class GatedBrain:
    """A bot that is as slow as the test wants, and that can hand over in the middle of its turn."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self.rig: DeskRig | None = None

    async def respond(self, turn: Turn) -> TurnResult:
        await self.gate.wait()
        if turn.text == "persona" and self.rig is not None:
            context = CaseContext(Platform.SEACE, "t", resume="/repetir_paso", key=f"{turn.conversation}:{turn.seq}")
            await self.rig.desk.open_case(turn.conversation, Reason.ASKED, context)
        return TurnResult([Reply(f"bot answers {turn.seq}")], b"state")


async def prepare() -> None:
    """One hub and one database for all runs; each run has a conversation of its own."""
    stack = AsyncExitStack()
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    database = await stack.enter_async_context(new_database(database_url(folder)))
    gated = GatedBrain()
    rig = await stack.enter_async_context(desk_rig(database, gated))
    gated.rig = rig
    SHARED.update(stack=stack, rig=rig, brain=gated)
    SHARED["agents"] = [await rig.agent("Rosa"), await rig.agent("Luis")]


class OneVoice(RuleBasedStateMachine):
    """Whoever can act, acts; after each step nothing of the bot stands where a person had the conversation."""

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return LOOP.run_until_complete(asyncio.wait_for(work, 20))

    def try_(self, work: Coroutine[Any, Any, Any]) -> None:
        async def attempt() -> None:
            # What is refused changes nothing, which the invariant checks.
            with suppress(VentanillaError):
                await work

        self.run(attempt())

    @initialize()
    def begin(self) -> None:
        self.rig: DeskRig = SHARED["rig"]
        self.brain: GatedBrain = SHARED["brain"]
        self.agents: list[Agent] = SHARED["agents"]
        self.rig.clock.now = MONDAY
        self.brain.gate.set()
        self.conversation = LOOP.run_until_complete(self.rig.hub.open("web"))[0]
        LOOP.run_until_complete(self.rig.keep_seen(*self.agents))
        self.seen, self.speaker, self.case = 0, "bot", 0

    @rule(text=st.sampled_from(["hola", "/restart", "persona", "persona", "gracias"]))
    def person_writes(self, text: str) -> None:
        self.run(self.rig.say(self.conversation, text))

    @rule(payload=st.sampled_from(["/mesa_salir", "/mesa_nota_4", "/mesa_comentario", "/mesa_seguir"]))
    def person_presses(self, payload: str) -> None:
        self.try_(self.rig.say(self.conversation, payload=payload))

    @rule()
    def bot_is_held(self) -> None:
        self.brain.gate.clear()

    @rule(spins=st.integers(0, 6))
    def bot_goes_on(self, spins: int) -> None:
        async def spin() -> None:
            self.brain.gate.set()
            for _ in range(spins):
                await asyncio.sleep(0)

        self.run(spin())

    @rule()
    def escalation_from_outside_the_turn(self) -> None:
        context = CaseContext(Platform.SEACE, "t", email="ana@example.org", resume="/repetir_paso")
        self.try_(self.rig.desk.open_case(self.conversation, Reason.FAILED, context))

    @rule(who=st.integers(0, 1))
    def agent_claims(self, who: int) -> None:
        self.on_case(lambda case: self.rig.work.claim(self.agents[who], case))

    @rule(who=st.integers(0, 1))
    def agent_writes(self, who: int) -> None:
        self.on_case(lambda case: self.rig.work.reply(self.agents[who], case, "dice la persona"))

    @rule(who=st.integers(0, 1), reason=st.sampled_from([CloseReason.SOLVED, CloseReason.RETURNED]))
    def agent_closes(self, who: int, reason: CloseReason) -> None:
        self.on_case(lambda case: self.rig.work.close(self.agents[who], case, reason))

    @rule(who=st.integers(0, 1))
    def agent_transfers(self, who: int) -> None:
        self.on_case(lambda case: self.rig.work.transfer_to_agent(self.agents[who], case, self.agents[1 - who].id))

    @rule(minutes=st.sampled_from([0.5, 3, 12]), present=st.booleans())
    def time_passes(self, minutes: float, present: bool) -> None:
        async def pass_() -> None:
            self.rig.clock.forward(minutes=minutes)
            if present:
                await self.rig.keep_seen(*self.agents)
            await self.rig.watch.look()

        self.run(pass_())

    @rule()
    def desk_looks(self) -> None:
        self.run(self.rig.desk.look_at(self.conversation))

    def on_case(self, work: Any) -> None:
        if self.case:
            self.try_(work(self.case))

    @invariant()
    def the_log_has_one_voice(self) -> None:
        if not hasattr(self, "rig"):
            return
        global counted
        counted += 1

        LOOP.run_until_complete(self.check())

    async def check(self) -> None:
        """The log's new messages, and that owner and case agree, in one snapshot because a bot's turn may go on."""
        async with self.rig.database.reading() as connection:
            row = select(conversations.c.owner).where(conversations.c.id == self.conversation)
            owner = Owner(await connection.scalar(row))
            case = await self.rig.parts.cases.open_of(connection, self.conversation)
            log = await read_log(connection, self.conversation, self.seen, 1_000)
        self.case = case.id if case else self.case
        for message in log:
            assert message.seq == self.seen + 1
            self.seen = message.seq
            if message.author is Author.SYSTEM:
                self.speaker = voice_after(message.text, self.speaker)
            assert message.author is not Author.BOT or self.speaker == "bot", message
        expected = {CaseState.WAITING: Owner.WAITING, CaseState.TAKEN: Owner.HUMAN}
        assert owner is (expected.get(case.state, Owner.BOT) if case else Owner.BOT)

    def teardown(self) -> None:
        if hasattr(self, "brain"):
            self.brain.gate.set()
            LOOP.run_until_complete(self.end())

    async def end(self) -> None:
        """Ends what this run left open, so that the next one is alone."""
        async with self.rig.hub.writing() as writing:
            await writing.lock(self.conversation)
            case = await self.rig.parts.cases.open_of(writing.transaction, self.conversation)
            if case:
                await writing.set_owner(self.conversation, Owner.BOT)
                await self.rig.parts.cases.change(writing.transaction, case.id, state=CaseState.CLOSED)


TAKES = ("en la fila", "Un asesor le atenderá", "Le atiende", "perdió la conexión", "Le paso con otra persona")
GIVES_BACK = (
    "El asistente sigue con usted",
    "el asistente sigue con usted",
    "de nuevo con el asistente",
    "Salió de la fila",
)


def voice_after(text: str, before: str) -> str:
    """Who speaks after one of the desk's sentences."""
    if any(each in text for each in GIVES_BACK):
        return "bot"
    return "person" if any(each in text for each in TAKES) else before


def test_the_bot_never_speaks_while_a_person_has_the_conversation() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    LOOP.run_until_complete(prepare())
    try:
        while counted < ENOUGH:
            run_state_machine_as_test(
                OneVoice,
                settings=settings(
                    max_examples=RUNS,
                    stateful_step_count=STEPS,
                    deadline=None,
                    database=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )
    finally:
        LOOP.run_until_complete(SHARED["stack"].aclose())
        LOOP.close()
        structlog.reset_defaults()
    print(f"{counted} interleavings")


@pytest.mark.parametrize("text", TAKES)
def test_the_sentences_that_the_check_reads_are_those_of_the_desk(text: str) -> None:
    from tests.desk.rig import WORDS

    sentences = [str(WORDS._responses[f"utter_mesa_{name}"][0]["text"]) for name in WORDS.names()]
    assert any(text in sentence for sentence in sentences) or text == "en la fila"
