"""A real mail server on the loopback for tests: it keeps what it accepts, and misbehaves on request.

    async with SmtpServer() as server:
        server.reply("RCPT", "450 4.2.0 later")      # once; times=None for always
        server.drop("END")                           # breaks the line after the last dot, without an answer
        hold = server.hold("DATA")                   # stops there until hold.release()
        ...
        message = await server.next_message()

Stages: ``CONNECT`` (hold and drop only), ``MAIL``, ``RCPT``, ``DATA`` (before 354), ``BODY`` (while it comes in;
drop only) and ``END`` (after the last dot; a message that meets ``drop("END", keep=True)`` was accepted all the same).
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from tests.support.waiting import PATIENCE

logging.getLogger("mail.log").setLevel(logging.CRITICAL)

STAGES = ("CONNECT", "MAIL", "RCPT", "DATA", "BODY", "END")


@dataclass(frozen=True)
class ReceivedMail:
    """One message that the server took."""

    sender: str
    to: str
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        """The message, parsed."""
        parsed = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def subject(self) -> str:
        """The subject, decoded."""
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        """The plain text part."""
        part = self.message.get_body(("plain",))
        assert part is not None
        return str(part.get_content()).replace("\r\n", "\n")

    @property
    def html(self) -> str:
        """The HTML part."""
        part = self.message.get_body(("html",))
        assert part is not None
        return str(part.get_content()).replace("\r\n", "\n")


class Hold:
    """A place where the server waits: ``await hold.reached.wait()``, then ``hold.release()``."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self._go_on = asyncio.Event()

    def release(self) -> None:
        """Lets the server, and whoever comes next, go on."""
        self._go_on.set()

    async def wait(self) -> None:
        """What the server does there."""
        self.reached.set()
        await self._go_on.wait()


@dataclass
class _Trick:
    answer: str = ""
    drop: bool = False
    keep: bool = False
    hold: Hold | None = None
    seconds: float = 0
    times: int | None = 1


@dataclass
class SmtpServer:
    """The server.

    Args:
        username, password: the login that it insists on; empty for none.
        tls_context: offers STARTTLS with it, or speaks TLS from the first byte with ``implicit_tls``.
    """

    username: str = ""
    password: str = ""
    tls_context: ssl.SSLContext | None = None
    implicit_tls: bool = False
    port: int = 0
    messages: list[ReceivedMail] = field(default_factory=list)
    connections: int = 0
    encrypted: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._tricks: dict[str, list[_Trick]] = {stage: [] for stage in STAGES}
        self._server: asyncio.AbstractServer | None = None
        self._open: set[_Protocol] = set()
        self._arrived = asyncio.Condition()
        self._read = 0

    # -- running ---------------------------------------------------------------------------------

    async def __aenter__(self) -> SmtpServer:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listens; after a :meth:`stop` on the same port as before."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Protocol(self),
            "127.0.0.1",
            self.port,
            ssl=self.tls_context if self.implicit_tls else None,
            reuse_address=True,
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Refuses connections and breaks the open ones off."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None
        for protocol in list(self._open):
            protocol.abort()

    @property
    def url(self) -> str:
        """What ``VENTANILLA_SMTP_URL`` is to hold."""
        login = f"{self.username}:{self.password}@" if self.username else ""
        return f"{'smtps' if self.implicit_tls else 'smtp'}://{login}127.0.0.1:{self.port}"

    @property
    def open_connections(self) -> int:
        """How many clients are connected now."""
        return len(self._open)

    # -- misbehaving -----------------------------------------------------------------------------

    def reply(self, stage: str, answer: str, *, times: int | None = 1) -> None:
        """Answers so at a stage (``4xx …`` or ``5xx …``), ``times`` times or always."""
        self._tricks[stage].append(_Trick(answer=answer, times=times))

    def drop(self, stage: str, *, times: int | None = 1, keep: bool = False) -> None:
        """Breaks the line at a stage; with ``keep`` the message was accepted before."""
        self._tricks[stage].append(_Trick(drop=True, keep=keep, times=times))

    def hold(self, stage: str, *, times: int | None = 1) -> Hold:
        """Waits at a stage until released."""
        hold = Hold()
        self._tricks[stage].append(_Trick(hold=hold, times=times))
        return hold

    def slow(self, stage: str, seconds: float, *, times: int | None = None) -> None:
        """Takes its time at a stage."""
        self._tricks[stage].append(_Trick(seconds=seconds, times=times))

    def behave(self) -> None:
        """Forgets every trick."""
        for tricks in self._tricks.values():
            for trick in tricks:
                if trick.hold is not None:
                    trick.hold.release()
            tricks.clear()

    async def _trick(self, stage: str) -> _Trick | None:
        if not self._tricks[stage]:
            return None
        trick = self._tricks[stage][0]
        if trick.times is not None:
            trick.times -= 1
            if trick.times <= 0:
                self._tricks[stage].pop(0)
        if trick.seconds:
            await asyncio.sleep(trick.seconds)
        if trick.hold is not None:
            await trick.hold.wait()
        return trick

    # -- what arrived ----------------------------------------------------------------------------

    async def wait_for(self, count: int, seconds: float = PATIENCE) -> list[ReceivedMail]:
        """The messages, as soon as there are so many."""
        async with self._arrived:
            await asyncio.wait_for(self._arrived.wait_for(lambda: len(self.messages) >= count), seconds)
        return list(self.messages)

    async def next_message(self, seconds: float = PATIENCE) -> ReceivedMail:
        """The next message that no earlier call has returned."""
        self._read += 1
        return (await self.wait_for(self._read, seconds))[self._read - 1]

    def sent_to(self, address: str) -> list[ReceivedMail]:
        """Every message to an address, oldest first."""
        return [mail for mail in self.messages if mail.to.lower() == address.lower()]

    async def _keep(self, mail: ReceivedMail) -> None:
        async with self._arrived:
            self.messages.append(mail)
            self._arrived.notify_all()


