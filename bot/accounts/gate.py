"""The way into every request: the answer given before, the limits, and only then anything else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from bot.accounts.commit import Committer, Request
from bot.accounts.interfaces import AccountBackendError, Outcome, Result
from bot.accounts.parts import Parts
from bot.accounts.plans import Plan
from bot.accounts.requests_store import claim_answer, find_answer
from bot.db.engine import Transaction

log = structlog.get_logger(__name__)

Check = Callable[[Transaction], Awaitable[Outcome | None]]
Look = Callable[[], Awaitable[Plan]]


class Gate:
    """Lets requests in."""

    def __init__(self, parts: Parts, committer: Committer) -> None:
        self._parts = parts
        self._committer = committer

    async def answer(
        self,
        request: Request,
        look: Look,
        *,
        check: Check | None = None,
        allowed: dict[tuple[str, ...], int] | None = None,
    ) -> Outcome:
        """Answers a request.

        Args:
            look: looks the accounts up and plans; called only within the limits.
            check: looks at what we keep ourselves, after the limits and before ``look``; its outcome ends the request.
            allowed: other limits than one by identifier.
        """
        parts, now = self._parts, self._parts.clock()
        async with parts.database.transaction() as transaction:
            known = await find_answer(transaction, request.key, request.operation)
            if known is not None:
                return known
            refused = await self._limited(transaction, request, allowed)
            if refused is None and check is not None:
                refused = await check(transaction)
            if refused is not None:
                await claim_answer(transaction, request.key, request.operation, refused, now)
                await self._note(transaction, request, refused.result.value)
                log.info("account_request", operation=request.operation, result=refused.result.value)
                return refused
        try:
            return await self._committer.carry_out(request, await look())
        except AccountBackendError:
            # Not kept as the answer: asked again, the request is tried again.
            log.warning("account_request", operation=request.operation, result="unavailable")
            async with parts.database.transaction() as transaction:
                await self._note(transaction, request, Result.UNAVAILABLE.value)
            return Outcome(Result.UNAVAILABLE, {})

    async def _limited(
        self, transaction: Transaction, request: Request, allowed: dict[tuple[str, ...], int] | None
    ) -> Outcome | None:
        policy, context = self._parts.limits, request.context
        if not policy.enabled:
            return None
        if allowed is None:
            place = request.platform.value if request.platform else ""
            allowed = {("identifier", request.operation, place, request.identifier): policy.identifier}
        allowed = {**allowed, ("conversation", context.conversation): policy.conversation}
        if context.address:
            allowed[("address", context.address)] = policy.address
        minutes = await self._parts.limiter.hit(transaction, allowed, self._parts.clock())
        return Outcome(Result.LIMITED, {"minutes": minutes}) if minutes else None

    async def _note(self, transaction: Transaction, request: Request, result: str) -> None:
        await self._parts.audit.note(
            transaction,
            self._parts.clock(),
            request.operation,
            platform=request.platform,
            result=result,
            identifier=request.identifier,
            context=request.context,
        )
