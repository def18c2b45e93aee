"""A stand-in for Telegram's Bot API on the loopback: keeps what people would see, and misbehaves when told to.

It checks what the real one checks: lengths in UTF-16 units, 64 bytes of button data, HTML, empty texts. It hands out
updates by ``getUpdates`` (unconfirmed ones again and again) or to the webhook (again until it says 200).
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from html import unescape
from html.parser import HTMLParser
from time import monotonic
from typing import Any
from urllib.parse import parse_qsl

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.support.serving import serving

TOKEN = "123456789:AAF0-invented_token-for_tests_only"
BOT = {"id": 123456789, "is_bot": True, "first_name": "Ventanilla", "username": "ventanilla_test_bot"}


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


@dataclass
class Shown:
    """A message on the person's screen."""

    id: int
    text: str
    html: str = ""
    photo: bool = False
    keyboard: list[list[dict[str, str]]] = field(default_factory=list)

    @property
    def titles(self) -> list[str]:
        """The buttons' titles."""
        return [button["text"] for row in self.keyboard for button in row]


class Refusal(Exception):
    """The API's way to say no."""

    def __init__(self, code: int, description: str, retry_after: int = 0) -> None:
        super().__init__(description)
        self.code, self.description, self.retry_after = code, description, retry_after


class BotApi:
    """The stand-in.

    Attributes:
        calls: every call but ``getUpdates``, in order.
        screens: what the bot has sent, by chat.
        deleted: the message ids that were deleted, by chat.
        blocked: chats whose person blocked the bot.
        left: groups that the bot left.
        faults: what goes wrong next.
    """

    def __init__(self) -> None:
        self.url = ""
        self.calls: list[Call] = []
        self.screens: dict[int, list[Shown]] = {}
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
        self._last_update, self._last_message = 0, 0
        self._changed = asyncio.Event()

    # --- what people do -----------------------------------------------------------------------------------------------

    def update(self, **content: Any) -> dict[str, Any]:
        """A new update."""
        self._last_update += 1
        return {"update_id": self._last_update, **content}

    def message(self, chat: int, *, kind: str = "private", **content: Any) -> dict[str, Any]:
        """A message of a person."""
        self._last_message += 1
        place: dict[str, Any] = {"id": chat, "type": kind}
        place |= {"first_name": "Rosa"} if kind == "private" else {"title": "Grupo"}
        sender = {"id": abs(chat), "is_bot": False, "first_name": "Rosa", "language_code": "es"}
        return {"message_id": self._last_message, "date": 1_700_000_000, "chat": place, "from": sender, **content}

    def text(self, chat: int, text: str) -> dict[str, Any]:
        """An update with a text."""
        return self.update(message=self.message(chat, text=text))

    def press(self, chat: int, title: str) -> dict[str, Any]:
        """An update that says that the newest button with this title was pressed."""
        for shown in reversed(self.screens[chat]):
            for button in (button for row in shown.keyboard for button in row):
                if button["text"] == title:
                    return self.pressed(chat, shown.id, button["callback_data"])
        raise AssertionError(f"no button {title!r}: {[shown.titles for shown in self.screens[chat]]}")

    def pressed(self, chat: int, message: int, data: str) -> dict[str, Any]:
        """An update that says that a button with this data was pressed."""
        written = {**self.message(chat, text="…"), "message_id": message, "from": BOT}
        sender = {"id": chat, "is_bot": False, "first_name": "Rosa"}
        query = {"id": f"q{self._last_update + 1}", "from": sender, "chat_instance": "1", "data": data}
        return self.update(callback_query={**query, "message": written})

    def member(self, chat: int, status: str, kind: str = "private") -> dict[str, Any]:
        """An update that says how the bot stands in a chat."""
        base = self.message(chat, kind=kind)
        old = "member" if status in ("kicked", "left") else "left"
        change = {
            "chat": base["chat"],
            "from": base["from"],
            "date": base["date"],
            "old_chat_member": _membership(old),
            "new_chat_member": _membership(status),
        }
        return self.update(my_chat_member=change)

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

    async def until(self, condition: Callable[[], object], seconds: float = 10.0) -> None:
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
            data = await _data(request)
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
        return self._show(data, Shown(0, text, html, False, _keyboard(data)))

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
        return {**self._show(data, Shown(0, text, html, True, _keyboard(data))), "photo": sizes}

    async def _do_sendChatAction(self, data: dict[str, Any]) -> Any:
        self._reachable(data["chat_id"])
        return True

    async def _do_answerCallbackQuery(self, data: dict[str, Any]) -> Any:
        self.answered[data["callback_query_id"]] = data.get("text", "")
        return True

    async def _do_editMessageReplyMarkup(self, data: dict[str, Any]) -> Any:
        for shown in self.screens.get(data["chat_id"], []):
            if shown.id == data["message_id"]:
                if shown.keyboard == _keyboard(data):
                    raise Refusal(400, "Bad Request: message is not modified")
                shown.keyboard = _keyboard(data)
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
        text = _read_html(raw) if data.get("parse_mode") == "HTML" else raw
        if len(text.encode("utf-16-le")) // 2 > limit:
            raise Refusal(400, f"Bad Request: {key} is too long")
        for button in (button for row in _keyboard(data) for button in row):
            if not 1 <= len(button["callback_data"].encode()) <= 64:
                raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
        return text, raw

    def _show(self, data: dict[str, Any], shown: Shown) -> dict[str, Any]:
        self._last_message += 1
        shown.id = self._last_message
        self.screens.setdefault(data["chat_id"], []).append(shown)
        place = {"id": data["chat_id"], "type": "private", "first_name": "Rosa"}
        return {"message_id": shown.id, "date": 1_700_000_000, "chat": place, "from": BOT, "text": shown.text}


