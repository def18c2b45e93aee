"""The hub: every message once, in order, answered by the bot only while the bot may speak."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.brain.interfaces import Brain, Reply, Turn, TurnResult
from bot.conversations.hub import ConversationHub
from bot.conversations.interfaces import Author, ConversationUnknown, Message, MessageRejected, Owner
from bot.db.engine import Database
from tests.contracts.web_chat.brains import GREETING, PLATFORMS, BrokenBrain, EchoBrain, SlowBrain, greeting
from tests.contracts.web_chat.service import SENTENCES
from tests.support.waiting import PATIENCE


@asynccontextmanager
async def running(database: Database, brain: Brain, **options: Any) -> AsyncIterator[ConversationHub]:
    hub = ConversationHub(database, brain, sentence=SENTENCES, **options)
    await hub.start()
    yield hub
    await hub.close()


def new_id() -> str:
    return str(uuid.uuid4())


async def read(hub: ConversationHub, conversation: str, until: int, after: int = 0) -> list[Message]:
    """Follows until the message with number ``until``."""

    async def follow() -> list[Message]:
        seen = []
        async for message in hub.follow(conversation, after):
            seen.append(message)
            if message.seq >= until:
                break
        return seen

    return await asyncio.wait_for(follow(), 15)


def said(messages: list[Message]) -> list[tuple[str, str]]:
    return [(message.author.value, message.text) for message in messages]


async def test_a_message_is_answered_and_the_state_is_handed_on(database: Database) -> None:
    brain = EchoBrain()
    async with running(database, brain) as hub:
        conversation, _token = await hub.open("web")
        for text in ("hola", "otra vez"):
            seq = await hub.receive(conversation, new_id(), text=text, address="192.0.2.7")
            await read(hub, conversation, seq + 1)
        assert said(await read(hub, conversation, 4)) == [
            ("user", "hola"),
            ("bot", "1: hola"),
            ("user", "otra vez"),
            ("bot", "2: otra vez"),
        ]
    first, second = brain.turns
    assert (first.state, second.state) == (None, b"1")
    assert (first.channel, first.seq, second.seq) == ("web", 1, 3)
    assert first.address == second.address != ""
    assert "192.0.2.7" not in first.address


async def test_the_bot_opens_with_its_greeting(database: Database) -> None:
    async with running(database, EchoBrain(), greeting=greeting) as hub:
        conversation, token = await hub.open("web")
        assert await hub.authenticate(token) == conversation
        (message,) = await hub.messages(conversation)
        assert (message.seq, message.author, message.text) == (1, Author.BOT, GREETING)
        assert list(message.buttons) == PLATFORMS
        other, _ = await hub.open("web", platform="soce")
        assert said(list(await hub.messages(other))) == [("bot", "Hola (soce).")]


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "\ud800", "ñ"])
async def test_a_wrong_token_opens_nothing(database: Database, token: str) -> None:
    async with running(database, EchoBrain()) as hub:
        await hub.open("web")
        with pytest.raises(ConversationUnknown):
            await hub.authenticate(token)


async def test_fifty_copies_of_one_message_at_once_have_one_effect(database: Database) -> None:
    brain = EchoBrain()
    async with running(database, brain) as hub:
        conversation, _ = await hub.open("web")
        identity = new_id()
        numbers = await asyncio.gather(*(hub.receive(conversation, identity, text="hola") for _ in range(50)))
        assert set(numbers) == {1}
        assert said(await read(hub, conversation, 2)) == [("user", "hola"), ("bot", "1: hola")]
        assert await hub.receive(conversation, identity.upper(), text="hola") == 1
        assert len(await hub.messages(conversation)) == 2
    assert list(brain.calls().values()) == [1]


async def test_the_same_id_in_two_conversations_is_two_messages(database: Database) -> None:
    async with running(database, EchoBrain()) as hub:
        identity = new_id()
        for _ in range(2):
            conversation, _ = await hub.open("web")
            await hub.receive(conversation, identity, text="hola")
            assert len(await read(hub, conversation, 2)) == 2


async def test_messages_of_one_conversation_are_answered_one_by_one_in_order(database: Database) -> None:
    brain = SlowBrain()
    async with running(database, brain) as hub:
        conversation, _ = await hub.open("web")
        for number in range(5):
            await hub.receive(conversation, new_id(), text=f"m{number}")
        brain.go_on.set()
        messages = await read(hub, conversation, 10)
    assert [message.seq for message in messages] == list(range(1, 11))
    bot = [message.text for message in messages if message.author is Author.BOT]
    assert bot == [f"{number + 1}: m{number}" for number in range(5)]
    assert brain.most_at_once[conversation] == 1


async def test_a_slow_conversation_does_not_hold_up_another(database: Database) -> None:
    class OneSlow(SlowBrain):
        async def respond(self, turn: Turn) -> TurnResult:
            return await (super().respond(turn) if turn.text == "lento" else EchoBrain.respond(self, turn))

    brain = OneSlow()
    async with running(database, brain) as hub:
        slow, _ = await hub.open("web")
        quick, _ = await hub.open("web")
        await hub.receive(slow, new_id(), text="lento")
        await hub.receive(quick, new_id(), text="hola")
        assert len(await read(hub, quick, 2)) == 2
        brain.go_on.set()
        assert len(await read(hub, slow, 2)) == 2


async def test_two_replicas_never_answer_one_conversation_at_once(database: Database) -> None:
    brain = SlowBrain()
    other_database = Database(database.url)
    async with running(database, brain, poll=0.05) as one, running(other_database, brain, poll=0.05) as two:
        conversation, _ = await one.open("web")
        for number in range(6):
            await (one, two)[number % 2].receive(conversation, new_id(), text=f"m{number}")
        brain.go_on.set()
        for hub in (one, two):
            messages = await read(hub, conversation, 12)
            assert [message.seq for message in messages] == list(range(1, 13))
        bot = [message.text for message in messages if message.author is Author.BOT]
        assert bot == [f"{number + 1}: m{number}" for number in range(6)]
    assert brain.most_at_once[conversation] == 1
    assert set(brain.calls().values()) == {1}
    await other_database.close()


async def test_a_follower_sees_what_another_replica_writes(database: Database) -> None:
    other_database = Database(database.url)
    async with running(database, EchoBrain(), poll=0.05) as one, running(other_database, EchoBrain()) as two:
        conversation, _ = await one.open("web")
        following = asyncio.create_task(read(one, conversation, 2))
        await two.receive(conversation, new_id(), text="hola")
        assert said(await following) == [("user", "hola"), ("bot", "1: hola")]
    await other_database.close()


async def test_many_followers_see_every_message_once_in_order(database: Database) -> None:
    async with running(database, EchoBrain()) as hub:
        conversation, _ = await hub.open("web")
        followers = [asyncio.create_task(read(hub, conversation, 600, after)) for after in (0, 0, 7, 300)]
        await asyncio.gather(*(hub.send(conversation, Author.AGENT, f"n{number}") for number in range(300)))
        followers.append(asyncio.create_task(read(hub, conversation, 600, 299)))
        await asyncio.gather(*(hub.send(conversation, Author.SYSTEM, f"n{number}") for number in range(300)))
        for follower, after in zip(followers, (0, 0, 7, 300, 299), strict=True):
            assert [message.seq for message in await follower] == list(range(after + 1, 601))


async def test_a_brain_that_raises_is_excused_once_and_the_next_message_is_answered(database: Database) -> None:
    brain = BrokenBrain()
    async with running(database, brain) as hub:
        conversation, _ = await hub.open("web")
        await hub.receive(conversation, new_id(), text="hola")
        await hub.receive(conversation, new_id(), text="falla")
        await hub.receive(conversation, new_id(), text="sigo")
        messages = await read(hub, conversation, 6)
        bot = [message.text for message in messages if message.author is Author.BOT]
        assert bot == ["1: hola", SENTENCES("utter_error_turn"), "2: sigo"]
        assert await hub.recover() == 0
    assert set(brain.calls().values()) == {1}


async def test_a_turn_that_takes_too_long_is_excused(database: Database) -> None:
    async with running(database, SlowBrain(), turn_limit=0.05) as hub:
        conversation, _ = await hub.open("web")
        await hub.receive(conversation, new_id(), text="hola")
        assert (await read(hub, conversation, 2))[1].text == SENTENCES("utter_error_turn")


@pytest.mark.parametrize("back", [False, True])
async def test_a_hand_over_during_a_slow_turn_silences_it(database: Database, back: bool) -> None:
    brain = SlowBrain()
    async with running(database, brain) as hub:
        conversation, _ = await hub.open("web")
        await hub.receive(conversation, new_id(), text="hola")
        await brain.began.wait()
        assert await hub.set_owner(conversation, Owner.HUMAN) is Owner.BOT
        await hub.send(conversation, Author.AGENT, "Buenos días")
        if back:
            assert await hub.set_owner(conversation, Owner.BOT) is Owner.HUMAN
        brain.go_on.set()
    async with running(database, EchoBrain()) as hub:
        assert said(list(await hub.messages(conversation))) == [("user", "hola"), ("agent", "Buenos días")]
        await hub.set_owner(conversation, Owner.BOT)
        await hub.receive(conversation, new_id(), text="sigo")
        assert said(await read(hub, conversation, 4))[2:] == [("user", "sigo"), ("bot", "1: sigo")]


@pytest.mark.parametrize("owner", [Owner.WAITING, Owner.HUMAN, Owner.CLOSED])
async def test_while_the_bot_may_not_speak_it_is_not_asked(database: Database, owner: Owner) -> None:
    brain = EchoBrain()
    async with running(database, brain) as hub:
        conversation, _ = await hub.open("web")
        await hub.set_owner(conversation, owner)
        assert await hub.owner(conversation) is owner
        assert await hub.receive(conversation, new_id(), text="¿hay alguien?") == 1
        assert await hub.recover() == 0
        await hub.set_owner(conversation, Owner.BOT)
        await hub.receive(conversation, new_id(), text="hola")
        await read(hub, conversation, 3)
    assert [turn.text for turn in brain.turns] == ["hola"]


async def test_a_button_is_shown_by_its_title_and_asked_by_its_payload(database: Database) -> None:
    brain = EchoBrain()
    async with running(database, brain, greeting=greeting) as hub:
        conversation, _ = await hub.open("web")
        await hub.receive(conversation, new_id(), payload=PLATFORMS[1]["payload"])
        assert said(await read(hub, conversation, 3, after=1))[0] == ("user", "SOCE (Ecuador)")
    assert (brain.turns[0].text, brain.turns[0].payload) == ("", PLATFORMS[1]["payload"])


async def test_a_payload_that_was_never_offered_here_is_refused(database: Database) -> None:
    brain = EchoBrain()
    async with running(database, brain, greeting=greeting, public_payloads={"/saludar": "Hola"}) as hub:
        conversation, _ = await hub.open("web", platform="soce")
        other, _ = await hub.open("web")
        for payload in (PLATFORMS[1]["payload"], '/dar_dato{"verificado": true}', "/%", "/restart"):
            with pytest.raises(MessageRejected, match="unknown_payload"):
                await hub.receive(conversation, new_id(), payload=payload)
        with pytest.raises(MessageRejected, match="unknown_payload"):
            await hub.receive(other, new_id(), payload=PLATFORMS[1]["payload"].upper())
        await hub.receive(conversation, new_id(), payload="/saludar")
        assert said(await read(hub, conversation, 3, after=1))[0] == ("user", "Hola")


async def test_text_that_looks_like_a_command_stays_text(database: Database) -> None:
    brain = EchoBrain()
    async with running(database, brain) as hub:
        conversation, _ = await hub.open("web")
        await hub.receive(conversation, new_id(), text="/restart")
        await read(hub, conversation, 2)
    assert (brain.turns[0].text, brain.turns[0].payload) == ("/restart", "")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({}, "empty"),
        ({"text": " "}, "empty"),
        ({"payload": ""}, "empty"),
        ({"text": "a", "payload": "/b"}, "both"),
        ({"text": "a" * 2_001}, "too_long"),
        ({"text": 5}, "not_text"),
    ],
)
async def test_a_message_that_cannot_be_taken_leaves_no_trace(
    database: Database, content: dict[str, Any], reason: str
) -> None:
    async with running(database, EchoBrain()) as hub:
        conversation, _ = await hub.open("web")
        with pytest.raises(MessageRejected) as caught:
            await hub.receive(conversation, new_id(), **content)
        assert caught.value.reason == reason
        assert await hub.messages(conversation) == []


async def test_an_unknown_conversation_is_named_as_such(database: Database) -> None:
    async with running(database, EchoBrain()) as hub:
        unknown = new_id()
        with pytest.raises(ConversationUnknown):
            await hub.receive(unknown, new_id(), text="hola")
        with pytest.raises(ConversationUnknown):
            await hub.send(unknown, Author.SYSTEM, "hola")
        with pytest.raises(ConversationUnknown):
            await hub.set_owner(unknown, Owner.HUMAN)
        assert await hub.messages(unknown) == []


async def test_closing_ends_every_follower(database: Database) -> None:
    async with running(database, EchoBrain()) as hub:
        conversation, _ = await hub.open("web")
        following = asyncio.create_task(read(hub, conversation, 99))
        await asyncio.wait({following}, timeout=0.05)
    assert await asyncio.wait_for(following, PATIENCE) == []


async def test_a_reply_keeps_its_buttons_image_and_card(database: Database) -> None:
    rich = Reply(
        "Mire", [{"title": "Sí", "payload": "/afirmar"}], {"src": "/a.png", "alt": "x"}, {"kind": "step", "n": 1}
    )

    class RichBrain:
        async def respond(self, turn: Turn) -> TurnResult:
            return TurnResult([rich, Reply("")], b"s")

    async with running(database, RichBrain()) as hub:
        conversation, _ = await hub.open("web")
        await hub.receive(conversation, new_id(), text="hola")
        _user, message, empty = await read(hub, conversation, 3)
        assert message == (await hub.messages(conversation, 1))[0]
    assert (message.text, list(message.buttons), message.image, message.card) == (
        rich.text,
        rich.buttons,
        rich.image,
        rich.card,
    )
    assert (empty.seq, list(empty.buttons), empty.image) == (3, [], None)
