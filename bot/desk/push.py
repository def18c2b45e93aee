"""Web Push (RFC 8030, 8291, 8292): calls agents whose page is hidden or whose browser is in the background.

An alert names a case and its platform, and nothing personal: it passes through the browser maker's servers.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from collections.abc import Mapping
from datetime import timedelta
from fnmatch import fnmatch
from urllib.parse import urlsplit

import httpx
import structlog
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02
from pywebpush import WebPusher

from bot.desk.model import case_number
from bot.desk.parts import DeskParts
from bot.desk.pauses import pause
from bot.desk.push_store import DuePush, PushStore
from bot.errors import VentanillaError

log = structlog.get_logger(__name__)

USEFUL = timedelta(minutes=5)
"""An older alert tells nothing new; push services drop it too."""
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(seconds=60)
LEASE = timedelta(seconds=30)
SIGNED_FOR = timedelta(hours=12)
PATIENCE = 10.0
EVERY = 0.5
GONE = (404, 410)
LATER = (408, 425, 429)
LONGEST_ENDPOINT = 1_000
ORDER = int("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", 16)
"""Of the group P-256 (FIPS 186-5)."""


class SubscriptionRefused(VentanillaError):
    """What a browser sent is no subscription, or one of a push service that is not known."""


class PushKeys:
    """The installation's VAPID key pair, and the cipher of what is kept of browsers.

    Args:
        secret: 48 bytes or more that the installation keeps, the same on every replica. The pair is made of them, so
            that there is no second file to guard and to copy.
        sealing: a Fernet key.
        contact: whom push services may write to: ``mailto:…`` or ``https:…``.
    """

    def __init__(self, secret: bytes, sealing: bytes, contact: str) -> None:
        # More bits than the order has, so that no key is likelier than another (FIPS 186-5, A.2.1).
        number = int.from_bytes(secret, "big") % (ORDER - 1) + 1
        self._vapid = Vapid02(ec.derive_private_key(number, ec.SECP256R1()))
        self._fernet, self._contact = Fernet(sealing), contact
        raw = self._vapid.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.public = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
        """What browsers subscribe with."""

    def seal(self, endpoint: str, p256dh: str, auth: str) -> bytes:
        """A browser's address and keys, unreadable without the key."""
        return self._fernet.encrypt(json.dumps({"endpoint": endpoint, "p256dh": p256dh, "auth": auth}).encode())

    def letter(self, sealed: bytes, content: Mapping[str, str], now: float) -> tuple[str, dict[str, str], bytes]:
        """Address, headers and encrypted body of a push."""
        browser = json.loads(self._fernet.decrypt(sealed))
        endpoint = str(browser["endpoint"])
        keys = {"p256dh": browser["p256dh"], "auth": browser["auth"]}
        body = WebPusher({"endpoint": endpoint, "keys": keys}).encode(json.dumps(content).encode())["body"]
        claims = {"sub": self._contact, "aud": origin(endpoint), "exp": int(now + SIGNED_FOR.total_seconds())}
        headers = {
            **self._vapid.sign(claims),
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(int(USEFUL.total_seconds())),
            "urgency": "high",
            "topic": content["tag"],
        }
        return endpoint, headers, body


class DeskPush:
    """Keeps the browsers that want alerts, and delivers what waits for them."""

    def __init__(self, parts: DeskParts, keys: PushKeys, *, every: float = EVERY) -> None:
        self._parts, self._keys, self._every = parts, keys, every
        self._store = PushStore(parts.database)
        self._closing = asyncio.Event()
        self.public_key = keys.public

    async def subscribe(self, session: str, endpoint: str, p256dh: str, auth: str) -> None:
        """Keeps a browser for a sign-in.

        Raises:
            SubscriptionRefused: it cannot be one, or its push service is not among those of ``data/desk/ajustes.yml``.
        """
        if not self._known(endpoint) or not _is_point(_raw(p256dh)) or len(_raw(auth)) != 16:
            raise SubscriptionRefused("subscription")
        sealed = self._keys.seal(endpoint, p256dh, auth)
        await self._store.subscribe(session, endpoint, sealed, self._parts.clock())

    async def unsubscribe(self, session: str, endpoint: str) -> None:
        """Forgets a browser."""
        await self._store.unsubscribe(session, endpoint)

    async def in_sight(self, session: str, seen: bool) -> None:
        """Notes whether the console is in front in a browser: who sees it needs no push."""
        await self._store.in_sight(session, seen)

    async def run(self) -> None:
        """Delivers on and on, until :meth:`close`."""
        async with httpx.AsyncClient(timeout=PATIENCE, follow_redirects=False) as client:
            while not await pause(self._closing, self._every):
                try:
                    await self.send_due(client)
                except Exception as error:  # the database may be away; the next round tries again
                    log.warning("push_round_failed", error=type(error).__name__)

    def close(self) -> None:
        """Ends after the round that is under way."""
        self._closing.set()

    async def send_due(self, client: httpx.AsyncClient) -> int:
        """One round; says how many were taken by push services."""
        now = self._parts.clock()
        taken = [each for each in await self._store.due(now) if await self._store.take(each, now + LEASE)]
        return sum(await asyncio.gather(*(self._deliver(client, each) for each in taken)))

    async def _deliver(self, client: httpx.AsyncClient, push: DuePush) -> int:
        now, status = self._parts.clock(), 0
        if now - push.created_at >= USEFUL or self._sees(push):
            await self._store.done(push)
            return 0
        try:
            url, headers, body = self._keys.letter(push.sealed, self._content(push), now.timestamp())
            status = (await client.post(url, content=body, headers=headers)).status_code
        except InvalidToken:
            # It was kept with another key of the installation; the browser subscribes anew when its page is opened.
            status = GONE[0]
        except httpx.HTTPError as error:
            log.warning("push_not_sent", push=push.id, error=type(error).__name__)
        if status in GONE:
            await self._store.gone(push)
        elif status == 0 or status >= 500 or status in LATER:
            await self._store.again(push, now + min(LONGEST_PAUSE, FIRST_PAUSE * 2**push.attempts))
        else:
            await self._store.done(push)
        if not 200 <= status < 300:
            log.warning("push_not_taken", push=push.id, status=status, attempts=push.attempts + 1)
        return int(200 <= status < 300)

    def _sees(self, push: DuePush) -> bool:
        present = self._parts.clock() - self._parts.policy.presence
        return push.in_sight and push.seen_at is not None and push.seen_at >= present

    def _content(self, push: DuePush) -> dict[str, str]:
        number, words = case_number(push.case), self._parts.settings.alerts
        return {
            "title": words.titles[push.kind],
            "body": words.body.format(number=number, platform=self._parts.team_name(push.team)),
            "tag": number,
            "url": f"/mesa/casos/{push.case}",
        }

    def _known(self, endpoint: str) -> bool:
        # Only known services: an address of the agent's own choosing would have this server knock at any door.
        if len(endpoint) > LONGEST_ENDPOINT or not endpoint.isascii() or not endpoint.isprintable():
            return False
        place = origin(endpoint)
        return any(fnmatch(place, each) for each in self._parts.settings.alerts.services)


def origin(address: str) -> str:
    """Scheme, host and port of an address; empty for what has none."""
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    plain = parts.hostname and parts.username is None and parts.password is None
    return f"{parts.scheme}://{parts.hostname}{port}" if plain else ""


def _is_point(raw: bytes) -> bool:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    except ValueError:
        return False
    return len(raw) == 65


def _raw(text: str) -> bytes:
    """What base64 of the web's kind stands for; nothing for what is none."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return b""
