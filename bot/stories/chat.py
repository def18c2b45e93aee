"""A person's side of the web chat: posts messages, follows the log."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx

Message = dict[str, Any]
Follow = Callable[[httpx.AsyncClient, str, str, int], AsyncIterator[Message]]
"""A conversation's id, its token and a number in, the log behind that number out, as it is written."""

ANSWER_SECONDS = 40


class NoAnswer(Exception):
    """The bot did not answer in time."""


class Chat:
    """One conversation.

    Args:
        http: a client whose base address is the service's.
        follow: how what is written reaches the person.
    """

    def __init__(self, http: httpx.AsyncClient, follow: Follow) -> None:
        self._http, self._follow_log = http, follow
        self._identity = self._token = ""
        self._arrived = asyncio.Condition()
        self._follower: asyncio.Task[None] | None = None
        self.log: list[Message] = []

    async def open(self) -> None:
        """Begins the conversation, and waits for the greeting."""
        answer = await self._http.post("/chat/api/conversations")
        answer.raise_for_status()
        self._identity, self._token = answer.json()["conversation"], answer.json()["token"]
        self.resume()
        await self.answer_after(0)

    def resume(self) -> None:
        """Follows the log from where it stopped."""
        self._follower = asyncio.create_task(self._follow())

    async def pause(self) -> None:
        """Lets the connection go."""
        if self._follower:
            self._follower.cancel()
            await asyncio.gather(self._follower, return_exceptions=True)

    async def send(self, **content: str) -> tuple[int, str]:
        """Posts a text or a payload.

        Returns:
            The message's number, and nothing; or 0 and the sentence by which the service refused it.
        """
        body = {"id": str(uuid.uuid4()), **content}
        answer = await self._http.post("/chat/api/messages", json=body, headers=self._headers)
        if answer.status_code in (413, 422, 429):
            return 0, str(answer.json()["message"])
        answer.raise_for_status()
        return int(answer.json()["seq"]), ""

    async def answer_after(self, seq: int) -> list[Message]:
        """The bot's messages behind a number, as soon as there are any: those of one turn are committed together.

        Raises:
            NoAnswer: there are none in time.
        """

        def answered() -> bool:
            return any(each["seq"] > seq and each["from"] != "user" for each in self.log)

        async with self._arrived:
            try:
                await asyncio.wait_for(self._arrived.wait_for(answered), ANSWER_SECONDS)
            except asyncio.TimeoutError:
                raise NoAnswer from None
        history = await self._http.get(f"/chat/api/messages?after={seq}", headers=self._headers)
        history.raise_for_status()
        return [each for each in history.json() if each["from"] != "user"]

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    async def _follow(self) -> None:
        last = int(self.log[-1]["seq"]) if self.log else 0
        async for message in self._follow_log(self._http, self._identity, self._token, last):
            async with self._arrived:
                self.log.append(message)
                self._arrived.notify_all()
