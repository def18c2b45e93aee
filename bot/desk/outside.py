"""Cases go out to an institution's own help desk by signed webhooks, and come back the same way.

The signature follows the Standard Webhooks specification: HMAC-SHA-256 over ``id.timestamp.body``, base64, in the
header ``webhook-signature`` as ``v1,…``, so that receivers can use its libraries.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx
import structlog

from bot.desk.handover import Handover
from bot.desk.interfaces import CaseState, CaseUnknown, CloseReason
from bot.desk.model import parse_number
from bot.desk.parts import DeskParts
from bot.desk.pauses import pause
from bot.errors import VentanillaError

log = structlog.get_logger(__name__)

TOLERANCE = timedelta(minutes=5)
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=1)
ATTEMPTS = 30
LEASE = timedelta(seconds=60)
PATIENCE = 15.0
EVERY = 1.0
LONGEST_TEXT = 4_000


class WebhookRefused(VentanillaError):
    """A webhook from outside is not taken.

    Attributes:
        reason: ``signature``, ``old`` or ``content``.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"webhook refused: {reason}")
        self.reason = reason


def sign(secret: bytes, identity: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a signed webhook."""
    stamp = str(int(at.timestamp()))
    return {
        "webhook-id": identity,
        "webhook-timestamp": stamp,
        "webhook-signature": _mac(secret, identity, stamp, body),
    }


def verify(secret: bytes, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """The id of a webhook that is genuine and recent.

    Raises:
        WebhookRefused: it is not.
    """
    identity, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    expected = _mac(secret, identity, stamp, body)
    given = headers.get("webhook-signature", "").split()
    if not identity or not any(hmac.compare_digest(each.encode(), expected.encode()) for each in given):
        raise WebhookRefused("signature")
    if not stamp.isdecimal() or abs(now.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
        raise WebhookRefused("old")
    return identity


def _mac(secret: bytes, identity: str, stamp: str, body: bytes) -> str:
    signed = b".".join((identity.encode(), stamp.encode(), body))
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


class WebhookSender:
    """Delivers what waits, in order for each case, again and again until it is taken.

    Args:
        url: where the institution listens.
        secret: shared with it.
    """

    def __init__(self, parts: DeskParts, url: str, secret: bytes, *, every: float = EVERY) -> None:
        self._parts, self._url, self._secret, self._every = parts, url, secret, every
        self._closing = asyncio.Event()

    async def run(self) -> None:
        """Delivers on and on, until :meth:`close`."""
        async with httpx.AsyncClient(timeout=PATIENCE, follow_redirects=False) as client:
            sent = 0
            while not await pause(self._closing, 0 if sent else self._every):
                try:
                    sent = await self.send_due(client)
                except Exception as error:  # the database may be away; the next round tries again
                    log.warning("webhook_round_failed", error=type(error).__name__)
                    sent = 0

    def close(self) -> None:
        """Ends after the delivery that is under way."""
        self._closing.set()

    async def send_due(self, client: httpx.AsyncClient) -> int:
        """One round; says how many were taken over there."""
        taken, now = 0, self._parts.clock()
        for row in await self._parts.links.due(now):
            # The lease ends by itself if this process dies here, and the receiver knows the id of what it had.
            if await self._parts.links.take(row.id, row.attempts, now + LEASE):
                taken += await self._deliver(client, row)
        return taken

    async def _deliver(self, client: httpx.AsyncClient, row: Any) -> int:
        body, now = row.body.encode(), self._parts.clock()
        headers = {"content-type": "application/json", **sign(self._secret, row.id, now, body)}
        try:
            answer = await client.post(self._url, content=body, headers=headers)
            done = answer.is_success
        except httpx.HTTPError:
            done = False
        attempts = row.attempts + 1
        state = "sent" if done else "failed" if attempts >= ATTEMPTS else "pending"
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(attempts - 1, 12))
        await self._parts.links.settle(row.id, state, now if done else now + pause)
        if not done:
            log.warning("webhook_not_taken", delivery=row.id, attempts=attempts, state=state)
        return int(done)


class WebhookReceiver:
    """Takes what the other help desk sends: ``case.message`` and ``case.closed``."""

    def __init__(self, parts: DeskParts, secret: bytes) -> None:
        self._parts, self._secret, self._handover = parts, secret, Handover(parts)

    async def receive(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Takes one webhook, once.

        Returns:
            Whether it had an effect; False for one that came before.

        Raises:
            WebhookRefused: it is not genuine, too old, or makes no sense.
            CaseUnknown: there is no such case.
        """
        now = self._parts.clock()
        identity = verify(self._secret, headers, body, now)
        kind, number, text, name = _content(body)
        async with self._parts.changing(number) as (writing, case):
            if not await self._parts.links.first_time(writing.transaction, f"webhook:{identity}", case.id, now):
                return False
            if case.state is CaseState.CLOSED:
                return True
            if kind == "case.closed":
                await self._handover.close(writing, case, CloseReason.SOLVED)
                return True
            await self._handover.answered_outside(writing, case, text, name)
        return True


def _content(body: bytes) -> tuple[str, int, str, str]:
    try:
        content = json.loads(body)
        kind, number = content["type"], parse_number(content["case"]["number"])
        message = content.get("message") or {}
        text, name = str(message.get("text", "")).strip()[:LONGEST_TEXT], str(message.get("name", "")).strip()[:80]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WebhookRefused("content") from error
    if number is None:
        raise CaseUnknown("number")
    if kind not in ("case.message", "case.closed") or (kind == "case.message" and not text):
        raise WebhookRefused("content")
    return kind, number, text, name
