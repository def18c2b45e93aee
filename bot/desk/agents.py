"""Accounts of the people at the desk: sign-in with two factors, lock-out by delay, sessions on the server."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.db.engine import Database
from bot.desk.agent_store import Agent, AgentStore
from bot.desk.case_store import CaseStore
from bot.desk.factors import Factors
from bot.desk.invitations import Invitations
from bot.desk.outside_store import OutsideStore
from bot.desk.sign_in import (
    SessionEnded,
    SignInDelayed,
    SignInFailed,
    delay_after,
    hash_token,
)
from bot.privacy import KeyedHash

log = structlog.get_logger(__name__)

SESSION = timedelta(hours=12)
IDLE = timedelta(hours=2)
ATTEMPT_WINDOW = timedelta(hours=1)
HALF_SESSION = timedelta(minutes=5)
"""Between password and code."""


@dataclass(frozen=True)
class Session:
    """Who is signed in. ``confirmed``: with the second factor too. ``csrf`` belongs into every form."""

    agent: Agent
    csrf: str
    confirmed: bool


class Agents:
    """The desk's accounts.

    Args:
        key: encrypts the secrets of the second factor (a Fernet key).
        hashed: turns sign-in names and addresses into what is kept for counting.
        easy: words that make no password hard to guess.
        issuer: the service's name in authenticator programs.
    """

    def __init__(
        self,
        database: Database,
        key: bytes,
        hashed: KeyedHash,
        clock: Clock,
        *,
        easy: Sequence[str] = (),
        issuer: str = "Ventanilla",
    ) -> None:
        self.store = AgentStore(database)
        self._database, self._clock, self._hashed = database, clock, hashed
        self._attempts, self._trail = OutsideStore(database), CaseStore(database)
        self._factors = Factors(key)
        self.invitations = Invitations(database, self._factors, clock, easy=easy, issuer=issuer)

    async def accept(self, token: str, password: str, code: str, address: str = "") -> tuple[Agent, str]:
        """Takes up an invitation and returns whose it was and the secret of a whole session: both factors are new.

        Raises:
            InvitationInvalid: it cannot be taken up.
            PasswordTooWeak: the password can be guessed.
            SignInFailed: the code is not the authenticator's.
        """
        agent = await self.invitations.accept(token, password, code)
        await self._note(agent.id, "signed_in", address)
        return agent, await self._begin(agent.id, confirmed=True, until=SESSION)

    async def sign_in(self, email: str, password: str, address: str = "") -> str:
        """Takes name and password, and returns the secret of a session that still lacks the second factor.

        Raises:
            SignInDelayed: too many failures before; nothing was checked.
            SignInFailed: they do not belong to an agent.
        """
        about = self._hashed("sign-in", email)
        # Counted before anything is looked up, so that attempts at the same time count too.
        await self._count(about)
        proofs = await self.store.by_email(email)
        fits = await self._factors.fits(proofs.password_hash if proofs else "", password)
        if proofs is None or not fits or not proofs.agent.enabled or not proofs.totp_secret:
            await self._note(proofs.agent.id if proofs else None, "sign_in_failed", address)
            raise SignInFailed(await self._wait(about))
        async with self._database.transaction() as transaction:
            await self._attempts.forget_attempts(transaction, about)
        return await self._begin(proofs.agent.id, confirmed=False, until=HALF_SESSION)

    async def confirm(self, token: str, code: str, address: str = "") -> str:
        """Takes the second factor and returns the secret of the whole session, which replaces the half one.

        Raises:
            SessionEnded: the half session is over.
            SignInDelayed: too many failures before; nothing was checked.
            SignInFailed: the code is wrong, or was used before.
        """
        session = await self.session(token)
        about = self._hashed("code", session.agent.email)
        await self._count(about)
        async with self._database.transaction() as transaction:
            proofs = await self.store.by_id(transaction, session.agent.id)
            step = self._factors.step(proofs, code, self._clock())
            if proofs is not None and step is not None:
                # Used once: whoever looks over a shoulder cannot use it again (RFC 6238, section 5.2).
                await self.store.change(transaction, proofs.agent.id, totp_used=step)
                await self._attempts.forget_attempts(transaction, about)
        if step is None:
            await self._note(session.agent.id, "code_failed", address)
            raise SignInFailed(await self._wait(about))
        await self.store.end_session(hash_token(token))
        await self._note(session.agent.id, "signed_in", address)
        return await self._begin(session.agent.id, confirmed=True, until=SESSION)

    async def session(self, token: str) -> Session:
        """The session of a secret.

        Raises:
            SessionEnded: there is none, or it was idle for too long.
        """
        now = self._clock()
        found = await self.store.session(hash_token(token), now) if token else None
        if found is None:
            raise SessionEnded("session")
        row, agent = found
        if row.used_at < now - IDLE:
            await self.store.end_session(hash_token(token))
            raise SessionEnded("session")
        if row.used_at < now - timedelta(minutes=1):
            await self.store.touch_session(hash_token(token), now)
        return Session(agent, row.csrf, bool(row.confirmed))

    async def sign_out(self, token: str) -> None:
        """Ends a session, and the agent's presence with it."""
        try:
            session = await self.session(token)
        except SessionEnded:
            return
        await self.store.end_session(hash_token(token))
        await self.store.seen(session.agent.id, None)

    async def _begin(self, agent: int, *, confirmed: bool, until: timedelta) -> str:
        token, now = secrets.token_urlsafe(32), self._clock()
        async with self._database.transaction() as transaction:
            await self.store.add_session(
                transaction,
                token_hash=hash_token(token),
                agent=agent,
                csrf=secrets.token_urlsafe(24),
                confirmed=confirmed,
                created_at=now,
                used_at=now,
                expires_at=now + until,
            )
        return token

    async def _count(self, about: str) -> None:
        now = self._clock()
        async with self._database.transaction() as transaction:
            count, newest = await self._attempts.attempts(transaction, about, now - ATTEMPT_WINDOW)
            left = newest + delay_after(count) - now if newest else timedelta()
            if left <= timedelta():
                await self._attempts.count_question(transaction, about, now, now - ATTEMPT_WINDOW)
                return
        raise SignInDelayed(max(1, int(left.total_seconds() + 0.999)))

    async def _wait(self, about: str) -> int:
        async with self._database.transaction() as transaction:
            count, _newest = await self._attempts.attempts(transaction, about, self._clock() - ATTEMPT_WINDOW)
        return int(delay_after(count).total_seconds())

    async def _note(self, agent: int | None, action: str, address: str) -> None:
        hashed = self._hashed("address", address) if address else ""
        async with self._database.transaction() as transaction:
            await self._trail.audit(transaction, self._clock(), agent, action, address_hash=hashed)
