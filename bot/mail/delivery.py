"""The worker that takes mail out of the outbox and hands it to the mail server.

What happens to a mail whose fate is in doubt: its stage is committed right before the last dot of DATA goes out.
Whatever breaks before that is tried again, because a server discards what it has no dot for. Whatever breaks after it
and before the server's answer is *uncertain*: the mail is not sent again by itself (people would get two passwords of
which one is dead), its text is dropped, it is counted, and the person can ask for another in the conversation. With
``resend_uncertain`` it is sent again under the same Message-ID, by which receivers may drop the double.
"""

from __future__ import annotations

import asyncio
import ssl
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from cryptography.fernet import Fernet, InvalidToken

from bot.clock import Clock, utc_now
from bot.db.engine import Database
from bot.mail.delivery_store import DeliveryStore, TakenMail
from bot.mail.message import Letter, Sender
from bot.mail.outbox_store import unseal
from bot.mail.pace import Outage, Pace
from bot.mail.smtp_line import SmtpLine
from bot.mail.smtp_server import Postponed, Refused, ServerAway, SmtpServer, Unknown
from bot.waiting import wait_at_most

log = structlog.get_logger(__name__)


class DeliveryWorker:
    """Delivers what is due. Several workers, in one process or in many, may share a database.

    Args:
        smtp_url: ``smtp://user:password@host:port`` (STARTTLS whenever offered) or ``smtps://…``.
        mail_from: the sender, with or without a display name.
        key: the Fernet key of the outbox.
        lanes: how many connections are used at once.
        resend_uncertain: see this module's description.
        tls_context: certificates to trust, if not those of the system.
    """

    def __init__(
        self,
        database: Database,
        smtp_url: str,
        mail_from: str,
        key: bytes,
        clock: Clock = utc_now,
        *,
        lanes: int = 2,
        pace: Pace | None = None,
        resend_uncertain: bool = False,
        tls_context: ssl.SSLContext | None = None,
    ) -> None:
        self._pace = pace or Pace()
        self._server = SmtpServer.from_url(smtp_url, tls_context)
        self._sender = Sender(mail_from)
        self._fernet = Fernet(key)
        self._clock = clock
        self._lanes = lanes
        self._resend_uncertain = resend_uncertain
        owner = uuid.uuid4().hex
        self._stores = [
            DeliveryStore(
                database, f"{owner}-{n}", timedelta(seconds=self._pace.lease), resend_uncertain=resend_uncertain
            )
            for n in range(lanes)
        ]
        self._woken = asyncio.Event()
        self._stopping = asyncio.Event()
        self._outage = Outage(self._pace)
        self._purged_at: datetime | None = None

    def wake(self) -> None:
        """Says that there is new mail; it is looked for at once."""
        self._woken.set()

    def stop(self) -> None:
        """Asks :meth:`run` to return as soon as the mails under way have ended."""
        self._stopping.set()
        self._woken.set()

    async def counts(self) -> dict[str, int]:
        """How many mails are ``pending``, ``sending``, ``sent``, ``failed`` and ``uncertain``."""
        return await self._stores[0].counts()

    async def run(self) -> None:
        """Delivers until :meth:`stop` is called. Cancelled, it breaks off; what was under way is taken up later."""
        lanes = [asyncio.create_task(self._lane(store), name=f"mail-{n}") for n, store in enumerate(self._stores)]
        try:
            await asyncio.gather(*lanes)
        finally:
            for lane in lanes:
                lane.cancel()
            await asyncio.gather(*lanes, return_exceptions=True)

    async def _lane(self, store: DeliveryStore) -> None:
        pace = self._pace
        line = SmtpLine(self._server, self._sender.domain, timeout=pace.answer, verdict_timeout=pace.verdict)
        troubles = 0
        try:
            while not self._stopping.is_set():
                try:
                    await wait_at_most(self._stopping, self._outage.seconds_left())
                    await self._step(store, line)
                    troubles = 0
                except Exception as error:
                    # A lane outlives everything: a database that is away comes back. The error's text may hold a
                    # statement with its values, so only its name is logged.
                    log.error("mail_worker_trouble", error=type(error).__name__)
                    line.drop()
                    troubles += 1
                    await wait_at_most(self._stopping, pace.away(troubles))
        finally:
            # A lane that was cancelled in the middle of a mail must not say goodbye politely.
            if self._stopping.is_set():
                await line.close()
            line.drop()

    async def _step(self, store: DeliveryStore, line: SmtpLine) -> None:
        """Delivers one mail, or waits until there may be one."""
        if self._stopping.is_set():
            return
        self._woken.clear()
        now = self._clock()
        await self._purge(store, now)
        due = await store.next_due()
        mail = await store.take(now) if due is not None and due <= now else None
        if mail is not None:
            await self._handle(store, line, mail)
            return
        if due is not None and due <= now:
            lost = await store.give_up_abandoned(now)
            if lost:
                log.warning("mail_uncertain", count=lost, reason="abandoned")
        await self._wait_for_mail(line, due, now)

    async def _wait_for_mail(self, line: SmtpLine, due: datetime | None, now: datetime) -> None:
        seconds = self._pace.poll
        if due is not None:
            seconds = min(seconds, max(0.05, (due - now).total_seconds()))
        if line.is_open:
            line.idle_since = line.idle_since or asyncio.get_running_loop().time()
            left = line.idle_since + self._pace.idle - asyncio.get_running_loop().time()
            if left <= 0:
                await line.close()
            else:
                seconds = min(seconds, left)
        await wait_at_most(self._woken, seconds)

    async def _handle(self, store: DeliveryStore, line: SmtpLine, mail: TakenMail) -> None:
        facts = {"mail": mail.id, "kind": mail.kind, "attempts": mail.attempts}
        line.idle_since = 0.0
        try:
            done = await self._deliver(store, line, mail)
        except ServerAway as error:
            await store.put_back(mail, error.reason)
            self._outage.begins_or_lasts(error.reason)
        except Refused as error:
            await store.failed(mail, error.reason)
            log.warning("mail_failed", reason=error.reason, **facts)
        except Unknown as error:
            if self._resend_uncertain:
                await self._again(store, mail, error.reason)
            else:
                await store.uncertain(mail, error.reason)
            log.warning("mail_uncertain", reason=error.reason, resent=self._resend_uncertain, **facts)
        except Postponed as error:
            self._outage.is_over()
            await self._again(store, mail, error.reason)
        else:
            self._outage.is_over()
            if done:
                await self._insist(lambda: store.sent(mail, self._clock()))
                log.info("mail_sent", **facts)
            else:
                log.warning("mail_lease_lost", **facts)

    async def _deliver(self, store: DeliveryStore, line: SmtpLine, mail: TakenMail) -> bool:
        """Hands the mail in.

        Returns:
            False when another worker has taken it over meanwhile, before anything was final.

        Raises:
            DeliveryError: it was not delivered.
        """
        message = self._message(mail)
        try:
            await asyncio.wait_for(line.offer(self._sender.address, mail.to, message), self._pace.offer)
        except asyncio.TimeoutError as error:
            line.drop()
            raise Postponed("timeout") from error
        held = self._clock() + timedelta(seconds=self._pace.verdict + self._pace.lease)
        try:
            if not await store.ending(mail, held):
                line.drop()
                return False
        except BaseException:
            line.drop()
            raise
        await line.finish()
        return True

    def _message(self, mail: TakenMail) -> bytes:
        try:
            rendered, headers = unseal(self._fernet, mail.payload)
            letter = Letter(
                to=mail.to,
                subject=rendered.subject,
                text=rendered.text,
                html=rendered.html,
                headers=headers,
                message_id=mail.message_id,
                written_at=mail.created_at,
            )
            return self._sender.write(letter)
        except InvalidToken as error:
            raise Refused("unreadable") from error
        except (ValueError, KeyError, TypeError) as error:
            raise Refused("malformed") from error

    async def _again(self, store: DeliveryStore, mail: TakenMail, reason: str) -> None:
        now, pace = self._clock(), self._pace
        facts = {"mail": mail.id, "kind": mail.kind, "attempts": mail.attempts, "reason": reason}
        if now - mail.created_at > timedelta(days=pace.give_up_days):
            await store.failed(mail, "too_old")
            log.warning("mail_failed", **{**facts, "reason": "too_old"})
            return
        seconds = pace.retry(mail.attempts - 1)
        await store.retry(mail, now + timedelta(seconds=seconds), reason)
        log.info("mail_postponed", **facts)

    async def _insist(self, write: Callable[[], Awaitable[bool]]) -> None:
        """The server has the mail; a database that is away for a moment must not make it uncertain."""
        for seconds in (0.1, 0.5, 2.0):
            try:
                await write()
                return
            except Exception as error:
                log.error("mail_worker_trouble", error=type(error).__name__)
                await asyncio.sleep(seconds)
        await write()

    async def _purge(self, store: DeliveryStore, now: datetime) -> None:
        if self._purged_at is None or now - self._purged_at > timedelta(hours=1):
            self._purged_at = now
            await store.purge(now - timedelta(days=self._pace.keep_days))
