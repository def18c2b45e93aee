"""A stand-in for Telegram's Bot API on the loopback: keeps what people would see, and misbehaves when told to.

It checks what the real one checks: lengths in UTF-16 units, 64 bytes of button data, HTML, empty texts. It hands out
updates by ``getUpdates`` (unconfirmed ones again and again) or to the webhook (again until it says 200).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.support.bot_api_people import BOT, People, Shown
from tests.support.bot_api_reading import Refusal, fields_of, keyboard_of, read_html
from tests.support.serving import serving
from tests.support.waiting import PATIENCE

TOKEN = "123456789:AAF0-invented_token-for_tests_only"


@dataclass
class Call:
    """One call of a method."""

    method: str
    data: dict[str, Any]
    at: float


@dataclass
class Fault:
    """What happens to the next calls of a method. ``after``: it has its effect first. ``chat``: only there."""

    method: str
    status: int
    times: int = 1
    retry_after: int = 0
    after: bool = False
    chat: int = 0
    delay: float = 0.0


class BotApi(People):
    """The stand-in.

    Attributes:
        calls: every call but ``getUpdates``, in order.
        deleted: the message ids that were deleted, by chat.
        blocked: chats whose person blocked the bot.
        left: groups that the bot left.
        faults: what goes wrong next.
    """

    def __init__(self) -> None:
        super().__init__()
        self.url = ""
        self.calls: list[Call] = []
        self.deleted: dict[int, list[int]] = {}
        self.answered: dict[str, str] = {}
        self.blocked: set[int] = set()
        self.left: list[int] = []
        self.faults: list[Fault] = []
        self.webhook = ""
        self.secret = ""
        self.hook_base = ""
        self.hook_seconds: list[float] = []
        self.pending: list[dict[str, Any]] = []
        self.confirmed = 0
        self.files: set[str] = set()
        self._changed = asyncio.Event()

    # --- how updates come ---------------------------------------------------------------------------------------------

    async def push(self, update: dict[str, Any], *, secret: str | None = None, tries: int = 40) -> int:
        """Sends an update to the webhook, again until it is taken; with a secret of one's own just once."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret if secret is None else secret}
        path = re.sub(r"^https://[^/]+", "", self.webhook) or "/telegram/webhook"
        status = 0
        async with httpx.AsyncClient() as client:
            for _ in range(tries):
                began = monotonic()
                try:
                    answer = await client.post(self.hook_base + path, json=update, headers=headers)
                    status = answer.status_code
                    self.hook_seconds.append(monotonic() - began)
                except httpx.TransportError:
                    status = 0
                if status == 200 or secret is not None:
                    break
                await asyncio.sleep(0.05)
        return status

    def queue(self, *updates: dict[str, Any]) -> None:
        """Has updates fetched by polling."""
        self.pending.extend(updates)
        self._changed.set()

    # --- what tests look at -------------------------------------------------------------------------------------------

    def texts(self, chat: int) -> list[str]:
        """What the person reads, markup gone."""
        return [shown.text for shown in self.screens.get(chat, [])]

    def called(self, method: str) -> list[Call]:
        """The calls of one method."""
        return [call for call in self.calls if call.method == method]

    async def until(self, condition: Callable[[], object], seconds: float = PATIENCE) -> None:
        """Waits for a condition."""
        end = monotonic() + seconds
        while not condition():
            if monotonic() > end:
                raise AssertionError(f"it did not happen; calls: {[(c.method, c.data) for c in self.calls][-12:]}")
            await asyncio.sleep(0.01)

    # --- the server ---------------------------------------------------------------------------------------------------

    def application(self) -> Starlette:
        """The API as an application."""
        return Starlette(routes=[Route("/bot{token}/{method}", self._serve, methods=["GET", "POST"])])

    async def _serve(self, request: Request) -> Response:
        method = request.path_params["method"]
        try:
            if request.path_params["token"] != TOKEN:
                raise Refusal(401, "Unauthorized")
            data = await fields_of(request)
            return JSONResponse({"ok": True, "result": await self._call(method, data)})
        except Refusal as refusal:
            content: dict[str, Any] = {"ok": False, "error_code": refusal.code, "description": refusal.description}
            if refusal.retry_after:
                content["parameters"] = {"retry_after": refusal.retry_after}
            return JSONResponse(content, refusal.code)

    async def _call(self, method: str, data: dict[str, Any]) -> Any:
        fault = self._fault(method, data)
        if fault is not None and fault.delay:
            await asyncio.sleep(fault.delay)
        if fault is not None and not fault.after and fault.status:
            raise _refusal(fault)
        if method != "getUpdates":
            self.calls.append(Call(method, data, monotonic()))
        handler = getattr(self, f"_do_{method}", None)
        if handler is None:
            raise Refusal(404, "Not Found: method not found")
        result = await handler(data)
        if fault is not None and fault.after:
            raise _refusal(fault)
        return result

    def _fault(self, method: str, data: dict[str, Any]) -> Fault | None:
        for fault in self.faults:
            if fault.method in (method, "*") and (not fault.chat or fault.chat == data.get("chat_id")):
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
                return fault
        return None

    async def _do_getMe(self, _data: dict[str, Any]) -> Any:
        return BOT

    async def _do_setMyCommands(self, _data: dict[str, Any]) -> Any:
        return True

    async def _do_setWebhook(self, data: dict[str, Any]) -> Any:
        self.webhook, self.secret = data["url"], data.get("secret_token", "")
        return True

    async def _do_deleteWebhook(self, _data: dict[str, Any]) -> Any:
        self.webhook = ""
        return True

    async def _do_getUpdates(self, data: dict[str, Any]) -> Any:
        offset = int(data.get("offset") or 0)
        self.confirmed = max(self.confirmed, offset)
        end = monotonic() + min(float(data.get("timeout") or 0), 5.0)
        while True:
            self._changed.clear()
            self.pending = [update for update in self.pending if update["update_id"] >= offset]
            left = end - monotonic()
            if self.pending or left <= 0:
                return self.pending[:100]
            try:
                await asyncio.wait_for(self._changed.wait(), left)
            except asyncio.TimeoutError:
                continue

    async def _do_sendMessage(self, data: dict[str, Any]) -> Any:
        text, html = self._checked(data, "text", 4096)
        if not text.strip():
            raise Refusal(400, "Bad Request: message text is empty")
        return self._show(data, Shown(0, text, html, False, keyboard_of(data)))

    async def _do_sendPhoto(self, data: dict[str, Any]) -> Any:
        text, html = self._checked(data, "caption", 1024)
        photo = data["photo"]
        if isinstance(photo, str) and photo not in self.files:
            raise Refusal(400, "Bad Request: wrong file identifier/HTTP URL specified")
        if isinstance(photo, bytes) and not photo.startswith(b"\x89PNG"):
            raise Refusal(400, "Bad Request: IMAGE_PROCESS_FAILED")
        name = photo if isinstance(photo, str) else f"file-{len(self.files) + 1}"
        self.files.add(name)
        sizes = [{"file_id": name, "file_unique_id": name, "width": 1, "height": 1}]
        return {**self._show(data, Shown(0, text, html, True, keyboard_of(data))), "photo": sizes}

    async def _do_sendChatAction(self, data: dict[str, Any]) -> Any:
        self._reachable(data["chat_id"])
        return True

    async def _do_answerCallbackQuery(self, data: dict[str, Any]) -> Any:
        self.answered[data["callback_query_id"]] = data.get("text", "")
        return True

    async def _do_editMessageReplyMarkup(self, data: dict[str, Any]) -> Any:
        for shown in self.screens.get(data["chat_id"], []):
            if shown.id == data["message_id"]:
                if shown.keyboard == keyboard_of(data):
                    raise Refusal(400, "Bad Request: message is not modified")
                shown.keyboard = keyboard_of(data)
                return True
        raise Refusal(400, "Bad Request: message to edit not found")

    async def _do_deleteMessage(self, data: dict[str, Any]) -> Any:
        gone = self.deleted.setdefault(data["chat_id"], [])
        if data["message_id"] in gone:
            raise Refusal(400, "Bad Request: message to delete not found")
        gone.append(data["message_id"])
        return True

    async def _do_leaveChat(self, data: dict[str, Any]) -> Any:
        if data["chat_id"] in self.left:
            raise Refusal(403, "Forbidden: bot is not a member of the group chat")
        self.left.append(data["chat_id"])
        return True

    def _reachable(self, chat: int) -> None:
        if chat in self.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")

    def _checked(self, data: dict[str, Any], key: str, limit: int) -> tuple[str, str]:
        self._reachable(data["chat_id"])
        raw = str(data.get(key, ""))
        text = read_html(raw) if data.get("parse_mode") == "HTML" else raw
        if len(text.encode("utf-16-le")) // 2 > limit:
            raise Refusal(400, f"Bad Request: {key} is too long")
        for button in (button for row in keyboard_of(data) for button in row):
            if not 1 <= len(button["callback_data"].encode()) <= 64:
                raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
        return text, raw

    def _show(self, data: dict[str, Any], shown: Shown) -> dict[str, Any]:
        self._last_message += 1
        shown.id = self._last_message
        self.screens.setdefault(data["chat_id"], []).append(shown)
        place = {"id": data["chat_id"], "type": "private", "first_name": "Rosa"}
        return {"message_id": shown.id, "date": 1_700_000_000, "chat": place, "from": BOT, "text": shown.text}


def _refusal(fault: Fault) -> Refusal:
    words = {429: "Too Many Requests: retry later", 403: "Forbidden: bot was blocked by the user"}
    return Refusal(fault.status, words.get(fault.status, "Internal Server Error"), fault.retry_after)


@asynccontextmanager
async def bot_api() -> AsyncIterator[BotApi]:
    """A running stand-in."""
    api = BotApi()
    async with serving(api.application()) as api.url:
        yield api