class _Protocol(SMTP):
    """aiosmtpd's protocol, with the tricks of its server at each stage."""

    def __init__(self, server: SmtpServer) -> None:
        self._owner = server
        login = {"auth_required": True, "authenticator": self._login} if server.username else {}
        super().__init__(
            _Handler(server),
            hostname="localhost",
            tls_context=None if server.implicit_tls else server.tls_context,
            auth_require_tls=False,
            loop=asyncio.get_running_loop(),
            **login,
        )

    def _login(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        right = isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode()) == (
            self._owner.username,
            self._owner.password,
        )
        return AuthResult(success=right, handled=False)

    def connection_made(self, transport: Any) -> None:
        self._owner._open.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._owner._open.discard(self)
        super().connection_lost(error)

    def abort(self) -> None:
        transport: Any = self.transport
        if transport is not None:
            transport.abort()

    async def _handle_client(self) -> None:
        self._owner.connections += 1
        trick = await self._owner._trick("CONNECT")
        if trick is not None and trick.drop:
            self.abort()
            return
        await super()._handle_client()

    async def smtp_DATA(self, arg: str) -> None:
        trick = await self._owner._trick("DATA")
        if trick is not None and trick.drop:
            self.abort()
            return
        if trick is not None and trick.answer:
            await self.push(trick.answer)
            return
        body = await self._owner._trick("BODY")
        if body is not None and body.drop:
            await self.push("354 go on")
            await self._reader.readuntil(b"\r\n")
            self.abort()
            return
        await super().smtp_DATA(arg)


class _Handler:
    def __init__(self, server: SmtpServer) -> None:
        self._server = server

    async def handle_MAIL(self, protocol: _Protocol, session: Any, envelope: Any, address: str, options: Any) -> str:
        answer = await self._answer("MAIL", protocol)
        if not answer:
            envelope.mail_from = address
            self._server.encrypted.append(session.ssl is not None or self._server.implicit_tls)
        return answer or "250 OK"

    async def handle_RCPT(self, protocol: _Protocol, session: Any, envelope: Any, address: str, options: Any) -> str:
        answer = await self._answer("RCPT", protocol)
        if not answer:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, protocol: _Protocol, session: Any, envelope: Any) -> str:
        trick = await self._server._trick("END")
        if trick is not None and trick.answer:
            return trick.answer
        if trick is None or not trick.drop or trick.keep:
            for to in envelope.rcpt_tos:
                await self._server._keep(ReceivedMail(envelope.mail_from, to, envelope.original_content))
        if trick is not None and trick.drop:
            protocol.abort()
        return "250 OK"

    async def _answer(self, stage: str, protocol: _Protocol) -> str:
        trick = await self._server._trick(stage)
        if trick is not None and trick.drop:
            protocol.abort()
        return trick.answer if trick is not None else ""


@pytest.fixture
async def smtp_server() -> AsyncIterator[SmtpServer]:
    """A mail server that behaves until it is told otherwise."""
    async with SmtpServer() as server:
        yield server
        server.behave()
