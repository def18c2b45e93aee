"""The web chat's contract over real HTTP."""

from __future__ import annotations

import asyncio
import json
import random
import uuid
from typing import Any

import httpx
import pytest

from bot.channels.bodies import MAX_BODY
from bot.conversations.hub import ConversationHub
from bot.conversations.interfaces import Author, Owner
from tests.contracts.web_chat.brains import GREETING, PLATFORMS, EchoBrain
from tests.contracts.web_chat.service import SENTENCES, Client, application, client
from tests.support.database import database_url, new_database
from tests.support.serving import serving
from tests.support.waiting import until

PATHS = [("POST", "/chat/api/messages"), ("GET", "/chat/api/messages"), ("GET", "/chat/api/events")]


def new_id() -> str:
    return str(uuid.uuid4())


def assert_error(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()) == (
        status,
        {"error": code, "message": SENTENCES(f"utter_error_{code}")},
    )
    assert answer.headers["cache-control"] == "no-store"


async def test_a_conversation_begins_with_the_bots_greeting(person: Client) -> None:
    (greeting,) = await person.history()
    assert greeting == {
        "seq": 1,
        "from": "bot",
        "text": GREETING,
        "buttons": PLATFORMS,
        "image": None,
        "card": None,
        "at": greeting["at"],
    }


async def test_opening_gives_an_id_and_a_long_secret(address: str) -> None:
    async with httpx.AsyncClient(base_url=address) as http:
        answers = [
            await http.post("/chat/api/conversations", content=body) for body in (b"", b"{}", b'{"platform":""}')
        ]
    assert [answer.status_code for answer in answers] == [201] * 3
    for answer in answers:
        assert set(answer.json()) == {"conversation", "token"}
        assert len(answer.json()["token"]) >= 22
    assert len({answer.json()["token"] for answer in answers}) == 3


async def test_a_message_is_taken_and_answered(person: Client) -> None:
    answer = await person.post(id=new_id(), text="hola")
    assert (answer.status_code, answer.json()) == (202, {"seq": 2})
    events = await person.read_until(3)
    assert [(event["from"], event["text"]) for event in events[1:]] == [("user", "hola"), ("bot", "1: hola")]
    assert await person.history() == events
    assert await person.history(after=2) == events[2:]


async def test_fifty_copies_of_a_post_have_one_effect(person: Client, brain: EchoBrain) -> None:
    identity = new_id()
    answers = await asyncio.gather(*(person.post(id=identity, text="hola") for _ in range(50)))
    assert {(answer.status_code, answer.json()["seq"]) for answer in answers} == {(202, 2)}
    assert len(await person.read_until(3)) == 3
    assert len(await person.history()) == 3
    assert len(brain.turns) == 1


async def test_a_button_is_pressed_by_its_payload(person: Client, brain: EchoBrain) -> None:
    answer = await person.post(id=new_id(), payload=PLATFORMS[0]["payload"])
    assert answer.status_code == 202
    assert (await person.read_until(3))[1]["text"] == PLATFORMS[0]["title"]
    assert brain.turns[0].payload == PLATFORMS[0]["payload"]


