"""Sends a conversation's last mail again, with a new secret."""

from __future__ import annotations

import math
from dataclasses import replace

from bot.accounts.commit import COOL_DOWN, Request
from bot.accounts.gate import Gate
from bot.accounts.interfaces import Account, Outcome, RequestContext, Result
from bot.accounts.matching import by_login
from bot.accounts.parts import Parts
from bot.accounts.planning import Planning
from bot.accounts.plans import Matched, Plan
from bot.accounts.repeat_store import Repeat, recall
from bot.db.engine import Transaction


class Again:
    """Repeats mailed requests, answering alike whether or not their data were right."""

    def __init__(self, parts: Parts, gate: Gate) -> None:
        self._parts = parts
        self._gate = gate

    async def send(self, context: RequestContext) -> Outcome:
        """Does the last mailed request again: DONE, RECENT, LIMITED, NOTHING_SENT or UNAVAILABLE."""
        parts, now = self._parts, self._parts.clock()
        async with parts.database.reading() as transaction:
            kept = await recall(transaction, context.conversation)
        request = Request("send_again", kept[0].platform if kept else None, "", context)
        allowed: dict[tuple[str, ...], int] = {}
        early: Outcome | None = None
        if kept is None:
            early = Outcome(Result.NOTHING_SENT, {})
        elif now - kept[1] < COOL_DOWN:
            minutes = math.ceil((kept[1] + COOL_DOWN - now).total_seconds() / 60)
            early = Outcome(Result.RECENT, {"minutes": max(1, minutes)})
        else:
            # Only what would be sent counts as a repetition, not asking too early.
            allowed = {
                ("again", context.conversation): parts.limits.again,
                ("again", kept[0].platform.value, kept[0].identifier_hash): parts.limits.again,
            }

        async def check(_transaction: Transaction) -> Outcome | None:
            return early

        async def look() -> Plan:
            assert kept is not None
            return await self._plan(kept[0])

        return await self._gate.answer(request, look, check=check, allowed=allowed)

    async def _plan(self, repeat: Repeat) -> Plan:
        accounts: list[Account] = []
        for login in repeat.logins:
            accounts += await by_login(self._parts.backend, repeat.platform, login)
        matched = Matched(repeat.platform, tuple(accounts), repeat.facts)
        plan = Planning(self._parts.platforms, self._parts.clock()).planners()[repeat.operation](matched)
        email = repeat.facts.get("email", "")
        return replace(plan, outcome=Outcome(Result.DONE, {"email": email}), repeat=repeat)
