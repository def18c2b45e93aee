"""Copies of a conversation by mail, and its end for good, over real HTTP and SMTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import select

from bot.conversations.hub import ConversationHub
from bot.conversations.interfaces import Author, Owner
from bot.conversations.tables_store import conversations, messages
from bot.db.engine import Database
from tests.contracts.web_chat.brains import GREETING
from tests.contracts.web_chat.service import Client, client
from tests.support.mail import MailRig
from tests.support.smtp import SmtpServer
from tests.support.waiting import PATIENCE
from tests.web.helpers import PageBrain

SECRET = "mi dato privado"


@pytest.fixture
async def person(address: str) -> AsyncIterator[Client]:
    async with client(address) as person:
        yield person


async def copy(person: Client, email: object) -> httpx.Response:
    return await person.http.post("/chat/api/transcript", json={"email": email}, headers=person.headers)


async def erase(person: Client) -> httpx.Response:
    return await person.http.delete("/chat/api/conversations", headers=person.headers)


async def test_a_copy_holds_what_was_said_by_whom(
    person: Client, hub: ConversationHub, mail: MailRig, smtp_server: SmtpServer
) -> None:
    await person.say("hola\n<b>¿me ayuda?</b>")
    await person.read_until(3)
    await hub.send(person.conversation, Author.AGENT, "Buenos días.")
    assert (await copy(person, " ana@example.org ")).status_code == 202
    async with mail.running():
        received = await smtp_server.next_message()
    assert [sent.text for sent in smtp_server.sent_to("ana@example.org")] == [received.text]
    said = [received.text.index(part) for part in (GREETING, "¿me ayuda?", "Mesa de ayuda:", "Buenos días.")]
    assert said == sorted(said)
    assert "&lt;b&gt;" in received.html
    assert "<b>¿me" not in received.html


async def test_the_same_copy_is_sent_once_and_only_a_few_at_all(
    person: Client, mail: MailRig, smtp_server: SmtpServer
) -> None:
    await person.say("hola")
    await person.read_until(3)
    for email in ("ana@example.org", "ANA@example.org", "beto@example.org", "carla@example.org"):
        assert (await copy(person, email)).status_code == 202
    refused = await copy(person, "dora@example.org")
    assert (refused.status_code, refused.json()["error"]) == (422, "too_many_transcripts")
    async with mail.running():
        await smtp_server.wait_for(3)
    assert len(smtp_server.sent_to("ana@example.org")) == 1


@pytest.mark.parametrize(
    "email", ["", "ana", "ana@", "a b@example.org", "a@example.org,b@example.org", "a@b", None, 7, ["x"]]
)
async def test_what_is_no_address_is_refused(person: Client, email: object) -> None:
    await person.say("hola")
    answer = await copy(person, email)
    assert (answer.status_code, answer.json()["error"]) == (422, "bad_email")


async def test_a_conversation_without_words_of_the_person_is_not_sent(person: Client) -> None:
    answer = await copy(person, "ana@example.org")
    assert (answer.status_code, answer.json()["error"]) == (422, "nothing_to_send")


async def test_an_erased_conversation_keeps_no_word_and_its_token_opens_nothing(
    person: Client, hub: ConversationHub, database: Database
) -> None:
    other = await hub.grant(person.conversation)
    await person.say(SECRET)
    await person.read_until(3)
    assert (await erase(person)).status_code == 204
    async with database.reading() as connection:
        rows = (await connection.execute(select(messages))).all()
        row = (await connection.execute(select(conversations))).one()
    assert len(rows) == 3
    assert not any(row.text or row.payload or row.buttons or row.card or row.facts or row.address_hash for row in rows)
    assert (row.owner, row.state) == (Owner.CLOSED.value, None)
    assert SECRET not in str([tuple(row) for row in rows])
    for token in (person.headers["Authorization"], f"Bearer {other}"):
        person.headers = {"Authorization": token}
        assert (await person.post(id="0" * 36, text="hola")).status_code == 401
        assert (await erase(person)).status_code == 401


async def test_who_follows_an_erased_conversation_hears_its_end(person: Client) -> None:
    ended = asyncio.Event()

    async def follow() -> None:
        async with person.events() as events:
            async for _event in events:
                ended.set()

    following = asyncio.create_task(follow())
    await asyncio.wait_for(ended.wait(), PATIENCE)
    await erase(person)
    await asyncio.wait_for(following, PATIENCE)


async def test_an_answer_that_was_under_way_is_not_written(
    person: Client, brain: PageBrain, database: Database
) -> None:
    await person.say("espera")
    await erase(person)
    brain.go_on.set()
    await asyncio.wait_for(brain.go_on.wait(), 5)
    async with database.reading() as connection:
        rows = (await connection.execute(select(messages))).all()
    assert [row.text for row in rows] == ["", ""]
