"""Account recovery by each platform's rules: the :class:`~bot.accounts.interfaces.AccountService`."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from bot.accounts.again import Again
from bot.accounts.challenges_store import challenge_met, draw_challenge, drop_challenge, purge_challenges
from bot.accounts.codes import check_code
from bot.accounts.commit import Committer, Request
from bot.accounts.gate import Gate
from bot.accounts.interfaces import CodeCheck, Outcome, RequestContext, ResetPage, Result, Role, Status
from bot.accounts.limits_store import purge_limits
from bot.accounts.links import ResetLinks
from bot.accounts.matching import LOOK_UPS, administrators, by_login, by_look_up, by_person, in_entity
from bot.accounts.parts import Parts
from bot.accounts.planning import Planning
from bot.accounts.plans import Matched, Plan
from bot.accounts.repeat_store import purge_repeats
from bot.accounts.requests_store import purge_requests
from bot.accounts.reset_store import purge_links
from bot.accounts.rules import clean_identifier, days_since, effective_status, expired
from bot.accounts.sql_store import purge_password_changes
from bot.db.engine import Transaction
from bot.platforms import Platform
from bot.privacy import mask_email

KEEP = timedelta(days=7)
REASON_LENGTH = 300
STATUS_RESULTS = {Status.ACTIVE: Result.ACTIVE, Status.INACTIVE: Result.INACTIVE, Status.BLOCKED: Result.BLOCKED}


class Accounts:
    """The account service.

    Args:
        parts: what it works with.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._committer = Committer(parts)
        self._gate = Gate(parts, self._committer)
        self._links = ResetLinks(parts)
        self._again = Again(parts, self._gate)

    def check_code(self, platform: Platform, code: str) -> CodeCheck:
        """See the interface."""
        return check_code(self._parts.platforms[platform].code, code)

    async def reset_by_code(self, platform: Platform, user_code: str, email: str, context: RequestContext) -> Outcome:
        """See the interface."""
        code = self.check_code(platform, user_code)
        if not code.valid:
            return _bad_format(code)
        request = Request("reset_by_code", platform, code.normalized, context)

        async def look() -> Plan:
            found = await by_login(self._parts.backend, platform, code.normalized, email)
            matched = Matched(platform, tuple(found), {"email": mask_email(email)})
            plan = self._planning.new_password(matched)
            return plan if plan.outcome.result is Result.INACTIVE else self._repeatable(request, matched, plan)

        return await self._gate.answer(request, look)

    async def challenge(self, context: RequestContext) -> str:
        """See the interface."""
        key = Request("challenge", None, "", context).key
        async with self._parts.database.transaction() as transaction:
            return await draw_challenge(transaction, context.conversation, key, self._parts.clock())

    async def reset_administrator(
        self,
        platform: Platform,
        identifier: str,
        email: str,
        birth_date: date,
        challenge_answer: str,
        reason: str,
        context: RequestContext,
    ) -> Outcome:
        """See the interface. CHALLENGE_FAILED carries the new check as the fact ``challenge``."""
        request = Request("reset_administrator", platform, clean_identifier(identifier), context)
        facts = {"email": mask_email(email), "reason": re.sub(r"\s+", " ", reason).strip()[:REASON_LENGTH]}

        async def check(transaction: Transaction) -> Outcome | None:
            now = self._parts.clock()
            if await challenge_met(transaction, context.conversation, challenge_answer, now):
                return None
            await drop_challenge(transaction, context.conversation)
            question = await draw_challenge(transaction, context.conversation, request.key, now)
            return Outcome(Result.CHALLENGE_FAILED, {"challenge": question})

        async def look() -> Plan:
            found = await by_person(self._parts.backend, platform, identifier, email, birth_date)
            matched = Matched(platform, found, facts)
            return self._repeatable(request, matched, self._planning.administrator(matched))

        outcome = await self._gate.answer(request, look, check=check)
        if outcome.result is Result.ACCEPTED:
            # Used up only now, so that a system that did not answer does not cost the person another sum.
            async with self._parts.database.transaction() as transaction:
                await drop_challenge(transaction, context.conversation)
        return outcome

    async def reset_on_behalf(self, platform: Platform, username: str, reason: str, context: RequestContext) -> Outcome:
        """See the interface."""
        request = Request("reset_on_behalf", platform, username.strip(), context)

        async def look() -> Plan:
            found = await by_login(self._parts.backend, platform, username)
            matched = Matched(platform, tuple(found), {"email": "", "reason": reason})
            return self._repeatable(request, matched, self._planning.administrator(matched))

        return await self._gate.answer(request, look)

    async def ask_administrator(self, platform: Platform, ruc: str, username: str, context: RequestContext) -> Outcome:
        """See the interface."""
        request = Request("ask_administrator", platform, f"{clean_identifier(ruc)} {username.strip()}", context)

        async def look() -> Plan:
            delegate = await in_entity(self._parts.backend, platform, ruc, username)
            admins = await administrators(self._parts.backend, platform, ruc)
            matched = Matched(platform, (*delegate, *admins))
            return self._repeatable(request, matched, self._planning.request_to_administrator(matched))

        return await self._gate.answer(request, look)

    async def reset_delegate(
        self,
        platform: Platform,
        identifier: str,
        email: str,
        birth_date: date,
        delegate: str,
        context: RequestContext,
    ) -> Outcome:
        """See the interface."""
        request = Request("reset_delegate", platform, clean_identifier(identifier), context)

        async def look() -> Plan:
            people = await by_person(self._parts.backend, platform, identifier, email, birth_date)
            proven = [each for each in people if each.role is Role.ADMIN and each.status is Status.ACTIVE][:1]
            ruc = proven[0].ruc if proven else ""
            chosen = await in_entity(self._parts.backend, platform, ruc, delegate)
            told = {"email": mask_email(chosen[0].email)} if chosen else {}
            matched = Matched(platform, (*proven, *chosen), told)
            plan = self._planning.delegate(matched)
            return self._repeatable(request, matched, plan) if plan.change else plan

        return await self._gate.answer(request, look)

    async def send_link(
        self, platform: Platform, username: str, context: RequestContext, *, again: bool = False
    ) -> Outcome:
        """See the interface. ``again`` counts against the fewer repetitions of an hour; the cool-down always holds."""
        code = self.check_code(platform, username)
        if not code.valid:
            return _bad_format(code)
        request = Request("send_link", platform, code.normalized, context)
        allowed: dict[tuple[str, ...], int] | None = None
        if again:
            allowed = {("again", platform.value, code.normalized): self._parts.limits.again}

        async def look() -> Plan:
            matched = Matched(platform, tuple(await by_login(self._parts.backend, platform, code.normalized)))
            return self._repeatable(request, matched, self._planning.link(matched))

        return await self._gate.answer(request, look, allowed=allowed)

    async def look_up(self, platform: Platform, kind: str, value: str, context: RequestContext) -> Outcome:
        """See the interface; another kind than those named there is a mistake of the caller (``ValueError``)."""
        if kind not in LOOK_UPS:
            raise ValueError(f"no look-up by {kind}")
        request = Request("look_up", platform, f"{kind} {clean_identifier(value)}", context)
        typed = {"email": mask_email(value)} if kind == "email" else {}

        async def look() -> Plan:
            found = await by_look_up(self._parts.backend, platform, kind, value)
            matched = Matched(platform, tuple(found), {"what": LOOK_UPS[kind], **typed})
            plan = self._planning.look_up(matched)
            return plan if plan.outcome.result is Result.NOT_FOUND else self._repeatable(request, matched, plan)

        return await self._gate.answer(request, look)

    async def status(self, platform: Platform, login: str, email: str, context: RequestContext) -> Outcome:
        """See the interface."""
        code = self.check_code(platform, login)
        if not code.valid:
            return _bad_format(code)
        request = Request("status", platform, code.normalized, context)

        async def look() -> Plan:
            found = await by_login(self._parts.backend, platform, code.normalized, email)
            if not found:
                return Plan(Outcome(Result.NOT_CONFIRMED, {}), "not_confirmed")
            facts, account, now = self._parts.platforms[platform], found[0], self._parts.clock()
            late = expired(facts, account.password_changed_at, now)
            if late and effective_status(facts, account, now) is Status.BLOCKED:
                told = Outcome(Result.EXPIRED, {"days": days_since(account.password_changed_at, now)})
            else:
                told = Outcome(STATUS_RESULTS[account.status], {})
            return Plan(told, told.result.value)

        return await self._gate.answer(request, look)

    async def send_again(self, context: RequestContext) -> Outcome:
        """See the interface. DONE carries as ``email`` the masked address that the person typed, or an empty text."""
        return await self._again.send(context)

    async def open_reset(self, token: str) -> ResetPage:
        """See the interface."""
        return await self._links.open(token)

    async def complete_reset(self, token: str, new_password: str) -> ResetPage:
        """See the interface."""
        return await self._links.complete(token, new_password)

    async def recover(self) -> int:
        """Finishes what a crash left half done in a remote account system; to be called at start and each minute.

        Returns:
            How many changes were finished.

        Raises:
            AccountBackendUnavailable: the system does not answer; the next call tries again.
        """
        if self._parts.backend.local:
            return 0
        return await self._committer.recover() + await self._links.recover()

    async def purge(self) -> int:
        """Forgets answers, limits, checks, links and repetitions that are of no more use; to be called each day.

        Returns:
            How many rows went away. The audit trail keeps every row.
        """
        before = self._parts.clock() - KEEP
        purges = (purge_requests, purge_limits, purge_challenges, purge_repeats, purge_links, purge_password_changes)
        async with self._parts.database.transaction() as transaction:
            return sum([await each(transaction, before) for each in purges])

    @property
    def _planning(self) -> Planning:
        return Planning(self._parts.platforms, self._parts.clock())

    def _repeatable(self, request: Request, matched: Matched, plan: Plan) -> Plan:
        place = request.platform.value if request.platform else ""
        hashed = self._parts.hashed("repeat", request.operation, place, request.identifier)
        return replace(plan, repeat=matched.repeat(request.operation, hashed))


def _bad_format(code: CodeCheck) -> Outcome:
    return Outcome(Result.BAD_FORMAT, {"reason": code.reason})
