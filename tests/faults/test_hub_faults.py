"""Whatever breaks off in the middle of a turn, the message is answered in the end, once."""

from __future__ import annotations

import asyncio
import sys
import uuid
from collections.abc import AsyncIterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from bot.brain.interfaces import Turn, TurnResult
from bot.conversations.hub import ConversationHub
from bot.conversations.interfaces import Message
from bot.conversations.turns import MAX_ATTEMPTS
from bot.db.engine import Database
from bot.settings import ROOT
from tests.contracts.web_chat.brains import EchoBrain, SlowBrain
from tests.contracts.web_chat.service import SENTENCES
from tests.support.database import database_url, new_database
from tests.support.waiting import until

DYING_SERVICE = """
import asyncio, os, sys, uuid
from bot.conversations.hub import ConversationHub
from bot.db.engine import Database
from tests.contracts.web_chat.brains import EchoBrain
from tests.contracts.web_chat.service import SENTENCES

both_written = asyncio.Event()

class DyingBrain(EchoBrain):
    async def respond(self, turn):
        result = await super().respond(turn)
        if turn.text == "cae":
            await both_written.wait()
            os._exit(9)
        return result

async def main():
    hub = ConversationHub(Database(sys.argv[1]), DyingBrain(), sentence=SENTENCES)
    await hub.start()
    if len(sys.argv) > 2:
        conversation, _ = await hub.open("web")
        print(conversation, flush=True)
        await hub.receive(conversation, str(uuid.uuid4()), text="hola")
        async for message in hub.follow(conversation):
            if message.author.value == "bot":
                break
        for text in ("cae", "sigo"):
            await hub.receive(conversation, str(uuid.uuid4()), text=text)
        both_written.set()
    await asyncio.sleep(30)

asyncio.run(main())
"""


class Clock:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.now = datetime.now(timezone.utc)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, seconds: float) -> None:
        """Moves on."""
        self.now += timedelta(seconds=seconds)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with new_database(database_url(tmp_path)) as database:
        yield database


def hub_on(database: Database, brain: EchoBrain, clock: Clock) -> ConversationHub:
    return ConversationHub(database, brain, clock, sentence=SENTENCES, poll=0.05)


def new_id() -> str:
    return str(uuid.uuid4())


async def read(hub: ConversationHub, conversation: str, until: int) -> list[Message]:
    async def follow() -> list[Message]:
        seen = []
        async for message in hub.follow(conversation):
            seen.append(message)
            if message.seq >= until:
                break
        return seen

    return await asyncio.wait_for(follow(), 15)


