"""How the Bot API's stand-in reads a request: forms, HTML as Telegram takes it, buttons."""

from __future__ import annotations

import json
from email.parser import BytesParser
from email.policy import HTTP
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request


class Refusal(Exception):
    """The API's way to say no."""

    def __init__(self, code: int, description: str, retry_after: int = 0) -> None:
        super().__init__(description)
        self.code, self.description, self.retry_after = code, description, retry_after


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


def read_html(raw: str) -> str:
    """The text of a message with markup; refuses what Telegram would."""
    parser = _Html()
    parser.feed(raw)
    parser.close()
    if parser.open:
        raise Refusal(400, "Bad Request: can't parse entities: Can't find end tag")
    return parser.text


def keyboard_of(data: dict[str, Any]) -> list[list[dict[str, str]]]:
    """The buttons that a call asks for."""
    return (data.get("reply_markup") or {}).get("inline_keyboard", [])


async def fields_of(request: Request) -> dict[str, Any]:
    """What a call says, with the files in it."""
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
