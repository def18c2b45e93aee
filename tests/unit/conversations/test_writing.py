"""Conversations that change together with something else."""

from __future__ import annotations

import pytest

from bot.conversations.interfaces import Author, ConversationUnknown, Message, Owner
from bot.db.engine import Database
from tests.contracts.web_chat.brains import EchoBrain
from tests.unit.conversations.test_hub import new_id, read, running, said


async def test_owner_and_messages_commit_together_or_not_at_all(database: Database) -> None:
    async with running(database, EchoBrain()) as hub:
        conversation, _ = await hub.open("web")
        with pytest.raises(RuntimeError):
            async with hub.writing() as writing:
                await writing.set_owner(conversation, Owner.WAITING)
                await writing.send(conversation, Author.SYSTEM, "En la fila.")
                raise RuntimeError
        assert await hub.owner(conversation) is Owner.BOT
        assert await hub.messages(conversation) == []
        async with hub.writing() as writing:
            assert await writing.set_owner(conversation, Owner.WAITING) is Owner.BOT
            await writing.send(conversation, Author.SYSTEM, "En la fila.")
            await writing.send(conversation, Author.AGENT, "Buen día.")
            assert await writing.last_seq(conversation) == 2
        assert await hub.owner(conversation) is Owner.WAITING
        assert said(await read(hub, conversation, 2)) == [("system", "En la fila."), ("agent", "Buen día.")]


async def test_a_message_sent_twice_with_one_id_is_one_message(database: Database) -> None:
    async with running(database, EchoBrain()) as hub:
        conversation, _ = await hub.open("web")
        identity, seqs = new_id(), []
        for _ in range(2):
            async with hub.writing() as writing:
                message = await writing.send(conversation, Author.AGENT, "Una vez.", client_id=identity)
                seqs.append(message.seq)
        assert seqs == [1, 1]
        assert len(await hub.messages(conversation)) == 1


async def test_the_bot_takes_up_what_a_system_message_asks_of_it(database: Database) -> None:
    brain = EchoBrain()
    async with running(database, brain) as hub:
        conversation, _ = await hub.open("web")
        await hub.set_owner(conversation, Owner.HUMAN)
        async with hub.writing() as writing:
            await writing.set_owner(conversation, Owner.BOT)
            await writing.send(conversation, Author.SYSTEM, "Vuelve el asistente.", answer_with="/repetir_paso")
        log = said(await read(hub, conversation, 2))
        assert log == [("system", "Vuelve el asistente."), ("bot", "1: [/repetir_paso]")]
        assert brain.turns[0].text == ""


async def test_messages_that_the_bot_may_not_answer_are_told_to_listeners(database: Database) -> None:
    heard: list[tuple[str, Message]] = []
    async with running(database, EchoBrain()) as hub:
        hub.listen(lambda conversation, message: heard.append((conversation, message)))
        conversation, _ = await hub.open("web")
        await hub.receive(conversation, new_id(), text="al asistente")
        await read(hub, conversation, 2)
        await hub.set_owner(conversation, Owner.HUMAN)
        await hub.receive(conversation, new_id(), text="a la persona")
    assert [(each, message.text) for each, message in heard] == [(conversation, "a la persona")]


async def test_a_granted_token_opens_the_conversation_beside_the_first(database: Database) -> None:
    async with running(database, EchoBrain()) as hub:
        conversation, first = await hub.open("web")
        second = await hub.grant(conversation)
        assert [await hub.authenticate(token) for token in (first, second)] == [conversation] * 2
        with pytest.raises(ConversationUnknown):
            await hub.authenticate(second + "x")
        with pytest.raises(ConversationUnknown):
            await hub.grant("nobody")
