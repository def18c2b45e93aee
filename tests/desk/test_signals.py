"""Who is writing, and what has arrived: seen by the other side, by nobody else, and only while they speak."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from bot.desk.feed import DeskFeed
from bot.desk.interfaces import CaseTaken
from bot.desk.tables_store import events
from tests.desk.console import Console, post
from tests.support.waiting import PATIENCE


async def heard(client: httpx.AsyncClient, path: str, wanted: str, headers: dict[str, str], queue: Any) -> None:
    """Puts the data of every event of a name into the queue."""
    async with client.stream("GET", path, headers=headers, timeout=None) as stream:
        queue.put_nowait(None)
        name = ""
        async for line in stream.aiter_lines():
            if line.startswith("event:"):
                name = line[6:].strip()
            elif line.startswith("data:"):
                if name == wanted:
                    queue.put_nowait(json.loads(line[5:]))
            elif not line:
                name = ""


async def begun(*listening: Any) -> tuple[asyncio.Queue[Any], asyncio.Task[None]]:
    queue: asyncio.Queue[Any] = asyncio.Queue()
    task = asyncio.create_task(heard(*listening, queue))
    await asyncio.wait_for(queue.get(), PATIENCE)
    return queue, task


async def next_of(queue: asyncio.Queue[Any], kind: str) -> Any:
    async def wait() -> Any:
        while (event := await queue.get()).get("kind") != kind:
            pass
        return event

    return await asyncio.wait_for(wait(), PATIENCE)


async def test_each_sees_the_other_writing_and_the_agent_sees_what_has_arrived(desk: Console) -> None:
    rosa, rig = await desk.member("Rosa"), desk.rig
    case = await rig.case()
    token = await rig.hub.grant(case.conversation)
    await post(rosa, f"/mesa/casos/{case.id}/tomar")
    async with httpx.AsyncClient(base_url=desk.address, headers={"Authorization": f"Bearer {token}"}) as person:
        console_, first = await begun(rosa, f"/mesa/eventos?caso={case.id}", "mesa", {})
        chat, second = await begun(person, "/chat/api/events", "typing", {})
        assert (await person.post("/chat/api/signals", json={"typing": True})).status_code == 204
        assert (await next_of(console_, "typing"))["here"]
        assert (await post(rosa, f"/mesa/casos/{case.id}/escribiendo")).status_code == 204
        assert await asyncio.wait_for(chat.get(), PATIENCE) == {}
        await post(rosa, f"/mesa/casos/{case.id}/responder", {"texto": "Buen día"})
        assert ">Enviado<" in (await rosa.get(f"/mesa/casos/{case.id}")).text
        seq = (await rig.log(case.conversation))[-1].seq
        assert (await person.post("/chat/api/signals", json={"received": seq + 1_000})).status_code == 204
        assert (await next_of(console_, "received"))["seq"] == seq
        assert ">Entregado<" in (await rosa.get(f"/mesa/casos/{case.id}")).text
        for task in (first, second):
            task.cancel()
        await asyncio.gather(first, second, return_exceptions=True)


async def test_signs_of_writing_do_not_pile_up_and_are_nothing_while_the_bot_has_the_conversation(
    desk: Console,
) -> None:
    rig, signals = desk.rig, desk.tools.signals
    counted = select(func.count()).select_from(events).where(events.c.kind == "typing")

    async def typed() -> int:
        async with rig.database.reading() as connection:
            return int(await connection.scalar(counted) or 0)

    conversation = await rig.conversation()
    await signals.typing(conversation)
    await signals.received(conversation, 1)
    assert await typed() == 0
    await rig.agent("Eva")
    case = await rig.case()
    for _ in range(20):
        rig.clock.forward(seconds=31)
        await signals.typing(case.conversation)
    assert await typed() <= 2


async def test_only_the_agent_of_the_case_is_shown_as_writing(desk: Console) -> None:
    rosa, luis = await desk.rig.agent("Rosa"), await desk.rig.agent("Luis")
    case = await desk.rig.case()
    await desk.rig.work.claim(rosa, case.id)
    await desk.tools.signals.agent_types(rosa, case.id)
    with pytest.raises(CaseTaken):
        await desk.tools.signals.agent_types(luis, case.id)


@pytest.mark.parametrize("content", [{"received": -1}, {"received": True}, {"received": "1"}, [], {"received": 2**40}])
async def test_a_signal_that_makes_no_sense_is_refused(desk: Console, content: Any) -> None:
    token = await desk.rig.hub.grant(await desk.rig.conversation())
    async with httpx.AsyncClient(base_url=desk.address, headers={"Authorization": f"Bearer {token}"}) as person:
        assert (await person.post("/chat/api/signals", json=content)).status_code == 422


async def test_who_follows_a_feed_that_has_ended_already_hears_its_end(desk: Console) -> None:
    feed = DeskFeed(desk.rig.parts.cases)
    feed.close()
    assert await asyncio.wait_for(anext(feed.follow(0), None), PATIENCE) is None
