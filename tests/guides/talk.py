"""A person in the web chat who reads all, presses buttons by their titles, and polls rather than listens."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any

import httpx

Message = dict[str, Any]
SECONDS = 20

NEXT, FINISH, BACK = "Listo, siguiente", "Listo, terminé", "Paso anterior"
TROUBLE, OTHER, REPEAT = "No me funciona", "Explíquelo de otra forma", "Repetir el paso"
PERSON, MAIL, RESUME, BOT_CAN = (
    "Hablar con una persona",
    "Enviarme la guía por correo",
    "Seguir la guía",
    "Hágalo por mí",
)
CASE, GO_ON, PHONES = "Abrir un caso", "Seguir con el asistente", "Teléfonos y horarios"


class Talk:
    """One conversation, and what was answered last."""

    def __init__(self, http: httpx.AsyncClient, identity: str, token: str) -> None:
        self._http = http
        self._headers = {"Authorization": f"Bearer {token}"}
        self._buttons: dict[str, str] = {}
        self.identity = identity
        self.latest: Sequence[Message] = ()

    @staticmethod
    async def begun(http: httpx.AsyncClient) -> Talk:
        """A new conversation."""
        answer = await http.post("/chat/api/conversations")
        answer.raise_for_status()
        return Talk(http, answer.json()["conversation"], answer.json()["token"])

    @property
    def said(self) -> str:
        """The words of the latest answer."""
        return "\n".join(message["text"] for message in self.latest)

    @property
    def titles(self) -> list[str]:
        """The buttons under the latest message, which are those that the page shows."""
        return [button["title"] for button in self.latest[-1]["buttons"]]

    @property
    def card(self) -> dict[str, Any]:
        """The step that was shown; empty when none was."""
        cards = [message["card"] for message in self.latest if message["card"]]
        return dict(cards[-1]) if cards else {}

    @property
    def image(self) -> dict[str, str] | None:
        """The picture that was shown."""
        images = [message["image"] for message in self.latest if message["image"]]
        return images[-1] if images else None

    async def say(self, text: str) -> Talk:
        """Writes, and reads the answer."""
        return await self._send({"text": text})

    async def press(self, title: str) -> Talk:
        """Presses the button with this title under the latest message, and reads the answer."""
        assert title in self.titles, f"{title!r} is none of {self.titles}, after: {self.said}"
        return await self._send({"payload": self._buttons[title]})

    async def click(self, title: str) -> Talk:
        """Presses a button under an earlier message of the latest answer."""
        return await self._send({"payload": self._buttons[title]})

    async def tell(self, text: str) -> None:
        """Writes, where nobody answers by itself."""
        answer = await self._post({"text": text})
        assert answer.status_code == 202, answer.text

    async def log(self) -> list[Message]:
        """The whole conversation."""
        answer = await self._http.get("/chat/api/messages", headers=self._headers)
        answer.raise_for_status()
        return list(answer.json())

    async def until(self, arrives: Callable[[Message], bool]) -> Talk:
        """Waits for a message; it is the latest then."""
        deadline = monotonic() + SECONDS
        while True:
            found = [message for message in await self.log() if message["from"] != "user" and arrives(message)]
            if found:
                self._see(found[-1:])
                return self
            assert monotonic() < deadline, "it did not come in time"
            await asyncio.sleep(0.02)

    def _see(self, latest: Sequence[Message]) -> None:
        self.latest = latest
        self._buttons = {button["title"]: button["payload"] for message in latest for button in message["buttons"]}

    async def _post(self, content: dict[str, str]) -> httpx.Response:
        return await self._http.post(
            "/chat/api/messages", json={"id": str(uuid.uuid4()), **content}, headers=self._headers
        )

    async def _send(self, content: dict[str, str]) -> Talk:
        answer = await self._post(content)
        assert answer.status_code == 202, answer.text
        self._see(await self._answer_after(answer.json()["seq"]))
        return self

    async def _answer_after(self, seq: int) -> list[Message]:
        """The bot's messages behind a number; those of one turn are committed together."""
        deadline = monotonic() + SECONDS
        while True:
            # A turn takes about as long; to ask more often would only slow it down.
            await asyncio.sleep(0.008)
            answer = await self._http.get("/chat/api/messages", params={"after": seq}, headers=self._headers)
            answer.raise_for_status()
            messages = [message for message in answer.json() if message["from"] != "user"]
            if messages:
                return messages
            assert monotonic() < deadline, "no answer in time"
