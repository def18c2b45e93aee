"""A person's side of the web chat: posts messages, follows the log by server-sent events."""

from __future__ import annotations

import asyncio
import json
import uuid
from typing import Any

import httpx

Message = dict[str, Any]
ANSWER_SECONDS = 20


class NoAnswer(Exception):
    """The bot did not answer in time."""


class Chat:
    """One conversation.

    Args:
        http: a client whose base address is the service's.
    """

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._headers: dict[str, str] = {}
        self._arrived = asyncio.Condition()
        self._follower: asyncio.Task[None] | None = None
        self.log: list[Message] = []

    async def open(self) -> None:
        """Begins the conversation, and waits for the greeting."""
        answer = await self._http.post("/chat/api/conversations")
        answer.raise_for_status()
        self._headers = {"Authorization": f"Bearer {answer.json()['token']}"}
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

    async def _follow(self) -> None:
        last = str(self.log[-1]["seq"]) if self.log else "0"
        headers = {**self._headers, "Last-Event-ID": last}
        async with self._http.stream("GET", "/chat/api/events", headers=headers, timeout=None) as stream:
            async for line in stream.aiter_lines():
                if line.startswith("data:"):
                    async with self._arrived:
                        self.log.append(json.loads(line[5:]))
                        self._arrived.notify_all()
