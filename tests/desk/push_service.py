"""A push service on the loopback, and browsers that subscribed there: what comes is decrypted, and its seal checked."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.desk.rig import DeskRig
from tests.support.serving import serving
from tests.support.waiting import until


def text_of(raw: bytes) -> str:
    """Base64 of the web's kind."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def bytes_of(text: str) -> bytes:
    """The inverse."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Browser:
    """One subscription with the keys that a browser keeps to itself."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def p256dh(self) -> str:
        """The public key."""
        return text_of(self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    @property
    def fields(self) -> dict[str, str]:
        """What the page sends to the desk."""
        return {"direccion": self.endpoint, "p256dh": self.p256dh, "auth": text_of(self.auth)}

    def read(self, body: bytes) -> dict[str, str]:
        """What a push says."""
        return json.loads(http_ece.decrypt(body, private_key=self.key, auth_secret=self.auth, version="aes128gcm"))


@dataclass
class PushService:
    """Keeps what comes; answers as it is told to."""

    address: str = ""
    browsers: dict[str, Browser] = field(default_factory=dict)
    shown: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    heads: list[dict[str, str]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    public_key: str = ""

    def browser(self, name: str) -> Browser:
        """A new one."""
        self.browsers[name] = Browser(f"{self.address}/push/{name}")
        return self.browsers[name]

    async def take(self, request: Request) -> Response:
        """A push, checked as push services and browsers do it."""
        name, body = request.path_params["name"], await request.body()
        status = self.answers.pop(0) if self.answers else 201
        if status != 201:
            return Response(status_code=status)
        signed = request.headers["authorization"]
        assert Vapid02.verify(signed)
        parts = dict(each.split("=", 1) for each in signed.removeprefix("vapid ").split(","))
        claims = json.loads(bytes_of(parts["t"].split(".")[1]))
        assert (claims["aud"], claims["sub"]) == (self.address, "mailto:mesa@example.org")
        assert parts["k"] == self.public_key
        self.raw.append(body)
        self.heads.append(dict(request.headers))
        self.shown.append((name, self.browsers[name].read(body)))
        return Response(status_code=201)

    async def until(self, true: Callable[[], Any]) -> None:
        """Waits for a condition."""
        await until(true)


@asynccontextmanager
async def push_service(rig: DeskRig, public_key: str) -> AsyncIterator[PushService]:
    """A running one, which the desk knows."""
    service = PushService(public_key=public_key)
    app = Starlette(routes=[Route("/push/{name}", service.take, methods=["POST"])])
    async with serving(app) as service.address:
        settings = rig.parts.settings
        rig.parts.settings = replace(settings, alerts=replace(settings.alerts, services=(service.address,)))
        yield service