@pytest.mark.parametrize("method, path", PATHS)
@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer x", "Basic {token}", "{token}", "Bearer ñ"])
async def test_without_the_secret_there_is_one_answer(
    person: Client, method: str, path: str, header: str | None
) -> None:
    token = person.headers["Authorization"].removeprefix("Bearer ")
    headers = {} if header is None else {"Authorization": header.format(token=token).encode()}
    answer = await person.http.request(method, path, headers=headers)
    assert_error(answer, 401, "unauthorized")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_one_conversations_secret_shows_nothing_of_another(address: str) -> None:
    async with client(address) as one, client(address) as two:
        await one.say("mi código es 001952_56989")
        await one.read_until(3)
        assert len(await two.history()) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"text": "hola"}, "bad_id"),
        ({"id": "1", "text": "hola"}, "bad_id"),
        ({"id": 7, "text": "hola"}, "bad_id"),
        ({"id": None, "text": "hola"}, "bad_id"),
        ({"id": "ID"}, "empty"),
        ({"id": "ID", "text": None}, "empty"),
        ({"id": "ID", "text": ""}, "empty"),
        ({"id": "ID", "text": " \n\t"}, "empty"),
        ({"id": "ID", "payload": ""}, "empty"),
        ({"id": "ID", "text": "\u0000\u0001"}, "empty"),
        ({"id": "ID", "text": "hola", "payload": "/saludar"}, "both"),
        ({"id": "ID", "text": ["hola"]}, "not_text"),
        ({"id": "ID", "text": True}, "not_text"),
        ({"id": "ID", "payload": {"a": 1}}, "not_text"),
        ({"id": "ID", "text": "a" * 2_001}, "too_long"),
        ({"id": "ID", "text": "a" * 10_000}, "too_long"),
        ({"id": "ID", "payload": '/dar_dato{"verificado": true}'}, "unknown_payload"),
    ],
)
async def test_a_message_that_cannot_be_taken_is_answered_in_plain_words(
    person: Client, brain: EchoBrain, content: dict[str, Any], code: str
) -> None:
    if content.get("id") == "ID":
        content = {**content, "id": new_id()}
    assert_error(await person.post(**content), 422, code)
    assert len(await person.history()) == 1
    assert await person.say("sigo aquí") == 2
    await person.read_until(3)
    assert len(brain.turns) == 1


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"3", b"null", b'"hola"', b"\xff\xfe", b"[" * 15_000, b'{"id":1e999}{}', b"\x00"]
)
async def test_a_body_that_is_no_json_object_is_refused(person: Client, body: bytes) -> None:
    answer = await person.http.post("/chat/api/messages", content=body, headers=person.headers)
    assert_error(answer, 422, "bad_json")


async def test_a_lone_surrogate_and_emoji_are_taken(person: Client) -> None:
    body = json.dumps({"id": new_id(), "text": "hola \ud83d 👋"}).encode("ascii")
    answer = await person.http.post("/chat/api/messages", content=body, headers=person.headers)
    assert answer.status_code == 202
    assert (await person.read_until(3))[1]["text"] == "hola  👋"


async def test_two_thousand_characters_of_four_bytes_are_taken(person: Client) -> None:
    assert (await person.post(id=new_id(), text="😀" * 2_000)).status_code == 202


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("path", ["/chat/api/messages", "/chat/api/conversations"])
async def test_a_body_over_sixteen_kilobytes_is_refused(person: Client, chunked: bool, path: str) -> None:
    async def chunks() -> Any:
        for _ in range(40):
            yield b" " * 1_024

    content: Any = chunks() if chunked else b" " * (MAX_BODY + 1)
    assert_error(await person.http.post(path, content=content, headers=person.headers), 413, "body_too_large")
    assert await person.say("sigo aquí") == 2


async def test_a_wrong_platform_is_refused(address: str) -> None:
    async with httpx.AsyncClient(base_url=address) as http:
        for platform in ("otra", 5, ["seace"]):
            answer = await http.post("/chat/api/conversations", json={"platform": platform})
            assert_error(answer, 422, "bad_request")


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "99999999999", "4294967296", "١", " 1"])
async def test_a_number_that_is_none_is_refused(person: Client, after: str) -> None:
    for path in ("/chat/api/messages", "/chat/api/events"):
        answer = await person.http.get(path, params={"after": after}, headers=person.headers)
        assert_error(answer, 422, "bad_request")


async def test_what_does_not_exist_says_so_in_the_same_shape(person: Client) -> None:
    assert_error(await person.http.get("/nada"), 404, "not_found")
    assert_error(await person.http.delete("/chat/api/messages"), 405, "method_not_allowed")