async def died(database: Database, *arguments: str) -> str:
    """Runs the dying service to its end and returns what it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", DYING_SERVICE, database.url, *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await asyncio.wait_for(process.communicate(), 40)
    assert process.returncode == 9
    return output.decode().strip()


async def test_a_process_that_dies_between_brain_and_commit_leaves_a_message_that_is_answered_once(
    database: Database,
) -> None:
    conversation = await died(database, "talk")
    clock, brain = Clock(), EchoBrain()
    clock.pass_(60)
    hub = hub_on(database, brain, clock)
    await hub.start()
    messages = await read(hub, conversation, 6)
    await hub.close()
    assert [message.text for message in messages] == ["hola", "1: hola", "cae", "sigo", "2: cae", "3: sigo"]
    assert set(brain.calls().values()) == {1}


async def test_a_message_that_kills_every_worker_is_excused_in_the_end(database: Database) -> None:
    clock, brain = Clock(), SlowBrain()
    hub = hub_on(database, brain, clock)
    conversation, _ = await hub.open("web")
    await hub.receive(conversation, new_id(), text="cae")
    for attempt in range(1, MAX_ATTEMPTS + 1):
        await asyncio.wait_for(brain.began.wait(), 5)
        clock.pass_(60)
        # The worker before is as good as dead: its lease has run out, and whatever it thinks out is thrown away.
        brain = SlowBrain()
        hub = hub_on(database, brain, clock)
        assert await hub.recover() == 1, attempt
    await asyncio.wait_for(brain.began.wait(), 5)
    clock.pass_(60)
    last = hub_on(database, brain, clock)
    await last.recover()
    assert (await read(last, conversation, 2))[1].text == SENTENCES("utter_error_turn")
    await last.close()


async def test_a_worker_that_was_overtaken_says_nothing(database: Database) -> None:
    clock, slow, quick = Clock(), SlowBrain(), EchoBrain()
    one, two = hub_on(database, slow, clock), hub_on(database, quick, clock)
    conversation, _ = await one.open("web")
    await one.receive(conversation, new_id(), text="hola")
    await slow.began.wait()
    clock.pass_(60)
    assert await two.recover() == 1
    await read(two, conversation, 2)
    slow.go_on.set()
    await one.close()
    assert [message.text for message in await two.messages(conversation)] == ["hola", "1: hola"]
    await two.close()


async def test_a_living_worker_keeps_its_conversation_however_long_it_takes(database: Database) -> None:
    clock, slow = Clock(), SlowBrain()
    one, two = hub_on(database, slow, clock), hub_on(database, EchoBrain(), clock)
    conversation, _ = await one.open("web")
    await one.receive(conversation, new_id(), text="hola")
    await slow.began.wait()
    for _ in range(10):
        clock.pass_(4)
        await one._turns.keep()
        assert await two.recover() == 0
    slow.go_on.set()
    assert (await read(one, conversation, 2))[1].text == "1: hola"
    await one.close()
    await two.close()


async def test_a_service_that_ends_in_the_middle_of_a_turn_leaves_it_to_the_next_at_once(database: Database) -> None:
    clock, slow, quick = Clock(), SlowBrain(), EchoBrain()
    hub = hub_on(database, slow, clock)
    await hub.start()
    conversation, _ = await hub.open("web")
    await hub.receive(conversation, new_id(), text="hola")
    await slow.began.wait()
    await hub.close(grace=0.01)
    after = hub_on(database, quick, clock)
    await after.start()
    assert [message.text for message in await read(after, conversation, 2)] == ["hola", "1: hola"]
    await after.close()


async def test_a_commit_that_fails_leaves_no_half_of_a_turn_and_is_repeated(database: Database) -> None:
    clock, brain = Clock(), EchoBrain()
    hub = hub_on(database, brain, clock)
    conversation, _ = await hub.open("web")
    async with database.transaction() as transaction:
        await transaction.execute(
            sql(
                "CREATE TRIGGER full_disk BEFORE UPDATE OF state ON conversations "
                "BEGIN SELECT RAISE(ABORT, 'disk full'); END"
            )
        )
    await hub.receive(conversation, new_id(), text="hola")
    await hub.close()
    assert [message.text for message in await hub.messages(conversation)] == ["hola"]
    async with database.transaction() as transaction:
        await transaction.execute(sql("DROP TRIGGER full_disk"))
    clock.pass_(60)
    after = hub_on(database, brain, clock)
    await after.start()
    assert [message.text for message in await read(after, conversation, 2)] == ["hola", "1: hola"]
    await after.close()
    assert list(brain.calls().values()) == [2]


async def test_outside_effects_keyed_by_the_turn_are_not_doubled_by_a_repeated_turn(database: Database) -> None:
    sent: set[tuple[str, int]] = set()

    class MailingBrain(SlowBrain):
        async def respond(self, turn: Turn) -> TurnResult:
            sent.add((turn.conversation, turn.seq))
            return await super().respond(turn)

    clock, slow = Clock(), MailingBrain()
    hub = hub_on(database, slow, clock)
    conversation, _ = await hub.open("web")
    await hub.receive(conversation, new_id(), text="hola")
    await slow.began.wait()
    await hub.close(grace=0.01)
    slow.go_on.set()
    after = hub_on(database, slow, clock)
    await after.start()
    await read(after, conversation, 2)
    await after.close()
    assert sent == {(conversation, 1)}


async def test_a_database_that_was_away_for_a_while_does_not_stop_the_watch(tmp_path: Path) -> None:
    # The tables are missing at first, which fails every look as a broken database does.
    database = Database(database_url(tmp_path))
    clock, brain = Clock(), EchoBrain()
    hub = ConversationHub(database, brain, clock, sentence=SENTENCES, lease=timedelta(seconds=0.15), poll=0.05)
    with pytest.raises(Exception, match="no such table"):
        await hub.start()
    async with new_database(database.url) as prepared:
        await hub.start()
        async with prepared.transaction() as transaction:
            await transaction.execute(sql("ALTER TABLE messages RENAME TO away"))
        registry = hub.metrics.registry
        await until(lambda: registry.get_sample_value("ventanilla_errors_total", {"kind": "loop"}))
        async with prepared.transaction() as transaction:
            await transaction.execute(sql("ALTER TABLE away RENAME TO messages"))
        other = hub_on(prepared, SlowBrain(), clock)
        conversation, _ = await other.open("web")
        await other.receive(conversation, new_id(), text="hola")
        await other.close(grace=0)
        assert (await read(hub, conversation, 2))[1].text == "1: hola"
        await hub.close()
    await database.close()
