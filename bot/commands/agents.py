"""``ventanilla agents …``."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from rich.console import Console

from bot.app import build_core, build_features, build_mail, with_desk
from bot.commands.accounts import CommandFailed
from bot.db.migrate import upgrade
from bot.desk.agent_store import Agent, AgentStore, DeskRole
from bot.desk.interfaces import TEAMS
from bot.desk.runtime import DeskRuntime
from bot.mail.message import deliverable
from bot.settings import load_settings

LOCAL = "http://127.0.0.1:8000"


def add(email: str, role: str, name: str, teams: Sequence[str]) -> None:
    """Invites an agent, prints the link and mails it where there is a mail server.

    Raises:
        AgentExists: the address has an account already.
        CommandFailed: address, role or team cannot be used.
    """
    if not deliverable(email):
        raise CommandFailed(f"{email} is no e-mail address")
    if role not in [each.value for each in DeskRole]:
        raise CommandFailed(f"no role named {role}: expected {', '.join(each.value for each in DeskRole)}")
    unknown = [team for team in teams if team not in TEAMS]
    if unknown:
        raise CommandFailed(f"no team named {unknown[0]}: expected {', '.join(TEAMS)}")
    wanted = DeskRole(role)
    link = asyncio.run(
        _with_desk(lambda desk, mail: desk.add_agent(email, wanted, name=name, teams=teams or TEAMS, mail=mail))
    )
    Console().print(link, highlight=False, markup=False, soft_wrap=True)


def renew(email: str) -> None:
    """Invites an agent anew who has lost password or second factor; prints the link and mails it as :func:`add` does.

    Raises:
        AgentUnknown: nobody has this address.
    """
    link = asyncio.run(_with_desk(lambda desk, mail: desk.renew_agent(email, mail=mail)))
    Console().print(link, highlight=False, markup=False, soft_wrap=True)


async def _with_desk(ask: Callable[[DeskRuntime, bool], Awaitable[str]]) -> str:
    """What the desk answers, asked with whether there is a mail server."""
    settings = load_settings()
    core = build_core(settings)
    outbox, _worker = build_mail(core, None)
    url = settings.public_url or LOCAL
    desk = with_desk(core, build_features(core, outbox, url), outbox, url).desk
    assert desk is not None
    try:
        await upgrade(core.database)
        return await ask(desk, bool(settings.smtp_url))
    finally:
        await core.database.close()


def list_agents() -> None:
    """Prints every agent: address, role, teams, and whether they may sign in."""
    for agent in asyncio.run(_everybody()):
        state = "disabled" if not agent.enabled else "ready" if agent.ready else "invited"
        teams = ",".join(team for team in TEAMS if team in agent.teams)
        Console().print(
            f"{agent.email:40} {agent.role.value:12} {teams:28} {state}", highlight=False, markup=False, soft_wrap=True
        )


async def _everybody() -> Sequence[Agent]:
    core = build_core(load_settings())
    try:
        await upgrade(core.database)
        return await AgentStore(core.database).everybody()
    finally:
        await core.database.close()
