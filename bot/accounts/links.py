"""The page behind a reset link: what it shows, and the password chosen on it."""

from __future__ import annotations

from datetime import timedelta

import structlog

from bot.accounts.interfaces import (
    Account,
    AccountBackendError,
    AccountChangeUncertain,
    AccountUnknown,
    ResetLinkInvalid,
    ResetPage,
)
from bot.accounts.matching import by_login
from bot.accounts.parts import Parts
from bot.accounts.passwords import check_password
from bot.accounts.reset_store import (
    Link,
    claim_link,
    find_link,
    finish_link,
    release_link,
    stale_claims,
    use_link,
)
from bot.db.engine import Transaction
from bot.mail.interfaces import OutgoingMail

log = structlog.get_logger(__name__)

CLOCKS_DIFFER = timedelta(seconds=5)
"""How far a remote system's clock may be behind ours when we ask whether a change was made."""


class ResetLinks:
    """Opens links and completes resets."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def open(self, token: str) -> ResetPage:
        """What the page shows; the link stays valid, because programs that scan mails open links too.

        Raises:
            ResetLinkInvalid: the link cannot be used.
        """
        link = await self._find(token)
        return ResetPage(link.login, link.platform, link.expires_at)

    async def complete(self, token: str, password: str) -> ResetPage:
        """Sets the password and uses the link up.

        Raises:
            ResetLinkInvalid: the link cannot be used (any more).
            PasswordRejected: the password breaks a rule; the link stays valid.
            AccountBackendUnavailable: the account system does not answer; the link stays valid.
        """
        link = await self._find(token)
        check_password(self._parts.platforms[link.platform].password, password, link.login, self._parts.common_words)
        found = await by_login(self._parts.backend, link.platform, link.login)
        if not found:
            raise ResetLinkInvalid
        try:
            if self._parts.backend.local:
                await self._at_once(token, link, found[0], password)
            else:
                await self._remotely(token, link, found[0], password)
        except AccountUnknown as error:
            raise ResetLinkInvalid from error
        self._parts.outbox.wake()
        log.info("reset_completed", platform=link.platform)
        return ResetPage(link.login, link.platform, link.expires_at)

    async def recover(self) -> int:
        """Finishes or frees links whose remote change was interrupted; returns how many were finished."""
        done = 0
        async with self._parts.database.reading() as transaction:
            stale = await stale_claims(transaction, self._parts.clock())
        for link, since in stale:
            found = await by_login(self._parts.backend, link.platform, link.login)
            changed = found[0].password_changed_at if found else None
            async with self._parts.database.transaction() as transaction:
                if changed is None or changed < since - CLOCKS_DIFFER:
                    await release_link(transaction, link.id, link.claims)
                elif await finish_link(transaction, link.id, link.claims, self._parts.clock()):
                    await self._notice(transaction, link, found[0])
                    done += 1
        if done:
            self._parts.outbox.wake()
        return done

    async def _find(self, token: str) -> Link:
        async with self._parts.database.reading() as transaction:
            link = await find_link(transaction, token, self._parts.clock())
        if link is None:
            log.info("reset_link_refused")
            raise ResetLinkInvalid
        return link

    async def _at_once(self, token: str, link: Link, account: Account, password: str) -> None:
        async with self._parts.database.transaction() as transaction:
            if not await use_link(transaction, token, self._parts.clock()):
                raise ResetLinkInvalid
            await self._parts.backend.set_password(
                transaction, link.platform, link.login, password, temporary=False, idempotency_key=f"link:{link.id}"
            )
            await self._notice(transaction, link, account)

    async def _remotely(self, token: str, link: Link, account: Account, password: str) -> None:
        database, clock = self._parts.database, self._parts.clock
        async with database.transaction() as transaction:
            claim = await claim_link(transaction, token, clock())
        if claim is None:
            raise ResetLinkInvalid
        # A later try may carry another password, so each has a key of its own.
        key = f"link:{link.id}:{claim}"
        try:
            await self._parts.backend.set_password(
                None, link.platform, link.login, password, temporary=False, idempotency_key=key
            )
        except AccountChangeUncertain:
            # It may have been made: the link stays set aside until recover() has asked.
            raise
        except AccountBackendError:
            async with database.transaction() as transaction:
                await release_link(transaction, link.id, claim)
            raise
        async with database.transaction() as transaction:
            if await finish_link(transaction, link.id, claim, clock()):
                await self._notice(transaction, link, account)

    async def _notice(self, transaction: Transaction, link: Link, account: Account) -> None:
        facts = {
            "platform_name": self._parts.platforms[link.platform].name,
            "full_name": account.full_name,
            "login": account.login,
        }
        mail = OutgoingMail("password_changed", account.email, facts, f"account:link:{link.id}", "complete_reset")
        await self._parts.outbox.add(transaction, mail)
        await self._parts.audit.note(
            transaction,
            self._parts.clock(),
            "complete_reset",
            platform=link.platform,
            result="password_set",
            identifier=account.login,
        )
