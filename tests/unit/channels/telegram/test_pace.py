"""Telegram's limits are kept, and its requests for patience obeyed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from telegram.error import BadRequest, RetryAfter

from bot.channels.telegram.pace import GRACE, Pace


class Line:
    """Takes calls and remembers when they came."""

    def __init__(self, *errors: Exception) -> None:
        self.at: list[tuple[float, Any]] = []
        self.errors = list(errors)

    async def call(self, chat: Any) -> bool:
        self.at.append((asyncio.get_running_loop().time(), chat))
        if self.errors:
            raise self.errors.pop(0)
        return True

    def send(self, pace: Pace, chat: Any, endpoint: str = "sendMessage") -> Any:
        data = {} if chat is None else {"chat_id": chat}
        return pace.process_request(self.call, (chat,), {}, endpoint, data, None)

    def gaps(self) -> list[float]:
        return [later - earlier for (earlier, _), (later, _) in zip(self.at, self.at[1:], strict=False)]


async def test_one_chat_gets_its_messages_one_by_one() -> None:
    pace, line = Pace(overall=1000, a_chat=20), Line()
    await asyncio.gather(*(line.send(pace, 1) for _ in range(5)))
    assert all(gap > 0.045 for gap in line.gaps())


async def test_another_chat_does_not_wait_for_it() -> None:
    pace, line = Pace(overall=1000, a_chat=2), Line()
    await asyncio.gather(line.send(pace, 1), line.send(pace, 1), line.send(pace, 2))
    assert [chat for _, chat in line.at] == [1, 2, 1]


async def test_all_chats_together_keep_the_overall_rate() -> None:
    pace, line = Pace(overall=50, a_chat=1000), Line()
    began = asyncio.get_running_loop().time()
    await asyncio.gather(*(line.send(pace, chat) for chat in range(50)))
    times = [at - began for at, _ in line.at]
    # Half a second's worth may go at once; from then on fifty a second.
    assert times[-1] >= (50 - 25) / 50 * 0.95
    assert len([at for at in times if at < 0.1]) <= 25 + 6


async def test_typing_does_not_use_up_the_chats_turn() -> None:
    pace, line = Pace(overall=1000, a_chat=1), Line()
    await line.send(pace, 1)
    await asyncio.wait_for(line.send(pace, 1, "sendChatAction"), 0.5)
    await asyncio.wait_for(line.send(pace, None, "answerCallbackQuery"), 0.5)


async def test_a_request_for_patience_halts_everything_and_the_call_is_made_again() -> None:
    pace, line = Pace(overall=1000, a_chat=1000), Line(RetryAfter(1))
    first = asyncio.create_task(line.send(pace, 1))
    await asyncio.sleep(0)
    await asyncio.sleep(0.01)
    assert await asyncio.gather(first, line.send(pace, 2)) == [True, True]
    refused_at = line.at[0][0]
    assert len(line.at) == 3
    assert all(at - refused_at >= 1 + GRACE - 0.01 for at, _ in line.at[1:])


async def test_other_errors_pass_through() -> None:
    pace, line = Pace(overall=1000, a_chat=1000), Line(BadRequest("x"))
    with pytest.raises(BadRequest):
        await line.send(pace, 1)


async def test_paces_of_chats_that_rest_are_forgotten() -> None:
    pace, line = Pace(overall=1e6, a_chat=1e6), Line()
    for chat in range(6_000):
        await line.send(pace, chat)
    assert len(pace._chats) < 5_100