async def test_events_carry_their_headers_and_a_retry_time(person: Client) -> None:
    async with person.http.stream("GET", "/chat/api/events", headers=person.headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-accel-buffering"] == "no"
        lines = answer.aiter_lines()
        first = [await anext(lines) for _ in range(4)]
    assert first[0] == "retry: 1000"
    assert first[2] == "id: 1"
    assert json.loads(first[3].removeprefix("data: "))["text"] == GREETING


async def test_last_event_id_counts_more_than_after(person: Client) -> None:
    await person.say("hola")
    await person.read_until(3)
    async with person.events(0, **{"Last-Event-ID": "2"}) as events:
        assert (await anext(events))["seq"] == 3


@pytest.mark.parametrize("seed", range(3))
async def test_a_stream_that_is_cut_again_and_again_loses_and_doubles_nothing(person: Client, seed: int) -> None:
    chance, seen, total = random.Random(seed), list[int](), 40
    sender = asyncio.create_task(say_many(person, total))

    async def listen() -> None:
        while len(seen) < 1 + 2 * total:
            cut = chance.randrange(1, 6)
            async with person.events(seen[-1] if seen else 0) as events:
                async for event in events:
                    seen.append(event["seq"])
                    cut -= 1
                    if cut == 0 or len(seen) == 1 + 2 * total:
                        break

    await asyncio.wait_for(listen(), 30)
    await sender
    assert seen == list(range(1, 2 + 2 * total))


async def say_many(person: Client, count: int) -> None:
    for number in range(count):
        await person.say(f"mensaje {number}")


async def test_several_followers_read_the_same(person: Client) -> None:
    readers = [asyncio.create_task(person.read_until(21)) for _ in range(5)]
    await say_many(person, 10)
    read = [await reader for reader in readers]
    assert all(events == read[0] for events in read)
    assert [event["seq"] for event in read[0]] == list(range(1, 22))


async def test_what_an_agent_writes_arrives_and_the_bot_is_silent(person: Client, hub: ConversationHub) -> None:
    await hub.set_owner(person.conversation, Owner.HUMAN)
    await hub.send(person.conversation, Author.AGENT, "Buenos días, le atiendo yo.")
    await person.say("gracias")
    events = await person.read_until(3)
    assert [event["from"] for event in events] == ["bot", "agent", "user"]


async def test_a_client_without_events_reads_the_log_in_pages(person: Client, hub: ConversationHub) -> None:
    for number in range(600):
        await hub.send(person.conversation, Author.SYSTEM, f"n{number}")
    first = await person.history()
    assert len(first) == 500
    assert len(await person.history(after=first[-1]["seq"])) == 101


async def test_after_a_restart_the_same_token_goes_on(tmp_path: Any) -> None:
    async with new_database(database_url(tmp_path)) as database:
        hub = ConversationHub(database, EchoBrain(), sentence=SENTENCES)
        async with serving(application(hub)) as address, client(address) as person:
            await person.say("hola")
            await person.read_until(2)
            headers = person.headers
        await hub.close()
        hub = ConversationHub(database, EchoBrain(), sentence=SENTENCES)
        async with serving(application(hub)) as address, httpx.AsyncClient(base_url=address) as http:
            person = Client(http)
            person.headers = headers
            await person.say("sigo")
            assert [event["text"] for event in await person.read_until(4)][2:] == ["sigo", "2: sigo"]
        await hub.close()


async def test_the_service_ends_although_streams_are_open(hub: ConversationHub) -> None:
    async def end_within_seconds() -> None:
        async with serving(application(hub)) as address, client(address) as person, person.events() as events:
            await anext(events)
            await hub.close()
            assert [event async for event in events] == []

    await asyncio.wait_for(end_within_seconds(), 10)


async def test_a_client_that_leaves_is_forgotten(person: Client, hub: ConversationHub) -> None:
    def followers() -> float | None:
        return hub.metrics.registry.get_sample_value("ventanilla_followers")

    async with person.events() as events:
        await anext(events)
        assert followers() == 1
    await until(lambda: followers() == 0)
    assert hub._notifier.followed() == {}
