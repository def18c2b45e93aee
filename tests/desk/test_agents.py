"""Accounts of the desk: two factors, delay after failures, sessions that end."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pyotp
import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from bot.db.engine import Database
from bot.desk.agent_store import DeskRole, Right
from bot.desk.agents import Agents
from bot.desk.interfaces import TEAMS
from bot.desk.sign_in import (
    AgentExists,
    AgentUnknown,
    InvitationInvalid,
    PasswordTooWeak,
    SessionEnded,
    SignInDelayed,
    SignInFailed,
    check_password,
)
from bot.desk.tables_store import agents as table
from bot.privacy import KeyedHash
from tests.desk.rig import SETTINGS, FakeClock
from tests.support.database import database_url, new_database

PASSWORD = "tortuga-violeta-camina-9"
EMAIL = "rosa@example.org"


class Office:
    """Accounts, a clock and an authenticator."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock = database, FakeClock()
        self.agents = Agents(database, Fernet.generate_key(), KeyedHash(b"0123456789abcdef"), self.clock)
        self.secret = ""

    def code(self) -> str:
        """What the authenticator shows now."""
        return pyotp.TOTP(self.secret).at(int(self.clock().timestamp()))

    async def ready(self, role: DeskRole = DeskRole.AGENT) -> Office:
        """With one agent that is set up."""
        token = await self.agents.invitations.invite(EMAIL, role, name="Rosa", teams=["seace"])
        self.secret = (await self.agents.invitations.open(token)).secret
        await self.agents.invitations.accept(token, PASSWORD, self.code())
        self.clock.forward(seconds=60)
        return self

    async def signed_in(self) -> str:
        """A whole session."""
        return await self.agents.confirm(await self.agents.sign_in(EMAIL, PASSWORD), self.code())


@pytest.fixture
async def office(tmp_path: Path):  # type: ignore[no-untyped-def]
    async with new_database(database_url(tmp_path)) as database:
        yield Office(database)


async def test_an_invitation_leads_to_an_account_once(office: Office) -> None:
    token = await office.agents.invitations.invite(" Rosa@Example.org ", DeskRole.SUPERVISOR, teams=["seace", "soce"])
    invitation = await office.agents.invitations.open(token)
    office.secret = invitation.secret
    assert "rosa%40example.org" in invitation.uri
    agent = await office.agents.invitations.accept(token, PASSWORD, office.code())
    assert (agent.email, agent.role, agent.teams) == (EMAIL, DeskRole.SUPERVISOR, {"seace", "soce"})
    with pytest.raises(InvitationInvalid):
        await office.agents.invitations.accept(token, PASSWORD, office.code())
    with pytest.raises(AgentExists):
        await office.agents.invitations.invite(EMAIL, DeskRole.ADMIN)


async def test_of_two_who_take_up_an_invitation_at_once_one_gets_the_account(office: Office) -> None:
    token = await office.agents.invitations.invite(EMAIL, DeskRole.AGENT)
    office.secret = (await office.agents.invitations.open(token)).secret
    tries = [office.agents.invitations.accept(token, word, office.code()) for word in (PASSWORD, PASSWORD[::-1])]
    ends = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(end).__name__ for end in ends) == ["Agent", "InvitationInvalid"]


async def test_who_lost_the_second_factor_gets_in_by_a_new_invitation_alone(office: Office) -> None:
    await office.ready(DeskRole.SUPERVISOR)
    session, before = await office.signed_in(), office.secret
    agent = (await office.agents.session(session)).agent
    token = await office.agents.invitations.renew(agent.id)
    with pytest.raises(SessionEnded):
        await office.agents.session(session)
    with pytest.raises(SignInFailed):
        await office.agents.sign_in(EMAIL, PASSWORD)
    office.clock.forward(seconds=120)
    office.secret = (await office.agents.invitations.open(token)).secret
    assert office.secret != before
    again = await office.agents.invitations.accept(token, PASSWORD, office.code())
    assert (again.id, again.role, again.teams) == (agent.id, DeskRole.SUPERVISOR, {"seace"})
    office.clock.forward(seconds=60)
    await office.signed_in()
    with pytest.raises(AgentUnknown):
        await office.agents.invitations.renew(agent.id + 1)


