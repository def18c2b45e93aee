"""Accounts of the people at the desk: invitations, two factors, lock-out by delay, sessions on the server."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyotp
import structlog
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.fernet import Fernet

from bot.clock import Clock
from bot.db.engine import Database
from bot.desk.agent_store import Agent, AgentStore, DeskRole, Proofs
from bot.desk.case_store import CaseStore
from bot.desk.outside_store import OutsideStore
from bot.desk.sign_in import (
    AgentExists,
    AgentUnknown,
    InvitationInvalid,
    SessionEnded,
    SignInDelayed,
    SignInFailed,
    check_password,
    delay_after,
    hash_token,
    matching_step,
)
from bot.privacy import KeyedHash

log = structlog.get_logger(__name__)

INVITATION = timedelta(hours=72)
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


@dataclass(frozen=True)
class Invitation:
    """What an invitation's page shows: whose it is, and the secret of the authenticator in its two forms."""

    agent: Agent
    secret: str
    uri: str


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
        self._easy, self._issuer = tuple(easy), issuer
        self._attempts, self._trail = OutsideStore(database), CaseStore(database)
        self._fernet = Fernet(key)
        # OWASP's parameters for Argon2id: 19 MiB, two passes, one lane.
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._decoy = ""

    async def invite(
        self, email: str, role: DeskRole, *, name: str = "", teams: Collection[str] = (), by: int | None = None
    ) -> str:
        """Adds an agent and returns the secret of the invitation, which :meth:`accept` takes.

        Raises:
            AgentExists: the address has an account that is set up already.
        """
        token, now = secrets.token_urlsafe(24), self._clock()
        address = email.strip().lower()
        fresh = {
            "role": role.value,
            "name": name.strip() or address.partition("@")[0],
            **self._invitation(token, now),
        }
        async with self._database.transaction() as transaction:
            known = await self.store.by_email(address, transaction)
            if known is not None and known.password_hash:
                raise AgentExists(address)
            if known is None:
                identity = await self.store.add(transaction, email=address, created_at=now, **fresh)
            else:
                identity = known.agent.id
                await self.store.change(transaction, identity, **fresh)
            await self.store.set_teams(transaction, identity, teams)
            await self._trail.audit(transaction, now, by, "agent_invited", detail=f"{identity} {role.value}")
        return token

    async def renew(self, agent: int, by: int | None = None) -> str:
        """Takes password and second factor from an agent who has lost one of them; their cases stay theirs.

        Returns:
            The secret of a new invitation, which :meth:`accept` takes.

        Raises:
            AgentUnknown: nobody has this number.
        """
        token, now = secrets.token_urlsafe(24), self._clock()
        async with self._database.transaction() as transaction:
            proofs = await self.store.by_id(transaction, agent)
            if proofs is None:
                raise AgentUnknown(str(agent))
            await self.store.change(transaction, agent, password_hash="", **self._invitation(token, now))
            await self.store.end_sessions(transaction, agent)
            detail = f"{agent} {proofs.agent.role.value}"
            await self._trail.audit(transaction, now, by, "agent_renewed", detail=detail)
        return token

    def _invitation(self, token: str, now: datetime) -> dict[str, Any]:
        """What is kept of an invitation: a fresh second factor, and the secret's hash with its end."""
        return {
            "totp_secret": self._fernet.encrypt(pyotp.random_base32().encode()),
            "invitation_hash": hash_token(token),
            "invitation_until": now + INVITATION,
        }

    async def open_invitation(self, token: str) -> Invitation:
        """What the page of an invitation shows.

        Raises:
            InvitationInvalid: it cannot be taken up.
        """
        proofs = await self.store.by_invitation(hash_token(token), self._clock())
        if proofs is None or proofs.totp_secret is None:
            raise InvitationInvalid("invitation")
        secret = self._fernet.decrypt(proofs.totp_secret).decode()
        uri = pyotp.TOTP(secret).provisioning_uri(name=proofs.agent.email, issuer_name=self._issuer)
        return Invitation(proofs.agent, secret, uri)

    async def accept(self, token: str, password: str, code: str) -> Agent:
        """Sets password and second factor up, and uses the invitation up.

        Raises:
            InvitationInvalid: it cannot be taken up.
            PasswordTooWeak: the password can be guessed.
            SignInFailed: the code is not the authenticator's.
        """
        invitation = await self.open_invitation(token)
        await asyncio.to_thread(check_password, password, invitation.agent.email, self._easy)
        step = matching_step(invitation.secret, code, 0, self._clock())
        if step is None:
            raise SignInFailed
        hashed = await asyncio.to_thread(self._hasher.hash, password)
        async with self._database.transaction() as transaction:
            changes = {"password_hash": hashed, "totp_used": step, "invitation_hash": None, "invitation_until": None}
            await self.store.change(transaction, invitation.agent.id, **changes)
            await self.store.end_sessions(transaction, invitation.agent.id)
            await self._trail.audit(transaction, self._clock(), invitation.agent.id, "agent_ready")
        return invitation.agent

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
        fits = await self._fits(proofs.password_hash if proofs else "", password)
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
            step = self._new_step(proofs, code)
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

    def _new_step(self, proofs: Proofs | None, code: str) -> int | None:
        if proofs is None or proofs.totp_secret is None:
            return None
        secret = self._fernet.decrypt(proofs.totp_secret).decode()
        return matching_step(secret, code, proofs.totp_used, self._clock())

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

    async def _fits(self, hashed: str, password: str) -> bool:
        if not self._decoy:
            self._decoy = await asyncio.to_thread(self._hasher.hash, secrets.token_hex(16))
        return await asyncio.to_thread(self._verify, hashed or self._decoy, password) and bool(hashed)

    def _verify(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _note(self, agent: int | None, action: str, address: str) -> None:
        hashed = self._hashed("address", address) if address else ""
        async with self._database.transaction() as transaction:
            await self._trail.audit(transaction, self._clock(), agent, action, address_hash=hashed)