class _Html(HTMLParser):
    """Takes what Telegram takes: known tags, closed in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in ("b", "i", "u", "s", "a", "code", "pre"):
            raise Refusal(400, f'Bad Request: can\'t parse entities: Unsupported start tag "{tag}"')
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise Refusal(400, "Bad Request: can't parse entities: Unexpected end tag")

    def handle_data(self, data: str) -> None:
        if "<" in data:
            raise Refusal(400, "Bad Request: can't parse entities")
        self.text += data

    def handle_entityref(self, name: str) -> None:
        self.text += unescape(f"&{name};") if name in ("lt", "gt", "amp", "quot") else f"&{name}"

    def handle_charref(self, name: str) -> None:
        self.text += unescape(f"&#{name};")


def _read_html(raw: str) -> str:
    parser = _Html()
    parser.feed(raw)
    parser.close()
    if parser.open:
        raise Refusal(400, "Bad Request: can't parse entities: Can't find end tag")
    return parser.text


def _keyboard(data: dict[str, Any]) -> list[list[dict[str, str]]]:
    return (data.get("reply_markup") or {}).get("inline_keyboard", [])


def _membership(status: str) -> dict[str, Any]:
    found: dict[str, Any] = {"status": status, "user": BOT}
    return {**found, "until_date": 0} if status == "kicked" else found


def _refusal(fault: Fault) -> Refusal:
    words = {429: "Too Many Requests: retry later", 403: "Forbidden: bot was blocked by the user"}
    return Refusal(fault.status, words.get(fault.status, "Internal Server Error"), fault.retry_after)


async def _data(request: Request) -> dict[str, Any]:
    kind, body = request.headers.get("content-type", ""), await request.body()
    fields: dict[str, Any] = {}
    if kind.startswith("multipart/"):
        parsed = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
        for part in parsed.iter_parts():
            name = part.get_param("name", header="content-disposition")
            content = part.get_payload(decode=True)
            fields[str(name)] = content if part.get_filename() else content.decode()
        attached = fields.get("photo")
        if isinstance(attached, str) and attached.startswith("attach://"):
            fields["photo"] = fields[attached.removeprefix("attach://")]
    elif body:
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
    return {key: _value(key, value) for key, value in fields.items()}


def _value(key: str, value: Any) -> Any:
    if not isinstance(value, str) or key in ("text", "caption", "callback_query_id", "url", "secret_token"):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


@asynccontextmanager
async def bot_api() -> AsyncIterator[BotApi]:
    """A running stand-in."""
    api = BotApi()
    async with serving(api.application()) as api.url:
        yield api