async def test_an_invitation_ends_and_a_newer_one_replaces_it(office: Office) -> None:
    old = await office.agents.invitations.invite(EMAIL, DeskRole.AGENT)
    new = await office.agents.invitations.invite(EMAIL, DeskRole.AGENT)
    with pytest.raises(InvitationInvalid):
        await office.agents.invitations.open(old)
    office.clock.forward(hours=73)
    with pytest.raises(InvitationInvalid):
        await office.agents.invitations.open(new)


@pytest.mark.parametrize("password", ["corta", "contraseña123", "rosa@example.org", "aaaaaaaaaaaaaaaa"])
def test_passwords_that_can_be_guessed_are_refused(password: str) -> None:
    with pytest.raises(PasswordTooWeak):
        check_password(password, EMAIL, SETTINGS.easy_passwords)


async def test_only_hashes_and_ciphers_are_kept(office: Office) -> None:
    await office.ready()
    async with office.database.reading() as connection:
        row = (await connection.execute(select(table))).one()
    assert row.password_hash.startswith("$argon2id$")
    assert office.secret.encode() not in row.totp_secret
    assert row.invitation_hash is None


async def test_both_factors_are_needed(office: Office) -> None:
    await office.ready()
    half = await office.agents.sign_in(EMAIL, PASSWORD)
    assert not (await office.agents.session(half)).confirmed
    with pytest.raises(SignInFailed):
        await office.agents.confirm(half, "000000")
    whole = await office.agents.confirm(half, office.code())
    assert (await office.agents.session(whole)).confirmed
    with pytest.raises(SessionEnded):
        await office.agents.session(half)


async def test_a_code_is_taken_once(office: Office) -> None:
    await office.ready()
    code = office.code()
    await office.agents.confirm(await office.agents.sign_in(EMAIL, PASSWORD), code)
    half = await office.agents.sign_in(EMAIL, PASSWORD)
    with pytest.raises(SignInFailed):
        await office.agents.confirm(half, code)


async def test_failures_are_answered_alike_and_ever_more_slowly(office: Office) -> None:
    await office.ready()
    for email in (EMAIL, "nadie@example.org"):
        waits = []
        for _ in range(5):
            with pytest.raises(SignInFailed) as failed:
                await office.agents.sign_in(email, "equivocada-del-todo")
            waits.append(failed.value.wait)
            office.clock.forward(seconds=failed.value.wait)
        assert waits == [0, 0, 0, 1, 2]
        with pytest.raises(SignInFailed):
            await office.agents.sign_in(email, "otra vez mal")
        with pytest.raises(SignInDelayed) as delayed:
            await office.agents.sign_in(email, PASSWORD)
        assert delayed.value.wait == 4
    office.clock.forward(seconds=5)
    await office.agents.confirm(await office.agents.sign_in(EMAIL, PASSWORD), office.code())
    with pytest.raises(SignInFailed) as failed:
        await office.agents.sign_in(EMAIL, "después de entrar")
    assert failed.value.wait == 0


async def test_guesses_at_the_same_time_count_each(office: Office) -> None:
    await office.ready()
    results = await asyncio.gather(
        *(office.agents.sign_in(EMAIL, f"intento {number}") for number in range(12)), return_exceptions=True
    )
    assert sum(isinstance(each, SignInDelayed) for each in results) >= 8


async def test_sessions_end_by_idleness_by_age_and_by_signing_out(office: Office) -> None:
    await office.ready()
    idle = await office.signed_in()
    office.clock.forward(hours=2, minutes=1)
    with pytest.raises(SessionEnded):
        await office.agents.session(idle)
    old = await office.signed_in()
    for _ in range(12):
        office.clock.forward(minutes=59)
        await office.agents.session(old)
    office.clock.forward(minutes=59)
    with pytest.raises(SessionEnded):
        await office.agents.session(old)
    left = await office.signed_in()
    await office.agents.sign_out(left)
    with pytest.raises(SessionEnded):
        await office.agents.session(left)


async def test_rights_and_teams_follow_the_role(office: Office) -> None:
    await office.ready()
    agent = (await office.agents.session(await office.signed_in())).agent
    assert agent.sees == ("seace",)
    assert agent.may(Right.WORK)
    assert not agent.may(Right.SUPERVISE)
    token = await office.agents.invitations.invite("jefa@example.org", DeskRole.ADMIN)
    admin = (await office.agents.invitations.open(token)).agent
    assert admin.sees == TEAMS
    assert all(admin.may(right) for right in Right)
