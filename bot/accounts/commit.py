"""Carries plans out, so that a mail is written if and only if what it says is true.

A local backend's change, its mails, the audit step and the request's answer are one transaction.

A remote backend cannot take part in a transaction, so the order is: (1) a note of the change and its mails, without
the password, is committed; (2) the remote system is told, under an idempotency key of this try alone; (3) the mails
are written and the note removed in one transaction. A crash before (2) or after it leaves the note, and
:meth:`Committer.recover` does the change again with a *fresh* password and mails that one. So no mail ever names a
password that was not set last, none is lost, and no password lies in the database. While a note is there, a second
request for the same account only waits for the first one's mail. A failure that certainly changed nothing removes
the note; one that may have changed something leaves it to :meth:`Committer.recover`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.accounts.interfaces import (
    AccountBackendError,
    AccountBackendUnavailable,
    AccountChangeUncertain,
    Outcome,
    RequestContext,
)
from bot.accounts.parts import Parts
from bot.accounts.passwords import new_password
from bot.accounts.pending_store import begin_change, end_change, take_over_change
from bot.accounts.plans import Plan, plan_from_json
from bot.accounts.repeat_store import remember
from bot.accounts.requests_store import claim_answer, find_answer, request_key
from bot.accounts.reset_store import LIFETIME, make_link, newest_link_at
from bot.db.engine import Transaction
from bot.mail.interfaces import OutgoingMail
from bot.platforms import Platform

log = structlog.get_logger(__name__)

COOL_DOWN = timedelta(minutes=2)


@dataclass(frozen=True)
class Request:
    """What somebody asked for.

    Attributes:
        operation: the method's name.
        identifier: what they gave to be found by, cleaned.
    """

    operation: str
    platform: Platform | None
    identifier: str
    context: RequestContext

    @property
    def key(self) -> str:
        """Under which its answer is kept."""
        return request_key(self.context.conversation, self.context.idempotency_key)


class Committer:
    """Carries plans out."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def carry_out(self, request: Request, plan: Plan) -> Outcome:
        """Does what the plan says, once.

        Returns:
            The plan's outcome, or the one that was given before to the same request.

        Raises:
            AccountBackendError: the change could not be made.
        """
        if plan.change is None and plan.equal_work:
            platform = request.platform or Platform.SEACE
            await self._parts.backend.verify_password(platform, "-", secrets.token_urlsafe(9))
        if plan.change is not None and not self._parts.backend.local:
            outcome = await self._remotely(request, plan)
        else:
            outcome = await self._at_once(request, plan)
        log.info("account_request", operation=request.operation, platform=request.platform, result=plan.note)
        return outcome

    async def recover(self) -> int:
        """Finishes the remote changes that a crash or a lost answer left behind.

        Returns:
            How many were finished; those that fail again are left for the next time.
        """
        done = 0
        while True:
            nonce = secrets.token_hex(16)
            async with self._parts.database.transaction() as transaction:
                found = await take_over_change(transaction, nonce, self._parts.clock())
            if found is None:
                return done
            platform, login, kept = found
            request = Request("recover", platform, login, RequestContext("", "", nonce))
            try:
                await self._change_and_write(request, plan_from_json(platform, login, kept), nonce)
                done += 1
            except AccountBackendUnavailable:
                return done
            except AccountBackendError:
                # The account is gone; the note went with it.
                continue

    async def _at_once(self, request: Request, plan: Plan) -> Outcome:
        parts, now = self._parts, self._parts.clock()
        async with parts.database.transaction() as transaction:
            first = await claim_answer(transaction, request.key, request.operation, plan.outcome, now)
            if first is not None:
                return first
            password = ""
            if plan.change is not None:
                password = self._new_password(plan)
                await parts.backend.set_password(
                    transaction,
                    plan.change.platform,
                    plan.change.login,
                    password,
                    temporary=plan.change.temporary,
                    idempotency_key=f"{request.operation}:{request.key}",
                )
            await self._write(transaction, request, plan, password, now)
        if plan.letters:
            parts.outbox.wake()
        return plan.outcome

    async def _remotely(self, request: Request, plan: Plan) -> Outcome:
        assert plan.change is not None
        nonce, now = secrets.token_hex(16), self._parts.clock()
        async with self._parts.database.transaction() as transaction:
            known = await find_answer(transaction, request.key, request.operation)
            if known is not None:
                return known
            change = plan.change
            begun = await begin_change(transaction, change.platform, change.login, nonce, plan.to_json(), now)
            if not begun:
                # The other request's mail is on its way to the same address; this one needs no second effect.
                waiting = replace(plan, change=None, letters=(), note="under_way")
                await claim_answer(transaction, request.key, request.operation, plan.outcome, now)
                await self._write(transaction, request, waiting, "", now)
                return plan.outcome
        await self._change_and_write(request, plan, nonce)
        return plan.outcome

    async def _change_and_write(self, request: Request, plan: Plan, nonce: str) -> None:
        assert plan.change is not None
        parts, change, password = self._parts, plan.change, self._new_password(plan)
        try:
            await parts.backend.set_password(
                None, change.platform, change.login, password, temporary=change.temporary, idempotency_key=nonce
            )
        except AccountChangeUncertain:
            raise
        except AccountBackendError as error:
            if request.operation != "recover" or not isinstance(error, AccountBackendUnavailable):
                async with parts.database.transaction() as transaction:
                    await end_change(transaction, change.platform, change.login, nonce)
            raise
        now = parts.clock()
        async with parts.database.transaction() as transaction:
            if await end_change(transaction, change.platform, change.login, nonce):
                await claim_answer(transaction, request.key, request.operation, plan.outcome, now)
                await self._write(transaction, request, plan, password, now)
        parts.outbox.wake()

    def _new_password(self, plan: Plan) -> str:
        assert plan.change is not None
        return new_password(self._parts.platforms[plan.change.platform].password)

    async def _write(
        self, transaction: Transaction, request: Request, plan: Plan, password: str, now: datetime
    ) -> None:
        note, revealed, letters = plan.note, {"password": password}, plan.letters
        if plan.link is not None:
            link = await self._link(transaction, *plan.link, now)
            revealed["link"] = link
            if not link:
                letters, note = (), "cool_down"
        for number, letter in enumerate(letters):
            await self._add(transaction, request, number, letter.kind, letter.to, letter.complete(revealed))
        if plan.repeat is not None:
            await remember(transaction, request.context.conversation, plan.repeat, now)
        await self._parts.audit.note(
            transaction,
            now,
            request.operation,
            platform=request.platform,
            result=note,
            identifier=request.identifier,
            context=request.context,
        )

    async def _link(self, transaction: Transaction, platform: Platform, login: str, now: datetime) -> str:
        await self._parts.limiter.lock(transaction, now, "link", platform.value, login)
        newest = await newest_link_at(transaction, platform, login)
        if newest is not None and now - newest < COOL_DOWN:
            return ""
        token = await make_link(transaction, platform, login, now)
        return f"{self._parts.public_url}/restablecer/{token}"

    async def _add(
        self, transaction: Transaction, request: Request, number: int, kind: str, to: str, facts: Mapping[str, object]
    ) -> None:
        if "link" in facts:
            facts = {**facts, "minutes": int(LIFETIME.total_seconds() // 60)}
        mail = OutgoingMail(kind, to, facts, f"account:{request.key}:{request.operation}:{number}", request.operation)
        await self._parts.outbox.add(transaction, mail)
