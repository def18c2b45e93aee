"""The web chat's HTTP contract (DESIGN, section 3): conversations, messages, events."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.channels.answers import NO_STORE, Refused
from bot.channels.bodies import MAX_SEQ, parse_object, parse_seq, read_body
from bot.channels.events import event_stream
from bot.channels.limits import (
    CONVERSATIONS_BY_ADDRESS,
    CONVERSATIONS_BY_ORIGIN,
    MESSAGES_BY_ADDRESS,
    MESSAGES_BY_CONVERSATION,
    SIGNALS_BY_CONVERSATION,
    TRANSCRIPTS_BY_ADDRESS,
    RateLimits,
    Rule,
    client_address,
)
from bot.channels.transcripts import NotSent, TranscriptMail
from bot.conversations.interfaces import ConversationUnknown, Hub, MessageRejected
from bot.desk.interfaces import Signals
from bot.platforms import Platform

CHANNEL = "web"
OPEN_TO_ORIGINS = ("/chat/api/", "/widget/")
"""What pages of the allowed origins may read."""

UNAUTHORIZED = {"WWW-Authenticate": "Bearer"}


class WebChat:
    """The routes of the web chat.

    Args:
        behind_proxy: whether ``X-Forwarded-For`` of a near peer is believed.
        allowed_origins: whose pages may use the API besides our own.
        transcripts: sends copies of conversations by mail; without it there is no such route.
        signals: between person and agent; without it nobody is told.
    """

    def __init__(
        self,
        hub: Hub,
        limits: RateLimits,
        *,
        behind_proxy: bool = False,
        allowed_origins: Sequence[str] = (),
        transcripts: TranscriptMail | None = None,
        signals: Signals | None = None,
    ) -> None:
        self._hub, self._limits, self._behind_proxy = hub, limits, behind_proxy
        self._allowed_origins, self._transcripts = frozenset(allowed_origins), transcripts
        self._signals = signals

    def routes(self) -> list[Route]:
        """The API's routes. Errors leave as :class:`Refused`; the application needs ``ErrorAnswers.handlers``."""
        more = [Route("/chat/api/transcript", self.transcript, methods=["POST"])] if self._transcripts else []
        return [
            Route("/chat/api/conversations", self.open, methods=["POST"]),
            Route("/chat/api/conversations", self.erase, methods=["DELETE"]),
            Route("/chat/api/messages", self.receive, methods=["POST"]),
            Route("/chat/api/messages", self.history, methods=["GET"]),
            Route("/chat/api/events", self.events, methods=["GET"]),
            Route("/chat/api/signals", self.signal, methods=["POST"]),
            Route("/chat/api/opinions", self.opinion, methods=["POST"]),
            *more,
        ]

    async def open(self, request: Request) -> Response:
        """Begins a conversation; the body is optional and may name a platform: ``{"platform": "seace"}``."""
        origin = self._origin(request)
        by_origin = [(CONVERSATIONS_BY_ORIGIN, origin)] if origin else []
        await self._count("too_many_conversations", (CONVERSATIONS_BY_ADDRESS, self._address(request)), *by_origin)
        body = await read_body(request)
        content = parse_object(body) if body.strip() else {}
        platform = content.get("platform") or ""
        if platform not in ("", *(known.value for known in Platform)):
            raise Refused(422, "bad_request")
        identity, token = await self._hub.open(CHANNEL, platform=platform)
        return JSONResponse({"conversation": identity, "token": token}, 201, NO_STORE)

    async def receive(self, request: Request) -> Response:
        """Takes one message."""
        conversation = await self._conversation(request)
        address = self._address(request)
        await self._count("too_many", (MESSAGES_BY_ADDRESS, address), (MESSAGES_BY_CONVERSATION, conversation))
        content = parse_object(await read_body(request))
        try:
            seq = await self._hub.receive(
                conversation,
                content.get("id", ""),
                text=content.get("text"),
                payload=content.get("payload"),
                address=address,
            )
        except MessageRejected as rejected:
            raise Refused(422, rejected.reason) from rejected
        except ConversationUnknown as unknown:
            raise Refused(401, "unauthorized", UNAUTHORIZED) from unknown
        return JSONResponse({"seq": seq}, 202, NO_STORE)

    async def history(self, request: Request) -> Response:
        """The log behind ``after``, at most 500 messages at once."""
        conversation = await self._conversation(request)
        messages = await self._hub.messages(conversation, parse_seq(request.query_params.get("after")))
        return JSONResponse([message.as_event() for message in messages], headers=NO_STORE)

    async def events(self, request: Request) -> Response:
        """The log behind ``Last-Event-ID``, or ``after``, and everything new."""
        conversation = await self._conversation(request)
        after = parse_seq(request.headers.get("last-event-id") or request.query_params.get("after"))
        return event_stream(self._hub, conversation, after, {}, self._signals)

    async def signal(self, request: Request) -> Response:
        """The person is writing, or has everything up to a message on the screen: ``{"typing": true}``,
        ``{"received": seq}`` → 204. Told to the agent who has the conversation, if one has."""
        conversation = await self._conversation(request)
        await self._count("too_many", (SIGNALS_BY_CONVERSATION, conversation))
        content = parse_object(await read_body(request))
        received = content.get("received", 0)
        if isinstance(received, bool) or not isinstance(received, int) or not 0 <= received <= MAX_SEQ:
            raise Refused(422, "bad_request")
        if self._signals and content.get("typing") is True:
            await self._signals.typing(conversation)
        if self._signals and received:
            await self._signals.received(conversation, received)
        return Response(status_code=204, headers=NO_STORE)

    async def opinion(self, request: Request) -> Response:
        """Takes what the person thinks of one of the bot's answers: ``{"seq": n, "liked": false}`` → 202."""
        conversation = await self._conversation(request)
        await self._count("too_many", (MESSAGES_BY_CONVERSATION, conversation))
        content = parse_object(await read_body(request))
        seq, liked = content.get("seq"), content.get("liked")
        if isinstance(seq, bool) or not isinstance(seq, int) or not isinstance(liked, bool) or not 0 < seq <= MAX_SEQ:
            raise Refused(422, "bad_request")
        await self._hub.judge(conversation, seq, liked)
        return JSONResponse({}, 202, NO_STORE)

    async def erase(self, request: Request) -> Response:
        """Ends the conversation for good and empties its messages; afterwards its token opens nothing."""
        await self._hub.erase(await self._conversation(request))
        return Response(status_code=204, headers=NO_STORE)

    async def transcript(self, request: Request) -> Response:
        """Sends a copy of the conversation to an address: ``{"email": …}`` → 202."""
        assert self._transcripts is not None
        conversation = await self._conversation(request)
        await self._count("too_many", (TRANSCRIPTS_BY_ADDRESS, self._address(request)))
        content = parse_object(await read_body(request))
        try:
            await self._transcripts.send(conversation, content.get("email"))
        except NotSent as refused:
            raise Refused(422, refused.reason) from refused
        return JSONResponse({}, 202, NO_STORE)

    def _origin(self, request: Request) -> str:
        """The other site whose page asks, if one does. Browsers say so where the page cannot (Fetch Metadata)."""
        origin = request.headers.get("origin", "")
        if origin in self._allowed_origins:
            return origin
        if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            raise Refused(403, "origin")
        return ""

    def _address(self, request: Request) -> str:
        return client_address(request, behind_proxy=self._behind_proxy)

    async def _conversation(self, request: Request) -> str:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            if scheme.lower() != "bearer" or not token:
                raise ConversationUnknown("token")
            return await self._hub.authenticate(token.strip())
        except ConversationUnknown as unknown:
            raise Refused(401, "unauthorized", UNAUTHORIZED) from unknown

    async def _count(self, code: str, *asked: tuple[Rule, str]) -> None:
        seconds = await self._limits.wait(*asked)
        if seconds:
            raise Refused(429, code, {"Retry-After": str(seconds)})


class ChatCors(CORSMiddleware):
    """Answers pages of exactly the allowed origins, and for the chat alone."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes everything else on as it is."""
        if scope["type"] == "http" and scope["path"].startswith(OPEN_TO_ORIGINS):
            await super().__call__(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def cors(allowed_origins: Sequence[str]) -> list[Middleware]:
    """Lets pages of exactly these origins use the chat; none by default."""
    if not allowed_origins:
        return []
    return [
        Middleware(
            ChatCors,
            allow_origins=list(allowed_origins),
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Last-Event-ID"],
            expose_headers=["Retry-After"],
            max_age=3600,
        )
    ]
