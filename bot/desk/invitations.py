"""How an agent gets an account, or gets back into it: by an invitation that is taken up once."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyotp

from bot.clock import Clock
from bot.db.engine import Database
from bot.desk.agent_store import Agent, AgentStore, DeskRole
from bot.desk.case_store import CaseStore
from bot.desk.factors import Factors
from bot.desk.sign_in import (
    AgentExists,
    AgentUnknown,
    InvitationInvalid,
    SignInFailed,
    check_password,
    hash_token,
    matching_step,
)

INVITATION = timedelta(hours=72)


@dataclass(frozen=True)
class Invitation:
    """What an invitation's page shows: whose it is, and the secret of the authenticator in its two forms."""

    agent: Agent
    secret: str
    uri: str


class Invitations:
    """Invitations of agents.

    Args:
        easy: words that make no password hard to guess.
        issuer: the service's name in authenticator programs.
    """

    def __init__(self, database: Database, factors: Factors, clock: Clock, *, easy: Sequence[str], issuer: str) -> None:
        self._store, self._trail = AgentStore(database), CaseStore(database)
        self._database, self._factors, self._clock = database, factors, clock
        self._easy, self._issuer = tuple(easy), issuer

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
            known = await self._store.by_email(address, transaction)
            if known is not None and known.password_hash:
                raise AgentExists(address)
            if known is None:
                identity = await self._store.add(transaction, email=address, created_at=now, **fresh)
            else:
                identity = known.agent.id
                await self._store.change(transaction, identity, **fresh)
            await self._store.set_teams(transaction, identity, teams)
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
            proofs = await self._store.by_id(transaction, agent)
            if proofs is None:
                raise AgentUnknown(str(agent))
            await self._store.change(transaction, agent, password_hash="", **self._invitation(token, now))
            await self._store.end_sessions(transaction, agent)
            detail = f"{agent} {proofs.agent.role.value}"
            await self._trail.audit(transaction, now, by, "agent_renewed", detail=detail)
        return token

    def _invitation(self, token: str, now: datetime) -> dict[str, Any]:
        """What is kept of an invitation: a fresh second factor, and the secret's hash with its end."""
        return {
            "totp_secret": self._factors.new_secret(),
            "invitation_hash": hash_token(token),
            "invitation_until": now + INVITATION,
        }

    async def open(self, token: str) -> Invitation:
        """What the page of an invitation shows.

        Raises:
            InvitationInvalid: it cannot be taken up.
        """
        proofs = await self._store.by_invitation(hash_token(token), self._clock())
        if proofs is None or proofs.totp_secret is None:
            raise InvitationInvalid("invitation")
        secret = self._factors.secret(proofs.totp_secret)
        uri = pyotp.TOTP(secret).provisioning_uri(name=proofs.agent.email, issuer_name=self._issuer)
        return Invitation(proofs.agent, secret, uri)

    async def accept(self, token: str, password: str, code: str) -> Agent:
        """Sets password and second factor up, and uses the invitation up.

        Raises:
            InvitationInvalid: it cannot be taken up.
            PasswordTooWeak: the password can be guessed.
            SignInFailed: the code is not the authenticator's.
        """
        invitation = await self.open(token)
        await asyncio.to_thread(check_password, password, invitation.agent.email, self._easy)
        step = matching_step(invitation.secret, code, 0, self._clock())
        if step is None:
            raise SignInFailed
        hashed = await self._factors.hash(password)
        async with self._database.transaction() as transaction:
            changes = {"password_hash": hashed, "totp_used": step}
            if not await self._store.take_invitation(transaction, hash_token(token), **changes):
                raise InvitationInvalid("invitation")
            await self._store.end_sessions(transaction, invitation.agent.id)
            await self._trail.audit(transaction, self._clock(), invitation.agent.id, "agent_ready")
        return invitation.agent
